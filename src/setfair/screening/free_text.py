"""Listed names that stand in a free text: remittance information and the like.

Rules
-----
1. A listed name of several tokens stands in a text if its tokens do, one after the other; those of a person, or
   of an entry whose kind is not known, in any order. Case, accents and punctuation do not count (`normalise`).
2. A name of one token stands in a text only if it is a main name or a strong alias of at least
   `SINGLE_LENGTH_MIN` letters: three letters are an abbreviation of anything.
3. A name in Han, Hangul, kana or Thai, which are written without spaces, stands in a text wherever its letters
   do one after the other, if they are at least two.
4. Each name is looked for by its token that fewest listed names have, so that most texts need no look at all.
5. The names of vessels are names as others are; their IMO number is one, too, and so is a BIC.

Names that are only similar are not looked for inside a text; where the text is a name, `match` sees it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality
from setfair.screening.match import SCORE_MAX, Hit, Target, listed_as, shown, targets_of
from setfair.screening.normalise import normalise_name, token_key
from setfair.screening.text_kernels import mark_texts, token_table

SINGLE_LENGTH_MIN = 4
TEXTS_MAX = 200_000
"""Texts that are remembered with what stands in them."""
_ANY_ORDER = frozenset((EntryKind.PERSON, EntryKind.UNKNOWN))
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]")


@dataclass(frozen=True, slots=True)
class _Listed:
    """One listed name as it is looked for."""

    tokens: tuple[str, ...]
    place: int
    """Of the token that it is found by."""
    target: Target


class TextIndex:
    """Finds listed names in free texts."""

    def __init__(self, lists: ListSet) -> None:
        """Index every listed name by its rarest token."""
        self._by_token: dict[str, list[_Listed]] = {}
        self._by_pair: dict[str, list[_Listed]] = {}
        names = [
            (tuple(normalise_name(target.name.text).split()), target) for target in _all_targets(lists)
        ]
        counts = Counter(token for tokens, _ in names for token in set(tokens))
        for tokens, target in names:
            self._take(tokens, target, counts)
        self._table = token_table({token for token in self._by_token if token.isascii()})
        self._known: dict[str, tuple[Hit, ...]] = {}

    def _take(self, tokens: tuple[str, ...], target: Target, counts: Counter[str]) -> None:
        joined = "".join(tokens)
        if _UNSPACED.search(joined):
            if len(joined) > 1:
                self._by_pair.setdefault(joined[:2], []).append(_Listed((joined,), 0, target))
        elif len(tokens) > 1 or (target.name.quality is not NameQuality.LOW and len(joined) >= SINGLE_LENGTH_MIN):
            place = min(range(len(tokens)), key=lambda at: (counts[tokens[at]], -len(tokens[at]), at))
            self._by_token.setdefault(tokens[place], []).append(_Listed(tokens, place, target))

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
        for at, token in enumerate(tokens):
            for listed in self._by_token.get(token, ()):
                if _stands(tokens, at, listed):
                    yield listed

    def _unspaced(self, text: str) -> Iterator[_Listed]:
        if self._by_pair and _UNSPACED.search(text):
            for at in range(len(text) - 1):
                for listed in self._by_pair.get(text[at : at + 2], ()):
                    if text.startswith(listed.tokens[0], at):
                        yield listed


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
    length = len(listed.tokens)
    start = at - listed.place
    if start >= 0 and tuple(tokens[start : start + length]) == listed.tokens:
        return True
    if length < 2 or listed.target.entry.kind not in _ANY_ORDER:
        return False
    wanted = token_key(" ".join(listed.tokens))
    return any(
        token_key(" ".join(tokens[first : first + length])) == wanted
        for first in range(max(0, at - length + 1), at + 1)
        if first + length <= len(tokens)
    )


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
