"""The rows that a page gives, laid out in columns as `cell_kernel` compares them, in one pass each."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, RecordKind
from setfair.engine.layout import Array, Int64s
from setfair.kernel import kernel
from setfair.raw_bytes import put_eight_bytes
from setfair.store.row_kernel import Bytes

RECORD_COLUMNS, PAYMENT_COLUMNS = 14, 11
"""Columns of integers that are laid out."""
IDENTIFIER_BYTES = 16
LATER = np.dtype(
    [
        ("page", "<i4"),  # of the payment; 0: the number is no payment's
        ("decided_page", "<i4"),
        ("reason", "<u2"),
        ("status", "u1"),
        ("mechanism", "u1"),
    ]
)
"""What of a payment's row changes later: 12 bytes."""

_CANCELLATION = int(InstructionKind.CANCELLATION)
_SETTLED = int(RecordKind.SETTLED)


@kernel
def lay_records(records: Array, first_record: int, page: int, numbers: Int64s) -> None:
    """Lay out the rows of record_row, in the order of its columns.

    Parameters
    ----------
    records
        RECORD.
    first_record, page
        Number of the first record, and of the page.
    numbers
        Shape (RECORD_COLUMNS, records), written.
    """
    for i in range(records.shape[0]):
        record = records[i]
        numbers[0, i], numbers[1, i] = first_record + i, page
        numbers[2, i], numbers[3, i] = record["kind"], record["status"]
        numbers[4, i], numbers[5, i] = record["mechanism"], record["reason"]
        numbers[6, i], numbers[7, i] = record["currency"], record["debtor"]
        numbers[8, i], numbers[9, i] = record["creditor"], record["amount"]
        numbers[10, i], numbers[11, i] = record["subject"], record["cause"]
        numbers[12, i], numbers[13, i] = record["debtor_after"], record["creditor_after"]


@kernel
def lay_payments(instructions: Array, first_number: int, page: int, owners: Int64s, numbers: Int64s) -> None:
    """Lay out the integers of the rows of payment_row, in the order of its columns.

    Parameters
    ----------
    instructions
        INSTRUCTION: payments and cancellations.
    first_number, page
        Number of the first of them, and of the page.
    owners
        By account, the participant whose it is.
    numbers
        Shape (PAYMENT_COLUMNS, instructions), written.
    """
    for i in range(instructions.shape[0]):
        instruction = instructions[i]
        sender = np.int64(instruction["debtor"])
        debtor = np.int64(-1) if instruction["kind"] == _CANCELLATION else sender
        if debtor >= 0:
            sender = owners[debtor] if debtor < owners.shape[0] else np.int64(-1)
        numbers[0, i], numbers[1, i] = first_number + i, page
        numbers[2, i], numbers[3, i] = instruction["kind"], sender
        numbers[4, i], numbers[5, i] = debtor, instruction["creditor"]
        numbers[6, i], numbers[7, i] = instruction["currency"], instruction["amount"]
        numbers[8, i], numbers[9, i] = instruction["priority"], instruction["value_date"]
        numbers[10, i] = instruction["screening"]


@kernel
def lay_identities(instructions: Array, data: Bytes) -> None:
    """Lay out the identities of instructions, IDENTIFIER_BYTES each, the highest byte first."""
    for i in range(instructions.shape[0]):
        put_eight_bytes(data, IDENTIFIER_BYTES * i, np.int64(instructions[i]["identity_high"]))
        put_eight_bytes(data, IDENTIFIER_BYTES * i + 8, np.int64(instructions[i]["identity_low"]))


@kernel
def lay_later(
    records: Array, first_number: int, page: int, is_status: NDArray[np.bool_], later: Array
) -> None:
    """Lay out what the records of a page say last about its own instructions.

    Parameters
    ----------
    records
        RECORD.
    first_number, page
        Number of the page's first instruction, and of the page.
    is_status
        By kind of record, whether it says a status.
    later
        LATER, one an instruction: written.
    """
    for i in range(later.shape[0]):
        row = later[i]
        row["page"], row["decided_page"] = page, page
        row["reason"], row["status"], row["mechanism"] = 0, 0, 0
    for i in range(records.shape[0]):
        record = records[i]
        place = record["subject"] - first_number
        if 0 <= place < later.shape[0] and is_status[record["kind"]]:
            row = later[place]
            row["reason"], row["status"] = record["reason"], record["status"]
            row["mechanism"] = record["mechanism"]


@kernel
def note_later(told: Int64s, page: int, later: Array) -> None:
    """Keep what was read of payments; a value that no such column can have is kept as another page.

    Parameters
    ----------
    told
        Shape (payments, 4): status, reason, mechanism, decided_page.
    page
        Their page.
    later
        LATER, one a payment: written.
    """
    for i in range(later.shape[0]):
        status, reason, mechanism, decided = told[i, 0], told[i, 1], told[i, 2], told[i, 3]
        row = later[i]
        row["status"], row["reason"] = status, reason
        row["mechanism"], row["decided_page"] = mechanism, decided
        fits = row["status"] == status and row["reason"] == reason
        fits = fits and row["mechanism"] == mechanism and row["decided_page"] == decided
        row["page"] = page if fits else -1


@kernel
def note_balances(records: Array, balances: Int64s, is_booked: NDArray[np.bool_]) -> None:
    """Keep the balances of accounts after the bookings of a page.

    Parameters
    ----------
    records
        RECORD.
    balances, is_booked
        By account that the records name: its balance, and whether anything was booked on it; written.
    """
    for i in range(records.shape[0]):
        record = records[i]
        if record["kind"] == _SETTLED:
            balances[record["debtor"]] = record["debtor_after"]
            balances[record["creditor"]] = record["creditor_after"]
            is_booked[record["debtor"]] = True
            is_booked[record["creditor"]] = True
