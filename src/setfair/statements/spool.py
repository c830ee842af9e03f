"""Rows by key, kept outside memory: what one pass over a day sorts out for hundreds of accounts.

Rules
-----
1. Rows of a key come back in the order in which they were added, as often as they are asked for.
2. Memory holds at most `WAITING_ROWS_MAX` rows and, for each key, where its blocks are.
3. The file has no name: it is gone when the spool is closed or the process ends, however that ends.
"""

from __future__ import annotations

import marshal
from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import Any, NamedTuple, Self

WAITING_ROWS_MAX = 32_768
"""Rows that wait in memory before they go to the file."""

Row = tuple[Any, ...]
"""Integers, texts and bytes."""

Key = tuple[str, int]
"""What kind of row, and whose: an account, a participant or a party by its number."""


class _Block(NamedTuple):
    offset: int
    length: int


class Spool:
    """Rows by key; a context manager."""

    def __init__(self, folder: Path) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed by __exit__
        self._end = 0
        self._blocks: dict[Key, list[_Block]] = {}
        self._counts: dict[Key, int] = {}
        self._waiting: dict[Key, list[Row]] = {}
        self._waiting_count = 0

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, key: Key, row: Row) -> None:
        """Add a row under a key."""
        rows = self._waiting.get(key)
        if rows is None:
            rows = self._waiting[key] = []
        rows.append(row)
        self._waiting_count += 1
        if self._waiting_count >= WAITING_ROWS_MAX:
            self._flush()

    def _flush(self) -> None:
        self._file.seek(self._end)
        for key, rows in self._waiting.items():
            data = marshal.dumps(rows)
            self._file.write(data)
            self._blocks.setdefault(key, []).append(_Block(self._end, len(data)))
            self._counts[key] = self._counts.get(key, 0) + len(rows)
            self._end += len(data)
        self._waiting, self._waiting_count = {}, 0

    def count(self, key: Key) -> int:
        """Return how many rows a key has."""
        return self._counts.get(key, 0) + len(self._waiting.get(key, ()))

    def keys(self, kind: str) -> list[int]:
        """Return whose rows of a kind there are, in ascending order."""
        found = self._blocks.keys() | self._waiting.keys()
        return sorted(number for of, number in found if of == kind)

    def rows(self, key: Key) -> Iterator[Row]:
        """Yield the rows of a key."""
        for block in self._blocks.get(key, ()):
            self._file.seek(block.offset)
            yield from marshal.loads(self._file.read(block.length))  # noqa: S302 - our own unnamed file
        yield from self._waiting.get(key, ())
