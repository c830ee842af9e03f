"""The two tables that grow with every payment, `record_row` and `payment_row`, beside what the pages give.

Rules
-----
1. The rows that a page gives are made as the projector makes them, and compared with those of the house as
   the page is read: nothing is projected again, and no row becomes an object of Python.
2. The bytes of rows are compared in the file, where it alone is what a reader sees
   (`setfair.store.row_leaves`). From the first row on that is not as expected there, SQLite is asked.
3. It is asked for the rows of a step by the numbers that they can have. What has one value in all of them, or
   goes with the number of the row, is part of the condition: only other columns are read. Where the number
   of rows or a column is not as expected, all are read and the first row that differs is named.
4. The ranges that are asked for leave no number out, and in the end the tables have as many rows as were
   compared: no row is there besides.
5. A payment's status, reason, mechanism and page of decision change after its page: they are kept on disk
   (`room`), as expected and as found, and compared when the last page was read.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from concurrent.futures import Executor
from typing import Any

import adbc_driver_manager
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from setfair.audit.finding import check_same, differ
from setfair.engine.layout import Array, Int64s
from setfair.engine.room import Room
from setfair.journal.page import Page
from setfair.store.row_leaves import TableLeaves
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

_BATCH_ROWS = "adbc.sqlite.query.batch_rows"


class SettlementRows:
    """Compares the rows of both tables with those that pages give, in the order of pages."""

    def __init__(
        self,
        connections: tuple[Any, Any],
        leaves: Mapping[str, TableLeaves],
        *,
        records: Executor,
        room: Room,
        instructions: int,
    ) -> None:
        """Begin before the first page.

        Parameters
        ----------
        connections
            To the house's database, one for each table.
        leaves
            By name of a table, its rows in the file; a table may be missing.
        records
            A thread that compares records while the caller compares payments.
        room
            Where what changes later is kept.
        instructions
            The highest number that an instruction has.
        """
        self._connections = dict(zip(("record_row", "payment_row"), connections, strict=True))
        self._leaves = dict(leaves)
        self._records = records
        self._room = room
        self._later: Array = room.cleared(instructions + 1, LATER)
        found = instructions + 1 if "payment_row" in leaves else 0
        self._found: Array = room.cleared(found, LATER)
        self._compared = {"record_row": 0, "payment_row": 0}
        self._ends = {"record_row": 0, "payment_row": 0}
        self.balances: dict[int, int] = {}
        """By account number, its balance after the last booking so far."""

    def take(self, step: Sequence[Page], owners: Int64s, updates: Sequence[pa.Table]) -> None:
        """Compare the rows of pages that follow, as `Projector.settlement_rows` makes them.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        records = self._records.submit(self._take_records, step)
        self._take_payments(step, owners)
        records.result()
        for update in updates:
            self._note_later(update)
        moved = balance_updates(step)
        self.balances.update(
            zip(moved["account_number"].to_pylist(), moved["balance_minor"].to_pylist(), strict=True)
        )

    def _take_records(self, step: Sequence[Page]) -> None:
        records = pa.concat_tables([record_rows(page) for page in step])
        self._compare("record_row", records, step[-1].first_record + len(step[-1].records) - 1)

    def _take_payments(self, step: Sequence[Page], owners: Int64s) -> None:
        made = [payment_rows(page, owners) for page in step]
        tables = [table for table in made if table is not None]
        if tables:
            payments = pa.concat_tables(tables)
            last = step[-1].first_instruction + len(step[-1].instructions) - 1
            found = self._compare("payment_row", payments.drop_columns(list(LATER_COLUMNS)), last)
            _note(self._later, payments, [np.asarray(payments[name]) for name in LATER_COLUMNS])
            if found is not None:
                _note(self._found, payments, list(found.T))

    def _note_later(self, update: pa.Table) -> None:
        numbers = np.asarray(update["number"])
        is_payment = self._later["page"][numbers] != 0
        for name in LATER_COLUMNS:
            # Of places that are assigned to more than once the last remains.
            self._later[name][numbers[is_payment]] = np.asarray(update[name])[is_payment]

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
        for name, compared in self._compared.items():
            if name in self._leaves and self._leaves[name].is_at_end():
                continue
            found = self._read(name, f"SELECT count(*) AS n FROM {name}")["n"][0].as_py()  # noqa: S608
            check_same(0, f"table {name}, number of rows", compared, found)

    def _ranges(self) -> list[tuple[int, Array]]:
        return [(at, self._later[at : at + RANGE]) for at in range(0, len(self._later), RANGE)]

    def _compare_later(self, first: int, rows: Array) -> None:
        if "payment_row" in self._leaves and np.array_equal(rows, self._found[first : first + RANGE]):
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
        if not self._is_as_expected("payment_row", expected, (first, first + RANGE - 1), conditions):
            self._name_difference("payment_row", pa.table(columns), (first, first + RANGE - 1))

    def _compare(self, name: str, expected: pa.Table, last: int) -> Int64s | None:
        """Compare rows; return what was found in the columns behind, if that was read."""
        numbers = (self._ends[name] + 1, last)
        self._ends[name] = last
        self._compared[name] += len(expected)
        if name in self._leaves:
            found = self._leaves[name].told(expected, len(LATER_COLUMNS) if name == "payment_row" else 0)
            if found is not None:
                return found
            del self._leaves[name]
        if not self._is_as_expected(name, expected, numbers, []):
            self._name_difference(name, expected, numbers)
        return None

    def _is_as_expected(
        self, name: str, expected: pa.Table, numbers: tuple[int, int], conditions: list[str]
    ) -> bool:
        """Tell whether the house has these rows, and no others with the values that all of them have."""
        key, *others = expected.column_names
        at = np.asarray(expected[key])
        read, values = [], [*numbers]
        if len(at) != at[-1] - at[0] + 1:  # else the number of rows tells that all of them are there
            read.append(key)
        for other in others:
            column = expected[other]
            constant = _constant(column)
            if constant is not None:
                conditions.append(f"{other} = ?")
                values.append(constant)
            elif pa.types.is_integer(column.type) and _goes_with(np.asarray(column), at):
                conditions.append(f"{other} - {key} = ?")
                values.append(column[0].as_py() - int(at[0]))
            else:
                read.append(other)
        where = " AND ".join([f"{key} BETWEEN ? AND ?", *conditions])
        found = self._read(
            name,
            f"SELECT {', '.join(read) or key} FROM {name} WHERE {where} ORDER BY {key}",  # noqa: S608
            tuple(values),
        )
        if len(found) != len(expected):
            return False
        return all(_is_same(found[column], expected[column]) for column in read)

    def _name_difference(self, name: str, expected: pa.Table, numbers: tuple[int, int]) -> None:
        """End the audit with the first row that is not as expected."""
        names = expected.column_names
        key = names[0]
        found = self._read(
            name,
            f"SELECT {', '.join(names)} FROM {name} WHERE {key} BETWEEN ? AND ? ORDER BY {key}",  # noqa: S608
            numbers,
        )
        there = {row[key]: row for row in found.to_pylist()}
        for row in expected.to_pylist():
            name_row(name, key, row, there.get(row[key], {}))
        check_same(0, f"table {name}, number of rows", len(expected), len(found))
        where = f"table {name}, rows with {key} from {numbers[0]} to {numbers[1]}"
        differ(0, where, "values of the types of their columns", "others")

    def _read(self, name: str, sql: str, parameters: tuple[Any, ...] = ()) -> pa.Table:
        try:
            with self._connections[name].cursor() as cursor:
                cursor.adbc_statement.set_options(**{_BATCH_ROWS: str(RANGE)})
                cursor.execute(sql, parameters or None)
                return cursor.fetch_arrow_table()
        # OSError: a column of more than one type; UnicodeDecodeError: a text that is none.
        except (adbc_driver_manager.Error, OSError, UnicodeDecodeError, pa.ArrowException) as error:
            differ(0, "database file", "a file that SQLite can read", error)


