"""Rooms filled to the last unit."""

from __future__ import annotations

import itertools
import random

import numpy as np
import pytest

from setfair.engine.offset.fill import fill_rooms
from setfair.engine.offset.halves import choose, make_halves
from setfair.engine.offset.linear import NO_BOUND
from setfair.engine.offset.model import Core, assemble, rooms_after
from setfair.engine.offset.search import fill_up
from tests.offset_cases import core_of, draw_case
from tests.uncompiled import share


@pytest.mark.parametrize("seed", range(share(60)))
def test_the_best_of_all_choices_is_found(seed: int) -> None:
    """Of up to nine changes, against all of their sets; with less than nothing left there may be none."""
    draw = random.Random(seed)
    count, left = draw.randint(1, 9), draw.randint(-60, 30)
    by = [draw.randint(-40, 40) for _ in range(count)]
    worth = [draw.randint(-40, 40) for _ in range(count)]
    halves = make_halves()
    halves.by[:count], halves.worth[:count] = by, worth
    found = choose(halves, count, left)
    fitting = [
        sum(x * y for x, y in zip(one, worth, strict=True))
        for one in itertools.product((0, 1), repeat=count)
        if left + sum(x * y for x, y in zip(one, by, strict=True)) >= 0
    ]
    assert found == max(fitting, default=-NO_BOUND)
    chosen = [number for number in range(count) if int(halves.best[0]) >> number & 1]
    if fitting:
        assert sum(worth[number] for number in chosen) == found
        assert left + sum(by[number] for number in chosen) >= 0


@pytest.mark.parametrize("seed", range(share(30)))
def test_one_room_is_filled_as_well_as_can_be(seed: int) -> None:
    """Items that only take from a room of which little is left: the best of all sets."""
    draw = random.Random(seed)
    value = np.array([draw.randint(50, 999) for _ in range(draw.randint(6, 12))])
    room = int(value.sum()) * 3 // 5
    places = np.arange(len(value))
    core = assemble(value, places, np.zeros(len(value), np.int64), -value, np.array([room]))
    begun = fill_up(core, np.zeros(len(value), np.bool_))
    inside, filled, _ = fill_rooms(core, begun, 100_000)
    best = max(
        total
        for size in range(len(value) + 1)
        for one in itertools.combinations(value.tolist(), size)
        if (total := sum(one)) <= room
    )
    assert filled == value[inside].sum() == best


def test_rooms_of_two_prices_are_filled_one_after_another() -> None:
    """What one room gives is paid into the next, which has nothing else; both are full to the last unit."""
    core, best = _two_rooms()
    begun = fill_up(core, np.zeros(core.items, np.bool_))
    inside, value, _ = fill_rooms(core, begun, 2_000_000)
    assert rooms_after(core, inside).tolist() == [0, 0]
    assert value == best > core.value[begun].sum()


def _two_rooms() -> tuple[Core, int]:
    """Forty items that take from the first room and add to the second, forty that take from the second."""
    draw = random.Random(7)
    value = np.array([draw.randint(100_000, 999_999) for _ in range(80)])
    room = np.array([8_765_432, 0])
    item = np.concatenate((np.arange(40), np.arange(80)))
    touch_room = np.concatenate((np.ones(40, np.int64), np.zeros(40, np.int64), np.ones(40, np.int64)))
    by = np.concatenate((value[:40], -value[:40], -value[40:]))
    return assemble(value, item, touch_room, by, room), 2 * int(room[0])


@pytest.mark.parametrize("seed", range(share(60)))
def test_what_is_filled_may_settle_and_has_no_less(seed: int) -> None:
    """Whatever the queue, with links and limits; without work nothing changes."""
    core, shut = core_of(draw_case(seed, 60))
    if shut.any():
        return
    begun = fill_up(core, np.zeros(core.items, np.bool_))
    inside, value, _ = fill_rooms(core, begun, 200_000)
    assert rooms_after(core, inside).min(initial=0) >= 0
    assert value == core.value[inside].sum() >= core.value[begun].sum()
    unchanged, _, work = fill_rooms(core, begun, 0)
    assert unchanged.tolist() == begun.tolist()
    assert work == 0
