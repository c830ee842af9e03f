"""Finds out what a file is made of: its root, its header and its business message.

Rules
-----
1. A file is a bare ``Document``, or an envelope of any name around one ``Document`` that may be preceded
   by one business application header ``AppHdr``.
2. Namespaces name the message and the header; both must be versions that the grammar has.
3. The ``Document`` starts within the first `OPENING_BYTES_MAX` bytes.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from pathlib import Path

from lxml import etree

from setfair.errors import FileRefusedError
from setfair.formats.iso20022.compile_schema import Layout
from setfair.formats.iso20022.grammar import NAMESPACE_PREFIX, load_grammar
from setfair.formats.iso20022.prolog import check_prolog
from setfair.formats.iso20022.refusal import NOT_SUPPORTED, not_well_formed, refusal

OPENING_BYTES_MAX = 1_048_576
"""Bytes of envelope and header within which the business message has to start."""

_CHUNK_BYTES = 16_384
_MESSAGE_NAME = re.compile(r"[a-z]{4}\.\d{3}\.\d{3}\.\d{2}")

PARSER_OPTIONS = {"no_network": True, "remove_comments": True, "remove_pis": True, "collect_ids": False}
"""Options of every parser here. Comments are dropped so that they cannot split a text in two.

`resolve_entities` and `huge_tree` keep their defaults on purpose: with the first switched off a truncated
file ends without an error, with the second switched on libxml2's limits on depth and size are gone.
"""


@dataclass(slots=True)
class _Opening:
    """What the first elements say."""

    root: str = ""
    header: str | None = None
    message: str | None = None


def sniff_message(path: Path) -> str | None:
    """Return the name of the business message in a file, or None if it holds none.

    Only the first bytes are looked at: the rest may still be wrong.

    Parameters
    ----------
    path
        A file of any kind.

    Returns
    -------
    str or None
        For example ``"pacs.008.001.08"``; also for messages that Setfair does not read.
    """
    try:
        message = _find_opening(path, check_prolog(path)).message
    except (FileRefusedError, etree.XMLSyntaxError):
        return None
    return message if message is not None and _MESSAGE_NAME.fullmatch(message) else None


def find_layout(path: Path, encoding: str, families: Collection[str]) -> Layout:
    """Return root, header and message of a file.

    Parameters
    ----------
    path
        The file.
    encoding
        As its prolog says.
    families
        First eight characters of the messages that are read.

    Raises
    ------
    FileRefusedError
        If there is no message, or it or its header is of a kind or version that is not read.
    """
    try:
        opening = _find_opening(path, encoding)
    except etree.XMLSyntaxError as error:
        raise not_well_formed(path, error) from None
    known = load_grammar().messages
    if opening.message is None:
        raise refusal(
            path, "holds no ISO 20022 Document element", element=etree.QName(opening.root or "x").localname
        )
    business = [name for name in known if name[:8] in families]
    if opening.message not in business:
        text = _for_the_other_command(opening.message, known) or _not_read(opening.message, business)
        raise refusal(path, text, element="Document", reason=NOT_SUPPORTED)
    if opening.header is not None and opening.header not in known:
        headers = [name for name in known if name.startswith("head.")]
        raise refusal(path, _not_read(opening.header, headers), element="AppHdr", reason=NOT_SUPPORTED)
    return Layout(opening.message, opening.header, opening.root)


_REQUESTS = ("pacs.028", "camt.060")


def _for_the_other_command(name: str, known: Collection[str]) -> str:
    """Say which command takes a message that is read, but not by this one; else an empty text."""
    if name not in known or name.startswith("head."):
        return ""
    if name.startswith(_REQUESTS):
        return f"{name} asks for an answer and moves nothing: `setfair answer` answers it"
    return f"{name} is an instruction and no request: `setfair submit` takes it in"


def _not_read(name: str, allowed: list[str]) -> str:
    return f"{name} is not read here; allowed: {', '.join(sorted(allowed))}"


def _find_opening(path: Path, encoding: str) -> _Opening:
    """Parse no further than the start of the business message."""
    opening = _Opening()
    for element in _starting_elements(path, encoding):
        namespace, local_name = split_tag(str(element.tag))
        opening.root = opening.root or str(element.tag)
        if local_name == "AppHdr" and opening.header is None:
            opening.header = _message_name(namespace)
        if local_name == "Document":
            opening.message = _message_name(namespace)
            break
    return opening


def split_tag(tag: str) -> tuple[str, str]:
    """Return namespace and local name of an element's tag; an undeclared prefix stays in the name."""
    namespace, _, local_name = tag.rpartition("}")
    return namespace.removeprefix("{"), local_name


def _message_name(namespace: str | None) -> str:
    """Return the message that a namespace names; other namespaces are returned as they are."""
    return (namespace or "a Document without a namespace").removeprefix(NAMESPACE_PREFIX)


def _starting_elements(path: Path, encoding: str) -> Iterator[etree._Element]:
    """Yield elements as they start."""
    parser = etree.XMLPullParser(events=("start",), encoding=encoding, **PARSER_OPTIONS)
    with path.open("rb") as file:
        while file.tell() < OPENING_BYTES_MAX and (chunk := file.read(_CHUNK_BYTES)):
            error = _feed(parser, chunk)
            yield from (element for _, element in parser.read_events())
            if error is not None:
                raise error


def _feed(parser: etree.XMLPullParser, chunk: bytes) -> etree.XMLSyntaxError | None:
    """Parse a chunk; return the error in it, so that what came before it is looked at first."""
    try:
        parser.feed(chunk)
    except etree.XMLSyntaxError as error:
        return error
    return None
