"""What happens to a payment when it comes in: steps 1 to 14 of docs/settlement-rules.md.

Covers customer payments, institution payments, returns and liquidity transfers. What is different with legs
of links is in `link_entry`; cancellations and decisions on held payments, which come in the same batches, are
in `request`.
"""

from __future__ import annotations

from setfair.domain.codes import InstructionKind, Mechanism, Reason, RecordKind, Screening, Status
from setfair.domain.money import AMOUNT_MAX_MINOR
from setfair.engine.cascade import release
from setfair.engine.identity import ABSENT, find_earlier
from setfair.engine.layout import QUEUED_COUNT, Journal, PaymentBooks, Row, Setting
from setfair.engine.ledger import (
    BALANCE_MAX,
    available,
    can_settle,
    settle,
    within_limits,
    write_payment_record,
)
from setfair.engine.link import link_of
from setfair.engine.link_entry import enter_leg
from setfair.engine.queue import NONE, dequeue, enqueue, following, has_queue, head, is_blocked
from setfair.engine.schedule import park_at, place_of_target
from setfair.engine.warehouse import keep_until_day, may_wait
from setfair.engine.withdraw import check_timing, reject
from setfair.kernel import inlined, inner

OFFSET_LOOK_MAX = 256
"""Queued payments of the creditor that bilateral offsetting looks at."""

AMOUNT_MAX = AMOUNT_MAX_MINOR

_LAST_PLAIN = int(InstructionKind.INSTITUTION_PAYMENT)
_RETURN = int(InstructionKind.PAYMENT_RETURN)
_TRANSFER = int(InstructionKind.LIQUIDITY_TRANSFER)
_CANCELLATION = int(InstructionKind.CANCELLATION)

_UNSCREENED = int(Screening.UNSCREENED)
_CLEAR = int(Screening.CLEAR)
_HIT = int(Screening.HIT)

_PDNG, _ACSP, _ACSC = int(Status.PDNG), int(Status.ACSP), int(Status.ACSC)
_QUEUED, _HELD = int(RecordKind.QUEUED), int(RecordKind.HELD)
_IMMEDIATE, _OFFSET = int(Mechanism.IMMEDIATE), int(Mechanism.BILATERAL_OFFSET)

_UNKNOWN_DEBTOR, _UNKNOWN_CREDITOR = int(Reason.UNKNOWN_DEBTOR_AGENT), int(Reason.UNKNOWN_CREDITOR_AGENT)
_NOT_POSITIVE, _TOO_LARGE = int(Reason.AMOUNT_NOT_POSITIVE), int(Reason.AMOUNT_TOO_LARGE)
_SAME_ACCOUNT, _ACCOUNT_CLOSED = int(Reason.SAME_ACCOUNT), int(Reason.ACCOUNT_CLOSED)
_NOT_SCREENED = int(Reason.NOT_SCREENED)
_NOT_AGENT = int(Reason.NOT_SETTLEMENT_AGENT)
_ORIGINAL_UNKNOWN, _ORIGINAL_NOT_SETTLED = int(Reason.ORIGINAL_UNKNOWN), int(Reason.ORIGINAL_NOT_SETTLED)
_RETURN_NOT_MATCHING, _RETURN_EXCEEDS = (
    int(Reason.RETURN_NOT_MATCHING),
    int(Reason.RETURN_EXCEEDS_ORIGINAL),
)
_SCREENING_HIT, _QUEUE_FULL = int(Reason.SCREENING_HIT), int(Reason.QUEUE_FULL)
_EXPIRED = int(Reason.EXPIRED)
_OVERFLOW = int(Reason.BALANCE_OVERFLOW)
_INSUFFICIENT, _LIMIT, _BEHIND = (
    int(Reason.INSUFFICIENT_FUNDS),
    int(Reason.LIMIT_REACHED),
    int(Reason.BEHIND_IN_QUEUE),
)


@inlined
def settles_at_once(books: PaymentBooks, instruction: Row) -> bool:
    """Tell whether nothing stops a new payment and nothing waits for it: it settles whatever else is agreed.

    True only where `enter` would settle it in step 12 and release nothing; false does not mean that it would
    not. These are the rules of `enter`, asked of the instruction before it has a place in the books.
    """
    if instruction["kind"] > _LAST_PLAIN or instruction["target"] != 0 or instruction["screening"] != _CLEAR:
        return False
    if _check_instruction(books, instruction) != 0 or check_timing(books, instruction) != 0:
        return False
    if has_queue(books, instruction["debtor"]) or has_queue(books, instruction["creditor"]):
        return False
    return can_settle(books, instruction)


