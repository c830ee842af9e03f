"""Times, holds and queue management in the reference model, in plain words."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from setfair.domain.codes import InstructionKind, Mechanism, Priority, QueueAction, Reason, RecordKind, Status
from tests.reference.words import QueueCommand, Record

if TYPE_CHECKING:
    from tests.reference.entry_checks import Entry
    from tests.reference.settlement import ReferenceHouse

OPERATOR = -1
KEPT_BACK = (Reason.ON_HOLD, Reason.BEFORE_EARLIEST)


class Schedule:
    """When the payments of a house may settle."""

    def __init__(self, house: ReferenceHouse) -> None:
        self.house = house

    def enter(self, entry: Entry) -> Reason:
        """Note the times that a payment comes with."""
        row = entry.instruction
        if row.until and row.until <= self.house.now:
            return Reason.EXPIRED
        entry.earliest, entry.latest = row.earliest, row.until
        return Reason.NONE

    def is_kept(self, entry: Entry) -> bool:
        """Say whether its payer keeps a payment back now."""
        return entry.on_hold or entry.earliest > self.house.now

    def keeps_back(self, entry: Entry, cause: int) -> bool:
        """Park a payment that is kept back, and say whether it is."""
        if not self.is_kept(entry):
            return False
        entry.mechanism = Mechanism.NONE
        reason = Reason.ON_HOLD if entry.on_hold else Reason.BEFORE_EARLIEST
        self.house.record(entry, RecordKind.PARKED, Status.PDNG, reason, cause)
        return True

    def let_times_pass(self, cause: int) -> None:
        """Reject what has reached its latest time, and let in what has reached its earliest."""
        house = self.house
        for number in sorted(house.entries):
            entry = house.entries[number]
            if entry.status not in (Status.ACSP, Status.PDNG):
                continue
            if entry.latest and entry.latest <= house.now:
                if number in house.links.of_leg:
                    house.links.expire_leg(entry, cause)
                else:
                    house.reject(entry, Reason.EXPIRED, cause)
                    house.cascade([entry.instruction.debtor], cause)
            elif entry.earliest and entry.earliest <= house.now:
                entry.earliest = 0
                if entry.reason is Reason.BEFORE_EARLIEST and number in house.links.of_leg:
                    house.links.go_on(entry, cause)
                elif entry.reason is Reason.BEFORE_EARLIEST:
                    house.readmit(entry, cause)

    def change(self, command: QueueCommand, number: int) -> None:
        """Decide on one user's word."""
        house, entry = self.house, self.house.entries.get(command.target)
        if entry is not None and entry.business_day < house.oldest_day:
            entry = None
        reason = Reason.ORIGINAL_UNKNOWN if entry is None else self._check(command, entry)
        is_no = reason is not Reason.NONE
        kind = RecordKind.REJECTED if is_no else RecordKind.QUEUE_CHANGED
        status = Status.RJCT if is_no else Status.ACSC
        numbers = (number, number, -1, -1, command.target, command.person, int(command.action))
        house.records.append(Record(kind, status, reason, Mechanism.NONE, -1, *numbers))
        if is_no or entry is None:
            return
        if command.action in (QueueAction.HOLD, QueueAction.REACTIVATE, QueueAction.TIMES):
            self._keep_back(command, entry, number)
        else:
            self._reorder(command, entry, number)

    def _check(self, command: QueueCommand, entry: Entry) -> Reason:
        row, action = entry.instruction, command.action
        if row.kind in (
            InstructionKind.CANCELLATION,
            InstructionKind.RELEASE,
            InstructionKind.REFUSAL,
            InstructionKind.SCREENING_HOLD,
        ):
            return Reason.ORIGINAL_UNKNOWN
        if not self._may(command, entry):
            return Reason.PERSON_NOT_AUTHORISED
        if entry.status is Status.ACSC:
            return Reason.ORIGINAL_SETTLED
        if entry.status in (Status.RJCT, Status.CANC):
            return Reason.ORIGINAL_REJECTED
        if action in (QueueAction.TOP, QueueAction.BOTTOM):
            return Reason.NONE if entry.status is Status.ACSP else Reason.NOT_QUEUED
        if action is QueueAction.PRIORITY:
            return Reason.NONE if command.priority <= Priority.NORMAL else Reason.PRIORITY_INVALID
        if action is QueueAction.REACTIVATE:
            return Reason.NONE if entry.on_hold else Reason.NOT_ON_HOLD
        if action is QueueAction.TIMES and command.latest:
            if command.latest <= self.house.now:
                return Reason.EXPIRED
            return Reason.DATE_INVALID if command.earliest > command.latest else Reason.NONE
        return Reason.NONE

    def _keep_back(self, command: QueueCommand, entry: Entry, number: int) -> None:
        house = self.house
        if command.action is QueueAction.TIMES:
            entry.earliest, entry.latest = command.earliest, command.latest
        else:
            entry.on_hold = command.action is QueueAction.HOLD
        if entry.number in house.links.of_leg:
            house.links.keep_back(entry, number)
        elif entry.status is Status.ACSP and self.is_kept(entry):
            house.take_back(entry)
            self.keeps_back(entry, number)
            house.cascade([entry.instruction.debtor], number)
        elif entry.status is Status.PDNG and entry.reason in KEPT_BACK:
            house.readmit(entry, number)

    def _may(self, command: QueueCommand, entry: Entry) -> bool:
        """Say whether the user acts for the operator, or for who pays."""
        users, debtor = self.house.terms.users, entry.instruction.debtor
        acts_for = users[command.person] if 0 <= command.person < len(users) else -2
        is_own = acts_for >= 0 and debtor >= 0 and acts_for == self.house.participant_of(debtor)
        return acts_for == OPERATOR or is_own

    def _reorder(self, command: QueueCommand, entry: Entry, number: int) -> None:
        """Move a payment, or the legs of its link that the user may move."""
        house, link = self.house, self.house.links.of_leg.get(entry.number)
        legs = [entry] if link is None else [house.entries[leg] for leg in link.legs]
        legs = [leg for leg in legs if self._may(command, leg)]
        queued = [leg for leg in legs if leg.status is Status.ACSP]
        for leg in legs:
            house.leave_queue(leg)
            if command.action is QueueAction.PRIORITY:
                leg.instruction = replace(leg.instruction, priority=Priority(command.priority))
            if leg is not entry:
                numbers = (number, number, -1, -1, leg.number, command.person, int(command.action))
                house.records.append(
                    Record(RecordKind.QUEUE_CHANGED, Status.ACSC, Reason.NONE, Mechanism.NONE, -1, *numbers)
                )
        is_top = command.action is QueueAction.TOP
        for leg in reversed(queued) if is_top else queued:
            house.insert(leg, at_top=is_top)
        for leg in legs:
            house.cascade([leg.instruction.debtor], number)
