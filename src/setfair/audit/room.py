"""Rows on disk: an audit keeps there what grows with the history that it reads.

A room is a temporary file without a name, mapped into memory: the system writes it back and takes it out of
memory on its own, and `let_go` has it taken out at once, so that a process needs memory for what it used
since then. The rows of a payment are used when it comes, and hardly ever again; where one
is, little comes with it: else the system maps up to two megabytes around it, and a page of payments
150 MB of ten million.
"""

from __future__ import annotations

import mmap
from collections.abc import Iterator
from contextlib import contextmanager
from tempfile import TemporaryFile
from typing import Any
from weakref import WeakSet

import numpy as np


class DiskRoom:
    """Gives rows that are on disk (`setfair.engine.room.Room`)."""

    def __init__(self) -> None:
        self._maps: WeakSet[_Map] = WeakSet()

    def cleared(self, count: int, dtype: np.dtype[Any]) -> Any:
        """Return rows of zeros; their file goes with them."""
        size = max(1, count * dtype.itemsize)
        with TemporaryFile(prefix="setfair-audit-") as file:
            file.truncate(size)
            mapped = _Map(file.fileno(), size)
        mapped.madvise(mmap.MADV_RANDOM)
        self._maps.add(mapped)
        return np.frombuffer(mapped, dtype, count)

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
