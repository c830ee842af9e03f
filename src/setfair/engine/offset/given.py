"""What an offsetting run is given, and what of it is refused."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Int64Array = npt.NDArray[np.int64]
BoolArray = npt.NDArray[np.bool_]

GROSS_MAX = 2**59 - 1
"""The largest sum of queued payments, and of their values: no sum inside a run leaves int64."""
ROOM_MAX = 2**60
"""Liquidity of an account, or room of a limit, above which it is as good as without a bound."""
ALL_OTHERS = -1
"""The counterparty of a multilateral limit."""
NO_LINK = -1


@dataclass(frozen=True, slots=True)
class Accounts:
    """Settlement accounts, shape (accounts,)."""

    available: Int64Array
    """Balance and credit line, less what is reserved for others than the queue, in minor units."""
    currency: Int64Array
    """Number of the account's currency: any number, the same for the same currency."""
    weight: Int64Array
    """What one minor unit counts in the value of a set, at least 1; the same for the same currency."""


@dataclass(frozen=True, slots=True)
class Queue:
    """Queued payments, shape (payments,)."""

    debtor: Int64Array
    """Place of the account that pays."""
    creditor: Int64Array
    """Place of the account that is paid, of the same currency."""
    amount: Int64Array
    """Minor units, more than nothing."""
    priority: Int64Array
    """The smaller number goes first."""
    order: Int64Array
    """Within a priority the smaller number goes first; unique."""
    link: Int64Array
    """Payments of the same number, from 0, settle all or none; -1: by itself."""

    def __len__(self) -> int:
        return len(self.amount)


@dataclass(frozen=True, slots=True)
class Limits:
    """Limits, shape (limits,): how much more an account may pay net."""

    account: Int64Array
    """Whose limit it is."""
    counterparty: Int64Array
    """Account towards which, or `ALL_OTHERS`: all towards which the account has no limit of its own."""
    room: Int64Array
    """The limit less what was paid net so far, in minor units."""


def no_limits() -> Limits:
    """Return limits of which there are none."""
    return Limits(*(np.zeros(0, np.int64) for _ in range(3)))


def check_given(accounts: Accounts, queue: Queue, limits: Limits) -> None:
    """Refuse what offsetting has no rule for.

    Raises
    ------
    ValueError
        If shapes differ, a place is out of range, an amount or weight is not positive, accounts of one
        payment are the same or of two currencies, two payments have the same order, or a limit occurs twice.
    OverflowError
        If the payments, or their values, sum to more than `GROSS_MAX`.
    """
    _check_columns(accounts, queue, limits)
    size = len(accounts.available)
    places = (queue.debtor, queue.creditor, limits.account)
    if any(((place < 0) | (place >= size)).any() for place in places):
        raise ValueError("there is an account that is not given")
    if ((limits.counterparty < ALL_OTHERS) | (limits.counterparty >= size)).any():
        raise ValueError("there is a limit towards an account that is not given")
    wrong = (
        (queue.amount <= 0, "the amount must be greater than zero"),
        (queue.debtor == queue.creditor, "debtor and creditor are the same account"),
        (
            accounts.currency[queue.debtor] != accounts.currency[queue.creditor],
            "the accounts' currencies differ",
        ),
        (accounts.weight[queue.debtor] != accounts.weight[queue.creditor], "the accounts' weights differ"),
        (queue.link < NO_LINK, "the number of a link is below zero"),
    )
    for is_wrong, text in wrong:
        if is_wrong.any():
            raise ValueError(f"payment {int(np.argmax(is_wrong))}: {text}")
    if (accounts.weight <= 0).any():
        raise ValueError("a weight must be greater than zero")
    if len(np.unique(queue.order)) != len(queue):
        raise ValueError("two payments have the same order")
    pair = limits.account * np.int64(size + 1) + limits.counterparty + 1
    if len(np.unique(pair)) != len(pair):
        raise ValueError("an account has two limits towards the same counterparty")
    _check_sums(accounts, queue)


def _check_columns(accounts: Accounts, queue: Queue, limits: Limits) -> None:
    for given, names in (
        (accounts, Accounts.__slots__),
        (queue, Queue.__slots__),
        (limits, Limits.__slots__),
    ):
        columns = [getattr(given, name) for name in names]
        if any(column.dtype != np.int64 or column.shape != (len(columns[0]),) for column in columns):
            raise ValueError(f"the columns of {type(given).__name__} must be int64 and of one length")


def _check_sums(accounts: Accounts, queue: Queue) -> None:
    weight = accounts.weight[queue.debtor]
    gross = _exact_sum(queue.amount)
    if gross > GROSS_MAX:
        raise OverflowError(f"the payments sum to {gross} minor units; one run takes at most {GROSS_MAX}")
    # Grouped by weight, the sum is exact without a product that could leave int64.
    value = sum(int(each) * _exact_sum(queue.amount[weight == each]) for each in np.unique(weight))
    if value > GROSS_MAX:
        raise OverflowError(
            f"the values sum to {value}; one run takes at most {GROSS_MAX}: use smaller weights"
        )


def _exact_sum(amount: Int64Array) -> int:
    # Two halves, so that the sum itself cannot overflow.
    return (int((amount >> 32).sum()) << 32) + int((amount & 0xFFFFFFFF).sum())