@inlined
def enter(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, instruction: Row) -> None:
    """Take one new payment through steps 2 to 14."""
    reason = _check_instruction(books, instruction)
    early = False
    if reason == 0:
        reason = check_timing(books, books.payments[payment])
        if reason != 0 and may_wait(books, setting, payment):
            reason, early = 0, True
    if reason == 0 and instruction["screening"] == _UNSCREENED:
        reason = _NOT_SCREENED
    if reason == 0 and instruction["kind"] == _TRANSFER:
        reason = _check_transfer(books, payment)
    if reason == 0 and instruction["kind"] == _RETURN:
        high, low = instruction["original_high"], instruction["original_low"]
        original = find_earlier(books.identities, high, low, payment)
        books.payments[payment]["original"] = original
        reason = check_return(books, payment)
    if reason == 0 and instruction["target"] < 0:
        reason = _note_times(books, setting, payment, instruction)
    if reason != 0:
        reject(books, journal, payment, reason, books.payments[payment]["number"], setting.now)
    elif instruction["target"] > 0:
        enter_leg(books, journal, setting, payment, instruction)
    elif instruction["screening"] == _HIT:
        hold(books, journal, payment, books.payments[payment]["number"], setting.now)
    elif early:
        keep_until_day(books, journal, payment, books.payments[payment]["number"], setting.now)
    elif instruction["target"] == 0 or not park_at(
        books,
        journal,
        setting,
        payment,
        place_of_target(setting, instruction["target"]),
        books.payments[payment]["number"],
    ):
        accept(books, journal, setting, payment, books.payments[payment]["number"])


@inner
def _note_times(books: PaymentBooks, setting: Setting, payment: int, instruction: Row) -> int:
    """Step 10a: keep the times that the payment comes with; the reason why it cannot, or 0."""
    row = setting.schedule[place_of_target(setting, instruction["target"])]
    if row["latest"] != 0 and row["latest"] <= setting.now:
        return _EXPIRED
    row["number"] = books.payments[payment]["number"]
    return 0


@inlined
def _check_instruction(books: PaymentBooks, instruction: Row) -> int:
    """Steps 2 to 5: what is wrong with the instruction itself, or 0."""
    if instruction["defect"] != 0:
        return instruction["defect"]
    if instruction["debtor"] < 0:
        return _UNKNOWN_DEBTOR
    if instruction["creditor"] < 0:
        return _UNKNOWN_CREDITOR
    if instruction["amount"] <= 0:
        return _NOT_POSITIVE
    if instruction["amount"] > AMOUNT_MAX:
        return _TOO_LARGE
    if instruction["debtor"] == instruction["creditor"]:
        return _SAME_ACCOUNT
    accounts = books.accounts
    if accounts[instruction["debtor"]]["open"] == 0 or accounts[instruction["creditor"]]["open"] == 0:
        return _ACCOUNT_CLOSED
    return 0


@inner
def _check_transfer(books: PaymentBooks, payment: int) -> int:
    """Step 9: one side of a liquidity transfer is the settlement agent."""
    entry = books.payments[payment]
    agent = books.agent_account[entry["currency"]]
    if agent != NONE and (entry["debtor"] == agent or entry["creditor"] == agent):
        return 0
    return _NOT_AGENT


@inner
def check_return(books: PaymentBooks, payment: int) -> int:
    """Step 10: a return fits the payment that it returns; the reason, or 0."""
    entry = books.payments[payment]
    if entry["original"] == ABSENT:
        return _ORIGINAL_UNKNOWN
    original = books.payments[entry["original"]]
    if original["kind"] == _CANCELLATION:
        return _ORIGINAL_UNKNOWN
    if original["status"] != _ACSC:
        return _ORIGINAL_NOT_SETTLED
    if not _is_same_holder(books, original["debtor"], entry["creditor"]):
        return _RETURN_NOT_MATCHING
    if not _is_same_holder(books, original["creditor"], entry["debtor"]):
        return _RETURN_NOT_MATCHING
    if entry["amount"] > original["amount"] - original["returned"]:
        return _RETURN_EXCEEDS
    return 0


@inlined
def _is_same_holder(books: PaymentBooks, one: int, other: int) -> bool:
    """Tell whether two accounts are one, or one is a part of the other, or both of a third."""
    first, second = books.accounts[one], books.accounts[other]
    return first["participant"] == second["participant"] and first["currency"] == second["currency"]


