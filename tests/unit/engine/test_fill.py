"""Rooms filled to the last unit."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from setfair.engine.offset import fill
from setfair.engine.offset.fill import fill_rooms
from setfair.engine.offset.model import assemble, find_rooms, make_core, number_items, rooms_after
from setfair.engine.offset.search import fill_up
from tests.offset_cases import draw_case, give
from tests.uncompiled import share


@pytest.mark.parametrize("seed", range(share(60)))
def test_the_best_of_all_changes_is_chosen(seed: int) -> None:
    """Of up to nine changes, against all of their sets."""
    draw = random.Random(seed)
    count, left = draw.randint(2, 9), draw.randint(0, 30)
    by = [draw.randint(-40, 40) for _ in range(count)]
    value = [draw.randint(-40, 40) for _ in range(count)]
    flips, gain = fill._choose(np.array(by), np.array(value), left)
    sets = itertools.product((0, 1), repeat=count)
    fitting = [one for one in sets if left + sum(x * y for x, y in zip(one, by, strict=True)) >= 0]
    assert gain == max(sum(x * y for x, y in zip(one, value, strict=True)) for one in fitting)
    assert flips.astype(int).tolist() in [list(one) for one in fitting]
    assert gain == np.array(value)[flips].sum()


@pytest.mark.parametrize("seed", range(share(30)))
def test_one_room_is_filled_as_well_as_can_be(seed: int) -> None:
    """Items that only take from a room of which little is left: the best of all sets."""
    draw = random.Random(seed)
    value = np.array([draw.randint(50, 999) for _ in range(draw.randint(6, 12))])
    room = int(value.sum()) * 3 // 5
    places = np.arange(len(value))
    core = assemble(value, places, np.zeros(len(value), np.int64), -value, np.array([room]))
    begun = fill_up(core, np.zeros(len(value), np.bool_))
    inside, filled, _ = fill_rooms(core, begun, 10**9)
    best = max(
        total
        for size in range(len(value) + 1)
        for one in itertools.combinations(value.tolist(), size)
        if (total := sum(one)) <= room
    )
    assert filled == value[inside].sum() == best


@pytest.mark.parametrize("seed", range(share(60)))
def test_what_is_filled_may_settle_and_has_no_less(seed: int) -> None:
    """Whatever the queue, with links and limits; without work nothing changes."""
    accounts, queue, limits = give(draw_case(seed, 60))
    core, shut = make_core(accounts, queue, find_rooms(accounts, queue, limits), number_items(queue))
    if shut.any():
        return
    begun = fill_up(core, np.zeros(core.items, np.bool_))
    inside, value, _ = fill_rooms(core, begun, 10**8)
    assert rooms_after(core, inside).min(initial=0) >= 0
    assert value == core.value[inside].sum() >= core.value[begun].sum()
    unchanged, _, work = fill_rooms(core, begun, 0)
    assert unchanged.tolist() == begun.tolist()
    assert work == 0
