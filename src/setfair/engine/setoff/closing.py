"""Closing loops: make obligations cancel in full by moving what is cancelled around loops of free arcs.

Rules
-----
1. Only arcs are moved that are free at the optimum of value, so every move leaves the total as it is.
2. An obligation is closed by one loop, or by several: what it lacks is cancelled of it, and taken from its
   creditor back to its debtor along ways on which more or less can be cancelled. If the ways do not carry
   all that it lacks, what was moved is moved back.
3. A locked obligation is not moved. What was closed by rule 2 is locked.
4. Obligations are tried smallest first, ties in input order: a small one needs the least of what is free.
5. Work is counted in arcs looked at, never timed: a bound for each obligation and one for all.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Int64Array
from setfair.engine.setoff.network import Int32Array
from setfair.kernel import inlined, kernel

WAYS_MAX = 16
"""Ways over which one obligation may be closed."""
LOG_MAX = 4096
"""Steps of all ways of one obligation, kept to move them back."""


class Movable(NamedTuple):
    """Free arcs, and at each node those that begin or end there."""

    start: Int64Array
    """By node: its first place in `half`; one more entry for the end."""
    half: Int32Array
    """By place: number of an arc, doubled, plus one where the arc ends at the node."""
    tail: Int32Array
    head: Int32Array
    amount: Int64Array
    """By arc: the most that can be cancelled."""
    cancelled: Int64Array
    """By arc; the kernels change it."""
    locked: npt.NDArray[np.int8]
    """By arc: 1 if it is not moved."""


class Ways(NamedTuple):
    """Room for a search and for what it moved."""

    queue: Int32Array
    parent: Int32Array
    """By node: the half through which it was found."""
    seen: Int64Array
    """By node: the last search that found it."""
    log_half: Int32Array
    log_amount: Int64Array


class Work(NamedTuple):
    """Bounds of the work, in halves looked at."""

    each: int
    total: int


def make_movable(
    nodes: int, tail: Int32Array, head: Int32Array, amount: Int64Array, cancelled: Int64Array
) -> Movable:
    """Lay out free arcs, none of them locked."""
    arcs = len(tail)
    node = np.concatenate((tail, head))
    half = np.concatenate((2 * np.arange(arcs), 2 * np.arange(arcs) + 1)).astype(np.int32)
    order = np.argsort(node, kind="stable")
    start = np.searchsorted(node[order], np.arange(nodes + 1)).astype(np.int64)
    locked = np.zeros(arcs, np.int8)
    return Movable(start, half[order], tail, head, amount, cancelled.copy(), locked)


def make_ways(nodes: int) -> Ways:
    """Return room for searches among so many nodes."""
    return Ways(
        queue=np.empty(nodes, np.int32),
        parent=np.empty(nodes, np.int32),
        seen=np.zeros(nodes, np.int64),
        log_half=np.empty(LOG_MAX, np.int32),
        log_amount=np.empty(LOG_MAX, np.int64),
    )


@kernel
def close_in_order(
    movable: Movable, order: Int64Array, ways: Ways, work: Work, stamp: int
) -> tuple[int, int]:
    """Try to close the given arcs one after the other; return the halves looked at and the last stamp.

    What is closed at its turn, by itself or by a move, is locked. After the bound of all work only what is
    closed already is locked.
    """
    looked_at = 0
    for place in range(order.shape[0]):
        arc = order[place]
        if movable.locked[arc]:
            continue
        if movable.cancelled[arc] < movable.amount[arc] and looked_at < work.total:
            looks, stamp = _close(movable, arc, ways, work.each, stamp)
            looked_at += looks
        if movable.cancelled[arc] == movable.amount[arc]:
            movable.locked[arc] = 1
    return looked_at, stamp


@inlined
def _close(movable: Movable, arc: int, ways: Ways, budget: int, stamp: int) -> tuple[int, int]:
    """Close one arc if it can be; return the halves looked at and the last stamp."""
    lacks = movable.amount[arc] - movable.cancelled[arc]
    movable.locked[arc] = 1
    steps, found, looked_at = 0, 0, 0
    # One way that carries all is sought first: it is found with fewer looks, and it moves fewer arcs.
    least = lacks
    while lacks > 0 and found < WAYS_MAX and looked_at < budget:
        stamp += 1
        reached, looks = _search(movable, arc, ways, least, stamp)
        looked_at += looks
        if reached:
            moved, steps = _move_along(movable, arc, ways, lacks, steps)
            if moved == 0:
                break
            lacks -= moved
            found += 1
        elif least == 1:
            break
        else:
            least = 1
    if lacks == 0:
        movable.cancelled[arc] = movable.amount[arc]
    else:
        for step in range(steps):
            _move(movable, ways.log_half[step], -ways.log_amount[step])
    movable.locked[arc] = 0
    return looked_at, stamp


@inlined
def _room(movable: Movable, half: int) -> int:
    """Return how much can be moved through a half: more on the arc, or less where it ends."""
    arc = half >> 1
    if movable.locked[arc]:
        return 0
    if half & 1:
        return movable.cancelled[arc]
    return movable.amount[arc] - movable.cancelled[arc]


@inlined
def _move(movable: Movable, half: int, amount: int) -> None:
    movable.cancelled[half >> 1] += -amount if half & 1 else amount


@inlined
def _search(movable: Movable, arc: int, ways: Ways, least: int, stamp: int) -> tuple[bool, int]:
    """Search from the arc's head for its tail, breadth first, through halves with at least so much room."""
    goal = movable.tail[arc]
    ways.queue[0] = movable.head[arc]
    ways.seen[movable.head[arc]] = stamp
    front, count, looked_at = 0, 1, 0
    while front < count:
        node = ways.queue[front]
        front += 1
        for place in range(movable.start[node], movable.start[node + 1]):
            half = movable.half[place]
            looked_at += 1
            if _room(movable, half) < least:
                continue
            other = movable.tail[half >> 1] if half & 1 else movable.head[half >> 1]
            if ways.seen[other] == stamp:
                continue
            ways.seen[other] = stamp
            ways.parent[other] = half
            if other == goal:
                return True, looked_at
            ways.queue[count] = other
            count += 1
    return False, looked_at


@inlined
def _move_along(movable: Movable, arc: int, ways: Ways, most: int, steps: int) -> tuple[int, int]:
    """Move what fits along the way that was found; return it and the steps in the log, 0 if that is full."""
    source, node, amount, length = movable.head[arc], movable.tail[arc], most, 0
    while node != source:
        half = ways.parent[node]
        amount = min(amount, _room(movable, half))
        node = movable.head[half >> 1] if half & 1 else movable.tail[half >> 1]
        length += 1
    if steps + length > LOG_MAX:
        return 0, steps
    node = movable.tail[arc]
    while node != source:
        half = ways.parent[node]
        _move(movable, half, amount)
        ways.log_half[steps], ways.log_amount[steps] = half, amount
        steps += 1
        node = movable.head[half >> 1] if half & 1 else movable.tail[half >> 1]
    return amount, steps
