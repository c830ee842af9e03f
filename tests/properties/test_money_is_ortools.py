"""Set-off with money against a general solver: the same debt discharged with the same money, and no less."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import pytest
from ortools.graph.python import min_cost_flow

from setfair.engine.setoff.liquidity import Discharge, Within, discharge
from setfair.engine.setoff.money import Offers
from tests.properties.test_setoff_is_ortools import SHAPES, draw
from tests.uncompiled import share

EACH = 50
"""Instances of each shape: 400 in all."""
WEIGHT = 1000
"""What comes first counts so many times what comes next: more than an instance has obligations."""


class Case(NamedTuple):
    """An instance."""

    rows: tuple[np.ndarray, np.ndarray, np.ndarray]
    due_day: np.ndarray
    offers: Offers
    within: Within


def draw_case(shape: int, number: int) -> Case:
    """Return obligations with funders, and with limits in two of three instances."""
    debtor, creditor, amount = draw(shape, number)
    source = np.random.default_rng((7, shape, number))
    parties = int(max(debtor.max(), creditor.max())) + 1
    funders = int(source.integers(0, 4))
    pairs = source.integers(0, 8)
    offers = Offers(
        source.integers(0, int(amount.max()) * 3, funders, endpoint=True),
        source.random(funders) < 0.3,
        source.integers(0, max(funders, 1), pairs if funders else 0),
        # Some beneficiaries have no obligation.
        source.integers(0, parties + 2, pairs if funders else 0),
        None if number % 2 else np.flatnonzero(source.random(parties) < 0.6),
    )
    kinds = number % 3
    within = Within(
        oldest_first=kinds == 1,
        untouched=source.random(len(amount)) < 0.2 if kinds == 2 else None,
        party_maximum_minor=int(amount.max()) if kinds else None,
    )
    # Amounts and weights together are what the general solver takes.
    stages = 2 if amount.max() > 10**12 else 3
    return Case((debtor, creditor, amount), source.integers(0, stages, len(amount)), offers, within)


def by_solver(case: Case) -> list[int]:
    """Return what is discharged of each class, the oldest first, and at the end the money used."""
    debtor, creditor, amount = case.rows
    parties = int(max(debtor.max(), creditor.max())) + 1
    touched = np.ones(len(amount), bool) if case.within.untouched is None else ~case.within.untouched
    days = np.unique(case.due_day[touched]) if case.within.oldest_first else np.zeros(1, np.int64)
    stage = np.searchsorted(days, case.due_day) if case.within.oldest_first else np.zeros_like(amount)
    most = case.within.party_maximum_minor
    total = int(amount.sum()) if most is None else most
    hub = 2 * parties
    arcs = []
    for row in np.flatnonzero(touched).tolist():
        worth = WEIGHT ** (len(days) - int(stage[row]))
        arcs.append((parties + int(debtor[row]), int(creditor[row]), int(amount[row]), -worth))
    arcs += [(party, parties + party, total, 0) for party in range(parties)]
    receivers = range(parties) if case.offers.receiver is None else case.offers.receiver.tolist()
    arcs += [(party, hub, int(amount.sum()), 0) for party in receivers]
    funded = case.offers.amount_minor.tolist()
    arcs += [(hub, hub + 1 + number, most_of, 1) for number, most_of in enumerate(funded)]
    named = set(zip(case.offers.funder.tolist(), case.offers.beneficiary.tolist(), strict=True))
    named |= {(int(one), party) for one in np.flatnonzero(case.offers.anyone) for party in range(parties)}
    arcs += [(hub + 1 + one, party, funded[one], 0) for one, party in named if party < parties]
    solver = min_cost_flow.SimpleMinCostFlow()
    columns = [np.array(column, np.int64) for column in zip(*arcs, strict=True)]
    solver.add_arcs_with_capacity_and_unit_cost(*columns)
    assert solver.solve() == solver.OPTIMAL
    flow = solver.flows(np.arange(len(arcs)))
    tail, _, _, cost = columns
    of_class = [int(flow[cost == -(WEIGHT ** (len(days) - each))].sum()) for each in range(len(days))]
    return [*of_class, int(flow[(tail == hub) & (cost == 1)].sum())]


def found_of(case: Case, found: Discharge) -> list[int]:
    """Return the same of what the engine found."""
    stage = found.proof.stage
    classes = range(len(found.proof.price_as_debtor) - 1)
    return [*(int(found.cleared_minor[stage == each].sum()) for each in classes), found.used_minor]


def check_money(case: Case, found: Discharge) -> None:
    """Money is conserved, within what is offered, and goes to whom it may."""
    debtor, creditor, _ = case.rows
    net = np.zeros(len(found.party), np.int64)
    np.add.at(net, np.searchsorted(found.party, debtor), found.cleared_minor)
    np.subtract.at(net, np.searchsorted(found.party, creditor), found.cleared_minor)
    np.subtract.at(net, found.gift_party, found.gift_minor)
    assert (net == -found.received_minor).all()
    put_in = found.put_in_minor(len(case.offers.amount_minor))
    assert (put_in <= case.offers.amount_minor).all()
    named = set(zip(case.offers.funder.tolist(), case.offers.beneficiary.tolist(), strict=True))
    for funder, place in zip(found.gift_funder.tolist(), found.gift_party.tolist(), strict=True):
        assert case.offers.anyone[funder] or (funder, int(found.party[place])) in named
    if case.offers.receiver is not None:
        assert not found.received_minor[~np.isin(found.party, case.offers.receiver)].any()


@pytest.mark.parametrize("shape", range(len(SHAPES)), ids=lambda place: SHAPES[place].__name__)
def test_money_does_what_it_can(shape: int) -> None:
    """On 400 instances, a third of them oldest first, a third with obligations that are not to be touched."""
    used = 0
    for number in range(share(EACH)):
        case = draw_case(shape, number)
        found = discharge(*case.rows, case.due_day, case.offers, within=case.within)
        check_money(case, found)
        assert found_of(case, found) == by_solver(case)
        used += found.used_minor > 0
    assert used >= max(1, share(EACH) // 5)
