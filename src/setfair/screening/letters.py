"""How unlikely the letters of a token are, after one another.

Rules
-----
1. A list has fifteen bits to say how rare a token is, for it has so many entries. Of two that it has alone,
   ``Rose`` is more often another party's name than ``Talengelanimiro``: how it is spelt says so.
2. The chance of each letter behind the three before it is counted in the tokens of the list and the names
   that many bear, each once, so that a short list has enough of them. Where three letters are rare, two speak
   for them.
3. Eighths of a bit, whole numbers only: the same on any machine.
4. What has a digit is a number and says nothing here.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from math import isqrt

import numpy as np
from numpy.typing import NDArray

_FIRST_BITS = 10
"""A ratio of 1 is this power of two."""
_LIMITS = np.array(
    [isqrt(isqrt(isqrt(1 << (8 * _FIRST_BITS + eighth)))) for eighth in range(8 * 40)], np.int64
)
"""By eighth of a bit: the least ratio that has so many."""
_BEFORE = 3
"""Letters before one that its chance is counted behind."""
_TRUST = 3
"""Times that three letters must be counted to say as much as the last two of them."""
_ALPHABET = 30
_SMALL = 50
"""What is never seen behind two letters counts as one in so many."""
_DIGIT = 29


def _codes() -> NDArray[np.int64]:
    codes = np.zeros(128, np.int64)
    for code, letter in enumerate("abcdefghijklmnopqrstuvwxyzSC", 1):
        codes[ord(letter)] = code
    codes[[ord(digit) for digit in "0123456789"]] = _DIGIT
    return codes


_CODES = _codes()


def unlikely(tokens: Sequence[str], known: Iterable[str]) -> NDArray[np.int64]:
    """Return how unlikely the letters of tokens are.

    Parameters
    ----------
    tokens
        Listed ones, in their one spelling, each once.
    known
        Names that many bear, in the same spelling.

    Returns
    -------
    numpy.ndarray
        int64, shape (tokens,): eighths of a bit; 0 for a token with a digit.

    Complexity
    ----------
    Linear in the letters, and a table of a million numbers while it runs.
    """
    listed = set(tokens)
    runs, start = _runs([*tokens, *sorted(set(known) - listed)])
    four, three = np.bincount(runs, minlength=1 << 20), np.bincount(runs & 0x7FFF, minlength=1 << 15)
    before_four, before_three = _before(four), _before(three)
    own = runs[: start[len(tokens)]]
    seen = _SMALL * before_three[(own & 0x7FFF) >> 5] + _ALPHABET
    favourable = four[own] * seen + _TRUST * (_SMALL * three[own & 0x7FFF] + 1)
    ratio = ((before_four[own >> 5] + _TRUST) * seen << _FIRST_BITS) // favourable
    eighths = np.searchsorted(_LIMITS, ratio, side="right") - 1
    eighths[eighths < 0] = 0
    if not len(tokens):
        return eighths
    said = np.add.reduceat(eighths, start[: len(tokens)])
    said[np.logical_or.reduceat(own & 31 == _DIGIT, start[: len(tokens)])] = 0
    return said


def _before(counts: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return how often each run of letters stands before any letter."""
    before: NDArray[np.int64] = counts.reshape(-1, 32).sum(axis=1)
    return before


def _runs(tokens: Sequence[str]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return each letter with the three before it, five bits each, and where each token begins.

    Nothing stands before the first letter, and a mark of its own behind the last.
    """
    pad = "\0" * _BEFORE
    text = "".join([f"{pad}{token}\0" for token in tokens]).encode("ascii")
    codes = _CODES[np.frombuffer(text, np.uint8)]
    lengths = np.array([len(token) + 1 for token in tokens], np.int64)
    start = np.concatenate((np.zeros(1, np.int64), np.cumsum(lengths)))
    ends = np.arange(start[-1]) + np.repeat(_BEFORE * np.arange(1, len(tokens) + 1), lengths)
    runs = codes[ends]
    for back in range(1, _BEFORE + 1):
        runs = runs | codes[ends - back] << (5 * back)
    return runs, start
