"""Which instructions were seen before: an open-addressing table of 128-bit identities.

Rules
-----
1. The key is the identity; the slot holds the digest of the content and an index into the books.
2. Same identity, other content: looked up and kept under a second key made of both, so that
   repeating a conflicting instruction answers with its first rejection.
3. At most half of the slots are used; `books` grows the table between batches.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from setfair.engine.kernel import inlined, inner, kernel
from setfair.engine.layout import IDENTITY, Array, cleared

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(29)
_LINE = ~np.uint64(1)

Word = Any
"""A 64-bit integer of a kernel: NumPy's scalar, for which type checkers know no arithmetic."""

ABSENT = -1
CONFLICT = -2


@inlined
def home_slot(high: Word, low: Word, mask: Word) -> Word:
    """Return where the search for an identity starts: the first of the two slots of a cache line."""
    mixed = (high ^ (low * _MIX)) * _MIX_2
    return (mixed ^ (mixed >> _SHIFT)) & mask & _LINE


@inlined
def find_slot(table: Array, high: Word, low: Word) -> Word:
    """Return the slot that holds this identity, or the free slot where it belongs."""
    mask = np.uint64(table.shape[0] - 1)
    slot = home_slot(high, low, mask)
    while table[slot]["used"] != 0:
        if table[slot]["high"] == high and table[slot]["low"] == low:
            break
        slot = (slot + np.uint64(1)) & mask
    return np.int64(slot)


@inner
def find_index(table: Array, high: Word, low: Word) -> Word:
    """Return the index kept under an identity, or ABSENT."""
    if high == 0 and low == 0:
        return ABSENT
    slot = find_slot(table, high, low)
    if table[slot]["used"] == 0:
        return ABSENT
    return np.int64(table[slot]["index"])


@inlined
def remember(table: Array, high: Word, low: Word, content: Word, index: int) -> Word:
    """Keep `index` under an identity if it is new.

    Returns
    -------
    int
        ABSENT if the identity was new and is now kept; CONFLICT if it is known with other content and
        this content is new (and now kept under the second key); otherwise the index of the first
        instruction with this identity and content.
    """
    slot = find_slot(table, high, low)
    answer = ABSENT
    if table[slot]["used"] != 0:
        if table[slot]["content"] == content:
            return np.int64(table[slot]["index"])
        slot = find_slot(table, high ^ (content * _MIX), low ^ (content * _MIX_2))
        if table[slot]["used"] != 0:
            return np.int64(table[slot]["index"])
        answer = CONFLICT
        high, low = high ^ (content * _MIX), low ^ (content * _MIX_2)
    table[slot]["high"] = high
    table[slot]["low"] = low
    table[slot]["content"] = content
    table[slot]["index"] = index
    table[slot]["used"] = 1
    return answer


@inlined
def _is_of_forgotten(table: Array, place: int, first_index: int) -> bool:
    """Tell whether an entry is a conflict with an instruction that is forgotten."""
    content = table[place]["content"]
    slot = find_slot(table, table[place]["high"] ^ (content * _MIX), table[place]["low"] ^ (content * _MIX_2))
    return bool(table[slot]["used"] != 0 and table[slot]["index"] < first_index)


@kernel
def rehash(old: Array, new: Array, first_index: int) -> None:
    """Move all entries with an index of at least `first_index` into `new`, lowering their index by it.

    An identity is as old as its first instruction: what conflicted with it is forgotten with it.
    """
    for i in range(old.shape[0]):
        keep = old[i]["used"] != 0 and old[i]["index"] >= first_index
        if keep and not _is_of_forgotten(old, i, first_index):
            slot = find_slot(new, old[i]["high"], old[i]["low"])
            new[slot]["high"] = old[i]["high"]
            new[slot]["low"] = old[i]["low"]
            new[slot]["content"] = old[i]["content"]
            new[slot]["index"] = old[i]["index"] - first_index
            new[slot]["used"] = 1


def table_for(entries: int) -> Array:
    """Make an empty table with room for `entries`, at most half full."""
    slots = 1024
    while slots < 2 * entries:
        slots *= 2
    return cleared(slots, IDENTITY)
