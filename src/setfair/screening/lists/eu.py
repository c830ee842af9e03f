"""Reads the financial sanctions list of the European Union, version 1.1, as XML and as CSV.

Rules
-----
1. XML: read as `xml_members` says; the root is ``export`` in the list's namespace, its ``generationDate`` is
   the date of the list, and in it are ``sanctionEntity`` elements and nothing else.
2. CSV: semicolons, a header, rows of one entity together under its ``Entity_LogicalId``, one
   ``fileGenerationDate`` in all rows. It marks no end, so the note beside the file (`source`, rule 3) says
   how many entities there are.
3. The main name is the first that is strong and in Latin letters, or the first. A name is of low quality if
   it is marked as not strong, or its remark says so.
4. Both give the same entities the same names; their hashes differ, since the files do not say the same about
   them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import date, datetime
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

from lxml import etree

from setfair.screening.lists.identified import identifier
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.source import (
    EntryCollector,
    ListFile,
    NameCollector,
    check_count,
    named_rows,
    read_published_note,
    refused,
)
from setfair.screening.lists.xml_members import facts_of, iter_members, line_of, texts_of

NAMESPACE = "http://eu.europa.ec/fpi/fsd/export"
ROOT, MEMBER = f"{{{NAMESPACE}}}export", f"{{{NAMESPACE}}}sanctionEntity"
REQUIRED = (
    "fileGenerationDate",
    "Entity_LogicalId",
    "Entity_EU_ReferenceNumber",
    "Entity_SubjectType",
    "Entity_Regulation_Programme",
    "NameAlias_WholeName",
    "NameAlias_NameLanguage",
    "NameAlias_Remark",
    "BirthDate_Year",
    "Identification_Number",
    "Identification_TypeCode",
    "Citizenship_CountryIso2Code",
    "Address_CountryIso2Code",
)
"""Columns of the CSV file that are read, by their names, in any order; without one the file is refused."""
_KINDS = {
    "P": EntryKind.PERSON,
    "person": EntryKind.PERSON,
    "E": EntryKind.ORGANISATION,
    "enterprise": EntryKind.ORGANISATION,
}
_SCHEMES = {"passport": "PASSPORT", "swiftbic": "BIC", "imo": "IMO", "lei": "LEI"}
_UNKNOWN_COUNTRY = "00"


class _Alias(NamedTuple):
    """One name as the list gives it."""

    text: str
    is_strong: bool
    language: str


class _Said(NamedTuple):
    """What the list says of an entity, whatever the file's format."""

    entry_id: str
    kind: str
    aliases: list[_Alias]
    programmes: Iterable[str]
    reference: str
    countries: Iterable[str]
    birth_years: Iterable[str]
    identifiers: Iterable[str]


