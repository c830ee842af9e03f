"""Reads the Consolidated Canadian Autonomous Sanctions List (XML).

Rules
-----
1. Read as `xml_members` says; the root is ``data-set``, in it are ``record`` elements and nothing else.
2. The list carries no date (`source`, rule 3) and no number of an entry: an entry is named by its country,
   schedule and item, and where that is not enough by its name and date of listing too.
3. ``EntityOrShip`` with an IMO number is a vessel, without one an organisation; otherwise it is a person.
"""

from __future__ import annotations

from pathlib import Path

from lxml import etree

from setfair.screening.lists.identified import identifier
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.source import (
    EntryCollector,
    ListFile,
    NameCollector,
    check_count,
    read_published_note,
    refused,
)
from setfair.screening.lists.xml_members import facts_of, iter_members, line_of, local_name, texts_of

ROOT, MEMBER = "data-set", "record"


def read_canada_xml(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file or the note beside it is missing, truncated, malformed, hostile or not this list.
    """
    file, entries = ListFile(path), EntryCollector(path)
    note = read_published_note(path, count_required=False)

    def check(depth: int, element: etree._Element) -> None:
        expected = ROOT if depth == 1 else MEMBER
        if local_name(element) != expected:
            text = f"{local_name(element)} is there where {expected} is expected: not the Canadian list"
            raise refused(path, text, line_of(element))

    taken: dict[str, int] = {}
    for member in iter_members(file, 2, check):
        entry_id = _entry_id(member)
        taken[entry_id] = taken.get(entry_id, 0) + 1
        if taken[entry_id] > 1:
            entry_id = f"{entry_id} ({taken[entry_id]})"
        entries.add(_entry(path, member, entry_id), line_of(member))
    check_count(path, note, len(entries.entries()))
    return SanctionsList(
        list_id, f"Canadian list, {path.name}", note.published, file.sha256, entries.entries()
    )


def _entry_id(record: etree._Element) -> str:
    country = " ".join(texts_of(record, "Country")).split(" / ")[0]
    parts = (
        country,
        *texts_of(record, "Schedule", "Item"),
        *texts_of(record, "DateOfListing"),
        _name(record),
    )
    return "|".join(parts)


def _name(record: etree._Element) -> str:
    return " ".join(texts_of(record, "EntityOrShip", "GivenName", "LastName"))


def _entry(path: Path, record: etree._Element, entry_id: str) -> Entry:
    names = NameCollector(path, line_of(record))
    names.add(_name(record), NameQuality.MAIN)
    for text in texts_of(record, "Aliases"):
        names.add(text, NameQuality.ALIAS)
        for part in text.split(",") if "," in text else ():
            names.add(part, NameQuality.ALIAS)
    imo = tuple(identifier("IMO", text) for text in texts_of(record, "ShipIMONumber"))
    if any(texts_of(record, "EntityOrShip")):
        kind = EntryKind.VESSEL if imo else EntryKind.ORGANISATION
    else:
        kind = EntryKind.PERSON
    born = [text[:4] for text in texts_of(record, "DateOfBirthOrShipBuildDate") if text[:4].isdecimal()]
    return Entry(
        entry_id=entry_id,
        kind=kind,
        names=names.names(),
        programme=" ".join(texts_of(record, "Country")),
        reference="",
        countries=(),
        content_hash=hash_facts(facts_of(record)),
        birth_years=tuple(int(year) for year in born) if kind is EntryKind.PERSON else (),
        identifiers=imo,
    )
