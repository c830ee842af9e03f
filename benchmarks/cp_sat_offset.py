"""Bypass offsetting by a general solver, to compare with: a greedy set as a hint, then OR-tools' CP-SAT."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from setfair.engine.offset import Accounts, Queue
from setfair.engine.offset.given import no_limits
from setfair.engine.offset.model import Core, find_rooms, item_of_touch, make_core, number_items, rooms_after

WORKERS = 2


@dataclass(frozen=True, slots=True)
class Found:
    """What the solver found."""

    greedy: int
    """Value of the greedy set."""
    value: int
    bound: int
    closed: bool
    """Whether it proved its set to be an optimum."""


def solve_by_cp_sat(
    accounts: Accounts, queue: Queue, ordered: npt.NDArray[np.bool_], seconds: float
) -> Found:
    """Search for so many seconds."""
    item = number_items(queue)
    core, shut = make_core(accounts, queue, find_rooms(accounts, queue, no_limits()), item)
    start = np.zeros(core.items, np.bool_)
    start[item[ordered]] = True
    hint = fill_greedily(core, shut, start)
    model = cp_model.CpModel()
    takes = [model.new_bool_var("") for _ in range(core.items)]
    for place in np.flatnonzero(shut).tolist():
        model.add(takes[place] == 0)
    of_touch = item_of_touch(core)
    for room, left in enumerate(core.room.tolist()):
        near = np.flatnonzero(core.touch_room == room)
        terms = [takes[place] for place in of_touch[near].tolist()]
        model.add(cp_model.LinearExpr.weighted_sum(terms, core.touch_by[near].tolist()) >= -left)
    model.maximize(cp_model.LinearExpr.weighted_sum(takes, core.value.tolist()))
    for place, inside in enumerate(hint.tolist()):
        model.add_hint(takes[place], inside)
    solver = cp_model.CpSolver()
    solver.parameters.max_time_in_seconds = seconds
    solver.parameters.num_workers = WORKERS
    status = solver.solve(model)
    greedy = int(core.value[hint].sum())
    value = greedy
    if status in (cp_model.OPTIMAL, cp_model.FEASIBLE):
        inside = np.array([solver.boolean_value(each) for each in takes])
        if rooms_after(core, inside).min(initial=0) < 0:
            raise ValueError("the general solver's set may not settle")
        value = max(value, int(core.value[inside].sum()))
    known = status in (cp_model.OPTIMAL, cp_model.FEASIBLE)
    bound = int(solver.best_objective_bound + 0.5) if known else int(core.value.sum())
    return Found(greedy, value, bound, status == cp_model.OPTIMAL)


def fill_greedily(
    core: Core, shut: npt.NDArray[np.bool_], start: npt.NDArray[np.bool_]
) -> npt.NDArray[np.bool_]:
    """Let in what fits, largest first, again and again until nothing more does."""
    inside = start.copy()
    left = rooms_after(core, inside)
    order = np.lexsort((np.arange(core.items), -core.value)).tolist()
    changed = True
    while changed:
        changed = False
        for item in order:
            touches = slice(core.item_start[item], core.item_start[item + 1])
            after = left[core.touch_room[touches]] + core.touch_by[touches]
            if not inside[item] and not shut[item] and (after >= 0).all():
                left[core.touch_room[touches]] = after
                inside[item] = changed = True
    return inside
