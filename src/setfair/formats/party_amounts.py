"""Amounts by party and currency, CSV: money that is put into a set-off, or the most cleared of debts.

    party,currency,amount,beneficiaries
    Mutwara Tea Ltd,KES,250000,
    Trade Promotion Fund,KES,1000000,Kipila Dates SARL;Turimo Machinery Ltd
    Central Bank,UGX,50000000,*

Rules
-----
1. Columns: ``party``, ``currency``, ``amount``; for money also ``beneficiaries``, where somebody sponsors.
2. A currency is a code of ISO 4217 with minor units; an amount is read in its decimals, never rounded, and is
   zero or more.
3. A party has one row in a currency.
4. ``beneficiaries``: empty, the money pays the party's own debts; ``*``, the party sponsors anyone; otherwise
   the parties that it sponsors, with ``;`` between them.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from setfair.domain.codes import Reason
from setfair.domain.money import find_currency, parse_amount
from setfair.domain.party_amount import ANYONE, PartyAmount
from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.small_table import PROBLEMS_MAX, read_small_table

_REQUIRED = ("party", "currency", "amount")


def read_party_amounts(path: Path) -> tuple[PartyAmount, ...]:
    """Read amounts by party and currency.

    Raises
    ------
    FileRefusedError
        With the line and column of each problem, and what is allowed.
    """
    return _read(path, ())


def read_liquidity(path: Path) -> tuple[PartyAmount, ...]:
    """Read who puts in how much, and for whom.

    Raises
    ------
    FileRefusedError
        With the line and column of each problem, and what is allowed.
    """
    return _read(path, ("beneficiaries",))


def _read(path: Path, optional: tuple[str, ...]) -> tuple[PartyAmount, ...]:
    rows: list[PartyAmount] = []
    problems: list[FileProblem] = []
    for line, fields in read_small_table(path, _REQUIRED, optional):
        read = _read_row(line, fields)
        if isinstance(read, FileProblem):
            problems.append(read)
        else:
            rows.append(read)
    problems += _check_together(rows)
    if problems:
        problems.sort(key=lambda problem: problem.line or 0)
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    return tuple(rows)


def _read_row(line: int, fields: dict[str, str]) -> PartyAmount | FileProblem:
    if not fields["party"]:
        return FileProblem(line, "party", "is empty; name a party")
    code = fields["currency"]
    currency = find_currency(code)
    if currency is None:
        text = f"{code!r} is no currency with minor units; write a code of ISO 4217, for example KES"
        return FileProblem(line, "currency", text)
    amount = parse_amount(fields["amount"], currency.decimals)
    if isinstance(amount, Reason):
        text = f"{fields['amount']!r}: {amount.text}; allowed are plain digits, at most {currency.decimals}"
        return FileProblem(line, "amount", f"{text} after the point in {code}")
    named = (name.strip() for name in fields.get("beneficiaries", "").split(";"))
    return PartyAmount(line, fields["party"], currency, amount, tuple(filter(None, named)))


def _check_together(rows: list[PartyAmount]) -> Iterator[FileProblem]:
    """Rules 3 and 4."""
    first: dict[tuple[str, str], int] = {}
    for row in rows:
        code = row.currency.code
        if first.setdefault((row.party, code), row.line) != row.line:
            before = first[row.party, code]
            text = f"{row.party!r} has an amount in {code} in line {before} already; a party has one row"
            yield FileProblem(row.line, "party", text)
        if ANYONE in row.beneficiaries and len(row.beneficiaries) > 1:
            yield FileProblem(row.line, "beneficiaries", f"{ANYONE} stands alone: it is anyone")
