"""The least flow that carries given net positions: a minimum-cost flow with costs 0 and 1, proven optimal.

The way
-------
1. Route nearly all excess at a small scale: fast, and off the optimum by a few thousandths (`route`,
   `labels`). A few small excesses are left to the next scale; a large one is not, as it climbs far, and a
   finer scale has more steps.
2. Round the labels to whole prices, multiply the scale, fill what violates the prices, route again
   (`violations`). Rounding first leaves less to fill.
3. Go on until the prices can be lowered so that no half violates them: they prove then that the flow is
   optimal. A scale larger than the number of nodes always comes to that; in networks of trade 64 to 512 do.
   Where labels would lie too far apart for it, as in long rings, what is left goes single ways (`mend`).

Where no way leads from a node with excess to one that wants flow there is no flow, and the first measurement
of labels after that has come about says so.

Work is counted in halves looked at, never timed, so the same network gives the same flow on any machine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.buckets import make_buckets
from setfair.engine.setoff.labels import LABELS_TOO_LARGE, NOT_REACHED, measure
from setfair.engine.setoff.mend import DONE, NARROW, make_search, mend
from setfair.engine.setoff.network import (
    NARROW_LABEL,
    WIDE_LABEL,
    Arcs,
    Int32Array,
    Int64Array,
    Network,
    make_network,
    read_flow,
)
from setfair.engine.setoff.rise import Limits, send_to_sleep
from setfair.engine.setoff.route import make_lanes, queue_up, route
from setfair.engine.setoff.start import fill_directly, is_concentrated
from setfair.engine.setoff.violations import count_violations, fill_violated, lower_prices

FIRST_SCALE = 8
"""Scale of the first routing; measured with 2, 4, 8 and 16: least work with 8."""
FIRST_SCALE_CONCENTRATED = 4
"""The same where a few nodes have most of the arcs (`start`): least work with 4."""
SCALE_STEP = 8
"""Factor from one scale to the next; measured with 4, 8 and 16: least work with 8."""
LOOKS_PER_HALF, LOOKS_PER_HALF_MIN = 3.0, 0.5
"""Halves looked at between two measurements of labels, for each half: the first while many nodes have excess,
the second at the end, when single ones would raise the labels of all others step by step."""
MANY_EXCESSES = 0.01
"""Share of the nodes that is many."""
FEW_LEFT, SMALL_LEFT = 0.03, 8
"""What the first scale leaves: excess of at most such a share of the nodes, none of it more than so many
times the mean excess of a node at first, ..."""
NEAR_LABEL_MAX = 2**10
"""... and no label larger than this: in rings and chains nothing is left. Labels of trade come to 220."""
LABELS_MAX = 2**21
"""How far labels may lie apart: above, single ways are searched (`mend`). Only long rings and chains do."""
ASLEEP_FROM = 0.5
"""Halves that are this far from tight, in units of cost, sleep."""
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
    scale, network = _begin(Arcs(tail, head, capacity, cost, np.zeros_like(capacity)), excess)
    network = _route_all(network, scale, _small(excess))
    while (proof := _prove(network, prices := _whole_prices(network, scale))) is None:
        scale *= SCALE_STEP
        if int(np.ptp(prices)) * scale > LABELS_MAX:
            proof = _mend_all(network, prices)
            break
        network = _refine(network, prices, scale)
    flow = np.empty_like(capacity)
    read_flow(network, tail, flow)
    return Flow(flow, proof)


def _begin(arcs: Arcs, excess: Int64Array) -> tuple[int, Network]:
    """Return the first scale and the network, with labels that are valid for it."""
    nodes, left = len(excess), excess.copy()
    if not (arcs.cost.all() and is_concentrated(arcs.tail, arcs.head, nodes)):
        network = make_network(nodes, arcs)
        network.excess[:] = excess
        return FIRST_SCALE, network
    fill_directly(arcs.tail, arcs.head, arcs.capacity, left, arcs.flow)
    network = make_network(nodes, arcs)
    network.excess[:] = left
    network.label[:] = np.where(excess < 0, 0, FIRST_SCALE_CONCENTRATED + 1)
    return FIRST_SCALE_CONCENTRATED, network


def _whole_prices(network: Network, scale: int) -> Int64Array:
    """Return the prices that violate fewest open halves."""
    by_threshold = np.zeros(scale, np.int64)
    count_violations(network, scale, by_threshold)
    return (network.label.astype(np.int64) - np.argmin(by_threshold)) // scale


def _prove(network: Network, prices: Int64Array) -> Int64Array | None:
    """Return prices that no open half violates, by lowering.

    None if they do not soon come to rest, or if excess is left.
    """
    if network.excess.max(initial=0) > 0:
        return None
    if not lower_prices(network, np.arange(len(prices)), lowest := prices.copy()):
        return lowest
    prices, order = prices.copy(), np.argsort(network.label, kind="stable")
    back = order[::-1].copy()
    lowered, before = 0, 0
    while 2 * lowered <= before:
        before = lowered or 4 * len(prices)
        there = lower_prices(network, order, prices)
        lowered = there + (again := lower_prices(network, back, prices))
        if not lowered:
            return prices
        if again > there:
            return None
    return None


def _mend_all(network: Network, prices: Int64Array) -> Int64Array:
    """Make the flow optimal for whole prices; return those that prove it."""
    network = network._replace(label=prices - prices.min())
    fill_violated(network, 1, 0)
    nodes = len(network.excess)
    search = make_search(nodes)
    span = 64 + int(np.ptp(network.label)) if nodes else 64
    while (result := mend(network, make_buckets(nodes, span), search)) == NARROW:
        span *= 4
    if result != DONE:
        raise ArithmeticError(NO_FLOW)
    return network.label


def _refine(network: Network, prices: Int64Array, scale: int) -> Network:
    """Go to a finer scale: whole prices as its labels, and a flow that keeps to them."""
    labels = prices * scale
    narrow = labels.max(initial=0) < NARROW_LABEL_MAX // 2
    kind = NARROW_LABEL if narrow else WIDE_LABEL
    network = network._replace(label=labels.astype(kind), wake=network.wake.astype(kind))
    fill_violated(network, scale, 1)
    return _route_all(network, scale)


def _small(excess: Int64Array) -> int:
    """Return the largest excess that the first scale may leave to the next."""
    return SMALL_LEFT * int(excess.clip(0).sum()) // max(1, len(excess))


def _route_all(network: Network, scale: int, small: int = 0) -> Network:
    """Route until no node has excess, or only a few have some that is small.

    Labels that get too large for the narrow type go on in the wide one.
    """
    nodes = len(network.excess)
    lanes = make_lanes(nodes)
    while waiting := queue_up(network, lanes):
        if (
            network.label.max() <= NEAR_LABEL_MAX
            and waiting <= FEW_LEFT * nodes
            and network.excess.max() <= small
        ):
            break
        label_max = NARROW_LABEL_MAX if network.label.dtype == NARROW_LABEL else WIDE_LABEL_MAX
        found = measure(network, scale, label_max)
        if found == NOT_REACHED:
            raise ArithmeticError(NO_FLOW)
        if found != LABELS_TOO_LARGE:
            limits = Limits(scale, _budget(network, waiting), label_max, max(1, int(scale * ASLEEP_FROM)))
            send_to_sleep(network, limits)
            found = route(network, lanes, waiting, limits)
        if found == LABELS_TOO_LARGE:
            network = network._replace(
                label=network.label.astype(WIDE_LABEL), wake=network.wake.astype(WIDE_LABEL)
            )
    network.awake[:] = network.opened
    return network


def _budget(network: Network, waiting: int) -> int:
    """Return how many halves to look at until the labels are measured anew."""
    share = min(1.0, waiting / (MANY_EXCESSES * len(network.excess)))
    return max(1024, int(len(network.code) * max(LOOKS_PER_HALF_MIN, LOOKS_PER_HALF * share)))
