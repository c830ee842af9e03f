"""The search for a set of more value: chains of changes, each mending what the one before broke.

Rules
-----
1. A chain begins with an item that is let in, or put out. As long as a room is short, a change that touches
   it is looked for among those whose amounts are next to what is lacking: an item that adds to the room is
   let in, or one that takes from it is put out. The change with the best balance is made: its value, less
   what it makes short elsewhere, plus what it mends. No item is changed twice in a chain.
2. When no room is short, what is left in the rooms that were touched is filled with items that fit, largest
   first.
3. A chain is kept if the value is not less than the best known one by more than an allowance, which falls to
   nothing in the course of the work; otherwise it is undone. The result is the best set.
4. If so many changes have led away from the best set that their memory is full, the search returns to it.
5. Work is counted in items looked at. What is tried next follows a fixed sequence of numbers: the same
   problem and the same work give the same set on any machine.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.sequence import next_number
from setfair.kernel import inlined, inner, kernel

LENGTH_MAX = 40
"""Changes of a chain before it is filled."""
LOOKS = 24
"""Candidates for a change, at either side of what is lacking."""
MEMORY = 8192
"""Changes that may lead away from the best set."""
_NONE = -1

Int8Array = npt.NDArray[np.int8]

CHAIN, LOGGED, SHORT, VALUE, BEST, WORK, NUMBER, SHIFT = range(8)
"""Places in `tally`: number of the chain, changes since the best set, short rooms, value now, best value,
work used, the number of the fixed sequence, and the bits by which amounts are shifted to be weighed."""

WEIGHT_FIRST, WEIGHT_LEAST, WEIGHT_MOST = 8, 6, 4096
"""Weights are eighths: at 8 a unit that is short costs what a unit of value is worth."""


class State(NamedTuple):
    """A set on its way."""

    inside: Int8Array
    """By item: 1 if it is in the set."""
    left: Int64Array
    """By room: what is left."""
    stamp: Int64Array
    """By item: the last chain that changed it, or the turn until which it rests."""
    short: Int64Array
    """Rooms below zero, in the order in which they became so."""
    short_place: Int64Array
    """By room: its place in `short`, or -1."""
    weight: Int64Array
    """By room: what a unit that is short counts, in eighths."""
    log: Int64Array
    """Items changed since the best set."""
    tally: Int64Array


def make_state(core: Core, inside: npt.NDArray[np.bool_]) -> State:
    """Return a set that may have short rooms."""
    rooms = len(core.room)
    state = State(
        inside=np.zeros(core.items, np.int8),
        left=core.room.copy(),
        stamp=np.zeros(core.items, np.int64),
        short=np.zeros(rooms, np.int64),
        short_place=np.full(rooms, _NONE, np.int64),
        weight=np.full(rooms, WEIGHT_FIRST, np.int64),
        log=np.zeros(MEMORY + core.items, np.int64),
        tally=np.zeros(8, np.int64),
    )
    state.tally[NUMBER] = 1
    # At most four touches a payment, the largest weight twice, and this many bits stay in int64.
    state.tally[SHIFT] = max(0, int(core.value.sum()).bit_length() - 46)
    _enter(core, state, np.flatnonzero(inside))
    return state


def search(core: Core, state: State, work_max: int, enough: int) -> tuple[npt.NDArray[np.bool_], int, int]:
    """Mend a set and improve it; return the best one, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms; no room is short to begin with.
    state
        From `make_state`.
    work_max
        Items that may be looked at; a little more is where the last chain needs it.
    enough
        A value at which the search ends: no set has more.
    """
    _search(core, state, work_max, enough)
    return state.inside == 1, int(state.tally[BEST]), int(state.tally[WORK])


def fill_up(core: Core, inside: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Return a set that may settle with all let in that fits, largest first; nothing more does then."""
    state = make_state(core, inside)
    _fill_up(core, state, np.lexsort((np.arange(core.items), -core.value)))
    return state.inside == 1


