"""Bulk tables: CSV, Arrow IPC (file or stream) and Parquet files of payments, obligations, firms or
confirmations.

Which of them a file holds is told by the names of its columns (`TABLES`), in any order. A file that lacks a
required column, has one twice or has one that is not known is refused. Rows that break a rule carry a defect;
the rules are in `table_payment`, `table_obligation` and `table_party`. Memory does not grow with the file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from setfair.domain.instruction import Batch
from setfair.formats import table_obligation, table_party, table_payment
from setfair.formats.chunk import Chunk, rechunk
from setfair.formats.iso20022.refusal import refusal
from setfair.formats.table_arrow import (
    ARROW_FILE_MAGIC,
    ARROW_STREAM_MAGIC,
    PARQUET_MAGIC,
    read_arrow,
    read_arrow_names,
)
from setfair.formats.table_csv import read_csv, read_header


@dataclass(frozen=True, slots=True)
class TableKind:
    """What a table may hold."""

    name: str
    required: tuple[str, ...]
    """Columns that the table has."""
    optional: tuple[str, ...]
    """Columns that it may have."""
    read: Callable[[Chunk], Batch]

    def has_just(self, names: Sequence[str]) -> bool:
        """Say whether these are columns of such a table: all that it has to have, and no others."""
        return set(self.required) <= set(names) <= {*self.required, *self.optional}

    def __str__(self) -> str:
        optional = f" [{','.join(self.optional)}]" if self.optional else ""
        return f"{self.name}: {','.join(self.required)}{optional}"


TABLES = (
    TableKind("payments", table_payment.REQUIRED, table_payment.OPTIONAL, table_payment.read_payments),
    TableKind(
        "obligations", table_obligation.REQUIRED, table_obligation.OPTIONAL, table_obligation.read_obligations
    ),
    TableKind("confirmations", table_party.CONFIRMATION_REQUIRED, (), table_party.read_confirmations),
    TableKind("parties", table_party.PARTY_REQUIRED, table_party.PARTY_OPTIONAL, table_party.read_parties),
)
"""What is read from bulk tables."""

OBLIGATIONS_NAMELESS = TableKind(
    "obligations",
    tuple(name for name in table_obligation.REQUIRED if name not in table_obligation.NAMES),
    (*table_obligation.NAMES, *table_obligation.OPTIONAL),
    table_obligation.read_obligations,
)
"""A table of obligations where nobody is screened: it may lack the columns of names."""

_MESSAGE_NAMES = {ARROW_FILE_MAGIC: "arrow", ARROW_STREAM_MAGIC: "arrow", PARQUET_MAGIC: "parquet"}
_SHOWN_NAMES_MAX = 5


def sniff_table(head: bytes) -> str | None:
    """Return "arrow" or "parquet" for the first bytes of such a file, else None."""
    return next((name for magic, name in _MESSAGE_NAMES.items() if head.startswith(magic)), None)


def read_table(
    path: Path, *, on_progress: Callable[[int], None] | None = None, kinds: Sequence[TableKind] = TABLES
) -> Iterator[Batch]:
    """Read a bulk table; batches are full, the last one excepted.

    Parameters
    ----------
    path
        A CSV, Arrow or Parquet file, told apart by its first bytes.
    on_progress
        Called with the number of bytes that have been read so far.
    kinds
        What the table may hold.

    Raises
    ------
    FileRefusedError
        If the file is not such a table; what was yielded before is not to be used then.
    """
    with path.open("rb") as file:
        message_name = sniff_table(file.read(8))
    names = read_arrow_names(path) if message_name else read_header(path)
    kind = _kind_of(path, names, kinds, line=None if message_name else 1)
    read = read_arrow if message_name else read_csv
    return _batches(kind, read(path, on_progress=on_progress), message_name or "csv")


def _batches(kind: TableKind, rows: Iterator[pa.RecordBatch], message_name: str) -> Iterator[Batch]:
    first_row = 1
    for part in _read_ahead(rechunk(rows)):
        yield kind.read(Chunk(part, first_row, message_name))
        first_row += part.num_rows


def _read_ahead(parts: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the parts of a file; while one is worked on, a thread reads the next."""
    with ThreadPoolExecutor(max_workers=1) as pool:
        coming = pool.submit(next, parts, None)
        while (part := coming.result()) is not None:
            coming = pool.submit(next, parts, None)
            yield part


def headers_allowed(kinds: Sequence[TableKind] = TABLES) -> str:
    """Return the columns of each kind of table, optional ones in brackets, for messages."""
    return "; ".join(map(str, kinds))


def _kind_of(
    path: Path, names: tuple[str, ...], kinds: Sequence[TableKind], *, line: int | None
) -> TableKind:
    """Return the kind of table whose columns these are."""
    allowed = headers_allowed(kinds)
    kind = max(kinds, key=lambda kind: _likeness(kind, names))
    other = next((each for each in TABLES if each.name != kind.name and each.has_just(names)), None)
    if other is not None and not kind.has_just(names):
        raise refusal(
            path, f"is a table of {other.name}, which is not read here; allowed: {allowed}", line=line
        )
    if not set(names) & {*kind.required, *kind.optional}:
        text = "of no table" if len(kinds) > 1 else f"of no table of {kind.name}"
        raise refusal(path, f"the column names are those {text}; allowed: {allowed}", line=line)
    problems = (
        ("given twice", sorted({name for name in names if names.count(name) > 1})),
        ("missing", [name for name in kind.required if name not in names]),
        ("not known", [name for name in names if name not in kind.required + kind.optional]),
    )
    found = []
    for problem, wrong in problems:
        if wrong:
            shown = ", ".join(repr(name[:40]) for name in wrong[:_SHOWN_NAMES_MAX])
            found.append(f"column {problem}: {shown}")
    if found:
        raise refusal(path, f"{'; '.join(found)}; allowed: {kind}", line=line)
    if kind.read is table_payment.read_payments and not {"uetr", "instruction_id"} & set(names):
        raise refusal(path, f"one of uetr, instruction_id has to be there; allowed: {kind}", line=line)
    return kind


def _likeness(kind: TableKind, names: tuple[str, ...]) -> tuple[int, int]:
    """Return how many of the names the kind has, and how few of its own are missing."""
    known = set(names)
    return len(known & {*kind.required, *kind.optional}), -len(set(kind.required) - known)
