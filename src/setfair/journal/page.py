"""A page: one batch and what became of it, as one piece of bytes (docs/journal-record.md).

Rules
-----
1. A page holds the instructions that were new, the records that they made, the texts that came with
   them, and documents (an agreement, the parties first named here, screening hits ...).
2. The bytes are: header, one section a column, and the SHA-256 of everything before it.
3. The same page gives the same bytes; bytes that were damaged are refused, with the page's number.
4. `salt_key` came in with the batch: from it come the salts of the leaves of the tree over the records
   (`setfair.journal.leaves`).
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pyarrow as pa

from setfair.engine.layout import INSTRUCTION, RECORD, Array
from setfair.errors import PageDamagedError
from setfair.journal.columns import (
    Column,
    columns_of,
    decode,
    encode,
    encode_texts,
    join_text,
    one_row_to_bytes,
    one_text_to_bytes,
    section_to_bytes,
    sections_from_bytes,
    split_text,
)

MAGIC = b"SFPG"
FORMAT_VERSION = 1
SALT_KEY_LENGTH = 32

LEGS_DOCUMENT = "legs"
"""Document with the terms of the legs of links, LEG_TERMS: an instruction names its place in `target`."""

TIMES_DOCUMENT = "times"
"""Document with earliest and latest times of payments, TIMES: an instruction names its place, below zero."""

OFFSETTING_DOCUMENT = "offsetting"
"""Document with what a run of offsetting under `bypass` settles, i8: a bound, then the payments' numbers."""

COLUMN_LENGTH_MAX = 1 << 28
"""Bytes that one column of a page may hold: the cut-off of a full queue of four million needs 32 MB."""

_HEADER = struct.Struct("<4sHHQQQQq32s")
_DIGEST_LENGTH = 32


@dataclass(frozen=True, slots=True)
class Page:
    """One batch and what became of it."""

    number: int
    """From 1, without gaps."""
    first_instruction: int
    """Number of the first instruction of this page."""
    first_record: int
    """Number of the first record of this page; records are numbered from 1 without gaps."""
    time_ns: int
    """When the batch was decided, nanoseconds since 1970-01-01 UTC; it came in with the batch."""
    salt_key: bytes
    """32 random bytes that came in with the batch."""
    instructions: Array
    """INSTRUCTION."""
    records: Array
    """RECORD."""
    texts: Mapping[str, pa.StringArray] = field(default_factory=dict)
    """Text columns, one text for each instruction."""
    documents: Mapping[str, bytes] = field(default_factory=dict)
    """Named pieces of bytes."""


def page_to_bytes(page: Page) -> bytes:
    """Write a page as bytes."""
    parts, count = _rows_to_bytes(page)
    count += _add_texts(page, parts)
    for name, document in sorted(page.documents.items()):
        parts += section_to_bytes(encode(f"document.{name}", np.frombuffer(document, np.uint8)))
        count += 1
    numbers = (page.number, page.first_instruction, page.first_record, 0, page.time_ns)
    parts.insert(0, _HEADER.pack(MAGIC, FORMAT_VERSION, count, *numbers, page.salt_key))
    body = b"".join(parts)
    return body + hashlib.sha256(body).digest()


def _rows_to_bytes(page: Page) -> tuple[list[bytes | memoryview], int]:
    """Return the sections of instructions and records, and how many there are."""
    parts: list[bytes | memoryview] = []
    count = 0
    for prefix, rows in (("instruction.", page.instructions), ("record.", page.records)):
        if len(rows) == 1:  # as `encode` would write them, one by one
            parts.append(one_row_to_bytes(prefix, rows))
        else:
            for name, column in columns_of(rows):
                parts += section_to_bytes(encode(prefix + name, column))
        count += len(rows.dtype.names or ())
    return parts, count


def _add_texts(page: Page, parts: list[bytes | memoryview]) -> int:
    """Add the sections of texts; return how many there are."""
    for name, texts in sorted(page.texts.items()):
        if len(texts) == 1:  # as below
            parts.append(one_text_to_bytes(name, texts))
            continue
        lengths, data = split_text(texts)
        parts += section_to_bytes(encode(f"text.{name}.length", lengths))
        parts += section_to_bytes(encode_texts(f"text.{name}.bytes", lengths, data))
    return 2 * len(page.texts)


def page_from_bytes(body: bytes, *, texts: bool = True) -> Page:
    """Read a page.

    Parameters
    ----------
    body
        Its bytes.
    texts
        Whether the texts are wanted: to decide again takes none, and they take two thirds of the time.

    Raises
    ------
    PageDamagedError
        If the digest does not fit, the format is not one that this version reads, or what the digest covers
        is no page.
    """
    if len(body) < _HEADER.size + _DIGEST_LENGTH or body[:4] != MAGIC:
        raise PageDamagedError("this is not a page of a Setfair journal")
    header = _HEADER.unpack_from(body)
    _, version, count, number, first_instruction, first_record, _, time_ns, salt_key = header
    if hashlib.sha256(memoryview(body)[:-_DIGEST_LENGTH]).digest() != body[-_DIGEST_LENGTH:]:
        raise PageDamagedError(f"page {number} was altered: its digest does not fit its bytes")
    if version != FORMAT_VERSION:
        raise PageDamagedError(f"page {number} has format {version}; this version reads {FORMAT_VERSION}")
    try:
        sections = sections_from_bytes(memoryview(body)[:-_DIGEST_LENGTH], _HEADER.size, count)
        columns = {
            section.name: decode(section, COLUMN_LENGTH_MAX)
            for section in sections
            if texts or not section.name.startswith("text.")
        }
        return _page((number, first_instruction, first_record, time_ns, salt_key), columns)
    except (ValueError, TypeError, LookupError, OSError, struct.error) as error:
        raise PageDamagedError(f"page {number} cannot be read: {error}") from error


def _page(head: tuple[int, int, int, int, bytes], columns: Mapping[str, Column]) -> Page:
    number, first_instruction, first_record, time_ns, salt_key = head
    return Page(
        number,
        first_instruction,
        first_record,
        time_ns,
        salt_key,
        _assemble(columns, "instruction.", INSTRUCTION),
        _assemble(columns, "record.", RECORD),
        _texts(columns),
        {
            name.removeprefix("document."): column.tobytes()
            for name, column in columns.items()
            if name.startswith("document.")
        },
    )


def _assemble(columns: Mapping[str, Column], prefix: str, dtype: np.dtype[np.void]) -> Array:
    names = dtype.names or ()
    array = np.zeros(len(columns[prefix + names[0]]), dtype)
    for name in names:
        array[name] = columns[prefix + name]
    return array


def _texts(columns: Mapping[str, Column]) -> dict[str, pa.StringArray]:
    names = [name[5:-7] for name in columns if name.startswith("text.") and name.endswith(".length")]
    return {name: join_text(columns[f"text.{name}.length"], columns[f"text.{name}.bytes"]) for name in names}
