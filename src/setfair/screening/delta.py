"""What changed between two versions of a list: entries that are new, gone, or said otherwise.

An entry is the same if its list's number and its content hash are; what is kept of a version is one short
hash an entry, enough to tell a change and small enough to stay in the journal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeAlias

from setfair.screening.lists.model import Entry, SanctionsList

SHORT_HASH = 16
"""Hexadecimal digits of a content hash that are kept: 64 bits."""

EntryHashes: TypeAlias = Mapping[str, str]
"""Short hash by entry id."""


@dataclass(frozen=True, slots=True)
class ListDelta:
    """What changed in one list."""

    list_id: str
    added: tuple[str, ...]
    changed: tuple[str, ...]
    removed: tuple[str, ...]
    """Entry ids, in the order of the newer list; those removed in the order of the older one."""

    @property
    def is_empty(self) -> bool:
        """Whether nothing changed."""
        return not (self.added or self.changed or self.removed)


def hashes_of(each: SanctionsList) -> dict[str, str]:
    """Return the short hash of every entry of a list."""
    return {entry.entry_id: entry.content_hash[:SHORT_HASH] for entry in each.entries}


def compare(list_id: str, before: EntryHashes, after: EntryHashes) -> ListDelta:
    """Return what changed in a list."""
    return ListDelta(
        list_id,
        tuple(entry_id for entry_id in after if entry_id not in before),
        tuple(entry_id for entry_id in after if before.get(entry_id, after[entry_id]) != after[entry_id]),
        tuple(entry_id for entry_id in before if entry_id not in after),
    )


def compare_all(
    before: Mapping[str, EntryHashes], lists: Sequence[SanctionsList]
) -> tuple[list[ListDelta], dict[str, dict[str, str]]]:
    """Return what changed in each list that changed, and the hashes of all lists as they are now."""
    after = {each.list_id: hashes_of(each) for each in lists}
    deltas = [
        compare(list_id, before.get(list_id, {}), after.get(list_id, {}))
        for list_id in sorted({*before, *after})
    ]
    return [delta for delta in deltas if not delta.is_empty], after


def entries_of(each: SanctionsList, delta: ListDelta) -> tuple[Entry, ...]:
    """Return the entries of a list that are new or changed."""
    wanted = {*delta.added, *delta.changed}
    return tuple(entry for entry in each.entries if entry.entry_id in wanted)
