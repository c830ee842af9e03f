"""When payers want their payments to settle: earliest and latest times, and holds.

Rules (docs/settlement-rules.md, "Times and holds")
-----
1. A payment that its payer holds, or whose earliest time has not come, is parked: pending, in no queue, in
   nobody's way. It has not been accepted. When nothing keeps it back any more, it is, as of then.
2. When its latest time comes, a payment that waits in whatever way is rejected.
3. Times come in as an EXPIRY, which the house gives itself before anything else; kernels read no clock.
4. What screening holds stays held; what the payer wants counts when two people have released it.
5. A leg that is kept back keeps back its whole link, and one that reaches its latest time ends it.

Who may change it, and the rest of queue management, is in `queue_change`.
"""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import Reason, RecordKind, Status
from setfair.engine.layout import SCHEDULE, Array, Journal, PaymentBooks, Setting
from setfair.engine.ledger import write_payment_record
from setfair.engine.queue import NONE
from setfair.kernel import inlined, inner

_PDNG, _PARKED = int(Status.PDNG), int(RecordKind.PARKED)
_ON_HOLD, _BEFORE = int(Reason.ON_HOLD), int(Reason.BEFORE_EARLIEST)


@inner
def find_said(setting: Setting, number: int) -> int:
    """Return the place of what was said of a payment before this batch, by binary search, or -1."""
    low, high = 0, setting.schedule_first
    while low < high:
        middle = (low + high) // 2
        if setting.schedule[middle]["number"] < number:
            low = middle + 1
        else:
            high = middle
    if low < setting.schedule_first and setting.schedule[low]["number"] == number:
        return low
    return NONE


@inner
def find_schedule(setting: Setting, number: int) -> int:
    """Return the place of what is said of a payment, or -1.

    What a batch says of its own payments is looked through from the front: who lets a payment in knows its
    place, and only a decision in the same batch, of which a house makes none, looks for it.
    """
    found = find_said(setting, number)
    if found != NONE:
        return found
    for place in range(setting.schedule_first, setting.schedule.shape[0]):
        if setting.schedule[place]["number"] == number:
            return place
    return NONE


@inlined
def place_of_target(setting: Setting, target: int) -> int:
    """Return the place of what a payment of the batch comes with, named by its target: -1 is the first."""
    return setting.schedule_first - target - 1


@inlined
def is_leg_kept(setting: Setting, number: int) -> bool:
    """Tell whether its payer keeps a leg back now: no file says so of a leg, only a change of the queue."""
    return setting.schedule_first > 0 and _is_kept(setting, number)


@inner
def _is_kept(setting: Setting, number: int) -> bool:
    place = find_said(setting, number)
    if place == NONE:
        return False
    return setting.schedule[place]["on_hold"] != 0 or setting.schedule[place]["earliest"] > setting.now


@inner
def park(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> bool:
    """Park a payment that is kept back; tell whether it is: rule 1."""
    place = find_schedule(setting, books.payments[payment]["number"])
    return place != NONE and park_at(books, journal, setting, payment, place, cause)


@inner
def park_at(
    books: PaymentBooks, journal: Journal, setting: Setting, payment: int, place: int, cause: int
) -> bool:
    """Do as `park` does with a payment of which something is said at this place."""
    row = setting.schedule[place]
    if row["on_hold"] == 0 and row["earliest"] <= setting.now:
        return False
    books.payments[payment]["status"] = _PDNG
    books.payments[payment]["reason"] = _ON_HOLD if row["on_hold"] != 0 else _BEFORE
    books.payments[payment]["mechanism"] = 0
    write_payment_record(books, journal, payment, _PARKED, cause, setting.now)
    return True


@inlined
def park_leg(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> bool:
    """Park a leg that is kept back; tell whether it is: rule 5."""
    if not is_leg_kept(setting, books.payments[payment]["number"]):
        return False
    return park(books, journal, setting, payment, cause)


def with_times(schedule: Array, times: Array) -> Array:
    """Return the schedule of a house, and after it room for what a batch says; it gets its numbers later."""
    if not len(schedule) and not len(times):
        return schedule
    rows = np.zeros(len(times), SCHEDULE)
    rows["earliest"], rows["latest"] = times["earliest"], times["latest"]
    return np.concatenate([schedule, rows], dtype=SCHEDULE)


def still_needed(schedule: Array, payments: Array) -> Array:
    """Return what is said of payments that still wait, in the order of their numbers.

    Parameters
    ----------
    schedule
        SCHEDULE.
    payments
        PAYMENT, those in use.
    """
    said = (schedule["earliest"] != 0) | (schedule["latest"] != 0) | (schedule["on_hold"] != 0)
    rows = schedule[said & (schedule["number"] != 0)]
    place = np.searchsorted(payments["number"], rows["number"])
    is_there = place < len(payments)
    rows, place = rows[is_there], place[is_there]
    status = payments["status"][place]
    waits = (status == Status.ACSP) | (status == Status.PDNG)
    waits &= payments["number"][place] == rows["number"]
    rows = rows[waits]
    return rows[np.argsort(rows["number"], kind="stable")]
