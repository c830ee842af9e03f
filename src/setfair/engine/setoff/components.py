"""Strongly connected components: only arcs inside one lie on a loop."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.kernel import kernel

Int64Array = npt.NDArray[np.int64]


def strong_components(row_start: Int64Array, head: npt.NDArray[np.signedinteger]) -> Int64Array:
    """Number the strongly connected components of a directed graph (Tarjan's algorithm, no recursion).

    Parameters
    ----------
    row_start
        int64, shape (nodes + 1,): the arcs of node v are row_start[v] to row_start[v + 1] - 1.
    head
        Shape (arcs,): the node that each arc goes to.

    Returns
    -------
    ndarray
        int64, shape (nodes,): component of each node, numbered from 0; an arc between two components goes
        to the one with the smaller number.
    """
    nodes = len(row_start) - 1
    component = np.full(nodes, -1, np.int64)
    low, path, unfinished = (np.zeros(nodes, np.int64) for _ in range(3))
    room = _Room(row_start[:-1].copy(), np.full(nodes, -1, np.int64), low, path, unfinished)
    _number_components(row_start, head, component, room)
    return component


class _Room(NamedTuple):
    """What Tarjan's algorithm keeps, by node, -1 where it has not been."""

    next_arc: Int64Array
    visit: Int64Array
    low: Int64Array
    path: Int64Array
    unfinished: Int64Array


@kernel
def _number_components(
    row_start: Int64Array, head: npt.NDArray[np.signedinteger], component: Int64Array, room: _Room
) -> None:
    next_arc, visit, low, path, unfinished = room
    open_count, next_visit, components = 0, 0, 0
    for root in range(component.shape[0]):
        if visit[root] >= 0:
            continue
        path[0], depth = root, 1
        visit[root] = low[root] = next_visit
        next_visit += 1
        unfinished[open_count] = root
        open_count += 1
        while depth > 0:
            node = path[depth - 1]
            if next_arc[node] < row_start[node + 1]:
                other = head[next_arc[node]]
                next_arc[node] += 1
                if visit[other] < 0:
                    visit[other] = low[other] = next_visit
                    next_visit += 1
                    unfinished[open_count] = other
                    open_count += 1
                    path[depth] = other
                    depth += 1
                elif component[other] < 0:
                    low[node] = min(low[node], visit[other])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[node])
            if low[node] == visit[node]:
                while True:
                    open_count -= 1
                    component[unfinished[open_count]] = components
                    if unfinished[open_count] == node:
                        break
                components += 1
