"""Routing: excess goes along tight halves to nodes that want flow, and labels rise where none is tight.

Rules
-----
1. From a node with excess a path of tight halves is followed (`rise`). Where there is none, the node's label
   rises, and the path goes back one step.
2. The path ends at a node that wants flow, after `PATH_MAX` steps, or where it would meet itself or another
   path. The flow that fits is pushed along it; excess that ends at a node on the way waits there for its
   turn. The path goes on from where nothing more fits.
3. `LANES` paths are followed in turn, a step of each: while one waits for memory, the others go on. A node
   is on one path at a time. Between two turns of a path others may have raised the label that it comes to:
   it looks again whether its last half is tight.
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
import numpy.typing as npt

from setfair.engine.ahead import read_ahead
from setfair.engine.setoff.labels import LABELS_TOO_LARGE
from setfair.engine.setoff.network import Int32Array, Network, head_of, push
from setfair.engine.setoff.rise import Limits, bound_of, find_tight, raise_label
from setfair.kernel import inlined, kernel

PATH_MAX = 20
"""Steps of one path; with 4, 10, 20 and 50 the work differed by a twentieth on a thousand parties."""

LANES = 8
"""Paths that are followed in turn. Each step waits for memory: the others use that time."""
_WAITS = 1
"""Mark of a node that waits in the queue; what is above it says on which lane's path it is."""


class Lanes(NamedTuple):
    """Whose turn it is, and the paths that are under way."""

    queue: Int32Array
    """A ring of nodes with excess."""
    source: Int32Array
    """By lane: where its path begins."""
    node: Int32Array
    """By lane: where its path has come to, or -1 where there is none."""
    depth: Int32Array
    """By lane: steps of its path."""
    is_near: npt.NDArray[np.int8]
    """By lane: 1 if the codes of its node were asked for."""
    path: Int32Array
    """Halves of the paths, shape (lanes, PATH_MAX)."""
    at: Int32Array
    """Nodes that they lead from, shape (lanes, PATH_MAX)."""


class Waiting(NamedTuple):
    """The part of the ring that is in use."""

    front: int
    """Place of the node whose turn it is."""
    nodes: int
    """How many wait."""


def make_lanes(nodes: int) -> Lanes:
    """Return room for the paths among so many nodes."""
    return Lanes(
        queue=np.empty(nodes, np.int32),
        source=np.empty(LANES, np.int32),
        node=np.empty(LANES, np.int32),
        depth=np.empty(LANES, np.int32),
        is_near=np.zeros(LANES, np.int8),
        path=np.empty((LANES, PATH_MAX), np.int32),
        at=np.empty((LANES, PATH_MAX), np.int32),
    )


@kernel
def queue_up(network: Network, lanes: Lanes) -> int:
    """Queue the nodes with excess, in order; set every scan to its beginning; return how many there are."""
    waiting = 0
    for node in range(network.excess.shape[0]):
        network.current[node] = network.start[node]
        network.mark[node] = 0
        if network.excess[node] > 0:
            lanes.queue[waiting] = node
            network.mark[node] = _WAITS
            waiting += 1
    for lane in range(lanes.node.shape[0]):
        lanes.node[lane] = -1
    return waiting


@kernel
def route(network: Network, lanes: Lanes, waiting: int, limits: Limits) -> int:
    """Route what waits; return the halves looked at, or `LABELS_TOO_LARGE`.

    The queue holds `waiting` nodes. It ends when no node has excess or the budget is used up.
    """
    used, ring, in_use = 0, Waiting(0, waiting), 0
    while ring.nodes > 0 or in_use > 0:
        in_use = lanes.node.shape[0] if ring.nodes > 0 else in_use
        for lane in range(in_use):
            if lanes.node[lane] < 0:
                if ring.nodes > 0:
                    ring = _begin(network, lanes, lane, ring)
                elif lane == in_use - 1:
                    in_use -= 1
            elif lanes.is_near[lane]:
                looked_at = _step(network, lanes, lane, limits)
                if looked_at < 0:
                    return LABELS_TOO_LARGE
                used += looked_at
            else:
                ring = _arrive(network, lanes, lane, ring, limits.scale)
        if used >= limits.budget:
            break
    return used


@inlined
def _begin(network: Network, lanes: Lanes, lane: int, ring: Waiting) -> Waiting:
    """Begin a path at the node whose turn it is; none begins where another path leads through."""
    nodes = network.excess.shape[0]
    node, front, waiting = lanes.queue[ring.front], ring.front + 1, ring.nodes - 1
    front = 0 if front == nodes else front
    if waiting > LANES:
        ahead = front + LANES
        read_ahead(network.start, lanes.queue[ahead if ahead < nodes else ahead - nodes])
    if network.excess[node] <= 0:
        network.mark[node] &= ~_WAITS
    elif network.mark[node] != _WAITS:
        return _queue(network, lanes, node, Waiting(front, waiting))
    else:
        network.mark[node] = _mark_of(lane)
        lanes.source[lane], lanes.node[lane], lanes.depth[lane] = node, node, 0
        _draw_near(network, lanes, lane)
    return Waiting(front, waiting)


