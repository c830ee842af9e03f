"""The plain twin of the tree: RFC 9162, section 2.1, as it stands there, over lists of leaves' data."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256


def root(entries: Sequence[bytes]) -> bytes:
    """MTH(D_n), section 2.1.1."""
    if not entries:
        return sha256(b"").digest()
    if len(entries) == 1:
        return sha256(b"\x00" + entries[0]).digest()
    k = split(len(entries))
    return sha256(b"\x01" + root(entries[:k]) + root(entries[k:])).digest()


def path(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PATH(m, D_n), section 2.1.3.1."""
    if len(entries) == 1:
        return []
    k = split(len(entries))
    if m < k:
        return [*path(m, entries[:k]), root(entries[k:])]
    return [*path(m - k, entries[k:]), root(entries[:k])]


def proof(m: int, entries: Sequence[bytes]) -> list[bytes]:
    """PROOF(m, D_n), section 2.1.4.1."""
    return subproof(m, entries, True)


def subproof(m: int, entries: Sequence[bytes], is_whole: bool) -> list[bytes]:
    """SUBPROOF(m, D_n, b), section 2.1.4.1."""
    n = len(entries)
    if m == n:
        return [] if is_whole else [root(entries)]
    k = split(n)
    if m <= k:
        return [*subproof(m, entries[:k], is_whole), root(entries[k:])]
    return [*subproof(m - k, entries[k:], False), root(entries[:k])]


def split(n: int) -> int:
    """Return the largest power of two smaller than n."""
    k = 1
    while k * 2 < n:
        k *= 2
    return k
