"""Rows in pieces, laid out from a page at once: those that its tables give."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.codes import InstructionKind
from setfair.engine.layout import RECORD, Array
from setfair.journal.page import Page, page_from_bytes
from setfair.store import page_pieces
from setfair.store.page_kernel import lay_later
from setfair.store.row_file import pieces_of
from setfair.store.row_kernel import INTEGER, Columns
from setfair.store.tables import STATUS_RECORDS, last_records, payment_rows, record_rows
from tests.houses import make_house, usual_agreement
from tests.processes import plain_sql
from tests.proofs import SIGNATORIES, WITNESSES, morning, play

LATER = ["status", "reason", "mechanism", "decided_page"]


@pytest.fixture(scope="module")
def pages(tmp_path_factory: pytest.TempPathFactory) -> list[Page]:
    """The pages of a morning."""
    house = make_house(
        tmp_path_factory.mktemp("made"), usual_agreement(signatories=SIGNATORIES, extra=WITNESSES)
    )
    play(house, lambda opened: morning(opened, 777, "Example Dyeworks"))
    rows = plain_sql(house / "setfair.db", "SELECT body FROM page ORDER BY page_number")
    return [page_from_bytes(bytes.fromhex(row[0])) for row in rows]


def values_of(pieces: Iterable[Columns]) -> list[list[int | bytes]]:
    """Return by column what pieces say."""
    found: list[list[int | bytes]] = []
    for columns in pieces:
        found = found or [[] for _ in columns.kinds]
        for values, kind, place in zip(found, columns.kinds, columns.places, strict=True):
            if kind == INTEGER:
                values.extend(columns.numbers[place].tolist())
            else:
                raw, cuts = columns.data.tobytes(), columns.offsets[place].tolist()
                values.extend(raw[begin:end] for begin, end in pairwise(cuts))
    return found


def rows_of(table: pa.Table) -> list[list[int | bytes]]:
    """Return by column what the pieces of a table say."""
    return values_of(pieces_of(table))


@pytest.mark.parametrize("rows", [7, 4_096])
def test_pieces_of_pages(monkeypatch: pytest.MonkeyPatch, pages: list[Page], rows: int) -> None:
    """Records of every page, payments of every plain one, and what of them changes later."""
    monkeypatch.setattr(page_pieces, "PIECE_ROWS", rows)
    owners, plain = np.arange(50)[::-1].copy(), 0
    for page in pages:
        if len(page.records):
            assert values_of(page_pieces.record_pieces(page)) == rows_of(record_rows(page))
        if page_pieces.is_plain(page):
            plain += len(page.instructions)
            payments = payment_rows(page, owners)
            assert payments is not None
            known = payments.drop_columns(LATER)
            assert values_of(page_pieces.payment_pieces(page, owners)) == rows_of(known)
    assert plain > 600


def later_of(page: Page) -> Array:
    """Return what `lay_later` lays out."""
    later = np.zeros(
        len(page.instructions),
        [("page", "<i4"), ("decided_page", "<i4"), ("reason", "<u2"), ("status", "u1"), ("mechanism", "u1")],
    )
    lay_later(page.records, page.first_instruction, page.number, STATUS_RECORDS, later)
    return later


def test_what_changes_later(pages: list[Page]) -> None:
    """The last record that says a status counts, of those about the page's own instructions."""
    for page in pages:
        last, later = last_records(page), later_of(page)
        for name in ("status", "reason", "mechanism"):
            assert later[name].tolist() == getattr(last, name).tolist()
        assert set(later["page"].tolist() + later["decided_page"].tolist()) == {page.number}


def test_pages_that_are_not_plain(pages: list[Page]) -> None:
    """Decisions, obligations, identities that are none and payments about others take the way of tables."""
    page = next(page for page in pages if page_pieces.is_plain(page) and len(page.instructions) > 1)
    other = page.instructions.copy()
    other["kind"][1] = InstructionKind.RELEASE
    assert not page_pieces.is_plain(replace(page, instructions=other))
    flags = pa.array(["", *["1"] * (len(page.instructions) - 1)])
    assert not page_pieces.is_plain(replace(page, texts={**page.texts, "has_uetr": flags}))
    assert not page_pieces.is_plain(replace(page, texts={**page.texts, "has_original_uetr": flags}))
    assert list(page_pieces.record_pieces(replace(page, records=np.zeros(0, RECORD)))) == []
    cancelled = page.instructions.copy()
    cancelled["kind"][::2] = InstructionKind.CANCELLATION
    page = replace(page, instructions=cancelled)
    payments = payment_rows(page, np.arange(50))
    assert payments is not None
    known = payments.drop_columns(LATER)
    assert values_of(page_pieces.payment_pieces(page, np.arange(50))) == rows_of(known)
