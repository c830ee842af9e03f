"""`setfair limit`: two people change what accounts may do, and what waited for it settles."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests.cli import invoke
from tests.houses import HEADER, NOW, csv_payment, make_house, usual_agreement, write_csv, write_signed

USERS = """
[[users]]
id = "omar"
name = "Omar Test"

[[users]]
id = "olga"
name = "Olga Test"

[[users]]
id = "kim"
name = "Kim Test"
participant = "KE01"

[[users]]
id = "kofi"
name = "Kofi Test"
participant = "KE01"

[[users]]
id = "ursula"
name = "Ursula Test"
participant = "UG01"
"""
EVENING = "2026-01-05T18:00:00+03:00"
LATER = "2026-01-05T10:00:00+03:00"


def ask(*words: object) -> Any:
    """Run `setfair` and return what it printed."""
    result = invoke(*words, "--json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def refused(*words: object) -> str:
    """Run `setfair` with what is to be refused and return why."""
    result = invoke(*words)
    assert result.exit_code == 2, result.output
    return result.stderr


def said(person: str) -> tuple[str, ...]:
    """Return the options that say who says it."""
    return "--by", person, "--reason", "a test", "--now", LATER


def make_waiting_house(folder: Path) -> Path:
    """Return a house with an open day in which KE01 pays UG01 100.00 and then waits with 4,000.00."""
    house = make_house(folder, usual_agreement(extra=USERS))
    ask("day", "open", house, "--now", NOW)
    number = ask("limit", "set", house, "KE01", "KES", "150.00", "--towards", "UG01", *said("kim"))["number"]
    assert ask("limit", "approve", house, number, *said("kofi"))["state"] == "in force"
    lines = [csv_payment(1, "KE01", "UG01", "100.00"), csv_payment(2, "KE01", "UG01", "60.00")]
    lines += [csv_payment(3, "KE01", "TN01", "4000.00")]
    ask("submit", house, write_csv(folder / "in.csv", *lines, header=HEADER), "--now", LATER)
    return house


def check_two_people_change_a_limit(house: Path) -> None:
    """One alone cannot, another bank's cannot; approved, the payment that waited for it settles."""
    waits = ask("sql", house, "select rule from payment where amount_minor = 6000")
    assert waits == [{"rule": "LIMIT_REACHED"}]
    asked = ("limit", "set", house, "KE01", "KES", "160.00", "--towards", "UG01", "--today")
    assert "does not let this person" in refused(*asked, *said("ursula"))
    number = ask(*asked, *said("kim"))["number"]
    (waiting,) = ask("limit", "changes", house)
    assert (waiting["change_number"], waiting["asked_by"], waiting["only_day"]) == (
        number,
        "kim",
        "2026-01-05",
    )
    assert "another person's" in refused("limit", "approve", house, number, *said("kim"))
    assert ask("limit", "approve", house, number, *said("omar"))["settled"] == 1
    assert ask("limit", "changes", house) == []
    (limit,) = [row for row in ask("limit", "list", house, "--participant", "KE01") if row["counterparty"]]
    assert (limit["amount_minor"], limit["used_minor"], limit["left_minor"], limit["standing_minor"]) == (
        16000,
        16000,
        0,
        15000,
    )


def check_the_operator_changes_a_credit_line(house: Path) -> None:
    """A participant's own people cannot; raised, what waits settles; it cannot fall below what is drawn."""
    asked = ("limit", "credit-line", house, "KE01", "KES", "5000.00")
    assert "does not let this person" in refused(*asked, *said("kim"))
    number = ask(*asked, "--today", *said("omar"))["number"]
    assert ask("limit", "approve", house, number, *said("olga"))["settled"] == 1
    account = (
        "select balance_minor, credit_line_minor from account where participant = 'KE01' and currency = 'KES'"
    )
    assert ask("sql", house, account) == [{"balance_minor": -416_000, "credit_line_minor": 500_000}]
    number = ask("limit", "credit-line", house, "KE01", "KES", "4000.00", *said("omar"))["number"]
    assert "drawn on" in refused("limit", "approve", house, number, *said("olga"))
    assert ask("limit", "refuse", house, number, *said("omar"))["state"] == "rejected"


def check_tables_can_be_made_again(house: Path) -> None:
    """A rebuild gives the same rows, the audit the same records."""
    number = ask("limit", "reserve", house, "UG01", "KES", "10.00", "--for", "urgent", *said("ursula"))[
        "number"
    ]
    ask("limit", "approve", house, number, *said("omar"))
    tables = ("term_change", "account_row", "payment", "record")
    before = [ask("sql", house, f"select * from {table}") for table in tables]
    assert {row["reason_text"] for row in before[0] if row["state"] == "rejected"}
    assert invoke("rebuild", str(house)).exit_code == 0
    assert [ask("sql", house, f"select * from {table}") for table in tables] == before
    result = invoke("audit", str(house))
    assert result.exit_code == 0, result.output
    shown = invoke("limit", "list", str(house)).output
    assert "reserved for urgent" in shown
    assert [row["state"] for row in ask("limit", "changes", house, "--all")].count("rejected") == 3


def check_the_next_day_has_what_stands(house: Path) -> None:
    """What was for one day is over; a line that is drawn on stays so far; so after a new agreement."""
    for word in ("cutoff", "cutoff", "close"):
        moved = invoke("day", word, str(house), "--now", EVENING)
        assert moved.exit_code == 0, moved.output
    tomorrow = ("--now", "2026-01-06T09:00:00+03:00")
    ask("day", "open", house, *tomorrow)
    rows = {
        row["term"]: row
        for row in ask("limit", "list", house, "--participant", "KE01")
        if row["currency"] == "KES"
    }
    assert rows["BILATERAL_LIMIT"]["amount_minor"] == 15000
    assert rows["BILATERAL_LIMIT"]["used_minor"] == 0
    assert rows["CREDIT_LINE"]["amount_minor"] == 416_000
    agreement = write_signed(
        house.parent, usual_agreement(extra=USERS, version="2", credit_line="900"), "two.toml"
    )
    adopted = invoke("adopt", str(house), "--agreement", str(agreement), *tomorrow)
    assert adopted.exit_code == 2, adopted.output
    assert "below the credit line" in adopted.output
    agreement = write_signed(house.parent, usual_agreement(extra=USERS, version="2"), "three.toml")
    adopted = invoke("adopt", str(house), "--agreement", str(agreement), *tomorrow)
    assert adopted.exit_code == 0, adopted.output
    again = {
        row["term"]: row
        for row in ask("limit", "list", house, "--participant", "KE01")
        if row["currency"] == "KES"
    }
    assert again == rows
    accounts = ask("sql", house, "select credit_line_minor as line from account where participant = 'KE01'")
    assert sorted(row["line"] for row in accounts) == [1000, 416_000]
    audited = invoke("audit", str(house))
    assert audited.exit_code == 0, audited.output


def test_a_day_of_limits(tmp_path: Path) -> None:
    """What two people changed holds for its day or until further notice, and is all on record."""
    house = make_waiting_house(tmp_path)
    check_two_people_change_a_limit(house)
    check_the_operator_changes_a_credit_line(house)
    check_tables_can_be_made_again(house)
    check_the_next_day_has_what_stands(house)
