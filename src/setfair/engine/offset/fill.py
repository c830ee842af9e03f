"""Rooms filled to the last unit, one after another in the order of their prices.

Rules
-----
1. The largest items stay as they are, and the relaxation of all others gives prices. What has a price is
   tight: each unit that is left there is lost at that price. No set with these large items has more than the
   bound of that relaxation; what is between is what is left in tight rooms, and what items lose that go the
   other way than their gain says.
2. Items that gain next to nothing are free: whether they settle or not, it is the same, as long as tight
   rooms are full. There are many, since prices are mostly whole numbers: a payment between a room of price 2
   and one of price 1 gains nothing, nor does one between a price of 1 and none. Those that go the other way
   than their gain says are free as well.
3. So rooms are filled in the order of falling prices: each by the best choice of some thirty free items
   that touch no room which was filled before (`halves`). What this does to rooms of less price is reckoned at
   their price; they are filled later, and the last ones with items that touch no other tight room. A choice
   that leaves a room without a price short is made again without the items that touch it.
4. Each attempt begins at the best set with one to four free items changed, and draws which free items are
   chosen from. A set that is as good is gone on from.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.basis import WORK, WORK_MOST, Basis, bound_item, gain_of, make_basis, reckon, seat
from setfair.engine.offset.dual import solve
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.halves import HALF, Halves, choose, make_halves
from setfair.engine.offset.linear import NO_BOUND, Float64Array
from setfair.engine.offset.model import Core, rooms_after
from setfair.kernel import inlined, inner, kernel

SIZES = (8, 12, 16)
"""Most items that are chosen from, in turn: few are soon chosen from, and most of the work goes there."""
FINE = 0.9
"""Share of the work after which as many as can be are chosen from: of many, some fit to the last unit."""
ROUNDS = 24
"""Parts of the work, after each of which prices are made anew."""
LARGE = 0.8
"""Share of the items that are not large."""
PENALTY = 1e6
"""What a unit that is lacking costs: more than any price."""
PRICED = 1e-6
"""A price below this is none."""
KICKS = 4
"""Most items that are changed to begin with."""
TRIES = 8
"""How often a room is filled again without items that touch another one."""
_NOTHING = 1.0

VALUE, NUMBER, SPENT, FREE, TIGHT, ATTEMPT, STAMP, MOST = range(8)
"""Places in `tally`: value of the best set, the number of the fixed sequence, work used, how many items are
free and how many rooms tight, attempts so far, the number of the last room that was filled, and how many
items are chosen from."""


class Filling(NamedTuple):
    """The best set, an attempt at a better one, and what it is made with."""

    core: Core
    basis: Basis
    halves: Halves
    inside: Int64Array
    """By item: 1 if it is in the best set."""
    trial: Int64Array
    """By item: 1 if it is in the attempt."""
    left: Int64Array
    """By room: what the attempt leaves."""
    price: Float64Array
    """By room; 0: it is not tight."""
    is_free: Int64Array
    """By item."""
    free: Int64Array
    """Items that are free."""
    order: Int64Array
    """Tight rooms, as they are filled."""
    key: Float64Array
    """By room: what they are ordered by."""
    closed: Int64Array
    """By room: the last attempt in which it was filled."""
    avoided: Int64Array
    """By room: the last filling in which it was found short."""
    chosen: Int64Array
    """Items of which some are chosen."""
    tally: Int64Array


def fill_rooms(core: Core, inside: BoolArray, work_max: int) -> tuple[BoolArray, int, int]:
    """Fill tight rooms better; return the set, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    work_max
        Work units; a little more is used where the last attempt needs it.
    """
    filling = _make_filling(core, inside)
    large = float(np.quantile(core.value, LARGE)) if core.items else 0.0
    tally, basis, turn = filling.tally, filling.basis, 0
    while tally[SPENT] < work_max:
        tally[MOST] = SIZES[turn % len(SIZES)] if tally[SPENT] < work_max * FINE else 2 * HALF
        turn += 1
        basis.tally[WORK_MOST] = basis.tally[WORK] + work_max
        filling.left[:] = rooms_after(core, filling.inside == 1)
        bound = _price_rest(filling, large)
        if not tally[TIGHT] or not tally[VALUE] + _NOTHING <= bound < NO_BOUND:
            break
        _attempt(filling, int(bound), min(work_max, int(tally[SPENT]) + work_max // ROUNDS + 1))
    return filling.inside == 1, int(filling.tally[VALUE]), int(filling.tally[SPENT])


def _make_filling(core: Core, inside: BoolArray) -> Filling:
    items, rooms = core.items, len(core.room)
    basis = make_basis(core)
    basis.penalty[:] = PENALTY
    return Filling(
        core=core,
        basis=basis,
        halves=make_halves(),
        inside=inside.astype(np.int64),
        trial=inside.astype(np.int64),
        left=rooms_after(core, inside),
        price=np.zeros(rooms),
        is_free=np.zeros(items, np.int64),
        free=np.zeros(items, np.int64),
        order=np.zeros(rooms, np.int64),
        key=np.zeros(rooms),
        closed=np.zeros(rooms, np.int64),
        avoided=np.zeros(rooms, np.int64),
        chosen=np.zeros(2 * HALF, np.int64),
        tally=np.array([int(core.value[inside].sum()), 1, 0, 0, 0, 0, 0, 0], np.int64),
    )


@inlined
def _draw(f: Filling) -> int:
    """Return the next number of the fixed sequence (S. Park, K. Miller, 1988)."""
    f.tally[NUMBER] = f.tally[NUMBER] * 48271 % 2147483647
    return f.tally[NUMBER] >> 7


@kernel
def _price_rest(f: Filling, large: float) -> float:
    """Make the prices of what is not large; return the bound: rules 1 and 2."""
    core, b = f.core, f.basis
    before = b.tally[WORK]
    for item in range(core.value.shape[0]):
        value = float(core.value[item])
        at = value * f.inside[item] if value > large else 0.0
        bound_item(b, item, at, at if value > large else value)
    reckon(core, b)
    seat(core, b)
    solved = solve(core, b)
    f.tally[SPENT] += b.tally[WORK] - before
    f.tally[TIGHT] = f.tally[FREE] = 0
    lost, bound = 0.0, 0.0
    for room in range(core.room.shape[0]):
        price = b.price[room]
        f.price[room] = price if price > PRICED else 0.0
        b.price[room] = f.price[room]
        lost += f.price[room] * f.left[room]
        bound += f.price[room] * core.room[room]
        if f.price[room] > 0.0:
            f.order[f.tally[TIGHT]] = room
            f.tally[TIGHT] += 1
    for item in range(core.value.shape[0]):
        gain = gain_of(core, b, item)
        at = b.high[item] if gain > 0.0 else b.low[item]
        bound += gain * at
        is_cheap = abs(gain) * core.value[item] <= max(lost, _NOTHING)
        is_wrong = b.low[item] < b.high[item] and (gain > 0.0) != (f.inside[item] == 1)
        f.is_free[item] = is_cheap or is_wrong
        if f.is_free[item] == 1:
            f.free[f.tally[FREE]] = item
            f.tally[FREE] += 1
    return bound if solved else NO_BOUND


@kernel
def _attempt(f: Filling, enough: int, work_max: int) -> None:
    """Attempt to fill all tight rooms, again and again: rules 3 and 4."""
    while f.tally[SPENT] < work_max and f.tally[VALUE] < enough:
        f.tally[ATTEMPT] += 1
        _begin(f)
        _order(f)
        done = True
        for place in range(f.tally[TIGHT]):
            room = f.order[place]
            if f.left[room] != 0 and not _fill(f, room) and f.left[room] < 0:
                done = False
                break
            f.closed[room] = f.tally[ATTEMPT]
        if done:
            _keep(f)


@inner
def _begin(f: Filling) -> None:
    """Begin at the best set with some free items changed."""
    core = f.core
    for room in range(core.room.shape[0]):
        f.left[room] = core.room[room]
    for item in range(core.value.shape[0]):
        f.trial[item] = 0
        if f.inside[item] == 1:
            _change(f, item)
    f.tally[SPENT] += 1 + (core.value.shape[0] >> 2)
    if f.tally[ATTEMPT] == 1 or f.tally[FREE] == 0:
        return
    for _ in range(1 + _draw(f) % KICKS):
        item = f.free[_draw(f) % f.tally[FREE]]
        _change(f, item)
        if _is_short(f, item):
            _change(f, item)


@inlined
def _change(f: Filling, item: int) -> None:
    core = f.core
    sign = 1 - 2 * f.trial[item]
    f.trial[item] += sign
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        f.left[core.touch_room[touch]] += sign * core.touch_by[touch]


@inlined
def _is_short(f: Filling, item: int) -> bool:
    """Tell whether a room that an item touches, and that has no price, is short; note which: rule 3."""
    core, found = f.core, False
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        room = core.touch_room[touch]
        if f.left[room] < 0 and f.price[room] == 0.0:
            f.avoided[room] = f.tally[STAMP]
            found = True
    return found


@inner
def _order(f: Filling) -> None:
    """Put tight rooms in the order of falling prices; those of one price as it is drawn."""
    for place in range(f.tally[TIGHT]):
        room = f.order[place]
        f.key[room] = f.price[room] + PRICED * float(_draw(f)) / 16777216.0
        here = place
        while here > 0 and f.key[f.order[here - 1]] < f.key[room]:
            f.order[here] = f.order[here - 1]
            here -= 1
        f.order[here] = room


@inner
def _fill(f: Filling, room: int) -> bool:
    """Fill a room by the best choice; return whether there was one."""
    f.tally[STAMP] += 1
    for _ in range(TRIES):
        count = _gather(f, room)
        if count == 0 or choose(f.halves, count, f.left[room]) <= -NO_BOUND:
            return False
        for number in range(count):
            if f.halves.best[0] >> number & 1:
                _change(f, f.chosen[number])
        short = False
        for number in range(count):
            if f.halves.best[0] >> number & 1 and _is_short(f, f.chosen[number]):
                short = True
        if not short:
            return True
        for number in range(count):
            if f.halves.best[0] >> number & 1:
                _change(f, f.chosen[number])
    return False


@inner
def _gather(f: Filling, room: int) -> int:
    """Draw free items that touch the room and none that is closed; return how many."""
    core, seen = f.core, 0
    for place in range(core.room_start[room], core.room_start[room + 1]):
        item = core.near_item[place]
        if f.is_free[item] == 0 or not _is_open(f, item):
            continue
        seen += 1
        here = seen - 1 if seen <= f.tally[MOST] else _draw(f) % seen
        if here < f.tally[MOST]:
            f.chosen[here] = item
            _reckon_change(f, room, item, here)
    count = min(seen, f.tally[MOST])
    f.tally[SPENT] += (core.room_start[room + 1] - core.room_start[room] >> 2) + (1 << (count + 1) // 2)
    return count


@inlined
def _is_open(f: Filling, item: int) -> bool:
    """Tell whether an item touches nothing closed, and by itself leaves no room without a price short."""
    core, sign = f.core, 1 - 2 * f.trial[item]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        room = core.touch_room[touch]
        if f.closed[room] == f.tally[ATTEMPT] or f.avoided[room] == f.tally[STAMP]:
            return False
        if f.price[room] == 0.0 and f.left[room] + sign * core.touch_by[touch] < 0:
            return False
    return True


@inlined
def _reckon_change(f: Filling, room: int, item: int, place: int) -> None:
    """Note what a change of an item adds to the room, and what it is worth elsewhere."""
    core = f.core
    by, worth = 0, float(core.value[item])
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if core.touch_room[touch] == room:
            by = core.touch_by[touch]
        else:
            worth += f.price[core.touch_room[touch]] * core.touch_by[touch]
    sign = 1 - 2 * f.trial[item]
    f.halves.by[place], f.halves.worth[place] = sign * by, sign * worth


@inner
def _keep(f: Filling) -> None:
    """Keep the attempt if it is as good, and no room is short."""
    core, value = f.core, 0
    for item in range(core.value.shape[0]):
        value += f.trial[item] * core.value[item]
    for room in range(core.room.shape[0]):
        if f.left[room] < 0:
            return
    if value >= f.tally[VALUE]:
        f.tally[VALUE] = value
        for item in range(core.value.shape[0]):
            f.inside[item] = f.trial[item]
