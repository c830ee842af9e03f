"""The certificate of a set-off run: what was cleared of each obligation, and the prices that prove that no
set-off can clear more (docs/certificate.md).

Rules
-----
1. The file is a head of `HEAD_LENGTH` bytes, an Arrow IPC stream with one row a currency (`SCHEMA`) whose
   buffers are compressed with Zstandard, and the SHA-256 of everything before it.
2. The same certificate gives the same bytes.
3. A file that is foreign, cut off, altered, of a later version, or whose columns do not fit together is
   refused, with what is wrong. Whether it proves anything is for `setfair.verify` to say.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.obligations import Obligations
from setfair.formats.iso20022.refusal import NOT_SUPPORTED, refusal
from setfair.formats.replace_file import replacing

MAGIC = b"SFSETOFF"
FORMAT_VERSION = 1
MOST_CLEARED = "most cleared"
"""Name of an objective: the sum of what is cleared is the largest."""
CERTIFICATE_BYTES_MAX = 1 << 32
"""Largest file that is read."""
ROWS_MAX = 10**9
"""Most rows of a table: sums of row numbers stay far inside int64."""
PRICE_MAX = 2**60
"""Largest price: a difference of two prices stays inside int64."""

_HEAD = struct.Struct("<8sH6xQQ")
HEAD_LENGTH = _HEAD.size
_DIGEST_LENGTH = 32
_CONTENT_TAG = b"setfair set-off obligations 1\0"

SCHEMA = pa.schema(
    [
        pa.field("currency", pa.string(), nullable=False),
        pa.field("content_sha256", pa.binary(32), nullable=False),
        pa.field("gross_minor", pa.int64(), nullable=False),
        pa.field("cleared_total_minor", pa.int64(), nullable=False),
        pa.field("net_debit_minor", pa.int64(), nullable=False),
        pa.field("objective", pa.list_(pa.field("item", pa.string(), nullable=False)), nullable=False),
        pa.field(
            "price", pa.list_(pa.large_list(pa.field("item", pa.int64(), nullable=False))), nullable=False
        ),
        pa.field("party_id", pa.large_list(pa.field("item", pa.string(), nullable=False)), nullable=False),
        pa.field("row_step", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False),
        pa.field(
            "cleared_minor", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False
        ),
    ]
)
"""Columns of the stream; one row a currency, in the order of their codes."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Objective:
    """What was made the largest, and the prices that prove it."""

    name: str
    price: Int64Array
    """By party, shape (p,): 0 to `PRICE_MAX`."""


@dataclass(frozen=True, slots=True)
class CurrencyCertificate:
    """The run of one currency; columns by obligation of shape (n,), by party of shape (p,)."""

    currency: str
    content_sha256: bytes
    """`content_digest` of the obligations that took part."""
    gross_minor: int
    cleared_total_minor: int
    net_debit_minor: int
    objectives: tuple[Objective, ...]
    """The first is the most important; each next one decides among the optima of those before it."""
    party_id: pa.Array
    """Text, ascending."""
    row: Int64Array
    """Rows of the table, ascending, from 1."""
    cleared_minor: Int64Array


@dataclass(frozen=True, slots=True)
class Certificate:
    """A run over a table."""

    rows: int
    """Rows of the table."""
    left_out: int
    """Those of them that took no part."""
    currencies: tuple[CurrencyCertificate, ...]


def content_digest(obligations: Obligations) -> bytes:
    """Return the SHA-256 of what the obligations say, in a form that does not depend on their file's."""
    digest = hashlib.sha256(_CONTENT_TAG)
    counts = (len(obligations), len(obligations.party_id))
    digest.update(struct.pack("<3sQQ", obligations.currency.code.encode(), *counts))
    _digest_texts(digest, obligations.obligation_id.chunks)
    _digest_texts(digest, [obligations.party_id])
    for column in (obligations.debtor, obligations.creditor, obligations.amount_minor, obligations.due_day):
        digest.update(np.ascontiguousarray(column, "<i8").data)
    return digest.digest()


