"""Obligations of one currency as columns: what a run of set-off takes, and what its verifier takes.

Rules
-----
1. They stand in the order of the table that they come from; `row` says where, from 1, the header not counted.
2. Parties are numbered from 0 in the order of the bytes of their identifications in UTF-8, those alone that
   owe or are owed something here. So the numbers follow from the obligations, whatever else the table holds.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from setfair.domain.money import Currency

DUE_AT_ONCE = -(2**31)
"""Day number of an obligation without a due date: older than every date."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Obligations:
    """Obligations of one currency that take part; columns of shape (n,), parties of shape (p,)."""

    currency: Currency
    row: Int64Array
    """Rows of the table, ascending, from 1."""
    obligation_id: pa.ChunkedArray
    """Text: the creditor's number of each."""
    party_id: pa.Array
    """Text, shape (p,): identification of each party, ascending."""
    debtor: Int64Array
    """Party number of who owes."""
    creditor: Int64Array
    """Party number of who is owed."""
    amount_minor: Int64Array
    """More than zero, in minor units."""
    due_day: Int64Array
    """Days since 1970-01-01, or `DUE_AT_ONCE`."""

    def __len__(self) -> int:
        return len(self.row)

    def describe(self, place: int) -> str:
        """Name the obligation at a place of the columns as a message does."""
        return f"{self.currency.code}, row {self.row[place]}, {self.obligation_id[place].as_py()!r}"
