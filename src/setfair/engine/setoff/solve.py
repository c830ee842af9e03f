"""The least flow that carries given net positions: a minimum-cost flow with costs 0 and 1, proven optimal.

The way
-------
1. Route all excess at a small scale: fast, and off the optimum by a few thousandths (`route`, `labels`).
2. Round the labels to whole prices, multiply the scale, fill what violates the prices, route again, until
   they violate hardly any half (`mend.count_violations`). Rounding first leaves less to fill.
3. Take whole prices, fill what violates them, and route the little that comes of it by shortest ways
   (`mend`). No half is violated then: the prices prove that the flow is optimal.

Where no way leads from a node with excess to one that wants flow there is no flow, and the first measurement
of labels after that has come about says so.

Work is counted in halves looked at, never timed, so the same network gives the same flow on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.labels import LABELS_TOO_LARGE, NOT_REACHED, make_buckets, measure
from setfair.engine.setoff.mend import DONE, NARROW, count_violations, fill_violated, make_search, mend
from setfair.engine.setoff.network import (
    NARROW_LABEL,
    WIDE_LABEL,
    Int32Array,
    Int64Array,
    Network,
    make_network,
    read_flow,
)
from setfair.engine.setoff.route import Limits, make_turns, queue_up, route

FIRST_SCALE = 4
"""Scale of the first routing; measured with 2, 4, 8 and 16: least work with 4."""
SCALE_STEP = 4
"""Factor from one scale to the next; measured with 2, 4, 8 and 16: least work with 4."""
SCALE_MAX = 2**40
VIOLATIONS_MAX = 64
"""Halves that whole prices may violate before `mend` takes over from another scale."""
LOOKS_PER_HALF = 5
"""Halves looked at between two measurements of labels, for each half; 0.5 and 2 are slower, 20 is alike."""
NARROW_LABEL_MAX, WIDE_LABEL_MAX = 2**14, 2**60
"""Largest label of either type; where one would pass that of the narrow type, all get the wide one."""
NO_FLOW = "the net positions cannot be carried: they do not come from these arcs"


@dataclass(frozen=True, slots=True)
class Flow:
    """An optimal flow and the prices that prove it."""

    flow: Int64Array
    """By arc."""
    price: Int64Array
    """By node: cost - price[tail] + price[head] >= 0 on arcs that are not full, <= 0 on arcs in use."""


def least_flow(
    tail: Int32Array,
    head: Int32Array,
    capacity: Int64Array,
    cost: npt.NDArray[np.int8],
    excess: Int64Array,
) -> Flow:
    """Return a flow of least cost that takes all excess to where it is wanted.

    Parameters
    ----------
    tail, head
        int32, shape (arcs,), numbers from 0, ordered by tail; no arc leads from a node to itself.
    capacity
        int64, shape (arcs,), positive; the sum of all fits in int64.
    cost
        int8, shape (arcs,), 0 or 1.
    excess
        int64, shape (nodes,), sums to zero; positive where flow begins.

    Raises
    ------
    ArithmeticError
        If no flow takes the excess to where it is wanted.
    """
    if excess.sum() != 0:
        raise ArithmeticError(NO_FLOW)
    network = make_network(len(excess), tail, head, capacity, cost)
    network.excess[:] = excess
    scale = FIRST_SCALE
    network = _route_all(network, scale)
    while True:
        by_threshold = np.zeros(scale, np.int64)
        count_violations(network, scale, by_threshold)
        if by_threshold.min() <= VIOLATIONS_MAX or scale * SCALE_STEP > SCALE_MAX:
            break
        network = _refine(network, scale, int(np.argmin(by_threshold)))
        scale *= SCALE_STEP
    threshold = int(np.argmin(by_threshold))
    network = network._replace(label=(network.label.astype(np.int64) - threshold) // scale)
    _mend_all(network)
    flow = np.empty_like(capacity)
    read_flow(network, flow)
    return Flow(flow, network.label.astype(np.int64))


def _refine(network: Network, scale: int, threshold: int) -> Network:
    """Go from one scale to the next: whole prices as finer labels, and a flow that keeps to them."""
    labels = (network.label.astype(np.int64) - threshold) // scale * (scale * SCALE_STEP)
    narrow = labels.max(initial=0) < NARROW_LABEL_MAX // 2
    network = network._replace(label=labels.astype(NARROW_LABEL if narrow else WIDE_LABEL))
    fill_violated(network, scale * SCALE_STEP, 1)
    return _route_all(network, scale * SCALE_STEP)


def _route_all(network: Network, scale: int) -> Network:
    """Route until no node has excess; labels that get too large for the narrow type go on in the wide one."""
    turns = make_turns(len(network.excess))
    budget = max(1024, LOOKS_PER_HALF * len(network.code))
    while waiting := queue_up(network, turns):
        label_max = NARROW_LABEL_MAX if network.label.dtype == NARROW_LABEL else WIDE_LABEL_MAX
        found = measure(network, scale, label_max)
        if found == NOT_REACHED:
            raise ArithmeticError(NO_FLOW)
        if found != LABELS_TOO_LARGE:
            found = route(network, turns, waiting, Limits(scale, budget, label_max))
        if found == LABELS_TOO_LARGE:
            network = network._replace(label=network.label.astype(WIDE_LABEL))
    return network


def _mend_all(network: Network) -> None:
    """Make the flow optimal for whole prices."""
    fill_violated(network, 1, 0)
    nodes = len(network.excess)
    search = make_search(nodes)
    span = 64 + int(np.ptp(network.label)) if nodes else 64
    while (result := mend(network, make_buckets(nodes, span), search)) == NARROW:
        span *= 4
    if result != DONE:
        raise ArithmeticError(NO_FLOW)
