"""Streams a file through the parser and the validator: complete, valid elements come out, in order.

Rules
-----
1. An element is handed on only when it and everything before it has been found valid. The first thing
   that is not well-formed or not valid refuses the file, with line and element.
2. There is exactly one business message, and at most one header, which comes before it.
3. What has been handed on is taken out of memory. No part of a message may be longer than
   `PART_BYTES_MAX`, and nothing may nest deeper or be longer than libxml2's own limits: memory does not
   grow with the file.
4. The file ends after the closing tag of its root element.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from setfair.errors import FileRefusedError
from setfair.formats.iso20022.compile_schema import Layout, compile_schema
from setfair.formats.iso20022.grammar import NAMESPACE_PREFIX, load_grammar
from setfair.formats.iso20022.layout import PARSER_OPTIONS, split_tag
from setfair.formats.iso20022.refusal import not_well_formed, refusal

CHUNK_BYTES = 32_768
"""Bytes that are read and parsed at a time."""

PART_BYTES_MAX = 1_048_576
"""Bytes that one part of a message (a header, a transaction) may have."""

HEADER_PART = "AppHdr"
"""Path of the business application header among the parts."""

_NAMESPACE = re.compile(r"\{\w+:[^}]*\}")
_NAMED_ELEMENT = re.compile(r"Element '(?:\{[^}]*\})?(\w+)'")


@dataclass(frozen=True, slots=True)
class Source:
    """A file that passed the check of its prolog, and how it is read."""

    path: Path
    encoding: str
    layout: Layout
    parts: tuple[str, ...]
    """Paths of the elements to hand on, below the element that holds the message."""
    xsd_dir: Path | None = None
    """Folder of official schemas to validate against, in place of the grammar."""


@dataclass(frozen=True, slots=True)
class PartElement:
    """One complete, valid part of the file."""

    path: str
    """One of `Source.parts`, or `HEADER_PART`."""
    element: etree._Element
    """The element; its content is gone when the next part is asked for."""
    text: str = ""
    """The element as the file writes it; empty where that is not known (`skip`)."""


def iter_parts(source: Source, on_progress: Callable[[int], None] | None = None) -> Iterator[PartElement]:
    """Parse and validate a file and yield its parts.

    Parameters
    ----------
    source
        The file.
    on_progress
        Called with the number of bytes that were read so far.

    Raises
    ------
    FileRefusedError
        If a rule above is broken. What was yielded before must not be applied then.
    """
    feeder = Feeder(source)
    bytes_read = bytes_of_part = 0
    with source.path.open("rb") as file:
        while chunk := file.read(CHUNK_BYTES):
            feeder.feed(chunk, bytes_read)
            bytes_read += len(chunk)
            bytes_of_part += len(chunk)
            for part in feeder.completed():
                bytes_of_part = 0
                yield part
            if bytes_of_part > PART_BYTES_MAX + CHUNK_BYTES:
                raise refusal(source.path, f"a part of the message is longer than {PART_BYTES_MAX} bytes")
            if on_progress is not None:
                on_progress(bytes_read)
    feeder.close()


class Feeder:
    """One parse of one file: finds its parts, counts what it must contain and keeps memory small."""

    def __init__(self, source: Source, *, locating: bool = False) -> None:
        """Prepare a parse; `locating` keeps what it takes to say where something is wrong."""
        self._source = source
        message = load_grammar().messages[source.layout.message]
        space = f"{{{message.namespace}}}"
        self._document_tag, self._body_tag = space + message.path[0], space + message.path[-1]
        self._parts = {tuple(space + step for step in path.split("/")): path for path in source.parts}
        self._parts_below_body = {tags[0]: path for tags, path in self._parts.items() if len(tags) == 1}
        header = source.layout.header
        self._header_tag = f"{{{NAMESPACE_PREFIX}{header}}}AppHdr" if header else None
        self._parser = etree.XMLPullParser(
            events=("start", "end") if locating else ("end",),
            tag=("{*}AppHdr", source.layout.root, self._document_tag, *(tags[-1] for tags in self._parts)),
            schema=compile_schema(source.layout, source.xsd_dir),
            encoding=source.encoding,
            **PARSER_OPTIONS,
        )
        self._root: etree._Element | None = None
        self._body: etree._Element | None = None
        self._document: etree._Element | None = None
        self._header_seen = False
        self.document_ended = False
        """Whether the end of the business message was among the parts that were asked for so far."""

    def feed(self, chunk: bytes, offset: int) -> None:
        """Parse one chunk; refuse the file if something in it is wrong."""
        try:
            self._parser.feed(chunk)
        except etree.XMLSyntaxError as error:
            if not self._complaints():
                raise not_well_formed(self._source.path, error) from None
        if self._complaints():
            raise _located(self._source, offset) or self._not_valid() from None

    def close(self) -> None:
        """Check that the file ended where it had to."""
        try:
            self._parser.close()
        except etree.XMLSyntaxError as error:
            raise not_well_formed(self._source.path, error) from None
        if not self.document_ended:
            raise self._refuse("the business message does not end", "Document")

    def completed(self) -> Iterator[PartElement]:
        """Yield the parts that the last chunk completed, and drop each afterwards."""
        for event, element in self._parser.read_events():
            if event == "start":
                self._root = element if self._root is None else self._root
                continue
            path = self._path_of(element)
            if path is not None:
                yield PartElement(path, element)
                _drop(element)

    def _path_of(self, element: etree._Element) -> str | None:
        """Return which part an element is, by its place and not by its name alone."""
        if self._body is not None and element.getparent() is self._body:
            return self._parts_below_body.get(element.tag)
        if element.tag == self._document_tag:
            self._end_document(element)
            return None
        if split_tag(str(element.tag))[1] == "AppHdr":
            self._end_header(element)
            return HEADER_PART
        if self._body is None:
            self._find_body(element)
        tags: tuple[str, ...] = ()
        step: etree._Element | None = element
        while step is not None and step is not self._body:
            tags = (str(step.tag), *tags)
            step = step.getparent()
        return self._parts.get(tags) if step is not None else None

    def _find_body(self, element: etree._Element) -> None:
        """Find the element that holds the message, from the first element in it that is asked for."""
        if element.getroottree().docinfo.internalDTD is not None:
            raise self._refuse("a document type declaration (DOCTYPE) is not allowed", "")
        for outer in element.iterancestors(self._body_tag):
            document = outer.getparent()
            if document is not None and document.tag == self._document_tag:
                self._body, self._document = outer, document
        if self._document is not None and next(self._document.iterancestors("{*}AppHdr"), None) is not None:
            raise self._refuse("a Document inside the header is not read", "AppHdr")

    def _end_document(self, element: etree._Element) -> None:
        if element is not self._document:
            raise self._refuse(
                "more than one Document in a file is not read: send one message a file", "Document"
            )
        self.document_ended = True

    def _end_header(self, element: etree._Element) -> None:
        if self._header_seen or self._body is not None or element.tag != self._header_tag:
            raise self._refuse("at most one AppHdr is read, before the Document", "AppHdr")
        self._header_seen = True

    def skip_completed(self) -> None:
        """Drop the parts that the last chunk completed."""
        for _ in self.completed():
            pass

    def feed_piece(self, piece: bytes, line: int | None = None) -> FileRefusedError | None:
        """Parse a piece of a chunk; return the refusal if something in it, at `line`, is not valid."""
        try:
            self._parser.feed(piece)
        except etree.XMLSyntaxError as error:
            if not self._complaints():
                return not_well_formed(self._source.path, error)
        return self._not_valid(line) if self._complaints() else None

    def _complaints(self) -> list[str]:
        """Return what the validator found wrong so far."""
        log = self._parser.feed_error_log
        return (
            [entry.message for entry in log if entry.domain == etree.ErrorDomains.SCHEMASV]
            if len(log)
            else []
        )

    def _refuse(self, text: str, element: str) -> FileRefusedError:
        return refusal(self._source.path, text, element=element)

    def _not_valid(self, line: int | None = None) -> FileRefusedError:
        """Make the refusal for the first thing that was not valid so far."""
        message = self._complaints()[0]
        named = _NAMED_ELEMENT.search(message)
        element = _path_to(self._innermost(), named[1] if named else "")
        return refusal(self._source.path, _NAMESPACE.sub("", message), line=line, element=element)

    def _innermost(self) -> etree._Element | None:
        """Return the element that was opened or closed last, as far as the tree is known."""
        element = self._root
        while element is not None and len(element):
            element = element[-1]
        return element


def _drop(element: etree._Element) -> None:
    """Free the content of an element and everything before it at its level."""
    parent = element.getparent()
    element.clear()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def _located(source: Source, offset: int) -> FileRefusedError | None:
    """Parse again up to the first invalid element, to say where it is.

    The validator knows no lines while it streams. The chunk in which it complained is therefore fed once
    more, tag by tag.
    """
    feeder = Feeder(source, locating=True)
    line = 1
    with source.path.open("rb") as file:
        while file.tell() < offset:
            chunk = file.read(min(CHUNK_BYTES, offset - file.tell()))
            line += chunk.count(b"\n")
            feeder.feed(chunk, offset)
            feeder.skip_completed()
        for piece in re.findall(rb"[^>]*>|[^>]+", file.read(CHUNK_BYTES)):
            line += piece.count(b"\n")
            problem = feeder.feed_piece(piece, line)
            if problem is not None:
                return problem
            feeder.skip_completed()
    return None


def _path_to(element: etree._Element | None, name: str) -> str:
    """Return the path to an element, or to the one around it that has a given name."""
    if element is None:
        return name
    steps: list[str] = []
    while element is not None:
        steps.append(split_tag(str(element.tag))[1])
        element = element.getparent()
    steps.reverse()
    if name in steps:
        steps = steps[: len(steps) - steps[::-1].index(name)]
    return "/".join(steps)
