"""The search of far neighbourhoods: a large part of all items is free at once, and the relaxation leads to whole ones.

Rules
-----
1. To begin with, all items are free. Each dive begins with other tiny differences of worth, and so at another
   corner of the relaxation; and with a margin in each room, of several sizes in turn: what whole items lack in the
   end is then there. A room that was short has a larger margin the next time.
2. Then half of the items or less are free, and all others stay. What a dive comes to is kept if it has no less. A
   room that lacks something costs for it but forbids nothing, so the search crosses the border of what may settle.
3. What a dive, or the search, has come to is mended by the search of neighbourhoods; the best set that was mended is
   the result.
4. Free are any items; or all that touches some rooms; or what is among rooms that hang together. A room that is short
   is among these.

Source: E. Danna, E. Rothberg, C. Le Pape, "Exploring relaxation induced neighborhoods to improve MIP solutions",
Mathematical Programming 102, 2005.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from setfair.engine.offset.basis import APART, WORK, WORK_MOST, Basis, bound_item, make_basis, reckon, seat
from setfair.engine.offset.dive import dive
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import NO_BOUND
from setfair.engine.offset.model import Core, rooms_after
from setfair.engine.offset.neighbourhood import Near
from setfair.kernel import inlined, inner, kernel

PENALTY = 20.0
"""What a unit that is lacking costs."""
BEGINNINGS = ((0.05, 1.0), (0.2, 1.0), (0.05, 0.9), (0.3, 0.9))
"""By turns of the first dives: the share of items that are smaller than the margin, and of those of which one way
is looked at."""
DIVE_MOST = 4
"""How many times the work of the first dives the last one may go on to."""
MARGIN = 0.02
"""The share of items that are smaller than the margin afterwards."""
FREE_LEAST, HALVINGS = 50, 5
"""Free items at least, and how often all items may be halved."""
WAYS = 3
ANEW = 50
"""Dives after which the basis is reckoned anew."""
NUMBERS = (1, 15_838)
"""Where the sequences of numbers begin."""

NUMBER, TURN = range(2)
"""Places in `tally`: the number of the fixed sequence, and the dive."""


class Way(NamedTuple):
    """The set as it is, and what draws from it."""

    core: Core
    basis: Basis
    room: Int64Array
    """By room: what there is, less the margin."""
    inside: Int64Array
    """By item: 1 if it is in the set."""
    left: Int64Array
    """By room: what the set leaves of it."""
    next: Int64Array
    """By item: 1 if it is in what a dive came to."""
    free: Int64Array
    """By item: 1 if it is free."""
    listed: Int64Array
    """By room: 1 if what is among such rooms is free."""
    tally: Int64Array


@dataclass(slots=True)
class Far:
    """A search of far neighbourhoods."""

    way: Way
    near: Near
    """What mends."""
    best: BoolArray
    """By item: whether it is in the best set."""
    best_value: int

    @property
    def spent(self) -> int:
        """Work used."""
        return int(self.way.basis.tally[WORK]) + self.near.spent

    def begin(self, work_max: int) -> None:
        """Dive with all items free until the work is used: rule 1.

        The last dive may go on to `DIVE_MOST` times as much.
        """
        core, turn = self.way.core, 0
        more = np.zeros(len(core.room), np.int64)
        while self.spent < work_max:
            share, of_large = BEGINNINGS[(turn + int(self.way.tally[TURN])) % len(BEGINNINGS)]
            margin = int(np.quantile(core.value, share))
            self.way.room[:] = core.room - margin - more
            large = float(np.quantile(core.value, of_large)) if of_large < 1.0 else NO_BOUND
            done = _begin(self.way, float(self.best_value), large, DIVE_MOST * work_max - self.near.spent)
            if done:
                left = rooms_after(core, self.way.inside == 1)
                more = np.where(left < 0, more - left + margin // 2, more * 3 // 4)
                self._mend()
            turn += 1

    def go_on(self, work_max: int, _: int, enough: int) -> None:
        """Search on from the best set until so much work is used, or the value is enough: rules 2 and 3."""
        core = self.way.core
        self.way.room[:] = core.room - int(np.quantile(core.value, MARGIN))
        if self.best_value < enough:
            _go_on(self.way, work_max - self.near.spent)
            self._mend()

    def set_out(self, inside: BoolArray) -> None:
        """Go on from another set; it is the best one from now on."""
        self.best, self.best_value = inside.copy(), int(self.way.core.value[inside].sum())
        self.way.inside[:] = inside

    def _mend(self) -> None:
        """Mend a copy of the set as it is, and keep it if it is better than the best one."""
        self.near.set_out(self.way.inside == 1)
        if self.near.mend() and self.near.best_value > self.best_value:
            self.best, self.best_value = self.near.best, self.near.best_value


def make_far(near: Near, number: int) -> Far:
    """Return a search that begins where `near` stands; of several, each has a number, of which its choices depend."""
    core = near.whole.core

    def column(size: int) -> Int64Array:
        return np.zeros(size, np.int64)

    way = Way(
        core=core,
        basis=make_basis(core),
        room=core.room.copy(),
        inside=near.best.astype(np.int64),
        left=column(len(core.room)),
        next=column(core.items),
        free=column(core.items),
        listed=column(len(core.room)),
        tally=np.array([NUMBERS[number], 2 * number], np.int64),
    )
    way.basis.penalty[:] = PENALTY
    return Far(way, near, near.best, near.best_value)


@inlined
def _draw(way: Way) -> int:
    """Return the next number of the fixed sequence (S. Park, K. Miller, 1988)."""
    way.tally[NUMBER] = way.tally[NUMBER] * 48271 % 2147483647
    return way.tally[NUMBER] >> 7


@kernel
def _begin(way: Way, wanted: float, large: float, work_max: int) -> bool:
    """Dive with all items free; return whether it came to what is wanted, and it is the set then."""
    core, b = way.core, way.basis
    b.tally[WORK_MOST] = work_max
    for item in range(core.value.shape[0]):
        bound_item(b, item, 0.0, float(core.value[item]))
        b.worth[item] = 1.0 + APART * (_draw(way) / 16777216.0)
    _set_rooms(way)
    reckon(core, b)
    seat(core, b)
    if not dive(core, b, wanted, large):
        return False
    _take(way)
    for item in range(core.value.shape[0]):
        way.inside[item] = way.next[item]
    return True


@kernel
def _go_on(way: Way, work_max: int) -> None:
    """Rule 2."""
    core, b = way.core, way.basis
    b.tally[WORK_MOST] = work_max
    _set_rooms(way)
    now = _weigh(way, way.inside)
    while b.tally[WORK] < work_max:
        way.tally[TURN] += 1
        if way.tally[TURN] % ANEW == 0:
            reckon(core, b)
        _free_some(way)
        for item in range(core.value.shape[0]):
            high = float(core.value[item])
            at = high if way.inside[item] == 1 else 0.0
            if way.free[item] == 1:
                bound_item(b, item, 0.0, high)
            else:
                bound_item(b, item, at, at)
        seat(core, b)
        if not dive(core, b, now + 0.5, NO_BOUND):
            continue
        _take(way)
        then = _weigh(way, way.next)
        if then >= now:
            now = then
            for item in range(core.value.shape[0]):
                way.inside[item] = way.next[item]
        else:
            _weigh(way, way.inside)


@inner
def _set_rooms(way: Way) -> None:
    for room in range(way.room.shape[0]):
        way.basis.room[room] = float(way.room[room])


@inner
def _take(way: Way) -> None:
    """Take what a dive came to."""
    for item in range(way.core.value.shape[0]):
        way.next[item] = 1 if way.basis.value[item] * 2.0 > way.core.value[item] else 0


@inner
def _weigh(way: Way, inside: Int64Array) -> float:
    """Return the value of a set less what it lacks, and see what it leaves."""
    core, total = way.core, 0.0
    for room in range(core.room.shape[0]):
        way.left[room] = way.room[room]
    for item in range(core.value.shape[0]):
        if inside[item] == 1:
            total += float(core.value[item])
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                way.left[core.touch_room[touch]] += core.touch_by[touch]
    for room in range(core.room.shape[0]):
        total -= PENALTY * float(max(0, -way.left[room]))
    return total


@inner
def _free_some(way: Way) -> None:
    """Draw what is free: rule 4."""
    items = way.core.value.shape[0]
    for item in range(items):
        way.free[item] = 0
    for room in range(way.core.room.shape[0]):
        way.listed[room] = 0
    size = max(FREE_LEAST, items >> (1 + _draw(way) % HALVINGS))
    size += _draw(way) % size
    turn = way.tally[TURN] % WAYS
    if turn == 0:
        for item in range(items):
            way.free[item] = 1 if _draw(way) % items < size else 0
    elif turn == 1:
        _free_near(way, size)
    else:
        _free_within(way, size)
    way.basis.tally[WORK] += items >> 2


@inlined
def _first_room(way: Way) -> int:
    """Return a room that is short, or any."""
    rooms = way.core.room.shape[0]
    start = _draw(way) % rooms
    for number in range(rooms):
        if way.left[(start + number) % rooms] < 0:
            return (start + number) % rooms
    return start


@inner
def _free_near(way: Way, size: int) -> None:
    """Free what touches one room after the other."""
    core, rooms = way.core, way.core.room.shape[0]
    room, count = _first_room(way), 0
    for _ in range(rooms):
        first, width = core.room_start[room], core.room_start[room + 1] - core.room_start[room]
        start = _draw(way) % max(width, 1)
        for number in range(width):
            item = core.near_item[first + (start + number) % width]
            if count < size and way.free[item] == 0:
                way.free[item] = 1
                count += 1
        if count >= size:
            break
        room = _draw(way) % rooms


@inner
def _free_within(way: Way, size: int) -> None:
    """Free what is among rooms that hang together."""
    core, rooms = way.core, way.core.room.shape[0]
    room, count = _first_room(way), 0
    for _ in range(4 * rooms):
        if way.listed[room] == 0:
            way.listed[room] = 1
            for place in range(core.room_start[room], core.room_start[room + 1]):
                item = core.near_item[place]
                if count < size and way.free[item] == 0 and _is_within(way, item):
                    way.free[item] = 1
                    count += 1
        if count >= size:
            break
        room = _next_room(way, room)


@inlined
def _is_within(way: Way, item: int) -> bool:
    core = way.core
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if way.listed[core.touch_room[touch]] == 0:
            return False
    return True


@inner
def _next_room(way: Way, room: int) -> int:
    """Return a room to which an item leads from one that is listed."""
    core, rooms = way.core, way.core.room.shape[0]
    start = _draw(way) % rooms
    for number in range(rooms):
        if way.listed[(start + number) % rooms] == 1:
            start = (start + number) % rooms
            break
    width = core.room_start[start + 1] - core.room_start[start]
    item = core.near_item[core.room_start[start] + _draw(way) % width]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if way.listed[core.touch_room[touch]] == 0:
            return core.touch_room[touch]
    return room
