"""The best of all choices among some thirty changes to a room, by halves.

Rules
-----
1. All choices of each half are listed in the order of what they add to the room, with what they are worth;
   a list grows by a change as two lists in order are merged.
2. The more a choice of the one half adds, the more choices of the other half fit with it, from that end of
   their order; the best of them so far is known. So 2 to the power of 30 choices are looked at in 2 to the
   power of 16 steps.

Source: E. Horowitz, S. Sahni, "Computing partitions with applications to the knapsack problem", Journal of
the ACM 21, 1974.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.linear import NO_BOUND, Float64Array
from setfair.kernel import inner, kernel

HALF = 15
"""Changes of one half."""


class Halves(NamedTuple):
    """Changes, and the choices of both halves."""

    by: Int64Array
    """By change: what it adds to the room, below zero what it takes."""
    worth: Float64Array
    """By change."""
    added: Int64Array
    """By half, side and place: what a choice adds, in ascending order; sides are used in turn."""
    total: Float64Array
    """What it is worth."""
    choice: Int64Array
    """Bit by bit of its changes, whether it has them."""
    best: Int64Array
    """One number: the best choice, bit by bit."""


def make_halves() -> Halves:
    """Return the room for all choices."""
    size = (2, 2, 1 << HALF)
    return Halves(
        by=np.zeros(2 * HALF, np.int64),
        worth=np.zeros(2 * HALF),
        added=np.zeros(size, np.int64),
        total=np.zeros(size),
        choice=np.zeros(size, np.int64),
        best=np.zeros(1, np.int64),
    )


@kernel
def choose(h: Halves, count: int, left: int) -> float:
    """Find the choice of most worth after which a room of which `left` is left is not short.

    Returns what it is worth, the choice is in `best`; or less than any choice has if all leave it short.
    """
    first, second = count // 2, count - count // 2
    one, other = _list_choices(h, 0, 0, first), _list_choices(h, 1, first, second)
    worth, found, place = -NO_BOUND, 0, (1 << second) - 1
    fits, fitting = -NO_BOUND, 0
    for number in range(1 << first):
        wanted = -left - h.added[0, one, number]
        while place >= 0 and h.added[1, other, place] >= wanted:
            if h.total[1, other, place] > fits:
                fits, fitting = h.total[1, other, place], h.choice[1, other, place]
            place -= 1
        if fits > -NO_BOUND and h.total[0, one, number] + fits > worth:
            worth, found = h.total[0, one, number] + fits, h.choice[0, one, number] | fitting
    h.best[0] = found
    return worth


@inner
def _list_choices(h: Halves, half: int, start: int, count: int) -> int:
    """List all choices of a half; return the side where they are."""
    side = 0
    h.added[half, 0, 0] = h.choice[half, 0, 0] = 0
    h.total[half, 0, 0] = 0.0
    for change in range(start, start + count):
        _merge(h, half, side, 1 << (change - start), change)
        side = 1 - side
    return side


@inner
def _merge(h: Halves, half: int, side: int, size: int, change: int) -> None:
    """Merge the choices of one side without a change, and with it, into the other side."""
    by, worth, bit = h.by[change], h.worth[change], 1 << change
    without, within = 0, 0
    for place in range(2 * size):
        alone = within == size
        if not alone and without < size:
            alone = h.added[half, side, without] <= h.added[half, side, within] + by
        if alone:
            h.added[half, 1 - side, place] = h.added[half, side, without]
            h.total[half, 1 - side, place] = h.total[half, side, without]
            h.choice[half, 1 - side, place] = h.choice[half, side, without]
            without += 1
        else:
            h.added[half, 1 - side, place] = h.added[half, side, within] + by
            h.total[half, 1 - side, place] = h.total[half, side, within] + worth
            h.choice[half, 1 - side, place] = h.choice[half, side, within] | bit
            within += 1
