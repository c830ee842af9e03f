"""Payments from bulk tables: good rows, and every defect that a row may have."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

import pytest

from setfair.domain.codes import InstructionKind, Priority, Reason
from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.formats.table import read_table
from tests.formats.tables import GOOD_PAYMENT, PAYMENT_HEADER, UETR, payment_row, rows_of, write_csv


def test_a_good_row_becomes_a_payment(tmp_path: Path) -> None:
    """Every column arrives where it belongs; the debtor agent is who instructs."""
    (row,) = rows_of(write_csv(tmp_path, PAYMENT_HEADER, GOOD_PAYMENT))
    expected = {
        "kind": InstructionKind.CUSTOMER_PAYMENT,
        "uetr": uuid.UUID(UETR).bytes,
        "instruction_id": "I1",
        "message_name": "csv",
        "instructing_agent": "ORINAAXX",
        "debtor_agent": "ORINAAXX",
        "creditor_agent": "BELUBBXX",
        "currency": "EUR",
        "amount_minor": 1250,
        "priority": Priority.HIGH,
        "value_date": date(2026, 3, 2),
        "debtor_name": "Orin Mills",
        "creditor_name": "Belu Copper",
        "link": "",
        "link_legs": 0,
        "against_currency": "",
        "against_amount_minor": 0,
        "until_ns": 0,
        "earliest_ns": 0,
        "defect": 0,
        "defect_text": "",
    }
    assert {name: row[name] for name in expected} == expected


def test_columns_may_come_in_any_order_and_optional_ones_may_be_absent(tmp_path: Path) -> None:
    """Without names it is an institution's payment, without priority normal, without date of today."""
    path = write_csv(
        tmp_path, "amount,currency,creditor_agent,debtor_agent,instruction_id", "7,JPY,BELUBBXX,ORINAAXX,I9"
    )
    (row,) = rows_of(path)
    got = (row["kind"], row["amount_minor"], row["priority"], row["value_date"], row["uetr"], row["defect"])
    assert got == (InstructionKind.INSTITUTION_PAYMENT, 7, Priority.NORMAL, None, None, 0)


DEFECTS = [
    ({"uetr": "not-a-uuid"}, Reason.IDENTIFIER_INVALID, "uetr 'not-a-uuid'"),
    ({"uetr": UETR.replace("-4f", "-1f")}, Reason.IDENTIFIER_INVALID, "version 4"),
    ({"uetr": "", "instruction_id": ""}, Reason.IDENTIFIER_MISSING, "both empty"),
    ({"instruction_id": "x" * 36}, Reason.IDENTIFIER_INVALID, "more than 35"),
    ({"debtor_agent": " "}, Reason.IDENTIFIER_MISSING, "debtor_agent is empty"),
    ({"creditor_agent": ""}, Reason.IDENTIFIER_MISSING, "creditor_agent is empty"),
    ({"creditor_agent": "B" * 36}, Reason.IDENTIFIER_INVALID, "more than 35"),
    ({"currency": "ZZZ"}, Reason.UNKNOWN_CURRENCY, "currency 'ZZZ'"),
    ({"currency": "eur"}, Reason.UNKNOWN_CURRENCY, "currency 'eur'"),
    ({"currency": ""}, Reason.UNKNOWN_CURRENCY, "currency ''"),
    ({"currency": "XAU"}, Reason.UNKNOWN_CURRENCY, "currency 'XAU'"),
    ({"amount": "12.505"}, Reason.TOO_MANY_DECIMALS, "amount '12.505'"),
    ({"amount": "100.5", "currency": "JPY"}, Reason.TOO_MANY_DECIMALS, "amount '100.5'"),
    ({"amount": "-1"}, Reason.AMOUNT_NOT_POSITIVE, "amount '-1'"),
    ({"amount": "1e3"}, Reason.AMOUNT_MALFORMED, "amount '1e3'"),
    ({"amount": ""}, Reason.AMOUNT_MALFORMED, "amount ''"),
    ({"amount": "NaN"}, Reason.AMOUNT_MALFORMED, "amount 'NaN'"),
    ({"amount": "9" * 17 + ".00"}, Reason.AMOUNT_TOO_LARGE, "amount '999"),
    ({"priority": "urgent"}, Reason.PRIORITY_INVALID, "URGENT, HIGH, NORMAL"),
    ({"value_date": "02/03/2026"}, Reason.DATE_INVALID, "YYYY-MM-DD"),
    ({"value_date": "2026-02-30"}, Reason.DATE_INVALID, "YYYY-MM-DD"),
    ({"debtor_name": ""}, Reason.NAME_MISSING, "debtor_name"),
    ({"creditor_name": "  "}, Reason.NAME_MISSING, "creditor_name"),
    ({"debtor_name": "--", "creditor_name": "--"}, Reason.NAME_MISSING, "debtor_name"),
    ({"creditor_name": "x" * 141}, Reason.REJECTED_BY_READER, "more than 140"),
]


