"""The rows of one table, in one database or in several, beside those that are expected.

Rules
-----
1. The bytes of rows are compared in the file, where it alone is what a reader sees
   (`setfair.store.row_leaves`). From the first row on that is not as expected there, SQLite is asked.
2. It is asked for the rows of a step by the numbers that they can have. What has one value in all of them, or
   goes with the number of the row, is part of the condition: only other columns are read. Where the number
   of rows or a column is not as expected, all are read and the first row that differs is named.
3. The ranges that are asked for leave no number out, and in the end the table has as many rows as were
   compared: no row is there besides.
4. A row of a closed day is in a sealed file or in the live one. Which numbers are in the live one is read
   first; every row is expected in one place, and none besides in any.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

import adbc_driver_manager
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from setfair.audit.finding import check_same, differ
from setfair.engine.layout import Int64s
from setfair.store.row_file import pieces_of
from setfair.store.row_kernel import Columns
from setfair.store.row_leaves import TableLeaves

BATCH_ROWS = 65_536
"""Rows that SQLite hands out at a time."""

_BATCH_ROWS = "adbc.sqlite.query.batch_rows"


@dataclass(frozen=True, slots=True)
class Expected:
    """Rows that are expected: as a table, and in pieces as a kernel compares them."""

    count: int
    table: Callable[[], pa.Table]
    """The key first; made where it is asked for."""
    pieces: Callable[[], Iterable[Columns]]

    @classmethod
    def of(cls, table: pa.Table) -> Expected:
        """Return the rows of a table."""
        return cls(len(table), lambda: table, lambda: pieces_of(table))


class TableRows:
    """A table in one database; `connect` is called when SQLite has to be asked, once."""

    def __init__(self, name: str, connect: Callable[[], Any], leaves: TableLeaves | None) -> None:
        self.name = name
        self._connect = connect
        self._connection: Any = None
        self._leaves = leaves
        self._compared = 0
        self._end = 0

    def compare(self, expected: Expected, last: int, more: int) -> Int64s | None:
        """Compare rows that follow those that were compared.

        Parameters
        ----------
        expected
            At least one row.
        last
            The highest number that a row of this step can have.
        more
            Integer columns that the table has behind those that are expected.

        Returns
        -------
        numpy.ndarray or None
            What was found in these columns, shape (rows, more); None: they were not read.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        numbers = (self._end + 1, last)
        self._end = last
        self._compared += expected.count
        if self._leaves is not None:
            found = self._leaves.told(expected.pieces(), more)
            if found is not None:
                return found
            self._leaves = None
        self.check(expected.table(), numbers, [])
        return None

    def check(self, expected: pa.Table, numbers: tuple[int, int], conditions: Sequence[str]) -> None:
        """Compare through SQLite.

        Parameters
        ----------
        expected
            Columns, the key first.
        numbers
            The lowest and the highest number that the rows can have.
        conditions
            What holds in all of them besides.

        Raises
        ------
        DifferenceFound
            At the first difference.
        """
        if not self._is_as_expected(expected, numbers, [*conditions]):
            self._name_difference(expected, numbers)

    def numbers_until(self, last: int) -> Int64s:
        """Return the numbers up to one that rows have, in order."""
        key = "record_number" if self.name == "record_row" else "payment_number"
        found = self._read(f"SELECT {key} FROM {self.name} WHERE {key} <= ? ORDER BY {key}", (last,))  # noqa: S608
        return np.asarray(found[key], dtype=np.int64)

    @property
    def is_told_whole(self) -> bool:
        """Whether all rows so far were the same as they lie in the file."""
        return self._leaves is not None

    def finish(self) -> None:
        """Check that no row is there besides those that were compared; DifferenceFound if one is."""
        if self._leaves is None or not self._leaves.is_at_end():
            self._leaves = None
            found = self._read(f"SELECT count(*) AS n FROM {self.name}")["n"][0].as_py()  # noqa: S608
            check_same(0, f"table {self.name}, number of rows", self._compared, found)

    def _is_as_expected(self, expected: pa.Table, numbers: tuple[int, int], conditions: list[str]) -> bool:
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
            f"SELECT {', '.join(read) or key} FROM {self.name} WHERE {where} ORDER BY {key}",  # noqa: S608
            tuple(values),
        )
        if len(found) != len(expected):
            return False
        return all(_is_same(found[column], expected[column]) for column in read)

    def _name_difference(self, expected: pa.Table, numbers: tuple[int, int]) -> None:
        """End the audit with the first row that is not as expected."""
        names, name = expected.column_names, self.name
        key = names[0]
        found = self._read(
            f"SELECT {', '.join(names)} FROM {name} WHERE {key} BETWEEN ? AND ? ORDER BY {key}",  # noqa: S608
            numbers,
        )
        there = {row[key]: row for row in found.to_pylist()}
        for row in expected.to_pylist():
            name_row(name, key, row, there.get(row[key], {}))
        check_same(0, f"table {name}, number of rows", len(expected), len(found))
        where = f"table {name}, rows with {key} from {numbers[0]} to {numbers[1]}"
        differ(0, where, "values of the types of their columns", "others")

    def _read(self, sql: str, parameters: tuple[Any, ...] = ()) -> pa.Table:
        try:
            self._connection = self._connection or self._connect()
            with self._connection.cursor() as cursor:
                cursor.adbc_statement.set_options(**{_BATCH_ROWS: str(BATCH_ROWS)})
                cursor.execute(sql, parameters or None)
                return cursor.fetch_arrow_table()
        # OSError: a column of more than one type; UnicodeDecodeError: a text that is none.
        except (adbc_driver_manager.Error, OSError, UnicodeDecodeError, pa.ArrowException) as error:
            differ(0, "database file", "a file that SQLite can read", error)


