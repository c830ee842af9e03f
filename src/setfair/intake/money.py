"""Money that is put into a cycle of a house: the document of its page, and what the agreement allows.

Rules
-----
1. The document `money` of a page: JSON with ``currency`` and ``funders``, each with ``funder`` (id of a
   direct participant), ``amount_minor`` and ``beneficiaries``: ids of parties, ``["*"]`` for anyone, ``[]``
   for the parties that bank with the funder.
2. Every funder has a row of `[[clearing.liquidity]]` in the agreement: it gives no more, and to nobody else.
   Where the agreement says anyone, a cycle may name some; where it says its own parties, it is those.
3. A cycle with money is run for the most value in one currency, without limits.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from setfair.domain.agreement import Agreement
from setfair.domain.agreement_parts import Funding
from setfair.domain.money import find_currency, format_amount, parse_amount
from setfair.domain.party_amount import ANYONE, PartyAmount
from setfair.engine.cycle_terms import Funder, MoneyTerms
from setfair.errors import HouseError
from setfair.intake.directory import Directory

Money = dict[str, object]
"""What the document says, in plain objects."""
MONEY_DOCUMENT = "money"
"""Name of the document of a cycle with money."""


def agreed_money(agreement: Agreement, currency: str) -> Money | None:
    """Return the document of the money that is agreed for each cycle of a currency; None: there is none."""
    rows = [row for row in agreement.clearing.liquidity if row.currency == currency]
    funders = [_said(row.funder, _minor(row), row.beneficiaries) for row in rows]
    return {"currency": currency, "funders": funders} if funders else None


def money_of_table(rows: Sequence[PartyAmount], currency: str, directory: Directory) -> Money | None:
    """Return the document of what a table offers in a currency; None if it offers nothing.

    Raises
    ------
    HouseError
        If a funder is no participant, or a beneficiary no party that this house knows.
    """
    funders = []
    for row in (row for row in rows if row.currency.code == currency):
        funder = directory.participant_named(row.party)
        if not funder:
            raise HouseError(f"line {row.line}: {row.party!r} is no participant of the agreement")
        unknown = [name for name in row.beneficiaries if name != ANYONE and name not in directory.parties]
        if unknown:
            raise HouseError(f"line {row.line}: {unknown[0]!r} is no party that this house knows")
        funders.append(_said(funder, row.amount_minor, row.beneficiaries))
    return {"currency": currency, "funders": funders} if funders else None


def _said(funder: str, amount_minor: int, beneficiaries: Sequence[str]) -> dict[str, object]:
    return {"funder": funder, "amount_minor": amount_minor, "beneficiaries": sorted(set(beneficiaries))}


def _minor(row: Funding) -> int:
    currency = find_currency(row.currency)
    return int(parse_amount(row.amount, currency.decimals)) if currency is not None else 0


def _amount(row: Funding) -> str:
    currency = find_currency(row.currency)
    return format_amount(_minor(row), currency.decimals if currency is not None else 0)


def check_money(agreement: Agreement, document: bytes, others: Mapping[str, bytes]) -> None:
    """Check that a cycle may have this money.

    Raises
    ------
    HouseError
        Saying what the agreement allows: rules 2 and 3.
    """
    said = json.loads(document)
    if "fixing" in others or "choice" in others:
        raise HouseError("money is put into cycles of one currency, for the most value and without limits")
    agreed = {row.funder: row for row in agreement.clearing.liquidity if row.currency == said["currency"]}
    seen: set[str] = set()
    for each in said["funders"]:
        funder = each["funder"]
        row = agreed.get(funder)
        if row is None:
            raise HouseError(
                f"the agreement has no [[clearing.liquidity]] of {funder} in {said['currency']}: it puts in"
                " nothing"
            )
        if funder in seen:
            raise HouseError(f"{funder} has two rows; a funder has one")
        seen.add(funder)
        if not 0 <= each["amount_minor"] <= _minor(row):
            raise HouseError(f"{funder} puts in at most {_amount(row)} {row.currency}, as agreed")
        if not _may_give(row, each["beneficiaries"]):
            whom = ", ".join(row.beneficiaries) or "the parties that bank with it"
            raise HouseError(f"{funder} gives to {whom}, as agreed: [[clearing.liquidity]] names them")


def _may_give(row: Funding, wanted: Sequence[str]) -> bool:
    if row.beneficiaries == (ANYONE,):
        return True
    if not row.beneficiaries or not wanted:
        return tuple(wanted) == row.beneficiaries
    return set(wanted) <= set(row.beneficiaries)


def money_terms(document: bytes, directory: Directory) -> MoneyTerms:
    """Return what a document says as the engine takes it; parties that are not known have no obligation."""
    said = json.loads(document)
    return MoneyTerms(tuple(_funder(each, said["currency"], directory) for each in said["funders"]))


def _funder(said: Mapping[str, Any], currency: str, directory: Directory) -> Funder:
    account = directory.find_account(said["funder"], currency)
    if account < 0:
        raise HouseError(f"{said['funder']} has no account in {currency}")
    names = said["beneficiaries"]
    if names == [ANYONE]:
        return Funder(account, said["amount_minor"], None)
    numbers = tuple(directory.parties[name] for name in names if name in directory.parties)
    # Nobody that is known is not the same as nobody named.
    return Funder(account, said["amount_minor"], numbers if numbers or not names else (-1,))
