"""Rows of a bulk table of obligations: what a debtor owes a creditor under an invoice.

The columns are `REQUIRED` and, where the sender has them, `OPTIONAL`.

Rules, in order; the first that a row breaks is its defect
-----
1. The obligation, its debtor and its creditor are identified (IDENTIFIER_MISSING), each in at most 140
   characters (IDENTIFIER_INVALID).
2. The currency is one of ISO 4217 (UNKNOWN_CURRENCY); the amount is read in its decimals, never rounded
   (AMOUNT_MALFORMED, TOO_MANY_DECIMALS, AMOUNT_TOO_LARGE), and more than zero (AMOUNT_NEGATIVE_OR_NIL_DUE).
3. The due date is YYYY-MM-DD; empty is due at once (DATE_INVALID).
4. Both names are given and have a letter or a digit (NAME_MISSING), in at most 140 characters
   (REJECTED_BY_READER).
5. A country that is given is one of ISO 3166 (COUNTRY_INVALID).
"""

from __future__ import annotations

import pyarrow as pa

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import Batch, Family
from setfair.formats import columns
from setfair.formats.chunk import Chunk, Defects, to_batch
from setfair.formats.table_checks import (
    mark_money,
    read_countries,
    read_dates,
    read_identifier,
    read_money,
    read_name,
)

NAMES = ("debtor_name", "creditor_name")
"""What a table has for a house, which screens names, and may lack where nobody is screened."""
REQUIRED = ("obligation_id", "debtor", "creditor", "currency", "amount", *NAMES)
OPTIONAL = ("due_date", "debtor_country", "creditor_country")


def read_obligations(chunk: Chunk) -> Batch:
    """Turn rows of a table into obligations."""
    defects = Defects(chunk)
    values: dict[str, pa.Array | int | str] = {
        "kind": int(InstructionKind.OBLIGATION),
        "message_name": chunk.message_name,
    }
    for name in ("obligation_id", "debtor", "creditor"):
        values[name] = read_identifier(chunk, defects, name, chars_max=columns.PARTY_ID_CHARS_MAX)
    values |= _amounts(chunk, defects)
    values["due_date"] = read_dates(chunk, defects, "due_date")
    for name in ("debtor_name", "creditor_name"):
        values[name] = read_name(chunk, defects, name)
    for name in ("debtor_country", "creditor_country"):
        values[name] = read_countries(chunk, defects, name)
    values |= defects.columns()
    return to_batch(Family.OBLIGATION, chunk.rows.num_rows, values)


def _amounts(chunk: Chunk, defects: Defects) -> dict[str, pa.Array]:
    """Rule 2."""
    currencies, amounts_minor, reasons = read_money(chunk)
    nothing_due = (reasons == Reason.AMOUNT_NOT_POSITIVE) | ((reasons == 0) & (amounts_minor == 0))
    reasons[nothing_due] = Reason.AMOUNT_NEGATIVE_OR_NIL_DUE
    mark_money(chunk, defects, reasons)
    return {"currency": currencies, "amount_minor": pa.array(amounts_minor)}
