"""Run a decision table of netting against a house that clears."""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Protocol, TypeAlias

from setfair.domain.codes import Mechanism, Reason, RecordKind
from tests.reference.netting import ClearingSpec, Obligation
from tests.reference.play import House
from tests.reference.words import HouseSpec, Record
from tests.tables.parse_netting import Cycle, NetScenario, Owe
from tests.tables.run import ScenarioRun


class ClearingHouse(House, Protocol):
    """What a table asks of a house."""

    def owe(self, obligations: list[Obligation]) -> None: ...

    def run_cycle(self, currency: int, day: int) -> list[Record]: ...


Factory: TypeAlias = Callable[[HouseSpec, ClearingSpec], ClearingHouse]


def run_net_scenario(scenario: NetScenario, factory: Factory) -> None:
    """Run all of a scenario."""
    house = factory(scenario.table.spec, scenario.clearing())
    run = ScenarioRun(scenario.table, lambda _: house)
    labels: list[str] = []
    numbers: dict[int, str] = {}
    remaining: dict[str, int] = {}
    for play in scenario.plays:
        if isinstance(play, Owe):
            house.owe([copy(play.obligation)])
            labels.append(play.label)
            remaining[play.label] = play.obligation.amount
        elif isinstance(play, Cycle):
            records = house.run_cycle(play.currency, play.date)
            _name(records, scenario, numbers)
            for record in records:
                if record.kind in (RecordKind.SET_OFF, RecordKind.NETTED):
                    remaining[numbers[record.subject_number]] = record.debtor_balance_after
            check_cycle(play, records, numbers, remaining)
            run.step(play.step)
        else:
            run.step(play)


def _name(records: list[Record], scenario: NetScenario, numbers: dict[int, str]) -> None:
    """Find the numbers of obligations by their parties: a pair of parties stands once in a scenario."""
    owed = [play for play in scenario.plays if isinstance(play, Owe)]
    by_pair = {(one.obligation.debtor, one.obligation.creditor): one.label for one in owed}
    assert len(by_pair) == len(owed)
    for record in records:
        if record.kind in (RecordKind.SET_OFF, RecordKind.NETTED):
            numbers[record.subject_number] = by_pair[record.debtor, record.creditor]


def check_cycle(
    cycle: Cycle, records: list[Record], numbers: dict[int, str], remaining: dict[str, int]
) -> None:
    """Compare all that the table says of one cycle."""
    where = f"line {cycle.step.line}"
    of: dict[RecordKind, list[Record]] = {}
    for record in records:
        of.setdefault(record.kind, []).append(record)
    legs = [
        (one.debtor, one.creditor, one.amount)
        for one in of.get(RecordKind.SETTLED, [])
        if one.mechanism is Mechanism.NETTING
    ]
    assert (where, legs) == (where, cycle.legs)
    left = [(one.debtor, one.reason, one.amount, one.creditor) for one in of.get(RecordKind.LEFT_OUT, [])]
    assert (where, left) == (where, cycle.left)
    due = [
        (one.debtor, one.creditor, one.amount, one.creditor_balance_after)
        for one in of.get(RecordKind.LEFT_DUE, [])
    ]
    assert (where, due) == (where, cycle.due)
    netted = [numbers[one.subject_number] for one in of.get(RecordKind.NETTED, [])]
    assert (where, netted) == (where, cycle.netted)
    found = {label: remaining[label] for label in cycle.remains}
    assert (where, found) == (where, cycle.remains)
    closed = [one.reason for one in of.get(RecordKind.NETTING_RUN, [])] == [Reason.DAY_NOT_OPEN]
    assert (where, closed) == (where, cycle.closed)
