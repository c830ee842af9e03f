"""Reads the consolidated list of the UN Security Council (XML).

Rules
-----
1. Read as `xml_members` says: strictly, in pieces, without document types or entities.
2. The root is ``CONSOLIDATED_LIST`` without a namespace; its ``dateGenerated`` is the date of the list; in it
   are ``INDIVIDUALS`` and ``ENTITIES``, each once, and nothing else.
3. A main name is FIRST_NAME to FOURTH_NAME joined. Aliases follow with their quality (``Low`` is low; all
   other words are as strong as a main name), then names in original script.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path

from lxml import etree

from setfair.screening.lists.identified import identifier, identifiers_in
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.source import EntryCollector, ListFile, NameCollector, refused
from setfair.screening.lists.xml_members import facts_of, iter_members, line_of, texts_of

ROOT = "CONSOLIDATED_LIST"
_SECTIONS = {"INDIVIDUALS": "INDIVIDUAL", "ENTITIES": "ENTITY"}
_KINDS = {"INDIVIDUAL": EntryKind.PERSON, "ENTITY": EntryKind.ORGANISATION}
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
BIRTH_RANGE_MAX = 50
"""Years that one range of birth may span."""
_NOT_CONTENT = frozenset(("SORT_KEY", "SORT_KEY_LAST_MOD"))
"""Elements that order the list's own presentation and say nothing about the entry."""


def read_un_xml(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file is missing, truncated, malformed, hostile or not this list.
    """
    file = ListFile(path)
    head = _Head(path)
    entries = EntryCollector(path)
    for member in iter_members(file, 3, head.check):
        entries.add(_entry(path, member), line_of(member))
    head.close()
    return SanctionsList(
        list_id, f"UN consolidated list, {path.name}", head.published, file.sha256, entries.entries()
    )


class _Head:
    """What stands above the entries."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self.published = date.min  # until the root was read
        self._sections: list[str] = []

    def check(self, depth: int, element: etree._Element) -> None:
        (self._check_root, self._check_section, self._check_member)[depth - 1](element)

    def close(self) -> None:
        missing = [name for name in _SECTIONS if name not in self._sections]
        if missing:
            raise refused(self._path, f"section {missing[0]} is missing", element=ROOT)

    def _check_root(self, root: etree._Element) -> None:
        if root.tag != ROOT:
            raise refused(
                self._path, f"the root element is {root.tag}, not {ROOT}: not the UN list", line_of(root)
            )
        text = root.get("dateGenerated", "")
        try:
            self.published = datetime.fromisoformat(text).date()
        except ValueError:
            raise refused(
                self._path, f"dateGenerated is {text!r}, not a date and time", line_of(root), ROOT
            ) from None

    def _check_section(self, section: etree._Element) -> None:
        tag = str(section.tag)
        if tag not in _SECTIONS or tag in self._sections:
            raise refused(
                self._path, f"{tag} is not known or there twice: allowed is one of {', '.join(_SECTIONS)}",
                line_of(section), ROOT,
            )  # fmt: skip
        self._sections.append(tag)

    def _check_member(self, member: etree._Element) -> None:
        expected = _SECTIONS[self._sections[-1]]
        if member.tag != expected:
            raise refused(
                self._path, f"{member.tag} is not known: allowed is {expected}",
                line_of(member), self._sections[-1],
            )  # fmt: skip


def _entry(path: Path, element: etree._Element) -> Entry:
    tag = str(element.tag)
    names = NameCollector(path, line_of(element))
    names.add(" ".join(texts_of(element, *_NAME_PARTS)), NameQuality.MAIN)
    for alias in element.iterchildren(f"{tag}_ALIAS"):
        low = any(text.lower() == "low" for text in texts_of(alias, "QUALITY"))
        for text in texts_of(alias, "ALIAS_NAME"):
            names.add(text, NameQuality.LOW if low else NameQuality.ALIAS)
    for text in texts_of(element, "NAME_ORIGINAL_SCRIPT"):
        names.add(text, NameQuality.ALIAS, original_script=True)
    nationalities = (text for part in element.iterchildren("NATIONALITY") for text in texts_of(part, "VALUE"))
    addresses = (
        text for part in element.iterchildren(f"{tag}_ADDRESS") for text in texts_of(part, "COUNTRY")
    )
    return Entry(
        entry_id=" ".join(texts_of(element, "DATAID")),
        kind=_KINDS[tag],
        names=names.names(),
        programme=" ".join(texts_of(element, "UN_LIST_TYPE")),
        reference=" ".join(texts_of(element, "REFERENCE_NUMBER")),
        countries=tuple(dict.fromkeys((*nationalities, *addresses))),
        content_hash=hash_facts(facts_of(element, _NOT_CONTENT)),
        birth_years=_birth_years(element),
        identifiers=tuple(dict.fromkeys(_identifiers(element))),
    )


def _identifiers(element: etree._Element) -> Iterator[str]:
    """Yield what documents say, and what the comments and addresses say in prose."""
    for document in element.iterchildren("INDIVIDUAL_DOCUMENT"):
        kind = " ".join(texts_of(document, "TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2")).lower()
        for number in texts_of(document, "NUMBER"):
            yield identifier("PASSPORT" if "pass" in kind or "pasap" in kind else "ID", number)
    for text in texts_of(element, "COMMENTS1"):
        yield from identifiers_in(text)
    for address in element.iterchildren("ENTITY_ADDRESS"):
        for text in texts_of(address, "NOTE"):
            yield from identifiers_in(text)


def _birth_years(element: etree._Element) -> tuple[int, ...]:
    """Return the years of birth: of dates, years, and the ends of ranges with what is between."""
    years: set[int] = set()
    for birth in element.iterchildren("INDIVIDUAL_DATE_OF_BIRTH"):
        given = [int(text[:4]) for text in texts_of(birth, "YEAR", "DATE") if text[:4].isdecimal()]
        ends = [int(text) for text in texts_of(birth, "FROM_YEAR", "TO_YEAR") if text.isdecimal()]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + BIRTH_RANGE_MAX:
            given += range(ends[0], ends[1] + 1)
        years.update(given)
    return tuple(sorted(years))