def _digest_texts(digest: Any, chunks: list[pa.StringArray]) -> None:
    """Take in the length in bytes of every text, then all texts."""
    for chunk in chunks:
        digest.update(pc.binary_length(chunk).to_numpy().astype("<u4").data)
    for chunk in chunks:
        if len(chunk):
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)[
                chunk.offset : chunk.offset + len(chunk) + 1
            ]
            data = chunk.buffers()[2]
            digest.update(memoryview(data)[offsets[0] : offsets[-1]] if data is not None else b"")


def write_certificate(path: Path, certificate: Certificate) -> None:
    """Write a certificate; it takes the place of a file of that name when it is complete."""
    with replacing(path) as file:
        for part in certificate_parts(certificate):
            file.write(part)


def certificate_parts(certificate: Certificate) -> Iterator[bytes | pa.Buffer]:
    """Yield the bytes of a certificate."""
    head = _HEAD.pack(MAGIC, FORMAT_VERSION, certificate.rows, certificate.left_out)
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))
    with pa.ipc.new_stream(sink, SCHEMA, options=options) as stream:
        for part in certificate.currencies:
            stream.write_batch(_to_batch(part))
    body = sink.getvalue()
    digest = hashlib.sha256(head)
    digest.update(body)
    yield from (head, body, digest.digest())


