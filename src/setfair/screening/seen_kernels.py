"""Kernels over texts that were seen: a hash table of texts by value.

Rules
-----
1. A text is seen if it is there byte for byte: the hash only says where to look, so that two texts with one
   hash are two texts.
2. Open addressing; at most half of the slots are in use, see `seen_texts`. The seed of the hash differs from
   process to process, so that nobody can send texts that all look for the same slot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel

LENGTH_MAX = 560
"""Bytes of a text that is remembered: 140 characters, what ISO 20022 gives a name, of up to four bytes."""
UNSEEN, SEEN, SEEN_LONG_AGO = 0, 1, 2
_NUMBER_BITS = 24
NUMBER_MAX = (1 << _NUMBER_BITS) - 2
_NUMBER = np.uint64((1 << _NUMBER_BITS) - 1)
_PRIME = np.uint64(0x9E3779B97F4A7C15)
_PRIME_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT, _ONE = np.uint64(31), np.uint64(1)


class SeenTable(NamedTuple):
    """Texts by value."""

    slots: NDArray[np.uint64]
    """The high bits of a hash and, in the low ones, the number of the text plus one; 0 for free."""
    digests: NDArray[np.uint64]
    """By number of a text: its hash."""
    start: NDArray[np.int64]
    """By number: where its bytes begin in `data`; and one past the end."""
    data: NDArray[np.uint8]
    texts: NDArray[np.int64]
    """Shape (1,): how many texts there are."""
    seed: NDArray[np.uint64]
    """Shape (1,): where the hash begins."""


@inlined
def _mix(digest: np.uint64, word: np.uint64) -> np.uint64:
    mixed = (digest ^ word) * _PRIME
    return (mixed ^ (mixed >> _SHIFT)) * _PRIME_2


@inlined
def _word(data: NDArray[np.uint8], place: int) -> np.uint64:
    """Return eight bytes as one word; the compiler makes one load of it where places are unsigned."""
    at = np.uint64(place)
    return (
        np.uint64(data[at])
        | np.uint64(data[at + np.uint64(1)]) << np.uint64(8)
        | np.uint64(data[at + np.uint64(2)]) << np.uint64(16)
        | np.uint64(data[at + np.uint64(3)]) << np.uint64(24)
        | np.uint64(data[at + np.uint64(4)]) << np.uint64(32)
        | np.uint64(data[at + np.uint64(5)]) << np.uint64(40)
        | np.uint64(data[at + np.uint64(6)]) << np.uint64(48)
        | np.uint64(data[at + np.uint64(7)]) << np.uint64(56)
    )


@inlined
def _short_word(data: NDArray[np.uint8], begin: int, length: int) -> np.uint64:
    """Return fewer than eight bytes as one word."""
    word = np.uint64(0)
    for place in range(length):
        word = (word << np.uint64(8)) | np.uint64(data[np.uint64(begin + place)])
    return word


@inlined
def _digest(data: NDArray[np.uint8], begin: int, end: int, seed: np.uint64) -> np.uint64:
    """Return the hash of a text: its words, the last of which may overlap the one before, and its length."""
    digest, place = _mix(seed, np.uint64(end - begin)), begin
    while place + 8 < end:
        digest = _mix(digest, _word(data, place))
        place += 8
    last = _word(data, end - 8) if end - begin >= 8 else _short_word(data, begin, end - begin)
    digest = _mix(digest, last)
    return digest ^ (digest >> _SHIFT)


@inlined
def _is_same(left: NDArray[np.uint8], first: int, right: NDArray[np.uint8], begin: int, length: int) -> bool:
    if length < 8:
        return _short_word(left, first, length) == _short_word(right, begin, length)
    place = 0
    while place + 8 < length:
        if _word(left, first + place) != _word(right, begin + place):
            return False
        place += 8
    return _word(left, first + length - 8) == _word(right, begin + length - 8)


@inlined
def _slot_of(table: SeenTable, digest: np.uint64, data: NDArray[np.uint8], begin: int, end: int) -> int:
    """Return the slot of a text: its own, or the free one where it would be."""
    mask = np.uint64(table.slots.shape[0] - 1)
    slot = digest & mask
    while table.slots[slot] != np.uint64(0):
        held = table.slots[slot]
        if held >> np.uint64(_NUMBER_BITS) == digest >> np.uint64(_NUMBER_BITS):
            number = np.int64(held & _NUMBER) - 1
            first = table.start[number]
            if table.start[number + 1] - first == end - begin and _is_same(
                table.data, first, data, begin, end - begin
            ):
                break
        slot = (slot + _ONE) & mask
    return int(np.int64(slot))


@kernel
def find_seen(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], young: SeenTable, old: SeenTable,
    state: NDArray[np.uint8],
) -> tuple[int, int]:  # fmt: skip
    """Tell of each text whether it was seen.

    Parameters
    ----------
    data, offsets
        Text i is ``data[offsets[i]:offsets[i + 1]]``.
    young, old
        Where it may be, of one seed.
    state
        uint8, shape (texts,), written: `SEEN` if it is in `young`, `SEEN_LONG_AGO` if only in `old`.

    Returns
    -------
    tuple of int
        How many are unseen, and how many are only in `old`.

    Notes
    -----
    Complexity: linear in the bytes.
    """
    unseen, long_ago = 0, 0
    for i in range(state.shape[0]):
        begin, end = offsets[i], offsets[i + 1]
        digest = _digest(data, begin, end, young.seed[0])
        if young.slots[_slot_of(young, digest, data, begin, end)] != np.uint64(0):
            state[i] = SEEN
        elif old.slots[_slot_of(old, digest, data, begin, end)] != np.uint64(0):
            state[i] = SEEN_LONG_AGO
            long_ago += 1
        else:
            state[i] = UNSEEN
            unseen += 1
    return unseen, long_ago


@kernel
def add_seen(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], rows: NDArray[np.int64], table: SeenTable
) -> int:
    """Put the texts of some rows into a table that has room for them; return how many are new in it.

    Parameters
    ----------
    data, offsets
        Text i is ``data[offsets[i]:offsets[i + 1]]``.
    rows
        int64: which; one longer than `LENGTH_MAX` is left out.
    table
        With room: a slot more than twice the texts, and their bytes.
    """
    before = table.texts[0]
    for row in rows:
        begin, end = offsets[row], offsets[row + 1]
        if end - begin > LENGTH_MAX:
            continue
        digest = _digest(data, begin, end, table.seed[0])
        slot = _slot_of(table, digest, data, begin, end)
        if table.slots[slot] != np.uint64(0):
            continue
        number = table.texts[0]
        first = table.start[number]
        for place in range(end - begin):
            table.data[first + place] = data[begin + place]
        table.start[number + 1] = first + end - begin
        table.digests[number] = digest
        table.slots[slot] = (digest >> np.uint64(_NUMBER_BITS)) << np.uint64(_NUMBER_BITS) | np.uint64(
            number + 1
        )
        table.texts[0] = number + 1
    return int(table.texts[0] - before)


@kernel
def fill_slots(table: SeenTable) -> None:
    """Write the slots of a table anew, from the hashes of its texts."""
    mask = np.uint64(table.slots.shape[0] - 1)
    for number in range(table.texts[0]):
        digest = table.digests[number]
        slot = digest & mask
        while table.slots[slot] != np.uint64(0):
            slot = (slot + _ONE) & mask
        table.slots[slot] = (digest >> np.uint64(_NUMBER_BITS)) << np.uint64(_NUMBER_BITS) | np.uint64(
            number + 1
        )
