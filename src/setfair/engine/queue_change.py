"""Queue management: a payer, or the operator, changes how a payment waits; and what times bring about.

Rules (docs/settlement-rules.md, "Queue management")
-----
1. Users of the payer's participant and of the operator may. One person is enough; it goes on record.
2. To the top or the bottom of its priority, or to the bottom of another: then the release cascade runs from
   the debtor account, since its head may be another one. Of a leg it counts for every leg of its link for
   which the user may speak: those that its participant pays, or all of them. Each has a record, the one that
   was named first, and the cascade runs from each account that pays one.
3. A hold, or an earliest time to come, takes a payment out of its queue (`schedule`); it comes back as if it
   came in now. Of a leg it counts for the whole link, which goes out of the queues and comes in as one; its
   payer's word is for its own legs, and the link waits as long as one of them is kept back.
"""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import InstructionKind, Priority, QueueAction, Reason, RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.cascade import release, release_payers
from setfair.engine.layout import SCHEDULE, Array, Journal, PaymentBooks, Row, Setting
from setfair.engine.ledger import write_payment_record
from setfair.engine.link import link_of, reject_one_leg
from setfair.engine.link_entry import accept_leg, keep_leg_back
from setfair.engine.queue import NONE, dequeue, enqueue, enqueue_first
from setfair.engine.request import find_payment, readmit, write_decision
from setfair.engine.schedule import find_schedule, park
from setfair.engine.terms import OPERATOR
from setfair.engine.withdraw import withdraw
from setfair.kernel import inner, kernel, spliced

_CANCELLATION = int(InstructionKind.CANCELLATION)
_TOP, _BOTTOM, _PRIORITY = int(QueueAction.TOP), int(QueueAction.BOTTOM), int(QueueAction.PRIORITY)
_TIMES, _HOLD, _REACTIVATE = int(QueueAction.TIMES), int(QueueAction.HOLD), int(QueueAction.REACTIVATE)
_PDNG, _ACSP, _ACSC = int(Status.PDNG), int(Status.ACSP), int(Status.ACSC)
_RJCT, _CANC = int(Status.RJCT), int(Status.CANC)
_REJECTED, _CHANGED = int(RecordKind.REJECTED), int(RecordKind.QUEUE_CHANGED)
_UNKNOWN, _NOT_AUTHORISED = int(Reason.ORIGINAL_UNKNOWN), int(Reason.PERSON_NOT_AUTHORISED)
_SETTLED, _REJECTED_BEFORE = int(Reason.ORIGINAL_SETTLED), int(Reason.ORIGINAL_REJECTED)
_NOT_QUEUED, _NOT_ON_HOLD = int(Reason.NOT_QUEUED), int(Reason.NOT_ON_HOLD)
_EXPIRED = int(Reason.EXPIRED)
_DATE_INVALID, _PRIORITY_INVALID = int(Reason.DATE_INVALID), int(Reason.PRIORITY_INVALID)
_ON_HOLD, _BEFORE = int(Reason.ON_HOLD), int(Reason.BEFORE_EARLIEST)
_OPERATOR, _LOWEST = OPERATOR, int(Priority.NORMAL)


def schedule_for(books: Books, number: int) -> Array:
    """Return the schedule of a house with a row for this payment."""
    if (books.schedule["number"] == number).any():
        return books.schedule.copy()
    row = np.zeros(1, SCHEDULE)
    row["number"] = number
    place = int(np.searchsorted(books.schedule["number"], number))
    return np.concatenate([books.schedule[:place], row, books.schedule[place:]], dtype=SCHEDULE)


