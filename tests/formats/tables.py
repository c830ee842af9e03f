"""Bulk tables that tests write, with invented banks and firms."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pytest

from setfair.domain.instruction import Batch
from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.table import read_table

PAYMENT_HEADER = (
    "uetr,instruction_id,debtor_agent,creditor_agent,currency,amount,priority,"
    "debtor_name,creditor_name,value_date"
)
UETR = "0f7e6b52-8c1d-4f3a-9b2e-5d6c7a8b9c0d"
GOOD_PAYMENT = f"{UETR},I1,ORINAAXX,BELUBBXX,EUR,12.50,HIGH,Orin Mills,Belu Copper,2026-03-02"


def payment_row(**changes: str) -> str:
    """Return a good payment with other values in some columns."""
    values = dict(zip(PAYMENT_HEADER.split(","), GOOD_PAYMENT.split(","), strict=True))
    return ",".join((values | changes).values())


def write_csv(folder: Path, *lines: str, name: str = "table.csv") -> Path:
    """Write lines, each with a line end."""
    path = folder / name
    path.write_bytes("".join(f"{line}\n" for line in lines).encode())
    return path


def rows_of(path: Path) -> list[dict[str, object]]:
    """Return all rows of a table."""
    return to_rows(list(read_table(path)))


def to_rows(batches: list[Batch]) -> list[dict[str, object]]:
    """Return the rows of batches, after a full validation of their arrays."""
    for batch in batches:
        batch.rows.validate(full=True)
    return [row for batch in batches for row in batch.rows.to_pylist()]


def problem_of(path: Path) -> FileProblem:
    """Return the one problem for which a table is refused."""
    with pytest.raises(FileRefusedError) as caught:
        list(read_table(path))
    (problem,) = caught.value.problems
    return problem


def string_batch(columns: dict[str, list[str]]) -> pa.RecordBatch:
    """Return text columns as a record batch."""
    return pa.record_batch({name: pa.array(values, pa.string()) for name, values in columns.items()})
