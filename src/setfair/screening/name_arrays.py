"""What the kernels over names take: settings, listed names, looked-up tokens, scratch."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.by_reference import by_reference
from setfair.screening.token_kernels import LENGTH_MAX

TOKENS_MAX = 32
"""Tokens of one name, or of one window of a long one."""
CANDIDATES_MAX = 20_000
"""Listed names that are compared with one name, at most."""
SCORE_MAX = 1000

# What is known of a name beside its tokens.
ABOUT_LEGAL, ABOUT_SYLLABIC = 0, 1

# What is tallied of two names; weights in eighths of a bit.
TALLY_MATCHED, TALLY_CHANGED, TALLY_MISSING, TALLY_EXTRA = 0, 1, 2, 3
TALLY_PAIRS, TALLY_INITIALS, TALLY_TURNED, TALLY_BEGINS = 4, 5, 6, 7
TALLY_LISTED_INITIALS, TALLY_ELSEWHERE, TALLY_GIVEN, TALLY_ACCOUNTED = 8, 9, 10, 11
TALLY_KNOWN, TALLY_COMMON, TALLY_LIKE, TALLY_WHOLE = 12, 13, 14, 15
TALLY_SAME, TALLY_UNCOMMON, TALLY_CONSONANTS, TALLY_ENDS = 16, 17, 18, 19
TALLY_LEFT, TALLY_COMMON_LEFT, TALLY_NEAR_ELSEWHERE, TALLY_SIZE = 20, 21, 22, 23
SAID_ABOUT = 20
"""Weight above which a token says something about who is named."""

REST_WEIGHT = 4
"""Most that a word weighs that says what a firm is, where it is left over: one list has it, another not."""

# How a token is paired; ELSEWHERE: with a token of another name of the entry, which is no pair.
OPEN, PAIRED, INITIAL, JOINED, CUT, ELSEWHERE = 0, 1, 2, 3, 4, 5


@by_reference
class Settings(NamedTuple):
    """How a score is made: thousandths of a point for each unit of what is named.

    Points are the logarithm of odds: how much more often two names of one party agree like this than a listed
    name and one that has nothing to do with it.
    """

    base: int = 414_000
    matched_first: int = 1_248
    """For each unit that the pairs weigh, up to `first`."""
    matched_second: int = 2_230
    """For each from there to `second`."""
    changed: int = -578
    """For each thousandth of a token that is changed."""
    known: int = -35_700
    """For each token that is changed though it is a name that many bear: seldom another one misspelt."""
    missing: int = -222
    """For each unit that listed tokens without a partner weigh."""
    extra: int = -144
    """For each unit that the name's own tokens without a partner weigh."""
    covered: int = 80_600
    """If the pairs are all there is; a share of it for a share."""
    second_pair: int = 63_600
    """If two pairs say something about who is named."""
    initials: int = -19_000
    """For each initial of the name that is paired with a listed token."""
    initials_all: int = 25_000
    """If two initials of the name or more are paired beside a pair that says something, and nothing is left
    over on either side."""
    listed_initials: int = -65_400
    """For each listed initial that is paired with a token of the name."""
    elsewhere: int = 47_200
    """If another name of the entry has a token of the name that has no partner."""
    accounted: int = 33_200
    """If other names of the entry have all of the name's tokens that have no partner and say something."""
    like: int = 74_000
    """If a token that is left over resembles one that is left over of the listed name, and no other name of
    the entry has any."""
    all_common: int = -12_000
    """If all pairs that say something are names that many bear."""
    uncommon: int = 20_000
    """For each pair of tokens, up to two, that is no name that many bear."""
    none_same: int = -35_000
    """If no pair of tokens is the very same."""
    same_too: int = 25_000
    """If one pair says something, and another one, a particle or a word of firms, is the very same."""
    ends: int = 27_000
    """If the first tokens of both are a pair, and the last ones."""
    consonants: int = -16_000
    """If the consonants of a pair differ: vowels are what transliterations differ in."""
    left: int = -17_000
    """If two listed tokens or more that say something have no partner."""
    common_left: int = -10_000
    """If a name that many bear is left over of the name, and no other name of the entry has it."""
    near_elsewhere: int = -16_000
    """If no token of the name that has no partner is the very same as one of another name of the entry."""
    one_changed: int = -10_000
    """If one pair says something, and letters are changed."""
    given: int = -24_600
    """If all pairs are given names, while something that is none is left over on both sides."""
    turned: int = -48_500
    """For each listed token that stands before the one after which it is listed, up to three."""
    begins: int = 86_800
    """If the tokens of the name are the first listed ones, in order, and at least two."""
    legal_both: int = 48_500
    """If both names have a legal form."""
    legal_one: int = -12_900
    """If one has."""
    syllabic: int = -264_000
    """For a name in Han, Hangul or kana, whose syllables in Latin letters are shared by many."""
    least_weight: int = 48
    """What the pairs must weigh in any case."""
    first: int = 180
    second: int = 300
    left_over_max: int = 240
    """Most that is counted of what is left over."""
    initial_weight: int = 16
    cut_letter_weight: int = 8
    """What each letter weighs of a last token that was cut off."""


