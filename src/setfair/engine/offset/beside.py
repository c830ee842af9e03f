"""Two searches beside each other, each on a core of its own with half of the work.

Rules
-----
1. First dives (`far`) are done in two sequences, and the better set is taken.
2. After first dives, one search goes on in near neighbourhoods and one in far ones. Elsewhere both go on in near ones,
   and the second roams.
3. After each round, the search that has less goes on from the best set of the other.
4. Neither looks at the other but then, and work is counted, not timed: the same problem and the same work give the
   same set, whichever is done first.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor

from setfair.engine.offset.far import NUMBERS, Far, make_far
from setfair.engine.offset.given import BoolArray
from setfair.engine.offset.linear import Float64Array
from setfair.engine.offset.model import Core
from setfair.engine.offset.neighbourhood import Near, make_near

ROUNDS_NEAR, ROUNDS_FAR = 2, 4
"""Rounds where both go on in near neighbourhoods, the first one ending when nothing roams any more; and where one
goes on in far ones."""


def begin_far(core: Core, inside: BoolArray, gain: Float64Array, work_max: int) -> tuple[Far, int]:
    """Do first dives; return the search that found most, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle.
    gain
        By item, at some prices.
    work_max
        Work units of both searches together; the last dives may take more.
    """
    searches = [make_far(make_near(core, inside, gain, roams=False), number) for number in range(len(NUMBERS))]
    _run([lambda search=search: search.begin(work_max // 2) for search in searches])
    best = max(searches, key=lambda search: search.best_value)
    best.set_out(best.best)
    return best, sum(search.spent for search in searches)


def improve(
    core: Core, inside: BoolArray, gain: Float64Array, work_max: int, enough: int, far: Far | None = None
) -> tuple[BoolArray, int, int]:
    """Improve a set; return the best one, its value, and the work used.

    Parameters
    ----------
    core
        Items and rooms.
    inside
        A set that may settle; the best one of `far` if that is given.
    gain
        By item, at some prices; only compared, each as a share of the value.
    work_max
        Work units of both searches together.
    enough
        A value at which the searches end: no set has more.
    far
        A search of far neighbourhoods, to go on beside the near one.
    """
    searches: list[Near | Far] = [make_near(core, inside, gain, roams=False)]
    searches.append(make_near(core, inside, gain, roams=True) if far is None else far)
    begun = [search.spent for search in searches]
    rounds, most = (ROUNDS_NEAR if far is None else ROUNDS_FAR), work_max // 2
    best = searches[0]
    for number in range(1, rounds + 1):
        share = most * number // rounds
        _run(
            [
                lambda search=search, first=first, share=share: search.go_on(first + share, first + most, enough)
                for search, first in zip(searches, begun, strict=True)
            ]
        )
        best = max(searches, key=lambda search: search.best_value)
        if best.best_value >= enough:
            break
        for search in searches:
            if search.best_value < best.best_value:
                search.set_out(best.best)
    return best.best, best.best_value, sum(search.spent for search in searches) - sum(begun)


def _run(tasks: Sequence[Callable[[], None]]) -> None:
    """Run tasks beside each other."""
    with ThreadPoolExecutor(len(tasks), "setfair-offset") as pool:
        for each in [pool.submit(task) for task in tasks]:
            each.result()
