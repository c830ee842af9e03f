"""Tuples that kernels hand on by their address mean what tuples mean."""

from __future__ import annotations

import sys
from typing import NamedTuple

import numpy as np
import pytest
from numba import errors, typeof

from setfair.by_reference import by_reference
from setfair.engine.layout import ACCOUNT, Array, Int64s, PaymentBooks
from setfair.kernel import inner, kernel
from setfair.reference_type import Reference
from tests.uncompiled import compiled_only


@by_reference
class _Drawer(NamedTuple):
    marks: Int64s


@by_reference
class _Desk(NamedTuple):
    accounts: Array
    counts: Int64s
    step: int
    is_open: bool
    drawer: _Drawer


def _desk() -> _Desk:
    return _Desk(np.zeros(4, ACCOUNT), np.zeros(3, np.int64), 5, True, _Drawer(np.arange(2)))


@inner
def _mark(drawer: _Drawer, place: int) -> int:
    drawer.marks[place] += 10
    marks: int = drawer.marks[place]
    return marks


@inner
def _book(desk: _Desk, place: int) -> int:
    desk.accounts[place]["balance"] += desk.step
    desk.counts[0] += 1
    if desk.is_open and desk.counts[0] < 3:
        return _book_again(desk, place)
    return _mark(desk.drawer, place % 2)


@inner
def _book_again(desk: _Desk, place: int) -> int:
    desk.counts[1] += desk.accounts[place]["balance"]
    counted: int = desk.counts[1]
    return -counted


@kernel
def _work(desk: _Desk, rows: int) -> int:
    total = 0
    for row in range(rows):
        total += _book(desk, row % desk.accounts.shape[0])
    return total


@kernel
def _ask_for_nothing(desk: _Desk) -> int:
    nothing: int = desk.nothing  # type: ignore[attr-defined]
    return nothing


def test_kernels_do_what_python_does() -> None:
    """Members, members of members and what called kernels change are the same as without compiling."""
    compiled, plain = _desk(), _desk()
    assert _work(compiled, 7) == _work_plainly(plain, 7)
    assert compiled.accounts.tobytes() == plain.accounts.tobytes()
    assert compiled.counts.tolist() == plain.counts.tolist()
    assert compiled.drawer.marks.tolist() == plain.drawer.marks.tolist() == [30, 21]


def _work_plainly(desk: _Desk, rows: int) -> int:
    total = 0
    for row in range(rows):
        place = row % len(desk.accounts)
        desk.accounts[place]["balance"] += desk.step
        desk.counts[0] += 1
        if desk.counts[0] < 3:
            desk.counts[1] += desk.accounts[place]["balance"]
            total -= int(desk.counts[1])
        else:
            desk.drawer.marks[place % 2] += 10
            total += int(desk.drawer.marks[place % 2])
    return total


def test_a_second_call_sees_its_own_tuple() -> None:
    """Nothing of the tuple of one call is kept for the next."""
    first, second = _desk(), _desk()._replace(step=7, is_open=False, counts=np.zeros(9, np.int64))
    _work(first, 1)
    _work(second, 1)
    assert (first.accounts["balance"][0], second.accounts["balance"][0]) == (5, 7)
    assert (first.counts[1], second.counts[1]) == (5, 0)


def test_arrays_are_let_go_of() -> None:
    """A call holds no array of its tuple afterwards."""
    desk = _desk()
    before = sys.getrefcount(desk.counts), sys.getrefcount(desk.drawer.marks)
    for _ in range(10):
        _work(desk, 2)
    assert (sys.getrefcount(desk.counts), sys.getrefcount(desk.drawer.marks)) == before


@compiled_only
def test_the_books_are_one_word() -> None:
    """A kernel takes marked tuples, and those in them, by reference; a member that they lack is refused."""
    kind = typeof(_desk())  # type: ignore[no-untyped-call]
    assert isinstance(kind, Reference)
    assert isinstance(kind.member("drawer"), Reference)
    assert issubclass(PaymentBooks, tuple)
    with pytest.raises(errors.TypingError, match="nothing"):
        _ask_for_nothing(_desk())