@by_reference
class NameIndex(NamedTuple):
    """Listed names as tokens, and by token."""

    start: NDArray[np.int32]
    """By name: its first token in `tokens`; and one past the end."""
    tokens: NDArray[np.int32]
    entry: NDArray[np.int32]
    """By name: its entry."""
    weight: NDArray[np.int32]
    """By token: how rare it is, in eighths of a bit."""
    rest: NDArray[np.int32]
    """By token: what it weighs where it is left over."""
    total: NDArray[np.int32]
    """By name: what its tokens weigh together if all are left over."""
    post_start: NDArray[np.int32]
    """By token: the first name that has it in `posts`; and one past the end."""
    posts: NDArray[np.int32]
    marks: NDArray[np.uint64]
    """By name: a bit for each of its tokens, several tokens to a bit."""
    begins: NDArray[np.uint64]
    """By name: a bit for each letter that begins one of its tokens, and for each that is one."""
    legal: NDArray[np.bool_]
    """By name: whether it has a legal form."""
    low: NDArray[np.bool_]
    """By name: whether the publisher itself relies little on it."""
    given: NDArray[np.bool_]
    """By token: whether it is a given name that very many bear, or a particle."""
    entry_start: NDArray[np.int32]
    """By entry: its first token in `entry_tokens`; and one past the end."""
    entry_tokens: NDArray[np.int32]
    """The tokens of all names of an entry that say something, each once, in order."""
    entry_marks: NDArray[np.uint64]
    """By entry: a bit for each of them, several to a bit."""


@by_reference
class Slots(NamedTuple):
    """Tokens that were looked up."""

    chars: NDArray[np.uint8]
    """Shape (slots, LENGTH_MAX)."""
    length: NDArray[np.int32]
    strict: NDArray[np.bool_]
    """By slot: whether only the very token is near."""
    alike: NDArray[np.int32]
    """By slot: the number of the line of `alike_names` that it stands in, or -1."""
    near_start: NDArray[np.int64]
    near_end: NDArray[np.int64]
    """By slot: its near tokens are ``near[near_start:near_end]``, the nearest first."""
    part_end: NDArray[np.int64]
    """By slot: ``near[near_end:part_end]`` are listed tokens that it may be put together from."""
    near: NDArray[np.int32]
    apart: NDArray[np.int32]
    gain: NDArray[np.int64]
    """What a pair with the token at this place of `near` adds: see `name_kernels.gain_of`."""
    weight: NDArray[np.int32]
    """By slot: the weight of the nearest listed token, or of an unknown one."""
    weight_most: NDArray[np.int32]
    """By slot: the most that a near token weighs, 0 if none is near."""
    known: NDArray[np.bool_]
    """By slot: whether the very token is listed."""
    marks: NDArray[np.uint64]
    """By slot: the marks of its near tokens."""
    common: NDArray[np.bool_]
    """By slot: whether it is a name that very many people bear."""


@by_reference
class NameBatch(NamedTuple):
    """Names to compare."""

    start: NDArray[np.int32]
    slots: NDArray[np.int32]
    """The slots of name i are ``slots[start[i]:start[i + 1]]``, at most `TOKENS_MAX`."""
    legal: NDArray[np.bool_]
    """By name: whether it has a legal form."""
    syllabic: NDArray[np.bool_]
    """By name: whether it is written in Han, Hangul or kana."""


@by_reference
class NameScratch(NamedTuple):
    """Memory of one thread in which names are compared."""

    stamp: NDArray[np.int64]
    """Shape (1,): the number of this name."""
    gathered: NDArray[np.int64]
    """Shape (names, 2): the gains of the tokens that touch a listed name, see `name_kernels.gain_of`; above
    32 bits the number of the name that touched it, below a bit for each token that does, by its place."""
    wanted: NDArray[np.uint64]
    """By place in the name: what must be in `NameIndex.begins` where a listed token begins like this one."""
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
    asked: NDArray[np.int64]
    """Shape (6,): the score that is asked for; a bit for each token whose names are candidates; the most that
    a name of low quality has; 1 if no token may be put together, so that what touches a name is a pair; a bit
    for each token that is no common name; and for each that is listed as it is."""
    about: NDArray[np.bool_]
    """Shape (2,): `ABOUT_LEGAL`, `ABOUT_SYLLABIC`."""
    tally: NDArray[np.int64]
    """Shape (TALLY_SIZE,): of two names."""
    bound: NDArray[np.int64]
    """The same, of what is the best that they can be."""
    order: NDArray[np.int32]
    """Places of the name's tokens, what says most first."""
    rows: NDArray[np.int32]
    text: NDArray[np.uint8]
    other: NDArray[np.uint8]


def make_name_scratch(names: int, entries: int) -> NameScratch:
    """Return the memory for comparing with so many listed names of so many entries."""
    return NameScratch(
        stamp=np.zeros(1, np.int64),
        gathered=np.zeros((names, 2), np.int64),
        wanted=np.zeros(TOKENS_MAX, np.uint64),
        entry_seen=np.zeros(entries, np.int64),
        entry_score=np.zeros(entries, np.int32),
        entry_name=np.zeros(entries, np.int32),
        candidates=np.zeros(CANDIDATES_MAX, np.int32),
        apart=np.zeros((TOKENS_MAX, TOKENS_MAX), np.int32),
        name_state=np.zeros(TOKENS_MAX, np.int32),
        listed_state=np.zeros(TOKENS_MAX, np.int32),
        partner=np.zeros(TOKENS_MAX, np.int32),
        asked=np.array([0, 0, SCORE_MAX, 0, 0, 0], np.int64),
        about=np.zeros(2, np.bool_),
        tally=np.zeros(TALLY_SIZE, np.int64),
        bound=np.zeros(TALLY_SIZE, np.int64),
        order=np.zeros(TOKENS_MAX, np.int32),
        rows=np.zeros((3, LENGTH_MAX + 1), np.int32),
        text=np.zeros(3 * LENGTH_MAX, np.uint8),
        other=np.zeros(3 * LENGTH_MAX, np.uint8),
    )
