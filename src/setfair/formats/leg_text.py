"""What a sender says of the link of a payment, as text: limits and the one reading of it for all formats."""

from __future__ import annotations

from datetime import datetime

from setfair.domain.codes import Reason
from setfair.domain.instants import to_instant
from setfair.domain.money import find_currency, parse_amount

LEGS_LEAST, LEGS_MOST = 2, 16
"""Legs of a link."""

Terms = tuple[int, str, int, int]
"""Legs, currency and amount that the payer is to receive, latest time; "" and 0 where nothing is said."""


def read_terms(legs: str, currency: str, amount: str, until: str) -> Terms | str:
    """Return what is said of a link, or what is wrong with it in words."""
    if legs and not (legs.isascii() and legs.isdigit() and LEGS_LEAST <= int(legs[:3]) <= LEGS_MOST):
        return f"link_legs {legs[:20]!r} is not a number from {LEGS_LEAST} to {LEGS_MOST}"
    against = _read_against(currency, amount)
    if isinstance(against, str):
        return against
    moment = read_time(until)
    if moment is None:
        return (
            f"until {until[:40]!r} is no time with a time zone; write for example 2026-01-05T14:00:00+03:00"
        )
    return int(legs or LEGS_LEAST), currency if against else "", against, moment


def _read_against(currency: str, amount: str) -> int | str:
    """Return minor units, or what is wrong."""
    if not currency and not amount:
        return 0
    found = find_currency(currency)
    if found is None or found.code != currency:
        return f"against_currency {currency[:20]!r} is not an ISO 4217 code"
    minor = parse_amount(amount, found.decimals)
    if isinstance(minor, Reason):
        return f"against_amount {amount[:40]!r}: {minor.text}"
    return minor if minor > 0 else f"against_amount {amount[:40]!r}: {Reason.AMOUNT_NOT_POSITIVE.text}"


def read_time(text: str) -> int | None:
    """Return the instant of a text, 0 of an empty one, or None where it is none."""
    if not text:
        return 0
    try:
        moment = datetime.fromisoformat(text)
        return to_instant(moment) if moment.tzinfo is not None and moment.year > 1970 else None
    except (ValueError, OverflowError):
        return None
