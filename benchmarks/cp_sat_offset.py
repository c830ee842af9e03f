"""Bypass offsetting by a general solver, to compare with: a greedy set as a hint, then OR-tools' CP-SAT.

Rules
-----
1. The solver has the seconds that it would have on a machine of its own: they are counted in the processor
   time of its workers, so that what else runs beside it takes nothing from it.
2. Where its gap is small when they are over, it may close: it then goes on, with what it has found as a hint.
   The caller says how long: not at all where another bound shows that next to nothing is left to find.
"""

from __future__ import annotations

import threading
import time
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from ortools.sat.python import cp_model

from setfair.engine.offset import Accounts, Queue
from setfair.engine.offset.given import no_limits
from setfair.engine.offset.model import Core, find_rooms, item_of_touch, make_core, number_items, rooms_after

WORKERS = 2


WATCH_SECONDS = 0.05


@dataclass(frozen=True, slots=True)
class Found:
    """What was found."""

    greedy: int
    """Value of the greedy set."""
    value: int
    """Value of the best set when the short time was over."""
    value_long: int
    """Value of the best set in the end."""
    bound: int
    closed: bool
    """Whether that set is proven to be an optimum."""
    seconds: int
    """The time that it had."""


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds for the solver."""

    short: int = 10
    long: int = 60
    near: float = 0.05
    """Share of the bound that may be missing for the long time to be given."""


class _Model:
    """The problem as the solver takes it."""

    def __init__(self, core: Core, shut: npt.NDArray[np.bool_]) -> None:
        self.core = core
        self.model = cp_model.CpModel()
        self.takes = [self.model.new_bool_var("") for _ in range(core.items)]
        for place in np.flatnonzero(shut).tolist():
            self.model.add(self.takes[place] == 0)
        of_touch = item_of_touch(core)
        for room, left in enumerate(core.room.tolist()):
            near = np.flatnonzero(core.touch_room == room)
            terms = [self.takes[place] for place in of_touch[near].tolist()]
            self.model.add(cp_model.LinearExpr.weighted_sum(terms, core.touch_by[near].tolist()) >= -left)
        self.model.maximize(cp_model.LinearExpr.weighted_sum(self.takes, core.value.tolist()))

    def solve(self, hint: npt.NDArray[np.bool_], seconds: int) -> tuple[npt.NDArray[np.bool_], int, bool]:
        """Return the best set, the bound, and whether the set is an optimum."""
        self.model.clear_hints()
        for take, inside in zip(self.takes, hint.tolist(), strict=True):
            self.model.add_hint(take, inside)
        solver = cp_model.CpSolver()
        solver.parameters.num_workers = WORKERS
        ended = threading.Event()
        watch = threading.Thread(target=_stop_after, args=(solver, ended, seconds * WORKERS))
        watch.start()
        status = solver.solve(self.model)
        ended.set()
        watch.join()
        if status not in (cp_model.OPTIMAL, cp_model.FEASIBLE):
            return hint, int(self.core.value.sum()), False
        inside = np.array([solver.boolean_value(each) for each in self.takes], np.bool_)
        if rooms_after(self.core, inside).min(initial=0) < 0:
            raise ValueError("the general solver's set may not settle")
        better = int(self.core.value[inside].sum()) >= int(self.core.value[hint].sum())
        bound = int(solver.best_objective_bound + 0.5)
        return inside if better else hint, bound, status == cp_model.OPTIMAL


def _stop_after(solver: cp_model.CpSolver, ended: threading.Event, seconds: float) -> None:
    """Stop the solver when this process has used so much processor time."""
    begin = time.process_time()
    while not ended.wait(WATCH_SECONDS):
        if time.process_time() - begin >= seconds:
            solver.stop_search()


def solve_by_cp_sat(
    accounts: Accounts, queue: Queue, ordered: npt.NDArray[np.bool_], limits: Limits
) -> Found:
    """Search greedily, then with the solver: rules 1 and 2."""
    core, shut, greedy = _start(accounts, queue, ordered)
    model = _Model(core, shut)
    inside, bound, closed = model.solve(greedy, limits.short)
    value, seconds = int(core.value[inside].sum()), limits.short
    if not closed and limits.long > limits.short and value >= (1 - limits.near) * bound:
        inside, bound_long, closed = model.solve(inside, limits.long)
        bound, seconds = min(bound, bound_long), limits.long
    return Found(int(core.value[greedy].sum()), value, int(core.value[inside].sum()), bound, closed, seconds)


def value_of_greedy(accounts: Accounts, queue: Queue, ordered: npt.NDArray[np.bool_]) -> int:
    """Return the value of the greedy set."""
    core, _, greedy = _start(accounts, queue, ordered)
    return int(core.value[greedy].sum())


def _start(
    accounts: Accounts, queue: Queue, ordered: npt.NDArray[np.bool_]
) -> tuple[Core, npt.NDArray[np.bool_], npt.NDArray[np.bool_]]:
    """Return the problem, what may not settle, and the greedy set."""
    item = number_items(queue)
    core, shut = make_core(accounts, queue, find_rooms(accounts, queue, no_limits()), item)
    start = np.zeros(core.items, np.bool_)
    start[item[ordered]] = True
    return core, shut, fill_greedily(core, shut, start)


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
