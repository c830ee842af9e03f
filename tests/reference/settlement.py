"""The plain twin of the engine: `docs/settlement-rules.md` in obvious loops, the oracle of every kernel.

Plain ints, dicts and lists; nothing here is fast on purpose. Comments carry the step numbers of the
page. Where the page leaves a choice, the most literal reading is taken and the place is marked
"Reading:".

Numbers are given from 1 to every instruction that is not a repeat, and to every change of phase.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Sequence

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
from setfair.domain.money import BALANCE_MAX_MINOR
from tests.reference.books import Books
from tests.reference.day_moves import reject_waiting, take_up
from tests.reference.entry_checks import Entry, EntryChecks
from tests.reference.extensions import Extensions
from tests.reference.held import decide_held, hold_again
from tests.reference.links import Links
from tests.reference.offset_queue import OFFSET_LOOK_MAX, find_bilateral, settle_chosen
from tests.reference.schedule import Schedule
from tests.reference.terms import Terms
from tests.reference.words import (
    DECISION_KINDS,
    ENGINE_REASONS,
    AccountSpec,
    Discipline,
    ExtensionCommand,
    HouseSpec,
    Identity,
    Instruction,
    LimitSpec,
    Outcome,
    QueueCommand,
    Record,
    TermCommand,
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


class ReferenceHouse(EntryChecks):
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
        users: tuple[int, ...] = (),
        day: tuple[int, int, int, int] = (0, 0, 0, 0),
        by_clock: int = 0,
        warehouse_days: int = 0,
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
        self.oldest_day = 0
        """What arrived on business days before this is forgotten."""
        self.returned: dict[int, int] = {}
        """Accepted returns by the number of their original."""
        self.last_number = 0
        self.records: list[Record] = []
        self.links = Links(self)
        self.terms = Terms(self, users)
        self.schedule = Schedule(self)
        self.warehouse_days = warehouse_days
        self.spec_day = day
        self.spec_by_clock = by_clock
        self.extensions = Extensions(self, currencies)
        self.now = 0

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
            spec.users,
            spec.day,
            spec.by_clock,
            spec.warehouse_days,
        )

    # The doors

    def open_day(self, currency: int, date: int) -> list[Record]:
        """CLOSED -> OPEN: net amounts from zero, reservations as agreed, old identities forgotten."""
        self._check_move(currency, Phase.OPEN)
        self.date[currency] = date
        self.books.open_day(currency)
        self.extensions.open_day(currency)
        self._forget_identities(date)
        self._change_phase(currency, Phase.OPEN)
        take_up(self, currency, self.last_number)
        return self.records

    def wake(self, currency: int, date: int) -> list[Record]:
        """Open a day by the clock: it is time, and the interbank cut-off is still to come."""
        if not self.extensions.is_to_open(currency):
            raise ValueError("the clock opens no day now")
        return self.open_day(currency, date)

    def move_phase(self, currency: int, phase: Phase) -> list[Record]:
        """Move the phase of one currency; at the interbank cut-off its queue is rejected."""
        if phase is Phase.OPEN:
            raise ValueError("a day opens with its date: use open_day")
        self._check_move(currency, phase)
        return self._change_phase(currency, phase)

    def expire(self, now: int) -> list[Record]:
        """Move the clock, and reject what has reached its latest time."""
        self.now = now
        cause = self._begin_command(RecordKind.EXPIRY_RUN)
        self.links.expire(cause)
        self.schedule.let_times_pass(cause)
        return self.records

    def clock(self, now: int) -> list[Record]:
        """Move the clock: cut-offs that have come pass, then what has reached a time of its own."""
        self.now = now
        told = []
        while (due := self.extensions.due()) is not None:
            told += self._change_phase(*due)
        return told + self.expire(now)

    def extend(self, command: ExtensionCommand) -> list[Record]:
        """Take one person's word on a later cut-off."""
        self.records = []
        self.last_number += 1
        self.extensions.take(command, self.last_number)
        return self.records

    def offset(self) -> list[Record]:
        """Settle together what waits: the largest ordered set, or what the search of `bypass` finds."""
        settle_chosen(self, self._begin_command(RecordKind.OFFSETTING_RUN))
        return self.records

    def change_term(self, command: TermCommand) -> list[Record]:
        """Take one person's word on a limit, a reservation or a credit line."""
        self.records = []
        self.last_number += 1
        self.terms.take(command, self.last_number)
        return self.records

    def change_queue(self, command: QueueCommand) -> list[Record]:
        """Take one user's word on how a payment waits."""
        self.records = []
        self.last_number += 1
        self.schedule.change(command, self.last_number)
        return self.records

    def _begin_command(self, kind: RecordKind) -> int:
        """Write the record of a command, and return its number."""
        self.last_number += 1
        cause, nothing = self.last_number, (Status.ACSC, Reason.NONE, Mechanism.NONE)
        self.records = [Record(kind, *nothing, -1, cause, cause, -1, -1, 0, 0, 0)]
        return cause

    def submit(self, instructions: Sequence[Instruction]) -> tuple[list[Outcome], list[Record]]:
        """Decide one batch, in order."""
        self.records = []
        rows = [self._take(instruction) for instruction in instructions]
        outcomes = []
        for number, repeated in rows:
            entry = self.entries[number]
            outcomes.append(Outcome(number, entry.status, entry.reason, entry.mechanism, repeated))
        return outcomes, self.records

    def participant_of(self, account: int) -> int:
        """Return whose account it is; of one without participant a number of its own."""
        owner = self.accounts[account].participant if account >= 0 else -1
        return owner if owner >= 0 else -2 - account

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
            reject_waiting(self, currency, cause)
        if phase is not Phase.OPEN:
            self.extensions.phase_comes(currency, phase, cause)
        if phase is Phase.CLOSED:
            self.terms.close_day(currency, cause)
        return self.records

    def _forget_identities(self, date: int) -> None:
        if self.identity_days is None:
            return
        still_open = [
            day for day, phase in zip(self.date, self.phase, strict=True) if phase is not Phase.CLOSED
        ]
        waiting = [x.business_day for x in self.entries.values() if x.status in (Status.ACSP, Status.PDNG)]
        oldest = self.oldest_day = min([date, date - self.identity_days, *still_open, *waiting])
        for identity, numbers in list(self.identities.items()):
            # Reading: the day of an identity is the day of its first instruction.
            if self.entries[numbers[0]].business_day < oldest:
                del self.identities[identity]
        self.links.forget(oldest)

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
            self.reject(entry, Reason.DUPLICATE, entry.number)
        elif instruction.kind is InstructionKind.CANCELLATION:
            self._cancellation(entry)
        elif instruction.kind is InstructionKind.SCREENING_HOLD:
            hold_again(self, entry)
        elif instruction.kind in DECISION_KINDS:
            decide_held(self, entry)
        else:
            self._payment(entry)
        return entry.number, False

    def _payment(self, entry: Entry) -> None:
        """Steps 2 to 11, then acceptance."""
        instruction = entry.instruction
        checks: list[Callable[[Instruction], Reason]] = [
            lambda row: row.defect or self._check_purpose(row),  # 2
            self._check_accounts_known,  # 3
            self._check_amount,  # 4
            self._check_accounts,  # 5
            self._check_phase,  # 6
            self._check_value_date,  # 7
            self._check_screened,  # 8
            self._check_agent,  # 9
            self._check_return,  # 10
        ]
        early = False
        for check in checks:
            reason = check(instruction)
            if check in (self._check_phase, self._check_value_date) and reason and self.may_wait(instruction):
                early = True
            elif reason is not Reason.NONE:
                self.reject(entry, reason, entry.number)
                return
        if instruction.link:
            self.links.enter(entry)
            return
        reason = self.schedule.enter(entry)
        if reason is not Reason.NONE:
            self.reject(entry, reason, entry.number)
        elif instruction.screening is Screening.HIT:  # 11
            self.record(entry, RecordKind.HELD, Status.PDNG, Reason.SCREENING_HIT, entry.number)
        elif early:
            self.record(entry, RecordKind.PARKED, Status.PDNG, Reason.BEFORE_VALUE_DATE, entry.number)
        elif not self.schedule.keeps_back(entry, entry.number):
            self._accept(entry, entry.number)

    # Acceptance

    def _accept(self, entry: Entry, cause: int) -> None:
        """Steps 12 to 14."""
        row = entry.instruction
        self._count_return(entry)
        blocked = self.is_blocked(row)
        if not blocked and self.books.can_settle(row):  # 12
            self.settle(entry, Mechanism.IMMEDIATE, cause)
            self.cascade([row.creditor], cause)
            return
        chosen = find_bilateral(self, row, blocked)  # 13
        if chosen:
            self.settle(entry, Mechanism.BILATERAL_OFFSET, cause)
            for other in chosen:
                self.queue[other.instruction.debtor].remove(other.number)
                self.settle(other, Mechanism.BILATERAL_OFFSET, cause)
            self.cascade([row.creditor, row.debtor], cause)
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

    def is_blocked(self, row: Instruction) -> bool:
        for number in self.queue[row.debtor]:
            if self.entries[number].instruction.priority <= row.priority:
                return True
        return False

    def settle(self, entry: Entry, mechanism: Mechanism, cause: int) -> None:
        self.books.settle(entry.instruction)
        entry.mechanism = mechanism
        self.record(entry, RecordKind.SETTLED, Status.ACSC, Reason.NONE, cause)

    # Step 14: the queue

    def queue_length(self) -> int:
        return sum(len(queue) for queue in self.queue)

    def _enqueue(self, entry: Entry, blocked: bool, cause: int) -> None:
        row = entry.instruction
        if self.books.balance[row.creditor] + row.amount > BALANCE_MAX_MINOR:
            self.reject(entry, Reason.BALANCE_OVERFLOW, cause)
            return
        if self.queue_length() >= self.queue_max > 0:
            self.reject(entry, Reason.QUEUE_FULL, cause)
            return
        if blocked:
            reason = Reason.BEHIND_IN_QUEUE
        elif not self.books.has_cover(row.debtor, row.priority, row.amount):
            reason = Reason.INSUFFICIENT_FUNDS
        else:
            reason = Reason.LIMIT_REACHED
        wait = self.put_in_queue if self.queue_max else self.reject
        wait(entry, reason, cause)

    def put_in_queue(self, entry: Entry, reason: Reason, cause: int) -> None:
        """Put a payment at the end of its priority."""
        self.insert(entry)
        self.record(entry, RecordKind.QUEUED, Status.ACSP, reason, cause)

    def insert(self, entry: Entry, *, at_top: bool = False) -> None:
        """Put a payment at the end of its priority, or at its beginning."""
        row = entry.instruction
        queue = self.queue[row.debtor]
        place = 0
        while place < len(queue) and self.entries[queue[place]].instruction.priority <= row.priority - at_top:
            place += 1
        queue.insert(place, entry.number)

    def cascade(self, start: list[int], cause: int) -> None:
        """The release cascade."""
        worklist = deque(start)
        while worklist:
            account = worklist.popleft()
            queue = self.queue[account]
            while queue:
                entry = self.entries[queue[0]]
                link = self.links.of_leg.get(entry.number)
                listed = [entry.instruction.creditor]
                if link is not None:
                    if not self.links.can_release(link):
                        break
                    self.links.settle(link, Mechanism.RELEASE, cause)
                    listed = [x for row in self.links.rows(link) for x in (row.creditor, row.debtor)]
                elif self.books.can_settle(entry.instruction):
                    queue.pop(0)
                    self.settle(entry, Mechanism.RELEASE, cause)
                else:
                    break
                worklist.extend(x for x in dict.fromkeys(listed) if x not in worklist)

    # Cancellation

    def _cancellation(self, entry: Entry) -> None:
        row = entry.instruction
        original = self._find_original(row)
        reason = self._check_cancellation(row, original)
        if reason is not Reason.NONE or original is None:
            self.record(entry, RecordKind.CANCELLATION_ANSWERED, Status.RJCT, reason, entry.number)
            return
        if original.number in self.links.of_leg:
            self.links.cancel(entry, original)
            return
        self.take_back(original)
        self.record(original, RecordKind.CANCELLED, Status.CANC, Reason.CANCELLED_BY_SENDER, entry.number)
        self.record(entry, RecordKind.CANCELLATION_ANSWERED, Status.ACSC, Reason.NONE, entry.number)
        self.cascade([original.instruction.debtor], entry.number)

    def _check_cancellation(self, row: Instruction, original: Entry | None) -> Reason:
        if row.defect is not Reason.NONE:
            return row.defect
        if original is None:
            return Reason.ORIGINAL_UNKNOWN
        asking = self.participant_of(row.debtor)
        if row.debtor < 0 or asking != self.participant_of(original.instruction.debtor):
            return Reason.NOT_YOUR_PAYMENT
        if original.status is Status.ACSC:
            return Reason.ORIGINAL_SETTLED
        if original.status in (Status.RJCT, Status.CANC):
            return Reason.ORIGINAL_REJECTED
        return Reason.NONE

    def readmit(self, entry: Entry, cause: int) -> None:
        """Accept what was held or parked as of now."""
        if self.check_timing(entry.instruction) and self.may_wait(entry.instruction):
            entry.mechanism = Mechanism.NONE
            self.record(entry, RecordKind.PARKED, Status.PDNG, Reason.BEFORE_VALUE_DATE, cause)
            return
        for check in (self._check_phase, self._check_value_date, self._check_return):  # 6, 7, 10
            reason = check(entry.instruction)
            if reason is not Reason.NONE:
                self.reject(entry, reason, cause)
                return
        if not self.schedule.keeps_back(entry, cause):
            self._accept(entry, cause)

    # On record

    def leave_queue(self, entry: Entry) -> None:
        if entry.status is Status.ACSP:
            self.queue[entry.instruction.debtor].remove(entry.number)

    def take_back(self, entry: Entry) -> None:
        """Take a payment out of its queue; a return gives back what it had claimed."""
        self.leave_queue(entry)
        self._uncount_return(entry)

    def reject(self, entry: Entry, reason: Reason, cause: int) -> None:
        self.take_back(entry)
        self.record(entry, RecordKind.REJECTED, Status.RJCT, reason, cause)

    def record(self, entry: Entry, kind: RecordKind, status: Status, reason: Reason, cause: int) -> None:
        """Write the record and make it the entry's present outcome."""
        entry.status, entry.reason = status, reason
        row, settled = entry.instruction, kind is RecordKind.SETTLED
        self.records.append(
            Record(
                kind=kind,
                status=status,
                reason=reason,
                mechanism=entry.mechanism,
                currency=self.currency_of(row),
                subject_number=entry.number,
                cause_number=cause,
                debtor=row.debtor,
                creditor=row.creditor,
                amount=row.amount,
                debtor_balance_after=self.books.balance[row.debtor] if settled else 0,
                creditor_balance_after=self.books.balance[row.creditor] if settled else 0,
            )
        )
