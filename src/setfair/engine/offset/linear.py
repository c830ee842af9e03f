"""The linear relaxation of a few items and rooms, by the dual simplex method on a dense tableau.

Rules
-----
1. Each item has a variable from 0 to its value, each room one from 0: what is left of it. Row by row, a basic
   variable and the others at one of their bounds add up to what is given. With values as units, the cells of
   payments by themselves are 0, 1 and -1, so nothing is rounded.
2. Gains of variables that are not basic fit the bound at which they are: so what a tableau is worth is a
   bound whatever is fixed, and a search goes on from any tableau after bounds have changed.
3. A basic variable outside its bounds leaves to the nearest one, the farthest first; the one enters that
   costs least for each unit. What costs less than that is moved to its other bound on the way, as far as
   something is still lacking.
4. Gains begin a little apart from each other, in a fixed order, so that the method does not turn in circles.
   Nothing is taken from the tableau but prices and a proposal: a bound is always reckoned from the prices,
   the items and the rooms themselves (`bound_of`), with a margin for what floating point may have lost.

Source: R. E. Bixby, "Solving real-world linear programs: a decade and more of progress", Operations Research
50, 2002; I. Maros, "A generalized dual phase-2 simplex algorithm", European Journal of Operational Research
149, 2003 (moves to the other bound); A. Neumaier, O. Shcherbina, "Safe bounds in linear and mixed-integer
linear programming", Mathematical Programming 99, 2004.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.small import Small
from setfair.kernel import inlined, inner

Float64Array = npt.NDArray[np.float64]

ZERO = 1e-11
"""A cell below this is nothing."""
PIVOT_LEAST = 1e-7
"""The least cell in which variables may change places."""
NEAR_BOUND = 1e-11
"""A variable is within its bounds if it is so near, as a share of the largest amount; or `NEAR_UNITS`."""
NEAR_UNITS = 0.01
SPARSE = 4
"""A row of fewer cells than one in so many is gone through by a list."""
WORK_CELLS = 4
"""The power of two of cells that count as one unit of work."""
NO_BOUND = 1e300
FLOAT_LOST = 2.3e-16
"""Share of a sum that floating point may lose in each of its terms."""
WHOLE = 1e-6
"""Share of an item that counts as nothing."""
_NONE = -1

ROWS, COLUMNS, WORK, STUCK = range(4)
"""Places in `tally`: rooms, items, work used, and the row in which nothing fits."""
NEAR, CUTOFF, CHANGE = range(3)
"""Places in `scale`: how near to a bound is within it, the value below which the method may stop, and the
change of price that shows that nothing fits."""
SOLVED, NOTHING_FITS, STOPPED = range(3)


class Tableau(NamedTuple):
    """A tableau with room for the largest problem; variables are items, then rooms."""

    cell: npt.NDArray[np.float64]
    """By row and column."""
    gain: Float64Array
    """By column: what one unit more of its variable is worth."""
    column: Int64Array
    """By column: its variable."""
    basic: Int64Array
    """By row: its variable."""
    place: Int64Array
    """By variable: its column, or -1 less its row."""
    value: Float64Array
    """By variable."""
    low: Float64Array
    high: Float64Array
    entry: Int64Array
    """Columns of a row that have something."""
    price: Float64Array
    """By room: what `bound_of` reckons with."""
    item_gain: Float64Array
    """By item: its value less the price of what it takes, plus that of what it adds."""
    scale: Float64Array
    tally: Int64Array


def make_tableau(items: int, rooms: int) -> Tableau:
    """Return a tableau for problems of up to so many items and rooms."""
    return Tableau(
        cell=np.zeros((rooms, items)),
        gain=np.zeros(items),
        column=np.zeros(items, np.int64),
        basic=np.zeros(rooms, np.int64),
        place=np.zeros(items + rooms, np.int64),
        value=np.zeros(items + rooms),
        low=np.zeros(items + rooms),
        high=np.zeros(items + rooms),
        entry=np.zeros(items, np.int64),
        price=np.zeros(rooms),
        item_gain=np.zeros(items),
        scale=np.zeros(4),
        tally=np.zeros(4, np.int64),
    )


@inner
def begin(small: Small, t: Tableau) -> None:
    """Set up: no item is basic, and all come in."""
    items, rooms = small.counts[0], small.counts[1]
    t.tally[COLUMNS], t.tally[ROWS] = items, rooms
    most, number = 1.0, 1
    for row in range(rooms):
        for column in range(items):
            t.cell[row, column] = 0.0
        t.basic[row] = items + row
        t.place[items + row] = -1 - row
        t.low[items + row], t.high[items + row] = 0.0, NO_BOUND
        t.value[items + row] = small.room[row]
        most = max(most, abs(float(small.room[row])))
    for item in range(items):
        value = float(small.value[item])
        most = max(most, value)
        number = number * 48271 % 2147483647
        t.gain[item] = 1.0 + 1e-8 * (number / 2147483647.0)
        t.column[item], t.place[item] = item, item
        t.low[item], t.high[item], t.value[item] = 0.0, value, value
        for touch in range(small.item_start[item], small.item_start[item + 1]):
            room, by = small.touch_room[touch], small.touch_by[touch]
            t.cell[room, item] = -by / value
            t.value[items + room] += by
    t.scale[NEAR] = max(NEAR_UNITS, NEAR_BOUND * most)
    t.tally[WORK] += (rooms * items >> WORK_CELLS) + items


@inner
def _move(t: Tableau, column: int, by: float) -> None:
    """Change a variable that is not basic, and what depends on it."""
    t.value[t.column[column]] += by
    for row in range(t.tally[ROWS]):
        cell = t.cell[row, column]
        if cell != 0.0:
            t.value[t.basic[row]] -= cell * by
    t.tally[WORK] += t.tally[ROWS] >> WORK_CELLS


@inner
def bound_item(t: Tableau, item: int, low: float, high: float) -> None:
    """Set the bounds of an item, and put it at the one that its gain says unless it is basic."""
    t.low[item], t.high[item] = low, high
    column = t.place[item]
    if column >= 0:
        wanted = high if t.gain[column] > 0.0 else low
        if wanted != t.value[item]:
            _move(t, column, wanted - t.value[item])
            t.value[item] = wanted


@inner
def _seat(t: Tableau) -> None:
    """Put all that is not basic at the bound that its gain says."""
    items = t.tally[COLUMNS]
    for column in range(items):
        if t.column[column] < items:
            bound_item(t, t.column[column], t.low[t.column[column]], t.high[t.column[column]])


@inlined
def _find_leaving(t: Tableau) -> int:
    """Return the row of the variable that is farthest outside its bounds, or -1."""
    worst, found = t.scale[NEAR], _NONE
    for row in range(t.tally[ROWS]):
        variable = t.basic[row]
        value = t.value[variable]
        far = max(t.low[variable] - value, value - t.high[variable])
        if far > worst:
            worst, found = far, row
    return found


@inner
def _find_entering(t: Tableau, row: int, side: float, lacking: float) -> int:
    """Return the column that enters, or -1; what is passed over moves to its other bound: rule 3.

    `side` is 1 where the variable of the row is too small, -1 where it is too large.
    """
    while True:
        least, found, largest = NO_BOUND, _NONE, 0.0
        for column in range(t.tally[COLUMNS]):
            cell = t.cell[row, column] * side
            variable = t.column[column]
            if abs(cell) < PIVOT_LEAST or t.low[variable] == t.high[variable]:
                continue
            at_high = t.value[variable] == t.high[variable]
            if (cell > 0.0) != at_high:
                continue
            ratio = abs(t.gain[column] / cell)
            if ratio < least or (ratio == least and abs(cell) > largest):
                least, found, largest = ratio, column, abs(cell)
        t.tally[WORK] += t.tally[COLUMNS] >> (WORK_CELLS - 1)
        if found == _NONE:
            return _NONE
        variable = t.column[found]
        width = t.high[variable] - t.low[variable]
        if largest * width >= lacking:
            return found
        lacking -= largest * width
        by = -width if t.value[variable] == t.high[variable] else width
        _move(t, found, by)
        # Exactly at its bound, so that it is seen where it is.
        t.value[variable] = t.high[variable] if by > 0.0 else t.low[variable]


@inner
def _pivot(t: Tableau, row: int, column: int) -> None:
    """Let the variables of a row and a column change places."""
    columns, rows = t.tally[COLUMNS], t.tally[ROWS]
    one = 1.0 / t.cell[row, column]
    count = 0
    for each in range(columns):
        cell = t.cell[row, each] * one
        if abs(cell) < ZERO:
            cell = 0.0
        t.cell[row, each] = cell
        if cell != 0.0 and each != column:
            t.entry[count] = each
            count += 1
    t.cell[row, column] = one
    gain = t.gain[column]
    for number in range(count):
        each = t.entry[number]
        t.gain[each] -= gain * t.cell[row, each]
    t.gain[column] = -gain * one
    is_sparse = count * SPARSE < columns
    touched = 0
    for other in range(rows):
        share = t.cell[other, column]
        if other == row or share == 0.0:
            continue
        touched += 1
        if is_sparse:
            for number in range(count):
                each = t.entry[number]
                cell = t.cell[other, each] - share * t.cell[row, each]
                t.cell[other, each] = cell if abs(cell) >= ZERO else 0.0
        else:
            for each in range(columns):
                cell = t.cell[other, each] - share * t.cell[row, each]
                t.cell[other, each] = cell if abs(cell) >= ZERO else 0.0
        t.cell[other, column] = -share * one
    leaving = t.basic[row]
    entering = t.column[column]
    t.basic[row], t.column[column] = entering, leaving
    t.place[entering], t.place[leaving] = -1 - row, column
    cells = touched * (2 * count if is_sparse else columns)
    t.tally[WORK] += (cells + columns + rows) >> WORK_CELLS


@inner
def solve(t: Tableau, turns_max: int) -> int:
    """Go on until all is within its bounds, nothing fits, or the value is below the cutoff."""
    t.scale[CHANGE] = 0.0
    t.tally[STUCK] = 0
    for turn in range(turns_max):
        row = _find_leaving(t)
        t.tally[WORK] += 1 + (t.tally[ROWS] >> WORK_CELLS - 1)
        if row == _NONE:
            return SOLVED
        leaving = t.basic[row]
        is_low = t.value[leaving] < t.low[leaving]
        bound = t.low[leaving] if is_low else t.high[leaving]
        lacking = abs(bound - t.value[leaving])
        column = _find_entering(t, row, 1.0 if is_low else -1.0, lacking)
        if column == _NONE:
            t.scale[CHANGE], t.tally[STUCK] = 1.0 if is_low else -1.0, row
            _seat(t)
            return NOTHING_FITS
        _move(t, column, (t.value[leaving] - bound) / t.cell[row, column])
        t.value[leaving] = bound
        _pivot(t, row, column)
        if turn % 8 == 7 and worth_of(t) < t.scale[CUTOFF]:
            return STOPPED
    return STOPPED


@inlined
def worth_of(t: Tableau) -> float:
    """Return the value of all items as they are."""
    total = 0.0
    for item in range(t.tally[COLUMNS]):
        total += t.value[item]
    return total


@inner
def _keep_prices(t: Tableau, row: int, change: float) -> None:
    """Keep the prices of rooms; those after a change of a row's price, if there is one."""
    items = t.tally[COLUMNS]
    for room in range(t.tally[ROWS]):
        place = t.place[items + room]
        price = 0.0
        if place >= 0:
            price = -t.gain[place] + change * t.cell[row, place]
        elif change != 0.0 and -1 - place == row:
            price = change
        t.price[room] = max(price, 0.0)