@inlined
def _queue(network: Network, lanes: Lanes, node: int, ring: Waiting) -> Waiting:
    """Let a node wait for its turn."""
    nodes, back = network.excess.shape[0], ring.front + ring.nodes
    lanes.queue[back if back < nodes else back - nodes] = node
    network.mark[node] |= _WAITS
    return Waiting(ring.front, ring.nodes + 1)


@inlined
def _mark_of(lane: int) -> int:
    """Return the mark of a node on the path of a lane."""
    return (lane + 1) << 1


@inlined
def _draw_near(network: Network, lanes: Lanes, lane: int) -> None:
    """Ask for what the scan of a lane's node reads."""
    node = lanes.node[lane]
    read_ahead(network.code, network.current[node])
    read_ahead(network.half, network.current[node])
    lanes.is_near[lane] = 1


@inlined
def _arrive(network: Network, lanes: Lanes, lane: int, ring: Waiting, scale: int) -> Waiting:
    """Come to a node: go on from there, or push if the path ends."""
    node, depth = lanes.node[lane], lanes.depth[lane]
    before, half, owner = lanes.at[lane, depth - 1], lanes.path[lane, depth - 1], network.mark[node] & ~_WAITS
    is_tight = bound_of(network, network.slot[half], scale) == network.label[before]
    if not is_tight or owner == _mark_of(lane):
        # Another path was here and raised the label; or the path would meet itself: it ends one step before.
        lanes.node[lane], lanes.depth[lane], lanes.is_near[lane] = before, depth - 1, 1
    if is_tight and (owner != 0 or network.excess[node] < 0 or depth == PATH_MAX):
        return _push_along(network, lanes, lane, ring)
    if is_tight:
        network.mark[node] |= _mark_of(lane)
        read_ahead(network.room, network.twin[half])
        _draw_near(network, lanes, lane)
    return ring


@inlined
def _step(network: Network, lanes: Lanes, lane: int, limits: Limits) -> int:
    """Go one step on along a tight half, or raise the node's label and go back; return the halves looked at.

    Less than none says that a label got too large.
    """
    node, depth = lanes.node[lane], lanes.depth[lane]
    slot, looked_at = find_tight(network, node, limits.scale)
    if slot >= 0:
        other, half = head_of(network.code[slot]), network.half[slot]
        lanes.path[lane, depth], lanes.at[lane, depth] = half, node
        lanes.node[lane], lanes.depth[lane], lanes.is_near[lane] = other, depth + 1, 0
        read_ahead(network.start, other)
        read_ahead(network.room, half)
        return looked_at
    if not raise_label(network, node, limits):
        return -1
    if depth > 0:
        network.mark[node] &= _WAITS
        lanes.node[lane], lanes.depth[lane] = lanes.at[lane, depth - 1], depth - 1
    return looked_at + network.awake[node]


@inlined
def _push_along(network: Network, lanes: Lanes, lane: int, ring: Waiting) -> Waiting:
    """Push along a path what fits, and go back to where nothing more fits; where all is pushed, it ends."""
    source, last, depth = lanes.source[lane], lanes.node[lane], lanes.depth[lane]
    amount = network.excess[source]
    if network.excess[last] < 0:
        amount = min(amount, -network.excess[last])
    for step in range(depth):
        amount = min(amount, network.room[lanes.path[lane, step]])
    network.excess[source] -= amount
    network.excess[last] += amount
    keep = 0 if network.excess[source] == 0 else depth
    for step in range(depth - 1, -1, -1):
        half = lanes.path[lane, step]
        push(network, lanes.at[lane, step], half, amount)
        if network.room[half] == 0 and keep > 0:
            keep = step
    if network.excess[last] > 0 and not network.mark[last] & _WAITS:
        ring = _queue(network, lanes, last, ring)
    _go_back(network, lanes, lane, keep)
    return ring


@inlined
def _go_back(network: Network, lanes: Lanes, lane: int, keep: int) -> None:
    """Keep so many steps of a path, take the marks of the rest away; end it if its source has no excess."""
    last, depth, own = lanes.node[lane], lanes.depth[lane], _mark_of(lane)
    done = network.excess[lanes.source[lane]] == 0
    if not done and keep == depth:
        # A node that wanted flow is filled, and the way there is still open.
        lanes.is_near[lane] = 0
        return
    if network.mark[last] & ~_WAITS == own:
        network.mark[last] &= _WAITS
    for step in range(keep if done else keep + 1, depth):
        network.mark[lanes.at[lane, step]] &= _WAITS
    lanes.node[lane] = -1 if done else lanes.at[lane, keep]
    lanes.depth[lane], lanes.is_near[lane] = keep, 1
