"""The exact search: all sets of a few items, but for those that a bound rules out.

Rules
-----
1. Of a node, what follows for certain is decided first (`small.follow`). Then the relaxation is solved, on
   from where it stands (`linear`). A node whose bound is below a better set is left.
2. An item whose gain, against the way that it says, would bring the bound below a better set, goes that way.
3. Where items are tried (`TRIES`), each is put the way that the relaxation does not say. If then a room is
   short for certain, or all gains against which something was decided add up to too much, it goes the other
   way. With little liquidity much follows from one item, and the relaxation sees little of it.
4. The relaxation rounded is a set, if it may settle.
5. The search branches on an item that the relaxation divides: the one of which both ways cost most, as far
   as one step of the method tells, or what was lost when it was tried; and goes the cheaper way first. Where
   it divides none, on the largest.
6. Depth first; where all has been searched within the work, the best set is an optimum.

Source: A. H. Land, A. G. Doig, "An automatic method of solving discrete programming problems", Econometrica
28, 1960; N. Driebeek, "An algorithm for the solution of mixed integer programming problems", Management
Science 12, 1966 (what a branch costs).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset import linear
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import (
    COLUMNS,
    CUTOFF,
    NO_BOUND,
    NOTHING_FITS,
    PIVOT_LEAST,
    WHOLE,
    WORK,
    Float64Array,
    Tableau,
    bound_item,
    bound_of,
    make_tableau,
    solve,
)
from setfair.engine.offset.model import Core, rooms_after
from setfair.engine.offset.small import (
    FREE,
    IN,
    ITEMS,
    LOOKS,
    OUT,
    TRAIL,
    Small,
    decide_item,
    follow,
    free_item,
    loss_of,
    make_small,
    may_settle,
    take_items,
)
from setfair.kernel import inlined, inner, kernel

TURNS_MAX = 2_000
"""Steps of the method for one node; the bound holds wherever it stops."""
CANDIDATES = 8
"""Divided items of which the cost of both ways is looked at."""
LOOK_BITS = 3
"""The power of two of touches that count as one unit of work."""
_NONE = -1

BEST, STEP, SYNCED, PROVEN, SPENT, NODES, UNKNOWN, TRIES = range(8)
"""Places in `tally`: value of the best set, what divides all values, items of the trail that the tableau
knows, whether all was searched, work of all searches, nodes of this one, 1 if no set is known that may
settle: the first one that is found is kept whatever its value, and if there is none, `BEST` stays below
zero; and 1 if items are tried."""
_OPEN, _UNSOLVED, _CLOSED = range(3)
_NOTHING, _SOMETHING, _SHORT = range(3)
"""What follows: nothing, something, or that a room is short."""


class Tree(NamedTuple):
    """Decisions on the way to a node."""

    item: Int64Array
    side: Int64Array
    tried: Int64Array
    """By depth: ways that were tried, 1 or 2."""
    mark: Int64Array
    """By depth: items that were decided before."""
    proposal: Int64Array
    """By item: 1 if it is in the rounded relaxation."""
    root: Float64Array
    """The bound of all sets."""
    gain: Float64Array
    """By item: its gain at the prices that gave this bound."""
    loss: Float64Array
    """By item, twice: what was lost when it was tried out, and in."""
    tally: Int64Array


class Solver(NamedTuple):
    """All that a search needs, made once for many."""

    small: Small
    tableau: Tableau
    tree: Tree


def make_solver(core: Core, items: int, rooms: int, step: int) -> Solver:
    """Return a solver for problems of up to so many items and rooms of a whole."""

    def column(size: int) -> Int64Array:
        return np.zeros(size, np.int64)

    tree = Tree(
        column(items + 1),
        column(items + 1),
        column(items + 1),
        column(items + 1),
        column(items),
        np.zeros(1),
        np.zeros(items),
        np.zeros(2 * items),
        column(8),
    )
    tree.tally[STEP] = step
    return Solver(make_small(core, items, rooms), make_tableau(items, rooms), tree)


class Searched(NamedTuple):
    """What the search of a whole part found."""

    inside: BoolArray
    proven: bool
    """Whether this set is an optimum."""
    bound: int
    gain: Float64Array
    """By item, in value, at the prices of the relaxation."""
    work: int


def search_all(core: Core, inside: BoolArray, work_max: int) -> Searched:
    """Search all sets of a part.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    work_max
        Work units; the relaxation of all sets is solved in any case.
    """
    step = int(np.gcd.reduce(core.value))
    solver = make_solver(core, core.items, len(core.room), step)
    solver.small.origin[:] = np.arange(core.items)
    solver.small.counts[ITEMS] = core.items
    take_items(core, rooms_after(core, inside), inside.astype(np.int64), solver.small)
    proven = bool(branch(solver, work_max))
    best = solver.small.best == 1
    value = int(core.value[best].sum())
    bound = value if proven else max(value, int(solver.tree.root[0]))
    return Searched(best, proven, bound, solver.tree.gain, int(solver.tree.tally[SPENT]))


@inlined
def spent(solver: Solver) -> int:
    """Return the work used so far."""
    return solver.tableau.tally[WORK] + (solver.small.counts[LOOKS] >> LOOK_BITS)


@kernel
def branch(solver: Solver, work_max: int) -> bool:
    """Search all sets of the problem that was taken; return whether it was done within the work.

    The best set is in `small.best`, its value in `tree.tally`.
    """
    small, t, tree = solver
    tally = tree.tally
    work_max += spent(solver)
    tally[BEST] = tally[SYNCED] = tally[PROVEN] = tally[NODES] = 0
    for item in range(small.counts[ITEMS]):
        tally[BEST] += small.best[item] * small.value[item]
    if tally[UNKNOWN] == 1:
        tally[BEST] = -tally[STEP]
    linear.begin(small, t)
    depth, found = 0, _look(solver)
    while True:
        if spent(solver) > work_max:
            break
        if found == _CLOSED:
            while depth > 0 and tree.tried[depth - 1] == 2:
                depth -= 1
                _undo(solver, tree.mark[depth])
            if depth == 0:
                tally[PROVEN] = 1
                break
            _undo(solver, tree.mark[depth - 1])
            tree.tried[depth - 1] = 2
            tree.side[depth - 1] = 1 - tree.side[depth - 1]
        else:
            item = _choose(solver, found == _OPEN)
            tree.item[depth], tree.tried[depth], tree.mark[depth] = item, 1, small.counts[TRAIL]
            tree.side[depth] = _choose_side(solver, item, found == _OPEN)
            depth += 1
        decide_item(small, tree.item[depth - 1], tree.side[depth - 1])
        found = _look(solver)
    _undo(solver, 0)
    tally[SPENT] = spent(solver)
    return tally[PROVEN] == 1


@inner
def _undo(solver: Solver, mark: int) -> None:
    """Free what was decided since."""
    small, t, tree = solver
    while small.counts[TRAIL] > mark:
        item = free_item(small)
        if small.counts[TRAIL] < tree.tally[SYNCED]:
            bound_item(t, item, 0.0, float(small.value[item]))
    tree.tally[SYNCED] = min(tree.tally[SYNCED], mark)


@inner
def _sync(solver: Solver) -> None:
    """Tell the tableau what was decided."""
    small, t, tree = solver
    for place in range(tree.tally[SYNCED], small.counts[TRAIL]):
        item = small.trail[place]
        at = float(small.value[item]) if small.state[item] == IN else 0.0
        bound_item(t, item, at, at)
    tree.tally[SYNCED] = small.counts[TRAIL]


@inner
def _look(solver: Solver) -> int:
    """Rules 1 to 4: return whether the node is closed, open, or open with a relaxation that says nothing."""
    small, t, tree = solver
    tree.tally[NODES] += 1
    while True:
        if not follow(small):
            return _CLOSED
        if small.counts[TRAIL] == small.counts[ITEMS]:
            _take_leaf(small, tree)
            return _CLOSED
        _sync(solver)
        wanted = float(tree.tally[BEST] + tree.tally[STEP])
        t.scale[CUTOFF] = wanted
        how = solve(t, TURNS_MAX)
        change = 2.0
        while how == NOTHING_FITS and change < 1e6:
            if bound_of(small, t, change) < wanted:
                return _CLOSED
            change *= 8.0
        bound = bound_of(small, t, 0.0)
        if tree.tally[NODES] == 1:
            tree.root[0] = bound
            _keep_gains(t, tree)
        if bound < wanted:
            return _CLOSED
        if how != NOTHING_FITS and _propose(small, t, tree):
            wanted = float(tree.tally[BEST] + tree.tally[STEP])
            if bound < wanted:
                return _CLOSED
        follows = _SOMETHING if _go_by_gains(small, t, bound - wanted) else _NOTHING
        if follows == _NOTHING and tree.tally[TRIES] == 1:
            follows = _try_items(solver, bound - wanted)
        if follows == _SHORT:
            return _CLOSED
        if follows == _NOTHING:
            return _UNSOLVED if how == NOTHING_FITS else _OPEN


@inner
def _take_leaf(small: Small, tree: Tree) -> None:
    """Keep the set that is decided whole if it is better; that it may settle follows from all covers."""
    total = 0
    for item in range(small.counts[ITEMS]):
        total += small.state[item] * small.value[item]
    if total > tree.tally[BEST]:
        tree.tally[BEST] = total
        for item in range(small.counts[ITEMS]):
            small.best[item] = small.state[item]


@inner
def _keep_gains(t: Tableau, tree: Tree) -> None:
    for item in range(t.tally[COLUMNS]):
        tree.gain[item] = t.item_gain[item]


@inner
def _go_by_gains(small: Small, t: Tableau, missing: float) -> bool:
    """Rule 2: return whether anything else may follow."""
    before = small.counts[TRAIL]
    for item in range(small.counts[ITEMS]):
        gain = t.item_gain[item]
        if small.state[item] == FREE and abs(gain) > missing:
            decide_item(small, item, IN if gain > 0.0 else OUT)
    return small.counts[TRAIL] > before


@inner
def _try_items(solver: Solver, missing: float) -> int:
    """Rule 3: return what followed."""
    small, t, tree = solver
    before = small.counts[TRAIL]
    for item in range(small.counts[ITEMS]):
        for state in range(OUT, IN + 1):
            says = t.high[item] if state == IN else 0.0
            if small.state[item] != FREE or t.value[item] == says:
                continue
            lost = loss_of(small, item, state, t.item_gain)
            tree.loss[2 * item + state] = lost
            if lost > missing:
                decide_item(small, item, OUT + IN - state)
                if not follow(small):
                    return _SHORT
    return _SOMETHING if small.counts[TRAIL] > before else _NOTHING


@inner
def _propose(small: Small, t: Tableau, tree: Tree) -> bool:
    """Rule 4: return whether the rounded relaxation is a better set; it is kept then."""
    total = 0
    for item in range(small.counts[ITEMS]):
        inside = int(t.value[item] * 2.0 > small.value[item])
        tree.proposal[item] = inside
        total += inside * small.value[item]
    if total <= tree.tally[BEST] or not may_settle(small, tree.proposal):
        return False
    tree.tally[BEST] = total
    for item in range(small.counts[ITEMS]):
        small.best[item] = tree.proposal[item]
    return True


@inlined
def _is_divided(t: Tableau, item: int) -> bool:
    margin = WHOLE * t.high[item]
    return t.place[item] < 0 and margin < t.value[item] < t.high[item] - margin


@inner
def _cost(t: Tableau, item: int, up: bool) -> float:
    """Return what the first step costs if an item that is divided goes one way."""
    row = -1 - t.place[item]
    least = NO_BOUND
    for column in range(t.tally[COLUMNS]):
        cell = t.cell[row, column]
        variable = t.column[column]
        if abs(cell) < PIVOT_LEAST or t.low[variable] == t.high[variable]:
            continue
        at_high = t.value[variable] == t.high[variable]
        if ((cell > 0.0) == at_high) == up:
            least = min(least, abs(t.gain[column] / cell))
    t.tally[WORK] += t.tally[COLUMNS] >> (linear.WORK_CELLS - 1)
    way = t.high[item] - t.value[item] if up else t.value[item]
    return min(least * way, NO_BOUND)


@inner
def _choose(solver: Solver, by_relaxation: bool) -> int:
    """Return the item to branch on: rule 5."""
    small, t, tree = solver
    found, best = _NONE, -1.0
    floor, number = NO_BOUND, 0
    while by_relaxation and number < CANDIDATES:
        # The next most divided one, by what is divided.
        item, size = _NONE, -1.0
        for each in range(small.counts[ITEMS]):
            if small.state[each] == FREE and _is_divided(t, each):
                divided = min(t.value[each], t.high[each] - t.value[each])
                if size < divided < floor:
                    item, size = each, divided
        if item == _NONE:
            break
        number, floor = number + 1, size
        down, up = _cost(t, item, False), _cost(t, item, True)
        if tree.tally[TRIES] == 1:
            down, up = max(down, tree.loss[2 * item + OUT]), max(up, tree.loss[2 * item + IN])
        tiny = 1e-3 * size + 1e-9
        score = min(max(down, tiny) * max(up, tiny), NO_BOUND)
        if score > best:
            found, best = item, score
    small.counts[LOOKS] += (number + 1) * small.counts[ITEMS]
    if found != _NONE:
        return found
    largest = -1
    for item in range(small.counts[ITEMS]):
        if small.state[item] == FREE and small.value[item] > largest:
            found, largest = item, small.value[item]
    return found


@inlined
def _choose_side(solver: Solver, item: int, by_relaxation: bool) -> int:
    """Return the way to go first."""
    _, t, _ = solver
    if by_relaxation and t.place[item] < 0 and _is_divided(t, item):
        return OUT if _cost(t, item, False) < _cost(t, item, True) else IN
    return IN
