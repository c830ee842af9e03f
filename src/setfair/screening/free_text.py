"""Listed names that stand in a free text: remittance information and the like.

Rules
-----
1. A listed name of several tokens stands in a text if its tokens do, one after the other; those of a person,
   or of an entry whose kind is not known, in any order. Case, accents and punctuation do not count
   (`normalise`).
2. A name of one token stands in a text only if it is a main name or a strong alias of at least
   `SINGLE_LENGTH_MIN` letters: three letters are an abbreviation of anything. One that very many
   people or firms bear (``Maria``, ``Green``) must stand alone: what is beside it is a word of payments
   (`plain_words`), a number, a single letter or nothing, since ``Maria Perez`` is another than ``Maria``.
3. A name in Han, Hangul, kana or Thai, which are written without spaces, stands in a text wherever its
   letters do one after the other, if they are at least two.
4. A vessel's name of one token is mostly somebody's given name: it stands in a text only behind a word that
   says so (`VESSEL_WORDS`: ``m/v Amber``). Its IMO number, and any BIC, is a name as well.
5. Each name is looked for by two tokens beside each other, of which one is the token that fewest listed names
   have; so most texts need no look at all.

6. One letter of one token may be misspelt: `near_text` says which.

Names that are less similar are not looked for inside a text; where the text is a name, `match` sees it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.screening.common_names import COMMON_NAMES, EMPTY_WORDS, FIRM_WORDS
from setfair.screening.derived import Derived
from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality
from setfair.screening.match import SCORE_MAX, Hit, Target, listed_as, shown, targets_of
from setfair.screening.near_text import AS_LISTED, Misspelt, NearPairs, misspelt_in, misspelt_unspaced
from setfair.screening.normalise import normalise_name
from setfair.screening.plain_words import PLAIN_WORDS
from setfair.screening.text_kernels import LETTERS_MIN, hash_pair, hash_table, hash_token, mark_texts

NEAR_SCORE = 900
"""The score of a name with a letter misspelt: it is a hit whatever the threshold is."""
SINGLE_LENGTH_MIN = 4
VESSEL_WORDS = ("vessel", "ship", "mv", "mt", "v", "t", "tanker", "motorship", "steamship")
"""What stands before a vessel's name, as `normalise` cuts it: ``M/V`` ends in ``v``."""
TEXTS_MAX = 200_000
"""Texts that are remembered with what stands in them."""
_KEPT = "texts"
_ANY_ORDER = frozenset((EntryKind.PERSON, EntryKind.UNKNOWN))
_UNSPACED = re.compile(
    r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\U00020000-\U0003ffff]"
)


_COMMON = COMMON_NAMES | FIRM_WORDS | EMPTY_WORDS


Places = dict[str, list[int]]
"""Numbers of listed names, in the order of `_all_targets`, by what they are found by."""
_Standing = tuple[int, Misspelt]
"""The number of a listed name, and how it stands in a text."""


class TextIndex:
    """Finds listed names in free texts."""

    def __init__(self, lists: ListSet, derived: Derived | None = None) -> None:
        """Index every listed name by its rarest token, or read the index back.

        Parameters
        ----------
        lists
            The lists in force.
        derived
            Where the index is kept; None: nowhere.
        """
        self._targets = list(_all_targets(lists))
        kept = derived.read(_KEPT, lists.version) if derived is not None else None
        if kept is None:
            kept = _build([(normalise_name(each.name.text).split(), each) for each in self._targets])
            if derived is not None:
                derived.write(_KEPT, lists.version, kept)
        self._by_token: Places = kept[0]
        self._by_pair: Places = kept[1]
        self._by_letters: Places = kept[2]
        self._by_end: Places = kept[3]
        self._near = NearPairs(
            [_two(pair) for pair in kept[4]],
            {*self._by_token, *(token for pair in self._by_pair for token in _two(pair))},
        )
        self._table: NDArray[np.uint64] = np.frombuffer(kept[5], np.uint64)
        self._known: dict[str, tuple[Hit, ...]] = {}

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
            bytes_of_all = np.frombuffer(data, np.uint8)
            mark_texts(bytes_of_all, bounds, self._table, self._near.tables, marks)
        return marks

    def find(self, text: str) -> list[Hit]:
        """Return the listed names that stand in one text: one hit for each entry."""
        tokens = normalise_name(text).split()
        found = [*self._spaced(tokens), *self._unspaced("".join(tokens))]
        best: dict[tuple[str, str], Hit] = {}
        for number, misspelt in sorted(found, key=lambda pair: pair[1] is not AS_LISTED):
            target = self._targets[number]
            key = (target.list_id, target.entry.entry_id)
            if key not in best:
                best[key] = _hit(text, target, misspelt)
        return list(best.values())

    def _spaced(self, tokens: Sequence[str]) -> Iterator[_Standing]:
        for place, token in enumerate(tokens):
            numbers = self._by_token.get(token, ())
            if numbers and (token not in _COMMON or _is_alone(tokens, place)):
                yield from ((number, AS_LISTED) for number in numbers)
        pairs = [(at, _pair(one, other)) for at, (one, other) in enumerate(pairwise(tokens))]
        if len(tokens) > 1:
            pairs += [(at, _pair(one, other)) for at, one, other in self._near.find(tokens)]
        for at, pair in pairs:
            for number in self._by_pair.get(pair, ()):
                misspelt = _standing(tokens, at, self._targets[number])
                if misspelt:
                    yield number, misspelt

    def _unspaced(self, text: str) -> Iterator[_Standing]:
        if self._by_letters and _UNSPACED.search(text):
            for at in range(len(text) - 1):
                letters = text[at : at + 2]
                for places, from_end in ((self._by_letters, False), (self._by_end, True)):
                    for number in places.get(letters, ()):
                        listed = "".join(normalise_name(self._targets[number].name.text).split())
                        if not from_end and text.startswith(listed, at):
                            yield number, AS_LISTED
                        elif _may_be_misspelt(self._targets[number]):
                            place = at + 2 if from_end else at
                            misspelt = misspelt_unspaced(text, place, listed, from_end=from_end)
                            if misspelt:
                                yield number, misspelt


