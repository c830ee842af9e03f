"""The kernel that looks tokens up among the listed ones and writes what it finds into their slots."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, inner, kernel
from setfair.screening.name_arrays import Slots
from setfair.screening.name_kernels import beginning_of, mark_of
from setfair.screening.token_kernels import NEAR_MAX, Letters, Scratch, TokenIndex, find_near, find_whole

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
    """Put a near token in its place among those from `start` to `end`, which ascend."""
    place = end
    while place > start and slots.near[place - 1] > listed:
        slots.near[place], slots.apart[place] = slots.near[place - 1], slots.apart[place - 1]
        place -= 1
    slots.near[place], slots.apart[place] = listed, apart


@kernel
def look_up(
    slots: Slots, first: int, end: int, used: int,
    index: TokenIndex, weight: NDArray[np.int32], work: Scratch, *, unknown_weight: int, letter_weight: int,
) -> tuple[int, int]:  # fmt: skip
    """Look up the tokens of the slots from `first` to `end`.

    Returns
    -------
    tuple of int
        The next slot to look up, less than `end` if `slots.near` is full; and the next free place of it.
    """
    for slot in range(first, end):
        if used + NEAR_MAX + 64 > len(slots.near):
            return slot, used
        token = slots.chars[slot, : slots.length[slot]]
        found = find_near(index, token, work)
        nearest, best = 1000, min(unknown_weight, letter_weight * len(token))
        slots.near_start[slot] = used
        for place in range(found):
            listed, apart = work.near[place], work.apart[place]
            if slots.strict[slot] and apart:
                continue
            _insert(slots, slots.near_start[slot], used, listed, apart)
            used += 1
            slots.marks[slot] |= mark_of(listed)
            slots.weight_most[slot] = max(slots.weight_most[slot], weight[listed])
            if apart < nearest or (apart == nearest and weight[listed] < best):
                nearest, best = apart, weight[listed]
        slots.near_end[slot] = used
        if nearest > 0 and not slots.strict[slot]:
            used = _parts(index, token, slots.near, used)
        slots.part_end[slot] = used
        slots.known[slot] = nearest == 0
        slots.weight[slot] = best
        slots.beginning[slot] = beginning_of(token)
    return end, used
