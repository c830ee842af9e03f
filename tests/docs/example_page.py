"""The page that docs/journal-record.md works through."""

from __future__ import annotations

from datetime import UTC, datetime
from uuid import UUID

import numpy as np
import pyarrow as pa

from setfair.domain.codes import InstructionKind, Mechanism, Reason, RecordKind, Screening, Status
from setfair.domain.instants import to_instant
from setfair.engine.layout import INSTRUCTION, RECORD, Array
from setfair.journal.page import Page

TIME = to_instant(datetime(2026, 1, 5, 9, 0, tzinfo=UTC))
KES = 404
UETRS = (
    "5d158d92-f70e-4a16-8b2e-2c1f5ad2f0a1",
    "0b7ac0a4-6d4e-4f7b-9a37-1f4f6f3c1c55",
    "c9b3a1de-2f60-4f0c-a0d5-5a1c7c0f9e02",
)
CONTENTS = (0x1F3A5C7E9B2D4F60, 0x8C0FFEE012345678, 0x0123456789ABCDEF)
PAYMENTS = ((1, 2, 100_000), (2, 3, 120_000), (1, 2, 101_000))
"""Debtor account, creditor account, amount."""
HAPPENED = (
    (RecordKind.SETTLED, Status.ACSC, Mechanism.IMMEDIATE, Reason.NONE, 0, 0, 150_000, 100_000),
    (RecordKind.QUEUED, Status.ACSP, Mechanism.NONE, Reason.INSUFFICIENT_FUNDS, 1, 1, 0, 0),
    (RecordKind.SETTLED, Status.ACSC, Mechanism.IMMEDIATE, Reason.NONE, 2, 2, 49_000, 201_000),
    (RecordKind.SETTLED, Status.ACSC, Mechanism.RELEASE, Reason.NONE, 1, 2, 81_000, 120_000),
)
"""Kind, status, mechanism, reason, payment, payment that caused it, debtor's and creditor's balance after."""
FIRST_INSTRUCTION = 12


def example_page() -> Page:
    """Return three payments, of which the second waits until the third brings money."""
    return Page(
        number=7,
        first_instruction=FIRST_INSTRUCTION,
        first_record=30,
        time_ns=TIME,
        salt_key=bytes(range(32)),
        instructions=_instructions(),
        records=_records(),
        texts={
            "creditor_name": pa.array(["Lakeside Mill", "Škola Press", "Lakeside Mill"]),
            "instruction_id": pa.array(["P-1", "P-2", "P-3"]),
        },
        documents={"screening": b'{"list_set": "5f2d"}'},
    )


def _instructions() -> Array:
    rows = np.zeros(len(PAYMENTS), INSTRUCTION)
    rows["kind"] = InstructionKind.CUSTOMER_PAYMENT
    rows["priority"] = 2
    rows["screening"] = Screening.CLEAR
    rows["currency"] = KES
    rows["person"] = -1
    for row, (debtor, creditor, amount), uetr, content in zip(rows, PAYMENTS, UETRS, CONTENTS, strict=True):
        row["debtor"], row["creditor"], row["amount"] = debtor, creditor, amount
        row["identity_high"], row["identity_low"] = divmod(UUID(uetr).int, 1 << 64)
        row["content"] = content
    return rows


def _records() -> Array:
    rows = np.zeros(len(HAPPENED), RECORD)
    rows["currency"], rows["time"] = KES, TIME
    for row, (kind, status, mechanism, reason, payment, cause, debtor_after, creditor_after) in zip(
        rows, HAPPENED, strict=True
    ):
        row["kind"], row["status"], row["mechanism"], row["reason"] = kind, status, mechanism, reason
        row["debtor"], row["creditor"], row["amount"] = PAYMENTS[payment]
        row["subject"], row["cause"] = FIRST_INSTRUCTION + payment, FIRST_INSTRUCTION + cause
        row["debtor_after"], row["creditor_after"] = debtor_after, creditor_after
    return rows
