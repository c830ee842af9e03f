"""Columns as bytes: integers narrowed to the range that they use, text as lengths and bytes.

One section holds one array. Encodings, by the byte that the section header names:

0 RAW       the items, little-endian, as they are
1 CONSTANT  one item; all are equal
2 NARROW    base (int64), then `item - base` as unsigned integers of 1, 2 or 4 bytes
3 RANGE     start and step (int64): item i is start + i * step
4 ZSTD      the items, compressed with Zstandard (RFC 8878)
5 PLANES    width (uint16), then, compressed in the same way: of texts that are that many bytes long, the
            first byte of every text, then the second of every text ...

Every encoding is exact; the writer takes the first that fits in the order CONSTANT, RANGE, NARROW, and for
bytes PLANES (of texts that are equally long and not all equal) or ZSTD if that is smaller. Integers that no
encoding shortens (identities) are RAW.

Numbers and codes are mostly equally long and much alike: laid out by place they are runs. Measured: such
columns take 40 % of the time that they take as ZSTD, and codes of banks two thirds of the bytes, numbers in
order a tenth.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from enum import IntEnum
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Column = NDArray[Any]

_ZSTD = pa.Codec("zstd", compression_level=1)
_SMALLEST_COMPRESSED = 64
_FOLDED_ROWS = 64
"""Rows that are taken as one where columns that are constant are looked for."""
_WIDEST = (1 << 16) - 1

SECTION_LENGTH_MAX = 1 << 32
"""Bytes that one section may hold once decoded: a bound against damaged lengths."""


class Encoding(IntEnum):
    """How a section's items are written."""

    RAW = 0
    CONSTANT = 1
    NARROW = 2
    RANGE = 3
    ZSTD = 4
    PLANES = 5


@dataclass(frozen=True, slots=True)
class Section:
    """One array as it stands in a page."""

    name: str
    dtype: np.dtype[np.generic]
    items: int
    encoding: Encoding
    payload: bytes | memoryview


_SECTION = struct.Struct("<H4sBBHQQ")


def section_to_bytes(section: Section) -> list[bytes | memoryview]:
    """Return a section's header, name and payload."""
    name, dtype = _words(section.name, section.dtype)
    header = _SECTION.pack(len(name), dtype, section.encoding, 0, 0, section.items, len(section.payload))
    return [header, name, section.payload]


@lru_cache(maxsize=1024)
def _words(name: str, dtype: np.dtype[np.generic]) -> tuple[bytes, bytes]:
    """Return how a section's name and type are written: pages have the same ones again and again."""
    return name.encode(), dtype.str[1:].encode().ljust(4, b" ")


def one_row_to_bytes(prefix: str, rows: NDArray[np.void]) -> bytes:
    """Return the sections of a structured array of one row, as `encode` and `section_to_bytes` write them.

    A page of one payment has dozens: written one by one they took most of the time of its bytes.
    """
    raw = rows.tobytes()
    parts: list[bytes] = []
    for head, begin, end in _places(prefix, rows.dtype):
        parts += (head, raw[begin:end])
    return b"".join(parts)


@lru_cache(maxsize=64)
def _places(prefix: str, dtype: np.dtype[np.void]) -> list[tuple[bytes, int, int]]:
    """Return what stands before each item of a row, and where the item lies in it."""
    places: list[tuple[bytes, int, int]] = []
    fields = dtype.fields
    if fields is None:
        return places
    for name in dtype.names or ():
        of, begin = fields[name][:2]
        words, kind = _words(prefix + name, of)
        head = _SECTION.pack(len(words), kind, Encoding.RAW, 0, 0, 1, of.itemsize)
        places.append((head + words, begin, begin + of.itemsize))
    return places


