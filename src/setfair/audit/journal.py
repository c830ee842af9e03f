"""Page by page through the journal: what is on record against what the pages before it give.

Rules, in this order for each page
----------------------------------
1. Its number follows, and so do its first instruction and its first record; time does not go back.
2. Its bytes have their digest and are a page; what stands beside them says the same.
3. Its instructions, decided again, give its records; sums are zero and nobody is below the floor.
4. Its records, hashed again, give the root, the frontier and the nodes that are kept with it.

Decoding and hashing leaves need nothing of the pages before: other threads do it, a few pages ahead. Memory
is bounded by these few pages and the books.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import numpy as np

from setfair.audit.finding import check_same, differ
from setfair.domain.codes import InstructionKind
from setfair.domain.instants import format_utc
from setfair.engine.layout import RECORD, Array, are_same_rows
from setfair.errors import BrokenInvariantError, HouseError, PageDamagedError
from setfair.explain.choose import Query
from setfair.house_state import HouseState, decide_again
from setfair.journal.page import Page, page_from_bytes
from setfair.journal.sha256 import Rows
from setfair.journal.tree import Frontier
from setfair.journal.tree_bulk import leaves_in_bulk, parents_in_bulk
from setfair.store.archived import PageBodies

AHEAD = 3
"""Pages that are prepared while one is decided."""
THREADS = 2
"""How many are prepared at a time: to decide a page takes a fourth of what preparing it does."""

_ROW = """
SELECT page.*, (SELECT hashes FROM tree_node WHERE first_record = page.first_record) AS nodes,
       EXISTS (SELECT 1 FROM signed_checkpoint WHERE page_number = page.page_number) AS is_noted
FROM page WHERE page_number > ? ORDER BY page_number LIMIT 1
"""
"""One query a page: each takes 0.7 ms, whatever it asks for."""


@dataclass(slots=True)
class Audited:
    """The house as the pages so far make it."""

    state: HouseState
    tree: Frontier
    is_noted: bool = False
    """Whether the last page has a signed checkpoint."""


@dataclass(frozen=True, slots=True)
class Prepared:
    """A page that was read and hashed."""

    row: dict[str, Any]
    page: Page
    leaves: Rows


def audit_pages(query: Query, audited: Audited, *, texts: bool) -> Iterator[Page]:
    """Check the pages after those that were audited; yield each when it was found good.

    Parameters
    ----------
    query
        Returns the rows of one query.
    audited
        What was audited; goes on with each page.
    texts
        Whether the texts of pages are read too.

    Raises
    ------
    DifferenceFound
        At the first difference.
    """
    for prepared in _prepared(query, audited.state.page_number, texts=texts):
        _check_place(audited.state, prepared)
        _check_records(audited.state, prepared.page)
        _check_tree(audited, prepared)
        audited.state.advance(prepared.page)
        audited.is_noted = bool(prepared.row["is_noted"])
        yield prepared.page


def _prepared(query: Query, after: int, *, texts: bool) -> Iterator[Prepared]:
    """Yield pages in order, each prepared by another thread."""
    rows = _rows(query, after)
    with ThreadPoolExecutor(THREADS) as pool:
        waiting: deque[Future[Prepared]] = deque()
        for row in rows:
            waiting.append(pool.submit(_prepare, row, texts=texts))
            if len(waiting) > AHEAD:
                yield waiting.popleft().result()
        while waiting:
            yield waiting.popleft().result()


def _rows(query: Query, after: int) -> Iterator[dict[str, Any]]:
    bodies = PageBodies(query)
    while True:
        try:
            rows = query(_ROW, (after,))
        except HouseError as error:
            differ(after + 1, "row of the page", "a row that can be read", error)
        if not rows:
            return
        after, row = int(rows[0]["page_number"]), rows[0]
        if not isinstance(row["body"], bytes):
            differ(after, "bytes", "bytes, or none where an archive has them", repr(row["body"]))
        try:
            row["body"] = bodies.or_archived(after, row["body"])
        except HouseError as error:
            differ(after, "archive", "the bytes of the page", error)
        yield row


def _prepare(row: dict[str, Any], *, texts: bool) -> Prepared:
    body = row["body"]
    try:
        page = page_from_bytes(body if isinstance(body, bytes) else b"", texts=texts)
    except PageDamagedError as error:
        differ(int(row["page_number"]), "bytes", "a page with its digest", error)
    return Prepared(row, page, leaves_in_bulk(page))


def _check_place(state: HouseState, prepared: Prepared) -> None:
    """Rules 1 and 2."""
    page, row, number = prepared.page, prepared.row, state.page_number + 1
    check_same(number, "page that follows", number, int(row["page_number"]))
    check_same(number, "page number", number, page.number)
    check_same(number, "first instruction", int(state.books.next_number), page.first_instruction)
    check_same(number, "first record", state.record_count + 1, page.first_record)
    if page.time_ns < state.last_time:
        differ(number, "time", f"{format_utc(state.last_time)} or later", format_utc(page.time_ns))
    beside = {
        "time_utc": format_utc(page.time_ns),
        "instruction_kind": InstructionKind(int(page.instructions[0]["kind"])).name,
        "first_instruction": page.first_instruction,
        "instruction_count": len(page.instructions),
        "first_record": page.first_record,
        "record_count": len(page.records),
    }
    for name, value in beside.items():
        check_same(number, f"column {name}", value, row[name])


def _check_records(state: HouseState, page: Page) -> None:
    """Rule 3."""
    for rows in (state.books.payments, state.books.identities):
        state.books.room.expect(rows, state.books.payment_count, len(page.instructions))
    try:
        decided = decide_again(state, page)
    except BrokenInvariantError as error:
        differ(page.number, "books", "sums of zero and nobody below the floor", error)
    except (ValueError, LookupError) as error:
        differ(page.number, "documents", "documents that the house can read", error)
    if not are_same_rows(decided, page.records):
        _name_record(page, decided)


def _name_record(page: Page, decided: Array) -> None:
    """End the audit with the first record that differs."""
    both = min(len(decided), len(page.records))
    unequal = np.flatnonzero(decided[:both] != page.records[:both])
    if not len(unequal):
        differ(page.number, "number of records", len(decided), len(page.records))
    place = int(unequal[0])
    expected, found = decided[place], page.records[place]
    names = [name for name in RECORD.names or () if expected[name] != found[name]]
    differ(
        page.number,
        ", ".join(names),
        ", ".join(f"{name} {expected[name]}" for name in names),
        ", ".join(f"{name} {found[name]}" for name in names),
        record=page.first_record + place,
    )


def _check_tree(audited: Audited, prepared: Prepared) -> None:
    """Rule 4."""
    number, row = prepared.page.number, prepared.row
    audited.tree, nodes = audited.tree.extend(prepared.leaves, parents_in_bulk)
    check_same(number, "root of the tree", audited.tree.root, row["root"])
    check_same(number, "frontier of the tree", audited.tree.to_bytes(), row["peaks"])
    check_same(number, "nodes of the tree", nodes, b"" if row["nodes"] is None else row["nodes"])
