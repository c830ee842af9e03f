"""Rows on disk: they are what rows in memory are, and memory does not keep them."""

from __future__ import annotations

import gc
from pathlib import Path

import numpy as np
import pytest
from benchmarks.scenario import BUSINESS_DAY, EURO, batches_of, books_of

from setfair.audit.room import DiskRoom
from setfair.engine import books
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.layout import PAYMENT, Array
from setfair.engine.room import MEMORY, Room


def mapped_kilobytes() -> int:
    """Return how much of files that have no name any more this process has in memory."""
    total, counts = 0, False
    for line in Path("/proc/self/smaps").read_text().splitlines():
        if "-" in line.split(" ")[0]:
            counts = line.endswith("(deleted)")
        elif counts and line.startswith("Rss:"):
            total += int(line.split()[1])
    return total


def test_rows_come_back_after_they_were_let_go() -> None:
    """They are zero at first, keep what was written, and take memory only while they are used."""
    room = DiskRoom()
    rows = room.cleared(100_000, PAYMENT)
    other = room.cleared(0, PAYMENT)
    assert (len(rows), len(other), int(rows["amount"].sum())) == (100_000, 0, 0)
    rows["amount"] = np.arange(100_000)
    before = mapped_kilobytes()
    room.let_go()
    assert before - mapped_kilobytes() > 6_000
    rows["amount"][7] = 1_000_000
    room.let_go()
    assert int(rows["amount"].sum()) == 99_999 * 50_000 - 7 + 1_000_000


def test_a_file_goes_with_its_rows() -> None:
    """Rows that nobody has any more take no room on disk."""
    room = DiskRoom()
    rows = room.cleared(10, PAYMENT)
    assert len(room._maps) == 1
    del rows
    gc.collect()
    assert len(room._maps) == 0
    room.let_go()


def played(room: Room) -> Books:
    """Return books that grew through several days and forgot the first two."""
    made = books_of(20, contended=True)
    made.room = room
    for number, batch in enumerate(batches_of(9, 700, 20, contended=True)):
        made.business_day[EURO] = BUSINESS_DAY + number // 3
        decide(made, batch, now=number + 1)
        decide(made, _again(batch, number), now=number + 1)
        room.let_go()
    made.forget_payments_before(BUSINESS_DAY + 2)
    decide(made, batches_of(1, 300, 20, seed=5)[0], now=20)
    return made


def _again(batch: Array, number: int) -> Array:
    """Return some of a batch once more, half of it with other content."""
    some = batch[number : number + 50].copy()
    some["content"][::2] += 1
    return some


@pytest.mark.parametrize("rows", [64, 65_536])
def test_books_on_disk_are_books_in_memory(monkeypatch: pytest.MonkeyPatch, rows: int) -> None:
    """Growing, forgetting, and knowing what came before: bit for bit the same, in pieces of any size."""
    in_memory = played(MEMORY).snapshot()
    monkeypatch.setattr(books, "PIECE_ROWS", rows)
    on_disk = played(DiskRoom()).snapshot()
    for name, array in in_memory.items():
        assert array.tobytes() == on_disk[name].tobytes(), name
    assert 0 < len(in_memory["payments"]) < 9 * 800


def test_a_row_that_is_looked_at_comes_alone() -> None:
    """A hundred rows far apart take little memory; read in order they are the same."""
    room = DiskRoom()
    rows = room.cleared(500_000, PAYMENT)
    rows["amount"] = np.arange(500_000)
    room.let_go()
    before = mapped_kilobytes()
    assert rows["amount"][::5_000].tolist() == list(range(0, 500_000, 5_000))
    assert mapped_kilobytes() - before < 10_000  # 64 KB each, of 32 MB
    with room.in_order():
        assert int(rows["amount"].sum()) == 499_999 * 250_000
    room.let_go()
    assert int(rows["amount"][499_999]) == 499_999


def test_what_is_expected_is_laid_down_once() -> None:
    """Zeros are laid behind the rows in use alone; what was written in them since stays."""
    room = DiskRoom()
    rows = room.cleared(50_000, PAYMENT)
    room.cleared(0, PAYMENT)
    rows["amount"][:100] = 7
    room.expect(rows, 100, 5_000)
    rows["amount"][100:5_000] = 8
    for used in range(5_000, 50_000, 5_000):
        room.expect(rows, used, 5_000)
        rows["amount"][used : used + 5_000] = 9
        room.let_go()
    room.expect(rows, 50_000, 10)
    room.expect(rows[:0], 0, 10)
    assert rows["amount"].tolist() == [7] * 100 + [8] * 4_900 + [9] * 45_000
