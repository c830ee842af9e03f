"""The release cascade: what waits settles as soon as it can.

Rules
-----
1. A worklist of accounts, first in, first out, each at most once in it; the account's head settles as long as
   it can, and each settlement lists the creditor. Every step settles a queued payment or takes an account off
   the list, so the work is linear in what is released.
2. A leg at the head settles with its whole link, if nothing is ahead of any of its legs but the link itself.
   That lists the creditor and the debtor of every leg, in order, since the heads of all these queues change.
"""

from __future__ import annotations

from setfair.domain.codes import Mechanism
from setfair.engine.layout import QUEUED_COUNT, Journal, PaymentBooks
from setfair.engine.ledger import can_settle, settle
from setfair.engine.link import can_release_link, dequeue_link, link_of, settle_link
from setfair.engine.queue import NONE, dequeue, head
from setfair.kernel import inlined, inner, kernel

_RELEASE = int(Mechanism.RELEASE)


@inlined
def _list_account(books: PaymentBooks, account: int, start: int, length: int) -> int:
    """Put an account at the end of the worklist unless it is in it; return the new length."""
    if account == NONE or books.listed[account] != 0:
        return length
    books.listed[account] = 1
    books.worklist[(start + length) % books.worklist.shape[0]] = account
    return length + 1


@inner
def _list_link(books: PaymentBooks, link: int, start: int, length: int) -> int:
    """Rule 2: list the accounts of a link that settled; return the new length."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        entry = books.payments[legs[leg]["payment"]]
        length = _list_account(books, entry["creditor"], start, length)
        length = _list_account(books, entry["debtor"], start, length)
        leg = legs[leg]["next"]
    return length


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
        while payment != NONE:
            link = link_of(books, payment)
            if link != NONE:
                if not can_release_link(books, link, now):
                    break
                dequeue_link(books, link)
                settle_link(books, journal, link, _RELEASE, cause, now)
                length = _list_link(books, link, start, length)
            else:
                if not can_settle(books, books.payments[payment]):
                    break
                dequeue(books, payment)
                settle(books, journal, payment, _RELEASE, cause, now)
                length = _list_account(books, books.payments[payment]["creditor"], start, length)
            payment = head(books, account)


@inner
def release_payers(books: PaymentBooks, journal: Journal, link: int, cause: int, now: int) -> None:
    """Run the cascade from each account that pays a leg of a link that ended, in the order of the legs."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        release(books, journal, books.payments[legs[leg]["payment"]]["debtor"], NONE, cause, now)
        leg = legs[leg]["next"]
