"""Batches one after the other, each made durable while the next is decided: nothing is told too early."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.instruction import Batch
from setfair.errors import StoreError
from setfair.journal_writer import LARGE_PAGE_RECORDS, PAGES_AHEAD
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from setfair.store.protocol import StoredPage
from tests.houses import funding, open_clearing_house, payment, payments

SALTS = b"salt of a page, the same in both"


class SlowStore(MemoryStore):
    """A store that writes a page when it is told to, and fails at one."""

    def __init__(self) -> None:
        super().__init__()
        self.may_write = threading.Event()
        self.may_write.set()
        self.full_from = 1 << 30
        self.threads: set[str] = set()
        self.together: list[int] = []

    def append(self, *pages: StoredPage) -> None:
        """Append pages once that is allowed."""
        self.threads.add(threading.current_thread().name.partition("_")[0])
        self.together.append(len(pages))
        assert self.may_write.wait(30)
        if pages[-1].meta.number >= self.full_from:
            raise StoreError(f"page {pages[0].meta.number} could not be written: no room")
        super().append(*pages)


@pytest.fixture
def store() -> SlowStore:
    """An empty store."""
    return SlowStore()


@pytest.fixture
def house(lists: FileLists, store: SlowStore) -> ClearingHouse:
    """A house with its day open and money in one account."""
    return funded(lists, store)


def funded(lists: FileLists, store: SlowStore) -> ClearingHouse:
    """Return a house whose salts are known, with money in one account."""
    house = open_clearing_house(lists, store)
    house._random_bytes = lambda length: SALTS[:length]
    house.submit(payments(funding(900, "KE01", 1_000_000)))
    return house


def batches(number: int, rows: int = 3) -> Iterator[Batch]:
    """Yield batches of payments of one unit."""
    numbers = count(1)
    for _ in range(number):
        yield payments(*(payment(next(numbers), "KE01", "UG01", 1) for _ in range(rows)))


@pytest.mark.parametrize("rows", [3, LARGE_PAGE_RECORDS])
def test_the_pages_are_those_of_one_by_one(lists: FileLists, rows: int) -> None:
    """Pages, roots and outcomes are the same bytes as if each batch had been waited for."""
    ahead, waited = SlowStore(), SlowStore()
    house, other = funded(lists, ahead), funded(lists, waited)
    found = [outcome.rows.tobytes() for _, outcome in house.submit_each(batches(4, rows))]
    assert found == [other.submit(batch).rows.tobytes() for batch in batches(4, rows)]
    assert list(ahead.pages_after(0)) == list(waited.pages_after(0))
    assert ahead.last_page() == waited.last_page()
    assert "setfair-storing" in ahead.threads
    assert house.journal.tree == other.journal.tree


def test_the_next_batch_is_decided_while_a_page_is_written(house: ClearingHouse, store: SlowStore) -> None:
    """The second batch is taken before the first page is durable, and nothing is told before it is."""
    taken: list[int] = []
    told: list[int] = []
    before = store.last_page()
    assert before is not None

    def watched() -> Iterator[Batch]:
        for number, batch in enumerate(batches(3), 1):
            taken.append(number)
            if number == 2:
                assert told == []
                assert store.last_page() == before
                store.may_write.set()
            yield batch

    store.may_write.clear()
    for _, outcome in house.submit_each(watched()):
        assert outcome.page is not None
        last = store.last_page()
        assert last is not None
        assert last.number >= outcome.page.number
        told.append(outcome.page.number)
    assert taken == [1, 2, 3]
    assert told == [before.number + 1, before.number + 2, before.number + 3]


def test_pages_that_are_made_while_one_is_written_are_stored_together(
    house: ClearingHouse, store: SlowStore
) -> None:
    """However long the first takes: all that is ready then is durable at once, in order."""
    before = house.state.page_number

    def watched() -> Iterator[Batch]:
        yield from batches(5)
        for each in house.journal._in_work:
            each.wait()
        store.may_write.set()

    store.together.clear()
    store.may_write.clear()
    told = [outcome.page.number for _, outcome in house.submit_each(watched()) if outcome.page is not None]
    assert told == list(range(before + 1, before + 6))
    assert sum(store.together) == 5
    assert len(store.together) <= 2
    assert [number for number, _ in store.pages_after(before)] == told


def test_at_most_so_many_pages_are_under_way(house: ClearingHouse, store: SlowStore) -> None:
    """A store that stands still stops whoever hands in, and memory does not grow."""
    taken: list[int] = []

    def watched() -> Iterator[Batch]:
        for number, batch in enumerate(batches(PAGES_AHEAD + 5), 1):
            taken.append(number)
            if number == PAGES_AHEAD + 1:
                threading.Timer(0.2, lambda: (stopped_at.append(len(taken)), store.may_write.set())).start()
            yield batch

    stopped_at: list[int] = []
    store.may_write.clear()
    assert len(list(house.submit_each(watched()))) == PAGES_AHEAD + 5
    assert stopped_at == [PAGES_AHEAD + 1]


def test_a_page_that_fails_takes_the_next_batch_with_it(
    house: ClearingHouse, store: SlowStore, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was decided on top of a page that is not durable never happened either."""
    monkeypatch.setattr("setfair.journal_writer._Begun.is_made", False)
    first = house.state.page_number + 1
    store.full_from = first + 1
    told: list[int] = []

    def listen() -> None:
        for _, outcome in house.submit_each(batches(4)):
            assert outcome.page is not None
            told.append(outcome.page.number)

    with pytest.raises(StoreError, match="no room"):
        listen()
    assert told == [first]
    assert house.state.page_number == first
    store.full_from = 1 << 30
    repeated = [int(outcome.rows["repeated"].sum()) for _, outcome in house.submit_each(batches(4))]
    assert repeated == [3, 0, 0, 0]


def test_who_stops_listening_leaves_whole_pages(house: ClearingHouse, store: SlowStore) -> None:
    """Leaving in the middle leaves the books at the last durable page."""
    before = house.state.page_number
    outcomes = house.submit_each(batches(4))
    next(outcomes)
    outcomes.close()  # type: ignore[attr-defined]
    last = store.last_page()
    assert last is not None
    assert house.state.page_number == last.number
    whole = last.number - before
    assert whole >= 1
    repeated = [int(outcome.rows["repeated"].sum()) for _, outcome in house.submit_each(batches(4))]
    assert repeated == [3] * whole + [0] * (4 - whole)
