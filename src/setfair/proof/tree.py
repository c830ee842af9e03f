"""The tree's hashes, and the two proofs over them, as a verifier computes them.

Rules
-----
1. A leaf is SHA-256(0x00 || data), a node SHA-256(0x01 || left || right): RFC 9162, section 2.1.1.
2. `root_of_inclusion` gives the root that a leaf and its path lead to: section 2.1.3.2.
3. `roots_of_consistency` gives the roots of the old and the new tree that a proof leads to: section 2.1.4.2.
4. A path that is too short or too long leads to no root: `ValueError` says so.

RFC 6962 has the same tree and the same paths.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256

EMPTY_ROOT = sha256(b"").digest()
"""Root of a tree without leaves."""

HASH_LENGTH = 32
TREE_SIZE_MAX = 2**63 - 1
PATH_MAX = 63
"""Longest path of a leaf: a tree has less than 2^63 leaves."""


def leaf_hash(data: bytes) -> bytes:
    """Return the hash of a leaf."""
    return sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Return the hash of a node over its two children."""
    return sha256(b"\x01" + left + right).digest()


def root_of_inclusion(index: int, size: int, leaf: bytes, path: Sequence[bytes]) -> bytes:
    """Return the root of the tree of `size` leaves in which this leaf stands at `index` with this path.

    Raises
    ------
    ValueError
        If there is no such leaf, or the path has another length than it must have.
    """
    if not 0 <= index < size:
        raise ValueError(f"there is no leaf {index} in a tree of {size}")
    place, last, root = index, size - 1, leaf
    for step in path:
        if last == 0:
            raise ValueError(f"the path is too long: {len(path)} hashes")
        if place % 2 or place == last:
            root = node_hash(step, root)
            while place and place % 2 == 0:
                place, last = place >> 1, last >> 1
        else:
            root = node_hash(root, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError(f"the path is too short: {len(path)} hashes")
    return root


def roots_of_consistency(
    old_size: int, new_size: int, old_root: bytes, path: Sequence[bytes]
) -> tuple[bytes, bytes]:
    """Return the roots that a consistency proof leads to: of the tree of `old_size` leaves, of `new_size`.

    Parameters
    ----------
    old_size, new_size
        0 < `old_size` <= `new_size`.
    old_root
        Root of the old tree: where that is a whole subtree of the new one, the proof leaves it out.
    path
        The hashes of the proof.

    Raises
    ------
    ValueError
        If the sizes are none, or the path has another length than it must have.
    """
    if not 0 < old_size <= new_size:
        raise ValueError(f"a tree of {new_size} leaves is no later state of one of {old_size}")
    if old_size == new_size:
        if path:
            raise ValueError("trees of the same size need no hashes")
        return old_root, old_root
    steps = [old_root, *path] if old_size & (old_size - 1) == 0 else list(path)
    place, last = old_size - 1, new_size - 1
    while place % 2:
        place, last = place >> 1, last >> 1
    if not steps:
        raise ValueError("the proof has no hashes")
    old = new = steps[0]
    for step in steps[1:]:
        if last == 0:
            raise ValueError(f"the proof is too long: {len(path)} hashes")
        if place % 2 or place == last:
            old, new = node_hash(step, old), node_hash(step, new)
            while place and place % 2 == 0:
                place, last = place >> 1, last >> 1
        else:
            new = node_hash(new, step)
        place, last = place >> 1, last >> 1
    if last:
        raise ValueError(f"the proof is too short: {len(path)} hashes")
    return old, new
