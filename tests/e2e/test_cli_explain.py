"""`setfair explain` and the notices of a cycle: all names for the overseer, neighbours for a party."""

from __future__ import annotations

import csv
import io
import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from setfair.house import open_house
from setfair.statements.write_day import write_day
from tests.cli import invoke
from tests.houses import ticking_clock
from tests.unit.explain.conftest import OWED, PARTIES, cleared

__all__ = ["cleared"]


def run(house: Path, *words: str) -> Result:
    """Run `setfair explain`."""
    result = invoke("explain", str(house), *words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def test_loops_in_words(cleared: Path) -> None:
    """The overseer reads who owes whom around each loop, and why no more was cancelled."""
    result = run(cleared, "AB")
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert lines[0].startswith("AB (number ")
    assert lines[0].endswith("): Firm ALPHA (ALPHA) owes Firm BRAVO (BRAVO)")
    assert lines[1] == "KES 5.00; set off 4.50, remaining 0.50"
    assert lines[3].endswith("of 5.00 it cancelled 4.50 in 2 loops; 0.50 remains.")
    assert lines[4:8] == [
        "  loop 1: 3.00 around 3 obligations",
        "    Firm ALPHA (ALPHA) owes Firm BRAVO (BRAVO): AB",
        "    Firm BRAVO (BRAVO) owes Firm CHARLIE (CHARLIE): BC",
        "    Firm CHARLIE (CHARLIE) owes Firm ALPHA (ALPHA): CA",
    ]
    assert lines[13].startswith("Why no more: no chain of what is still owed leads from its creditor back")
    assert lines[14:] == [
        "Its debtor owed 5.00 in all and was owed 6.20: of its debts no more than 5.00 can cancel.",
        "Its creditor owed 4.50 in all and was owed 5.00: of its claims no more than 4.50 can cancel.",
    ]


@pytest.mark.parametrize("options", [(), ("--json",)])
def test_as_a_party_no_byte_names_a_third_party(cleared: Path, options: tuple[str, ...]) -> None:
    """For every party and each of its obligations, in words and as JSON."""
    for party in PARTIES:
        own = {number: each for number, each in OWED.items() if party in each[:2]}
        known = {each[side] for each in own.values() for side in (0, 1)}
        said = "".join(run(cleared, number, "--as", party, *options).stdout for number in own)
        assert said.count(party) >= len(own)
        assert [other for other in PARTIES if other not in known and other in said] == []


def test_a_strangers_obligation_is_not_there(cleared: Path) -> None:
    """Exit code 2 and the same words as for one that does not exist."""
    results = [run(cleared, number, "--as", "ALPHA") for number in ("DE", "ZZ")]
    assert [(result.exit_code, result.stdout) for result in results] == [(2, ""), (2, "")]
    assert results[0].stderr.replace("DE", "ZZ") == results[1].stderr


def test_one_that_no_cycle_took(cleared: Path) -> None:
    """Due later: said in words, without a cycle."""
    assert run(cleared, "LATER").stdout.endswith("no cycle that was run took it: it was not due.\n")


@pytest.fixture(scope="module")
def given_out(cleared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the parties' notices of that day."""
    copy = Path(shutil.copytree(cleared, tmp_path_factory.mktemp("out") / "house"))
    with open_house(copy, ticking_clock()) as house:
        write_day(house.query, house.out, date(2026, 1, 5))
    return copy / "out" / "2026-01-05" / "parties"


def test_notices_of_both_sides_say_the_loops(given_out: Path) -> None:
    """Debtor and creditor read the same amounts and lengths, and each its own neighbours."""
    text = (given_out / "set_off_notices.csv").read_text(encoding="utf-8")
    rows = {
        (row["party"], row["obligation_id"]): row for row in csv.DictReader(io.StringIO(text, newline=""))
    }
    debtor, creditor = rows["ALPHA", "AB"], rows["BRAVO", "AB"]
    names = ("obligation_id", "amount", "cleared", "remaining", "loops", "loop_lengths")
    assert [debtor[name] for name in names] == ["AB", "5.00", "4.50", "0.50", "2", "3; 4"]
    assert [creditor[name] for name in names] == [debtor[name] for name in names]
    assert (debtor["side"], debtor["loop_neighbours"]) == ("DEBTOR", "CHARLIE; ECHO")
    assert (creditor["side"], creditor["loop_neighbours"]) == ("CREDITOR", "CHARLIE; DELTA")
    assert {row["loops"] for row in rows.values()} == {"1", "2"}


def test_no_notice_names_a_third_party(given_out: Path) -> None:
    """The JSON notice of each party holds ids of itself and of who it trades with; its loops sum up."""
    notices: list[Any] = json.loads((given_out / "set_off_notices.json").read_text(encoding="utf-8"))
    assert len(notices) == 8
    for notice in notices:
        party = notice["party"]["party_id"]
        known = {each[side] for each in OWED.values() if party in each[:2] for side in (0, 1)}
        said = json.dumps(notice)
        assert [other for other in PARTIES if other not in known and other in said] == []
        for line in notice["set_offs"]:
            minor = [int(loop["amount"].replace(".", "")) for loop in line["loops"]]
            assert sum(minor) == int(line["cleared"].replace(".", ""))
            assert line["loop_count"] == len(line["loops"]) >= 1
            key = "owes_you" if line["side"] == "DEBTOR" else "you_owe"
            assert all(loop[key]["party_id"] in known for loop in line["loops"])
