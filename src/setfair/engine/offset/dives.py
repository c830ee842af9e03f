"""Dives from the relaxation of a whole part, and on from a set; in two sequences beside each other.

Rules
-----
1. Each dive begins with other tiny differences of worth, and so at another corner of the relaxation; and
   with a margin in each room, of several sizes in turn: what whole items lack in the end is then there. A
   room that was short has a larger margin the next time.
2. What a dive comes to is mended by the search of neighbourhoods, if rooms are short; the best set is the
   result.
3. Where a dive is likely to take more than half of what a sequence has, there is one sequence; where it would
   hardly end with all the work, there is none.
4. A dive ends when nothing better than the best set lies ahead.
5. Later dives go on from the best set. The items are free that touch no other rooms than some that are drawn,
   two fifths of them or seven tenths in turn; all others stay. What such a dive comes to is mended, and its
   rooms are filled (`fill`). A sequence ends early if none of its first dives comes to anything better: with
   few items for each room they hardly ever do.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import NamedTuple

import numpy as np

from setfair.engine.offset.basis import APART, WORK, WORK_MOST, Basis, bound_item, make_basis, reckon, seat
from setfair.engine.offset.beside import run_beside
from setfair.engine.offset.dive import dive
from setfair.engine.offset.fill import fill_rooms
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import NO_BOUND, Float64Array
from setfair.engine.offset.model import Core, item_of_touch, rooms_after
from setfair.engine.offset.neighbourhood import Search, make_search
from setfair.engine.offset.search import fill_up
from setfair.engine.offset.sequence import LARGEST, next_number
from setfair.kernel import inlined, kernel

PENALTY = 20.0
"""What a unit that is lacking costs."""
TURNS = ((0.05, 1.0), (0.2, 1.0), (0.05, 0.9), (0.3, 0.9))
"""Dives in turn: the share of items that are smaller than the margin, and of those of which only one way is
looked at."""
DIVE_MOST = 4
"""How many times its work a sequence may use, so that a dive can be done."""
WORK_LIKELY = 8
"""A dive takes a unit of work for so many pairs of items, and for so many products of an item and two rooms;
or up to two and a half times as much."""
NUMBERS = (1, 15_838)
"""Where the sequences of numbers begin."""
FREE_ROOMS = (0.7, 0.4)
"""Share of the rooms that are drawn for later dives, in turn."""
LATER_MARGINS = (0.02, 0.05, 0.1)
"""Share of the items that are smaller than the margin of later dives, in turn."""
NEAR_BEST = 0.99
"""A later dive ends when less than this share of the best set's value lies ahead: filling makes up for it."""
FILL_EACH = 100
"""The part of the work of a sequence in which what a later dive comes to is filled."""
FIRST_FEW = 12
"""Later dives of which one must come to something better."""

NUMBER = 0
"""Place in `tally`: the number of the fixed sequence."""


class Whole(NamedTuple):
    """All items, and what a dive comes to."""

    core: Core
    basis: Basis
    room: Int64Array
    """By room: what there is, less the margin."""
    inside: Int64Array
    """By item: 1 if it is in the set."""
    stays: Int64Array
    """By item: 1 if it stays as it is in the set."""
    tally: Int64Array


