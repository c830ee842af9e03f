"""Days at the edge: written again, nothing booked, nothing at all, not yet closed; and who sees what."""

from __future__ import annotations

import re
from datetime import date
from pathlib import Path

import pytest

from setfair.business_day import close_day, cut_off, open_day
from setfair.errors import PhaseError
from setfair.house import House
from setfair.statements.write_day import write_day
from tests.agreements import invented_bic
from tests.unit.statements.days import (
    AGENT,
    BANKS,
    CURRENCIES,
    INDIRECT,
    MONDAY,
    TUESDAY,
    Player,
    made_house,
)
from tests.unit.statements.given import camt053, camt054, csv_statement, digests, kinds, statuses, xml

DAYS = [MONDAY.isoformat(), TUESDAY.isoformat()]


def test_a_closed_day_written_again_is_the_same(lively_house: House, given_out: Path, tmp_path: Path) -> None:
    """Into an empty folder and over what is there: the same bytes, and nothing besides."""
    before = digests(given_out)
    write_day(lively_house.query, given_out, MONDAY)
    for day in (TUESDAY, MONDAY):
        write_day(lively_house.query, tmp_path, day)
    assert digests(given_out) == before
    assert digests(tmp_path) == before


def test_what_is_returned_is_what_was_written(lively_house: House, tmp_path: Path) -> None:
    """Every file once, with its participant, and none left half written."""
    written = write_day(lively_house.query, tmp_path, TUESDAY)
    assert sorted(one.path for one in written) == sorted(
        path for path in tmp_path.rglob("*") if path.is_file()
    )
    for one in written:
        assert one.participant == (one.path.parent.name if one.path.parent.name in (AGENT, *BANKS) else "")
    assert sum(one.count for one in written if one.message == "pacs.002") == sum(
        len(statuses(folder)) for folder in (tmp_path / DAYS[1]).iterdir()
    )


def test_an_envelope_changes_nothing_in_the_document(
    lively_house: House, given_out: Path, tmp_path: Path
) -> None:
    """With a business application header the same document follows."""
    write_day(lively_house.query, tmp_path, TUESDAY, envelope=True)
    for path in (given_out / DAYS[1]).glob("*/*.xml"):
        inner = (tmp_path / path.relative_to(given_out)).read_text(encoding="utf-8")
        bare = path.read_text(encoding="utf-8")
        assert "AppHdr" in inner
        assert bare.partition("<Document")[2].strip() in inner


def test_a_participant_sees_nothing_of_others(lively: Player, given_out: Path) -> None:
    """No file of a participant has an identification of an instruction in which it has no part."""
    names = {invented_bic(bank): bank for bank in BANKS} | {bank: bank for bank in (AGENT, *BANKS)}
    names[invented_bic(INDIRECT)] = "KE01"
    parts: dict[str, set[str]] = {}
    for row in lively.sent:
        agents = {str(row.get(f"{side}_agent")) for side in ("instructing", "debtor", "creditor")}
        own = {names[agent] for agent in agents if agent in names}
        parts.setdefault(str(row["instruction_id"]), set()).update(own)
        parts.setdefault(str(row.get("original_instruction_id")), set()).update(own)
    checked = 0
    for bank in (AGENT, *BANKS):
        for path in given_out.glob(f"*/{bank}/[cps]*"):
            if not path.name.startswith("set_off"):
                seen = set(re.findall(r"(?<![\w-])N\d+\b", path.read_text(encoding="utf-8")))
                assert all(bank in parts[each] for each in seen), path
                checked += len(seen)
    assert checked > 400


def test_a_balance_of_another_is_in_no_statement(given_out: Path) -> None:
    """Every account that a participant's files speak of as theirs is its own."""
    for bank in (AGENT, *BANKS):
        for path in given_out.glob(f"*/{bank}/camt.05*.xml"):
            root, space = xml(path)
            owned = {each.text for each in root.iterfind(".//c:Acct/c:Id/c:Othr/c:Id", space)}
            assert owned <= {f"{bank}-{code}" for code in CURRENCIES}


def test_a_participant_without_movement_has_its_statements(tmp_path: Path) -> None:
    """Opening and closing are equal, there are no entries, and neither camt.054 nor fees are made."""
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        player = Player(house, seed=1)
        player.send([player.funding("KE01", code) for code in CURRENCIES])
        cut_off(house.clearing_house)
        cut_off(house.clearing_house)
        close_day(house.clearing_house)
        write_day(house.query, tmp_path / "out", MONDAY)
    quiet = tmp_path / "out" / DAYS[0] / "UG01"
    assert kinds(quiet) == {"camt.053": 3, "statement": 3}
    for code, statement in camt053(quiet).items():
        assert (statement.opening, statement.closing, statement.entries) == (0, 0, ())
        assert csv_statement(quiet, code) == statement
    moved = tmp_path / "out" / DAYS[0] / "KE01"
    assert {code: len(one.entries) for code, one in camt054(moved).items()} == dict.fromkeys(CURRENCIES, 1)


def test_a_day_on_which_nothing_happened(tmp_path: Path) -> None:
    """Opened and closed: statements of zero for everybody, and nothing else."""
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        for _ in range(2):
            cut_off(house.clearing_house)
        close_day(house.clearing_house)
        write_day(house.query, tmp_path / "out", MONDAY)
    folders = sorted(path.name for path in (tmp_path / "out" / DAYS[0]).iterdir())
    assert folders == sorted((AGENT, *BANKS))
    for name in folders:
        folder = tmp_path / "out" / DAYS[0] / name
        assert kinds(folder) == {"camt.053": 3, "statement": 3}
        assert {one.closing for one in camt053(folder).values()} == {0}


def test_statements_wait_for_the_close(tmp_path: Path) -> None:
    """On an open day there are statuses and bookings so far, and no statement and no fee."""
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        player = Player(house, seed=1)
        player.send([player.funding("KE01", code) for code in CURRENCIES])
        write_day(house.query, tmp_path / "out", MONDAY)
        early = tmp_path / "out" / DAYS[0]
        assert kinds(early / "KE01") == {"camt.054.xml": 1}
        assert kinds(early / AGENT) == {"camt.054.xml": 1, "pacs.002.xml": 1}
        first = (early / "KE01" / "camt.054.xml").read_text(encoding="utf-8")
        player.send([player.funding("KE01", "EUR")])
        write_day(house.query, tmp_path / "out", MONDAY)
    later = (early / "KE01" / "camt.054.xml").read_text(encoding="utf-8")
    ids = [re.findall(r"<MsgId>(.*?)</MsgId>", text) for text in (first, later)]
    assert ids[0] != ids[1]


def test_a_day_that_never_was_is_refused(lively_house: House, tmp_path: Path) -> None:
    """The error names the date, and no folder is made."""
    with pytest.raises(PhaseError, match="2026-01-07"):
        write_day(lively_house.query, tmp_path, date(2026, 1, 7))
    assert list(tmp_path.iterdir()) == []
