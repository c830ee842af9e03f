"""Cancellations, and two people's decisions on what screening held.

Rules: docs/settlement-rules.md, "Cancellation" and "Release and refusal of what is held". A held
obligation is decided by the same rules in `obligation`.
"""

from __future__ import annotations

from setfair.domain.codes import InstructionKind, Reason, RecordKind, Status
from setfair.engine.cascade import release
from setfair.engine.entry import accept, check_return, hold
from setfair.engine.identity import ABSENT, find_earlier
from setfair.engine.layout import PAYMENT_COUNT, Journal, PaymentBooks, Row, Setting
from setfair.engine.ledger import write_payment_record
from setfair.engine.link import link_of, reject_one_leg, write_answer
from setfair.engine.link_entry import cancel_leg, hold_leg, readmit_leg
from setfair.engine.queue import NONE
from setfair.engine.schedule import park
from setfair.engine.warehouse import keep_until_day, may_wait
from setfair.engine.withdraw import check_timing, reject, withdraw
from setfair.kernel import inner

_CANCELLATION = int(InstructionKind.CANCELLATION)
_REFUSAL = int(InstructionKind.REFUSAL)
_RETURN = int(InstructionKind.PAYMENT_RETURN)
_PDNG, _ACSP, _ACSC = int(Status.PDNG), int(Status.ACSP), int(Status.ACSC)
_RJCT, _CANC = int(Status.RJCT), int(Status.CANC)
_CANCELLED = int(RecordKind.CANCELLED)
_SCREENING_HIT = int(Reason.SCREENING_HIT)
_DISPOSITION, _REJECTED = int(RecordKind.DISPOSITION), int(RecordKind.REJECTED)
_BY_SENDER = int(Reason.CANCELLED_BY_SENDER)
_UNKNOWN, _NOT_YOURS = int(Reason.ORIGINAL_UNKNOWN), int(Reason.NOT_YOUR_PAYMENT)
_SETTLED, _REJECTED_BEFORE = int(Reason.ORIGINAL_SETTLED), int(Reason.ORIGINAL_REJECTED)
_NOT_AUTHORISED, _NOT_HELD = int(Reason.PERSON_NOT_AUTHORISED), int(Reason.NOT_HELD)
_SAME_PERSON, _REFUSED = int(Reason.SAME_PERSON), int(Reason.SCREENING_REFUSED)

REFUSES = 1 << 20
"""Added to the first person's index when that person's decision was a refusal."""


@inner
def cancel(books: PaymentBooks, journal: Journal, setting: Setting, request: int, instruction: Row) -> None:
    """Answer one cancellation request; `request` is its own place in the payments array."""
    high, low = instruction["original_high"], instruction["original_low"]
    original = find_earlier(books.identities, high, low, request)
    reason = _check_cancellation(books, original, instruction)
    entry: Row = books.payments[request]
    number = entry["number"]
    entry["original"] = original
    if reason == 0 and link_of(books, original) != NONE:
        cancel_leg(books, journal, request, original, setting.now)
        return
    if reason == 0:
        withdraw(books, original, _CANC, _BY_SENDER)
        write_payment_record(books, journal, original, _CANCELLED, number, setting.now)
    entry["status"] = _ACSC if reason == 0 else _RJCT
    entry["reason"] = reason
    write_answer(books, journal, request, number, setting.now)
    if reason == 0:
        cancelled: Row = books.payments[original]
        release(books, journal, cancelled["debtor"], NONE, number, setting.now)


@inner
def _check_cancellation(books: PaymentBooks, original: int, instruction: Row) -> int:
    """Return why the request cannot be met, or 0."""
    if instruction["defect"] != 0:
        return instruction["defect"]
    if original == ABSENT or books.payments[original]["kind"] == _CANCELLATION:
        return _UNKNOWN
    entry = books.payments[original]
    debtor = entry["debtor"]
    if debtor < 0 or books.accounts[debtor]["participant"] != instruction["debtor"]:
        return _NOT_YOURS
    if entry["status"] == _ACSC:
        return _SETTLED
    if entry["status"] == _RJCT or entry["status"] == _CANC:
        return _REJECTED_BEFORE
    return 0


@inner
def find_payment(books: PaymentBooks, number: int) -> int:
    """Return the payment with this instruction number by binary search, or -1."""
    low, high = 0, books.counters[PAYMENT_COUNT]
    while low < high:
        middle = (low + high) // 2
        if books.payments[middle]["number"] < number:
            low = middle + 1
        else:
            high = middle
    if low < books.counters[PAYMENT_COUNT] and books.payments[low]["number"] == number:
        return low
    return NONE


