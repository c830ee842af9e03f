"""The plain twin of the engine: `docs/settlement-rules.md` in obvious loops, the oracle of every kernel.

Plain ints, dicts and lists; nothing here is fast on purpose. Comments carry the step numbers of the
page. Where the page leaves a choice, the most literal reading is taken and the place is marked
"Reading:".

Numbers are given from 1 to every instruction that is not a repeat, and to every change of phase.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from setfair.domain.codes import (
    PHASE_MOVES,
    InstructionKind,
    Mechanism,
    Phase,
    Reason,
    RecordKind,
    Screening,
    Status,
)
from setfair.domain.money import AMOUNT_MAX_MINOR, BALANCE_MAX_MINOR
from tests.reference.books import Books
from tests.reference.words import (
    DECISION_KINDS,
    ENGINE_REASONS,
    PAYMENT_KINDS,
    AccountSpec,
    Discipline,
    HouseSpec,
    Identity,
    Instruction,
    LimitSpec,
    Outcome,
    Record,
)

__all__ = [
    "ENGINE_REASONS",
    "OFFSET_LOOK_MAX",
    "AccountSpec",
    "Entry",
    "HouseSpec",
    "Identity",
    "Instruction",
    "LimitSpec",
    "Outcome",
    "Record",
    "ReferenceHouse",
]

OFFSET_LOOK_MAX = 256
"""Queued payments of the creditor that bilateral offsetting looks at."""


@dataclass(slots=True)
class Entry:
    """An instruction on record, with its present outcome."""

    number: int
    instruction: Instruction
    status: Status = Status.RCVD
    reason: Reason = Reason.NONE
    mechanism: Mechanism = Mechanism.NONE
    business_day: int = 0
    counted_against: int = 0
    """Of a return: the number of the original that it counts against, once it is accepted."""
    first_decision: Instruction | None = None


class ReferenceHouse:
    """A house that follows the page to the letter."""

    def __init__(
        self,
        accounts: Sequence[AccountSpec],
        limits: Sequence[LimitSpec],
        discipline: Discipline,
        queue_max: int,
        officers: int,
        currencies: int = 1,
        identity_days: int | None = None,
    ) -> None:
        self.accounts = list(accounts)
        self.discipline = discipline
        self.queue_max = queue_max
        self.officers = officers
        self.identity_days = identity_days
        self.books = Books(accounts, limits)
        self.queue: list[list[int]] = [[] for _ in accounts]
        """By account: numbers of queued payments in queue order."""
        self.phase = [Phase.CLOSED] * currencies
        self.date = [0] * currencies
        self.entries: dict[int, Entry] = {}
        self.identities: dict[Identity, list[int]] = {}
        """Numbers under one identity: the first content, then those that were rejected as DUPLICATE."""
        self.returned: dict[int, int] = {}
        """Accepted returns by the number of their original."""
        self.last_number = 0
        self.records: list[Record] = []

    @classmethod
    def of(cls, spec: HouseSpec) -> ReferenceHouse:
        return cls(
            spec.accounts,
            spec.limits,
            spec.discipline,
            spec.queue_max,
            spec.officers,
            spec.currencies,
            spec.identity_days,
        )

    # The doors

    def open_day(self, currency: int, date: int) -> list[Record]:
        """CLOSED -> OPEN: net amounts from zero, reservations as agreed, old identities forgotten."""
        self._check_move(currency, Phase.OPEN)
        self.date[currency] = date
        self.books.open_day(currency)
        self._forget_identities(date)
        return self._change_phase(currency, Phase.OPEN)

    def move_phase(self, currency: int, phase: Phase) -> list[Record]:
        """Move the phase of one currency; at the interbank cut-off its queue is rejected."""
        if phase is Phase.OPEN:
            raise ValueError("a day opens with its date: use open_day")
        self._check_move(currency, phase)
        return self._change_phase(currency, phase)

    def submit(self, instructions: Sequence[Instruction]) -> tuple[list[Outcome], list[Record]]:
        """Decide one batch, in order."""
        self.records = []
        rows = [self._take(instruction) for instruction in instructions]
        outcomes = []
        for number, repeated in rows:
            entry = self.entries[number]
            outcomes.append(Outcome(number, entry.status, entry.reason, entry.mechanism, repeated))
        return outcomes, self.records

    def balance_of(self, account: int) -> int:
        return self.books.balance[account]

    # Phases

    def _check_move(self, currency: int, phase: Phase) -> None:
        if phase not in PHASE_MOVES[self.phase[currency]]:
            raise ValueError(f"{self.phase[currency].name} does not move to {phase.name}")

    def _change_phase(self, currency: int, phase: Phase) -> list[Record]:
        self.records = []
        self.phase[currency] = phase
        self.last_number += 1
        cause = self.last_number
        # Reading: the record of the change comes before the rejections that it makes.
        kind, status = RecordKind.PHASE_CHANGED, Status.ACSC
        self.records.append(
            Record(kind, status, Reason.NONE, Mechanism.NONE, currency, cause, cause, -1, -1, 0, 0, 0)
        )
        if phase in (Phase.INTERBANK_CUTOFF, Phase.CLOSED):
            for number in sorted(self.entries):
                entry = self.entries[number]
                waits = entry.status in (Status.ACSP, Status.PDNG)
                if waits and self._currency(entry.instruction) == currency:
                    self._reject(entry, Reason.QUEUED_AT_CUTOFF, cause)
        return self.records

    def _forget_identities(self, date: int) -> None:
        if self.identity_days is None:
            return
        still_open = [
            day for day, phase in zip(self.date, self.phase, strict=True) if phase is not Phase.CLOSED
        ]
        oldest = min([date, date - self.identity_days, *still_open])
        for identity, numbers in list(self.identities.items()):
            # Reading: the day of an identity is the day of its first instruction.
            if self.entries[numbers[0]].business_day < oldest:
                del self.identities[identity]

    # Entry

    def _take(self, instruction: Instruction) -> tuple[int, bool]:
        """Step 1: give the instruction its number, or find that it is a repeat."""
        used = [] if instruction.identity is None else self.identities.get(instruction.identity, [])
        for number in used:
            if self.entries[number].instruction.content == instruction.content:
                return number, True
        self.last_number += 1
        entry = Entry(self.last_number, instruction, business_day=max(self.date))
        self.entries[entry.number] = entry
        if instruction.identity is not None:
            self.identities.setdefault(instruction.identity, []).append(entry.number)
        if used:
            self._reject(entry, Reason.DUPLICATE, entry.number)
        elif instruction.kind is InstructionKind.CANCELLATION:
            self._cancellation(entry)
        elif instruction.kind is InstructionKind.SCREENING_HOLD:
            self._hold_again(entry)
        elif instruction.kind in DECISION_KINDS:
            self._decision(entry)
        else:
            self._payment(entry)
        return entry.number, False

    def _payment(self, entry: Entry) -> None:
        """Steps 2 to 11, then acceptance."""
        instruction = entry.instruction
        checks: list[Callable[[Instruction], Reason]] = [
            lambda row: row.defect,  # 2
            self._check_accounts_known,  # 3
            self._check_amount,  # 4
            self._check_accounts,  # 5
            self._check_phase,  # 6
            self._check_value_date,  # 7
            self._check_screened,  # 8
            self._check_agent,  # 9
            self._check_return,  # 10
        ]
        for check in checks:
            reason = check(instruction)
            if reason is not Reason.NONE:
                self._reject(entry, reason, entry.number)
                return
        if instruction.screening is Screening.HIT:  # 11
            self._record(entry, RecordKind.HELD, Status.PDNG, Reason.SCREENING_HIT, entry.number)
            return
        self._accept(entry, entry.number)

    def _check_accounts_known(self, row: Instruction) -> Reason:
        """The door marks these as defects; this is for a door that forgot."""
        if row.debtor < 0:
            return Reason.UNKNOWN_DEBTOR_AGENT
        return Reason.UNKNOWN_CREDITOR_AGENT if row.creditor < 0 else Reason.NONE

    def _check_amount(self, row: Instruction) -> Reason:
        if row.amount <= 0:
            return Reason.AMOUNT_NOT_POSITIVE
        return Reason.AMOUNT_TOO_LARGE if row.amount > AMOUNT_MAX_MINOR else Reason.NONE

    def _check_accounts(self, row: Instruction) -> Reason:
        if row.debtor == row.creditor:
            return Reason.SAME_ACCOUNT
        closed = self.accounts[row.debtor].is_closed or self.accounts[row.creditor].is_closed
        return Reason.ACCOUNT_CLOSED if closed else Reason.NONE

    def _check_phase(self, row: Instruction) -> Reason:
        phase = self.phase[self._currency(row)]
        if phase is Phase.CLOSED:
            return Reason.DAY_NOT_OPEN
        if phase is Phase.CUSTOMER_CUTOFF and row.kind is InstructionKind.CUSTOMER_PAYMENT:
            return Reason.AFTER_CUTOFF
        if phase is Phase.INTERBANK_CUTOFF and row.kind is not InstructionKind.LIQUIDITY_TRANSFER:
            return Reason.AFTER_CUTOFF
        return Reason.NONE

    def _check_value_date(self, row: Instruction) -> Reason:
        wrong = row.value_date != 0 and row.value_date != self.date[self._currency(row)]
        return Reason.WRONG_VALUE_DATE if wrong else Reason.NONE

    def _check_screened(self, row: Instruction) -> Reason:
        return Reason.NOT_SCREENED if row.screening is Screening.UNSCREENED else Reason.NONE

    def _check_agent(self, row: Instruction) -> Reason:
        if row.kind is not InstructionKind.LIQUIDITY_TRANSFER:
            return Reason.NONE
        on_a_side = self.accounts[row.debtor].is_agent or self.accounts[row.creditor].is_agent
        return Reason.NONE if on_a_side else Reason.NOT_SETTLEMENT_AGENT

    def _check_return(self, row: Instruction) -> Reason:
        if row.kind is not InstructionKind.PAYMENT_RETURN:
            return Reason.NONE
        original = self._find_original(row)
        if original is None:
            return Reason.ORIGINAL_UNKNOWN
        if original.status is not Status.ACSC:
            return Reason.ORIGINAL_NOT_SETTLED
        paid = original.instruction
        if (row.debtor, row.creditor) != (paid.creditor, paid.debtor):
            return Reason.RETURN_NOT_MATCHING
        if self.returned.get(original.number, 0) + row.amount > paid.amount:
            return Reason.RETURN_EXCEEDS_ORIGINAL
        return Reason.NONE

    def _find_original(self, row: Instruction) -> Entry | None:
        """Return the payment that was first entered under the identity that is named.

        Reading: an identity of a cancellation names no payment, so the original is unknown.
        """
        numbers = [] if row.original is None else self.identities.get(row.original, [])
        if not numbers:
            return None
        entry = self.entries[numbers[0]]
        return entry if entry.instruction.kind in PAYMENT_KINDS else None

    # Acceptance

    def _accept(self, entry: Entry, cause: int) -> None:
        """Steps 12 to 14."""
        row = entry.instruction
        self._count_return(entry)
        blocked = self._is_blocked(row)
        if not blocked and self.books.can_settle(row):  # 12
            self._settle(entry, Mechanism.IMMEDIATE, cause)
            self._cascade([row.creditor], cause)
            return
        chosen = self._find_offset(row, blocked)  # 13
        if chosen:
            self._settle(entry, Mechanism.BILATERAL_OFFSET, cause)
            for other in chosen:
                self.queue[other.instruction.debtor].remove(other.number)
                self._settle(other, Mechanism.BILATERAL_OFFSET, cause)
            self._cascade([row.creditor, row.debtor], cause)
            return
        self._enqueue(entry, blocked, cause)  # 14

    def _count_return(self, entry: Entry) -> None:
        row = entry.instruction
        original = self._find_original(row) if row.kind is InstructionKind.PAYMENT_RETURN else None
        if original is not None:
            entry.counted_against = original.number
            self.returned[original.number] = self.returned.get(original.number, 0) + row.amount

    def _uncount_return(self, entry: Entry) -> None:
        if entry.counted_against:
            self.returned[entry.counted_against] -= entry.instruction.amount
            entry.counted_against = 0

    def _is_blocked(self, row: Instruction) -> bool:
        for number in self.queue[row.debtor]:
            if self.entries[number].instruction.priority <= row.priority:
                return True
        return False

    def _settle(self, entry: Entry, mechanism: Mechanism, cause: int) -> None:
        self.books.settle(entry.instruction)
        entry.mechanism = mechanism
        self._record(entry, RecordKind.SETTLED, Status.ACSC, Reason.NONE, cause)

    # Step 13: bilateral offsetting

    def _find_offset(self, row: Instruction, blocked: bool) -> list[Entry]:
        """Return the first set of queued payments of the creditor that fits, or an empty list."""
        if self.discipline == "ordered" and blocked:
            return []
        chosen: list[Entry] = []
        # Reading: payments to others that `bypass` passes over have been looked at and count too.
        for number in self.queue[row.creditor][:OFFSET_LOOK_MAX]:
            entry = self.entries[number]
            if entry.instruction.creditor != row.debtor:
                if self.discipline == "ordered":
                    break
                continue
            chosen.append(entry)
            if self.books.offset_fits(row, [other.instruction for other in chosen]):
                return chosen
        return []

    # Step 14: the queue

    def queue_length(self) -> int:
        return sum(len(queue) for queue in self.queue)

    def _enqueue(self, entry: Entry, blocked: bool, cause: int) -> None:
        row = entry.instruction
        if self.books.balance[row.creditor] + row.amount > BALANCE_MAX_MINOR:
            self._reject(entry, Reason.BALANCE_OVERFLOW, cause)
            return
        if self.queue_length() >= self.queue_max:
            self._reject(entry, Reason.QUEUE_FULL, cause)
            return
        if blocked:
            reason = Reason.BEHIND_IN_QUEUE
        elif not self.books.has_cover(row.debtor, row.priority, row.amount):
            reason = Reason.INSUFFICIENT_FUNDS
        else:
            reason = Reason.LIMIT_REACHED
        queue = self.queue[row.debtor]
        place = 0
        while place < len(queue) and self.entries[queue[place]].instruction.priority <= row.priority:
            place += 1
        queue.insert(place, entry.number)
        self._record(entry, RecordKind.QUEUED, Status.ACSP, reason, cause)

    def _cascade(self, start: list[int], cause: int) -> None:
        """The release cascade."""
        worklist = deque(start)
        while worklist:
            account = worklist.popleft()
            queue = self.queue[account]
            while queue and self.books.can_settle(self.entries[queue[0]].instruction):
                entry = self.entries[queue.pop(0)]
                self._settle(entry, Mechanism.RELEASE, cause)
                if entry.instruction.creditor not in worklist:
                    worklist.append(entry.instruction.creditor)

    # Cancellation

    def _cancellation(self, entry: Entry) -> None:
        row = entry.instruction
        original = self._find_original(row)
        reason = self._check_cancellation(row, original)
        if reason is not Reason.NONE or original is None:
            self._record(entry, RecordKind.CANCELLATION_ANSWERED, Status.RJCT, reason, entry.number)
            return
        self._leave_queue(original)
        self._uncount_return(original)
        self._record(original, RecordKind.CANCELLED, Status.CANC, Reason.CANCELLED_BY_SENDER, entry.number)
        self._record(entry, RecordKind.CANCELLATION_ANSWERED, Status.ACSC, Reason.NONE, entry.number)
        self._cascade([original.instruction.debtor], entry.number)

    def _check_cancellation(self, row: Instruction, original: Entry | None) -> Reason:
        if row.defect is not Reason.NONE:
            return row.defect
        if original is None:
            return Reason.ORIGINAL_UNKNOWN
        if row.debtor < 0 or row.debtor != original.instruction.debtor:
            return Reason.NOT_YOUR_PAYMENT
        if original.status is Status.ACSC:
            return Reason.ORIGINAL_SETTLED
        if original.status in (Status.RJCT, Status.CANC):
            return Reason.ORIGINAL_REJECTED
        return Reason.NONE

    # Decisions on what is held

    def _decision(self, entry: Entry) -> None:
        row = entry.instruction
        held = self.entries.get(row.target)
        reason = self._check_decision(row, held)
        if reason is not Reason.NONE or held is None:
            self._reject(entry, reason, entry.number)
            return
        self._record(entry, RecordKind.DISPOSITION, Status.ACSC, Reason.NONE, entry.number)
        first = held.first_decision
        if first is None:
            held.first_decision = row
            return
        if InstructionKind.REFUSAL in (first.kind, row.kind):
            self._reject(held, Reason.SCREENING_REFUSED, entry.number)
            return
        for check in (self._check_phase, self._check_value_date, self._check_return):  # 6, 7, 10
            reason = check(held.instruction)
            if reason is not Reason.NONE:
                self._reject(held, reason, entry.number)
                return
        self._accept(held, entry.number)

    def _hold_again(self, entry: Entry) -> None:
        held = self.entries.get(entry.instruction.target)
        if held is None or held.status not in (Status.ACSP, Status.PDNG):
            self._reject(entry, Reason.NOT_HELD, entry.number)
            return
        entry.status = Status.ACSC
        was_queued = held.status is Status.ACSP
        self._leave_queue(held)
        self._uncount_return(held)
        held.first_decision, held.mechanism = None, Mechanism.NONE
        self._record(held, RecordKind.HELD, Status.PDNG, Reason.SCREENING_HIT, entry.number)
        if was_queued:
            self._cascade([held.instruction.debtor], entry.number)

    def _check_decision(self, row: Instruction, held: Entry | None) -> Reason:
        if row.defect is not Reason.NONE:
            return row.defect
        if not 0 <= row.person < self.officers:
            return Reason.PERSON_NOT_AUTHORISED
        if held is None or held.status is not Status.PDNG:
            return Reason.NOT_HELD
        if held.first_decision is not None and held.first_decision.person == row.person:
            return Reason.SAME_PERSON
        return Reason.NONE

    # On record

    def _currency(self, row: Instruction) -> int:
        for account in (row.debtor, row.creditor):
            if account >= 0:
                return self.accounts[account].currency
        return -1

    def _leave_queue(self, entry: Entry) -> None:
        if entry.status is Status.ACSP:
            self.queue[entry.instruction.debtor].remove(entry.number)

    def _reject(self, entry: Entry, reason: Reason, cause: int) -> None:
        self._leave_queue(entry)
        self._uncount_return(entry)
        self._record(entry, RecordKind.REJECTED, Status.RJCT, reason, cause)

    def _record(self, entry: Entry, kind: RecordKind, status: Status, reason: Reason, cause: int) -> None:
        """Write the record and make it the entry's present outcome."""
        entry.status, entry.reason = status, reason
        row, settled = entry.instruction, kind is RecordKind.SETTLED
        self.records.append(
            Record(
                kind=kind,
                status=status,
                reason=reason,
                mechanism=entry.mechanism,
                currency=self._currency(row),
                subject_number=entry.number,
                cause_number=cause,
                debtor=row.debtor,
                creditor=row.creditor,
                amount=row.amount,
                debtor_balance_after=self.books.balance[row.debtor] if settled else 0,
                creditor_balance_after=self.books.balance[row.creditor] if settled else 0,
            )
        )
