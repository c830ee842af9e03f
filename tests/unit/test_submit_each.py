"""Batches one after the other, each made durable while the next is decided: nothing is told too early."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from itertools import count

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.instruction import Batch
from setfair.errors import StoreError
from setfair.journal_writer import LARGE_PAGE_RECORDS
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from setfair.store.protocol import PageMeta
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

    def append(self, meta: PageMeta, body: bytes, *, nodes: bytes = b"", note: str = "") -> None:
        """Append a page once that is allowed."""
        self.threads.add(threading.current_thread().name.partition("_")[0])
        assert self.may_write.wait(30)
        if meta.number >= self.full_from:
            raise StoreError(f"page {meta.number} could not be written: no room")
        super().append(meta, body, nodes=nodes, note=note)


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


def test_a_page_that_fails_takes_the_next_batch_with_it(house: ClearingHouse, store: SlowStore) -> None:
    """What was decided on top of a page that is not durable never happened either."""
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