@inner
def check_decision(instruction: Row, is_held: bool, first_person: int, officers: int) -> int:
    """Return why this person's decision on an instruction does not count, or 0."""
    person = instruction["person"]
    if instruction["defect"] != 0:
        return instruction["defect"]
    if person < 0 or person >= officers:
        return _NOT_AUTHORISED
    if not is_held:
        return _NOT_HELD
    if first_person != NONE and (first_person & (REFUSES - 1)) == person:
        return _SAME_PERSON
    return 0


@inner
def decide_held(
    books: PaymentBooks, journal: Journal, setting: Setting, number: int, instruction: Row
) -> int:
    """Apply one person's decision on a held payment; return the reason why not, or 0."""
    payment = find_payment(books, instruction["target"])
    is_held = (
        payment != NONE
        and books.payments[payment]["status"] == _PDNG
        and books.payments[payment]["reason"] == _SCREENING_HIT
    )
    first_person = books.payments[payment]["person"] if is_held else NONE
    reason = check_decision(instruction, is_held, first_person, setting.officers)
    write_decision(journal, number, instruction, reason, setting.now)
    if reason != 0:
        return reason
    entry = books.payments[payment]
    refuses = instruction["kind"] == _REFUSAL
    if entry["person"] == NONE:
        entry["person"] = instruction["person"] + (REFUSES if refuses else 0)
        return 0
    is_refused = refuses or entry["person"] >= REFUSES
    if is_refused and link_of(books, payment) != NONE:
        reject_one_leg(books, journal, payment, _REFUSED, number, setting.now)
    elif is_refused:
        reject(books, journal, payment, _REFUSED, number, setting.now)
    else:
        readmit(books, journal, setting, payment, number)
    return 0


@inner
def hold_again(books: PaymentBooks, journal: Journal, setting: Setting, number: int, instruction: Row) -> int:
    """Hold a payment that waits in a queue, or is held: a decision on it is void; return why not, or 0."""
    payment = find_payment(books, instruction["target"])
    waits = (
        payment != NONE
        and books.payments[payment]["kind"] != _CANCELLATION
        and (books.payments[payment]["status"] == _ACSP or books.payments[payment]["status"] == _PDNG)
    )
    if not waits:
        write_decision(journal, number, instruction, _NOT_HELD, setting.now)
        return _NOT_HELD
    books.payments[payment]["person"] = NONE
    if link_of(books, payment) != NONE:
        hold_leg(books, journal, payment, number, setting.now)
        return 0
    was_queued = books.payments[payment]["status"] == _ACSP
    if was_queued:
        withdraw(books, payment, _PDNG, 0)
    hold(books, journal, payment, number, setting.now)
    if was_queued:
        release(books, journal, books.payments[payment]["debtor"], NONE, number, setting.now)
    return 0


@inner
def readmit(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> None:
    """Accept what was held or parked as of now, unless its payer keeps it back: steps 6, 7, 10 to 14."""
    if link_of(books, payment) != NONE:
        readmit_leg(books, journal, setting, payment, cause)
        return
    reason = check_timing(books, books.payments[payment])
    if reason != 0 and may_wait(books, setting, payment):
        keep_until_day(books, journal, payment, cause, setting.now)
        return
    if reason == 0 and books.payments[payment]["kind"] == _RETURN:
        reason = check_return(books, payment)
    if reason != 0:
        reject(books, journal, payment, reason, cause, setting.now)
    elif not park(books, journal, setting, payment, cause):
        accept(books, journal, setting, payment, cause)


@inner
def write_decision(journal: Journal, number: int, instruction: Row, reason: int, now: int) -> None:
    """Write the record of one decision: DISPOSITION, or REJECTED with the reason why it does not count.

    `amount` is the number of the held instruction.
    """
    place = journal.written[0]
    record = journal.records[place]
    record["kind"] = _DISPOSITION if reason == 0 else _REJECTED
    record["status"] = _ACSC if reason == 0 else _RJCT
    record["mechanism"], record["spare"] = 0, 0
    record["reason"] = reason
    record["currency"] = 0
    record["debtor"], record["creditor"] = NONE, NONE
    record["amount"] = instruction["target"]
    record["subject"], record["cause"] = number, number
    record["debtor_after"], record["creditor_after"] = instruction["person"], instruction["kind"]
    record["time"] = now
    journal.written[0] = place + 1
