"""The residual network of a minimum-cost flow with costs of 0 and 1, and how flow is pushed in it.

Rules
-----
1. Every arc has two halves, one at its tail (forward: the flow may grow, at the arc's cost) and one at its
   head (backward: the flow may shrink, at minus the cost). A half is open while it has room.
2. What scans a node reads one 32-bit code for each of its halves: the other end, whether both halves are
   open, and the cost. The codes of a node lie side by side in slots: first those of the halves that are
   awake, then the other open ones, which sleep, then the closed ones. Reading less memory is what the speed
   comes from: most arcs are either unused or full, so half of the halves are closed, and of the open ones
   two thirds lead to where nothing will be sent soon (`route`).
3. Halves never move. Codes that open, close, wake or fall asleep are swapped across the borders between the
   three; a slot is never kept across a push. Outside of routing all open halves are awake.

Room, excess and every sum of them stay within the sum of all capacities, which the caller bounds.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.kernel import forward, inlined, kernel

Int32Array = npt.NDArray[np.int32]
Int64Array = npt.NDArray[np.int64]

NODES_MAX = 2**28 - 1
"""Parties of one network: what is left of 32 bits beside the flags."""
ARCS_MAX = 2**30 - 1
"""Arcs of one network: two halves each, numbered in 32 bits."""

NARROW_LABEL, WIDE_LABEL = np.int16, np.int64
"""Types of labels. Every half that is looked at needs the label at its other end: the narrower they are, the
more of them lie in the nearest cache. Few networks need wide ones: long rings."""

_BOTH_OPEN = 4
"""Flag in a code: the other half is open too."""


class Network(NamedTuple):
    """Nodes and halves. Codes hold head << 3 | both open << 2 | cost + 1."""

    start: Int32Array
    """By node: its first half, and its first slot; one more entry for the end."""
    opened: Int32Array
    """By node: how many of its halves are open."""
    awake: Int32Array
    """By node: how many of its open halves are awake."""
    current: Int32Array
    """By node: the slot at which its scan goes on."""
    mark: Int32Array
    """By node: whose turn it is (`route`)."""
    excess: Int64Array
    """By node: flow that has to leave it; negative where flow is wanted."""
    label: npt.NDArray[np.signedinteger]
    """By node: lower bound of the distance to the nearest node that wants flow (`labels`)."""
    wake: npt.NDArray[np.signedinteger]
    """By node: label up to which none of its sleeping halves is tight; of the type of `label`."""
    code: Int32Array
    """By slot."""
    half: Int32Array
    """By slot: which half it is."""
    room: Int64Array
    """By half: how much more can be pushed through it."""
    twin: Int32Array
    """By half: the other half of its arc."""
    slot: Int32Array
    """By half: where its code is."""


_NODE = np.dtype(
    {
        "names": ["excess", "start", "opened", "awake", "current", "mark"],
        "formats": ["<i8", "<i4", "<i4", "<i4", "<i4", "<i4"],
        "itemsize": 32,
    }
)
"""Of half a line of memory: none lies in two."""
_HALF = np.dtype([("room", "<i8"), ("twin", "<i4"), ("slot", "<i4")])


class Arcs(NamedTuple):
    """What a network is made of."""

    tail: Int32Array
    """By arc, int32; ascending."""
    head: Int32Array
    """By arc, int32; differs from the tail."""
    capacity: Int64Array
    """By arc, int64; positive."""
    cost: npt.NDArray[np.int8]
    """By arc, int8; 0 or 1."""
    flow: Int64Array
    """By arc, int64; from 0 to the capacity."""


def make_network(nodes: int, arcs: Arcs) -> Network:
    """Return the network of the given arcs, with their flow in it and no excess.

    Parameters
    ----------
    nodes
        At most `NODES_MAX`.
    arcs
        Shape (arcs,): at most `ARCS_MAX`.
    """
    count = len(arcs.tail)
    if nodes > NODES_MAX or count > ARCS_MAX:
        raise OverflowError(
            f"one network takes {NODES_MAX} parties and {ARCS_MAX} pairs of them, not {nodes} and {count}"
        )
    halves = 2 * count
    # What is used together lies together: a large network is as slow as the lines of memory that it touches.
    node, half = np.zeros(nodes + 1, _NODE), np.empty(halves, _HALF)
    network = Network(
        start=node["start"],
        opened=node["opened"][:nodes],
        awake=node["awake"][:nodes],
        current=node["current"][:nodes],
        mark=node["mark"][:nodes],
        excess=node["excess"][:nodes],
        label=np.zeros(nodes, NARROW_LABEL),
        wake=np.zeros(nodes, NARROW_LABEL),
        code=np.empty(halves, np.int32),
        half=np.arange(halves, dtype=np.int32),
        room=half["room"],
        twin=half["twin"],
        slot=half["slot"],
    )
    network.slot[:] = network.half
    _lay_out(network, arcs)
    _open_first(network)
    return network


@kernel
def _lay_out(network: Network, arcs: Arcs) -> None:
    """Place the halves: at each node first the forward ones, then the backward ones."""
    start, forwards, behind, tail, head = network.start, network.opened, network.current, arcs.tail, arcs.head
    nodes = start.shape[0] - 1
    for arc in range(tail.shape[0]):
        start[tail[arc] + 1] += 1
        start[head[arc] + 1] += 1
        forwards[tail[arc]] += 1
    for node in range(nodes):
        start[node + 1] += start[node]
        behind[node] = start[node] + forwards[node]
    ahead, last = 0, -1
    for arc in range(tail.shape[0]):
        if tail[arc] != last:
            last = tail[arc]
            ahead = start[last]
        backward, flow, room = behind[head[arc]], arcs.flow[arc], arcs.capacity[arc] - arcs.flow[arc]
        behind[head[arc]] += 1
        both_open = _BOTH_OPEN if flow > 0 and room > 0 else 0
        network.code[ahead] = (head[arc] << 3) | both_open | (1 + arcs.cost[arc])
        network.code[backward] = (tail[arc] << 3) | both_open | (1 - arcs.cost[arc])
        network.room[ahead], network.room[backward] = room, flow
        network.twin[ahead], network.twin[backward] = backward, ahead
        ahead += 1


@kernel
def _open_first(network: Network) -> None:
    """Put the codes of the open halves of each node before those of the closed ones."""
    for node in range(network.excess.shape[0]):
        border = network.start[node]
        for slot in range(border, network.start[node + 1]):
            if network.room[forward(slot)] > 0:
                swap(network, slot, border)
                border += 1
        network.opened[node] = network.awake[node] = border - network.start[node]


@kernel
def read_flow(network: Network, tail: Int32Array, flow: Int64Array) -> None:
    """Write the flow of every arc to `flow`, int64, shape (arcs,): the room of its backward half.

    `tail` is that of `make_network`: the forward halves of a node are its first, in the order of its arcs.
    """
    forward, last = 0, -1
    for arc in range(tail.shape[0]):
        if tail[arc] != last:
            last = tail[arc]
            forward = network.start[last]
        flow[arc] = network.room[network.twin[forward]]
        forward += 1


@inlined
def head_of(code: int) -> int:
    """Return the node at the other end of a half."""
    return code >> 3


@inlined
def cost_of(code: int) -> int:
    """Return what a unit of flow through a half costs: -1, 0 or 1."""
    return (code & 3) - 1


@inlined
def is_open_behind(code: int) -> bool:
    """Return whether the twin of an open half is open too."""
    return (code & _BOTH_OPEN) != 0


@inlined
def swap(network: Network, one: int, other: int) -> None:
    """Let two codes of one node change slots."""
    if one == other:
        return
    one, other = forward(one), forward(other)
    network.code[one], network.code[other] = network.code[other], network.code[one]
    network.half[one], network.half[other] = network.half[other], network.half[one]
    network.slot[forward(network.half[one])] = one
    network.slot[forward(network.half[other])] = other


@inlined
def _open(network: Network, node: int, slot: int) -> int:
    """Open a closed half, awake; return its new slot."""
    node = forward(node)
    border, asleep = network.start[node] + network.opened[node], network.start[node] + network.awake[node]
    swap(network, slot, border)
    swap(network, border, asleep)
    network.opened[node] += 1
    network.awake[node] += 1
    return asleep


@inlined
def _close(network: Network, node: int, slot: int) -> None:
    """Close a half that is awake."""
    node = forward(node)
    network.opened[node] -= 1
    network.awake[node] -= 1
    asleep = network.start[node] + network.awake[node]
    swap(network, slot, asleep)
    swap(network, asleep, network.start[node] + network.opened[node])


@inlined
def push(network: Network, node: int, half: int, amount: int) -> None:
    """Push an amount, at most the room, from `node` through one of its halves that are awake."""
    half = forward(half)
    back, slot = forward(network.twin[half]), network.slot[half]
    behind = network.slot[back]
    if network.room[back] == 0:
        behind = _open(network, head_of(network.code[forward(slot)]), behind)
    network.room[back] += amount
    network.room[half] -= amount
    if network.room[half] > 0:
        network.code[forward(slot)] |= _BOTH_OPEN
        network.code[forward(behind)] |= _BOTH_OPEN
        return
    network.code[forward(slot)] &= ~_BOTH_OPEN
    network.code[forward(behind)] &= ~_BOTH_OPEN
    _close(network, node, slot)
