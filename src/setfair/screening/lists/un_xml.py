"""Reads the consolidated list of the UN Security Council (XML).

Rules
-----
1. Parsed in pieces, strictly: a file that ends before the closing root tag, or goes on after it, is refused.
   A document type declaration is refused before the parser sees it; one that hides behind a long comment is
   refused at the root, before any of the content is looked at. No entity expands.
2. The root is ``CONSOLIDATED_LIST`` without a namespace; its ``dateGenerated`` is the date of the list; in it
   are ``INDIVIDUALS`` and ``ENTITIES``, each once, and nothing else.
3. A main name is FIRST_NAME to FOURTH_NAME joined. Aliases follow with their quality (``Low`` is low; all
   other words are as strong as a main name), then names in original script.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, datetime
from pathlib import Path
from typing import Any

from lxml import etree

from setfair.screening.lists.identified import identifier, identifiers_in
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.names import collapse
from setfair.screening.lists.source import EntryCollector, ListFile, NameCollector, refused

ROOT = "CONSOLIDATED_LIST"
_SECTIONS = {"INDIVIDUALS": "INDIVIDUAL", "ENTITIES": "ENTITY"}
_KINDS = {"INDIVIDUAL": EntryKind.PERSON, "ENTITY": EntryKind.ORGANISATION}
_NAME_PARTS = ("FIRST_NAME", "SECOND_NAME", "THIRD_NAME", "FOURTH_NAME")
BIRTH_RANGE_MAX = 50
"""Years that one range of birth may span."""
_NO_DOCTYPE = "a document type declaration (DOCTYPE) is not allowed"
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
    reader = _Reader(path)
    try:
        for chunk in file.chunks():
            reader.feed(chunk)
        reader.close()
    except etree.XMLSyntaxError as error:
        line = error.lineno or None
        raise refused(path, f"truncated or not well-formed XML: {error.msg}", line) from error
    return SanctionsList(
        list_id, f"UN consolidated list, {path.name}", reader.published, file.sha256, reader.entries()
    )


class _Reader:
    """Turns pieces of the file into entries."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._parser = etree.XMLPullParser(
            events=("start", "end"), no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
        )
        self._entries = EntryCollector(path)
        self.published = date.min  # until the root was read
        self._sections: list[str] = []
        self._depth = 0
        self._fed = False

    def feed(self, chunk: bytes) -> None:
        if not self._fed and b"<!DOCTYPE" in chunk.replace(b"\0", b""):
            raise refused(self._path, _NO_DOCTYPE)
        self._fed = True
        self._parser.feed(chunk)
        self._take_events()

    def close(self) -> None:
        self._parser.close()
        self._take_events()
        missing = [name for name in _SECTIONS if name not in self._sections]
        if missing:
            raise refused(self._path, f"section {missing[0]} is missing", element=ROOT)

    def entries(self) -> tuple[Entry, ...]:
        return self._entries.entries()

    def _take_events(self) -> None:
        events: Any = self._parser.read_events()
        for event, element in events:
            if event == "start":
                self._depth += 1
                if self._depth == 1:
                    self._check_root(element)
                elif self._depth == 2:
                    self._check_section(element)
                elif self._depth == 3:
                    self._check_member(element)
                continue
            if self._depth == 3:
                self._entries.add(_entry(self._path, element), _line(element))
                _forget(element)
            self._depth -= 1

    def _check_root(self, root: etree._Element) -> None:
        document: Any = root.getroottree().docinfo
        if document.doctype:
            raise refused(self._path, _NO_DOCTYPE, _line(root))
        if root.tag != ROOT:
            raise refused(
                self._path, f"the root element is {root.tag}, not {ROOT}: not the UN list", _line(root)
            )
        text = root.get("dateGenerated", "")
        try:
            self.published = datetime.fromisoformat(text).date()
        except ValueError:
            raise refused(
                self._path, f"dateGenerated is {text!r}, not a date and time", _line(root), ROOT
            ) from None

    def _check_section(self, section: etree._Element) -> None:
        tag = str(section.tag)
        if tag not in _SECTIONS or tag in self._sections:
            raise refused(
                self._path, f"{tag} is not known or there twice: allowed is one of {', '.join(_SECTIONS)}",
                _line(section), ROOT,
            )  # fmt: skip
        self._sections.append(tag)

    def _check_member(self, member: etree._Element) -> None:
        expected = _SECTIONS[self._sections[-1]]
        if member.tag != expected:
            raise refused(
                self._path, f"{member.tag} is not known: allowed is {expected}",
                _line(member), self._sections[-1],
            )  # fmt: skip


