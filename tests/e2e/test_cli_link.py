"""`setfair link`: two banks send their legs in files of their own, and see what waits and what it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from setfair.house import open_house
from tests.cli import invoke
from tests.e2e.test_cli_limit import USERS
from tests.houses import HEADER, NOW, csv_payment, make_house, ticking_clock, usual_agreement, write_csv

LEGS = f"{HEADER},link,link_legs,against_currency,against_amount,until"
LATER = "2026-01-05T15:00:00+03:00"


def ask(*words: object, as_json: bool = True) -> Any:
    """Run `setfair` and return what it printed."""
    given = [str(word) for word in words] + (["--json"] if as_json else [])
    result = invoke(*given)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if as_json else result.stdout


def test_two_files_become_one_link(tmp_path: Path) -> None:
    """A link is pending, matched, shown with its pay-in, and expires at its time."""
    house = make_house(tmp_path)
    ask("day", "open", house, "--now", NOW)
    ours = csv_payment(1, "KE01", "UG01", "1500.00") + f",FX-1,2,UGX,900,{LATER}"
    theirs = csv_payment(2, "UG01", "KE01", "900", currency="UGX") + f",FX-1,,KES,1500.00,{LATER}"
    ask("submit", house, write_csv(tmp_path / "ours.csv", ours, header=LEGS), "--now", NOW)
    (link,) = ask("link", "list", house)
    assert (link["link"], link["state"], link["present"], link["until_utc"]) == (
        "FX-1",
        "pending",
        1,
        "2026-01-05T12:00:00Z",
    )
    assert ask("link", "pay-in", house) == []
    ask("submit", house, write_csv(tmp_path / "theirs.csv", theirs, header=LEGS), "--now", NOW)
    shown = ask("link", "list", house, as_json=False)
    assert "matched" in shown
    assert "2 of 2" in shown
    needs = {
        (row["participant"], row["currency"]): row["lacks_minor"] for row in ask("link", "pay-in", house)
    }
    assert needs["KE01", "KES"] == 50_000
    assert "lacks" in ask("link", "pay-in", house, as_json=False)
    assert ask("link", "expire", house, "--now", NOW) == {"expired": 0}
    assert ask("link", "expire", house, "--now", LATER) == {"expired": 1}
    assert ask("link", "list", house) == []
    assert [link["state"] for link in ask("link", "list", house, "--all")] == ["expired"]


def test_why_a_payment_waits(tmp_path: Path) -> None:
    """What it lacks, what is ahead, what waits the other way, and the other legs of its link."""
    house = make_house(tmp_path)
    ask("day", "open", house, "--now", NOW)
    lines = [
        csv_payment(1, "KE01", "UG01", "5000.00") + ",,,,,",
        csv_payment(2, "KE01", "TN01", "10.00") + ",,,,,",
        csv_payment(3, "UG01", "KE01", "1200.00") + ",,,,,",
        csv_payment(4, "TN01", "UG01", "5.00") + ",FX-1,,,,",
        csv_payment(5, "UG01", "TN01", "2000", currency="UGX") + ",FX-1,,,,",
    ]
    ask("submit", house, write_csv(tmp_path / "in.csv", *lines, header=LEGS), "--now", NOW)
    first = int(ask("sql", house, "select min(payment_number) as n from payment")[0]["n"])
    second = ask("why", house, first + 1)
    assert (second["rule"], second["lacks_minor"]) == ("BEHIND_IN_QUEUE", 0)
    assert second["ahead"] == {"payments": [first], "amount_minor": 500_000}
    assert second["releasing_credit_minor"] == 501_000 - 100_000
    uetr = ask("sql", house, "select uetr from payment order by payment_number limit 1")[0]["uetr"]
    opening = ask("why", house, uetr)
    assert opening["number"] == first
    assert opening["counter_payments"] == {"payments": [first + 2], "amount_minor": 120_000}
    leg = ask("why", house, first + 3)
    assert (leg["rule"], leg["needed_minor"], leg["lacks_minor"]) == ("LINK_INCOMPLETE", 500, 0)
    assert [each["rule"] for each in leg["legs"]] == ["INSUFFICIENT_FUNDS"]
    with open_house(house, ticking_clock()):
        beside = ask("why", house, first, as_json=False)
    assert "covers it and what is ahead" in beside
    result = invoke("why", str(house), "nothing")
    assert (result.exit_code, "neither a UETR" in result.stderr) == (2, True)


def test_a_link_moves_as_one(tmp_path: Path) -> None:
    """The operator moves both legs, a bank its own: each is on record, and shown with its new priority."""
    house = make_house(tmp_path, usual_agreement(extra=USERS))
    ask("day", "open", house, "--now", NOW)
    lines = [
        csv_payment(1, "KE01", "UG01", "5000.00") + ",,,,,",
        csv_payment(2, "UG01", "KE01", "9000000", currency="UGX") + ",,,,,",
        csv_payment(3, "KE01", "UG01", "10.00") + ",FX-1,,,,",
        csv_payment(4, "UG01", "KE01", "500", currency="UGX") + ",FX-1,,,,",
    ]
    ask("submit", house, write_csv(tmp_path / "in.csv", *lines, header=LEGS), "--now", NOW)
    first = int(ask("sql", house, "select min(payment_number) as n from payment")[0]["n"])
    own, other = first + 2, first + 3
    why = ("--reason", "a test", "--now", NOW)

    def priorities() -> list[str]:
        query = f"select priority from payment where payment_number >= {own} order by payment_number"
        return [row["priority"] for row in ask("sql", house, query)]

    alone = ask("queue", "priority", house, own, "HIGH", "--by", "kim", *why)
    assert (alone["status"], alone["settled"], "legs" in alone) == ("ACSP", 0, False)
    assert priorities() == ["HIGH", "NORMAL"]
    both = ask("queue", "priority", house, other, "URGENT", "--by", "omar", *why)
    assert (both["status"], both["legs"], both["settled"]) == ("ACSC", 2, 2)
    assert priorities() == ["URGENT", "URGENT"]
    moved = ask(
        "sql", house, "select payment_number from queue_change order by change_number, payment_number"
    )
    assert [row["payment_number"] for row in moved] == [own, own, other]
    before = ask("sql", house, "select * from queue_change")
    assert invoke("rebuild", str(house)).exit_code == 0
    assert ask("sql", house, "select * from queue_change") == before
    assert invoke("audit", str(house)).exit_code == 0
