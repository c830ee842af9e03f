"""Which bytes of an SQLite file say something: all others are unused space.

A reading of https://www.sqlite.org/fileformat2.html, sections 1.3 to 1.6 and 2.3, of its own: trees are
walked cell by cell, and overflow pages and the freelist page by page.
"""

from __future__ import annotations

import sqlite3
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

HEADER_LENGTH = 100
_SCHEMA_COOKIE, _LIBRARY_VERSION = slice(40, 44), slice(96, 100)
"""How often the schema changed, and which SQLite wrote last: said, but of nothing in the file."""
_INTERIOR = {2, 5}
_TABLES = {5, 13}
_LEAVES = {10, 13}
_NONE = -1
_ROOTS = """
SELECT found.rootpage, coalesce((
    SELECT min(info.cid) FROM pragma_table_info(found.name) AS info
    WHERE info.pk = 1 AND upper(info.type) = 'INTEGER' AND found.type = 'table'
    AND (SELECT count(*) FROM pragma_table_info(found.name) WHERE pk > 0) = 1
    AND found.sql NOT LIKE '%WITHOUT ROWID%'
), -1) FROM sqlite_master AS found WHERE found.rootpage > 0
"""
"""Where each tree begins, and the column, if there is one, that is the tree's key (section 2.3)."""

Used = NDArray[np.bool_]


class Layout:
    """The file of a database that is closed and sound."""

    def __init__(self, path: Path) -> None:
        self.raw = path.read_bytes()
        size = int.from_bytes(self.raw[16:18], "big")
        self.page_size = 65_536 if size == 1 else size
        self.used: Used = np.zeros(len(self.raw), np.bool_)
        self.used[:HEADER_LENGTH] = True
        self.used[_SCHEMA_COOKIE] = self.used[_LIBRARY_VERSION] = False
        connection = sqlite3.connect(f"file:{path}?mode=ro&immutable=1", uri=True)
        roots = dict(connection.execute(_ROOTS))
        connection.close()
        for root, key in ((1, _NONE), *roots.items()):
            self._key = key
            self._walk(root)
        self._free(self._number(32, 4))

    def _number(self, at: int, length: int) -> int:
        return int.from_bytes(self.raw[at : at + length], "big")

    def _varint(self, at: int) -> tuple[int, int]:
        """Return a number and where it ends."""
        value = 0
        for place in range(at, at + 8):
            value = value << 7 | self.raw[place] & 0x7F
            if self.raw[place] < 0x80:
                return value, place + 1
        return value << 8 | self.raw[at + 8], at + 9

    def _use(self, first: int, length: int) -> None:
        self.used[first : first + length] = True

    def _walk(self, page: int) -> None:
        start = (page - 1) * self.page_size
        head = start + (HEADER_LENGTH if page == 1 else 0)
        kind = self.raw[head]
        length = 12 if kind in _INTERIOR else 8
        cells = self._number(head + 3, 2)
        self._use(head, length + 2 * cells)
        block = self._number(head + 1, 2)
        while block:
            self._use(start + block, 4)
            block = self._number(start + block, 2)
        for place in range(cells):
            self._cell(kind, start + self._number(head + length + 2 * place, 2))
        if kind in _INTERIOR:
            self._walk(self._number(head + 8, 4))

    def _cell(self, kind: int, at: int) -> None:
        begin = at
        if kind in _INTERIOR:
            self._walk(self._number(at, 4))
            at += 4
        if kind == 5:
            self._use(begin, self._varint(at)[1] - begin)
            return
        payload, at = self._varint(at)
        if kind in _TABLES:
            at = self._varint(at)[1]
        local = self._local(kind, payload)
        self._use(begin, at + local - begin)
        if kind in _TABLES and self._key != _NONE:
            self.used[self._type_of_key(at)] = False
        if local < payload:
            self._use(at + local, 4)
            self._overflow(self._number(at + local, 4), payload - local)

    def _type_of_key(self, at: int) -> int:
        """Return where the type of the key stands in a record: SQLite takes the key from the cell instead."""
        _, at = self._varint(at)
        for _ in range(self._key):
            _, at = self._varint(at)
        return at

    def _local(self, kind: int, payload: int) -> int:
        usable = self.page_size
        most = usable - 35 if kind in _TABLES else (usable - 12) * 64 // 255 - 23
        if payload <= most:
            return payload
        least = (usable - 12) * 32 // 255 - 23
        kept = least + (payload - least) % (usable - 4)
        return kept if kept <= most else least

    def _overflow(self, page: int, left: int) -> None:
        while page:
            start = (page - 1) * self.page_size
            self._use(start, 4 + min(left, self.page_size - 4))
            left -= self.page_size - 4
            page = self._number(start, 4)

    def _free(self, trunk: int) -> None:
        while trunk:
            start = (trunk - 1) * self.page_size
            self._use(start, 8 + 4 * self._number(start + 4, 4))
            trunk = self._number(start, 4)
