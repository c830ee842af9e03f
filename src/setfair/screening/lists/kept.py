"""Lists that were read before: parsed once, kept beside the house, and read back while no byte changed.

Rules
-----
1. A list is taken from what is kept only if every file that its reader reads has the very same bytes, the
   note with the date of publication among them. A list that was refused is not kept.
2. Counts and age are checked by the gate on what comes from here as on what comes from a reader.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from setfair.screening.derived import Derived, file_facts
from setfair.screening.lists import FILES, READERS
from setfair.screening.lists.model import Entry, EntryKind, Name, NameQuality, SanctionsList

Reader = Callable[[str, str, Path], SanctionsList]
"""Format, list id and path in; the list or a `FileRefusedError` out."""

_KINDS = {kind.value: kind for kind in EntryKind}
_QUALITIES = {quality.value: quality for quality in NameQuality}


def keeping_reader(derived: Derived) -> Reader:
    """Return a reader of all formats that keeps what it read."""

    def read(format_name: str, list_id: str, path: Path) -> SanctionsList:
        reader = READERS[format_name]
        if format_name not in FILES:
            return reader(list_id, path)
        name, files = f"list-{list_id}", FILES[format_name](path)
        facts = f"{format_name} {list_id} {file_facts(files)}"
        kept = derived.read(name, facts)
        if kept is not None:
            return _list(kept)
        found = reader(list_id, path)
        if facts == f"{format_name} {list_id} {file_facts(files)}":
            derived.write(name, facts, _plain(found))
        return found

    return read


def _plain(found: SanctionsList) -> tuple[Any, ...]:
    entries = [
        (
            each.entry_id,
            each.kind.value,
            tuple((name.text, name.quality.value, name.original_script) for name in each.names),
            each.programme,
            each.reference,
            each.countries,
            each.content_hash,
            each.birth_years,
            each.identifiers,
        )
        for each in found.entries
    ]
    return (found.list_id, found.source, found.published.isoformat(), found.content_hash, entries)


def _list(kept: tuple[Any, ...]) -> SanctionsList:
    list_id, source, published, content_hash, plain = kept
    entries = tuple(
        Entry(
            entry_id,
            _KINDS[kind],
            tuple(Name(text, _QUALITIES[quality], original) for text, quality, original in names),
            *rest,
        )
        for entry_id, kind, names, *rest in plain
    )
    return SanctionsList(list_id, source, date.fromisoformat(published), content_hash, entries)
