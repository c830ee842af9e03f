"""The search along the relaxation: most large items stay, the relaxation of all others is solved anew.

Rules
-----
1. What divides is large: with the large items decided, the relaxation of the rest is near to what whole items
   reach. So of a number of the largest items most stay as they are, and the relaxation of all is solved, on
   from where it stands. Where its bound is no better than the best set, nothing is there.
2. Every second time the largest items that are divided still are rounded, at a threshold that is drawn, and
   the relaxation is solved again, until what is divided is small against what may be won.
3. Near to the relaxation sets are then searched exactly. A few hundred items are free: those that the
   relaxation divides, and others by what they lose if they go against their gains. In the first way what is
   not free stays as it is, and what the relaxation has otherwise is free before all else; in the other two
   it goes with the relaxation. Sets that are no better than the best one are not looked for.
4. More items are free where a search was done, fewer where it was not; each way for itself.
5. What is drawn follows a fixed sequence of numbers, and work is counted.

Source: E. Danna, E. Rothberg, C. Le Pape, "Exploring relaxation induced neighborhoods to improve MIP
solutions", Mathematical Programming 102, 2005; T. Berthold, "RENS: the optimal rounding", Mathematical
Programming Computation 6, 2014; E. Balas, E. Zemel, "An algorithm for large zero-one knapsack problems",
Operations Research 28, 1980 (items whose gains say least).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.branch import BEST, STEP, TURNS_MAX, Solver, branch, is_divided, make_solver, spent
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import (
    CUTOFF,
    NOTHING_FITS,
    WORK,
    WORK_CELLS,
    Float64Array,
    bound_items,
    bound_of,
    solve,
)
from setfair.engine.offset.model import Core
from setfair.engine.offset.small import ITEMS, take_items
from setfair.kernel import inlined, inner, kernel

ITEMS_MAX = 600
"""Most items that are free at once."""
ITEMS_FIRST, ITEMS_LEAST = 200, 20
WORK_EACH = 500_000
"""Most work of one exact search."""
STAY_LEAST = 8
"""The least number of largest items of which most stay."""
DIVES = 12
"""Times that divided items are rounded at most."""
SPLITS = 40
"""Steps in which the loss is found up to which items are free."""
KEEPING, BY_LOSS, AT_RANDOM = range(3)
"""Ways: what is not free stays; items of the least loss for their value are free; any of some loss are."""
WAYS = 3
MOVES, STAYS, FREE = range(3)
"""What an item does: goes with the relaxation, is decided, or is free in the exact search."""
_NEVER = 1e300

VALUE, NUMBER, TURN, SPENT = range(4)
"""Places in `tally`: value of the best set, the number of the fixed sequence, turns, and work used."""


class Guided(NamedTuple):
    """The best set, and what is drawn from it."""

    core: Core
    inside: Int64Array
    """By item: 1 if it is in the best set."""
    proposal: Int64Array
    """By item: 1 if it is in where it is not free."""
    left: Int64Array
    """By room: what the proposal leaves."""
    by_size: Int64Array
    """Items, largest first."""
    does: Int64Array
    """By item: MOVES, STAYS or FREE."""
    loss: Float64Array
    """By item: the smaller, the sooner it is free."""
    size: Int64Array
    """By way: items that are free."""
    tally: Int64Array


def improve_by_relaxation(
    core: Core, solver: Solver, inside: BoolArray, work_max: int, enough: int, *, start: int
) -> tuple[BoolArray, int, int]:
    """Improve a set; return the best one, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    solver
        What `search_all` has searched the whole with.
    inside
        A set that may settle.
    work_max
        Work units.
    enough
        A value at which the search ends: no set has more.
    start
        Of the fixed sequence, more than nothing.
    """
    items = min(ITEMS_MAX, core.items)
    local = make_solver(core, items, len(core.room), int(solver.tree.tally[STEP]))
    guided = Guided(
        core=core,
        inside=inside.astype(np.int64),
        proposal=np.zeros(core.items, np.int64),
        left=core.room.copy(),
        by_size=np.lexsort((np.arange(core.items), -core.value)),
        does=np.zeros(core.items, np.int64),
        loss=np.zeros(core.items),
        size=np.full(WAYS, min(ITEMS_FIRST, items), np.int64),
        tally=np.array([core.value[inside].sum(), start, 0, 0], np.int64),
    )
    _improve(guided, solver, local, work_max, enough)
    return guided.inside == 1, int(guided.tally[VALUE]), int(guided.tally[SPENT])


@inlined
def _draw(guided: Guided) -> int:
    """Return the next number of the fixed sequence (S. Park, K. Miller, 1988)."""
    guided.tally[NUMBER] = guided.tally[NUMBER] * 48271 % 2147483647
    return guided.tally[NUMBER] >> 7


@kernel
def _improve(guided: Guided, solver: Solver, local: Solver, work_max: int, enough: int) -> None:
    tally, step = guided.tally, solver.tree.tally[STEP]
    before = spent(solver) + spent(local)
    while spent(solver) + spent(local) - before < work_max and tally[VALUE] < enough:
        tally[TURN] += 1
        _draw_stays(guided, solver)
        bound = _relax(guided, solver)
        for _ in range(DIVES * (tally[TURN] % 2)):
            if bound < float(tally[VALUE] + step) or not _round_largest(guided, solver, bound):
                break
            bound = _relax(guided, solver)
        for way in range(WAYS):
            work = work_max + before - spent(solver) - spent(local)
            if work > 0 and bound >= float(tally[VALUE] + step):
                _search_near(guided, solver, local, way, bound, min(WORK_EACH, work))
    tally[SPENT] = spent(solver) + spent(local) - before


@inner
def _draw_stays(guided: Guided, solver: Solver) -> None:
    """Draw how many of the largest items may stay, and which do: rule 1."""
    core, t = guided.core, solver.tableau
    items = core.value.shape[0]
    # From a few to all, each doubling as likely as the next.
    most, doublings = STAY_LEAST, 0
    while most < items:
        most, doublings = 2 * most, doublings + 1
    most = STAY_LEAST << (_draw(guided) % (doublings + 1))
    most = min(items, most + _draw(guided) % most)
    moving = 1 + _draw(guided) % 8
    for place in range(items):
        item = guided.by_size[place]
        value = float(core.value[item])
        t.low[item], t.high[item], guided.does[item] = 0.0, value, MOVES
        if place < most and _draw(guided) % 16 >= moving:
            t.low[item] = t.high[item] = value * guided.inside[item]
            guided.does[item] = STAYS
    t.tally[WORK] += items >> 2


@inner
def _relax(guided: Guided, solver: Solver) -> float:
    """Solve the relaxation of what may change; return what no set exceeds, 0 where nothing fits."""
    t = solver.tableau
    t.scale[CUTOFF] = float(guided.tally[VALUE] + solver.tree.tally[STEP])
    bound_items(t)
    if solve(t, TURNS_MAX) == NOTHING_FITS:
        return 0.0
    return bound_of(solver.small, t, 0.0)


@inner
def _round_largest(guided: Guided, solver: Solver, bound: float) -> bool:
    """Round the largest items that are divided; return whether what is divided matters: rule 2."""
    core, t = guided.core, solver.tableau
    largest, divided = 0, 0.0
    for row in range(core.room.shape[0]):
        item = t.basic[row]
        if item < core.value.shape[0] and is_divided(t, item):
            largest = max(largest, core.value[item])
            divided += min(t.value[item], t.high[item] - t.value[item])
    if 2.0 * divided < bound - float(guided.tally[VALUE]):
        return False
    for row in range(core.room.shape[0]):
        item = t.basic[row]
        if item < core.value.shape[0] and is_divided(t, item) and 2 * core.value[item] >= largest:
            share = float(256 + _draw(guided) % 512) / 1024.0
            at = t.high[item] if t.value[item] > share * t.high[item] else 0.0
            t.low[item] = t.high[item] = at
            guided.does[item] = STAYS
    return True


@inner
def _search_near(
    guided: Guided, solver: Solver, local: Solver, way: int, bound: float, work_max: int
) -> None:
    """Search near to the relaxation: rules 3 and 4."""
    core, tally, size = guided.core, guided.tally, guided.size
    _reckon_loss(guided, solver, way, bound - float(tally[VALUE]))
    _free_items(guided, solver, local, size[way])
    if local.small.counts[ITEMS] < 2 or not _others_hold(guided):
        return
    floor = tally[VALUE]
    for item in range(core.value.shape[0]):
        if guided.does[item] != FREE:
            floor -= guided.proposal[item] * core.value[item]
    take_items(core, guided.left, guided.proposal, local.small)
    done = branch(local, work_max, floor)
    if local.tree.tally[BEST] > floor:
        _keep(guided, local)
    step = 1 + (size[way] >> 4)
    most = min(ITEMS_MAX, core.value.shape[0])
    size[way] = min(most, size[way] + step) if done else max(min(ITEMS_LEAST, most), size[way] - step)


@inner
def _reckon_loss(guided: Guided, solver: Solver, way: int, missing: float) -> None:
    """Propose what the relaxation is nearest to, and reckon which items are free first: rule 3."""
    core, t = guided.core, solver.tableau
    likely = missing / float(2 << _draw(guided) % 9)
    for item in range(core.value.shape[0]):
        value = float(core.value[item])
        guided.proposal[item] = int(t.value[item] * 2.0 > value)
        if guided.does[item] == STAYS:
            continue
        guided.does[item] = MOVES
        loss, by = abs(t.item_gain[item]), float(_draw(guided) % 1024) / 1024.0
        if t.place[item] < 0:
            guided.loss[item] = 0.0
        elif loss > missing:
            guided.loss[item] = _NEVER
        elif way == BY_LOSS:
            guided.loss[item] = loss / value + by
        elif way == AT_RANDOM:
            guided.loss[item] = by if loss < likely else _NEVER
        else:
            guided.loss[item] = loss + 0.01 * value * by
            if guided.proposal[item] != guided.inside[item]:
                guided.loss[item] *= 1e-3
        if way == KEEPING:
            guided.proposal[item] = guided.inside[item]


@inner
def _free_items(guided: Guided, solver: Solver, local: Solver, size: int) -> None:
    """Free the items of the least loss, about so many."""
    items, small = guided.core.value.shape[0], local.small
    low, high, turn = 0.0, _NEVER / 2.0, 0
    if _count_below(guided, high) > size:
        high = 1.0
        while _count_below(guided, high) <= size:
            low, high = high, 16.0 * high
            turn += 1
        for _ in range(SPLITS):
            middle = 0.5 * (low + high)
            number = _count_below(guided, middle)
            if number > size:
                high = middle
            else:
                low = middle
            turn += 1
            if size - (size >> 4) <= number <= size:
                break
        high = low
    solver.tableau.tally[WORK] += (turn + 8) * items >> WORK_CELLS
    small.counts[ITEMS] = 0
    for item in range(items):
        if guided.does[item] == MOVES and guided.loss[item] <= high and small.counts[ITEMS] < size:
            guided.does[item] = FREE
            guided.proposal[item] = guided.inside[item]
            small.origin[small.counts[ITEMS]] = item
            small.counts[ITEMS] += 1


@inlined
def _count_below(guided: Guided, most: float) -> int:
    number = 0
    for item in range(guided.core.value.shape[0]):
        number += guided.does[item] == MOVES and guided.loss[item] <= most
    return number


@inner
def _others_hold(guided: Guided) -> bool:
    """Reckon what the proposal leaves; tell whether each room that is short has a free item."""
    core, left = guided.core, guided.left
    for room in range(core.room.shape[0]):
        left[room] = core.room[room]
    for item in range(core.value.shape[0]):
        if guided.proposal[item] == 1:
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                left[core.touch_room[touch]] += core.touch_by[touch]
    for room in range(core.room.shape[0]):
        held = left[room] >= 0
        place = core.room_start[room]
        while not held and place < core.room_start[room + 1]:
            held = guided.does[core.near_item[place]] == FREE
            place += 1
        if not held:
            return False
    return True


@inner
def _keep(guided: Guided, local: Solver) -> None:
    """Take over what the exact search came to."""
    small, core = local.small, guided.core
    for place in range(small.counts[ITEMS]):
        guided.proposal[small.origin[place]] = small.best[place]
    guided.tally[VALUE] = 0
    for item in range(core.value.shape[0]):
        guided.inside[item] = guided.proposal[item]
        guided.tally[VALUE] += guided.inside[item] * core.value[item]
