"""Cycles with money on random days: engine and plain twin agree record by record, and no rule breaks."""

from __future__ import annotations

from collections import Counter
from functools import cache
from random import Random

import pytest

from setfair.domain.codes import Mechanism, RecordKind, Status
from setfair.engine.cycle_terms import Funder
from setfair.engine.invariants import check_books
from tests.reference.money import MoneyEngine, MoneyHouse
from tests.reference.net_days import NetDay, seeded_net_day, take_action
from tests.reference.words import HouseSpec, Record
from tests.uncompiled import compiled_only, share

DAYS_A_SLICE = share(75)
SLICES = 4


def draw_money(rng: Random, spec: HouseSpec, currency: int, parties: int) -> list[Funder]:
    """Return funders of a cycle: for anyone, for some, for their own, or for nobody that is known."""
    accounts = [place for place, account in enumerate(spec.accounts) if account.currency == currency]
    chosen = rng.sample(accounts, rng.randint(1, len(accounts)))
    kinds: list[tuple[int, ...] | None] = [None, (), tuple(rng.sample(range(parties), 2)), (-1,)]
    return [Funder(each, rng.choice((0, 5, 30, 200)), rng.choice(kinds)) for each in sorted(chosen)]


def play(day: NetDay, seed: int) -> list[Record]:
    """Play a day through both houses, two of three cycles with money; return what those put on record."""
    house, engine = MoneyHouse.clearing_of(day.spec, day.clearing), MoneyEngine(day.spec, day.clearing)
    assert isinstance(house, MoneyHouse)
    rng, told = Random(seed), list[Record]()
    for action in day.actions:
        if action[0] == "cycle" and rng.random() < 0.67:
            money = draw_money(rng, day.spec, action[1], len(day.clearing.account_of[0]))
            ours = house.run_money_cycle(action[1], action[2], money)
            assert engine.run_money_cycle(action[1], action[2], money) == ours
            check_cycle(ours, money)
            told += ours
        else:
            assert take_action(engine, action) == take_action(house, action)
        balances = [engine.balance_of(account) for account in range(len(day.spec.accounts))]
        assert balances == house.books.balance
        assert engine.remaining() == [one.remaining for one in house.obligations]
    check_books(engine.books)
    return told


def check_cycle(records: list[Record], money: list[Funder]) -> None:
    """Check by its records alone that money is conserved: by account, by party and in all."""
    moved: Counter[int] = Counter()
    expected: Counter[int] = Counter()
    net: Counter[int] = Counter()
    given: Counter[int] = Counter()
    for record in records:
        if record.kind is RecordKind.SETTLED and record.mechanism is Mechanism.NETTING:
            moved[record.debtor] -= record.amount
            moved[record.creditor] += record.amount
        elif record.kind is RecordKind.FUNDED:
            expected[record.debtor] -= record.amount
            assert 0 <= record.amount <= record.debtor_balance_after <= record.creditor_balance_after
        elif record.kind is RecordKind.RECEIVED:
            expected[record.debtor] += record.amount
            net[record.creditor] -= record.amount
        elif record.kind is RecordKind.GIVEN:
            given[record.debtor] += record.amount
            net[record.creditor] += record.amount
        elif record.kind is RecordKind.SET_OFF:
            net[record.debtor] -= record.amount
            net[record.creditor] += record.amount
            assert record.status is (Status.ACSP if record.debtor_balance_after else Status.ACSC)
    assert not any(net.values()), "a net position changed by more than its money"
    assert {a: m for a, m in moved.items() if m} == {a: m for a, m in expected.items() if m}
    put_in = {each.account: 0 for each in money} | {
        record.debtor: record.amount for record in records if record.kind is RecordKind.FUNDED
    }
    assert {a: m for a, m in given.items() if m} == {a: m for a, m in put_in.items() if m}


@cache
def told_of(slice_number: int) -> tuple[Record, ...]:
    """Play the days of a slice once; return what cycles with money put on record."""
    told: list[Record] = []
    for seed in range(slice_number * DAYS_A_SLICE, (slice_number + 1) * DAYS_A_SLICE):
        told += play(seeded_net_day(seed), seed)
    return tuple(told)


@pytest.mark.parametrize("slice_number", range(SLICES))
def test_engine_and_twin_agree(slice_number: int) -> None:
    """Seventy-five days a slice, record by record."""
    assert told_of(slice_number)


@compiled_only
def test_money_is_lively() -> None:
    """Over all days money was used, stood before limits and empty accounts, and came from more than one."""
    told = [record for number in range(SLICES) for record in told_of(number)]
    runs = [record for record in told if record.kind is RecordKind.MONEY_RUN]
    funded = [record for record in told if record.kind is RecordKind.FUNDED]
    assert sum(record.amount > 0 for record in runs) > len(runs) // 10
    assert any(record.debtor_balance_after < record.creditor_balance_after for record in funded)
    assert any(record.creditor_balance_after > 1 for record in runs)
