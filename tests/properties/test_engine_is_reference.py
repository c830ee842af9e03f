"""The compiled engine and its plain twin agree record by record on thousands of random days."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

from setfair.domain.codes import Mechanism, RecordKind
from setfair.engine.invariants import check_books
from tests.reference.days import DEFECTS, Day, days, seeded_day
from tests.reference.engine import EngineHouse
from tests.reference.invariants import Watcher
from tests.reference.play import play
from tests.reference.settlement import ReferenceHouse
from tests.reference.words import ENGINE_REASONS, Record
from tests.uncompiled import compiled_only, share

DAYS_A_SLICE = share(400)
SLICES = 5


def check_agreement(day: Day) -> list[Record]:
    """Play a day through both houses under watch, compare every outcome and record; return the records."""
    reference, engine = ReferenceHouse.of(day.spec), EngineHouse(day.spec)
    watcher, told = Watcher(day.spec), []
    for ours, theirs in zip(play(reference, day), play(engine, day), strict=True):
        watcher.after(*ours)
        assert theirs == ours
        told += ours[2]
    balances = [engine.balance_of(account) for account in range(len(day.spec.accounts))]
    assert balances == reference.books.balance
    check_books(engine.books)
    return told


@cache
def play_slice(part: int) -> list[list[Record]]:
    """Check the days of a slice, and return the records of each."""
    return [
        check_agreement(seeded_day(seed)) for seed in range(part * DAYS_A_SLICE, (part + 1) * DAYS_A_SLICE)
    ]


def all_slices() -> list[list[Record]]:
    """Return the records of each seeded day."""
    return [records for part in range(SLICES) for records in play_slice(part)]


@pytest.mark.parametrize("part", range(SLICES))
def test_seeded_days(part: int) -> None:
    """Two thousand seeded days, in slices."""
    assert len(play_slice(part)) == DAYS_A_SLICE


@given(days())
@settings(max_examples=share(100), deadline=None, suppress_health_check=list(HealthCheck))
def test_days_that_hypothesis_finds(day: Day) -> None:
    """Days that hypothesis draws and shrinks."""
    check_agreement(day)


@compiled_only
def test_every_reason_that_the_rules_name_occurs() -> None:
    """Over the seeded days every reason of the rules and every defect occurs, each on 20 days or more."""
    seeded_records = all_slices()
    found = Counter(reason for records in seeded_records for reason in {r.reason for r in records})
    rare = {reason.name for reason in ENGINE_REASONS | set(DEFECTS) if found[reason] < 20}
    assert rare == set()


@compiled_only
def test_no_other_reason_occurs() -> None:
    """The engine gives only reasons that are listed as its own, or passes a defect on."""
    seeded_records = all_slices()
    found = {record.reason for records in seeded_records for record in records if record.reason}
    assert found - ENGINE_REASONS - set(DEFECTS) == set()


@compiled_only
def test_every_mechanism_and_kind_of_record_occurs() -> None:
    """Over the seeded days every way to settle and every record of settlement occurs often."""
    seeded_records = all_slices()
    mechanisms = Counter(record.mechanism for records in seeded_records for record in records)
    kinds = Counter(record.kind for records in seeded_records for record in records)
    expected = {
        RecordKind.SETTLED,
        RecordKind.QUEUED,
        RecordKind.REJECTED,
        RecordKind.HELD,
        RecordKind.CANCELLED,
        RecordKind.CANCELLATION_ANSWERED,
        RecordKind.PHASE_CHANGED,
        RecordKind.DISPOSITION,
        RecordKind.LINK_PENDING,
        RecordKind.LINK_MATCHED,
        RecordKind.EXPIRY_RUN,
        RecordKind.OFFSETTING_RUN,
        RecordKind.TERM_PROPOSED,
        RecordKind.TERM_DECIDED,
        RecordKind.TERM_CHANGED,
        RecordKind.QUEUE_CHANGED,
        RecordKind.PARKED,
        RecordKind.EXTENSION_PROPOSED,
        RecordKind.EXTENSION_DECIDED,
        RecordKind.CUTOFF_EXTENDED,
    }
    payments = set(Mechanism) - {Mechanism.NETTING, Mechanism.SUB_ACCOUNT}
    assert min(mechanisms[mechanism] for mechanism in payments) >= 100
    assert mechanisms[Mechanism.SUB_ACCOUNT] >= 50
    assert set(kinds) == expected
    assert min(kinds.values()) >= 500


@compiled_only
def test_cascades_and_sets_of_several_payments_occur() -> None:
    """Some causes release three payments or more, and some offsets settle three or more together."""
    seeded_records = all_slices()
    released, offset = 0, 0
    for records in seeded_records:
        by_cause = Counter((r.cause_number, r.mechanism) for r in records if r.kind is RecordKind.SETTLED)
        released += sum(n >= 3 for (_, mechanism), n in by_cause.items() if mechanism is Mechanism.RELEASE)
        offset += sum(
            n >= 3 for (_, mechanism), n in by_cause.items() if mechanism is Mechanism.BILATERAL_OFFSET
        )
    assert released >= 100
    assert offset >= 20


@compiled_only
def test_links_move_and_days_open_by_the_clock() -> None:
    """Over the seeded days legs move with the one that was named, and days open by the clock."""
    moved = Counter(
        (place, record.subject_number)
        for place, records in enumerate(all_slices())
        for record in records
        if record.kind is RecordKind.QUEUE_CHANGED
    )
    assert sum(count > 1 for count in moved.values()) >= 50
    steps = [step[0] for seed in range(DAYS_A_SLICE) for step in seeded_day(seed).steps]
    assert steps.count("wake") >= 10
