"""A few items that are free to change while all others stay as they are, and what follows for them at once.

Rules
-----
1. The rooms are those that the free items touch. What there is in a room is what is left of it once the free
   items are out; it may be below zero, and then something has to come in.
2. What an item adds to a room beyond all that could be lacking there counts as just that; and where all else
   that may be taken from a room fits, an item that takes is counted with no more than what it makes short.
   Sets that may settle are the same; the relaxation has fewer others.
3. An item that takes more from a room than could be left is out; one without which a room would be short for
   certain is in. Both are applied until nothing follows any more.
4. More follows from trying: an item that cannot go one way, since what follows from that leaves a room short
   for certain, goes the other way (`try_items`).

Everything here is in whole numbers, but for gains.

Source: M. W. P. Savelsbergh, "Preprocessing and probing techniques for mixed integer programming problems",
ORSA Journal on Computing 6, 1994 (rule 4).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, inner, kernel

FREE, OUT, IN = -1, 0, 1
IMPOSSIBLE = 1e300
"""What is lost where a room is short for certain."""
TRIED = 8
"""Touches looked at for each item that is decided on trial."""
_NONE = -1
ITEMS, ROOMS, TRAIL, LISTED, LOOKS = range(5)
"""Places in `counts`: items, rooms, items decided, rooms to look at, and touches looked at."""


class Small(NamedTuple):
    """The problem, with room for the largest one."""

    counts: Int64Array
    value: Int64Array
    """By item."""
    item_start: Int64Array
    touch_room: Int64Array
    touch_by: Int64Array
    """What is added, below zero what is taken; made as small as rule 2 allows."""
    room_start: Int64Array
    near_item: Int64Array
    near_by: Int64Array
    """By item that touches a room: as `touch_by`."""
    room: Int64Array
    """By room: what there is with none of the items, as far as it binds."""
    state: Int64Array
    """By item: FREE, OUT or IN."""
    cover: Int64Array
    """By room: what is left if all that is free and adds comes in, and nothing free that takes."""
    trail: Int64Array
    """Items in the order in which they were decided."""
    listed: Int64Array
    """By room: whether it is to be looked at."""
    worklist: Int64Array
    origin: Int64Array
    """By item: the item of the whole."""
    place_of_room: Int64Array
    """By room of the whole: the room here, or -1."""
    best: Int64Array
    """By item: 1 if it is in the best set."""


def make_small(core: Core, items: int, rooms: int) -> Small:
    """Return a problem of nothing, with room for so many items and rooms of a whole."""
    widths = np.sort(np.diff(core.item_start))[::-1]
    touches = int(widths[:items].sum()) + 1

    def column(size: int) -> Int64Array:
        return np.zeros(size, np.int64)

    return Small(
        counts=column(5),
        value=column(items),
        item_start=column(items + 1),
        touch_room=column(touches),
        touch_by=column(touches),
        room_start=column(rooms + 2),
        near_item=column(touches),
        near_by=column(touches),
        room=column(rooms),
        state=column(items),
        cover=column(rooms),
        trail=column(items),
        listed=column(rooms),
        worklist=column(rooms),
        origin=column(items),
        place_of_room=np.full(len(core.room), _NONE, np.int64),
        best=column(items),
    )


@kernel
def take_items(core: Core, left: Int64Array, inside: Int64Array, small: Small) -> None:
    """Make the problem of the items in `origin`, so many as `counts` says: rules 1 and 2.

    `left` is what is left of each room of the whole with what is inside.
    """
    counts, touches = small.counts, 0
    counts[ROOMS] = counts[TRAIL] = counts[LISTED] = 0
    for item in range(counts[ITEMS]):
        origin = small.origin[item]
        small.value[item] = core.value[origin]
        small.best[item] = inside[origin]
        small.state[item] = FREE
        small.item_start[item] = touches
        for touch in range(core.item_start[origin], core.item_start[origin + 1]):
            whole = core.touch_room[touch]
            if small.place_of_room[whole] == _NONE:
                small.place_of_room[whole] = counts[ROOMS]
                small.room[counts[ROOMS]] = left[whole]
                counts[ROOMS] += 1
            room = small.place_of_room[whole]
            small.touch_room[touches] = room
            small.touch_by[touches] = core.touch_by[touch]
            if inside[origin] == 1:
                small.room[room] -= core.touch_by[touch]
            touches += 1
    small.item_start[counts[ITEMS]] = touches
    for item in range(counts[ITEMS]):
        origin = small.origin[item]
        for touch in range(core.item_start[origin], core.item_start[origin + 1]):
            small.place_of_room[core.touch_room[touch]] = _NONE
    counts[LOOKS] += 4 * touches
    _index(small)
    for room in range(counts[ROOMS]):
        _tighten(small, room)
    _index(small)
    for room in range(counts[ROOMS]):
        small.cover[room] = small.room[room]
        for place in range(small.room_start[room], small.room_start[room + 1]):
            small.cover[room] += max(0, small.near_by[place])
        small.listed[room] = 0
        list_room(small, room)


@inner
def _index(small: Small) -> None:
    """Index touches by room."""
    items, rooms, start = small.counts[ITEMS], small.counts[ROOMS], small.room_start
    for room in range(rooms + 2):
        start[room] = 0
    for touch in range(small.item_start[items]):
        start[small.touch_room[touch] + 2] += 1
    for room in range(rooms):
        start[room + 2] += start[room + 1]
    for item in range(items):
        for touch in range(small.item_start[item], small.item_start[item + 1]):
            place = start[small.touch_room[touch] + 1]
            start[small.touch_room[touch] + 1] += 1
            small.near_item[place] = item
            small.near_by[place] = small.touch_by[touch]


@inlined
def _set_touch(small: Small, item: int, room: int, by: int) -> None:
    for touch in range(small.item_start[item], small.item_start[item + 1]):
        if small.touch_room[touch] == room:
            small.touch_by[touch] = by


@inner
def _tighten(small: Small, room: int) -> None:
    """Rule 2, for one room."""
    taken = 0
    for place in range(small.room_start[room], small.room_start[room + 1]):
        taken -= min(0, small.near_by[place])
    # What may be taken and could be lacking; an item that adds helps no further than that.
    lacking = taken - small.room[room]
    if lacking <= 0:
        small.room[room] = taken
        return
    adds = 0
    for place in range(small.room_start[room], small.room_start[room + 1]):
        by = small.near_by[place]
        if by > 0:
            adds += by
            if by > lacking:
                _set_touch(small, small.near_item[place], room, lacking)
    if adds > 0:
        return
    for place in range(small.room_start[room], small.room_start[room + 1]):
        by = small.near_by[place]
        free = small.room[room] - (taken + by)
        if free > 0:
            # Without it all else fits: of what it takes, what would be left anyway does not count.
            _set_touch(small, small.near_item[place], room, by + free)
            small.near_by[place] = by + free
            small.room[room] -= free
            taken -= free


@inlined
def list_room(small: Small, room: int) -> None:
    """Have a room looked at."""
    if small.listed[room] == 0:
        small.listed[room] = 1
        small.worklist[small.counts[LISTED]] = room
        small.counts[LISTED] += 1


@inner
def decide_item(small: Small, item: int, state: int) -> None:
    """Put a free item in or out for now."""
    small.state[item] = state
    small.trail[small.counts[TRAIL]] = item
    small.counts[TRAIL] += 1
    for touch in range(small.item_start[item], small.item_start[item + 1]):
        by, room = small.touch_by[touch], small.touch_room[touch]
        if (by < 0) == (state == IN):
            small.cover[room] -= abs(by)
            list_room(small, room)


@inner
def free_item(small: Small) -> int:
    """Free the item that was decided last, and return it."""
    small.counts[TRAIL] -= 1
    item = small.trail[small.counts[TRAIL]]
    for touch in range(small.item_start[item], small.item_start[item + 1]):
        by = small.touch_by[touch]
        if (by < 0) == (small.state[item] == IN):
            small.cover[small.touch_room[touch]] += abs(by)
    small.state[item] = FREE
    return item


@inner
def follow(small: Small) -> bool:
    """Decide what follows for certain; return whether every room can still be covered: rule 3."""
    possible = True
    while small.counts[LISTED] > 0:
        small.counts[LISTED] -= 1
        room = small.worklist[small.counts[LISTED]]
        small.listed[room] = 0
        possible = possible and small.cover[room] >= 0
        if not possible:
            continue
        for place in range(small.room_start[room], small.room_start[room + 1]):
            item, by = small.near_item[place], small.near_by[place]
            if small.state[item] == FREE and abs(by) > small.cover[room]:
                decide_item(small, item, IN if by > 0 else OUT)
        small.counts[LOOKS] += small.room_start[room + 1] - small.room_start[room]
    return possible


@inner
def loss_of(small: Small, item: int, state: int, gain: npt.NDArray[np.float64]) -> float:
    """Return what is lost if a free item goes one way, or IMPOSSIBLE; nothing is decided.

    That is the sum of the gains against which it goes, and all that follows from it.
    """
    mark, lost = small.counts[TRAIL], IMPOSSIBLE
    decide_item(small, item, state)
    if follow(small):
        lost = 0.0
        for place in range(mark, small.counts[TRAIL]):
            decided = small.trail[place]
            if (gain[decided] > 0.0) == (small.state[decided] == OUT):
                lost += abs(gain[decided])
    small.counts[LOOKS] += TRIED * (small.counts[TRAIL] - mark)
    while small.counts[TRAIL] > mark:
        free_item(small)
    return lost


@kernel
def try_items(small: Small, gain: npt.NDArray[np.float64], turns_max: int) -> int:
    """Decide what follows: rules 3 and 4; leave the items that are free in `origin`, return how many.

    The set with which the problem was taken may settle, so what follows is so in that set. `turns_max` is
    how often all are tried, while something follows; `gain` is nothing for each item.
    """
    follow(small)
    before, turn = _NONE, 0
    while small.counts[TRAIL] > before and turn < turns_max:
        before, turn = small.counts[TRAIL], turn + 1
        for item in range(small.counts[ITEMS]):
            for state in range(OUT, IN + 1):
                if small.state[item] == FREE and loss_of(small, item, state, gain) == IMPOSSIBLE:
                    decide_item(small, item, OUT + IN - state)
                    follow(small)
    left = 0
    for item in range(small.counts[ITEMS]):
        if small.state[item] == FREE:
            small.origin[left] = small.origin[item]
            left += 1
    return left


@inner
def may_settle(small: Small, inside: Int64Array) -> bool:
    """Tell whether a set leaves no room short."""
    small.counts[LOOKS] += small.item_start[small.counts[ITEMS]]
    for room in range(small.counts[ROOMS]):
        left = small.room[room]
        for place in range(small.room_start[room], small.room_start[room + 1]):
            if inside[small.near_item[place]] == 1:
                left += small.near_by[place]
        if left < 0:
            return False
    return True
