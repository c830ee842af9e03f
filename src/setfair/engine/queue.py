"""The queues of the accounts.

Rules
-----
1. A queue is URGENT before HIGH before NORMAL, first in, first out within a priority: three doubly
   linked lists through the payments array.
2. A payment is blocked if its debtor account has a queued payment of the same or a higher priority.
"""

from __future__ import annotations

from setfair.engine.layout import QUEUED_COUNT, PaymentBooks
from setfair.kernel import inlined, inner, kernel

NONE = -1


@inlined
def head(books: PaymentBooks, account: int) -> int:
    """Return the first queued payment of an account, or -1."""
    heads = books.accounts[account]["head"]
    for priority in range(3):
        if heads[priority] != NONE:
            return heads[priority]
    return NONE


@inlined
def has_queue(books: PaymentBooks, account: int) -> bool:
    """Tell whether a payment waits in the account's queue."""
    heads = books.accounts[account]["head"]
    return (heads[0] & heads[1] & heads[2]) != NONE


@inlined
def is_blocked(books: PaymentBooks, account: int, priority: int) -> bool:
    """Tell whether a payment of the same or a higher priority waits in the account's queue."""
    heads = books.accounts[account]["head"]
    for level in range(priority + 1):  # noqa: SIM110 (kernels have no generator expressions)
        if heads[level] != NONE:
            return True
    return False


@inlined
def following(books: PaymentBooks, account: int, payment: int) -> int:
    """Return the queued payment after `payment` in queue order, or -1."""
    after = books.payments[payment]["next"]
    if after != NONE:
        return after
    heads = books.accounts[account]["head"]
    for priority in range(books.payments[payment]["priority"] + 1, 3):
        if heads[priority] != NONE:
            return heads[priority]
    return NONE


@kernel
def enqueue(books: PaymentBooks, payment: int) -> None:
    """Put a payment at the end of its priority in its debtor's queue."""
    payments = books.payments
    account = books.accounts[payments[payment]["debtor"]]
    priority = payments[payment]["priority"]
    last = account["tail"][priority]
    payments[payment]["previous"] = last
    payments[payment]["next"] = NONE
    if last == NONE:
        account["head"][priority] = payment
    else:
        payments[last]["next"] = payment
    account["tail"][priority] = payment
    books.counters[QUEUED_COUNT] += 1


@inner
def enqueue_first(books: PaymentBooks, payment: int) -> None:
    """Put a payment at the top of its priority in its debtor's queue."""
    payments = books.payments
    account = books.accounts[payments[payment]["debtor"]]
    priority = payments[payment]["priority"]
    first = account["head"][priority]
    payments[payment]["previous"] = NONE
    payments[payment]["next"] = first
    if first == NONE:
        account["tail"][priority] = payment
    else:
        payments[first]["previous"] = payment
    account["head"][priority] = payment
    books.counters[QUEUED_COUNT] += 1


@inlined
def dequeue(books: PaymentBooks, payment: int) -> None:
    """Take a payment out of its debtor's queue."""
    payments = books.payments
    account = books.accounts[payments[payment]["debtor"]]
    priority = payments[payment]["priority"]
    before = payments[payment]["previous"]
    after = payments[payment]["next"]
    if before == NONE:
        account["head"][priority] = after
    else:
        payments[before]["next"] = after
    if after == NONE:
        account["tail"][priority] = before
    else:
        payments[after]["previous"] = before
    payments[payment]["previous"] = NONE
    payments[payment]["next"] = NONE
    books.counters[QUEUED_COUNT] -= 1
