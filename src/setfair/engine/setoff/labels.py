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
from setfair.kernel import inlined, kernel

FAR = 2**62
"""A distance that no way has."""
_AHEAD = 8
"""Nodes ahead for which memory is asked: measured, a third less time on a million obligations."""
LABELS_TOO_LARGE, NOT_REACHED = -1, -2
"""Results of `measure`, the first of `route` too: a label would pass its maximum; no way leads from a node
with excess to one that wants flow, so that there is no flow at all."""


class Buckets(NamedTuple):
    """Nodes by distance: a list for each distance, in a ring of distances."""

    first: Int32Array
    """By distance, modulo its length: a node of this distance, or -1."""
    following: Int32Array
    """By node: the next one in its list, or -1."""
    preceding: Int32Array
    """By node: the one before it in its list, or -1."""
    distance: npt.NDArray[np.int64]
    """By node: found so far, or `FAR`."""
    settled: npt.NDArray[np.int8]
    """By node: 1 if its distance is final."""
    stack: Int32Array
    """Nodes of the present distance."""


_PLACE = np.dtype([("distance", "<i8"), ("following", "<i4"), ("preceding", "<i4")])


def make_buckets(nodes: int, span: int) -> Buckets:
    """Return empty buckets for so many nodes and for distances that differ by less than `span`."""
    # What is used together lies together.
    place = np.empty(nodes, _PLACE)
    place["distance"] = FAR
    return Buckets(
        first=np.full(span, -1, np.int32),
        following=place["following"],
        preceding=place["preceding"],
        distance=place["distance"],
        settled=np.zeros(nodes, np.int8),
        stack=np.empty(nodes, np.int32),
    )


def measure(network: Network, scale: int, label_max: int) -> int:
    """Make every label the exact distance; return how many halves were looked at.

    If one would be larger than `label_max`, none changes, and `LABELS_TOO_LARGE` is returned; so it is with
    `NOT_REACHED`.
    """
    low, high = int(network.label.min(initial=0)), int(network.label.max(initial=0))
    buckets = make_buckets(len(network.excess), high - low + scale + 3)
    rising = np.full_like(network.label, np.iinfo(network.label.dtype).max)
    return int(_measure(network, scale, buckets, rising, label_max))


@inlined
def file_node(buckets: Buckets, node: int, distance: int) -> None:
    """Put a node into the bucket of a distance, out of the one in which it was."""
    span = buckets.first.shape[0]
    old = buckets.distance[node]
    if old < FAR:
        before, after = buckets.preceding[node], buckets.following[node]
        if before >= 0:
            buckets.following[before] = after
        else:
            buckets.first[old % span] = after
        if after >= 0:
            buckets.preceding[after] = before
    place = distance % span
    after = buckets.first[place]
    buckets.following[node] = after
    buckets.preceding[node] = -1
    if after >= 0:
        buckets.preceding[after] = node
    buckets.first[place] = node
    buckets.distance[node] = distance


@inlined
def take_bucket(buckets: Buckets, distance: int) -> int:
    """Move the nodes of a distance to the stack and return how many there are."""
    place = distance % buckets.first.shape[0]
    node = buckets.first[place]
    buckets.first[place] = -1
    count = 0
    while node >= 0:
        buckets.stack[count] = node
        count += 1
        node = buckets.following[node]
    return count


@inlined
def join_stack(buckets: Buckets, node: int, distance: int, count: int) -> int:
    """Put a node on the stack of the present distance, whose bucket is empty; return the new count."""
    file_node(buckets, node, distance)
    buckets.first[distance % buckets.first.shape[0]] = -1
    buckets.stack[count] = node
    return count + 1


@kernel
def _measure(
    network: Network, scale: int, buckets: Buckets, rising: npt.NDArray[np.signedinteger], label_max: int
) -> int:
    """Measure; `rising` is by node the label that it comes to, the largest number of its type until then.

    A half is looked at for one number at its other end alone. That of a node whose label is final is not
    undercut, as no half leads down by more than it counts: it needs no test of its own.
    """
    nodes = network.excess.shape[0]
    for node in range(nodes):
        if network.excess[node] < 0:
            file_node(buckets, node, 0)
            rising[node] = network.label[node]
    level, farthest, looked_at = 0, 0, 0
    while level <= farthest:
        count = take_bucket(buckets, level)
        place = 0
        while place < count:
            node = buckets.stack[place]
            place += 1
            if place + _AHEAD < count:
                read_ahead(network.start, buckets.stack[place + _AHEAD])
                read_ahead(network.code, network.start[buckets.stack[place + _AHEAD // 2]])
            label = network.label[node] + level
            if label + scale + 1 > label_max:
                return LABELS_TOO_LARGE
            closed_from = network.start[node] + network.opened[node]
            looked_at += network.start[node + 1] - network.start[node]
            for slot in range(network.start[node], network.start[node + 1]):
                code = network.code[slot]
                other = head_of(code)
                risen = 1 - cost_of(code) * scale + label
                if risen >= rising[other] or (slot < closed_from and not is_open_behind(code)):
                    continue
                rising[other] = risen
                distance = risen - network.label[other]
                if distance > level:
                    file_node(buckets, other, distance)
                    farthest = max(farthest, distance)
                else:
                    count = join_stack(buckets, other, level, count)
        level += 1
    for node in range(nodes):
        if buckets.distance[node] == FAR:
            if network.excess[node] > 0:
                return NOT_REACHED
            buckets.distance[node] = level
        if network.label[node] + buckets.distance[node] > label_max:
            return LABELS_TOO_LARGE
    for node in range(nodes):
        network.label[node] += buckets.distance[node]
    return looked_at
