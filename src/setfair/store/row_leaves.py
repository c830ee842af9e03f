"""The rows of a table as they lie in the database file, beside rows that are expected: for an audit.

SQLite hands out a value in 60 to 80 ns, and a payment has 28 of them; comparing the bytes of a row takes as
long as two of these. Only *equal* is believed of it: whatever is not, or cannot be followed, is asked for
again through SQLite.

Rules
-----
1. The file alone must be what a reader sees (`is_file_alone`): nothing newer waits in the write-ahead log.
2. Leaves are read in the order of the tree, from its root; `SAME` says that rows follow each other with none
   between them, and `is_at_end` that none comes after them.
3. The file is not closed before the caller's connections to it: closing would let go of their locks.

Source: "Database File Format" (https://www.sqlite.org/fileformat2.html), section 1.6; for rule 3
https://www.sqlite.org/howtocorrupt.html, section 2.2.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setfair.store.cell_kernel import MORE, OTHER, PADDING, ReadLeaves, compare_rows
from setfair.store.row_kernel import CELLS, LEAF, PAGE_BYTES, ROW, STATE_LENGTH, Columns

LEAVES_AT_ONCE = 8
"""Leaves that are read at a time."""
_DEPTH_MAX = 8
_INTERIOR_OF_TABLE, _LEAF_OF_TABLE = 5, 13
_INTERIOR_HEADER = 12
Int64s = NDArray[np.int64]


def is_file_alone(cursor: Any) -> bool:
    """Tell whether everything that a reader sees now is in the file itself.

    Parameters
    ----------
    cursor
        Of a connection without a transaction. While another connection is in a transaction that read before
        this was asked, the file does not change.
    """
    cursor.execute("PRAGMA wal_checkpoint(NOOP)")
    is_busy, in_log, in_file = cursor.fetchone()
    return not is_busy and in_log == in_file


class TableLeaves:
    """Goes through the rows of one table, forward, and compares."""

    def __init__(self, file: int, root: int) -> None:
        """Find the leaves.

        Parameters
        ----------
        file
            Descriptor of the database file.
        root
            The page that is the table's root, as `sqlite_master` says.

        Raises
        ------
        ValueError
            If they cannot be found.
        """
        self._file = file
        self._numbers = _leaves_of(file, root)
        self._next = 0
        self._pages = np.zeros(LEAVES_AT_ONCE * PAGE_BYTES + PADDING, np.uint8)
        self._state = np.zeros(STATE_LENGTH, np.int64)
        self._count = 0

    def told(self, pieces: Iterable[Columns], more: int = 0) -> Int64s | None:
        """Compare rows with those that come next.

        Parameters
        ----------
        pieces
            One or more of one row or more (`pieces_of`).
        more
            Integer columns that the table has besides, behind these: they are read.

        Returns
        -------
        numpy.ndarray or None
            Shape (rows, more), int64: what was read; None: a row is not as expected, and nothing can
            be said of what comes after it.
        """
        parts = []
        for columns in pieces:
            part = np.zeros((columns.numbers.shape[1], more), np.int64)
            self._state[ROW] = 0
            while True:
                found = compare_rows(columns, ReadLeaves(self._pages, self._count, self._state), part)
                if found == OTHER or (found == MORE and not self._read_more()):
                    return None
                if found != MORE:
                    break
            parts.append(part)
        return np.concatenate(parts)

    def is_at_end(self) -> bool:
        """Tell whether no row follows those that were compared."""
        leaf, cell = int(self._state[LEAF]), int(self._state[CELLS])
        if self._next < len(self._numbers) or leaf < self._count - 1:
            return False
        if leaf >= self._count:
            return True
        at = leaf * PAGE_BYTES + 3
        return cell >= int.from_bytes(self._pages[at : at + 2].tobytes(), "big")

    def _read_more(self) -> bool:
        numbers = self._numbers[self._next : self._next + LEAVES_AT_ONCE].tolist()
        for place, number in enumerate(numbers):
            target = self._pages[place * PAGE_BYTES : (place + 1) * PAGE_BYTES]
            if os.preadv(self._file, [target.data], (number - 1) * PAGE_BYTES) != PAGE_BYTES:
                return False
        self._next += len(numbers)
        self._count = len(numbers)
        self._state[LEAF] = self._state[CELLS] = 0
        return bool(numbers)


def _leaves_of(file: int, root: int) -> Int64s:
    """Return the numbers of the pages that have rows, in order; the tree is equally deep everywhere."""
    level, pages = np.array([root]), os.fstat(file).st_size // PAGE_BYTES
    for _ in range(_DEPTH_MAX):
        if not 0 < len(level) <= pages or level.min() < 1 or level.max() > pages:
            break
        kind = os.pread(file, 1, (int(level[0]) - 1) * PAGE_BYTES)
        if kind[0] == _LEAF_OF_TABLE:
            return level
        level = np.concatenate([_children_of(file, number) for number in level.tolist()])
    raise ValueError("the pages of the table cannot be followed")


def _children_of(file: int, number: int) -> Int64s:
    page = os.pread(file, PAGE_BYTES, (number - 1) * PAGE_BYTES)
    count = int.from_bytes(page[3:5], "big")
    if len(page) != PAGE_BYTES or page[0] != _INTERIOR_OF_TABLE or 2 * count > PAGE_BYTES // 2:
        raise ValueError("a page above others is none")
    at = np.frombuffer(page, ">u2", count, _INTERIOR_HEADER).astype(np.int64)
    if count and at.max() > PAGE_BYTES - 4:
        raise ValueError("a page above others names places outside")
    four = np.frombuffer(page, np.uint8)[at[:, None] + np.arange(4)]
    children = four.astype(np.int64) @ (1 << np.array([24, 16, 8, 0]))
    return np.append(children, int.from_bytes(page[8:12], "big"))
