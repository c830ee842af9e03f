"""Set-off across currencies: one circulation of value at a fixing, reductions in each currency's minor units.

Rules
-----
1. Every obligation counts for its value in fine units (`fine_unit`).
2. Set-off in fine units (`run`) says how much value is cancelled of each. What lies between the same debtor
   and creditor is one arc whatever the currency: the oldest due date is reduced first.
3. An obligation whose whole value is cancelled is reduced to nothing; any other by the number of its own
   minor units that is nearest to the value cancelled, the larger of two.
4. What rounding leaves with each party is exact, bounded, and posted (`rounding`).

With one currency the fine unit is its minor unit: the result is that of `set_off`, and nothing is rounded.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.choice import Choice, ChosenSetOff, set_off_under
from setfair.engine.setoff.fine_unit import (
    by_currency,
    choose_fine_unit,
    count_fine,
    count_minor,
    gross_by_currency,
)
from setfair.engine.setoff.merge import Int64Array, check_obligations
from setfair.engine.setoff.rounding import (
    Ends,
    Exchange,
    Rounding,
    find_bounds,
    find_exchange,
    find_gains,
    share_remainders,
)
from setfair.engine.setoff.run import SetOff, set_off


@dataclass(frozen=True, slots=True)
class AcrossCurrencies:
    """What a run across currencies cancelled, and what rounding left."""

    set_off: SetOff
    """The circulation, its parties and their prices; amounts in fine units."""
    fine_per_minor: Fraction
    """Fine units in one minor unit of account."""
    value_fine: Int64Array
    """By obligation: its value in fine units."""
    reduced_minor: Int64Array
    """By obligation: what it is reduced by, in minor units of its currency."""
    exchange: Exchange
    """What changed in each party's net position in each currency."""
    rounding: Rounding
    """What each party gained by rounding, and its entry to the rounding account."""
    chosen: ChosenSetOff | None = None
    """With a choice: what came of it; `set_off` is its result."""


def set_off_across(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
    *,
    currency: npt.NDArray[np.integer],
    minor_value: Sequence[Fraction],
    choice: Choice | None = None,
) -> AcrossCurrencies:
    """Cancel the largest value that can be cancelled over all currencies at once.

    Parameters
    ----------
    debtor, creditor, amount_minor, due_day
        As for `set_off`; amounts in minor units of each obligation's own currency.
    currency
        Number of the currency of each obligation, from 0, shape (n,).
    minor_value
        By currency: minor units of account that one minor unit of it is worth, exact and positive.
    choice
        Objective and what is not to be touched; amounts of it are in fine units. None: the most value.

    Returns
    -------
    AcrossCurrencies
        With `reduced_minor` of shape (n,).

    Raises
    ------
    ValueError
        As `set_off`; or if a currency has no value, or one that is not positive.
    OverflowError
        If the obligations are worth so much that no fine unit can tell the smallest minor unit from nothing.

    Notes
    -----
    Invariants: 0 <= reduced <= amount; changes of net positions sum to zero in each currency, gains and
    entries over the parties; a gain is within its bound, and an entry less than one minor unit away from it.
    Complexity: that of `set_off`, and one pass in Python integers where values are no whole numbers.
    """
    owed = check_obligations(debtor, creditor, amount_minor, due_day)
    numbers = np.asarray(currency, dtype=np.int64)
    _check_currencies(numbers, minor_value, len(owed.amount))
    gross = gross_by_currency(owed.amount, numbers)
    fine_per_minor = choose_fine_unit(gross, minor_value)
    fine = {number: minor_value[number] * fine_per_minor for number in gross}
    value = count_fine(owed.amount, numbers, fine)
    columns = (owed.debtor, owed.creditor, value, owed.due_day)
    chosen = set_off_under(*columns, choice=choice) if choice is not None and len(value) else None
    result = chosen.result if chosen is not None else set_off(*columns)
    reduced = _reduce(owed.amount, numbers, value, result.cleared_minor, fine=fine)

    ends = np.searchsorted(result.party, owed.debtor), np.searchsorted(result.party, owed.creditor)
    exchange = find_exchange(ends, numbers, reduced)
    parts = _rounded(ends, numbers, value, result.cleared_minor, fine=fine)
    values = {number: minor_value[number] for number in gross}
    rounding = _find_rounding(exchange, values, fine_per_minor, parts, len(result.party))
    return AcrossCurrencies(result, fine_per_minor, value, reduced, exchange, rounding, chosen)


def _find_rounding(
    exchange: Exchange,
    minor_value: Mapping[int, Fraction],
    fine_per_minor: Fraction,
    parts: Iterator[tuple[Ends, Fraction]],
    parties: int,
) -> Rounding:
    """Return what each party gained, its bound and its entry."""
    denominator = lcm(2 * lcm(*(each.denominator for each in minor_value.values())), fine_per_minor.numerator)
    gain = find_gains(exchange, minor_value, parties, denominator=denominator)
    bound = find_bounds(((some, int(each / fine_per_minor * denominator)) for some, each in parts), parties)
    return Rounding(gain, bound, denominator, share_remainders(gain, denominator))


def _check_currencies(currency: Int64Array, minor_value: Sequence[Fraction], obligations: int) -> None:
    if currency.shape != (obligations,):
        raise ValueError("the columns of the obligations must be one-dimensional and of one length")
    unknown = (currency < 0) | (currency >= len(minor_value))
    if unknown.any():
        place = int(np.argmax(unknown))
        raise ValueError(f"obligation {place}: currency {currency[place]} has no value at the fixing")
    for number, value in enumerate(minor_value):
        if value <= 0:
            raise ValueError(f"currency {number}: its value must be greater than zero, not {value}")


def _reduce(
    amount: Int64Array,
    currency: Int64Array,
    value: Int64Array,
    cancelled: Int64Array,
    *,
    fine: Mapping[int, Fraction],
) -> Int64Array:
    """Return by obligation what it is reduced by (rule 3)."""
    reduced = np.where(cancelled == value, amount, 0)
    is_part = np.flatnonzero((cancelled > 0) & (cancelled < value))
    for number, some in by_currency(currency[is_part]):
        places = is_part[some]
        reduced[places] = count_minor(cancelled[places], fine[number])
    return reduced


def _rounded(
    ends: Ends,
    currency: Int64Array,
    value: Int64Array,
    cancelled: Int64Array,
    *,
    fine: Mapping[int, Fraction],
) -> Iterator[tuple[Ends, Fraction]]:
    """Yield ends of obligations that were rounded, and by how many fine units each of them at most."""
    for number, places in by_currency(currency):
        of_value, of_cancelled = value[places], cancelled[places]
        is_whole = of_cancelled == of_value
        if fine[number].denominator > 1:
            yield _take(ends, places[is_whole]), Fraction(1)
        # With one fine unit in a minor unit nothing is rounded.
        if fine[number] > 1:
            yield _take(ends, places[~is_whole & (of_cancelled > 0)]), fine[number] / 2


def _take(ends: Ends, places: Int64Array) -> Ends:
    return ends[0][places], ends[1][places]
