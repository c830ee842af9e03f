"""What an audit found: the first thing that differs, where it stands, what was expected."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn


@dataclass(frozen=True, slots=True)
class Finding:
    """The first difference."""

    page: int
    """The page; 0: it is not of one page."""
    record: int | None
    """The record, where it is one."""
    what: str
    expected: str
    """What follows from the pages before."""
    found: str
    """What is on record."""

    def __str__(self) -> str:
        where = [f"page {self.page}"] if self.page else []
        where += [f"record {self.record}"] if self.record is not None else []
        place = f"{', '.join(where)}: " if where else ""
        return f"{place}{self.what}: expected {self.expected}, found {self.found}"


class DifferenceFound(Exception):  # noqa: N818
    """Ends the audit at its first finding. Never leaves `setfair.audit`."""

    def __init__(self, finding: Finding) -> None:
        super().__init__(str(finding))
        self.finding = finding


def differ(page: int, what: str, expected: object, found: object, *, record: int | None = None) -> NoReturn:
    """End the audit with a finding."""
    raise DifferenceFound(Finding(page, record, what, _shown(expected), _shown(found)))


def check_same(page: int, what: str, expected: object, found: object) -> None:
    """Go on if both are the same."""
    if expected != found:
        differ(page, what, expected, found)


def _shown(value: object) -> str:
    return value.hex() if isinstance(value, bytes) else str(value)
