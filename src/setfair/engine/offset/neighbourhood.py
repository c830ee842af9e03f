"""The search of neighbourhoods: a few items are free, all others stay, and the few are searched exactly.

Rules
-----
1. Neighbourhoods are drawn in turn in three ways: items among rooms that hang together; items that hang
   together one by one; and these too, but those first whose gains at the prices say least, or say that they
   should be the other way. The first way has three of five turns: what comes back to where it left from is
   what little liquidity can pay, and items taken one by one rarely close a circle.
2. A neighbourhood is as large as can be searched with a share of the work: it grows where a search was done,
   and shrinks where it was not; each way for itself.
3. What is better is kept at once. After many neighbourhoods without anything better the search returns to the
   best set, and a few neighbourhoods are searched with values that differ from what they are: so it goes on
   from another set nearby.
4. Two searches go on beside each other, each on a core of its own with half of the work. The second begins
   with another number, and it roams: in the first half of its work it does not return to the best set while
   its own has less by no more than an allowance, which falls to nothing. Then the one that has less goes on
   from the best set of the other.
5. A set that lacks something in a few rooms is mended in the same way: of the items around such a room that
   choice is taken that leaves none of their rooms short and has most value, of those that are found.
6. What is drawn follows fixed sequences of numbers, and work is counted, not timed: the same problem and the
   same work give the same set, whichever search is done first.

Source: P. Shaw, "Using constraint programming and local search methods to solve vehicle routing problems",
Principles and Practice of Constraint Programming, 1998; E. Danna, E. Rothberg, C. Le Pape, "Exploring
relaxation induced neighborhoods to improve MIP solutions", Mathematical Programming 102, 2005.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple

import numpy as np

from setfair.engine.offset.beside import run_beside
from setfair.engine.offset.branch import BEST, STEP, UNKNOWN, Solver, branch, make_solver, spent
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import WORK, Float64Array
from setfair.engine.offset.model import Core, rooms_after
from setfair.engine.offset.sequence import next_number
from setfair.engine.offset.small import ITEMS, ROOMS, take_items
from setfair.kernel import inlined, inner, kernel

ITEMS_MAX, ROOMS_MAX = 400, 200
"""Most items and rooms of a neighbourhood."""
ITEMS_FIRST, ITEMS_LEAST = 40, 8
WORK_EACH = 40_000
"""Most work of one neighbourhood."""
PATIENCE, BLURRED = 40, 3
"""Neighbourhoods without anything better, and how many are searched then with other values."""
WAYS, TURNS_OF_ROOMS = 3, 3
"""Ways, and how often the first one has its turn before each of the others has one."""
ROUNDS = 2
"""After each the better set goes over to the other search; the first ends when nothing roams any more."""
NUMBERS = (1, 15_838)
"""Where their sequences of numbers begin."""
ALLOWANCE = 0.01
"""Share of the value by which the set of the search that roams may be less than the best one at first."""
WORK_MEND, FAILURES_MAX = 200_000, 80
"""Most work of one neighbourhood that is mended, and how often it may fail."""
MEND_FIRST = 60
"""Items of the first such neighbourhood."""
DRAWN = 4
"""Items of which the one is taken whose gain says least."""
_NONE = -1

VALUE, BEST_VALUE, NUMBER, TURN, SINCE, SPENT, ROAMS = range(7)
"""Places in `tally`: value of the set and of the best one, the number of the fixed sequence, the
neighbourhood, neighbourhoods since the set became better, work used, and 1 for the search that roams."""


class Whole(NamedTuple):
    """The set as it is, and what draws from it."""

    core: Core
    inside: Int64Array
    """By item: 1 if it is in the set."""
    best: Int64Array
    """By item: 1 if it is in the best set."""
    left: Int64Array
    """By room."""
    gain: Int64Array
    """By item: what its value exceeds prices by, a thousandth of the value at a time."""
    mark: Int64Array
    """By item: the last neighbourhood in which it was free."""
    room_mark: Int64Array
    room_list: Int64Array
    """Rooms of the neighbourhood."""
    size: Int64Array
    """By way: items of a neighbourhood."""
    tally: Int64Array


def improve(
    core: Core, inside: BoolArray, gain: Float64Array, work_max: int, enough: int
) -> tuple[BoolArray, int, int]:
    """Improve a set; return the best one, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    gain
        By item, at some prices; only compared, each as a share of the value.
    work_max
        Work units of both searches together.
    enough
        A value at which the searches end: no set has more.
    """
    searches = [make_search(core, inside, gain, roams=roams) for roams in (False, True)]
    for number in range(1, ROUNDS + 1):
        run_beside([partial(search.go_on, work_max // 2, number, enough) for search in searches])
        best = max(searches, key=lambda search: search.best_value)
        if best.best_value >= enough:
            break
        for search in searches:
            if search.best_value < best.best_value:
                search.set_out(best.best)
    return best.best, best.best_value, sum(search.spent for search in searches)


class Search(NamedTuple):
    """A search, as one of those that go on beside each other."""

    whole: Whole
    solver: Solver

    @property
    def best(self) -> BoolArray:
        """By item: whether it is in the best set."""
        return self.whole.best == 1

    @property
    def best_value(self) -> int:
        """Value of the best set."""
        return int(self.whole.tally[BEST_VALUE])

    @property
    def spent(self) -> int:
        """Work used."""
        return int(self.whole.tally[SPENT])

    def go_on(self, work_all: int, number: int, enough: int) -> None:
        """Search until the end of a round of the work that it has in all."""
        _improve(self.whole, self.solver, work_all * number // ROUNDS, work_all, enough)

    def go_until(self, work: int, enough: int) -> None:
        """Search until so much work is used, without roaming."""
        _improve(self.whole, self.solver, work, work, enough)

    def set_out(self, inside: BoolArray) -> None:
        """Go on from another set, which is the best one then; rooms may be short if it is mended next."""
        self.whole.best[:] = self.whole.inside[:] = inside
        self.whole.left[:] = rooms_after(self.whole.core, inside)
        self.whole.tally[[VALUE, BEST_VALUE]] = int(self.whole.core.value[inside].sum())

    def take(self, item: Int64Array, inside: Int64Array) -> None:
        """Take over what another search found for some items: 1 for each that is in; no room is short."""
        self.whole.inside[item] = inside
        chosen = self.whole.inside == 1
        self.whole.left[:] = rooms_after(self.whole.core, chosen)
        value = self.whole.tally[VALUE] = int(self.whole.core.value[chosen].sum())
        if value > self.best_value:
            self.whole.best[:] = self.whole.inside
            self.whole.tally[[BEST_VALUE, SINCE]] = value, 0

    def mend(self) -> bool:
        """Make up for what rooms lack: rule 5; return whether it was done."""
        done = bool(_mend(self.whole, self.solver))
        self.set_out(self.whole.inside == 1)
        return done


def make_search(
    core: Core, inside: BoolArray, gain: Float64Array, *, roams: bool, number: int | None = None
) -> Search:
    """Return a search that begins with a set; parameters as of `improve`.

    `number` is where its sequence of numbers begins, if not where those of `improve` do.
    """
    step = int(np.gcd.reduce(core.value))
    solver = make_solver(core, min(ITEMS_MAX, core.items), min(ROOMS_MAX, len(core.room)), step)
    share = np.maximum(np.abs(core.value.astype(np.float64)), 1.0)
    value = int(core.value[inside].sum())
    whole = Whole(
        core=core,
        inside=inside.astype(np.int64),
        best=inside.astype(np.int64),
        left=rooms_after(core, inside),
        gain=(np.clip(gain / share, -1000.0, 1000.0) * 1000).astype(np.int64),
        mark=np.full(core.items, _NONE, np.int64),
        room_mark=np.full(len(core.room), _NONE, np.int64),
        room_list=np.zeros(len(core.room), np.int64),
        size=np.full(WAYS, min(ITEMS_FIRST, core.items), np.int64),
        tally=np.array([value, value, number or NUMBERS[roams], 0, 0, 0, roams], np.int64),
    )
    return Search(whole, solver)


@inlined
def _draw(whole: Whole) -> int:
    """Return the next number of the fixed sequence."""
    return next_number(whole.tally, NUMBER) >> 7


@kernel
def _improve(whole: Whole, solver: Solver, work_max: int, work_all: int, enough: int) -> None:
    """Search until `work_max`; `work_all` is what there is in all rounds."""
    small, tally, step = solver.small, whole.tally, solver.tree.tally[STEP]
    while spent(solver) < work_max and tally[BEST_VALUE] < enough:
        tally[TURN] += 1
        way = max(0, tally[TURN] % (TURNS_OF_ROOMS + WAYS - 1) - TURNS_OF_ROOMS + 1)
        small.counts[ITEMS] = 0
        if way == 0:
            first = _draw(whole) % whole.core.value.shape[0]
            _take_rooms(whole, solver, whole.size[way], first)
        else:
            _take_near(whole, solver, whole.size[way], way == 2)
        if small.counts[ITEMS] < 2:
            solver.tableau.tally[WORK] += 16
            continue
        take_items(whole.core, whole.left, whole.inside, small)
        tally[SINCE] += 1
        is_blurred = tally[SINCE] > PATIENCE
        if is_blurred:
            _blur(whole, solver, _allowance(whole, spent(solver), work_all))
        solver.tree.tally[STEP] = 1 if is_blurred else step
        done = branch(solver, min(WORK_EACH, work_max - spent(solver)))
        before = tally[VALUE]
        _keep(whole, solver)
        if tally[VALUE] > before and not is_blurred:
            tally[SINCE] = 0
        if tally[SINCE] >= PATIENCE + BLURRED:
            tally[SINCE] = 0
        _remember(whole)
        most = min(small.value.shape[0], whole.core.value.shape[0])
        if done:
            whole.size[way] = min(most, whole.size[way] + 1 + (whole.size[way] >> 5))
        else:
            whole.size[way] = max(ITEMS_LEAST, whole.size[way] - 1 - (whole.size[way] >> 4))
    tally[SPENT] = spent(solver)


@inlined
def _allowance(whole: Whole, used: int, work_all: int) -> int:
    """Return by how much less than the best set the search may go on from: rule 4."""
    if whole.tally[ROAMS] == 0:
        return 0
    left = max(0.0, 1.0 - 2.0 * float(used) / float(work_all))
    return int(ALLOWANCE * left * float(whole.tally[BEST_VALUE]))


@inner
def _blur(whole: Whole, solver: Solver, allowance: int) -> None:
    """Let values differ from what they are by up to a half: rule 3."""
    small, tally = solver.small, whole.tally
    if tally[SINCE] == PATIENCE + 1 and tally[VALUE] < tally[BEST_VALUE] - allowance:
        _return(whole)
        take_items(whole.core, whole.left, whole.inside, small)
    for item in range(small.counts[ITEMS]):
        small.value[item] = 1 + (small.value[item] >> 10) * (512 + _draw(whole) % 1024)


@inner
def _return(whole: Whole) -> None:
    """Go back to the best set."""
    for item in range(whole.core.value.shape[0]):
        if whole.inside[item] != whole.best[item]:
            _flip(whole, item)


@inlined
def _flip(whole: Whole, item: int) -> None:
    core = whole.core
    sign = 1 - 2 * whole.inside[item]
    whole.inside[item] += sign
    whole.tally[VALUE] += sign * core.value[item]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        whole.left[core.touch_room[touch]] += sign * core.touch_by[touch]


@inlined
def _remember(whole: Whole) -> None:
    if whole.tally[VALUE] > whole.tally[BEST_VALUE]:
        whole.tally[BEST_VALUE] = whole.tally[VALUE]
        for item in range(whole.core.value.shape[0]):
            whole.best[item] = whole.inside[item]


@inner
def _keep(whole: Whole, solver: Solver) -> None:
    """Take over what the search of a neighbourhood came to."""
    small = solver.small
    for item in range(small.counts[ITEMS]):
        if small.best[item] != whole.inside[small.origin[item]]:
            _flip(whole, small.origin[item])


@inner
def _free(whole: Whole, solver: Solver, item: int) -> bool:
    """Put an item into the neighbourhood with its rooms; return whether there was room for it."""
    core, small, turn = whole.core, solver.small, whole.tally[TURN]
    rooms = small.counts[ROOMS]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        rooms += whole.room_mark[core.touch_room[touch]] != turn
    if rooms > small.room.shape[0] or small.counts[ITEMS] >= small.value.shape[0]:
        return False
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        _list(whole, solver, core.touch_room[touch])
    whole.mark[item] = turn
    small.origin[small.counts[ITEMS]] = item
    small.counts[ITEMS] += 1
    return True


@inlined
def _list(whole: Whole, solver: Solver, room: int) -> None:
    if whole.room_mark[room] != whole.tally[TURN]:
        whole.room_mark[room] = whole.tally[TURN]
        whole.room_list[solver.small.counts[ROOMS]] = room
        solver.small.counts[ROOMS] += 1


@inner
def _take_rooms(whole: Whole, solver: Solver, size: int, first: int) -> None:
    """Free items whose rooms are all among a few that hang together, growing from those of the first."""
    core, small, turn = whole.core, solver.small, whole.tally[TURN]
    small.counts[ROOMS] = 0
    _free(whole, solver, first)
    looks = 0
    while small.counts[ITEMS] < size and looks < 16 * size and small.counts[ROOMS] < small.room.shape[0] - 4:
        # One room more: what leads from a room of the list to it.
        room = whole.room_list[_draw(whole) % small.counts[ROOMS]]
        width = core.room_start[room + 1] - core.room_start[room]
        item = core.near_item[core.room_start[room] + _draw(whole) % width]
        looks += 1
        if whole.mark[item] == turn or not _free(whole, solver, item):
            continue
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            added = core.touch_room[touch]
            width = core.room_start[added + 1] - core.room_start[added]
            start = _draw(whole) % width
            for number in range(min(width, 4 * size)):
                other = core.near_item[core.room_start[added] + (start + number) % width]
                looks += 1 if number % 16 == 0 else 0
                if whole.mark[other] != turn and small.counts[ITEMS] < size and _is_within(whole, other):
                    _free(whole, solver, other)
    solver.tableau.tally[WORK] += 4 * looks


@inlined
def _is_within(whole: Whole, item: int) -> bool:
    core = whole.core
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if whole.room_mark[core.touch_room[touch]] != whole.tally[TURN]:
            return False
    return True


@inlined
def _doubt(whole: Whole, item: int) -> int:
    """Return how little the gain of an item speaks for the way that it is."""
    return whole.gain[item] if whole.inside[item] == 0 else -whole.gain[item]


@inner
def _take_near(whole: Whole, solver: Solver, size: int, guided: bool) -> None:
    """Free items that hang together, growing from one."""
    core, small, turn = whole.core, solver.small, whole.tally[TURN]
    small.counts[ROOMS] = 0
    first = _draw(whole) % core.value.shape[0]
    for _ in range(2 * DRAWN if guided else 0):
        other = _draw(whole) % core.value.shape[0]
        if _doubt(whole, other) > _doubt(whole, first):
            first = other
    _free(whole, solver, first)
    looks = 0
    while small.counts[ITEMS] < size and looks < 16 * size:
        room = whole.room_list[_draw(whole) % small.counts[ROOMS]]
        width = core.room_start[room + 1] - core.room_start[room]
        found = _NONE
        for _ in range(DRAWN if guided else 1):
            looks += 1
            item = core.near_item[core.room_start[room] + _draw(whole) % width]
            if whole.mark[item] == turn:
                continue
            if found == _NONE or _doubt(whole, item) > _doubt(whole, found):
                found = item
        if found != _NONE and not _free(whole, solver, found):
            looks += 4
    solver.tableau.tally[WORK] += 2 * looks


@kernel
def _mend(whole: Whole, solver: Solver) -> bool:
    """Rule 5: return whether nothing is short."""
    core, small = whole.core, solver.small
    solver.tree.tally[UNKNOWN] = 1
    size, failures, room = min(MEND_FIRST, small.value.shape[0]), 0, _shortest(whole)
    while room != _NONE and failures < FAILURES_MAX:
        whole.tally[TURN] += 1
        small.counts[ITEMS] = 0
        width = core.room_start[room + 1] - core.room_start[room]
        _take_rooms(whole, solver, size, core.near_item[core.room_start[room] + _draw(whole) % width])
        take_items(core, whole.left, whole.inside, small)
        branch(solver, WORK_MEND)
        if solver.tree.tally[BEST] >= 0:
            _keep(whole, solver)
        else:
            failures += 1
            size = min(small.value.shape[0], size + 1 + (size >> 2))
        room = _shortest(whole)
    solver.tree.tally[UNKNOWN] = 0
    whole.tally[SPENT] = spent(solver)
    return room == _NONE


@inner
def _shortest(whole: Whole) -> int:
    """Return the room that lacks most, or -1."""
    found, least = _NONE, 0
    for room in range(whole.left.shape[0]):
        if whole.left[room] < least:
            found, least = room, whole.left[room]
    return found
