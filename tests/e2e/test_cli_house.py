"""`setfair` on a house: days, files, queries, alerts, and what it says when it refuses."""

from __future__ import annotations

import json
import shutil
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from setfair.house import open_house
from setfair.store.sqlite import DATABASE_NAME
from tests.cli import invoke
from tests.houses import (
    DAY,
    NOW,
    csv_payment,
    make_house,
    ticking_clock,
    usual_agreement,
    write_csv,
    write_signed,
)
from tests.processes import plain_sql
from tests.screening.samples import invented_name, write_un_xml


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house as `setfair init` leaves it; only copied."""
    return make_house(tmp_path_factory.mktemp("made"))


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    """A copy of that house."""
    return Path(shutil.copytree(made, tmp_path / "house"))


@pytest.fixture
def day(house: Path) -> Path:
    """A house whose day is open; banks have credit lines of 1,000."""
    assert run("day", "open", house, "--now", NOW).exit_code == 0
    return house


def run(*words: object) -> Result:
    """Run `setfair` with these words."""
    result = invoke(*words)
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    return result


def ask(*words: object) -> Any:
    """Run `setfair` with --json and return what it printed."""
    result = run(*words, "--json")
    assert result.exit_code == 0, result.stderr
    return json.loads(result.stdout)


def refused(*words: object) -> str:
    """Run `setfair`, which must refuse, print nothing to standard output, and say why."""
    result = run(*words)
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith("error: ")
    return result.stderr


# Making and adopting.


def test_init_says_what_it_made(tmp_path: Path) -> None:
    """The agreement that is in force and the house's public key, for people and for machines."""
    file = write_signed(tmp_path, usual_agreement())
    said = ask("init", tmp_path / "one", "--agreement", file, "--now", NOW)
    assert said == {"house": str(tmp_path / "one"), "agreement": "HOUSE", "version": 1, "key": said["key"]}
    assert (tmp_path / "one" / "keys" / "house.pub").read_text() == said["key"] + "\n"
    shown = run("init", tmp_path / "two", "--agreement", file, "--now", NOW).stdout
    assert "Test house is ready" in shown
    assert "agreement HOUSE version 1 is in force; public key" in shown


def test_init_refuses(tmp_path: Path) -> None:
    """A house that is there, an agreement that is not, and one that is not signed."""
    file = write_signed(tmp_path, usual_agreement())
    run("init", tmp_path / "house", "--agreement", file, "--now", NOW)
    assert "is a house already" in refused("init", tmp_path / "house", "--agreement", file, "--now", NOW)
    missing = refused("init", tmp_path / "new", "--agreement", tmp_path / "none.toml")
    assert "none.toml: No such file or directory" in missing
    (tmp_path / "agreement.toml.signatures.json").unlink()
    said = refused("init", tmp_path / "new", "--agreement", file, "--now", NOW)
    assert "not all have signed: AGENT (missing)" in said
    assert not (tmp_path / "new").exists()


def test_adopt_a_newer_version(house: Path, tmp_path: Path) -> None:
    """Once; the same again is refused."""
    file = write_signed(tmp_path, usual_agreement(version="2"), "v2.toml")
    result = run("adopt", house, "--agreement", file, "--now", NOW)
    assert result.stdout == "agreement HOUSE version 2 is in force\n"
    assert "version 2 is not newer than version 2" in refused(
        "adopt", house, "--agreement", file, "--now", NOW
    )
    other = write_signed(tmp_path, usual_agreement(version="3", id='"OTHER"'), "v3.toml")
    assert "another house's" in refused("adopt", house, "--agreement", other, "--now", NOW)


@pytest.mark.parametrize("words", [("status",), ("rebuild",), ("sql",), ("day", "open"), ("alert", "list")])
def test_a_folder_without_a_house_is_refused(tmp_path: Path, words: tuple[str, ...]) -> None:
    """Every command says how to make one, and makes none."""
    (tmp_path / "none").mkdir()
    more = ("SELECT 1",) if words == ("sql",) else ()
    assert "make a house with `setfair init` first" in refused(*words, tmp_path / "none", *more)
    assert list((tmp_path / "none").iterdir()) == []


# The day.


