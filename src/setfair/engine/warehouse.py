"""Payments for a later business day: kept, outside every queue, until their value date comes.

Rules (docs/settlement-rules.md, "Value dates")
-----
1. A payment whose value date is after the business day of its currency, by at most the days that the
   agreement allows, is kept in whatever phase the currency is: pending, in no queue, in nobody's way.
2. When its currency opens on that day it is taken up as if it came in then. If the currency passes over the
   day, it is rejected at the opening after it.
3. A leg joins its link at once, and is matched; the link is taken up when no leg of it is early any more.

What takes them up when a day opens is in `day`.
"""

from __future__ import annotations

from setfair.domain.codes import Reason, RecordKind, Status
from setfair.engine.layout import Journal, PaymentBooks, Setting
from setfair.engine.ledger import write_payment_record
from setfair.kernel import inlined, inner

_PDNG, _PARKED, _BEFORE = int(Status.PDNG), int(RecordKind.PARKED), int(Reason.BEFORE_VALUE_DATE)


@inlined
def is_early(books: PaymentBooks, payment: int) -> bool:
    """Tell whether a payment's value date is still to come in its currency."""
    entry = books.payments[payment]
    return entry["value_date"] > books.business_day[entry["currency"]]


@inner
def may_wait(books: PaymentBooks, setting: Setting, payment: int) -> bool:
    """Tell whether a payment is early, and not by more than is allowed: rule 1."""
    entry = books.payments[payment]
    days = entry["value_date"] - books.business_day[entry["currency"]]
    return 0 < days <= setting.warehouse_days


@inner
def keep_until_day(books: PaymentBooks, journal: Journal, payment: int, cause: int, now: int) -> None:
    """Keep a payment that is no leg until its value date."""
    books.payments[payment]["status"] = _PDNG
    books.payments[payment]["reason"] = _BEFORE
    books.payments[payment]["mechanism"] = 0
    write_payment_record(books, journal, payment, _PARKED, cause, now)
