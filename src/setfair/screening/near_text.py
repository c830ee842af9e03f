"""Listed names that stand in a free text with one letter misspelt.

Rules
-----
1. One token of the name may have one letter changed, left out or added, or two neighbours swapped, if it is
   listed with `LETTERS_MIN` letters or more and has no digit. All other tokens are as listed, and in the
   places that `free_text` asks for.
2. Of the two tokens by which a name is looked for, one is as listed; the other, where it is misspelt, is no
   token that such a pair of any listed name has (``Hasan`` is Hasan where a list has one), and does not begin
   with a digit.
3. Pairs are looked up by what is left of them when a letter is left out, as marks of 32 bits. Two texts with
   one mark cost a second look and nothing else: `Misspelt` is decided on the letters.
4. A name that is written without spaces may have one letter changed, left out or added if it has
   `LETTERS_MIN` letters or more: either its first two or its last two letters stand in the text.
5. A low-quality alias, and an identifier, is found as it is listed only.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz.distance import OSA
from rapidfuzz.process import extract_iter

from setfair.screening.text_kernels import (
    LETTERS_MAX,
    LETTERS_MIN,
    fill_near,
    mark_near,
    near_tables,
)


@dataclass(frozen=True, slots=True)
class Misspelt:
    """A listed token, and how a text has it."""

    written: str
    listed: str

    def explain(self) -> str:
        """Return which letter it is."""
        both = enumerate(zip(self.written, self.listed, strict=False))
        places = [at for at, (one, other) in both if one != other]
        at = places[0] if places else min(len(self.written), len(self.listed))
        if len(self.written) < len(self.listed):
            what = f"letter {at + 1}, '{self.listed[at]}', is left out"
        elif len(self.written) > len(self.listed):
            what = f"'{self.written[at]}' is added as letter {at + 1}"
        elif len(places) == 2:
            what = f"letters {at + 1} and {at + 2} are swapped"
        else:
            what = f"letter {at + 1} is '{self.written[at]}', not '{self.listed[at]}'"
        return f"'{self.written}' for '{self.listed}' ({what})"


_DIGIT = re.compile(r"\d")

AS_LISTED = Misspelt("", "")
"""Nothing is misspelt."""


def is_soft(token: str) -> bool:
    """Tell whether one letter of a listed token may be misspelt."""
    return LETTERS_MIN <= len(token) <= LETTERS_MAX and _DIGIT.search(token) is None


def misspelt_token(written: str, listed: str) -> Misspelt | None:
    """Return how a token is misspelt; None if it is another, or the same."""
    if written == listed or not is_soft(listed) or OSA.distance(written, listed, score_cutoff=1) > 1:
        return None
    return Misspelt(written, listed)


def misspelt_in(window: Sequence[str], listed: Sequence[str], *, any_order: bool) -> Misspelt | None:
    """Return the one token that is misspelt where all others are as listed; None if that is not so.

    Parameters
    ----------
    window, listed
        As many tokens of the text as the listed name has, and those.
    any_order
        Whether the name may stand in another order.
    """
    differ = [(one, other) for one, other in zip(window, listed, strict=True) if one != other]
    if len(differ) > 1 and any_order:
        written, wanted = Counter(window) - Counter(listed), Counter(listed) - Counter(window)
        differ = list(zip(written.elements(), wanted.elements(), strict=True))
    return misspelt_token(*differ[0]) if len(differ) == 1 else None


def misspelt_unspaced(text: str, at: int, listed: str, *, from_end: bool) -> Misspelt | None:
    """Return how a name without spaces is misspelt that begins, or ends, at a place of a text."""
    if len(listed) < LETTERS_MIN:
        return None
    for length in (len(listed), len(listed) - 1, len(listed) + 1):
        first = at - length if from_end else at
        written = text[max(0, first) : first + length]
        if written != listed and OSA.distance(written, listed, score_cutoff=1) <= 1:
            return Misspelt(written, listed)
    return None


class NearPairs:
    """The pairs by which names are looked for, with a letter left out."""

    def __init__(self, pairs: Sequence[tuple[str, str]], tokens: Iterable[str]) -> None:
        """Fill the tables.

        Parameters
        ----------
        pairs
            Two tokens of a listed name that stand beside each other, of which one may be misspelt.
        tokens
            What is looked for by itself or in any pair.
        """
        self._pairs = pairs
        numbers = {token: number for number, token in enumerate(sorted(tokens))}
        codes, start = _letters(list(numbers))
        soft = np.array([is_soft(token) for token in numbers], np.bool_)
        rows = np.array([[numbers[one], numbers[other]] for one, other in pairs], np.int32).reshape(-1, 2)
        marks = int(np.where(soft, np.diff(start) + 1, 0)[rows].sum())
        self.tables = near_tables(len(numbers), len(pairs), marks)
        fill_near(codes, start, rows, soft, self.tables)

    @cached_property
    def _beside(self) -> Mapping[str, Sequence[str]]:
        """What stands beside a token in a pair."""
        beside: dict[str, list[str]] = {}
        for one, other in self._pairs:
            beside.setdefault(one, []).append(other)
            beside.setdefault(other, []).append(one)
        return beside

    def find(self, tokens: Sequence[str]) -> Iterator[tuple[int, str, str]]:
        """Yield places of tokens that, with the next, are near a listed pair, and that pair."""
        codes, start = _letters(tokens)
        near = np.zeros(len(tokens), np.bool_)
        mark_near(codes, start, self.tables, near)
        for place in np.flatnonzero(near).tolist():
            for at, other in ((place - 1, place), (place, place - 1)):
                beside = self._beside.get(tokens[at], ())
                for listed, _, _ in extract_iter(tokens[other], beside, scorer=OSA.distance, score_cutoff=1):
                    if misspelt_token(tokens[other], listed):
                        yield place - 1, tokens[at], listed


def _letters(tokens: Sequence[str]) -> tuple[NDArray[np.uint32], NDArray[np.int32]]:
    """Return the characters of tokens, one after the other, and where each token begins."""
    start = np.zeros(len(tokens) + 1, np.int32)
    np.cumsum([len(token) for token in tokens], out=start[1:])
    # A kernel takes what is writable; a half of a pair is no character and is kept as it is.
    return np.frombuffer("".join(tokens).encode("utf-32-le", "surrogatepass"), np.uint32).copy(), start
