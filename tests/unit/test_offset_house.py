"""Offsetting in a house: on demand and as agreed, in order or not, links as one, and read back the same."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.domain.codes import Mechanism, RecordKind, Status
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
