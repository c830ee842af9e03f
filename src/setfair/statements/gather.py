"""One pass over the records of a day, in order: what each account, sender and party is to be told.

Rules
-----
1. The records are read in slices of `SLICE_RECORDS` by their numbers, each with its payment or obligation:
   no slice needs an index other than the primary keys.
2. A booking goes to both its accounts. The last record about a payment is its status and goes to its sender,
   that about a cancellation request to who asked.
3. The sender is the direct participant whose account is debited. Where there is no such account, it is the
   instructing agent, or the debtor agent, that the payment's page names; -1 where neither takes part.
4. A set-off goes to both its parties, and so does an obligation that netting settled.
5. A leg of netting is a booking without an instruction of its own: its reference is `NET-`, the number of the
   cycle, and that of its record. So is money that is set aside on a sub-account or given back: `SUB-`, the
   number of the change, and that of its record.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Any

from setfair.domain.codes import InstructionKind, RecordKind, Status
from setfair.domain.progress import Progress
from setfair.formats.iso20022.statement_types import EntryTotals
from setfair.journal.page import Page, page_from_bytes
from setfair.statements.day import Day, Query
from setfair.statements.members import Members
from setfair.statements.spool import Spool
from setfair.store.archived import PageBodies

SLICE_RECORDS = 16_384
"""Records that one query reads."""

BOOKING, STATUS, ANSWER, SET_OFF, NETTED = "booking", "status", "answer", "set-off", "netted"
"""Kinds of rows in the spool: by account, by sender, by who asked, by party, by party."""

UNKNOWN_SENDER = -1

_CHARGED = frozenset({InstructionKind.CUSTOMER_PAYMENT, InstructionKind.INSTITUTION_PAYMENT})
"""Payments that count for fees."""
_BOOKED, _SETTLED, _CANCELLATION = (
    int(RecordKind.SETTLED),
    int(Status.ACSC),
    int(InstructionKind.CANCELLATION),
)
_BY_NETTING = int(RecordKind.NETTED)

# The record that gave a payment its status is in the page in which it was decided and has that status.
_PAYMENTS = """
SELECT w.record_number, w.page_number, g.time_utc, w.kind AS record_kind, w.currency_number, w.debtor,
       w.creditor, w.amount_minor, w.debtor_after, w.creditor_after, y.payment_number,
       y.page_number AS received_page, y.kind, y.uetr, y.instruction_id, y.end_to_end_id, y.transaction_id,
       y.message_id, y.message_name, y.sender, y.debtor_account, y.debtor_name, y.creditor_name, y.remittance,
       y.original_uetr, y.original_instruction_id, y.status, y.reason, y.defect_text
FROM record_row w
CROSS JOIN payment_row y ON y.payment_number = w.subject_number
CROSS JOIN page g ON g.page_number = w.page_number
WHERE w.record_number BETWEEN ? AND ?
  AND (w.kind = 1 OR (w.kind <= 6 AND w.page_number = y.decided_page AND w.status = y.status))
ORDER BY w.record_number
"""
_LEGS = """
SELECT w.record_number, w.page_number, g.time_utc, w.currency_number, w.debtor, w.creditor, w.amount_minor,
       w.debtor_after, w.creditor_after, w.subject_number AS payment_number,
       iif(w.mechanism = 4, 12, 30) AS kind, x'' AS uetr,
       iif(w.mechanism = 4, 'NET-', 'SUB-') || w.subject_number || '-' || w.record_number AS instruction_id,
       iif(w.mechanism = 4, 'NET-', 'SUB-') || w.subject_number AS end_to_end_id, '' AS transaction_id,
       iif(w.mechanism = 4, 'netting', 'sub-account') AS message_name,
       '' AS debtor_name, '' AS creditor_name,
       iif(w.mechanism = 4, 'Netting of cycle ', 'Sub-account, change ') || w.subject_number AS remittance
FROM record_row w CROSS JOIN page g ON g.page_number = w.page_number
WHERE w.record_number BETWEEN ? AND ? AND w.kind = 1 AND w.mechanism IN (4, 6)
ORDER BY w.record_number
"""
_SET_OFFS = """
SELECT w.record_number, w.page_number, w.cause_number, w.currency_number, w.debtor, w.creditor,
       w.amount_minor, w.debtor_after, b.obligation_id, b.due_date, w.kind
