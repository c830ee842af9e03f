"""The exact search: all sets, but for those that the prices or the rooms rule out.

Rules
-----
1. Items are decided one after the other, the largest gains (without sign) first, and each first in the way
   that its gain says.
2. A decision against the gain costs the gain: what the bound is then shows at once whether a better set can
   still come of it. If not, the search turns back.
3. It turns back too where a room could not be covered even if everything undecided came in.
4. If it ends within its work, the best set found is an optimum.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.given import Int64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.price import Priced
from setfair.kernel import kernel


class _State(NamedTuple):
    order: Int64Array
    """Items in the order in which they are decided."""
    tried: Int64Array
    """By depth: ways that have been tried, 0 to 2."""
    inside: Int64Array
    """By item: 1 if it is in the set, where decided."""
    cover: Int64Array
    """By room: what is left if everything undecided that adds comes in, and nothing that takes."""
    best: Int64Array
    """By item: 1 if it is in the best set."""
    tally: Int64Array
    """Work used; the value of the best set; 1 if all was searched."""


def branch(
    core: Core, priced: Priced, inside: npt.NDArray[np.bool_], work_max: int
) -> tuple[npt.NDArray[np.bool_], bool, int]:
    """Search all sets; return the best one, whether it is proven to be an optimum, and the work used.

    Parameters
    ----------
    core, priced
        Items and rooms, and their prices.
    inside
        A set that may settle.
    work_max
        Touches that may be looked at.
    """
    order = np.lexsort((np.arange(core.items), -core.value, -np.abs(priced.gain)))
    cover = core.room.copy()
    np.add.at(cover, core.touch_room, np.maximum(core.touch_by, 0))
    state = _State(
        order,
        np.zeros(core.items + 1, np.int64),
        np.zeros(core.items, np.int64),
        cover,
        inside.astype(np.int64),
        np.array([0, int(core.value[inside].sum()), 0]),
    )
    step = int(np.gcd.reduce(core.value)) if core.items else 1
    _branch(core, priced.gain, state, priced.total, priced.scale, step, work_max)
    return state.best == 1, bool(state.tally[2]), int(state.tally[0])


@kernel
def _decide(core: Core, state: _State, item: int, inside: int, sign: int) -> bool:
    """Decide an item (sign 1) or take that back (-1); return whether all rooms can still be covered."""
    covered = True
    for touch in range(core.item_start[item], core.item_start[item + 1]):
        by, room = core.touch_by[touch], core.touch_room[touch]
        if (by < 0) == (inside == 1):
            # Let in, it takes; left out, what it would have added does not come.
            state.cover[room] += sign * by if by < 0 else -sign * by
            covered = covered and state.cover[room] >= 0
    state.tally[0] += core.item_start[item + 1] - core.item_start[item] + 1
    return covered


@kernel
def _branch(
    core: Core, gain: Int64Array, state: _State, total: int, scale: int, step: int, work_max: int
) -> None:
    """Go through the sets, depth first. `allowed` is what a better set may lose against the bound."""
    items = core.value.shape[0]
    allowed = total - (state.tally[1] + step) * scale
    depth, lost, value = 0, 0, 0
    while depth >= 0:
        if depth == items:
            # The bound of a set counts what is left in priced rooms; its value does not.
            if value > state.tally[1]:
                state.tally[1] = value
                allowed = total - (value + step) * scale
                for item in range(items):
                    state.best[item] = state.inside[item]
            depth -= 1
        elif state.tried[depth] == 2 or state.tally[0] >= work_max or lost > allowed:
            if state.tally[0] >= work_max:
                return
            state.tried[depth] = 0
            depth -= 1
        else:
            item = state.order[depth]
            state.tried[depth] += 1
            inside = int((gain[item] >= 0) == (state.tried[depth] == 1))
            covered = _decide(core, state, item, inside, 1)
            cost = abs(gain[item]) if inside != int(gain[item] > 0) else 0
            if covered and lost + cost <= allowed:
                state.inside[item] = inside
                lost += cost
                value += inside * core.value[item]
                depth += 1
                continue
            _decide(core, state, item, inside, -1)
            continue
        if depth >= 0:
            item = state.order[depth]
            inside = state.inside[item]
            _decide(core, state, item, inside, -1)
            value -= inside * core.value[item]
            if inside != int(gain[item] > 0):
                lost -= abs(gain[item])
    state.tally[2] = 1