@kernel
def change_queue(
    books: PaymentBooks, journal: Journal, setting: Setting, acts_for: int, batch: Array, number: int
) -> None:
    """Decide on the only instruction of a batch.

    Parameters
    ----------
    books
        Changed in place.
    journal
        Room for every queued payment and three more.
    setting
        Its schedule has a row for the payment, and is changed in place.
    acts_for
        The participant for which the user acts; OPERATOR or NOBODY.
    batch
        INSTRUCTION, shape (1,).
    number
        Of the instruction.
    """
    instruction: Row = batch[0]
    payment = find_payment(books, instruction["target"])
    reason = _check(books, setting, acts_for, payment, instruction)
    place = journal.written[0]
    write_decision(journal, number, instruction, reason, setting.now)
    record = journal.records[place]
    record["creditor_after"] = instruction["amount"]
    if reason != 0:
        return
    record["kind"] = _CHANGED
    entry = books.payments[payment]
    action = instruction["amount"]
    if action in (_HOLD, _REACTIVATE, _TIMES):
        _keep_back(books, journal, setting, payment, instruction, number)
        return
    if link_of(books, payment) != NONE:
        _reorder_link(books, journal, setting, acts_for, payment, instruction, number)
        return
    _leave(books, payment, instruction)
    _come_back(books, payment, action)
    release(books, journal, entry["debtor"], NONE, number, setting.now)


@inner
def _leave(books: PaymentBooks, payment: int, instruction: Row) -> None:
    """Take a payment out of its queue, if it is in one, to put it elsewhere."""
    if books.payments[payment]["status"] == _ACSP:
        dequeue(books, payment)
    if instruction["amount"] == _PRIORITY:
        books.payments[payment]["priority"] = instruction["priority"]


@inner
def _come_back(books: PaymentBooks, payment: int, action: int) -> None:
    if books.payments[payment]["status"] != _ACSP:
        return
    if action == _TOP:
        enqueue_first(books, payment)
    else:
        enqueue(books, payment)


@inner
def _speaks_for(books: PaymentBooks, acts_for: int, payment: int) -> bool:
    """Tell whether a user acts for the operator, or for who pays."""
    debtor = books.payments[payment]["debtor"]
    owner = books.accounts[debtor]["participant"] if debtor >= 0 else NONE
    return acts_for == _OPERATOR or (acts_for >= 0 and acts_for == owner)


@inner
def _reorder_link(
    books: PaymentBooks,
    journal: Journal,
    setting: Setting,
    acts_for: int,
    named: int,
    instruction: Row,
    number: int,
) -> None:
    """Put the legs of a link elsewhere in their queues, in the order in which they joined: rule 2."""
    legs = books.linked.legs
    link = link_of(books, named)
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        if _speaks_for(books, acts_for, payment):
            _leave(books, payment, instruction)
            if payment != named:
                _write_moved(books, journal, payment, instruction, number, setting.now)
        leg = legs[leg]["next"]
    count = books.linked.links[link]["present"]
    for turn in range(count):
        # What comes to the top last stands first.
        wanted = count - 1 - turn if instruction["amount"] == _TOP else turn
        payment = _leg_at(books, link, wanted)
        if _speaks_for(books, acts_for, payment):
            _come_back(books, payment, instruction["amount"])
    for turn in range(count):
        payment = _leg_at(books, link, turn)
        if _speaks_for(books, acts_for, payment):
            release(books, journal, books.payments[payment]["debtor"], NONE, number, setting.now)


@inner
def _leg_at(books: PaymentBooks, link: int, place: int) -> int:
    """Return the payment of a leg by its place in the order of joining."""
    leg = books.linked.links[link]["first"]
    for _ in range(place):
        leg = books.linked.legs[leg]["next"]
    return books.linked.legs[leg]["payment"]


@inner
def _write_moved(
    books: PaymentBooks, journal: Journal, payment: int, instruction: Row, number: int, now: int
) -> None:
    """Write QUEUE_CHANGED of a leg that goes with the one that was named."""
    place = journal.written[0]
    write_decision(journal, number, instruction, 0, now)
    record = journal.records[place]
    record["kind"] = _CHANGED
    record["amount"] = books.payments[payment]["number"]
    record["creditor_after"] = instruction["amount"]


