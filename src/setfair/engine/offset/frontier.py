"""The search for a bound: of all sets that are still open, those that may have most are divided first.

Rules
-----
1. A node is what was decided on the way to it, and the basis at which its relaxation was solved; so the
   method goes on from there. It divides on an item that the relaxation divides.
2. What keeps sets below the relaxation is a few large items. Of the items of which most is divided, up to
   twelve, both ways are solved, and the one is taken that lowers the bound most both ways.
3. The node of the largest bound is next. No set has more than that one says: the search may stop at any
   time, and has a bound. A node that may have no more than the best set is left.
4. A relaxation that divides nothing is a set.

Source: A. H. Land, A. G. Doig, "An automatic method of solving discrete programming problems", Econometrica
28, 1960; T. Achterberg, T. Koch, A. Martin, "Branching rules revisited", Operations Research Letters 33, 2005
(both ways solved); A. Neumaier, O. Shcherbina, "Safe bounds in linear and mixed-integer linear programming",
Mathematical Programming 99, 2004.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.basis import (
    ITEMS,
    ROOMS,
    WORK,
    WORK_MOST,
    WORK_NUMBERS,
    Basis,
    bound_item,
    make_basis,
    reckon,
    seat,
)
from setfair.engine.offset.dual import solve
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.linear import FLOAT_LOST, NO_BOUND, WHOLE, Float64Array, bound_by_prices
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, inner, kernel

CANDIDATES = 12
"""Divided items of which both ways are solved."""
NODES_MAX, CELLS_MAX = 20_000, 4_000_000
"""Most nodes, and most numbers of all their bases."""
_NONE = -1
_OUT, _IN = 0, 1

BEST, STEP, NODES, OPEN, DEPTH, FOUND = range(6)
"""Places in `tally`: value of the best set, what divides all values, nodes, open nodes, decisions on the way
to the node that the basis is at, and 1 if the best set is one that was found here."""


class Frontier(NamedTuple):
    """All nodes, and the relaxation of one of them."""

    core: Core
    basis: Basis
    parent: Int64Array
    """By node."""
    item: Int64Array
    """By node: what was decided last."""
    side: Int64Array
    """By node: 1 if it is in."""
    bound: Float64Array
    """By node."""
    basic: npt.NDArray[np.int32]
    """By node and row: the variable."""
    heap: Int64Array
    """Open nodes, the one of the largest bound first."""
    path: Int64Array
    """Items that are decided in the basis."""
    candidate: Int64Array
    """Divided items."""
    amount: Float64Array
    """How much of it is divided."""
    solved: npt.NDArray[np.int32]
    """By side and row: the basis of the candidate; and, two sides later, that of the best candidate."""
    price: Float64Array
    """By room, of the node that the basis is at; none is below zero."""
    gain: Float64Array
    """By item: what its value exceeds these by."""
    inside: Int64Array
    """By item: 1 if it is in the best set, if that was found here."""
    left: Float64Array
    """One number: the largest bound of nodes that are not gone on from."""
    tally: Int64Array

    @property
    def spent(self) -> int:
        """Work used."""
        return int(self.basis.tally[WORK])

    @property
    def found(self) -> BoolArray | None:
        """By item, whether it is in a better set that was found here; None: there was none."""
        return self.inside == 1 if self.tally[FOUND] else None

    def go_on(self, value: int, work: int) -> int:
        """Search on; return a value that no set exceeds.

        Parameters
        ----------
        value
            Of a set that is known.
        work
            Work units.
        """
        if value > self.tally[BEST]:
            self.tally[[BEST, FOUND]] = value, 0
        self.basis.tally[WORK_MOST] = self.spent + work
        _search(self)
        stopped = self.bound[self.heap[0]] if self.tally[OPEN] else 0.0
        most = int(max(stopped, self.left[0]))
        step = int(self.tally[STEP])
        return max(int(self.tally[BEST]), most // step * step)

    def gains(self) -> Float64Array:
        """Return by item what its value exceeds prices by, at the prices of the largest bound."""
        if self.tally[OPEN]:
            _reckon_gains(self)
        return self.gain.copy()


def make_frontier(core: Core, value: int) -> Frontier:
    """Return the search of all sets; `value` is that of a set that is known."""
    items, rooms = core.items, len(core.room)
    nodes = min(NODES_MAX, CELLS_MAX // rooms)
    basis = make_basis(core)

    def column(size: int) -> Int64Array:
        return np.zeros(size, np.int64)

    step = int(np.gcd.reduce(core.value))
    frontier = Frontier(
        core,
        basis,
        parent=column(nodes),
        item=column(nodes),
        side=column(nodes),
        bound=np.zeros(nodes),
        basic=np.zeros((nodes, rooms), np.int32),
        heap=column(nodes),
        path=column(items),
        candidate=column(rooms),
        amount=np.zeros(rooms),
        solved=np.zeros((4, rooms), np.int32),
        price=np.zeros(rooms),
        gain=np.zeros(items),
        inside=column(items),
        left=np.zeros(1),
        tally=np.array([value, step, 1, 1, 0, 0], np.int64),
    )
    frontier.bound[0] = NO_BOUND
    frontier.basic[0] = basis.basic
    return frontier


@kernel
def _search(f: Frontier) -> None:
    """Divide nodes, those of the largest bound first, until the work is used."""
    tally, b = f.tally, f.basis
    while tally[OPEN] > 0 and tally[NODES] + 2 <= f.parent.shape[0] and b.tally[WORK] < b.tally[WORK_MOST]:
        node = _pop(f)
        if f.bound[node] < tally[BEST] + tally[STEP]:
            tally[OPEN] = 0
            return
        _go_to(f, node)
        solve(f.core, b)
        for row in range(b.tally[ROOMS]):
            f.basic[node, row] = b.basic[row]
        f.bound[node] = min(f.bound[node], _bound(f))
        if tally[OPEN] > 0 and f.bound[node] < f.bound[f.heap[0]]:
            _push(f, node)
            continue
        if b.tally[WORK] >= b.tally[WORK_MOST]:
            _push(f, node)
            return
        count = _list_divided(f)
        if count == 0:
            _take_set(f, node)
        else:
            _divide(f, node, count)


@inner
def _push(f: Frontier, node: int) -> None:
    """Put a node among the open ones."""
    heap, place = f.heap, f.tally[OPEN]
    f.tally[OPEN] += 1
    while place > 0 and f.bound[heap[(place - 1) // 2]] < f.bound[node]:
        heap[place] = heap[(place - 1) // 2]
        place = (place - 1) // 2
    heap[place] = node


@inner
def _pop(f: Frontier) -> int:
    """Take the open node of the largest bound."""
    heap = f.heap
    first = heap[0]
    f.tally[OPEN] -= 1
    size = f.tally[OPEN]
    node, place = heap[size], 0
    while 2 * place + 1 < size:
        below = 2 * place + 1
        if below + 1 < size and f.bound[heap[below + 1]] > f.bound[heap[below]]:
            below += 1
        if f.bound[heap[below]] <= f.bound[node]:
            break
        heap[place] = heap[below]
        place = below
    heap[place] = node
    return first


@inner
def _go_to(f: Frontier, node: int) -> None:
    """Let the basis be that of a node, with what was decided on the way to it."""
    core, b = f.core, f.basis
    for place in range(f.tally[DEPTH]):
        bound_item(b, f.path[place], 0.0, float(core.value[f.path[place]]))
    depth, at = 0, node
    while at > 0:
        item = f.item[at]
        to = float(core.value[item]) if f.side[at] == _IN else 0.0
        bound_item(b, item, to, to)
        f.path[depth] = item
        depth, at = depth + 1, f.parent[at]
    f.tally[DEPTH] = depth
    for row in range(b.tally[ROOMS]):
        b.row_of[b.basic[row]] = _NONE
    for row in range(b.tally[ROOMS]):
        b.basic[row] = f.basic[node, row]
        b.row_of[b.basic[row]] = row
    reckon(core, b)
    seat(core, b)
    b.tally[WORK] += 1 + (depth >> WORK_NUMBERS)


@inner
def _bound(f: Frontier) -> float:
    """Return what no set of the node exceeds: reckoned from the prices alone, whatever the basis is."""
    core, b = f.core, f.basis
    items, rooms = b.tally[ITEMS], b.tally[ROOMS]
    for room in range(rooms):
        f.price[room] = max(b.price[room], 0.0)
    b.tally[WORK] += (core.item_start[items] + items + rooms + 8) >> (WORK_NUMBERS - 1)
    return bound_by_prices(core, items, rooms, f.price, b.low, b.high, f.gain)


@inner
def _list_divided(f: Frontier) -> int:
    """List the items that are divided, those of which most is divided first; return how many are tried."""
    b, count = f.basis, 0
    for row in range(b.tally[ROOMS]):
        item = b.basic[row]
        if item >= b.tally[ITEMS] or b.low[item] == b.high[item]:
            continue
        margin = WHOLE * b.high[item]
        if margin < b.value[item] < b.high[item] - margin:
            amount, place = min(b.value[item], b.high[item] - b.value[item]), count
            while place > 0 and f.amount[place - 1] < amount:
                f.candidate[place], f.amount[place] = f.candidate[place - 1], f.amount[place - 1]
                place -= 1
            f.candidate[place], f.amount[place] = item, amount
            count += 1
    return min(count, CANDIDATES)


@inner
def _divide(f: Frontier, node: int, count: int) -> None:
    """Divide a node on the candidate whose both ways lower the bound most: rule 2."""
    rooms, tally = f.basis.tally[ROOMS], f.tally
    most = f.bound[node] - tally[BEST]
    best, found, out, into = -1.0, _NONE, 0.0, 0.0
    for place in range(count):
        item = f.candidate[place]
        if place > 0:
            _go_to(f, node)
        without = min(f.bound[node], _solve_way(f, item, _OUT))
        _go_to(f, node)
        within = min(f.bound[node], _solve_way(f, item, _IN))
        least = WHOLE * f.amount[place] + FLOAT_LOST * f.bound[node]
        score = min(max(f.bound[node] - without, least), most) * min(max(f.bound[node] - within, least), most)
        if score > best:
            best, found, out, into = score, item, without, within
            for row in range(rooms):
                f.solved[2, row], f.solved[3, row] = f.solved[_OUT, row], f.solved[_IN, row]
        if f.basis.tally[WORK] >= f.basis.tally[WORK_MOST]:
            break
    for side in range(2):
        bound = into if side == _IN else out
        if bound < tally[BEST] + tally[STEP]:
            continue
        child = tally[NODES]
        tally[NODES] += 1
        f.parent[child], f.item[child], f.side[child], f.bound[child] = node, found, side, bound
        for row in range(rooms):
            f.basic[child, row] = f.solved[2 + side, row]
        _push(f, child)


@inner
def _solve_way(f: Frontier, item: int, side: int) -> float:
    """Solve the relaxation with an item in or out; keep its basis and return its bound."""
    core, b = f.core, f.basis
    value = float(core.value[item])
    to = value if side == _IN else 0.0
    bound_item(b, item, to, to)
    if b.row_of[item] == _NONE:
        seat(core, b)
    solve(core, b)
    bound = _bound(f)
    bound_item(b, item, 0.0, value)
    for row in range(b.tally[ROOMS]):
        f.solved[side, row] = b.basic[row]
    return bound


@inner
def _take_set(f: Frontier, node: int) -> None:
    """Keep the set that a relaxation is; if it may not settle, as floating point lost some, its bound."""
    core, b, value, short = f.core, f.basis, 0, False
    for room in range(core.room.shape[0]):
        left = core.room[room]
        for place in range(core.room_start[room], core.room_start[room + 1]):
            if _is_in(f, core.near_item[place]):
                left += core.near_by[place]
        short = short or left < 0
    for item in range(core.value.shape[0]):
        value += core.value[item] if _is_in(f, item) else 0
    if short:
        f.left[0] = max(f.left[0], f.bound[node])
    elif value > f.tally[BEST]:
        f.tally[BEST], f.tally[FOUND] = value, 1
        for item in range(core.value.shape[0]):
            f.inside[item] = 1 if _is_in(f, item) else 0
    b.tally[WORK] += core.item_start[b.tally[ITEMS]]


@inlined
def _is_in(f: Frontier, item: int) -> bool:
    return f.basis.value[item] * 2.0 > f.core.value[item]


@kernel
def _reckon_gains(f: Frontier) -> None:
    _go_to(f, f.heap[0])
    _bound(f)
