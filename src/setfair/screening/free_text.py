"""Listed names that stand in a free text: remittance information and the like.

Rules
-----
1. A listed name of several tokens stands in a text if its tokens do, one after the other; those of a person, or
   of an entry whose kind is not known, in any order. Case, accents and punctuation do not count (`normalise`).
2. A name of one token stands in a text only if it is a main name or a strong alias of at least
   `SINGLE_LENGTH_MIN` letters: three letters are an abbreviation of anything.
3. A name in Han, Hangul, kana or Thai, which are written without spaces, stands in a text wherever its letters
   do one after the other, if they are at least two.
4. A vessel's name of one token is mostly somebody's given name: it stands in a text only behind a word that
   says so (`VESSEL_WORDS`: ``m/v Amber``). Its IMO number, and any BIC, is a name as well.
5. Each name is looked for by two tokens beside each other, of which one is the token that fewest listed names
   have; so most texts need no look at all.

Names that are only similar are not looked for inside a text; where the text is a name, `match` sees it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality
from setfair.screening.match import SCORE_MAX, Hit, Target, listed_as, shown, targets_of
from setfair.screening.normalise import normalise_name
from setfair.screening.text_kernels import hash_pair, hash_table, hash_token, mark_texts

SINGLE_LENGTH_MIN = 4
VESSEL_WORDS = ("vessel", "ship", "mv", "mt", "v", "t", "tanker", "motorship", "steamship")
"""What stands before a vessel's name, as `normalise` cuts it: ``M/V`` ends in ``v``."""
TEXTS_MAX = 200_000
"""Texts that are remembered with what stands in them."""
_ANY_ORDER = frozenset((EntryKind.PERSON, EntryKind.UNKNOWN))
_UNSPACED = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)


@dataclass(frozen=True, slots=True)
class _Listed:
    """One listed name as it is looked for."""

    tokens: tuple[str, ...]
    target: Target


