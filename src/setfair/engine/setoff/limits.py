"""Limits of a set-off: what is not touched, the most for a party, and the least that is worth a booking.

Rules
-----
1. Not to be touched: the obligation takes no part and is kept whole. Exact: the rest is a set-off.
2. The most for a party: of its debts at most so much is cancelled in one run. Exact: `model`, rule 3.
3. The least amount: an obligation is cancelled by at least so much or not at all. To decide that for each
   obligation is NP-hard (a fixed charge), so it is approached in rounds: an obligation smaller than the
   least takes no part from the start; after each run those that are cancelled by too little take no part
   in the next, until there are none. The result keeps the rule and is the optimum for what takes part.
   The optimum without the rule is a bound for it.
4. If the first round does not do, another run cancels in whole multiples of the least amount: obligations
   and the most for a party are rounded down to them, and what cancels is whole units, which keeps the rule.
   It is optimal among the cancellations in multiples. Of the two the larger total is taken; if the rounds
   have not ended after `ROUNDS_MAX`, the multiples. The rounds are better where the least amount is small
   against the usual one, the multiples where it is not.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Int64Array
from setfair.engine.setoff.model import NO_MAXIMUM
from setfair.engine.setoff.solved import Solved

BoolArray = npt.NDArray[np.bool_]

ROUNDS_MAX = 20
"""Rounds after which only the multiples are left."""


def maximum_by_party(party: Int64Array, most: int | Mapping[int, int] | None) -> Int64Array:
    """Return by party the most of its debts that may be cancelled.

    Parameters
    ----------
    party
        int64, the parties, ascending.
    most
        One amount for all, in minor units, or one for each of some parties, or None.

    Raises
    ------
    ValueError
        If an amount is below zero or too large, or a party is not there.
    """
    if most is None:
        return np.full(len(party), NO_MAXIMUM)
    amounts = most.values() if isinstance(most, Mapping) else (most,)
    if any(not 0 <= amount <= NO_MAXIMUM for amount in amounts):
        raise ValueError(f"the most for a party must be from 0 to {NO_MAXIMUM} minor units")
    if not isinstance(most, Mapping):
        return np.full(len(party), most, np.int64)
    maximum = np.full(len(party), NO_MAXIMUM)
    number = np.array(list(most), np.int64)
    unknown = number[~np.isin(number, party)]
    if len(unknown):
        raise ValueError(f"party {unknown[0]} has a maximum and no obligation")
    maximum[np.searchsorted(party, number)] = np.array(list(most.values()), np.int64)
    return maximum


def solve_in_rounds(
    solve: Callable[[BoolArray, int], Solved], amount: Int64Array, takes_part: BoolArray, least: int
) -> tuple[Solved, int, int]:
    """Run until none is cancelled by something less than the least; return the last run, runs, and its unit.

    Parameters
    ----------
    solve
        Runs what takes part, in whole multiples of a unit.
    amount
        int64, by obligation, in minor units.
    takes_part
        By obligation.
    least
        Minor units, above 0.
    """
    large_enough = takes_part & (amount >= least)
    takes_part = large_enough
    rounds = 0
    while rounds < ROUNDS_MAX:
        rounds += 1
        solved = solve(takes_part, 1)
        cleared = solved.result.cleared_minor
        too_little = (cleared > 0) & (cleared < least)
        if not too_little.any():
            break
        takes_part = takes_part & ~too_little
    if rounds == 1:
        return solved, 1, 1
    in_units = solve(large_enough, least)
    ends = not too_little.any()
    if ends and solved.result.cleared_total_minor >= in_units.result.cleared_total_minor:
        return solved, rounds + 1, 1
    return in_units, rounds + 1, least
