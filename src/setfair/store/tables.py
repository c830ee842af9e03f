"""From pages to rows: each function turns pages into Arrow tables or updates of the projected tables.

A row's status is the one that the last record about it gave it, so that a payment that settled in the page in
which it came in is inserted once and never updated.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, RecordKind
from setfair.engine.layout import Array
from setfair.journal.page import Page


def _marked(*codes: int) -> NDArray[np.bool_]:
    """Return an array that is true at these codes, to be looked up with a column of codes."""
    marks = np.zeros(256, np.bool_)
    marks[list(codes)] = True
    return marks


PAYMENT_KINDS = _marked(
    InstructionKind.CUSTOMER_PAYMENT,
    InstructionKind.INSTITUTION_PAYMENT,
    InstructionKind.PAYMENT_RETURN,
    InstructionKind.LIQUIDITY_TRANSFER,
    InstructionKind.CANCELLATION,
)
"""By kind, whether an instruction has a row in payment_row."""
_OBLIGATION_KINDS = _marked(
    InstructionKind.OBLIGATION, InstructionKind.CREDIT_NOTE, InstructionKind.PARTY_REGISTRATION
)
STATUS_RECORDS = _marked(
    RecordKind.SETTLED,
    RecordKind.QUEUED,
    RecordKind.REJECTED,
    RecordKind.HELD,
    RecordKind.CANCELLED,
    RecordKind.CANCELLATION_ANSWERED,
    RecordKind.OBLIGATION_OPENED,
    RecordKind.OBLIGATION_PENDING,
    RecordKind.PARTY_REGISTERED,
    RecordKind.CREDIT_NOTE_APPLIED,
    RecordKind.SET_OFF,
    RecordKind.NETTED,
    RecordKind.LINK_PENDING,
    RecordKind.PARKED,
)
"""By kind, whether a record says the status of what it is about."""


def record_rows(page: Page) -> pa.Table:
    """Return the rows of record_row for one page."""
    records = page.records
    count = len(records)
    return pa.table(
        {
            "record_number": np.arange(page.first_record, page.first_record + count),
            "page_number": np.full(count, page.number),
            "kind": _column(records, "kind"),
            "status": _column(records, "status"),
            "mechanism": _column(records, "mechanism"),
            "reason": _column(records, "reason"),
            "currency_number": _column(records, "currency"),
            "debtor": _column(records, "debtor"),
            "creditor": _column(records, "creditor"),
            "amount_minor": _column(records, "amount"),
            "subject_number": _column(records, "subject"),
            "cause_number": _column(records, "cause"),
            "debtor_after": _column(records, "debtor_after"),
            "creditor_after": _column(records, "creditor_after"),
        }
    )


def _column(array: Array, name: str) -> NDArray[np.generic]:
    return np.ascontiguousarray(array[name])


@dataclass(frozen=True, slots=True)
class LastRecord:
    """The last record about each instruction of a page, by place in the page."""

    status: NDArray[np.int64]
    reason: NDArray[np.int64]
    mechanism: NDArray[np.int64]
    remaining: NDArray[np.int64]


def last_records(page: Page) -> LastRecord:
    """Return what the page's own records say last about the page's own instructions."""
    own = _own_records(page)
    last = last_places(own["subject"] - page.first_instruction, len(page.instructions))
    known = last >= 0
    names = ("status", "reason", "mechanism", "debtor_after")
    columns = np.zeros((len(names), len(last)), np.int64)
    for column, name in zip(columns, names, strict=True):
        column[known] = own[name][last[known]]
    return LastRecord(*columns)


def _about_status(records: Array) -> Array:
    return _take(records, STATUS_RECORDS[records["kind"]])


def _take(rows: Array, chosen: NDArray[np.bool_]) -> Array:
    """Return the chosen rows; all of them without copying, which is what most pages ask for."""
    return rows if chosen.all() else rows[chosen]


def _own_records(page: Page) -> Array:
    about = _about_status(page.records)
    return _take(about, about["subject"] >= page.first_instruction)


def _sum_own(page: Page, kind: RecordKind) -> NDArray[np.int64]:
    """Return by place in the page what its own records of this kind take off its own instructions."""
    own = _own_records(page)
    own = own[own["kind"] == kind]
    total = np.zeros(len(page.instructions), np.int64)
    np.add.at(total, own["subject"] - page.first_instruction, own["amount"])
    return total


def payment_rows(page: Page, participant_of_account: NDArray[np.int64]) -> pa.Table | None:
    """Return the rows of payment_row for one page, or None if it has no payments."""
    is_payment = PAYMENT_KINDS[page.instructions["kind"]]
    chosen = np.flatnonzero(is_payment)
    if not len(chosen):
        return None
    instructions, last = _take(page.instructions, is_payment), last_records(page)
    cancels = instructions["kind"] == InstructionKind.CANCELLATION
    debtor = np.where(cancels, -1, instructions["debtor"]).astype(np.int64)
    owner = participant_of_account[debtor] if len(participant_of_account) else np.full(len(chosen), -1)
    sender = np.where(cancels, instructions["debtor"], np.where(debtor >= 0, owner, -1))
    texts = {name: _text(page, name, chosen) for name in PAYMENT_TEXTS}
    return pa.table(
        {
            "payment_number": page.first_instruction + chosen,
            "page_number": np.full(len(chosen), page.number),
            "kind": _column(instructions, "kind"),
            "uetr": _identifier(page, "uetr", chosen),
            **{name: texts[name] for name in PAYMENT_TEXTS[:5]},
            "sender": sender,
            "debtor_account": debtor,
            "creditor_account": _column(instructions, "creditor"),
            "currency_number": _column(instructions, "currency"),
            "amount_minor": _column(instructions, "amount"),
            "priority": _column(instructions, "priority"),
            "value_date": _column(instructions, "value_date"),
            **{name: texts[name] for name in PAYMENT_TEXTS[5:8]},
            "original_uetr": _identifier(page, "original_uetr", chosen),
            **{name: texts[name] for name in PAYMENT_TEXTS[8:10]},
            "screening": _column(instructions, "screening"),
            "defect_text": texts["defect_text"],
            "status": last.status[chosen],
            "reason": last.reason[chosen],
            "mechanism": last.mechanism[chosen],
            "decided_page": np.full(len(chosen), page.number),
        }
    )


PAYMENT_TEXTS = (
    "instruction_id",
    "end_to_end_id",
    "transaction_id",
    "message_id",
    "message_name",
    "debtor_name",
    "creditor_name",
    "remittance",
    "original_instruction_id",
    "reason_code",
    "defect_text",
)
"""Texts of payment_row, in the order of its columns."""


def obligation_rows(page: Page) -> pa.Table | None:
    """Return the rows of obligation_row for one page, or None if it has no obligations."""
    is_obligation = _OBLIGATION_KINDS[page.instructions["kind"]]
    chosen = np.flatnonzero(is_obligation)
    if not len(chosen):
        return None
    instructions, last = _take(page.instructions, is_obligation), last_records(page)
    is_note = instructions["kind"] == InstructionKind.CREDIT_NOTE
    status, reason = last.status[chosen], last.reason[chosen]
    # A credit note that was applied has no record of its own: its record is about what it reduced.
    status = np.where(is_note & (status == 0), 4, status)
    return pa.table(
        {
            "obligation_number": page.first_instruction + chosen,
            "page_number": np.full(len(chosen), page.number),
            "kind": _column(instructions, "kind"),
            "obligation_id": _text(page, "obligation_id", chosen),
            "original_obligation_id": _text(page, "original_obligation_id", chosen),
            "debtor": _column(instructions, "debtor"),
            "creditor": _column(instructions, "creditor"),
            "currency_number": _column(instructions, "currency"),
            "amount_minor": _column(instructions, "amount"),
            "remaining_minor": np.where(is_note, 0, last.remaining[chosen]),
            "cleared_minor": _sum_own(page, RecordKind.SET_OFF)[chosen],
            "netted_minor": _sum_own(page, RecordKind.NETTED)[chosen],
            "credited_minor": _sum_own(page, RecordKind.CREDIT_NOTE_APPLIED)[chosen],
            "due_date": _column(instructions, "value_date"),
            "message_name": _text(page, "message_name", chosen),
            "screening": _column(instructions, "screening"),
            "defect_text": _text(page, "defect_text", chosen),
            "status": status,
            "reason": reason,
            "decided_page": np.full(len(chosen), page.number),
        }
    )


def _text(page: Page, name: str, chosen: NDArray[np.int64]) -> pa.Array:
    texts = page.texts.get(name)
    if texts is None:
        return pa.repeat(pa.scalar("", pa.string()), len(chosen))
    return texts if len(chosen) == len(texts) else texts.take(pa.array(chosen))


def _identifier(page: Page, name: str, chosen: NDArray[np.int64]) -> pa.Array:
    """Return 16-byte identifiers, or empty bytes where the instruction had none."""
    given = page.texts.get(f"has_{name}")
    if given is None:
        return pa.repeat(pa.scalar(b"", pa.binary()), len(chosen))
    has = np.asarray(pc.binary_length(given))[chosen] > 0
    offsets = np.zeros(len(chosen) + 1, np.int32)
    np.cumsum(np.where(has, 16, 0), out=offsets[1:])
    prefix = "identity" if name == "uetr" else "original"
    pairs = np.empty((int(offsets[-1]) // 16, 2), ">u8")
    pairs[:, 0] = page.instructions[prefix + "_high"][chosen[has]]
    pairs[:, 1] = page.instructions[prefix + "_low"][chosen[has]]
    return pa.Array.from_buffers(pa.binary(), len(chosen), [None, pa.py_buffer(offsets), pa.py_buffer(pairs)])


def later_updates(pages: Sequence[Page]) -> list[pa.Table]:
    """Return, page by page, the new states of instructions of earlier pages.

    Columns: status, reason, mechanism, remaining, cleared, netted, credited, decided_page, number; one row
    a record, so that applying them in order leaves the last.
    """
    updates = []
    for page in pages:
        about = _about_status(page.records)
        about = about[about["subject"] < page.first_instruction]
        if len(about):
            updates.append(_update_table(page, about))
    return updates


def _update_table(page: Page, about: Array) -> pa.Table:
    is_set_off, is_netted = about["kind"] == RecordKind.SET_OFF, about["kind"] == RecordKind.NETTED
    is_note = about["kind"] == RecordKind.CREDIT_NOTE_APPLIED
    return pa.table(
        {
            "status": about["status"].astype(np.int64),
            "reason": about["reason"].astype(np.int64),
            "mechanism": about["mechanism"].astype(np.int64),
            "remaining": about["debtor_after"].astype(np.int64),
            "cleared": np.where(is_set_off, about["amount"], 0),
            "netted": np.where(is_netted, about["amount"], 0),
            "credited": np.where(is_note, about["amount"], 0),
            "decided_page": np.full(len(about), page.number),
            "number": about["subject"].astype(np.int64),
        }
    )


def balance_updates(pages: Sequence[Page]) -> pa.Table:
    """Return (balance_minor, account_number) after the last booking of each account in these pages."""
    settled = [_take(page.records, page.records["kind"] == RecordKind.SETTLED) for page in pages]
    accounts = _both(settled, "debtor", "creditor")
    balances = _both(settled, "debtor_after", "creditor_after")
    last = last_places(accounts, int(accounts.max(initial=-1)) + 1)
    numbers = np.flatnonzero(last >= 0)
    return pa.table({"balance_minor": balances[last[numbers]], "account_number": numbers})


def _both(parts: Sequence[Array], debtor: str, creditor: str) -> NDArray[np.int64]:
    """Return what the records say of debtor and creditor, in turn, as the bookings came."""
    both = np.empty((sum(map(len, parts)), 2), np.int64)
    for place, name in enumerate((debtor, creditor)):
        np.concatenate([part[name] for part in parts], out=both[:, place])
    return both.ravel()


def last_places(keys: NDArray[np.integer], count: int) -> NDArray[np.int64]:
    """Return for each key below `count` the last place at which it stands in `keys`, or -1."""
    last = np.full(count, -1, np.int64)
    # Of places that are assigned to more than once the last remains.
    last[keys] = np.arange(len(keys))
    return last
