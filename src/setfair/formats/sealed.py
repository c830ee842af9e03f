"""The frame of a certificate file: a head, an Arrow stream, and the SHA-256 of both.

Rules
-----
1. The head has `HEAD_LENGTH` bytes: eight that say what kind of file it is, the version of its format (u2),
   six of 0, the rows of the table (u8), and how many of them took no part (u8), little-endian.
2. A file that is foreign, cut off, altered or of another version is refused, with what is wrong.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

import pyarrow as pa

from setfair.formats.iso20022.refusal import NOT_SUPPORTED, refusal

CERTIFICATE_BYTES_MAX = 1 << 32
"""Largest file that is read."""
ROWS_MAX = 10**9
"""Most rows of a table: sums of row numbers stay far inside int64."""

_HEAD = struct.Struct("<8sH6xQQ")
HEAD_LENGTH = _HEAD.size
_DIGEST_LENGTH = 32

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seal:
    """What a kind of certificate is told by."""

    magic: bytes
    """Eight bytes."""
    version: int
    what: str
    """In words, for example ``a set-off run``."""


def is_sealed_with(path: Path, seal: Seal) -> bool:
    """Say whether a file begins as a certificate of a kind does."""
    with path.open("rb") as file:
        return file.read(len(seal.magic)) == seal.magic


def sealed_parts(seal: Seal, rows: int, left_out: int, body: pa.Buffer) -> Iterator[bytes | pa.Buffer]:
    """Yield the bytes of a certificate."""
    head = _HEAD.pack(seal.magic, seal.version, rows, left_out)
    digest = hashlib.sha256(head)
    digest.update(body)
    yield from (head, body, digest.digest())


def unseal(path: Path, seal: Seal, read: Callable[[int, int, pa.Buffer], T]) -> T:
    """Return what `read` makes of rows, rows left out, and stream of a certificate.

    Raises
    ------
    FileRefusedError
        If it is not one, or not whole, or of a version that is not read here, or `read` finds that its
        content does not hold together (ValueError or an error of Arrow).
    """
    if path.stat().st_size > CERTIFICATE_BYTES_MAX:
        raise refusal(path, f"larger than {CERTIFICATE_BYTES_MAX} bytes, which is the most that is read here")
    raw = path.read_bytes()
    if not raw.startswith(seal.magic):
        raise refusal(path, f"is no certificate of {seal.what}: it does not begin with {seal.magic.decode()}")
    if len(raw) < HEAD_LENGTH + _DIGEST_LENGTH:
        raise refusal(path, f"is cut off: a certificate has more than {len(raw)} bytes")
    _, version, rows, left_out = _HEAD.unpack_from(raw)
    if version != seal.version:
        text = (
            f"has format {version}; read is format {seal.version}: use the version of Setfair that wrote it"
        )
        raise refusal(path, text, reason=NOT_SUPPORTED)
    body = memoryview(raw)[:-_DIGEST_LENGTH]
    if hashlib.sha256(body).digest() != raw[-_DIGEST_LENGTH:]:
        raise refusal(path, "was altered or cut off: its digest does not fit its bytes")
    try:
        return read(rows, left_out, pa.py_buffer(body[HEAD_LENGTH:]))
    except (pa.ArrowException, ValueError, OSError, MemoryError) as error:
        raise refusal(path, f"its digest fits, but its content does not hold together: {error}") from error


def write_stream(schema: pa.Schema, batches: list[pa.RecordBatch]) -> pa.Buffer:
    """Return an Arrow IPC stream whose buffers are compressed with Zstandard."""
    sink = pa.BufferOutputStream()
    options = pa.ipc.IpcWriteOptions(compression=pa.Codec("zstd", compression_level=1))
    with pa.ipc.new_stream(sink, schema, options=options) as stream:
        for batch in batches:
            stream.write_batch(batch)
    return sink.getvalue()


def read_stream(schema: pa.Schema, body: pa.Buffer) -> Iterator[pa.RecordBatch]:
    """Yield the record batches of a stream, each of one row; ValueError if they are not."""
    source = pa.BufferReader(body)
    with pa.ipc.open_stream(source) as stream:
        if not stream.schema.equals(schema):
            raise ValueError(
                f"its columns are {', '.join(stream.schema.names)}; allowed: {', '.join(schema.names)}"
            )
        for batch in stream:
            batch.validate(full=True)
            if batch.num_rows != 1:
                raise ValueError(f"a record batch has {batch.num_rows} rows, not one")
            yield batch
    if source.tell() != body.size:
        raise ValueError("there are bytes behind the end of its stream")


def one_list(schema: pa.Schema, name: str, items: pa.Array) -> pa.Array:
    """Return a column of one list that holds all items."""
    kind = schema.field(name).type
    if pa.types.is_large_list(kind):
        return pa.LargeListArray.from_arrays(pa.array([0, len(items)], pa.int64()), items, type=kind)
    return pa.ListArray.from_arrays(pa.array([0, len(items)], pa.int32()), items, type=kind)
