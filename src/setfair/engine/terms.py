"""Limits, reservations and credit lines: as agreed, as they stand, as they are today, and how they change.

Rules (docs/settlement-rules.md, "Changes of terms")
-----
1. The books hold each term three times: what the agreement says, what stands from every day on, and what is
   in force today. Kernels read only the last. When a day opens, what stands comes into force.
2. A new version of the agreement changes what it says otherwise than the version before; what was changed
   since, and the agreement says as before, stays.
3. One person asks (TERM_CHANGE), another one puts it into force (TERM_APPROVAL). One of them, or a third, can
   take it back before (TERM_REFUSAL). The operator's users may do so for every account, a participant's for
   its own accounts, but not for credit lines.
4. A change is until further notice, or for one business day: that day it counts, and when the next one opens
   what stands is back. One for a day that is over is rejected when the day closes.
5. What it lets go settles in the same page: the release cascade runs from the account.
6. No credit line falls below what is drawn on it.
7. Sub-accounts are opened, closed, given money and give it back in the same way (`sub_account`).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind, Phase, Reason, RecordKind, Status, Term
from setfair.domain.money import AMOUNT_MAX_MINOR, BALANCE_MAX_MINOR
from setfair.engine.books import Books
from setfair.engine.cascade import release
from setfair.engine.layout import LEG_COUNT, QUEUED_COUNT, RECORD, TERM_CHANGE, Array, Journal, Row
from setfair.engine.ledger import ALL_OTHERS
from setfair.engine.limit_table import with_limits
from setfair.engine.queue import NONE
from setfair.engine.sub_account import SUB_TERMS, check_kind, check_move, put_sub_account_into_force

CHANGES_MAX = 100_000
"""Changes that may wait for a second person in one house."""

NO_LIMIT = -1
"""The amount that says: no limit."""

_LIMITS = (Term.BILATERAL_LIMIT, Term.MULTILATERAL_LIMIT)
_LOWEST = {**dict.fromkeys(_LIMITS, NO_LIMIT), Term.SET_ASIDE: 1, Term.GIVE_BACK: 1}
_FIELDS = {
    Term.RESERVED_URGENT: "reserved_urgent",
    Term.RESERVED_HIGH: "reserved_high",
    Term.CREDIT_LINE: "credit_line",
}


def propose_change(books: Books, command: Row, number: int, now: int) -> Array:
    """Put on record that one person asks for a change; it waits for another one."""
    change = np.zeros(1, TERM_CHANGE)
    change["number"], change["amount"], change["term"] = number, command["amount"], command["target"]
    change["account"], change["counterparty"] = command["debtor"], command["creditor"]
    change["person"], change["day"] = command["person"], command["value_date"]
    reason = _check_change(books, change[0], command)
    record = _change_record(books, change[0], RecordKind.TERM_PROPOSED, Status.PDNG, number, now)
    if reason is not Reason.NONE:
        record["kind"], record["status"], record["reason"] = RecordKind.REJECTED, Status.RJCT, reason
    else:
        books.changes = np.append(books.changes, change)
    return record


def _check_change(books: Books, change: Row, command: Row) -> Reason:
    """Return why nobody could approve this change, or NONE."""
    term, account = Term(int(change["term"])), int(change["account"])
    reason = _check_accounts(books, change, term)
    if reason is not Reason.NONE:
        return reason
    if not may_change(books, int(command["person"]), account, term):
        return Reason.PERSON_NOT_AUTHORISED
    if change["amount"] < _LOWEST.get(term, 0):
        return Reason.AMOUNT_NOT_POSITIVE
    if change["amount"] > (1 if term is Term.SUB_ACCOUNT else AMOUNT_MAX_MINOR):
        return Reason.AMOUNT_TOO_LARGE
    if len(books.changes) >= CHANGES_MAX:
        return Reason.QUEUE_FULL
    return _check_day(books, change)


def _check_accounts(books: Books, change: Row, term: Term) -> Reason:
    accounts, account, counterparty = books.accounts, int(change["account"]), int(change["counterparty"])
    if account < 0:
        return Reason.UNKNOWN_DEBTOR_AGENT
    if term is Term.BILATERAL_LIMIT:
        if counterparty < 0:
            return Reason.UNKNOWN_CREDITOR_AGENT
        if counterparty == account:
            return Reason.SAME_ACCOUNT
        if accounts["currency"][counterparty] != accounts["currency"][account]:
            return Reason.NO_ACCOUNT_IN_CURRENCY
    reason = check_kind(books, account, term)
    if reason is not Reason.NONE or term in SUB_TERMS:
        return reason
    if not accounts["open"][account]:
        return Reason.ACCOUNT_CLOSED
    if term is Term.CREDIT_LINE and accounts["credit_line"][account] >= BALANCE_MAX_MINOR:
        return Reason.NO_CREDIT_LINE
    return Reason.NONE


def _check_day(books: Books, change: Row) -> Reason:
    """Return why a change for one day cannot come into force now, or NONE."""
    currency = int(books.accounts["currency"][change["account"]])
    if change["day"] == 0:
        return Reason.NONE
    if books.phases[currency] == Phase.CLOSED:
        return Reason.DAY_NOT_OPEN
    return Reason.NONE if change["day"] == books.business_day[currency] else Reason.WRONG_VALUE_DATE


def may_change(books: Books, person: int, account: int, term: Term | None = None) -> bool:
    """Tell whether a user acts for the operator, or for the account's participant, whose term this is."""
    acts_for = acting_for(books, person)
    if acts_for in (OPERATOR, NOBODY):
        return acts_for == OPERATOR
    return acts_for == int(books.accounts["participant"][account]) and term is not Term.CREDIT_LINE