@inner
def hold(books: PaymentBooks, journal: Journal, payment: int, cause: int, now: int) -> None:
    """Step 11."""
    books.payments[payment]["status"] = _PDNG
    books.payments[payment]["reason"] = _SCREENING_HIT
    write_payment_record(books, journal, payment, _HELD, cause, now)


@inner
def accept(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> None:
    """Steps 12 to 14: settle at once, or by bilateral offsetting, or queue."""
    entry = books.payments[payment]
    if entry["kind"] == _RETURN:
        books.payments[entry["original"]]["returned"] += entry["amount"]
    entry["status"] = _ACSP
    blocked = is_blocked(books, entry["debtor"], entry["priority"])
    if not blocked and can_settle(books, entry):
        settle(books, journal, payment, _IMMEDIATE, cause, setting.now)
        if head(books, entry["creditor"]) != NONE:
            release(books, journal, entry["creditor"], NONE, cause, setting.now)
        return
    if setting.bypass or not blocked:
        last = _find_offset(books, setting, payment)
        if last != NONE:
            _settle_offset(books, journal, setting, payment, last, cause)
            release(books, journal, entry["creditor"], entry["debtor"], cause, setting.now)
            return
    _queue(books, journal, setting, payment, blocked, cause)


@inner
def _find_offset(books: PaymentBooks, setting: Setting, payment: int) -> int:
    """Step 13: return the last queued payment of the first set that fits, or -1."""
    entry = books.payments[payment]
    debtor, creditor = entry["debtor"], entry["creditor"]
    total = 0
    other = head(books, creditor)
    for _ in range(OFFSET_LOOK_MAX):
        if other == NONE:
            return NONE
        if _may_be_offset(books, other, debtor):
            total += books.payments[other]["amount"]
            if total > BALANCE_MAX:
                return NONE
            if _set_fits(books, payment, total, books.payments[other]["priority"]):
                return other
        elif not setting.bypass:
            return NONE
        other = following(books, creditor, other)
    return NONE


@inlined
def _may_be_offset(books: PaymentBooks, other: int, debtor: int) -> bool:
    """Tell whether a queued payment goes to this account by itself: a leg settles with its link alone."""
    return books.payments[other]["creditor"] == debtor and link_of(books, other) == NONE


@inner
def _set_fits(books: PaymentBooks, payment: int, total: int, lowest_priority: int) -> bool:
    """Tell whether the payment and a set of `total` the other way can settle together."""
    entry = books.payments[payment]
    debtor, creditor, amount = entry["debtor"], entry["creditor"], entry["amount"]
    if available(books, debtor, entry["priority"]) < amount - total:
        return False
    if available(books, creditor, lowest_priority) < total - amount:
        return False
    if books.accounts[creditor]["balance"] > BALANCE_MAX + total - amount:
        return False
    if books.accounts[debtor]["balance"] > BALANCE_MAX + amount - total:
        return False
    return within_limits(books, debtor, creditor, amount - total) and within_limits(
        books, creditor, debtor, total - amount
    )


@inner
def _settle_offset(
    books: PaymentBooks, journal: Journal, setting: Setting, payment: int, last: int, cause: int
) -> None:
    """Settle the entering payment, then the set that ends with `last`, in queue order."""
    debtor, creditor = books.payments[payment]["debtor"], books.payments[payment]["creditor"]
    settle(books, journal, payment, _OFFSET, cause, setting.now)
    other = head(books, creditor)
    reached = False
    while not reached:
        after = following(books, creditor, other)
        reached = other == last
        if _may_be_offset(books, other, debtor):
            dequeue(books, other)
            settle(books, journal, other, _OFFSET, cause, setting.now)
        other = after


@inner
def _queue(
    books: PaymentBooks, journal: Journal, setting: Setting, payment: int, blocked: bool, cause: int
) -> None:
    """Step 14."""
    entry = books.payments[payment]
    if books.accounts[entry["creditor"]]["balance"] + entry["amount"] > BALANCE_MAX:
        reject(books, journal, payment, _OVERFLOW, cause, setting.now)
        return
    if setting.queue_max > 0 and books.counters[QUEUED_COUNT] >= setting.queue_max:
        reject(books, journal, payment, _QUEUE_FULL, cause, setting.now)
        return
    if blocked:
        reason = _BEHIND
    elif available(books, entry["debtor"], entry["priority"]) < entry["amount"]:
        reason = _INSUFFICIENT
    else:
        reason = _LIMIT
    if setting.queue_max == 0:
        reject(books, journal, payment, reason, cause, setting.now)
        return
    entry["reason"] = reason
    entry["mechanism"] = 0
    enqueue(books, payment)
    write_payment_record(books, journal, payment, _QUEUED, cause, setting.now)
