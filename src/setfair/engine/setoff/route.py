"""Routing: excess goes along tight halves to nodes that want flow, and labels rise where none is tight.

Rules
-----
1. A half is tight if it is open and the label at its far end is smaller by just what the half counts.
2. From a node with excess a path of tight halves is followed. Where there is none, the node's label rises
   to the smallest that its open halves allow, and the path goes back one step.
3. The path ends at a node that wants flow, after `PATH_MAX` steps, or where it would meet itself. The
   flow that fits is pushed along it; excess that ends at a node on the way waits there for its turn.
4. The work is counted, not timed: after `budget` halves were looked at, the labels are measured anew.

Pushing along tight halves keeps labels valid, so at the end no cycle of fewer than `scale` halves can make
the flow cheaper.

Source: A. V. Goldberg, R. E. Tarjan, "Finding minimum-cost circulations by successive approximation", Math.
Oper. Res. 15, 1990; P. Kovacs, "Minimum-cost flow algorithms: an experimental evaluation", Optim. Methods
Softw. 30, 2015 (partial augment-relabel).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.setoff.labels import FAR, LABELS_TOO_LARGE
from setfair.engine.setoff.network import Int32Array, Int64Array, Network, cost_of, head_of, push
from setfair.kernel import inlined, kernel

PATH_MAX = 20
"""Steps of one path; with 4, 10, 20 and 50 the work differed by a twentieth on a thousand parties."""

_WAITS, _ON_PATH = 1, 2
"""Marks of a node: it waits in the queue; it is on the path."""


class Turns(NamedTuple):
    """Whose turn it is."""

    queue: Int32Array
    """A ring of nodes with excess."""
    path: Int64Array
    """Halves of the path, shape (PATH_MAX,)."""
    at: Int32Array
    """Nodes that they lead from, shape (PATH_MAX,)."""


class Limits(NamedTuple):
    """What bounds one call of `route`."""

    scale: int
    """Of the labels."""
    budget: int
    """Halves to look at."""
    label_max: int
    """Largest label."""


def make_turns(nodes: int) -> Turns:
    """Return room for the turns of so many nodes."""
    return Turns(np.empty(nodes, np.int32), np.empty(PATH_MAX, np.int64), np.empty(PATH_MAX, np.int32))


@kernel
def queue_up(network: Network, turns: Turns) -> int:
    """Queue the nodes with excess, in order; set every scan to its beginning; return how many there are."""
    waiting = 0
    for node in range(network.excess.shape[0]):
        network.current[node] = network.start[node]
        network.mark[node] = 0
        if network.excess[node] > 0:
            turns.queue[waiting] = node
            network.mark[node] = _WAITS
            waiting += 1
    return waiting


@kernel
def route(network: Network, turns: Turns, waiting: int, limits: Limits) -> int:
    """Route what waits; return the halves looked at, or `LABELS_TOO_LARGE`.

    The queue holds `waiting` nodes. It ends when no node has excess or the budget is used up.
    """
    nodes = network.excess.shape[0]
    used, front = 0, 0
    while waiting > 0:
        source = turns.queue[front]
        front = front + 1 if front + 1 < nodes else 0
        waiting -= 1
        network.mark[source] = 0
        node, depth, ends = source, 0, False
        while network.excess[source] > 0:
            if used >= limits.budget:
                return used
            if ends or network.excess[node] < 0:
                _push_along(network, turns, source, node, depth)
                if network.excess[node] > 0 and not network.mark[node] & _WAITS:
                    back = front + waiting
                    turns.queue[back if back < nodes else back - nodes] = node
                    network.mark[node] |= _WAITS
                    waiting += 1
                node, depth, ends = source, 0, False
                continue
            half, looked_at = _find_tight(network, node, limits.scale)
            used += looked_at
            if half >= 0:
                other = head_of(network.code[half])
                ends = other == source or (network.mark[other] & _ON_PATH) != 0
                if not ends:
                    turns.path[depth], turns.at[depth] = half, node
                    depth += 1
                    node = other
                    network.mark[node] |= _ON_PATH
                    ends = depth == PATH_MAX
                continue
            used += network.opened[node]
            if not _raise_label(network, node, limits):
                return LABELS_TOO_LARGE
            if depth > 0:
                depth -= 1
                network.mark[node] &= ~_ON_PATH
                node = turns.at[depth]
    return used


@inlined
def _find_tight(network: Network, node: int, scale: int) -> tuple[int, int]:
    """Go on with the scan of a node; return its next tight half, or -1, and how many were looked at."""
    end = network.start[node] + network.opened[node]
    label = network.label[node]
    begin = network.current[node]
    half = begin
    while half < end:
        code = network.code[half]
        if network.label[head_of(code)] + cost_of(code) * scale + 1 == label:
            break
        half += 1
    network.current[node] = half
    if half < end:
        return half, half - begin + 1
    return -1, half - begin + 1


@inlined
def _raise_label(network: Network, node: int, limits: Limits) -> bool:
    """Raise a label as far as the open halves allow; one of them is tight then. False if it got too large."""
    best, tight = FAR, network.start[node]
    for half in range(network.start[node], network.start[node] + network.opened[node]):
        code = network.code[half]
        label = network.label[head_of(code)] + cost_of(code) * limits.scale + 1
        if label < best:
            best, tight = label, half
    if best == FAR:
        # A dead end: any label is valid, so it only has to be out of the way.
        best = network.label[node] + 4 * limits.scale
    if best > limits.label_max:
        return False
    network.label[node] = best
    network.current[node] = tight
    return True


@inlined
def _push_along(network: Network, turns: Turns, source: int, last: int, depth: int) -> None:
    """Push from the source to the last node of the path what fits, and take the path's marks away."""
    amount = network.excess[source]
    if network.excess[last] < 0:
        amount = min(amount, -network.excess[last])
    for step in range(depth):
        amount = min(amount, network.room[turns.path[step]])
    network.excess[source] -= amount
    network.excess[last] += amount
    node = source
    for step in range(depth):
        half = turns.path[step]
        other = head_of(network.code[half])
        push(network, node, half, amount)
        network.mark[other] &= ~_ON_PATH
        node = other
