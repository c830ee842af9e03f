"""Layer 1: what follows from the totals between countries, and from nothing else.

Rules
-----
1. **Bilateral netting**: of two countries' totals only the difference moves.
2. **Country set-off**: what cancels most around loops of countries while nobody's net position changes
   (`setfair.engine.setoff`). No set-off between firms of these countries can cancel more: add up, by pair
   of countries, what firms cancel, and you have a set-off between countries.
3. **Multilateral netting**: each country pays, or gets, its net position towards all others together. Less
   than that cannot move, whatever the procedure: every net debtor has to give what it owes on balance.

So gross >= bilateral >= left by country set-off >= multilateral, always.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from examples.study.groups import GROUPS, Group
from examples.study.trade import Int64Array, Side, Totals, origins_of, totals_of
from setfair.engine.setoff import set_off


@dataclass(frozen=True, slots=True)
class Bounds:
    """What has to move between the countries of a group. Amounts in US cents."""

    group: Group
    pairs: int
    """Ordered pairs of countries with a positive total."""
    gross: int
    bilateral: int
    """Moves under bilateral netting."""
    loops: int
    """Is left by the largest set-off between countries."""
    multilateral: int
    """Moves under multilateral netting."""
    largest_creditor: str
    largest_creditor_due: int
    """What the largest net creditor is owed on balance, out of `multilateral`."""


def net_positions(totals: Totals) -> Int64Array:
    """Return by country what it is owed minus what it owes, in cents."""
    net = np.zeros(len(totals.group.members), np.int64)
    np.add.at(net, totals.exporter, totals.cents)
    np.subtract.at(net, totals.importer, totals.cents)
    return net


def bilateral_net(totals: Totals) -> int:
    """Return the sum of the differences between the two totals of each two countries, in cents."""
    number = len(totals.group.members)
    matrix = np.zeros((number, number), np.int64)
    matrix[totals.exporter, totals.importer] = totals.cents
    return int(np.abs(np.triu(matrix - matrix.T)).sum())


def bounds_of(totals: Totals) -> Bounds:
    """Return the bounds that a group's totals set."""
    net = net_positions(totals)
    due_day = np.zeros_like(totals.cents)
    loops = set_off(totals.importer, totals.exporter, totals.cents, due_day)
    largest = int(np.argmax(net))
    return Bounds(
        group=totals.group,
        pairs=len(totals.cents),
        gross=totals.gross_cents,
        bilateral=bilateral_net(totals),
        loops=loops.gross_minor - loops.cleared_total_minor,
        multilateral=int(net[net > 0].sum()),
        largest_creditor=totals.group.members[largest],
        largest_creditor_due=int(net[largest]),
    )


@dataclass(frozen=True, slots=True)
class Finding:
    """One group's bounds, by the exporters' reports and by the importers'."""

    bounds: Bounds
    by_importers: Bounds
    origins: dict[str, int]
    """Cents of the gross total by where they come from."""


def find_bounds() -> list[Finding]:
    """Return the bounds of all groups."""
    return [
        Finding(bounds_of(totals_of(group)), bounds_of(totals_of(group, Side.IMPORTER)), origins_of(group))
        for group in GROUPS
    ]
