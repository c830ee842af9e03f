"""The one door for files: what a file is, is told by what is in it and never by its name.

Rules
-----
1. A file that starts with ``<`` (or has a byte order mark and then does) is XML: ISO 20022 messages, UBL and
   Cross Industry invoices.
2. Arrow (file or stream) and Parquet are told by their magic bytes.
3. Everything else that begins as text is CSV.
4. What is none of these is refused by what it looks like, with a sentence about what is read.
"""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import cast

from lxml import etree

from setfair.domain.instruction import Batch
from setfair.formats import cii, ubl
from setfair.formats.invoice_xml import line_of
from setfair.formats.iso20022.layout import sniff_message
from setfair.formats.iso20022.prolog import check_prolog
from setfair.formats.iso20022.read import read_iso20022
from setfair.formats.iso20022.refusal import NOT_SUPPORTED, refusal
from setfair.formats.table import TABLES, TableKind, headers_allowed, read_table, sniff_table

_HEAD_BYTES = 4096
_ROOT_BYTES_MAX = 1 << 17
_LOOKALIKES = (
    (b"PK\x03\x04", "a zip archive or a spreadsheet: save the sheet as CSV in UTF-8"),
    (
        b"\xd0\xcf\x11\xe0",
        "a spreadsheet or document of an old office format: save the sheet as CSV in UTF-8",
    ),
    (b"%PDF", "a PDF: take the XML invoice out of it, if it has one"),
    (b"\x1f\x8b", "compressed with gzip: unpack it"),
    (b"BZh", "compressed with bzip2: unpack it"),
    (b"\xfd7zXZ", "compressed with xz: unpack it"),
    (b"\x28\xb5\x2f\xfd", "compressed with zstd: unpack it"),
    (b"\x89PNG", "an image"),
    (b"\xff\xd8\xff", "an image"),
    (b"GIF8", "an image"),
    (b"SQLite format 3\0", "a database"),
    (b"\x7fELF", "a program"),
)
_MARK_UTF8, _MARKS_UTF16 = b"\xef\xbb\xbf", (b"\xff\xfe", b"\xfe\xff")


def open_instructions(
    path: Path,
    *,
    xsd_dir: Path | None = None,
    on_progress: Callable[[int], None] | None = None,
    kinds: Sequence[TableKind] = TABLES,
) -> Iterator[Batch]:
    """Read any file that Setfair reads.

    Parameters
    ----------
    path
        A file; its name says nothing.
    xsd_dir
        Folder of official XML schemas; ISO 20022 messages are validated against them as well.
    on_progress
        Called with the number of bytes that have been read so far.
    kinds
        What a table may hold.

    Raises
    ------
    FileRefusedError
        If the file, or any part of it, is not to be read; what was yielded before is not to be used then.
    """
    try:
        yield from _open(path, xsd_dir, on_progress, kinds)
    except OSError as error:
        raise refusal(path, f"cannot be read: {error.strerror or error}") from error


def accepted(kinds: Sequence[TableKind]) -> str:
    """Return in a sentence what is read where tables may be of these kinds."""
    others = "UBL 2 and CII invoices (XML), and tables in CSV, Arrow or Parquet with the columns of"
    if len(kinds) == 1:
        return f"read are {others} {headers_allowed(kinds)}"
    return f"read are ISO 20022 messages, {others} one of {headers_allowed(kinds)}"


def _open(
    path: Path,
    xsd_dir: Path | None,
    on_progress: Callable[[int], None] | None,
    kinds: Sequence[TableKind],
) -> Iterator[Batch]:
    head = _read_head(path, kinds)
    if sniff_table(head) is None:
        if _is_xml(head):
            return _open_xml(path, xsd_dir, on_progress, kinds)
        _check_text(path, head, kinds)
    return read_table(path, on_progress=on_progress, kinds=kinds)


def _read_head(path: Path, kinds: Sequence[TableKind]) -> bytes:
    """Return the first bytes of a regular file that is not empty."""
    mode = path.stat().st_mode
    if stat.S_ISDIR(mode):
        raise refusal(path, f"is a folder; name the files in it; {accepted(kinds)}")
    if not stat.S_ISREG(mode):
        raise refusal(path, f"is not a regular file; save it to one first; {accepted(kinds)}")
    with path.open("rb") as file:
        head = os.read(file.fileno(), _HEAD_BYTES)
    if not head:
        raise refusal(path, f"the file is empty; {accepted(kinds)}")
    return head


def _is_xml(head: bytes) -> bool:
    text = head.removeprefix(_MARK_UTF8)
    if text.startswith(_MARKS_UTF16):
        text = text[2:].replace(b"\0", b"")
    return text.lstrip().startswith(b"<")


def _check_text(path: Path, head: bytes, kinds: Sequence[TableKind]) -> None:
    """Refuse what does not begin as text in UTF-8."""
    looks = next((what for magic, what in _LOOKALIKES if head.startswith(magic)), None)
    if looks:
        raise refusal(path, f"looks like {looks}; {accepted(kinds)}")
    if head.startswith(_MARKS_UTF16):
        raise refusal(path, f"is a text in UTF-16: save it in UTF-8; {accepted(kinds)}")
    if b"\0" in head:
        raise refusal(path, f"is neither text nor a kind of file that is read; {accepted(kinds)}")


def _open_xml(
    path: Path,
    xsd_dir: Path | None,
    on_progress: Callable[[int], None] | None,
    kinds: Sequence[TableKind],
) -> Iterator[Batch]:
    root = _find_root(path)
    if root.tag in ubl.ROOTS:
        return ubl.read_ubl(path, on_progress=on_progress)
    if root.tag in cii.ROOTS:
        return cii.read_cii(path, on_progress=on_progress)
    if sniff_message(path) is not None:
        return read_iso20022(path, xsd_dir=xsd_dir, on_progress=on_progress)
    namespace, _, name = str(root.tag).rpartition("}")
    where = f"namespace {namespace[1:]!r}" if namespace else "no namespace"
    text = f"an XML document of {where} is not read; {accepted(kinds)}"
    raise refusal(path, text, line=line_of(root), element=name, reason=NOT_SUPPORTED)


def _find_root(path: Path) -> etree._Element:
    """Return the root element of an XML file as it starts."""
    parser = etree.XMLPullParser(
        events=("start",),
        encoding=check_prolog(path),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    problem, line = "the first element does not end: the file may have been cut off", 1
    if path.stat().st_size > _ROOT_BYTES_MAX:
        problem = f"the first element does not end within {_ROOT_BYTES_MAX} bytes"
    root: etree._Element | None = None
    with path.open("rb") as file:
        while root is None and file.tell() < _ROOT_BYTES_MAX and (data := file.read(_HEAD_BYTES)):
            try:
                parser.feed(data)
            except etree.XMLSyntaxError as error:
                problem, line = f"not well-formed XML: {error.msg}", error.lineno or 1
                break
            finally:
                # What comes after it is for the document's own reader to refuse; it knows what to say.
                root = next((cast(etree._Element, element) for _, element in parser.read_events()), None)
    if root is None:
        raise refusal(path, problem, line=line)
    if ":" in str(root.tag).rpartition("}")[2]:
        raise refusal(path, f"the prefix of {root.tag} is not declared", line=line_of(root))
    return root
