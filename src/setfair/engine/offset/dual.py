"""The dual simplex method on a basis (`basis`), for as many items as a part has.

Rules
-----
1. The variable that is farthest outside its bounds leaves. Its row is reckoned from the inverse, for the
   items that are free.
2. The one enters that costs least for each unit; what costs less than that moves to its other bound on the
   way, as far as something is still lacking.

Source: I. Maros, "A generalized dual phase-2 simplex algorithm", European Journal of Operational Research
149, 2003.
"""

from __future__ import annotations

from setfair.engine.offset.basis import (
    ACTIVE,
    ITEMS,
    ROOMS,
    STEPS,
    WORK,
    WORK_MOST,
    WORK_NUMBERS,
    Basis,
    answer,
    change_inverse,
    gain_of,
    make_column,
    reckon,
    seat,
)
from setfair.engine.offset.linear import PIVOT_LEAST
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, inner

ANEW = 400
"""Steps after which the inverse is reckoned anew."""
_NONE = -1


@inner
def solve(core: Core, b: Basis) -> bool:
    """Go on until all is within its bounds; return whether it is, within the work."""
    while b.tally[WORK] < b.tally[WORK_MOST]:
        if b.tally[STEPS] >= ANEW:
            reckon(core, b)
            seat(core, b)
        row = _find_leaving(b)
        if row == _NONE:
            return True
        leaving = b.basic[row]
        has_less = b.value[leaving] < b.low[leaving]
        bound = b.low[leaving] if has_less else b.high[leaving]
        for room in range(b.tally[ROOMS]):
            b.row[room] = b.inverse[row, room]
        count = _list_candidates(core, b, 1.0 if has_less else -1.0)
        place = _find_entering(b, count, abs(bound - b.value[leaving]))
        if place == _NONE:
            return False
        _move_over(core, b, place)
        make_column(core, b, b.candidate[place])
        _change_places(core, b, row, b.candidate[place], bound)
    return False


@inner
def _find_leaving(b: Basis) -> int:
    """Return the row of the variable that is farthest outside its bounds, or -1."""
    worst, found = b.near[0], _NONE
    for row in range(b.tally[ROOMS]):
        variable = b.basic[row]
        value = b.value[variable]
        far = max(b.low[variable] - value, value - b.high[variable])
        if far > worst:
            worst, found = far, row
    b.tally[WORK] += b.tally[ROOMS] >> WORK_NUMBERS
    return found


@inlined
def _add_candidate(b: Basis, count: int, variable: int, cell: float, gain: float) -> int:
    b.candidate[count], b.candidate_cell[count] = variable, abs(cell)
    b.candidate_cost[count] = abs(gain) / abs(cell)
    return count + 1


@inner
def _list_candidates(core: Core, b: Basis, side: float) -> int:
    """List what may enter; `side` is 1 where the variable of the row has too little, -1 where too much."""
    items, rooms = b.tally[ITEMS], b.tally[ROOMS]
    near = 0
    for room in range(rooms):
        if b.row[room] != 0.0:
            near += core.room_start[room + 1] - core.room_start[room]
    if near < b.tally[ACTIVE]:
        count = _list_near(core, b, side)
    else:
        count = _list_active(core, b, side)
    b.tally[WORK] += (4 * min(near, b.tally[ACTIVE]) + rooms + 4 * count) >> WORK_NUMBERS
    for room in range(rooms):
        cell = b.row[room] * side
        if cell < -PIVOT_LEAST and b.row_of[items + room] == _NONE:
            count = _add_candidate(b, count, items + room, cell, max(b.price[room], 0.0))
        elif cell > PIVOT_LEAST and b.row_of[items + rooms + room] == _NONE:
            cost = max(b.penalty[room] - b.price[room], 0.0)
            count = _add_candidate(b, count, items + rooms + room, cell, cost)
    return count


@inner
def _list_active(core: Core, b: Basis, side: float) -> int:
    """List the items that may enter, of all that are free."""
    count = 0
    for place in range(b.tally[ACTIVE]):
        count = _list_item(core, b, side, b.active[place], count)
    return count


@inner
def _list_near(core: Core, b: Basis, side: float) -> int:
    """List the items that may enter, of those that touch a room of the row; each from the first such room."""
    count = 0
    for room in range(b.tally[ROOMS]):
        if b.row[room] == 0.0:
            continue
        for place in range(core.room_start[room], core.room_start[room + 1]):
            item = core.near_item[place]
            if b.active_place[item] == _NONE:
                continue
            touch = core.item_start[item]
            while b.row[core.touch_room[touch]] == 0.0:
                touch += 1
            if core.touch_room[touch] == room:
                count = _list_item(core, b, side, item, count)
    return count


@inlined
def _list_item(core: Core, b: Basis, side: float, item: int, count: int) -> int:
    cell = 0.0
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        cell -= b.row[core.touch_room[touch]] * b.cell[touch]
    cell *= side
    if abs(cell) < PIVOT_LEAST or b.row_of[item] != _NONE:
        return count
    if (cell > 0.0) == (b.value[item] == b.high[item]):
        return _add_candidate(b, count, item, cell, gain_of(core, b, item))
    return count


@inner
def _find_entering(b: Basis, count: int, lacking: float) -> int:
    """Return the place of the candidate that enters, or -1; those before it are to move: rule 2."""
    for passed in range(count):
        found = passed
        for place in range(passed + 1, count):
            cost, least = b.candidate_cost[place], b.candidate_cost[found]
            if cost < least or (cost == least and b.candidate_cell[place] > b.candidate_cell[found]):
                found = place
        b.tally[WORK] += count - passed >> WORK_NUMBERS + 1
        for column in (b.candidate_cost, b.candidate_cell):
            column[passed], column[found] = column[found], column[passed]
        b.candidate[passed], b.candidate[found] = b.candidate[found], b.candidate[passed]
        variable = b.candidate[passed]
        lacking -= b.candidate_cell[passed] * (b.high[variable] - b.low[variable])
        if lacking < 0.0:
            return passed
    return _NONE


@inner
def _move_over(core: Core, b: Basis, count: int) -> None:
    """Move the first candidates to their other bounds."""
    if count == 0:
        return
    for room in range(b.tally[ROOMS]):
        b.change[room] = 0.0
    for place in range(count):
        item = b.candidate[place]
        to = b.low[item] if b.value[item] == b.high[item] else b.high[item]
        by = to - b.value[item]
        b.value[item] = to
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            b.change[core.touch_room[touch]] += by * b.cell[touch]
    answer(b)


@inner
def _change_places(core: Core, b: Basis, row: int, entering: int, bound: float) -> None:
    """Let the variable of a row leave to its bound, and the one of `column` enter."""
    items, rooms = b.tally[ITEMS], b.tally[ROOMS]
    leaving = b.basic[row]
    if entering < items:
        gain = gain_of(core, b, entering)
    elif entering < items + rooms:
        gain = -b.price[entering - items]
    else:
        gain = b.price[entering - items - rooms] - b.penalty[entering - items - rooms]
    by = (b.value[leaving] - bound) / b.column[row]
    change = gain / b.column[row]
    for other in range(rooms):
        b.value[b.basic[other]] -= b.column[other] * by
        b.price[other] += change * b.row[other]
    b.value[entering] += by
    b.value[leaving] = bound
    change_inverse(b, row)
    b.basic[row], b.row_of[entering], b.row_of[leaving] = entering, row, _NONE
    b.tally[STEPS] += 1
    b.tally[WORK] += 4 * rooms >> WORK_NUMBERS