@inlined
def draw(state: State) -> int:
    """Return the next number of the fixed sequence."""
    return next_number(state.tally, NUMBER) >> 7


@inner
def flip(core: Core, state: State, item: int) -> None:
    """Let an item in or put it out."""
    sign = 1 - 2 * state.inside[item]
    state.inside[item] ^= 1
    state.tally[VALUE] += sign * core.value[item]
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        room = core.touch_room[touch]
        before = state.left[room]
        after = before + sign * core.touch_by[touch]
        state.left[room] = after
        if after < 0 and before >= 0:
            state.short_place[room] = state.tally[SHORT]
            state.short[state.tally[SHORT]] = room
            state.tally[SHORT] += 1
        elif after >= 0 and before < 0:
            state.tally[SHORT] -= 1
            last = state.short[state.tally[SHORT]]
            state.short[state.short_place[room]] = last
            state.short_place[last] = state.short_place[room]
            state.short_place[room] = _NONE


@inlined
def _change(core: Core, state: State, item: int) -> None:
    """Make one change of the present chain."""
    flip(core, state, item)
    state.stamp[item] = state.tally[CHAIN]
    state.log[state.tally[LOGGED]] = item
    state.tally[LOGGED] += 1


@inner
def undo(core: Core, state: State, logged: int) -> None:
    """Undo the last changes until so many are left."""
    while state.tally[LOGGED] > logged:
        state.tally[LOGGED] -= 1
        flip(core, state, state.log[state.tally[LOGGED]])


@kernel
def _enter(core: Core, state: State, items: Int64Array) -> None:
    for place in range(items.shape[0]):
        flip(core, state, items[place])


@inner
def balance_of(core: Core, state: State, item: int, factor: int) -> int:
    """Return what a change is worth: its value in eighths, less what it makes short at the rooms' weights.

    `factor` eighths of a weight count.
    """
    shift = state.tally[SHIFT]
    sign = 1 - 2 * state.inside[item]
    balance = sign * (core.value[item] >> shift) * 8
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        room = core.touch_room[touch]
        before = state.left[room]
        after = before + sign * core.touch_by[touch]
        if before < 0 or after < 0:
            balance -= (state.weight[room] * factor >> 3) * ((min(before, 0) - min(after, 0)) >> shift)
    return balance


@inlined
def first_of(core: Core, room: int, amount: int) -> int:
    """Return the first place at a room that adds or takes at least so much."""
    low, high = core.room_start[room], core.room_start[room + 1]
    while low < high:
        middle = (low + high) >> 1
        if abs(core.near_by[middle]) < amount:
            low = middle + 1
        else:
            high = middle
    return low


@inner
def find_change(core: Core, state: State, room: int, now: int, factor: int, passes: bool) -> int:
    """Return the best change for a short room, of items that are not stamped later than `now`; or -1.

    If it `passes`, one of four is passed over, so that a chain that failed is not run again.
    """
    best, best_balance = _NONE, 0
    middle = first_of(core, room, -state.left[room])
    for side in range(2):
        place = middle if side == 0 else middle - 1
        seen = 0
        while core.room_start[room] <= place < core.room_start[room + 1] and seen < LOOKS:
            item = core.near_item[place]
            mends = (core.near_by[place] > 0) == (state.inside[item] == 0)
            state.tally[WORK] += 1
            place += 1 - 2 * side
            if not mends or state.stamp[item] > now:
                continue
            seen += 1
            if passes and best != _NONE and draw(state) % 4 == 0:
                continue
            balance = balance_of(core, state, item, factor)
            if best == _NONE or balance > best_balance:
                best, best_balance = item, balance
    return best


