"""Distance labels: for every node a lower bound of the way to the nearest node that wants flow.

Rules
-----
1. A half of cost c counts `scale` * c + 1: the cost, and one for the step, so that of equally cheap ways
   the short ones come first. `scale` says how many steps weigh as much as one unit of cost.
2. Labels are valid: no open half leads to a node whose label is smaller by more than the half counts.
3. `measure` makes every label exact. It raises labels, it never lowers one.
4. Nodes from which no node that wants flow can be reached are raised above all others.

Source: A. V. Goldberg, "An efficient implementation of a scaling minimum-cost flow algorithm", J. Algorithms
22, 1997 (global updates); R. B. Dial, "Algorithm 360", Comm. ACM 12, 1969 (buckets).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.ahead import read_ahead
from setfair.engine.setoff.network import Int32Array, Network, cost_of, head_of, is_open_behind
from setfair.kernel import forward, inlined, kernel

FAR = 2**62
"""A distance that no way has."""
_AHEAD = 8
"""Nodes ahead for which memory is asked: measured, a third less time on a million obligations."""
LABELS_TOO_LARGE, NOT_REACHED = -1, -2
"""Results of `measure`, the first of `route` too: a label would pass its maximum; no way leads from a node
with excess to one that wants flow, so that there is no flow at all."""


class Found(NamedTuple):
    """Nodes by the distance at which they were found: a list for each distance, in a ring of distances.

    A node that is found again, nearer, is in two lists; what is out of date is passed over when its turn
    comes. So entries are only added at the end, and no other place of memory is touched.
    """

    first: Int32Array
    """By distance, modulo its length: the last entry of this distance, or -1."""
    before: Int32Array
    """By entry: the one before it in its list, or -1."""
    node: Int32Array
    """By entry."""
    stack: Int32Array
    """Nodes of the present distance."""


def _make_found(nodes: int, halves: int, span: int) -> Found:
    """Return empty lists for distances that differ by less than `span`: one entry for each half will do."""
    entries = nodes + halves
    return Found(
        first=np.full(span, -1, np.int32),
        before=np.empty(entries, np.int32),
        node=np.empty(entries, np.int32),
        stack=np.empty(nodes, np.int32),
    )


def measure(network: Network, scale: int, label_max: int) -> int:
    """Make every label the exact distance; return how many halves were looked at.

    If one would be larger than `label_max`, none changes, and `LABELS_TOO_LARGE` is returned; so it is with
    `NOT_REACHED`.
    """
    low, high = int(network.label.min(initial=0)), int(network.label.max(initial=0))
    found = _make_found(len(network.excess), len(network.code), high - low + scale + 3)
    rising = np.full_like(network.label, np.iinfo(network.label.dtype).max)
    return int(_measure(network, scale, found, rising, label_max))


@inlined
def _note(found: Found, node: int, distance: int, entry: int) -> int:
    """Write a node down at a distance; return the number of the next entry."""
    place = distance % found.first.shape[0]
    found.node[entry], found.before[entry] = node, found.first[place]
    found.first[place] = entry
    return entry + 1


@inlined
def _take(found: Found, network: Network, rising: npt.NDArray[np.signedinteger], distance: int) -> int:
    """Move the nodes of a distance to the stack and return how many there are."""
    place, count = distance % found.first.shape[0], 0
    entry = found.first[place]
    found.first[place] = -1
    while entry >= 0:
        node = found.node[entry]
        if rising[node] == network.label[node] + distance:
            found.stack[count] = node
            count += 1
        entry = found.before[entry]
    return count


@kernel
def _measure(
    network: Network, scale: int, found: Found, rising: npt.NDArray[np.signedinteger], label_max: int
) -> int:
    """Measure; `rising` is by node the label that it comes to, the largest number of its type until then.

    A half is looked at for one number at its other end alone. That of a node whose label is final is not
    undercut, as no half leads down by more than it counts: it needs no test of its own.
    """
    nodes, entries, unknown = network.excess.shape[0], 0, label_max + 1
    for node in range(nodes):
        if network.excess[node] < 0:
            entries = _note(found, node, 0, entries)
            rising[node] = network.label[node]
    level, farthest, looked_at = 0, 0, 0
    while level <= farthest:
        count, place = _take(found, network, rising, level), 0
        while place < count:
            node = found.stack[place]
            place += 1
            if place + _AHEAD < count:
                read_ahead(network.start, found.stack[place + _AHEAD])
                read_ahead(network.code, network.start[found.stack[place + _AHEAD // 2]])
            label = network.label[node] + level
            if label + scale + 1 > label_max:
                return LABELS_TOO_LARGE
            begin, end = network.start[node], network.start[node + 1]
            closed_from = forward(begin + network.opened[node])
            looked_at += end - begin
            for slot in range(forward(begin), forward(end)):
                code = network.code[slot]
                other = forward(head_of(code))
                risen = 1 - cost_of(code) * scale + label
                if risen >= rising[other] or (slot < closed_from and not is_open_behind(code)):
                    continue
                rising[other] = risen
                distance = risen - network.label[other]
                if distance > level:
                    entries = _note(found, other, distance, entries)
                    farthest = max(farthest, distance)
                else:
                    found.stack[count] = other
                    count += 1
        level += 1
    for node in range(nodes):
        if rising[node] >= unknown:
            if network.excess[node] > 0:
                return NOT_REACHED
            rising[node] = min(network.label[node] + level, unknown)
        if rising[node] > label_max:
            return LABELS_TOO_LARGE
    for node in range(nodes):
        network.label[node] = rising[node]
    return looked_at
