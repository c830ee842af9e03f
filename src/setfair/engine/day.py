"""Phases of the business day, one currency at a time: docs/settlement-rules.md, "Phases"."""

from __future__ import annotations

from setfair.domain.codes import InstructionKind, Phase, Reason, RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.cascade import release
from setfair.engine.layout import PAYMENT_COUNT, Journal, PaymentBooks, Setting
from setfair.engine.ledger import write_payment_record
from setfair.engine.link import link_of, reject_one_leg
from setfair.engine.link_entry import take_up_leg
from setfair.engine.queue import NONE
from setfair.engine.request import readmit
from setfair.engine.terms import bring_back
from setfair.engine.warehouse import is_early
from setfair.engine.withdraw import withdraw
from setfair.kernel import kernel

_CANCELLATION = int(InstructionKind.CANCELLATION)
_ACSP, _PDNG, _RJCT = int(Status.ACSP), int(Status.PDNG), int(Status.RJCT)
_REJECTED = int(RecordKind.REJECTED)
_AT_CUTOFF, _WRONG_DATE = int(Reason.QUEUED_AT_CUTOFF), int(Reason.WRONG_VALUE_DATE)
_BEFORE = int(Reason.BEFORE_VALUE_DATE)


def open_day(books: Books, currency: int, day: int, remember_from: int) -> None:
    """Open the business day of a currency: the terms that stand come into force.

    Parameters
    ----------
    books
        Changed in place.
    currency
        ISO 4217 number.
    day
        Days since 1970-01-01.
    remember_from
        Payments that arrived on earlier business days are forgotten, unless a currency still has
        such a day open.
    """
    open_days = books.business_day[books.phases != Phase.CLOSED]
    books.phases[currency] = Phase.OPEN
    books.business_day[currency] = day
    ours = books.accounts["currency"] == currency
    bring_back(books, ours)
    books.forget_payments_before(min(remember_from, *open_days.tolist(), day))


def reject_waiting(books: Books, journal: Journal, currency: int, cause: int, now: int) -> None:
    """Reject what is queued or held in this currency for this day or before, in the order of its arrival.

    A matched link ends with its leg in this currency; what that lets go in other currencies settles.
    """
    _reject_unsettled(books.payment_books(), journal, currency, cause, now)


@kernel
def _reject_unsettled(books: PaymentBooks, journal: Journal, currency: int, cause: int, now: int) -> None:
    broken = False
    for payment in range(books.counters[PAYMENT_COUNT]):
        entry = books.payments[payment]
        waits = entry["status"] == _ACSP or entry["status"] == _PDNG
        if not waits or entry["currency"] != currency or entry["kind"] == _CANCELLATION:
            continue
        if is_early(books, payment):
            continue
        if link_of(books, payment) != NONE:
            ended = reject_one_leg(books, journal, payment, _AT_CUTOFF, cause, now)
            broken = broken or ended
        else:
            withdraw(books, payment, _RJCT, _AT_CUTOFF)
            write_payment_record(books, journal, payment, _REJECTED, cause, now)
    for account in range(books.accounts.shape[0] if broken else 0):
        if books.accounts[account]["currency"] != currency:
            release(books, journal, account, NONE, cause, now)


@kernel
def take_up(books: PaymentBooks, journal: Journal, setting: Setting, currency: int, cause: int) -> None:
    """Take up what waited for the day that a currency has opened, in the order of its arrival.

    What waited for a day that the currency has passed over is rejected.
    """
    for payment in range(books.counters[PAYMENT_COUNT]):
        entry = books.payments[payment]
        if entry["status"] != _PDNG or entry["currency"] != currency or entry["kind"] == _CANCELLATION:
            continue
        is_leg = link_of(books, payment) != NONE
        if entry["value_date"] < books.business_day[currency]:
            if is_leg:
                reject_one_leg(books, journal, payment, _WRONG_DATE, cause, setting.now)
            else:
                withdraw(books, payment, _RJCT, _WRONG_DATE)
                write_payment_record(books, journal, payment, _REJECTED, cause, setting.now)
        elif entry["value_date"] > books.business_day[currency]:
            continue
        elif is_leg:
            take_up_leg(books, journal, setting, payment, cause)
        elif entry["reason"] == _BEFORE:
            readmit(books, journal, setting, payment, cause)
