"""Legs of links: how they come in, are matched, settle or wait, and are taken back.

Rules: docs/settlement-rules.md, "Links". `link` knows what a link is made of.
"""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import Mechanism, Reason, RecordKind, Screening, Status
from setfair.engine.cascade import release, release_payers
from setfair.engine.identity import ABSENT, find_index, remember
from setfair.engine.layout import LEG_COUNT, LINK_COUNT, QUEUED_COUNT, Journal, PaymentBooks, Row, Setting
from setfair.engine.ledger import BALANCE_MAX, write_payment_record
from setfair.engine.link import (
    answer_requests,
    break_link,
    can_settle_link,
    dequeue_link,
    has_cover,
    has_room,
    holds_limit,
    is_complete,
    is_expired,
    is_held,
    leave_link,
    link_of,
    reject_one_leg,
    settle_link,
    write_answer,
)
from setfair.engine.queue import NONE, enqueue, head, is_blocked
from setfair.engine.schedule import is_leg_kept, park_leg
from setfair.engine.warehouse import is_early, may_wait
from setfair.engine.withdraw import check_timing, reject, withdraw
from setfair.kernel import inlined, inner, kernel

_HIT = int(Screening.HIT)
_PDNG, _ACSP, _ACSC = int(Status.PDNG), int(Status.ACSP), int(Status.ACSC)
_RJCT, _CANC = int(Status.RJCT), int(Status.CANC)
_HELD, _PENDING, _MATCHED = int(RecordKind.HELD), int(RecordKind.LINK_PENDING), int(RecordKind.LINK_MATCHED)
_QUEUED, _CANCELLED = int(RecordKind.QUEUED), int(RecordKind.CANCELLED)
_IMMEDIATE = int(Mechanism.IMMEDIATE)
_LINK_CLOSED, _TERMS_DIFFER = int(Reason.LINK_CLOSED), int(Reason.LINK_TERMS_DIFFER)
_INCOMPLETE, _SHARED, _EXPIRED = int(Reason.LINK_INCOMPLETE), int(Reason.LINK_SHARED), int(Reason.EXPIRED)
_TOO_LARGE, _SCREENING_HIT = int(Reason.AMOUNT_TOO_LARGE), int(Reason.SCREENING_HIT)
_QUEUE_FULL, _OVERFLOW = int(Reason.QUEUE_FULL), int(Reason.BALANCE_OVERFLOW)
_BEHIND, _INSUFFICIENT = int(Reason.BEHIND_IN_QUEUE), int(Reason.INSUFFICIENT_FUNDS)
_BEFORE, _ON_HOLD = int(Reason.BEFORE_VALUE_DATE), int(Reason.ON_HOLD)
_BEFORE_EARLIEST = int(Reason.BEFORE_EARLIEST)
_LIMIT, _BY_SENDER = int(Reason.LIMIT_REACHED), int(Reason.CANCELLED_BY_SENDER)


@inner
def enter_leg(
    books: PaymentBooks, journal: Journal, setting: Setting, payment: int, instruction: Row
) -> None:
    """Take a leg that has passed steps 2 to 8 through the steps of links."""
    terms = setting.terms[instruction["target"] - 1]
    number = books.payments[payment]["number"]
    link = find_index(books.linked.identities, terms["link_high"], terms["link_low"])
    reason = _check_leg(books, link, terms, instruction["amount"], setting.now)
    if reason == 0:
        if link == ABSENT:
            link = _new_link(books, terms)
        _join(books, link, payment, terms)
        if is_complete(books, link) and not _terms_agree(books, link):
            leave_link(books, payment)
            reason = _TERMS_DIFFER
    if reason != 0:
        reject(books, journal, payment, reason, number, setting.now)
        return
    if is_complete(books, link):
        write_payment_record(books, journal, payment, _MATCHED, number, setting.now)
    if instruction["screening"] == _HIT:
        books.linked.links[link]["held"] += 1
        _wait(books, journal, payment, _SCREENING_HIT, number, setting.now)
    else:
        accept_leg(books, journal, setting, payment, number)


