"""Offsetting of what waits in a house: the queues go through `offset`, and what it chose settles together.

Rules (docs/settlement-rules.md, "Offsetting")
-----
1. All queues of all accounts take part, links as one, under the discipline of the agreement. Under `ordered`
   the set is unique, and found when the run is decided. Under `bypass` a search finds it before that
   (`search_queue`), and the run comes with it: so it is decided the same however later versions search.
2. What an account can pay is `available` at the lowest priority that waits in its queue.
3. The chosen payments leave their queues and settle in the order of their arrival (OFFSETTING); then the
   release cascade runs from each account that paid or was paid, in order.
4. A set that comes with a run is believed only so far: it has to be of queued payments, leave nobody and no
   limit short, take links whole, and be worth no less than the ordered one and no more than its bound.
5. A run that could leave int64 is refused whole: all that waits is more than one run takes
   (AMOUNT_TOO_LARGE), or some balance could exceed the largest (BALANCE_OVERFLOW).
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import Mechanism, Priority, Reason, RecordKind, Status
from setfair.engine.books import BYPASS_RULE, OFFSET_LEFT, OFFSET_TIME, Books
from setfair.engine.cascade import release
from setfair.engine.layout import LEG_COUNT, QUEUED_COUNT, RECORD, Array, Int64s, Journal, PaymentBooks
from setfair.engine.ledger import ALL_OTHERS, BALANCE_MAX, settle
from setfair.engine.link import answer_requests, link_of
from setfair.engine.offset import ALL_OTHERS as ALL_OTHERS_GIVEN
from setfair.engine.offset import GROSS_MAX, Accounts, Discipline, Limits, Queue, find_short, offset
from setfair.engine.queue import NONE, dequeue
from setfair.errors import BrokenInvariantError
from setfair.kernel import kernel

_OFFSETTING = int(Mechanism.OFFSETTING)
_RJCT = int(Status.RJCT)
_ORIGINAL_SETTLED = int(Reason.ORIGINAL_SETTLED)
_BALANCE_ENOUGH = BALANCE_MAX // 2
"""A balance above this is as good as without a bound, and fits into every sum."""


def search_queue(books: Books, work: int) -> Int64s | None:
    """Return what a run under `bypass` comes with: a bound, then the numbers of the payments that settle.

    Parameters
    ----------
    books
        As they are when the run is decided; nothing is changed.
    work
        Work units that the search may use; 0: by the number of payments.

    Returns
    -------
    ndarray
        int64, the numbers ascending; None where nothing is searched: in order, or where nothing can settle.
    """
    places = queued_payments(books)
    if not books.rules[BYPASS_RULE] or not len(places) or _check_sums(books, places) is not Reason.NONE:
        return None
    given = _give(books, places)
    result = offset(
        given.accounts, given.queue, Discipline.BYPASS, limits=given.limits, work_max=work or None
    )
    numbers = np.sort(books.payments["number"][places[result.chosen]].astype(np.int64))
    return np.concatenate([np.array([result.bound], np.int64), numbers])


def offset_books(books: Books, number: int, now: int, searched: Int64s | None) -> Array:
    """Settle together what is chosen, and return the records, the run's own first.

    Parameters
    ----------
    books
        Changed in place.
    number
        Of the instruction.
    now
        Nanoseconds since 1970-01-01 UTC.
    searched
        What the run comes with, from `search_queue` on the same books.

    Raises
    ------
    BrokenInvariantError
        If what the run comes with may not settle, or it comes with something where nothing was to be searched
        or with nothing where something was.
    """
    records = _run(books, number, now, searched)
    books.rules[OFFSET_TIME], books.rules[OFFSET_LEFT] = now, books.queued_count
    return records


def _run(books: Books, number: int, now: int, searched: Int64s | None) -> Array:
    places = queued_payments(books)
    own = np.zeros(1, RECORD)
    own["kind"], own["status"], own["time"] = RecordKind.OFFSETTING_RUN, Status.ACSC, now
    own["subject"] = own["cause"] = number
    own["debtor"] = len(places)
    reason = _check_sums(books, places)
    is_searched = bool(books.rules[BYPASS_RULE]) and len(places) > 0 and reason is Reason.NONE
    if is_searched != (searched is not None):
        said = "no chosen payments" if is_searched else "chosen payments that nothing was to be searched for"
        raise BrokenInvariantError(f"the run of offsetting {number} comes with {said}")
    if reason is not Reason.NONE:
        own["status"], own["reason"] = Status.RJCT, reason
        return own
    if not len(places):
        return own
    given = _give(books, places)
    ordered = offset(given.accounts, given.queue, Discipline.ORDERED, limits=given.limits)
    settles, bound = ordered.chosen, ordered.bound
    if searched is not None:
        settles, bound = _believe(books, places, searched, number), int(searched[0])
        _check_chosen(given, settles, number)
    value = int(given.queue.amount[settles].sum())
    if not ordered.value <= value <= bound:
        raise BrokenInvariantError(
            f"the run of offsetting {number} settles {value} minor units: the ordered set has "
            f"{ordered.value}, and its bound is {bound}"
        )
    chosen = np.sort(places[settles])
    own["creditor"], own["amount"] = len(chosen), value
    own["debtor_after"], own["creditor_after"] = ordered.value, bound
    return np.concatenate([own, _settle(books, chosen, number, now)])


def queued_payments(books: Books) -> Int64s:
    """Return the places of all queued payments: account by account, in the order of its queue."""
    places = np.zeros(int(books.counters[QUEUED_COUNT]), np.int64)
    _list_queued(books.payment_books(), places)
    return places


@kernel
def _list_queued(books: PaymentBooks, places: Int64s) -> None:
    count = 0
    for account in range(books.accounts.shape[0]):
        for priority in range(3):
            payment = books.accounts[account]["head"][priority]
            while payment != NONE:
                places[count] = payment
                count += 1
                payment = books.payments[payment]["next"]


def _check_sums(books: Books, places: Int64s) -> Reason:
    """Rule 5: return why nothing is chosen, or NONE."""
    amount = books.payments["amount"][places]
    # Two halves, so that the sum itself cannot overflow.
    if (int((amount >> 32).sum()) << 32) + int((amount & 0xFFFFFFFF).sum()) > GROSS_MAX:
        return Reason.AMOUNT_TOO_LARGE
    received = np.zeros(len(books.accounts), np.int64)
    np.add.at(received, books.payments["creditor"][places], amount)
    if (books.accounts["balance"] > BALANCE_MAX - received).any():
        return Reason.BALANCE_OVERFLOW
    return Reason.NONE


class _Given(NamedTuple):
    """What waits, as `offset` takes it."""

    accounts: Accounts
    queue: Queue
    limits: Limits


def _give(books: Books, places: Int64s) -> _Given:
    payments = books.payments[places]
    debtor = payments["debtor"].astype(np.int64)
    queue = Queue(
        debtor,
        payments["creditor"].astype(np.int64),
        payments["amount"].astype(np.int64),
        payments["priority"].astype(np.int64),
        np.arange(len(places)),
        links_of(books, places),
    )
    accounts = Accounts(
        _available(books, debtor, queue.priority),
        books.accounts["currency"].astype(np.int64),
        np.ones(len(books.accounts), np.int64),
    )
    return _Given(accounts, queue, _limits(books))


def _believe(books: Books, places: Int64s, searched: Int64s, number: int) -> NDArray[np.bool_]:
    """Return by queued payment whether the run comes with it."""
    waiting, wanted = books.payments["number"][places].astype(np.int64), searched[1:]
    settles = np.isin(waiting, wanted)
    if np.count_nonzero(settles) != len(wanted) or (np.diff(wanted) <= 0).any():
        raise BrokenInvariantError(f"the run of offsetting {number} comes with payments that do not wait")
    return settles


def _check_chosen(given: _Given, settles: NDArray[np.bool_], number: int) -> None:
    """Rule 4: refuse a set that may not settle."""
    short = find_short(given.accounts, given.queue, given.limits, settles)
    if short is not None:
        raise BrokenInvariantError(f"what the run of offsetting {number} comes with may not settle: {short}")


def links_of(books: Books, places: Int64s) -> Int64s:
    """Return the link of each payment, or -1."""
    links = np.full(len(places), NONE, np.int64)
    _find_links(books.payment_books(), places, links)
    return links


@kernel
def _find_links(books: PaymentBooks, places: Int64s, links: Int64s) -> None:
    for i in range(places.shape[0]):
        links[i] = link_of(books, places[i])


def _available(books: Books, debtor: Int64s, priority: Int64s) -> Int64s:
    """Rule 2, by account."""
    accounts = books.accounts
    lowest = np.zeros(len(accounts), np.int64)
    np.maximum.at(lowest, debtor, priority)
    free = np.minimum(accounts["balance"], _BALANCE_ENOUGH) + accounts["credit_line"]
    free -= np.where(lowest > Priority.URGENT, accounts["reserved_urgent"], 0)
    free -= np.where(lowest > Priority.HIGH, accounts["reserved_high"], 0)
    return free


def _limits(books: Books) -> Limits:
    used = books.limits[books.limits["key"] != -1]
    counterparty = used["key"] & 0xFFFFFFFF
    return Limits(
        used["key"] >> 32,
        np.where(counterparty == ALL_OTHERS, ALL_OTHERS_GIVEN, counterparty),
        used["limit"] - used["net"],
    )


def _settle(books: Books, chosen: NDArray[np.int64], number: int, now: int) -> Array:
    """Rule 3."""
    touched = np.union1d(books.payments["debtor"][chosen], books.payments["creditor"][chosen])
    room = int(books.counters[QUEUED_COUNT] + books.counters[LEG_COUNT])
    journal = Journal(np.zeros(room, RECORD), np.zeros(1, np.int64))
    _settle_chosen(books.payment_books(), journal, chosen, number, now)
    for account in touched.tolist():
        release(books.payment_books(), journal, account, NONE, number, now)
    return journal.records[: journal.written[0]]


@kernel
def _settle_chosen(books: PaymentBooks, journal: Journal, chosen: Int64s, cause: int, now: int) -> None:
    for i in range(chosen.shape[0]):
        dequeue(books, chosen[i])
    for i in range(chosen.shape[0]):
        settle(books, journal, chosen[i], _OFFSETTING, cause, now)
    for i in range(chosen.shape[0]):
        link = link_of(books, chosen[i])
        if link != NONE and books.linked.links[link]["over"] == 0:
            books.linked.links[link]["over"] = 1
            answer_requests(books, journal, link, _RJCT, _ORIGINAL_SETTLED, cause, now)
