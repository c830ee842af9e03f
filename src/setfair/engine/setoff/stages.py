"""Solve in stages: the most of the first stage, then of the second among the optima of the first, and on.

Rules
-----
1. Each stage is a minimum-cost flow: what is kept of the arcs of this stage costs 1, of all others 0.
2. The prices of a stage decide its arcs: with gain = cost - price of tail + price of head, an arc with a
   gain above 0 is cancelled whole at every optimum of the stage, and one below 0 not at all. Both are fixed
   and leave the network; what is kept of them stays carried, so the next stage begins with the rest.
3. Arcs with a gain of 0 stay free between nothing and all. The optima of a stage are just the circulations
   that keep what was fixed, so the next stage loses none of them and gains none.
4. The sign of the first gain that is not 0 decides about an arc; this is what proves the result
   (`certificate`).
5. Of arcs that are spared the least is used, not the most: their cost is -1. Turned around, with what is used
   of them for what is kept, they are arcs of cost 1.

Source: complementary slackness, e.g. R. K. Ahuja, T. L. Magnanti, J. B. Orlin, "Network flows", 1993, ch. 9.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from setfair.engine.setoff.components import strong_components
from setfair.engine.setoff.merge import Int64Array, net_positions
from setfair.engine.setoff.model import Model
from setfair.engine.setoff.run import stack_prices
from setfair.engine.setoff.solve import least_flow


@dataclass(frozen=True, slots=True)
class Staged:
    """What every stage decided."""

    cancelled: Int64Array
    """By arc of the model."""
    price: Int64Array
    """Shape (stages, nodes)."""


def solve_stages(model: Model, stages: int) -> Staged:
    """Cancel the most of each stage in turn.

    Parameters
    ----------
    model
        The network.
    stages
        How many there are, at least 1; the stages of the arcs are smaller.
    """
    row_start = np.searchsorted(model.tail, np.arange(model.nodes + 1)).astype(np.int64)
    component = strong_components(row_start, model.head)
    free = np.flatnonzero(component[model.tail] == component[model.head])
    kept = model.capacity.copy()
    prices = np.zeros((stages, model.nodes), np.int64)
    for stage in range(stages):
        cost = np.where(model.spared[free], -1, 1) * (model.stage[free] == stage)
        price = prices[stage]
        if cost.any():
            price = _solve_stage(model, free, cost, kept)
            tail, head = model.tail[free], model.head[free]
            free = free[cost - price[tail] + price[head] == 0]
        prices[stage] = stack_prices(price, component)
    return Staged(model.capacity - kept, prices)


def _solve_stage(model: Model, free: Int64Array, cost: Int64Array, kept: Int64Array) -> Int64Array:
    """Keep as little of the free arcs of this stage as can be; write what is kept, return the prices."""
    tail, head, capacity = model.tail[free], model.head[free], model.capacity[free]
    turned = cost < 0
    order = np.arange(len(free))
    if turned.any():
        tail, head = np.where(turned, head, tail), np.where(turned, tail, head)
        order = np.argsort(tail, kind="stable")
    carried = np.where(turned, capacity - kept[free], kept[free])
    excess = net_positions(tail.astype(np.int64), head.astype(np.int64), carried, model.nodes)
    flow = least_flow(tail[order], head[order], capacity[order], np.abs(cost[order]).astype(np.int8), excess)
    carried[order] = flow.flow
    kept[free] = np.where(turned, capacity - carried, carried)
    return flow.price