def _note(rows: Array, payments: pa.Table, later: Sequence[Int64s]) -> None:
    """Keep what changes later; a value that no such column can have is kept as another page."""
    numbers = np.asarray(payments["payment_number"])
    rows = rows[numbers[0] :]
    places = numbers - numbers[0]
    rows["page"][places] = np.asarray(payments["page_number"])
    for name, values in zip(LATER_COLUMNS, later, strict=True):
        rows[name][places] = values
        rows["page"][places[rows[name][places] != values]] = -1


def name_row(name: str, key: str, expected: dict[str, Any], found: dict[str, Any]) -> None:
    """End the audit if a row of a table differs; `found` is empty where there is no such row."""
    nothing = object()
    names = [column for column in expected if expected[column] != found.get(column, nothing)]
    if names:
        differ(
            0,
            f"table {name}, row with {key} {expected[key]}",
            ", ".join(f"{column} {expected[column]!r}" for column in names),
            ", ".join(f"{column} {found[column]!r}" for column in names) if found else "no such row",
        )


def _constant(column: pa.ChunkedArray) -> Any:
    """Return the value that all rows have, or None."""
    first, last = column[0], column[-1]
    if first != last:
        return None
    if pa.types.is_integer(column.type):
        extremes = pc.min_max(column)
        return first.as_py() if extremes["min"] == extremes["max"] else None
    return first.as_py() if pc.all(pc.equal(column, first)).as_py() else None


def _goes_with(column: Int64s, numbers: Int64s) -> bool:
    """Tell whether a column differs from the numbers of the rows by the same in all of them."""
    return bool(len(numbers) > 1 and np.all(column - numbers == column[0] - numbers[0]))


def _is_same(found: pa.ChunkedArray, expected: pa.ChunkedArray) -> bool:
    if pa.types.is_integer(expected.type):
        if found.type != pa.int64() or found.null_count:
            return False
        return bool(np.array_equal(np.asarray(found), np.asarray(expected)))
    return bool(found.equals(expected))
