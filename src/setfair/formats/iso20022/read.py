"""Reads ISO 20022 payment messages as instructions: the story of one file, from the top.

Rules, in the order in which they apply
---------------------------------------
1. The first bytes are harmless (`prolog`), and the file is of a kind that is read (`layout`).
2. With a folder of official schemas, the whole file is validated against them first.
3. The file is valid and whole (`parse`, against the grammar in `grammar.txt`). Transactions that are like one
   that was found valid are not parsed again (`skip`, `alike`), which changes nothing but the time it takes.
4. The header, if there is one, is of the message that follows it.
5. The message moves money by itself: one that only advises a payment (pacs.009 ADV) or whose money moves by
   a separate cover payment (settlement method COVE) is refused. Its cover has the same UETR, and must
   not be taken for its duplicate.
6. Each transaction becomes a row (`paths`, `rows`); what is wrong with one is that row's defect.
7. The numbers that the message states of itself are right (`totals`).

Rows come out while the file is read, so whoever takes them stages them and applies them only when the
iterator has ended without an error.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import islice
from pathlib import Path

import pyarrow as pa
from lxml import etree

from setfair.domain.instruction import BATCH_ROWS_MAX, PAYMENT_SCHEMA, Batch, Family
from setfair.errors import FileRefusedError
from setfair.formats.iso20022 import paths, rows
from setfair.formats.iso20022.alike import Shapes, Transaction
from setfair.formats.iso20022.compile_schema import Layout
from setfair.formats.iso20022.grammar import NAMESPACE_PREFIX
from setfair.formats.iso20022.layout import find_layout, sniff_message
from setfair.formats.iso20022.parse import HEADER_PART, PartElement, Source, iter_parts
from setfair.formats.iso20022.paths import build_trie, walk
from setfair.formats.iso20022.plans import PLANS
from setfair.formats.iso20022.prolog import check_prolog
from setfair.formats.iso20022.refusal import NOT_SUPPORTED, refusal
from setfair.formats.iso20022.skip import ENCODING, iter_parts_skipping
from setfair.formats.iso20022.totals import Totals

__all__ = ["read_iso20022", "sniff_message"]

_ADVICE = re.compile(r"(?:^|\.)adv(?:\.|$)")
"""In the name of a business service: the message only advises."""

_NAME_TAGS = tuple(f"{{*}}{name}" for name in paths.NAME_ELEMENTS)
_TEXT_TAGS = tuple(f"{{*}}{name}" for name in paths.TEXT_ELEMENTS)


def read_iso20022(
    path: Path, *, xsd_dir: Path | None = None, on_progress: Callable[[int], None] | None = None
) -> Iterator[Batch]:
    """Read one file of payments, returns, liquidity transfers or cancellations.

    Parameters
    ----------
    path
        A file with one pacs.008, pacs.009, pacs.004, camt.050 or camt.056 message, bare or in an envelope.
    xsd_dir
        Folder of official schemas (`<message>.xsd`) to validate against as well.
    on_progress
        Called with the number of bytes that were read so far.

    Yields
    ------
    Batch
        Of family PAYMENT. Apply none of them before the iterator has ended without an error.

    Raises
    ------
    FileRefusedError
        If the file breaks a rule of this module; then nothing that was yielded may be applied.
    """
    encoding = check_prolog(path)
    layout = find_layout(path, encoding, PLANS)
    if xsd_dir is not None:
        _validate_officially(path, encoding, layout, xsd_dir)
    yield from _read(path, encoding, layout, on_progress)


def _read(
    path: Path, encoding: str, layout: Layout, on_progress: Callable[[int], None] | None
) -> Iterator[Batch]:
    """Yield the batches of a file, read without parsing every transaction where that can be.

    A file that is refused so is read again, every transaction parsed: that decides, and says what is wrong.
    """
    batches_read = 0
    if encoding == ENCODING:
        try:
            for batch in _Reader(path, encoding, layout, is_skipping=True).batches(on_progress):
                batches_read += 1
                yield batch
        except FileRefusedError:
            pass
        else:
            return
    yield from islice(_Reader(path, encoding, layout).batches(on_progress), batches_read, None)


def _validate_officially(path: Path, encoding: str, layout: Layout, xsd_dir: Path) -> None:
    """Validate against official schemas; the parts are only taken out of memory."""
    parts = PLANS[layout.message[:8]].parts
    try:
        for _ in iter_parts(Source(path, encoding, layout, parts, xsd_dir)):
            pass
    except FileNotFoundError as error:
        raise refusal(path, f"cannot be validated: there is no schema {error.filename}") from None
    except (etree.XMLSchemaParseError, etree.XMLSyntaxError) as error:
        raise refusal(path, f"cannot be validated: a schema in {xsd_dir} is broken: {error}") from None


class _Reader:
    """Reads one file: keeps what holds for all its transactions, and the rows of the present batch."""

    def __init__(self, path: Path, encoding: str, layout: Layout, *, is_skipping: bool = False) -> None:
        self._plan = plan = PLANS[layout.message[:8]]
        self._shapes = Shapes(layout.message, plan.transaction, plan.transaction_paths)
        self._is_skipping = is_skipping and self._shapes.is_repeated
        self._source = Source(path, encoding, layout, self._plan.parts)
        self._namespace = NAMESPACE_PREFIX + layout.message
        self._tries = {
            part: build_trie(table, self._namespace)
            for part, table in {
                **self._plan.group_paths,
                self._plan.transaction: self._plan.transaction_paths,
            }.items()
        }
        if layout.header is not None:
            self._tries[HEADER_PART] = build_trie(paths.HEADER, NAMESPACE_PREFIX + layout.header)
        self._group = rows.Group(layout.message)
        self._totals = Totals(self._plan.amount)
        self._rows: list[tuple[object, ...]] = []
        self._group_rows = 0

    def batches(self, on_progress: Callable[[int], None] | None) -> Iterator[Batch]:
        """Yield the rows of all transactions in batches, then check the message's totals."""
        for part in self._parts(on_progress):
            if isinstance(part, Transaction):
                self._take_transaction(part)
            else:
                self._take(part)
            if len(self._rows) == BATCH_ROWS_MAX:
                yield self._flush()
        self._finish()
        if self._rows:
            yield self._flush()

    def _parts(self, on_progress: Callable[[int], None] | None) -> Iterator[PartElement | Transaction]:
        if self._is_skipping:
            return iter_parts_skipping(self._source, self._shapes, self._plan.transaction, on_progress)
        return iter_parts(self._source, on_progress)

    def _take(self, part: PartElement) -> None:
        """Do with one part what the plan says."""
        if part.path == self._plan.transaction:
            found = walk(part.element, self._tries[part.path], {})
            parsed = Transaction(found, _names(part.element), _texts(part.element))
            if part.text:
                self._shapes.learn(part.text, parsed)
            self._take_transaction(parsed)
        elif part.path == self._plan.closing:
            self._close_enclosing()
        elif part.path == HEADER_PART:
            walk(part.element, self._tries[HEADER_PART], self._group.header)
            self._group.names += _names(part.element)
            self._group.texts += _texts(part.element)
            self._check_header()
        elif "/" in part.path:
            walk(part.element, self._tries[part.path], self._group.enclosing)
            self._group.enclosing_names += _names(part.element)
            self._group.texts += _texts(part.element)
        else:
            walk(part.element, self._tries[part.path], self._group.found)
            self._group.names += _names(part.element)
            self._group.texts += _texts(part.element)
            self._check_settlement_method()

    def _take_transaction(self, transaction: Transaction) -> None:
        self._group.number += 1
        self._group.number_enclosed += 1
        self._totals.add(transaction.found)
        row = self._plan.to_row(transaction.found, self._group)
        row["other_texts"] = self._other_texts(
            str(row["remittance"]), [*transaction.texts, *self._group.texts]
        )
        self._add(row, transaction.names)

    @staticmethod
    def _other_texts(remittance: str, texts: list[str]) -> str:
        """Return the free texts that are not in the remittance information already, one a line."""
        return "\n".join(text for text in dict.fromkeys(texts) if text not in remittance) if texts else ""

    def _add(self, row: rows.Row, names: list[str]) -> None:
        """Keep a row, with the names that are not its debtor's or creditor's own."""
        others = dict.fromkeys((*names, *self._group.enclosing_names, *self._group.names))
        others.pop(str(row["debtor_name"]), None)
        others.pop(str(row["creditor_name"]), None)
        row["other_names"] = "\n".join(others)
        self._rows.append(tuple(row.values()))

    def _close_enclosing(self) -> None:
        """End a group of cancellations; one that names no payment asks for what is not done here."""
        group = self._group
        if not group.number_enclosed or group.enclosing.get("group_cancellation") in ("true", "1"):
            self._group_rows += 1
            group.number += 1
            self._add(rows.group_cancellation(group), [])
        group.number_enclosed = 0
        group.enclosing, group.enclosing_names = {}, []

    def _check_header(self) -> None:
        stated = self._group.header.get("message_definition", "")
        if stated[:8] != self._source.layout.message[:8]:
            text = f"the header announces {stated}, the Document is {self._source.layout.message}"
            raise refusal(self._source.path, text, element="AppHdr/MsgDefIdr")
        if _ADVICE.search(self._group.header.get("business_service", "")):
            text = "an advice (ADV) is no settlement instruction: send the payment that it advises"
            raise refusal(self._source.path, text, element="AppHdr/BizSvc", reason=NOT_SUPPORTED)

    def _check_settlement_method(self) -> None:
        if self._group.found.get("settlement_method") == "COVE":
            text = "settlement method COVE: the money moves by a cover payment; send that one (pacs.009 COV)"
            raise refusal(self._source.path, text, element="GrpHdr/SttlmInf/SttlmMtd", reason=NOT_SUPPORTED)

    def _finish(self) -> None:
        """Check what the message states of itself; a group as a whole has no numbers to compare."""
        if self._group.number == 0:
            self._group_rows += 1
            self._group.number = 1
            self._add(rows.group_return(self._group), [])
        if not self._group_rows:
            self._totals.check(self._source.path, self._group.found)

    def _flush(self) -> Batch:
        columns = zip(PAYMENT_SCHEMA.types, zip(*self._rows, strict=True), strict=True)
        rows_of_batch = pa.RecordBatch.from_arrays(
            [pa.array(values, kind) for kind, values in columns], schema=PAYMENT_SCHEMA
        )
        self._rows = []
        return Batch(Family.PAYMENT, rows_of_batch)


def _texts(element: etree._Element) -> list[str]:
    """Return every free text in an element, each on one line."""
    return [paths.one_line(text.text) for text in element.iter(*_TEXT_TAGS) if text.text]


def _names(element: etree._Element) -> list[str]:
    """Return every name in an element, each on one line."""
    return [paths.one_line(name.text) for name in element.iter(*_NAME_TAGS) if name.text]
