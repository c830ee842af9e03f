"""What must hold after every step of any house, told from its answers alone.

`Watcher` sees the steps, outcomes and records, keeps its own account of them by summing up from
scratch, and raises AssertionError at the first contradiction. It never looks into the house, so it
watches the reference and the engine alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from setfair.domain.codes import (
    InstructionKind,
    Mechanism,
    Phase,
    Priority,
    Purpose,
    QueueAction,
    Reason,
    RecordKind,
    Status,
    Term,
)
from setfair.domain.money import BALANCE_MAX_MINOR
from tests.reference.days import Step
from tests.reference.words import (
    PAYMENT_KINDS,
    ExtensionCommand,
    HouseSpec,
    Instruction,
    Outcome,
    QueueCommand,
    Record,
    TermCommand,
)

_OF_COMMANDS = (RecordKind.PHASE_CHANGED, RecordKind.EXPIRY_RUN, RecordKind.OFFSETTING_RUN)
_OF_TERMS = (
    RecordKind.TERM_PROPOSED,
    RecordKind.TERM_DECIDED,
    RecordKind.TERM_CHANGED,
    RecordKind.QUEUE_CHANGED,
    RecordKind.EXTENSION_PROPOSED,
    RecordKind.EXTENSION_DECIDED,
    RecordKind.CUTOFF_EXTENDED,
)
_AFTER_HELD = (
    RecordKind.SETTLED,
    RecordKind.QUEUED,
    RecordKind.REJECTED,
    RecordKind.LINK_PENDING,
    RecordKind.PARKED,
)
_NEXT: dict[RecordKind | None, tuple[RecordKind, ...]] = {
    None: (*_AFTER_HELD, RecordKind.HELD),
    RecordKind.HELD: (*_AFTER_HELD, RecordKind.CANCELLED, RecordKind.HELD),
    RecordKind.PARKED: (*_AFTER_HELD, RecordKind.CANCELLED, RecordKind.HELD),
    RecordKind.LINK_PENDING: (
        RecordKind.SETTLED,
        RecordKind.QUEUED,
        RecordKind.REJECTED,
        RecordKind.CANCELLED,
        RecordKind.HELD,
        RecordKind.PARKED,
    ),
    RecordKind.QUEUED: (
        RecordKind.SETTLED,
        RecordKind.REJECTED,
        RecordKind.CANCELLED,
        RecordKind.HELD,
        RecordKind.LINK_PENDING,
        RecordKind.PARKED,
    ),
}
"""The moves of a payment; kinds that are not here are final."""

_STATUS = {
    RecordKind.SETTLED: Status.ACSC,
    RecordKind.QUEUED: Status.ACSP,
    RecordKind.REJECTED: Status.RJCT,
    RecordKind.HELD: Status.PDNG,
    RecordKind.LINK_PENDING: Status.PDNG,
    RecordKind.PARKED: Status.PDNG,
    RecordKind.CANCELLED: Status.CANC,
}


class WatchedTerms:
    """Limits, reservations and credit lines as the records tell them, and what was paid net under limits."""

    def __init__(self, spec: HouseSpec) -> None:
        self.accounts = spec.accounts
        self.standing = {(x.account, x.counterparty): x.amount for x in spec.limits}
        """By account and counterparty; -1: all without a limit of their own."""
        self.limits = dict(self.standing)
        self.paid = dict.fromkeys(self.limits, 0)
        self.standing_line = [x.credit_line for x in spec.accounts]
        self.line = list(self.standing_line)
        self.standing_reserved = {
            Priority.URGENT: [x.reserved_urgent for x in spec.accounts],
            Priority.HIGH: [x.reserved_high for x in spec.accounts],
        }
        self.left = {priority: [0] * len(spec.accounts) for priority in self.standing_reserved}

    def open_day(self, currency: int, balance: list[int]) -> None:
        """Bring back what stands."""
        for place, account in enumerate(self.accounts):
            if account.currency == currency:
                self.line[place] = max(self.standing_line[place], -balance[place])
                for priority, amounts in self.standing_reserved.items():
                    self.left[priority][place] = amounts[place]
        mine = {k: v for k, v in self.standing.items() if self.accounts[k[0]].currency == currency}
        others = {k: v for k, v in self.limits.items() if self.accounts[k[0]].currency != currency}
        self.limits = others | mine
        self.paid = {key: self.paid[key] if key in others else 0 for key in self.limits}

    def change(self, asked: TermCommand) -> None:
        """Follow a change that came into force."""
        is_for_good = not asked.day
        if asked.term in (Term.SUB_ACCOUNT, Term.SET_ASIDE, Term.GIVE_BACK):
            return
        if asked.term in (Term.BILATERAL_LIMIT, Term.MULTILATERAL_LIMIT):
            key = asked.account, asked.counterparty
            for limits in (self.limits, self.standing) if is_for_good else (self.limits,):
                limits[key] = asked.amount
                if asked.amount < 0:
                    del limits[key]
            self.paid = {each: self.paid.get(each, 0) for each in self.limits}
        elif asked.term is Term.CREDIT_LINE:
            self.line[asked.account] = asked.amount
            if is_for_good:
                self.standing_line[asked.account] = asked.amount
        else:
            priority = Priority.URGENT if asked.term is Term.RESERVED_URGENT else Priority.HIGH
            self.left[priority][asked.account] = asked.amount
            if is_for_good:
                self.standing_reserved[priority][asked.account] = asked.amount

    def key(self, debtor: int, creditor: int) -> tuple[int, int] | None:
        """Name the limit that binds a payment."""
        return next((key for key in ((debtor, creditor), (debtor, -1)) if key in self.limits), None)

    def book(self, record: Record, priority: Priority) -> None:
        """Count a settled payment."""
        for key, amount in (
            (self.key(record.debtor, record.creditor), record.amount),
            (self.key(record.creditor, record.debtor), -record.amount),
        ):
            if key is not None:
                self.paid[key] += amount
        if priority in self.left:
            left = self.left[priority]
            left[record.debtor] = max(0, left[record.debtor] - record.amount)

    def reserved(self, account: int, against: Priority) -> int:
        """Return what is set aside for payments of higher priority."""
        return sum(left[account] for priority, left in self.left.items() if priority < against)

    def check(self, before: dict[tuple[int, int], int]) -> None:
        """Nobody paid more than a limit lets; one that was lowered below what was paid lets nothing more."""
        for key, limit in self.limits.items():
            assert self.paid[key] <= max(limit, before.get(key, 0))


class Watcher:
    """Watches one house from its first step."""

    def __init__(self, spec: HouseSpec) -> None:
        self.spec = spec
        self.balance = [0] * len(spec.accounts)
        self.instructions: dict[int, Instruction] = {}
        self.first_of: dict[bytes | int, int] = {}
        """By identity: the payment that has it (a forgotten identity may come again)."""
        self.original_of: dict[int, int] = {}
        """By number of a return: its original, as of the return's last record."""
        self.last: dict[int, Record] = {}
        """By number: the last record of a payment."""
        self.queues: list[list[int]] = [[] for _ in spec.accounts]
        self.terms = WatchedTerms(spec)
        self.opened_number = [0] * spec.currencies
        self.date = [0] * spec.currencies
        self.now = 0
        self.proposed: dict[int, TermCommand] = {}
        """By number: what one person asked for, until it is decided."""
        self.extended: dict[int, ExtensionCommand] = {}
        """By number: later cut-offs that one person asked for."""
        self.passed: list[int] = []
        """What was ahead of payments that were offset in the present step."""
        self.legs: list[int] = []
        """Numbers of legs."""

    def after(self, step: Step, outcomes: Sequence[Outcome], records: Sequence[Record]) -> None:
        """Check the answer to one step."""
        if step[0] in ("open", "wake"):
            self.terms.open_day(step[1], self.balance)
            self.opened_number[step[1]] = records[0].subject_number
            self.date[step[1]] = step[2]
        if step[0] in ("expire", "clock"):
            self.now = step[1]
        if step[0] == "extend":
            self._hear_extension(step[1], records[0])
        if step[0] == "submit":
            self._learn(step[1], outcomes)
        before = dict(self.terms.paid)
        if step[0] == "queue" and records[0].kind is RecordKind.QUEUE_CHANGED:
            self._reorder(step[1], [x.amount for x in records if x.kind is RecordKind.QUEUE_CHANGED])
        if step[0] == "term":
            self._hear(step[1], records[0])
        for record in records:
            self._follow(record)
        # In order, whatever was ahead of a payment that was offset has settled with it.
        assert all(self.last[number].mechanism is Mechanism.OFFSETTING for number in self.passed)
        self.passed = []
        self._check_outcomes(outcomes)
        self._check_times()
        self._check_balances()
        self.terms.check(before)
        self._check_links()
        self._check_nothing_waits_that_could_settle()
        self._check_returns()
        if step[0] == "phase" and step[2] is Phase.INTERBANK_CUTOFF:
            self._check_queue_is_empty(step[1])

    def _learn(self, rows: Sequence[Instruction], outcomes: Sequence[Outcome]) -> None:
        assert len(rows) == len(outcomes)
        for row, outcome in zip(rows, outcomes, strict=True):
            if outcome.repeated:
                known = self.instructions[outcome.number]
                assert (known.identity, known.content) == (row.identity, row.content)
                continue
            assert outcome.number not in self.instructions
            self.instructions[outcome.number] = row
            if row.link and row.kind in PAYMENT_KINDS:
                self.legs.append(outcome.number)

    def _follow(self, record: Record) -> None:
        row = self.instructions.get(record.subject_number)
        if record.kind in _OF_COMMANDS:
            assert row is None
            return
        if record.kind in _OF_TERMS or record.subject_number in self.proposed or row is None:
            self._follow_term(record)
            return
        if record.kind is RecordKind.LINK_MATCHED:
            assert row.link
            return
        assert (record.debtor, record.creditor, record.amount) == (row.debtor, row.creditor, row.amount)
        if row.kind not in PAYMENT_KINDS:
            assert record.status in (Status.ACSC, Status.RJCT, Status.PDNG)
            return
        before = self.last.get(record.subject_number)
        assert record.kind in _NEXT.get(before.kind if before else None, ())
        assert record.status is _STATUS[record.kind]
        if before is not None and before.kind is RecordKind.QUEUED:
            self._leave_queue(record)
        elif record.kind is RecordKind.SETTLED:
            may_pass = self.spec.discipline == "bypass" and record.mechanism is Mechanism.BILATERAL_OFFSET
            assert may_pass or not self._is_blocked(row)
        if record.kind in (RecordKind.SETTLED, RecordKind.QUEUED):
            # Nothing settles, or stands in a queue, but on its value date.
            assert row.value_date in (0, self.date[record.currency])
        if record.kind is RecordKind.SETTLED:
            self._check_purpose(row)
            self._book(record)
        if record.kind is RecordKind.QUEUED:
            self._join_queue(record)
        if before is None and row.identity is not None and record.reason is not Reason.DUPLICATE:
            self.first_of[row.identity] = record.subject_number
        if row.original is not None and row.original in self.first_of:
            self.original_of[record.subject_number] = self.first_of[row.original]
        self.last[record.subject_number] = record

    def _reorder(self, command: QueueCommand, moved: list[int]) -> None:
        """Follow what its payer, or the operator, did with a payment in its queue, or with legs of a link."""
        assert moved[0] == command.target
        assert len(set(moved)) == len(moved)
        link = self._link(command.target)
        acts_for = dict(enumerate(self.spec.users)).get(command.person)
        may = [
            n for n in moved if acts_for in (-1, self.spec.accounts[self.instructions[n].debtor].participant)
        ]
        assert may == moved
        assert all(self._link(number) == link for number in moved[1:])
        if command.action is QueueAction.TIMES:
            row = self.instructions[command.target]
            self.instructions[command.target] = replace(row, until=command.latest, earliest=command.earliest)
        if command.action not in (QueueAction.TOP, QueueAction.BOTTOM, QueueAction.PRIORITY):
            assert len(moved) == 1
            return
        if link and acts_for == -1 and command.target in self._queued():
            assert set(moved) == {number for number in self._queued() if self._link(number) == link}
        self._move(command, moved)

    def _move(self, command: QueueCommand, moved: list[int]) -> None:
        """Put payments elsewhere in their queues: within a priority as they have come."""
        for number in moved:
            if command.action is QueueAction.PRIORITY:
                row = self.instructions[number]
                self.instructions[number] = replace(row, priority=Priority(command.priority))
        joined = [number for number in self.legs if number in moved] or moved
        for number in reversed(joined) if command.action is QueueAction.TOP else joined:
            queue = self.queues[self.instructions[number].debtor]
            if number in queue:
                queue.remove(number)
                queue.insert(0 if command.action is QueueAction.TOP else len(queue), number)
                queue.sort(key=lambda each: self.instructions[each].priority)

    def _check_times(self) -> None:
        """Nothing waits after its latest time, and nothing settles before its earliest."""
        for number, record in self.last.items():
            row = self.instructions[number]
            if row.until and record.status in (Status.ACSP, Status.PDNG) and not row.link:
                assert row.until > self.now
            if row.earliest > self.now:
                assert record.status not in (Status.ACSP, Status.ACSC)

    def _hear(self, command: TermCommand, record: Record) -> None:
        """Take down what was asked for, and check that no one person decides on what it asked for itself."""
        if command.kind is InstructionKind.TERM_CHANGE and record.kind is RecordKind.TERM_PROPOSED:
            self.proposed[record.subject_number] = command
        if command.kind is InstructionKind.TERM_APPROVAL and record.kind is RecordKind.TERM_DECIDED:
            assert self.proposed[command.target].person != command.person

    def _hear_extension(self, command: ExtensionCommand, record: Record) -> None:
        """Check that two people of the operator make a cut-off later."""
        if record.kind is RecordKind.EXTENSION_PROPOSED:
            self.extended[record.subject_number] = command
        if record.kind is RecordKind.EXTENSION_DECIDED:
            asked = self.extended[command.target]
            is_approved = command.kind is InstructionKind.EXTENSION_APPROVAL
            assert not is_approved or (asked.person != command.person and asked.until > self.now)
            assert self.spec.users[command.person] == -1

    def _follow_term(self, record: Record) -> None:
        if record.kind is RecordKind.SETTLED:
            self._follow_money(record)
            return
        assert record.kind in (*_OF_TERMS, RecordKind.REJECTED)
        if record.kind is RecordKind.TERM_CHANGED:
            self.terms.change(self.proposed.pop(record.subject_number))
        elif record.kind is RecordKind.REJECTED:
            self.proposed.pop(record.subject_number, None)

    def _follow_money(self, record: Record) -> None:
        """Money goes between an account and its own sub-account, and no further."""
        accounts = self.spec.accounts
        assert record.mechanism is Mechanism.SUB_ACCOUNT
        assert record.creditor in (accounts[record.debtor].main, *self._subs_of(record.debtor))
        assert record.amount > 0
        self.balance[record.debtor] -= record.amount
        self.balance[record.creditor] += record.amount
        after = (record.debtor_balance_after, record.creditor_balance_after)
        assert after == (self.balance[record.debtor], self.balance[record.creditor])

    def _subs_of(self, main: int) -> list[int]:
        return [place for place, each in enumerate(self.spec.accounts) if each.main == main]

    def _check_purpose(self, row: Instruction) -> None:
        """A sub-account pays and receives for its purpose alone."""
        accounts = self.spec.accounts
        for own, other in ((row.debtor, row.creditor), (row.creditor, row.debtor)):
            purpose = accounts[own].purpose
            assert purpose is Purpose.NONE or row.kind is not InstructionKind.LIQUIDITY_TRANSFER
            assert purpose is not Purpose.LINKS or row.link
            assert purpose is not Purpose.PAIR or accounts[other].participant == accounts[own].counterparty

    def _is_blocked(self, row: Instruction) -> bool:
        return any(self.instructions[n].priority <= row.priority for n in self.queues[row.debtor])

    def _join_queue(self, record: Record) -> None:
        self.queues[record.debtor].append(record.subject_number)
        # The sort is stable: first in, first out within a priority.
        self.queues[record.debtor].sort(key=lambda number: self.instructions[number].priority)

    def _leave_queue(self, record: Record) -> None:
        queue = self.queues[record.debtor]
        row = self.instructions[record.subject_number]
        ahead = [self.instructions[number] for number in queue[: queue.index(record.subject_number)]]
        if record.mechanism is Mechanism.RELEASE:
            assert not [other for other in ahead if not row.link or other.link != row.link]
        if record.mechanism is Mechanism.BILATERAL_OFFSET and self.spec.discipline == "ordered":
            assert not ahead
        if record.mechanism is Mechanism.OFFSETTING and self.spec.discipline == "ordered":
            self.passed += queue[: queue.index(record.subject_number)]
        queue.remove(record.subject_number)

    def _book(self, record: Record) -> None:
        assert record.amount > 0
        self.balance[record.debtor] -= record.amount
        self.balance[record.creditor] += record.amount
        after = (record.debtor_balance_after, record.creditor_balance_after)
        assert after == (self.balance[record.debtor], self.balance[record.creditor])
        self.terms.book(record, self.instructions[record.subject_number].priority)

    def _check_outcomes(self, outcomes: Sequence[Outcome]) -> None:
        for outcome in outcomes:
            row = self.instructions[outcome.number]
            if row.kind in PAYMENT_KINDS:
                last = self.last[outcome.number]
                assert outcome[1:4] == (last.status, last.reason, last.mechanism)

    def _check_balances(self) -> None:
        totals = [0] * self.spec.currencies
        for place, (spec, balance) in enumerate(zip(self.spec.accounts, self.balance, strict=True)):
            totals[spec.currency] += balance
            assert spec.is_agent or -self.terms.line[place] <= balance
            assert balance <= BALANCE_MAX_MINOR
        assert totals == [0] * self.spec.currencies

    def _check_links(self) -> None:
        """All legs of a link are settled, or none; a link that waits in queues waits there whole."""
        count: dict[tuple[int, RecordKind], int] = {}
        for number in self.legs:
            key = self.instructions[number].link, self.last[number].kind
            count[key] = count.get(key, 0) + 1
        for number in self.legs:
            row = self.instructions[number]
            for kind in (RecordKind.SETTLED, RecordKind.QUEUED):
                # A reference that was forgotten with its day may come again.
                assert count.get((row.link, kind), 0) % row.legs == 0

    def _check_nothing_waits_that_could_settle(self) -> None:
        for queue in self.queues:
            if not queue:
                continue
            row = self.instructions[queue[0]]
            if self._opened_before(queue[0]) or row.amount > BALANCE_MAX_MINOR // 8:
                # The rules say nothing of what waits over a night, or for room on its creditor's side.
                continue
            group = (
                [number for number in self._queued() if self._link(number) == row.link] if row.link else []
            )
            assert not self._could_settle(group or [queue[0]])

    def _queued(self) -> list[int]:
        return [number for queue in self.queues for number in queue]

    def _link(self, number: int) -> int:
        return self.instructions[number].link

    def _opened_before(self, number: int) -> bool:
        currency = self.spec.accounts[self.instructions[number].debtor].currency
        return number < self.opened_number[currency]

    def _could_settle(self, numbers: list[int]) -> bool:
        """Say whether nothing is ahead of these payments but themselves, and they can settle together."""
        rows = [self.instructions[number] for number in numbers]
        for number, row in zip(numbers, rows, strict=True):
            queue = self.queues[row.debtor]
            if not set(queue[: queue.index(number)]) <= set(numbers):
                return False
        is_in_time = all(not row.until or row.until > self.now for row in rows)
        return is_in_time and all(self._has_cover(rows, row.debtor) for row in rows) and self._is_within(rows)

    def _has_cover(self, rows: list[Instruction], account: int) -> bool:
        spec = self.spec.accounts[account]
        lowest = max(row.priority for row in rows if row.debtor == account)
        available = self.balance[account] + self.terms.line[account] - self.terms.reserved(account, lowest)
        net = sum(row.amount * ((row.debtor == account) - (row.creditor == account)) for row in rows)
        return spec.is_agent or available >= net

    def _is_within(self, rows: list[Instruction]) -> bool:
        for row in rows:
            key = self.terms.key(row.debtor, row.creditor)
            moved = sum(other.amount for other in rows if self.terms.key(other.debtor, other.creditor) == key)
            moved -= sum(
                other.amount for other in rows if self.terms.key(other.creditor, other.debtor) == key
            )
            if key is not None and self.terms.paid[key] + moved > self.terms.limits[key]:
                return False
            balance = self.balance[row.creditor]
            net = sum(
                other.amount * ((other.creditor == row.creditor) - (other.debtor == row.creditor))
                for other in rows
            )
            if balance + net > BALANCE_MAX_MINOR:
                return False
        return True

    def _check_returns(self) -> None:
        returned: dict[int, int] = {}
        for number, record in self.last.items():
            row = self.instructions[number]
            if row.kind is InstructionKind.PAYMENT_RETURN and record.kind is RecordKind.SETTLED:
                original = self.original_of[number]
                returned[original] = returned.get(original, 0) + row.amount
        for original, amount in returned.items():
            paid = self.last[original]
            assert paid.kind is RecordKind.SETTLED
            assert amount <= paid.amount

    def _check_queue_is_empty(self, currency: int) -> None:
        waiting = (RecordKind.QUEUED, RecordKind.HELD, RecordKind.LINK_PENDING, RecordKind.PARKED)
        for number, record in self.last.items():
            is_early = self.instructions[number].value_date > self.date[currency]
            assert record.currency != currency or record.kind not in waiting or is_early
