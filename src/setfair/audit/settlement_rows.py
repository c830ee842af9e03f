"""The two tables that grow with every payment, `record_row` and `payment_row`, beside what the pages give.

Rules
-----
1. The rows that a page gives are made as the projector makes them, and compared with those of the house as
   the page is read: nothing is projected again, and no row becomes an object of Python.
2. They are compared where they lie, in the live file or a sealed one (`table_rows`).
3. A payment's status, reason, mechanism and page of decision change after its page: they are kept on disk
   (`room`), as expected and as found, and compared when the last page was read.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import Executor
from itertools import chain
from typing import Any

import numpy as np
import pyarrow as pa

from setfair.audit.table_rows import Expected, PlacedRows
from setfair.engine.layout import Array, Int64s, are_same_rows
from setfair.engine.room import Room
from setfair.journal.page import Page
from setfair.store.page_kernel import LATER, lay_later, note_balances, note_later
from setfair.store.page_pieces import is_plain, payment_pieces, record_pieces
from setfair.store.tables import STATUS_RECORDS, payment_rows, record_rows

LATER_COLUMNS = ("status", "reason", "mechanism", "decided_page")
RANGE = 65_536
"""Payments whose later columns are compared at a time."""


class SettlementRows:
    """Compares the rows of both tables with those that pages give, in the order of pages."""

    def __init__(
        self,
        records: PlacedRows,
        payments: PlacedRows,
        *,
        beside: Executor,
        room: Room,
        instructions: int,
    ) -> None:
        """Begin before the first page.

        Parameters
        ----------
        records, payments
            The rows of `record_row` and `payment_row` in the house.
        beside
            A thread that compares records while the caller compares payments.
        room
            Where what changes later is kept.
        instructions
            The highest number that an instruction has.
        """
        self._records, self._payments = records, payments
        self._beside = beside
        self._room = room
        self._later: Array = room.cleared(instructions + 1, LATER)
        self._found: Array = room.cleared(instructions + 1, LATER)
        self._is_found = True
        self._balances = np.zeros(0, np.int64)
        self._is_booked = np.zeros(0, np.bool_)

    def take(self, step: Sequence[Page], owners: Int64s, updates: Sequence[pa.Table]) -> None:
        """Compare the rows of pages that follow, as `Projector.settlement_rows` makes them.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        records = self._beside.submit(self._take_records, step)
        self._take_payments(step, owners)
        records.result()
        for update in updates:
            self._note_later(update)
        for page in step:
            self._note_balances(page)

    def _note_balances(self, page: Page) -> None:
        if not len(page.records):
            return
        highest = max(int(page.records[name].max()) for name in ("debtor", "creditor"))
        more = max(0, highest + 1 - len(self._balances))
        self._balances = np.append(self._balances, np.zeros(more, np.int64))
        self._is_booked = np.append(self._is_booked, np.zeros(more, np.bool_))
        note_balances(page.records, self._balances, self._is_booked)

    @property
    def balances(self) -> pa.Table:
        """Balance and number of each account that had a booking, after the last so far."""
        numbers = np.flatnonzero(self._is_booked)
        return pa.table({"balance_minor": self._balances[numbers], "account_number": numbers})

    def _take_records(self, step: Sequence[Page]) -> None:
        count = sum(len(page.records) for page in step)
        if count:
            expected = Expected(
                count,
                lambda: pa.concat_tables([record_rows(page) for page in step]),
                lambda: chain.from_iterable(map(record_pieces, step)),
            )
            self._records.compare(expected, step[-1].first_record + len(step[-1].records) - 1, 0)

    def _take_payments(self, step: Sequence[Page], owners: Int64s) -> None:
        for page in step:
            if is_plain(page):
                self._take_plain(page, owners)
            elif (payments := payment_rows(page, owners)) is not None:
                self._take_table(page, payments)

    def _take_plain(self, page: Page, owners: Int64s) -> None:
        """Compare the payments of a page that has nothing else."""
        first, count = page.first_instruction, len(page.instructions)
        expected = Expected(
            count, lambda: _known(payment_rows(page, owners)), lambda: payment_pieces(page, owners)
        )
        found = self._payments.compare(expected, first + count - 1, len(LATER_COLUMNS))
        self._expect(first, count)
        lay_later(page.records, first, page.number, STATUS_RECORDS, self._later[first : first + count])
        self._note_found(np.arange(first, first + count), page.number, found)

    def _take_table(self, page: Page, payments: pa.Table) -> None:
        """Compare the payments of a page that has other instructions, too."""
        last = page.first_instruction + len(page.instructions) - 1
        found = self._payments.compare(Expected.of(_known(payments)), last, len(LATER_COLUMNS))
        numbers = np.asarray(payments["payment_number"])
        self._expect(page.first_instruction, len(page.instructions))
        later = np.stack([np.asarray(payments[name]) for name in LATER_COLUMNS], axis=1)
        _note(self._later, numbers, page.number, later)
        self._note_found(numbers, page.number, found)

    def _expect(self, first: int, count: int) -> None:
        for rows in (self._later, self._found):
            self._room.expect(rows, first, count)

    def _note_found(self, numbers: Int64s, page: int, found: Int64s | None) -> None:
        self._is_found = self._is_found and found is not None
        if found is not None:
            _note(self._found, numbers, page, found)

    def _note_later(self, update: pa.Table) -> None:
        numbers = np.asarray(update["number"])
        is_payment = self._later["page"][numbers] != 0
        for name in LATER_COLUMNS:
            # Of places that are assigned to more than once the last remains.
            self._later[name][numbers[is_payment]] = np.asarray(update[name])[is_payment]

    @property
    def are_told_whole(self) -> bool:
        """Whether all rows in the live file were the same as they lie there."""
        return self._records.is_told_whole and self._payments.is_told_whole

    def waiting(self, status: int) -> Int64s:
        """Return the numbers of the payments that have a status after the last page."""
        found = [np.zeros(0, np.int64)]
        for first, rows in self._ranges():
            found.append(first + np.flatnonzero((rows["status"] == status) & (rows["page"] != 0)))
            self._room.let_go()
        return np.concatenate(found)

    def finish(self) -> None:
        """Compare what changed later, and how many rows there are.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        for first, rows in self._ranges():
            self._compare_later(first, rows)
            self._room.let_go()
        self._records.finish()
        self._payments.finish()

    def _ranges(self) -> list[tuple[int, Array]]:
        return [(at, self._later[at : at + RANGE]) for at in range(0, len(self._later), RANGE)]

    def _compare_later(self, first: int, rows: Array) -> None:
        if self._is_found and are_same_rows(rows, self._found[first : first + RANGE]):
            return
        places = np.flatnonzero(rows["page"])
        if not len(places):
            return
        rows = rows[places]
        numbers, names = first + places, list(LATER_COLUMNS)
        columns: dict[str, Any] = {"payment_number": numbers}
        columns |= {name: np.ascontiguousarray(rows[name]) for name in names}
        conditions = []
        if np.array_equal(rows["page"], rows["decided_page"]):
            conditions.append("decided_page = page_number")
            names.remove("decided_page")
        expected = pa.table({name: columns[name] for name in ("payment_number", *names)})
        self._payments.check(expected, (first, first + RANGE - 1), conditions)


def _known(payments: pa.Table) -> pa.Table:
    """Return the columns that do not change later."""
    return payments.drop_columns(list(LATER_COLUMNS))


def _note(rows: Array, numbers: Int64s, page: int, later: Int64s) -> None:
    """Keep what changes later.

    Parameters
    ----------
    rows
        LATER by number of the instruction, written.
    numbers
        Those of payments of one page, in order.
    page
        Its number.
    later
        Shape (payments, LATER_COLUMNS).
    """
    first, count = int(numbers[0]), len(numbers)
    if numbers[-1] - first + 1 == count:
        note_later(later, page, rows[first : first + count])
    else:
        noted = np.empty(count, LATER)
        note_later(later, page, noted)
        rows[numbers] = noted
