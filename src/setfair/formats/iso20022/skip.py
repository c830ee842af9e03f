"""Reads the parts of a file as `parse` does, without parsing the transactions that are like others.

Rules
-----
1. The parser sees the file without the transactions that `alike` reads. Where one transaction is valid
   another may follow, so what the parser says of the rest is what it would say of the whole.
2. A transaction is left out only where the parser stands right behind the end of a transaction, in the same
   element: it was given text up to such an end tag, without comments and the like, and knows of no element
   after it nor of an end of what is around it.
3. What is not alike goes through the parser.
4. This way may refuse what `parse` reads, never the reverse; what it says of a refused file is neither in
   the words nor with the line of `parse`. `read` therefore asks `parse` about every file refused here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

from lxml import etree

from setfair.formats.iso20022.alike import Shapes, Transaction
from setfair.formats.iso20022.layout import split_tag
from setfair.formats.iso20022.parse import CHUNK_BYTES, PART_BYTES_MAX, Feeder, PartElement, Source
from setfair.formats.iso20022.refusal import refusal

ENCODING = "utf-8"
"""The encoding of the files that are read in this way."""

_HIDING = (b"<!", b"<?")
"""What begins text that the parser passes over, in which an end tag may stand that is none."""


def iter_parts_skipping(
    source: Source, shapes: Shapes, transaction: str, on_progress: Callable[[int], None] | None = None
) -> Iterator[PartElement | Transaction]:
    """Yield the parts of a file in order.

    Parameters
    ----------
    source
        A file in `ENCODING`.
    shapes
        What is known of its transactions. Whoever takes a part that has a `text` may have it learnt.
    transaction
        Path of the transactions among the parts of the source.
    on_progress
        Called with the number of bytes that were read so far.

    Raises
    ------
    FileRefusedError
        If `iter_parts` has to decide about the file. What was yielded before is right as far as it goes.
    """
    skipper = _Skipper(source, shapes, transaction)
    bytes_read = bytes_of_part = 0
    with source.path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            bytes_read += len(chunk)
            bytes_of_part += len(chunk)
            for part in skipper.take(chunk):
                bytes_of_part = 0
                yield part
            if bytes_of_part > PART_BYTES_MAX // 2:
                raise refusal(source.path, "a part is longer than this way reads")
            if on_progress is not None:
                on_progress(bytes_read)
    yield from skipper.close()


class _Skipper:
    """Divides a file at the ends of its transactions, between the shapes and the parser."""

    def __init__(self, source: Source, shapes: Shapes, transaction: str) -> None:
        self._feeder = Feeder(source)
        self._shapes = shapes
        self._transaction = transaction
        self._end = b""
        """End tag of a transaction, as the file writes it; empty until the first was read."""
        self._is_behind_end = False
        """Whether the parser stands where rule 2 wants it."""
        self._held = b""
        """Text that was read and not given to anyone: the beginning of a transaction."""

    def take(self, chunk: bytes) -> Iterator[PartElement | Transaction]:
        """Yield what a chunk completes."""
        data = self._held + chunk
        self._held = b""
        length = data.rfind(self._end) + len(self._end) if self._end and self._end in data else 0
        if length:
            yield from self._divide(data[:length])
        if self._is_behind_end and len(data) - length <= CHUNK_BYTES:
            self._held = data[length:]
        else:
            yield from self._parse_bytes(data[length:])

    def close(self) -> Iterator[PartElement]:
        """Yield what is left, and check that the file ended where it had to."""
        yield from self._parse_bytes(self._held)
        self._feeder.close()

    def _divide(self, data: bytes) -> Iterator[PartElement | Transaction]:
        """Read text that ends with the end of a transaction, one by one."""
        try:
            text = data.decode(ENCODING)
        except UnicodeDecodeError:
            yield from self._parse_bytes(data)
            return
        end = self._end.decode()
        waiting = ""
        for before_end in text.split(end)[:-1]:
            piece = before_end + end
            alike = self._shapes.read(piece)
            if alike is not None:
                yield from self._parse(waiting)
                waiting = ""
                if self._is_behind_end:
                    yield alike
                    continue
            waiting += piece
            if self._shapes.is_learning:
                yield from self._parse(waiting)
                waiting = ""
        yield from self._parse(waiting)

    def _parse(self, text: str) -> Iterator[PartElement]:
        """Give the text of transactions to the parser; from a single one its shape can be learnt."""
        was_behind_end = self._is_behind_end
        for part in self._parse_bytes(text.encode()):
            is_whole = was_behind_end and self._is_behind_end and part.path == self._transaction
            yield PartElement(part.path, part.element, text) if is_whole else part

    def _parse_bytes(self, data: bytes) -> Iterator[PartElement]:
        """Give text to the parser; find out where it then stands."""
        if not data:
            return
        self._is_behind_end = False
        problem = self._feeder.feed_piece(data)
        if problem is not None:
            raise problem
        for part in self._feeder.completed():
            if part.path != self._transaction:
                self._is_behind_end = False
                yield part
                continue
            self._end = self._end or _end_tag(part.element)
            self._is_behind_end = (
                part.element.getnext() is None
                and data.endswith(self._end)
                and not any(mark in data for mark in _HIDING)
            )
            yield part
        self._is_behind_end = self._is_behind_end and not self._feeder.document_ended


def _end_tag(element: etree._Element) -> bytes:
    """Return the end tag of an element, if it is written without white space."""
    prefix = f"{element.prefix}:" if element.prefix else ""
    return f"</{prefix}{split_tag(str(element.tag))[1]}>".encode()
