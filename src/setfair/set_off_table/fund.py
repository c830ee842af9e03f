"""Set-off of a table with money put in: who puts in how much for whom, and what each unit discharges.

Rules
-----
1. Money of a currency discharges debts in that currency alone.
2. A party's own money pays its own debts; a sponsor's goes to anyone or to the parties that it names. Whoever
   pays its own debts, is named or gets money in a currency owes or is owed something in it.
3. What a unit discharges is the debt discharged with the money less that without it, for each unit used. With
   the oldest first it may be less than one, or below nothing: money for old debts may take the place of more.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from pathlib import Path

import numpy as np

from setfair.domain.money import format_amount
from setfair.domain.obligations import Obligations
from setfair.domain.party_amount import ANYONE, PartyAmount
from setfair.engine.setoff import Choice, Objective, set_off, set_off_under
from setfair.engine.setoff.liquidity import Discharge, Within, discharge
from setfair.engine.setoff.money import NO_OFFERS, Offers
from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.csv_text import csv_text
from setfair.formats.small_table import PROBLEMS_MAX
from setfair.set_off_table.choose import party_number
from setfair.set_off_table.clear import Reduced, too_large

MONEY_COLUMNS = ("party", "currency", "own_paid", "given", "received")
PARTIES_LISTED_MAX = 10_000
"""Parties with money that the summary lists for each currency; the table of money has all."""
FUND_ANYONE_MAX = 16
"""Sponsors of anyone in one currency: each has a way to every party."""


@dataclass(frozen=True, slots=True)
class Funders:
    """Who offers money in one currency, in the order of their names."""

    names: tuple[str, ...] = ()
    offers: Offers = NO_OFFERS


@dataclass(frozen=True, slots=True)
class FundedResult:
    """Set-off in one currency with money."""

    obligations: Obligations
    result: Discharge
    funders: Funders
    choice: Choice
    without_minor: int
    """What set-off under the same choice cancels without any money."""
    seconds: float

    @property
    def reduced(self) -> Reduced:
        """The obligations and what is discharged of each."""
        return self.obligations, self.result.cleared_minor

    def money_rows(self) -> Iterator[tuple[str, str, str, str, str]]:
        """Yield who paid and got how much, in units of the currency, in the order of the parties."""
        currency, found = self.obligations.currency, self.result
        own, given = (np.zeros(len(found.party), np.int64) for _ in range(2))
        for funder, place, minor in zip(
            found.gift_funder.tolist(), found.gift_party.tolist(), found.gift_minor.tolist(), strict=True
        ):
            is_own = self.obligations.party_id[place].as_py() == self.funders.names[funder]
            (own if is_own else given)[place] += minor
        columns = (own, given, found.received_minor)
        for place in np.flatnonzero(own + given + found.received_minor).tolist():
            amounts = [format_amount(int(column[place]), currency.decimals) for column in columns]
            yield self.obligations.party_id[place].as_py(), currency.code, amounts[0], amounts[1], amounts[2]

    def summary(self) -> dict[str, object]:
        """Return the totals, amounts in units of the currency."""
        owed, found, currency = self.obligations, self.result, self.obligations.currency
        more = found.discharged_minor - self.without_minor
        totals = {
            "gross": found.gross_minor,
            "cleared": found.discharged_minor,
            "remaining": found.gross_minor - found.discharged_minor,
            "net_debit": _net_debit(owed),
            "cleared_without_money": self.without_minor,
            "money_offered": self.funders.offers.total_minor,
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
            "funders": self._funders(),
            "money": parties,
            "seconds": round(self.seconds, 3),
        }

    def _funders(self) -> list[dict[str, str]]:
        """Return what each funder offered and put in."""
        decimals, offers = self.obligations.currency.decimals, self.funders.offers
        put_in = self.result.put_in_minor(len(self.funders.names))
        columns = zip(self.funders.names, offers.amount_minor.tolist(), put_in.tolist(), strict=True)
        return [
            {
                "funder": name,
                "offered": format_amount(offered, decimals),
                "put_in": format_amount(used, decimals),
            }
            for name, offered, used in columns
        ][:PARTIES_LISTED_MAX]


def fund_table(
    currencies: Sequence[Obligations],
    path: Path,
    rows: Sequence[PartyAmount],
    choices: Mapping[str, Choice] | None = None,
) -> list[FundedResult]:
    """Discharge what set-off and the money allow, currency by currency.

    Parameters
    ----------
    currencies
        What takes part.
    path, rows
        The table of money: its name for messages, and what it says.
    choices
        By currency: objective, what is not to be touched and the most for a party; None: the most value.

    Raises
    ------
    FileRefusedError
        If a currency or a party of the money has no obligation that takes part.
    SetfairError
        If the obligations of a currency, or its money, sum to more than one run takes.
    """
    funders = _funders(currencies, path, rows)
    results = []
    for owed in currencies:
        started = time.perf_counter()
        offered = funders.get(owed.currency.code, Funders())
        choice = choices[owed.currency.code] if choices is not None else Choice()
        columns = (owed.debtor, owed.creditor, owed.amount_minor, owed.due_day)
        within = Within(
            oldest_first=choice.objective is Objective.OLDEST,
            as_of_day=choice.as_of_day,
            untouched=choice.untouched,
            party_maximum_minor=choice.party_maximum_minor,
        )
        try:
            found = discharge(*columns, offered.offers, within=within)
            without = set_off(*columns) if choices is None else set_off_under(*columns, choice=choice).result
        except OverflowError as error:
            raise too_large(owed, error) from error
        seconds = time.perf_counter() - started
        cleared = without.cleared_total_minor
        results.append(FundedResult(owed, found, offered, choice, cleared, seconds))
    return results


def money_table(results: Sequence[FundedResult]) -> Iterator[tuple[str, ...]]:
    """Yield who paid and got how much as rows of a table, the names of its columns first."""
    yield MONEY_COLUMNS
    for part in results:
        for party, *rest in part.money_rows():
            yield csv_text(party), *rest


def _funders(
    currencies: Sequence[Obligations], path: Path, rows: Sequence[PartyAmount]
) -> dict[str, Funders]:
    """Return by currency who offers money in it."""
    by_code = {owed.currency.code: owed for owed in currencies}
    problems: list[FileProblem] = []
    found: dict[str, list[tuple[PartyAmount, list[int]]]] = {}
    for row in sorted(rows, key=lambda row: row.party):
        owed = by_code.get(row.currency.code)
        if owed is None:
            text = f"nothing that takes part is owed in {row.currency.code}"
            problems.append(FileProblem(row.line, "currency", text))
            continue
        numbers, unknown = _beneficiaries(owed, row)
        problems += unknown
        found.setdefault(owed.currency.code, []).append((row, numbers))
    for code, each in found.items():
        of_anyone = [row for row, _ in each if row.beneficiaries == (ANYONE,)]
        if len(of_anyone) > FUND_ANYONE_MAX:
            text = f"more than {FUND_ANYONE_MAX} parties sponsor anyone in {code}"
            problems.append(FileProblem(of_anyone[FUND_ANYONE_MAX].line, "beneficiaries", text))
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    return {code: _offers_of(each) for code, each in found.items()}


def _beneficiaries(owed: Obligations, row: PartyAmount) -> tuple[list[int], list[FileProblem]]:
    """Return the numbers of those that a row names, and what is wrong with it."""
    if row.beneficiaries == (ANYONE,):
        return [], []
    column = "beneficiaries" if row.beneficiaries else "party"
    numbers, problems = set(), []
    for name in row.beneficiaries or (row.party,):
        number = party_number(owed, name)
        if number is None:
            text = f"{name!r} neither owes nor is owed anything in {owed.currency.code} that takes part"
            problems.append(FileProblem(row.line, column, text))
        else:
            numbers.add(number)
    return sorted(numbers), problems


def _offers_of(rows: Sequence[tuple[PartyAmount, list[int]]]) -> Funders:
    """Return the offers of one currency."""
    pairs = [(place, number) for place, (_, numbers) in enumerate(rows) for number in numbers]
    funder, beneficiary = np.array(pairs, np.int64).reshape(-1, 2).T
    offers = Offers(
        np.array([row.amount_minor for row, _ in rows], np.int64),
        np.array([row.beneficiaries == (ANYONE,) for row, _ in rows], np.bool_),
        funder,
        beneficiary,
    )
    return Funders(tuple(row.party for row, _ in rows), offers)


def _net_debit(owed: Obligations) -> int:
    net = np.zeros(len(owed.party_id), np.int64)
    np.add.at(net, owed.debtor, owed.amount_minor)
    np.subtract.at(net, owed.creditor, owed.amount_minor)
    return int(net[net > 0].sum())


def _ratio(more: int, used: int) -> str | None:
    """Write how much debt a unit of money discharged, rounded down to two decimals; None if none was used."""
    if not used:
        return None
    hundredths = floor(Fraction(100 * more, used))
    return f"{'-' if hundredths < 0 else ''}{format_amount(abs(hundredths), 2)}"