def _to_batch(part: CurrencyCertificate) -> pa.RecordBatch:
    prices = [pa.array(objective.price) for objective in part.objectives]
    bounds = pa.array(np.cumsum([0, *map(len, prices)]))
    price_lists = pa.LargeListArray.from_arrays(
        bounds, _join(prices, pa.int64()), type=SCHEMA.field("price").type.value_type
    )
    columns = {
        "currency": pa.array([part.currency], pa.string()),
        "content_sha256": pa.array([part.content_sha256], pa.binary(32)),
        "gross_minor": pa.array([part.gross_minor], pa.int64()),
        "cleared_total_minor": pa.array([part.cleared_total_minor], pa.int64()),
        "net_debit_minor": pa.array([part.net_debit_minor], pa.int64()),
        "objective": _one_list("objective", pa.array([each.name for each in part.objectives], pa.string())),
        "price": _one_list("price", price_lists),
        "party_id": _one_list("party_id", part.party_id),
        "row_step": _one_list("row_step", pa.array(np.diff(part.row, prepend=0))),
        "cleared_minor": _one_list("cleared_minor", pa.array(part.cleared_minor)),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _join(arrays: list[pa.Array], kind: pa.DataType) -> pa.Array:
    return pa.concat_arrays(arrays) if arrays else pa.array([], kind)


def _one_list(name: str, items: pa.Array) -> pa.Array:
    """Return a column of one list that holds all items."""
    kind = SCHEMA.field(name).type
    if pa.types.is_large_list(kind):
        return pa.LargeListArray.from_arrays(pa.array([0, len(items)], pa.int64()), items, type=kind)
    return pa.ListArray.from_arrays(pa.array([0, len(items)], pa.int32()), items, type=kind)


def read_certificate(path: Path) -> Certificate:
    """Read a certificate.

    Raises
    ------
    FileRefusedError
        If it is not one, or not whole, or of a version that is not read here.
    """
    if path.stat().st_size > CERTIFICATE_BYTES_MAX:
        raise refusal(path, f"larger than {CERTIFICATE_BYTES_MAX} bytes, which is the most that is read here")
    raw = path.read_bytes()
    if not raw.startswith(MAGIC):
        raise refusal(path, f"is no certificate of a set-off run: it does not begin with {MAGIC.decode()}")
    if len(raw) < HEAD_LENGTH + _DIGEST_LENGTH:
        raise refusal(path, f"is cut off: a certificate has more than {len(raw)} bytes")
    _, version, rows, left_out = _HEAD.unpack_from(raw)
    if version != FORMAT_VERSION:
        text = (
            f"has format {version}; read is format {FORMAT_VERSION}: use the version of Setfair that wrote it"
        )
        raise refusal(path, text, reason=NOT_SUPPORTED)
    body = memoryview(raw)[:-_DIGEST_LENGTH]
    if hashlib.sha256(body).digest() != raw[-_DIGEST_LENGTH:]:
        raise refusal(path, "was altered or cut off: its digest does not fit its bytes")
    try:
        return Certificate(rows, left_out, tuple(_read_currencies(pa.py_buffer(body[HEAD_LENGTH:]), rows)))
    except (pa.ArrowException, ValueError, OSError, MemoryError) as error:
        raise refusal(path, f"its digest fits, but its content does not hold together: {error}") from error


def _read_currencies(body: pa.Buffer, rows: int) -> Iterator[CurrencyCertificate]:
    """Yield the currencies; ValueError where the columns do not fit together."""
    source = pa.BufferReader(body)
    before = ""
    with pa.ipc.open_stream(source) as stream:
        if not stream.schema.equals(SCHEMA):
            raise ValueError(
                f"its columns are {', '.join(stream.schema.names)}; allowed: {', '.join(SCHEMA.names)}"
            )
        for batch in stream:
            batch.validate(full=True)
            if batch.num_rows != 1:
                raise ValueError(f"a record batch has {batch.num_rows} rows, not one for its currency")
            part = _from_batch(batch)
            if part.currency <= before:
                raise ValueError(f"{part.currency!r} follows {before!r}: currencies are ascending")
            _check_columns(part, rows)
            before = part.currency
            yield part
    if source.tell() != body.size:
        raise ValueError("there are bytes behind the end of its stream")


def _from_batch(batch: pa.RecordBatch) -> CurrencyCertificate:
    names = batch.column("objective").flatten().to_pylist()
    price_lists = batch.column("price").flatten()
    if len(names) != len(price_lists):
        raise ValueError(f"{len(names)} objectives and {len(price_lists)} lists of prices")
    prices = (price_lists[place].values.to_numpy() for place in range(len(names)))
    value = {name: batch.column(name)[0].as_py() for name in SCHEMA.names[:5]}
    return CurrencyCertificate(
        **value,
        objectives=tuple(Objective(name, price) for name, price in zip(names, prices, strict=True)),
        party_id=batch.column("party_id").flatten(),
        row=_rows_of(batch.column("row_step").flatten().to_numpy()),
        cleared_minor=batch.column("cleared_minor").flatten().to_numpy(),
    )


def _rows_of(step: Int64Array) -> Int64Array:
    """Return the rows whose differences are given."""
    if len(step) > ROWS_MAX or ((step < 1) | (step > ROWS_MAX)).any():
        raise ValueError(f"a step between rows is not 1 to {ROWS_MAX}")
    return np.cumsum(step)


def _check_columns(part: CurrencyCertificate, rows: int) -> None:
    """Refuse columns that differ in length, rows past the end, parties out of order, prices out of bounds."""
    code, parties = part.currency, part.party_id
    if len(part.row) != len(part.cleared_minor):
        raise ValueError(f"{code}: {len(part.row)} rows and {len(part.cleared_minor)} cleared amounts")
    if len(part.row) and part.row[-1] > rows:
        raise ValueError(f"{code}: row {part.row[-1]} of a table with {rows} rows")
    if len(parties) > 1 and not pc.all(pc.less(parties[:-1], parties[1:])).as_py():
        raise ValueError(f"{code}: the parties are not ascending")
    for objective in part.objectives:
        if len(objective.price) != len(parties):
            raise ValueError(f"{code}: {len(parties)} parties and {len(objective.price)} prices")
        if ((objective.price < 0) | (objective.price > PRICE_MAX)).any():
            raise ValueError(f"{code}: a price is not 0 to {PRICE_MAX}")
