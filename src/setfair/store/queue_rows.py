"""How payments are to wait: times that they come with, and what users changed since."""

from __future__ import annotations

from typing import Any

import numpy as np
import pyarrow as pa

from setfair.domain.codes import InstructionKind, QueueAction, RecordKind
from setfair.engine.layout import TIMES
from setfair.journal.page import TIMES_DOCUMENT, Page

_CHANGE = "INSERT INTO queue_change_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_TIMES = "INSERT OR REPLACE INTO times_row VALUES (?, ?, ?)"


def times_rows(page: Page) -> pa.Table | None:
    """Return the rows of times_row for one page, or None if no payment in it says when it may settle."""
    if TIMES_DOCUMENT not in page.documents:
        return None
    times = np.frombuffer(page.documents[TIMES_DOCUMENT], TIMES)
    rows = np.flatnonzero(page.instructions["target"] < 0)
    if not len(rows):
        return None
    times = times[-page.instructions["target"][rows] - 1]
    return pa.table(
        {
            "payment_number": page.first_instruction + rows,
            "earliest_ns": times["earliest"].copy(),
            "latest_ns": times["latest"].copy(),
        }
    )


def changes_queue(page: Page) -> bool:
    """Tell whether a page is a user's word on how a payment waits: it begins a step of its own."""
    return int(page.instructions["kind"][0]) == InstructionKind.QUEUE_CHANGE


def project_queue_change(cursor: Any, page: Page) -> None:
    """Bring the tables to a page that changes how a payment waits, and the legs that go with it."""
    said = page.instructions[0]
    reason = int(page.records[0]["reason"])
    payment, action, priority = int(said["target"]), int(said["amount"]), int(said["priority"])
    times = int(said["original_high"]), int(said["original_low"])
    who = page.first_instruction, page.number
    changed = page.records[page.records["kind"] == RecordKind.QUEUE_CHANGED]["amount"].tolist()
    for each in changed or [payment]:
        cursor.execute(_CHANGE, (*who, each, action, priority, *times, int(said["person"]), reason))
    if not reason and action == QueueAction.TIMES:
        cursor.execute(_TIMES, (payment, *times))
