"""What else is known of a party raises or lowers the score of a hit.

Rules
-----
1. A kind that cannot be the entry's takes `KIND_TAKEN`: a person is no vessel. A kind that is not known,
   or an entry whose kind the list does not say, changes nothing.
2. A person's date of birth: a year that the list gives adds `BIRTH_ADDED`, one year beside changes nothing, a
   year further off takes `BIRTH_TAKEN`. A list that gives none changes nothing.
3. A country that the list gives adds `COUNTRY_ADDED`. Another one changes nothing: people move.
4. What adds is a second feature: with one, a low-quality alias that stays below the threshold reaches it.
5. A score stays between 0 and `SCORE_MAX`. The name that is listed and its exact equal are lowered like any
   other: who screens by names alone never gets here.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import pycountry

from setfair.screening.lists.model import Entry, EntryKind
from setfair.screening.match import SCORE_MAX, Hit
from setfair.screening.normalise import normalise_name

KIND_TAKEN = 250
BIRTH_ADDED = 60
BIRTH_TAKEN = 200
COUNTRY_ADDED = 40


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """What is known of a party beside its name."""

    kind: EntryKind = EntryKind.UNKNOWN
    country: str = ""
    """ISO 3166 alpha-2, or empty."""
    birth_year: int | None = None

    @property
    def are_empty(self) -> bool:
        """Whether nothing is known."""
        return self.kind is EntryKind.UNKNOWN and not self.country and self.birth_year is None


def weigh(hit: Hit, entry: Entry, facts: PartyFacts) -> Hit:
    """Return the hit with its score raised or lowered, and the reasons in its explanation."""
    changes = [
        change for change in (_kind(entry, facts), _birth(entry, facts), _country(entry, facts)) if change
    ]
    if not changes:
        return hit
    score = min(SCORE_MAX, max(0, hit.score + sum(points for points, _ in changes)))
    reasons = "; ".join(f"{reason} ({points:+d})" for points, reason in changes)
    return replace(hit, score=score, explanation=f"{hit.explanation}; {reasons}")


def _kind(entry: Entry, facts: PartyFacts) -> tuple[int, str] | None:
    unknown = EntryKind.UNKNOWN
    if unknown in (entry.kind, facts.kind) or entry.kind is facts.kind:
        return None
    return -KIND_TAKEN, f"a {facts.kind.value}, listed is a {entry.kind.value}"


def _birth(entry: Entry, facts: PartyFacts) -> tuple[int, str] | None:
    if facts.birth_year is None or not entry.birth_years:
        return None
    apart = min(abs(facts.birth_year - year) for year in entry.birth_years)
    if apart == 0:
        return BIRTH_ADDED, f"born {facts.birth_year} as listed"
    if apart == 1:
        return None
    return -BIRTH_TAKEN, f"born {facts.birth_year}, listed is {', '.join(map(str, entry.birth_years[:3]))}"


def _country(entry: Entry, facts: PartyFacts) -> tuple[int, str] | None:
    if not facts.country:
        return None
    listed = {normalise_name(country) for country in entry.countries}
    if listed.isdisjoint(_spellings(facts.country)):
        return None
    return COUNTRY_ADDED, f"country {facts.country} as listed"


def _spellings(code: str) -> set[str]:
    """Return how lists write a country."""
    found = pycountry.countries.get(alpha_2=code)
    names = [code]
    if found is not None:
        names += [getattr(found, name, "") for name in ("name", "common_name", "official_name", "alpha_3")]
    return {normalise_name(name) for name in names if name} | {
        normalise_name(name.split(",")[0]) for name in names if "," in name
    }
