"""Nodes in the order of their distances, each in one list, from which it can be taken out."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.labels import FAR
from setfair.engine.setoff.network import Int32Array
from setfair.kernel import inlined


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