def _entry(path: Path, element: etree._Element) -> Entry:
    tag = str(element.tag)
    names = NameCollector(path, _line(element))
    names.add(" ".join(_texts(element, *_NAME_PARTS)), NameQuality.MAIN)
    for alias in element.iterchildren(f"{tag}_ALIAS"):
        low = any(text.lower() == "low" for text in _texts(alias, "QUALITY"))
        for text in _texts(alias, "ALIAS_NAME"):
            names.add(text, NameQuality.LOW if low else NameQuality.ALIAS)
    for text in _texts(element, "NAME_ORIGINAL_SCRIPT"):
        names.add(text, NameQuality.ALIAS, original_script=True)
    nationalities = (text for part in element.iterchildren("NATIONALITY") for text in _texts(part, "VALUE"))
    addresses = (text for part in element.iterchildren(f"{tag}_ADDRESS") for text in _texts(part, "COUNTRY"))
    return Entry(
        entry_id=" ".join(_texts(element, "DATAID")),
        kind=_KINDS[tag],
        names=names.names(),
        programme=" ".join(_texts(element, "UN_LIST_TYPE")),
        reference=" ".join(_texts(element, "REFERENCE_NUMBER")),
        countries=tuple(dict.fromkeys((*nationalities, *addresses))),
        content_hash=hash_facts(_facts(element)),
        birth_years=_birth_years(element),
        identifiers=tuple(dict.fromkeys(_identifiers(element))),
    )


def _identifiers(element: etree._Element) -> Iterator[str]:
    """Yield what documents say, and what the comments and addresses say in prose."""
    for document in element.iterchildren("INDIVIDUAL_DOCUMENT"):
        kind = " ".join(_texts(document, "TYPE_OF_DOCUMENT", "TYPE_OF_DOCUMENT2")).lower()
        for number in _texts(document, "NUMBER"):
            yield identifier("PASSPORT" if "pass" in kind or "pasap" in kind else "ID", number)
    for text in _texts(element, "COMMENTS1"):
        yield from identifiers_in(text)
    for address in element.iterchildren("ENTITY_ADDRESS"):
        for text in _texts(address, "NOTE"):
            yield from identifiers_in(text)


def _birth_years(element: etree._Element) -> tuple[int, ...]:
    """Return the years of birth: of dates, years, and the ends of ranges with what is between."""
    years: set[int] = set()
    for birth in element.iterchildren("INDIVIDUAL_DATE_OF_BIRTH"):
        given = [int(text[:4]) for text in _texts(birth, "YEAR", "DATE") if text[:4].isdecimal()]
        ends = [int(text) for text in _texts(birth, "FROM_YEAR", "TO_YEAR") if text.isdecimal()]
        if len(ends) == 2 and ends[0] <= ends[1] <= ends[0] + BIRTH_RANGE_MAX:
            given += range(ends[0], ends[1] + 1)
        years.update(given)
    return tuple(sorted(years))


def _facts(element: etree._Element, path: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text below an element with its path, in the order of the file."""
    for child in element.iterchildren():
        label = f"{path}/{child.tag}"
        text = collapse(child.text)
        if text and child.tag not in _NOT_CONTENT:
            yield label, text
        yield from _facts(child, label)


def _forget(element: etree._Element) -> None:
    """Free an entry that was read, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _line(element: etree._Element) -> int | None:
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


def _texts(element: etree._Element, *tags: str) -> Iterator[str]:
    for tag in tags:
        for child in element.iterchildren(tag):
            text = collapse(child.text)
            if text:
                yield text
