"""Obligations, firms and confirmations from bulk tables."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import Family
from setfair.formats.table import read_table
from tests.formats.tables import problem_of, rows_of, write_csv

HEADER = "obligation_id,debtor,creditor,currency,amount,due_date,debtor_name,creditor_name,debtor_country"
GOOD = {
    "obligation_id": "INV-1",
    "debtor": "F1",
    "creditor": "F2",
    "currency": "TND",
    "amount": "5.125",
    "due_date": "2026-04-01",
    "debtor_name": "Marut Tiles",
    "creditor_name": "Soral Glass",
    "debtor_country": "TN",
}


def test_a_good_row_becomes_an_obligation(tmp_path: Path) -> None:
    """Every column arrives where it belongs, in the three decimals of the dinar."""
    (row,) = rows_of(write_csv(tmp_path, HEADER, ",".join(GOOD.values())))
    expected = GOOD | {"amount_minor": 5125, "due_date": date(2026, 4, 1), "kind": InstructionKind.OBLIGATION}
    del expected["amount"]
    assert {name: row[name] for name in expected} == expected
    assert (row["creditor_country"], row["message_name"], row["defect"]) == ("", "csv", 0)


@pytest.mark.parametrize(
    ("column", "value", "reason"),
    [
        ("obligation_id", "", Reason.IDENTIFIER_MISSING),
        ("debtor", "", Reason.IDENTIFIER_MISSING),
        ("creditor", "x" * 141, Reason.IDENTIFIER_INVALID),
        ("currency", "TD", Reason.UNKNOWN_CURRENCY),
        ("amount", "5.1251", Reason.TOO_MANY_DECIMALS),
        ("amount", "0.000", Reason.AMOUNT_NEGATIVE_OR_NIL_DUE),
        ("amount", "-5", Reason.AMOUNT_NEGATIVE_OR_NIL_DUE),
        ("amount", "five", Reason.AMOUNT_MALFORMED),
        ("due_date", "1 April", Reason.DATE_INVALID),
        ("debtor_name", "", Reason.NAME_MISSING),
        ("creditor_name", "?", Reason.NAME_MISSING),
        ("debtor_country", "ZZ", Reason.COUNTRY_INVALID),
        ("debtor_country", "tn", Reason.COUNTRY_INVALID),
    ],
)
def test_a_bad_row_carries_its_reason(tmp_path: Path, column: str, value: str, reason: Reason) -> None:
    """Each rule has its reason; what is wrong does not go into the books."""
    (row,) = rows_of(write_csv(tmp_path, HEADER, ",".join((GOOD | {column: value}).values())))
    assert row["defect"] == reason
    assert str(row["defect_text"]).startswith("row 1: ")


def test_no_due_date_is_due_at_once(tmp_path: Path) -> None:
    """An empty due date is null and no defect."""
    (row,) = rows_of(write_csv(tmp_path, HEADER, ",".join((GOOD | {"due_date": ""}).values())))
    assert (row["due_date"], row["defect"]) == (None, 0)


def test_firms_are_told_by_their_header(tmp_path: Path) -> None:
    """A table of firms becomes a batch of parties, with defects of its own."""
    path = write_csv(tmp_path, "party_id,name,country,participant", "F1,Marut Tiles,TN,ORINAAXX", ",--,XX,")
    (batch,) = read_table(path)
    good, bad = batch.rows.to_pylist()
    assert batch.family is Family.PARTY
    assert (good["party_id"], good["name"], good["country"], good["participant"]) == (
        "F1",
        "Marut Tiles",
        "TN",
        "ORINAAXX",
    )
    assert (good["defect"], bad["defect"], bad["country"]) == (0, Reason.IDENTIFIER_MISSING, "")


def test_confirmations_are_told_by_their_header(tmp_path: Path) -> None:
    """Three columns of an obligations table and no more are confirmations."""
    (batch,) = read_table(write_csv(tmp_path, "debtor,creditor,obligation_id", "F1,F2,INV-1", "F1,,INV-2"))
    assert batch.family is Family.CONFIRMATION
    assert [row["defect"] for row in batch.rows.to_pylist()] == [0, Reason.IDENTIFIER_MISSING]


def test_obligations_without_their_amount_are_not_taken_for_confirmations(tmp_path: Path) -> None:
    """A column that is missing is named."""
    problem = problem_of(write_csv(tmp_path, HEADER.replace("amount,", ""), ""))
    assert "missing: 'amount'" in problem.text