@inner
def _fill(core: Core, state: State, room: int) -> None:
    """Let in what fits into what is left of a room, largest first: rule 2."""
    place = first_of(core, room, state.left[room] + 1) - 1
    seen = 0
    while place >= core.room_start[room] and seen < LOOKS and state.left[room] > 0:
        item = core.near_item[place]
        state.tally[WORK] += 1
        takes = core.near_by[place] < 0 and state.inside[item] == 0
        if takes and state.stamp[item] != state.tally[CHAIN] and -core.near_by[place] <= state.left[room]:
            seen += 1
            if _fits(core, state, item):
                _change(core, state, item)
        place -= 1


@inlined
def _fits(core: Core, state: State, item: int) -> bool:
    """Tell whether an item can be let in without anything becoming short."""
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        if state.left[core.touch_room[touch]] + core.touch_by[touch] < 0:
            return False
    return True


@kernel
def _fill_up(core: Core, state: State, order: Int64Array) -> None:
    more = True
    while more:
        more = False
        for place in range(order.shape[0]):
            if state.inside[order[place]] == 0 and _fits(core, state, order[place]):
                flip(core, state, order[place])
                more = True


@inner
def _run_chain(core: Core, state: State, item: int, factor: int) -> bool:
    """Begin with one change, mend what it breaks, and fill; return whether nothing is short in the end."""
    begin = state.tally[LOGGED]
    _change(core, state, item)
    length = 1
    while state.tally[SHORT] > 0 and length < LENGTH_MAX:
        room = state.short[state.tally[SHORT] - 1]
        item = find_change(core, state, room, state.tally[CHAIN] - 1, factor, True)
        if item == _NONE:
            break
        _change(core, state, item)
        length += 1
    if state.tally[SHORT] > 0:
        return False
    end = state.tally[LOGGED]
    for place in range(begin, end):
        changed = state.log[place]
        for touch in range(core.item_start[changed], core.item_start[changed + 1]):
            if state.left[core.touch_room[touch]] > 0:
                _fill(core, state, core.touch_room[touch])
    return True


@inner
def _mend(core: Core, state: State) -> None:
    """Make a set that has short rooms one that has none; items are let in once and put out once at most."""
    state.tally[CHAIN] += 1
    while state.tally[SHORT] > 0:
        room = state.short[state.tally[SHORT] - 1]
        item = find_change(core, state, room, state.tally[CHAIN] - 1, 8, False)
        if item == _NONE:
            # What takes most from the room goes out, even if this chain has let it in.
            place = core.room_start[room + 1] - 1
            while core.near_by[place] > 0 or state.inside[core.near_item[place]] == 0:
                place -= 1
            item = core.near_item[place]
        flip(core, state, item)
        state.stamp[item] = state.tally[CHAIN]


@kernel
def _search(core: Core, state: State, work_max: int, enough: int) -> None:
    """Rules 3 to 5."""
    tally = state.tally
    _mend(core, state)
    tally[CHAIN] += 1
    for room in range(core.room.shape[0]):
        tally[LOGGED] = 0
        _fill(core, state, room)
    tally[LOGGED] = 0
    tally[BEST] = tally[VALUE]
    items = core.value.shape[0]
    average = 4 * tally[BEST] // max(1, items)
    while tally[WORK] < work_max and tally[BEST] < enough:
        tally[CHAIN] += 1
        tally[WORK] += 8
        item = draw(state) % items
        begin, before = tally[LOGGED], tally[VALUE]
        allowance = average * ((work_max - tally[WORK]) >> 8) // ((work_max >> 8) + 1)
        done = _run_chain(core, state, item, 5 + 2 * (tally[CHAIN] % 4))
        if not done or (tally[VALUE] < before and tally[VALUE] < tally[BEST] - allowance):
            undo(core, state, begin)
        elif tally[VALUE] > tally[BEST]:
            tally[BEST] = tally[VALUE]
            tally[LOGGED] = 0
        elif tally[LOGGED] >= MEMORY - LENGTH_MAX:
            undo(core, state, 0)
    undo(core, state, 0)
