"""Set-off notices for both sides, and fees, each worked out again from the tables."""

from __future__ import annotations

from collections import Counter
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import pytest

from setfair.house import House
from setfair.statements.fees import set_off_fee
from tests.unit.statements.days import BANK_OF, BANKS, FIRMS, INDIRECT, MONDAY, TUESDAY
from tests.unit.statements.given import notice_documents, notices, rows

DAYS = [MONDAY.isoformat(), TUESDAY.isoformat()]
FOLDER_OF = {
    firm: {INDIRECT: "KE01"}.get(BANK_OF.get(firm, ""), BANK_OF.get(firm, "parties")) for firm in FIRMS
}


def test_both_sides_of_each_set_off_are_told(lively_house: House, given_out: Path) -> None:
    """Every record of the tables is one DEBTOR row of one firm and one CREDITOR row of the other."""
    told = {
        (int(row["record"]), row["side"]): row for folder in given_out.glob("*/*") for row in notices(folder)
    }
    tables = lively_house.query(
        "SELECT s.*, w.debtor_after FROM set_off s JOIN record_row w USING (record_number)"
    )
    assert len(told) == 2 * len(tables) > 100
    for record in tables:
        debtor, creditor = (told[record["record_number"], side] for side in ("DEBTOR", "CREDITOR"))
        assert (debtor["party"], debtor["counterparty"]) == (creditor["counterparty"], creditor["party"])
        cleared = Decimal(record["cleared_minor"]).scaleb(-record["decimals"])
        for row in (debtor, creditor):
            assert Decimal(row["cleared"]) == cleared
            assert Decimal(row["amount"]) - cleared == Decimal(row["remaining"])
            assert Decimal(row["remaining"]) == Decimal(record["debtor_after"]).scaleb(-record["decimals"])
            assert int(row["cycle"]) == record["cycle_number"]


def test_no_net_position_changes(given_out: Path) -> None:
    """What is cleared of a firm's debts in a cycle is what is cleared of its claims."""
    sums: Counter[tuple[str, str, str]] = Counter()
    for folder in given_out.glob("*/*"):
        for row in notices(folder):
            sign = 1 if row["side"] == "CREDITOR" else -1
            sums[row["party"], row["cycle"], row["currency"]] += sign * Decimal(row["cleared"])  # type: ignore[assignment]
    assert sums
    assert set(sums.values()) == {Decimal(0)}


def test_a_firm_is_told_through_its_bank(given_out: Path) -> None:
    """Or the direct participant behind it; firms that name no bank are in a folder of their own."""
    seen = {(row["party"], folder.name) for folder in given_out.glob("*/*") for row in notices(folder)}
    assert seen == set(FOLDER_OF.items())


def test_json_says_what_csv_says(given_out: Path) -> None:
    """Row by row; and its totals add up."""
    for folder in given_out.glob("*/*"):
        documents = notice_documents(folder)
        flat = [
            (one["party"]["party_id"], str(one["cycle"]), row["side"], row["obligation_id"], row["cleared"])
            for one in documents
            for row in one["set_offs"]
        ]
        table = [
            (row["party"], row["cycle"], row["side"], row["obligation_id"], row["cleared"])
            for row in notices(folder)
        ]
        assert flat == table
        for one in documents:
            for total in one["totals"]:
                assert total["owed_cleared"] == total["claimed_cleared"]


def test_fees_are_what_the_schedule_says(lively_house: House, given_out: Path) -> None:
    """0.35 EUR a settled payment; 1.5 and 0.0333 basis points of what was cleared, each to its minor unit."""
    charged = {
        (folder.parent.name, row["payer"], row["currency"], row["item"]): Decimal(row["fee"])
        for folder in given_out.glob("*/*")
        if (folder / "fees.csv").exists()
        for row in rows(folder / "fees.csv")
    }
    assert charged == _payments_charged(lively_house) | _set_off_charged(given_out)


def _payments_charged(house: House) -> dict[tuple[str, str, str, str], Decimal]:
    found = house.query(
        "SELECT b.business_date, a.participant, count(*) AS payments FROM record_row w "
        "JOIN payment y ON y.payment_number = w.subject_number "
        "JOIN account a ON a.account_number = w.debtor "
        "JOIN business_day b ON b.currency = y.currency "
        "AND w.page_number BETWEEN b.first_page AND b.last_page "
        "WHERE w.kind = 1 AND y.currency = 'EUR' AND y.kind IN ('CUSTOMER_PAYMENT', 'INSTITUTION_PAYMENT') "
        "GROUP BY b.business_date, a.participant"
    )
    return {
        (row["business_date"], row["participant"], "EUR", "SETTLED_PAYMENTS"): row["payments"]
        * Decimal("0.35")
        for row in found
    }


def _set_off_charged(given_out: Path) -> dict[tuple[str, str, str, str], Decimal]:
    """A firm without a bank pays itself, the others' banks pay for them together."""
    cleared: dict[tuple[str, str, str], Decimal] = {}
    for folder in given_out.glob("*/*"):
        for row in notices(folder):
            if row["side"] == "DEBTOR":
                payer = row["party"] if folder.name == "parties" else folder.name
                key = folder.parent.name, payer, row["currency"]
                cleared[key] = cleared.get(key, Decimal(0)) + Decimal(row["cleared"])
    points = {"EUR": (Decimal("1.5"), Decimal("0.01")), "TND": (Decimal("0.0333"), Decimal("0.001"))}
    return {
        (day, payer, currency, "SET_OFF"): (whole * points[currency][0] / 10_000).quantize(
            points[currency][1], ROUND_HALF_UP
        )
        for (day, payer, currency), whole in cleared.items()
        if currency in points
    }


@pytest.mark.parametrize(
    ("cleared_minor", "points", "fee_minor"),
    [
        (0, 15_000, 0),
        (3_333, 15_000, 0),
        (3_334, 15_000, 1),
        (10_000, 15_000, 2),
        (10**18, 10_000, 10**14),
        (2**62, 10**8, 2**62),
    ],
)
def test_a_fee_is_rounded_half_up_once(cleared_minor: int, points: int, fee_minor: int) -> None:
    """Half a minor unit rounds up, less does not, and no size is lost."""
    assert set_off_fee(cleared_minor, points) == fee_minor


def test_banks_are_charged_for_others_payments_never(given_out: Path) -> None:
    """A participant's file of fees names no other payer."""
    for bank in BANKS:
        for day in DAYS:
            path = given_out / day / bank / "fees.csv"
            assert {row["payer"] for row in rows(path)} == {bank}
