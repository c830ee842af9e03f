"""Hands a plan to a real house on disk, session by session, and compares what is there with the reference."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import lru_cache
from pathlib import Path
from random import Random

from setfair.audit.audit import Audit, fresh_audit, run_audit
from setfair.domain.codes import InstructionKind
from setfair.domain.instants import to_instant
from setfair.house import House, init_house, open_house
from setfair.journal_writer import PAGES_AHEAD
from setfair.screening.in_force import FileLists
from setfair.store.sqlite import connect
from tests.houses import lists_in, obligations, payments, write_signed
from tests.reference.days import FIRST_DATE
from tests.torture.days import (
    CURRENCIES,
    NO_INSTRUCTION,
    PEOPLE,
    Expected,
    Plan,
    Step,
    business_date,
    payment_row,
    remember_from,
)

SECOND = 10**9
MORNING = to_instant(datetime(2026, 1, 5, 4, 0, tzinfo=UTC))
COMPLETED = 0.2
"""Share of the runs that go on to the end of the day."""
EVERY_ROW = 0.25
"""Share of the comparisons in which the audit compares every row of the tables and the file, too."""
AHEAD = PAGES_AHEAD + 1
"""Steps that may be durable before the house has said so."""
FORWARD_MAX, BACK_MAX = 600 * SECOND, 599 * SECOND
"""How far the clock jumps within a day: back by less than what the house refuses."""

_PAYMENTS = "SELECT payment_number, status, reason, mechanism FROM payment_row ORDER BY payment_number"
_BALANCES = "SELECT balance_minor FROM account_row ORDER BY account_number"


class WrongError(Exception):
    """The house is not as it must be: what a run is there to find."""


def must(holds: bool, what: str) -> None:
    """Go on if it is as it must be."""
    if not holds:
        raise WrongError(what)


class JumpingClock:
    """A clock that goes on by itself, and now and then jumps forward or back."""

    def __init__(self, random: Random, start: int = MORNING) -> None:
        self._random = random
        self.moment = start

    def __call__(self) -> int:
        self.moment += self._random.randint(0, SECOND)
        chance = self._random.random()
        if chance < 0.03:
            self.moment += self._random.randint(0, FORWARD_MAX)
        elif chance < 0.06:
            return self.moment - self._random.randint(0, BACK_MAX)
        return self.moment


@dataclass(frozen=True, slots=True)
class Mark:
    """A step was acknowledged when the disk had done so many operations."""

    operations: int
    step: int
    """Steps that are done by then."""
    page: int
    """The last page of these steps."""


@dataclass(slots=True)
class Played:
    """A plan that was played without a fault: what later runs are compared with."""

    plan: Plan
    marks: list[Mark] = field(default_factory=list)
    roots: dict[int, bytes] = field(default_factory=dict)
    """By page, the root of the tree."""

    def pages_after(self, step: int) -> int:
        """Return the last page after so many steps."""
        return self.marks[step].page

    def steps_on(self, page: int) -> int:
        """Return how many steps are whole when this is the last page."""
        return max(mark.step for mark in self.marks if mark.page <= page)


def new_house(folder: Path, plan: Plan) -> Path:
    """Make the house of a plan in `folder / "house"`."""
    folder.mkdir(parents=True, exist_ok=True)
    house = folder / "house"
    init_house(house, write_signed(folder, plan.text), lambda: MORNING)
    return house


def take_steps(house: House, plan: Plan, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Ask the house for steps of the plan; yield the number of each, and its page, when it is acknowledged.

    Several are of payments, and are asked for together; any other is asked for alone. The page is 0 where a
    step made none.
    """
    if plan.steps[numbers[0]].kind == "rows":
        yield from _submit(house, plan, numbers)
        return
    _command(house, plan, plan.steps[numbers[0]])
    yield numbers[0], house.clearing_house.state.page_number


def _command(house: House, plan: Plan, step: Step) -> None:
    way_in = house.clearing_house
    if step.kind == "open":
        day, first = business_date(step.date), remember_from(plan, step.date)
        way_in.open_day(_currency(plan, step), day, first)
    elif step.kind == "phase":
        way_in.change_phase(_currency(plan, step), step.phase)
    elif step.kind == "decision":
        _decide(house, plan, step)
    elif step.kind == "obligations":
        way_in.submit(obligations(*step.documents))
    else:
        way_in.run_cycle(CURRENCIES[0], business_date(FIRST_DATE + 30))


def _currency(plan: Plan, step: Step) -> str:
    return CURRENCIES[step.currency]


def _decide(house: House, plan: Plan, step: Step) -> None:
    row = step.rows[0]
    house.clearing_house.decide_held(
        plan.numbers.get(row.target, NO_INSTRUCTION),
        PEOPLE.get(row.person, "nobody"),
        "as the rehearsal says",
        release=row.kind is InstructionKind.RELEASE,
    )


def _submit(house: House, plan: Plan, numbers: Sequence[int]) -> Iterator[tuple[int, int]]:
    """Submit the rows of steps, of which some are decided while others are made durable; yield each."""
    batches = [payments(*(payment_row(plan, row) for row in plan.steps[number].rows)) for number in numbers]
    for number, (_, outcome) in zip(numbers, house.clearing_house.submit_each(batches), strict=True):
        rows = outcome.rows
        for known, found in zip(plan.outcomes[number], rows["number"].tolist(), strict=True):
            must(plan.numbers.setdefault(known, found) == found, f"step {number}: another number was given")
        after = plan.expected[number + 1].entries
        for known, row in zip(plan.outcomes[number], rows, strict=True):
            told = (int(row["status"]), int(row["reason"]), int(row["mechanism"]))
            must(told == after[known], f"step {number}: {told} instead of {after[known]}")
        yield number, outcome.page.number if outcome.page is not None else 0


