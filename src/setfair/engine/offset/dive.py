"""A set of whole items from the linear relaxation: items that it divides are decided one by one, largest first.

Rules
-----
1. What keeps whole items away from the relaxation is a few large ones: what is left over by small ones is little. So the largest
   item that is divided is put in, if at least half of it is, or else out; the relaxation is solved on from there.
2. What is lacking in a room costs a penalty a unit, so nothing is ever impossible. Where a decision makes something
   lacking, or where the item is one of the largest, both ways are looked at, and the better one is gone.
3. When none is divided any more, all are whole: rooms may lack a little (`mend` makes up for that).
4. A dive ends as soon as the relaxation says that nothing better than what is wanted lies ahead.

Source: C. Atamtuerk? 
"""

from __future__ import annotations

from setfair.engine.offset.basis import (
    ITEMS,
    ROOMS,
    SOLVED,
    Basis,
    decide,
    solve,
    worth_of,
)
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, inner

WHOLE = 1e-6
"""Share of an item that counts as nothing."""
STEPS_MAX = 100_000
LACKING = 1.0
"""Value that counts as lacking."""
_NONE = -1

DONE, WORSE, FAILED, HOPELESS = range(4)
"""How a dive ended: with whole items, nothing better ahead, not solved, or nothing better from the beginning."""


@inner
def dive(core: Core, b: Basis, wanted: float, large: float) -> int:
    """Decide items until none is divided; return how it ended.

    Of items of at least `large` both ways are looked at.
    """
    how = solve(core, b, STEPS_MAX)
    if how != SOLVED or worth_of(b) < wanted:
        return HOPELESS
    lacking = _lacking(b)
    while True:
        item = _largest_divided(b)
        if item == _NONE:
            return DONE
        value = float(core.value[item])
        side = value if b.value[item] * 2.0 >= value else 0.0
        how = _try(core, b, item, side)
        if how == SOLVED and (_lacking(b) > lacking + LACKING or value >= large):
            worth = worth_of(b)
            how = _try(core, b, item, value - side)
            if how == SOLVED and worth_of(b) < worth:
                how = _try(core, b, item, side)
        if how != SOLVED:
            return FAILED
        if worth_of(b) < wanted:
            return WORSE
        lacking = _lacking(b)


@inlined
def _try(core: Core, b: Basis, item: int, at: float) -> int:
    """Decide an item and solve."""
    decide(core, b, item, at)
    return solve(core, b, STEPS_MAX)


@inlined
def _lacking(b: Basis) -> float:
    """Return what is lacking in all rooms."""
    total = 0.0
    first = b.tally[ITEMS] + b.tally[ROOMS]
    for room in range(b.tally[ROOMS]):
        total += max(0.0, b.value[first + room])
    return total


@inner
def _largest_divided(b: Basis) -> int:
    found, most = _NONE, -1.0
    for row in range(b.tally[ROOMS]):
        item = b.basic[row]
        if item < b.tally[ITEMS] and b.low[item] < b.high[item] and b.high[item] > most:
            margin = WHOLE * b.high[item]
            if margin < b.value[item] < b.high[item] - margin:
                found, most = item, b.high[item]
    return found
