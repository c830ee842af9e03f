"""A short part of `make torture`: every kind of fault, some bits, and that the harness is not blind."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import count
from random import Random

import pytest

from setfair.errors import StoreError
from setfair.house import open_house
from tests.processes import plain_sql
from tests.torture.disk import OK, Disk, Operation, failing_disk
from tests.torture.errors import CODES
from tests.torture.library import NoSymbolsError, addresses
from tests.torture.play import Asked, WrongError, compare
from tests.torture.played import DayOnDisk, play_day
from tests.torture.rot import closed_layout, flip
from tests.torture.run import FAULTS, Fault, run_faults
from tests.torture.wreck import WAYS, Platter

DAY = 3
"""A day of few steps."""
FLIPS = 12


@pytest.fixture(scope="module")
def day() -> Iterator[DayOnDisk]:
    """A played day; skipped where no layer can be put under SQLite."""
    try:
        addresses("sqlite3_vfs_find")
    except NoSymbolsError as error:
        pytest.skip(str(error))
    played = play_day(DAY)
    yield played
    played.throw_away()


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.__name__)
def test_each_kind_of_fault(day: DayOnDisk, fault: Fault) -> None:
    """After the fault nothing that was acknowledged is lost, nothing is twice, and damage is named."""
    assert fault(day, Random(f"short {fault.__name__}"))


def test_bits_of_a_closed_day(day: DayOnDisk) -> None:
    """Random single bits: each is named, or lies in unused space; of both there are some."""
    layout, random = closed_layout(day), Random("bits")
    used = [8 * place for place in range(len(layout.raw)) if layout.used[place]]
    bits = [*random.sample(used, FLIPS // 2), *random.choices(range(8 * len(layout.raw)), k=FLIPS // 2)]
    seen = {flip(day, layout, bit) for bit in bits}
    assert "named" in seen
    assert "in unused space" in seen


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
    reports = [list(run_faults(DAY * 40, 1, 60))[-1] for _ in range(2)]
    assert reports[0].endings == reports[1].endings
    assert (reports[0].operations, reports[0].failures) == (reports[1].operations, [])


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