@inner
def _check(books: PaymentBooks, setting: Setting, acts_for: int, payment: int, instruction: Row) -> int:
    """Return why the payment's way of waiting does not change, or 0."""
    if payment == NONE or books.payments[payment]["kind"] == _CANCELLATION:
        return _UNKNOWN
    entry = books.payments[payment]
    if not _speaks_for(books, acts_for, payment):
        return _NOT_AUTHORISED
    if entry["status"] == _ACSC:
        return _SETTLED
    if entry["status"] == _RJCT or entry["status"] == _CANC:
        return _REJECTED_BEFORE
    action = instruction["amount"]
    if action in (_TOP, _BOTTOM):
        return 0 if entry["status"] == _ACSP else _NOT_QUEUED
    if action == _PRIORITY:
        return 0 if instruction["priority"] <= _LOWEST else _PRIORITY_INVALID
    if action == _REACTIVATE:
        place = find_schedule(setting, entry["number"])
        return 0 if setting.schedule[place]["on_hold"] != 0 else _NOT_ON_HOLD
    return _check_times(instruction, setting.now) if action == _TIMES else 0


@inner
def _check_times(instruction: Row, now: int) -> int:
    earliest, latest = np.int64(instruction["original_high"]), np.int64(instruction["original_low"])
    if latest != 0 and latest <= now:
        return _EXPIRED
    return _DATE_INVALID if latest != 0 and earliest > latest else 0


@spliced
def _keep_back(
    books: PaymentBooks, journal: Journal, setting: Setting, payment: int, instruction: Row, number: int
) -> None:
    """Set what the payer wants, and let the payment go out of its queue, or come in: rule 3."""
    entry = books.payments[payment]
    row = setting.schedule[find_schedule(setting, entry["number"])]
    if instruction["amount"] == _TIMES:
        row["earliest"] = np.int64(instruction["original_high"])
        row["latest"] = np.int64(instruction["original_low"])
    else:
        row["on_hold"] = 1 if instruction["amount"] == _HOLD else 0
    if link_of(books, payment) != NONE:
        keep_leg_back(books, journal, setting, payment, number)
        return
    is_kept = row["on_hold"] != 0 or row["earliest"] > setting.now
    if entry["status"] == _ACSP and is_kept:
        withdraw(books, payment, _PDNG, 0)
        park(books, journal, setting, payment, number)
        release(books, journal, entry["debtor"], NONE, number, setting.now)
    elif entry["reason"] == _ON_HOLD or entry["reason"] == _BEFORE:
        readmit(books, journal, setting, payment, number)


@kernel
def let_times_pass(books: PaymentBooks, journal: Journal, setting: Setting, cause: int) -> int:
    """Reject what has reached its latest time, and return how many; let in what has reached its earliest.

    In the order of the numbers. An earliest time that has passed is said no more.
    """
    rejected = 0
    for place in range(setting.schedule.shape[0]):
        row = setting.schedule[place]
        payment = find_payment(books, row["number"])
        status = books.payments[payment]["status"]
        if status != _ACSP and status != _PDNG:
            continue
        if row["latest"] != 0 and row["latest"] <= setting.now:
            _expire_payment(books, journal, payment, cause, setting.now)
            rejected += 1
        elif row["earliest"] != 0 and row["earliest"] <= setting.now:
            row["earliest"] = 0
            if books.payments[payment]["reason"] == _BEFORE and link_of(books, payment) != NONE:
                accept_leg(books, journal, setting, payment, cause)
            elif books.payments[payment]["reason"] == _BEFORE:
                readmit(books, journal, setting, payment, cause)
    return rejected


@inner
def _expire_payment(books: PaymentBooks, journal: Journal, payment: int, cause: int, now: int) -> None:
    """Reject a payment whose latest time has come, and with a leg of a complete link all of it."""
    link = link_of(books, payment)
    if link == NONE:
        withdraw(books, payment, _RJCT, _EXPIRED)
        write_payment_record(books, journal, payment, _REJECTED, cause, now)
        release(books, journal, books.payments[payment]["debtor"], NONE, cause, now)
    elif reject_one_leg(books, journal, payment, _EXPIRED, cause, now):
        release_payers(books, journal, link, cause, now)
