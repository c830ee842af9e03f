"""The linear relaxation of a whole part, by the dual simplex method on the inverse of a basis.

Rules
-----
1. Variables, bounds and gains are those of `linear`: an item from 0 to its value, a room from 0 upwards. What is kept is not
   the tableau, though, but the inverse of the columns that are basic: rooms by rooms, however many items there are. A row
   of the tableau is reckoned when it is needed, from the items that are free.
2. Whatever the bounds, any basis with its prices is a bound, and the method goes on from it: items that are not
   basic are put at the bound that their gain says (`seat`).
3. The variable that is farthest outside its bounds leaves; the one enters that costs least for each unit, and what costs
   less is moved to its other bound, as far as something is still lacking.
4. After some hundred steps the inverse is reckoned anew: links are not of ones, and floating point loses a little with each.

Source: R. E. Bixby, "Solving real-world linear programs: a decade and more of progress", Operations Research
50, 2002; I. Maros, "A generalized dual phase-2 simplex algorithm", European Journal of Operational Research
149, 2003 (moves to the other bound).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.linear import NEAR_BOUND, NEAR_UNITS, NO_BOUND, PIVOT_LEAST, Float64Array
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, inner

NOTHING = 1e-11
"""A number of the inverse below this is nothing."""
ANEW = 400
"""Steps after which the inverse is reckoned anew where links are in it."""
WORK_NUMBERS = 3
"""The power of two of numbers that count as one unit of work."""
_NONE = -1

ITEMS, ROOMS, ACTIVE, WORK, STEPS, STUCK, HAS_LINKS = range(7)
"""Places in `tally`: items, rooms, items that are free, work used, steps since the inverse was reckoned, the
row in which nothing fits, and whether numbers other than one are in the columns."""
NEAR, CUTOFF, SIDE = range(3)
"""Places in `scale`: how near to a bound is within it, the value below which the method may stop, and 1 or -1
where nothing fits: whether the row has too little or too much."""
SOLVED, NOTHING_FITS, STOPPED = range(3)


class Basis(NamedTuple):
    """A basis, and what is at which bound; variables are items, then rooms."""

    cell: Float64Array
    """By touch: what a unit of the item adds to the room."""
    cost: Float64Array
    """By item: what a unit is worth, a little apart from each other."""
    room: Float64Array
    """By room: what there is."""
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
    penalty: Float64Array
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
    """By room: what moves to the other bound adds."""
    candidate: Int64Array
    candidate_cell: Float64Array
    candidate_ratio: Float64Array
    scale: Float64Array
    tally: Int64Array


def make_basis(core: Core) -> Basis:
    """Return the basis of rooms, all items at their values."""
    items, rooms = core.items, len(core.room)
    value = core.value.astype(np.float64)
    of_touch = np.repeat(np.arange(items), np.diff(core.item_start))
    cell = core.touch_by / value[of_touch]
    number, cost = 1, np.empty(items)
    draw = np.empty(items)
    for item in range(items):
        number = number * 48271 % 2147483647
        draw[item] = number / 2147483647
    cost = 1.0 + 1e-8 * draw
    b = Basis(
        cell=cell,
        cost=cost,
        room=core.room.astype(np.float64),
        low=np.zeros(items + 2 * rooms),
        high=np.concatenate((value, np.full(2 * rooms, NO_BOUND))),
        value=np.zeros(items + 2 * rooms),
        row_of=np.concatenate((np.full(items, _NONE), np.arange(rooms), np.full(rooms, _NONE))),
        basic=items + np.arange(rooms),
        inverse=np.eye(rooms),
        price=np.zeros(rooms),
        penalty=np.full(rooms, NO_BOUND),
        active=np.arange(items),
        active_place=np.arange(items),
        row=np.zeros(rooms),
        column=np.zeros(rooms),
        change=np.zeros(rooms),
        candidate=np.zeros(items + 2 * rooms, np.int64),
        candidate_cell=np.zeros(items + 2 * rooms),
        candidate_ratio=np.zeros(items + 2 * rooms),
        scale=np.zeros(3),
        tally=np.array([items, rooms, items, 0, 0, _NONE, int((np.abs(cell) != 1.0).any())], np.int64),
    )
    b.scale[NEAR] = max(NEAR_UNITS, NEAR_BOUND * float(max(core.value.max(initial=1), core.room.max(initial=1))))
    return b


@inlined
def gain_of(core: Core, b: Basis, item: int) -> float:
    """Return the worth of a unit of an item at the prices."""
    gain = b.cost[item]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        gain += b.price[core.touch_room[touch]] * b.cell[touch]
    return gain


@inlined
def cell_of(core: Core, b: Basis, item: int) -> float:
    """Return the number of an item in the row that leaves."""
    cell = 0.0
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        cell -= b.row[core.touch_room[touch]] * b.cell[touch]
    return cell


@inner
def set_bounds(b: Basis, item: int, low: float, high: float) -> None:
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
def seat(core: Core, b: Basis) -> None:
    """Put what is not basic where it belongs, and reckon what is: rule 2."""
    rooms, change = b.tally[ROOMS], b.change
    for room in range(rooms):
        change[room] = b.room[room]
        if b.row_of[b.tally[ITEMS] + rooms + room] == _NONE:
            b.value[b.tally[ITEMS] + rooms + room] = 0.0
        if b.row_of[b.tally[ITEMS] + room] == _NONE:
            b.value[b.tally[ITEMS] + room] = 0.0
    for item in range(b.tally[ITEMS]):
        if b.row_of[item] != _NONE:
            continue
        at = b.low[item]
        if b.high[item] > at and gain_of(core, b, item) > 0.0:
            at = b.high[item]
        b.value[item] = at
        if at != 0.0:
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                change[core.touch_room[touch]] += at * b.cell[touch]
    for row in range(rooms):
        total = 0.0
        for room in range(rooms):
            total += b.inverse[row, room] * change[room]
        b.value[b.basic[row]] = total
    b.tally[WORK] += (4 * b.tally[ITEMS] + rooms * rooms) >> WORK_NUMBERS


@inner
def decide(core: Core, b: Basis, item: int, at: float) -> None:
    """Set both bounds of an item, and what depends on it if it is not basic."""
    set_bounds(b, item, at, at)
    by = at - b.value[item]
    if b.row_of[item] != _NONE or by == 0.0:
        return
    rooms = b.tally[ROOMS]
    b.value[item] = at
    for row in range(rooms):
        total = 0.0
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            total += b.inverse[row, core.touch_room[touch]] * b.cell[touch]
        b.value[b.basic[row]] += total * by
    b.tally[WORK] += 4 * rooms >> WORK_NUMBERS


@inner
def reckon(core: Core, b: Basis) -> None:
    """Reckon the inverse and the prices anew, by elimination; rows and variables are matched anew."""
    rooms, items = b.tally[ROOMS], b.tally[ITEMS]
    # The columns that are basic, changed step by step for those of the rooms: each takes the row that suits it best.
    for row in range(rooms):
        for room in range(rooms):
            b.inverse[row, room] = 1.0 if row == room else 0.0
        b.candidate[row] = b.basic[row]
    count = rooms
    for row in range(rooms):
        b.basic[row] = _NONE
    # Rooms first: they keep their own rows.
    for number in range(count):
        variable = b.candidate[number]
        if items <= variable < items + rooms:
            b.basic[variable - items] = variable
            b.row_of[variable] = variable - items
    for number in range(count):
        variable = b.candidate[number]
        if not items <= variable < items + rooms:
            _column_of(core, b, variable)
            best, found = 0.0, _NONE
            for row in range(rooms):
                if b.basic[row] == _NONE and abs(b.column[row]) > best:
                    best, found = abs(b.column[row]), row
            if found == _NONE or best < PIVOT_LEAST:
                continue
            _change_inverse(b, found)
            b.basic[found] = variable
            b.row_of[variable] = found
    for number in range(count):
        variable = b.candidate[number]
        if not items <= variable < items + rooms and (b.row_of[variable] == _NONE or b.basic[b.row_of[variable]] != variable):
            b.row_of[variable] = _NONE
    for row in range(rooms):
        if b.basic[row] == _NONE:
            b.basic[row] = items + row
            b.row_of[items + row] = row
    for room in range(rooms):
        b.price[room] = 0.0
    for row in range(rooms):
        if not items <= b.basic[row] < items + rooms:
            cost = b.cost[b.basic[row]] if b.basic[row] < items else -b.penalty[b.basic[row] - items - rooms]
            for room in range(rooms):
                b.price[room] += cost * b.inverse[row, room]
    b.tally[STEPS] = 0
    b.tally[WORK] += rooms * rooms * rooms >> WORK_NUMBERS + 1


@inner
def _column_of(core: Core, b: Basis, variable: int) -> None:
    """Reckon the column of a variable."""
    rooms, items = b.tally[ROOMS], b.tally[ITEMS]
    if variable >= items:
        sign = 1.0 if variable < items + rooms else -1.0
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
def _change_inverse(b: Basis, row: int) -> None:
    """Let the variable of `column` be the one of a row."""
    rooms = b.tally[ROOMS]
    one = 1.0 / b.column[row]
    touched = 0
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
def _find_leaving(b: Basis) -> int:
    """Return the row of the variable that is farthest outside its bounds, or -1."""
    worst, found = b.scale[NEAR], _NONE
    for row in range(b.tally[ROOMS]):
        variable = b.basic[row]
        value = b.value[variable]
        far = max(b.low[variable] - value, value - b.high[variable])
        if far > worst:
            worst, found = far, row
    return found


@inner
def _list_candidates(core: Core, b: Basis, side: float) -> int:
    """List what may enter for a row; `side` is 1 where its variable has too little, -1 where too much."""
    items, rooms, count = b.tally[ITEMS], b.tally[ROOMS], 0
    for place in range(b.tally[ACTIVE]):
        item = b.active[place]
        cell = cell_of(core, b, item) * side
        if abs(cell) < PIVOT_LEAST or b.row_of[item] != _NONE:
            continue
        if (cell > 0.0) == (b.value[item] == b.high[item]):
            b.candidate[count], b.candidate_cell[count] = item, abs(cell)
            b.candidate_ratio[count] = abs(gain_of(core, b, item)) / abs(cell)
            count += 1
    for room in range(rooms):
        cell = b.row[room] * side
        if cell < -PIVOT_LEAST and b.row_of[items + room] == _NONE:
            b.candidate[count], b.candidate_cell[count] = items + room, -cell
            b.candidate_ratio[count] = max(b.price[room], 0.0) / -cell
            count += 1
        elif cell > PIVOT_LEAST and b.row_of[items + rooms + room] == _NONE and b.penalty[room] < NO_BOUND:
            b.candidate[count], b.candidate_cell[count] = items + rooms + room, cell
            b.candidate_ratio[count] = max(b.penalty[room] - b.price[room], 0.0) / cell
            count += 1
    b.tally[WORK] += (4 * b.tally[ACTIVE] + rooms + 4 * count) >> WORK_NUMBERS
    return count


@inner
def _find_entering(core: Core, b: Basis, count: int, lacking: float) -> int:
    """Return the place of the candidate that enters, or -1; those before it in `candidate` move: rule 3."""
    passed = 0
    while passed < count:
        found = passed
        for place in range(passed + 1, count):
            ratio, best = b.candidate_ratio[place], b.candidate_ratio[found]
            if ratio < best or (ratio == best and b.candidate_cell[place] > b.candidate_cell[found]):
                found = place
        b.tally[WORK] += count - passed >> WORK_NUMBERS + 1
        for column in (b.candidate_ratio, b.candidate_cell):
            column[passed], column[found] = column[found], column[passed]
        b.candidate[passed], b.candidate[found] = b.candidate[found], b.candidate[passed]
        variable = b.candidate[passed]
        lacking -= b.candidate_cell[passed] * (b.high[variable] - b.low[variable])
        if lacking < 0.0:
            return passed
        passed += 1
    return _NONE


@inner
def _move_over(core: Core, b: Basis, count: int) -> None:
    """Move the first candidates to their other bounds."""
    rooms = b.tally[ROOMS]
    for room in range(rooms):
        b.change[room] = 0.0
    for place in range(count):
        item = b.candidate[place]
        to = b.low[item] if b.value[item] == b.high[item] else b.high[item]
        by = to - b.value[item]
        b.value[item] = to
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            b.change[core.touch_room[touch]] += by * b.cell[touch]
    for row in range(rooms):
        total = 0.0
        for room in range(rooms):
            total += b.inverse[row, room] * b.change[room]
        b.value[b.basic[row]] += total
    b.tally[WORK] += rooms * rooms >> WORK_NUMBERS + 1


@inner
def solve(core: Core, b: Basis, steps_max: int) -> int:
    """Go on until all is within its bounds, nothing fits, or the value is below the cutoff."""
    rooms, items = b.tally[ROOMS], b.tally[ITEMS]
    for step in range(steps_max):
        if b.tally[STEPS] >= ANEW and b.tally[HAS_LINKS] == 1:
            reckon(core, b)
            seat(core, b)
        row = _find_leaving(b)
        b.tally[WORK] += rooms >> WORK_NUMBERS
        if row == _NONE:
            return SOLVED
        leaving = b.basic[row]
        side = 1.0 if b.value[leaving] < b.low[leaving] else -1.0
        bound = b.low[leaving] if side > 0.0 else b.high[leaving]
        for room in range(rooms):
            b.row[room] = b.inverse[row, room]
        count = _list_candidates(core, b, side)
        place = _find_entering(core, b, count, abs(bound - b.value[leaving]))
        if place == _NONE:
            b.tally[STUCK], b.scale[SIDE] = row, side
            return NOTHING_FITS
        if place > 0:
            _move_over(core, b, place)
        entering = b.candidate[place]
        if entering < items:
            gain = gain_of(core, b, entering)
        elif entering < items + rooms:
            gain = -b.price[entering - items]
        else:
            gain = b.price[entering - items - rooms] - b.penalty[entering - items - rooms]
        _column_of(core, b, entering)
        by = (b.value[leaving] - bound) / b.column[row]
        for other in range(rooms):
            if other != row:
                b.value[b.basic[other]] -= b.column[other] * by
        b.value[entering] += by
        b.value[leaving] = bound
        change = gain / b.column[row]
        for room in range(rooms):
            b.price[room] += change * b.row[room]
        _change_inverse(b, row)
        b.basic[row], b.row_of[entering], b.row_of[leaving] = entering, row, _NONE
        b.tally[STEPS] += 1
        b.tally[WORK] += 4 * rooms >> WORK_NUMBERS
        if step % 16 == 15 and worth_of(b) < b.scale[CUTOFF]:
            return STOPPED
    return STOPPED


@inner
def worth_of(b: Basis) -> float:
    """Return the value of all items as they are."""
    total = 0.0
    for item in range(b.tally[ITEMS]):
        total += b.value[item]
    for room in range(b.tally[ROOMS]):
        if b.value[b.tally[ITEMS] + b.tally[ROOMS] + room] > 0.0:
            total -= b.penalty[room] * b.value[b.tally[ITEMS] + b.tally[ROOMS] + room]
    b.tally[WORK] += b.tally[ITEMS] >> WORK_NUMBERS + 2
    return total
