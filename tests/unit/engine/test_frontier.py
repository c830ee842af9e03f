"""The search for a bound, where most may be."""

from __future__ import annotations

import numpy as np
import pytest
from ortools.sat.python import cp_model

from setfair.engine.offset.frontier import NODES, make_frontier
from setfair.engine.offset.model import Core, assemble, rooms_after
from tests.offset_cases import core_of, dense_case, draw_case, sets_of
from tests.uncompiled import share


def best_of_all(core: Core) -> int:
    """Return the most value of all sets that may settle."""
    chosen, may_settle = sets_of(core)
    return int((chosen[may_settle] @ core.value).max())


def best_by_solver(core: Core) -> int:
    """Return the most value, by CP-SAT."""
    model = cp_model.CpModel()
    inside = [model.new_bool_var("") for _ in range(core.items)]
    for room, there in enumerate(core.room.tolist()):
        places = slice(core.room_start[room], core.room_start[room + 1])
        near = zip(core.near_item[places].tolist(), core.near_by[places].tolist(), strict=True)
        model.add(sum(by * inside[item] for item, by in near) >= -there)
    model.maximize(sum(value * one for value, one in zip(core.value.tolist(), inside, strict=True)))
    solver = cp_model.CpSolver()
    solver.parameters.num_workers = 1
    assert solver.solve(model) == cp_model.OPTIMAL
    return round(solver.objective_value)


@pytest.mark.parametrize("seed", range(share(120)))
def test_all_is_searched(seed: int) -> None:
    """Of a few items: the bound is what the best of all sets has, and the set that was found has it."""
    core, shut = core_of(draw_case(seed, 12))
    if shut.any():
        return
    best = best_of_all(core)
    frontier = make_frontier(core, 0)
    assert frontier.go_on(0, 10**8) == best
    if best:
        found = frontier.found
        assert found is not None
        assert rooms_after(core, found).min() >= 0
        assert core.value[found].sum() == best
    assert make_frontier(core, best).go_on(best, 10**8) == best


@pytest.mark.parametrize("seed", range(share(12)))
def test_a_bound_holds_wherever_the_search_stops(seed: int) -> None:
    """It is never below what CP-SAT finds; it falls as the search goes on, always in the same way."""
    core, _ = core_of(dense_case(seed, 26, 4))
    best = best_by_solver(core)
    bounds, again = [], make_frontier(core, 0)
    frontier = make_frontier(core, 0)
    for work in (1, 50, 500, 5_000, 50_000):
        bounds.append(frontier.go_on(0, work))
        assert bounds[-1] == again.go_on(0, work)
        assert frontier.spent == again.spent
    assert bounds == sorted(bounds, reverse=True)
    assert bounds[-1] >= best
    found = frontier.found
    assert found is None or core.value[found].sum() <= best


def test_what_is_too_large_is_left_out_at_once() -> None:
    """Ten items pay into a room from which one takes more than they pay: the relaxation divides it."""
    value = np.array([*range(10, 20), 500])
    item, room = np.concatenate((np.arange(10), [10])), np.zeros(11, np.int64)
    core = assemble(value, item, room, np.concatenate((value[:10], [-500])), np.zeros(1, np.int64))
    frontier = make_frontier(core, 0)
    assert frontier.go_on(0, 1_000) == value[:10].sum()
    assert frontier.tally[NODES] <= 3
