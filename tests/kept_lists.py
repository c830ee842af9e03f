"""Lists that many houses of the tests have, read and indexed once a process.

Nearly every house here has the same list of invented names, and to read and index it was three quarters of
what it took to make one. A house keeps what it computed of its lists and reads it back
(`setfair.screening.derived`): here a new house finds what another of the same lists has kept. What is kept is
bound to the bytes of the lists, so that other lists are read; tests of lists themselves do without this.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any
from unittest import mock

from setfair.domain.agreement import Agreement
from setfair.screening.derived import KEY_BYTES, Derived
from setfair.screening.in_force import FileLists
from setfair.screening.screener import Screener

_KEY = bytes(KEY_BYTES)
_read, _write = Derived.read, Derived.write
_kept: dict[tuple[str, str], bytes] = {}


@contextmanager
def lists_known() -> Iterator[None]:
    """Let houses find what others kept of the same lists."""

    def read(derived: Derived, name: str, facts: str) -> Any:
        found = _read(derived, name, facts)
        if found is None and (name, facts) in _kept:
            found = marshal.loads(_kept[name, facts])
            _write(derived, name, facts, found)
        return found

    def write(derived: Derived, name: str, facts: str, value: Any) -> None:
        _kept[name, facts] = marshal.dumps(value)
        _write(derived, name, facts, value)

    with mock.patch.object(Derived, "read", read), mock.patch.object(Derived, "write", write):
        yield


class KnownLists(FileLists):
    """Lists of a folder that may be known from another."""

    def screener(self, agreement: Agreement, today: date) -> Screener:
        """Return the screener over the lists in force."""
        with lists_known():
            return super().screener(agreement, today)


def known_lists(folder: Path) -> KnownLists:
    """Return the lists of a folder, kept there under a key that is no secret."""
    return KnownLists(folder, _KEY)
