"""Dives along the relaxation, and what makes up for what they lack."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.linear_solver import pywraplp

from setfair.engine.offset import Discipline
from setfair.engine.offset.basis import (
    WORK_MOST,
    Basis,
    bound_item,
    decide,
    make_basis,
    reckon,
    seat,
    worth_of,
)
from setfair.engine.offset.dives import dive_first, dive_on
from setfair.engine.offset.dual import solve
from setfair.engine.offset.model import Core, assemble, rooms_after
from setfair.engine.offset.neighbourhood import make_search
from setfair.engine.offset.search import fill_up
from setfair.kernel import kernel
from tests.offset_cases import core_of, dense_case, draw_case, run_case
from tests.uncompiled import compiled_only, share

PENALTY = 20.0
SEEDS = range(share(40))


def relaxed(core: Core, low: np.ndarray, high: np.ndarray) -> float:
    """Return the value of the relaxation by a general solver; what is lacking costs the penalty."""
    solver = pywraplp.Solver.CreateSolver("GLOP")
    share = [solver.NumVar(float(one), float(other), "") for one, other in zip(low, high, strict=True)]
    lacks = [solver.NumVar(0.0, solver.infinity(), "") for _ in core.room]
    for room, there in enumerate(core.room.tolist()):
        places = slice(core.room_start[room], core.room_start[room + 1])
        near = zip(core.near_item[places].tolist(), core.near_by[places].tolist(), strict=True)
        solver.Add(sum(by * share[item] for item, by in near) + lacks[room] >= -there)
    worth = sum(value * one for value, one in zip(core.value.tolist(), share, strict=True))
    solver.Maximize(worth - PENALTY * sum(lacks))
    assert solver.Solve() == solver.OPTIMAL
    return float(solver.Objective().Value())


@kernel
def relax(core: Core, basis: Basis, anew: bool) -> float:
    """Solve the relaxation from where the basis stands, or anew; return its value."""
    if anew:
        for item in range(core.value.shape[0]):
            bound_item(basis, item, 0.0, float(core.value[item]))
        reckon(core, basis)
    seat(core, basis)
    return worth_of(basis) if solve(core, basis) else -1.0


@kernel
def decide_and_relax(core: Core, basis: Basis, item: int, at: float) -> float:
    """Decide an item, and solve on."""
    decide(core, basis, item, at)
    return worth_of(basis) if solve(core, basis) else -1.0


@pytest.mark.parametrize("seed", SEEDS)
def test_the_relaxation_is_that_of_a_general_solver(seed: int) -> None:
    """At first, and again and again after items were decided, from where the method stands."""
    core, _ = core_of(dense_case(seed, 24, 4) if seed % 2 else draw_case(seed, 24))
    draw = np.random.default_rng(seed)
    basis = make_basis(core)
    basis.penalty[:] = PENALTY
    basis.tally[WORK_MOST] = 10**9
    for turn in range(2):
        low, high = np.zeros(core.items), np.ones(core.items)
        assert relax(core, basis, turn == 1) == pytest.approx(relaxed(core, low, high), rel=1e-6, abs=0.1)
        for _ in range(3):
            item = int(draw.integers(core.items))
            low[item] = high[item] = draw.integers(2)
            found = decide_and_relax(core, basis, item, float(low[item] * core.value[item]))
            assert found == pytest.approx(relaxed(core, low, high), rel=1e-6, abs=0.1)


@pytest.mark.parametrize("seed", range(share(6)))
def test_a_dive_may_settle_and_has_no_less(seed: int) -> None:
    """From nothing; and what is found does not hang on what ran before."""
    core, shut = core_of(dense_case(seed, 60, 4))
    assert not shut.any()
    found = [dive_first(core, np.zeros(core.items, np.bool_), np.zeros(core.items), 60_000) for _ in range(2)]
    for inside, value, work in found:
        assert rooms_after(core, inside).min() >= 0
        assert value == core.value[inside].sum()
        assert work > 0
    assert found[0][0].tolist() == found[1][0].tolist()
    again, value, _ = dive_first(core, found[0][0], np.zeros(core.items), 60_000)
    assert value >= found[0][1]
    assert rooms_after(core, again).min() >= 0


@pytest.mark.parametrize("seed", range(share(6)))
def test_later_dives_may_settle_and_have_no_less(seed: int) -> None:
    """From a set; and what is found does not hang on what ran before, nor on which sequence is done first."""
    core, _ = core_of(dense_case(seed, 60, 4))
    begun = fill_up(core, np.zeros(core.items, np.bool_))
    found = [dive_on(core, begun, np.zeros(core.items), 60_000) for _ in range(2)]
    for inside, value, work in found:
        assert rooms_after(core, inside).min() >= 0
        assert value == core.value[inside].sum() >= core.value[begun].sum()
        assert work > 0
    assert found[0][0].tolist() == found[1][0].tolist()


@compiled_only
@pytest.mark.parametrize("seed", range(4))
def test_later_dives_find_more_in_a_dense_queue(seed: int) -> None:
    """Two fifths of what a set that is filled greedily lacks to the bound, at least."""
    case = dense_case(seed, 1_500, 8)
    core, _ = core_of(case)
    begun = fill_up(core, np.zeros(core.items, np.bool_))
    bound = run_case(case, Discipline.BYPASS, 1_000).bound
    _, value, _ = dive_on(core, begun, np.zeros(core.items), 20_000_000)
    assert bound - value < (bound - core.value[begun].sum()) * 3 / 5


@compiled_only
@pytest.mark.parametrize("seed", range(4))
def test_dives_come_near_to_the_bound(seed: int) -> None:
    """Where there are many payments for each account: within two per cent, of what may settle at most."""
    case = dense_case(seed, 1_500, 8)
    core, _ = core_of(case)
    bound = run_case(case, Discipline.BYPASS, 1_000).bound
    inside, value, _ = dive_first(core, np.zeros(core.items, np.bool_), np.zeros(core.items), 20_000_000)
    assert rooms_after(core, inside).min() >= 0
    assert value > 0.98 * bound


def test_what_is_lacking_is_mended() -> None:
    """The first takes 5 of 3; the second brings 4; the third brings 6, and takes it where nothing is."""
    touched, by = np.array([0, 1, 2, 2]), np.array([-5, 4, 6, -6])
    core = assemble(np.array([5, 4, 6]), touched, np.array([0, 0, 0, 1]), by, np.array([3, 0, *[1] * 6]))
    search = make_search(core, np.array([True, False, False]), np.zeros(3), roams=False)
    assert search.mend()
    assert search.best.tolist() == [True, True, False]
    assert search.best_value == 9


def test_what_cannot_be_mended_is_told() -> None:
    """Nothing brings anything to a room that lacks something with all items out."""
    rooms = np.array([3, *[1] * 6])
    core = assemble(np.array([5, 4]), np.array([0, 1]), np.array([0, 0]), np.array([-5, -4]), rooms)
    search = make_search(core, np.array([True, True]), np.zeros(2), roams=False)
    assert search.mend()
    assert not search.best.any()
    short = core._replace(room=rooms - 4)
    search = make_search(short, np.array([True, True]), np.zeros(2), roams=False)
    assert not search.mend()
