"""A queue and balances from two CSV files to what offsetting takes.

    payment_id,debtor,creditor,currency,amount,priority,link
    participant,currency,balance,credit_line

Rules
-----
1. Both files are read whole or refused, with the line and column of each problem.
2. A participant has one row of balances for each currency that it pays or is paid in. A balance may be below
   zero; a credit line may be left out: there is none.
3. A priority is URGENT, HIGH or NORMAL, or left out: NORMAL. Within one, the queue is in the order of the
   file.
4. Payments with the same text in `link` settle all or none; without one, a payment is by itself.
5. Amounts are decimals in units of the currency. Each payment_id occurs once.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from setfair.domain.codes import Priority, Reason
from setfair.domain.money import Currency, find_currency, parse_amount
from setfair.engine.offset import NO_LINK, Queue
from setfair.engine.offset.given import Int64Array
from setfair.offset_table.rows import FieldError, read_rows

PAYMENTS_MAX = 10_000_000
"""Payments of one queue."""
_QUEUE = ("payment_id", "debtor", "creditor", "currency", "amount")
_BALANCES = ("participant", "currency", "balance")
_PRIORITIES = {"": Priority.NORMAL, **{each.name: each for each in Priority}}


@dataclass(frozen=True, slots=True)
class OffsetTable:
    """What was read: accounts in the order of the balances, payments in the order of the queue."""

    payment_id: list[str]
    queue: Queue
    currencies: list[Currency]
    """By number: the currency; in the order of the balances."""
    account_currency: Int64Array
    """By account: number of its currency."""
    available: Int64Array
    """By account: balance and credit line, in minor units."""


@dataclass(frozen=True, slots=True)
class _Account:
    participant: str
    currency: Currency
    available: int


@dataclass(frozen=True, slots=True)
class _Payment:
    payment_id: str
    debtor: int
    creditor: int
    amount: int
    priority: int
    link: str


def read_tables(queue: Path, balances: Path) -> OffsetTable:
    """Read a queue and the balances of its accounts.

    Raises
    ------
    FileRefusedError
        If a file breaks a rule above.
    """
    accounts = _read_balances(balances)
    place = {(each.participant, each.currency.code): number for number, each in enumerate(accounts)}
    payments = _read_queue(queue, place)
    codes = list(dict.fromkeys(each.currency.code for each in accounts))
    currencies = {each.currency.code: each.currency for each in accounts}
    links: dict[str, int] = {}
    link = [links.setdefault(each.link, len(links)) if each.link else NO_LINK for each in payments]
    return OffsetTable(
        payment_id=[each.payment_id for each in payments],
        queue=Queue(
            debtor=_column([each.debtor for each in payments]),
            creditor=_column([each.creditor for each in payments]),
            amount=_column([each.amount for each in payments]),
            priority=_column([each.priority for each in payments]),
            order=np.arange(len(payments)),
            link=_column(link),
        ),
        currencies=[currencies[code] for code in codes],
        account_currency=_column([codes.index(each.currency.code) for each in accounts]),
        available=_column([each.available for each in accounts]),
    )


def _column(values: list[int]) -> Int64Array:
    return np.array(values, np.int64)


def _read_balances(path: Path) -> list[_Account]:
    seen: dict[tuple[str, str], int] = {}

    def read(line: int, fields: dict[str, str]) -> _Account:
        participant = _given(fields, "participant")
        currency = _currency(fields)
        first = seen.setdefault((participant, currency.code), line)
        if first != line:
            raise FieldError("participant", f"{participant!r} has {currency.code} in line {first} already")
        balance = _amount(fields, "balance", currency, signed=True)
        credit_line = _amount(fields, "credit_line", currency) if fields["credit_line"] else 0
        return _Account(participant, currency, balance + credit_line)

    return read_rows(path, _BALANCES, ("credit_line",), read)


def _read_queue(path: Path, place: dict[tuple[str, str], int]) -> list[_Payment]:
    seen: dict[str, int] = {}

    def read(line: int, fields: dict[str, str]) -> _Payment:
        payment_id = _given(fields, "payment_id")
        first = seen.setdefault(payment_id, line)
        if first != line:
            raise FieldError("payment_id", f"{payment_id!r} is in line {first} already; each occurs once")
        if len(seen) > PAYMENTS_MAX:
            raise FieldError("payment_id", f"a queue has at most {PAYMENTS_MAX} payments")
        currency = _currency(fields)
        sides = []
        for column in ("debtor", "creditor"):
            account = place.get((_given(fields, column), currency.code))
            if account is None:
                text = f"{fields[column]!r} has no {currency.code} in the balances; give it a row"
                raise FieldError(column, text)
            sides.append(account)
        if sides[0] == sides[1]:
            raise FieldError("creditor", f"{fields['creditor']!r} is the debtor too")
        amount = _amount(fields, "amount", currency)
        if amount == 0:
            raise FieldError("amount", "is zero; a payment has an amount")
        priority = _PRIORITIES.get(fields["priority"].upper())
        if priority is None:
            allowed = ", ".join(each.name for each in Priority)
            raise FieldError("priority", f"{fields['priority']!r} is no priority; allowed are {allowed}")
        return _Payment(payment_id, sides[0], sides[1], amount, int(priority), fields["link"])

    return read_rows(path, _QUEUE, ("priority", "link"), read)


def _given(fields: dict[str, str], column: str) -> str:
    if not fields[column]:
        raise FieldError(column, "is empty")
    return fields[column]


def _currency(fields: dict[str, str]) -> Currency:
    code = fields["currency"]
    found = find_currency(code) if re.fullmatch("[A-Z]{3}", code) else None
    if found is None:
        text = f"{code!r} is no currency with minor units; write a code of ISO 4217, for example KES"
        raise FieldError("currency", text)
    return found


def _amount(fields: dict[str, str], column: str, currency: Currency, *, signed: bool = False) -> int:
    text = fields[column]
    sign = -1 if signed and text.startswith("-") else 1
    found = parse_amount(text[1:] if sign < 0 else text, currency.decimals)
    if isinstance(found, Reason):
        allowed = f"digits with at most one point and {currency.decimals} decimals, at most 18 digits"
        raise FieldError(column, f"{text[:40]!r}: {found.text}; allowed are {allowed}")
    return sign * found
