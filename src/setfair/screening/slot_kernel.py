"""The kernel that looks tokens up among the listed ones and writes what it finds into their slots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, inner, kernel
from setfair.screening.name_arrays import Slots
from setfair.screening.name_kernels import gain_of
from setfair.screening.pair_kernels import mark_of
from setfair.screening.token_kernels import NEAR_MAX, Letters, Scratch, TokenIndex, find_near, find_whole

ROOM = 128
"""Places that a token may need beside those of its near ones: names written alike, and parts."""
PARTS_MIN = 5
"""Letters of a token that may be put together from two."""


@inner
def _parts(index: TokenIndex, token: Letters, near: NDArray[np.int32], used: int) -> int:
    """Write the listed tokens of which a token may be put together; return the next free place."""
    if len(token) < PARTS_MIN:
        return used
    for cut in range(2, len(token) - 1):
        left, right = find_whole(index, token[:cut]), find_whole(index, token[cut:])
        if left >= 0 and right >= 0:
            near[used], near[used + 1] = left, right
            used += 2
    return used


@inlined
def _insert(slots: Slots, start: int, end: int, listed: int, apart: int) -> None:
    """Put a near token in its place among those from `start` to `end`: by distance, then by number."""
    place = end
    while place > start and (
        slots.apart[place - 1] > apart or (slots.apart[place - 1] == apart and slots.near[place - 1] > listed)
    ):
        slots.near[place], slots.apart[place] = slots.near[place - 1], slots.apart[place - 1]
        place -= 1
    slots.near[place], slots.apart[place] = listed, apart


@inner
def _add_alike(slots: Slots, slot: int, index: TokenIndex, start: int, end: int) -> int:
    """Let all listed spellings of a name be the very same; return the next free place."""
    line = slots.alike[slot]
    for place in range(index.alike_start[line], index.alike_start[line + 1]):
        listed = index.alike_tokens[place]
        at = start
        while at < end and slots.near[at] != listed:
            at += 1
        for later in range(at, end - 1):  # it was found as another spelling
            slots.near[later], slots.apart[later] = slots.near[later + 1], slots.apart[later + 1]
        end -= at < end
        _insert(slots, start, end, listed, 0)
        end += 1
    return end


@kernel
def look_up(
    slots: Slots, first: int, end: int, used: int,
    index: TokenIndex, weight: NDArray[np.int32], work: Scratch, *, rest: NDArray[np.int32],
    unknown_weight: int, letter_weight: int,
) -> tuple[int, int]:  # fmt: skip
    """Look up the tokens of the slots from `first` to `end`.

    Returns
    -------
    tuple of int
        The next slot to look up, less than `end` if `slots.near` is full; and the next free place of it.
    """
    for slot in range(first, end):
        if used + NEAR_MAX + ROOM > len(slots.near):
            return slot, used
        token = slots.chars[slot, : slots.length[slot]]
        found = find_near(index, token, work)
        start = used
        slots.near_start[slot] = start
        for place in range(found):
            listed, apart = work.near[place], work.apart[place]
            if slots.strict[slot] and apart:
                continue
            _insert(slots, start, used, listed, apart)
            used += 1
        if slots.alike[slot] >= 0 and not slots.strict[slot]:
            used = _add_alike(slots, slot, index, start, used)
        slots.near_end[slot] = used
        slots.known[slot] = used > start and slots.apart[start] == 0
        if not slots.known[slot] and not slots.strict[slot]:
            used = _parts(index, token, slots.near, used)
        slots.part_end[slot] = used
        slots.weight[slot] = min(unknown_weight, letter_weight * len(token))
        if slots.near_end[slot] > start:
            nearest = slots.apart[start]
            for place in range(start, slots.near_end[slot]):
                if slots.apart[place] == nearest:
                    slots.weight[slot] = min(slots.weight[slot], rest[slots.near[place]])
        _weigh(slots, slot, index, weight)
    return end, used


@inner
def _weigh(slots: Slots, slot: int, index: TokenIndex, weight: NDArray[np.int32]) -> None:
    """Write what each near token adds to a listed name, and the most that any does."""
    for place in range(slots.near_start[slot], slots.part_end[slot]):
        listed, changed = slots.near[place], 0
        if place < slots.near_end[slot]:
            slots.marks[slot] |= mark_of(listed)
            length = max(slots.length[slot], index.start[listed + 1] - index.start[listed])
            changed = 100 * slots.apart[place] // max(1, length)
        slots.gain[place] = gain_of(weight[listed], changed)
        slots.weight_most[slot] = max(slots.weight_most[slot], weight[listed])
