"""One part of a bypass run: sets to begin with, searches, prices for the bound, and all sets if they are few.

Rules
-----
1. The chains begin with the better of two sets: the ordered one, and the one that the divided payments of the
   relaxation come to if each is rounded and what is short is mended. Both are filled first.
2. What the chains come to is improved by the search across the border. Both are needed: with many items for
   each room, and little in the rooms, chains find more; otherwise they find much less.
3. A part of few items is searched exactly once a short search has found something good, and searched further
   only if the exact search has not ended.
4. A bound is rounded down to a multiple of what divides all values.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.branch import branch
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.oscillate import oscillate
from setfair.engine.offset.price import PRICE_MAX, Priced, find_scale, improve_prices, price_items
from setfair.engine.offset.search import fill_up, make_state, search

BRANCH_ITEMS_MAX = 400
"""Items of a part up to which all sets are looked at, as far as the work goes."""
FIRST_LOOKS = 2_000
"""Work of the search across the border for each item before the exact search."""
CHAIN_LOOKS = 100_000
"""Most work of the chains for each item."""
DENSE = 100
"""Items for each room from which chains get most of the work: they are better there, worse elsewhere."""


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
    dense = len(core.touch_room) >= DENSE * len(core.room)
    chains = min(work_max * 3 // 5 if dense else work_max // 5, CHAIN_LOOKS * core.items)
    inside, best, work = _begin(part, chains, bound)
    few = core.items <= BRANCH_ITEMS_MAX
    if best < bound and work < work_max:
        first = (work_max - work) // 2 if not few else min(FIRST_LOOKS * core.items, work_max - work)
        inside, best, more = oscillate(core, inside, first, bound)
        work += more
    if best < bound:
        priced, more = _price(part, best, max(0, work_max - work) // 4)
        bound, work = min(bound, priced.total // priced.scale // step * step), work + more
    if few and best < bound:
        inside, proven, more = branch(core, priced, inside, max(0, work_max - work) // 3)
        work, best = work + more, int(core.value[inside].sum())
        bound = best if proven else bound
    if best < bound and work < work_max:
        inside, best, more = oscillate(core, inside, work_max - work, bound)
        work += more
    return Solved(inside if best == bound else fill_up(core, inside), bound, work)


def _begin(part: Part, work_max: int, bound: int) -> tuple[BoolArray, int, int]:
    """Return the set that chains come to, its value, and the work used: rule 1."""
    core = part.core
    rounded, ordered = make_state(core, part.rounded), make_state(core, part.ordered)
    _, value, work = search(core, rounded, 0, 0)
    _, other_value, other_work = search(core, ordered, 0, 0)
    better, other = (rounded, other_work) if value >= other_value else (ordered, work)
    inside, best, work = search(core, better, work_max, bound)
    return inside, best, work + other


def _price(part: Part, floor: int, work_max: int) -> tuple[Priced, int]:
    """Return prices and gains, and the work used."""
    core = part.core
    scale = find_scale(core.value, core.room)
    if scale == 0:
        return price_items(core, np.zeros_like(part.price), 1), 0
    price = np.minimum(part.price, PRICE_MAX) * scale
    if not part.has_links:
        return price_items(core, price, scale), 0
    return improve_prices(core, price, scale, floor, work_max)
