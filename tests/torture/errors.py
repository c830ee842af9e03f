"""Faults that the house hears of: a disk that is full or broken, a clock that is wrong, a second writer."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from setfair.errors import HouseError, LeaseHeldError, SetfairError
from setfair.house import open_house
from setfair.store import lease
from tests.torture.disk import (
    DELETE_ERROR,
    FULL,
    OK,
    READ_ERROR,
    SYNC_ERROR,
    TRUNCATE_ERROR,
    WRITE_ERROR,
    Disk,
    Kind,
    Operation,
    failing_disk,
)
from tests.torture.play import (
    AHEAD,
    MORNING,
    SECOND,
    Asked,
    JumpingClock,
    compare,
    complete,
    must,
    play_session,
)
from tests.torture.played import DayOnDisk

CANNOT_OPEN = 14
CODES: dict[Kind, int] = {
    "open": CANNOT_OPEN,
    "read": READ_ERROR,
    "write": WRITE_ERROR,
    "sync": SYNC_ERROR,
    "truncate": TRUNCATE_ERROR,
    "delete": DELETE_ERROR,
}
OPERATIONS = 120
"""Within how many operations of a session the disk begins to fail."""


def session(day: DayOnDisk, random: Random, first: int, on_step: Callable[[int, int], None]) -> int:
    """Play some steps from `first` on; return the step after the last of them."""
    steps = range(first, min(day.steps, first + random.randint(1, 6)))
    play_session(day.house, day.played.plan, steps, random, clock=JumpingClock(random), on_step=on_step)
    return steps.stop


def _session(
    day: DayOnDisk, random: Random, first: int, on_step: Callable[[int, int], None]
) -> SetfairError | None:
    """Play some steps; return what the house said when it stopped, or None if it went on."""
    try:
        session(day, random, first, on_step)
    except SetfairError as error:
        must(bool(str(error).strip()), "the house stopped, and did not say why")
        return error
    return None


def failing(day: DayOnDisk, random: Random, fails: Callable[[Operation, int], int]) -> str:
    """Play a session on a disk that fails; then compare, and go on to the end of the day.

    Parameters
    ----------
    day, random
        The day, and the run's chance.
    fails
        Takes an operation and how many there were before; returns what SQLite gets.
    """
    first = random.randint(0, day.steps - 1)
    day.at_step(first)
    done, count = [first], [0]

    def before(operation: Operation) -> int:
        count[0] += 1
        return fails(operation, count[0] - 1)

    with failing_disk(Disk(day.house, is_noting=False, before=before)):
        said = _session(day, random, first, lambda number, page: done.append(number + 1))
    asked = Asked(done[-1], min(done[-1] + AHEAD, day.steps), is_anew=True)
    found = compare(day.house, day.played, asked, random)
    complete(day.house, day.played, found, random)
    return "stopped" if said is not None else "went on"


def disk_full(day: DayOnDisk, random: Random) -> str:
    """The disk has no room from some operation on: for a while, or for good."""
    begin = random.randrange(OPERATIONS)
    end = begin + random.choice((1, 3, 10, 10**6))

    def fails(operation: Operation, number: int) -> int:
        grows = operation.kind == "write"
        return FULL if grows and begin <= number < end else OK

    return f"for {'good' if end > OPERATIONS * 10 else 'a while'}: {failing(day, random, fails)}"


def broken_disk(day: DayOnDisk, random: Random) -> str:
    """One kind of operation fails from some operation on: once, or for good."""
    kind = random.choice(list(CODES))
    begin = random.randrange(OPERATIONS)
    left = [random.choice((1, 1, 2, 10**6))]

    def fails(operation: Operation, number: int) -> int:
        if operation.kind != kind or number < begin or left[0] == 0:
            return OK
        left[0] -= 1
        return CODES[kind]

    return f"{kind}: {failing(day, random, fails)}"


def wrong_clock(day: DayOnDisk, random: Random) -> str:
    """The clock goes back too far: the house says so, and nothing is on record; then it is set right."""
    first = random.randint(1, day.steps - 1) if day.steps > 1 else 0
    day.at_step(first)
    with open_house(day.house, lambda: MORNING) as house:
        last, page = house.clearing_house.state.last_time, house.clearing_house.state.page_number
    behind = last - random.randint(601 * SECOND, 86_400 * 30 * SECOND)
    steps = range(first, first + 1)
    try:
        play_session(
            day.house,
            day.played.plan,
            steps,
            random,
            clock=lambda: behind,
            on_step=lambda number, page: None,
        )
    except HouseError as error:
        must("set the clock right" in str(error), f"the house does not speak of the clock: {error}")
    asked = Asked(first, min(first + AHEAD, day.steps), is_anew=True)
    found = compare(day.house, day.played, asked, random)
    with open_house(day.house, lambda: MORNING) as house:
        same = house.clearing_house.state.page_number == page
    must(same, "a page was written at a time before the last one")
    complete(day.house, day.played, found, random)
    return "back"


def second_writer(day: DayOnDisk, random: Random) -> str:
    """Somebody else wants to write in the middle of a session: it is told who writes, and nothing changes."""
    first = random.randint(0, day.steps - 1)
    day.at_step(first)
    refused: list[str] = []
    done = [first]

    def intrude(number: int, page: int) -> None:
        done.append(number + 1)
        try:
            with open_house(day.house):
                raise AssertionError("two writers")
        except LeaseHeldError as error:
            refused.append(str(error))

    patience, lease.PATIENCE_SECONDS = lease.PATIENCE_SECONDS, 0.0
    try:
        _session(day, random, first, intrude)
    finally:
        lease.PATIENCE_SECONDS = patience
    must(bool(refused) and all("another writer holds" in each for each in refused), "two writers")
    asked = Asked(done[-1], min(done[-1] + AHEAD, day.steps), is_anew=True)
    found = compare(day.house, day.played, asked, random)
    complete(day.house, day.played, found, random)
    return "refused"