def test_the_phases_of_a_day(house: Path) -> None:
    """Open, two cut-offs, closed; JSON names the phase of each currency; a move too many is refused."""
    assert ask("day", "open", house, "--now", NOW) == {"phases": {"KES": "OPEN", "UGX": "OPEN"}}
    assert "KES is OPEN: it can move to" in refused("day", "open", house, "--now", NOW)
    assert run("day", "cutoff", house, "--now", NOW).stdout == "KES  customer cutoff\nUGX  customer cutoff\n"
    said = ask("day", "cutoff", house, "--currency", "UGX", "--now", NOW)
    assert said == {"phases": {"UGX": "INTERBANK_CUTOFF"}}
    phases = [(row["currency"], row["phase"], row["business_date"]) for row in ask("status", house)["phases"]]
    assert phases == [("KES", "CUSTOMER_CUTOFF", "2026-01-05"), ("UGX", "INTERBANK_CUTOFF", "2026-01-05")]
    closed = ask("day", "close", house, "--now", NOW)
    assert closed["phases"] == {"KES": "CLOSED", "UGX": "CLOSED"}
    assert closed["out"] == str(house / "out")
    assert closed["files"] == sum(1 for path in (house / "out").rglob("*") if path.is_file())
    assert "the day is closed already" in refused("day", "close", house, "--now", NOW)
    assert "no currency is before its cut-off" in refused("day", "cutoff", house, "--now", NOW)


def test_a_day_that_is_none(house: Path) -> None:
    """A Saturday, a wrong currency and a wrong clock are named."""
    said = refused("day", "open", house, "--date", "2026-01-10", "--now", NOW)
    assert "2026-01-10 is no business day of any currency" in said
    assert "TZS is not a currency of the agreement; it has KES, UGX" in refused(
        "day", "open", house, "--currency", "TZS", "--now", NOW
    )
    assert "is no time with a time zone; write for example" in refused("day", "open", house, "--now", "noon")
    assert "set the clock right" in refused("day", "open", house, "--now", "2026-01-04T09:00:00+03:00")


