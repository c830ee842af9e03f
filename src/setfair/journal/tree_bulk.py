"""Leaves and nodes of the tree in bulk: what `leaf_hashes` and `parents` give, in a twentieth of the time.

Kernels hash several at a time: by the processor's own instructions where it has them (`tree_fours`), else in
lanes of vectors (`tree_lanes`). The digests are the same.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np

from setfair.journal import tree_fours, tree_lanes
from setfair.journal.leaves import salts_of
from setfair.journal.page import Page
from setfair.journal.sha256 import DIGEST_LENGTH, Rows
from setfair.journal.sha256_fours import HAS_INSTRUCTIONS
from setfair.journal.tree import parents as parents_by_hashlib

FEW = 8
"""So few nodes are hashed one by one, which is as quick as a kernel is called."""


class Way(NamedTuple):
    """Kernels that hash several at a time."""

    hash_leaves: Any
    hash_parents: Any
    places: Any
    """What says where they write: digests, stream and scratch."""
    unit: type[np.unsignedinteger[Any]]
    """What they read."""
    lengths: tuple[int, int]
    """Units of the stream, and words of the scratch."""

    def places_for(self, digests: Rows) -> Any:
        """Return where they write."""
        stream, scratch = self.lengths
        return self.places(self.units_of(digests), np.empty(stream, self.unit), np.empty(scratch, np.uint32))

    def units_of(self, array: Any) -> Any:
        """Return an array as they read it."""
        return np.ascontiguousarray(array).reshape(-1).view(self.unit)


IN_LANES = Way(
    tree_lanes.hash_leaves, tree_lanes.hash_parents, tree_lanes.Places, np.uint32, tree_lanes.LENGTHS
)
IN_FOURS = Way(
    tree_fours.hash_leaves, tree_fours.hash_parents, tree_fours.Places, np.uint8, tree_fours.LENGTHS
)
WAYS = (IN_FOURS, IN_LANES) if HAS_INSTRUCTIONS else (IN_LANES,)
"""Those that this processor can go, the quickest first."""


def leaves_in_bulk(page: Page, way: Way = WAYS[0]) -> Rows:
    """Return the hashes of the leaves of a page: uint8, shape (n, 32)."""
    count = len(page.records)
    digests = np.empty((count, DIGEST_LENGTH), np.uint8)
    if count:
        records = np.ascontiguousarray(page.records)
        way.hash_leaves(
            way.units_of(records),
            records.view(np.int64).reshape(count, -1),
            np.ascontiguousarray(page.instructions).view(np.uint64).reshape(len(page.instructions), -1),
            page.first_instruction,
            way.units_of(salts_of(page, 0, count)),
            way.places_for(digests),
        )
    return digests


def parents_in_bulk(nodes: Rows, way: Way = WAYS[0]) -> Rows:
    """Return the nodes over pairs of nodes; their number is even."""
    if len(nodes) < 2 * FEW:
        return parents_by_hashlib(nodes)
    digests = np.empty((len(nodes) // 2, DIGEST_LENGTH), np.uint8)
    way.hash_parents(way.units_of(nodes), way.places_for(digests))
    return digests
