"""A chunk of a bulk table: at most one batch of rows, all text, and the defects that are found in them.

The first defect that is found in a row is the row's; so the order of the checks in a reader is the order of
its rules.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.domain.codes import Reason
from setfair.domain.instruction import BATCH_ROWS_MAX, SCHEMAS, Batch, Family
from setfair.formats import columns

_SHOWN_CHARS_MAX = 40


@dataclass(frozen=True, slots=True)
class Chunk:
    """Rows of a table, at most `BATCH_ROWS_MAX`."""

    rows: pa.RecordBatch
    """Text columns without nulls, by the names of the table's header."""
    first_row: int
    """Number of the first row, from 1, the header not counted."""
    message_name: str
    """Where the rows come from: "csv", "arrow" or "parquet"."""

    def text(self, name: str) -> pa.StringArray:
        """Return a column without space around its texts; empty texts where the table has no such column."""
        if name not in self.rows.schema.names:
            return pa.repeat("", self.rows.num_rows)
        return columns.trim(self.rows.column(name))


class Defects:
    """What is wrong with the rows of a chunk: the first thing of each."""

    def __init__(self, chunk: Chunk) -> None:
        self._first_row = chunk.first_row
        self._codes = np.zeros(chunk.rows.num_rows, np.uint16)
        self._texts: dict[int, str] = {}

    def mark(self, wrong: NDArray[np.bool_], reason: Reason, describe: Callable[[int], str]) -> None:
        """Note a reason for the rows that are marked and have none yet, with words for each."""
        for row in np.flatnonzero(wrong & (self._codes == 0)).tolist():
            self._codes[row] = reason
            self._texts[row] = f"row {self._first_row + row}: {describe(row)}"

    def mark_reasons(self, reasons: NDArray[np.uint16], describe: Callable[[int], str]) -> None:
        """Note each row's own reason, 0 for none."""
        for reason in np.unique(reasons[reasons > 0]).tolist():
            self.mark(reasons == reason, Reason(reason), partial(_with_reason, describe, Reason(reason)))

    def columns(self) -> dict[str, pa.Array]:
        """Return the columns `defect` and `defect_text`."""
        rows = len(self._codes)
        if not self._texts:
            return {"defect": pa.array(self._codes), "defect_text": pa.repeat("", rows)}
        texts = [self._texts.get(row, "") for row in range(rows)]
        return {"defect": pa.array(self._codes), "defect_text": pa.array(texts, pa.string())}


def _with_reason(describe: Callable[[int], str], reason: Reason, row: int) -> str:
    return f"{describe(row)}: {reason.text}"


def shown(texts: pa.StringArray, row: int) -> str:
    """Return a text of a row as a message shows it: quoted, and cut where it is long."""
    text = texts[row].as_py()
    return repr(text if len(text) <= _SHOWN_CHARS_MAX else text[:_SHOWN_CHARS_MAX] + "...")


def to_batch(family: Family, rows: int, values: Mapping[str, pa.Array | int | str]) -> Batch:
    """Make a batch of columns and constants; columns that are not given are empty."""
    arrays = [_column(field, rows, values.get(field.name)) for field in SCHEMAS[family]]
    return Batch(family, pa.RecordBatch.from_arrays(arrays, schema=SCHEMAS[family]))


def _column(field: pa.Field, rows: int, value: pa.Array | int | str | None) -> pa.Array:
    if isinstance(value, pa.Array):
        return value
    if value is None and field.nullable:
        return pa.nulls(rows, field.type)
    if value is None:
        value = "" if field.type == pa.string() else 0
    return pa.repeat(pa.scalar(value, field.type), rows)


def rechunk(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """Yield the same rows in batches of exactly `BATCH_ROWS_MAX`, the last one excepted.

    Each has memory of its own, so that none keeps the block alive that it was read from.
    """
    parts: list[pa.RecordBatch] = []
    wanted = BATCH_ROWS_MAX
    for batch in batches:
        position = 0
        while position < batch.num_rows:
            part = batch.slice(position, wanted)
            parts.append(part)
            position += part.num_rows
            wanted -= part.num_rows
            if not wanted:
                yield pa.concat_batches(parts)
                parts, wanted = [], BATCH_ROWS_MAX
    if parts:
        yield pa.concat_batches(parts)
