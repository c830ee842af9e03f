"""Reading a house back: from pages, from a checkpoint and the pages after it, and what does not fit."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import Phase
from setfair.domain.instruction import Family
from setfair.engine.layout import PAYMENT_COUNT
from setfair.errors import BrokenInvariantError
from setfair.house_state import (
    SAVE_PAGES_MAX,
    SAVE_PAGES_MIN,
    HouseState,
    replay,
    restore_state,
    state_pieces,
)
from setfair.journal.page import Page, page_from_bytes
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from setfair.store.protocol import StoredPage
from tests.houses import (
    DAY,
    adopt_text,
    batch_of,
    funding,
    obligation,
    obligations,
    open_clearing_house,
    payment,
    payments,
    ticking_clock,
    usual_agreement,
)
from tests.screening.samples import invented_name


def play(house: ClearingHouse) -> None:
    """Let something of everything happen."""
    house.submit(payments(funding(1, "KE01", 100_000), payment(2, "KE01", "UG01", 70_000)))
    house.submit(payments(payment(3, "UG01", "TN01", 900_000), payment(4, "UG01", "NOBODY", 1)))
    held = house.submit(payments(payment(5, "UG01", "TN01", 7, creditor_name=invented_name(3))))
    house.decide_held(int(held.rows[0]["number"]), "bela", "known for years", release=True)
    party = {"party_id": "A", "name": "Firm A", "country": "", "participant": ""}
    house.submit(batch_of(Family.PARTY, [party]))
    house.submit(
        obligations(obligation("1", "A", "B", 9), obligation("2", "B", "Ç", 8), obligation("3", "Ç", "A", 7))
    )
    house.run_cycle("KES", DAY)
    adopt_text(house, usual_agreement(version="2", banks=("KE01", "UG01", "TN01", "RW01")))
    house.change_phase("UGX", Phase.INTERBANK_CUTOFF)


@pytest.fixture(scope="module")
def played(lists: FileLists) -> tuple[ClearingHouse, MemoryStore]:
    """A house after a short day, and its store; only read."""
    store = MemoryStore()
    house = open_clearing_house(lists, store)
    play(house)
    return house, store


def pages_of(store: MemoryStore) -> list[Page]:
    """Return all pages."""
    return [page_from_bytes(body) for _, body in store.pages_after(0)]


def assert_same(one: HouseState, other: HouseState) -> None:
    """Compare two states: every array, every name, the place in the journal."""
    theirs = other.books.snapshot()
    for name, array in one.books.snapshot().items():
        assert array.tobytes() == theirs[name].tobytes(), name
    for name in ("agreement", "participants", "accounts", "officers", "parties", "party_data"):
        assert getattr(one.directory, name) == getattr(other.directory, name)
    for name in ("list_set", "page_number", "record_count", "last_time"):
        assert getattr(one, name) == getattr(other, name)


def test_pages_alone_give_the_state(played: tuple[ClearingHouse, MemoryStore]) -> None:
    """Decided again from nothing, the same."""
    house, store = played
    state = HouseState()
    for page in pages_of(store):
        replay(state, page)
    assert_same(state, house.state)
    assert state.page_number > 10


def test_a_checkpoint_at_any_page_and_the_pages_after_it_give_the_state(
    played: tuple[ClearingHouse, MemoryStore],
) -> None:
    """After each page: written, read, gone on from."""
    house, store = played
    pages, state = pages_of(store), HouseState()
    for page in pages:
        replay(state, page)
        restored = restore_state((state.page_number, state_pieces(state)))
        assert_same(restored, state)
        for later in pages[page.number :]:
            replay(restored, later)
        assert_same(restored, house.state)


def test_the_same_instructions_are_known_after_reading_back(
    played: tuple[ClearingHouse, MemoryStore], lists: FileLists
) -> None:
    """The memory of identities comes back with the books, from pages and from a checkpoint."""
    house, store = played
    for checkpoint in (False, True):
        copy = MemoryStore()
        for page_meta, body in store._pages:
            copy.append(StoredPage(page_meta, body))
        if checkpoint:
            copy.write_checkpoint(house.state.page_number, state_pieces(house.state))
        again = ClearingHouse(copy, lists, ticking_clock())
        for batch in (
            payments(funding(1, "KE01", 100_000), payment(2, "KE01", "UG01", 70_000)),
            obligations(obligation("1", "A", "B", 9)),
        ):
            outcome = again.submit(batch)
            assert outcome.page is None
            assert outcome.rows["repeated"].all()


@pytest.mark.parametrize("cut", [0, 1, 2, -1])
def test_a_damaged_checkpoint_is_passed_over(
    played: tuple[ClearingHouse, MemoryStore], lists: FileLists, cut: int
) -> None:
    """The pages are read from the first one, and the books are the same."""
    house, store = played
    copy = MemoryStore()
    for meta, body in store._pages:
        copy.append(StoredPage(meta, body))
    copy.write_checkpoint(house.state.page_number, list(state_pieces(house.state))[:cut])
    assert_same(ClearingHouse(copy, lists, ticking_clock()).state, house.state)


def test_no_checkpoint_is_nothing() -> None:
    """A house without pages starts from nothing."""
    assert restore_state(None).page_number == 0


def test_a_page_that_does_not_follow_is_a_broken_invariant(played: tuple[ClearingHouse, MemoryStore]) -> None:
    """A page left out, one twice, and one whose instructions have other numbers."""
    pages = pages_of(played[1])
    state = HouseState()
    replay(state, pages[0])
    for wrong in (pages[2], pages[0], replace(pages[1], first_instruction=9)):
        with pytest.raises(BrokenInvariantError, match=f"page {wrong.number} does not follow page 1"):
            replay(state, wrong)


@pytest.mark.parametrize("name", ["amount", "debtor_after", "status", "time"])
def test_records_that_come_out_differently_are_a_broken_invariant(
    played: tuple[ClearingHouse, MemoryStore], name: str
) -> None:
    """Whoever changes a record, whatever of it, is found when the page is decided again."""
    pages = pages_of(played[1])
    place = next(place for place, page in enumerate(pages) if len(page.records) > 1)
    records = pages[place].records.copy()
    records[name][-1] += 1
    state = HouseState()
    for page in pages[:place]:
        replay(state, page)
    with pytest.raises(BrokenInvariantError, match=f"page {place + 1}: its instructions decided again"):
        replay(state, replace(pages[place], records=records))


def test_a_record_that_is_left_out_is_a_broken_invariant(played: tuple[ClearingHouse, MemoryStore]) -> None:
    """The same number of records, or the house stops."""
    pages = pages_of(played[1])
    with pytest.raises(BrokenInvariantError, match="page 1: its instructions decided again"):
        replay(HouseState(), replace(pages[0], records=pages[0].records[:0]))


def test_a_checkpoint_of_broken_books_is_a_broken_invariant(
    played: tuple[ClearingHouse, MemoryStore],
) -> None:
    """Money that does not sum to zero is noticed before anything is decided on it."""
    house, _ = played
    state = restore_state((house.state.page_number, state_pieces(house.state)))
    state.books.accounts["balance"][np.argmax(state.books.accounts["balance"])] += 5
    with pytest.raises(BrokenInvariantError, match="sum to 5, not to zero"):
        restore_state((state.page_number, state_pieces(state)))


def test_books_are_saved_the_later_the_more_they_remember() -> None:
    """Pages and records count since the last save; what a save takes too, and a bound for the next start."""
    state = HouseState()
    state.page_number, state.record_count = SAVE_PAGES_MIN - 1, SAVE_PAGES_MIN - 1
    assert not state.is_save_due
    state.page_number += 1
    assert state.is_save_due
    state.books.counters[PAYMENT_COUNT] = 4_000_000
    assert not state.is_save_due
    state.record_count += 1_200_000
    assert state.is_save_due
    state.note_save()
    assert (state.is_save_due, state.work_since_save) == (False, 0)
    state.books.counters[PAYMENT_COUNT] = 10**9
    state.page_number += SAVE_PAGES_MAX
    assert state.is_save_due
