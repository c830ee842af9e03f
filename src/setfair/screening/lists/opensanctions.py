"""Reads what OpenSanctions publishes, for those who hold a licence: ``targets.simple.csv``, and FtM JSON.

Rules
-----
1. Neither carries a date or marks its end: the note beside the file (`source`, rule 3) has the date and the
   number of entries; ``index.json``, which is published beside them, says both.
2. CSV: a header, several values of a column with semicolons between them.
3. JSON: one entity a line. What is no target, or has no name (addresses, sanctions, ownerships), is no entry.
   ``weakAlias`` is of low quality.
4. What is neither a person nor a firm, a vessel or an aircraft is of a kind that is not known.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from setfair.screening.lists.identified import identifier
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.names import collapse
from setfair.screening.lists.source import (
    EntryCollector,
    ListFile,
    NameCollector,
    check_count,
    named_rows,
    read_published_note,
    refused,
)

REQUIRED = ("id", "schema", "name", "aliases", "birth_date", "countries", "identifiers")
_KINDS = {
    "Person": EntryKind.PERSON,
    "Organization": EntryKind.ORGANISATION,
    "Company": EntryKind.ORGANISATION,
    "PublicBody": EntryKind.ORGANISATION,
    "Vessel": EntryKind.VESSEL,
    "Airplane": EntryKind.AIRCRAFT,
}
_SCHEMES = (
    ("BIC", ("swiftBic",)),
    ("LEI", ("leiCode",)),
    ("IMO", ("imoNumber",)),
    ("PASSPORT", ("passportNumber",)),
    ("ID", ("idNumber", "registrationNumber", "taxNumber", "innCode", "ogrnCode")),
)
_COUNTRIES = ("country", "nationality", "citizenship", "jurisdiction", "flag", "mainCountry")


def read_opensanctions_csv(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file or the note beside it is missing, truncated, malformed or not of this form.
    """
    file, entries = ListFile(path), EntryCollector(path)
    for line, row in named_rows(file, REQUIRED, "targets.simple.csv"):
        entries.add(_of_row(path, row, line), line)
    return _whole(list_id, "OpenSanctions (CSV)", file, entries)


def _of_row(path: Path, row: dict[str, str], line: int) -> Entry:
    names = NameCollector(path, line)
    names.add(row["name"], NameQuality.MAIN)
    names.add(row["aliases"], NameQuality.ALIAS)
    return Entry(
        entry_id=row["id"],
        kind=_KINDS.get(row["schema"], EntryKind.UNKNOWN),
        names=names.names(),
        programme=row.get("sanctions", "")[:200],
        reference="",
        countries=tuple(_parts(row["countries"])),
        content_hash=hash_facts(
            (name, row[name]) for name in sorted(row) if name not in ("last_seen", "last_change")
        ),
        birth_years=_years(_parts(row["birth_date"])),
        identifiers=tuple(identifier("ID", each) for each in _parts(row["identifiers"])),
    )


def _parts(text: str) -> Iterator[str]:
    return (part for part in map(str.strip, text.split(";")) if part)


def _years(texts: Iterable[str]) -> tuple[int, ...]:
    return tuple(sorted({int(text[:4]) for text in texts if text[:4].isdecimal() and len(text) >= 4}))


def read_ftm_json(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file or the note beside it is missing, truncated, malformed or not of this form.
    """
    file, entries = ListFile(path), EntryCollector(path)
    raw = b""
    for line, raw in enumerate(file.lines(), 1):
        try:
            entity = json.loads(raw)
        except ValueError as error:
            raise refused(path, f"truncated or not JSON: {error}", line) from error
        entry = _of_entity(path, entity, line)
        if entry is not None:
            entries.add(entry, line)
    if not raw:
        raise refused(path, "the file is empty")
    if not raw.endswith(b"\n"):
        raise refused(path, "truncated: the last line has no end")
    return _whole(list_id, "OpenSanctions (FtM)", file, entries)


def _of_entity(path: Path, entity: Any, line: int) -> Entry | None:
    properties = entity.get("properties") if isinstance(entity, dict) else None
    if not isinstance(properties, dict) or not isinstance(entity.get("schema"), str):
        raise refused(path, "an entity has an id, a schema and properties: not FtM", line)
    if not entity.get("target", True) or not properties.get("name"):
        return None
    names = NameCollector(path, line)
    first, *others = _strings(properties, "name")
    names.add(first, NameQuality.MAIN)
    for text in (*others, *_strings(properties, "alias", "previousName")):
        names.add(text, NameQuality.ALIAS)
    for text in _strings(properties, "weakAlias"):
        names.add(text, NameQuality.LOW)
    numbers = (identifier(scheme, text) for scheme, keys in _SCHEMES for text in _strings(properties, *keys))
    facts = ((key, text) for key in sorted(properties) for text in _strings(properties, key))
    return Entry(
        entry_id=str(entity.get("id", "")),
        kind=_KINDS.get(entity["schema"], EntryKind.UNKNOWN),
        names=names.names(),
        programme=", ".join(_strings(properties, "programId", "program"))[:200],
        reference="",
        countries=tuple(dict.fromkeys(_strings(properties, *_COUNTRIES))),
        content_hash=hash_facts((("schema", entity["schema"]), *facts)),
        birth_years=_years(_strings(properties, "birthDate")),
        identifiers=tuple(dict.fromkeys(numbers)),
    )


def _strings(properties: dict[str, Any], *keys: str) -> list[str]:
    """Return the texts of some properties; nested entities are no text."""
    values = (value for key in keys for value in properties.get(key, ()))
    return [collapse(value) for value in values if isinstance(value, str) and collapse(value)]


def _whole(list_id: str, source: str, file: ListFile, collector: EntryCollector) -> SanctionsList:
    entries = collector.entries()
    note = read_published_note(file.path, count_required=True)
    check_count(file.path, note, len(entries))
    return SanctionsList(list_id, f"{source}, {file.path.name}", note.published, file.sha256, entries)