def test_the_rehearsal_clock_comes_from_the_environment(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SETFAIR_NOW is the same as --now."""
    monkeypatch.setenv("SETFAIR_NOW", NOW)
    assert ask("day", "open", house) == {"phases": {"KES": "OPEN", "UGX": "OPEN"}}
    (row,) = ask("sql", house, "SELECT max(time_utc) AS last FROM page")
    assert str(row["last"]).startswith("2026-01-05T06:00:0")


def test_rows_of_a_query(house: Path) -> None:
    """A line a row, numbers to the right; a line a column where the rows are wider than the screen."""
    shown = run("sql", house, "SELECT '[red]' AS word, 7 AS number, NULL AS none").stdout.splitlines()
    assert [line.rstrip() for line in shown] == ["word   number  none", "[red]       7", "1 row"]
    wide = "x" * 120
    shown = run(
        "sql", house, f"SELECT '{wide}' AS a, 7 AS longer UNION ALL SELECT 'y', 8"
    ).stdout.splitlines()
    assert shown == [
        "row 1",
        f"  a       {wide}",
        "  longer  7",
        "row 2",
        "  a       y",
        "  longer  8",
        "2 rows",
    ]
    assert run("sql", house, "SELECT 1 WHERE 0").stdout.strip() == "0 rows"


# Files.


def test_submit_says_what_became_of_each_file(day: Path, tmp_path: Path) -> None:
    """The documented fields of the JSON; exit code 0 without --strict, 1 with it."""
    good, wrong = csv_payment(1, "KE01", "UG01", "5.00"), csv_payment(2, "KE01", "NOBODY", "1")
    file = write_csv(tmp_path / "p.csv", good, wrong)
    (said,) = ask("submit", day, file, "--now", NOW)
    assert said.pop("seconds") >= 0
    assert said == {
        "file": str(file),
        "refused": False,
        "rows": 2,
        "repeated": 0,
        "pages": 1,
        "statuses": {"ACSC": 1, "RJCT": 1},
        "reasons": {"UNKNOWN_CREDITOR_AGENT": {"iso": "RC04", "count": 1}},
        "rejected": [
            {
                "identification": "P2",
                "number": said["rejected"][0]["number"],
                "rule": "UNKNOWN_CREDITOR_AGENT",
                "reason": "RC04",
                "text": said["rejected"][0]["text"],
            }
        ],
    }
    assert said["rejected"][0]["text"]
    strict = run("submit", day, file, "--strict", "--now", NOW)
    assert strict.exit_code == 1
    assert "2 rows: 1 settled, 1 rejected, 2 were on record before" in strict.stdout
    assert "P2" in strict.stdout
    fine = write_csv(tmp_path / "q.csv", csv_payment(3, "KE01", "UG01", "5.00"))
    assert run("submit", day, fine, "--strict", "--now", NOW).exit_code == 0


def test_a_refused_file_is_exit_code_2_and_the_others_are_applied(day: Path, tmp_path: Path) -> None:
    """Where in the file, what, and the ISO reason; also where something else was rejected under --strict."""
    good = write_csv(tmp_path / "a.csv", csv_payment(1, "KE01", "UG01", "5.00"))
    bad = write_csv(tmp_path / "b.csv", csv_payment(2, "KE01", "UG01", "5.00"), "too,few")
    last = write_csv(tmp_path / "c.csv", csv_payment(3, "KE01", "NOBODY", "5.00"))
    result = run("submit", day, good, bad, last, "--json", "--strict", "--now", NOW)
    assert result.exit_code == 2
    said = json.loads(result.stdout)
    assert [each["refused"] for each in said] == [False, True, False]
    assert said[1].keys() == {"file", "refused", "problems"}
    assert said[1]["problems"][0].keys() == {"line", "element", "text", "reason"}
    assert said[1]["problems"][0]["line"] == 3
    shown = run("submit", day, bad, tmp_path / "none.csv", "--now", NOW)
    assert shown.exit_code == 2
    assert "refused  b.csv" in shown.stderr
    assert "refused  none.csv" in shown.stderr
    assert ask("sql", day, "SELECT count(*) AS n FROM payment") == [{"n": 2}]


def test_text_of_a_file_is_only_text(day: Path, tmp_path: Path) -> None:
    """Markup in an identification does not style the terminal."""
    line = csv_payment(1, "KE01", "NOBODY", "1", instruction_id="[red]x[/red]")
    assert "[red]x[/red]" in run("submit", day, write_csv(tmp_path / "p.csv", line), "--now", NOW).stdout


def test_obligations_and_a_cycle(day: Path, tmp_path: Path) -> None:
    """Invoices are open, and a cycle sets off a ring when all of it is due."""
    header = "obligation_id,debtor,creditor,currency,amount,due_date,debtor_name,creditor_name"
    lines = ["1,A,B,KES,5.00,,Firm A,Firm B", "2,B,C,KES,4.00,,Firm B,Firm C"]
    lines.append("3,C,A,KES,3.00,2026-01-06,Firm C,Firm A")
    file = write_csv(tmp_path / "o.csv", *lines, header=header)
    assert "3 rows: 3 open" in run("submit", day, file, "--now", NOW).stdout
    none, _ = ask("cycle", day, "--now", NOW)
    assert (none["currency"], none["obligations"], none["cleared_minor"]) == ("KES", 2, 0)
    (row,) = ask("cycle", day, "--currency", "KES", "--date", "2026-01-06", "--now", NOW)
    assert (row["obligations"], row["parties"], row["gross_minor"], row["cleared_minor"]) == (3, 3, 1200, 900)
    shown = run("cycle", day, "--date", "2026-01-06", "--now", NOW).stdout
    assert "net debit" in shown
    assert "3.00" in shown
    remaining = ask("sql", day, "SELECT obligation_id, remaining_minor FROM obligation ORDER BY 1")
    assert [row["remaining_minor"] for row in remaining] == [200, 100, 0]


# Looking.


def test_status_for_people_and_machines(day: Path, tmp_path: Path) -> None:
    """Phases, balances, what waits; with separators where people read, minor units where machines do."""
    run("submit", day, write_csv(tmp_path / "p.csv", *waiting()), "--now", NOW)
    said = ask("status", day)
    assert said.keys() == {"page", "phases", "payments", "accounts"}
    assert said["payments"] == [{"status": "ACSC", "payments": 1}, {"status": "ACSP", "payments": 1}]
    by_name = {(row["participant"], row["currency"]): row for row in said["accounts"]}
    assert by_name["KE01", "KES"]["balance_minor"] == -90_000
    assert by_name["KE01", "KES"]["credit_line_minor"] == 100_000
    assert (by_name["KE01", "KES"]["waiting"], by_name["KE01", "KES"]["waiting_minor"]) == (1, 1_234_567)
    assert said["page"] == ask("sql", day, "SELECT max(page_number) AS page FROM page")[0]["page"]
    shown = run("status", day).stdout
    assert "KES  open  2026-01-05" in shown
    assert "-900.00" in shown
    assert "12,345.67" in shown
    assert "1 ACSC, 1 ACSP" in shown


def waiting() -> list[str]:
    """Return a payment that settles and one that waits for cover."""
    return [csv_payment(1, "KE01", "UG01", "900.00"), csv_payment(2, "KE01", "UG01", "12345.67")]


def test_status_of_a_new_house(house: Path) -> None:
    """Nothing has happened yet."""
    assert "no payments yet" in run("status", house).stdout
    assert ask("status", house)["phases"] == []


def test_sql_shows_rows(day: Path, tmp_path: Path) -> None:
    """Bytes as hexadecimal text, in JSON too; no rows are no rows."""
    run("submit", day, write_csv(tmp_path / "p.csv", *waiting()), "--now", NOW)
    rows = ask("sql", day, "SELECT uetr, instruction_id FROM payment_row ORDER BY 1")
    assert rows[0] == {"uetr": "00000000000040008000000000000001", "instruction_id": "P1"}
    shown = run("sql", day, "SELECT uetr FROM payment_row ORDER BY 1").stdout
    assert "00000000000040008000000000000002" in shown
    assert "2 rows" in shown
    assert ask("sql", day, "SELECT * FROM payment WHERE 0") == []
    assert run("sql", day, "SELECT * FROM payment WHERE 0").stdout.strip() == "0 rows"


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("SELECT absent", "no such column"),
        ("DELETE FROM payment_row", "readonly"),
        ("", "the query failed"),
        ("UPDATE page SET body = x'00'", "readonly"),
    ],
)
def test_sql_refuses(day: Path, query: str, said: str) -> None:
    """A wrong query and one that would write."""
    assert said in refused("sql", day, query)


def test_rebuild(day: Path, tmp_path: Path) -> None:
    """Says how much there was; tables that somebody dropped are there again."""
    run("submit", day, write_csv(tmp_path / "p.csv", *waiting()), "--now", NOW)
    before = ask("sql", day, "SELECT * FROM payment ORDER BY payment_number")
    for statement in ("DROP VIEW payment", "DROP TABLE payment_row", "DROP TABLE projection"):
        plain_sql(day / DATABASE_NAME, statement, write=True)
    said = ask("rebuild", day, "--now", NOW)
    assert said.keys() == {"pages", "records"}
    assert ask("sql", day, "SELECT * FROM payment ORDER BY payment_number") == before
    shown = run("rebuild", day, "--now", NOW).stdout
    assert shown == f"rebuilt the tables from {said['pages']} pages with {said['records']} records\n"


def test_a_page_that_was_altered_is_named(day: Path) -> None:
    """Whoever reads it says which one, with exit code 2, and does not guess."""
    plain_sql(
        day / DATABASE_NAME,
        "UPDATE page SET body = substr(body, 1, 200) || x'ff' || substr(body, 202) WHERE page_number = 2",
        write=True,
    )
    assert "page 2 was altered: its digest does not fit its bytes" in refused("rebuild", day, "--now", NOW)
    assert "page 2 was altered" in refused("day", "close", day, "--now", NOW)


def test_a_database_that_is_none_is_named(tmp_path: Path) -> None:
    """A file of that name with something else in it."""
    (tmp_path / DATABASE_NAME).write_bytes(b"no database at all" * 100)
    for words in (("status",), ("rebuild",)):
        assert f"{DATABASE_NAME} cannot be opened" in refused(*words, tmp_path)


def test_a_house_in_use(day: Path) -> None:
    """A second writer is told who holds it; readers are served."""
    with open_house(day, ticking_clock()):
        assert "another writer holds this house: process " in refused("day", "cutoff", day, "--now", NOW)
        assert ask("status", day)["phases"][0]["phase"] == "OPEN"


# Alerts.


@pytest.fixture
def held(day: Path, tmp_path: Path) -> int:
    """The number of a payment that screening holds."""
    line = csv_payment(1, "KE01", "UG01", "5.00", creditor_name=invented_name(3))
    result = run("submit", day, write_csv(tmp_path / "held.csv", line), "--now", NOW)
    assert "1 held" in result.stdout
    (alert,) = ask("alert", "list", day)
    return int(alert["held_number"])


def decide(day: Path, word: str, number: int, person: str, *more: str) -> tuple[Any, ...]:
    """Return the words of a decision."""
    return ("alert", word, day, number, "--by", person, "--reason", "seen the papers", "--now", NOW, *more)


def test_two_different_people_release(day: Path, held: int) -> None:
    """The first decision waits for another person, who is not the same; then the payment settles."""
    assert "another person decides now" in run(*decide(day, "release", held, "amara")).stdout
    said = refused(*decide(day, "release", held, "amara"))
    assert "the decision does not count: the second decision must be another person's [AG01]" in said
    assert "the agreement does not let this person decide on it" in refused(
        *decide(day, "release", held, "mallory")
    )
    (alert,) = ask("alert", "list", day)
    assert alert["status"] == "PDNG"
    assert alert["decisions"] == ["amara: release (seen the papers)"]
    assert ask(*decide(day, "release", held, "bela")) == {"number": held, "status": "ACSC"}
    assert run("alert", "list", day).stdout == "nothing is held\n"
    assert [each["status"] for each in ask("alert", "list", day, "--all")] == ["ACSC"]
    assert "nothing is held under this number" in refused(*decide(day, "release", held, "bela"))


def test_a_refusal_rejects(day: Path, held: int) -> None:
    """Whatever the other person decided."""
    assert ask(*decide(day, "release", held, "bela")) == {"number": held, "status": "PDNG"}
    assert f"{held}: decided, status RJCT" in run(*decide(day, "refuse", held, "amara")).stdout
    (row,) = ask("sql", day, "SELECT status, rule FROM payment WHERE instruction_id = 'P1'")
    assert row == {"status": "RJCT", "rule": "SCREENING_REFUSED"}


def test_the_list_of_alerts_says_what_was_found(day: Path, held: int) -> None:
    """For people the name and the list entry, for machines why it is a hit."""
    shown = run("alert", "list", day).stdout
    assert invented_name(3) in shown
    assert "UN" in shown
    (alert,) = ask("alert", "list", day)
    assert alert["explanation"]
    assert alert["matched_name"] == invented_name(3)


@pytest.mark.parametrize("number", ["0", "-1", "9223372036854775808", "x"])
def test_a_number_that_is_none(day: Path, number: str) -> None:
    """A usage error, exit code 2, no traceback."""
    result = run("alert", "release", day, "--by", "amara", "--reason", "why", "--now", NOW, "--", number)
    assert result.exit_code == 2
    assert "Invalid value" in result.stderr


def test_an_unknown_number_and_an_empty_reason(day: Path) -> None:
    """Both are refused."""
    assert "does not count" in refused(*decide(day, "release", 999_999, "amara"))
    words = ("alert", "release", day, 1, "--by", "amara", "--reason", " ", "--now", NOW)
    assert "a decision needs a reason" in refused(*words)


# Fails closed.


def spoil_missing(path: Path) -> str:
    path.unlink()
    return "un.xml"


def spoil_short(path: Path) -> str:
    write_un_xml(path, entries=499, published=DAY)
    return "499 entries, at least 500 are expected"


def spoil_stale(path: Path) -> str:
    write_un_xml(path, published=date(2025, 12, 28))
    return "published on 2025-12-28, 8 days before the business day 2026-01-05; at most 7 days are allowed"


def spoil_truncated(path: Path) -> str:
    path.write_bytes(path.read_bytes()[:-200])
    return "is not whole or not this list"


@pytest.mark.parametrize("spoil", [spoil_missing, spoil_short, spoil_stale, spoil_truncated])
def test_without_its_lists_a_house_settles_nothing(day: Path, tmp_path: Path, spoil: Any) -> None:
    """The message says which list, why, and what to do; nothing is applied; with the list back it goes on."""
    file = write_csv(tmp_path / "p.csv", *waiting())
    list_file = day / "lists" / "un.xml"
    before = ask("status", day)
    why = spoil(list_file)
    for words in (("submit", day, file), ("cycle", day)):
        said = refused(*words, "--now", NOW)
        assert "screening is not available, nothing settles:" in said
        assert "list UN: " in said
        assert why in said
        assert str(list_file) in said
    assert ask("status", day) == before
    write_un_xml(list_file, published=date(2026, 1, 4))
    assert run("submit", day, file, "--now", NOW).exit_code == 0
