"""Reducing obligations: by set-off and by netting in the same way."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.cycle_records import Stamp, obligation_records
from setfair.engine.layout import Array, Int64s


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
    books.obligations["remaining"][at] -= by
    books.obligations["status"][at[books.obligations["remaining"][at] == 0]] = Status.ACSC
    return obligation_records(books, at, by, kind, stamp)
