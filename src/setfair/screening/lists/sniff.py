"""Which list a file is, told by its first bytes: for people who give files; an agreement names the format."""

from __future__ import annotations

import re
from pathlib import Path

from setfair.screening.lists.model import ListFormat

_HEAD_BYTES = 8_192
_ROOT = re.compile(rb"<(?:[\w.-]+:)?([A-Za-z][\w.-]*)")
_ROOTS = {
    b"CONSOLIDATED_LIST": ListFormat.UN_XML,
    b"Sanctions": ListFormat.OFAC_XML,
    b"export": ListFormat.EU_XML,
    b"Designations": ListFormat.UK_XML,
    b"data-set": ListFormat.CANADA_XML,
}
OFAC_MAIN_FILES = ("sdn.csv", "cons_prim.csv")


def sniff_list(path: Path) -> ListFormat | None:
    """Return the format of a list file, or None where it is none that is known.

    Raises
    ------
    OSError
        If it cannot be read.
    """
    if path.name in OFAC_MAIN_FILES:
        return ListFormat.OFAC_CSV
    with path.open("rb") as file:
        head = file.read(_HEAD_BYTES).removeprefix(b"\xef\xbb\xbf")
    if head.lstrip().startswith(b"<"):
        root = _ROOT.search(head)
        return _ROOTS.get(root[1]) if root else None
    if head.lstrip().startswith(b"{"):
        return ListFormat.FTM_JSON if b'"schema"' in head else None
    header = head.split(b"\n", 1)[0].decode("utf-8", "replace").strip()
    if header.startswith("fileGenerationDate;"):
        return ListFormat.EU_CSV
    columns = {column.strip().lower() for column in header.split(",")}
    if {"id", "schema", "name", "aliases"} <= columns:
        return ListFormat.OPENSANCTIONS_CSV
    return ListFormat.OPERATOR_CSV if {"id", "name"} <= columns else None
