"""A short part of `make torture`: every kind of fault, some bits, and that the harness is not blind."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache
from itertools import count
from pathlib import Path
from random import Random

import pytest

from setfair.domain.codes import Phase
from setfair.errors import StoreError
from setfair.house import open_house
from tests.processes import plain_sql
from tests.torture.days import plan_of
from tests.torture.disk import OK, Disk, Operation, failing_disk
from tests.torture.errors import CODES
from tests.torture.library import NoSymbolsError, addresses
from tests.torture.plan import Step
from tests.torture.play import Asked, WrongError, compare
from tests.torture.played import DayOnDisk, play_day
from tests.torture.report import Line, append_line, done_seeds, read_lines, summary
from tests.torture.rot import closed_layout, flip
from tests.torture.run import FAULTS, Fault, about_faults, run_faults
from tests.torture.wreck import WAYS, Platter

FLIPS = 12


@cache
def find_day(*kinds: str) -> int:
    """Return the first day of few steps, these kinds among them, that ends closed and leaves money moved."""
    for seed in count():
        plan = plan_of(Random(f"day {seed}"))
        last = plan.steps[-1] if plan.steps else Step("none")
        is_closed = last.kind == "phase" and last.phase is Phase.CLOSED
        is_lively = any(plan.expected[-1].balances) and {step.kind for step in plan.steps} >= set(kinds)
        if is_closed and is_lively and len(plan.steps) <= 30:
            return seed
    raise AssertionError("there is always one")


@pytest.fixture(scope="module")
def day() -> Iterator[DayOnDisk]:
    """A played day; skipped where no layer can be put under SQLite."""
    try:
        addresses("sqlite3_vfs_find")
    except NoSymbolsError as error:
        pytest.skip(str(error))
    played = play_day(find_day("obligations", "cycle", "decision"))
    yield played
    played.throw_away()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_kind_of_fault(day: DayOnDisk, fault: Fault) -> None:
    """After the fault nothing that was acknowledged is lost, nothing is twice, and damage is named."""
    assert fault(day, Random(f"short {fault.__name__}"))


@pytest.mark.parametrize("kinds", [("across", "lists"), ("term", "queue", "time"), ("note", "offset")])
def test_days_without_a_fault(day: DayOnDisk, kinds: tuple[str, ...]) -> None:
    """House and reference agree on days of every kind of step: their tables, books and numbers."""
    played = play_day(find_day(*kinds))
    assert set(kinds) <= {step.kind for step in played.played.plan.steps}
    played.throw_away()


def test_bits_of_a_closed_day(day: DayOnDisk) -> None:
    """Random single bits: each is named, or lies in unused space; of both there are some."""
    layout, random = closed_layout(day), Random("bits")
    used = [8 * place for place in range(len(layout.raw)) if layout.used[place]]
    bits = [*random.sample(used, FLIPS // 2), *random.choices(range(8 * len(layout.raw)), k=FLIPS // 2)]
    seen = {flip(day, layout, bit) for bit in bits}
    assert any(each.startswith("named: ") for each in seen)
    assert "in unused space, and the audit finds nothing" in seen
    unused = next(8 * place for place in range(len(layout.raw)) if not layout.used[place])
    assert flip(day, layout, unused, audited=False) == "shown to be of unused space"


def test_each_operation_of_an_opening_fails(day: DayOnDisk) -> None:
    """Opening a house after a crash, each operation on its files fails once: said as an operational error."""
    failed = 0
    for number in count():
        day.at_step(day.steps - 1)
        done = []

        def before(operation: Operation, number: int = number, done: list[Operation] = done) -> int:
            done.append(operation)
            return CODES[operation.kind] if len(done) == number + 1 else OK

        try:
            with failing_disk(Disk(day.house, is_noting=False, before=before)), open_house(day.house):
                pass
        except StoreError:
            failed += 1
        if len(done) <= number:
            break
    assert failed >= 20


def test_the_same_number_is_the_same_run(day: DayOnDisk) -> None:
    """A run again from its number: the same day, the same fault, the same ending."""
    number = find_day("obligations", "cycle", "decision") * 40
    both = [line for _ in range(2) for line in run_faults(number, 1, 3600)]
    told = [(line.fault, line.ending, line.operations, line.failure) for line in both]
    assert told[0] == told[1]
    assert told[0][3] == ""


def test_a_report_goes_on(day: DayOnDisk, tmp_path: Path) -> None:
    """Lines are kept as they come; what did not fail is not run again, and half a line is none."""
    path, first = tmp_path / "report.jsonl", find_day("rows") * 40
    for line in run_faults(first, 1, 3600):
        append_line(path, line)
    append_line(path, Line(first + 1, "cut", failure="lost"))
    with path.open("a") as file:
        file.write('{"seed": 5, "fault": "cu')
    lines = read_lines(path)
    assert [line.seed for line in lines] == [first, first + 1]
    more = list(run_faults(first, 2, 3600, skip=done_seeds(lines)))
    assert [line.seed for line in more] == [first + 1]
    text = "\n".join(summary([*lines, *more], "fault runs", about_faults()))
    assert f"2 fault runs, seeds {first} to {first + 1}" in text
    assert f"failed at first, and not when they were run again: {first + 1}" in text
    assert "0 failed" in text


def test_what_was_acknowledged_and_is_lost_is_seen(day: DayOnDisk) -> None:
    """The harness itself: an older state of the house, and rows that say something else, are not accepted."""
    steps = day.steps
    day.at_step(steps // 2)
    with pytest.raises(WrongError, match="was acknowledged"):
        compare(day.house, day.played, Asked(steps, steps), Random(1))
    for statement in (
        "UPDATE payment_row SET status = 9",
        "UPDATE account_row SET balance_minor = balance_minor + 1",
    ):
        day.lay_out(day.after)
        plain_sql(day.house / "setfair.db", statement, write=True)
        with pytest.raises(WrongError, match=r"payment|balances"):
            compare(day.house, day.played, Asked(steps, steps), Random(1))


@pytest.mark.parametrize("way", WAYS)
def test_what_was_synced_stays(way: str) -> None:
    """Whatever becomes of the rest, a write before the last sync of its file is there."""
    platter = Platter({"a": b"old" * 500})
    platter.do(
        [
            Operation("write", "a", 0, b"new"),
            Operation("sync", "a"),
            Operation("write", "a", 3, b"x" * 600),
        ]
    )
    WAYS[way](platter, Random(way))
    assert platter.files["a"][:3] == b"new"
    assert len(platter.files["a"]) == 1500


def test_a_deleted_file_may_come_back() -> None:
    """Until something is synced under its name; then it is gone."""
    platter = Platter({"wal": b"old"})
    platter.do([Operation("delete", "wal")])
    WAYS["unsynced lost"](platter, Random(1))
    assert platter.files == {"wal": bytearray(b"old")}
    platter.do([Operation("write", "wal", 0, b"n"), Operation("sync", "wal")])
    assert platter.files == {"wal": bytearray(b"n")}