def acting_for(books: Books, person: int) -> int:
    """Return the participant for which a user acts, OPERATOR or NOBODY."""
    return int(books.users[person]) if 0 <= person < len(books.users) else NOBODY


OPERATOR, NOBODY = -1, -2
"""For whom a user acts, if it is no participant."""


def decide_change(books: Books, command: Row, number: int, now: int) -> Array:
    """Put a second person's decision on record, and the change into force that it approves."""
    place, reason = _check_decision(books, command)
    own = np.zeros(1, RECORD)
    own["kind"], own["status"], own["reason"] = RecordKind.TERM_DECIDED, Status.ACSC, reason
    own["debtor"] = own["creditor"] = NONE
    own["amount"], own["subject"], own["cause"], own["time"] = command["target"], number, number, now
    own["debtor_after"], own["creditor_after"] = command["person"], command["kind"]
    if reason is not Reason.NONE:
        own["kind"], own["status"] = RecordKind.REJECTED, Status.RJCT
        return own
    change = books.changes[place].copy()
    books.changes = np.delete(books.changes, place)
    if command["kind"] == InstructionKind.TERM_REFUSAL:
        return np.concatenate([own, _rejection(books, change, Reason.CHANGE_REFUSED, number, now)])
    done, moved = _change_record(books, change, RecordKind.TERM_CHANGED, Status.ACSC, number, now), own[:0]
    account = int(change["account"])
    if Term(int(change["term"])) in SUB_TERMS:
        moved, account = put_sub_account_into_force(books, change, number, now)
    else:
        _put_into_force(books, change)
    return np.concatenate([own, done, moved, _release(books, account, number, now)])


