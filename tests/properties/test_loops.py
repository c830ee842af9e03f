"""Loops of a circulation: exact, simple, few, and those of the plain twin."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.engine import loops as module
from setfair.engine.loops import Loops, find_loops
from setfair.engine.setoff import set_off
from tests.reference.loops import Unwinder
from tests.uncompiled import share

Row = tuple[int, int, int]
"""Debtor, creditor, and what is cancelled."""


@st.composite
def circulations(draw: st.DrawFn) -> list[Row]:
    """Draw loops over few parties and put them together, parallel obligations apart or merged."""
    parties = draw(st.integers(2, 12))
    order = st.permutations(range(parties))
    rows: list[Row] = []
    for _ in range(draw(st.integers(0, 12))):
        ring = draw(order)[: draw(st.integers(2, parties))]
        amount = draw(st.integers(1, 10**12))
        rows += [(ring[n - 1], ring[n], amount) for n in range(len(ring))]
    if draw(st.booleans()):
        sums: dict[tuple[int, int], int] = {}
        for debtor, creditor, amount in rows:
            sums[debtor, creditor] = sums.get((debtor, creditor), 0) + amount
        rows = [(*pair, amount) for pair, amount in sums.items()]
    rows += [(0, 1, 0)] * draw(st.integers(0, 2))
    return draw(st.permutations(rows))


def run(rows: list[Row], arcs_searched_max: int = module.ARCS_SEARCHED_MAX) -> Loops:
    """Find the loops of rows."""
    columns = np.array(rows, np.int64).reshape(-1, 3).T
    return find_loops(*columns, arcs_searched_max=arcs_searched_max)


def as_list(loops: Loops) -> list[tuple[tuple[int, ...], int]]:
    """The loops as the twin writes them."""
    ends = zip(loops.start[:-1].tolist(), loops.start[1:].tolist(), strict=True)
    ways = [tuple(loops.obligation[start:end].tolist()) for start, end in ends]
    return list(zip(ways, loops.amount_minor.tolist(), strict=True))


def check(rows: list[Row], loops: Loops) -> None:
    """Check all that must hold of any answer."""
    explained = [0] * len(rows)
    for way, amount in as_list(loops):
        assert amount > 0
        debtors = [rows[place][0] for place in way]
        assert len(set(debtors)) == len(way) >= 2
        assert [rows[place][1] for place in way] == [*debtors[1:], debtors[0]]
        for place in way:
            explained[place] += amount
    assert explained == [row[2] for row in rows]
    assert loops.count <= sum(row[2] > 0 for row in rows)


@settings(max_examples=share(300))
@given(circulations(), st.sampled_from((module.ARCS_SEARCHED_MAX, 1, 2, 3, 5, 9)))
def test_loops_are_those_of_the_twin(rows: list[Row], arcs_searched_max: int) -> None:
    """Each loop is simple, the sums are exact, and kernel and twin agree in every number."""
    loops = run(rows, arcs_searched_max)
    check(rows, loops)
    assert as_list(loops) == Unwinder(rows, arcs_searched_max).run()


@pytest.mark.parametrize(("seed", "arcs"), [(1, module.ARCS_SEARCHED_MAX), (2, 4), (3, 33)])
def test_what_a_set_off_cancels_is_explained(seed: int, arcs: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Thousands of obligations between firms of very different size, written in small chunks, as the twin."""
    monkeypatch.setattr(module, "_CHUNK", 64)
    random = np.random.default_rng(seed)
    debtor = (random.pareto(1.2, 4000) * 8).astype(np.int64) % 150
    creditor = (debtor + random.integers(1, 150, 4000)) % 150
    amount, due = random.integers(1, 10**9, 4000), random.integers(0, 30, 4000)
    cleared = set_off(debtor, creditor, amount, due).cleared_minor
    rows = list(zip(debtor.tolist(), creditor.tolist(), cleared.tolist(), strict=True))
    loops = run(rows, arcs)
    check(rows, loops)
    assert as_list(loops) == Unwinder(rows, arcs).run()


def test_short_loops_are_found_first() -> None:
    """Two firms that owe each other are one loop, although a longer one passes through both."""
    rows = [(1, 2, 5), (2, 1, 3), (2, 3, 2), (3, 4, 2), (4, 1, 2)]
    assert as_list(run(rows)) == [((0, 1), 3), ((0, 2, 3, 4), 2)]


def test_nothing_is_no_loop() -> None:
    """Without anything cancelled there is nothing to explain."""
    assert as_list(run([])) == as_list(run([(1, 2, 0)])) == []


@pytest.mark.parametrize(
    ("rows", "message"),
    [
        ([(1, 2, 5), (2, 1, 4)], "party 1: what is cancelled of what it owes"),
        ([(1, 1, 5)], "owes itself"),
        ([(1, 2, -5), (2, 1, -5)], "obligation 0: less than nothing"),
    ],
)
def test_what_is_no_circulation_is_refused(rows: list[Row], message: str) -> None:
    """A walk could end nowhere: the reason is said instead."""
    with pytest.raises(ValueError, match=message):
        run(rows)


def test_columns_of_different_length_are_refused() -> None:
    """A missing amount is not filled in."""
    one = np.array([1])
    with pytest.raises(ValueError, match="of one length"):
        find_loops(one, one, np.array([], np.int64))
