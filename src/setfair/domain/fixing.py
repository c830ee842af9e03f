"""A fixing: what each currency is worth in a unit of account, where that comes from, and of when it is.

Rules
-----
1. A rate is an exact decimal, as it was published, with its direction: units of account for one unit of the
   currency, or units of the currency for one unit of account. The inverse is a fraction and never rounded.
2. A rate is at least `1 / RATE_MAX` and at most `RATE_MAX`, in `RATE_DIGITS_MAX` digits.
3. Every rate has a source and a time. The unit of account is a currency with minor units, and worth 1.
4. As JSON it has ``unit``, and ``rates`` in the order of their codes, each with ``currency``, ``rate`` as
   it was published, ``quoted`` (its direction), ``source`` and ``time_ns``.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

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

    def for_currencies(self, codes: Iterable[str]) -> Fixing:
        """Return the same fixing with the rates of these currencies alone; one without a rate is left out."""
        wanted = set(codes)
        return Fixing(self.unit, tuple(rate for rate in self.rates if rate.currency.code in wanted))

    def plain(self) -> dict[str, Any]:
        """Return the fixing as JSON carries it (rule 4)."""
        rates = [
            {
                "currency": rate.currency.code,
                "rate": rate.quoted,
                "quoted": _QUOTED[rate.is_inverse],
                "source": rate.source,
                "time_ns": rate.time,
            }
            for rate in self.rates
        ]
        return {"unit": self.unit.code, "rates": rates}


_QUOTED = ("unit_per_currency", "currency_per_unit")
"""Directions of a rate, by `is_inverse`."""


def fixing_of(said: Mapping[str, Any]) -> Fixing:
    """Return the fixing that `Fixing.plain` gave.

    Raises
    ------
    SetfairError
        If it names a currency that there is none of.
    """
    rates = [
        Rate(
            _known(rate["currency"]),
            rate["rate"],
            bool(_QUOTED.index(rate["quoted"])),
            rate["source"],
            int(rate["time_ns"]),
        )
        for rate in said["rates"]
    ]
    return Fixing(_known(said["unit"]), tuple(rates))


def _known(code: str) -> Currency:
    found = find_currency(code)
    if found is None:
        raise SetfairError(f"{code!r} is no currency with minor units")
    return found
