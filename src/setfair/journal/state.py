"""The state of a house as bytes, in pieces: arrays and documents by name, for checkpoints of the books.

The first piece is the head: magic "SFST", format version (2 bytes), number of sections (2 bytes), the page
after which the state stood (8 bytes), sections as in a page: `rows`, JSON with the number of rows of every
array in order, and the documents. Then come the rows of these arrays, at most `PIECE_ROWS` a piece, one
section each. The last piece is `end`: the SHA-256 of those of all pieces before it. Every piece ends with the
SHA-256 of what is before it.

A piece is made and read alone: neither saving nor reading needs a second copy of the books, and a piece whose
rows did not change has the same bytes in the next save. A checkpoint only saves time: it can be deleted, and
the pages give it again.
"""

from __future__ import annotations

import hashlib
import json
import struct
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from setfair.journal.columns import Column, decode, encode, section_to_bytes, sections_from_bytes

MAGIC = b"SFST"
FORMAT_VERSION = 7
PIECE_ROWS = 65_536
"""Rows of a piece at most: four megabytes of payments."""

_HEADER = struct.Struct("<4sHHQ")
_DIGEST_LENGTH = 32
_AHEAD = 2
"""Pieces that are decoded before they are used."""
_ROWS, _END = "rows", "end"


class StateDamagedError(ValueError):
    """These are not the pieces of a state that this version reads; who wants it reads the pages instead."""


@dataclass(frozen=True, slots=True)
class StateHead:
    """What the first piece says."""

    page_number: int
    rows: dict[str, int]
    """Number of rows of each array, in order."""
    documents: dict[str, bytes]


def pieces_of(
    page_number: int, arrays: Mapping[str, Column], documents: Mapping[str, bytes]
) -> Iterator[bytes]:
    """Yield the pieces of a state."""
    counts = json.dumps({name: len(array) for name, array in arrays.items()}).encode()
    texts = {_ROWS: counts, **documents}
    parts: list[bytes | memoryview] = [_HEADER.pack(MAGIC, FORMAT_VERSION, len(texts), page_number)]
    for name, text in texts.items():
        parts += section_to_bytes(encode(name, np.frombuffer(text, np.uint8)))
    digests = hashlib.sha256()
    yield _seal(parts, digests)
    for name, array in arrays.items():
        for first in range(0, len(array), PIECE_ROWS):
            rows = np.ascontiguousarray(array[first : first + PIECE_ROWS]).reshape(-1).view(np.uint8)
            yield _seal(section_to_bytes(encode(name, rows)), digests)
    yield _seal(section_to_bytes(encode(_END, np.frombuffer(digests.digest(), np.uint8))), digests)


def _seal(parts: list[bytes | memoryview], digests: Any) -> bytes:
    """Return a piece with its digest, which is noted in `digests`."""
    body = b"".join(parts)
    digest = hashlib.sha256(body).digest()
    digests.update(digest)
    return body + digest


def _opened(piece: bytes) -> memoryview:
    """Return what a piece says, if its digest fits."""
    body = memoryview(piece)[:-_DIGEST_LENGTH]
    if len(piece) < _DIGEST_LENGTH or hashlib.sha256(body).digest() != piece[-_DIGEST_LENGTH:]:
        raise StateDamagedError("a piece does not have its digest")
    return body


def read_head(piece: bytes) -> StateHead:
    """Read the first piece.

    Raises
    ------
    StateDamagedError
        If it is damaged, or of another format.
    """
    if len(piece) < _HEADER.size or piece[:4] != MAGIC:
        raise StateDamagedError("it does not begin as the state of a house does")
    _, version, count, page_number = _HEADER.unpack_from(piece)
    if version != FORMAT_VERSION:
        raise StateDamagedError(
            f"it has format {version}, and this version of Setfair reads {FORMAT_VERSION}: it is left aside"
        )
    body = _opened(piece)
    documents = {
        section.name: decode(section).tobytes() for section in sections_from_bytes(body, _HEADER.size, count)
    }
    rows = json.loads(documents.pop(_ROWS))
    return StateHead(page_number, {name: int(number) for name, number in rows.items()}, documents)


def read_rows(
    head: StateHead, first_digest: bytes, pieces: Iterable[bytes], dtypes: Mapping[str, np.dtype[Any]]
) -> Iterator[tuple[str, int, Column]]:
    """Yield the rows behind a head: name of the array, number of the first row, rows.

    Parameters
    ----------
    head
        What the first piece says.
    first_digest
        Its last 32 bytes.
    pieces
        All pieces behind it.
    dtypes
        Of the arrays that a state has.

    Raises
    ------
    StateDamagedError
        If a piece is damaged, missing, or of another state; perhaps only behind the last rows.
    """
    if head.rows.keys() != dtypes.keys():
        raise StateDamagedError("it has other arrays")
    sections, digests = _decoded_ahead(pieces), hashlib.sha256(first_digest)
    for name, count in head.rows.items():
        for first in range(0, count, PIECE_ROWS):
            found, column, digest = next(sections, _NOTHING)
            rows = column.view(dtypes[name])
            if found != name or len(rows) != min(PIECE_ROWS, count - first):
                raise StateDamagedError(f"{found or 'nothing'} is there where rows of {name} are expected")
            digests.update(digest)
            yield name, first, rows
    found, column, _ = next(sections, _NOTHING)
    if found != _END or column.tobytes() != digests.digest():
        raise StateDamagedError("its pieces do not belong together")


_NOTHING = ("", np.zeros(0, np.uint8), b"")


def _decoded_ahead(pieces: Iterable[bytes]) -> Iterator[tuple[str, Column, bytes]]:
    """Yield name, bytes and digest of each piece; another thread decodes the next while one is used."""
    with ThreadPoolExecutor(1, "setfair-state") as pool:
        waiting: deque[Future[tuple[str, Column, bytes]]] = deque()
        for piece in pieces:
            waiting.append(pool.submit(_read_section, piece))
            if len(waiting) > _AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _read_section(piece: bytes) -> tuple[str, Column, bytes]:
    try:
        (section,) = sections_from_bytes(_opened(piece), 0, 1)
    except (ValueError, struct.error) as error:
        raise StateDamagedError(str(error)) from error
    return section.name, np.ascontiguousarray(decode(section)), piece[-_DIGEST_LENGTH:]


def state_from_pieces(
    pieces: Iterable[bytes],
    dtypes: Mapping[str, np.dtype[Any]],
    allocate: Callable[[str, int], Any],
) -> tuple[int, dict[str, Any], dict[str, bytes]] | None:
    """Read a state: page number, arrays of the given types (one-dimensional), documents.

    Parameters
    ----------
    pieces
        All of them, in order.
    dtypes
        Of the arrays.
    allocate
        Returns an array for a name and a number of rows, or for more of them.

    Returns
    -------
    tuple or None
        None where the pieces are damaged or of another format: then the pages are read instead.
    """
    following = iter(pieces)
    try:
        first_piece = next(following, b"")
        head = read_head(first_piece)
        arrays = {name: allocate(name, rows) for name, rows in head.rows.items() if name in dtypes}
        for name, first, rows in read_rows(head, first_piece[-_DIGEST_LENGTH:], following, dtypes):
            arrays[name][first : first + len(rows)].view(np.uint8)[:] = rows.view(np.uint8)
    except (ValueError, TypeError, LookupError, OSError, MemoryError, struct.error):
        return None
    return head.page_number, arrays, head.documents
