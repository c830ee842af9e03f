"""The state of a house as bytes: arrays and documents by name, for checkpoints of the books.

Layout: magic "SFST", format version (2 bytes), number of sections (2 bytes), the page after which the state
stood (8 bytes), sections as in a page, and the SHA-256 of everything before it. A checkpoint only saves time:
it can be deleted, and the pages give it again.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Mapping

import numpy as np

from setfair.journal.columns import Column, decode, encode, section_to_bytes, sections_from_bytes

MAGIC = b"SFST"
FORMAT_VERSION = 5

_HEADER = struct.Struct("<4sHHQ")
_DIGEST_LENGTH = 32


def state_to_bytes(page_number: int, arrays: Mapping[str, Column], documents: Mapping[str, bytes]) -> bytes:
    """Write a state."""
    parts: list[bytes | memoryview] = [
        _HEADER.pack(MAGIC, FORMAT_VERSION, len(arrays) + len(documents), page_number)
    ]
    for name, array in arrays.items():
        raw = np.ascontiguousarray(array).reshape(-1).view(np.uint8)
        parts += section_to_bytes(encode(f"array.{name}", raw))
    for name, document in documents.items():
        parts += section_to_bytes(encode(f"document.{name}", np.frombuffer(document, np.uint8)))
    body = b"".join(parts)
    return body + hashlib.sha256(body).digest()


def state_from_bytes(
    body: bytes, dtypes: Mapping[str, np.dtype[np.generic]]
) -> tuple[int, dict[str, Column], dict[str, bytes]] | None:
    """Read a state: page number, arrays of the given types (one-dimensional), documents.

    Returns None where the bytes are damaged or of another format: then the pages are read instead.
    """
    if len(body) < _HEADER.size + _DIGEST_LENGTH or body[:4] != MAGIC:
        return None
    _, version, count, page_number = _HEADER.unpack_from(body)
    digest = hashlib.sha256(memoryview(body)[:-_DIGEST_LENGTH]).digest()
    if version != FORMAT_VERSION or digest != body[-_DIGEST_LENGTH:]:
        return None
    arrays: dict[str, Column] = {}
    documents: dict[str, bytes] = {}
    for section in sections_from_bytes(body, _HEADER.size, count):
        family, _, name = section.name.partition(".")
        column = decode(section)
        if family == "document":
            documents[name] = column.tobytes()
        elif name in dtypes:
            arrays[name] = column.view(dtypes[name])
        else:
            return None
    if arrays.keys() != dtypes.keys():
        return None
    return page_number, arrays, documents
