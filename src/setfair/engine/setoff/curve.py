"""The curve: debt discharged for every amount of money that anyone may get, from nothing to what is owed net.

Rules
-----
1. Money goes from debtors over a hub to creditors (`money`); whoever needs it gets it.
2. The curve ends at the net internal debt, with which all debt is discharged. It is concave, and its slopes
   are whole numbers: the number of obligations that one more unit discharges.

In the flow that is kept (see the package), money is a way round, from a debtor to a hub and from there to a
creditor, at no cost. The curve's lines come from letting that way cost 1, 2, 3 ... obligations: the
optimum at each cost is a line of this slope that touches the curve, so the curve is the least of them.

Source: T. Fleischman, P. Dini 2021 (liquidity as a node, net internal debt); Legendre duality for the curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Arcs, Int64Array, check_obligations, merge, net_positions
from setfair.engine.setoff.model import owes_and_owed
from setfair.engine.setoff.solve import least_flow

SLOPE_MAX = 4096
"""Obligations in a row that a unit of money may discharge before the curve gives up."""


@dataclass(frozen=True, slots=True)
class Curve:
    """Debt discharged against liquidity: straight lines between these points."""

    liquidity_minor: tuple[int, ...]
    """Ascending, from 0 to the net internal debt."""
    discharged_minor: tuple[int, ...]
    """At each of them."""
    gross_minor: int

    def at(self, liquidity: int) -> int:
        """Return the debt that an amount of money discharges."""
        place = int(np.searchsorted(np.array(self.liquidity_minor, dtype=object), liquidity, "right")) - 1
        if place >= len(self.liquidity_minor) - 1:
            return self.discharged_minor[-1]
        more = self.liquidity_minor[place + 1] - self.liquidity_minor[place]
        slope = (self.discharged_minor[place + 1] - self.discharged_minor[place]) // more
        return self.discharged_minor[place] + slope * (liquidity - self.liquidity_minor[place])


def discharge_curve(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
) -> Curve:
    """Return the debt discharged for every amount of liquidity, exactly: one optimum for each slope.

    Raises
    ------
    ValueError, OverflowError
        As for `set_off`; OverflowError too if a unit of money can discharge more than `SLOPE_MAX` debts.
    """
    obligations = check_obligations(debtor, creditor, amount_minor, due_day)
    if obligations.gross == 0:
        return Curve((0,), (0,), 0)
    arcs = merge(obligations)
    intercepts = [obligations.gross]
    for slope in range(1, SLOPE_MAX + 1):
        kept, used = _at_toll(arcs, slope)
        intercepts.append(obligations.gross - kept - slope * used)
        if used == 0:
            break
    else:
        raise OverflowError(f"a unit of liquidity discharges more than {SLOPE_MAX} obligations in a row")
    points = [(0, intercepts[-1])]
    for slope in range(len(intercepts) - 2, -1, -1):
        liquidity = intercepts[slope] - intercepts[slope + 1]
        if liquidity > points[-1][0]:
            points.append((liquidity, intercepts[slope] + slope * liquidity))
    liquidities, discharged = zip(*points, strict=True)
    return Curve(liquidities, discharged, obligations.gross)


def _at_toll(arcs: Arcs, toll: int) -> tuple[int, int]:
    """Return the debt kept and the money used where money costs so much: a chain of arcs of cost 1."""
    parties = len(arcs.party)
    owes, owed = owes_and_owed(arcs.debtor, arcs.creditor, arcs.amount, parties)
    chain = parties + np.arange(toll + 1)
    debtors, creditors = np.flatnonzero(owes), np.flatnonzero(owed)
    groups: list[tuple[Int64Array, ...]] = [
        (arcs.debtor, arcs.creditor, arcs.amount, np.ones_like(arcs.amount)),
        (chain[:-1], chain[1:], np.full(toll, owes.sum()), np.ones(toll, np.int64)),
        (debtors, np.full(len(debtors), chain[0]), owes[debtors], np.zeros_like(debtors)),
        (np.full(len(creditors), chain[-1]), creditors, owed[creditors], np.zeros_like(creditors)),
    ]
    tail, head, capacity, cost = (np.concatenate(column) for column in zip(*groups, strict=True))
    net = net_positions(arcs.debtor, arcs.creditor, arcs.amount, parties + toll + 1)
    order = np.argsort(tail, kind="stable")
    found = least_flow(
        tail[order].astype(np.int32),
        head[order].astype(np.int32),
        capacity[order],
        cost[order].astype(np.int8),
        net,
    )
    flow = np.empty_like(found.flow)
    flow[order] = found.flow
    return int(flow[: len(arcs.amount)].sum()), int(flow[len(arcs.amount)])
