"""The search of wide neighbourhoods: most items are free, few are left once all that follows is decided.

Rules
-----
1. Where whole payments come nowhere near to the relaxation, what a few items close together can be changed to
   is soon found, and little. But there most of what is free follows from what is not: a payment too large for
   what could still come in is out. So half of all items and more are free at a time, drawn in four ways in
   turn: items from anywhere; those of rooms from anywhere; and those of rooms that hang together, the first
   found first, or any.
2. Of what was drawn, what follows is decided, also from trying each item each way (`try_items`). Only what is
   left is searched, exactly, and there too items are tried (`branch`).
3. No more is to be left than can be searched with a share of the work: where it was, more may be left from
   then on, where it was not, less. What is drawn grows and shrinks with that. Each way has its own sizes.
4. Turn and turn about, with as much work in proportion, the search of narrow neighbourhoods (`neighbourhood`)
   goes on from the same set, and the other way round. It climbs fast where the wide one has much to follow,
   and from time to time goes on from another set nearby.
5. What a search comes to differs much with the numbers on which it began, and which one will have more shows
   early. So some begin; after a part of the work the half that have less end, and so on until two are left,
   which share the best set halfway. Two at a time are beside each other. None looks at another, and work is
   counted: the same problem and the same work give the same set.

Source: P. Shaw, "Using constraint programming and local search methods to solve vehicle routing problems",
Principles and Practice of Constraint Programming, 1998; K. Jamieson, A. Talwalkar, "Non-stochastic best arm
identification and hyperparameter optimization", Artificial Intelligence and Statistics, 2016 (halving).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from typing import NamedTuple

import numpy as np

from setfair.engine.offset.beside import run_beside
from setfair.engine.offset.branch import LOOK_BITS, TRIES, branch, make_solver
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import WORK
from setfair.engine.offset.model import Core
from setfair.engine.offset.neighbourhood import Search, make_search
from setfair.engine.offset.sequence import next_number
from setfair.engine.offset.small import ITEMS, LOOKS, take_items, try_items
from setfair.kernel import inlined, inner, kernel

STARTS = 4
"""Searches that begin; a power of two."""
HEAT_SHARE = 3
"""The part of the work in which all searches that are left go on, before half of them end."""
NUMBER_STEP = 15_838
"""What the numbers on which searches begin are apart."""
NARROW_SHARE = 3
"""Narrow neighbourhoods have one unit of work for so many that wide ones have."""
WORK_EACH = 300_000
"""Most work of one neighbourhood."""
DRAWN_FIRST, LEFT_FIRST, LEAST = 0.6, 150, 8
"""Share of the items that is drawn at first, items that may be left at first, and the least of both."""
GROWTH = 0.03
"""Share by which sizes grow and shrink."""
DRAWS_MOST = 10
"""Draws of one neighbourhood; the last one is searched, whatever is left."""
TURNS_MOST = 20
"""Turns in which all items are tried, at most."""
WAYS = 4
ITEMS_ANYWHERE, ROOMS_ANYWHERE, FIRST_FOUND, ANY_FOUND = range(WAYS)
NUMBER, FOUND, DRAWN = range(3)
"""Places in `tally`: the number of the fixed sequence, rooms found, and items drawn."""


class Pool(NamedTuple):
    """What items are drawn from."""

    core: Core
    tally: Int64Array
    item: Int64Array
    """All items, in some order."""
    is_drawn: Int64Array
    """By item."""
    any_room: Int64Array
    """All rooms, in some order."""
    room: Int64Array
    """Rooms in the order in which they were found or taken."""
    is_found: Int64Array
    """By room."""


def improve_wide(
    core: Core, begin: Sequence[BoolArray], work_max: int, enough: int
) -> tuple[BoolArray, int, int]:
    """Improve sets where there is little liquidity; return the best one, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    begin
        Sets that may settle; searches begin with each in turn.
    work_max
        Work units of all searches together.
    enough
        A value at which the searches end: no set has more.
    """
    sets = [begin[number % len(begin)] for number in range(STARTS)]
    searches = [WideSearch(core, each, 1 + NUMBER_STEP * number) for number, each in enumerate(sets)]
    left = searches
    while len(left) > 2:
        _go_on(left, work_max // HEAT_SHARE // len(left), enough)
        left = sorted(left, key=lambda search: -search.narrow.best_value)[: len(left) // 2]
    for rounds_left in (2, 1):
        used = sum(search.spent for search in searches)
        _go_on(left, (work_max - used) // rounds_left // len(left), enough)
        best = max((search.narrow for search in left), key=lambda narrow: narrow.best_value)
        for search in left:
            if search.narrow.best_value < best.best_value:
                search.narrow.set_out(best.best)
    return best.best, best.best_value, sum(search.spent for search in searches)


def _go_on(searches: Sequence[WideSearch], work: int, enough: int) -> None:
    """Have each search use so much work more, two beside each other; but none once one has enough."""
    for place in range(0, len(searches), 2):
        if max(search.narrow.best_value for search in searches) < enough:
            run_beside([partial(search.go_on, work, enough) for search in searches[place : place + 2]])


class WideSearch:
    """A search, as one of those that go on beside each other."""

    narrow: Search
    """The search of narrow neighbourhoods, which has the set."""

    def __init__(self, core: Core, inside: BoolArray, number: int) -> None:
        """Begin with a set that may settle, and with a number of the fixed sequence."""
        items, rooms = core.items, len(core.room)
        self.narrow = make_search(core, inside, np.zeros(items), roams=False, number=number)
        self._solver = make_solver(core, items, rooms, int(np.gcd.reduce(core.value)))
        self._solver.tree.tally[TRIES] = 1
        self._pool = Pool(
            core=core,
            tally=np.array([number, 0, 0]),
            item=np.arange(items),
            is_drawn=np.zeros(items, np.int64),
            any_room=np.arange(rooms),
            room=np.zeros(rooms, np.int64),
            is_found=np.zeros(rooms, np.int64),
        )
        self._no_gain = np.zeros(items)
        self._drawn = [DRAWN_FIRST * items] * WAYS
        self._left = [float(LEFT_FIRST)] * WAYS
        self._turn = 0

    @property
    def spent(self) -> int:
        """Work used."""
        return self._spent_wide() + self.narrow.spent

    def _spent_wide(self) -> int:
        looks = int(self._solver.small.counts[LOOKS]) >> LOOK_BITS
        return int(self._solver.tableau.tally[WORK]) + looks

    def go_on(self, work: int, enough: int) -> None:
        """Search with so much work more: rule 4."""
        until = self.spent + work
        while self.spent < until and self.narrow.best_value < enough:
            behind = self._spent_wide() // NARROW_SHARE - self.narrow.spent
            if behind > 0:
                self.narrow.go_until(self.narrow.spent + min(behind, until - self.spent), enough)
            else:
                self._search(until)

    def _search(self, until: int) -> None:
        """Search one neighbourhood: rules 2 and 3."""
        way = self._turn % WAYS
        self._turn += 1
        items = self._draw(way)
        small, whole = self._solver.small, self.narrow.whole
        take_items(whole.core, whole.left, whole.inside, small)
        done = bool(branch(self._solver, min(WORK_EACH, until - self.spent)))
        self.narrow.take(small.origin[:items], small.best[:items])
        self._left[way] = max(LEAST, self._left[way] * (1 + GROWTH if done else 1 - GROWTH))

    def _draw(self, way: int) -> int:
        """Draw items until few enough are left; return how many, which are in `origin` then."""
        small, whole = self._solver.small, self.narrow.whole
        for number in range(DRAWS_MOST):
            draw_items(self._pool, small.origin, way, int(self._drawn[way]))
            small.counts[ITEMS] = self._pool.tally[DRAWN]
            take_items(whole.core, whole.left, whole.inside, small)
            small.counts[ITEMS] = try_items(small, self._no_gain, TURNS_MOST)
            if small.counts[ITEMS] <= self._left[way]:
                if number == 0:
                    self._drawn[way] += GROWTH * (whole.core.items - self._drawn[way])
                break
            self._drawn[way] = max(min(LEAST, whole.core.items), self._drawn[way] * (1 - GROWTH))
        return int(small.counts[ITEMS])


@kernel
def draw_items(pool: Pool, origin: Int64Array, way: int, count: int) -> None:
    """Draw so many items, at most as many as there are: rule 1."""
    pool.tally[DRAWN] = 0
    if way == ITEMS_ANYWHERE:
        for place in range(count):
            origin[place] = _draw_from(pool, pool.item, place, pool.item.shape[0])
        pool.tally[DRAWN] = count
        return
    for item in range(pool.item.shape[0]):
        pool.is_drawn[item] = 0
    rooms = pool.any_room.shape[0]
    for room in range(rooms):
        pool.is_found[room] = 0
    next_any = first = pool.tally[FOUND] = 0
    while pool.tally[DRAWN] < count and (first < pool.tally[FOUND] or next_any < rooms):
        if first == pool.tally[FOUND]:
            _find(pool, _draw_from(pool, pool.any_room, next_any, rooms))
            next_any += 1
            continue
        if way == ANY_FOUND:
            _draw_from(pool, pool.room, first, pool.tally[FOUND])
        _take_room(pool, origin, pool.room[first], count, way != ROOMS_ANYWHERE)
        first += 1


@inlined
def _draw_from(pool: Pool, order: Int64Array, place: int, end: int) -> int:
    """Put any of those from a place on into that place, and return it."""
    other = place + (next_number(pool.tally, NUMBER) >> 7) % (end - place)
    order[place], order[other] = order[other], order[place]
    return order[place]


@inlined
def _find(pool: Pool, room: int) -> None:
    if pool.is_found[room] == 0:
        pool.is_found[room] = 1
        pool.room[pool.tally[FOUND]] = room
        pool.tally[FOUND] += 1


@inner
def _take_room(pool: Pool, origin: Int64Array, room: int, count: int, finds: bool) -> None:
    """Draw the items of a room, from any of them on; with `finds` their rooms are found."""
    core, tally = pool.core, pool.tally
    begin, width = core.room_start[room], core.room_start[room + 1] - core.room_start[room]
    turn = next_number(tally, NUMBER) >> 7
    for place in range(width):
        item = core.near_item[begin + (turn + place) % width]
        if pool.is_drawn[item] == 1 or tally[DRAWN] == count:
            continue
        pool.is_drawn[item] = 1
        origin[tally[DRAWN]] = item
        tally[DRAWN] += 1
        for touch in range(core.item_start[item], core.item_start[item + 1]):
            if finds:
                _find(pool, core.touch_room[touch])
