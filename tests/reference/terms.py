"""Changes of limits, reservations and credit lines in the reference model: two people, in plain words."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from setfair.domain.codes import (
    InstructionKind,
    Mechanism,
    Phase,
    Priority,
    Reason,
    RecordKind,
    Status,
    Term,
)
from setfair.domain.money import AMOUNT_MAX_MINOR, BALANCE_MAX_MINOR
from tests.reference.words import Record, TermCommand

if TYPE_CHECKING:
    from tests.reference.settlement import ReferenceHouse

OPERATOR = -1
SUB_TERMS = (Term.SUB_ACCOUNT, Term.SET_ASIDE, Term.GIVE_BACK)


@dataclass(frozen=True, slots=True)
class Change:
    """What one person asks for, and another has not yet approved."""

    number: int
    asked: TermCommand


class Terms:
    """The changes that wait in a house."""

    def __init__(self, house: ReferenceHouse, users: tuple[int, ...]) -> None:
        self.house = house
        self.users = users
        self.waiting: dict[int, Change] = {}

    def take(self, command: TermCommand, number: int) -> None:
        """Take one person's word."""
        if command.kind is InstructionKind.TERM_CHANGE:
            self._propose(Change(number, command))
        else:
            self._decide(command, number)

    def close_day(self, currency: int, cause: int) -> None:
        """Reject what was asked for the day that closes."""
        for number, change in list(self.waiting.items()):
            if change.asked.day and self.house.accounts[change.asked.account].currency == currency:
                del self.waiting[number]
                self._record(change, RecordKind.REJECTED, Status.RJCT, Reason.EXPIRED, cause)

    def may(self, person: int, account: int, *, line: bool = False) -> bool:
        """Say whether a user may change something of this account."""
        if not 0 <= person < len(self.users):
            return False
        acts_for = self.users[person]
        is_own = acts_for >= 0 and acts_for == self.house.participant_of(account)
        return acts_for == OPERATOR or (is_own and not line)

    def _propose(self, change: Change) -> None:
        reason = self._check_accounts(change.asked) or self._check_asked(change.asked)
        if reason is not Reason.NONE:
            self._record(change, RecordKind.REJECTED, Status.RJCT, reason, change.number)
            return
        self.waiting[change.number] = change
        self._record(change, RecordKind.TERM_PROPOSED, Status.PDNG, Reason.NONE, change.number)

    def _check_accounts(self, asked: TermCommand) -> Reason:
        accounts = self.house.accounts
        if asked.account < 0:
            return Reason.UNKNOWN_DEBTOR_AGENT
        if asked.term is Term.BILATERAL_LIMIT:
            if asked.counterparty < 0:
                return Reason.UNKNOWN_CREDITOR_AGENT
            if asked.counterparty == asked.account:
                return Reason.SAME_ACCOUNT
            if accounts[asked.counterparty].currency != accounts[asked.account].currency:
                return Reason.NO_ACCOUNT_IN_CURRENCY
        main = accounts[asked.account].main
        if (asked.term in SUB_TERMS) != (main >= 0):
            return Reason.NO_SUB_ACCOUNT
        if asked.term is Term.SUB_ACCOUNT:
            return Reason.NONE
        if asked.term is Term.GIVE_BACK:
            return Reason.ACCOUNT_CLOSED if accounts[main].is_closed else Reason.NONE
        if asked.term is Term.SET_ASIDE and accounts[main].is_closed:
            return Reason.ACCOUNT_CLOSED
        if accounts[asked.account].is_closed:
            return Reason.ACCOUNT_CLOSED
        if asked.term is Term.CREDIT_LINE and accounts[asked.account].is_agent:
            return Reason.NO_CREDIT_LINE
        return Reason.NONE

    def _check_asked(self, asked: TermCommand) -> Reason:
        if not self.may(asked.person, asked.account, line=asked.term is Term.CREDIT_LINE):
            return Reason.PERSON_NOT_AUTHORISED
        lowest = -1 if asked.term in (Term.BILATERAL_LIMIT, Term.MULTILATERAL_LIMIT) else 0
        if asked.amount < (1 if asked.term in (Term.SET_ASIDE, Term.GIVE_BACK) else lowest):
            return Reason.AMOUNT_NOT_POSITIVE
        if asked.amount > (1 if asked.term is Term.SUB_ACCOUNT else AMOUNT_MAX_MINOR):
            return Reason.AMOUNT_TOO_LARGE
        return self._check_day(asked)

    def _check_day(self, asked: TermCommand) -> Reason:
        currency = self.house.accounts[asked.account].currency
        if not asked.day:
            return Reason.NONE
        if self.house.phase[currency] is Phase.CLOSED:
            return Reason.DAY_NOT_OPEN
        return Reason.NONE if asked.day == self.house.date[currency] else Reason.WRONG_VALUE_DATE

    def _decide(self, command: TermCommand, number: int) -> None:
        house, change = self.house, self.waiting.get(command.target)
        reason = Reason.CHANGE_NOT_WAITING if change is None else self._check_decision(command, change)
        is_no = reason is not Reason.NONE
        kind = RecordKind.REJECTED if is_no else RecordKind.TERM_DECIDED
        status, person = Status.RJCT if is_no else Status.ACSC, command.person
        numbers = (number, number, -1, -1, command.target, person, int(command.kind))
        house.records.append(Record(kind, status, reason, Mechanism.NONE, -1, *numbers))
        if is_no or change is None:
            return
        del self.waiting[change.number]
        if command.kind is InstructionKind.TERM_REFUSAL:
            self._record(change, RecordKind.REJECTED, Status.RJCT, Reason.CHANGE_REFUSED, number)
            return
        self._record(change, RecordKind.TERM_CHANGED, Status.ACSC, Reason.NONE, number)
        if change.asked.term in SUB_TERMS:
            house.cascade([self._change_sub_account(change, number)], number)
            return
        self._put_into_force(change.asked)
        house.cascade([change.asked.account], number)

    def _check_decision(self, command: TermCommand, change: Change) -> Reason:
        asked = change.asked
        is_line = asked.term is Term.CREDIT_LINE
        if not self.may(command.person, asked.account, line=is_line):
            return Reason.PERSON_NOT_AUTHORISED
        if command.kind is InstructionKind.TERM_REFUSAL:
            return Reason.NONE
        if command.person == asked.person:
            return Reason.SAME_PERSON
        reason = self._check_accounts(asked) or self._check_day(asked)
        if not reason and is_line and self.house.books.balance[asked.account] + asked.amount < 0:
            return Reason.CREDIT_LINE_IN_USE
        return reason or (self._check_sub_account(asked) if asked.term in SUB_TERMS else Reason.NONE)

    def _sides(self, asked: TermCommand) -> tuple[int, int]:
        """Say from which account to which money goes."""
        main = self.house.accounts[asked.account].main
        return (main, asked.account) if asked.term is Term.SET_ASIDE else (asked.account, main)

    def _check_sub_account(self, asked: TermCommand) -> Reason:
        house, books = self.house, self.house.books
        if asked.term is Term.SUB_ACCOUNT:
            is_used = books.balance[asked.account] != 0 or bool(house.queue[asked.account])
            return Reason.SUB_ACCOUNT_IN_USE if asked.amount == 0 and is_used else Reason.NONE
        if house.phase[house.accounts[asked.account].currency] is Phase.CLOSED:
            return Reason.DAY_NOT_OPEN
        source, target = self._sides(asked)
        if not books.has_cover(source, Priority.NORMAL, asked.amount):
            return Reason.INSUFFICIENT_FUNDS
        is_too_much = books.balance[target] + asked.amount > BALANCE_MAX_MINOR
        return Reason.BALANCE_OVERFLOW if is_too_much else Reason.NONE

    def _change_sub_account(self, change: Change, cause: int) -> int:
        """Open or close a sub-account, or move money; say whose queue that may let go."""
        asked, house = change.asked, self.house
        if asked.term is Term.SUB_ACCOUNT:
            present = house.accounts[asked.account]
            house.accounts[asked.account] = replace(present, is_closed=asked.amount == 0)
            return asked.account
        source, target = self._sides(asked)
        balance, currency = house.books.balance, house.accounts[source].currency
        balance[source] -= asked.amount
        balance[target] += asked.amount
        how = RecordKind.SETTLED, Status.ACSC, Reason.NONE, Mechanism.SUB_ACCOUNT, currency
        after = balance[source], balance[target]
        house.records.append(Record(*how, change.number, cause, source, target, asked.amount, *after))
        return target

    def _put_into_force(self, asked: TermCommand) -> None:
        books, account, is_for_good = self.house.books, asked.account, asked.day == 0
        if asked.term is Term.BILATERAL_LIMIT:
            pair = account, asked.counterparty
            _set(books.bilateral, books.net_bilateral, pair, asked.amount)
            if is_for_good:
                _set(books.standing_bilateral, {}, pair, asked.amount)
        elif asked.term is Term.MULTILATERAL_LIMIT:
            _set(books.multilateral, books.net_multilateral, account, asked.amount)
            if is_for_good:
                _set(books.standing_multilateral, {}, account, asked.amount)
        else:
            present = {
                Term.RESERVED_URGENT: books.reserved_urgent,
                Term.RESERVED_HIGH: books.reserved_high,
                Term.CREDIT_LINE: books.credit_line,
            }
            present[asked.term][account] = asked.amount
            if is_for_good:
                books.standing[asked.term][account] = asked.amount

    def _record(self, change: Change, kind: RecordKind, status: Status, reason: Reason, cause: int) -> None:
        asked = change.asked
        currency = self.house.accounts[asked.account].currency if asked.account >= 0 else -1
        parties = (asked.account, asked.counterparty, asked.amount, int(asked.term), asked.day)
        record = Record(kind, status, reason, Mechanism.NONE, currency, change.number, cause, *parties)
        self.house.records.append(record)


def _set(limits: dict, nets: dict, key: object, amount: int) -> None:
    """Set a limit, or end it; a new one counts from now on."""
    if amount < 0:
        limits.pop(key, None)
        nets.pop(key, None)
        return
    limits[key] = amount
    nets.setdefault(key, 0)
