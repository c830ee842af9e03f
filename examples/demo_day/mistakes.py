"""Payments that are wrong on purpose in files that are right: each is rejected, the others proceed.

`csv_mistakes` says of each what is wrong and with which ISO reason it is rejected.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from demo_day.documents import payment_row
from demo_day.payments import Payment, PaymentDraw

CHANGES: tuple[tuple[str, dict[str, str], str], ...] = (
    ("UGX has no decimals", {"currency": "UGX", "amount": "100.55"}, "AM09"),
    ("TND has three decimals", {"currency": "TND", "amount": "100.5555"}, "AM09"),
    ("an agent that nobody knows pays", {"debtor_agent": "QXNOKEN0XXX"}, "RC03"),
    ("an agent that nobody knows receives", {"creditor_agent": "QXNOZAJ0XXX"}, "RC04"),
    ("EUR is not part of the agreement", {"currency": "EUR", "amount": "100.00"}, "AM03"),
    ("ZZZ is no currency", {"currency": "ZZZ", "amount": "100.00"}, "AM11"),
    ("nothing is paid", {"amount": "0"}, "AM01"),
    ("less than nothing is paid", {"amount": "-5"}, "AM01"),
    ("the amount is no number", {"amount": "1O0"}, "AM12"),
    ("the amount has 25 digits", {"amount": "9" * 25}, "AM02"),
    ("the priority is none", {"priority": "SOON"}, "CH16"),
    ("the creditor has no name", {"creditor_name": ""}, "BE22"),
    ("the identification is no UUID", {"uetr": "not-a-uuid"}, "CH16"),
)
"""What is wrong, the columns that are changed, the ISO reason."""


def csv_mistakes(
    draw: PaymentDraw, earlier: list[Payment], day: date
) -> Iterator[tuple[dict[str, str], str, str]]:
    """Yield (row, what is wrong, ISO reason; no reason: the first outcome again) for a table of payments."""
    for wrong, changes, reason in CHANGES:
        (payment,) = draw.customer(1)
        yield {**payment_row(payment), **changes}, wrong, reason
    (payment,) = draw.customer(1)
    yesterday = (day - timedelta(days=1)).isoformat()
    yield {**payment_row(payment), "value_date": yesterday}, "the value date is yesterday", "DT01"
    (payment,) = draw.customer(1)
    row = payment_row(payment)
    yield {**row, "creditor_agent": row["debtor_agent"]}, "debtor and creditor account are the same", "AG01"
    first, second = earlier[0], earlier[1]
    yield payment_row(first), "the same payment once more", ""
    row = payment_row(second)
    amount = row["amount"].replace(row["amount"][0], str(int(row["amount"][0]) % 9 + 1), 1)
    yield {**row, "amount": amount}, "an identification that was used before, with another amount", "AM05"
