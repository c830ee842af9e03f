"""`setfair monitor`: what screening did, from the journal alone; nothing switches it off."""

from __future__ import annotations

import shutil
import sqlite3
from pathlib import Path

import pytest

from tests.e2e.test_cli_house import NOW, ask, decide, run
from tests.houses import csv_payment, make_house, write_csv
from tests.unit.test_rescreening import LATER, NEW

NAME = "Zorvan Pellik Draumont"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house in which something settled, something was released, and a list changed; only copied."""
    folder = tmp_path_factory.mktemp("made")
    house = make_house(folder)
    assert run("day", "open", house, "--now", NOW).exit_code == 0
    lines = [csv_payment(1, "KE01", "UG01", "1.00"), csv_payment(2, "KE01", "UG01", "1.00", debtor_name=NAME)]
    lines.append(csv_payment(3, "UG01", "KE01", "5000.00", debtor_name=LATER))
    assert run("submit", house, write_csv(folder / "p.csv", *lines), "--now", NOW).exit_code == 0
    (held,) = {row["held_number"] for row in ask("alert", "list", house)}
    for person in ("amara", "bela"):
        assert run(*decide(house, "release", held, person)).exit_code == 0
    un = house / "lists" / "un.xml"
    un.write_text(
        un.read_text(encoding="utf-8").replace("</INDIVIDUALS>", NEW.format(LATER, "")), encoding="utf-8"
    )
    line = csv_payment(4, "KE01", "UG01", "1.00")
    assert run("submit", house, write_csv(folder / "q.csv", line), "--now", NOW).exit_code == 0
    return house


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    """A copy of that house."""
    return Path(shutil.copytree(made, tmp_path / "house"))


def test_what_it_shows(house: Path) -> None:
    """Each version of the lists with what settled under it; who decided what and why; what was held again."""
    seen = ask("monitor", house)
    first, second = seen["versions"][-2:]
    assert (first["clear"], first["hit"], first["settled"]) == (2, 1, 2)
    assert second["changes"] == {"UN": {"added": 1, "changed": 0, "removed": 0}}
    assert (second["clear"], second["settled"]) == (1, 1)
    events = [(each["kind"], each["person"], each["reason"]) for each in seen["events"]]
    assert events == [
        ("false positive", "amara", "seen the papers"),
        ("false positive", "bela", "seen the papers"),
        ("held again", "", "a list has changed"),
    ]
    assert all(
        each["signed_page"] >= each["page_number"] and each["record_number"] for each in seen["events"]
    )
    assert seen["gaps"] == []
    shown = run("monitor", house)
    assert (shown.exit_code, "0 gaps" in shown.stdout) == (0, True)


def test_it_needs_neither_tables_nor_lists_nor_key(house: Path) -> None:
    """Tables that were changed or dropped, lists and keys that are gone: it says the same."""
    before = ask("monitor", house)
    with sqlite3.connect(house / "setfair.db") as connection:
        connection.execute("DROP TABLE note")
        connection.execute("DELETE FROM record_row")
    connection.close()
    shutil.rmtree(house / "lists")
    shutil.rmtree(house / "keys")
    assert ask("monitor", house) == before


def test_gaps_are_shown(house: Path) -> None:
    """A page that is altered or missing is named, and ends with exit code 2."""
    with sqlite3.connect(house / "setfair.db") as connection:
        connection.execute("DELETE FROM page WHERE page_number = 5")
        (body,) = connection.execute("SELECT body FROM page WHERE page_number = 7").fetchone()
        altered = bytes((*body[:-1], body[-1] ^ 1))
        connection.execute("UPDATE page SET body = ? WHERE page_number = 7", (altered,))
    connection.close()
    shown = run("monitor", house)
    assert shown.exit_code == 2
    assert "GAP pages 5 to 5 are missing" in shown.stdout
    assert "GAP page 7: " in shown.stdout