def read_eu_xml(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file is missing, truncated, malformed, hostile or not this list.
    """
    file, entries = ListFile(path), EntryCollector(path)
    published: list[date] = []

    def check(depth: int, element: etree._Element) -> None:
        if depth == 1:
            if element.tag != ROOT:
                raise refused(
                    path, f"the root element is {element.tag}, not {ROOT}: not the EU list", line_of(element)
                )
            published.append(_generated(path, element.get("generationDate", ""), line_of(element)))
        elif element.tag != MEMBER:
            raise refused(
                path, f"{element.tag} is not known: allowed is {MEMBER}", line_of(element), "export"
            )

    for member in iter_members(file, 2, check):
        said = _said_in_xml(member)
        entries.add(_entry(path, said, hash_facts(facts_of(member)), line_of(member)), line_of(member))
    return SanctionsList(list_id, f"EU list (XML), {path.name}", published[0], file.sha256, entries.entries())


def _generated(path: Path, text: str, line: int | None) -> date:
    try:
        return datetime.fromisoformat(text).date()
    except ValueError:
        raise refused(path, f"generationDate is {text!r}, not a date and time", line, "export") from None


def _said_in_xml(member: etree._Element) -> _Said:
    def children(name: str) -> Iterator[etree._Element]:
        return member.iterchildren(f"{{{NAMESPACE}}}{name}")

    aliases = []
    for alias in children("nameAlias"):
        remark = " ".join(texts_of(alias, f"{{{NAMESPACE}}}remark"))
        strong = alias.get("strong", "true") == "true" and not _is_low(remark)
        aliases.append(_Alias(alias.get("wholeName", ""), strong, alias.get("nameLanguage", "")))
    countries = [
        each.get("countryIso2Code", "") for name in ("citizenship", "address") for each in children(name)
    ]
    kinds = [each.get("classificationCode", "") for each in children("subjectType")]
    identified = [
        _identifier(
            each.get("identificationTypeCode", ""), each.get("number", "") or each.get("latinNumber", "")
        )
        for each in children("identification")
    ]
    return _Said(
        member.get("logicalId", ""),
        kinds[0] if kinds else "",
        aliases,
        [each.get("programme", "") for each in children("regulation")],
        member.get("euReferenceNumber", ""),
        countries,
        [each.get("year", "") for each in children("birthdate")],
        identified,
    )


def read_eu_csv(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file or the note beside it is missing, truncated, malformed or not this list.
    """
    file, entries = ListFile(path), EntryCollector(path)
    dates: set[str] = set()
    rows = named_rows(file, REQUIRED, "the EU list", delimiter=";")
    for entry_id, group in groupby(rows, lambda numbered: numbered[1]["Entity_LogicalId"]):
        numbered = list(group)
        dates.update(row[REQUIRED[0]] for _, row in numbered)
        line, said = numbered[0][0], _said_in_csv(entry_id, [row for _, row in numbered])
        facts = (
            (name, text) for _, row in numbered for name, text in row.items() if name != REQUIRED[0] and text
        )
        entries.add(_entry(path, said, hash_facts(facts), line), line)
    check_count(path, read_published_note(path, count_required=True), len(entries.entries()))
    if len(dates) != 1:
        raise refused(path, f"fileGenerationDate is not one date in all rows: {', '.join(sorted(dates)[:3])}")
    return SanctionsList(
        list_id,
        f"EU list (CSV), {path.name}",
        _day_month_year(path, dates.pop()),
        file.sha256,
        entries.entries(),
    )


def _day_month_year(path: Path, text: str) -> date:
    try:
        return datetime.strptime(text, "%d/%m/%Y").date()
    except ValueError:
        raise refused(path, f"fileGenerationDate is {text!r}, not DD/MM/YYYY") from None


def _said_in_csv(entry_id: str, rows: list[dict[str, str]]) -> _Said:
    def column(name: str) -> Iterator[str]:
        return (row.get(name, "") for row in rows)

    aliases = [
        _Alias(
            row["NameAlias_WholeName"],
            row.get("NameAlias_Strong", "true").lower() != "false"
            and not _is_low(row.get("NameAlias_Remark", "")),
            row.get("NameAlias_NameLanguage", ""),
        )
        for row in rows
    ]
    identified = [
        _identifier(row.get("Identification_TypeCode", ""), row.get("Identification_Number", ""))
        for row in rows
    ]
    return _Said(
        entry_id,
        rows[0]["Entity_SubjectType"],
        aliases,
        column("Entity_Regulation_Programme"),
        rows[0].get("Entity_EU_ReferenceNumber", ""),
        (*column("Citizenship_CountryIso2Code"), *column("Address_CountryIso2Code")),
        column("BirthDate_Year"),
        identified,
    )


def _is_low(remark: str) -> bool:
    return "low quality" in remark.lower()


def _identifier(code: str, number: str) -> str:
    return identifier(_SCHEMES.get(code.lower(), "ID"), number) if number.strip() else ""


def _entry(path: Path, said: _Said, content_hash: str, line: int | None) -> Entry:
    aliases = [alias for alias in said.aliases if alias.text.strip()]
    latin = [alias for alias in aliases if alias.is_strong and _is_latin(alias.text)]
    main = (latin or aliases or [_Alias("", True, "")])[0]
    names = NameCollector(path, line)
    names.add(main.text, NameQuality.MAIN)
    for alias in aliases:
        quality = NameQuality.ALIAS if alias.is_strong else NameQuality.LOW
        names.add(alias.text, quality, original_script=not _is_latin(alias.text))
    programmes = dict.fromkeys(filter(None, said.programmes))
    years = {int(year) for year in said.birth_years if year.isdecimal() and len(year) == 4}
    return Entry(
        entry_id=said.entry_id,
        kind=_kind(path, said.kind, line),
        names=names.names(),
        programme=", ".join(programmes),
        reference=said.reference,
        countries=tuple(dict.fromkeys(code for code in said.countries if code and code != _UNKNOWN_COUNTRY)),
        content_hash=content_hash,
        birth_years=tuple(sorted(years)),
        identifiers=tuple(dict.fromkeys(filter(None, said.identifiers))),
    )


def _kind(path: Path, code: str, line: int | None) -> EntryKind:
    kinds: Mapping[str, EntryKind] = _KINDS
    if code not in kinds:
        raise refused(path, f"subject type {code!r} is not known", line)
    return kinds[code]


def _is_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    return bool(letters) and all(
        ord(character) < 0x250 or 0x1E00 <= ord(character) < 0x1F00 for character in letters
    )
