"""Making a house of a backup: as it is, or as it was after a page.

Rules
-----
1. Nothing is believed: the journal is audited from its first page before the house is there, and its last
   root is the one that the backup says.
2. The house is whole or not there: it is made in a folder beside its place, and moved there at the end.
3. A point in time is a page: the last one of that time or before. What came later is left out, so that a
   house that goes on from there is another one than whoever has a later checkpoint knows.
4. Without the private key the house can be read, audited and given out, but not written.
"""

from __future__ import annotations

import os
import shutil
import tarfile
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from tempfile import mkdtemp
from typing import Any

import adbc_driver_manager

from setfair.audit.audit import fresh_audit, run_audit
from setfair.backup.contents import (
    ABOUT,
    CHECKPOINT,
    LISTS,
    PUBLIC_KEY,
    SMALL_BYTES_MAX,
    About,
    read_about,
)
from setfair.domain.progress import Progress
from setfair.domain.signing import public_key_text, read_private_key
from setfair.errors import HouseError, SetfairError, StoreError
from setfair.house import write_private_key
from setfair.journal.page import page_from_bytes
from setfair.store.projector import Projector
from setfair.store.sqlite import DATABASE_NAME, SqliteStore, connect
from setfair.store.transaction import transaction
from setfair.tables import query

_BEFORE = "SELECT coalesce(max(page_number), 0) AS page FROM page WHERE time_utc <= ?"
_LATER = (
    "DELETE FROM tree_node WHERE first_record IN (SELECT first_record FROM page WHERE page_number > ?)",
    "DELETE FROM signed_checkpoint WHERE page_number > ?",
    "DELETE FROM cosignature WHERE page_number > ?",
    "DELETE FROM books_checkpoint WHERE page_number > ?",
    "DELETE FROM books_piece WHERE NOT EXISTS (SELECT 1 FROM books_checkpoint WHERE page_number <= ?)",
    "DELETE FROM page WHERE page_number > ?",
)


@dataclass(frozen=True, slots=True)
class Until:
    """A point in time; nothing is given: everything."""

    page: int | None = None
    time_utc: str | None = None
    """ISO 8601, microseconds, Z."""


@dataclass(frozen=True, slots=True)
class Restored:
    """What became of a backup."""

    about: About
    page: int
    """The last page of the house."""
    records: int
    has_private_key: bool


def restore_backup(
    file: Path,
    folder: Path,
    *,
    until: Until,
    private_key: Path | None = None,
    on_progress: Progress = lambda what, page, last: None,
) -> Restored:
    """Make a house of a backup.

    Parameters
    ----------
    file
        The backup.
    folder
        Where the house goes: a new or empty folder.
    until
        Up to when.
    private_key
        File with the house's private key; None: the house cannot be written until it has one.
    on_progress
        Called with what is being done and how far it has come.

    Raises
    ------
    SetfairError
        If the file is no backup, is damaged, or the key is another house's.
    HouseError
        If the folder is in use, or the backup begins after the point in time.
    """
    if folder.exists() and any(folder.iterdir()):
        raise HouseError(f"{folder} is not empty: choose a new folder")
    folder.absolute().parent.mkdir(parents=True, exist_ok=True)
    made = Path(mkdtemp(prefix=f".{folder.name}.", dir=folder.absolute().parent))
    try:
        about = _unpack(file, made)
        has_key = private_key is not None and _put_key(made, private_key)
        _leave_out_later(made, about, until)
        page, records = _audit(made, about, on_progress)
        _make_tables(made, page, on_progress)
        with suppress(FileNotFoundError):
            folder.rmdir()
        os.replace(made, folder)
    except BaseException:
        shutil.rmtree(made, ignore_errors=True)
        raise
    return Restored(about, page, records, has_key)


def _unpack(file: Path, made: Path) -> About:
    """Take the members that a backup has, and no others, to their places."""
    for name in ("keys", "lists", "staging", "out"):
        (made / name).mkdir()
    small: dict[str, bytes] = {}
    try:
        with tarfile.open(file, "r:") as tar:
            for member in tar:
                source = tar.extractfile(member)
                if source is None or not member.isreg():
                    raise SetfairError(f"{file}: {member.name} is nothing that a backup has")
                if member.name in (ABOUT, CHECKPOINT, PUBLIC_KEY):
                    small[member.name] = source.read(SMALL_BYTES_MAX)
                    continue
                with _place(made, member.name).open("wb") as out:
                    shutil.copyfileobj(source, out)
    except (tarfile.TarError, EOFError) as error:
        raise SetfairError(f"{file} is no backup of a house, or not whole: {error}") from None
    if small.keys() != {ABOUT, CHECKPOINT, PUBLIC_KEY} or not (made / DATABASE_NAME).exists():
        raise SetfairError(f"{file} is no backup of a house, or not whole")
    (made / "keys" / PUBLIC_KEY).write_bytes(small[PUBLIC_KEY])
    return read_about(small[ABOUT])


def _place(made: Path, name: str) -> Path:
    """Return where a member goes; SetfairError if it would go anywhere else."""
    path = PurePosixPath(name)
    if name != DATABASE_NAME and (not name.startswith(LISTS) or ".." in path.parts):
        raise SetfairError(f"{name} is nothing that a backup has")
    place = made / path
    place.parent.mkdir(parents=True, exist_ok=True)
    return place


def _put_key(made: Path, private_key: Path) -> bool:
    key = read_private_key(private_key.read_bytes())
    if public_key_text(key) != (made / "keys" / PUBLIC_KEY).read_text(encoding="utf-8").strip():
        raise SetfairError(f"{private_key} is the key of another house")
    write_private_key(made / "keys" / "house.key", key)
    return True


def _leave_out_later(made: Path, about: About, until: Until) -> None:
    """Rule 3."""
    if until.page is None and until.time_utc is None:
        return
    connection = connect(made)
    try:
        page = until.page if until.page is not None else about.pages
        if until.time_utc is not None:
            page = min(page, int(query(connection, _BEFORE, (until.time_utc,))[0]["page"]))
        if not 1 <= page <= about.pages:
            raise HouseError(f"the backup has pages 1 to {about.pages}: there is nothing at that time")
        with transaction(connection) as cursor:
            for statement in _LATER:
                cursor.execute(statement, (page,))
    except adbc_driver_manager.Error as error:
        raise StoreError(f"the backup cannot be read: {error}") from error
    finally:
        connection.close()


def _audit(made: Path, about: About, on_progress: Progress) -> tuple[int, int]:
    """Rule 1; return the last page and how many records there are."""
    done, connection = fresh_audit(), connect(made, read_only=True)
    try:
        key_text = (made / "keys" / PUBLIC_KEY).read_text(encoding="utf-8")
        run_audit(
            done,
            connection,
            key_text,
            lambda page: on_progress("auditing", page, about.pages),
            journal_only=True,
        )
    finally:
        connection.close()
    if done.finding is not None:
        raise SetfairError(f"the backup is damaged: {done.finding}")
    page, tree = done.audited.state.page_number, done.audited.tree
    if page > about.pages or (page == about.pages and tree.root.hex() != about.root):
        raise SetfairError("the backup is not what it says that it is: another last page or root")
    return page, tree.size


def _make_tables(made: Path, last: int, on_progress: Progress) -> None:
    store = SqliteStore(made)

    def pages() -> Any:
        for number, body in store.pages_after(0):
            yield page_from_bytes(body)
            on_progress("making tables", number, last)

    try:
        Projector(store.connection).project(pages())
    finally:
        store.close()
