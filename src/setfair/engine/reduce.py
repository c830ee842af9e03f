"""Which obligations a cycle takes, and reducing them: by set-off and by netting in the same way."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.cycle_records import Stamp, obligation_records
from setfair.engine.layout import Array, Int64s


def due_obligations(books: Books, currencies: Sequence[int], day: int) -> NDArray[np.int64]:
    """Return the places of the obligations of some currencies that are open and due on `day` or before."""
    obligations = books.obligations[: books.obligation_count]
    due = (
        (obligations["kind"] == InstructionKind.OBLIGATION)
        & (obligations["status"] == Status.ACSP)
        & np.isin(obligations["currency"], currencies)
        & (obligations["due"] <= day)
    )
    return np.flatnonzero(due)


def reduce_at(books: Books, at: NDArray[np.int64], by: Int64s) -> None:
    """Reduce obligations in place, to ACSC where nothing remains."""
    books.obligations["remaining"][at] -= by
    books.obligations["status"][at[books.obligations["remaining"][at] == 0]] = Status.ACSC


def reduce_obligations(
    books: Books, places: NDArray[np.int64], by: Int64s, kind: RecordKind, stamp: Stamp
) -> Array:
    """Reduce obligations, to ACSC where nothing remains, and return a record for each that was reduced.

    Parameters
    ----------
    books
        Changed in place.
    places
        Places of obligations, shape (n,).
    by
        How much each is reduced by, in minor units, from nothing to what remains of it, shape (n,).
    kind
        SET_OFF or NETTED.
    stamp
        Of the cycle.
    """
    reduced = np.flatnonzero(by)
    at, by = places[reduced], by[reduced]
    reduce_at(books, at, by)
    return obligation_records(books, at, by, kind, stamp)
