"""Prices for a set-off, found slowly: longest ways over what is not yet cleared and what is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pytest

from setfair.engine.setoff import SetOff, set_off
from setfair.set_off_table import clear

Int64Array = npt.NDArray[np.int64]
HAS_PRICES = "price" in SetOff.__dataclass_fields__


@dataclass(frozen=True, slots=True)
class PricedSetOff:
    """A set-off with `party` and `price`, for an engine that has none."""

    found: SetOff
    party: Int64Array
    price: Int64Array

    def __getattr__(self, name: str) -> object:
        return getattr(self.found, name)


def find_prices(
    debtor: Int64Array, creditor: Int64Array, amount: Int64Array, cleared: Int64Array, parties: int
) -> Int64Array:
    """Return prices that prove a largest set-off; ends only if it is the largest."""
    price = np.zeros(parties, np.int64)
    is_open, in_use = cleared < amount, cleared > 0
    for _ in range(parties + 1):
        before = price.copy()
        np.maximum.at(price, debtor[is_open], price[creditor[is_open]] + 1)
        np.maximum.at(price, creditor[in_use], price[debtor[in_use]] - 1)
        if np.array_equal(before, price):
            return price - price.min(initial=0)
    raise ArithmeticError("this is not the largest set-off: there is a loop that could be cleared")


def priced_set_off(
    debtor: Int64Array, creditor: Int64Array, amount: Int64Array, due_day: Int64Array
) -> SetOff | PricedSetOff:
    """Set off, with prices."""
    found = set_off(debtor, creditor, amount, due_day)
    if HAS_PRICES:
        return found
    party, place = np.unique(np.concatenate((debtor, creditor)), return_inverse=True)
    ends = place[: len(debtor)], place[len(debtor) :]
    return PricedSetOff(found, party, find_prices(*ends, amount, found.cleared_minor, len(party)))


@contextmanager
def prices() -> Iterator[None]:
    """Let `setfair.set_off_table` have prices even if the engine gives none."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clear, "set_off", priced_set_off)
        yield