FROM record_row w CROSS JOIN obligation_row b ON b.obligation_number = w.subject_number
WHERE w.record_number BETWEEN ? AND ? AND w.kind IN (10, 20)
ORDER BY w.record_number
"""


@dataclass(slots=True)
class Turnover:
    """What moved on one account."""

    opening_minor: int
    """Balance before its first booking."""
    credit_count: int = 0
    credit_minor: int = 0
    debit_count: int = 0
    debit_minor: int = 0
    charged_count: int = 0
    """Of the debits, those that a fee is due for."""

    @property
    def totals(self) -> EntryTotals:
        """Count and sum of the entries."""
        return EntryTotals(self.credit_count, self.credit_minor, self.debit_count, self.debit_minor)


@dataclass(frozen=True, slots=True)
class Gathered:
    """What a day's records say, sorted out."""

    spool: Spool
    turnover: dict[int, Turnover] = field(default_factory=dict)
    """By account; none for an account without bookings."""
    cleared_minor: Counter[tuple[int, int]] = field(default_factory=Counter)
    """What set-off cancelled of a party's debts, by party and currency number."""
    cycles: set[int] = field(default_factory=set)
    """Numbers of the cycles that cancelled something."""

    def book(self, row: dict[str, Any]) -> None:
        """Take a booking for both its accounts."""
        amount_minor, debtor, creditor = row["amount_minor"], row["debtor"], row["creditor"]
        rest = (
            row["time_utc"],
            row["uetr"],
            row["instruction_id"],
            row["end_to_end_id"],
            row["transaction_id"],
            row["message_name"],
            row["debtor_name"],
            row["creditor_name"],
            row["remittance"],
        )
        start = (row["record_number"], row["payment_number"], row["kind"])
        self.spool.add((BOOKING, debtor), (*start, False, amount_minor, creditor, *rest))
        self.spool.add((BOOKING, creditor), (*start, True, amount_minor, debtor, *rest))
        debits = self._turnover(debtor, row["debtor_after"] + amount_minor)
        debits.debit_count += 1
        debits.debit_minor += amount_minor
        debits.charged_count += row["kind"] in _CHARGED
        credits_ = self._turnover(creditor, row["creditor_after"] - amount_minor)
        credits_.credit_count += 1
        credits_.credit_minor += amount_minor

    def _turnover(self, account: int, before_minor: int) -> Turnover:
        found = self.turnover.get(account)
        if found is None:
            found = self.turnover[account] = Turnover(before_minor)
        return found

    def set_off(self, row: dict[str, Any]) -> None:
        """Take a set-off, or an obligation that netting settled, for both its parties."""
        *taken, kind = row.values()
        key = NETTED if kind == _BY_NETTING else SET_OFF
        self.spool.add((key, row["debtor"]), tuple(taken))
        self.spool.add((key, row["creditor"]), tuple(taken))
        if key == SET_OFF:
            self.cycles.add(row["cause_number"])
            self.cleared_minor[row["debtor"], row["currency_number"]] += row["amount_minor"]


def gather(query: Query, day: Day, members: Members, spool: Spool, on_progress: Progress) -> Gathered:
    """Read the records of a day once and sort them out."""
    gathered, senders = Gathered(spool), _Senders(query, members)
    whole = day.last_record - day.first_record + 1
    for first in range(day.first_record, day.last_record + 1, SLICE_RECORDS):
        last = min(first + SLICE_RECORDS - 1, day.last_record)
        for row in _with_legs(query, first, last):
            if row.get("record_kind", _BOOKED) == _BOOKED:
                if not day.holds(row["currency_number"], row["page_number"]):
                    continue
                gathered.book(row)
            elif not _is_of(day, row):
                continue
            if "record_kind" in row:
                _tell(spool, row, senders)
        for row in query(_SET_OFFS, (first, last)):
            if day.holds(row["currency_number"], row["page_number"]):
                gathered.set_off(row)
        on_progress("reading the day", last - day.first_record + 1, whole)
    return gathered


def _with_legs(query: Query, first: int, last: int) -> list[dict[str, Any]]:
    """Return the rows about payments and, without `record_kind`, the legs of netting, in order of records."""
    rows, legs = query(_PAYMENTS, (first, last)), query(_LEGS, (first, last))
    return sorted(rows + legs, key=lambda row: int(row["record_number"])) if legs else rows


def _is_of(day: Day, row: dict[str, Any]) -> bool:
    if row["debtor_account"] >= 0:
        return day.holds(row["currency_number"], row["page_number"])
    return day.holds_otherwise(row["page_number"])


def _tell(spool: Spool, row: dict[str, Any], senders: _Senders) -> None:
    """Take what became of an instruction for whoever sent it."""
    if row["kind"] == _CANCELLATION:
        answer = (
            row["record_number"],
            row["status"],
            row["reason"],
            row["defect_text"],
            row["message_id"],
            row["instruction_id"],
            row["original_instruction_id"],
            row["end_to_end_id"],
            row["transaction_id"],
            row["original_uetr"],
        )
        spool.add((ANSWER, senders.find(row)), answer)
        return
    status = (
        row["payment_number"],
        row["record_number"],
        row["status"],
        row["reason"],
        row["currency_number"],
        row["amount_minor"],
        row["defect_text"],
        row["time_utc"] if row["status"] == _SETTLED else "",
        row["message_id"],
        row["message_name"],
        row["instruction_id"],
        row["end_to_end_id"],
        row["transaction_id"],
        row["uetr"],
    )
    spool.add((STATUS, senders.find(row)), status)


class _Senders:
    """Finds who sent a payment: rule 3."""

    def __init__(self, query: Query, members: Members) -> None:
        self._bodies = PageBodies(query)
        self._members = members
        self._page: Page | None = None

    def find(self, row: dict[str, Any]) -> int:
        """Return the number of the participant that sent an instruction, or -1."""
        if row["sender"] >= 0:
            return int(row["sender"])
        page = self._page_of(row["received_page"])
        place = row["payment_number"] - page.first_instruction
        for name in ("instructing_agent", "debtor_agent"):
            found = self._members.find_direct(page.texts[name][place].as_py())
            if found >= 0:
                return found
        return UNKNOWN_SENDER

    def _page_of(self, number: int) -> Page:
        if self._page is None or self._page.number != number:
            self._page = page_from_bytes(self._bodies.body(number))
        return self._page
