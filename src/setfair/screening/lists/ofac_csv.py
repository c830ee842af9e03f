"""Reads the lists of the US Treasury (OFAC) in their comma separated files.

Rules
-----
1. The path names the main file, ``sdn.csv`` or ``cons_prim.csv``; the others lie beside it under the names
   that they are published with. The file of alternate names is required, those of addresses and of remarks
   that run over are read if they are there.
2. No header, ``-0-`` for no value, 12, 5, 6 and 2 columns; each file ends with a line that holds Ctrl-Z:
   without it the file was cut.
3. What the other files say must belong to an entry of the main file: otherwise the files are not of one date.
4. Strong aliases stand in the alternate names. Weak ones stand in the remarks (``a.k.a. 'NAME'``) and are of
   low quality.
5. The files carry no date: see `source`, rule 3.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

from setfair.screening.lists.identified import identifiers_in
from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.names import collapse
from setfair.screening.lists.source import (
    EntryCollector,
    ListFile,
    NameCollector,
    check_count,
    csv_rows,
    note_beside,
    read_published_note,
    refused,
)


@dataclass(frozen=True, slots=True)
class _Files:
    alternates: str
    addresses: str
    remarks: str


_FILES = {
    "sdn.csv": _Files("alt.csv", "add.csv", "sdn_comments.csv"),
    "cons_prim.csv": _Files("cons_alt.csv", "cons_add.csv", "cons_comments.csv"),
}
_KINDS = {
    "": EntryKind.ORGANISATION,
    "individual": EntryKind.PERSON,
    "vessel": EntryKind.VESSEL,
    "aircraft": EntryKind.AIRCRAFT,
}
_MAIN_COLUMNS, _ALTERNATE_COLUMNS, _ADDRESS_COLUMNS, _REMARK_COLUMNS = 12, 5, 6, 2
_BIRTH = re.compile(r"\bDOB (?:circa )?(?:\d{1,2} )?(?:[A-Z][a-z]{2} )?(\d{4})\b", re.ASCII)
_WEAK_ALIAS = re.compile(r"\b[afn]\.k\.a\. '(.+?)'(?=\s*(?:;|\.?\s*$))")


@dataclass(slots=True)
class _Draft:
    """One entry while its rows are collected from the files."""

    line: int
    row: list[str]
    alternates: list[list[str]] = field(default_factory=list)
    addresses: list[list[str]] = field(default_factory=list)
    remark: str = ""
    """Remarks of the main file, with what runs over."""


def read_ofac_csv(list_id: str, path: Path) -> SanctionsList:
    """Read the whole set of files or refuse it.

    Raises
    ------
    FileRefusedError
        If a file is missing, truncated or malformed, or the files do not belong together.
    """
    files = _FILES.get(path.name)
    if files is None:
        raise refused(path, f"the main file is named {' or '.join(_FILES)}, and the others lie beside it")
    note = read_published_note(path, count_required=False)
    read = [ListFile(path), ListFile(path.with_name(files.alternates))]
    drafts = _drafts(read[0])
    for row, draft in _rows_of_entries(read[1], _ALTERNATE_COLUMNS, drafts):
        draft.alternates.append(row)
    if (addresses := path.with_name(files.addresses)).exists():
        read.append(ListFile(addresses))
        for row, draft in _rows_of_entries(read[-1], _ADDRESS_COLUMNS, drafts):
            draft.addresses.append(row)
    if (remarks := path.with_name(files.remarks)).exists():
        read.append(ListFile(remarks))
        for row, draft in _rows_of_entries(read[-1], _REMARK_COLUMNS, drafts):
            draft.remark += row[1]
    collector = EntryCollector(path)
    for draft in drafts.values():
        collector.add(_entry(path, draft), draft.line)
    entries = collector.entries()
    check_count(path, note, len(entries))
    source = f"OFAC, {', '.join(file.path.name for file in read)}"
    return SanctionsList(list_id, source, note.published, _hash(read), entries)


def ofac_files(path: Path) -> tuple[Path, ...]:
    """Return every file that is read with a main file of this path."""
    files = _FILES.get(path.name)
    names = (files.alternates, files.addresses, files.remarks) if files else ()
    return (path, note_beside(path), *(path.with_name(name) for name in names))


def _hash(files: list[ListFile]) -> str:
    """Return the SHA-256 of what ``sha256sum`` prints for the files, in the order in which they were read."""
    lines = "".join(f"{file.sha256}  {file.path.name}\n" for file in files)
    return hashlib.sha256(lines.encode()).hexdigest()


def _rows(file: ListFile, columns: int) -> Iterator[tuple[int, list[str]]]:
    for line, row in csv_rows(file, end_mark=True):
        if len(row) != columns:
            raise refused(file.path, f"{len(row)} columns where {columns} are expected", line)
        yield line, ["" if value.strip() == "-0-" else collapse(value) for value in row]


def _drafts(file: ListFile) -> dict[str, _Draft]:
    drafts: dict[str, _Draft] = {}
    for line, row in _rows(file, _MAIN_COLUMNS):
        if row[0] in drafts:
            raise refused(file.path, f"entry {row[0]} is there twice", line)
        if row[2].lower() not in _KINDS:
            raise refused(file.path, f"type {row[2]!r} is not known", line, "SDN_Type")
        drafts[row[0]] = _Draft(line, row, remark=row[11])
    return drafts


def _rows_of_entries(
    file: ListFile, columns: int, drafts: dict[str, _Draft]
) -> Iterator[tuple[list[str], _Draft]]:
    for line, row in _rows(file, columns):
        draft = drafts.get(row[0])
        if draft is None:
            raise refused(
                file.path, f"entry {row[0]} is not in the main file: not of one date, or truncated", line
            )
        yield row, draft


def _entry(path: Path, draft: _Draft) -> Entry:
    names = NameCollector(path, draft.line)
    names.add(draft.row[1], NameQuality.MAIN)
    for row in draft.alternates:
        names.add(row[3], NameQuality.ALIAS)
    for alias in _WEAK_ALIAS.findall(draft.remark):
        names.add(alias.strip("'"), NameQuality.LOW)
    groups = (
        ("main", [draft.row]),
        ("alternate", draft.alternates),
        ("address", draft.addresses),
        ("remark", [[draft.remark]]),
    )
    return Entry(
        entry_id=draft.row[0],
        kind=_KINDS[draft.row[2].lower()],
        names=names.names(),
        programme=draft.row[3],
        reference="",
        countries=tuple(dict.fromkeys(row[4] for row in draft.addresses if row[4])),
        content_hash=hash_facts((label, text) for label, rows in groups for row in rows for text in row),
        birth_years=tuple(sorted({int(year) for year in _BIRTH.findall(draft.remark)})),
        identifiers=tuple(dict.fromkeys(identifiers_in(draft.remark))),
    )
