"""Netting and its plain twin agree record by record, and what no netting may break holds."""

from __future__ import annotations

from collections import Counter
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings

from setfair.domain.codes import Mechanism, Phase, Reason, RecordKind, Status
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.invariants import check_books
from tests.reference.net_days import NetDay, net_days, play_net_day, seeded_net_day
from tests.reference.netting import NettingHouse
from tests.reference.netting_engine import NettingEngine
from tests.reference.words import Record
from tests.uncompiled import compiled_only, share

DAYS_A_SLICE = share(100)
SLICES = 5


def check_net_day(day: NetDay) -> list[Record]:
    """Play a day through both houses and compare every record, balance and obligation."""
    reference, engine = (
        NettingHouse.clearing_of(day.spec, day.clearing),
        NettingEngine(day.spec, day.clearing),
    )
    told: list[Record] = []
    for ours, theirs in zip(play_net_day(reference, day), play_net_day(engine, day), strict=True):
        assert theirs == ours
        balances = [engine.balance_of(account) for account in range(len(day.spec.accounts))]
        assert balances == reference.books.balance
        assert engine.remaining() == [one.remaining for one in reference.obligations]
        if ours[0][0] == "cycle":
            check_cycle(reference, ours[1])
            told += ours[1]
    check_books(engine.books)
    return told


def check_cycle(house: NettingHouse, records: list[Record]) -> None:
    """Check one cycle by its records alone: sums, floors, all or none."""
    by_kind: dict[RecordKind, list[Record]] = {}
    for record in records:
        by_kind.setdefault(record.kind, []).append(record)
    legs = [r for r in by_kind.get(RecordKind.SETTLED, []) if r.mechanism is Mechanism.NETTING]
    positions = [r for r in by_kind.get(RecordKind.NET_POSITION, []) if r.status is Status.ACSC]
    moved: Counter[int] = Counter()
    for leg in legs:
        moved[leg.debtor] -= leg.amount
        moved[leg.creditor] += leg.amount
    net = {r.debtor: r.creditor_balance_after - r.amount for r in positions}
    assert sum(net.values()) == 0
    assert {account: amount for account, amount in net.items() if amount} == dict(moved)
    out = {r.debtor for r in by_kind.get(RecordKind.LEFT_OUT, [])}
    assert out.isdisjoint(net)
    assert out.isdisjoint(moved)
    _check_legs(house, legs, len([amount for amount in net.values() if amount]))
    netted = {r.subject_number: r for r in by_kind.get(RecordKind.NETTED, [])}
    assert all(r.debtor_balance_after == 0 and r.status is Status.ACSC for r in netted.values())
    assert sum(r.amount for r in netted.values()) == sum(r.amount for r in positions)
    for one in house.obligations:
        assert one.number not in netted or one.remaining == 0


def _check_legs(house: NettingHouse, legs: list[Record], accounts: int) -> None:
    if not any(leg.debtor in _limited(house) for leg in legs):
        assert len(legs) <= max(0, accounts - 1)
    for leg in legs:
        spec = house.accounts[leg.debtor]
        assert spec.is_agent or leg.debtor_balance_after >= -spec.credit_line
        assert leg.creditor_balance_after <= BALANCE_MAX_MINOR


def _limited(house: NettingHouse) -> set[int]:
    return {debtor for debtor, _ in house.books.bilateral} | set(house.books.multilateral)


@cache
def play_slice(part: int) -> list[list[Record]]:
    """Check the days of a slice, and return the records of the cycles of each."""
    days = range(part * DAYS_A_SLICE, (part + 1) * DAYS_A_SLICE)
    return [check_net_day(seeded_net_day(seed)) for seed in days]


@pytest.mark.parametrize("part", range(SLICES))
def test_seeded_days(part: int) -> None:
    """Five hundred seeded days, in slices."""
    assert len(play_slice(part)) == DAYS_A_SLICE


@given(net_days())
@settings(max_examples=share(50), deadline=None, suppress_health_check=list(HealthCheck))
def test_days_that_hypothesis_finds(day: NetDay) -> None:
    """Days that hypothesis draws and shrinks."""
    check_net_day(day)


@compiled_only
def test_the_days_are_lively() -> None:
    """Every kind of record, every reason to be left out and a release by a netting occur on days enough."""
    seeded = [records for part in range(2) for records in play_slice(part)]
    kinds = Counter(kind for records in seeded for kind in {r.kind for r in records})
    reasons = Counter(
        reason
        for records in seeded
        for reason in {r.reason for r in records if r.kind is RecordKind.LEFT_OUT}
    )
    for kind in (
        RecordKind.NET_POSITION,
        RecordKind.LEFT_OUT,
        RecordKind.LEFT_DUE,
        RecordKind.NETTED,
        RecordKind.NETTING_RUN,
        RecordKind.SET_OFF,
    ):
        assert kinds[kind] >= 40
    for reason in (Reason.INSUFFICIENT_FUNDS, Reason.BEHIND_IN_QUEUE, Reason.LIMIT_REACHED):
        assert reasons[reason] >= 4, reasons
    mechanisms = Counter(m for records in seeded for m in {r.mechanism for r in records})
    assert mechanisms[Mechanism.NETTING] >= 60
    assert mechanisms[Mechanism.RELEASE] >= 10
    several = [
        records
        for records in seeded
        if any(r.kind is RecordKind.NETTING_RUN and r.creditor_balance_after >= 3 for r in records)
    ]
    assert len(several) >= 20
    closed = [r for records in seeded for r in records if r.reason is Reason.DAY_NOT_OPEN]
    assert closed
    assert Phase.CLOSED == 0
