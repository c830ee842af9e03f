"""Reads an operator's own list: ``id,name[,kind,country,aliases]`` in UTF-8, with a header.

Rules
-----
1. The header names each column once; ``id`` and ``name`` are required, others than these five are refused.
2. ``kind`` is person, organisation, vessel, aircraft or empty; ``aliases`` are separated by semicolons.
3. The format marks no end, so the note beside the file (see `source`, rule 3) has the date and the number of
   entries: a list that was cut at the end of a line is refused as well.
"""

from __future__ import annotations

from pathlib import Path

from setfair.screening.lists.model import Entry, EntryKind, NameQuality, SanctionsList, hash_facts
from setfair.screening.lists.names import collapse
from setfair.screening.lists.source import (
    EntryCollector,
    ListFile,
    NameCollector,
    check_count,
    csv_rows,
    read_published_note,
    refused,
)

COLUMNS = ("id", "name", "kind", "country", "aliases")
_REQUIRED = COLUMNS[:2]
_KINDS = {"": EntryKind.UNKNOWN, **{kind.value: kind for kind in EntryKind}}


def read_operator_csv(list_id: str, path: Path) -> SanctionsList:
    """Read the whole list or refuse it.

    Raises
    ------
    FileRefusedError
        If the file or the note beside it is missing, truncated or malformed.
    """
    file = ListFile(path)
    collector = EntryCollector(path)
    header: list[str] = []
    for line, row in csv_rows(file, end_mark=False):
        if not header:
            header = _header(path, row, line)
            continue
        if len(row) != len(header):
            raise refused(path, f"{len(row)} columns where the header has {len(header)}", line)
        collector.add(_entry(path, dict(zip(header, map(collapse, row), strict=True)), line), line)
    entries = collector.entries()
    note = read_published_note(path, count_required=True)
    check_count(path, note, len(entries))
    return SanctionsList(list_id, f"operator's list, {path.name}", note.published, file.sha256, entries)


def _header(path: Path, row: list[str], line: int) -> list[str]:
    header = [column.strip().lower() for column in row]
    missing = [column for column in _REQUIRED if column not in header]
    unknown = [column for column in header if column not in COLUMNS]
    if missing or unknown or len(set(header)) != len(header):
        raise refused(
            path, f"the header is {','.join(header)!r}; allowed is {','.join(COLUMNS)}, each once, "
            f"{' and '.join(_REQUIRED)} always", line,
        )  # fmt: skip
    return header


def _entry(path: Path, row: dict[str, str], line: int) -> Entry:
    kind = row.get("kind", "").lower()
    if kind not in _KINDS:
        raise refused(
            path, f"{kind!r} is none of {', '.join(kind.value for kind in EntryKind)}", line, "kind"
        )
    names = NameCollector(path, line)
    names.add(row["name"], NameQuality.MAIN)
    names.add(row.get("aliases", ""), NameQuality.ALIAS)
    country = row.get("country", "")
    return Entry(
        entry_id=row["id"],
        kind=_KINDS[kind],
        names=names.names(),
        programme="",
        reference="",
        countries=(country,) if country else (),
        content_hash=hash_facts((column, row.get(column, "")) for column in COLUMNS),
    )
