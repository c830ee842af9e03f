"""Liquidity: every point of the curve is the optimum of a run with that much money."""

from __future__ import annotations

import numpy as np
import pytest

from setfair.engine.setoff import set_off
from setfair.engine.setoff.curve import discharge_curve
from setfair.engine.setoff.liquidity import Within, discharge
from setfair.engine.setoff.money import NO_OFFERS, Offers
from tests.uncompiled import share

NOBODY = np.empty(0, np.int64)


def draw(seed: int) -> tuple[np.ndarray, ...]:
    """Return a small random table of obligations: debtor, creditor, amount, due day."""
    source = np.random.default_rng(seed)
    parties = int(source.integers(3, 12))
    debtor = source.integers(0, parties, 30)
    creditor = (debtor + source.integers(1, parties, 30)) % parties
    return debtor, creditor, source.integers(1, 1000, 30), np.zeros(30, np.int64)


def for_anyone(*amounts: int) -> Offers:
    """Return funders that give to anyone."""
    return Offers(np.array(amounts, np.int64), np.ones(len(amounts), np.bool_), NOBODY, NOBODY)


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
        run = discharge(*rows, for_anyone(money))
        assert run.discharged_minor == curve.at(money)
        assert run.used_minor == min(money, plain.net_debit_minor)


def test_without_offers_it_is_set_off() -> None:
    """Nobody offers anything: the total of plain set-off."""
    rows = draw(3)
    assert discharge(*rows, NO_OFFERS).discharged_minor == set_off(*rows).cleared_total_minor


def test_nothing_that_takes_part_is_no_fault() -> None:
    """All obligations are not to be touched, or there are none."""
    rows = draw(1)
    found = discharge(*rows, for_anyone(500), within=Within(untouched=np.ones(30, np.bool_)))
    assert (found.discharged_minor, found.used_minor, found.gross_minor) == (0, 0, int(rows[2].sum()))
    assert discharge(*(column[:0] for column in rows), for_anyone(5)).used_minor == 0


@pytest.mark.parametrize(
    ("offers", "error", "words"),
    [
        (for_anyone(-1), ValueError, "must not be negative"),
        (for_anyone(2**61, 2**61), OverflowError, "sums to 2"),
    ],
)
def test_money_out_of_bounds_is_refused(offers: Offers, error: type[Exception], words: str) -> None:
    """Below zero, or more than one run takes."""
    with pytest.raises(error, match=words):
        discharge(*draw(1), offers)


def test_the_largest_amounts_do_not_wrap() -> None:
    """A pair that owes all that one run takes, with as much money; what does not fit is refused."""
    half = 2**60
    rows = (np.array([0, 1]), np.array([1, 2]), np.array([half, half]), np.zeros(2, np.int64))
    found = discharge(*rows, for_anyone(half))
    assert (found.discharged_minor, found.used_minor) == (2 * half, half)
    with pytest.raises(OverflowError, match="more than one run takes"):
        discharge(*rows, for_anyone(*[half] * 3))
