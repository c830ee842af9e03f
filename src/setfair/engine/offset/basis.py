"""A basis of the linear relaxation of a whole part: the inverse of the columns that are basic.

Rules
-----
1. Variables and gains are those of `linear`: an item from 0 to its value, a room from 0 upwards. But no
   tableau is kept, only the inverse of the columns that are basic: rooms by rooms, however many items there
   are.
2. Each room has one variable more, what it lacks, at a penalty a unit: so nothing is ever impossible.
3. Whatever the bounds are, a method goes on from any basis: what is not basic is put at the bound that its
   gain says (`seat`), and what is basic follows.
4. The inverse is reckoned anew now and then: links have other numbers than 1, and floating point loses a
   little with each step.

Source: R. E. Bixby, "Solving real-world linear programs: a decade and more of progress", Operations Research
50, 2002.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.linear import NEAR_BOUND, NEAR_UNITS, NO_BOUND, PIVOT_LEAST, Float64Array
from setfair.engine.offset.model import Core, item_of_touch
from setfair.kernel import inlined, inner

PENALTY = 1e6
"""What a unit that is lacking costs, if nothing else is set: more than any price is likely to be."""
NOTHING = 1e-11
"""A number of the inverse below this is nothing."""
APART = 1e-8
"""How far apart the worths of a unit are at most."""
WORK_NUMBERS = 3
"""The power of two of numbers that count as one unit of work."""
_NONE = -1

ITEMS, ROOMS, ACTIVE, WORK, STEPS, WORK_MOST = range(6)
"""Places in `tally`: items, rooms, items that are free, work used, steps since the inverse was reckoned, and
the work at which a method stops."""


class Basis(NamedTuple):
    """A basis, and what is at which bound; variables are items, then rooms, then what rooms lack."""

    cell: Float64Array
    """By touch: what a unit of the item adds to the room."""
    worth: Float64Array
    """By item: what a unit is worth, near 1."""
    room: Float64Array
    """By room: what there is."""
    penalty: Float64Array
    """By room: what a unit that is lacking costs."""
    low: Float64Array
    high: Float64Array
    value: Float64Array
    """By variable."""
    row_of: Int64Array
    """By variable: its row if it is basic, or -1."""
    basic: Int64Array
    """By row: its variable."""
    inverse: Float64Array
    """By row and room."""
    price: Float64Array
    """By room."""
    active: Int64Array
    """Items that are free."""
    active_place: Int64Array
    """By item: its place among those, or -1."""
    row: Float64Array
    """By room: the row of the inverse that leaves."""
    column: Float64Array
    """By row: the column that enters."""
    change: Float64Array
    """By room: what is added before the basis answers."""
    candidate: Int64Array
    """Variables that may enter, the cell of each in the row, and what it costs for a unit."""
    candidate_cell: Float64Array
    candidate_cost: Float64Array
    near: Float64Array
    """One number: how near to a bound is within it."""
    tally: Int64Array


def make_basis(core: Core) -> Basis:
    """Return the basis of rooms."""
    items, rooms = core.items, len(core.room)
    variables = items + 2 * rooms
    value = core.value.astype(np.float64)
    most = float(max(core.value.max(initial=1), np.abs(core.room).max(initial=1)))
    return Basis(
        cell=core.touch_by / value[item_of_touch(core)],
        worth=np.ones(items),
        room=core.room.astype(np.float64),
        penalty=np.full(rooms, PENALTY),
        low=np.zeros(variables),
        high=np.concatenate((value, np.full(2 * rooms, NO_BOUND))),
        value=np.zeros(variables),
        row_of=np.concatenate((np.full(items, _NONE), np.arange(rooms), np.full(rooms, _NONE))),
        basic=items + np.arange(rooms),
        inverse=np.eye(rooms),
        price=np.zeros(rooms),
        active=np.arange(items),
        active_place=np.arange(items),
        row=np.zeros(rooms),
        column=np.zeros(rooms),
        change=np.zeros(rooms),
        candidate=np.zeros(variables, np.int64),
        candidate_cell=np.zeros(variables),
        candidate_cost=np.zeros(variables),
        near=np.array([max(NEAR_UNITS, NEAR_BOUND * most)]),
        tally=np.array([items, rooms, items, 0, 0, 0], np.int64),
    )


@inlined
def is_room(b: Basis, variable: int) -> bool:
    """Tell whether a variable is what is left of a room."""
    return b.tally[ITEMS] <= variable < b.tally[ITEMS] + b.tally[ROOMS]


@inlined
def gain_of(core: Core, b: Basis, item: int) -> float:
    """Return what a unit of an item is worth more than the prices of what it takes, less what it adds."""
    gain = b.worth[item]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        gain += b.price[core.touch_room[touch]] * b.cell[touch]
    return gain


@inner
def bound_item(b: Basis, item: int, low: float, high: float) -> None:
    """Set the bounds of an item; `seat` is to follow."""
    b.low[item], b.high[item] = low, high
    place = b.active_place[item]
    if low == high and place != _NONE:
        b.tally[ACTIVE] -= 1
        last = b.active[b.tally[ACTIVE]]
        b.active[place], b.active_place[last] = last, place
        b.active_place[item] = _NONE
    elif low < high and place == _NONE:
        b.active[b.tally[ACTIVE]] = item
        b.active_place[item] = b.tally[ACTIVE]
        b.tally[ACTIVE] += 1


@inner
def decide(core: Core, b: Basis, item: int, at: float) -> None:
    """Set both bounds of an item, and what depends on it unless it is basic."""
    bound_item(b, item, at, at)
    by = at - b.value[item]
    if b.row_of[item] != _NONE or by == 0.0:
        return
    b.value[item] = at
    for row in range(b.tally[ROOMS]):
        total = 0.0
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            total += b.inverse[row, core.touch_room[touch]] * b.cell[touch]
        b.value[b.basic[row]] += total * by
    b.tally[WORK] += 4 * b.tally[ROOMS] >> WORK_NUMBERS


@inner
def seat(core: Core, b: Basis) -> None:
    """Put what is not basic where it belongs, and reckon what is: rule 3."""
    items, rooms = b.tally[ITEMS], b.tally[ROOMS]
    for room in range(rooms):
        b.change[room] = b.room[room]
        for variable in (items + room, items + rooms + room):
            if b.row_of[variable] == _NONE:
                b.value[variable] = 0.0
    for item in range(items):
        if b.row_of[item] != _NONE:
            continue
        at = b.low[item]
        if b.high[item] > at and gain_of(core, b, item) > 0.0:
            at = b.high[item]
        b.value[item] = at
        if at != 0.0:
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                b.change[core.touch_room[touch]] += at * b.cell[touch]
    for row in range(rooms):
        b.value[b.basic[row]] = 0.0
    answer(b)
    b.tally[WORK] += 4 * items >> WORK_NUMBERS


@inner
def answer(b: Basis) -> None:
    """Let what is basic take up the `change` of the rooms."""
    rooms = b.tally[ROOMS]
    for row in range(rooms):
        total = 0.0
        for room in range(rooms):
            total += b.inverse[row, room] * b.change[room]
        b.value[b.basic[row]] += total
    b.tally[WORK] += rooms * rooms >> WORK_NUMBERS + 1


@inner
def make_column(core: Core, b: Basis, variable: int) -> None:
    """Reckon the column of a variable."""
    rooms, items = b.tally[ROOMS], b.tally[ITEMS]
    if variable >= items:
        sign = 1.0 if is_room(b, variable) else -1.0
        room = (variable - items) % rooms
        for row in range(rooms):
            b.column[row] = sign * b.inverse[row, room]
        return
    for row in range(rooms):
        cell = 0.0
        for touch in range(core.item_start[variable], core.item_start[variable + 1]):
            cell -= b.inverse[row, core.touch_room[touch]] * b.cell[touch]
        b.column[row] = cell


@inner
def change_inverse(b: Basis, row: int) -> None:
    """Let the variable of `column` be that of a row."""
    rooms, touched = b.tally[ROOMS], 1
    one = 1.0 / b.column[row]
    for room in range(rooms):
        number = b.inverse[row, room] * one
        b.inverse[row, room] = number if abs(number) >= NOTHING else 0.0
    for other in range(rooms):
        share = b.column[other]
        if other == row or abs(share) < NOTHING:
            continue
        touched += 1
        for room in range(rooms):
            b.inverse[other, room] -= share * b.inverse[row, room]
    b.tally[WORK] += touched * rooms >> WORK_NUMBERS + 1


@inner
def reckon(core: Core, b: Basis) -> None:
    """Reckon the inverse and the prices anew: rule 4. A variable that depends on others is basic no more."""
    rooms, items = b.tally[ROOMS], b.tally[ITEMS]
    for row in range(rooms):
        b.candidate[row], b.basic[row] = b.basic[row], _NONE
        for room in range(rooms):
            b.inverse[row, room] = 1.0 if row == room else 0.0
    for number in range(rooms):
        variable = b.candidate[number]
        b.row_of[variable] = _NONE
        if is_room(b, variable):
            b.row_of[variable], b.basic[variable - items] = variable - items, variable
    for number in range(rooms):
        if not is_room(b, b.candidate[number]):
            _seat_column(core, b, b.candidate[number])
    for row in range(rooms):
        if b.basic[row] == _NONE:
            b.row_of[items + row], b.basic[row] = row, items + row
    _make_prices(b)
    b.tally[STEPS] = 0


@inner
def _seat_column(core: Core, b: Basis, variable: int) -> None:
    """Give a variable the row without one in which its number is largest."""
    make_column(core, b, variable)
    found, most = _NONE, PIVOT_LEAST
    for row in range(b.tally[ROOMS]):
        if b.basic[row] == _NONE and abs(b.column[row]) > most:
            found, most = row, abs(b.column[row])
    if found != _NONE:
        change_inverse(b, found)
        b.row_of[variable], b.basic[found] = found, variable


@inner
def _make_prices(b: Basis) -> None:
    rooms, items = b.tally[ROOMS], b.tally[ITEMS]
    for room in range(rooms):
        b.price[room] = 0.0
    for row in range(rooms):
        variable = b.basic[row]
        if is_room(b, variable):
            continue
        worth = b.worth[variable] if variable < items else -b.penalty[variable - items - rooms]
        for room in range(rooms):
            b.price[room] += worth * b.inverse[row, room]


@inner
def worth_of(b: Basis) -> float:
    """Return the value of all items as they are, less what is lacking costs."""
    total, first = 0.0, b.tally[ITEMS] + b.tally[ROOMS]
    for item in range(b.tally[ITEMS]):
        total += b.value[item]
    for room in range(b.tally[ROOMS]):
        if b.value[first + room] > 0.0:
            total -= b.penalty[room] * b.value[first + room]
    b.tally[WORK] += b.tally[ITEMS] >> WORK_NUMBERS + 1
    return total