class PlacedRows:
    """A table whose rows lie in the live file and in sealed ones."""

    def __init__(self, live: TableRows, sealed: Sequence[tuple[int, TableRows]]) -> None:
        """Begin before the first row.

        Parameters
        ----------
        live
            The table in the live file.
        sealed
            The table in each sealed file, with the last number that it can have, in order.
        """
        self._places = [*(rows for _, rows in sealed), live]
        self._ends = np.array([end for end, _ in sealed], np.int64)
        self._kept = live.numbers_until(int(self._ends[-1])) if len(self._ends) else self._ends

    def compare(self, expected: Expected, last: int, more: int) -> Int64s | None:
        """Compare rows that follow those that were compared: as `TableRows.compare`."""
        if not len(self._ends):
            return self._places[0].compare(expected, last, more)
        found, is_found = np.zeros((expected.count, more), np.int64), True
        for place, chosen, rows in self._split(expected.table()):
            until = min(last, int(self._ends[place])) if place < len(self._ends) else last
            part = self._places[place].compare(Expected.of(rows), until, more)
            if part is None:
                is_found = False
            else:
                found[chosen] = part
        return found if is_found else None

    @property
    def is_told_whole(self) -> bool:
        """Whether all rows in the live file were the same as they lie there."""
        return self._places[-1].is_told_whole

    def check(self, expected: pa.Table, numbers: tuple[int, int], conditions: Sequence[str]) -> None:
        """Compare through SQLite: as `TableRows.check`."""
        for place, _, rows in self._split(expected):
            self._places[place].check(rows, numbers, conditions)

    def finish(self) -> None:
        """Check that no row is there besides those that were compared; DifferenceFound if one is."""
        for rows in self._places:
            rows.finish()

    def _split(self, expected: pa.Table) -> list[tuple[int, Any, pa.Table]]:
        """Return for each place that is to have rows: its number, which of the rows, and these."""
        at = np.asarray(expected[0])
        if not len(self._ends) or at[0] > self._ends[-1]:
            return [(len(self._ends), slice(None), expected)]
        places = np.searchsorted(self._ends, at)
        places[np.isin(at, self._kept)] = len(self._ends)
        chosen = [(int(place), np.flatnonzero(places == place)) for place in np.unique(places)]
        return [(place, rows, expected.take(rows)) for place, rows in chosen]


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