@inlined
def _check_leg(books: PaymentBooks, link: int, terms: Row, amount: int, now: int) -> int:
    """Return why a leg cannot join its link, or 0."""
    if terms["until"] != 0 and terms["until"] <= now:
        return _EXPIRED
    if link == ABSENT:
        return 0
    row = books.linked.links[link]
    if row["over"] != 0 or row["present"] == row["legs"]:
        return _LINK_CLOSED
    if row["present"] > 0 and row["until"] != terms["until"]:
        return _TERMS_DIFFER
    legs = books.linked.legs
    total = amount
    leg = row["first"]
    while leg != NONE:
        total += books.payments[legs[leg]["payment"]]["amount"]
        leg = legs[leg]["next"]
    return _TOO_LARGE if total > BALANCE_MAX else 0


@inlined
def _new_link(books: PaymentBooks, terms: Row) -> int:
    link = books.counters[LINK_COUNT]
    books.counters[LINK_COUNT] = link + 1
    row = books.linked.links[link]
    row["first"] = NONE
    row["legs"] = terms["legs"]
    row["present"], row["held"], row["over"] = 0, 0, 0
    remember(books.linked.identities, terms["link_high"], terms["link_low"], np.uint64(0), link)
    return link


@inlined
def _join(books: PaymentBooks, link: int, payment: int, terms: Row) -> None:
    links, legs = books.linked.links, books.linked.legs
    own = books.counters[LEG_COUNT]
    books.counters[LEG_COUNT] = own + 1
    legs[own]["payment"], legs[own]["link"] = payment, link
    legs[own]["next"], legs[own]["request"] = NONE, NONE
    legs[own]["against_amount"] = terms["against_amount"]
    legs[own]["against_currency"] = terms["against_currency"]
    books.payments[payment]["original"] = own
    links[link]["until"] = terms["until"]
    links[link]["present"] += 1
    last = links[link]["first"]
    if last == NONE:
        links[link]["first"] = own
        return
    while legs[last]["next"] != NONE:
        last = legs[last]["next"]
    legs[last]["next"] = own


