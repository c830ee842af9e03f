"""The fine unit: what a circulation over several currencies counts in, and obligations counted in it.

Rules
-----
1. The value of a minor unit of each currency is an exact rational number. No rate is ever rounded.
2. The fine unit is the largest in which a minor unit of every currency that occurs is a whole number, so that
   nothing is lost.
3. If the obligations sum to more than `GROSS_MAX_MINOR` of these, there are as many fine units in a minor
   unit of account as the largest power of ten with which the sum fits, and an obligation counts for its
   value rounded down. If a minor unit of some currency is worth less than one fine unit then, there is
   none.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from math import gcd, lcm

import numpy as np

from setfair.engine.setoff.merge import GROSS_MAX_MINOR, Int64Array


def gross_by_currency(amount_minor: Int64Array, currency: Int64Array) -> dict[int, int]:
    """Return the sum of the obligations of each currency that occurs, exactly."""
    return {number: _sum(amount_minor[places]) for number, places in by_currency(currency)}


def by_currency(currency: Int64Array) -> Iterator[tuple[int, Int64Array]]:
    """Yield each currency that occurs, ascending, and the places where it does, ascending."""
    order = np.argsort(currency, kind="stable")
    numbers, first = np.unique(currency[order], return_index=True)
    for number, start, end in zip(numbers.tolist(), first, [*first[1:], len(order)], strict=bool(len(order))):
        yield number, order[start:end]


def choose_fine_unit(gross_minor: Mapping[int, int], minor_value: Sequence[Fraction]) -> Fraction:
    """Return how many fine units there are in one minor unit of account (rules 2 and 3).

    Parameters
    ----------
    gross_minor
        By currency that occurs: the sum of its obligations, in its minor units.
    minor_value
        By currency: minor units of account that one minor unit of it is worth.

    Raises
    ------
    OverflowError
        If a minor unit of some currency would be worth less than one fine unit.
    """
    values = [minor_value[number] for number in gross_minor]
    if not values:
        return Fraction(1)
    common = lcm(*(value.denominator for value in values))
    largest = Fraction(common, gcd(*(int(value * common) for value in values)))
    gross = sum(total * minor_value[number] for number, total in gross_minor.items())
    if gross * largest <= GROSS_MAX_MINOR:
        return largest
    power = _largest_power_of_ten(GROSS_MAX_MINOR / Fraction(gross))
    if min(values) * power < 1:
        raise OverflowError(
            f"the obligations are worth {int(gross)} minor units of account, and of the smallest minor units"
            f" in them {int(1 / min(values))} make one of these: too far apart for one run"
        )
    return power


def count_fine(amount_minor: Int64Array, currency: Int64Array, fine: Mapping[int, Fraction]) -> Int64Array:
    """Return the value of each obligation in fine units, rounded down.

    Parameters
    ----------
    amount_minor, currency
        Shape (n,).
    fine
        By currency that occurs: fine units in one minor unit of it, at least 1. All values sum to at most
        `GROSS_MAX_MINOR`.
    """
    counted = np.zeros_like(amount_minor)
    for number, places in by_currency(currency):
        amounts = amount_minor[places]
        value = fine[number]
        if value.denominator == 1:
            counted[places] = amounts * value.numerator
        else:
            # Python integers: the product does not fit in 64 bits, the quotient does.
            counted[places] = amounts.astype(object) * value.numerator // value.denominator
    return counted


def count_minor(fine_part: Int64Array, value: Fraction) -> Int64Array:
    """Return the minor units that are nearest to a value, the larger of two.

    Parameters
    ----------
    fine_part
        Fine units, from 0, shape (n,).
    value
        Fine units in one minor unit.
    """
    doubled = fine_part.astype(object) * (2 * value.denominator) + value.numerator
    return (doubled // (2 * value.numerator)).astype(np.int64)


def _largest_power_of_ten(most: Fraction) -> Fraction:
    """Return the largest power of ten that is at most a positive number."""
    if most >= 1:
        return Fraction(10 ** (len(str(int(most))) - 1))
    inverse = 1 / most
    return Fraction(1, 10 ** len(str(-(-inverse.numerator // inverse.denominator) - 1)))


def _sum(amounts: Int64Array) -> int:
    """Return an exact sum: two halves, so that it cannot overflow."""
    return (int((amounts >> 32).sum()) << 32) + int((amounts & 0xFFFFFFFF).sum())