@inner
def bound_of(small: Small, t: Tableau, change: float) -> float:
    """Return a value that no set within the bounds exceeds, and keep the gains: rule 4.

    `change` is how far the price of the row in which nothing fits is moved; 0 where all is solved.
    """
    _keep_prices(t, t.tally[STUCK], change * t.scale[CHANGE])
    items, rooms = t.tally[COLUMNS], t.tally[ROWS]
    t.tally[WORK] += (small.item_start[items] + items + rooms + 8) >> (WORK_CELLS - 2)
    return bound_by_prices(small, items, rooms, t.price, t.low, t.high, t.item_gain)


@inner
def bound_by_prices(
    problem: Small | Core,
    items: int,
    rooms: int,
    price: Float64Array,
    low: Float64Array,
    high: Float64Array,
    gain: Float64Array,
) -> float:
    """Return a value that no set exceeds whose items are within their bounds, and keep the gains.

    It holds for any prices, none below zero.
    """
    value, item_start = problem.value, problem.item_start
    total, size = 0.0, 0.0
    for number in range(rooms):
        part = price[number] * problem.room[number]
        total += part
        size += abs(part)
    for item in range(items):
        gain[item] = value[item]
        size += value[item]
        for touch in range(item_start[item], item_start[item + 1]):
            part = price[problem.touch_room[touch]] * problem.touch_by[touch]
            gain[item] += part
            size += abs(part)
        if low[item] > 0.0 or (gain[item] > 0.0 and high[item] > 0.0):
            total += gain[item]
    return total + size * (item_start[items] + items + rooms + 8) * FLOAT_LOST
