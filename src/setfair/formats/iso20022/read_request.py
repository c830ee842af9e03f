"""Reads what asks and changes nothing: status requests (pacs.028) and account report requests (camt.060).

Rules
-----
1. The file is checked as every message is: prolog, grammar, and the official schemas where a folder is given.
2. Who asks is the sender in the message's own header, else that of the business application header.
3. A status request names payments, or whole messages of the asker's (`OrgnlGrpInf` without a transaction).
4. What is narrower than an account and a day (times, sequences, kinds of entries and balances) is not read:
   the answer holds all of the day.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from setfair.formats.iso20022 import paths
from setfair.formats.iso20022.compile_schema import Layout
from setfair.formats.iso20022.grammar import NAMESPACE_PREFIX
from setfair.formats.iso20022.layout import find_layout
from setfair.formats.iso20022.parse import HEADER_PART, PartElement, Source, iter_parts
from setfair.formats.iso20022.paths import Found, build_trie, identification, walk
from setfair.formats.iso20022.prolog import check_prolog
from setfair.formats.iso20022.refusal import refusal
from setfair.formats.iso20022.rows import uetr_bytes

ASKED_MAX = 10_000
"""Payments, messages or accounts that one request asks for."""

REQUEST_PATHS = {
    "pacs.028": {
        "GrpHdr": paths.STATUS_REQUEST_HEADER,
        "OrgnlGrpInf": paths.REQUESTED_GROUP,
        "TxInf": paths.STATUS_REQUEST,
    },
    "camt.060": {"GrpHdr": paths.REPORT_REQUEST_HEADER, "RptgReq": paths.REPORT_REQUEST},
}
"""What is extracted from the parts of each request."""


@dataclass(frozen=True, slots=True)
class AskedPayment:
    """A payment whose status is asked for, or all payments of a message."""

    message_id: str
    """Of the message that brought it."""
    instruction_id: str
    end_to_end_id: str
    transaction_id: str
    uetr: bytes | None

    @property
    def is_group(self) -> bool:
        """Whether nothing but the message is named."""
        return self.uetr is None and not self.instruction_id and not self.transaction_id


@dataclass(frozen=True, slots=True)
class AskedReport:
    """An account and a day that is asked for."""

    request_id: str
    message: str
    """First eight characters of the message that is asked for."""
    owner: str
    """Identification of the account's owner."""
    account: str
    """Identification of the account, or empty: all of the owner's."""
    currency: str
    from_date: date | None
    to_date: date | None


@dataclass(frozen=True, slots=True)
class Request:
    """One request."""

    message_name: str
    message_id: str
    sender: str
    """Identification of who asks, or empty."""
    payments: tuple[AskedPayment, ...] = ()
    reports: tuple[AskedReport, ...] = ()


def read_request(path: Path, *, xsd_dir: Path | None = None) -> Request:
    """Read a request.

    Parameters
    ----------
    path
        A file with one pacs.028 or camt.060 message, bare or in an envelope.
    xsd_dir
        Folder of official schemas to validate against, in place of the grammar.

    Raises
    ------
    FileRefusedError
        If it is no such message, is not valid, or asks for more than `ASKED_MAX`.
    """
    encoding = check_prolog(path)
    layout = find_layout(path, encoding, REQUEST_PATHS)
    header: Found = {}
    found: Found = {}
    asked: list[tuple[str, Found]] = []
    for part, texts in _parts(path, encoding, layout, xsd_dir):
        if part == HEADER_PART:
            header = texts
        elif part == "GrpHdr":
            found = texts
        else:
            asked.append((part, texts))
            if len(asked) > ASKED_MAX:
                raise refusal(path, f"asks for more than {ASKED_MAX:,} answers: divide it")
    return Request(
        layout.message,
        found.get("message_id", ""),
        identification(found, "sender") or identification(header, "sender"),
        tuple(_payment(texts) for part, texts in asked if part in ("TxInf", "OrgnlGrpInf")),
        tuple(_report(path, texts) for part, texts in asked if part == "RptgReq"),
    )


def _parts(path: Path, encoding: str, layout: Layout, xsd_dir: Path | None) -> Iterator[tuple[str, Found]]:
    tables = REQUEST_PATHS[layout.message[:8]]
    namespace = NAMESPACE_PREFIX + layout.message
    tries = {part: build_trie(table, namespace) for part, table in tables.items()}
    if layout.header is not None:
        tries[HEADER_PART] = build_trie(paths.HEADER, NAMESPACE_PREFIX + layout.header)
    try:
        for part in iter_parts(Source(path, encoding, layout, tuple(tables), xsd_dir)):
            yield part.path, _texts(part, tries)
    except FileNotFoundError as error:
        raise refusal(path, f"cannot be validated: there is no schema {error.filename}") from None
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
        raise refusal(path, f"cannot be validated: a schema in {xsd_dir} is broken: {error}") from None


def _texts(part: PartElement, tries: dict[str, paths.Trie]) -> Found:
    return walk(part.element, tries[part.path], {}) if part.path in tries else {}


def _payment(found: Found) -> AskedPayment:
    return AskedPayment(
        found.get("original_message_id", ""),
        found.get("original_instruction_id", ""),
        found.get("original_end_to_end_id", ""),
        found.get("original_transaction_id", ""),
        uetr_bytes(found.get("original_uetr")),
    )


def _report(path: Path, found: Found) -> AskedReport:
    return AskedReport(
        found.get("request_id", ""),
        found.get("requested_message", "")[:8],
        identification(found, "owner"),
        found.get("account_iban") or found.get("account_other_id", ""),
        found.get("account_currency", ""),
        _date(path, found, "from_date"),
        _date(path, found, "to_date"),
    )


def _date(path: Path, found: Found, name: str) -> date | None:
    text = found.get(name)
    if text is None:
        return None
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        raise refusal(path, f"{text} is not a date of the years 1 to 9999", element="RptgPrd") from None
