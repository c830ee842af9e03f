"""Reads the lists of the US Treasury (OFAC) in Advanced XML: ``SDN_ADVANCED.XML``, ``CONS_ADVANCED.XML``.

Rules
-----
1. Read as `xml_members` says: strictly, in pieces, without document types or entities. Memory grows with what
   is kept of an entry, not with the file.
2. The root is ``Sanctions``, in any namespace. In it stand the sections of `_SECTIONS`, each at most once and
   those of `_REQUIRED` all. ``DateOfIssue`` is the date of the list.
3. Values are numbers that ``ReferenceValueSets`` and ``Locations`` explain, and both stand before what they
   explain. A number that nothing explains is no value; that of a place or of an entry's party is refused.
4. An entry is a ``DistinctParty``; its number is ``FixedRef``, the same as in the comma separated files. Its
   name is put together in the order given, middle, patronymic, family name. ``LowQuality`` is low. A name in
   another script than Latin is one in original script.
5. Its documents, relations and ``SanctionsEntry`` stand in other sections and belong to its hash.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path

from lxml import etree

from setfair.screening.lists.identified import identifier, identifiers_in
from setfair.screening.lists.model import (
    ENTRIES_MAX,
    Entry,
    EntryKind,
    Name,
    NameQuality,
    SanctionsList,
    hash_facts,
)
from setfair.screening.lists.names import collapse
from setfair.screening.lists.source import EntryCollector, ListFile, NameCollector, refused
from setfair.screening.lists.un_xml import BIRTH_RANGE_MAX
from setfair.screening.lists.xml_members import facts_of, iter_members, line_of, local_name

ROOT = "Sanctions"
_REQUIRED = (
    "DateOfIssue", "ReferenceValueSets", "Locations", "IDRegDocuments", "DistinctParties", "SanctionsEntries",
)  # fmt: skip
_SECTIONS = (*_REQUIRED, "ProfileRelationships", "SanctionsEntryLinks")
REFERENCES_MAX = ENTRIES_MAX
"""Reference values, places or documents of one list."""
_KINDS = {
    "Vessel": EntryKind.VESSEL,
    "Aircraft": EntryKind.AIRCRAFT,
    "Individual": EntryKind.PERSON,
    "Entity": EntryKind.ORGANISATION,
}
_PART_ORDER = (
    "First Name",
    "Middle Name",
    "Patronymic",
    "Matronymic",
    "Last Name",
    "Maiden Name",
    "Nickname",
)
_COUNTRY_FEATURES = ("Location", "Nationality", "Citizenship", "Vessel Flag")
_IDENTIFIER_FEATURES = {"SWIFT/BIC": "BIC", "Legal Entity Number": "LEI"}

Facts = list[tuple[str, str]]


@dataclass(slots=True)
class _Draft:
    """What is kept of an entry until the whole file was read."""

    line: int | None
    kind: EntryKind
    names: tuple[Name, ...]
    countries: tuple[str, ...]
    birth_years: tuple[int, ...]
    identifiers: list[str]
    facts: Facts
    programmes: list[str] = field(default_factory=list)


def read_ofac_xml(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file is missing, truncated, malformed, hostile or not this list.
    """
    file = ListFile(path)
    reader = _Reader(path)
    for member in iter_members(file, 3, reader.check):
        reader.take(member)
    entries = reader.entries()
    return SanctionsList(list_id, f"OFAC Advanced XML, {path.name}", reader.published(), file.sha256, entries)


