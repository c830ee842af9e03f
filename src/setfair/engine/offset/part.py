"""One part of a bypass run: two sets to begin with, a search, prices for the bound, and all sets where they are few.

Rules
-----
1. The search begins with the better of two sets: the ordered one, and the one that the divided payments of the
   relaxation come to if each is rounded and what is short is mended. Both are filled first.
2. A part of few items is searched exactly once a short search has found something good, and searched further
   only if the exact search has not ended.
3. A bound is rounded down to a multiple of what divides all values.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.branch import branch
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.price import Priced, find_scale, improve_prices, price_items
from setfair.engine.offset.search import make_state, search

BRANCH_ITEMS_MAX = 400
"""Items of a part up to which all sets are looked at, as far as the work goes."""
FIRST_LOOKS = 500
"""Work for each item before the exact search."""


class Part(NamedTuple):
    """A part of the problem, and what is known of it."""

    core: Core
    item: Int64Array
    """By item: the item of the whole problem."""
    ordered: BoolArray
    """By item: whether it is in the ordered set."""
    rounded: BoolArray
    """By item: whether at least half of it settles in the relaxation; rooms may be short."""
    price: Int64Array
    """By room, of the relaxation."""
    bound: int
    """Of the relaxation."""
    has_links: bool


class Solved(NamedTuple):
    """What was found."""

    inside: BoolArray
    """By item: whether it settles."""
    bound: int
    work: int


def solve_part(part: Part, work_max: int) -> Solved:
    """Find a set of much value within the work, and a bound.

    Parameters
    ----------
    part
        Of a core that is reduced.
    work_max
        Work units.
    """
    core = part.core
    step = int(np.gcd.reduce(core.value))
    bound = part.bound // step * step
    few = core.items <= BRANCH_ITEMS_MAX
    state, best, work = _begin(part)
    first = FIRST_LOOKS * core.items if few else work_max * 3 // 4
    inside, best, more = search(core, state, min(first, work_max), bound)
    work += more
    if best == bound:
        return Solved(inside, bound, work)
    priced, more = _price(part, best, max(0, work_max - work) // 4)
    work += more
    bound = min(bound, priced.total // priced.scale // step * step)
    if few and best < bound:
        inside, proven, more = branch(core, priced, inside, max(0, work_max - work) // 2)
        work, best = work + more, int(core.value[inside].sum())
        bound = best if proven else bound
    if best < bound and work < work_max:
        inside, best, more = search(core, make_state(core, inside), work_max - work, bound)
        work += more
    return Solved(inside, bound, work)


def _begin(part: Part):
    core = part.core
    found = []
    for inside in (part.rounded, part.ordered):
        state = make_state(core, inside)
        _, best, work = search(core, state, 0, 0)
        found.append((state, best, work))
    (_, value, work), (_, other_value, other_work) = found
    state = found[0 if value >= other_value else 1][0]
    return state, max(value, other_value), work + other_work


def _price(part: Part, floor: int, work_max: int) -> tuple[Priced, int]:
    """Return prices and gains, and the work used."""
    core = part.core
    scale = find_scale(core.value, core.room)
    if scale == 0:
        return price_items(core, np.zeros_like(part.price), 1), 0
    price = np.minimum(part.price, 15) * scale
    if not part.has_links:
        return price_items(core, price, scale), 0
    return improve_prices(core, price, scale, floor, work_max)
