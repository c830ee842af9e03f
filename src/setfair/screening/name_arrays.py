"""What the kernels over names take: settings, listed names, looked-up tokens, scratch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.screening.token_kernels import LENGTH_MAX

TOKENS_MAX = 32
"""Tokens of one name, or of one window of a long one."""
CANDIDATES_MAX = 20_000
"""Listed names that are compared with one name, at most."""
SCORE_MAX = 1000

# What is asked: weight of the pairs with this listed name, and with any; legal form; score; candidates.
ASKED_WEIGHT, ASKED_BASE, ASKED_LEGAL, ASKED_SCORE, ASKED_COUNT = range(5)

# How a listed token is paired.
OPEN, PAIRED, INITIAL, JOINED, CUT = 0, 1, 2, 3, 4


class Settings(NamedTuple):
    """How a score is made; integers, in the units that are named."""

    unknown_weight: int = 83
    """Weight of a token that is near no listed one."""
    initial_weight: int = 24
    """Most that an initial weighs."""
    loss_permille: int = 694
    """How much a changed letter takes, by its share of the token."""
    missing_percent: int = 111
    """How much listed tokens without a partner count."""
    extra_percent: int = 29
    """How much a name's own tokens without a partner count."""
    evidence_slope_percent: int = 210
    """Points taken for each unit that is missing."""
    edit_weight: int = 49
    """What a changed letter takes off the evidence."""
    matchable_permille: int = 315
    """Share of a name's weight that must be near listed tokens."""
    fuzz_max: int = 32
    """Distances of all pairs together, at most."""
    legal_both: int = 50
    """What the pairs may weigh less where both names have a legal form."""
    legal_one: int = 13
    """What they must weigh more where one has."""
    known_percent: int = 149
    """How much more the distance of two tokens counts that are both listed."""


class NameIndex(NamedTuple):
    """Listed names as tokens, and by token."""

    start: NDArray[np.int32]
    """By name: its first token in `tokens`; and one past the end."""
    tokens: NDArray[np.int32]
    entry: NDArray[np.int32]
    """By name: its entry."""
    weight: NDArray[np.int32]
    """By token: how rare it is, in eighths of a bit."""
    post_start: NDArray[np.int32]
    """By token: the first name that has it in `posts`; and one past the end."""
    posts: NDArray[np.int32]
    marks: NDArray[np.uint64]
    """By name: a bit for each of its tokens, several tokens to a bit."""
    legal: NDArray[np.bool_]
    """By name: whether it has a legal form."""
    beginnings: NDArray[np.uint64]
    """By name: bits for how its tokens begin, see `beginning_of`."""


class Slots(NamedTuple):
    """Tokens that were looked up."""

    chars: NDArray[np.uint8]
    """Shape (slots, LENGTH_MAX)."""
    length: NDArray[np.int32]
    strict: NDArray[np.bool_]
    """By slot: whether only the very token is near."""
    near_start: NDArray[np.int64]
    near_end: NDArray[np.int64]
    """By slot: its near tokens are ``near[near_start:near_end]``, ascending."""
    part_end: NDArray[np.int64]
    """By slot: ``near[near_end:part_end]`` are listed tokens that it may be put together from."""
    near: NDArray[np.int32]
    apart: NDArray[np.int32]
    weight: NDArray[np.int32]
    """By slot: the weight of the nearest listed token, or of an unknown one."""
    weight_most: NDArray[np.int32]
    """By slot: the most that a near token weighs, 0 if none is near."""
    known: NDArray[np.bool_]
    """By slot: whether the very token is listed."""
    marks: NDArray[np.uint64]
    """By slot: the marks of its near tokens."""
    beginning: NDArray[np.uint64]


class NameBatch(NamedTuple):
    """Names to compare."""

    start: NDArray[np.int32]
    slots: NDArray[np.int32]
    """The slots of name i are ``slots[start[i]:start[i + 1]]``, at most `TOKENS_MAX`."""
    legal: NDArray[np.bool_]
    """By name: whether it has a legal form."""
    demand: NDArray[np.int32]
    """By name: what its pairs must weigh at least."""


class NameScratch(NamedTuple):
    """Memory of one thread in which names are compared."""

    stamp: NDArray[np.int64]
    """Shape (1,): the number of this name."""
    name_seen: NDArray[np.int64]
    entry_seen: NDArray[np.int64]
    entry_score: NDArray[np.int32]
    entry_name: NDArray[np.int32]
    candidates: NDArray[np.int32]
    apart: NDArray[np.int32]
    """Shape (TOKENS_MAX, TOKENS_MAX): distances by place in both names; negative: none."""
    name_state: NDArray[np.int32]
    """By place in the name: `OPEN` or how it is paired."""
    listed_state: NDArray[np.int32]
    partner: NDArray[np.int32]
    """By place in the listed name: the place in the name that it is paired with."""
    asked: NDArray[np.int32]
    """Shape (5,): what is asked of listed names, by the places `ASKED_WEIGHT` and so on."""
    tally: NDArray[np.int64]
    """Shape (4,): matched, lost, evidence, distance."""
    rows: NDArray[np.int32]
    text: NDArray[np.uint8]
    other: NDArray[np.uint8]


def make_name_scratch(names: int, entries: int) -> NameScratch:
    """Return the memory for comparing with so many listed names of so many entries."""
    return NameScratch(
        stamp=np.zeros(1, np.int64),
        name_seen=np.zeros(names, np.int64),
        entry_seen=np.zeros(entries, np.int64),
        entry_score=np.zeros(entries, np.int32),
        entry_name=np.zeros(entries, np.int32),
        candidates=np.zeros(CANDIDATES_MAX, np.int32),
        apart=np.zeros((TOKENS_MAX, TOKENS_MAX), np.int32),
        name_state=np.zeros(TOKENS_MAX, np.int32),
        listed_state=np.zeros(TOKENS_MAX, np.int32),
        partner=np.zeros(TOKENS_MAX, np.int32),
        asked=np.zeros(5, np.int32),
        tally=np.zeros(4, np.int64),
        rows=np.zeros((3, LENGTH_MAX + 1), np.int32),
        text=np.zeros(3 * LENGTH_MAX, np.uint8),
        other=np.zeros(3 * LENGTH_MAX, np.uint8),
    )
