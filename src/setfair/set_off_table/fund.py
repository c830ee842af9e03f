"""Set-off of a table with money put in: who puts in how much for whom, and what each unit discharges.

Rules
-----
1. Money of a currency discharges debts in that currency alone.
2. A party's own money pays its own debts; a sponsor's goes to anyone or to the parties that it names. Whoever
   puts in or gets money in a currency owes or is owed something in it, a sponsor apart.
3. What a unit discharges is the debt discharged with the money less that without it, for each unit used.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np

from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations
from setfair.engine.setoff.liquidity import NO_OFFERS, Discharge, Offers, discharge
from setfair.errors import FileProblem, FileRefusedError, SetfairError
from setfair.formats.csv_text import csv_text
from setfair.formats.party_amounts import ANYONE, PartyAmount
from setfair.formats.small_table import PROBLEMS_MAX
from setfair.set_off_table.choose import find_parties, party_number
from setfair.set_off_table.clear import Reduced, too_large

MONEY_COLUMNS = ("party", "currency", "own_paid", "given", "received")
PARTIES_LISTED_MAX = 10_000
"""Parties with money that the summary lists for each currency; the table of money has all."""


@dataclass(frozen=True, slots=True)
class FundedResult:
    """Set-off in one currency with money."""

    obligations: Obligations
    result: Discharge
    offered_minor: int
    seconds: float

    @property
    def reduced(self) -> Reduced:
        """The obligations and what is discharged of each."""
        return self.obligations, self.result.cleared_minor

    def money_rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield who paid and got how much, in units of the currency, in the order of the parties."""
        currency, found = self.obligations.currency, self.result
        for place in np.flatnonzero(found.own_minor + found.given_minor + found.received_minor).tolist():
            party = self.obligations.party_id[int(found.party[place])].as_py()
            columns = (found.own_minor, found.given_minor, found.received_minor)
            amounts = [format_amount(int(column[place]), currency.decimals) for column in columns]
            yield party, currency.code, amounts[0], amounts[1], amounts[2]

    def summary(self) -> dict[str, object]:
        """Return the totals, amounts in units of the currency."""
        owed, found, currency = self.obligations, self.result, self.obligations.currency
        more = found.discharged_minor - found.without_minor
        totals = {
            "gross": found.gross_minor,
            "cleared": found.discharged_minor,
            "remaining": found.gross_minor - found.discharged_minor,
            "net_debit": _net_debit(owed),
            "cleared_without_money": found.without_minor,
            "money_offered": self.offered_minor,
            "money_used": found.used_minor,
        }
        parties = [
            dict(zip(MONEY_COLUMNS, row, strict=True))
            for row, _ in zip(self.money_rows(), range(PARTIES_LISTED_MAX), strict=False)
        ]
        return {
            "currency": currency.code,
            "obligations": len(owed),
            "parties": len(found.party),
            **{name: format_amount(minor, currency.decimals) for name, minor in totals.items()},
            "each_unit_discharged": _ratio(more, found.used_minor),
            "cleared_percent": round(100 * found.discharged_minor / found.gross_minor, 2),
            "money": parties,
            "seconds": round(self.seconds, 3),
        }


def fund_table(
    currencies: Sequence[Obligations], path: Path, rows: Sequence[PartyAmount]
) -> list[FundedResult]:
    """Discharge what set-off and the money allow, currency by currency.

    Parameters
    ----------
    currencies
        What takes part.
    path, rows
        The table of money: its name for messages, and what it says.

    Raises
    ------
    FileRefusedError
        If a currency or a party of the money has no obligation that takes part.
    SetfairError
        If the obligations of a currency sum to more than one run takes.
    """
    offers = _offers(currencies, path, rows)
    results = []
    for owed in currencies:
        started = time.perf_counter()
        offer = offers.get(owed.currency.code, NO_OFFERS)
        offered = int(offer.own_minor.sum()) + offer.pool_minor
        try:
            found = discharge(owed.debtor, owed.creditor, owed.amount_minor, owed.due_day, offer)
        except OverflowError as error:
            raise too_large(owed, error) from error
        results.append(FundedResult(owed, found, offered, time.perf_counter() - started))
    return results


def money_table(results: Sequence[FundedResult]) -> Iterator[tuple[str, ...]]:
    """Yield who paid and got how much as rows of a table, the names of its columns first."""
    yield MONEY_COLUMNS
    for part in results:
        for party, *rest in part.money_rows():
            yield csv_text(party), *rest


def _offers(currencies: Sequence[Obligations], path: Path, rows: Sequence[PartyAmount]) -> dict[str, Offers]:
    """Return by currency what is offered in it."""
    own: dict[str, dict[int, int]] = {}
    for row, owed, party in find_parties(path, [row for row in rows if not row.beneficiaries], currencies):
        own.setdefault(owed.currency.code, {})[party] = row.amount_minor
    offers = {code: _of_own(each) for code, each in own.items()}
    by_code = {owed.currency.code: owed for owed in currencies}
    problems = []
    for row in (row for row in rows if row.beneficiaries):
        code = row.currency.code
        if code not in by_code:
            problems.append(FileProblem(row.line, "currency", f"nothing that takes part is owed in {code}"))
            continue
        named = None
        if row.beneficiaries != (ANYONE,):
            numbers = {name: party_number(by_code[code], name) for name in row.beneficiaries}
            for name in (name for name, number in numbers.items() if number is None):
                text = f"{name!r} neither owes nor is owed anything in {code} that takes part"
                problems.append(FileProblem(row.line, "beneficiaries", text))
            named = np.array(sorted(number for number in numbers.values() if number is not None), np.int64)
        mine = offers.get(code, NO_OFFERS)
        offers[code] = Offers(mine.own_party, mine.own_minor, row.amount_minor, named)
    if problems:
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    for code, offer in offers.items():
        if sum(offer.own_minor.tolist()) + offer.pool_minor >= 2**62:
            raise SetfairError(f"{path}: the money in {code} sums to more than {2**62 - 1} minor units")
    return offers


def _of_own(amounts: dict[int, int]) -> Offers:
    """Return what parties offer of their own."""
    parties = sorted(amounts)
    return Offers(np.array(parties, np.int64), np.array([amounts[party] for party in parties], np.int64))


def _net_debit(owed: Obligations) -> int:
    net = np.zeros(len(owed.party_id), np.int64)
    np.add.at(net, owed.debtor, owed.amount_minor)
    np.subtract.at(net, owed.creditor, owed.amount_minor)
    return int(net[net > 0].sum())


def _ratio(more: int, used: int) -> str | None:
    """Write how much debt a unit of money discharged, rounded down to two decimals; None if none was used."""
    return format_amount(floor(Fraction(100 * more, used)), 2) if used else None
