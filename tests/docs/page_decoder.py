"""A second decoder of pages, written from docs/journal-record.md alone: `struct`, and nothing of Setfair.

Only the decompression of Zstandard is somebody else's.
"""

from __future__ import annotations

import hashlib
import struct
from typing import NamedTuple

import pyarrow as pa

Values = list[int] | bytes

_FORMAT = {"u1": "B", "u2": "H", "u4": "I", "u8": "Q", "i4": "i", "i8": "q"}


class DecodedPage(NamedTuple):
    """What stands in a page."""

    number: int
    first_instruction: int
    first_record: int
    time: int
    salt_key: bytes
    sections: dict[str, Values]

    def column(self, family: str, name: str) -> list[int]:
        """Return one column of the instructions or of the records."""
        return list(self.sections[f"{family}.{name}"])

    def texts(self, name: str) -> list[str]:
        """Return one text column."""
        data, place, found = bytes(self.sections[f"text.{name}.bytes"]), 0, []
        for length in self.column("text", f"{name}.length"):
            found.append(data[place : place + length].decode("utf-8"))
            place += length
        return found


class Section(NamedTuple):
    """One section as it stands in the bytes."""

    head: bytes
    """The 26 bytes before the name."""
    name: str
    dtype: str
    encoding: int
    items: int
    payload: bytes


def decode_page(body: bytes) -> DecodedPage:
    """Decode a page, or raise ValueError."""
    if hashlib.sha256(body[:-32]).digest() != body[-32:]:
        raise ValueError("the digest does not fit")
    magic, version, count, number, first_instruction, first_record, zero, time, salt_key = struct.unpack_from(
        "<4sHHQQQQq32s", body, 0
    )
    if (magic, version, zero) != (b"SFPG", 1, 0):
        raise ValueError("not a page of format 1")
    sections = {
        section.name: decode_items(section.dtype, section.encoding, section.items, section.payload)
        for section in read_sections(body, 80, count)
    }
    return DecodedPage(number, first_instruction, first_record, time, salt_key, sections)


def read_sections(body: bytes, place: int, count: int) -> list[Section]:
    """Return the sections from a place on; they reach to the digest."""
    found = []
    for _ in range(count):
        head = body[place : place + 26]
        name_length, dtype, encoding, zero_1, zero_2, items, length = struct.unpack("<H4sBBHQQ", head)
        if zero_1 or zero_2:
            raise ValueError("a spare field is not zero")
        name = body[place + 26 : place + 26 + name_length].decode("utf-8")
        place += 26 + name_length
        found.append(
            Section(head, name, dtype.decode().strip(), encoding, items, body[place : place + length])
        )
        place += length
    if place != len(body) - 32:
        raise ValueError("bytes are left over")
    return found


def decode_items(dtype: str, encoding: int, items: int, payload: bytes) -> Values:
    """Decode the items of one section."""
    if encoding == 0:
        return _unpack(dtype, items, payload)
    if encoding == 1:
        return _unpack(dtype, 1, payload) * items
    if encoding == 2:
        base, width = struct.unpack_from("<qB", payload)
        return [base + offset for offset in _unpack(f"u{width}", items, payload[9:])]
    if encoding == 3:
        start, step = struct.unpack("<qq", payload)
        return [start + place * step for place in range(items)]
    if encoding == 4:
        size = items * struct.calcsize(_FORMAT[dtype])
        return _unpack(dtype, items, pa.Codec("zstd").decompress(payload, size, asbytes=True))
    if encoding == 5:
        (width,) = struct.unpack_from("<H", payload)
        planes = pa.Codec("zstd").decompress(payload[2:], items, asbytes=True)
        count = items // width
        return bytes(planes[place * count + text] for text in range(count) for place in range(width))
    raise ValueError(f"unknown encoding {encoding}")


def _unpack(dtype: str, items: int, payload: bytes) -> list[int]:
    return list(struct.unpack(f"<{items}{_FORMAT[dtype]}", payload))


_NAMES = ("RAW", "CONSTANT", "NARROW", "RANGE", "ZSTD", "PLANES")


def dump(body: bytes) -> str:
    """Return a page as the document shows it: hexadecimal bytes, and after # what they mean."""
    count = struct.unpack_from("<H", body, 6)[0]
    opening = "  ".join(part.hex(" ") for part in (body[:4], body[4:6], body[6:8]))
    lines = [
        f"{opening}  # SFPG, format 1, {count} sections",
        *(f"{body[at : at + 8].hex(' ')}  # {what}" for at, what in _HEADER_WORDS),
        f"{body[48:64].hex(' ')}  # salt key",
        body[64:80].hex(" "),
    ]
    for section in read_sections(body, 80, count):
        lines += _dump_section(section)
    return "\n".join([*lines, f"{body[-32:-16].hex(' ')}  # SHA-256", body[-16:].hex(" "), ""])


_HEADER_WORDS = (
    (8, "page number"),
    (16, "first instruction"),
    (24, "first record"),
    (32, "0"),
    (40, "time"),
)


def _dump_section(section: Section) -> list[str]:
    head = section.head
    parts = (head[:2], head[2:6], head[6:7], head[7:8], head[8:10], head[10:18], head[18:])
    values = decode_items(section.dtype, section.encoding, section.items, section.payload)
    if section.name.startswith("document.") or section.name.endswith(".bytes"):
        words = bytes(values).decode("utf-8")
    else:
        words = ", ".join(map(str, values))
    rows = [section.payload[at : at + 24].hex(" ") for at in range(0, len(section.payload), 24)]
    rows[0] = f"  {rows[0]}  # {_NAMES[section.encoding]}: {words}"
    return [
        "  ".join(part.hex(" ") for part in parts),
        f"  {section.name.encode().hex(' ')}  # {section.name}",
        *(row if row.startswith("  ") else f"  {row}" for row in rows),
    ]