@dataclass(slots=True)
class _Dives:
    """One of the sequences."""

    whole: Whole
    near: Search
    """What mends."""
    first: int
    """The turn of the first dive."""
    best: BoolArray
    best_value: int
    filled: int = 0
    """Work used for filling."""

    @property
    def spent(self) -> int:
        """Work used."""
        return int(self.whole.basis.tally[WORK]) + self.near.spent + self.filled

    def run(self, work_max: int) -> None:
        """Dive until the work is used."""
        core, turn = self.whole.core, self.first
        more = np.zeros(len(core.room), np.int64)
        while self.spent < work_max:
            share, of_one_way = TURNS[turn % len(TURNS)]
            margin = int(np.quantile(core.value, share))
            self.whole.room[:] = core.room - margin - more
            large = float(np.quantile(core.value, of_one_way)) if of_one_way < 1.0 else NO_BOUND
            if _dive(self.whole, float(self.best_value), large, DIVE_MOST * work_max - self.near.spent):
                inside = self.whole.inside == 1
                left = rooms_after(core, inside)
                more = np.where(left < 0, more - left + margin // 2, more * 3 // 4)
                self._mend(inside)
            turn += 1

    def go_on(self, work_max: int) -> None:
        """Dive on from the best set until the work is used: rule 5."""
        whole, begun = self.whole, self.best_value
        draw, touched = np.random.default_rng(self.first), item_of_touch(whole.core)
        turn = 0
        while self.spent < work_max and (self.best_value > begun or turn < FIRST_FEW):
            self._free_rooms(turn, draw, touched)
            wanted = float(self.best_value) * NEAR_BEST
            if _dive(whole, wanted, NO_BOUND, DIVE_MOST * work_max - self.near.spent):
                self._mend_and_fill(whole.inside == 1, work_max // FILL_EACH)
            turn += 1

    def _free_rooms(self, turn: int, draw: np.random.Generator, touched: Int64Array) -> None:
        """Draw rooms, with a margin in each, and let all items stay that touch others."""
        core, whole = self.whole.core, self.whole
        drawn = np.zeros(len(core.room), np.bool_)
        count = max(2, int(len(core.room) * FREE_ROOMS[turn % len(FREE_ROOMS)]))
        drawn[draw.permutation(len(core.room))[:count]] = True
        whole.stays[:] = 0
        whole.stays[touched[~drawn[core.touch_room]]] = 1
        margin = int(np.quantile(core.value, LATER_MARGINS[turn % len(LATER_MARGINS)]))
        whole.room[:] = core.room - np.where(drawn, margin, 0)
        whole.inside[:] = self.best

    def _mend_and_fill(self, inside: BoolArray, work_max: int) -> None:
        """Keep a set, mended and filled, if it is better than the best one."""
        self.near.set_out(inside)
        if self.near.mend():
            filled, value, work = fill_rooms(
                self.whole.core, fill_up(self.whole.core, self.near.best), work_max
            )
            self.filled += work
            if value > self.best_value:
                self.best, self.best_value = filled, value

    def _mend(self, inside: BoolArray) -> None:
        """Keep a set, mended, if it is better than the best one."""
        self.near.set_out(inside)
        if self.near.mend() and self.near.best_value > self.best_value:
            self.best, self.best_value = self.near.best, self.near.best_value


def dive_first(
    core: Core, inside: BoolArray, gain: Float64Array, work_max: int
) -> tuple[BoolArray, int, int]:
    """Return the best set that dives come to, or the one that is known; its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    gain
        By item, at some prices.
    work_max
        Work units of both sequences together; the last dives may take more.
    """
    value = int(core.value[inside].sum())
    likely = core.items * (core.items + len(core.room) ** 2) // WORK_LIKELY
    if likely > DIVE_MOST * work_max // 3:
        return inside, value, 0
    numbers = NUMBERS if likely <= work_max // (2 * len(NUMBERS)) else NUMBERS[:1]
    sequences = _make_sequences(core, inside, gain, numbers)
    run_beside([partial(each.run, work_max // len(numbers)) for each in sequences])
    return _best_of(sequences)


def dive_on(core: Core, inside: BoolArray, gain: Float64Array, work_max: int) -> tuple[BoolArray, int, int]:
    """Return the best set that dives from a set come to; its value, and the work used; as `dive_first`."""
    sequences = _make_sequences(core, inside, gain, NUMBERS)
    run_beside([partial(each.go_on, work_max // len(sequences)) for each in sequences])
    return _best_of(sequences)


def _make_sequences(
    core: Core, inside: BoolArray, gain: Float64Array, numbers: tuple[int, ...]
) -> list[_Dives]:
    value = int(core.value[inside].sum())
    return [
        _Dives(
            _make_whole(core, start), make_search(core, inside, gain, roams=False), 2 * number, inside, value
        )
        for number, start in enumerate(numbers)
    ]


def _best_of(sequences: list[_Dives]) -> tuple[BoolArray, int, int]:
    best = max(sequences, key=lambda each: each.best_value)
    return best.best, best.best_value, sum(each.spent for each in sequences)


def _make_whole(core: Core, number: int) -> Whole:
    basis = make_basis(core)
    basis.penalty[:] = PENALTY
    inside, stays = np.zeros(core.items, np.int64), np.zeros(core.items, np.int64)
    return Whole(core, basis, core.room.copy(), inside, stays, np.array([number], np.int64))


@inlined
def _draw(whole: Whole) -> int:
    """Return the next number of the fixed sequence."""
    return next_number(whole.tally, NUMBER)


@kernel
def _dive(whole: Whole, wanted: float, large: float, work_max: int) -> bool:
    """Dive with all items free that do not stay; return whether it came to a set worth what is wanted."""
    core, b = whole.core, whole.basis
    b.tally[WORK_MOST] = work_max
    for item in range(core.value.shape[0]):
        value = float(core.value[item])
        if whole.stays[item] == 1:
            bound_item(b, item, value * whole.inside[item], value * whole.inside[item])
        else:
            bound_item(b, item, 0.0, value)
        b.worth[item] = 1.0 + APART * (float(_draw(whole)) / LARGEST)
    for room in range(core.room.shape[0]):
        b.room[room] = float(whole.room[room])
    reckon(core, b)
    seat(core, b)
    if not dive(core, b, wanted, large):
        return False
    for item in range(core.value.shape[0]):
        whole.inside[item] = 1 if b.value[item] * 2.0 > core.value[item] else 0
    return True
