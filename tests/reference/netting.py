"""The plain twin of netting: `docs/clearing-rules.md`, "Netting", in obvious loops.

Which of several largest set-offs is taken is the solver's choice and has no rule: the twin takes that of the
engine, which has tests of its own. Everything else is worked out here, apart from the engine.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from setfair.domain.codes import InstructionKind, Mechanism, Phase, Priority, Reason, RecordKind, Status
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.setoff import set_off
from tests.reference.settlement import ReferenceHouse
from tests.reference.words import Instruction, Record


@dataclass(slots=True)
class Obligation:
    """What one party owes another."""

    debtor: int
    creditor: int
    currency: int
    amount: int
    due: int = 0
    number: int = 0
    remaining: int = 0

    @property
    def status(self) -> Status:
        return Status.ACSP if self.remaining else Status.ACSC


@dataclass(frozen=True, slots=True)
class ClearingSpec:
    """What the agreement says of clearing, and with whom the parties bank."""

    nets: bool = True
    rerun: bool = False
    account_of: tuple[tuple[int, ...], ...] = ()
    """By currency and party: the account, or -1."""
    held: frozenset[int] = frozenset()
    """Parties whose registration screening holds."""


@dataclass(frozen=True, slots=True)
class Left:
    """An account left out."""

    account: int
    reason: Reason
    needed: int
    able: int


class NettingHouse(ReferenceHouse):
    """A reference house that clears."""

    clearing: ClearingSpec
    obligations: list[Obligation]

    @classmethod
    def clearing_of(cls, house_spec, clearing: ClearingSpec) -> NettingHouse:  # type: ignore[no-untyped-def]
        house = cls.of(house_spec)
        assert isinstance(house, NettingHouse)
        house.clearing, house.obligations = clearing, []
        # Each party is registered first, and a registration has a number.
        house.last_number = len(clearing.account_of[0])
        return house

    def owe(self, obligations: list[Obligation]) -> None:
        """Enter obligations."""
        for one in obligations:
            self.last_number += 1
            one.number, one.remaining = self.last_number, one.amount
            self.obligations.append(one)

    def run_cycle(self, currency: int, day: int) -> list[Record]:
        """Set off and net what is due in one currency."""
        self.last_number += 1
        self.records, self.cycle, self.currency = [], self.last_number, currency
        due = [o for o in self.obligations if o.currency == currency and o.remaining and o.due <= day]
        before = [o.remaining for o in due]
        cleared, net_debit = self._set_off(due, set())
        closed = self.phase[currency] is Phase.CLOSED
        if not self.clearing.nets or closed:
            self._reduce(due, cleared, RecordKind.SET_OFF)
            if self.clearing.nets:
                self._say(RecordKind.NETTING_RUN, 0, 0, 0, 0, 0, Status.RJCT, Reason.DAY_NOT_OPEN)
        else:
            cleared = self._net(due, cleared)
        parties = {o.debtor for o in due} | {o.creditor for o in due}
        self._say(RecordKind.CYCLE_RUN, len(due), len(parties), sum(cleared), sum(before), net_debit)
        return self.records

    def _account(self, party: int) -> int:
        """The open account that a party settles on, or -1."""
        account = self.clearing.account_of[self.currency][party]
        if account < 0 or self.accounts[account].is_closed or party in self.clearing.held:
            return -1
        return account

    def _set_off(self, due: list[Obligation], out: set[int]) -> tuple[list[int], int]:
        inside = [
            i
            for i, o in enumerate(due)
            if self._account(o.debtor) not in out and self._account(o.creditor) not in out
        ]
        columns = [
            [getattr(due[i], name) for i in inside] for name in ("debtor", "creditor", "remaining", "due")
        ]
        result = set_off(*(np.array(column, np.int64) for column in columns))
        cleared = [0] * len(due)
        for i, amount in zip(inside, result.cleared_minor.tolist(), strict=True):
            cleared[i] = amount
        return cleared, result.net_debit_minor

    # Rules 1 to 5: the rounds

    def _net(self, due: list[Obligation], cleared: list[int]) -> list[int]:
        left: list[Left] = []
        rounds: list[dict[int, list[int]]] = []
        while True:
            out = {one.account for one in left}
            netted = [
                i
                for i, o in enumerate(due)
                if -1 not in (a := (self._account(o.debtor), self._account(o.creditor)))
                and not out & set(a)
                and o.remaining > cleared[i]
            ]
            positions: dict[int, list[int]] = {}
            for i in netted:
                amount = due[i].remaining - cleared[i]
                positions.setdefault(self._account(due[i].debtor), [0, 0])[0] += amount
                positions.setdefault(self._account(due[i].creditor), [0, 0])[1] += amount
            rounds.append(dict(sorted(positions.items())))
            legs: list[tuple[int, int, int]] = []
            unable = self._short(rounds[-1]) or self._pair(rounds[-1], legs)
            if unable is None:
                break
            left.append(unable)
            if self.clearing.rerun:
                cleared, _ = self._set_off(due, {one.account for one in left})
        self._finish(due, cleared, netted, (left, rounds, legs))
        return cleared

    def _waiting(self, account: int) -> int:
        rows = [self.entries[number].instruction for number in self.queue[account]]
        return sum(row.amount for row in rows if row.priority is Priority.URGENT)

    def _short(self, positions: dict[int, list[int]]) -> Left | None:
        """Rules 3 and 4."""
        worst: Left | None = None
        for account, (owes, owed) in positions.items():
            spec, balance = self.accounts[account], self.books.balance[account]
            able = (
                balance + (BALANCE_MAX_MINOR if spec.is_agent else spec.credit_line) - self._waiting(account)
            )
            reason, needed = Reason.INSUFFICIENT_FUNDS, owes - owed
            if owed > owes:
                able, reason, needed = BALANCE_MAX_MINOR - balance, Reason.BALANCE_OVERFLOW, owed - owes
            elif able + self._waiting(account) >= needed:
                reason = Reason.BEHIND_IN_QUEUE
            lacked = needed - able if owes != owed else 0
            if lacked > (worst.needed - worst.able if worst else 0):
                worst = Left(account, reason, needed, able)
        return worst

    def _is_limited(self, account: int) -> bool:
        return account in self.books.multilateral or any(d == account for d, _ in self.books.bilateral)

    def _pair(self, positions: dict[int, list[int]], legs: list[tuple[int, int, int]]) -> Left | None:
        """Rule 5: fill `legs`; return who is kept by limits from paying."""
        pays = {a: owes - owed for a, (owes, owed) in positions.items() if owes > owed}
        gets = {a: owed - owes for a, (owes, owed) in positions.items() if owed > owes}
        creditors = sorted(gets, key=lambda a: (-gets[a], a))
        left: dict[int, int] = {}
        for debtor in sorted(pays, key=lambda a: (not self._is_limited(a), -pays[a], a)):
            rest, under_multilateral = pays[debtor], 0
            for creditor in creditors:
                amount = min(rest, gets[creditor])
                if (debtor, creditor) in self.books.bilateral:
                    pair = (debtor, creditor)
                    amount = min(amount, self.books.bilateral[pair] - self.books.net_bilateral[pair])
                elif debtor in self.books.multilateral:
                    room = self.books.multilateral[debtor] - self.books.net_multilateral[debtor]
                    amount = max(0, min(amount, room - under_multilateral))
                    under_multilateral += amount
                if amount > 0:
                    legs.append((debtor, creditor, amount))
                    rest -= amount
                    gets[creditor] -= amount
            if rest:
                left[debtor] = rest
        if not left:
            return None
        account = min(left, key=lambda a: (-left[a], a))
        return Left(account, Reason.LIMIT_REACHED, pays[account], pays[account] - left[account])

    # Rules 6 and 7: what is booked and put on record

    def _finish(self, due, cleared, netted, found) -> None:  # type: ignore[no-untyped-def]
        left, rounds, legs = found
        self._reduce(due, cleared, RecordKind.SET_OFF)
        for turn, positions in enumerate(rounds, 1):
            self._say_round(turn, positions, left[turn - 1] if turn <= len(left) else None)
        taken = {i: due[i].remaining for i in netted}
        self._say_left_due(due, taken, left)
        for debtor, creditor, amount in legs:
            self._book(debtor, creditor, amount)
        self._reduce(due, [taken.get(i, 0) for i in range(len(due))], RecordKind.NETTED)
        for account in sorted({creditor for _, creditor, _ in legs}):
            self.cascade([account], self.cycle)
        paid = sum(amount for _, _, amount in legs)
        counts = (len(taken), len(rounds[-1]), paid, sum(taken.values()), len(rounds))
        self._say(RecordKind.NETTING_RUN, *counts)

    def _say_round(self, turn: int, positions: dict[int, list[int]], left: Left | None) -> None:
        for account, (owes, owed) in positions.items():
            balance = self.books.balance[account]
            row = (RecordKind.NET_POSITION, account, turn, owes)
            if left is None:
                self._say(*row, balance + owed - owes, owed)
            elif account == left.account:
                self._say(*row, balance, owed, Status.RJCT, left.reason)
            elif turn == 1:
                self._say(*row, balance, owed, Status.CANC)
        if left is not None:
            amounts = (left.needed - left.able, left.needed, left.able)
            self._say(RecordKind.LEFT_OUT, left.account, turn, *amounts, Status.RJCT, left.reason)

    def _say_left_due(self, due: list[Obligation], taken: dict[int, int], left: list[Left]) -> None:
        told: set[int] = set()
        for one in left:
            pairs: dict[int, list[int]] = {}
            for i, o in enumerate(due):
                sides = (self._account(o.debtor), self._account(o.creditor))
                if i in taken or not o.remaining or one.account not in sides or i in told:
                    continue
                if -1 in sides and not self.clearing.rerun:
                    continue
                told.add(i)
                owes = sides[0] == one.account
                pair = pairs.setdefault(sides[1] if owes else sides[0], [0, 0, 0])
                pair[0 if owes else 2] += o.remaining
                pair[1] += 1
            for other, amounts in sorted(pairs.items()):
                self._say(RecordKind.LEFT_DUE, one.account, other, *amounts, Status.ACSP)

    def _book(self, debtor: int, creditor: int, amount: int) -> None:
        kind = InstructionKind.CYCLE
        self.books.settle(Instruction(kind, None, 0, debtor, creditor, amount, Priority.URGENT))
        after = (self.books.balance[debtor], self.books.balance[creditor])
        self._say(RecordKind.SETTLED, debtor, creditor, amount, *after, mechanism=Mechanism.NETTING)

    def _reduce(self, due: list[Obligation], by: list[int], kind: RecordKind) -> None:
        mechanism = Mechanism.NETTING if kind is RecordKind.NETTED else Mechanism.NONE
        for one, amount in zip(due, by, strict=True):
            if amount:
                one.remaining -= amount
                row = (kind, one.debtor, one.creditor, amount, one.remaining, 0, one.status)
                self._say(*row, mechanism=mechanism, subject=one.number)

    def _say(  # type: ignore[no-untyped-def]
        self, kind, debtor, creditor, amount, debtor_after, creditor_after, status=Status.ACSC,
        reason=Reason.NONE, mechanism=Mechanism.NONE, subject=0,
    ) -> None:  # fmt: skip
        numbers = (self.currency, subject or self.cycle, self.cycle, debtor, creditor, amount)
        self.records.append(Record(kind, status, reason, mechanism, *numbers, debtor_after, creditor_after))
