"""The search of far neighbourhoods: many items are free at once, and the relaxation leads to whole ones.

Rules
-----
1. To begin with, all items are free. Each dive (`dive`) begins with other tiny differences of worth, so that it comes to
   another corner of the relaxation, and with a margin in the rooms, by turns of several sizes: what whole items are short of in
   the end is then there. Rooms that were short have a larger margin the next time.
2. Then items are drawn that are free, half of all or less, and all others stay. A dive that comes to at least as much is kept.
   A room that lacks something costs for it, so the search may go across the border; what it comes to is mended (`mend`).

Source: E. Danna, E. Rothberg, C. Le Pape, "Exploring relaxation induced neighborhoods to improve MIP solutions",
Mathematical Programming 102, 2005.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.basis import ACTIVE, ITEMS, ROOMS, WORK, Basis, Float64Array, make_basis, reckon, seat, set_bounds
from setfair.engine.offset.branch import Solver, make_solver
from setfair.engine.offset.dive import DONE, dive
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.model import Core, rooms_after
from setfair.engine.offset.neighbourhood import SPENT, _make_search, mend
from setfair.kernel import inlined, inner, kernel

PENALTY = 20.0
"""What lacking a unit costs."""
BEGINNINGS = ((0.05, 2.0), (0.2, 2.0), (0.05, 0.9), (0.3, 0.9))
"""By turns of the dives of all items: the share of items that are smaller than the margin, and of those of which only one way is
looked at."""
MARGIN = 0.02
NOT_LARGE = 1e300
FREE_LEAST = 50
HALVINGS = 5
WAYS = 3
ANEW = 50
_NONE = -1

NUMBER, TURN = range(2)


class Far(NamedTuple):
    """The set as it is, rooms perhaps short, and what draws from it."""

    core: Core
    basis: Basis
    inside: Int64Array
    """By item: 1 if it is in the set."""
    left: Int64Array
    """By room."""
    room: Int64Array
    """By room: what there is, less the margin."""
    free: Int64Array
    """By item: 1 if it is free."""
    next: Int64Array
    """By item: 1 if it is in what a dive came to."""
    listed: Int64Array
    """By room: 1 if its items are being taken."""
    tally: Int64Array


def make_far(core: Core) -> Far:
    def column(size: int) -> Int64Array:
        return np.zeros(size, np.int64)

    return Far(
        core, make_basis(core), column(core.items), core.room.copy(), core.room.copy(), column(core.items), column(core.items), column(len(core.room)), np.array([1, 0])
    )


@inlined
def _draw(far: Far) -> int:
    """Return the next number of the fixed sequence (S. Park, K. Miller, 1988)."""
    far.tally[NUMBER] = far.tally[NUMBER] * 48271 % 2147483647
    return far.tally[NUMBER] >> 7


@inner
def _weigh(far: Far, inside: Int64Array) -> float:
    """Return the value of a set less what it lacks; `left` is what it leaves."""
    core, total = far.core, 0.0
    for room in range(core.room.shape[0]):
        far.left[room] = far.room[room]
    for item in range(core.value.shape[0]):
        if inside[item] == 1:
            total += core.value[item]
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                far.left[core.touch_room[touch]] += core.touch_by[touch]
    for room in range(core.room.shape[0]):
        total -= PENALTY * max(0, -far.left[room])
    return total


@inner
def _take_over(far: Far) -> None:
    """Take what a dive came to as the next set."""
    for item in range(far.core.value.shape[0]):
        far.next[item] = 1 if far.basis.value[item] * 2.0 > far.core.value[item] else 0


@inner
def _set_rooms(far: Far) -> None:
    for room in range(far.room.shape[0]):
        far.basis.room[room] = far.room[room]
        far.basis.penalty[room] = PENALTY


@kernel
def begin(far: Far, large: float) -> bool:
    """Rule 1: dive with all items free; return whether the set is there."""
    core, b = far.core, far.basis
    for item in range(core.value.shape[0]):
        set_bounds(b, item, 0.0, float(core.value[item]))
        b.cost[item] = 1.0 + 1e-8 * (_draw(far) / 16777216.0)
    _set_rooms(far)
    reckon(core, b)
    seat(core, b)
    if dive(core, b, -1e300, large) != DONE:
        return False
    _take_over(far)
    for item in range(core.value.shape[0]):
        far.inside[item] = far.next[item]
    _weigh(far, far.inside)
    return True


@kernel
def go_on(far: Far, work_max: int) -> None:
    """Rule 2."""
    core, b = far.core, far.basis
    _set_rooms(far)
    now = _weigh(far, far.inside)
    while b.tally[WORK] < work_max:
        far.tally[TURN] += 1
        if far.tally[TURN] % ANEW == 0:
            reckon(core, b)
        _draw_free(far)
        for item in range(core.value.shape[0]):
            high = float(core.value[item])
            if far.free[item] == 1:
                set_bounds(b, item, 0.0, high)
            else:
                at = high if far.inside[item] == 1 else 0.0
                set_bounds(b, item, at, at)
        seat(core, b)
        if dive(core, b, now + 0.5, NOT_LARGE) == DONE:
            _take_over(far)
            then = _weigh(far, far.next)
            if then >= now:
                now = then
                for item in range(core.value.shape[0]):
                    far.inside[item] = far.next[item]
            else:
                _weigh(far, far.inside)


@inner
def _draw_free(far: Far) -> None:
    items, rooms = far.core.value.shape[0], far.core.room.shape[0]
    for item in range(items):
        far.free[item] = 0
    for room in range(rooms):
        far.listed[room] = 0
    size = max(FREE_LEAST, items >> (1 + _draw(far) % HALVINGS))
    size += _draw(far) % size
    way = far.tally[TURN] % WAYS
    if way == 0:
        _free_any(far, size)
    elif way == 1:
        _free_near(far, size)
    else:
        _free_within(far, size)
    far.basis.tally[WORK] += items >> 2


@inner
def _free_any(far: Far, size: int) -> None:
    items = far.core.value.shape[0]
    for item in range(items):
        if _draw(far) % items < size:
            far.free[item] = 1


@inlined
def _first_room(far: Far) -> int:
    """Return a room that is short, or any."""
    rooms = far.core.room.shape[0]
    start = _draw(far) % rooms
    for number in range(rooms):
        room = (start + number) % rooms
        if far.left[room] < 0:
            return room
    return start


@inner
def _free_near(far: Far, size: int) -> None:
    """Free what touches one room after the other."""
    core, rooms = far.core, far.core.room.shape[0]
    room, count = _first_room(far), 0
    for _ in range(rooms):
        first, width = core.room_start[room], core.room_start[room + 1] - core.room_start[room]
        start = _draw(far) % max(width, 1)
        for number in range(width):
            item = core.near_item[first + (start + number) % width]
            if count < size and far.free[item] == 0:
                far.free[item] = 1
                count += 1
        if count >= size:
            break
        room = _draw(far) % rooms


@inner
def _free_within(far: Far, size: int) -> None:
    """Free what is among rooms that hang together."""
    core, rooms = far.core, far.core.room.shape[0]
    room, count = _first_room(far), 0
    for _ in range(4 * rooms):
        if far.listed[room] == 0:
            far.listed[room] = 1
            for place in range(core.room_start[room], core.room_start[room + 1]):
                item = core.near_item[place]
                if count < size and far.free[item] == 0 and _is_within(far, item):
                    far.free[item] = 1
                    count += 1
        if count >= size:
            break
        room = _next_room(far, room)


@inlined
def _is_within(far: Far, item: int) -> bool:
    core = far.core
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if far.listed[core.touch_room[touch]] == 0:
            return False
    return True


@inner
def _next_room(far: Far, room: int) -> int:
    """Return a room to which an item leads from one that is listed."""
    core, rooms = far.core, far.core.room.shape[0]
    start = _draw(far) % rooms
    for number in range(rooms):
        if far.listed[(start + number) % rooms] == 1:
            start = (start + number) % rooms
            break
    width = core.room_start[start + 1] - core.room_start[start]
    item = core.near_item[core.room_start[start] + _draw(far) % width]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if far.listed[core.touch_room[touch]] == 0:
            return core.touch_room[touch]
    return room


class FarSearch:
    def __init__(self, core: Core, inside: BoolArray) -> None:
        self.core = core
        self.far = make_far(core)
        self.near = _make_search(core, inside, np.zeros(core.items), roams=False)
        self.best = inside.copy()
        self.best_value = int(core.value[inside].sum())
        self.log = []

    @property
    def work(self) -> int:
        return int(self.far.basis.tally[WORK] + self.near.whole.tally[SPENT])

    def _mend(self) -> None:
        """Mend a copy of the set, and keep it if it is better."""
        whole = self.near.whole
        whole.inside[:] = self.far.inside
        whole.left[:] = rooms_after(self.core, self.far.inside == 1)
        whole.tally[:2] = int(self.core.value[self.far.inside == 1].sum())
        v = int(whole.tally[0])
        if mend(whole, self.near.solver, 200_000, 20):
            value = int(self.core.value[whole.inside == 1].sum())
            if value > self.best_value:
                self.best_value, self.best = value, whole.inside == 1
                return True
        return False

    def begin(self, work_max: int) -> None:
        number, extra = 0, np.zeros(len(self.core.room), np.int64)
        kept, kept_value = None, -1
        while self.work < work_max or number == 0:
            share, of_large = BEGINNINGS[number % len(BEGINNINGS)]
            unit = int(np.quantile(self.core.value, share))
            self.far.room[:] = self.core.room - unit - extra
            large = NOT_LARGE if of_large > 1.0 else float(np.quantile(self.core.value, of_large))
            if begin(self.far, large):
                left = rooms_after(self.core, self.far.inside == 1)
                extra = np.where(left < 0, extra - left + unit // 2, extra * 3 // 4)
                if self._mend() or kept is None:
                    kept = self.far.inside.copy()
            number += 1
        self.far.inside[:] = kept
        self.number = number

    def go_on(self, work_max: int) -> None:
        self.far.room[:] = self.core.room - int(np.quantile(self.core.value, MARGIN))
        go_on(self.far, work_max - int(self.near.whole.tally[SPENT]))
        self._mend()