def _check_decision(books: Books, command: Row) -> tuple[int, Reason]:
    """Return the place of the change that is decided on, and why not, or NONE."""
    found = np.flatnonzero(books.changes["number"] == command["target"])
    if not len(found):
        return NONE, Reason.CHANGE_NOT_WAITING
    place = int(found[0])
    change = books.changes[place]
    person, account, term = int(command["person"]), int(change["account"]), Term(int(change["term"]))
    if not may_change(books, person, account, term):
        return place, Reason.PERSON_NOT_AUTHORISED
    if command["kind"] == InstructionKind.TERM_REFUSAL:
        return place, Reason.NONE
    if person == change["person"]:
        return place, Reason.SAME_PERSON
    reason = _check_accounts(books, change, term)
    if reason is Reason.NONE:
        reason = _check_day(books, change)
    if (
        reason is Reason.NONE
        and term is Term.CREDIT_LINE
        and books.accounts["balance"][account] < -change["amount"]
    ):
        reason = Reason.CREDIT_LINE_IN_USE
    if reason is Reason.NONE and term in SUB_TERMS:
        reason = check_move(books, change)
    return place, reason


def _put_into_force(books: Books, change: Row) -> None:
    term, account, amount = Term(int(change["term"])), int(change["account"]), int(change["amount"])
    if term in _LIMITS:
        creditor = ALL_OTHERS if term is Term.MULTILATERAL_LIMIT else int(change["counterparty"])
        change_of_one = {(account, creditor): None if amount == NO_LIMIT else amount}
        books.limits = with_limits(books.limits, change_of_one)
        if change["day"] == 0:
            books.standing_limits = with_limits(books.standing_limits, change_of_one)
        books.mark_limits()
        return
    books.accounts[_FIELDS[term]][account] = amount
    if change["day"] == 0:
        books.standing[_FIELDS[term]][account] = amount


def _release(books: Books, account: int, number: int, now: int) -> Array:
    room = int(books.counters[QUEUED_COUNT] + books.counters[LEG_COUNT])
    journal = Journal(np.zeros(room, RECORD), np.zeros(1, np.int64))
    release(books.payment_books(), journal, account, NONE, number, now)
    return journal.records[: journal.written[0]]


def reject_changes(books: Books, currency: int, number: int, now: int) -> Array:
    """Reject the changes for the day of a currency that closes, in the order in which they came."""
    ends = (books.changes["day"] != 0) & (books.accounts["currency"][books.changes["account"]] == currency)
    over = books.changes[ends]
    books.changes = books.changes[~ends]
    records = [_rejection(books, change, Reason.EXPIRED, number, now) for change in over]
    return np.concatenate([np.zeros(0, RECORD), *records])


def _rejection(books: Books, change: Row, reason: Reason, cause: int, now: int) -> Array:
    record = _change_record(books, change, RecordKind.REJECTED, Status.RJCT, cause, now)
    record["reason"] = reason
    return record


def _change_record(
    books: Books, change: Row, kind: RecordKind, status: Status, cause: int, now: int
) -> Array:
    record = np.zeros(1, RECORD)
    record["kind"], record["status"] = kind, status
    record["debtor"], record["creditor"] = change["account"], change["counterparty"]
    record["currency"] = books.accounts["currency"][change["account"]] if change["account"] >= 0 else 0
    record["amount"] = change["amount"]
    record["subject"], record["cause"], record["time"] = change["number"], cause, now
    record["debtor_after"], record["creditor_after"] = change["term"], change["day"]
    return record


def adopt_users(books: Books, users: Sequence[int]) -> None:
    """Take over for whom each user acts: a participant's number, OPERATOR, or NOBODY any more."""
    books.users = np.array(users, np.int32)


def bring_back(books: Books, ours: NDArray[np.bool_]) -> None:
    """Bring what stands into force for some accounts, as a day opens: nothing was paid yet under any limit.

    A credit line that is drawn on beyond what stands stays as far as it is drawn on: rule 6.
    """
    accounts, standing = books.accounts, books.standing
    for name in _FIELDS.values():
        accounts[name][ours] = standing[name][ours]
    has_floor = ours & (standing["credit_line"] < BALANCE_MAX_MINOR)
    drawn = np.maximum(standing["credit_line"], -accounts["balance"])
    accounts["credit_line"][has_floor] = drawn[has_floor]
    books.bring_limits_back(ours)
