"""Set-off across currencies: examples worked by hand, bounds, refusals, determinism."""

from __future__ import annotations

import os
import subprocess
import sys
from fractions import Fraction

import numpy as np
import pytest

from setfair.engine.setoff import GROSS_MAX_MINOR
from setfair.engine.setoff.fine_unit import choose_fine_unit
from setfair.engine.setoff.fixing import AcrossCurrencies, set_off_across
from setfair.engine.setoff.rounding import share_remainders

Row = tuple[int, int, int, int, int]
"""Debtor, creditor, amount, due day, currency."""


def run(rows: list[Row], *worth: Fraction | int) -> AcrossCurrencies:
    """Set off rows."""
    debtor, creditor, amount, due, currency = np.array(rows, np.int64).reshape(-1, 5).T
    values = [Fraction(each) for each in worth]
    return set_off_across(debtor, creditor, amount, due, currency=currency, minor_value=values)


def test_a_loop_in_three_currencies_is_cancelled() -> None:
    """1 owes 2 in one currency, 2 owes 3 in another, 3 owes 1 in a third: no currency alone has a loop."""
    result = run([(1, 2, 10, 0, 0), (2, 3, 6, 0, 1), (3, 1, 4, 0, 2)], 1, 2, 4)
    # In units of account 10, 12 and 16: 10 cancel of each; of the third, 2.5 minor units, the larger of two.
    assert result.value_fine.tolist() == [10, 12, 16]
    assert result.set_off.cleared_minor.tolist() == [10, 10, 10]
    assert result.reduced_minor.tolist() == [10, 5, 3]
    # 3 is rid of debts worth 12 and gives up claims worth 10; 1 the other way round.
    assert result.rounding.entry_minor.tolist() == [-2, 0, 2]
    assert [bound / result.rounding.denominator for bound in result.rounding.bound] == [2, 1, 3]


def test_exchange_is_shown_by_party_and_currency() -> None:
    """Each currency sums to zero; each party changes one currency for another at the fixing."""
    result = run([(1, 2, 10, 0, 0), (2, 1, 5, 0, 1)], 1, 2)
    exchange = result.exchange
    rows = zip(
        exchange.party.tolist(), exchange.currency.tolist(), exchange.change_minor.tolist(), strict=True
    )
    assert list(rows) == [(0, 0, 10), (0, 1, -5), (1, 0, -10), (1, 1, 5)]
    assert not result.rounding.entry_minor.any()


def test_the_oldest_goes_first_whatever_its_currency() -> None:
    """Between the same two parties the due date decides, across currencies."""
    result = run([(1, 2, 10, 5, 0), (1, 2, 5, 4, 1), (2, 1, 12, 0, 0)], 1, 2)
    assert result.reduced_minor.tolist() == [2, 5, 12]


def test_nothing_owed_gives_nothing() -> None:
    """No obligations, no result, no error."""
    result = run([], 1)
    assert result.reduced_minor.tolist() == []
    assert result.rounding.entry_minor.tolist() == []
    assert result.fine_per_minor == 1


@pytest.mark.parametrize(
    ("gross", "worth", "fine"),
    [
        ({0: 1, 1: 1}, [Fraction(1, 2), Fraction(1, 3)], Fraction(6)),
        ({0: 1, 1: 1}, [Fraction(4), Fraction(6)], Fraction(1, 2)),
        ({1: 1}, [Fraction(1), Fraction(7, 5)], Fraction(5, 7)),
        ({0: GROSS_MAX_MINOR - 1, 1: 1}, [Fraction(1), Fraction(1)], Fraction(1)),
        ({0: 10**9, 1: 10**9}, [Fraction(1), Fraction(10**12 + 39, 10**12 + 61)], Fraction(10**9)),
        ({0: 10**9, 1: 1}, [Fraction(10**10), Fraction(10**9 + 7, 3)], Fraction(1, 10)),
    ],
)
def test_the_fine_unit(gross: dict[int, int], worth: list[Fraction], fine: Fraction) -> None:
    """The largest that divides all minor units; or a power of ten, the most that fit."""
    assert choose_fine_unit(gross, worth) == fine


