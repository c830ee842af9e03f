"""Instructions as columns: what every door hands to `ClearingHouse.submit`.

A reader turns a file into `Batch`es of at most `BATCH_ROWS_MAX` rows. A batch is of one family and
is an Arrow record batch with exactly the schema of that family, so that nothing below a door handles
single records. Text is never null: a missing text is ``""``. A row that a reader found wrong but that
does not spoil its file carries a `defect` (a `Reason` code) and a `defect_text`; the engine rejects
it with that reason, so that it is on record like every other decision.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum

import pyarrow as pa

BATCH_ROWS_MAX = 8192
"""Rows of one batch, and so instructions of one page."""


class Family(Enum):
    """Which schema a batch has."""

    PAYMENT = "payment"
    OBLIGATION = "obligation"
    PARTY = "party"
    CONFIRMATION = "confirmation"


def _text(name: str) -> pa.Field:
    return pa.field(name, pa.string(), nullable=False)


_DEFECT = [pa.field("defect", pa.uint16(), nullable=False), _text("defect_text")]

PAYMENT_SCHEMA = pa.schema(
    [
        pa.field("kind", pa.uint8(), nullable=False),  # InstructionKind 1..5
        pa.field("uetr", pa.binary(16), nullable=True),  # the UUID's 16 bytes; null where none was given
        _text("instruction_id"),
        _text("end_to_end_id"),
        _text("transaction_id"),
        _text("message_id"),
        _text("message_name"),  # e.g. "pacs.008.001.08", "csv"
        _text("instructing_agent"),  # who sends it to the house (BIC, LEI or member id)
        _text("instructed_agent"),  # to whom the money goes in this house, if named
        _text("debtor_agent"),
        _text("creditor_agent"),
        _text("currency"),
        pa.field("amount_minor", pa.int64(), nullable=False),  # 0 where `defect` says why
        pa.field("priority", pa.uint8(), nullable=False),  # Priority
        pa.field("value_date", pa.date32(), nullable=True),  # null: the current business day
        _text("debtor_name"),
        _text("creditor_name"),
        _text("other_names"),  # every further name to screen, one a line
        _text("party_facts"),  # what is known of parties: name, kind, country, birth date, identifiers
        _text("remittance"),  # remittance information as one text
        _text("other_texts"),  # every further free text to screen, one a line
        pa.field("original_uetr", pa.binary(16), nullable=True),  # of a return or cancellation
        _text("original_instruction_id"),
        _text("reason_code"),  # ISO reason of a return or cancellation
        _text("link"),  # reference of the link that the payment is a leg of, or ""
        pa.field("link_legs", pa.uint8(), nullable=False),  # legs of that link; 0 without one
        _text("against_currency"),  # what the payer is to receive in that link, if it says so
        pa.field("against_amount_minor", pa.int64(), nullable=False),
        pa.field("until_ns", pa.int64(), nullable=False),  # latest time of it or of its link; 0: none
        pa.field("earliest_ns", pa.int64(), nullable=False),  # earliest time, of no leg; 0: at once
        *_DEFECT,
    ]
)
"""Payments, returns, liquidity transfers and cancellations.

A LIQUIDITY_TRANSFER names the two account owners as debtor_agent and creditor_agent. A CANCELLATION
has original_uetr or original_instruction_id, and instructing_agent as the one who asks; amount 0.
"""

OBLIGATION_SCHEMA = pa.schema(
    [
        pa.field("kind", pa.uint8(), nullable=False),  # OBLIGATION or CREDIT_NOTE
        _text("obligation_id"),  # the creditor's number of the invoice or credit note
        _text("original_obligation_id"),  # of a credit note: the invoice that it reduces; may be ""
        _text("debtor"),  # party id: LEI or a local id
        _text("creditor"),
        _text("debtor_name"),
        _text("creditor_name"),
        _text("debtor_country"),  # ISO 3166 alpha-2, or ""
        _text("creditor_country"),
        _text("currency"),
        pa.field("amount_minor", pa.int64(), nullable=False),
        pa.field("issue_date", pa.date32(), nullable=True),
        pa.field("due_date", pa.date32(), nullable=True),  # null: due at once
        _text("other_names"),
        _text("notes"),  # free text of the invoice as one text
        _text("message_name"),  # "UBL Invoice 2.1", "CII", "csv" ...
        *_DEFECT,
    ]
)
"""Obligations and credit notes. Identity: creditor and obligation_id."""

PARTY_SCHEMA = pa.schema(
    [
        _text("party_id"),
        _text("name"),
        _text("country"),
        _text("participant"),  # BIC, LEI or id of the participant that it banks with, or ""
        *_DEFECT,
    ]
)
"""Firms, with the participant that each banks with."""

CONFIRMATION_SCHEMA = pa.schema([_text("debtor"), _text("creditor"), _text("obligation_id"), *_DEFECT])
"""A debtor confirms an obligation."""

SCHEMAS: dict[Family, pa.Schema] = {
    Family.PAYMENT: PAYMENT_SCHEMA,
    Family.OBLIGATION: OBLIGATION_SCHEMA,
    Family.PARTY: PARTY_SCHEMA,
    Family.CONFIRMATION: CONFIRMATION_SCHEMA,
}


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows of one family, at most `BATCH_ROWS_MAX`, with exactly that family's schema."""

    family: Family
    rows: pa.RecordBatch

    def __post_init__(self) -> None:
        """Check the schema and the size: a reader that breaks them is a programming error."""
        if self.rows.schema != SCHEMAS[self.family]:
            raise TypeError(f"a {self.family.value} batch needs the schema of its family")
        if self.rows.num_rows > BATCH_ROWS_MAX:
            raise ValueError(f"a batch has at most {BATCH_ROWS_MAX} rows, not {self.rows.num_rows}")


class BatchBuilder:
    """Collects rows as plain Python values and yields full batches.

    For readers that produce one row at a time; bulk readers build record batches directly.
    """

    def __init__(self, family: Family) -> None:
        self._family = family
        self._schema = SCHEMAS[family]
        self._defaults = {
            field.name: "" if field.type == pa.string() else (None if field.nullable else 0)
            for field in self._schema
        }
        self._columns: dict[str, list[object]] = {name: [] for name in self._defaults}
        self._count = 0

    def add(self, **values: object) -> Batch | None:
        """Add one row; columns not named get their default. Return a batch when one is full."""
        unknown = values.keys() - self._defaults.keys()
        if unknown:
            raise TypeError(f"no such column: {', '.join(sorted(unknown))}")
        for name, default in self._defaults.items():
            self._columns[name].append(values.get(name, default))
        self._count += 1
        return self.flush() if self._count >= BATCH_ROWS_MAX else None

    def flush(self) -> Batch | None:
        """Return what was collected as a batch, or None if there is nothing."""
        if not self._count:
            return None
        arrays = [pa.array(self._columns[field.name], field.type) for field in self._schema]
        rows = pa.RecordBatch.from_arrays(arrays, schema=self._schema)
        self._columns = {name: [] for name in self._defaults}
        self._count = 0
        return Batch(self._family, rows)
