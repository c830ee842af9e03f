"""The reference itself: invariants over seeded days, coverage of its reasons, and that the watcher bites."""

from __future__ import annotations

from dataclasses import replace
from functools import cache

import pytest

from setfair.domain.codes import (
    InstructionKind,
    Phase,
    Priority,
    Reason,
    Screening,
    Status,
)
from tests.reference.days import Day, seeded_day
from tests.reference.invariants import Watcher
from tests.reference.play import play, take_step
from tests.reference.settlement import OFFSET_LOOK_MAX, ReferenceHouse
from tests.reference.words import (
    AccountSpec,
    HouseSpec,
    Instruction,
    LimitSpec,
    Outcome,
)


@cache
def day_of(seed: int) -> Day:
    """Return the day of a seed, drawn once; it is only read."""
    return seeded_day(seed)


def watch(house: ReferenceHouse, day: Day) -> None:
    """Play a day under watch."""
    watcher = Watcher(day.spec)
    for step, outcomes, records in play(house, day):
        watcher.after(step, outcomes, records)


def test_the_watcher_finds_nothing_in_a_whole_house() -> None:
    """No seeded day brings a house into contradiction with itself; those that hypothesis draws are watched
    where the engine plays them too.
    """
    for seed in range(300):
        watch(ReferenceHouse.of(day_of(seed).spec), day_of(seed))


@pytest.mark.parametrize("seed", range(60))
def test_batches_do_not_matter(seed: int) -> None:
    """The same instructions in batches of one leave the same records."""
    day = day_of(seed)
    batched, single = ReferenceHouse.of(day.spec), ReferenceHouse.of(day.spec)
    for step, _, records in play(batched, day):
        if step[0] != "submit":
            assert take_step(single, step) == ([], records)
            continue
        assert [record for row in step[1] for record in single.submit([row])[1]] == records


def test_the_same_seed_gives_the_same_day() -> None:
    """A day depends on its seed alone."""
    assert seeded_day(7) == seeded_day(7)
    assert seeded_day(7) != seeded_day(8)


def test_resubmitting_a_day_moves_nothing() -> None:
    """Every row with an identity that is sent again within memory is answered as a repeat."""
    for seed in range(40):
        day = day_of(seed)
        house = ReferenceHouse.of(replace(day.spec, identity_days=None))
        for _ in play(house, day):
            pass
        rows = [
            row for step in day.steps if step[0] == "submit" for row in step[1] if row.identity is not None
        ]
        outcomes, records = house.submit(rows)
        assert records == []
        assert all(outcome.repeated for outcome in outcomes)


class _NoCascade(ReferenceHouse):
    def cascade(self, start: list[int], cause: int) -> None:
        pass


class _LastInFirstOut(ReferenceHouse):
    def _enqueue(self, entry, blocked, cause):  # type: ignore[no-untyped-def]
        super()._enqueue(entry, blocked, cause)
        self.queue[entry.instruction.debtor].sort(reverse=True)


class _NoQueueOrder(ReferenceHouse):
    def is_blocked(self, row: Instruction) -> bool:
        return False


class _NoCutoff(ReferenceHouse):
    def reject(self, entry, reason, cause):  # type: ignore[no-untyped-def]
        if reason.name != "QUEUED_AT_CUTOFF":
            super().reject(entry, reason, cause)


class _NoReturnSum(ReferenceHouse):
    def _count_return(self, entry) -> None:  # type: ignore[no-untyped-def]
        pass


class _PaysTwice(ReferenceHouse):
    def settle(self, entry, mechanism, cause):  # type: ignore[no-untyped-def]
        super().settle(entry, mechanism, cause)
        if cause % 50 == 0:
            super().settle(entry, mechanism, cause)


