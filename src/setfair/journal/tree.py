"""The Merkle tree over all records, as it grows: only its frontier is kept.

Rules
-----
1. The tree is that of RFC 9162, section 2.1.1, over the records in order; the leaf of record n is leaf n - 1.
2. A frontier is the roots of the whole subtrees that a tree of this size is made of, the largest first: one
   for each bit of the size. It is all that appending needs, and it gives the root.
3. `extend` gives, besides the next frontier, the nodes of level `STORED_LEVEL` that became whole. With these
   and the pages every other node can be had quickly, so that no other is stored.
4. `subtree_hash`, `inclusion_path` and `consistency_path` work over any source of whole subtrees: RFC 9162,
   sections 2.1.1, 2.1.3.1 and 2.1.4.1.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from setfair.journal.sha256 import DIGEST_LENGTH, Rows, hash_rows
from setfair.proof.tree import EMPTY_ROOT, node_hash

STORED_LEVEL = 8
"""Nodes over 2^8 leaves are stored: the width of a tile (C2SP tlog-tiles)."""

NODE_LENGTH = 65
"""Bytes that are hashed for a node, its first byte 1 included."""

Parents = Callable[[Rows], Rows]
"""Takes nodes, an even number, and returns the nodes over pairs of them."""

NodeSource = Callable[[int, int], bytes]
"""Takes level and index of a whole subtree, over leaves index * 2^level and on; returns its root."""


@dataclass(frozen=True, slots=True)
class Frontier:
    """A tree of `size` leaves, as far as appending needs it."""

    size: int = 0
    peaks: tuple[bytes, ...] = ()
    """Roots of its whole subtrees, the largest first: rule 2."""

    @property
    def root(self) -> bytes:
        """The root of the tree."""
        if not self.peaks:
            return EMPTY_ROOT
        root = self.peaks[-1]
        for peak in reversed(self.peaks[:-1]):
            root = node_hash(peak, root)
        return root

    def to_bytes(self) -> bytes:
        """Return the peaks as bytes."""
        return b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, size: int, peaks: bytes) -> Frontier:
        """Read a frontier; ValueError where a tree of this size has another number of peaks."""
        if len(peaks) != DIGEST_LENGTH * size.bit_count():
            raise ValueError(f"a tree of {size} leaves has {size.bit_count()} peaks, not {len(peaks)} bytes")
        parts = (peaks[at : at + DIGEST_LENGTH] for at in range(0, len(peaks), DIGEST_LENGTH))
        return cls(size, tuple(parts))

    def extend(self, leaves: Rows, parents_of: Parents) -> tuple[Frontier, bytes]:
        """Append leaves.

        Parameters
        ----------
        leaves
            Their hashes, uint8, shape (n, 32).
        parents_of
            `parents`, or its twin in bulk.

        Returns
        -------
        tuple
            The frontier after it, and the nodes of `STORED_LEVEL` that became whole, in order, as bytes.
        """
        size = self.size + len(leaves)
        old = list(self.peaks)  # the smallest last
        new: list[bytes] = []  # the smallest first
        nodes, stored, level = leaves, b"", 0
        while len(nodes):
            if level == STORED_LEVEL:
                stored = nodes.tobytes()
            if self.size >> level & 1:
                peak = np.frombuffer(old.pop(), np.uint8).reshape(1, DIGEST_LENGTH)
                nodes = np.concatenate([peak, nodes])
            if len(nodes) % 2:
                new.append(nodes[-1].tobytes())
                nodes = nodes[:-1]
            nodes = parents_of(nodes)
            level += 1
        return Frontier(size, (*old, *reversed(new))), stored


def parents(nodes: Rows) -> Rows:
    """Return the nodes over pairs of nodes; their number is even."""
    rows = np.ones((len(nodes) // 2, NODE_LENGTH), np.uint8)
    rows[:, 1:] = nodes.reshape(len(rows), 2 * DIGEST_LENGTH)
    return hash_rows(rows)


def subtree_hash(first: int, end: int, node: NodeSource) -> bytes:
    """Return the root over the leaves from `first` to before `end`; `first` begins a subtree of that size."""
    count = end - first
    if count == 0:
        return EMPTY_ROOT
    if count & (count - 1) == 0:
        level = count.bit_length() - 1
        return node(level, first >> level)
    split = first + _largest_power_below(count)
    return node_hash(subtree_hash(first, split, node), subtree_hash(split, end, node))


def inclusion_path(index: int, size: int, node: NodeSource) -> list[bytes]:
    """Return the path of a leaf in the tree of `size` leaves, the lowest hash first."""
    path, first, end = [], 0, size
    while end - first > 1:
        split = first + _largest_power_below(end - first)
        if index < split:
            path.append(subtree_hash(split, end, node))
            end = split
        else:
            path.append(subtree_hash(first, split, node))
            first = split
    return path[::-1]


def consistency_path(old_size: int, new_size: int, node: NodeSource) -> list[bytes]:
    """Return the proof that the tree of `old_size` leaves is the beginning of that of `new_size`."""
    path, first, end, whole = [], 0, new_size, True
    while old_size != end:
        split = first + _largest_power_below(end - first)
        if old_size <= split:
            path.append(subtree_hash(split, end, node))
            end = split
        else:
            path.append(subtree_hash(first, split, node))
            first, whole = split, False
    if not whole:
        path.append(subtree_hash(first, end, node))
    return path[::-1]


def _largest_power_below(count: int) -> int:
    """Return the largest power of two that is smaller than `count`, which is at least 2."""
    return 1 << (count - 1).bit_length() - 1
