"""A new version of the lists: what waits is screened against what changed, and nothing else is."""

from __future__ import annotations

import gzip
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from lxml import etree

from setfair.business_day import run_cycles
from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import InstructionKind, RecordKind, Status
from setfair.domain.instruction import Family
from setfair.house_state import HouseState, state_pieces
from setfair.journal.page import page_from_bytes
from setfair.rescreening import what_changed
from setfair.screening.delta import hashes_of
from setfair.screening.fuzzy import FuzzyMatcher
from setfair.screening.gate import ListSet
from setfair.screening.in_force import FileLists
from setfair.screening.lists.un_xml import read_un_xml
from setfair.screening.screener import Screener
from setfair.store.memory import MemoryStore
from tests.houses import (
    balances_of,
    batch_of,
    funding,
    lists_in,
    obligation,
    obligations,
    open_clearing_house,
    payment,
    payments,
    ticking_clock,
)
from tests.shared import SHARED, needs_shared

NEW = "<INDIVIDUAL><DATAID>900009</DATAID><FIRST_NAME>{}</FIRST_NAME>{}</INDIVIDUAL></INDIVIDUALS>"
LATER = "Vashti Kormoran"
"""Listed only after the day has begun."""

Houses = tuple[ClearingHouse, MemoryStore, FileLists, Callable[..., None]]


@pytest.fixture
def made(tmp_path: Path) -> Houses:
    """A house with money, its store and its lists, and what lists a further name."""
    lists, store = lists_in(tmp_path), MemoryStore()
    file = tmp_path / "lists" / "un.xml"
    plain = file.read_text(encoding="utf-8")

    def list_also(name: str, more: str = "") -> None:
        file.write_text(plain.replace("</INDIVIDUALS>", NEW.format(name, more)), encoding="utf-8")

    house = open_clearing_house(lists, store)
    return house, store, lists, list_also


def status_of(house: ClearingHouse, number: int) -> Status:
    """Return the present status of a payment or obligation."""
    for rows in (house.state.books.payments, house.state.books.obligations):
        found = rows[rows["number"] == number]
        if len(found):
            return Status(int(found[0]["status"]))
    raise LookupError(number)


def look(house: ClearingHouse) -> None:
    """Do something harmless that looks at the lists."""
    house.submit(
        batch_of(Family.PARTY, [{"party_id": f"L{house.state.books.next_number}", "name": "Orrin Vale"}])
    )


def reopened(house: ClearingHouse, store: MemoryStore, lists: FileLists) -> None:
    """Check that the pages give the same state again."""
    again = ClearingHouse(store, lists, ticking_clock(), random_bytes=bytes)
    assert list(state_pieces(again.state)) == list(state_pieces(house.state))


def test_a_queued_payment_is_held_and_its_queue_goes_on(made: Houses) -> None:
    """What became listed leaves the queue; what was behind it settles; two people release it."""
    house, store, lists, list_also = made
    house.submit(payments(funding(1, "KE01", 500)))
    first, second = (
        house.submit(
            payments(
                payment(10, "KE01", "UG01", 900_000, creditor_name=LATER),
                payment(11, "KE01", "UG01", 100_400),
            )
        )
        .rows["number"]
        .tolist()
    )
    assert (status_of(house, first), status_of(house, second)) == (Status.ACSP, Status.ACSP)
    list_also(LATER)
    look(house)
    assert (status_of(house, first), status_of(house, second)) == (Status.PDNG, Status.ACSC)
    for person in ("amara", "bela"):
        house.decide_held(first, person, "another person", release=True)
    assert status_of(house, first) is Status.ACSP
    look(house)
    assert status_of(house, first) is Status.ACSP
    reopened(house, store, lists)


def test_a_queued_link_is_held_as_a_whole(made: Houses) -> None:
    """One leg becomes listed: no leg is in a queue any more; after the release the link waits as before."""
    house, store, lists, list_also = made
    leg = {"link": "L-1", "link_legs": 2}
    rows = [
        payment(50, "KE01", "UG01", 900_000, **leg),
        payment(51, "UG01", "KE01", 100, creditor_name=LATER, **leg),
    ]
    first, second = house.submit(payments(*rows)).rows["number"].tolist()
    assert (status_of(house, first), status_of(house, second)) == (Status.ACSP, Status.ACSP)
    list_also(LATER)
    look(house)
    assert (status_of(house, first), status_of(house, second)) == (Status.PDNG, Status.PDNG)
    for person in ("amara", "bela"):
        house.decide_held(second, person, "another person", release=True)
    assert (status_of(house, first), status_of(house, second)) == (Status.ACSP, Status.ACSP)
    house.submit(payments(funding(52, "KE01", 900_000)))
    assert (status_of(house, first), status_of(house, second)) == (Status.ACSC, Status.ACSC)
    reopened(house, store, lists)


def test_an_open_obligation_is_held_with_what_remains_of_it(made: Houses) -> None:
    """It takes no part in a cycle while it is held, and comes back with its remainder, open."""
    house, store, lists, list_also = made
    rows = [
        obligation("A", "P1", "P2", 700, debtor_name=LATER),
        obligation("B", "P2", "P1", 300, creditor_name=LATER),
    ]
    first, _ = house.submit(obligations(*rows)).rows["number"].tolist()
    run_cycles(house, ["KES"])
    list_also(LATER)
    third = int(house.submit(obligations(obligation("C", "P2", "P1", 400))).rows["number"][0])
    assert (status_of(house, first), status_of(house, third)) == (Status.PDNG, Status.PDNG)
    run_cycles(house, ["KES"])
    assert remaining_of(house, first) == 400
    for person in ("amara", "bela"):
        house.decide_held(first, person, "another firm", release=True)
    assert (status_of(house, first), remaining_of(house, first)) == (Status.ACSP, 400)
    reopened(house, store, lists)


