"""The way out for networks of long ways: whole prices, and what violates them is mended by shortest ways.

Labels of long rings and chains grow with the steps of their ways; a scale that is finer than their number
would need labels beyond all memory. So there the prices are labels of scale 1 in which a step counts nothing:
each excess goes to the nearest node that wants flow, the way measured in cost minus difference of prices, and
prices rise so that no half is violated. Then the flow is optimal: the prices prove it.

Source: R. Busacker, P. Gowen 1961; J. Edmonds, R. Karp 1972 (successive shortest paths with potentials).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.setoff.buckets import Buckets, file_node, join_stack, take_bucket
from setfair.engine.setoff.labels import FAR
from setfair.engine.setoff.network import Int32Array, Int64Array, Network, cost_of, head_of, push
from setfair.kernel import inlined, kernel

DONE, NO_WAY, NARROW = 0, -1, -2
"""Results of `mend`: all is routed; an excess cannot be routed; the buckets are too few for a distance."""


class Search(NamedTuple):
    """What a search found."""

    touched: Int32Array
    """Nodes that got a distance, in order."""
    parent: Int64Array
    """By node: the half through which it was found."""


def make_search(nodes: int) -> Search:
    """Return room for a search among so many nodes."""
    return Search(np.empty(nodes, np.int32), np.empty(nodes, np.int64))


@kernel
def mend(network: Network, buckets: Buckets, search: Search) -> int:
    """Route every excess by shortest ways; labels are prices here. Return DONE, NO_WAY or NARROW.

    After NARROW, `mend` may be called again with wider buckets and goes on.
    """
    for source in range(network.excess.shape[0]):
        while network.excess[source] > 0:
            goal, count, level = _search(network, buckets, search, source)
            for place in range(count):
                node = search.touched[place]
                if buckets.settled[node]:
                    network.label[node] += level - buckets.distance[node] if goal >= 0 else 0
                    buckets.settled[node] = 0
                elif buckets.distance[node] < FAR:
                    buckets.first[buckets.distance[node] % buckets.first.shape[0]] = -1
                buckets.distance[node] = FAR
            if goal < 0:
                return goal
            _push_back(network, search.parent, source, goal)
    return DONE


@inlined
def _search(network: Network, buckets: Buckets, search: Search, source: int) -> tuple[int, int, int]:
    """Search from the source for the nearest node that wants flow; return it, nodes touched, distance."""
    file_node(buckets, source, 0)
    search.touched[0], search.parent[source] = source, -1
    count, level, farthest = 1, 0, 0
    while level <= farthest:
        waiting = take_bucket(buckets, level)
        place = 0
        while place < waiting:
            node = buckets.stack[place]
            place += 1
            buckets.settled[node] = 1
            if network.excess[node] < 0:
                return node, count, level
            base = level - network.label[node]
            for slot in range(network.start[node], network.start[node] + network.opened[node]):
                code = network.code[slot]
                other = head_of(code)
                distance = base + cost_of(code) + network.label[other]
                if distance >= buckets.distance[other] or buckets.settled[other]:
                    continue
                if distance - level >= buckets.first.shape[0]:
                    return NARROW, count, level
                if buckets.distance[other] == FAR:
                    search.touched[count] = other
                    count += 1
                search.parent[other] = network.half[slot]
                if distance == level:
                    waiting = join_stack(buckets, other, level, waiting)
                else:
                    file_node(buckets, other, distance)
                    farthest = max(farthest, distance)
        level += 1
    return NO_WAY, count, level


@inlined
def _push_back(network: Network, parent: Int64Array, source: int, goal: int) -> None:
    """Push along the way that was found, from its end back, what fits."""
    amount = min(network.excess[source], -network.excess[goal])
    node = goal
    while node != source:
        half = parent[node]
        amount = min(amount, network.room[half])
        node = _tail_of(network, half)
    network.excess[source] -= amount
    network.excess[goal] += amount
    node = goal
    while node != source:
        half = parent[node]
        before = _tail_of(network, half)
        push(network, before, half, amount)
        node = before


@inlined
def _tail_of(network: Network, half: int) -> int:
    """Return the node that a half leads from."""
    return head_of(network.code[network.slot[network.twin[half]]])
