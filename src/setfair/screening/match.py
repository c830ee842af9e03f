"""The interface of every matcher, and exact matching behind it.

Rules of exact matching
-----------------------
1. A name hits an entry if its normalised form is that of one of the entry's names, whatever the quality of
   that name: a name that is listed is never passed over.
2. For persons, and entries whose kind is not known, the same tokens in another order hit as well: lists give
   ``FIRST SECOND THIRD`` or ``LAST, First``. For organisations, vessels and aircraft the order matters.
3. A name without a letter or digit hits nothing; that names are there at all is checked where they are read.
4. One hit for each name and entry: the equal name before the reordered one, then in the order of the list.

A matcher sees names and nothing else, so that what it decided about a name holds for every payment until the
lists change (`cache`). What else is known of a party (country, date of birth, identifiers) can only weigh the
hits that it returns.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Protocol

from setfair.screening.gate import ListSet
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality
from setfair.screening.normalise import normalise_name, token_key

SCORE_MAX = 1000
"""The score of equal names; 0 is nothing in common."""
SHOWN_LENGTH_MAX = 200
"""Characters of a name that are shown in an explanation."""

_ORDER_IGNORED = frozenset((EntryKind.PERSON, EntryKind.UNKNOWN))


@dataclass(frozen=True, slots=True)
class Hit:
    """A name that may be that of a listed entry."""

    name: str
    """As it came in."""
    list_id: str
    entry_id: str
    matched_name: str
    """As listed."""
    score: int
    """0 to `SCORE_MAX`."""
    explanation: str
    """Why it is a hit and what was hit, in plain words."""
    entry_hash: str
    """Hash of the entry's content: a release that is bound to it lapses when the entry changes."""
    low_quality: bool = False
    """Whether the publisher itself relies little on the listed name."""

    def explain(self) -> str:
        """Return one line for the people who decide."""
        return (
            f"'{shown(self.name)}' is '{shown(self.matched_name)}' on list {self.list_id}, "
            f"entry {self.entry_id}, score {self.score}: {self.explanation}"
        )


class Matcher(Protocol):
    """Decides which names may be listed."""

    @property
    def version(self) -> str:
        """The lists and settings by which it decides."""

    def match(self, names: Sequence[str]) -> list[Hit]:
        """Return the hits of all names, grouped by name in the order given; no hit is no element.

        `Hit.name` is the very string that was given. The same names give the same hits in the same order.
        """


@dataclass(frozen=True, slots=True)
class Target:
    """One listed name, and whose it is."""

    list_id: str
    entry: Entry
    name: Name


@dataclass(frozen=True, slots=True)
class ExactIndex:
    """Numbers of targets, in the order of the lists."""

    by_name: dict[str, tuple[int, ...]]
    """By normalised name."""
    by_tokens: dict[str, tuple[int, ...]]
    """By its tokens in alphabetical order, where the order does not matter."""


def build_exact(targets: Sequence[Target], normalised: Sequence[str]) -> ExactIndex:
    """Return the index of targets whose names are normalised already."""
    by_name: dict[str, tuple[int, ...]] = {}
    by_tokens: dict[str, tuple[int, ...]] = {}
    for number, (target, name) in enumerate(zip(targets, normalised, strict=True)):
        if not name:
            continue
        by_name[name] = (*by_name.get(name, ()), number)
        if target.entry.kind in _ORDER_IGNORED and " " in name:
            key = token_key(name)
            by_tokens[key] = (*by_tokens.get(key, ()), number)
    return ExactIndex(by_name, by_tokens)


class ExactMatcher:
    """Finds names that are listed as they are, up to normalisation."""

    def __init__(
        self, lists: ListSet, targets: Sequence[Target] | None = None, index: ExactIndex | None = None
    ) -> None:
        """Build the index, or take one that was built from the same targets."""
        self._version = lists.version
        self._targets = list(targets_of(lists)) if targets is None else targets
        if index is None:
            index = build_exact(self._targets, [normalise_name(each.name.text) for each in self._targets])
        self._index = index

    @property
    def version(self) -> str:
        """The version of the lists."""
        return self._version

    def match(self, names: Sequence[str]) -> list[Hit]:
        """Return the hits of all names, in the order of the names."""
        return [hit for name in names for hit in self.match_normalised(name, normalise_name(name))]

    def match_normalised(self, name: str, normalised: str) -> list[Hit]:
        """Return the hits of one name that is normalised already."""
        index = self._index
        equal = index.by_name.get(normalised, ())
        reordered = index.by_tokens.get(token_key(normalised), ()) if " " in normalised else ()
        if not equal and not reordered:
            return []
        return _hits(
            name, [self._targets[place] for place in equal], [self._targets[place] for place in reordered]
        )


def targets_of(lists: ListSet) -> Iterator[Target]:
    """Yield every listed name, in the order of lists and entries; a country's code is nobody's name."""
    for each in lists.lists:
        for entry in each.entries:
            if entry.kind is EntryKind.COUNTRY:
                continue
            for name in entry.names:
                yield Target(each.list_id, entry, name)


def _hits(name: str, equal: Sequence[Target], reordered: Sequence[Target]) -> list[Hit]:
    found: dict[tuple[str, str], Hit] = {}
    for reason, targets in (("the same name", equal), ("the same name in another order", reordered)):
        for target in targets:
            key = (target.list_id, target.entry.entry_id)
            if key not in found:
                found[key] = _hit(name, target, reason)
    return list(found.values())


def _hit(name: str, target: Target, reason: str) -> Hit:
    return Hit(
        name=name,
        list_id=target.list_id,
        entry_id=target.entry.entry_id,
        matched_name=target.name.text,
        score=SCORE_MAX,
        explanation=f"{reason} up to case, accents and punctuation; {listed_as(target)}",
        entry_hash=target.entry.content_hash,
        low_quality=target.name.quality is NameQuality.LOW,
    )


def listed_as(target: Target) -> str:
    """Return what the list says of a name: whose it is, of what quality, under which programme."""
    entry, name = target.entry, target.name
    kind = "entry" if entry.kind is EntryKind.UNKNOWN else entry.kind.value
    parts = [f"{name.quality.value}{' in original script' if name.original_script else ''} of the {kind}"]
    if name.quality is not NameQuality.MAIN and entry.names[0] != name:
        parts[0] += f" '{shown(entry.names[0].text)}'"
    parts += [f"reference {entry.reference}"] if entry.reference else []
    parts += [f"programme {entry.programme}"] if entry.programme else []
    parts += [f"listed with {', '.join(entry.countries[:5])}"] if entry.countries else []
    return ", ".join(parts)


def shown(text: str) -> str:
    """Return a text fit for one line: no control, direction or invisible character, not endless."""
    cut = text if len(text) <= SHOWN_LENGTH_MAX else f"{text[:SHOWN_LENGTH_MAX]}…"
    return " ".join("".join(character if character.isprintable() else " " for character in cut).split())