class _Reader:
    """The sections of the file as they come."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._sections: list[str] = []
        self._issued: dict[str, str] = {}
        self._values: dict[tuple[str, str], str] = {}
        """By element and number: what a reference value says."""
        self._links: dict[tuple[str, str, str], str] = {}
        """By element, attribute and number: the other value that a reference value names."""
        self._places: dict[str, tuple[str, Facts]] = {}
        self._documents: dict[str, list[tuple[list[str], Facts]]] = {}
        """By identity."""
        self._drafts: dict[str, _Draft] = {}
        self._by_profile: dict[str, _Draft] = {}

    def check(self, depth: int, element: etree._Element) -> None:
        """Refuse a root or section that is not of this list."""
        name = local_name(element)
        if depth == 1 and name != ROOT:
            raise refused(
                self._path, f"the root element is {name}, not {ROOT}: not OFAC's list", line_of(element)
            )
        if depth != 2:
            return
        if name not in _SECTIONS or name in self._sections:
            text = f"{name} is not known or there twice: allowed is one of {', '.join(_SECTIONS)}"
            raise refused(self._path, text, line_of(element), ROOT)
        self._sections.append(name)

    def take(self, member: etree._Element) -> None:
        """Take one element of a section."""
        section = self._sections[-1]
        if section == "DateOfIssue":
            self._issued[local_name(member)] = collapse(member.text)
        elif section == "ReferenceValueSets":
            self._take_values(member)
        elif section == "Locations":
            self._take_place(member)
        elif section == "IDRegDocuments":
            self._take_document(member)
        elif section == "DistinctParties":
            self._take_party(member)
        elif section == "ProfileRelationships":
            self._profile(member, "From-ProfileID").facts.extend(facts_of(member, path="relation"))
        elif section == "SanctionsEntries":
            self._take_measures(member)

    def published(self) -> date:
        """Return the date of issue."""
        parts = [self._issued.get(name, "") for name in ("Year", "Month", "Day")]
        try:
            return date(*map(int, parts))
        except ValueError:
            text = f"DateOfIssue is {'-'.join(parts)!r}, not year, month and day"
            raise refused(self._path, text, element="DateOfIssue") from None

    def entries(self) -> tuple[Entry, ...]:
        """Return the entries; all sections must have been there."""
        missing = [name for name in _REQUIRED if name not in self._sections]
        if missing:
            raise refused(self._path, f"section {missing[0]} is missing", element=ROOT)
        collector = EntryCollector(self._path)
        for number, draft in self._drafts.items():
            collector.add(
                Entry(
                    entry_id=number,
                    kind=draft.kind,
                    names=draft.names,
                    programme=", ".join(dict.fromkeys(draft.programmes)),
                    reference="",
                    countries=draft.countries,
                    content_hash=hash_facts(draft.facts),
                    birth_years=draft.birth_years,
                    identifiers=tuple(dict.fromkeys(draft.identifiers)),
                ),
                draft.line,
            )
        return collector.entries()

    def _take_values(self, values: etree._Element) -> None:
        for value in values.iterchildren():
            name, number = local_name(value), value.get("ID", "")
            self._values[name, number] = collapse(value.text)
            for attribute, other in value.attrib.items():
                if attribute != "ID":
                    self._links[name, str(attribute), number] = str(other)
        self._bound(len(self._values), values)

    def _take_place(self, place: etree._Element) -> None:
        countries = [
            self._value("Country", each.get("CountryID")) for each in _below(place, "LocationCountry")
        ]
        for each in _below(place, "LocationAreaCode"):
            linked = self._links.get(("AreaCode", "CountryID", each.get("AreaCodeID", "")))
            countries.append(self._value("Country", linked))
        country = next(filter(None, countries), "")
        self._places[place.get("ID", "")] = country, [*facts_of(place, path="place"), ("country", country)]
        self._bound(len(self._places), place)

    def _take_document(self, document: etree._Element) -> None:
        kind = self._value("IDRegDocType", document.get("IDRegDocTypeID"))
        found: list[str] = []
        for number in _texts(document, "IDRegistrationNo"):
            found += identifiers_in(number)
            if kind != "Vessel Registration Identification":
                scheme = "PASSPORT" if "passport" in kind.lower() else "ID"
                found.append(identifier(_IDENTIFIER_FEATURES.get(kind, scheme), number))
        of_identity = self._documents.setdefault(document.get("IdentityID", ""), [])
        of_identity.append((found, [*facts_of(document, path="document"), ("kind", kind)]))
        self._bound(len(self._documents), document)

    def _take_party(self, party: etree._Element) -> None:
        line, number = line_of(party), party.get("FixedRef", "")
        if number in self._drafts:
            raise refused(self._path, f"entry {number} is there twice", line)
        profiles = list(_below(party, "Profile"))
        facts = list(facts_of(party))
        identifiers: list[str] = []
        for identity in _below(party, "Identity"):
            for found, about in self._documents.pop(identity.get("ID", ""), ()):
                identifiers += found
                facts += about
        countries, years = self._features(party, facts, identifiers)
        draft = _Draft(
            line, self._kind(profiles), self._names(party, line), countries, years, identifiers, facts
        )
        self._drafts[number] = draft
        self._by_profile |= {profile.get("ID", ""): draft for profile in profiles}
        self._bound(len(self._drafts), party)

    def _kind(self, profiles: list[etree._Element]) -> EntryKind:
        subtype = profiles[0].get("PartySubTypeID", "") if profiles else ""
        named = self._value("PartySubType", subtype)
        general = self._value("PartyType", self._links.get(("PartySubType", "PartyTypeID", subtype)))
        return _KINDS.get(named) or _KINDS.get(general, EntryKind.UNKNOWN)

    def _names(self, party: etree._Element, line: int | None) -> tuple[Name, ...]:
        parts = {
            group.get("ID", ""): self._value("NamePartType", group.get("NamePartTypeID"))
            for group in _below(party, "NamePartGroup")
        }
        found: list[tuple[bool, bool, str, NameQuality]] = []
        for alias in _below(party, "Alias"):
            low = alias.get("LowQuality", "").lower() == "true"
            is_main = alias.get("Primary", "").lower() == "true" and not low
            for documented in alias.iterchildren("{*}DocumentedName"):
                values = list(_below(documented, "NamePartValue"))
                values.sort(key=lambda value: _part_order(parts.get(value.get("NamePartGroupID", ""), "")))
                script = self._value("Script", values[0].get("ScriptID")) if values else ""
                text = " ".join(filter(None, (collapse(value.text) for value in values)))
                original = script not in ("", "Latin")
                found.append((is_main, original, text, NameQuality.LOW if low else NameQuality.ALIAS))
        names = NameCollector(self._path, line)
        for is_main, original, text, quality in sorted(found, key=lambda each: (not each[0], each[1])):
            first = is_main and not original and not names.names()
            names.add(text, NameQuality.MAIN if first else quality, original_script=original)
        return names.names()

    def _features(
        self, party: etree._Element, facts: Facts, identifiers: list[str]
    ) -> tuple[tuple[str, ...], tuple[int, ...]]:
        """Return countries and years of birth; add identifiers, and what the places say to the facts."""
        countries: dict[str, None] = {}
        years: set[int] = set()
        for feature in _below(party, "Feature"):
            kind = self._value("FeatureType", feature.get("FeatureTypeID"))
            for where in _below(feature, "VersionLocation"):
                place = self._places.get(where.get("LocationID", ""))
                if place is None:
                    text = f"place {where.get('LocationID')} is not among the locations"
                    raise refused(self._path, text, line_of(where), "VersionLocation")
                facts += place[1]
                if kind.startswith(_COUNTRY_FEATURES) and place[0]:
                    countries[place[0]] = None
            details = list(_texts(feature, "VersionDetail"))
            if kind.startswith("Vessel Flag"):
                countries |= dict.fromkeys(details)
            if kind in _IDENTIFIER_FEATURES:
                identifiers += [identifier(_IDENTIFIER_FEATURES[kind], detail) for detail in details]
            if kind == "Birthdate":
                years |= _years(feature)
        return tuple(countries), tuple(sorted(years))

    def _take_measures(self, entry: etree._Element) -> None:
        draft = self._profile(entry, "ProfileID")
        draft.facts += facts_of(entry, path="entry")
        for measure in _below(entry, "SanctionsMeasure"):
            if self._value("SanctionsType", measure.get("SanctionsTypeID")) == "Program":
                draft.programmes += _texts(measure, "Comment")

    def _profile(self, element: etree._Element, attribute: str) -> _Draft:
        draft = self._by_profile.get(element.get(attribute, ""))
        if draft is None:
            text = f"{attribute} {element.get(attribute)} is of no party of this list: not whole"
            raise refused(self._path, text, line_of(element), local_name(element))
        return draft

    def _value(self, name: str, number: str | None) -> str:
        return self._values.get((name, number or ""), "")

    def _bound(self, count: int, element: etree._Element) -> None:
        if count > REFERENCES_MAX:
            raise refused(self._path, f"a section has at most {REFERENCES_MAX} elements", line_of(element))


def _below(element: etree._Element, name: str) -> Iterator[etree._Element]:
    return element.iterdescendants(f"{{*}}{name}")


def _texts(element: etree._Element, name: str) -> Iterator[str]:
    return filter(None, (collapse(each.text) for each in _below(element, name)))


def _part_order(kind: str) -> int:
    return _PART_ORDER.index(kind) if kind in _PART_ORDER else len(_PART_ORDER)


def _years(feature: etree._Element) -> set[int]:
    """Return the years from the first to the last of each period; the ends alone if it is too long."""
    found: set[int] = set()
    for period in _below(feature, "DatePeriod"):
        given = [int(text) for text in _texts(period, "Year") if text.isdecimal()]
        if given and max(given) - min(given) <= BIRTH_RANGE_MAX:
            found |= set(range(min(given), max(given) + 1))
        found |= set(given)
    return found
