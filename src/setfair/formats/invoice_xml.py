"""XML invoices as documents: what is refused before a word of them is believed.

Rules
-----
1. At most `INVOICE_BYTES_MAX` bytes; prolog as in `iso20022.prolog`: known encoding, no document type
   declaration.
2. Well-formed to its end; nothing is fetched, no entity is expanded, comments count for nothing.
3. An element that may be there once is there once: of two payable amounts neither is right.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import cast

from lxml import etree

from setfair.errors import FileRefusedError
from setfair.formats.iso20022.prolog import check_prolog
from setfair.formats.iso20022.refusal import INVALID_FILE, refusal

INVOICE_BYTES_MAX = 1 << 25
"""Largest invoice, attachments included."""


CREDIT_TYPE_CODES = frozenset({"81", "83", "261", "262", "296", "308", "381", "396", "420", "458", "532"})
"""Document types of UNTDID 1001 that give money back."""
NOT_DUE_TYPE_CODES = frozenset({"325"})
"""Document types that ask for nothing."""

_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)


class InvoiceDocument:
    """An XML document whose elements are found by path, and refused by line."""

    def __init__(self, path: Path, root: etree._Element, namespaces: dict[str, str]) -> None:
        self._path = path
        self._namespaces = namespaces
        self.root = root

    def one(self, steps: str, parent: etree._Element | None = None) -> etree._Element | None:
        """Return the only element at a path, or None."""
        found = self.all(steps, parent)
        if len(found) > 1:
            raise self.refuse("is there more than once; at most once is allowed", found[1])
        return found[0] if found else None

    def all(self, steps: str, parent: etree._Element | None = None) -> list[etree._Element]:
        """Return the elements at a path."""
        start = self.root if parent is None else parent
        return list(start.iterfind(steps, self._namespaces))

    def required(self, steps: str, parent: etree._Element | None = None) -> etree._Element:
        """Return the only element at a path; refuse the document if it, or one above it, is not there."""
        found = self.root if parent is None else parent
        for step in steps.split("/"):
            element = self.one(step, found)
            if element is None:
                raise self.refuse(f"lacks {step}, which is required", found)
            found = element
        return found

    def text(self, steps: str, parent: etree._Element | None = None) -> str:
        """Return the text of the only element at a path, on one line, "" where there is none."""
        return text_of(self.one(steps, parent))

    def refuse(
        self, text: str, element: etree._Element | None = None, reason: str = INVALID_FILE
    ) -> FileRefusedError:
        """Return the refusal of the document for what an element says."""
        if element is None:
            return refusal(self._path, text, reason=reason)
        ancestors = [etree.QName(ancestor).localname for ancestor in element.iterancestors()]
        name = "/".join([*reversed(ancestors), etree.QName(element).localname])
        return refusal(self._path, text, line=line_of(element), element=name, reason=reason)

    def date(self, element: etree._Element, text: str | None = None) -> date:
        """Return the date that an element holds, or that its text in another form means."""
        found = parse_date(text_of(element) if text is None else text)
        if found is None:
            raise self.refuse(f"is {text_of(element)[:40]!r}, not a date YYYY-MM-DD", element, "DT01")
        return found

    def decimal(self, element: etree._Element) -> str:
        """Return the text of an element that holds a decimal number, which may be negative."""
        text = text_of(element)
        if not _DECIMAL.fullmatch(text):
            raise self.refuse(f"is {text[:40]!r}, not a decimal number as 1250.50", element, "AM12")
        return text

    def is_credit(self, type_code: etree._Element | None) -> bool:
        """Say whether a type code is one of a credit note; refuse one of a document that asks for nothing."""
        code = text_of(type_code)
        if code in NOT_DUE_TYPE_CODES:
            raise self.refuse(f"is {code}, a pro forma invoice: nothing is owed under it", type_code, "AG03")
        return code in CREDIT_TYPE_CODES


def line_of(element: etree._Element) -> int | None:
    """Return the line on which an element starts."""
    return cast("int | None", element.sourceline)


def text_of(element: etree._Element | None) -> str:
    """Return an element's text on one line, without space around it."""
    return "" if element is None else " ".join((element.text or "").split())


def parse_invoice(path: Path, on_progress: Callable[[int], None] | None = None) -> etree._Element:
    """Return the root element of an XML invoice.

    Raises
    ------
    FileRefusedError
        If rule 1 or 2 is broken.
    """
    encoding = check_prolog(path)
    size = path.stat().st_size
    if size > INVOICE_BYTES_MAX:
        raise refusal(path, f"an invoice of {size} bytes; at most {INVOICE_BYTES_MAX} are read")
    parser = etree.XMLParser(
        encoding=encoding, resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True,
        remove_pis=True,
    )  # fmt: skip
    try:
        root = etree.fromstring(path.read_bytes(), parser)
    except etree.XMLSyntaxError as error:
        raise refusal(path, f"not well-formed XML: {error.msg}", line=error.lineno) from error
    if on_progress is not None:
        on_progress(size)
    return root


def parse_date(text: str) -> date | None:
    """Return the date of YYYY-MM-DD, which may carry a time zone as XML Schema allows, or None."""
    day, zone = text[:10], text[10:]
    if zone not in ("", "Z") and not (len(zone) == 6 and zone[0] in "+-" and zone[3] == ":"):
        return None
    if len(day) != 10 or day[4] != "-" or day[7] != "-":
        return None
    try:
        return date.fromisoformat(day)
    except ValueError:
        return None
