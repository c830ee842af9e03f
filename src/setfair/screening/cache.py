"""What was decided before, for as long as the lists are the same.

Rules
-----
1. A decision is remembered for the exact string that came in, under one version of lists and settings.
   Another version is another matcher and another cache: nothing is carried over.
2. Clear names are remembered as well as hits.
3. At most `NAMES_MAX` names of at most `LENGTH_MAX` characters are remembered. They stand in two
   generations: a name that is seen again moves to the young one; when that is full, the old one is forgotten
   and the young one becomes old.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import filterfalse

from setfair.screening.match import Hit, Matcher

NAMES_MAX = 1_000_000
"""Names that are remembered: 109 MB where they are short."""
LENGTH_MAX = 140
"""Characters of a name that is remembered: what ISO 20022 gives a name. A longer one is asked anew each
time, so that the memory is bounded whatever comes in."""


@dataclass(slots=True)
class _Generation:
    clear: set[str] = field(default_factory=set)
    hits: dict[str, tuple[Hit, ...]] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.clear) + len(self.hits)


class CachedMatcher:
    """A matcher that asks another one only about names that it has not seen."""

    def __init__(self, matcher: Matcher, names_max: int = NAMES_MAX) -> None:
        self._matcher = matcher
        self._generation_max = max(1, names_max // 2)
        self._young = _Generation()
        self._old = _Generation()

    @property
    def version(self) -> str:
        """The version of the matcher behind."""
        return self._matcher.version

    def __len__(self) -> int:
        """Return how many names are remembered."""
        return len(self._young) + len(self._old)

    def match(self, names: Sequence[str]) -> list[Hit]:
        """Return the hits of all names, in the order of the names."""
        rest = set(filterfalse(self._young.clear.__contains__, names))
        if not rest:
            return []
        hits = self._take_known(rest)
        if rest:
            unseen = [name for name in dict.fromkeys(names) if name in rest]
            hits |= self._ask(unseen)
        return [hit for name in names for hit in hits.get(name, ())] if hits else []

    def _take_known(self, rest: set[str]) -> dict[str, tuple[Hit, ...]]:
        """Take the names that were seen out of `rest`, and return those of them that hit."""
        clear = rest & self._old.clear
        self._old.clear -= clear
        self._young.clear |= clear
        rest.difference_update(clear)
        hits = {name: self._young.hits[name] for name in rest & self._young.hits.keys()}
        for name in rest & self._old.hits.keys():
            hits[name] = self._young.hits[name] = self._old.hits.pop(name)
        rest.difference_update(hits)
        self._age()
        return hits

    def _ask(self, unseen: Sequence[str]) -> dict[str, tuple[Hit, ...]]:
        """Ask the matcher behind about names that were not seen, and remember what it says."""
        grouped: dict[str, list[Hit]] = {}
        for hit in self._matcher.match(unseen):
            grouped.setdefault(hit.name, []).append(hit)
        found = {name: tuple(hits) for name, hits in grouped.items()}
        short = [name for name in unseen if len(name) <= LENGTH_MAX]
        self._young.hits.update((name, found[name]) for name in short if name in found)
        self._young.clear.update(name for name in short if name not in found)
        self._age()
        return found

    def _age(self) -> None:
        if len(self._young) >= self._generation_max:
            self._old, self._young = self._young, _Generation()
