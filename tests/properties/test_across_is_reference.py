"""Set-off across currencies against its plain twin, its invariants, and the set-off that it grew out of."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.engine.setoff import set_off
from setfair.engine.setoff.fixing import AcrossCurrencies, set_off_across
from tests.reference import across as twin
from tests.reference.across import Owed
from tests.uncompiled import share

EXACT = [Fraction(66, 100), Fraction(3, 100), Fraction(1), Fraction(29, 100), Fraction(54, 10)]
"""Rates as they are quoted in units of account: every value is a whole number of some fine unit."""
INVERSE = [Fraction(1000 * 10**4, number) for number in (1502785, 43157713, 3371999, 18645517, 17568001)]
"""Rates as the ECB quotes them: no small fine unit has whole numbers of all."""
CASES = [
    EXACT,
    INVERSE,
    [Fraction(1, 10**5), Fraction(10**6), Fraction(1), Fraction(7, 3), Fraction(1, 999983)],
]


def run(rows: list[Owed], worth: list[Fraction]) -> AcrossCurrencies:
    """Set off rows."""
    columns = np.array([(r.debtor, r.creditor, r.amount, r.due, r.currency) for r in rows], np.int64)
    debtor, creditor, amount, due, currency = columns.reshape(-1, 5).T
    return set_off_across(debtor, creditor, amount, due, currency=currency, minor_value=worth)


def obligations(
    parties: int, amount_max: int, count_max: int, currencies: int = 5
) -> st.SearchStrategy[list[Owed]]:
    """Draw obligations between few parties in several currencies."""
    party = st.integers(-2, parties)
    rows = st.builds(
        Owed, party, party, st.integers(1, amount_max), st.integers(0, 3), st.integers(0, currencies - 1)
    )
    return st.lists(rows.filter(lambda row: row.debtor != row.creditor), max_size=count_max)


def check_against_twin(rows: list[Owed], worth: list[Fraction], result: AcrossCurrencies) -> None:
    """Compare every column with the twin's."""
    fine = twin.fine_units(rows, worth)
    assert fine == result.fine_per_minor
    cancelled = result.set_off.cleared_minor.tolist()
    assert result.value_fine.tolist() == twin.values(rows, worth, fine)
    reduced = result.reduced_minor.tolist()
    assert reduced == twin.reductions(rows, worth, fine, cancelled)
    party = result.set_off.party.tolist()
    exchange = zip(result.exchange.party, result.exchange.currency, result.exchange.change_minor, strict=True)
    assert {(party[p], int(c)): int(part) for p, c, part in exchange} == twin.changes(rows, reduced)
    part = result.rounding.denominator
    gain = twin.gains(rows, worth, reduced)
    assert dict(zip(party, (Fraction(x, part) for x in result.rounding.gain), strict=True)) == gain
    bound = twin.bounds(rows, worth, fine, cancelled)
    assert dict(zip(party, (Fraction(x, part) for x in result.rounding.bound), strict=True)) == bound
    assert dict(zip(party, result.rounding.entry_minor.tolist(), strict=True)) == twin.entries(gain)


def check_invariants(rows: list[Owed], worth: list[Fraction], result: AcrossCurrencies) -> None:
    """Check what must hold of any result, from the reductions and entries alone."""
    reduced, entry = result.reduced_minor.tolist(), result.rounding.entry_minor.tolist()
    assert all(0 <= part <= row.amount for row, part in zip(rows, reduced, strict=True))
    in_currency = [0] * len(worth)
    for currency, part in zip(result.exchange.currency, result.exchange.change_minor, strict=True):
        in_currency[currency] += int(part)
    assert not any(in_currency)
    assert sum(entry) == 0
    gain = twin.gains(rows, worth, reduced)
    assert sum(gain.values()) == 0
    touched = dict.fromkeys(gain, Fraction(0))
    for row, part in zip(rows, result.set_off.cleared_minor.tolist(), strict=True):
        for party in (row.debtor, row.creditor):
            # The bound in plain words: a minor unit for each obligation of the party that takes part.
            touched[party] += worth[row.currency] * (part > 0)
    bound = (Fraction(each, result.rounding.denominator) for each in result.rounding.bound)
    for (party, part), each, most in zip(gain.items(), entry, bound, strict=True):
        assert abs(part) <= most <= touched[party]
        assert abs(part - each) < 1


@pytest.mark.parametrize("worth", CASES)
@given(rows=obligations(parties=6, amount_max=10**6, count_max=40))
@settings(max_examples=share(120), deadline=None)
def test_it_is_its_twin(worth: list[Fraction], rows: list[Owed]) -> None:
    """Fine unit, values, reductions, exchange, gains, bounds and entries are the twin's."""
    if twin.fine_units(rows, worth) is None:
        with pytest.raises(OverflowError, match="too far apart"):
            run(rows, worth)
        return
    result = run(rows, worth)
    check_against_twin(rows, worth, result)
    check_invariants(rows, worth, result)


@given(rows=obligations(parties=5, amount_max=10**15, count_max=25))
@settings(max_examples=share(120), deadline=None)
def test_large_amounts_stay_exact(rows: list[Owed]) -> None:
    """Where values do not fit as whole numbers they are rounded down to fine units, and all holds still."""
    result = run(rows, INVERSE)
    check_against_twin(rows, INVERSE, result)
    check_invariants(rows, INVERSE, result)


@pytest.mark.parametrize("worth", [Fraction(1), Fraction(1000, 1502785)])
@given(rows=obligations(parties=8, amount_max=10**9, count_max=40, currencies=1))
@settings(max_examples=share(80), deadline=None)
def test_one_currency_is_plain_set_off(worth: Fraction, rows: list[Owed]) -> None:
    """With one currency the result is that of the plain set-off at any rate, and nothing is rounded."""
    result = run(rows, [worth])
    columns = np.array([(r.debtor, r.creditor, r.amount, r.due) for r in rows], np.int64).reshape(-1, 4).T
    plain = set_off(*columns)
    assert result.reduced_minor.tolist() == plain.cleared_minor.tolist()
    assert result.set_off.price.tolist() == plain.price.tolist()
    assert not result.rounding.gain.any()
    assert not result.rounding.bound.any()
    assert not result.exchange.change_minor.any()


@given(rows=obligations(parties=6, amount_max=10**6, count_max=40))
@settings(max_examples=share(100), deadline=None)
def test_it_cancels_at_least_what_each_currency_cancels_alone(rows: list[Owed]) -> None:
    """What the currencies cancel one by one is one of the circulations over all of them."""
    result = run(rows, EXACT)
    alone = Fraction(0)
    for number, worth in enumerate(EXACT):
        of_currency = [(r.debtor, r.creditor, r.amount, r.due) for r in rows if r.currency == number]
        plain = set_off(*np.array(of_currency, np.int64).reshape(-1, 4).T)
        alone += plain.cleared_total_minor * worth * result.fine_per_minor
    assert result.set_off.cleared_total_minor >= alone
