"""Everything that the house screens by: names, free texts, identifiers and countries.

Rules
-----
1. Names are compared by the fuzzy matcher (`fuzzy`), down to what another fact could still lift; the facts of
   the party then raise or lower the score (`qualifiers`), and from `score_min` on it is a hit.
2. A name that is equal to a listed one stays a hit, whatever facts the sender gives: they could be invented.
3. Free texts, identifiers and countries have no facts: what is found is a hit.
4. `version` changes with the lists, the threshold and the rules here; decisions are bound to it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Protocol

from setfair.domain.agreement import Agreement
from setfair.screening.cache import CachedMatcher
from setfair.screening.derived import Derived
from setfair.screening.free_text import TextIndex
from setfair.screening.fuzzy import THRESHOLD_MIN, FuzzyMatcher
from setfair.screening.gate import SETTINGS_VERSION, ListSet
from setfair.screening.identifiers import IdentifierIndex
from setfair.screening.lists.model import Entry, hash_facts
from setfair.screening.match import SCORE_MAX, Hit
from setfair.screening.qualifiers import BIRTH_ADDED, COUNTRY_ADDED, PartyFacts, weigh
from setfair.screening.seen_texts import SeenTexts

RULES_VERSION = "screener-2"
"""Changes with the rules of this module, `free_text` and `identifiers`."""


class ListsInForce(Protocol):
    """What the clearing house asks of the screening gate."""

    def screener(self, agreement: Agreement, today: date) -> Screener:
        """Return the screener over the lists in force.

        Raises
        ------
        ScreeningUnavailableError
            If a mandatory list is missing, truncated or stale.
        """

    def description(self) -> bytes:
        """Return the lists in force as JSON, for the journal."""


@dataclass(frozen=True, slots=True)
class _Floor:
    """The fuzzy matcher, asked for what facts can lift to the threshold as well."""

    behind: FuzzyMatcher
    score_min: int

    @property
    def version(self) -> str:
        return self.behind.version

    def match(self, names: Sequence[str]) -> list[Hit]:
        return self.behind.find(names, self.score_min)


VALUES_MAX = 200_000
"""Values of each sort that are remembered in a generation, see `seen_texts`."""


@dataclass(frozen=True, slots=True)
class ClearValues:
    """Values of columns that were looked up and are nobody's who is listed."""

    identifiers: SeenTexts = field(default_factory=lambda: SeenTexts(VALUES_MAX))
    countries: SeenTexts = field(default_factory=lambda: SeenTexts(VALUES_MAX))
    facts: SeenTexts = field(default_factory=lambda: SeenTexts(VALUES_MAX))
    """Whole values of the column `party_facts`."""


class Screener:
    """The lists in force, as the house asks them."""

    def __init__(self, lists: ListSet, matcher: FuzzyMatcher, derived: Derived | None = None) -> None:
        """Index texts and identifiers beside the names that the matcher has indexed.

        Parameters
        ----------
        lists
            The lists in force.
        matcher
            Over the same lists.
        derived
            Where the index of texts is kept; None: nowhere.
        """
        self.lists = lists
        self.score_min = matcher.threshold
        floor = max(THRESHOLD_MIN, self.score_min - BIRTH_ADDED - COUNTRY_ADDED)
        self.names = CachedMatcher(_Floor(matcher, floor))
        """Every name that may become a hit, with its score by name alone."""
        self.texts = TextIndex(lists, derived)
        self.identifiers = IdentifierIndex(lists)
        self.clear = ClearValues()
        """What need not be looked up again; it lives as long as this screener, and so do the lists."""
        self.rules = hash_facts(
            (("settings", SETTINGS_VERSION), ("score", str(self.score_min)), ("rules", RULES_VERSION))
        )
        """Changes with the threshold and the rules of comparing, and not with the lists."""
        self.version = hash_facts((("matcher", matcher.version), ("rules", RULES_VERSION)))
        self._entries: dict[tuple[str, str], Entry] = {
            (each.list_id, entry.entry_id): entry for each in lists.lists for entry in each.entries
        }

    def over(self, lists: ListSet) -> Screener:
        """Return a screener by the same rules over other lists, for example over what changed."""
        return Screener(lists, FuzzyMatcher(lists, self.score_min, threads=1))

    def match(self, names: Sequence[str]) -> list[Hit]:
        """Return what names alone hit, in their order."""
        return [hit for hit in self.names.match(names) if hit.score >= self.score_min]

    def entry(self, list_id: str, entry_id: str) -> Entry | None:
        """Return a listed entry, or None where it is not listed."""
        return self._entries.get((list_id, entry_id))

    def weigh(self, hit: Hit, facts: PartyFacts) -> Hit | None:
        """Return a hit with what is known of the party, or None if it is none then."""
        if not facts.are_empty:
            weighed = weigh(hit, self._entries[hit.list_id, hit.entry_id], facts)
            if hit.score == SCORE_MAX and not hit.low_quality:
                weighed = replace(weighed, score=max(weighed.score, self.score_min))
            hit = weighed
        return hit if hit.score >= self.score_min else None
