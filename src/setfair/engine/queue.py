"""The queues of the accounts, and the release cascade.

Rules
-----
1. A queue is URGENT before HIGH before NORMAL, first in, first out within a priority: three doubly
   linked lists through the payments array.
2. A payment is blocked if its debtor account has a queued payment of the same or a higher priority.
3. Release cascade: a worklist of accounts, first in, first out, each at most once in it; the account's
   head settles as long as it can, and each settlement lists the creditor. Every step settles a queued
   payment or takes an account off the list, so the work is linear in what is released.
"""

from __future__ import annotations

from setfair.domain.codes import Mechanism
from setfair.engine.layout import QUEUED_COUNT, Journal, PaymentBooks
from setfair.engine.ledger import can_settle, settle
from setfair.kernel import inlined, inner, kernel

NONE = -1
_RELEASE = int(Mechanism.RELEASE)


@inlined
def head(books: PaymentBooks, account: int) -> int:
    """Return the first queued payment of an account, or -1."""
    heads = books.accounts[account]["head"]
    for priority in range(3):
        if heads[priority] != NONE:
            return heads[priority]
    return NONE


@inlined
def is_blocked(books: PaymentBooks, account: int, priority: int) -> bool:
    """Tell whether a payment of the same or a higher priority waits in the account's queue."""
    heads = books.accounts[account]["head"]
    for level in range(priority + 1):  # noqa: SIM110 (kernels have no generator expressions)
        if heads[level] != NONE:
            return True
    return False


@inner
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


@inner
def _list_account(books: PaymentBooks, account: int, start: int, length: int) -> int:
    """Put an account at the end of the worklist unless it is in it; return the new length."""
    if account == NONE or books.listed[account] != 0:
        return length
    books.listed[account] = 1
    books.worklist[(start + length) % books.worklist.shape[0]] = account
    return length + 1


@kernel
def release(books: PaymentBooks, journal: Journal, first: int, second: int, cause: int, now: int) -> None:
    """Run the release cascade from one account, or from two (`second` -1: from one)."""
    if books.counters[QUEUED_COUNT] == 0:
        return
    start = 0
    length = _list_account(books, first, start, 0)
    length = _list_account(books, second, start, length)
    while length > 0:
        account = books.worklist[start]
        start = (start + 1) % books.worklist.shape[0]
        length -= 1
        books.listed[account] = 0
        payment = head(books, account)
        while payment != NONE and can_settle(books, payment):
            dequeue(books, payment)
            settle(books, journal, payment, _RELEASE, cause, now)
            length = _list_account(books, books.payments[payment]["creditor"], start, length)
            payment = head(books, account)