@lru_cache
def shared_lists() -> FileLists:
    """Return the lists of every house here, which have the same content, so that they are read once."""
    return lists_in(Path(tempfile.mkdtemp()))


def play_session(
    folder: Path,
    plan: Plan,
    steps: range,
    random: Random,
    *,
    clock: Callable[[], int],
    on_step: Callable[[int, int], None],
) -> None:
    """Open the house, take some steps, and close it; now and then do what else a house does."""
    with open_house(folder, clock) as house:
        house.clearing_house._lists = shared_lists()
        if isinstance(clock, JumpingClock):
            clock.moment = max(clock.moment, house.clearing_house.state.last_time)
        if random.random() < 0.7:
            pages = random.choice((1, 4, 16, 64))
            with house.store.connection.cursor() as cursor:
                cursor.execute(f"PRAGMA wal_autocheckpoint={pages}")
        for together in _groups(plan, steps, random):
            for number, page in take_steps(house, plan, together):
                on_step(number, page)
            chance = random.random()
            if chance < 0.2:
                house.catch_up()
            elif chance < 0.25:
                house.clearing_house.checkpoint()


@dataclass(frozen=True, slots=True)
class Asked:
    """What a house must have after a fault."""

    least: int
    """Steps that were acknowledged."""
    most: int
    """Steps that may have become durable: see `AHEAD`."""
    is_anew: bool = False
    """Whether steps were asked for again: then the last page has another time and other salts."""


def _groups(plan: Plan, steps: Sequence[int], random: Random) -> Iterator[list[int]]:
    """Yield steps that are asked for together: now and then several of payments, else each alone."""
    waiting: list[int] = []
    for number in steps:
        if waiting and (plan.steps[number].kind != "rows" or random.random() < 0.4):
            yield waiting
            waiting = []
        waiting.append(number)
        if plan.steps[number].kind != "rows":
            yield waiting
            waiting = []
    if waiting:
        yield waiting


def compare(folder: Path, played: Played, asked: Asked, random: Random) -> int:
    """Open a house after a fault, as the next command would, and compare it; return the steps that are whole.

    Raises
    ------
    WrongError
        If anything that was acknowledged is not there, or anything is there twice, half, or wrong.
    SetfairError
        If the house says that it cannot be used.
    """
    with open_house(folder, lambda: MORNING + 3600 * 24 * SECOND) as house:
        state = house.clearing_house.state
        page, root = state.page_number, house.clearing_house.journal.tree.root
        must(
            played.pages_after(asked.least) <= page <= played.pages_after(asked.most),
            f"page {page} is the last; {played.pages_after(asked.least)} was acknowledged, "
            f"{played.pages_after(asked.most)} asked for",
        )
        steps = played.steps_on(page)
        must(
            asked.is_anew or played.roots.get(page) == root,
            f"page {page} has another root than it had",
        )
        compare_tables(house, played.plan, played.plan.expected[steps])
        balances = state.books.accounts["balance"].tolist()
        must(tuple(balances) == played.plan.expected[steps].balances, "the books have other balances")
    journal_only = random.random() >= EVERY_ROW
    found = audit(folder, journal_only=journal_only)
    must(found.finding is None, f"the audit finds: {found.finding}")
    must(found.compared_tables and found.compared_rows is not journal_only, "the tables were not compared")
    return steps


def compare_tables(house: House, plan: Plan, expected: Expected) -> None:
    """Compare what anybody can read with the reference."""
    rows = house.query(_PAYMENTS)
    there = {row["payment_number"]: (row["status"], row["reason"], row["mechanism"]) for row in rows}
    wanted = {plan.numbers[number]: entry for number, entry in expected.entries.items()}
    for number in wanted.keys() | there.keys():
        must(
            there.get(number) == wanted.get(number),
            f"payment {number}: {there.get(number)} instead of {wanted.get(number)}",
        )
    balances = tuple(row["balance_minor"] for row in house.query(_BALANCES))
    must(balances == expected.balances, f"the tables have other balances: {balances}")


def audit(folder: Path, *, journal_only: bool = False) -> Audit:
    """Audit a house's database."""
    done = fresh_audit()
    connection = connect(folder, read_only=True)
    try:
        key = (folder / "keys" / "house.pub").read_text()
        run_audit(done, connection, key, lambda page: None, journal_only=journal_only)
    finally:
        connection.close()
    return done


def complete(folder: Path, played: Played, done: int, random: Random) -> None:
    """In a share of the runs, ask for the rest of the plan and compare the end.

    The last step that is done is asked for again where that may be done: whoever had no answer does so.
    """
    if random.random() >= COMPLETED:
        return
    plan = played.plan
    first = done - 1 if done and plan.steps[done - 1].kind in ("rows", "obligations") else done
    clock = JumpingClock(random, MORNING)
    steps = range(first, len(plan.steps))
    play_session(folder, plan, steps, random, clock=clock, on_step=lambda number, page: None)
    compare(folder, played, Asked(len(plan.steps), len(plan.steps), is_anew=True), random)
