"""Cut-offs that say that they are the clock's."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from setfair.domain.codes import InstructionKind, Phase, Reason
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.extensions import BY_CLOCK
from setfair.engine.layout import INSTRUCTION, TIMES

EUR, DAY = 978, 20_000


def move(books: Books, phase: Phase, now: int, times: Any = None, **fields: int) -> Any:
    """Return the first record of a currency's move to a phase."""
    batch = np.zeros(1, INSTRUCTION)
    batch["kind"], batch["currency"], batch["target"] = InstructionKind.PHASE_CHANGE, EUR, phase
    for name, value in fields.items():
        batch[name] = value
    return decide(books, batch, now, times=times).records[0]


@pytest.mark.parametrize(("by_clock", "now", "moves"), [(1, 19, False), (1, 20, True), (0, 20, False)])
def test_the_clock_is_never_early(by_clock: int, now: int, *, moves: bool) -> None:
    """A cut-off by the clock before its time, or of a currency that the operator moves, is refused."""
    books = Books()
    times = np.array([(20, 30), (0, 0)], TIMES)
    move(books, Phase.OPEN, 1, times, value_date=DAY, amount=DAY, priority=by_clock)
    record = move(books, Phase.CUSTOMER_CUTOFF, now, amount=BY_CLOCK)
    assert (record["reason"] == Reason.NONE) == moves
    assert (books.phases[EUR] == Phase.CUSTOMER_CUTOFF) == moves


@pytest.mark.parametrize(
    ("by_clock", "now", "last", "opens"),
    [(2, 60, 90, True), (2, 59, 90, False), (1, 60, 90, False), (2, 60, 60, False)],
)
def test_the_clock_opens_in_time(by_clock: int, now: int, last: int, *, opens: bool) -> None:
    """An opening by the clock before its time, after the cut-off of its day, or unasked for is refused."""
    books = Books()
    move(books, Phase.OPEN, 1, np.array([(20, 30), (40, 60)], TIMES), value_date=DAY, priority=by_clock)
    for phase in (Phase.CUSTOMER_CUTOFF, Phase.INTERBANK_CUTOFF, Phase.CLOSED):
        assert move(books, phase, 45)["reason"] == Reason.NONE
    times = np.array([(last, last), (95, 99)], TIMES)
    record = move(books, Phase.OPEN, now, times, value_date=DAY + 1, priority=2, original_low=BY_CLOCK)
    assert (record["reason"] == Reason.NONE) == opens
    assert (books.phases[EUR] == Phase.OPEN) == opens


@pytest.mark.parametrize(("by_clock", "now", "closes"), [(2, 40, True), (2, 39, False), (1, 40, False)])
def test_the_clock_closes_in_time(by_clock: int, now: int, *, closes: bool) -> None:
    """A close by the clock before its time, or of a day that the operator closes, is refused."""
    books = Books()
    move(books, Phase.OPEN, 1, np.array([(20, 30), (40, 60)], TIMES), value_date=DAY, priority=by_clock)
    move(books, Phase.CUSTOMER_CUTOFF, 30)
    move(books, Phase.INTERBANK_CUTOFF, 30)
    record = move(books, Phase.CLOSED, now, amount=BY_CLOCK)
    assert (record["reason"] == Reason.NONE) == closes
    assert (books.phases[EUR] == Phase.CLOSED) == closes


def test_the_operator_may_be_early() -> None:
    """The operator moves a currency to its cut-off before the time, also where the clock would."""
    books = Books()
    times = np.array([(20, 30), (0, 0)], TIMES)
    move(books, Phase.OPEN, 1, times, value_date=DAY, amount=DAY, priority=1)
    assert move(books, Phase.CUSTOMER_CUTOFF, 2)["reason"] == Reason.NONE
