"""Many rows into one table, with as few values handed over as can be.

SQLite takes a lock for every value of every row that is bound (20 ns each; a payment has 28). In most steps
half of the columns have one value throughout: those stand in the statement itself. Only integers and empty
values do so, so that no text of a sender is ever part of a statement.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

_EMPTY = {pa.string(): "''", pa.binary(): "x''"}


def insert_rows(cursor: Any, table: str, rows: pa.Table) -> None:
    """Insert rows; the columns are named as the table's are.

    Parameters
    ----------
    cursor
        In the caller's transaction.
    table
        Name of the table: ours, not a sender's.
    rows
        Integers, text and bytes, without nulls; the first column is the key, which is always bound.
    """
    names = rows.column_names
    constant = {name: _constant(rows.column(name)) for name in names[1:]}
    bound = [name for name in names if constant.get(name) is None]
    values = ", ".join(constant.get(name) or "?" for name in names)
    statement = f"INSERT INTO {table} ({', '.join(names)}) VALUES ({values})"  # noqa: S608
    cursor.executemany(statement, rows.select(bound))


def _constant(column: pa.ChunkedArray) -> str | None:
    """Return how the value is written if it is the same in all rows, else None."""
    if pa.types.is_integer(column.type):
        extremes = pc.min_max(column)
        low, high = extremes["min"].as_py(), extremes["max"].as_py()
        return str(low) if low == high else None
    return _EMPTY[column.type] if pc.max(pc.binary_length(column)).as_py() == 0 else None
