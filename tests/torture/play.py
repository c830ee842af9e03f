"""Plays a plan in a real house on disk, session by session, and compares what is there with the reference."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from setfair.audit.audit import Audit, fresh_audit, run_audit
from setfair.backup.archive import archive_days
from setfair.domain.codes import InstructionKind
from setfair.engine.ledger import ALL_OTHERS
from setfair.errors import HouseError
from setfair.house import House, init_house, open_house
from setfair.house_state import HouseState
from setfair.journal_writer import PAGES_AHEAD
from setfair.store.sqlite import connect
from setfair.tables import open_tables
from tests.houses import write_signed
from tests.torture.ask import Numbers, WrongError, must, take_steps
from tests.torture.plan import Expected, ListState, Plan
from tests.torture.words import MORNING, SECOND, WINDOW, business_date, lists_for

__all__ = ["AHEAD", "MORNING", "SECOND", "Asked", "Found", "Mark", "Played", "WrongError", "must"]

COMPLETED = 0.13
"""Share of the runs that go on to the end of the day."""
EVERY_ROW = 0.12
"""Share of the comparisons in which the audit compares every row of the tables and the file, too."""
ARCHIVED = 0.4
"""Share of the sessions after which what is closed goes into the archive."""
AHEAD = PAGES_AHEAD + 1
"""Steps that may be durable before the house has said so."""
FORWARD_MAX, BACK_MAX = 600 * SECOND, 599 * SECOND
"""How far the clock jumps within a day: back by less than what the house refuses."""

_PAYMENTS = "SELECT payment_number, status, reason, mechanism FROM payment_row ORDER BY payment_number"
_BALANCES = "SELECT balance_minor, credit_line_minor FROM account_row ORDER BY account_number"
_REMAINING = (
    f"SELECT remaining_minor FROM obligation_row WHERE kind = {int(InstructionKind.OBLIGATION)} "
    "ORDER BY obligation_number"
)


class JumpingClock:
    """A clock that goes on, and now and then jumps forward or back within a time of the reference."""

    def __init__(self, random: Random, start: int = MORNING) -> None:
        self._random = random
        self.moment = self._first = start
        self._last = start + WINDOW - SECOND

    def go_to(self, time: int) -> None:
        """Move to a time of the reference."""
        self._first = MORNING + time * WINDOW
        self._last = self._first + WINDOW - SECOND
        self.moment = max(self.moment, self._first)

    def __call__(self) -> int:
        self.moment += self._random.randint(0, SECOND)
        chance = self._random.random()
        if chance < 0.03:
            self.moment += self._random.randint(0, FORWARD_MAX)
        self.moment = max(self._first, min(self.moment, self._last))
        if 0.03 <= chance < 0.06:
            return max(self._first, self.moment - self._random.randint(0, BACK_MAX))
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

    kinds: dict[int, str] = field(default_factory=dict)
    """By page, what it is of."""

    def steps_on(self, page: int) -> int:
        """Return how many steps are whole when this is the last page."""
        return max(mark.step for mark in self.marks if mark.page <= page)

    def last_page(self, step: int) -> int:
        """Return the last page that may be there when so many steps were asked for.

        A house looks what time has brought after it has taken something in, too: that is a page of its own.
        """
        page = self.pages_after(step)
        following = self.marks[step + 1].page if step + 1 < len(self.marks) else page + 2
        while page + 1 < following and self.kinds.get(page + 1) == InstructionKind.EXPIRY.name:
            page += 1
        return page

    def holds_between(self, step: int, page: int) -> int:
        """Return how many pages of a list that changes there are after a step, up to a page."""
        kinds = [self.kinds[each] for each in range(self.pages_after(step) + 1, page + 1)]
        return kinds.count(InstructionKind.SCREENING_HOLD.name)


@dataclass(frozen=True, slots=True)
class Asked:
    """What a house must have after a fault."""

    least: int
    """Steps that were acknowledged."""
    most: int
    """Steps that may have become durable: see `AHEAD`."""
    is_anew: bool = False
    """Whether steps were asked for again: then the last page has another time and other salts."""
    more_pages: int = 0
    """Pages that the house has beyond those of the day: of a step of several that was asked for again."""
    known: Numbers | None = None
    """Numbers of instructions; None: those of the day."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a house has after a fault."""

    steps: int
    """Steps that are whole."""
    more_pages: int = 0
    """Pages of the next step that are there too, and will be there twice: holds of a list that changes."""


def new_house(folder: Path, plan: Plan) -> Path:
    """Make the house of a plan in `folder / "house"`."""
    folder.mkdir(parents=True, exist_ok=True)
    house = folder / "house"
    init_house(house, write_signed(folder, plan.text), lambda: MORNING)
    with open_house(house, lambda: MORNING) as opened:
        # The first lists go on record now, and not with the first step.
        opened.clearing_house._lists = lists_for(ListState())
        opened.clearing_house._screener()
    return house


def play_session(
    folder: Path,
    plan: Plan,
    steps: range,
    random: Random,
    *,
    clock: Callable[[], int],
    on_step: Callable[[int, int], None],
    known: Numbers | None = None,
) -> None:
    """Open the house, take some steps, and close it; now and then do what else a house does."""
    known = plan.numbers if known is None else known
    with open_house(folder, clock) as house:
        house.clearing_house._lists = lists_for(plan.lists_before(steps.start))
        if isinstance(clock, JumpingClock):
            clock.moment = max(clock.moment, house.clearing_house.state.last_time)
        if random.random() < 0.7:
            pages = random.choice((1, 4, 16, 64))
            with house.store.connection.cursor() as cursor:
                cursor.execute(f"PRAGMA wal_autocheckpoint={pages}")
        for together in _groups(plan, steps, random):
            if isinstance(clock, JumpingClock):
                clock.go_to(plan.steps[together[0]].now)
            for number, page in take_steps(house, plan, together, known):
                on_step(number, page)
            chance = random.random()
            if chance < 0.2:
                house.catch_up()
            elif chance < 0.25:
                house.clearing_house.checkpoint()


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


