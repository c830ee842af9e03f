"""The verifier of set-off across currencies: it accepts what the engine finds, and names what is altered."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.engine.setoff.fixing import set_off_across
from setfair.verify.across import Obligation, check_across

CODES = ("KES", "UGX", "TND")
WORTH = {"KES": Fraction(66, 100), "UGX": Fraction(27, 10), "TND": Fraction(300000, 33719)}


@dataclass
class Claim:
    """A certificate, taken apart."""

    obligations: list[Obligation]
    worth: dict[str, Fraction]
    price: dict[int, int]
    entries: dict[int, int]

    def check(self) -> str | None:
        """Let the verifier judge."""
        return check_across(self.obligations, self.worth, self.price, self.entries)


def claim(rows: list[tuple[int, int, int, int]], worth: dict[str, Fraction] = WORTH) -> Claim:
    """Set off debtor, creditor, amount, currency, and take the result for a claim."""
    debtor, creditor, amount, currency = np.array(rows, np.int64).reshape(-1, 4).T
    values = [worth[code] for code in CODES]
    found = set_off_across(debtor, creditor, amount, 0 * amount, currency=currency, minor_value=values)
    columns = zip(rows, found.set_off.cleared_minor.tolist(), found.reduced_minor.tolist(), strict=True)
    obligations = [Obligation(d, c, CODES[k], a, y, r) for (d, c, a, k), y, r in columns]
    party = found.set_off.party.tolist()
    price = dict(zip(party, found.set_off.price.tolist(), strict=True))
    entries = dict(zip(party, found.rounding.entry_minor.tolist(), strict=True))
    return Claim(obligations, dict(worth), price, entries)


party = st.integers(0, 6)
row = st.tuples(party, party, st.integers(1, 10**6), st.integers(0, 2)).filter(
    lambda each: each[0] != each[1]
)


@given(st.lists(row, max_size=30))
@settings(max_examples=150, deadline=None)
def test_what_the_engine_finds_is_proven(rows: list[tuple[int, int, int, int]]) -> None:
    """Every run of the engine satisfies the verifier, which shares nothing with it: so it is optimal."""
    assert claim(rows).check() is None


@given(st.lists(row.map(lambda each: (each[0], each[1], 1 + each[2] % 20, each[3])), max_size=30))
@settings(max_examples=150, deadline=None)
def test_ties_are_broken_as_the_rules_say(rows: list[tuple[int, int, int, int]]) -> None:
    """Values that lie just between two minor units, and parties with the same remainders."""
    worth = {"KES": Fraction(1, 2), "UGX": Fraction(3, 2), "TND": Fraction(5, 4)}
    assert claim(rows, worth).check() is None


@pytest.mark.parametrize("over", [-1, 0, 1, 2**61])
def test_the_fine_unit_changes_at_the_same_sum(over: int) -> None:
    """At the largest sum in whole values, and beyond it, engine and verifier choose alike."""
    # A minor unit of KES has 11 fine units, one of UGX has 45: the sum is 2^62 - 1 and what is over.
    total = 2**62 - 1 + over
    shillings = next(each for each in range(1, 12) if (total - 45 * each) % 11 == 0)
    rows = [(1, 2, (total - 45 * shillings) // 11, 0), (2, 1, shillings, 1)]
    made = claim(rows)
    assert made.check() is None
    assert (made.obligations[1].cancelled_fine == 45 * shillings) == (over <= 0)


@given(
    st.lists(row.map(lambda each: (each[0], each[1], each[2] * 10**10, each[3])), max_size=12),
)
@settings(max_examples=80, deadline=None)
def test_it_is_proven_where_values_are_rounded_down(rows: list[tuple[int, int, int, int]]) -> None:
    """Amounts so large that the fine unit is a power of ten."""
    assert claim(rows).check() is None


def ring() -> Claim:
    """1 owes 2 KES, 2 owes 3 UGX, 3 owes 1 TND; the TND obligation and the UGX one are reduced in part."""
    return claim([(1, 2, 1000, 0), (2, 3, 777, 1), (3, 1, 999, 2), (1, 3, 5, 0)])


def alter(place: int, **fields: int) -> Callable[[Claim], None]:
    """Return what changes fields of an obligation."""

    def change(made: Claim) -> None:
        made.obligations[place] = replace(made.obligations[place], **fields)

    return change


def give_one(made: Claim) -> None:
    """Move a minor unit of account from one party's entry to another's."""
    made.entries[1] += 1
    made.entries[2] -= 1


def cancel_less(made: Claim) -> None:
    """Cancel one fine unit less all around: balanced, and not the most."""
    for place in range(3):
        owed = made.obligations[place]
        made.obligations[place] = replace(owed, cancelled_fine=owed.cancelled_fine - 1)


@pytest.mark.parametrize(
    ("change", "refusal"),
    [
        (alter(0, cancelled_fine=-1), "obligation 0: -1 fine units are cancelled of"),
        (alter(1, cancelled_fine=10**12), "obligation 1: 1000000000000 fine units are cancelled of"),
        (alter(1, cancelled_fine=1), "party 2: its net position changes by"),
        (alter(1, reduced_minor=0), "obligation 1: is reduced by 0 minor units, not by 244"),
        (alter(2, reduced_minor=74), "obligation 2: is reduced by 74 minor units, not by 75"),
        (alter(0, amount_minor=1001), "obligation 0: "),
        (alter(3, creditor=1), "obligation 3: is no obligation"),
        (give_one, "party 1: its entry to the rounding account is"),
        (cancel_less, "obligation 0: .* prices need all of it: it is not proven that no more"),
        (
            lambda made: made.price.update({2: made.price[2] + 1}),
            "obligation 1: .* prices need nothing of it",
        ),
        (lambda made: made.price.pop(3), "party 3: the certificate has no price"),
        (lambda made: made.worth.pop("UGX"), "UGX: the fixing has no rate for it"),
        (lambda made: made.worth.update(UGX=Fraction(28, 10)), "obligation|party"),
        (lambda made: made.worth.update(UGX=Fraction(1, 10**18)), "no fine unit|obligation"),
        (lambda made: made.entries.update({9: 1}), "party 9: its entry to the rounding account is 1, not 0"),
    ],
)
def test_what_is_altered_is_named(change: Callable[[Claim], object], refusal: str) -> None:
    """One alteration at a time, and the place where the proof breaks."""
    made = ring()
    assert made.check() is None
    change(made)
    found = made.check()
    assert found is not None
    assert re.match(refusal, found), found


def test_a_sum_that_leaves_no_fine_unit_is_refused() -> None:
    """The verifier has the same bound as the engine, by itself."""
    made = Claim(
        [Obligation(1, 2, "KES", 10**18, 0, 0), Obligation(2, 1, "UGX", 1, 0, 0)], {}, {1: 0, 2: 0}, {}
    )
    made.worth = {"KES": Fraction(97), "UGX": Fraction(1, 10**6)}
    assert made.check() == "no fine unit holds both the sum of the obligations and the smallest minor unit"
