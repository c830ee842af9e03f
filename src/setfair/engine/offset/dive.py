"""A set of whole items from the linear relaxation: what it divides is decided item by item, largest first.

Rules
-----
1. What keeps whole items away from the relaxation is a few large ones; small ones leave little over. So the
   largest item that is divided comes in if at least half of it is in, or else goes out, and the relaxation is
   solved on from there.
2. Where a decision leaves something lacking, and where the item is one of the largest, both ways are looked
   at, and the better one is gone.
3. A dive ends when none is divided any more, or as soon as nothing better than what is wanted lies ahead.
"""

from __future__ import annotations

from setfair.engine.offset.basis import ITEMS, ROOMS, Basis, decide, worth_of
from setfair.engine.offset.dual import solve
from setfair.engine.offset.linear import WHOLE
from setfair.engine.offset.model import Core
from setfair.kernel import inlined, inner

LACKING = 1.0
"""Value that counts as lacking."""
_NONE = -1


@inner
def dive(core: Core, b: Basis, wanted: float, large: float) -> bool:
    """Decide items until none is divided; return whether the set is worth at least what is wanted.

    Of items of at least `large` both ways are looked at.
    """
    if not solve(core, b):
        return False
    lacking = _lacking(b)
    while worth_of(b) >= wanted:
        item = _largest_divided(b)
        if item == _NONE:
            return True
        value = float(core.value[item])
        side = value if b.value[item] * 2.0 >= value else 0.0
        done = _decide(core, b, item, side)
        if done and (_lacking(b) > lacking + LACKING or value >= large):
            worth = worth_of(b)
            done = _decide(core, b, item, value - side)
            if done and worth_of(b) < worth:
                done = _decide(core, b, item, side)
        if not done:
            return False
        lacking = _lacking(b)
    return False


@inlined
def _decide(core: Core, b: Basis, item: int, at: float) -> bool:
    """Decide an item, and solve; return whether it was solved."""
    decide(core, b, item, at)
    return solve(core, b)


@inlined
def _lacking(b: Basis) -> float:
    """Return what all rooms lack."""
    total, first = 0.0, b.tally[ITEMS] + b.tally[ROOMS]
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
