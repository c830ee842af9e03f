"""Money: an integer number of minor units with an ISO 4217 currency. No float ever touches an amount.

Rules
-----
1. A currency is an ISO 4217 alphabetic code with a number of decimals (JPY 0, EUR 2, TND 3).
2. An amount in text is plain decimal digits with at most one point; no sign, exponent or grouping.
3. An amount in minor units is at most `AMOUNT_MAX_MINOR` (18 digits, as in ISO 20022).
4. More decimals than the currency has is an error, unless the surplus digits are zeros.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

from iso4217 import Currency as _Iso4217

from setfair.domain.codes import Reason

AMOUNT_MAX_MINOR = 10**18 - 1
"""The largest amount of one instruction, in minor units: 18 digits."""

BALANCE_MAX_MINOR = 2**62
"""The largest balance that an account may hold, in minor units; leaves int64 room for one addition."""

_AMOUNT = re.compile(r"\+?(\d*)(?:\.(\d*))?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Currency:
    """An ISO 4217 currency."""

    code: str
    """Alphabetic code, three capital letters."""
    number: int
    """Numeric code: what the journal stores."""
    decimals: int
    """Digits after the point, 0 to 4."""
    name: str
    """English name."""


@lru_cache(maxsize=512)
def find_currency(code: str) -> Currency | None:
    """Return the currency of an alphabetic code, or None if ISO 4217 has none or gives it no decimals.

    Funds, metals and testing codes (XAU, XDR, XTS ...) have no minor unit and are not settled here.
    """
    try:
        found = _Iso4217(code)
    except ValueError:
        return None
    decimals = found.exponent
    if decimals is None:
        return None
    return Currency(found.code, int(found.number), int(decimals), str(found.currency_name))


@lru_cache(maxsize=512)
def currency_of_number(number: int) -> Currency:
    """Return the currency of a numeric code that the journal stores.

    Raises
    ------
    KeyError
        If no currency has this number.
    """
    for candidate in all_currencies():
        if candidate.number == number:
            return candidate
    raise KeyError(number)


def all_currencies() -> Iterator[Currency]:
    """Yield every currency of ISO 4217 that has minor units."""
    for candidate in _Iso4217:
        found = find_currency(candidate.code)
        if found is not None:
            yield found


def parse_amount(text: str, decimals: int) -> int | Reason:
    """Read a decimal amount into minor units, or say by a `Reason` why it cannot be read.

    Parameters
    ----------
    text
        Plain decimal digits, for example ``"1250.5"``.
    decimals
        Digits after the point of the currency.

    Returns
    -------
    int or Reason
        The amount in minor units (zero is returned as 0), or AMOUNT_MALFORMED, AMOUNT_NOT_POSITIVE
        (for a negative number), TOO_MANY_DECIMALS, AMOUNT_TOO_LARGE.
    """
    stripped = text.strip()
    if stripped.startswith("-") and _AMOUNT.fullmatch(stripped[1:]):
        return Reason.AMOUNT_NOT_POSITIVE
    match = _AMOUNT.fullmatch(stripped)
    if match is None:
        return Reason.AMOUNT_MALFORMED
    whole, fraction = match.group(1), match.group(2) or ""
    if not whole and not fraction:
        return Reason.AMOUNT_MALFORMED
    surplus = fraction[decimals:]
    if surplus.strip("0"):
        return Reason.TOO_MANY_DECIMALS
    digits = (whole + fraction[:decimals].ljust(decimals, "0")).lstrip("0")
    if len(digits) > len(str(AMOUNT_MAX_MINOR)):
        return Reason.AMOUNT_TOO_LARGE
    return int(digits or "0")


def format_amount(amount_minor: int, decimals: int) -> str:
    """Write minor units as a decimal number with exactly `decimals` digits after the point."""
    sign = "-" if amount_minor < 0 else ""
    digits = str(abs(amount_minor)).rjust(decimals + 1, "0")
    if decimals == 0:
        return sign + digits
    return f"{sign}{digits[:-decimals]}.{digits[-decimals:]}"
