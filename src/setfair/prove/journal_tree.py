"""Any node of the journal's tree, from the stored nodes and the pages.

Nodes over 256 leaves and more come from the table `tree_node`, those below from the records of one tile: one
page, or the few that it spans. So a path needs a page and 32 bytes for every 256 records.
"""

from __future__ import annotations

import numpy as np

from setfair.errors import StoreError
from setfair.explain.choose import Query
from setfair.journal.leaves import leaf_hashes
from setfair.journal.page import Page, page_from_bytes
from setfair.journal.sha256 import DIGEST_LENGTH, Rows
from setfair.journal.tree import STORED_LEVEL, parents, subtree_hash
from setfair.store.archived import PageBodies

TILE = 1 << STORED_LEVEL

_NODES = "SELECT hashes FROM tree_node ORDER BY first_record"
_PAGE_OF = "SELECT page_number FROM record_row WHERE record_number = ?"
_SIZE = "SELECT first_record + record_count - 1 AS size FROM page ORDER BY page_number DESC LIMIT 1"


class JournalTree:
    """The tree over all records of a house, for reading."""

    def __init__(self, query: Query) -> None:
        self._query = query
        self._bodies = PageBodies(query)
        rows = query(_SIZE, ())
        self.size = int(rows[0]["size"]) if rows else 0
        """Records in the journal."""
        self._levels: list[Rows] = []
        """Nodes of `STORED_LEVEL` and of those above, as far as they were asked for."""
        self._page: Page | None = None
        self._tile: tuple[int, list[Rows]] = (-1, [])

    def node(self, level: int, index: int) -> bytes:
        """Return the root of a whole subtree: a `NodeSource`."""
        if level < STORED_LEVEL:
            tile, place = divmod(index << level, TILE)
            return self._tile_levels(tile)[level][place >> level].tobytes()
        nodes = self.stored(level)
        if index >= len(nodes):
            raise StoreError("the nodes of the tree are not all there: run `setfair audit`")
        return nodes[index].tobytes()

    def stored(self, level: int) -> Rows:
        """Return all nodes of a level from `STORED_LEVEL` on that are whole: uint8, shape (n, 32)."""
        if not self._levels:
            raw = b"".join(row["hashes"] for row in self._query(_NODES, ()))
            self._levels.append(np.frombuffer(raw, np.uint8).reshape(-1, DIGEST_LENGTH))
        while len(self._levels) <= level - STORED_LEVEL:
            below = self._levels[-1]
            self._levels.append(parents(below[: len(below) // 2 * 2]))
        return self._levels[level - STORED_LEVEL]

    def root(self, size: int) -> bytes:
        """Return the root of the tree over the first `size` records."""
        return subtree_hash(0, size, self.node)

    def leaves(self, first: int, end: int) -> Rows:
        """Return the hashes of the leaves from `first` to before `end`: uint8, shape (n, 32)."""
        parts = []
        while first < end:
            page = self.page_of(first + 1)
            place = first + 1 - page.first_record
            until = min(end + 1 - page.first_record, len(page.records))
            parts.append(leaf_hashes(page, place, until))
            first += until - place
        return np.concatenate(parts) if parts else np.zeros((0, DIGEST_LENGTH), np.uint8)

    def page_of(self, record_number: int) -> Page:
        """Return the page in which a record stands; the last one is kept.

        Raises
        ------
        StoreError
            If there is no such record, or its page was damaged.
        """
        kept = self._page
        if kept is not None and 0 <= record_number - kept.first_record < len(kept.records):
            return kept
        rows = self._query(_PAGE_OF, (record_number,))
        if not rows:
            raise StoreError(f"the tables do not show record {record_number}: run `setfair rebuild`")
        self._page = page_from_bytes(self._bodies.body(int(rows[0]["page_number"])))
        return self._page

    def _tile_levels(self, tile: int) -> list[Rows]:
        """Return the whole nodes below `STORED_LEVEL` of a tile, by level."""
        if self._tile[0] != tile:
            first = tile * TILE
            levels = [self.leaves(first, min(first + TILE, self.size))]
            while len(levels) < STORED_LEVEL:
                below = levels[-1]
                levels.append(parents(below[: len(below) // 2 * 2]))
            self._tile = (tile, levels)
        return self._tile[1]
