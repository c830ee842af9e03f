"""The statement as CSV says what the message says, and no name is run by a spreadsheet."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given, settings

from setfair.errors import BrokenInvariantError
from setfair.formats.csv_text import csv_text
from setfair.formats.iso20022.statement_types import Direction, EntryTotals, Statement
from setfair.formats.statement_csv import STATEMENT_COLUMNS, write_csv_statement
from tests.formats.iso20022 import write_cases as cases


def rows_of(statement: Statement) -> list[dict[str, str]]:
    """The rows, read back."""
    text = cases.bytes_of(lambda out: write_csv_statement(out, statement)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


@settings(max_examples=60, deadline=None)
@given(cases.statements())
def test_running_balance_ends_at_closing(statement: Statement) -> None:
    """Each row's balance is the one before it plus its amount, and the last is the closing balance."""
    rows = rows_of(statement)
    assert [row["line"] for row in rows] == ["OPENING", *["ENTRY"] * statement.totals.count, "CLOSING"]
    balance = Decimal(rows[0]["balance"])
    for row in rows[1:-1]:
        balance += Decimal(row["amount"])
        assert Decimal(row["balance"]) == balance
    assert Decimal(rows[-1]["balance"]) == balance


@settings(max_examples=60, deadline=None)
@given(cases.statements())
def test_no_cell_starts_a_formula(statement: Statement) -> None:
    """No text of a stranger starts with a sign that a spreadsheet takes for a formula."""
    free = ("counterparty_name", "debtor_name", "creditor_name", "remittance", "instruction_id")
    for row in rows_of(statement):
        assert not any(row[name].startswith(("=", "+", "-", "@")) for name in free)


def test_rows_word_by_word() -> None:
    """A statement with one entry is exactly these lines."""
    text = cases.bytes_of(
        lambda out: write_csv_statement(out, cases.a_statement("TND", -5000, (-1234,)))
    ).decode()
    assert text.split("\r\n") == [
        ",".join(STATEMENT_COLUMNS),
        "OPENING,AURBXXAA-TND,2026-01-05,TND,,-5.000" + "," * 14,
        "ENTRY,AURBXXAA-TND,2026-01-05,TND,-1.234,-6.234,2026-01-05,2026-01-05T12:00:00.001+00:00,"
        "CUSTOMER_PAYMENT,1,1001,529900EXAMPLE0BORE42,Boreal & Søn <Bank>,"
        "00000000-0000-4000-8000-000000000001,INSTR-1,E2E-1,TX-1,شركة النخيل 1,Fjell & Sjø <1>,"
        "Invoice 2026-1",
        "CLOSING,AURBXXAA-TND,2026-01-05,TND,,-6.234" + "," * 14,
        "",
    ]


@pytest.mark.parametrize(
    ("value", "expected"),
    [("=1+1", "'=1+1"), (" @a", "'@a"), ("a\r\nb", "a  b"), ("a\x00", "a\ufffd"), ("北辰", "北辰")],
)
def test_what_becomes_of_odd_texts(value: str, expected: str) -> None:
    """Formulas are disarmed, line ends and control characters replaced, scripts kept."""
    assert csv_text(value) == expected


@pytest.mark.parametrize("changed", ["closing_minor", "entries"])
def test_statement_that_does_not_add_up_stops_the_writer(changed: str) -> None:
    """A wrong closing balance or a missing entry is a broken invariant, and there is no CLOSING row."""
    statement = cases.a_statement("EUR", 100, (5, -3))
    wrong = replace(statement, **{changed: {"closing_minor": 103, "entries": []}[changed]})  # type: ignore[arg-type]
    out = io.BytesIO()
    with pytest.raises(BrokenInvariantError):
        write_csv_statement(out, wrong)
    assert b"CLOSING" not in out.getvalue()


def test_balance_of_nineteen_digits_is_written() -> None:
    """CSV holds a balance that no message can carry."""
    assert rows_of(cases.a_statement("EUR", 2**62, ()))[0]["balance"] == "46116860184273879.04"


def test_many_rows_are_written_in_pieces() -> None:
    """A statement of more rows than are collected at once is whole."""
    booking = cases.a_booking(1, Direction.CREDIT, 1)
    statement = replace(
        cases.a_statement("EUR", 0, ()),
        entries=(booking for _ in range(3000)),
        totals=EntryTotals(3000, 3000, 0, 0),
        closing_minor=3000,
    )
    rows = rows_of(statement)
    assert (len(rows), rows[-1]["balance"], rows[-2]["balance"]) == (3002, "30.00", "30.00")
