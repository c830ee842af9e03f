"""Reads the UK Sanctions List of the Foreign, Commonwealth and Development Office (XML).

Rules
-----
1. Read as `xml_members` says; the root is ``Designations``, in it first ``DateGenerated`` (DD/MM/YYYY), the
   date of the list, then ``Designation`` elements and nothing else.
2. A name is ``Name1`` to ``Name6`` joined. The first with ``NameType`` *Primary Name* is the main name; an
   alias whose ``AliasStrength`` begins with *Low* is of low quality. ``NameNonLatinScript`` is a name in
   original script.
3. An entry is named by its ``UniqueID``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from setfair.screening.lists.identified import identifier
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.source import EntryCollector, ListFile, NameCollector, refused
from setfair.screening.lists.xml_members import (
    facts_of,
    iter_members,
    line_of,
    local_name,
    texts_below,
    texts_of,
)

ROOT = "Designations"
_KINDS = {"Individual": EntryKind.PERSON, "Entity": EntryKind.ORGANISATION, "Ship": EntryKind.VESSEL}
_NAME_PARTS = tuple(f"Name{number}" for number in range(1, 7))
_NOT_CONTENT = frozenset(("LastUpdated",))
_YEAR = re.compile(r"\b(\d{4})\b")
_NUMBERS = (
    ("PASSPORT", ("PassportNumber",)),
    ("ID", ("NationalIdentifierNumber", "NationalIdentificationNumber", "BusinessRegistrationNumber")),
    ("IMO", ("IMONumber",)),
)


def read_uk_xml(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file is missing, truncated, malformed, hostile or not this list.
    """
    file, entries = ListFile(path), EntryCollector(path)
    published: date | None = None

    def check(depth: int, element: etree._Element) -> None:
        name = local_name(element)
        if depth == 1 and name != ROOT:
            text = f"the root element is {name}, not {ROOT}: not the UK Sanctions List"
            raise refused(path, text, line_of(element))
        if depth == 2 and name not in ("DateGenerated", "Designation"):
            raise refused(path, f"{name} is not known: allowed is Designation", line_of(element), ROOT)

    for member in iter_members(file, 2, check):
        if local_name(member) == "DateGenerated":
            published = _date(path, member)
        else:
            entries.add(_entry(path, member), line_of(member))
    if published is None:
        raise refused(path, "DateGenerated is missing", element=ROOT)
    return SanctionsList(
        list_id, f"UK Sanctions List, {path.name}", published, file.sha256, entries.entries()
    )


def _date(path: Path, element: etree._Element) -> date:
    text = (element.text or "").strip()
    for form in ("%d/%m/%Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(text[:10], form).date()
        except ValueError:
            continue
    raise refused(path, f"DateGenerated is {text!r}, not DD/MM/YYYY", line_of(element), ROOT)


def _entry(path: Path, element: etree._Element) -> Entry:
    kind = " ".join(texts_of(element, "IndividualEntityShip"))
    if kind not in _KINDS:
        raise refused(
            path, f"{kind!r} is none of {', '.join(_KINDS)}", line_of(element), "IndividualEntityShip"
        )
    names = NameCollector(path, line_of(element))
    for text, quality in sorted(_names(element), key=lambda pair: pair[1] is not NameQuality.MAIN):
        names.add(text, quality)
    for text in texts_below(element, "NameNonLatinScript"):
        names.add(text, NameQuality.ALIAS, original_script=True)
    numbers = (identifier(scheme, text) for scheme, tags in _NUMBERS for text in texts_below(element, *tags))
    years = {int(year) for text in texts_below(element, "DOB") for year in _YEAR.findall(text)}
    countries = texts_below(element, "Nationality", "AddressCountry", "CurrentBelievedFlagOfShip")
    return Entry(
        entry_id=" ".join(texts_of(element, "UniqueID")),
        kind=_KINDS[kind],
        names=names.names(),
        programme=" ".join(texts_of(element, "RegimeName")),
        reference=" ".join(texts_of(element, "UNReferenceNumber")),
        countries=tuple(dict.fromkeys(countries)),
        content_hash=hash_facts(facts_of(element, _NOT_CONTENT)),
        birth_years=tuple(sorted(years)),
        identifiers=tuple(dict.fromkeys(numbers)),
    )


def _names(element: etree._Element) -> Iterator[tuple[str, NameQuality]]:
    """Yield the names with their quality; of several primary names the first is the main one."""
    seen = False
    for group in element.iterchildren("Names"):
        for name in group.iterchildren("Name"):
            primary = " ".join(texts_of(name, "NameType")).lower() == "primary name"
            low = " ".join(texts_of(name, "AliasStrength")).lower().startswith("low")
            quality = NameQuality.LOW if low else NameQuality.ALIAS
            text = " ".join(texts_of(name, *_NAME_PARTS))
            if text:
                yield text, NameQuality.MAIN if primary and not seen else quality
                seen = seen or primary
