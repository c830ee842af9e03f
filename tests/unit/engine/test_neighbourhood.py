"""The search of neighbourhoods: two searches beside each other, and what they share."""

from __future__ import annotations

import numpy as np
import pytest

from setfair.engine.offset import Discipline, Offset
from setfair.engine.offset import beside as searches
from setfair.engine.offset import neighbourhood as searched
from setfair.engine.offset.model import find_rooms, make_core, number_items, rooms_after
from tests.offset_cases import InTurn, draw_case, give, run_case
from tests.uncompiled import share

WORK = share(2_000_000)
ENOUGH = max(WORK, 400_000)
"""Work with which something is found in any case, from nothing."""
SEEDS = (11, 5, 20)[: share(3)]


def run(seed: int) -> Offset:
    """Run bypass on a queue that is not searched whole with this work."""
    return run_case(draw_case(seed, 300), Discipline.BYPASS, WORK)


@pytest.mark.parametrize("seed", SEEDS)
def test_threads_do_not_change_what_is_found(seed: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """One search after the other finds what both beside each other find, with the same work."""
    beside = run(seed)
    monkeypatch.setattr(searches, "ThreadPoolExecutor", InTurn)
    in_turn = run(seed)
    assert InTurn.done > 0
    assert beside.chosen.tolist() == in_turn.chosen.tolist()
    assert (beside.bound, beside.work) == (in_turn.bound, in_turn.work)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_found_may_settle(seed: int) -> None:
    """The best set of both leaves no room short, and is found within the work."""
    accounts, queue, limits = give(draw_case(seed, 300))
    core, shut = make_core(accounts, queue, find_rooms(accounts, queue, limits), number_items(queue))
    assert not shut.any()
    nothing = np.zeros(core.items, np.bool_)
    chosen, value, work = searched.improve(core, nothing, np.zeros(core.items), ENOUGH, int(core.value.sum()))
    assert value == core.value[chosen].sum() > 0
    assert rooms_after(core, chosen).min() >= 0
    assert work <= ENOUGH + 2 * searched.WORK_EACH
