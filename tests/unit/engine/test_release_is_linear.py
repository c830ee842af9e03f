"""The release cascade: its work is in proportion to what it releases, counted in calls of its rules."""

from __future__ import annotations

from collections.abc import Callable
from types import ModuleType

import numpy as np
import pytest
from benchmarks.release import FIRST, SHAPES, Waiting, credit_of, queue_up

from setfair import kernel
from setfair.engine import cascade, ledger, link, queue, withdraw
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.layout import RECORD, Journal

MODULES: tuple[ModuleType, ...] = (cascade, kernel, ledger, link, queue, withdraw)
"""Where the rules are that the cascade calls."""


@pytest.fixture
def calls(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Let the rules run as plain Python, and list every call of one."""
    made: list[str] = []

    def counted(rule: Callable[..., object]) -> Callable[..., object]:
        def call(*arguments: object) -> object:
            made.append(rule.__name__)
            return rule(*arguments)

        return call

    for module in MODULES:
        for name, value in list(vars(module).items()):
            rule = getattr(value, "py_func", value)
            if getattr(rule, "__module__", "") in {each.__name__ for each in MODULES} and callable(rule):
                monkeypatch.setattr(module, name, counted(rule))
    return made


def _release(books: Books, waiting: Waiting) -> int:
    """Credit the first account by hand and run the cascade; return how many settled."""
    books.accounts["balance"][FIRST] += waiting.credit
    journal = Journal(np.empty(len(waiting.payments), RECORD), np.zeros(1, np.int64))
    cascade.release(books.payment_books(), journal, FIRST, -1, 1, 2)
    return int(journal.written[0])


@pytest.mark.parametrize("shape", SHAPES)
def test_twice_as_many_take_twice_the_work(
    shape: str, calls: list[str], request: pytest.FixtureRequest
) -> None:
    """What waits settles whole, and doubling it doubles the calls, whatever it waits in."""
    work = []
    for count in (60, 120):
        waiting = SHAPES[shape](count)
        books = queue_up(waiting)
        calls.clear()
        assert _release(books, waiting) == len(waiting.payments)
        work.append(len(calls))
    assert 60 <= work[0] < work[1] <= 2 * work[0]


@pytest.mark.parametrize("shape", SHAPES)
def test_one_credit_releases_all(shape: str) -> None:
    """The engine as it ships settles everything that waits when the credit comes, and nothing before."""
    waiting = SHAPES[shape](3_000)
    books = queue_up(waiting)
    decided = decide(books, credit_of(waiting), now=2)
    assert books.queued_count == 0
    assert len(decided.records) == 1 + len(waiting.payments)
