"""The end-of-day statement as CSV: what the camt.053 says, for a spreadsheet.

Rules
-----
1. A header row, an OPENING row, the entries in journal order, a CLOSING row.
2. What is to be known of the day, for example a later cut-off, is the remittance of the CLOSING row.
3. Amounts are signed decimals: credits positive, debits negative; every row has the balance after it.
4. Opening + entries = closing exactly, as in the camt.053; otherwise `BrokenInvariantError`.
5. Unlike a message, CSV holds balances of any size.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import BinaryIO
from uuid import UUID

from setfair.domain.money import format_amount
from setfair.formats.csv_text import csv_text, write_rows
from setfair.formats.iso20022.statement_types import (
    Booking,
    Direction,
    Statement,
    check_closing,
    checked_entries,
)
from setfair.formats.iso20022.write_xml import utc_text

STATEMENT_COLUMNS = (
    "line",
    "account",
    "date",
    "currency",
    "amount",
    "balance",
    "value_date",
    "booked_utc",
    "kind",
    "record",
    "payment",
    "counterparty",
    "counterparty_name",
    "uetr",
    "instruction_id",
    "end_to_end_id",
    "transaction_id",
    "debtor_name",
    "creditor_name",
    "remittance",
)
"""`line` is OPENING, ENTRY or CLOSING."""


def _entry_cells(booking: Booking) -> tuple[str | int, ...]:
    other = booking.counterparty
    return (
        booking.value_date.isoformat(),
        utc_text(booking.booked_utc),
        booking.kind.name,
        booking.record_number,
        booking.payment_number,
        csv_text(other.bic or other.lei or other.member_id),
        csv_text(other.name),
        str(UUID(bytes=booking.uetr)) if booking.uetr else "",
        csv_text(booking.instruction_id),
        csv_text(booking.end_to_end_id),
        csv_text(booking.transaction_id),
        csv_text(booking.debtor_name),
        csv_text(booking.creditor_name),
        csv_text(booking.remittance),
    )


def _rows(statement: Statement) -> Iterator[tuple[str | int, ...]]:
    account = statement.account
    decimals = account.currency.decimals
    every = (csv_text(account.account_id), statement.business_date.isoformat(), account.currency.code)
    empty = ("",) * (len(STATEMENT_COLUMNS) - 6)
    balance_minor = statement.opening_minor
    yield STATEMENT_COLUMNS
    yield "OPENING", *every, "", format_amount(balance_minor, decimals), *empty
    for booking in checked_entries(statement):
        credit = booking.direction is Direction.CREDIT
        amount_minor = booking.amount_minor if credit else -booking.amount_minor
        balance_minor += amount_minor
        balance = format_amount(balance_minor, decimals)
        yield "ENTRY", *every, format_amount(amount_minor, decimals), balance, *_entry_cells(booking)
    closing = format_amount(statement.closing_minor, decimals)
    yield "CLOSING", *every, "", closing, *empty[1:], csv_text(statement.remarks)


def write_csv_statement(out: BinaryIO, statement: Statement) -> int:
    """Write one statement as CSV and return the number of entries.

    Parameters
    ----------
    out
        Where the bytes go; a file that failed lacks its CLOSING row.
    statement
        Its entries are taken one by one.

    Raises
    ------
    BrokenInvariantError
        If the statement does not add up.
    """
    check_closing(statement)
    write_rows(out, _rows(statement))
    return statement.totals.count
