"""Rows of a bulk table of payments.

The columns are `REQUIRED` and, where the sender has them, `OPTIONAL`.

Rules, in order; the first that a row breaks is its defect
-----
1. A UETR that is given is a UUID of version 4 (IDENTIFIER_INVALID); without one there is an instruction
   identification (IDENTIFIER_MISSING), of at most 35 characters (IDENTIFIER_INVALID).
2. Both agents are given (IDENTIFIER_MISSING), in at most 35 characters (IDENTIFIER_INVALID). The debtor agent
   is who sends the payment to the house.
3. The currency is one of ISO 4217 (UNKNOWN_CURRENCY); the amount is read in its decimals, never rounded
   (AMOUNT_MALFORMED, AMOUNT_NOT_POSITIVE for a negative one, TOO_MANY_DECIMALS, AMOUNT_TOO_LARGE).
4. The priority is URGENT, HIGH or NORMAL; empty is NORMAL (PRIORITY_INVALID).
5. The value date is YYYY-MM-DD; empty is the current business day (DATE_INVALID).
6. Both names: a customer payment. Neither: an institution's payment. One: NAME_MISSING. A name has a letter
   or a digit (NAME_MISSING) and at most 140 characters (REJECTED_BY_READER).
7. Ultimate parties and vessels are named in at most 140 characters, the remittance information has at most
   `TEXT_CHARS_MAX` (REJECTED_BY_READER); a country is one of ISO 3166 (COUNTRY_INVALID).
8. What it says of a link is in `table_leg`.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.codes import InstructionKind, Priority, Reason
from setfair.domain.instruction import Batch, Family
from setfair.formats import columns, kernels, table_leg
from setfair.formats.chunk import Chunk, Defects, shown, to_batch
from setfair.formats.columns import IDENTIFIER_CHARS_MAX
from setfair.formats.table_checks import (
    join_lines,
    mark_money,
    read_countries,
    read_dates,
    read_identifier,
    read_money,
    read_name,
    read_text,
)

REQUIRED = ("debtor_agent", "creditor_agent", "currency", "amount")
OPTIONAL = (
    "uetr",
    "instruction_id",
    "priority",
    "debtor_name",
    "creditor_name",
    "value_date",
    *table_leg.COLUMNS,
    "debtor_country",
    "creditor_country",
    "ultimate_debtor_name",
    "ultimate_creditor_name",
    "vessel_name",
    "remittance",
)
_OTHER_NAMES = ("ultimate_debtor_name", "ultimate_creditor_name", "vessel_name")

TEXT_CHARS_MAX = 2_000
"""Characters of the remittance information of one payment."""
_WRONG_PRIORITY = 255
_PRIORITIES = {"": int(Priority.NORMAL), **{priority.name: int(priority) for priority in Priority}}


def read_payments(chunk: Chunk) -> Batch:
    """Turn rows of a table into payments."""
    defects = Defects(chunk)
    values = _identify(chunk, defects)
    currencies, amounts_minor, reasons = read_money(chunk)
    mark_money(chunk, defects, reasons)
    values |= {
        "currency": currencies,
        "amount_minor": pa.array(amounts_minor),
        "priority": _priorities(chunk, defects),
        "value_date": read_dates(chunk, defects, "value_date"),
    }
    values |= _names(chunk, defects)
    values |= table_leg.read_legs(chunk, defects)
    values |= _further(chunk, defects)
    values |= defects.columns()
    return to_batch(Family.PAYMENT, chunk.rows.num_rows, {"message_name": chunk.message_name, **values})


def _identify(chunk: Chunk, defects: Defects) -> dict[str, pa.Array]:
    """Rules 1 and 2."""
    given = chunk.text("uetr")
    uetrs, states = columns.read_uetrs(given)
    defects.mark(
        states == kernels.UETR_WRONG,
        Reason.IDENTIFIER_INVALID,
        lambda row: (
            f"uetr {shown(given, row)} is not a UUID of version 4, xxxxxxxx-xxxx-4xxx-yxxx-xxxxxxxxxxxx"
        ),
    )
    anonymous = (states == kernels.UETR_ABSENT) & columns.mark_empty(chunk.text("instruction_id"))
    defects.mark(anonymous, Reason.IDENTIFIER_MISSING, lambda row: "uetr and instruction_id are both empty")
    instruction_ids = read_identifier(
        chunk, defects, "instruction_id", chars_max=IDENTIFIER_CHARS_MAX, required=False
    )
    debtors, creditors = (
        read_identifier(chunk, defects, name, chars_max=IDENTIFIER_CHARS_MAX)
        for name in ("debtor_agent", "creditor_agent")
    )
    return {
        "uetr": uetrs,
        "instruction_id": instruction_ids,
        "instructing_agent": debtors,
        "debtor_agent": debtors,
        "creditor_agent": creditors,
    }


def _priorities(chunk: Chunk, defects: Defects) -> pa.Array:
    """Rule 4."""
    texts = chunk.text("priority")
    codes = columns.map_distinct(texts, lambda text: _PRIORITIES.get(text, _WRONG_PRIORITY), np.uint8)
    wrong = codes == _WRONG_PRIORITY
    defects.mark(
        wrong,
        Reason.PRIORITY_INVALID,
        lambda row: f"priority {shown(texts, row)} is none of URGENT, HIGH, NORMAL",
    )
    codes[wrong] = Priority.NORMAL
    return pa.array(codes)


def _names(chunk: Chunk, defects: Defects) -> dict[str, pa.Array]:
    """Rule 6."""
    empty = [columns.mark_empty(chunk.text(name)) for name in ("debtor_name", "creditor_name")]
    for_customers = ~(empty[0] & empty[1])
    kinds = np.where(for_customers, InstructionKind.CUSTOMER_PAYMENT, InstructionKind.INSTITUTION_PAYMENT)
    return {
        "kind": pa.array(kinds.astype(np.uint8)),
        "debtor_name": read_name(chunk, defects, "debtor_name", needed=for_customers),
        "creditor_name": read_name(chunk, defects, "creditor_name", needed=for_customers),
    }


def _further(chunk: Chunk, defects: Defects) -> dict[str, pa.Array]:
    """Rule 7; a column that the table has not costs nothing."""
    given = chunk.rows.schema.names
    values: dict[str, pa.Array] = {}
    facts: list[pa.Array] = []
    for side in ("debtor", "creditor"):
        if f"{side}_country" in given:
            countries = read_countries(chunk, defects, f"{side}_country")
            facts.append(_facts(chunk.text(f"{side}_name"), "", countries, needed=countries))
    others = [name for name in _OTHER_NAMES if name in given]
    names = [read_text(chunk, defects, name, chars_max=columns.NAME_CHARS_MAX) for name in others]
    if "vessel_name" in given:
        facts.append(_facts(names[-1], "vessel", "", needed=names[-1]))
    if names:
        values["other_names"] = join_lines(names)
    if facts:
        values["party_facts"] = join_lines(facts)
    if "remittance" in given:
        values["remittance"] = read_text(chunk, defects, "remittance", chars_max=TEXT_CHARS_MAX)
    return values


def _facts(names: pa.Array, kind: str, countries: pa.Array | str, *, needed: pa.Array) -> pa.Array:
    """Return lines of the column `party_facts`, empty where there is nothing to say."""
    called = pc.replace_substring_regex(names, r"\s+", " ")
    lines = pc.binary_join_element_wise(called, pa.repeat(kind, len(names)), countries, "", "", "\t")
    return pc.if_else(pc.equal(needed, ""), "", lines)
