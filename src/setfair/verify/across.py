"""Whether a set-off across currencies is what it claims to be: `docs/clearing-rules.md`, "Across currencies".

Rules
-----
1. The fine unit follows from the obligations and the fixing.
2. Of each obligation between nothing and its value in fine units is cancelled.
3. What is cancelled of a party's debts is what is cancelled of its claims.
4. By the prices nobody can cancel more value: with gain = 1 - price of debtor + price of creditor, an
   obligation with a gain above 0 is cancelled whole, and one with a gain below 0 not at all. Around any
   loop the prices cancel, so whatever satisfies 3 cancels sum(cancelled * gain), and by 2 no more than
   this.
5. Each reduction follows from what is cancelled.
6. The entries to the rounding account follow from the reductions.

Plain Python, integers and fractions: slow beside the engine, and to be read in one sitting. The first thing
that does not hold is named.

Source of rule 4: complementary slackness, as in R. Ahuja, T. Magnanti, J. Orlin, "Network Flows", 1993, 9.4.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import gcd, lcm

_VALUE_MAX = 2**62 - 1
"""What the obligations may sum to in fine units."""


@dataclass(frozen=True, slots=True)
class Obligation:
    """One obligation and what is claimed of it."""

    debtor: int
    creditor: int
    currency: str
    amount_minor: int
    cancelled_fine: int
    """Claimed: how much of its value is cancelled, fine units."""
    reduced_minor: int
    """Claimed: what it is reduced by, minor units of its currency."""


def check_across(
    obligations: Sequence[Obligation],
    minor_value: Mapping[str, Fraction],
    price: Mapping[int, int],
    entry_minor: Mapping[int, int],
) -> str | None:
    """Return what does not hold of a set-off across currencies, or None if everything holds.

    Parameters
    ----------
    obligations
        All that took part, in any order.
    minor_value
        By currency: minor units of account that one minor unit of it is worth at the fixing, exact.
    price
        By party: its price.
    entry_minor
        By party: what it owes the rounding account, minor units of account; below zero, what it is owed. A
        party without an entry may be left out.
    """
    for refusal in _refusals(obligations, minor_value, price, entry_minor):
        return refusal
    return None


def _refusals(
    obligations: Sequence[Obligation],
    minor_value: Mapping[str, Fraction],
    price: Mapping[int, int],
    entry_minor: Mapping[int, int],
) -> Iterator[str]:
    """Yield what does not hold, in the order of the rules; each rule relies on those before it."""
    for currency in sorted({owed.currency for owed in obligations}):
        if minor_value.get(currency, Fraction(0)) <= 0:
            yield f"{currency}: the fixing has no rate for it"
    for party in sorted({party for owed in obligations for party in (owed.debtor, owed.creditor)}):
        if party not in price:
            yield f"party {party}: the certificate has no price for it"
    fine = _fine_values(obligations, minor_value)
    if fine is None:
        yield "no fine unit holds both the sum of the obligations and the smallest minor unit"
        return
    value = [
        owed.amount_minor * fine[owed.currency].numerator // fine[owed.currency].denominator
        for owed in obligations
    ]
    yield from _check_bounds(obligations, value)
    yield from _check_balance(obligations)
    yield from _check_optimum(obligations, value, price)
    yield from _check_reductions(obligations, value, fine)
    yield from _check_entries(obligations, minor_value, entry_minor)


def _fine_values(
    obligations: Sequence[Obligation], minor_value: Mapping[str, Fraction]
) -> dict[str, Fraction] | None:
    """Rule 1: return by currency how many fine units its minor unit is; None if there is no fine unit."""
    gross: Counter[str] = Counter()
    for owed in obligations:
        gross[owed.currency] += owed.amount_minor
    used = {currency: minor_value[currency] for currency in gross}
    if not used:
        return {}
    numerators, denominators = zip(*(each.as_integer_ratio() for each in used.values()), strict=True)
    # The greatest common divisor of fractions in lowest terms.
    fine_per_minor = Fraction(lcm(*denominators), gcd(*numerators))
    total = sum((used[currency] * amount for currency, amount in gross.items()), Fraction(0))
    if total * fine_per_minor > _VALUE_MAX:
        fine_per_minor = Fraction(1)
        while total * fine_per_minor * 10 <= _VALUE_MAX:
            fine_per_minor *= 10
        while total * fine_per_minor > _VALUE_MAX:
            fine_per_minor /= 10
    fine = {currency: each * fine_per_minor for currency, each in used.items()}
    return fine if min(fine.values()) >= 1 else None


def _check_bounds(obligations: Sequence[Obligation], value: Sequence[int]) -> Iterator[str]:
    """Rule 2."""
    for number, (owed, most) in enumerate(zip(obligations, value, strict=True)):
        if owed.debtor == owed.creditor or owed.amount_minor <= 0:
            yield f"obligation {number}: is no obligation, and cannot take part"
        if not 0 <= owed.cancelled_fine <= most:
            yield f"obligation {number}: {owed.cancelled_fine} fine units are cancelled of {most}"


def _check_balance(obligations: Sequence[Obligation]) -> Iterator[str]:
    """Rule 3."""
    balance: dict[int, int] = defaultdict(int)
    for owed in obligations:
        balance[owed.debtor] += owed.cancelled_fine
        balance[owed.creditor] -= owed.cancelled_fine
    for party in sorted(party for party, change in balance.items() if change):
        yield f"party {party}: its net position changes by {balance[party]} fine units"


def _check_optimum(
    obligations: Sequence[Obligation], value: Sequence[int], price: Mapping[int, int]
) -> Iterator[str]:
    """Rule 4."""
    for number, (owed, most) in enumerate(zip(obligations, value, strict=True)):
        gain = 1 - price[owed.debtor] + price[owed.creditor]
        if (gain > 0 and owed.cancelled_fine < most) or (gain < 0 and owed.cancelled_fine > 0):
            needed = "all" if gain > 0 else "nothing"
            yield (
                f"obligation {number}: {owed.cancelled_fine} fine units are cancelled of {most}, where the"
                f" prices need {needed} of it: it is not proven that no more can be cancelled"
            )


def _check_reductions(
    obligations: Sequence[Obligation], value: Sequence[int], fine: Mapping[str, Fraction]
) -> Iterator[str]:
    """Rule 5."""
    for number, (owed, most) in enumerate(zip(obligations, value, strict=True)):
        if owed.cancelled_fine == most:
            due = owed.amount_minor
        else:
            minor = fine[owed.currency]
            whole, rest = divmod(owed.cancelled_fine * minor.denominator, minor.numerator)
            due = whole + (2 * rest >= minor.numerator)
        if owed.reduced_minor != due:
            yield f"obligation {number}: is reduced by {owed.reduced_minor} minor units, not by {due}"


def _check_entries(
    obligations: Sequence[Obligation], minor_value: Mapping[str, Fraction], entry_minor: Mapping[int, int]
) -> Iterator[str]:
    """Rule 6: gains rounded down, and one more for the largest remainders, until the sum is nothing."""
    change: dict[tuple[int, str], int] = defaultdict(int)
    for owed in obligations:
        change[owed.debtor, owed.currency] += owed.reduced_minor
        change[owed.creditor, owed.currency] -= owed.reduced_minor
    gain: dict[int, Fraction] = defaultdict(Fraction)
    for (party, currency), minor in change.items():
        if minor:
            gain[party] += minor * minor_value[currency]
    due = {party: exact.numerator // exact.denominator for party, exact in gain.items()}
    ranked = sorted(gain, key=lambda party: (due[party] - gain[party], party))
    for party in ranked[: -sum(due.values())]:
        due[party] += 1
    for party in sorted({*due, *entry_minor}):
        claimed, right = entry_minor.get(party, 0), due.get(party, 0)
        if claimed != right:
            yield f"party {party}: its entry to the rounding account is {claimed}, not {right}"
