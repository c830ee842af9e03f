"""The plain twin of the distance of two tokens."""

from __future__ import annotations

from setfair.screening.token_kernels import _DROPPED, _SUBSTITUTIONS, EDIT


def plain_distance(left: str, right: str) -> int:
    """Return what changing, adding, leaving out and swapping letters costs at the least."""
    like = {frozenset(pair): cost for cost, pairs in _SUBSTITUTIONS for pair in pairs.split()}
    cost = {(0, 0): 0}
    for i in range(len(left) + 1):
        for j in range(len(right) + 1):
            ways = [cost[i, j]] if not i and not j else []
            if i:
                ways.append(cost[i - 1, j] + _DROPPED.get(left[i - 1], EDIT))
            if j:
                ways.append(cost[i, j - 1] + _DROPPED.get(right[j - 1], EDIT))
            if i and j:
                same = left[i - 1] == right[j - 1]
                pair = frozenset((left[i - 1], right[j - 1]))
                ways.append(cost[i - 1, j - 1] + (0 if same else like.get(pair, EDIT)))
            if i > 1 and j > 1 and left[i - 1] == right[j - 2] and left[i - 2] == right[j - 1]:
                ways.append(cost[i - 2, j - 2] + EDIT)
            cost[i, j] = min(ways)
    return cost[len(left), len(right)]
