"""Links: payments that settle all or none. What a link is made of, and how it ends.

Rules (docs/settlement-rules.md, "Links")
-----
1. A link can settle if every account that pays a leg of it has available, at the lowest priority of the legs
   that it pays, what it pays net; if every limit that binds a leg holds for what all legs move together; and
   if no balance exceeds the largest after it.
2. It settles as a whole, its legs in the order in which they joined, or it ends as a whole.
3. Whoever has asked for its cancellation is answered when it ends.

How legs come together, and what is asked of a link that waits, is in `link_entry`.
"""

from __future__ import annotations

from setfair.domain.codes import InstructionKind, Reason, RecordKind, Status
from setfair.engine.layout import Journal, PaymentBooks
from setfair.engine.ledger import (
    BALANCE_MAX,
    available,
    binding_limit,
    settle,
    write_payment_record,
)
from setfair.engine.queue import NONE, dequeue, following, head
from setfair.engine.withdraw import withdraw
from setfair.kernel import inlined, inner

LEGS_MAX = 16
"""Legs of one link."""

_LAST_KIND = int(InstructionKind.INSTITUTION_PAYMENT)
_ACSC, _RJCT, _PDNG = int(Status.ACSC), int(Status.RJCT), int(Status.PDNG)
_REJECTED, _ANSWERED = int(RecordKind.REJECTED), int(RecordKind.CANCELLATION_ANSWERED)
_ORIGINAL_SETTLED, _ORIGINAL_REJECTED = int(Reason.ORIGINAL_SETTLED), int(Reason.ORIGINAL_REJECTED)
_BROKEN, _HIT = int(Reason.LINK_BROKEN), int(Reason.SCREENING_HIT)


@inlined
def link_of(books: PaymentBooks, payment: int) -> int:
    """Return the link that a payment is a leg of, or -1."""
    entry = books.payments[payment]
    if entry["original"] == NONE or entry["kind"] > _LAST_KIND:
        return NONE
    return books.linked.legs[entry["original"]]["link"]


@inlined
def is_complete(books: PaymentBooks, link: int) -> bool:
    """Tell whether all legs of a link are there."""
    row = books.linked.links[link]
    return row["present"] == row["legs"]


@inlined
def net_of_account(books: PaymentBooks, link: int, account: int) -> int:
    """Return what the legs of a link add to an account; below zero what they take."""
    legs = books.linked.legs
    net = 0
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        entry = books.payments[legs[leg]["payment"]]
        if entry["creditor"] == account:
            net += entry["amount"]
        elif entry["debtor"] == account:
            net -= entry["amount"]
        leg = legs[leg]["next"]
    return net


@inlined
def has_cover(books: PaymentBooks, link: int, account: int) -> bool:
    """Tell whether an account that pays legs of a link has what it pays net."""
    legs = books.linked.legs
    priority = 0
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        entry = books.payments[legs[leg]["payment"]]
        if entry["debtor"] == account:
            priority = max(priority, entry["priority"])
        leg = legs[leg]["next"]
    return available(books, account, priority) >= -net_of_account(books, link, account)


@inlined
def holds_limit(books: PaymentBooks, link: int, payment: int) -> bool:
    """Tell whether the limit that binds a leg holds for what all legs move."""
    slot = binding_limit(books, books.payments[payment]["debtor"], books.payments[payment]["creditor"])
    if slot < 0:
        return True
    legs = books.linked.legs
    net = 0
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        entry = books.payments[legs[leg]["payment"]]
        if binding_limit(books, entry["debtor"], entry["creditor"]) == slot:
            net += entry["amount"]
        if binding_limit(books, entry["creditor"], entry["debtor"]) == slot:
            net -= entry["amount"]
        leg = legs[leg]["next"]
    return books.limits[slot]["net"] + net <= books.limits[slot]["limit"]


@inlined
def has_room(books: PaymentBooks, link: int) -> bool:
    """Tell whether the legs fit the balances of those that they are paid to."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        creditor = books.payments[legs[leg]["payment"]]["creditor"]
        net = net_of_account(books, link, creditor)
        if net > 0 and books.accounts[creditor]["balance"] > BALANCE_MAX - net:
            return False
        leg = legs[leg]["next"]
    return True


@inner
def can_settle_link(books: PaymentBooks, link: int) -> bool:
    """Tell whether all legs can settle together: rule 1."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        if not has_cover(books, link, books.payments[payment]["debtor"]):
            return False
        if not holds_limit(books, link, payment):
            return False
        leg = legs[leg]["next"]
    return has_room(books, link)


@inlined
def is_expired(books: PaymentBooks, link: int, now: int) -> bool:
    """Tell whether the latest time of a link has passed."""
    until = books.linked.links[link]["until"]
    return until != 0 and until <= now