@pytest.mark.parametrize(
    "most", [Fraction(10), Fraction(99, 10), Fraction(1), Fraction(1, 10), Fraction(2, 21)]
)
def test_powers_of_ten_are_the_largest_that_fit(most: Fraction) -> None:
    """A sum that fits with exactly that power fits; ten times as many fine units do not."""
    gross = {0: int(GROSS_MAX_MINOR / most / 100) - 2, 1: 1}
    worth = [Fraction(100), Fraction(10**20 + 39, 10**18)]
    fine = choose_fine_unit(gross, worth)
    value = sum(amount * worth[number] for number, amount in gross.items())
    assert value * fine <= GROSS_MAX_MINOR < value * fine * 10
    assert str(max(fine, 1 / fine)).strip("0") == "1"


def test_what_is_too_far_apart_is_refused() -> None:
    """A sum so large that the smallest minor unit would count for nothing is an error, not a zero."""
    with pytest.raises(OverflowError, match="1000000000 make one of these: too far apart for one run"):
        run([(1, 2, 10**17, 0, 0), (2, 1, 10, 0, 1)], 97, Fraction(1, 10**9))


@pytest.mark.parametrize(
    ("rows", "worth", "message"),
    [
        ([(1, 2, 5, 0, 1)], [Fraction(1)], "obligation 0: currency 1 has no value"),
        ([(1, 2, 5, 0, -1)], [Fraction(1)], "obligation 0: currency -1 has no value"),
        (
            [(1, 2, 5, 0, 0)],
            [Fraction(1), Fraction(0)],
            "currency 1: its value must be greater than zero, not 0",
        ),
        ([(1, 1, 5, 0, 0)], [Fraction(1)], "debtor and creditor are the same"),
    ],
)
def test_what_it_has_no_rule_for_is_refused(rows: list[Row], worth: list[Fraction], message: str) -> None:
    """Bad rows and values are errors that say where and what."""
    with pytest.raises(ValueError, match=message):
        run(rows, *worth)


def test_a_column_of_another_length_is_refused() -> None:
    """Every obligation has a currency."""
    one, two = np.array([1]), np.array([2])
    with pytest.raises(ValueError, match="of one length"):
        set_off_across(one, two, one, one, currency=np.array([0, 0]), minor_value=[Fraction(1)])


def test_remainders_go_to_the_largest_then_to_the_first() -> None:
    """0.5, 0.5, 0.7 and -1.7 become whole numbers that sum to nothing."""
    assert share_remainders(np.array([5, 5, 7, -17], object), 10).tolist() == [1, 0, 1, -2]
    assert share_remainders(np.array([10, -10], object), 10).tolist() == [1, -1]


def test_two_processes_give_the_same_bytes() -> None:
    """The result does not depend on the process or its hash seed."""
    program = (
        "import numpy as np; from fractions import Fraction as F;"
        "from setfair.engine.setoff.fixing import set_off_across;"
        "r = np.random.default_rng(5); d = r.integers(0, 40, 900); c = (d + r.integers(1, 40, 900)) % 40;"
        "s = set_off_across(d, c, r.integers(1, 10**12, 900), r.integers(0, 9, 900),"
        " currency=r.integers(0, 3, 900), minor_value=[F(1), F(10**4, 1502785), F(10**4, 1864551)]);"
        "print(s.reduced_minor.tobytes().hex(), s.rounding.entry_minor.tobytes().hex(), s.fine_per_minor)"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program],
            capture_output=True,
            check=True,
            env={**os.environ, "PYTHONHASHSEED": seed},
        )
        for seed in ("1", "2")
    ]
    assert outputs[0].stdout == outputs[1].stdout
    assert len(outputs[0].stdout) > 900
