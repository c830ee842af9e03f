"""Rows on disk: an audit keeps there what grows with the history that it reads.

A room is a temporary file without a name, mapped into memory: the system writes it back and takes it out of
memory on its own, and `let_go` has it taken out at once, so that a process needs memory for what it used
since then. The rows of a payment are used when it comes, and hardly ever again; where one
is, little comes with it: else the system maps up to two megabytes around it, and a page of payments
150 MB of ten million.

What is written for the first time is laid down as zeros before (`expect`), many pages of memory with one
call: measured, 1.0 us a page; a page that the system has to find when it is touched takes 4.6 us.
"""

from __future__ import annotations

import mmap
import os
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any
from weakref import WeakSet, finalize

import numpy as np

_LAID_BYTES = 1 << 18
"""What is laid down at least: a page of the journal may have one payment."""
_ROWS_MORE = 1024
"""Room behind rows that have moved, for the next page."""
_ZEROS = bytes(_LAID_BYTES)


class DiskRoom:
    """Gives rows that are on disk (`setfair.engine.room.Room`)."""

    def __init__(self) -> None:
        self._maps: WeakSet[_Map] = WeakSet()

    def cleared(self, count: int, dtype: np.dtype[Any]) -> Any:
        """Return rows of zeros; their file goes with them."""
        mapped = _Map(max(1, count * dtype.itemsize))
        self._maps.add(mapped)
        return np.frombuffer(mapped, dtype, count)

    def target(self, rows: Any, count: int) -> Any:
        """Return other rows: what is written over would be read from disk first."""
        return self.cleared(count + _ROWS_MORE, rows.dtype)

    def expect(self, rows: Any, used: int, more: int) -> None:
        """Lay down what will be written behind the rows in use, of which nothing is written so far."""
        if rows.size:
            address, size = rows.__array_interface__["data"][0], rows.dtype.itemsize
            for mapped in self._maps:
                if mapped.address == address:
                    mapped.lay(used * size, (used + more) * size)

    def let_go(self) -> None:
        """Take all rows out of memory: they are read again when they are used."""
        self._advise(mmap.MADV_DONTNEED)

    @contextmanager
    def in_order(self) -> Iterator[None]:
        """Read rows for a while as they follow each other: the system reads ahead."""
        self._advise(mmap.MADV_NORMAL)
        try:
            yield
        finally:
            self._advise(mmap.MADV_RANDOM)

    def _advise(self, how: int) -> None:
        for mapped in self._maps:
            mapped.madvise(how)


class _Map(mmap.mmap):
    """A mapped file, of which the room knows while rows of it are in use."""

    _file: int
    _laid: int
    address: int

    def __new__(cls, size: int) -> _Map:
        with TemporaryFile(prefix="setfair-audit-") as file:
            file.truncate(size)
            mapped = super().__new__(cls, file.fileno(), size)
            mapped._file, mapped._laid = os.dup(file.fileno()), 0
        finalize(mapped, os.close, mapped._file)
        mapped.madvise(mmap.MADV_RANDOM)
        mapped.address = np.frombuffer(mapped, np.uint8).__array_interface__["data"][0]
        return mapped

    def lay(self, used: int, needed: int) -> None:
        """Write zeros from the first whole page behind the bytes in use on, where more are needed."""
        if needed <= self._laid:
            return
        begin = max(self._laid, -(-used // mmap.PAGESIZE) * mmap.PAGESIZE)
        end = min(len(self), max(needed, begin + _LAID_BYTES))
        for at in range(begin, end, _LAID_BYTES):
            os.pwrite(self._file, _ZEROS[: end - at], at)
        self._laid = end
