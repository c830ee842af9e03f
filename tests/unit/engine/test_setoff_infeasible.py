"""Net positions that no flow carries are refused, and never searched for without end."""

from __future__ import annotations

import numpy as np
import pytest

from setfair.engine.setoff.solve import least_flow

CASES = {
    "no arc leads there": ([(0, 1, 5)], [3, 0, -3]),
    "the arc is too narrow": ([(0, 1, 5), (1, 2, 2)], [3, 0, -3]),
    "the wrong way": ([(1, 0, 5)], [3, -3]),
    "too narrow together": ([(0, 1, 9), (0, 2, 9), (1, 3, 2), (2, 3, 2)], [5, 0, 0, -5]),
    "another component": ([(0, 1, 4), (1, 0, 4), (2, 3, 9), (3, 2, 9)], [1, 0, 0, -1]),
    "more than is wanted": ([(0, 1, 5)], [3, -2]),
    "less than is wanted": ([(0, 1, 5)], [2, -3]),
}


def solve(arcs: list[tuple[int, int, int]], excess: list[int]) -> np.ndarray[tuple[int], np.dtype[np.int64]]:
    """Return the least flow over arcs in the order of their tails, all of cost 1."""
    tail, head, capacity = np.array(arcs, np.int64).T
    cost = np.ones(len(arcs), np.int8)
    ends = (tail.astype(np.int32), head.astype(np.int32))
    return least_flow(*ends, capacity, cost, np.array(excess, np.int64)).flow


@pytest.mark.parametrize("case", CASES)
def test_what_cannot_be_carried(case: str) -> None:
    """Each raises instead of going on."""
    with pytest.raises(ArithmeticError, match="cannot be carried"):
        solve(*CASES[case])


def test_random_networks() -> None:
    """Of random networks, those raise in which some cut is too narrow, and no others: all cuts are tried."""
    chance = np.random.default_rng(5)
    refused = 0
    for _ in range(300):
        nodes = int(chance.integers(2, 6))
        pairs = [(u, v) for u in range(nodes) for v in range(nodes) if u != v and chance.random() < 0.5]
        arcs = [(u, v, int(chance.integers(1, 4))) for u, v in pairs]
        if not arcs:
            continue
        excess = chance.integers(-2, 3, nodes)
        excess[-1] -= excess.sum()
        cuts = (
            sum(int(excess[u]) for u in range(nodes) if side >> u & 1)
            - sum(c for u, v, c in arcs if side >> u & 1 and not side >> v & 1)
            for side in range(1 << nodes)
        )
        if max(cuts) > 0:
            refused += 1
            with pytest.raises(ArithmeticError):
                solve(arcs, excess.tolist())
        else:
            solve(arcs, excess.tolist())
    assert 50 < refused < 250
