"""What is listed, as arrays: tokens, their pieces, names by token.

Rules
-----
1. Tokens are numbered in alphabetical order of their one spelling, so that no result depends on the order in
   which entries are listed.
2. A token weighs eight times the binary logarithm of how many entries there are for each other that has it:
   who is compared with an entry is not that entry, so one that has a token alone counts as half. Between
   `WEIGHT_MIN` and `WEIGHT_MAX`, and at most `LETTER_WEIGHT` a letter; particles weigh `LIGHT_WEIGHT` at
   most. Fewer than `ENTRIES_MIN` entries count as so many, so that a short list does not make its names
   common. Whole numbers only.
   A token that weighs `RARE_WEIGHT` or more, and whose letters are unlikely after one another (`letters`),
   weighs up to `LETTERS_MAX` more in a pair, and no more where it is left over.
3. A name in another script is listed in Latin letters as well; that it is found as it is written, see
   `match.ExactMatcher`.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

from setfair.screening.alike_names import LINES
from setfair.screening.common_names import COMMON_NAMES, EMPTY_WORDS, FIRM_WORDS, GIVEN_NAMES
from setfair.screening.letters import unlikely
from setfair.screening.name_arrays import REST_WEIGHT, SAID_ABOUT, TOKENS_MAX, NameIndex
from setfair.screening.name_kernels import mark_names
from setfair.screening.spelling import Spelling, fold_token
from setfair.screening.token_kernels import LENGTH_MAX, TokenIndex, fill_table, letters_of_tokens, piece_keys
from setfair.screening.translations import DESCRIPTIVE_WORDS
from setfair.screening.words import PARTICLES

ENTRIES_MIN = 1 << 14
WEIGHT_MIN = 12
WEIGHT_MAX = 120
UNKNOWN_WEIGHT = 100
"""Weight of a token that is near no listed one."""
LIGHT_WEIGHT = 12
COMMON_WEIGHT = 56
"""Most that a name weighs that very many bear, see `common_names`."""
DESCRIPTIVE_WEIGHT = 56
"""Most that a word weighs that says what a firm is."""
FIRM_WEIGHT = 32
"""Most that such a word of firms weighs."""
RARE_WEIGHT = 90
LETTERS_FIRST = 176
"""Eighths of a bit from which on the letters of a token are unlikely."""
LETTERS_SHARE = 5
"""One in so many of what is above that is added."""
LETTERS_MAX = 36
LETTER_WEIGHT = 18
"""Most that a token weighs for each of its letters: a short one says little, however rare it is."""
_PIECES_MAX = 5


@dataclass(frozen=True, slots=True)
class FuzzyIndex:
    """Listed names as the kernels take them."""

    tokens: TokenIndex
    names: NameIndex


def build_index(names: Sequence[tuple[int, Spelling]], low: Sequence[bool] = ()) -> FuzzyIndex:
    """Return the index of names.

    Parameters
    ----------
    names
        For each name the number of its entry, from 0 without gaps, and how it is spelt, with at least one
        core token.
    low
        For each name whether it is of low quality; none is, if not given.
    """
    folded = _Folds()
    spelt = [[folded[token] for token in spelling.core[:TOKENS_MAX]] for _, spelling in names]
    vocabulary = sorted({token for tokens in spelt for token in tokens})
    number = {token: place for place, token in enumerate(vocabulary)}
    starts = np.zeros(len(names) + 1, np.int32)
    np.cumsum([len(tokens) for tokens in spelt], out=starts[1:])
    flat = np.array([number[token] for tokens in spelt for token in tokens], np.int32)
    entry = np.array([entry for entry, _ in names], np.int32)
    entries = int(entry.max()) + 1 if len(entry) else 0
    most = {folded[word]: DESCRIPTIVE_WEIGHT for word in DESCRIPTIVE_WORDS}
    most |= {folded[word]: COMMON_WEIGHT for word in COMMON_NAMES}
    most |= {folded[word]: FIRM_WEIGHT for word in FIRM_WORDS}
    most |= {folded[word]: SAID_ABOUT for word in EMPTY_WORDS}
    most |= {folded[word]: LIGHT_WEIGHT for word in PARTICLES}
    weight = _weights(vocabulary, np.repeat(entry, np.diff(starts)), flat, entries, most)
    post_start, posts = _posts(
        flat, np.repeat(np.arange(len(names), dtype=np.int32), np.diff(starts)), len(vocabulary)
    )
    tokens = token_index(vocabulary)
    plain = {folded[word] for word in DESCRIPTIVE_WORDS | PARTICLES} - {folded[word] for word in GIVEN_NAMES}
    paired = weight + _more(vocabulary, weight, {folded[word] for word in GIVEN_NAMES | COMMON_NAMES})
    rest = np.array(
        [
            min(value, REST_WEIGHT) if token in plain else value
            for token, value in zip(vocabulary, weight.tolist(), strict=True)
        ],
        np.int32,
    )
    marks = np.zeros(len(names), np.uint64)
    legal = np.array([spelling.legal for _, spelling in names], np.bool_)
    total = np.zeros(len(names), np.int32)
    known = {folded[word] for word in GIVEN_NAMES | PARTICLES | DESCRIPTIVE_WORDS}
    given = np.array([token in known for token in vocabulary], np.bool_)
    entry_start, entry_tokens = _tokens_of_entries(np.repeat(entry, np.diff(starts)), flat, weight, entries)
    entry_marks = np.zeros(entries, np.uint64)
    listed = NameIndex(
        starts, flat, entry, paired, rest, total, post_start, posts, marks, np.zeros_like(marks), legal,
        np.array(low or [False] * len(names), np.bool_), given, entry_start, entry_tokens, entry_marks,
    )  # fmt: skip
    mark_names(listed, tokens)
    return FuzzyIndex(tokens, listed)


def token_index(vocabulary: Sequence[str]) -> TokenIndex:
    """Return the table of pieces of tokens; they are numbered in the order given."""
    chars = np.frombuffer(
        "".join(vocabulary).encode("ascii"), np.uint8
    ).copy()  # kernels take what is writable
    start = np.zeros(len(vocabulary) + 1, np.int32)
    np.cumsum([len(token) for token in vocabulary], out=start[1:])
    keys = np.zeros(len(vocabulary) * _PIECES_MAX, np.uint64)
    owners = np.zeros(len(keys), np.int32)
    count = piece_keys(chars, start, keys, owners, np.zeros(LENGTH_MAX, np.uint8))
    order = np.argsort(keys[:count], kind="stable")
    table = np.zeros(1 << max(4, (2 * count).bit_length()), np.uint64)
    first, counts = np.zeros(len(table), np.int32), np.zeros(len(table), np.int32)
    fill_table(keys[order], table, first, counts)
    letters = np.zeros(len(vocabulary), np.uint64)
    letters_of_tokens(chars, start, letters)
    return TokenIndex(chars, start, table, first, counts, owners[order], letters, *_alike(vocabulary))


@cache
def lines_of_alike() -> dict[str, int]:
    """Return the number of the line of `alike_names` by each of its spellings, folded."""
    lines: dict[str, int] = {}
    for number, line in enumerate(LINES):
        for name in line:
            lines.setdefault(fold_token(name), number)
    return lines


def _alike(vocabulary: Sequence[str]) -> tuple[NDArray[np.int32], NDArray[np.int32], NDArray[np.int32]]:
    """Return the line of each token, or -1, and the tokens of each line."""
    lines = lines_of_alike()
    line = np.array([lines.get(token, -1) for token in vocabulary], np.int32)
    tokens = np.argsort(line, kind="stable").astype(np.int32)[np.count_nonzero(line < 0) :]
    return line, np.searchsorted(line[tokens], np.arange(len(LINES) + 1)).astype(np.int32), tokens


class _Folds(dict[str, str]):
    def __missing__(self, token: str) -> str:
        found = self[token] = fold_token(token)[:LENGTH_MAX]
        return found


def _weights(
    vocabulary: Sequence[str],
    entry: NDArray[np.int32],
    flat: NDArray[np.int32],
    entries: int,
    most: dict[str, int],
) -> NDArray[np.int32]:
    pairs = np.unique(flat.astype(np.int64) * max(1, entries) + entry)
    with_token = np.bincount(pairs // max(1, entries), minlength=len(vocabulary))
    weights = [_rarity(entries, int(count)) for count in with_token]
    return np.array(
        [
            min(weight, most.get(token, WEIGHT_MAX), LETTER_WEIGHT * len(token))
            for token, weight in zip(vocabulary, weights, strict=True)
        ],
        np.int32,
    )


def _more(vocabulary: Sequence[str], weight: NDArray[np.int32], known: Iterable[str]) -> NDArray[np.int32]:
    """Return what rare tokens weigh more in a pair."""
    above = (unlikely(vocabulary, known) - LETTERS_FIRST) // LETTERS_SHARE
    return np.where(weight >= RARE_WEIGHT, np.clip(above, 0, LETTERS_MAX), 0).astype(np.int32)


def _tokens_of_entries(
    entry: NDArray[np.int32], flat: NDArray[np.int32], weight: NDArray[np.int32], entries: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """Return where the tokens of each entry begin, and the tokens that say something, each once, in order."""
    says = weight[flat] > SAID_ABOUT
    tokens = max(1, len(weight))
    pairs = np.unique(entry[says].astype(np.int64) * tokens + flat[says])
    start = np.searchsorted(pairs, np.arange(entries + 1, dtype=np.int64) * tokens).astype(np.int32)
    return start, (pairs % tokens).astype(np.int32)


@cache
def _rarity(entries: int, with_token: int) -> int:
    """Return eight times the binary logarithm of entries / (with_token - 1/2), whole and bounded."""
    entries = max(entries, ENTRIES_MIN)
    bits = ((2 * entries) ** 8 // max(1, 2 * with_token - 1) ** 8).bit_length() - 1
    return min(WEIGHT_MAX, max(WEIGHT_MIN, bits))


def _posts(
    flat: NDArray[np.int32], owner: NDArray[np.int32], tokens: int
) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    order = np.lexsort((owner, flat))
    start = np.searchsorted(flat[order], np.arange(tokens + 1)).astype(np.int32)
    return start, owner[order]
