"""The bound by a flow: what could settle if payments could be divided and links be broken up.

Rules
-----
1. Payments are arcs between rooms: from what they take from to what they add to, limits before accounts. Arcs
   of no value lead from a source to each account, as much as there is in it, and back without a bound; and
   from an account to each of its limits, and back. The most value that can circulate is the bound.
2. As in set-off, the least flow is sought that carries all that is not to circulate: `engine.setoff.solve`
   finds it and gives prices that prove it. A room's price is what its last unit is worth.
3. Arcs of no gain that are in use in part are shifted around their loops until they hold no loop: at most as
   many payments as there are rooms are divided then.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.model import NONE
from setfair.engine.setoff.solve import least_flow
from setfair.kernel import kernel


class Legs(NamedTuple):
    """Payments that are still to be decided, by place."""

    item: Int64Array
    value: Int64Array
    tail: Int64Array
    """The room that it takes from, that of a limit where there is one, or -1: a room without bound."""
    head: Int64Array
    """The room that it adds to, in the same way."""


class Relaxed(NamedTuple):
    """What settles if payments may be divided."""

    settles: Int64Array
    """By leg: how much of its value."""
    price: Int64Array
    """By room: what one unit more would be worth, a whole number from 0."""


def relax(legs: Legs, room: Int64Array, parent: Int64Array) -> Relaxed:
    """Solve the relaxation.

    Parameters
    ----------
    legs
        Payments.
    room
        What there is in each room.
    parent
        By room: of a limit's the room of its account, or -1 where that has no bound; of an account's -1.
    """
    source = len(room)
    tail = np.where(legs.tail == NONE, source, legs.tail)
    head = np.where(legs.head == NONE, source, legs.head)
    above = np.where(parent == NONE, source, parent)
    nodes = np.arange(source)
    excess = np.zeros(source + 1, np.int64)
    np.add.at(excess, tail, legs.value)
    np.subtract.at(excess, head, legs.value)
    # What is kept of the payments goes along them; what a room gives goes up, what it takes comes down.
    tails = np.concatenate((tail, nodes, above))
    heads = np.concatenate((head, above, nodes))
    capacity = np.concatenate((legs.value, room, _most_added(legs, head, above)))
    cost = np.concatenate((np.ones(len(tail), np.int8), np.zeros(2 * source, np.int8)))
    used = np.flatnonzero((capacity > 0) & (tails != heads))
    order = used[np.argsort(tails[used], kind="stable")]
    found = least_flow(
        tails[order].astype(np.int32), heads[order].astype(np.int32), capacity[order], cost[order], excess
    )
    flow = np.zeros(len(tails), np.int64)
    flow[order] = found.flow
    _straighten(tails, heads, capacity, flow, _make_forest(source + 1))
    price = found.price[:source] - found.price[above]
    return Relaxed(legs.value - flow[: len(tail)], np.maximum(price, 0))


def _most_added(legs: Legs, head: Int64Array, above: Int64Array) -> Int64Array:
    """Return by room all that may come into it and leave it upwards again."""
    source = len(above)
    most = np.zeros(source + 1, np.int64)
    np.add.at(most, head, legs.value)
    # What goes into limits goes on to their accounts; limits have none below them.
    inside = np.flatnonzero(above != source)
    np.add.at(most, above[inside], most[inside])
    return most[:source]


class _Forest(NamedTuple):
    """Arcs in use in part, as trees."""

    above: Int64Array
    """By node: the next node on the way to its root, or -1."""
    arc: Int64Array
    """By node: the arc between the two."""
    mark: Int64Array
    """By node: the last arc for which the node was on the way up."""


def _make_forest(nodes: int) -> _Forest:
    return _Forest(*(np.full(nodes, NONE, np.int64) for _ in range(3)))


@kernel
def _straighten(
    tail: Int64Array, head: Int64Array, capacity: Int64Array, flow: Int64Array, forest: _Forest
) -> None:
    """Shift flow around loops of arcs in use in part until there are none: rule 3."""
    above, arc, mark = forest
    # The last arcs are those of no value; they stay divided rather than payments do.
    for entering in range(tail.shape[0] - 1, -1, -1):
        if flow[entering] <= 0 or flow[entering] >= capacity[entering]:
            continue
        node = tail[entering]
        while node != -1:
            mark[node] = entering
            node = above[node]
        top = head[entering]
        while top != -1 and mark[top] != entering:
            top = above[top]
        if top != -1:
            # Less on the entering arc, and so on around: the way up from its tail, and down to its head.
            shift = flow[entering]
            for side in range(2):
                node = tail[entering] if side == 0 else head[entering]
                while node != top:
                    on = arc[node]
                    # From the tail the loop goes up and from the head it comes down.
                    less = (tail[on] == node) != (side == 0)
                    shift = min(shift, flow[on] if less else capacity[on] - flow[on])
                    node = above[node]
            flow[entering] -= shift
            for side in range(2):
                node = tail[entering] if side == 0 else head[entering]
                while node != top:
                    on, upper = arc[node], above[node]
                    flow[on] += -shift if (tail[on] == node) != (side == 0) else shift
                    if flow[on] == 0 or flow[on] == capacity[on]:
                        above[node] = -1
                    node = upper
        if flow[entering] > 0:
            # Turn the way up from its tail around, so that the tail becomes a root, and hang it on.
            node, upper, by = tail[entering], head[entering], entering
            while node != -1:
                next_node, next_arc = above[node], arc[node]
                above[node], arc[node] = upper, by
                node, upper, by = next_node, node, next_arc
