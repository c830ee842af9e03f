"""`setfair sub-account`: money for one purpose, by two people, in tables, statements and the audit."""

from __future__ import annotations

import csv
from pathlib import Path

from setfair.house import open_house
from tests.cli import invoke
from tests.e2e.test_cli_limit import EVENING, LATER, USERS, ask, refused
from tests.houses import (
    HEADER,
    NOW,
    csv_payment,
    make_house,
    table_rows,
    ticking_clock,
    usual_agreement,
    write_csv,
)
from tests.unit.statements.test_answer import report_request

SUBS = """
[[sub_accounts]]
participant = "KE01"
currency = "KES"
name = "PVP"
purpose = "links"

[[sub_accounts]]
participant = "KE01"
currency = "KES"
name = "UG"
purpose = "pair"
counterparty = "UG01"
"""
LEGS = f"{HEADER},link,link_legs"
KES = ("KE01", "KES")


def said(person: str, now: str = LATER) -> tuple[str, ...]:
    """Return the options that say who says it."""
    return "--by", person, "--reason", "a test", "--now", now


def change(house: Path, *words: str, now: str = LATER) -> int:
    """Let kim ask for a change and kofi approve it; return how many payments settled by it."""
    verb, *rest = words
    number = ask("sub-account", verb, house, *KES, *rest, *said("kim", now))["number"]
    return int(ask("limit", "approve", house, number, *said("kofi", now))["settled"])


def balances(house: Path) -> dict[str, int]:
    """Return what is on the accounts of KE01 in KES, by name of the sub-account."""
    query = "select sub_account, balance_minor from account where participant = 'KE01' and currency = 'KES'"
    return {row["sub_account"]: row["balance_minor"] for row in ask("sql", house, query)}


def test_a_day_with_sub_accounts(tmp_path: Path) -> None:
    """What a purpose names goes over its sub-account by itself, and nothing else uses the money."""
    house = make_house(tmp_path, usual_agreement(extra=USERS + SUBS))
    ask("day", "open", house, "--now", NOW)
    closed = ask("sub-account", "list", house)
    assert [(row["sub_account"], row["purpose"], row["state"]) for row in closed] == [
        ("PVP", "LINKS", "closed"),
        ("UG", "PAIR", "closed"),
    ]
    assert "does not let this person" in refused("sub-account", "open", house, *KES, "PVP", *said("ursula"))
    assert "no participant" in refused("sub-account", "open", house, *KES, "NONE", *said("kim"))
    change(house, "open", "PVP")
    change(house, "open", "UG")
    lines = [
        csv_payment(1, "KE01", "UG01", "300.00") + ",,",
        csv_payment(2, "KE01", "UG01", "100.00") + ",FX-1,",
        csv_payment(3, "UG01", "KE01", "500", currency="UGX") + ",FX-1,",
        csv_payment(4, "KE01", "TN01", "50.00") + ",,",
    ]
    ask("submit", house, write_csv(tmp_path / "in.csv", *lines, header=LEGS), "--now", LATER)
    first = int(ask("sql", house, "select min(payment_number) as n from payment")[0]["n"])
    waiting = ask("queue", "list", house)
    assert [(row["number"], row["sub_account"]) for row in waiting if row["currency"] == "KES"] == [
        (first + 1, "PVP"),
        (first, "UG"),
    ]
    assert ask("why", house, first)["sub_account"] == "UG"
    assert "over its sub-account UG" in invoke("why", str(house), str(first)).output
    needs = {row["sub_account"]: row["lacks_minor"] for row in ask("link", "pay-in", house)}
    assert needs["PVP"] == 10_000
    # The line of the account is 1,000.00, of which 50.00 are drawn: that much can be set aside, and no more.
    assert balances(house) == {"": -5_000, "PVP": 0, "UG": 0}
    much = ask("sub-account", "fund", house, *KES, "UG", "950.01", *said("kim"))["number"]
    assert "AM04" in refused("limit", "approve", house, much, *said("kofi"))
    ask("limit", "refuse", house, much, *said("kofi"))
    assert change(house, "fund", "PVP", "120.00") == 2
    assert change(house, "fund", "UG", "300.00") == 1
    assert balances(house) == {"": -47_000, "PVP": 2_000, "UG": 0}
    assert "AG01" in refused("limit", "approve", house, asked_to_close(house), *said("kofi"))
    # What UG01 pays comes over the sub-account of the pair, in both directions until it is given back.
    back = csv_payment(5, "UG01", "KE01", "80.00")
    ask("submit", house, write_csv(tmp_path / "back.csv", back, header=HEADER), "--now", LATER)
    assert balances(house) == {"": -47_000, "PVP": 2_000, "UG": 8_000}
    change(house, "release", "UG", "80.00")
    change(house, "close", "UG")
    assert balances(house) == {"": -39_000, "PVP": 2_000, "UG": 0}
    again = csv_payment(6, "KE01", "UG01", "1.00")
    ask("submit", house, write_csv(tmp_path / "again.csv", again, header=HEADER), "--now", LATER)
    assert balances(house)[""] == -39_100
    check_statements_and_tables(house)


def asked_to_close(house: Path) -> int:
    """Ask to close a sub-account on which there is money."""
    return int(ask("sub-account", "close", house, *KES, "PVP", *said("kim"))["number"])


def check_statements_and_tables(house: Path) -> None:
    """Each sub-account has its statement; tables made again are the same, and the audit finds nothing."""
    ask("day", "close", house, "--now", EVENING)
    out = house / "out" / "2026-01-05" / "KE01"
    with (out / "statement_KES_PVP.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["line"], row["kind"], row["amount"]) for row in rows] == [
        ("OPENING", "", ""),
        ("ENTRY", "TERM_CHANGE", "120.00"),
        ("ENTRY", "CUSTOMER_PAYMENT", "-100.00"),
        ("CLOSING", "", ""),
    ]
    assert {row["account"] for row in rows} == {"KE01-KES-PVP"}
    assert "<Id>KE01-KES-PVP</Id>" in (out / "camt.053_KES_PVP.xml").read_text()
    answers = answer_files(house)
    assert "1_camt.053_KES_2026-01-05.xml" in answers
    assert "1_camt.053_KES_PVP_2026-01-05.xml" in answers
    shown = invoke("sub-account", "list", str(house)).output
    assert "PVP" in shown
    assert "20.00" in shown
    assert ask("limit", "changes", house, "--all")[0]["sub_account"] == "PVP"
    with open_house(house, ticking_clock()) as opened:
        before = table_rows(opened)
        opened.rebuild()
        assert table_rows(opened) == before
    result = invoke("audit", str(house))
    assert result.exit_code == 0, result.output


def answer_files(house: Path) -> list[str]:
    """Ask for the statements of KE01, as camt.060 does, and return the names of what is answered."""
    request = house.parent / "request.xml"
    request.write_text(
        report_request("KE01", "KE01", "camt.053.001.08").replace("2026-01-06<", "2026-01-05<")
    )
    ask("answer", house, request, "--out", house.parent / "answer")
    return [path.name for path in (house.parent / "answer").iterdir()]
