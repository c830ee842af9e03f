"""Business days: the times that they opened with, how they were extended, and when each was passed."""

from __future__ import annotations

from typing import Any

import numpy as np

from setfair.domain.codes import InstructionKind, Phase, RecordKind
from setfair.engine.layout import TIMES, Row
from setfair.journal.page import TIMES_DOCUMENT, Page

_WORDS = frozenset(
    {
        InstructionKind.EXTENSION,
        InstructionKind.EXTENSION_APPROVAL,
        InstructionKind.EXTENSION_REFUSAL,
    }
)
_TIME = "INSERT INTO day_time_row VALUES (?, ?, ?, ?, ?, 0, 0)"
_CUT_OFF = (
    "UPDATE day_time_row SET passed_page = ?, by_clock = ? "
    "WHERE currency_number = ? AND day = ? AND phase <> 0 AND phase <= ? AND passed_page = 0"
)
_CLOSE = (
    "UPDATE day_time_row SET passed_page = ?, by_clock = ? "
    "WHERE currency_number = ? AND day = ? AND passed_page = 0"
)
_EXTEND = (
    "UPDATE day_time_row SET time_ns = ?1 WHERE currency_number = ?2 AND phase = ?3 "
    "AND day = (SELECT max(day) FROM day_time_row WHERE currency_number = ?2)"
)
_ASK = (
    "INSERT INTO extension_row VALUES (?1, ?2, ?3, "
    "coalesce((SELECT max(day) FROM day_time_row WHERE currency_number = ?3), 0), ?4, ?5, ?6, ?7, ?8, 0, -1)"
)
_DECIDE = (
    "UPDATE extension_row SET status = ?, reason = ?, decided_number = ?, decided_person = ? "
    "WHERE extension_number = ?"
)


def changes_day(page: Page) -> bool:
    """Tell whether a page moves a business day, or is a word on its times."""
    kind = int(page.instructions["kind"][0])
    return kind == InstructionKind.PHASE_CHANGE or kind in _WORDS


def project_day(cursor: Any, page: Page) -> None:
    """Bring the tables to a page that moves a business day, or is a word on its times."""
    instruction = page.instructions[0]
    kind, own = int(instruction["kind"]), page.records[0]
    if kind == InstructionKind.EXTENSION:
        said = (int(instruction[name]) for name in ("currency", "target", "original_high", "person"))
        who = page.first_instruction, page.number
        cursor.execute(_ASK, (*who, *said, int(own["status"]), int(own["reason"])))
    elif own["kind"] == RecordKind.PHASE_CHANGED:
        _move(cursor, page, instruction, own)
    is_decided = kind in _WORDS
    decided = (page.first_instruction, int(instruction["person"])) if is_decided else (0, -1)
    records = page.records[page.records["debtor"] < 0]
    is_extended = records["kind"] == RecordKind.CUTOFF_EXTENDED
    is_rejected = (records["kind"] == RecordKind.REJECTED) & (records["subject"] < page.first_instruction)
    for record in records[is_extended]:
        values = tuple(int(record[name]) for name in ("debtor_after", "currency", "amount"))
        cursor.execute(_EXTEND, values)
    for record in records[is_extended | is_rejected]:
        result = int(record["status"]), int(record["reason"])
        cursor.execute(_DECIDE, (*result, *decided, int(record["subject"])))


def _move(cursor: Any, page: Page, instruction: Row, own: Row) -> None:
    """Follow a currency into a phase; a cut-off that is passed over is passed with the one after it."""
    currency, day, phase = (int(own[name]) for name in ("currency", "debtor_after", "amount"))
    if phase == Phase.CLOSED:
        cursor.execute(_CLOSE, (page.number, int(own["creditor_after"]), currency, day))
    elif phase != Phase.OPEN:
        cursor.execute(_CUT_OFF, (page.number, int(own["creditor_after"]), currency, day, phase))
    else:
        said = np.frombuffer(page.documents.get(TIMES_DOCUMENT, b""), TIMES)
        cutoffs, end = (said[0], said[1]) if len(said) else (np.zeros(1, TIMES)[0],) * 2
        times = {
            Phase.CUSTOMER_CUTOFF: cutoffs["earliest"],
            Phase.INTERBANK_CUTOFF: cutoffs["latest"],
            Phase.CLOSED: end["earliest"],
        }
        for each, moment in times.items():
            cursor.execute(_TIME, (currency, day, int(each), int(moment), int(moment)))
