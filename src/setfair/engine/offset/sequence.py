"""A fixed sequence of numbers that look drawn: what a search finds hangs on nothing else.

Source: S. Park, K. Miller, "Random number generators: good ones are hard to find", Communications of the ACM
31, 1988.
"""

from __future__ import annotations

from setfair.engine.offset.given import Int64Array
from setfair.kernel import inlined

LARGEST = 2_147_483_647
"""No number is larger, the least is 1."""


@inlined
def next_number(tally: Int64Array, place: int) -> int:
    """Return the next number; the last one is in a place of `tally`."""
    tally[place] = tally[place] * 48271 % LARGEST
    return tally[place]
