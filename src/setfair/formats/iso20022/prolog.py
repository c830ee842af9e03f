"""What is checked of a file's first bytes, before any XML parser sees them.

Rules
-----
1. The file is not empty and starts with a byte order mark or with ``<``.
2. The encoding is one of `ENCODINGS`, UTF-16 only with a byte order mark. ISO 20022 asks for UTF-8.
3. Before the root element there are only white space, comments and processing instructions: a document
   type declaration, which could define entities that expand, is refused in every encoding.
4. The root element starts within the first `PROLOG_BYTES_MAX` bytes.
"""

from __future__ import annotations

import codecs
import re
from pathlib import Path

from setfair.formats.iso20022.refusal import refusal

PROLOG_BYTES_MAX = 65_536
"""Bytes within which the root element has to start."""

ENCODINGS = ("utf-8", "us-ascii", "iso-8859-1", "iso-8859-15", "windows-1252", "utf-16")
"""Encodings that are read, by the names that the parser knows."""

_BYTE_ORDER_MARKS = (
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(r"""<\?xml\s[^>]*?encoding\s*=\s*["']([^"']*)["']""")
_MISC = re.compile(r"\s+|<\?.*?\?>|<!--.*?-->", re.DOTALL)
_ROOT = re.compile(r"<[^\W\d]")


def check_prolog(path: Path) -> str:
    """Check a file's first bytes and return its encoding.

    Returns
    -------
    str
        One of `ENCODINGS`: what the parser has to be told, so that it sees what was checked here.

    Raises
    ------
    FileRefusedError
        If a rule above is broken.
    """
    with path.open("rb") as file:
        head = file.read(PROLOG_BYTES_MAX)
    if not head:
        raise refusal(path, "the file is empty")
    encoding = _encoding(path, head)
    _check_before_root(path, head.decode(encoding, errors="replace").removeprefix("\ufeff"))
    return encoding


def _encoding(path: Path, head: bytes) -> str:
    marked = next((name for mark, name in _BYTE_ORDER_MARKS if head.startswith(mark)), None)
    if marked is None and b"\0" in head[:4]:
        raise refusal(path, "not a text file, or UTF-16 without a byte order mark; UTF-8 is read", line=1)
    probe = head[:1024].decode(marked or "iso-8859-1", errors="replace").removeprefix("\ufeff")
    match = _DECLARED.match(probe)
    declared = _canonical(match[1]) if match else (marked or "utf-8")
    if declared not in ENCODINGS or (marked or declared) not in ENCODINGS:
        raise refusal(
            path, f"encoding {match[1] if match else marked} is not read; allowed: {', '.join(ENCODINGS)}"
        )
    if marked is not None and declared != marked:
        raise refusal(path, f"the byte order mark says {marked}, the XML declaration {declared}", line=1)
    if marked is None and declared == "utf-16":
        raise refusal(path, "UTF-16 is declared but there is no byte order mark", line=1)
    return declared


def _canonical(name: str) -> str:
    """Return the name in `ENCODINGS` of an encoding that may be written in other ways."""
    try:
        found = codecs.lookup(name).name
    except (LookupError, ValueError):
        return name
    return next((known for known in ENCODINGS if codecs.lookup(known).name == found), name)


def _check_before_root(path: Path, text: str) -> None:
    position = 0
    while match := _MISC.match(text, position):
        position = match.end()
    line = text.count("\n", 0, position) + 1
    if text.startswith("<!DOCTYPE", position):
        raise refusal(path, "a document type declaration (DOCTYPE) is not allowed", line=line)
    if position >= len(text) or text.startswith(("<!--", "<?"), position):
        raise refusal(path, f"no XML element starts within the first {PROLOG_BYTES_MAX} bytes", line=line)
    if not _ROOT.match(text, position):
        raise refusal(
            path, f"not XML: {text[position : position + 20]!r} stands before the first element", line=line
        )
