"""Obligations that a set-off is not to touch, CSV.

    obligation_id,creditor
    INV-00020,Mutwara Tea Ltd

Rules
-----
1. Columns: ``obligation_id`` and, where the same number is used by several creditors, ``creditor``.
2. Without a creditor a row stands for every obligation of this number, whoever is owed.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.small_table import PROBLEMS_MAX, read_small_table


@dataclass(frozen=True, slots=True)
class KeptId:
    """One row."""

    line: int
    obligation_id: str
    creditor: str
    """Empty: whoever is owed."""


def read_kept_ids(path: Path) -> tuple[KeptId, ...]:
    """Read which obligations are not to be touched.

    Raises
    ------
    FileRefusedError
        With the line and column of each problem.
    """
    rows = [
        KeptId(line, fields["obligation_id"], fields["creditor"])
        for line, fields in read_small_table(path, ("obligation_id",), ("creditor",))
    ]
    problems = tuple(
        FileProblem(row.line, "obligation_id", "is empty; name an obligation")
        for row in rows
        if not row.obligation_id
    )
    if problems:
        raise FileRefusedError(str(path), problems[:PROBLEMS_MAX])
    return tuple(rows)
