"""The matcher of the house: names that are listed, and names that may be.

Rules
-----
1. What `ExactMatcher` finds is a hit with the full score, whatever is said below. So is a name of the same
   tokens, or core tokens, written together or apart (`Htun Zaw Min`, `HtunZawMin`), with `COMPACT_SCORE`.
2. All else is scored by `name_kernels` and is a hit from the threshold on. One hit for each name and entry:
   that of the listed name that fits best.
3. A low-quality alias alone says too little: it is a hit by itself only where a name of at least two core
   tokens is the very same. Otherwise it stays just below the threshold, and a second feature of the party
   (`qualifiers`) lifts it. The very same is each token in any of its spellings: folded, or of one line of
   `alike_names`.
4. A name of more than `TOKENS_MAX` tokens is compared in windows that overlap by half, and whole for
   equality. Work on a name grows with its length, no faster.
5. At most `HITS_MAX` hits of a name are kept, the best first.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, replace
from itertools import pairwise
from threading import Lock

import numpy as np
from numpy.typing import NDArray

from setfair.screening.acronyms import abbreviated, may_be_abbreviated
from setfair.screening.derived import Derived
from setfair.screening.explain import explain_pairs
from setfair.screening.gate import ListSet
from setfair.screening.listed_names import listed_names
from setfair.screening.lists.model import NameQuality, hash_facts
from setfair.screening.match import SCORE_MAX, ExactMatcher, Hit, Target, listed_as, targets_of
from setfair.screening.name_arrays import TOKENS_MAX, NameBatch, NameScratch, Settings, make_name_scratch
from setfair.screening.name_kernels import match_names
from setfair.screening.normalise import normalise_name
from setfair.screening.pair_kernels import score_name
from setfair.screening.slots import STRICT, TokenMemory
from setfair.screening.spelling import COMPACT_LENGTH_MIN, Spelling, initials_apart, spell

THRESHOLD = 625
"""Score from which on a name is a hit, where an agreement does not say; see docs/screening.md."""
THRESHOLD_MIN = 500
COMPACT_SCORE = 960
LOW_QUALITY_GAP = 25
"""How far below the threshold a low-quality alias stays."""
HITS_MAX = 100
CHUNK = 2048
"""Names that are compared in one call of the kernel, while those after them are spelt."""
_OUT_FIRST = 1024


@dataclass(frozen=True, slots=True)
class _Found:
    """A listed name that fits, before it is explained."""

    window: int
    listed: int
    score: int


_FoundByName = dict[int, list[_Found]]


@dataclass(frozen=True, slots=True)
class _Spelt:
    """Names of one chunk as they are compared."""

    names: Sequence[str]
    distinct: dict[str, str]
    """Each name once, and how it is normalised."""
    spellings: list[Spelling]
    """Of each distinct name."""
    windows: list[Sequence[str]]
    owner: list[int]
    """By window: the place of its name among the distinct ones."""


@dataclass(frozen=True, slots=True)
class _Explainer:
    """Memory in which hits are explained."""

    memory: TokenMemory
    scratch: NameScratch


class FuzzyMatcher:
    """Finds names that are listed, and those that are near enough to one that is."""

    def __init__(
        self,
        lists: ListSet,
        threshold: int = THRESHOLD,
        threads: int | None = None,
        derived: Derived | None = None,
    ) -> None:
        """Build the index, or read it back.

        Parameters
        ----------
        lists
            The lists in force.
        threshold
            Score from which on a name is a hit, `THRESHOLD_MIN` to `SCORE_MAX`.
        threads
            How many cores to use; as many as there are, up to four, if not given.
        derived
            Where the index is kept; None: nowhere.
        """
        if not THRESHOLD_MIN <= threshold <= SCORE_MAX:
            raise ValueError(f"threshold {threshold} is not in {THRESHOLD_MIN} to {SCORE_MAX}")
        self._threshold = threshold
        self._version = hash_facts((("lists", lists.version), ("threshold", str(threshold))))
        self._targets = list(targets_of(lists))
        self._listed = listed_names(self._targets, lists.version, derived)
        self._exact = ExactMatcher(lists, self._targets, self._listed.exact)
        self._index = self._listed.index
        self._memory = TokenMemory(self._index)
        count = threads or min(4, os.cpu_count() or 1)
        self._scratch = [
            make_name_scratch(len(self._listed.targets), self._listed.entries) for _ in range(count)
        ]
        self._pool = ThreadPoolExecutor(count) if count > 1 else None
        self._ahead = ThreadPoolExecutor(1)
        self._explainer = _Explainer(TokenMemory(self._index, EXPLAINED_MAX), make_name_scratch(0, 0))
        self._comparing, self._explaining = Lock(), Lock()

    def _target(self, place: int) -> Target:
        return self._targets[self._listed.targets[place]]

    @property
    def version(self) -> str:
        """The version of the lists and of the settings."""
        return self._version

    @property
    def threshold(self) -> int:
        """Score from which on a name is a hit."""
        return self._threshold

    @property
    def bytes_used(self) -> int:
        """Bytes of the index, the remembered tokens and the scratch of all threads."""
        explainer = (self._explainer.memory.slots, self._explainer.scratch)
        groups = (self._index.tokens, self._index.names, self._memory.slots, *explainer, *self._scratch)
        return sum(array.nbytes for group in groups for array in group)

    def match(self, names: Sequence[str]) -> list[Hit]:
        """Return the hits of all names, in the order of the names."""
        return self.find(names, self._threshold)

    def find(self, names: Sequence[str], score_min: int) -> list[Hit]:
        """Return what reaches a score, in the order of the names; the best first for each name.

        Parameters
        ----------
        names
            Names in any script.
        score_min
            At least `THRESHOLD_MIN`; less than the threshold where a second feature may lift a score.
        """
        if len(names) <= CHUNK:
            # Nothing to spell meanwhile: handing it to the thread takes longer than it does.
            spelt = _spelt(names)
            return self._hits_of(spelt, self._compare(spelt, score_min), score_min)
        hits: list[Hit] = []
        pending: tuple[_Spelt, Future[_FoundByName]] | None = None
        for begin in range(0, len(names), CHUNK):
            spelt = _spelt(names[begin : begin + CHUNK])
            before = (pending[0], pending[1].result()) if pending else None
            pending = (spelt, self._ahead.submit(self._compare, spelt, score_min))
            if before:
                hits += self._hits_of(*before, score_min)
        return hits + self._hits_of(pending[0], pending[1].result(), score_min) if pending else hits

    def _compare(self, spelt: _Spelt, score_min: int) -> _FoundByName:
        """Return the listed names that fit, by place of the name; one call at a time."""
        found: _FoundByName = {}
        if spelt.windows:
            with self._comparing:
                batch = self._batch(spelt.windows, [spelt.spellings[name] for name in spelt.owner])
                rows = self._run(batch, score_min).tolist()
            for window, listed, score in rows:
                found.setdefault(spelt.owner[window], []).append(_Found(window, listed, score))
        return found

    def _hits_of(self, spelt: _Spelt, found: _FoundByName, score_min: int) -> list[Hit]:
        hits: dict[str, list[Hit]] = {}
        for number, (name, normalised) in enumerate(spelt.distinct.items()):
            spelling = spelt.spellings[number]
            exact = self._exact.match_normalised(name, normalised)
            compact = self._written_together(spelling)
            if exact or compact or number in found:
                near = [(each, spelt.windows[each.window]) for each in found.get(number, ())]
                hits[name] = self._hits(name, spelling, exact, compact, near, score_min)
        return [hit for name in spelt.names for hit in hits.get(name, ())] if hits else []

    def _written_together(self, spelling: Spelling) -> tuple[int, ...]:
        """Return the listed names that are the same when they are written together."""
        known = self._listed.compact
        if not (spelling.compact in known or spelling.together in known or spelling.firm in known):
            return ()
        written = (spelling.compact, spelling.together, spelling.firm)
        return tuple(dict.fromkeys(place for each in written for place in known.get(each, ())))

    def _batch(self, windows: Sequence[Sequence[str]], spelt: Sequence[Spelling]) -> NameBatch:
        start = np.zeros(len(windows) + 1, np.int32)
        np.cumsum([len(window) for window in windows], out=start[1:])
        slots = self._memory.slots_of([token for window in windows for token in window])
        return NameBatch(
            start,
            np.array(slots, np.int32),
            np.array([each.legal for each in spelt], np.bool_),
            np.array([each.syllabic for each in spelt], np.bool_),
        )

    def _run(self, batch: NameBatch, score_min: int) -> NDArray[np.int32]:
        """Return window, listed name and score of all that reach a score, in the order of windows."""
        count = len(batch.start) - 1
        parts = len(self._scratch) if self._pool and count >= 256 else 1
        bounds = [count * part // parts for part in range(parts + 1)]
        pieces = [_piece(batch, low, high) for low, high in pairwise(bounds)]
        work = list(zip(pieces, self._scratch, bounds, strict=False))
        if self._pool and parts > 1:
            found = list(
                self._pool.map(lambda each: self._run_piece(each[0], each[1], each[2], score_min), work)
            )
        else:
            found = [self._run_piece(piece, scratch, first, score_min) for piece, scratch, first in work]
        return np.concatenate(found)

    def _run_piece(
        self, batch: NameBatch, scratch: NameScratch, first: int, score_min: int
    ) -> NDArray[np.int32]:
        room = _OUT_FIRST
        while True:
            out = np.zeros((room, 3), np.int32)
            count = match_names(
                self._memory.slots, batch, self._index.names, self._index.tokens, scratch, SETTINGS,
                threshold=score_min, low_max=self._low(SCORE_MAX), out=out,
            )  # fmt: skip
            if count <= room:
                out[:, 0] += np.int32(first)
                return out[:count]
            room = count

    def _hits(
        self, name: str, spelling: Spelling, exact: Sequence[Hit], compact: Sequence[int],
        near: Sequence[tuple[_Found, Sequence[str]]], score_min: int,
    ) -> list[Hit]:  # fmt: skip
        """Return the hits of one name: one for each entry, the best, in the order of score and list."""
        best: dict[tuple[str, str], tuple[int, _Found | None, Hit | None]] = {}
        for hit in exact:
            score = hit.score if not hit.low_quality or len(spelling.core) > 1 else self._low(hit.score)
            if score >= score_min:
                best[hit.list_id, hit.entry_id] = (score, None, replace(hit, score=score))
        for each in [*(_Found(-1, listed, COMPACT_SCORE) for listed in compact), *(each for each, _ in near)]:
            target = self._target(each.listed)
            score = each.score
            key = (target.list_id, target.entry.entry_id)
            if score >= score_min and (key not in best or score > best[key][0]):
                best[key] = (score, each, None)
        window_of = {id(each): window for each, window in near}
        ranked = sorted(best.items(), key=lambda item: (-item[1][0], item[0]))[:HITS_MAX]
        return [
            hit or self._explained(name, score, found, window_of.get(id(found), spelling.core))
            for _, (score, found, hit) in ranked
        ]

    def _low(self, score: int) -> int:
        return min(score, self._threshold - LOW_QUALITY_GAP)

    def _explained(self, name: str, score: int, found: _Found | None, window: Sequence[str]) -> Hit:
        if found is None:
            raise ValueError("a hit without a listed name")
        target = self._target(found.listed)
        if found.window < 0:
            short = len(window) == 1 and len(window[0]) < COMPACT_LENGTH_MIN
            why = f"the same name {'but for its legal form' if short else 'written together or apart'}"
        else:
            why = self._explain(found.listed, window)
        return Hit(
            name=name,
            list_id=target.list_id,
            entry_id=target.entry.entry_id,
            matched_name=target.name.text,
            score=score,
            explanation=f"{why}; {listed_as(target)}",
            entry_hash=target.entry.content_hash,
            low_quality=target.name.quality is NameQuality.LOW,
        )

    def _explain(self, place: int, window: Sequence[str]) -> str:
        """Return why a listed name fits, in memory of its own: other names are being compared meanwhile."""
        target = self._target(place)
        listed = self._listed.tokens_of(place, normalise_name(target.name.text))
        with self._explaining:
            memory, scratch = self._explainer.memory, self._explainer.scratch
            slots = np.array(memory.slots_of(window), np.int32)
            score_name(
                memory.slots,
                slots,
                self._index.names,
                np.int32(place),  # type: ignore[arg-type]  # as the kernel calls it: compiled once
                self._index.tokens,
                scratch,
                SETTINGS,
            )
            return explain_pairs([token.lstrip(STRICT) for token in window], listed, scratch)


SETTINGS = Settings()
EXPLAINED_MAX = 1 << 12
"""Tokens of names with a hit that are remembered."""


def _spelt(names: Sequence[str]) -> _Spelt:
    distinct = {name: normalise_name(name) for name in dict.fromkeys(names)}
    spellings = [spell(each) for each in distinct.values()]
    return _Spelt(names, distinct, spellings, *_windows(spellings, distinct))


def _windows(spelt: Sequence[Spelling], distinct: dict[str, str]) -> tuple[list[Sequence[str]], list[int]]:
    """Return the tokens to compare, at most `TOKENS_MAX` at once, and the name of each."""
    windows: list[Sequence[str]] = []
    owner: list[int] = []
    for number, (each, (name, text)) in enumerate(zip(spelt, distinct.items(), strict=True)):
        core = [f"{STRICT}{token}" for token in each.core] if each.syllabic else each.core
        apart = initials_apart(name, each.core) if "." in name and not each.syllabic else ()
        short = abbreviated(text) if may_be_abbreviated(each.core) else ()
        for read in (core, each.other, short, apart):
            for begin in range(0, max(1, len(read) - TOKENS_MAX // 2), TOKENS_MAX // 2):
                if read:
                    windows.append(read[begin : begin + TOKENS_MAX])
                    owner.append(number)
    return windows, owner


def _piece(batch: NameBatch, low: int, high: int) -> NameBatch:
    begin, end = batch.start[low], batch.start[high]
    return NameBatch(
        batch.start[low : high + 1] - begin,
        batch.slots[begin:end],
        batch.legal[low:high],
        batch.syllabic[low:high],
    )
