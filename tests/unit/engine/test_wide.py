"""The search of wide neighbourhoods: what is drawn, what follows from trying, and what is found."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest
from benchmarks.generate_queues import Shape, generate_queue

from setfair.engine.offset import Discipline, beside, offset, part
from setfair.engine.offset.branch import TRIES, branch, make_solver
from setfair.engine.offset.given import BoolArray
from setfair.engine.offset.model import Core, rooms_after
from setfair.engine.offset.small import ITEMS, make_small, take_items, try_items
from setfair.engine.offset.wide import DRAWN, WAYS, WideSearch, draw_items, improve_wide
from tests.offset_cases import InTurn, core_of, draw_case, sets_of
from tests.uncompiled import share

WORK = share(3_000_000)
ENOUGH = max(WORK, 400_000)
"""Work with which something is found in any case, from nothing."""
CASES = share(300)


def case_of(seed: int, payments: int) -> Core | None:
    """Return a problem in which nothing is decided beforehand, or None."""
    core, shut = core_of(draw_case(seed, payments))
    return None if shut.any() or core.items == 0 else core


@pytest.mark.parametrize("seed", range(CASES))
def test_what_follows_from_trying_is_so_in_every_set(seed: int) -> None:
    """Of a few items around a set that may settle: those that are not left are so in all sets that may."""
    core = case_of(seed, 12)
    if core is None:
        return
    chosen, may_settle = sets_of(core)
    draw = np.random.default_rng(seed)
    inside = chosen[draw.choice(np.flatnonzero(may_settle))]
    free = np.flatnonzero(draw.random(core.items) < 0.8)
    small = make_small(core, core.items, len(core.room))
    small.origin[: len(free)], small.counts[ITEMS] = free, len(free)
    take_items(core, rooms_after(core, inside), inside.astype(np.int64), small)
    left = small.origin[: try_items(small, np.zeros(core.items), 20)]
    fixed = np.setdiff1d(np.arange(core.items), left)
    others = np.setdiff1d(np.arange(core.items), free)
    same = (chosen[:, others] == inside[others]).all(axis=1) & may_settle
    assert (chosen[same][:, fixed] == inside[fixed]).all()


@pytest.mark.parametrize("seed", range(CASES))
def test_an_exact_search_that_tries_items_finds_the_best_set(seed: int) -> None:
    """What it leaves out is no better than what it has."""
    core = case_of(seed, 12)
    if core is None:
        return
    chosen, may_settle = sets_of(core)
    solver = make_solver(core, core.items, len(core.room), int(np.gcd.reduce(core.value)))
    solver.tree.tally[TRIES] = 1
    solver.small.origin[:], solver.small.counts[ITEMS] = np.arange(core.items), core.items
    take_items(core, core.room, np.zeros(core.items, np.int64), solver.small)
    assert branch(solver, 10**8)
    best = solver.small.best == 1
    assert rooms_after(core, best).min() >= 0
    assert core.value[best].sum() == (chosen[may_settle] @ core.value).max()


@pytest.mark.parametrize("way", range(WAYS))
def test_items_are_drawn_once_each(way: int) -> None:
    """As many as were asked for, and another time others."""
    core = case_of(3, 300)
    assert core is not None
    search = WideSearch(core, np.zeros(core.items, np.bool_), 7)
    drawn = []
    for count in (1, core.items // 3, core.items // 3, core.items):
        origin = np.full(core.items, -1)
        draw_items(search._pool, origin, way, count)
        assert search._pool.tally[DRAWN] == count
        assert len(set(origin[:count].tolist())) == count
        assert origin[:count].min() >= 0
        drawn.append(set(origin[:count].tolist()))
    assert drawn[1] != drawn[2]


@pytest.mark.parametrize("seed", (11, 5, 20)[: share(3)])
def test_what_is_found_may_settle(seed: int) -> None:
    """The best set leaves no room short, has no less than what the search began with, and costs the work."""
    core = case_of(seed, 300)
    assert core is not None
    nothing = np.zeros(core.items, np.bool_)
    chosen, value, work = improve_wide(core, (nothing,), ENOUGH, int(core.value.sum()))
    assert value == core.value[chosen].sum() > 0
    assert rooms_after(core, chosen).min() >= 0
    assert work <= 2 * ENOUGH
    again = improve_wide(core, (chosen, nothing), WORK, int(core.value.sum()))
    assert again[1] >= value
    assert improve_wide(core, (chosen,), WORK, value)[2] == 0


def test_a_queue_with_little_liquidity_is_searched_so(monkeypatch: pytest.MonkeyPatch) -> None:
    """Few payments for each account, and next to nothing there: wide neighbourhoods begin with two sets."""
    begun: list[int] = []

    def improve(
        core: Core, begin: Sequence[BoolArray], work_max: int, enough: int
    ) -> tuple[BoolArray, int, int]:
        begun.append(len(begin))
        return improve_wide(core, begin, work_max, enough)

    monkeypatch.setattr(part, "improve_wide", improve)
    given = generate_queue(Shape(80, 400, 1, 1, 40), 1)
    found = offset(given.accounts, given.queue, Discipline.BYPASS, work_max=10 * WORK)
    assert begun == [2]
    assert found.bound >= found.value >= found.ordered_value


def test_threads_do_not_change_what_is_found(monkeypatch: pytest.MonkeyPatch) -> None:
    """One search after the other finds what two beside each other find, with the same work."""
    core = case_of(11, 300)
    assert core is not None
    nothing, most = np.zeros(core.items, np.bool_), int(core.value.sum())
    together = improve_wide(core, (nothing,), WORK, most)
    monkeypatch.setattr(beside, "ThreadPoolExecutor", InTurn)
    in_turn = improve_wide(core, (nothing,), WORK, most)
    assert together[0].tolist() == in_turn[0].tolist()
    assert together[1:] == in_turn[1:]