class TextIndex:
    """Finds listed names in free texts."""

    def __init__(self, lists: ListSet) -> None:
        """Index every listed name by its rarest token."""
        self._by_token: dict[str, list[_Listed]] = {}
        self._by_pair: dict[tuple[str, str], list[_Listed]] = {}
        self._by_letters: dict[str, list[_Listed]] = {}
        names = [(tuple(normalise_name(target.name.text).split()), target) for target in _all_targets(lists)]
        counts = Counter(token for tokens, _ in names for token in set(tokens))
        for tokens, target in names:
            self._take(tokens, target, counts)
        digests = {hash_token(token) for token in self._by_token if token.isascii()}
        digests |= {hash_pair(*pair) for pair in self._by_pair if "".join(pair).isascii()}
        self._table = hash_table(digests)
        self._known: dict[str, tuple[Hit, ...]] = {}

    def _take(self, tokens: tuple[str, ...], target: Target, counts: Counter[str]) -> None:
        joined = "".join(tokens)
        if _UNSPACED.search(joined):
            if len(joined) > 1:
                self._by_letters.setdefault(joined[:2], []).append(_Listed((joined,), target))
        elif len(tokens) > 1:
            self._take_pairs(tokens, target, counts)
        elif target.entry.kind is EntryKind.VESSEL and not joined.isdecimal():
            for word in VESSEL_WORDS:
                self._take_pairs((word, joined), target, counts)
        elif target.name.quality is not NameQuality.LOW and len(joined) >= SINGLE_LENGTH_MIN:
            self._by_token.setdefault(joined, []).append(_Listed(tokens, target))

    def _take_pairs(self, tokens: tuple[str, ...], target: Target, counts: Counter[str]) -> None:
        place = min(range(len(tokens)), key=lambda at: (counts[tokens[at]], -len(tokens[at]), at))
        if target.entry.kind in _ANY_ORDER:
            beside = {at for at in range(len(tokens)) if at != place}
        else:
            beside = {place + 1 if place + 1 < len(tokens) else place - 1}
        listed = _Listed(tokens, target)
        for pair in {_pair(tokens[place], tokens[at]) for at in beside}:
            self._by_pair.setdefault(pair, []).append(listed)

    def find_in(self, texts: pa.Array) -> dict[str, tuple[Hit, ...]]:
        """Return the hits by text; a text in which no listed name stands is not there.

        Parameters
        ----------
        texts
            Text, without nulls, not dictionary encoded.
        """
        found: dict[str, tuple[Hit, ...]] = {}
        rows = np.flatnonzero(self._marks(texts))
        if len(rows):
            for text in dict.fromkeys(texts.take(pa.array(rows)).to_pylist()):
                if text not in self._known:
                    if len(self._known) >= TEXTS_MAX:
                        self._known.clear()
                    self._known[text] = tuple(self.find(text))
                if self._known[text]:
                    found[text] = self._known[text]
        return found

    def _marks(self, texts: pa.Array) -> NDArray[np.bool_]:
        marks = np.zeros(len(texts), np.bool_)
        _, offsets, data = texts.buffers()
        if len(texts) and data is not None:
            bounds = np.frombuffer(offsets, np.int32)[texts.offset : texts.offset + len(texts) + 1]
            mark_texts(np.frombuffer(data, np.uint8), bounds, self._table, marks)
        return marks

    def find(self, text: str) -> list[Hit]:
        """Return the listed names that stand in one text: one hit for each entry."""
        tokens = normalise_name(text).split()
        best: dict[tuple[str, str], Hit] = {}
        for listed in (*self._spaced(tokens), *self._unspaced("".join(tokens))):
            key = (listed.target.list_id, listed.target.entry.entry_id)
            if key not in best:
                best[key] = _hit(text, listed.target)
        return list(best.values())

    def _spaced(self, tokens: Sequence[str]) -> Iterator[_Listed]:
        for token in tokens:
            yield from self._by_token.get(token, ())
        for at, (one, other) in enumerate(pairwise(tokens)):
            for listed in self._by_pair.get(_pair(one, other), ()):
                if _stands(tokens, at, listed):
                    yield listed

    def _unspaced(self, text: str) -> Iterator[_Listed]:
        if self._by_letters and _UNSPACED.search(text):
            for at in range(len(text) - 1):
                for listed in self._by_letters.get(text[at : at + 2], ()):
                    if text.startswith(listed.tokens[0], at):
                        yield listed


def _pair(one: str, other: str) -> tuple[str, str]:
    return (one, other) if one < other else (other, one)


def _all_targets(lists: ListSet) -> Iterator[Target]:
    """Yield every listed name, and identifiers that a text may quote."""
    yield from targets_of(lists)
    for each in lists.lists:
        for entry in each.entries:
            for identifier in quoted_identifiers(entry):
                yield Target(each.list_id, entry, Name(identifier, NameQuality.ALIAS))


def quoted_identifiers(entry: Entry) -> Iterator[str]:
    """Yield an entry's identifiers as a text quotes them: ``IMO 9187629``, a BIC as it is."""
    for identifier in entry.identifiers:
        scheme, _, value = identifier.partition(" ")
        if scheme == "IMO":
            yield identifier
        elif scheme == "BIC":
            yield value


def _stands(tokens: Sequence[str], at: int, listed: _Listed) -> bool:
    """Tell whether a listed name stands in the text around the tokens `at` and the next."""
    length = len(listed.tokens)
    windows = [tuple(tokens[first : first + length]) for first in range(max(0, at - length + 2), at + 1)]
    if listed.tokens in windows:
        return True
    if listed.target.entry.kind not in _ANY_ORDER:
        return False
    wanted = sorted(listed.tokens)
    return any(len(window) == length and sorted(window) == wanted for window in windows)


def _hit(text: str, target: Target) -> Hit:
    return Hit(
        name=text,
        list_id=target.list_id,
        entry_id=target.entry.entry_id,
        matched_name=target.name.text,
        score=SCORE_MAX,
        explanation=f"'{shown(target.name.text)}' stands in the text; {listed_as(target)}",
        entry_hash=target.entry.content_hash,
        low_quality=target.name.quality is NameQuality.LOW,
    )