@inlined
def _terms_agree(books: PaymentBooks, link: int) -> bool:
    """Tell whether every payer that says what it is to receive in the link receives just that."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payer = books.accounts[books.payments[legs[leg]["payment"]]["debtor"]]["participant"]
        left = legs[leg]["against_amount"]
        is_said = left != 0
        other = books.linked.links[link]["first"]
        while is_said and other != NONE:
            entry = books.payments[legs[other]["payment"]]
            is_theirs = books.accounts[entry["creditor"]]["participant"] == payer
            if is_theirs and entry["currency"] == legs[leg]["against_currency"]:
                left -= entry["amount"]
            other = legs[other]["next"]
        if left != 0:
            return False
        leg = legs[leg]["next"]
    return True


@inlined
def _wait(books: PaymentBooks, journal: Journal, payment: int, reason: int, cause: int, now: int) -> None:
    """Put a leg on record that screening holds, or that waits for the others."""
    books.payments[payment]["status"] = _PDNG
    books.payments[payment]["reason"] = reason
    kind = _HELD if reason == _SCREENING_HIT else _PENDING
    write_payment_record(books, journal, payment, kind, cause, now)


@inner
def accept_leg(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> None:
    """Accept a leg that nothing is held against: its link goes on if that is all it waited for."""
    link = link_of(books, payment)
    early = is_early(books, payment)
    if not early and park_leg(books, journal, setting, payment, cause):
        return
    if not is_complete(books, link) or books.linked.links[link]["held"] != 0 or early:
        _wait(books, journal, payment, _BEFORE if early else _INCOMPLETE, cause, setting.now)
    elif not _accept_link(books, journal, setting, link, cause):
        _wait(books, journal, payment, _INCOMPLETE, cause, setting.now)


@inner
def _accept_link(books: PaymentBooks, journal: Journal, setting: Setting, link: int, cause: int) -> bool:
    """Settle a matched link at once, or queue it, or end it; False if a leg is early or kept back."""
    legs = books.linked.legs
    if is_expired(books, link, setting.now):
        break_link(books, journal, link, NONE, _EXPIRED, cause, setting.now)
        return True
    blocked, waits = False, False
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        entry = books.payments[legs[leg]["payment"]]
        reason = check_timing(books, entry)
        if reason != 0 and is_early(books, legs[leg]["payment"]):
            waits = True
        elif reason != 0:
            break_link(books, journal, link, legs[leg]["payment"], reason, cause, setting.now)
            return True
        blocked = blocked or is_blocked(books, entry["debtor"], entry["priority"])
        waits = waits or is_leg_kept(setting, entry["number"])
        leg = legs[leg]["next"]
    if waits:
        return False
    if blocked or not can_settle_link(books, link):
        _queue_link(books, journal, setting, link, cause)
        return True
    settle_link(books, journal, link, _IMMEDIATE, cause, setting.now)
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        creditor = books.payments[legs[leg]["payment"]]["creditor"]
        # A call costs as much as the rest of the leg, so none is made for nothing.
        if head(books, creditor) != NONE:
            release(books, journal, creditor, NONE, cause, setting.now)
        leg = legs[leg]["next"]
    return True


@inner
def take_up_leg(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> None:
    """Go on with the link of a leg whose value date has come, if that is all it waited for."""
    if books.payments[payment]["reason"] == _BEFORE and park_leg(books, journal, setting, payment, cause):
        return
    link = link_of(books, payment)
    if is_complete(books, link) and books.linked.links[link]["held"] == 0:
        _accept_link(books, journal, setting, link, cause)


@inner
def keep_leg_back(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> None:
    """Let a leg go on as its payer now wants: its link leaves the queues, or comes in again."""
    entry = books.payments[payment]
    if entry["status"] == _ACSP:
        if is_leg_kept(setting, entry["number"]):
            dequeue_link(books, link_of(books, payment))
            park_leg(books, journal, setting, payment, cause)
            _let_others_wait(books, journal, payment, cause, setting.now)
    elif entry["reason"] in (_ON_HOLD, _BEFORE_EARLIEST, _INCOMPLETE):
        was_parked = entry["reason"] != _INCOMPLETE
        if not park_leg(books, journal, setting, payment, cause) and was_parked:
            accept_leg(books, journal, setting, payment, cause)


@inner
def _queue_link(books: PaymentBooks, journal: Journal, setting: Setting, link: int, cause: int) -> None:
    """Queue all legs, or reject them all."""
    legs = books.linked.legs
    if not has_room(books, link):
        break_link(books, journal, link, NONE, _OVERFLOW, cause, setting.now)
        return
    if books.counters[QUEUED_COUNT] + books.linked.links[link]["legs"] > setting.queue_max:
        break_link(books, journal, link, NONE, _QUEUE_FULL, cause, setting.now)
        return
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        books.payments[payment]["reason"] = _why_waiting(books, link, payment)
        leg = legs[leg]["next"]
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        books.payments[payment]["status"] = _ACSP
        books.payments[payment]["mechanism"] = 0
        enqueue(books, payment)
        write_payment_record(books, journal, payment, _QUEUED, cause, setting.now)
        leg = legs[leg]["next"]


@inner
def _why_waiting(books: PaymentBooks, link: int, payment: int) -> int:
    entry = books.payments[payment]
    if is_blocked(books, entry["debtor"], entry["priority"]):
        return _BEHIND
    if not has_cover(books, link, entry["debtor"]):
        return _INSUFFICIENT
    return _INCOMPLETE if holds_limit(books, link, payment) else _LIMIT


@inner
def readmit_leg(books: PaymentBooks, journal: Journal, setting: Setting, payment: int, cause: int) -> None:
    """Go on with a leg that two people released."""
    link = link_of(books, payment)
    reason = check_timing(books, books.payments[payment])
    if reason != 0 and may_wait(books, setting, payment):
        reason = 0
    if reason == 0 and is_expired(books, link, setting.now):
        reason = _EXPIRED
    if reason != 0:
        reject_one_leg(books, journal, payment, reason, cause, setting.now)
        return
    books.linked.links[link]["held"] -= 1
    # No longer held, also where it leaves its link before it is on record as waiting.
    books.payments[payment]["reason"] = 0
    accept_leg(books, journal, setting, payment, cause)


@inner
def hold_leg(books: PaymentBooks, journal: Journal, payment: int, cause: int, now: int) -> None:
    """Hold a leg that waits, or is held already; a link that was queued waits for it, out of the queues."""
    link = link_of(books, payment)
    was_queued = books.payments[payment]["status"] == _ACSP
    if was_queued:
        dequeue_link(books, link)
    if not is_held(books, payment):
        books.linked.links[link]["held"] += 1
    _wait(books, journal, payment, _SCREENING_HIT, cause, now)
    if was_queued:
        _let_others_wait(books, journal, payment, cause, now)


@inner
def _let_others_wait(books: PaymentBooks, journal: Journal, payment: int, cause: int, now: int) -> None:
    """Put on record that the other legs of a link that left the queues wait for this one."""
    link = link_of(books, payment)
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        if legs[leg]["payment"] != payment:
            _wait(books, journal, legs[leg]["payment"], _INCOMPLETE, cause, now)
        leg = legs[leg]["next"]
    release_payers(books, journal, link, cause, now)


@inner
def cancel_leg(books: PaymentBooks, journal: Journal, request: int, payment: int, now: int) -> None:
    """Answer the request to cancel a leg: by itself while the link is incomplete, else with the others."""
    link = link_of(books, payment)
    number = books.payments[request]["number"]
    if not is_complete(books, link):
        leave_link(books, payment)
        withdraw(books, payment, _CANC, _BY_SENDER)
        write_payment_record(books, journal, payment, _CANCELLED, number, now)
        books.payments[request]["status"], books.payments[request]["reason"] = _ACSC, 0
        write_answer(books, journal, request, number, now)
        return
    leg = books.payments[payment]["original"]
    books.payments[request]["reason"] = _SHARED
    if books.linked.legs[leg]["request"] != NONE:
        books.payments[request]["status"] = _RJCT
        write_answer(books, journal, request, number, now)
        return
    books.linked.legs[leg]["request"] = request
    if _all_have_asked(books, link):
        _cancel_link(books, journal, link, number, now)
    else:
        books.payments[request]["status"] = _PDNG
        write_answer(books, journal, request, number, now)


@inner
def _all_have_asked(books: PaymentBooks, link: int) -> bool:
    """Tell whether every participant that pays a leg has asked for the cancellation of one that it pays."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payer = books.accounts[books.payments[legs[leg]["payment"]]["debtor"]]["participant"]
        asked = False
        other = books.linked.links[link]["first"]
        while other != NONE:
            its_payer = books.accounts[books.payments[legs[other]["payment"]]["debtor"]]["participant"]
            asked = asked or (its_payer == payer and legs[other]["request"] != NONE)
            other = legs[other]["next"]
        if not asked:
            return False
        leg = legs[leg]["next"]
    return True


@inner
def _cancel_link(books: PaymentBooks, journal: Journal, link: int, cause: int, now: int) -> None:
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        withdraw(books, payment, _CANC, _BY_SENDER)
        write_payment_record(books, journal, payment, _CANCELLED, cause, now)
        leg = legs[leg]["next"]
    books.linked.links[link]["over"] = 1
    answer_requests(books, journal, link, _ACSC, 0, cause, now)
    release_payers(books, journal, link, cause, now)


@kernel
def expire_links(books: PaymentBooks, journal: Journal, cause: int, now: int) -> int:
    """End the links whose latest time has passed, in the order of their first legs; return how many."""
    ended = 0
    for link in range(books.counters[LINK_COUNT]):
        row = books.linked.links[link]
        if row["over"] == 0 and row["present"] > 0 and is_expired(books, link, now):
            break_link(books, journal, link, NONE, _EXPIRED, cause, now)
            release_payers(books, journal, link, cause, now)
            ended += 1
    return ended
