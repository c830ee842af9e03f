"""One part of a bypass run: sets to begin with, searches, prices for the bound, and all sets if they are few.

Rules
-----
1. The chains begin with the better of two sets: the ordered one, and the one that the divided payments of the
   relaxation come to if each is rounded and what is short is mended. Both are filled first.
2. Where that is near to the bound, dives along the relaxation (`dives`) come much nearer in a fraction of
   the work. Elsewhere, or where they find nothing better, the chains have more work, and what they come to
   is improved by the search across the border. Both are needed: with many items for each room, and little in
   the rooms, chains find more; otherwise they find much less. Dives go on from the best set at once; only in
   a dense part that chains went on with, after the neighbourhoods.
3. A part of not too many items and rooms is searched exactly for a while, first in depth, which is enough for
   a small one, then where most may be (`frontier`), which lowers the bound. What is still open goes to the
   search of neighbourhoods, and to the exact search again with the work that is left. Neighbourhoods have
   most of the work: two searches go on beside each other there, so it takes half of the time. In long parts
   the search across the border goes on instead.
4. A thin part has some liquidity, few items for each room, and little of the bound after the first chains. It
   goes to the search of wide neighbourhoods (`wide`) once chains and the search across the border are done.
   Half of its searches begin with what these come to, half with the ordered set: where whole payments come
   nowhere near to the relaxation, sometimes the one is the better beginning and sometimes the other.
5. After dives and in the end rooms are filled to the last unit (`fill`).
6. A bound is rounded down to a multiple of what divides all values.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.engine.offset.branch import search_all
from setfair.engine.offset.dives import dive_first, dive_on
from setfair.engine.offset.fill import fill_rooms
from setfair.engine.offset.frontier import Frontier, make_frontier
from setfair.engine.offset.given import BoolArray, Int64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.neighbourhood import improve
from setfair.engine.offset.oscillate import oscillate
from setfair.engine.offset.price import PRICE_MAX, find_scale, improve_prices, price_items
from setfair.engine.offset.search import fill_up, make_state, search
from setfair.engine.offset.wide import improve_wide

CELLS_MAX = 2_000_000
"""Items times rooms of a part up to which all its sets are looked at, as far as the work goes."""
FIRST_LOOKS = 200_000
"""Most work of the search across the border for each item, where that is at most an eighth; in a dense part a
quarter."""
LEAST_LOOKS = 2_000
"""Work for each item below which a part is long: neighbourhoods would be too few, so the work goes to the
search across the border, twice from the best set."""
FIRST_CHAINS = 40
"""The part of the work with which chains begin."""
DIVE_ITEMS, DIVE_EACH, DIVE_ROOMS, DIVE_SHARE = 100, 6, 300, 0.5
"""First dives are made in parts of so many items at least, and so many for each room, and so many rooms at
most, where chains begin with so much of the bound at least: with very little liquidity whole items come
nowhere near to the relaxation."""
THIN_ITEMS, THIN_EACH, THIN_SHARE = 100, 8, 0.5
"""A part is thin with so many items at least, so many for each room at most, and with first chains that come
to less than this share of the bound."""
THIN_LOOKS = 16
"""The part of the work of a thin part in which it is searched exactly, for the bound."""
FIRST_DEPTH = 4
"""The part of the work for the bound in which a part is searched in depth."""
LAST_FILL = 10
"""The part of the work in which rooms are filled to the last unit."""
FIRST_DIVES, LATER_DIVES = 6, 4
"""The part of the work for first dives, and for those that go on from the best set."""
CHAIN_LOOKS = 100_000
"""Most work of the chains for each item."""
DENSE = 100
"""Items for each room from which chains get much of the work: they are better there, worse elsewhere."""


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
    small = core.items * len(core.room) <= CELLS_MAX
    is_long = not small and work_max < LEAST_LOOKS * core.items
    chains = _work_of_chains(core, work_max, small=small, is_long=is_long)
    known = _Known(*_begin(part, min(chains, work_max // FIRST_CHAINS), part.bound // step * step))
    if small and _is_thin(core, known):
        return _solve_thin(part, known, chains, work_max)
    gain, dived = np.zeros(core.items), False
    is_near = not is_long and _is_near(core, known)
    last, later = (work_max // LAST_FILL, work_max // LATER_DIVES) if is_near else (0, 0)
    if known.is_open(work_max) and is_near:
        gain = _bound(part, known, (work_max - known.work) // 16, small=small)
        dived = known.is_open(work_max) and _dive(core, known, gain, work_max // FIRST_DIVES)
        _fill(core, known, last // 2)
        if dived or not _is_dense(core):
            _dive_on(core, known, gain, later)
            later = 0
    if known.is_open(work_max) and not dived:
        _search_from(part, known, chains, work_max, is_long=is_long)
        share = (work_max - known.work) // (16 if small else 4 if is_long else 8)
        gain = _bound(part, known, max(0, share), small=small)
    if known.is_open(work_max) and not is_long:
        share = (work_max - known.work - last - later) * (7 if small else 8) // 8
        known.take(*improve(core, known.inside, gain, share, known.bound))
    if is_near and known.is_open(work_max):
        _dive_on(core, known, gain, later)
        _fill(core, known, last)
    if small and known.is_open(work_max):
        _search_all(known, core, work_max - known.work, in_depth=not is_near)
    elif known.is_open(work_max):
        known.take(*oscillate(core, known.inside, work_max - known.work, known.bound))
    inside = known.inside if known.best == known.bound else fill_up(core, known.inside)
    return Solved(inside, known.bound, known.work)


@dataclass(slots=True)
class _Known:
    """What is known of a part so far."""

    inside: BoolArray
    best: int
    work: int
    bound: int
    frontier: Frontier | None = None

    def is_open(self, work_max: int) -> bool:
        """Tell whether a better set may be found with work that is left."""
        return self.best < self.bound and self.work < work_max

    def take(self, inside: BoolArray, best: int, work: int) -> None:
        """Take what a search found."""
        self.inside, self.best, self.work = inside, best, self.work + work


def _is_dense(core: Core) -> bool:
    return len(core.touch_room) >= DENSE * len(core.room)


def _work_of_chains(core: Core, work_max: int, *, small: bool, is_long: bool) -> int:
    if is_long:
        share = work_max * 3 // 5 if _is_dense(core) else work_max // 5
    elif _is_dense(core):
        share = work_max * 3 // 10
    else:
        share = work_max // (40 if small else 10)
    return min(share, CHAIN_LOOKS * core.items)


def _is_near(core: Core, known: _Known) -> bool:
    """Tell whether first dives are worth while: the set is near to the relaxation, which is not too large."""
    rooms = len(core.room)
    fits = core.items >= max(DIVE_ITEMS, DIVE_EACH * rooms) and rooms <= DIVE_ROOMS
    return fits and known.best >= known.bound * DIVE_SHARE


def _is_thin(core: Core, known: _Known) -> bool:
    """Tell whether there is little liquidity, and few items for each room."""
    fits = THIN_ITEMS <= core.items <= THIN_EACH * len(core.room) and bool(core.room.any())
    return fits and known.best < known.bound * THIN_SHARE


def _solve_thin(part: Part, known: _Known, chains: int, work_max: int) -> Solved:
    """Solve a thin part: rule 4."""
    core = part.core
    _bound(part, known, work_max // THIN_LOOKS, small=True)
    if known.is_open(work_max):
        _search_from(part, known, chains, work_max, is_long=False)
    if known.is_open(work_max):
        begin = (part.ordered, known.inside)
        known.take(*improve_wide(core, begin, work_max - known.work, known.bound))
    inside = known.inside if known.best == known.bound else fill_up(core, known.inside)
    return Solved(inside, known.bound, known.work)


def _bound(part: Part, known: _Known, work_max: int, *, small: bool) -> npt.NDArray[np.float64]:
    """Lower the bound, as far as it may be; return gains at the prices that say so."""
    if known.best == known.bound:
        return np.zeros(part.core.items)
    if not small:
        return _price(part, known, work_max)
    gain = _search_all(known, part.core, work_max // FIRST_DEPTH, in_depth=True)
    if known.best < known.bound:
        gain = _search_all(known, part.core, work_max - work_max // FIRST_DEPTH, in_depth=False)
    return gain


def _dive(core: Core, known: _Known, gain: npt.NDArray[np.float64], work_max: int) -> bool:
    """Dive along the relaxation; return whether that is the set to go on from."""
    best = known.best
    known.take(*dive_first(core, known.inside, gain, work_max))
    return known.best > best


def _dive_on(core: Core, known: _Known, gain: npt.NDArray[np.float64], work_max: int) -> None:
    """Dive on from the best set."""
    if known.best < known.bound and work_max > 0:
        known.take(*dive_on(core, fill_up(core, known.inside), gain, work_max))


def _search_from(part: Part, known: _Known, chains: int, work_max: int, *, is_long: bool) -> None:
    """Search with the chains, and across the border."""
    core = part.core
    if chains > work_max // FIRST_CHAINS:
        # They begin anew, so what the first ones took is in it.
        inside, best, work, _ = _begin(part, chains, known.bound)
        known.work += max(0, work - work_max // FIRST_CHAINS)
        if best > known.best:
            known.take(inside, best, 0)
    if known.is_open(work_max):
        left = work_max - known.work
        share = left // 2 if is_long else min(FIRST_LOOKS * core.items, left // (4 if _is_dense(core) else 8))
        known.take(*oscillate(core, known.inside, share, known.bound))


def _fill(core: Core, known: _Known, work_max: int) -> None:
    """Fill rooms to the last unit."""
    if known.best < known.bound:
        known.take(*fill_rooms(core, fill_up(core, known.inside), work_max))


def _search_all(known: _Known, core: Core, work_max: int, *, in_depth: bool) -> npt.NDArray[np.float64]:
    """Search a part exactly as far as the work goes; return gains at the prices of its relaxation."""
    if in_depth:
        searched = search_all(core, known.inside, max(0, work_max))
        known.take(searched.inside, int(core.value[searched.inside].sum()), searched.work)
        step = int(np.gcd.reduce(core.value))
        known.bound = min(known.bound, searched.bound // step * step)
        return searched.gain
    frontier = known.frontier = known.frontier or make_frontier(core, known.best)
    before = frontier.spent
    known.bound = min(known.bound, frontier.go_on(known.best, max(0, work_max)))
    known.work += frontier.spent - before
    if frontier.found is not None:
        known.take(frontier.found, int(core.value[frontier.found].sum()), 0)
    return frontier.gains()


def _begin(part: Part, work_max: int, bound: int) -> tuple[BoolArray, int, int, int]:
    """Return the set that chains come to, its value, the work used, and the bound: rule 1."""
    core = part.core
    rounded, ordered = make_state(core, part.rounded), make_state(core, part.ordered)
    _, value, work = search(core, rounded, 0, 0)
    _, other_value, other_work = search(core, ordered, 0, 0)
    better, other = (rounded, other_work) if value >= other_value else (ordered, work)
    inside, best, work = search(core, better, work_max, bound)
    return inside, best, work + other, bound


def _price(part: Part, known: _Known, work_max: int) -> npt.NDArray[np.float64]:
    """Lower the bound by prices; return the gains at these."""
    core = part.core
    scale = find_scale(core.value, core.room)
    if scale == 0:
        return core.value.astype(np.float64)
    price = np.minimum(part.price, PRICE_MAX) * scale
    if part.has_links:
        priced, work = improve_prices(core, price, scale, known.best, work_max)
    else:
        priced, work = price_items(core, price, scale), 0
    step = int(np.gcd.reduce(core.value))
    known.bound = min(known.bound, priced.total // priced.scale // step * step)
    known.work += work
    return priced.gain / float(scale)