@pytest.mark.parametrize(("changes", "reason", "text"), DEFECTS)
def test_a_bad_row_carries_its_reason_and_the_others_proceed(
    tmp_path: Path, changes: dict[str, str], reason: Reason, text: str
) -> None:
    """The second of three rows is bad: it says which row and why, and the first and third are untouched."""
    first, bad, third = rows_of(
        write_csv(
            tmp_path, PAYMENT_HEADER, payment_row(instruction_id="A"), payment_row(**changes), GOOD_PAYMENT
        )
    )
    assert (first["defect"], first["defect_text"], third["defect"]) == (0, "", 0)
    assert bad["defect"] == reason
    assert str(bad["defect_text"]).startswith("row 2: ")
    assert text in str(bad["defect_text"])


def test_the_first_broken_rule_is_the_defect(tmp_path: Path) -> None:
    """A row that breaks several rules says the first of them."""
    (row,) = rows_of(
        write_csv(tmp_path, PAYMENT_HEADER, payment_row(creditor_agent="", amount="x", value_date="x"))
    )
    assert row["defect"] == Reason.IDENTIFIER_MISSING


def test_what_is_too_long_does_not_reach_the_books(tmp_path: Path) -> None:
    """A long identification is left out, a long name cut, a long amount not repeated in full."""
    wild = payment_row(
        instruction_id="i" * 5000, debtor_name="n" * 5000, amount="9" * 5000, currency="E" * 900
    )
    (row,) = rows_of(write_csv(tmp_path, PAYMENT_HEADER, wild))
    assert (row["instruction_id"], row["debtor_name"], row["currency"]) == ("", "n" * 140, "")
    assert len(str(row["defect_text"])) < 300


def test_space_around_texts_is_no_part_of_them(tmp_path: Path) -> None:
    """Fields that a spreadsheet padded are read as if they were not."""
    (row,) = rows_of(write_csv(tmp_path, PAYMENT_HEADER, GOOD_PAYMENT.replace(",", " , ")))
    got = (row["debtor_agent"], row["currency"], row["amount_minor"], row["debtor_name"], row["defect"])
    assert got == ("ORINAAXX", "EUR", 1250, "Orin Mills", 0)


def test_names_in_other_scripts_are_kept(tmp_path: Path) -> None:
    """A Chinese and an Arabic name arrive as they are."""
    names = {"debtor_name": "\u5317\u65b9\u8d38\u6613", "creditor_name": "\u0634\u0631\u0643\u0629"}
    (row,) = rows_of(write_csv(tmp_path, PAYMENT_HEADER, payment_row(**names)))
    assert {name: row[name] for name in names} == names
    assert row["defect"] == 0


def test_batches_are_full_and_rows_are_numbered_through(tmp_path: Path) -> None:
    """Twenty thousand rows make two full batches and a rest, in order; a defect names its row in the file."""
    rows = [payment_row(instruction_id=f"I{number}") for number in range(20_000)]
    rows[17_000] = payment_row(amount="?")
    batches = list(read_table(write_csv(tmp_path, PAYMENT_HEADER, *rows)))
    assert [batch.rows.num_rows for batch in batches] == [
        BATCH_ROWS_MAX,
        BATCH_ROWS_MAX,
        20_000 - 2 * BATCH_ROWS_MAX,
    ]
    ids = [text for batch in batches for text in batch.rows["instruction_id"].to_pylist()]
    assert ids[:3] + ids[-2:] == ["I0", "I1", "I2", "I19998", "I19999"]
    texts = [text for batch in batches for text in batch.rows["defect_text"].to_pylist() if text]
    assert [text.split(":")[0] for text in texts] == ["row 17001"]
