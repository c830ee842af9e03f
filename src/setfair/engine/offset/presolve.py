"""What is certain before any search: items that settle in some best set, and items that settle in none.

Rules
-----
1. A room that all open items together could not bring below zero binds nobody. An item that takes from such
   rooms only settles: it costs nothing and can only help.
2. An item that a room could not cover even if everything that may still be added came in settles in no set.
3. Each decision changes rooms, so both rules are applied until neither decides anything more.
4. What is left falls into parts that share no room that binds: each is solved by itself.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.model import Core, assemble, item_of_touch
from setfair.engine.setoff.components import strong_components
from setfair.kernel import inlined, kernel

OPEN, SETTLES, WAITS = 0, 1, 2


class Reduced(NamedTuple):
    """What is left to be decided: items and rooms ordered by part, and as before within one."""

    settles: BoolArray
    """By item of the whole problem: certain to settle."""
    item: Int64Array
    """By item of `core`: the item of the whole problem."""
    room: Int64Array
    """By room of `core`: the room of the whole problem."""
    core: Core
    first_item: Int64Array
    """By part: its first item, and one past the end."""
    first_room: Int64Array
    """By part: its first room, and one past the end."""

    def part(self, number: int) -> Core:
        """Return the items and rooms of one part, numbered from 0."""
        core = self.core
        items = slice(self.first_item[number], self.first_item[number + 1])
        rooms = slice(self.first_room[number], self.first_room[number + 1])
        item_start = core.item_start[items.start : items.stop + 1]
        room_start = core.room_start[rooms.start : rooms.stop + 1]
        touches = slice(item_start[0], item_start[-1])
        near = slice(room_start[0], room_start[-1])
        return Core(
            value=core.value[items],
            item_start=item_start - item_start[0],
            touch_room=core.touch_room[touches] - rooms.start,
            touch_by=core.touch_by[touches],
            room_start=room_start - room_start[0],
            near_item=core.near_item[near] - items.start,
            near_by=core.near_by[near],
            room=core.room[rooms],
        )


class _Sums(NamedTuple):
    room: Int64Array
    """What there is, with what settles for certain."""
    added: Int64Array
    """What open items may add."""
    taken: Int64Array
    """What open items may take."""


def reduce_problem(core: Core, shut: BoolArray) -> Reduced:
    """Decide what is certain, and leave the rest.

    Parameters
    ----------
    core
        The whole problem.
    shut
        By item: whether it cannot settle.
    """
    state = np.where(shut, WAITS, OPEN).astype(np.int64)
    of_touch = item_of_touch(core)
    open_touch = state[of_touch] == OPEN
    sums = _Sums(core.room.copy(), np.zeros_like(core.room), np.zeros_like(core.room))
    np.add.at(sums.added, core.touch_room[open_touch], np.maximum(core.touch_by[open_touch], 0))
    np.subtract.at(sums.taken, core.touch_room[open_touch], np.minimum(core.touch_by[open_touch], 0))
    worklist = np.arange(len(core.room) + 1)[::-1].copy()
    worklist[0] = len(core.room)
    worklist[1:] = np.arange(len(core.room))
    _decide(core, state, sums, np.ones(len(core.room), np.int64), worklist)
    # An item that takes from no room at all is on no room's list; it settles.
    takes = np.zeros(core.items, np.bool_)
    takes[of_touch[core.touch_by < 0]] = True
    return _reduce(core, state, sums, (state == SETTLES) | (~takes & (state == OPEN)))


def _reduce(core: Core, state: Int64Array, sums: _Sums, settles: BoolArray) -> Reduced:
    of_touch = item_of_touch(core)
    is_open = (state == OPEN) & ~settles
    binds = sums.room < sums.taken
    touch = np.flatnonzero(is_open[of_touch] & binds[core.touch_room])
    item, room = np.flatnonzero(is_open), np.unique(core.touch_room[touch])
    touch_item, touch_room = (
        np.searchsorted(item, of_touch[touch]),
        np.searchsorted(room, core.touch_room[touch]),
    )
    part_of_item, part_of_room = _find_parts(len(item), len(room), touch_item, touch_room)
    item_order = np.argsort(part_of_item, kind="stable")
    room_order = np.argsort(part_of_room, kind="stable")
    left = assemble(
        core.value[item[item_order]],
        _inverse(item_order)[touch_item],
        _inverse(room_order)[touch_room],
        core.touch_by[touch],
        sums.room[room[room_order]],
    )
    parts = np.arange(int(part_of_item.max(initial=-1)) + 2)
    return Reduced(
        settles,
        item[item_order],
        room[room_order],
        left,
        np.searchsorted(part_of_item[item_order], parts).astype(np.int64),
        np.searchsorted(part_of_room[room_order], parts).astype(np.int64),
    )


def _inverse(order: Int64Array) -> Int64Array:
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return place


def _find_parts(
    items: int, rooms: int, touch_item: Int64Array, touch_room: Int64Array
) -> tuple[Int64Array, Int64Array]:
    """Return the part of each item and of each room; parts are numbered by their first item."""
    # Each touch leads both ways, so what hangs together is strongly connected.
    ends = np.concatenate((touch_item, touch_room + items))
    others = np.concatenate((touch_room + items, touch_item))
    start = np.searchsorted(np.sort(ends), np.arange(items + rooms + 1)).astype(np.int64)
    component = strong_components(start, others[np.argsort(ends, kind="stable")])
    _, first, part = np.unique(component, return_index=True, return_inverse=True)
    # The items come first, and no room is without one: so the first of a part is an item.
    rank = _inverse(np.argsort(first, kind="stable"))
    return rank[part[:items]], rank[part[items:]]


@inlined
def _list_room(room: int, listed: Int64Array, worklist: Int64Array) -> None:
    if listed[room] == 0:
        listed[room] = 1
        worklist[0] += 1
        worklist[worklist[0]] = room


@kernel
def _decide(core: Core, state: Int64Array, sums: _Sums, listed: Int64Array, worklist: Int64Array) -> None:
    """Apply rules 1 and 2 to the items that take from a listed room until the list is empty."""
    while worklist[0] > 0:
        room = worklist[worklist[0]]
        worklist[0] -= 1
        listed[room] = 0
        for place in range(core.room_start[room], core.room_start[room + 1]):
            item = core.near_item[place]
            if core.near_by[place] > 0 or state[item] != OPEN:
                continue
            free, possible = True, True
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                by, at = core.touch_by[touch], core.touch_room[touch]
                if by < 0 and sums.room[at] < sums.taken[at]:
                    free = False
                    if sums.room[at] + sums.added[at] + by < 0:
                        possible = False
            if possible and not free:
                continue
            state[item] = SETTLES if free else WAITS
            for touch in range(core.item_start[item], core.item_start[item + 1]):
                by, at = core.touch_by[touch], core.touch_room[touch]
                if by < 0:
                    sums.taken[at] += by
                else:
                    sums.added[at] -= by
                if free:
                    sums.room[at] += by
                # Only these can decide more: rooms with less to take, more in them, or less to come.
                if free == (by > 0) or not free:
                    _list_room(at, listed, worklist)