@inner
def can_release_link(books: PaymentBooks, link: int, now: int) -> bool:
    """Tell whether nothing is ahead of a queued link but its own legs, and it can settle."""
    legs = books.linked.legs
    if is_expired(books, link, now):
        return False
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        account = books.payments[payment]["debtor"]
        other = head(books, account)
        while other != payment:
            if other == NONE or link_of(books, other) != link:
                return False
            other = following(books, account, other)
        leg = legs[leg]["next"]
    return can_settle_link(books, link)


@inner
def settle_link(
    books: PaymentBooks, journal: Journal, link: int, mechanism: int, cause: int, now: int
) -> None:
    """Book all legs, in their order. The caller has checked that they may settle, and dequeued them."""
    legs = books.linked.legs
    asked = False
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        settle(books, journal, legs[leg]["payment"], mechanism, cause, now)
        asked = asked or legs[leg]["request"] != NONE
        leg = legs[leg]["next"]
    books.linked.links[link]["over"] = 1
    if asked:
        answer_requests(books, journal, link, _RJCT, _ORIGINAL_SETTLED, cause, now)


@inner
def dequeue_link(books: PaymentBooks, link: int) -> None:
    """Take all legs out of their queues."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        dequeue(books, legs[leg]["payment"])
        leg = legs[leg]["next"]


@inner
def break_link(
    books: PaymentBooks, journal: Journal, link: int, first: int, reason: int, cause: int, now: int
) -> None:
    """Reject all legs: `first` for the reason, the others since it was; with -1 all for the reason."""
    legs = books.linked.legs
    if first != NONE:
        _reject_leg(books, journal, first, reason, cause, now)
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        payment = legs[leg]["payment"]
        if payment != first:
            _reject_leg(books, journal, payment, reason if first == NONE else _BROKEN, cause, now)
        leg = legs[leg]["next"]
    books.linked.links[link]["over"] = 1
    answer_requests(books, journal, link, _RJCT, _ORIGINAL_REJECTED, cause, now)


@inner
def _reject_leg(
    books: PaymentBooks, journal: Journal, payment: int, reason: int, cause: int, now: int
) -> None:
    withdraw(books, payment, _RJCT, reason)
    write_payment_record(books, journal, payment, _REJECTED, cause, now)


@inner
def reject_one_leg(
    books: PaymentBooks, journal: Journal, payment: int, reason: int, cause: int, now: int
) -> bool:
    """Reject a leg that waits, and with it a complete link; tell whether it was complete."""
    link = link_of(books, payment)
    if is_complete(books, link):
        break_link(books, journal, link, payment, reason, cause, now)
        return True
    leave_link(books, payment)
    _reject_leg(books, journal, payment, reason, cause, now)
    return False


@inner
def leave_link(books: PaymentBooks, payment: int) -> None:
    """Take a leg out of an incomplete link."""
    links, legs = books.linked.links, books.linked.legs
    own = books.payments[payment]["original"]
    link = legs[own]["link"]
    if links[link]["first"] == own:
        links[link]["first"] = legs[own]["next"]
    else:
        before = links[link]["first"]
        while legs[before]["next"] != own:
            before = legs[before]["next"]
        legs[before]["next"] = legs[own]["next"]
    links[link]["present"] -= 1
    if is_held(books, payment):
        links[link]["held"] -= 1
    legs[own]["link"] = NONE
    legs[own]["next"] = NONE


@inlined
def is_held(books: PaymentBooks, payment: int) -> bool:
    """Tell whether screening holds a leg; a leg that waits for others is pending too."""
    return books.payments[payment]["status"] == _PDNG and books.payments[payment]["reason"] == _HIT


@inner
def answer_requests(
    books: PaymentBooks, journal: Journal, link: int, status: int, reason: int, cause: int, now: int
) -> None:
    """Answer the cancellations that waited for the end of a link, in the order of its legs."""
    legs = books.linked.legs
    leg = books.linked.links[link]["first"]
    while leg != NONE:
        request = legs[leg]["request"]
        if request != NONE:
            legs[leg]["request"] = NONE
            books.payments[request]["status"] = status
            books.payments[request]["reason"] = reason
            write_answer(books, journal, request, cause, now)
        leg = legs[leg]["next"]


@inner
def write_answer(books: PaymentBooks, journal: Journal, request: int, cause: int, now: int) -> None:
    """Write CANCELLATION_ANSWERED: accounts and amount stay empty, nothing moved."""
    place = journal.written[0]
    write_payment_record(books, journal, request, _ANSWERED, cause, now)
    record = journal.records[place]
    record["debtor"], record["creditor"] = NONE, NONE