def one_text_to_bytes(name: str, texts: pa.StringArray) -> bytes:
    """Return both sections of a text column of one row, as `encode_texts` writes them."""
    _, offsets, data = texts.buffers()
    begin, end = _TWO_OFFSETS.unpack_from(offsets, texts.offset * _TWO_OFFSETS.size // 2)
    raw = data.slice(begin, end - begin).to_pybytes() if data is not None else b""
    if len(raw) >= _SMALLEST_COMPRESSED or _may_be_shorter(raw):
        sections = (
            encode(f"text.{name}.length", split_text(texts)[0]),
            encode_texts(f"text.{name}.bytes", *split_text(texts)),
        )
        return b"".join(part for section in sections for part in section_to_bytes(section))
    of_length, words, kind = _text_places(name)
    head = _SECTION.pack(len(words), kind, Encoding.RAW, 0, 0, len(raw), len(raw))
    return b"".join((of_length, (end - begin).to_bytes(4, "little"), head, words, raw))


_TWO_OFFSETS = struct.Struct("<ii")


@lru_cache(maxsize=256)
def _text_places(name: str) -> tuple[bytes, bytes, bytes]:
    """Return what stands before the length of a text, and how its bytes' name and type are written."""
    length, kind = _words(f"text.{name}.length", np.dtype(np.int32))
    head = _SECTION.pack(len(length), kind, Encoding.RAW, 0, 0, 1, 4)
    return (head + length, *_words(f"text.{name}.bytes", np.dtype(np.uint8)))


def sections_from_bytes(body: bytes | memoryview, place: int, count: int) -> Iterator[Section]:
    """Read `count` sections that stand one after the other from `place` on; ValueError where they do not."""
    view = memoryview(body)
    for _ in range(count):
        name_length, dtype, encoding, _, _, items, length = _SECTION.unpack_from(view, place)
        place += _SECTION.size
        name = bytes(view[place : place + name_length]).decode()
        place += name_length
        if length > len(view) - place:
            raise ValueError(f"section {name} claims {length} bytes, {max(0, len(view) - place)} are there")
        payload = view[place : place + length]
        place += length
        yield Section(name, np.dtype("<" + dtype.decode().strip()), items, Encoding(encoding), payload)


def columns_of(rows: NDArray[np.void]) -> list[tuple[str, Column]]:
    """Return the columns of a structured array by name; where all items are equal, one stands for all."""
    if len(rows) < 2:
        return [(name, rows[name]) for name in rows.dtype.names or ()]
    # One look at whole rows finds every column that is constant, and most are.
    words = np.ascontiguousarray(rows).view(np.uint64).reshape(len(rows), -1)
    differs = _differing(words).view(rows.dtype)[0]
    return [
        (name, rows[name] if differs[name] else _all_as_first(rows[name])) for name in rows.dtype.names or ()
    ]


def _differing(words: NDArray[np.uint64]) -> NDArray[np.uint64]:
    """Return of each column of words the bits in which rows differ.

    NumPy works through a few columns slowly and through many fast: so many rows are taken as one long row.
    """
    rows, width = words.shape
    whole = rows // _FOLDED_ROWS * _FOLDED_ROWS
    folded, rest = words[:whole].reshape(-1, _FOLDED_ROWS * width), words[whole:] ^ words[0]
    differs = np.bitwise_or.reduce(rest, axis=0)
    if whole:
        some, every = np.bitwise_or.reduce(folded, axis=0), np.bitwise_and.reduce(folded, axis=0)
        some, every = some.reshape(-1, width), every.reshape(-1, width)
        differs |= np.bitwise_or.reduce(some, axis=0) ^ np.bitwise_and.reduce(every, axis=0)
    return differs


def _all_as_first(column: Column) -> Column:
    """Return a column of which all items are the first, in the place of one."""
    return np.ndarray(len(column), column.dtype, column[:1].copy(), strides=(0,))


def encode(name: str, array: Column) -> Section:
    """Encode a one-dimensional array of integers, or of bytes (uint8)."""
    if len(array) == 1:  # a page of one payment has dozens of these
        return Section(name, array.dtype, 1, Encoding.RAW, array.tobytes())
    if len(array) > 1 and array.strides == (0,):
        return Section(name, array.dtype, len(array), Encoding.CONSTANT, array[:1].tobytes())
    if (
        array.dtype == np.uint8
        and len(array) < _SMALLEST_COMPRESSED
        and not _may_be_shorter(raw := array.tobytes())
    ):
        return Section(name, array.dtype, len(array), Encoding.RAW, raw)
    column = np.ascontiguousarray(array)
    if column.dtype == np.uint8 and len(column) >= _SMALLEST_COMPRESSED:
        return _encode_bytes(name, column)
    if len(column) > 1 and column.dtype.kind in "iu":
        narrowed = _narrow(name, column)
        if narrowed is not None:
            return narrowed
    return Section(name, column.dtype, len(column), Encoding.RAW, column.tobytes())


def _may_be_shorter(raw: bytes) -> bool:
    """Tell whether a few bytes may be all equal or a range: nothing else makes a short text shorter."""
    return len(raw) > 1 and (raw[-1] - raw[0]) == (raw[1] - raw[0]) * (len(raw) - 1)


def encode_texts(name: str, lengths: Column, data: Column) -> Section:
    """Encode the bytes of a text column."""
    width = int(lengths[0]) if len(lengths) else 0
    if len(lengths) == 1:
        return encode(name, data)
    equally_long = 1 < width <= _WIDEST and len(data) >= _SMALLEST_COMPRESSED and np.all(lengths == width)
    if equally_long and np.any(data[width:] != data[:-width]):
        planes = np.ascontiguousarray(data.reshape(-1, width).T)
        payload = struct.pack("<H", width) + _ZSTD.compress(planes, asbytes=True)
        if len(payload) < len(data):
            return Section(name, data.dtype, len(data), Encoding.PLANES, payload)
    return encode(name, data)


def _encode_bytes(name: str, column: Column) -> Section:
    first = column[0]
    if np.all(column == first):
        return Section(name, column.dtype, len(column), Encoding.CONSTANT, column[:1].tobytes())
    raw = column.tobytes()
    compressed = _ZSTD.compress(raw, asbytes=True)
    if len(compressed) < len(raw):
        return Section(name, column.dtype, len(column), Encoding.ZSTD, compressed)
    return Section(name, column.dtype, len(column), Encoding.RAW, raw)


def _narrow(name: str, column: Column) -> Section | None:
    low, high = int(column.min()), int(column.max())
    if low == high:
        return Section(name, column.dtype, len(column), Encoding.CONSTANT, column[:1].tobytes())
    if low < -(2**63) or high >= 2**63:
        return None
    step = int(column[1]) - int(column[0])
    if (
        step != 0
        and -(2**63) <= step < 2**63
        and int(column[-1]) - int(column[0]) == step * (len(column) - 1)
        and np.all(np.diff(column) == np.array(step).astype(column.dtype))
    ):
        payload = struct.pack("<qq", int(column[0]), step)
        return Section(name, column.dtype, len(column), Encoding.RANGE, payload)
    for width in (1, 2, 4):
        if width < column.dtype.itemsize and high - low < 1 << (8 * width):
            offsets = (column - column.dtype.type(low)).astype(f"<u{width}")
            payload = struct.pack("<qB", low, width) + offsets.tobytes()
            return Section(name, column.dtype, len(column), Encoding.NARROW, payload)
    return None


def decode(section: Section, bytes_max: int = SECTION_LENGTH_MAX) -> Column:
    """Decode a section of at most `bytes_max` bytes once decoded.

    Raises
    ------
    ValueError
        If the payload does not have the length that its header says, or claims more than `bytes_max`.
    """
    dtype, items, payload = section.dtype, section.items, section.payload
    if items * dtype.itemsize > bytes_max:
        raise ValueError(f"section {section.name} claims {items} items")
    if section.encoding is Encoding.CONSTANT:
        item = np.frombuffer(payload, dtype, 1)
        return np.ndarray(items, dtype, item, strides=(0,))  # all are the one
    if section.encoding is Encoding.RANGE:
        start, step = struct.unpack("<qq", payload)
        return (start + step * np.arange(items, dtype=np.int64)).astype(dtype)
    if section.encoding is Encoding.NARROW:
        return _widen(section)
    if section.encoding is Encoding.ZSTD:
        raw = _ZSTD.decompress(pa.py_buffer(payload), items * dtype.itemsize)
        return np.frombuffer(raw, dtype, items)
    if section.encoding is Encoding.PLANES:
        return _interleave(section)
    column = np.frombuffer(payload, dtype)
    if len(column) != items:
        raise ValueError(f"section {section.name} has {len(column)} items, not {items}")
    return column


def _widen(section: Section) -> Column:
    base, width = struct.unpack_from("<qB", section.payload)
    if width not in (1, 2, 4):
        raise ValueError(f"section {section.name} has items of {width} bytes")
    offsets = np.frombuffer(section.payload, f"<u{width}", offset=9)
    if len(offsets) != section.items:
        raise ValueError(f"section {section.name} has {len(offsets)} items, not {section.items}")
    return offsets.astype(section.dtype) + np.array(base).astype(section.dtype)


def _interleave(section: Section) -> Column:
    (width,) = struct.unpack_from("<H", section.payload)
    if section.dtype != np.uint8 or width == 0 or section.items % width:
        raise ValueError(f"section {section.name} has {section.items} bytes in texts of {width}")
    raw = _ZSTD.decompress(pa.py_buffer(section.payload[2:]), section.items)
    return np.ascontiguousarray(np.frombuffer(raw, np.uint8, section.items).reshape(width, -1).T).reshape(-1)


def split_text(texts: pa.StringArray) -> tuple[Column, Column]:
    """Split a text column into the length of each text in bytes and all bytes, without copying."""
    count = len(texts)
    _, offsets_buffer, data_buffer = texts.buffers()
    if count == 0 or offsets_buffer is None:
        return np.zeros(0, np.int32), np.zeros(0, np.uint8)
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + count + 1]
    if data_buffer is None:
        return np.zeros(count, np.int32), np.zeros(0, np.uint8)
    data = np.frombuffer(data_buffer, np.uint8)[offsets[0] : offsets[-1]]
    return offsets[1:] - offsets[:-1], data


def join_text(lengths: Column, data: Column) -> pa.StringArray:
    """Make a text column of lengths and bytes."""
    offsets = np.zeros(len(lengths) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    if len(offsets) and int(offsets[-1]) != len(data):
        raise ValueError(f"text lengths sum to {int(offsets[-1])}, but there are {len(data)} bytes")
    return pa.StringArray.from_buffers(
        len(lengths), pa.py_buffer(offsets), pa.py_buffer(np.ascontiguousarray(data))
    )
