"""What rounding left with each party, and its entries to the rounding account.

Rules
-----
1. **Exchange.** Each currency sums to zero over the parties, but a party's net position in one currency may
   change: it gives up claims in one and is rid of debts in another.
2. **Gain** of a party: the value of its debts reduced minus that of its claims reduced. It is exact and
   sums to zero over the parties. Without rounding it would be nothing.
3. **Bound** of the gain: half a minor unit of its currency for each of the party's obligations that is
   reduced in part, and one fine unit for each whose whole value is cancelled, where that value was rounded
   down.
4. **Entries** are whole minor units of account: gains rounded down, and one more for the largest
   remainders, ties to the party that comes first, as many as make the sum zero. Above zero, a party owes
   the rounding account.

Source: rule 4 is the method of largest remainders.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.fine_unit import by_currency
from setfair.engine.setoff.merge import Int64Array

ExactArray = npt.NDArray[np.object_]
"""Python integers: exact at any size."""

Ends = tuple[Int64Array, Int64Array]
"""By obligation: place of its debtor and of its creditor in the parties of the run."""


@dataclass(frozen=True, slots=True)
class Exchange:
    """What changed in the parties' net positions, currency by currency; what did not change is left out."""

    party: Int64Array
    """By row: place in the parties of the run; rows ascend by party, then by currency."""
    currency: Int64Array
    """By row: number of the currency."""
    change_minor: Int64Array
    """By row: debts reduced minus claims reduced; above zero, the party owes that much less on balance."""


@dataclass(frozen=True, slots=True)
class Rounding:
    """What each party gained by rounding; columns by place in the parties of the run."""

    gain: ExactArray
    """Minor units of account times `denominator`; below zero, a loss."""
    bound: ExactArray
    """What `gain` is at most in size, in the same unit."""
    denominator: int
    """Parts of a minor unit of account that `gain` and `bound` count."""
    entry_minor: Int64Array
    """What the party owes the rounding account, minor units of account; below zero, what it is owed."""


def find_exchange(ends: Ends, currency: Int64Array, reduced_minor: Int64Array) -> Exchange:
    """Return the change of every net position (rule 1)."""
    some = np.flatnonzero(reduced_minor)
    numbers, reduced = currency[some], reduced_minor[some]
    currencies = int(numbers.max(initial=0)) + 1
    keys = np.concatenate([end[some] * currencies + numbers for end in ends])
    key, row = np.unique(keys, return_inverse=True)
    change = np.zeros(len(key), np.int64)
    np.add.at(change, row[: len(some)], reduced)
    np.subtract.at(change, row[len(some) :], reduced)
    key, change = key[change != 0], change[change != 0]
    return Exchange(key // currencies, key % currencies, change)


def find_gains(
    exchange: Exchange, minor_value: Mapping[int, Fraction], parties: int, *, denominator: int
) -> ExactArray:
    """Return the gain of every party (rule 2)."""
    gain = np.zeros(parties, object)
    for number, rows in by_currency(exchange.currency):
        # A party has one row in a currency.
        value = int(minor_value[number] * denominator)
        gain[exchange.party[rows]] += exchange.change_minor[rows].astype(object) * value
    return gain


def find_bounds(parts: Iterable[tuple[Ends, int]], parties: int) -> ExactArray:
    """Return the bound of every party (rule 3).

    Parameters
    ----------
    parts
        Ends of obligations, and what each of these obligations adds to the bound of its ends.
    parties
        How many there are.
    """
    bound = np.zeros(parties, object)
    for (debtors, creditors), each in parts:
        party, count = np.unique(np.concatenate((debtors, creditors)), return_counts=True)
        bound[party] += count.astype(object) * each
    return bound


def share_remainders(gain: ExactArray, denominator: int) -> Int64Array:
    """Return the entries to the rounding account (rule 4).

    Parameters
    ----------
    gain
        Sums to zero; minor units of account times `denominator`.
    denominator
        Parts of a minor unit of account that `gain` counts.
    """
    entry = gain // denominator
    remainder = gain - entry * denominator
    some = np.flatnonzero(remainder).tolist()
    largest = sorted(some, key=lambda place: (-remainder[place], place))
    for place in largest[: -int(entry.sum())]:
        entry[place] += 1
    return entry.astype(np.int64)
