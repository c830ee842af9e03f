"""Offsetting in a house: on demand and as agreed, in order or not, links as one, and read back the same."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import Mechanism, RecordKind, Status
from setfair.engine import offset_queue
from setfair.engine.offset import Discipline, Offset, offset
from setfair.errors import BrokenInvariantError
from setfair.house_state import HouseState, replay
from setfair.journal.page import OFFSETTING_DOCUMENT, Page, page_from_bytes
from setfair.store.memory import MemoryStore
from tests.houses import lists_in, open_clearing_house, payment, payments, ticking_clock, usual_agreement

LINE = 100_000
"""What a bank may owe in KES."""


def open_house(tmp_path: Path, offsetting: str = "", store: MemoryStore | None = None) -> ClearingHouse:
    """Return a house whose agreement has this in `[offsetting]`."""
    text = usual_agreement() + (f"\n[offsetting]\n{offsetting}\n" if offsetting else "")
    return open_clearing_house(lists_in(tmp_path), store, text)


def circle(first: int = 1, amount: int = LINE + 1) -> list[dict[str, object]]:
    """Three payments in a circle, none of which anybody can pay first."""
    pairs = (("KE01", "UG01"), ("UG01", "TN01"), ("TN01", "KE01"))
    return [payment(first + place, *pair, amount) for place, pair in enumerate(pairs)]


def run_records(house: ClearingHouse) -> list[tuple[int, int, int, int]]:
    """Run offsetting and return (payments, settled, value, bound)."""
    page = house.offset_queue().page
    assert page is not None
    run = page.records[0]
    assert run["kind"] == RecordKind.OFFSETTING_RUN
    return [tuple(int(run[name]) for name in ("debtor", "creditor", "amount", "creditor_after"))]  # type: ignore[list-item]


def test_a_circle_settles_together(tmp_path: Path) -> None:
    """Gridlock is resolved, the run says that nobody could do better; without a queue it does nothing."""
    store = MemoryStore()
    house = open_house(tmp_path, store=store)
    house.submit(payments(*circle()))
    value = 3 * (LINE + 1)
    assert run_records(house) == [(3, 3, value, value)]
    assert house.state.books.payments["mechanism"][:3].tolist() == [Mechanism.OFFSETTING] * 3
    assert run_records(house) == [(0, 0, 0, 0)]
    again = ClearingHouse(store, lists_in(tmp_path), ticking_clock(datetime(2026, 1, 5, 8, tzinfo=UTC)))
    assert again.state.books.queued_count == 0


@pytest.mark.parametrize(("discipline", "settled"), [("ordered", 0), ("bypass", 3)])
def test_the_discipline_is_the_agreements(tmp_path: Path, discipline: str, settled: int) -> None:
    """What nobody can cover is ahead of the circle: in order nothing settles, bypassing all of it does."""
    house = open_house(tmp_path, f'discipline = "{discipline}"')
    house.submit(payments(payment(9, "KE01", "UG01", 50 * LINE), *circle()))
    assert [row[1] for row in run_records(house)] == [settled]


def test_a_link_takes_part_as_one(tmp_path: Path) -> None:
    """A link whose legs lie in a circle settles whole; one whose other leg cannot be paid stays whole."""
    house = open_house(tmp_path, 'discipline = "bypass"')
    one, two, three = circle()
    other = payment(4, "UG01", "KE01", 5, currency="UGX")
    hopeless = payment(6, "UG01", "KE01", 500_000, currency="UGX")
    house.submit(
        payments(
            one | {"link": "X", "link_legs": 2},
            other | {"link": "X", "link_legs": 2},
            two,
            three,
            payment(5, "KE01", "UG01", LINE + 2) | {"link": "Y", "link_legs": 2},
            hopeless | {"link": "Y", "link_legs": 2},
        )
    )
    assert house.state.books.queued_count == 6
    house.offset_queue()
    status = house.state.books.payments["status"][:6].tolist()
    assert status == [Status.ACSC] * 4 + [Status.ACSP] * 2


def test_a_queue_that_has_grown_is_offset_between_batches(tmp_path: Path) -> None:
    """With `queue_length` the run comes by itself, and not again for what it could not settle."""
    house = open_house(tmp_path, "queue_length = 3")
    one, two, three = circle()
    house.submit(payments(one, two))
    assert house.state.books.queued_count == 2
    house.submit(payments(three))
    assert house.state.books.queued_count == 0
    list(
        house.submit_each(
            [payments(*(payment(number, "KE01", "UG01", 90 * LINE) for number in (11, 12, 13)))]
        )
    )
    before = house.state.page_number
    house.submit(payments(payment(14, "KE01", "UG01", 90 * LINE)))
    assert house.state.page_number == before + 1


def test_a_period_passes(tmp_path: Path) -> None:
    """With `period_seconds` what waits is offset when the time has come."""
    house = open_house(tmp_path, "period_seconds = 60")
    house.submit(payments(*circle()))
    assert house.state.books.queued_count == 3
    house._clock = ticking_clock(datetime(2026, 1, 5, 7, tzinfo=UTC))
    house.submit(payments(payment(11, "KE01", "UG01", 1)))
    assert house.state.books.queued_count == 0


def run_on_record(tmp_path: Path, discipline: str) -> tuple[HouseState, Page]:
    """Return a house before a run of offsetting, and the page of the run.

    A small payment and a circle settle; a large payment and a link that lacks cover for one leg wait.
    """
    store = MemoryStore()
    house = open_house(tmp_path, f'discipline = "{discipline}"', store)
    waits = payment(6, "UG01", "KE01", 500_000, currency="UGX")
    house.submit(
        payments(
            *circle(),
            payment(5, "KE01", "UG01", LINE + 2) | {"link": "Y", "link_legs": 2},
            waits | {"link": "Y", "link_legs": 2},
            payment(9, "KE01", "UG01", 50 * LINE),
        )
    )
    house.offset_queue()
    pages = [page_from_bytes(body) for _, body in store.pages_after(0)]
    state = HouseState()
    for page in pages[:-1]:
        replay(state, page)
    return state, pages[-1]


def test_what_was_searched_is_not_searched_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run is decided again by what is on record, so a later version may search otherwise."""
    state, page = run_on_record(tmp_path, "bypass")

    def offset_in_order(accounts, queue, discipline, **more) -> Offset:  # type: ignore[no-untyped-def]
        assert discipline is Discipline.ORDERED
        return offset(accounts, queue, discipline, **more)

    monkeypatch.setattr(offset_queue, "offset", offset_in_order)
    assert state.books.queued_count == 6
    replay(state, page)
    assert state.books.queued_count == 3


