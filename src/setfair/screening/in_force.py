"""The lists in force, read from the files that the agreement names.

Rules
-----
1. Lists are read when first needed, and again when the agreement, the date or a file changes (size or time
   of change); in between the index and its cache of decisions stay.
2. Where the house has a key, what was read and built is kept on disk and read back by the next command
   (`derived`); whether it is in force is checked each time.
3. Whatever cannot be read whole is not in force; what the agreement makes mandatory stops everything.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from setfair.domain.agreement import Agreement
from setfair.errors import ScreeningUnavailableError
from setfair.screening.derived import Derived
from setfair.screening.fuzzy import FuzzyMatcher
from setfair.screening.gate import ListRequirement, ListSet, load_lists, read_list
from setfair.screening.lists.kept import keeping_reader
from setfair.screening.screener import Screener

DERIVED = "derived"
"""Folder in the house's where lists and index are kept."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    key: tuple[object, ...]
    lists: ListSet
    screener: Screener


class FileLists:
    """Lists that lie in a house's folder."""

    def __init__(self, folder: Path, key: bytes | None = None) -> None:
        """Name the folder.

        Parameters
        ----------
        folder
            The house's.
        key
            Seals what is kept on disk, see `derived`; None: nothing is kept.
        """
        self._folder = folder
        self._derived = Derived(folder / DERIVED, key) if key is not None else None
        self._read = keeping_reader(self._derived) if self._derived else read_list
        self._loaded: _Loaded | None = None

    def screener(self, agreement: Agreement, today: date) -> Screener:
        """Return the screener over the lists in force.

        Raises
        ------
        ScreeningUnavailableError
            If a mandatory list is missing, truncated or stale.
        """
        requirements = requirements_of(self._folder, agreement)
        key = (
            today,
            agreement.screening.score_min,
            tuple(requirements),
            *(_stamp(each.path) for each in requirements),
        )
        if self._loaded is None or self._loaded.key != key:
            self._loaded = None
            lists = load_lists(requirements, today, self._read)
            matcher = FuzzyMatcher(lists, agreement.screening.score_min, derived=self._derived)
            self._loaded = _Loaded(key, lists, Screener(lists, matcher, self._derived))
        return self._loaded.screener

    def ageing(self) -> tuple[str, ...]:
        """Return which of the lists that were last read grow old, one line each; those that hold first."""
        if self._loaded is None:
            return ()
        return (*self._loaded.lists.holds, *self._loaded.lists.warnings)

    def description(self) -> bytes:
        """Return the lists in force as JSON, for the journal."""
        if self._loaded is None:
            raise ScreeningUnavailableError("no screening lists are in force")
        lists = self._loaded.lists
        sources = [
            {
                "list_id": source.list_id,
                "source": source.source,
                "published": source.published.isoformat(),
                "content_hash": source.content_hash,
                "entries": source.entry_count,
            }
            for source in lists.sources
        ]
        about = {
            "list_set": self._loaded.screener.version,
            "rules": self._loaded.screener.rules,
            "sources": sources,
            "left_out": list(lists.left_out),
            "ageing": [*lists.warnings, *lists.holds],
        }
        return json.dumps(about, ensure_ascii=False).encode()


def requirements_of(folder: Path, agreement: Agreement) -> tuple[ListRequirement, ...]:
    """Return what the agreement asks of each list of the house in a folder."""
    return tuple(
        ListRequirement(
            list_id=each.id,
            format=each.format,
            path=folder / each.file,
            mandatory=each.mandatory,
            max_age_days=each.max_age_days,
            entries_min=each.entries_min,
            entries_max=each.entries_max,
            warn_age_days=each.warn_age_days,
            hold_age_days=each.hold_age_days,
        )
        for each in agreement.screening.lists
    )


def _stamp(path: Path) -> tuple[int, int]:
    """Return what changes with a file: time of change and size."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
