"""Why a hit is one, in plain words: what was listed, which tokens were paired, what was left over."""

from __future__ import annotations

from collections.abc import Sequence

from rapidfuzz.distance import OSA

from setfair.screening.name_arrays import CUT, ELSEWHERE, INITIAL, JOINED, OPEN, NameScratch

TOKENS_SHOWN_MAX = 12
"""Pairs and tokens that an explanation names, each."""


def explain_pairs(name: Sequence[str], listed: Sequence[str], work: NameScratch) -> str:
    """Return how the tokens of a name and a listed one were paired.

    Parameters
    ----------
    name, listed
        Tokens, as `name_kernels.score_name` compared them.
    work
        Its scratch, as it left it.
    """
    pairs: list[str] = []
    for j, token in enumerate(listed):
        state, i = int(work.listed_state[j]), int(work.partner[j])
        if state != OPEN:
            pairs.append(_pair(name, i, token, state, work))
    parts = [_some(pairs)]
    extra = [f"'{token}'" for i, token in enumerate(name) if work.name_state[i] == OPEN]
    other = [f"'{token}'" for i, token in enumerate(name) if work.name_state[i] == ELSEWHERE]
    missing = [f"'{token}'" for j, token in enumerate(listed) if work.listed_state[j] == OPEN]
    parts += [f"only in another name of the entry: {_some(other)}"] if other else []
    parts += [f"not listed: {_some(extra)}"] if extra else []
    parts += [f"listed only: {_some(missing)}"] if missing else []
    return "; ".join(parts)


def _pair(name: Sequence[str], i: int, token: str, state: int, work: NameScratch) -> str:
    mine = name[i]
    if state == JOINED:
        joined = [part for place, part in enumerate(name) if work.name_state[place] == JOINED]
        return f"'{' '.join(joined)}' is written together or apart like '{token}'"
    if state == INITIAL:
        return f"'{mine}' and '{token}' share the initial"
    if state == CUT:
        return f"'{mine}' begins '{token}'"
    if mine == token:
        return f"'{mine}' is the same"
    letters = OSA.distance(mine, token)
    return f"'{mine}' for '{token}' ({letters} {'letter' if letters == 1 else 'letters'})"


def _some(texts: Sequence[str]) -> str:
    more = len(texts) - TOKENS_SHOWN_MAX
    return ", ".join(texts[:TOKENS_SHOWN_MAX]) + (f" and {more} more" if more > 0 else "")
