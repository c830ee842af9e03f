"""Files into a house: read, stage, and apply only when whole.

Rules
-----
1. A file that cannot be read to its end in good order is refused as a whole; the others go on.
2. What was staged is applied batch by batch, and what became of a batch counts once it is durable. A crash
   in the middle leaves whole pages, and submitting the same file again completes it: what is on record is
   answered, not repeated.
"""

from __future__ import annotations

import time
import uuid
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from setfair.clearing_house import Outcome
from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.domain.instruction import Batch, Family
from setfair.domain.progress import Progress, silent
from setfair.errors import FileRefusedError
from setfair.formats.open_file import open_instructions
from setfair.formats.staging import stage
from setfair.house import House

SHOWN_MAX = 100
"""Rejected rows of one file that a result names one by one; the rest is counted."""

_IDENTIFICATION = {
    Family.PAYMENT: "instruction_id",
    Family.OBLIGATION: "obligation_id",
    Family.PARTY: "party_id",
    Family.CONFIRMATION: "obligation_id",
}


@dataclass(frozen=True, slots=True)
class RejectedRow:
    """One row that was rejected."""

    identification: str
    number: int
    """Its instruction number, under which it is on record."""
    reason: Reason
    text: str


@dataclass(slots=True)
class FileResult:
    """What became of one file."""

    path: Path
    family: Family | None = None
    """What its first batch holds; None where there is none."""
    rows: int = 0
    repeated: int = 0
    """Rows that were on record before."""
    requests: int = 0
    """Rows that ask for a cancellation."""
    pages: int = 0
    statuses: Counter[Status] = field(default_factory=Counter)
    """How many rows have which status at the end of their batch."""
    reasons: Counter[Reason] = field(default_factory=Counter)
    """Why rows were rejected."""
    rejected: list[RejectedRow] = field(default_factory=list)
    """The first of them."""
    refused: FileRefusedError | None = None
    """Set if the whole file was refused."""
    seconds: float = 0.0


def submit_files(
    house: House, paths: Iterable[Path], *, xsd_dir: Path | None = None, on_progress: Progress | None = None
) -> Iterator[FileResult]:
    """Submit files one after the other and yield what became of each.

    Raises
    ------
    ScreeningUnavailableError
        If a mandatory list is missing, truncated or stale: nothing of this file is applied.
    StoreError
        If a page could not be made durable; what was acknowledged before stays.
    """
    for path in paths:
        started = time.perf_counter()
        result = FileResult(path)
        try:
            _submit_file(house, result, xsd_dir, on_progress or silent)
        except FileRefusedError as error:
            result.refused = error
        result.seconds = time.perf_counter() - started
        yield result


def _submit_file(house: House, result: FileResult, xsd_dir: Path | None, on_progress: Progress) -> None:
    path = result.path
    size = path.stat().st_size if path.is_file() else 0
    batches = open_instructions(
        path, xsd_dir=xsd_dir, on_progress=lambda done: on_progress(f"reading {path.name}", done, size)
    )
    with stage(batches, house.staging) as staged:
        for batch, outcome in house.clearing_house.submit_each(staged.batches()):
            _count(result, batch, outcome)
            on_progress(f"deciding {path.name}", result.rows, staged.rows)


def _count(result: FileResult, batch: Batch, outcome: Outcome) -> None:
    rows = outcome.rows
    result.family = result.family or batch.family
    result.rows += len(rows)
    if batch.family is Family.PAYMENT:
        kinds = batch.rows["kind"].to_numpy()
        result.requests += int(np.count_nonzero(kinds == InstructionKind.CANCELLATION))
    result.repeated += int(np.count_nonzero(rows["repeated"]))
    result.pages += outcome.page is not None
    for code, count in enumerate(np.bincount(rows["status"])):
        if count:
            result.statuses[Status(code)] += int(count)
    rejected = np.flatnonzero(rows["status"] == Status.RJCT)
    for code, count in enumerate(np.bincount(rows["reason"][rejected])):
        if count:
            result.reasons[Reason(code)] += int(count)
    for row in rejected[: SHOWN_MAX - len(result.rejected)].tolist():
        reason = Reason(int(rows["reason"][row]))
        text = batch.rows["defect_text"][row].as_py() or reason.text
        identification = _identification(batch, row)
        result.rejected.append(RejectedRow(identification, int(rows["number"][row]), reason, text))


def _identification(batch: Batch, row: int) -> str:
    """Return the sender's identification of a row, or its UETR."""
    found = batch.rows[_IDENTIFICATION[batch.family]][row].as_py()
    if not found and batch.family is Family.PAYMENT:
        uetr = batch.rows["uetr"][row].as_py()
        return str(uuid.UUID(bytes=uetr)) if uetr else ""
    return str(found)
