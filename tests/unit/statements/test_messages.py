"""Messages and statements of a day against the tables: statuses, bookings, balances."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from setfair.house import House
from tests.unit.statements.days import AGENT, BANKS, CURRENCIES, INDIRECT, MONDAY, NAMES, TUESDAY
from tests.unit.statements.given import camt053, camt054, csv_statement, rows, statuses, xml

DAYS = [MONDAY.isoformat(), TUESDAY.isoformat()]
OWNERS = (AGENT, *BANKS)


def decimal_of(minor: int, decimals: int) -> Decimal:
    """Return minor units as the decimal that stands for them, digit by digit."""
    return Decimal(minor).scaleb(-decimals)


@pytest.fixture(scope="module")
def bookings(lively_house: House) -> list[dict[str, Any]]:
    """Every settled payment in order, with accounts and business day."""
    return lively_house.query(
        "SELECT w.record_number, w.amount_minor, w.debtor, w.creditor, c.currency, c.decimals, "
        "b.business_date FROM record_row w JOIN currency c USING (currency_number) "
        "JOIN business_day b ON b.currency = c.currency "
        "AND w.page_number BETWEEN b.first_page AND b.last_page "
        "WHERE w.kind = 1 ORDER BY w.record_number"
    )


@pytest.fixture(scope="module")
def accounts(lively_house: House) -> dict[tuple[str, str], int]:
    """Account numbers by participant and currency."""
    found = lively_house.query("SELECT participant, currency, account_number FROM account")
    return {(row["participant"], row["currency"]): row["account_number"] for row in found}


def test_every_payment_has_its_status_in_exactly_one_message(lively_house: House, given_out: Path) -> None:
    """All pacs.002 of both days together are the payments of the tables, each with its last status."""
    told = [one for path in given_out.glob("*/*") if path.is_dir() for one in statuses(path)]
    tables = lively_house.query(
        "SELECT payment_number, status, reason, instruction_id FROM payment WHERE kind <> 'CANCELLATION'"
    )
    assert sorted(told) == sorted(
        (row["payment_number"], row["status"], row["reason"], row["instruction_id"]) for row in tables
    )
    assert {status for _, status, _, _ in told} == {"ACSC", "RJCT", "CANC"}


def test_a_status_goes_to_who_sent_the_payment(lively_house: House, given_out: Path) -> None:
    """A participant's pacs.002 has its own payments and no others; nobody's go to a folder of their own."""
    sender = {
        row["payment_number"]: row["sender"]
        for row in lively_house.query("SELECT payment_number, sender FROM payment")
    }
    for owner in OWNERS:
        for day in DAYS:
            assert {sender[number] or owner for number, *_ in statuses(given_out / day / owner)} <= {owner}
    unknown = [one for day in DAYS for one in statuses(given_out / day / "unknown-sender")]
    assert unknown
    assert {(sender[number], status) for number, status, *_ in unknown} == {("", "RJCT")}


def test_an_indirect_participant_is_told_through_its_direct_one(given_out: Path) -> None:
    """It has no account, so it has no folder; what it sent is told to who it is reached through."""
    assert not list(given_out.glob(f"*/{INDIRECT}"))


@pytest.mark.parametrize("day", DAYS)
@pytest.mark.parametrize("owner", OWNERS)
def test_opening_and_entries_are_closing(given_out: Path, day: str, owner: str) -> None:
    """To the minor unit, with 0, 2 and 3 decimals, on each account of each participant."""
    statements = camt053(given_out / day / owner)
    assert sorted(statements) == sorted(CURRENCIES)
    for currency, statement in statements.items():
        assert statement.opening is not None
        closing = statement.opening + sum((entry.amount for entry in statement.entries), Decimal(0))
        assert statement.closing == closing
        decimals = {"JPY": 0, "EUR": 2, "TND": 3}[currency]
        assert all(-entry.amount.as_tuple().exponent == decimals for entry in statement.entries)  # type: ignore[operator]


def test_closing_balances_are_those_of_the_tables(lively_house: House, given_out: Path) -> None:
    """Tuesday's closing balances are the present ones, and each currency sums to zero."""
    tables = {
        (row["participant"], row["currency"]): decimal_of(row["balance_minor"], row["decimals"])
        for row in lively_house.query("SELECT participant, currency, decimals, balance_minor FROM account")
    }
    told = {
        (owner, currency): statement.closing
        for owner in OWNERS
        for currency, statement in camt053(given_out / DAYS[1] / owner).items()
    }
    assert told == tables
    for code in CURRENCIES:
        assert sum(balance for (_, currency), balance in told.items() if currency == code and balance) == 0


