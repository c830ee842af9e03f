"""Liquidity: every point of the curve is the optimum of a run with that much money."""

from __future__ import annotations

import numpy as np
import pytest

from setfair.engine.setoff import set_off
from setfair.engine.setoff.liquidity import Offers, discharge, discharge_curve
from tests.uncompiled import share

NOBODY = np.empty(0, np.int64)


def draw(seed: int) -> tuple[np.ndarray, ...]:
    """Return a small random table of obligations: debtor, creditor, amount, due day."""
    source = np.random.default_rng(seed)
    parties = int(source.integers(3, 12))
    debtor = source.integers(0, parties, 30)
    creditor = (debtor + source.integers(1, parties, 30)) % parties
    return debtor, creditor, source.integers(1, 1000, 30), np.zeros(30, np.int64)


@pytest.mark.parametrize("seed", range(share(60)))
def test_the_curve_is_made_of_optima(seed: int) -> None:
    """It begins at plain set-off, ends with all debt at the net internal debt, and is concave between."""
    rows = draw(seed)
    plain, curve = set_off(*rows), discharge_curve(*rows)
    assert (curve.liquidity_minor[0], curve.discharged_minor[0]) == (0, plain.cleared_total_minor)
    assert (curve.liquidity_minor[-1], curve.discharged_minor[-1]) == (
        plain.net_debit_minor,
        plain.gross_minor,
    )
    slopes = np.diff(curve.discharged_minor) / np.diff(curve.liquidity_minor)
    assert (np.diff(slopes) < 0).all()
    for money in (0, 1, plain.net_debit_minor // 3, plain.net_debit_minor * 2):
        run = discharge(*rows, Offers(NOBODY, NOBODY, money))
        assert run.discharged_minor == curve.at(money)
        assert run.used_minor == min(money, plain.net_debit_minor)


@pytest.mark.parametrize("seed", range(share(30)))
def test_money_is_conserved(seed: int) -> None:
    """What is discharged of a party's debts and not of its claims is the money that it put in or got."""
    debtor, creditor, amount, due_day = draw(seed)
    offers = Offers(np.array([0, 1]), np.array([50, 500]), 300, beneficiary=np.array([2]))
    run = discharge(debtor, creditor, amount, due_day, offers)
    net = np.zeros(12, np.int64)
    np.add.at(net, debtor, run.cleared_minor)
    np.subtract.at(net, creditor, run.cleared_minor)
    assert (net[run.party] == run.own_minor + run.given_minor - run.received_minor).all()
    assert run.own_minor.sum() + run.given_minor.sum() == run.used_minor
    assert not run.given_minor[run.party != 2].any()
    assert (run.cleared_minor <= amount).all()
    assert (run.cleared_minor >= 0).all()
