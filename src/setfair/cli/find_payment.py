"""Payments by their UETR or number, as commands name them."""

from __future__ import annotations

from uuid import UUID

import numpy as np

from setfair.engine.books import Books
from setfair.errors import HouseError


def find_payment(books: Books, payment: str) -> int:
    """Return the place of a payment in the books by its UETR or number.

    Raises
    ------
    HouseError
        If it is neither, or no payment that is remembered.
    """
    count = books.payment_count
    if payment.isascii() and payment.isdigit():
        places = np.flatnonzero(books.payments["number"][:count] == int(payment[:18]))
    else:
        try:
            identity = UUID(payment).int
        except ValueError:
            raise HouseError(f"{payment!r} is neither a UETR nor the number of a payment") from None
        rows = books.identities[:count]
        places = np.flatnonzero((rows["high"] == identity >> 64) & (rows["low"] == identity % 2**64))
    if not len(places):
        raise HouseError(
            f"no payment {payment} is remembered; the table `payment` has those of closed days too"
        )
    return int(places[0])