def remaining_of(house: ClearingHouse, number: int) -> int:
    """Return what remains of an obligation."""
    rows = house.state.books.obligations
    return int(rows[rows["number"] == number][0]["remaining"])


def test_a_release_lapses_when_its_entry_changes_and_only_then(made: Houses) -> None:
    """Changed: held again, a first decision void. Not changed, though the list is new: still released."""
    house, store, lists, list_also = made
    list_also(LATER)
    released, halfway = (
        house.submit(
            payments(*(payment(number, "KE01", "UG01", 900_000, debtor_name=LATER) for number in (20, 21)))
        )
        .rows["number"]
        .tolist()
    )
    for person in ("amara", "bela"):
        house.decide_held(released, person, "another person", release=True)
    house.decide_held(halfway, "amara", "another person", release=True)
    assert status_of(house, released) is Status.ACSP
    list_also(LATER, "</INDIVIDUAL><INDIVIDUAL><DATAID>900010</DATAID><FIRST_NAME>Nobody Else</FIRST_NAME>")
    look(house)
    assert status_of(house, released) is Status.ACSP
    list_also(LATER, "<COMMENTS1>Changed since</COMMENTS1>")
    look(house)
    assert status_of(house, released) is Status.PDNG
    house.decide_held(halfway, "bela", "another person", release=True)
    assert status_of(house, halfway) is Status.PDNG
    house.decide_held(halfway, "amara", "another person still", release=True)
    assert status_of(house, halfway) is Status.ACSP
    reopened(house, store, lists)


def test_a_participant_that_becomes_listed(made: Houses) -> None:
    """What waits for it, and what comes in for it, is held; what is between others is not."""
    house, store, lists, list_also = made
    waiting = int(house.submit(payments(payment(30, "KE01", "UG01", 900_000))).rows["number"][0])
    list_also("Participant UG01")
    rows = [
        payment(31, "UG01", "TN01", 100),
        payment(32, "KE01", "TN01", 100),
        payment(33, "TN01", "UG01", 100),
    ]
    before = balances_of(house)
    statuses = house.submit(payments(*rows)).rows["status"].tolist()
    assert statuses == [
        Status.PDNG,
        Status.ACSP if status_of(house, waiting) is Status.ACSP else Status.ACSC,
        Status.PDNG,
    ]
    assert status_of(house, waiting) is Status.PDNG
    assert balances_of(house)["UG01", "KES"] == before["UG01", "KES"]
    reopened(house, store, lists)


def test_holds_are_on_record_before_the_lists(made: Houses) -> None:
    """The page of the holds comes first, so that a crash in between leaves the lists to be adopted again."""
    house, store, _, list_also = made
    house.submit(payments(payment(40, "KE01", "UG01", 900_000, remittance=f"for {LATER}")))
    list_also(LATER)
    look(house)
    pages = [page_from_bytes(body) for _, body in store.pages_after(0)]
    kinds = [InstructionKind(int(page.instructions[0]["kind"])) for page in pages]
    assert kinds[-3:-1] == [InstructionKind.SCREENING_HOLD, InstructionKind.LIST_ADOPTION]
    assert pages[-3].records["kind"].tolist() == [RecordKind.HELD]
    assert b'"900009"' in pages[-2].documents["list_change"]
    assert len(pages[-2].documents["list_change"]) < 200


@needs_shared
def test_two_published_un_lists_as_a_delta(tmp_path: Path) -> None:
    """Between April 2025 and February 2026 exactly the entries whose content differs are screened again."""
    lists = [_published(tmp_path, day) for day in ("2025-04-19", "2026-02-27")]
    old, new = (read_un_xml("UN", file) for file in lists)
    before, after = (_raw_entries(file) for file in lists)
    expected = {number for number, text in after.items() if before.get(number) != text}
    state = HouseState(list_set="x", listed={"UN": hashes_of(old)})
    screener = Screener(ListSet((new,), "new"), FuzzyMatcher(ListSet((new,), "new"), threads=1))
    state.screening_rules = screener.rules
    change = what_changed(state, screener)
    assert change.against is not None
    (part,) = change.against.lists.lists
    assert {entry.entry_id for entry in part.entries} == expected
    assert 100 < len(expected) < len(new.entries)
    (delta,) = change.deltas
    assert set(delta.removed) == before.keys() - after.keys()
    assert (len(delta.added), len(delta.changed)) == (
        len(after.keys() - before.keys()),
        len(expected) - len(delta.added),
    )
    again = replace(state, listed={"UN": hashes_of(new)})
    assert what_changed(again, screener).deltas == ()


def _published(folder: Path, day: str) -> Path:
    path = folder / f"{date.fromisoformat(day)}.xml"
    packed = SHARED / "screening" / "lists" / "un" / f"un_consolidated_{day}.xml.gz"  # type: ignore[operator]
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def _raw_entries(path: Path) -> dict[str, str]:
    """Return by entry all text of the list about it, order of presentation left out, without the readers."""
    found = {}
    for section in etree.parse(path).getroot():
        for entry in section:
            parts = [
                f"{each.tag}={' '.join((each.text or '').split())}" for each in entry.iter() if len(each) == 0
            ]
            said = [part for part in parts if not part.startswith("SORT_KEY") and not part.endswith("=")]
            found[entry.findtext("DATAID", "").strip()] = "|".join(said)
    return found
