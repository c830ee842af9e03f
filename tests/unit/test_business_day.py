"""The business day of all currencies together."""

from __future__ import annotations

from datetime import date

import pytest

from setfair import business_day
from setfair.clearing_house import ClearingHouse
from setfair.domain.agreement import load_agreement
from setfair.domain.codes import Phase
from setfair.errors import HouseError, PhaseError
from setfair.screening.in_force import FileLists
from setfair.store.memory import MemoryStore
from tests.houses import DAY, adopt_text, obligation, obligations, ticking_clock, usual_agreement


@pytest.fixture
def house(lists: FileLists) -> ClearingHouse:
    """A house with an agreement in force and every day closed."""
    opened = ClearingHouse(MemoryStore(), lists, ticking_clock())
    adopt_text(opened, usual_agreement())
    return opened


def phases(house: ClearingHouse) -> dict[str, Phase]:
    """Return the phase of each currency."""
    return {code: business_day.phase_of(house, code) for code in ("KES", "UGX")}


def test_a_day_from_open_to_closed(house: ClearingHouse) -> None:
    """Open, customers' cut-off, institutions' cut-off, closed; all currencies in the agreement's order."""
    assert business_day.business_date_of(house, "KES") is None
    assert business_day.open_day(house) == [("KES", Phase.OPEN), ("UGX", Phase.OPEN)]
    assert business_day.business_date_of(house, "KES") == DAY
    assert business_day.cut_off(house) == [("KES", Phase.CUSTOMER_CUTOFF), ("UGX", Phase.CUSTOMER_CUTOFF)]
    assert business_day.cut_off(house) == [("KES", Phase.INTERBANK_CUTOFF), ("UGX", Phase.INTERBANK_CUTOFF)]
    with pytest.raises(PhaseError, match="no currency is before its cut-off"):
        business_day.cut_off(house)
    assert business_day.close_day(house) == [("KES", Phase.CLOSED), ("UGX", Phase.CLOSED)]
    with pytest.raises(PhaseError, match="the day is closed already"):
        business_day.close_day(house)
    assert business_day.business_date_of(house, "KES") == DAY


def test_one_currency_goes_ahead(house: ClearingHouse) -> None:
    """What is chosen moves, the rest stays, and closing all takes each from where it is."""
    business_day.open_day(house, DAY)
    assert business_day.cut_off(house, ["UGX"]) == [("UGX", Phase.CUSTOMER_CUTOFF)]
    assert phases(house) == {"KES": Phase.OPEN, "UGX": Phase.CUSTOMER_CUTOFF}
    assert business_day.close_day(house, ["KES"]) == [("KES", Phase.CLOSED)]
    assert business_day.close_day(house) == [("UGX", Phase.CLOSED)]


def test_opening_twice_is_refused(house: ClearingHouse) -> None:
    """The day is open: it can only move on."""
    business_day.open_day(house)
    with pytest.raises(PhaseError, match="KES is OPEN"):
        business_day.open_day(house)


def test_a_weekend_is_no_business_day(house: ClearingHouse) -> None:
    """Neither for all nor for a chosen currency."""
    with pytest.raises(PhaseError, match="2026-01-10 is no business day of any currency"):
        business_day.open_day(house, date(2026, 1, 10))
    with pytest.raises(PhaseError, match="2026-01-10 is no business day of KES"):
        business_day.open_day(house, date(2026, 1, 10), ["KES"])


@pytest.mark.parametrize("call", [business_day.cut_off, business_day.close_day, business_day.run_cycles])
def test_an_unknown_currency_is_named(house: ClearingHouse, call: object) -> None:
    """With those that there are."""
    with pytest.raises(HouseError, match="TZS is not a currency of the agreement; it has KES, UGX"):
        call(house, ["KES", "TZS"])  # type: ignore[operator]


def test_without_an_agreement(lists: FileLists) -> None:
    """Nothing to open."""
    with pytest.raises(HouseError, match="adopt one first"):
        business_day.open_day(ClearingHouse(MemoryStore(), lists, ticking_clock()))


def test_cycles_take_the_business_day(house: ClearingHouse) -> None:
    """What is due on the open day or before is set off; what is due later stays whole."""
    business_day.open_day(house)
    later = {"due_date": date(2026, 1, 6)}
    house.submit(
        obligations(
            obligation("1", "A", "B", 9),
            obligation("2", "B", "A", 5, due_date=DAY),
            obligation("3", "B", "A", 4, **later),
        )
    )
    assert business_day.run_cycles(house) == ["KES", "UGX"]
    remaining = house.state.books.obligations["remaining"][:3].tolist()
    assert remaining == [4, 0, 4]
    assert business_day.run_cycles(house, ["KES"], date(2026, 1, 6)) == ["KES"]
    assert house.state.books.obligations["remaining"][:3].tolist() == [0, 0, 0]


@pytest.mark.parametrize(
    ("days", "expected"), [(1, date(2026, 1, 2)), (2, date(2026, 1, 1)), (5, date(2025, 12, 29))]
)
def test_the_memory_counts_business_days(days: int, expected: date) -> None:
    """A weekend is not counted."""
    agreement = load_agreement(usual_agreement(identity_memory_days=str(days)))
    assert business_day.first_remembered_day(agreement, "KES", DAY) == expected
