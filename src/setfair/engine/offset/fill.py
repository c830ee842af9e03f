"""Rooms filled to the last unit: what is left over in one is used by another choice among some thirty items.

Rules
-----
1. A room is filled of which less is left than items have on the average. Items are taken that touch it and
   no other room that is tight; thirty of them, drawn, if there are more.
2. All choices of each half of them are made, and what they add to the room and to the value. For each choice
   of the one half the best of the other half that fits is found in its order: so the best of 2 to the power
   of 30 choices is found. Where it leaves another room short, this one counts as tight too, and it is chosen
   again.
3. That goes on from room to room until nothing better is found.

Source: E. Horowitz, S. Sahni, "Computing partitions with applications to the knapsack problem", Journal of
the ACM 21, 1974.
"""

from __future__ import annotations

import numpy as np

from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.model import Core, item_of_touch, rooms_after

HALF = 15
"""Items of one half."""
AGAIN = 16
"""How often the items of a room are drawn."""
ROUNDS = 6
"""How often all tight rooms have their turn."""
TIGHT = 3
"""The power of two by which less is left in a tight room than items have on the average."""
WORK_CHOICES = 6
"""Units of work for one choice of each half."""


def fill_rooms(core: Core, inside: BoolArray, work_max: int) -> tuple[BoolArray, int, int]:
    """Fill tight rooms better; return the set, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    work_max
        Work units; a little more is used where the last choice needs it.
    """
    draw, inside, work = np.random.default_rng(1), inside.copy(), 0
    touched = item_of_touch(core)
    average = int(core.value.mean())
    for _ in range(ROUNDS):
        better = False
        left = rooms_after(core, inside)
        for room in np.flatnonzero((left > 0) & (left < average)).tolist():
            for _ in range(AGAIN):
                if work >= work_max:
                    return inside, int(core.value[inside].sum()), work
                done, used = _fill(core, touched, inside, room, average, draw)
                better, work = better or done, work + used
        if not better:
            break
    return inside, int(core.value[inside].sum()), work


def _fill(
    core: Core, touched: Int64Array, inside: BoolArray, room: int, average: int, draw: np.random.Generator
) -> tuple[bool, int]:
    """Fill one room; return whether it was filled better, and the work used. `inside` is changed."""
    left, work = rooms_after(core, inside), 0
    tight = left < average >> TIGHT
    while True:
        items, by = _only_here(core, touched, tight, room)
        if len(items) > 2 * HALF:
            chosen = draw.permutation(len(items))[: 2 * HALF]
            items, by = items[chosen], by[chosen]
        if len(items) < 2:
            return False, work
        sign = np.where(inside[items], -1, 1)
        flips, gain = _choose(sign * by, sign * core.value[items], int(left[room]))
        work += WORK_CHOICES << (len(items) + 1) // 2
        if gain <= 0:
            return False, work
        inside[items[flips]] ^= True
        after = rooms_after(core, inside)
        if after.min() >= 0:
            return True, work
        inside[items[flips]] ^= True
        tight = tight | (after < 0)


def _only_here(core: Core, touched: Int64Array, tight: BoolArray, room: int) -> tuple[Int64Array, Int64Array]:
    """Return the items that touch a room and no tight one but that, and what they add to it."""
    others = np.zeros(core.items, np.int64)
    is_other = tight[core.touch_room] & (core.touch_room != room)
    np.add.at(others, touched[is_other], 1)
    places = slice(core.room_start[room], core.room_start[room + 1])
    items, by = core.near_item[places], core.near_by[places]
    free = others[items] == 0
    return items[free], by[free]


def _choose(by: Int64Array, value: Int64Array, left: int) -> tuple[BoolArray, int]:
    """Return the changes of most value, of those after which nothing is lacking, and their value."""
    middle = len(by) // 2
    first, second = _sums(by[:middle]), _sums(by[middle:])
    first_value, second_value = _sums(value[:middle]), _sums(value[middle:])
    # What leaves most comes first; the best so far is the best that leaves at least as much.
    order = np.argsort(-second, kind="stable")
    best = np.maximum.accumulate(second_value[order])
    fitting = np.searchsorted(-second[order], left + first, side="right")
    total = np.where(fitting > 0, first_value + best[np.maximum(fitting, 1) - 1], np.iinfo(np.int64).min)
    one = int(total.argmax())
    other = int(order[: fitting[one]][second_value[order[: fitting[one]]].argmax()])
    flips = np.concatenate((_bits(one, middle), _bits(other, len(by) - middle)))
    return flips, int(total[one])


def _sums(each: Int64Array) -> Int64Array:
    """Return the sums of all choices; bit by bit of its place, a choice has what is there."""
    sums = np.zeros(1, np.int64)
    for one in each:
        sums = np.concatenate((sums, sums + one))
    return sums


def _bits(place: int, count: int) -> BoolArray:
    return (place >> np.arange(count) & 1).astype(np.bool_)
