"""The entries of a list in XML, one at a time, strictly and without a growing tree.

Rules
-----
1. Parsed in pieces, strictly: a file that ends before the closing root tag, or goes on after it, is refused.
2. A document type declaration is refused before the parser sees it; one that hides behind a long comment is
   refused at the root, before any of the content is looked at. No entity expands, nothing is fetched.
3. What stands above an entry is given to the reader of the format, which refuses what is not its own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from lxml import etree

from setfair.screening.lists.names import collapse
from setfair.screening.lists.source import ListFile, refused

_NO_DOCTYPE = "a document type declaration (DOCTYPE) is not allowed"

_OTHER_FILES = (
    ("it is compressed: unpack it first", (b"\x1f\x8b", b"pk\x03\x04", b"bzh", b"\xfd7zxz")),
    ("it is a web page, of an error or to sign in, and no list", (b"<!doctype html", b"<html")),
    ("it is JSON and no XML", (b"{", b"[")),
)
"""What is downloaded instead of a list, by how it begins, in lower case."""

Check = Callable[[int, etree._Element], None]
"""Called with the depth (the root's is 1) and each element down to the entries; raises to refuse."""


def iter_members(file: ListFile, depth: int, check: Check) -> Iterator[etree._Element]:
    """Yield the elements at a depth as they end; each is forgotten when the next one is asked for.

    Raises
    ------
    FileRefusedError
        If the file is missing, truncated, malformed or hostile.
    """
    parser = etree.XMLPullParser(
        events=("start", "end"), no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    events = _Events(file, depth, check)
    first = True
    try:
        for chunk in file.chunks():
            if first:
                _check_head(file, chunk)
            first = False
            parser.feed(chunk)
            yield from events.take(parser)
        if first:
            raise refused(file.path, "the file is empty")
        parser.close()
        yield from events.take(parser)
    except etree.XMLSyntaxError as error:
        text = f"truncated or not well-formed XML: {error.msg}"
        raise refused(file.path, text, error.lineno or None) from error


def _check_head(file: ListFile, head: bytes) -> None:
    """Refuse what is no XML, with what it is, and a document type declaration."""
    begin = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    for what, starts in _OTHER_FILES:
        if begin[:16].lower().startswith(starts):
            raise refused(file.path, what)
    if b"<!DOCTYPE" in head.replace(b"\0", b""):
        raise refused(file.path, _NO_DOCTYPE)


class _Events:
    """Where in the file the parser is."""

    def __init__(self, file: ListFile, depth: int, check: Check) -> None:
        self._file, self._wanted, self._check = file, depth, check
        self._depth = 0

    def take(self, parser: etree.XMLPullParser) -> Iterator[etree._Element]:
        events: Any = parser.read_events()
        for event, element in events:
            if event == "start":
                self._depth += 1
                if self._depth == 1 and element.getroottree().docinfo.doctype:
                    raise refused(self._file.path, _NO_DOCTYPE, line_of(element))
                if self._depth <= self._wanted:
                    self._check(self._depth, element)
                continue
            if self._depth == self._wanted:
                yield element
                _forget(element)
            self._depth -= 1


def _forget(element: etree._Element) -> None:
    """Free an entry that was read, so that memory does not grow with the file."""
    element.clear()
    parent = element.getparent()
    while parent is not None and element.getprevious() is not None:
        del parent[0]


def line_of(element: etree._Element) -> int | None:
    """Return the line on which an element starts, if the parser knows it."""
    line: Any = element.sourceline
    return line if isinstance(line, int) else None


def local_name(element: etree._Element) -> str:
    """Return an element's name without its namespace."""
    return str(etree.QName(element).localname)


def texts_of(element: etree._Element, *tags: str) -> Iterator[str]:
    """Yield the texts of the children with these tags, in the order of the tags; none that is empty."""
    for tag in tags:
        for child in element.iterchildren(tag):
            text = collapse(child.text)
            if text:
                yield text


def texts_below(element: etree._Element, *names: str) -> Iterator[str]:
    """Yield the texts of all elements below one that have these local names, in the order of the file."""
    for child in element.iterdescendants():
        if local_name(child) in names:
            text = collapse(child.text)
            if text:
                yield text


def facts_of(
    element: etree._Element, ignored: frozenset[str] = frozenset(), path: str = ""
) -> Iterator[tuple[str, str]]:
    """Yield every attribute and text below an element with its path, in the order of the file."""
    for name, value in element.attrib.items():
        if collapse(str(value)):
            yield f"{path}@{name}", collapse(str(value))
    for child in element.iterchildren():
        label = f"{path}/{child.tag}"
        text = collapse(child.text)
        if text and str(child.tag) not in ignored:
            yield label, text
        yield from facts_of(child, ignored, label)
