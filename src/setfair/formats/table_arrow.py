"""Arrow and Parquet files: to record batches of text, as if they came from a CSV file.

Rules
-----
1. Arrow IPC, as a file or a stream, and Parquet. A stream ends with its end mark: one that was cut off
   between two record batches is noticed.
2. Columns are text (plain, large, view or dictionary). An amount may also be a decimal or an integer: the
   number of whole units that it is in text as well ("100" is one hundred euros, not one euro). A
   floating-point amount is refused: it cannot hold an amount exactly. A date may also be a date. Null is an
   empty text.
3. Every record batch is validated in full (offsets, UTF-8) before it is used.
4. Text has no control characters but tab.
5. Nothing larger than `table_file.READ_BYTES_MAX` is held at once.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.errors import FileRefusedError
from setfair.formats.columns import has_controls
from setfair.formats.iso20022.refusal import refusal
from setfair.formats.table_file import PieceTooLargeError, TableFile

ARROW_FILE_MAGIC = b"ARROW1"
ARROW_STREAM_MAGIC = b"\xff\xff\xff\xff"
PARQUET_MAGIC = b"PAR1"

_STREAM_END = b"\xff\xff\xff\xff\0\0\0\0"
_READ_ROWS = 8 * BATCH_ROWS_MAX
_BUFFER_BYTES = 1 << 20
_UNREADABLE = (pa.ArrowException, OSError, MemoryError, ValueError, PieceTooLargeError)

Progress = Callable[[int], None] | None


def read_arrow_names(path: Path) -> tuple[str, ...]:
    """Return the names of the columns of an Arrow or Parquet file.

    Raises
    ------
    FileRefusedError
        If the file cannot be read, or has columns of a type that is not read.
    """
    with TableFile(path) as file:
        try:
            schema, _ = _open(file)
            names = tuple(schema.names)
        except _UNREADABLE as error:
            raise _refusal(path, error) from error
    for field in schema:
        _check_type(path, field)
    return names


def read_arrow(path: Path, *, on_progress: Progress = None) -> Iterator[pa.RecordBatch]:
    """Yield the rows of an Arrow or Parquet file as text columns.

    Raises
    ------
    FileRefusedError
        If the file breaks a rule above; what was yielded before is not to be used then.
    """
    row = 0
    with TableFile(path, on_progress) as file:
        try:
            for batch in _open(file)[1]:
                batch.validate(full=True)
                yield _to_text(path, batch, row)
                row += batch.num_rows
        except _UNREADABLE as error:
            raise _refusal(path, error) from error


def _refusal(path: Path, error: Exception) -> FileRefusedError:
    return refusal(path, f"damaged, cut off or too large for Arrow and Parquet: {error}")


def _open(file: TableFile) -> tuple[pa.Schema, Iterator[pa.RecordBatch]]:
    """Return the schema and the record batches of a file, by its first bytes."""
    head = file.read(len(ARROW_FILE_MAGIC))
    source = pa.PythonFile(file, "r")
    if head == ARROW_FILE_MAGIC:
        file.seek(0)
        reader = pa.ipc.open_file(source)
        return reader.schema, (reader.get_batch(number) for number in range(reader.num_record_batches))
    if head.startswith(PARQUET_MAGIC):
        file.seek(0)
        table = pq.ParquetFile(
            source, pre_buffer=False, buffer_size=_BUFFER_BYTES, page_checksum_verification=True
        )
        return table.schema_arrow, table.iter_batches(batch_size=_READ_ROWS, use_threads=False)
    file.seek(max(file.size - len(_STREAM_END), 0))
    if file.read() != _STREAM_END:
        raise pa.ArrowInvalid("the stream does not end with its end mark")
    file.seek(0)
    stream = pa.ipc.open_stream(source)
    return stream.schema, _stream_batches(stream, file)


def _stream_batches(stream: pa.RecordBatchReader, file: TableFile) -> Iterator[pa.RecordBatch]:
    yield from stream
    if file.tell() != file.size:
        raise pa.ArrowInvalid("the stream has ended before the end of the file")


def _check_type(path: Path, field: pa.Field) -> None:
    """Rule 2."""
    kind = field.type.value_type if pa.types.is_dictionary(field.type) else field.type
    if _is_text(kind) or pa.types.is_null(kind):
        return
    if field.name == "amount":
        if pa.types.is_decimal(kind) or pa.types.is_integer(kind):
            return
        text = f"an amount of type {kind} is not read; allowed: decimal, integer (whole units), text"
        if pa.types.is_floating(kind):
            text = (
                f"an amount of type {kind} cannot hold every amount exactly; allowed: decimal, integer, text"
            )
        raise refusal(path, text, element=field.name)
    if not (field.name.endswith("_date") and pa.types.is_date(kind)):
        dates = " or a date" if field.name.endswith("_date") else ""
        raise refusal(path, f"type {field.type} is not read here; allowed: text{dates}", element=field.name)


def _is_text(kind: pa.DataType) -> bool:
    return pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind)


def _to_text(path: Path, batch: pa.RecordBatch, row: int) -> pa.RecordBatch:
    """Return the batch with its columns as text without nulls."""
    arrays = [_column_text(column) for column in batch.columns]
    for name, texts in zip(batch.schema.names, arrays, strict=True):
        if has_controls(texts):
            text = f"a control character or line end in rows {row + 1} to {row + batch.num_rows}: not allowed"
            raise refusal(path, text, element=name)
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)


def _column_text(column: pa.Array) -> pa.StringArray:
    texts = column.cast(pa.string())
    if pa.types.is_decimal(column.type) and pc.any(pc.match_substring(texts, "E")).as_py():
        # Arrow writes 0.00000001 as 1E-8.
        texts = pa.array(
            [None if value is None else format(value, "f") for value in column.to_pylist()], pa.string()
        )
    return texts.fill_null("")
