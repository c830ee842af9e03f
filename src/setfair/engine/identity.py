"""Which instructions were seen before: 128-bit identities, found through an open-addressing table.

Rules
-----
1. The identity and the digest of the content lie in rows, in the order of arrival. A slot of the table is a
   word of 32 bits: the place of the row plus one, which takes n bits in a table of 2^n slots, one bit that
   says by which key, and above them what there is room for of the key's hash. So a search reads one cache
   line, and a row only where those bits agree: seven of the hash with ten million rows.
2. The first key is the identity. Same identity, other content: looked up and kept under a second key made of
   both, so that repeating a conflicting instruction answers with its first rejection.
3. At most five eighths of the slots are used: a search for what is new then reads four of them, mostly in one
   cache line, and a day of ten million takes 67 MB of slots. `books` makes a larger table
   between batches.
4. The table is made of the rows alone: of rows with one identity the first is kept under the first key, the
   others under the second. Rows that cannot be found (no identity, or forgotten) are zero.
"""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from setfair.engine.ahead import write_ahead
from setfair.engine.layout import IdentityMemory, cleared
from setfair.kernel import forward, inlined, inner, kernel

_MIX = np.uint64(0x9E3779B97F4A7C15)
_MIX_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_FOLD = np.uint64(29)

_HASH_BITS = np.uint64(32)
Word = Any
"""A 64-bit integer of a kernel: NumPy's scalar, for which type checkers know no arithmetic."""

_ROWS_AHEAD = 16
"""Rows ahead for whose slots memory is asked when many are put into a table."""
ABSENT = -1
CONFLICT = -2


@inlined
def hash_of(high: Word, low: Word) -> Word:
    """Return 64 bits that depend on all bits of an identity."""
    mixed = (high ^ (low * _MIX)) * _MIX_2
    return mixed ^ (mixed >> _FOLD)


@inlined
def home_slot(slots: NDArray[np.uint32], mixed: Word) -> Word:
    """Return where the search for a hash starts."""
    return mixed & np.uint64(slots.shape[0] - 1)


@inlined
def _mark(slots: NDArray[np.uint32], mixed: Word, second: Word) -> Word:
    """Return what a slot has above the place: the hash, and whether it is kept under the second key."""
    count = np.uint64(slots.shape[0])
    return ((mixed >> _HASH_BITS) & ~(count + count - np.uint64(1))) | (count * np.uint64(second))


@inlined
def _find_first(memory: IdentityMemory, high: Word, low: Word) -> Word:
    """Return the slot of this identity, or the free slot where it belongs."""
    mixed = hash_of(high, low)
    slot = home_slot(memory.slots, mixed)
    mask = np.uint64(memory.slots.shape[0] - 1)
    mark = _mark(memory.slots, mixed, 0)
    while memory.slots[slot] != 0:
        word = np.uint64(memory.slots[slot])
        if word & ~mask == mark:
            row = memory.rows[np.int64(word & mask) - 1]
            if row["high"] == high and row["low"] == low:
                break
        slot = (slot + np.uint64(1)) & mask
    return slot


@inner
def _find_second(memory: IdentityMemory, high: Word, low: Word, content: Word) -> Word:
    """Return the slot of this identity with this content, or the free slot where it belongs."""
    mixed = _second_hash(high, low, content)
    slot = home_slot(memory.slots, mixed)
    mask = np.uint64(memory.slots.shape[0] - 1)
    mark = _mark(memory.slots, mixed, 1)
    while memory.slots[slot] != 0:
        word = np.uint64(memory.slots[slot])
        if word & ~mask == mark:
            row = memory.rows[np.int64(word & mask) - 1]
            if row["high"] == high and row["low"] == low and row["content"] == content:
                break
        slot = (slot + np.uint64(1)) & mask
    return slot


@inlined
def _second_hash(high: Word, low: Word, content: Word) -> Word:
    return hash_of(high ^ (content * _MIX), low ^ (content * _MIX_2))


@inlined
def _place(slots: NDArray[np.uint32], slot: Word) -> Word:
    """Return the place that a slot in use stands for."""
    return np.int64(np.uint64(slots[slot]) & np.uint64(slots.shape[0] - 1)) - 1


@inner
def find_index(memory: IdentityMemory, high: Word, low: Word) -> Word:
    """Return the place of the first instruction with an identity, or ABSENT."""
    if high == 0 and low == 0:
        return ABSENT
    slot = _find_first(memory, high, low)
    if memory.slots[slot] == 0:
        return ABSENT
    return _place(memory.slots, slot)


@inner
def find_earlier(memory: IdentityMemory, high: Word, low: Word, place: int) -> Word:
    """Return what `find_index` returns, or ABSENT for what came in after `place`.

    The identities of a batch are kept before its first row is decided.
    """
    found = find_index(memory, high, low)
    return found if found <= place else ABSENT


@inlined
def remember(memory: IdentityMemory, high: Word, low: Word, content: Word, place: int) -> Word:
    """Keep an identity that is not zero at `place` if it is new.

    Returns
    -------
    int
        ABSENT if the identity was new and is now kept; CONFLICT if it is known with other content and
        this content is new (and now kept under the second key); otherwise the place of the first
        instruction with this identity and content.
    """
    answer = ABSENT
    mixed = hash_of(high, low)
    slot = _find_first(memory, high, low)
    second = 0
    if memory.slots[slot] != 0:
        known = _place(memory.slots, slot)
        if memory.rows[known]["content"] == content:
            return known
        slot = _find_second(memory, high, low, content)
        if memory.slots[slot] != 0:
            return _place(memory.slots, slot)
        answer = CONFLICT
        mixed = _second_hash(high, low, content)
        second = 1
    row = memory.rows[forward(place)]
    row["high"] = high
    row["low"] = low
    row["content"] = content
    memory.slots[slot] = np.uint32(_mark(memory.slots, mixed, second) | np.uint64(place + 1))
    return answer


@kernel
def find_known(memory: IdentityMemory, high: Word, low: Word) -> Word:
    """Return what `find_index` returns, to a caller outside the kernels."""
    return find_index(memory, high, low)


@kernel
def fill(memory: IdentityMemory, first: int, after: int) -> None:
    """Put the rows from `first` to before `after` into the table, after those before them."""
    for place in range(first, after):
        if place + _ROWS_AHEAD < after:
            later = memory.rows[place + _ROWS_AHEAD]
            write_ahead(memory.slots, home_slot(memory.slots, hash_of(later["high"], later["low"])))
        row = memory.rows[place]
        if row["high"] != 0 or row["low"] != 0:
            remember(memory, row["high"], row["low"], row["content"], place)


@kernel
def forget(memory: IdentityMemory, first: int, after: int) -> None:
    """Clear the rows from `first` to before `after` that conflict with a row before `first`.

    An identity is as old as its first instruction: what conflicted with it is forgotten with it. The table is
    to be made anew afterwards.
    """
    for place in range(first, after):
        row = memory.rows[place]
        if 0 <= find_index(memory, row["high"], row["low"]) < first:
            row["high"] = 0
            row["low"] = 0
            row["content"] = 0


def slots_wanted(entries: int) -> int:
    """Return how many slots `entries` need, of which they use at most five eighths."""
    count = 1024
    while 5 * count < 8 * entries:
        count *= 2
    return count


def slots_for(entries: int) -> NDArray[np.uint32]:
    """Make free slots for `entries`."""
    slots: NDArray[np.uint32] = cleared(slots_wanted(entries), np.dtype(np.uint32))
    return slots
