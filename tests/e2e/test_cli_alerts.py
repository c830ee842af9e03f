"""`setfair alert`: cases, words that decide nothing, timers, good-guy pairs, export."""

from __future__ import annotations

import csv
import shutil
from datetime import date
from pathlib import Path

import pytest

from tests.e2e.test_cli_house import NOW, ask, decide, refused, run
from tests.houses import csv_payment, make_house, write_csv
from tests.screening.samples import write_un_xml

NAME = "Zorvan Pellik Draumont"
LATER = "2026-01-06T09:30:00+03:00"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with an open day and two payments of one party held; only copied."""
    folder = tmp_path_factory.mktemp("made")
    house = make_house(folder)
    assert run("day", "open", house, "--now", NOW).exit_code == 0
    lines = [csv_payment(number, "KE01", "UG01", "1.00", debtor_name=NAME) for number in (1, 2)]
    assert run("submit", house, write_csv(folder / "p.csv", *lines), "--now", NOW).exit_code == 0
    return house


@pytest.fixture
def day(made: Path, tmp_path: Path) -> Path:
    """A copy of that house."""
    return Path(shutil.copytree(made, tmp_path / "house"))


def word(command: str, day: Path, number: int, by: str, *more: object) -> tuple[object, ...]:
    """Return the words of a command about an alert."""
    return ("alert", command, day, number, "--by", by, "--reason", "looks alike", *more, "--now", NOW)


def held(day: Path) -> list[int]:
    """Return what is held."""
    return sorted({int(row["held_number"]) for row in ask("alert", "list", day)})


def test_one_case_for_a_party_and_an_entry(day: Path) -> None:
    """Two payments of one party are one case; it is due a day after the first, and then overdue."""
    (case,) = ask("alert", "cases", day, "--now", NOW)
    assert (case["name"], case["entry_id"], case["held"], case["overdue"]) == (NAME, "900001", 2, False)
    (case,) = ask("alert", "cases", day, "--now", LATER)
    assert case["overdue"] is True
    assert "OVERDUE" in run("alert", "cases", day, "--now", LATER).stdout.replace("\n", " ")
    for number in held(day):
        for person in ("amara", "bela"):
            assert run(*decide(day, "refuse", number, person)).exit_code == 0
    assert ask("alert", "cases", day, "--now", LATER) == []
    (case,) = ask("alert", "cases", day, "--all", "--now", LATER)
    assert (case["held"], case["decisions"].count("true match")) == (0, 4)


def test_words_that_decide_nothing(day: Path) -> None:
    """Escalation and a question go on record with their reasons; nothing is released by them."""
    number = held(day)[0]
    assert ask(*word("escalate", day, number, "amara"))["disposition"] == "escalated"
    assert ask(*word("ask", day, number, "bela"))["disposition"] == "need information"
    assert number in held(day)
    said = [row["decisions"] for row in ask("alert", "list", day) if row["held_number"] == number]
    assert said == [["amara: escalated (looks alike)", "bela: need information (looks alike)"]]
    assert "is not among" in refused(*word("escalate", day, number, "carol"))
    assert "nothing is held under 1" in refused(*word("ask", day, 1, "bela"))
    assert "needs a reason" in refused(
        "alert", "ask", day, number, "--by", "bela", "--reason", " ", "--now", NOW
    )
    assert ask(*decide(day, "release", number, "bela"))["status"] == "PDNG"
    assert ask(*decide(day, "release", number, "amara"))["status"] == "ACSC"


def submit(day: Path, number: int, **changes: str) -> str:
    """Submit one payment and return its status."""
    file = write_csv(day / f"p{number}.csv", csv_payment(number, "KE01", "UG01", "1.00", **changes))
    assert run("submit", day, file, "--now", NOW).exit_code == 0
    (row,) = ask("sql", day, f"SELECT status FROM payment WHERE instruction_id = 'P{number}'")
    return str(row["status"])


def test_a_good_guy_pair(day: Path) -> None:
    """Confirmed by another officer it passes that party of that bank, on record, until its entry changes."""
    number, expires = held(day)[0], ("--expires", "2026-03-01")
    (pair,) = ask(*word("pair", day, number, "amara", *expires))
    assert (pair["identity"], pair["confirmed_by"]) == ("KE01", "")
    assert submit(day, 10, debtor_name=NAME) == "PDNG"
    assert "another officer confirms it" in refused(*word("pair", day, number, "amara", *expires))
    (pair,) = ask(*word("pair", day, number, "bela", *expires))
    assert (pair["proposed_by"], pair["confirmed_by"]) == ("amara", "bela")
    assert "are a pair already" in refused(*word("pair", day, number, "bela", *expires))
    assert submit(day, 11, debtor_name=NAME) == "ACSC"
    assert submit(day, 12, creditor_name=NAME) == "PDNG"
    assert submit(day, 13, debtor_name=f"{NAME} ") in ("ACSC", "PDNG")
    (listed,) = ask("alert", "pairs", day)
    assert listed["passed"] >= 1
    assert "expires after today" in refused(*word("pair", day, number, "amara", "--expires", "2027-03-01"))
    un = day / "lists" / "un.xml"
    un.write_text(un.read_text(encoding="utf-8").replace("Freedonia", "Sylvania"), encoding="utf-8")
    assert submit(day, 14, debtor_name=NAME) == "PDNG"
    assert run("audit", day).exit_code == 0


def test_a_pair_expires(day: Path) -> None:
    """The day after its last, the hit counts again."""
    number, expires = held(day)[0], ("--expires", "2026-01-06")
    for person in ("amara", "bela"):
        assert run(*word("pair", day, number, person, *expires)).exit_code == 0
    assert submit(day, 20, debtor_name=NAME) == "ACSC"
    write_un_xml(day / "lists" / "un.xml", published=date(2026, 1, 4))
    assert run("day", "close", day, "--now", NOW).exit_code == 0
    noon = "2026-01-07T12:00:00+03:00"
    assert run("day", "open", day, "--now", noon).exit_code == 0
    file = write_csv(day / "late.csv", csv_payment(21, "KE01", "UG01", "1.00", debtor_name=NAME))
    assert run("submit", day, file, "--now", noon).exit_code == 0
    (row,) = ask("sql", day, "SELECT status FROM payment WHERE instruction_id = 'P21'")
    assert row["status"] == "PDNG"


def test_export(day: Path, tmp_path: Path) -> None:
    """Every alert with every decision and word: a row for each, with who, when and why."""
    number = held(day)[0]
    for command, person in (("escalate", "amara"), ("release", "bela")):
        assert run(*word(command, day, number, person)).exit_code == 0
    out = tmp_path / "alerts.csv"
    assert run("alert", "export", day, "--out", out).exit_code == 0
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert [(row["person"], row["disposition"]) for row in rows] == [
        ("amara", "escalated"),
        ("bela", "false positive"),
        ("", ""),
    ]
    assert all(row["explanation"] for row in rows)
