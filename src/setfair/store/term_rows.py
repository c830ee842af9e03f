"""Changes of terms and openings of days, page by page: credit lines and reservations in account_row.

Rules
-----
1. account_row has the credit line that is in force, the one that stands, and the reservations that stand;
   what the engine does with them is said in `engine.terms`, and done here again.
2. Each of these pages is projected in a step that it begins: the balances are then those before it.
"""

from __future__ import annotations

from typing import Any

from setfair.domain.codes import InstructionKind, Phase, RecordKind, Term
from setfair.engine.layout import Row
from setfair.journal.page import Page

_KINDS = frozenset(
    {
        InstructionKind.PHASE_CHANGE,
        InstructionKind.TERM_CHANGE,
        InstructionKind.TERM_APPROVAL,
        InstructionKind.TERM_REFUSAL,
    }
)
_INSERT = "INSERT INTO term_change_row VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, -1)"
_DECIDE = (
    "UPDATE term_change_row SET status = ?, reason = ?, decided_number = ?, decided_person = ? "
    "WHERE change_number = ?"
)
_OPEN = (
    "UPDATE account_row SET credit_line_minor = max(standing_line_minor, -balance_minor) "
    "WHERE currency_number = ? AND is_agent = 0"
)
_CHANGES = {
    (Term.CREDIT_LINE, True): "UPDATE account_row SET credit_line_minor = ? WHERE account_number = ?",
    (Term.CREDIT_LINE, False): (
        "UPDATE account_row SET credit_line_minor = ?1, standing_line_minor = ?1 WHERE account_number = ?2"
    ),
    (Term.RESERVED_URGENT, False): (
        "UPDATE account_row SET reserved_urgent_minor = ? WHERE account_number = ?"
    ),
    (Term.RESERVED_HIGH, False): "UPDATE account_row SET reserved_high_minor = ? WHERE account_number = ?",
    (Term.SUB_ACCOUNT, False): "UPDATE account_row SET is_open = ? WHERE account_number = ?",
    (Term.SUB_ACCOUNT, True): "UPDATE account_row SET is_open = ? WHERE account_number = ?",
}
"""By term, and whether the change is for one day alone."""


def changes_terms(page: Page) -> bool:
    """Tell whether a page may change what accounts may do: rule 2."""
    return int(page.instructions["kind"][0]) in _KINDS


def project_terms(cursor: Any, page: Page) -> None:
    """Bring the tables to a page that changes terms, or opens or closes a day."""
    instruction = page.instructions[0]
    kind = int(instruction["kind"])
    if kind == InstructionKind.PHASE_CHANGE:
        own = page.records[0]
        if own["kind"] == RecordKind.PHASE_CHANGED and own["amount"] == Phase.OPEN:
            cursor.execute(_OPEN, (int(own["currency"]),))
    elif kind == InstructionKind.TERM_CHANGE:
        _insert(cursor, page, instruction)
        return
    records = page.records
    about = (records["subject"] < page.first_instruction) & (records["debtor_after"] > 0)
    for record in records[about & (records["debtor"] >= 0)]:
        _follow(cursor, page, instruction, record)


def _insert(cursor: Any, page: Page, instruction: Row) -> None:
    own = page.records[0]
    names = ("target", "debtor", "creditor", "currency", "amount", "value_date", "person")
    said = (int(instruction[name]) for name in names)
    cursor.execute(
        _INSERT, (page.first_instruction, page.number, *said, int(own["status"]), int(own["reason"]))
    )


def _follow(cursor: Any, page: Page, instruction: Row, record: Row) -> None:
    """Follow a record about a change that waited: in force, or rejected."""
    if int(record["kind"]) not in (RecordKind.TERM_CHANGED, RecordKind.REJECTED):
        return
    is_decided = int(instruction["kind"]) != InstructionKind.PHASE_CHANGE
    decided = (page.first_instruction, int(instruction["person"])) if is_decided else (0, -1)
    subject = int(record["subject"])
    cursor.execute(_DECIDE, (int(record["status"]), int(record["reason"]), *decided, subject))
    term = int(record["debtor_after"])
    sql = _CHANGES.get((Term(term), int(record["creditor_after"]) != 0))
    if record["kind"] == RecordKind.TERM_CHANGED and sql is not None:
        cursor.execute(sql, (int(record["amount"]), int(record["debtor"])))