class _NoFloor(ReferenceHouse):
    def __init__(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.books.has_cover = lambda *_: True  # type: ignore[method-assign]


class _NoLimits(ReferenceHouse):
    def __init__(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.books.within_limits = lambda *_: True  # type: ignore[method-assign]


class _PaysHalfALink(ReferenceHouse):
    def settle(self, entry, mechanism, cause):  # type: ignore[no-untyped-def]
        if entry.instruction.legs == 2 and entry.instruction.debtor % 2:
            entry.status = Status.RCVD
            self.reject(entry, Reason.LINK_BROKEN, cause)
        else:
            super().settle(entry, mechanism, cause)


class _StaleOutcomes(ReferenceHouse):
    def submit(self, instructions):  # type: ignore[no-untyped-def]
        outcomes, records = super().submit(instructions)
        return [Outcome(o.number, Status.RCVD, o.reason, o.mechanism, o.repeated) for o in outcomes], records


class _OnePersonIsEnough(ReferenceHouse):
    def change_term(self, command):  # type: ignore[no-untyped-def]
        if command.kind is InstructionKind.TERM_APPROVAL and command.target in self.terms.waiting:
            change = self.terms.waiting[command.target]
            self.terms.waiting[command.target] = replace(change, asked=replace(change.asked, person=99))
        return super().change_term(command)


class _LendsOverNight(ReferenceHouse):
    def open_day(self, currency, date):  # type: ignore[no-untyped-def]
        kept = list(self.books.credit_line)
        records = super().open_day(currency, date)
        self.books.credit_line = [line + 40 for line in kept]
        return records


class _LetsNothingGo(ReferenceHouse):
    def change_term(self, command):  # type: ignore[no-untyped-def]
        self.cascade = lambda *_: None  # type: ignore[method-assign]
        records = super().change_term(command)
        del self.cascade
        return records


class _LetsTimesPass(ReferenceHouse):
    def expire(self, now):  # type: ignore[no-untyped-def]
        self.schedule.let_times_pass = lambda *_: None  # type: ignore[method-assign]
        return super().expire(now)


class _PaysTooEarly(ReferenceHouse):
    def __init__(self, *args, **kwargs):  # type: ignore[no-untyped-def]
        super().__init__(*args, **kwargs)
        self.schedule.enter = lambda _: Reason.NONE  # type: ignore[method-assign]


class _AnybodyReorders(ReferenceHouse):
    def change_queue(self, command):  # type: ignore[no-untyped-def]
        return super().change_queue(replace(command, person=0))


@pytest.mark.parametrize(
    "broken",
    [
        _NoCascade,
        _LastInFirstOut,
        _NoQueueOrder,
        _NoCutoff,
        _NoReturnSum,
        _PaysTwice,
        _NoFloor,
        _NoLimits,
        _PaysHalfALink,
        _StaleOutcomes,
        _OnePersonIsEnough,
        _LendsOverNight,
        _LetsNothingGo,
        _LetsTimesPass,
        _PaysTooEarly,
        _AnybodyReorders,
    ],
)
def test_the_watcher_finds_a_house_that_breaks_a_rule(broken: type[ReferenceHouse]) -> None:
    """A house with one rule taken out is found out within 300 seeded days."""
    assert any(_is_found_out(broken, day_of(seed)) for seed in range(300))


def _is_found_out(broken: type[ReferenceHouse], day: Day) -> bool:
    try:
        watch(broken.of(day.spec), day)
    except AssertionError:
        return True
    return False


def _pay(identity: int, debtor: int, creditor: int, amount: int) -> Instruction:
    kind = InstructionKind.INSTITUTION_PAYMENT
    return Instruction(kind, identity, identity, debtor, creditor, amount, Priority.NORMAL, Screening.CLEAR)


@pytest.mark.parametrize("discipline", ["ordered", "bypass"])
@pytest.mark.parametrize(
    ("queued", "status"), [(OFFSET_LOOK_MAX, Status.ACSC), (OFFSET_LOOK_MAX + 1, Status.ACSP)]
)
def test_offsetting_looks_at_so_many_queued_payments_and_no_more(
    discipline: str, queued: int, status: Status
) -> None:
    """A payment that only the 256th queued payment can cover settles; with the 257th it waits."""
    spec = HouseSpec((AccountSpec(0, is_agent=True), AccountSpec(0), AccountSpec(0)), discipline=discipline)  # type: ignore[arg-type]
    house = ReferenceHouse.of(spec)
    house.open_day(0, 1)
    house.submit([_pay(n, 2, 1, 1) for n in range(1, queued + 1)])
    outcomes, records = house.submit([_pay(queued + 1, 1, 2, queued)])
    assert outcomes[0].status is status
    assert len(records) == (queued + 1 if status is Status.ACSC else 1)


def test_bypass_counts_what_it_passes_over() -> None:
    """Queued payments to others use up the look as well: the 257th in the queue is not seen."""
    accounts = (AccountSpec(0, is_agent=True), AccountSpec(0), AccountSpec(0), AccountSpec(0))
    house = ReferenceHouse.of(HouseSpec(accounts, discipline="bypass"))
    house.open_day(0, 1)
    house.submit([_pay(n, 2, 3, 1) for n in range(1, OFFSET_LOOK_MAX + 1)])
    house.submit([_pay(1000, 2, 1, 5)])
    outcomes, _ = house.submit([_pay(1001, 1, 2, 5)])
    assert outcomes[0].status is Status.ACSP


def test_a_phase_that_does_not_follow_is_refused() -> None:
    """A closed day cannot be cut off, and nothing changes by the attempt."""
    house = ReferenceHouse([AccountSpec(0)], [LimitSpec(0, -1, 5)], "ordered", 5, 2)
    with pytest.raises(ValueError, match="CLOSED does not move to INTERBANK_CUTOFF"):
        house.move_phase(0, Phase.INTERBANK_CUTOFF)
    assert house.last_number == 0