def _is_alone(tokens: Sequence[str], place: int) -> bool:
    """Tell whether no token beside one may be a part of the same name."""
    beside = [*tokens[max(0, place - 1) : place], *tokens[place + 1 : place + 2]]
    return all(len(each) == 1 or each in PLAIN_WORDS or not each.isalpha() for each in beside)


def _build(
    names: Sequence[tuple[list[str], Target]],
) -> tuple[Places, Places, Places, Places, list[str], bytes]:
    """Return the index: by token, by pair of tokens, by the first two letters and by the last two.

    Then the pairs of which one token may be misspelt, and the hash table of tokens and pairs.
    """
    by_token: Places = {}
    by_pair: Places = {}
    by_letters: Places = {}
    by_end: Places = {}
    near: dict[str, None] = {}
    counts = Counter(token for tokens, _ in names for token in set(tokens))
    for number, (tokens, target) in enumerate(names):
        joined = "".join(tokens)
        if _UNSPACED.search(joined):
            if len(joined) > 1:
                by_letters.setdefault(joined[:2], []).append(number)
            if len(joined) >= LETTERS_MIN and _may_be_misspelt(target):
                by_end.setdefault(joined[-2:], []).append(number)
            continue
        for spelling in _spellings(tokens, target):
            for pair in _pairs(spelling, target, counts):
                by_pair.setdefault(pair, []).append(number)
                if len(tokens) > 1 and _may_be_misspelt(target):
                    near[pair] = None
        if len(tokens) == 1 and _stands_alone(joined, target):
            by_token.setdefault(joined, []).append(number)
    digests = {hash_token(token) for token in by_token if token.isascii()}
    digests |= {hash_pair(*pair.split(" ")) for pair in by_pair if pair.isascii()}
    return by_token, by_pair, by_letters, by_end, list(near), hash_table(digests).tobytes()


def _stands_alone(token: str, target: Target) -> bool:
    """Tell whether a name of one token is looked for as it is: rules 2 and 4."""
    if target.entry.kind is EntryKind.VESSEL and not _is_identifier(target):
        return False
    return target.name.quality is not NameQuality.LOW and len(token) >= SINGLE_LENGTH_MIN


def _may_be_misspelt(target: Target) -> bool:
    return target.name.quality is not NameQuality.LOW and not _is_identifier(target)


def _is_identifier(target: Target) -> bool:
    return target.name not in target.entry.names


def _spellings(tokens: list[str], target: Target) -> Iterator[list[str]]:
    """Yield what is looked for as several tokens."""
    if len(tokens) > 1:
        yield tokens
    elif tokens and target.entry.kind is EntryKind.VESSEL and not _is_identifier(target):
        yield from ([word, *tokens] for word in VESSEL_WORDS)


def _pairs(tokens: list[str], target: Target, counts: Counter[str]) -> set[str]:
    """Return the pairs that a name is found by: its rarest token, and what can stand beside it."""
    place = min(range(len(tokens)), key=lambda at: (counts[tokens[at]], -len(tokens[at]), at))
    if target.entry.kind in _ANY_ORDER:
        beside = [at for at in range(len(tokens)) if at != place]
    else:
        beside = [place + 1 if place + 1 < len(tokens) else place - 1]
    return {_pair(tokens[place], tokens[at]) for at in beside}


def _pair(one: str, other: str) -> str:
    return f"{one} {other}" if one < other else f"{other} {one}"


def _two(pair: str) -> tuple[str, str]:
    one, other = pair.split(" ")
    return one, other


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


def _standing(tokens: Sequence[str], at: int, target: Target) -> Misspelt | None:
    """Return how a listed name stands in the text around the tokens `at` and the next; None: it does not."""
    listed = normalise_name(target.name.text).split()
    if len(listed) == 1:
        stands = tokens[at] in VESSEL_WORDS and tokens[at + 1] == listed[0]
        return AS_LISTED if stands else None
    length, any_order = len(listed), target.entry.kind in _ANY_ORDER
    firsts = range(max(0, at - length + 2), min(at, len(tokens) - length) + 1)
    windows = [list(tokens[first : first + length]) for first in firsts]
    wanted = sorted(listed)
    if listed in windows or (any_order and any(sorted(window) == wanted for window in windows)):
        return AS_LISTED
    if not _may_be_misspelt(target):
        return None
    found = (misspelt_in(window, listed, any_order=any_order) for window in windows)
    return next(filter(None, found), None)


def _hit(text: str, target: Target, misspelt: Misspelt) -> Hit:
    how = "" if misspelt is AS_LISTED else f" with {misspelt.explain()}"
    return Hit(
        name=text,
        list_id=target.list_id,
        entry_id=target.entry.entry_id,
        matched_name=target.name.text,
        score=SCORE_MAX if misspelt is AS_LISTED else NEAR_SCORE,
        explanation=f"'{shown(target.name.text)}' stands in the text{how}; {listed_as(target)}",
        entry_hash=target.entry.content_hash,
        low_quality=target.name.quality is NameQuality.LOW,
    )
