"""An amount of one party in one currency: the most of its debts, or money that it puts in, and for whom."""

from __future__ import annotations

from dataclasses import dataclass

from setfair.domain.money import Currency

ANYONE = "*"
"""Who is sponsored: anyone."""


@dataclass(frozen=True, slots=True)
class PartyAmount:
    """One row of a table of such amounts."""

    line: int
    party: str
    currency: Currency
    amount_minor: int
    beneficiaries: tuple[str, ...] = ()
    """Whom the party sponsors; nobody: the amount is its own."""
