"""The compiled engine and its plain twin agree record by record on thousands of random days."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, given, settings

from setfair.engine.invariants import check_books
from tests.reference.days import Day, days, seeded_day
from tests.reference.engine import EngineHouse
from tests.reference.play import play
from tests.reference.settlement import ReferenceHouse
from tests.uncompiled import share

DAYS_A_SLICE = share(300)
SLICES = 6


def check_agreement(day: Day) -> None:
    """Play a day through both houses and compare every outcome, record and balance."""
    reference, engine = ReferenceHouse.of(day.spec), EngineHouse(day.spec)
    for ours, theirs in zip(play(reference, day), play(engine, day), strict=True):
        assert theirs == ours
    balances = [engine.balance_of(account) for account in range(len(day.spec.accounts))]
    assert balances == reference.books.balance
    check_books(engine.books)


@pytest.mark.parametrize("part", range(SLICES))
def test_seeded_days(part: int) -> None:
    """Eighteen hundred seeded days, in slices that can run side by side."""
    for seed in range(part * DAYS_A_SLICE, (part + 1) * DAYS_A_SLICE):
        check_agreement(seeded_day(seed))


@given(days())
@settings(max_examples=share(100), deadline=None, suppress_health_check=list(HealthCheck))
def test_days_that_hypothesis_finds(day: Day) -> None:
    """Days that hypothesis draws and shrinks."""
    check_agreement(day)
