"""The search across the border: on the way sets have short rooms, and what is short costs more and more.

Rules
-----
1. A room that is short has a weight for each unit that it lacks. Of the items next to what is lacking that
   mend it, the one with the best balance changes: its value, less what it makes short and plus what it mends,
   at the weights of the rooms. The weight of the room then grows.
2. If no room is short, the set may settle, and it is kept if it is the best so far. Then the item with the
   best balance of a few changes, even if it makes a room short; and a few weights shrink.
3. An item that has changed rests for a few changes.
4. After so many changes that led to nothing better, the search returns to the best set; the weights stay.
5. Work is counted in items looked at, and the choices follow a fixed sequence of numbers, as in `search`.

Source: F. Glover, "Heuristics for integer programming using surrogate constraints", Decision Sciences 8, 1977
(strategic oscillation).
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.model import Core
from setfair.engine.offset.search import (
    BEST,
    LOGGED,
    SHORT,
    VALUE,
    WEIGHT_LEAST,
    WEIGHT_MOST,
    WORK,
    State,
    balance_of,
    draw,
    find_change,
    flip,
    make_state,
    undo,
)
from setfair.kernel import inlined, kernel

GROWTH = 32
"""A weight grows by this fraction of itself, and by one."""
SHRINKING = 32
"""Weights that shrink whenever nothing is short."""
LOOKS_INSIDE = 16
"""Items that are looked at where nothing is short."""
REST_MAX = 4
"""Changes for which an item rests at most."""
AWAY_MAX = 2_000
"""Changes away from the best set after which the search returns, once nothing is short."""
_NONE = -1


def oscillate(
    core: Core, inside: npt.NDArray[np.bool_], work_max: int, enough: int
) -> tuple[npt.NDArray[np.bool_], int, int]:
    """Improve a set; return the best one, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    work_max
        Items that may be looked at.
    enough
        A value at which the search ends: no set has more.
    """
    state = make_state(core, inside)
    state.tally[BEST] = state.tally[VALUE]
    _oscillate(core, state, work_max, enough)
    return state.inside == 1, int(state.tally[BEST]), int(state.tally[WORK])


@inlined
def _choose_any(core: Core, state: State, now: int) -> int:
    """Return the best of a few items: rule 2."""
    best, best_balance = _NONE, 0
    for _ in range(LOOKS_INSIDE):
        state.tally[WORK] += 1
        item = draw(state) % core.value.shape[0]
        if state.stamp[item] <= now:
            balance = balance_of(core, state, item, 8)
            if best == _NONE or balance > best_balance:
                best, best_balance = item, balance
    return best


@kernel
def _oscillate(core: Core, state: State, work_max: int, enough: int) -> None:
    tally, weight, rooms, now = state.tally, state.weight, core.room.shape[0], 0
    while tally[WORK] < work_max and tally[BEST] < enough:
        now += 1
        if tally[SHORT] == 0:
            if tally[VALUE] > tally[BEST]:
                tally[BEST] = tally[VALUE]
                tally[LOGGED] = 0
            elif tally[LOGGED] >= AWAY_MAX:
                undo(core, state, 0)
            for _ in range(SHRINKING):
                room = draw(state) % rooms
                weight[room] = max(WEIGHT_LEAST, weight[room] * 15 // 16)
            item = _choose_any(core, state, now)
        else:
            room = state.short[draw(state) % tally[SHORT]]
            item = find_change(core, state, room, now, 8, False)
            weight[room] = min(weight[room] + 1 + weight[room] // GROWTH, WEIGHT_MOST)
        if item == _NONE:
            continue
        if tally[LOGGED] == state.log.shape[0]:
            undo(core, state, 0)
            continue
        flip(core, state, item)
        state.log[tally[LOGGED]] = item
        tally[LOGGED] += 1
        state.stamp[item] = now + 1 + draw(state) % REST_MAX
    if tally[SHORT] > 0 or tally[VALUE] <= tally[BEST]:
        undo(core, state, 0)
    else:
        tally[BEST] = tally[VALUE]
