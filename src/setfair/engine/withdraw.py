"""Ends of payments that do not settle: rejected, or taken out of what waits; and what the clock lets in."""

from __future__ import annotations

from setfair.domain.codes import InstructionKind, Phase, Reason, RecordKind, Status
from setfair.engine.layout import Journal, PaymentBooks, Row
from setfair.engine.ledger import write_payment_record
from setfair.engine.queue import dequeue
from setfair.kernel import inlined, inner

_CUSTOMER = int(InstructionKind.CUSTOMER_PAYMENT)
_RETURN = int(InstructionKind.PAYMENT_RETURN)
_TRANSFER = int(InstructionKind.LIQUIDITY_TRANSFER)
_CLOSED = int(Phase.CLOSED)
_CUSTOMER_CUTOFF = int(Phase.CUSTOMER_CUTOFF)
_INTERBANK_CUTOFF = int(Phase.INTERBANK_CUTOFF)
_ACSP, _RJCT = int(Status.ACSP), int(Status.RJCT)
_REJECTED = int(RecordKind.REJECTED)
_DAY_NOT_OPEN, _AFTER_CUTOFF = int(Reason.DAY_NOT_OPEN), int(Reason.AFTER_CUTOFF)
_WRONG_VALUE_DATE = int(Reason.WRONG_VALUE_DATE)


@inlined
def check_timing(books: PaymentBooks, entry: Row) -> int:
    """Steps 6 and 7, of a payment or instruction: phase and value date of its currency; the reason, or 0."""
    phase = books.phases[entry["currency"]]
    if phase == _CLOSED:
        return _DAY_NOT_OPEN
    if phase == _CUSTOMER_CUTOFF and entry["kind"] == _CUSTOMER:
        return _AFTER_CUTOFF
    if phase == _INTERBANK_CUTOFF and entry["kind"] != _TRANSFER:
        return _AFTER_CUTOFF
    if entry["value_date"] != 0 and entry["value_date"] != books.business_day[entry["currency"]]:
        return _WRONG_VALUE_DATE
    return 0


@inner
def reject(books: PaymentBooks, journal: Journal, payment: int, reason: int, cause: int, now: int) -> None:
    """Reject a payment that is not in a queue; a return gives back what it had claimed."""
    _finish_unsettled(books, payment, _RJCT, reason)
    write_payment_record(books, journal, payment, _REJECTED, cause, now)


@inner
def withdraw(books: PaymentBooks, payment: int, status: int, reason: int) -> None:
    """Take a queued or held payment out of the books' open business with a final status."""
    if books.payments[payment]["status"] == _ACSP:
        dequeue(books, payment)
    _finish_unsettled(books, payment, status, reason)


@inner
def _finish_unsettled(books: PaymentBooks, payment: int, status: int, reason: int) -> None:
    entry = books.payments[payment]
    if entry["kind"] == _RETURN and entry["status"] == _ACSP:
        books.payments[entry["original"]]["returned"] -= entry["amount"]
    entry["status"] = status
    entry["reason"] = reason
    entry["mechanism"] = 0