def test_a_day_opens_where_the_day_before_closed(given_out: Path) -> None:
    """On every account, and Monday opens at zero."""
    for owner in OWNERS:
        monday, tuesday = (camt053(given_out / day / owner) for day in DAYS)
        for code in CURRENCIES:
            assert monday[code].opening == 0
            assert tuesday[code].opening == monday[code].closing


def test_entries_are_the_bookings_of_the_journal(
    given_out: Path, bookings: list[dict[str, Any]], accounts: dict[tuple[str, str], int]
) -> None:
    """Each settled payment is one debit and one credit, on its day, in order, on its two accounts only."""
    for day in DAYS:
        for owner in OWNERS:
            for code, statement in camt053(given_out / day / owner).items():
                own = accounts[owner, code]
                expected = [
                    (
                        row["record_number"],
                        decimal_of(row["amount_minor"], row["decimals"])
                        * (1 if row["creditor"] == own else -1),
                    )
                    for row in bookings
                    if own in (row["debtor"], row["creditor"]) and row["business_date"] == day
                ]
                assert [(entry.record, entry.amount) for entry in statement.entries] == expected


def test_notification_and_csv_say_what_the_statement_says(given_out: Path) -> None:
    """The camt.054 has the same entries, the CSV the same entries and balances."""
    compared = 0
    for day in DAYS:
        for owner in OWNERS:
            folder = given_out / day / owner
            notified = camt054(folder)
            for code, statement in camt053(folder).items():
                assert csv_statement(folder, code) == statement
                entries = notified[code].entries if code in notified else ()
                assert entries == statement.entries
                compared += len(entries)
    assert compared > 400


def test_names_arrive_as_they_were_sent(lively_house: House, given_out: Path) -> None:
    """In any script, and with characters that markup and spreadsheets take for their own."""
    settled = lively_house.query(
        "SELECT instruction_id, debtor_name, creditor_name FROM payment "
        "WHERE status = 'ACSC' AND kind IN ('CUSTOMER_PAYMENT', 'INSTITUTION_PAYMENT')"
    )
    sent = {row["instruction_id"]: row for row in settled}
    seen = set()
    for path in given_out.glob("*/*/statement_*.csv"):
        for row in rows(path):
            if row["instruction_id"] in sent:
                name = sent[row["instruction_id"]]["creditor_name"]
                # A name that begins like a formula gets an apostrophe in front.
                assert row["creditor_name"] == (f"'{name}" if name.startswith("=") else name)
                seen.add(name)
    assert seen >= set(NAMES) - {""}


def test_requests_to_cancel_are_answered(lively_house: House, given_out: Path) -> None:
    """Every request has its answer in one camt.029 of its sender; those of strangers are kept apart."""
    told = []
    for path in given_out.glob("*/*/camt.029*.xml"):
        root, space = xml(path)
        told += [case.text for case in root.iterfind(".//c:CxlStsId", space)]
    asked = lively_house.query("SELECT instruction_id FROM payment WHERE kind = 'CANCELLATION'")
    assert len(told) == len(asked) > 10
    assert {path.parent.name for path in given_out.glob("*/*/camt.029*.xml")} > {"unknown-sender"}


def test_identifications_are_used_once(given_out: Path) -> None:
    """No two messages of both days have the same identification, and none is longer than 35 characters."""
    ids = []
    for path in given_out.glob("*/*/*.xml"):
        root, space = xml(path)
        ids.append(
            root.findtext(".//c:MsgId", None, space) or root.findtext(".//c:Assgnmt/c:Id", None, space)
        )
    assert len(set(ids)) == len(ids) > 30
    assert max(map(len, ids)) <= 35
