"""`setfair queue`: what waits is reordered, timed, held and cancelled by who pays it."""

from __future__ import annotations

from pathlib import Path

from tests.cli import invoke
from tests.e2e.test_cli_limit import LATER, USERS, ask, refused
from tests.houses import HEADER, NOW, csv_payment, make_house, usual_agreement, write_csv

AT_TEN = "2026-01-05T10:30:00+03:00"
AT_NOON = "2026-01-05T12:00:00+03:00"


def said(person: str, now: str = LATER) -> tuple[str, ...]:
    """Return the options that say who says it."""
    return "--by", person, "--reason", "a test", "--now", now


def make_waiting_house(folder: Path) -> tuple[Path, list[int]]:
    """Return a house in which four payments of KE01 wait, the last of which is timed, and their numbers."""
    house = make_house(folder, usual_agreement(extra=USERS))
    ask("day", "open", house, "--now", NOW)
    lines = [csv_payment(1, "KE01", "UG01", "5000.00") + ",,", csv_payment(2, "KE01", "TN01", "10.00") + ",,"]
    lines += [csv_payment(3, "KE01", "TN01", "20.00") + ",,"]
    lines += [csv_payment(4, "KE01", "TN01", "30.00") + f",{AT_TEN},{AT_NOON}"]
    lines += [csv_payment(5, "KE01", "TN01", "30.00") + f",{AT_NOON},{AT_TEN}"]
    ask("submit", house, write_csv(folder / "in.csv", *lines, header=f"{HEADER},from,until"), "--now", NOW)
    numbers = [
        int(row["n"]) for row in ask("sql", house, "select payment_number as n from payment order by 1")
    ]
    return house, numbers


def places(house: Path) -> list[tuple[int, object, str]]:
    """Return number, place and rule of what waits."""
    return [(row["number"], row["place"], row["rule"]) for row in ask("queue", "list", house)]


def test_a_day_of_a_queue(tmp_path: Path) -> None:
    """Reordered, it settles in the new order; held, it is in nobody's way; at its times it comes and goes."""
    house, (large, second, third, timed, wrong) = make_waiting_house(tmp_path)
    assert ask("sql", house, f"select rule from payment where payment_number = {wrong}") == [
        {"rule": "DATE_INVALID"}
    ]
    behind = "BEHIND_IN_QUEUE"
    assert places(house) == [
        (large, 1, "INSUFFICIENT_FUNDS"),
        (second, 2, behind),
        (third, 3, behind),
        (timed, None, "BEFORE_EARLIEST"),
    ]
    assert ask("queue", "list", house)[0]["lacks_minor"] == 400_000
    assert "does not let this person" in refused("queue", "top", house, third, *said("ursula"))
    assert ask("queue", "top", house, third, *said("kim")) == {
        "number": third,
        "status": "ACSC",
        "rule": "NONE",
        "settled": 1,
    }
    assert ask("queue", "bottom", house, large, *said("kofi"))["settled"] == 1
    assert "does not wait in a queue" in refused("queue", "top", house, timed, *said("kim"))
    assert ask("queue", "priority", house, large, "urgent", *said("omar"))["status"] == "ACSP"
    assert ask("sql", house, f"select priority from payment where payment_number = {large}") == [
        {"priority": "URGENT"}
    ]
    assert ask("queue", "hold", house, large, *said("omar"))["rule"] == "ON_HOLD"
    assert ask("why", house, large)["on_hold"] is True
    assert "its payer holds it" in invoke("why", str(house), str(large)).output
    assert "not on hold" in refused("queue", "reactivate", house, timed, *said("kim"))
    ask("link", "expire", house, "--now", AT_TEN)
    assert ask("sql", house, f"select status from payment where payment_number = {timed}") == [
        {"status": "ACSC"}
    ]
    assert ask("queue", "reactivate", house, large, *said("kim", AT_TEN))["rule"] == "INSUFFICIENT_FUNDS"
    latest = ("--latest", "2026-01-05T11:00:00+03:00")
    ask("queue", "times", house, large, *latest, *said("kim", AT_TEN))
    assert "2026-01-05T08:00:00" in invoke("queue", "list", str(house)).output
    ask("link", "expire", house, "--now", AT_NOON)
    assert ask("sql", house, f"select rule, reason from payment where payment_number = {large}") == [
        {"rule": "EXPIRED", "reason": "TM01"}
    ]
    check_cancelling_and_tables(house, tmp_path)


def check_cancelling_and_tables(house: Path, folder: Path) -> None:
    """The payer's users and the operator's cancel, others do not; tables and audit agree with the journal."""
    late = write_csv(folder / "more.csv", csv_payment(6, "KE01", "UG01", "7000.00"), header=HEADER)
    ask("submit", house, late, "--now", AT_NOON)
    uetr = ask("sql", house, "select uetr from payment order by payment_number desc limit 1")[0]["uetr"]
    assert "does not let this person" in refused("queue", "cancel", house, uetr, *said("ursula", AT_NOON))
    assert ask("queue", "cancel", house, uetr, *said("kim", AT_NOON))["status"] == "CANC"
    assert ask("queue", "list", house) == []
    assert [row["state"] for row in ask("queue", "changes", house)].count("rejected") == 3
    tables = ("queue_change", "times_row", "payment_row", "record")
    before = [ask("sql", house, f"select * from {table}") for table in tables]
    assert invoke("rebuild", str(house)).exit_code == 0
    assert [ask("sql", house, f"select * from {table}") for table in tables] == before
    result = invoke("audit", str(house))
    assert result.exit_code == 0, result.output
