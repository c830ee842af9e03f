"""What is computed from lists, kept on disk so that the next command need not compute it again.

Rules
-----
1. What is kept is sealed (HMAC-SHA256 under a key that only the house has) and bound to what it was computed
   from: the bytes of the lists, the rules of this room, Python and the library that transliterates.
2. Whatever is torn, changed, of other facts or of another key is as if it were not there: it is computed anew
   and written over. Nothing of it is looked into before the seal over all its bytes was found whole.
3. That nothing can be written stops nothing: the folder may be deleted at any time.

Which lists are in force is decided elsewhere (`gate`), each time anew: what is kept here is no reason for it.
"""

from __future__ import annotations

import hashlib
import hmac
import marshal
import os
import secrets
import sys
import unicodedata
from collections.abc import Sequence
from contextlib import suppress
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import Any

from setfair.errors import ScreeningUnavailableError
from setfair.screening.lists.model import hash_facts

KEY_BYTES = 32
KEY_NAME = "key"
"""File of a cache's own key, see `open_cache`."""
BYTES_MAX = 1 << 30
"""Bytes of one file that is read."""
_HEAD = b"setfair derived 1\n"
_SEAL_BYTES = 32


def open_cache(folder: Path) -> Derived:
    """Return a folder of derived data with a key of its own, made at the first use; only its owner has both.

    Raises
    ------
    ScreeningUnavailableError
        If somebody else could have written into it, or the key is not one: what it holds is not believed.
    """
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    path = folder / KEY_NAME
    with suppress(FileExistsError):
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
    for each in (folder, path):
        found = each.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o022:
            raise ScreeningUnavailableError(
                f"{each}: others may write there: name a folder that is yours alone, or chmod go-w"
            )
    key = path.read_bytes()
    if len(key) != KEY_BYTES:
        raise ScreeningUnavailableError(f"{path}: no key of {KEY_BYTES} bytes: delete the folder")
    return Derived(folder, key)


class Derived:
    """A folder of derived data."""

    def __init__(self, folder: Path, key: bytes) -> None:
        """Name the folder and the key.

        Parameters
        ----------
        folder
            Made when it is needed.
        key
            `KEY_BYTES` that nobody else has: who has them can make what is believed.
        """
        if len(key) != KEY_BYTES:
            raise ValueError(f"a key of {len(key)} bytes; {KEY_BYTES} are needed")
        self._folder, self._key = folder, key

    def read(self, name: str, facts: str) -> Any:
        """Return what was kept under a name and was computed from these facts; None if there is nothing."""
        try:
            with (self._folder / name).open("rb") as file:
                data = file.read(BYTES_MAX)
        except OSError:
            return None
        begin = len(_HEAD) + _SEAL_BYTES
        body = memoryview(data)[begin:]
        if data[: len(_HEAD)] != _HEAD or not hmac.compare_digest(
            data[len(_HEAD) : begin], self._seal(name, facts, body)
        ):
            return None
        return marshal.loads(body)  # noqa: S302  # sealed: nobody else can have written it

    def write(self, name: str, facts: str, value: Any) -> None:
        """Keep plain values: None, numbers, texts, bytes, and tuples, lists and dictionaries of them."""
        body = marshal.dumps(value)
        path = self._folder / name
        fresh = path.with_name(f".{name}.{os.getpid()}")
        with suppress(OSError):
            self._folder.mkdir(exist_ok=True)
            try:
                fresh.write_bytes(b"".join((_HEAD, self._seal(name, facts, body), body)))
                fresh.replace(path)
            finally:
                fresh.unlink(missing_ok=True)

    def _seal(self, name: str, facts: str, body: bytes | memoryview) -> bytes:
        about = hash_facts((("name", name), ("facts", facts), ("rules", rules_version())))
        seal = hmac.new(self._key, about.encode(), hashlib.sha256)
        seal.update(body)
        return seal.digest()


@cache
def rules_version() -> str:
    """Return the hash of the rules by which lists are read and names are compared: the sources themselves."""
    room = Path(__file__).parent
    sources = [(path.relative_to(room).as_posix(), path.read_text()) for path in sorted(room.rglob("*.py"))]
    surroundings = (sys.version, sys.byteorder, unicodedata.unidata_version, version("anyascii"))
    return hash_facts([*sources, *(("with", each) for each in surroundings)])


def file_facts(paths: Sequence[Path]) -> str:
    """Return the hash of what is in files; one that is not there counts as well."""
    facts = []
    for path in paths:
        try:
            with path.open("rb") as file:
                content = hashlib.file_digest(file, "sha256").hexdigest()
        except OSError:
            content = "cannot be read"
        facts.append((path.name, content))
    return hash_facts(facts)