@pytest.mark.parametrize(
    ("change", "why"),
    [
        (lambda said: None, "comes with no chosen payments"),
        (lambda said: [said[0], *said[1:], said[-1] + 3], "account . would be short"),
        (lambda said: [said[0], *said[1:], said[-1] + 1], "would be short|in part"),
        (lambda said: [said[0], *said[1:], 999], "do not wait"),
        (lambda said: [said[0], *said[:0:-1]], "do not wait"),
        (lambda said: [said[0], *said[1:], said[-1]], "do not wait"),
        (lambda said: said[:-1], "would be short"),
        (lambda said: [0, *said[1:]], "its bound is 0"),
        (lambda said: said[:1], "the ordered set has"),
    ],
    ids=["nothing", "uncovered", "a leg", "unknown", "order", "twice", "a part", "bound", "less"],
)
def test_a_set_that_may_not_settle_is_refused(tmp_path: Path, change, why: str) -> None:  # type: ignore[no-untyped-def]
    """What a run comes with is checked when it is decided again: an altered page is a broken invariant."""
    state, page = run_on_record(tmp_path, "bypass")
    said = change(np.frombuffer(page.documents[OFFSETTING_DOCUMENT], np.int64).tolist())
    documents = dict(page.documents)
    del documents[OFFSETTING_DOCUMENT]
    if said is not None:
        documents[OFFSETTING_DOCUMENT] = np.array(said, np.int64).tobytes()
    with pytest.raises(BrokenInvariantError, match=why):
        replay(state, replace(page, documents=documents))


def test_in_order_a_run_comes_with_nothing(tmp_path: Path) -> None:
    """The ordered set is unique and is found again; a page that brings another is refused."""
    state, page = run_on_record(tmp_path, "ordered")
    assert OFFSETTING_DOCUMENT not in page.documents
    brought = {OFFSETTING_DOCUMENT: np.array([10**9, 1], np.int64).tobytes()}
    with pytest.raises(BrokenInvariantError, match="nothing was to be searched for"):
        replay(state, replace(page, documents=page.documents | brought))
