"""What was decided before, for as long as the lists are the same.

Rules
-----
1. A decision is remembered for the exact string that came in, under one version of lists and settings.
   Another version is another matcher and another cache: nothing is carried over.
2. Clear names are remembered by value (`seen_texts`), so that a column of them is looked up at once; hits
   with what was found. A column whose values hold several names, one a line, is remembered apart: what is
   clear as several names may not be clear as one.
3. At most `NAMES_MAX` texts of at most `LENGTH_MAX` bytes are remembered. They stand in two generations: a
   name that is seen again moves to the young one; when that is full, the old one is forgotten and the young
   one becomes old.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.screening.match import Hit, Matcher
from setfair.screening.seen_kernels import LENGTH_MAX
from setfair.screening.seen_texts import SeenTexts

NAMES_MAX = 1_000_000
"""Texts that are remembered: 84 MB where each has 30 bytes."""


class CachedMatcher:
    """A matcher that asks another one only about names that it has not seen."""

    def __init__(self, matcher: Matcher, names_max: int = NAMES_MAX) -> None:
        self._matcher = matcher
        self._generation_max = max(1, names_max // 2)
        self._clear = SeenTexts()
        self._clear_lines = SeenTexts()
        self._young: dict[str, tuple[Hit, ...]] = {}
        self._old: dict[str, tuple[Hit, ...]] = {}

    @property
    def version(self) -> str:
        """The version of the matcher behind."""
        return self._matcher.version

    def __len__(self) -> int:
        """Return how many texts are remembered."""
        return len(self._clear) + len(self._clear_lines) + len(self._young) + len(self._old)

    def match(self, names: Sequence[str]) -> list[Hit]:
        """Return the hits of all names, in the order of the names."""
        try:
            texts = pa.array(names, pa.string())
        except UnicodeEncodeError:  # a lone surrogate is no text that a column could hold
            return self._matcher.match(names)
        rows = self._clear.unseen(texts)
        if not len(rows):
            self._age()
            return []
        rest = names if len(rows) == len(names) else [names[row] for row in rows.tolist()]
        hits = self._take_known(rest)
        unseen = [name for name in dict.fromkeys(rest) if name not in hits]
        if unseen:
            hits |= self._ask(unseen)
        self._age()
        return [hit for name in rest for hit in hits.get(name, ())]

    def rows_to_ask(self, texts: pa.StringArray, *, several: bool = False) -> NDArray[np.int64]:
        """Return the rows of a column that are not known to be clear, in order.

        Parameters
        ----------
        texts
            Text, without nulls, not dictionary encoded.
        several
            Whether a value holds several names, one a line.
        """
        rows = (self._clear_lines if several else self._clear).unseen(texts)
        self._age()
        return rows

    def keep_clear_lines(self, texts: pa.StringArray, rows: NDArray[np.int64]) -> None:
        """Remember the values of some rows, of which each line was found clear."""
        self._clear_lines.add(texts, rows)
        self._age()

    def _take_known(self, names: Sequence[str]) -> dict[str, tuple[Hit, ...]]:
        """Return what is known of names that hit."""
        hits: dict[str, tuple[Hit, ...]] = {}
        for name in self._young.keys() & set(names):
            hits[name] = self._young[name]
        for name in self._old.keys() & set(names):
            hits[name] = self._young[name] = self._old.pop(name)
        return hits

    def _ask(self, unseen: Sequence[str]) -> dict[str, tuple[Hit, ...]]:
        """Ask the matcher behind about names that were not seen, and remember what it says."""
        grouped: dict[str, list[Hit]] = {}
        for hit in self._matcher.match(unseen):
            grouped.setdefault(hit.name, []).append(hit)
        found = {name: tuple(hits) for name, hits in grouped.items()}
        self._young.update((name, hits) for name, hits in found.items() if len(name.encode()) <= LENGTH_MAX)
        self._clear.add(pa.array([name for name in unseen if name not in found], pa.string()))
        return found

    def _age(self) -> None:
        if self._clear.young + self._clear_lines.young + len(self._young) >= self._generation_max:
            self._clear.turn()
            self._clear_lines.turn()
            self._old, self._young = self._young, {}
