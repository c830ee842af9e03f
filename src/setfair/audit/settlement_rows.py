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
from typing import Any

import numpy as np
import pyarrow as pa

from setfair.audit.table_rows import PlacedRows
from setfair.engine.layout import Array, Int64s, are_same_rows, copy_rows
from setfair.engine.room import Room
from setfair.journal.page import Page
from setfair.store.tables import balance_updates, payment_rows, record_rows

LATER = np.dtype(
    [
        ("page", "<i4"),  # of the payment; 0: the number is no payment's
        ("decided_page", "<i4"),
        ("reason", "<u2"),
        ("status", "u1"),
        ("mechanism", "u1"),
    ]
)
"""What of a payment's row changes later: 12 bytes."""

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
        self._note_balances(balance_updates(step))

    def _note_balances(self, moved: pa.Table) -> None:
        numbers = np.asarray(moved["account_number"])
        more = max(0, int(numbers.max(initial=-1)) + 1 - len(self._balances))
        self._balances = np.append(self._balances, np.zeros(more, np.int64))
        self._is_booked = np.append(self._is_booked, np.zeros(more, np.bool_))
        self._balances[numbers] = np.asarray(moved["balance_minor"])
        self._is_booked[numbers] = True

    @property
    def balances(self) -> pa.Table:
        """Balance and number of each account that had a booking, after the last so far."""
        numbers = np.flatnonzero(self._is_booked)
        return pa.table({"balance_minor": self._balances[numbers], "account_number": numbers})

    def _take_records(self, step: Sequence[Page]) -> None:
        records = pa.concat_tables([record_rows(page) for page in step])
        if len(records):
            self._records.compare(records, step[-1].first_record + len(step[-1].records) - 1, 0)

    def _take_payments(self, step: Sequence[Page], owners: Int64s) -> None:
        made = [payment_rows(page, owners) for page in step]
        tables = [table for table in made if table is not None]
        if tables:
            payments = pa.concat_tables(tables)
            last = step[-1].first_instruction + len(step[-1].instructions) - 1
            known = payments.drop_columns(list(LATER_COLUMNS))
            found = self._payments.compare(known, last, len(LATER_COLUMNS))
            _note(self._later, payments, [np.asarray(payments[name]) for name in LATER_COLUMNS])
            self._is_found = self._is_found and found is not None
            if found is not None:
                _note(self._found, payments, list(found.T))

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


def _note(rows: Array, payments: pa.Table, later: Sequence[Int64s]) -> None:
    """Keep what changes later; a value that no such column can have is kept as another page."""
    numbers = np.asarray(payments["payment_number"])
    first, count = int(numbers[0]), len(numbers)
    noted = np.empty(count, LATER)
    noted["page"] = np.asarray(payments["page_number"])
    for name, values in zip(LATER_COLUMNS, later, strict=True):
        noted[name] = values
        noted["page"][noted[name] != values] = -1
    if numbers[-1] - first + 1 == count:
        copy_rows(noted, rows[first:])
    else:
        rows[numbers] = noted