def archive_closed(folder: Path, plan: Plan, clock: Callable[[], int]) -> bool:
    """Move what is closed into the archive; tell whether there was anything."""
    last = max((step.date for step in plan.steps if step.kind == "open"), default=0)
    try:
        archive_days(folder, business_date(last), to=None, clock=clock)
    except HouseError as error:
        must("nothing to archive" in str(error), f"the archive: {error}")
        return False
    return True


def compare(folder: Path, played: Played, asked: Asked, random: Random) -> Found:
    """Open a house after a fault, as the next command would, and compare it; return what is there.

    Raises
    ------
    WrongError
        If anything that was acknowledged is not there, or anything is there twice, half, or wrong.
    SetfairError
        If the house says that it cannot be used.
    """
    plan = played.plan
    with open_house(folder, lambda: MORNING + 3600 * 24 * SECOND) as house:
        state = house.clearing_house.state
        page, root = state.page_number - asked.more_pages, house.clearing_house.journal.tree.root
        must(
            played.pages_after(asked.least) <= page <= played.last_page(asked.most),
            f"page {page} is the last; {played.pages_after(asked.least)} was acknowledged, "
            f"{played.pages_after(asked.most)} asked for",
        )
        must(
            asked.is_anew or played.roots.get(page) == root,
            f"page {page} has another root than it had",
        )
        steps = played.steps_on(page)
        found = Found(steps, played.holds_between(steps, page))
        # Of a step of several pages the first one has all that can be seen: the holds of a list that changed.
        expected = plan.expected[steps + (found.more_pages > 0)]
        known = plan.numbers if asked.known is None else asked.known
        compare_tables(house, expected, known)
        _compare_books(state, expected)
    journal_only = random.random() >= EVERY_ROW
    audited = audit(folder, journal_only=journal_only)
    must(audited.finding is None, f"the audit finds: {audited.finding}")
    must(
        audited.compared_tables and audited.compared_rows is not journal_only, "the tables were not compared"
    )
    return found


def _compare_books(state: HouseState, expected: Expected) -> None:
    accounts = state.books.accounts
    must(tuple(accounts["balance"].tolist()) == expected.balances, "the books have other balances")
    lines = accounts["credit_line"].tolist()
    wrong = [
        place
        for place, (there, wanted) in enumerate(zip(lines, expected.lines, strict=True))
        if place in expected.opened and wanted is not None and there != wanted
    ]
    must(not wrong, f"accounts {wrong} have other credit lines")
    found = set()
    for slot in state.books.limits[state.books.limits["key"] != -1]:
        debtor, creditor = divmod(int(slot["key"]), 1 << 32)
        other = -1 if creditor == ALL_OTHERS else creditor
        if debtor in expected.opened:
            found.add((debtor, other, int(slot["limit"]), int(slot["net"])))
    must(found == expected.limits, f"limits are {sorted(found)} instead of {sorted(expected.limits)}")


def compare_tables(house: House, expected: Expected, known: Numbers) -> None:
    """Compare what anybody can read with the reference."""
    house.catch_up()
    with open_tables(house.folder) as tables:
        rows = tables.query(_PAYMENTS)
    there = {row["payment_number"]: (row["status"], row["reason"], row["mechanism"]) for row in rows}
    wanted = {known[number]: entry for number, entry in expected.entries.items()}
    for number in wanted.keys() | there.keys():
        must(
            there.get(number) == wanted.get(number),
            f"payment {number}: {there.get(number)} instead of {wanted.get(number)}",
        )
    accounts = house.query(_BALANCES)
    balances = tuple(row["balance_minor"] for row in accounts)
    must(balances == expected.balances, f"the tables have other balances: {balances}")
    for place in expected.opened:
        line = expected.lines[place]
        must(line in (None, accounts[place]["credit_line_minor"]), "the tables have other credit lines")
    remaining = tuple(row["remaining_minor"] for row in house.query(_REMAINING))
    must(remaining == expected.remaining, f"remains {remaining} instead of {expected.remaining}")


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


def complete(folder: Path, played: Played, found: Found, random: Random) -> None:
    """In a share of the runs, ask for the rest of the plan and compare the end.

    The last step that is done is asked for again where that may be done: whoever had no answer does so.
    """
    if random.random() >= COMPLETED:
        return
    plan, done = played.plan, found.steps
    again = done and not found.more_pages and plan.steps[done - 1].kind in ("rows", "obligations")
    clock = JumpingClock(random, MORNING)
    # Holds that are asked for again have numbers of their own, and all that comes later has others.
    last = plan.expected[done].last_number
    known = {ours: theirs for ours, theirs in plan.numbers.items() if ours <= last}
    play_session(
        folder,
        plan,
        range(done - bool(again), len(plan.steps)),
        random,
        clock=clock,
        on_step=lambda number, page: None,
        known=known,
    )
    must(bool(found.more_pages) or known == plan.numbers, "the same steps got other numbers")
    asked = Asked(len(plan.steps), len(plan.steps), True, found.more_pages, known)
    compare(folder, played, asked, random)
    if random.random() < ARCHIVED and archive_closed(folder, plan, clock):
        compare(folder, played, asked, random)
