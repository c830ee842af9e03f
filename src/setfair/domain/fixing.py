"""A fixing: what each currency is worth in a unit of account, where that comes from, and of when it is.

Rules
-----
1. A rate is an exact decimal, as it was published, with its direction: units of account for one unit of the
   currency, or units of the currency for one unit of account. The inverse is a fraction and never rounded.
2. A rate is at least `1 / RATE_MAX` and at most `RATE_MAX`, in `RATE_DIGITS_MAX` digits.
3. Every rate has a source and a time. The unit of account is a currency with minor units, and worth 1.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from setfair.domain.money import Currency, find_currency
from setfair.errors import SetfairError

RATE_MAX = 10**12
"""The largest rate, in either direction."""
RATE_DIGITS_MAX = 30
"""Most digits of a rate."""
RATES_MAX = 400
"""Most rates of one fixing."""


@dataclass(frozen=True, slots=True)
class Rate:
    """What one currency is worth in units of account."""

    currency: Currency
    quoted: str
    """The rate as it was published, plain decimal digits."""
    is_inverse: bool
    """Whether it says units of the currency for one unit of account, not the other way round."""
    source: str
    """Who published it."""
    time: int
    """Of when it is, nanoseconds since 1970-01-01 UTC."""

    @property
    def value(self) -> Fraction:
        """Units of account for one unit of the currency."""
        return 1 / Fraction(self.quoted) if self.is_inverse else Fraction(self.quoted)


@dataclass(frozen=True, slots=True)
class Fixing:
    """The rates at which a cycle values obligations."""

    unit: Currency
    """The unit of account."""
    rates: tuple[Rate, ...]
    """One for each currency, in the order of their codes."""

    def minor_values(self, codes: Iterable[str]) -> list[Fraction]:
        """Return what one minor unit of each currency is worth, in minor units of account.

        Raises
        ------
        SetfairError
            If a currency has no rate; the message names all of them.
        """
        value = {rate.currency.code: rate.value for rate in self.rates} | {self.unit.code: Fraction(1)}
        wanted = [(code, find_currency(code)) for code in codes]
        missing = sorted({code for code, currency in wanted if currency is None or code not in value})
        if missing:
            raise SetfairError(
                f"the fixing has no rate for {', '.join(missing)}; give each a row with its rate,"
                f" source and time (the unit of account is {self.unit.code})"
            )
        scale = 10**self.unit.decimals
        return [value[code] * scale / 10**found.decimals for code, found in wanted if found is not None]
