"""The times of a day and their extension in the reference model: two people of the operator."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from setfair.domain.codes import InstructionKind, Mechanism, Phase, Reason, RecordKind, Status
from tests.reference.words import CURRENCY_NUMBERS, ExtensionCommand, Record

if TYPE_CHECKING:
    from tests.reference.settlement import ReferenceHouse

ORDER = [Phase.OPEN, Phase.CUSTOMER_CUTOFF, Phase.INTERBANK_CUTOFF, Phase.CLOSED]
OPERATOR = -1


@dataclass(frozen=True, slots=True)
class Asked:
    """What one person asks for, and another has not yet approved."""

    number: int
    command: ExtensionCommand


class Extensions:
    """The times of the day of each currency, and what waits to make them later."""

    def __init__(self, house: ReferenceHouse, currencies: int) -> None:
        self.house = house
        self.times: list[dict[Phase, int]] = [{} for _ in range(currencies)]
        """By currency: when a phase is to come."""
        self.next_opens = [0] * currencies
        self.waiting: dict[int, Asked] = {}

    def open_day(self, currency: int) -> None:
        """Note the times that the house's spec gives a day, counted from its opening."""
        customer, interbank, closes, opens = (
            self.house.now + after if after else 0 for after in self.house.spec_day
        )
        self.times[currency] = {
            phase: time for phase, time in zip(ORDER[1:], (customer, interbank, closes), strict=True) if time
        }
        self.next_opens[currency] = opens

    def due(self) -> tuple[int, Phase] | None:
        """Say which currency passes a cut-off, or closes, by the clock next."""
        found = []
        ends = ORDER[1:4] if self.house.spec_by_clock == 2 else ORDER[1:3]
        for currency, phase in enumerate(self.house.phase if self.house.spec_by_clock else []):
            if phase is Phase.CLOSED:
                continue
            for cutoff in ends:
                follows = ORDER.index(cutoff) == ORDER.index(phase) + 1
                time = self.times[currency].get(cutoff, 0)
                if follows and 0 < time <= self.house.now:
                    found.append((time, CURRENCY_NUMBERS[currency], currency, cutoff))
        return min(found)[2:] if found else None

    def is_to_open(self, currency: int) -> bool:
        """Say whether a currency's next day opens by the clock now, before the cut-off of that day."""
        house = self.house
        has_come = 0 < self.next_opens[currency] <= house.now and house.spec_day[1] > 0
        return house.spec_by_clock == 2 and house.phase[currency] is Phase.CLOSED and has_come

    def take(self, command: ExtensionCommand, number: int) -> None:
        """Take one person's word."""
        if command.kind is InstructionKind.EXTENSION:
            self._propose(Asked(number, command))
        else:
            self._decide(command, number)

    def phase_comes(self, currency: int, phase: Phase, cause: int) -> None:
        """Reject what was asked for a phase that is here."""
        for number, asked in list(self.waiting.items()):
            is_late = ORDER.index(asked.command.phase) <= ORDER.index(phase)
            if asked.command.currency == currency and is_late:
                del self.waiting[number]
                self._record(asked, RecordKind.REJECTED, Status.RJCT, Reason.EXPIRED, cause)

    def _propose(self, asked: Asked) -> None:
        reason = self._check(asked.command, asked.command.person)
        if reason is not Reason.NONE:
            self._record(asked, RecordKind.REJECTED, Status.RJCT, reason, asked.number)
            return
        self.waiting[asked.number] = asked
        self._record(asked, RecordKind.EXTENSION_PROPOSED, Status.PDNG, Reason.NONE, asked.number)

    def _acts_for_operator(self, person: int) -> bool:
        users = self.house.terms.users
        return 0 <= person < len(users) and users[person] == OPERATOR

    def _check(self, command: ExtensionCommand, person: int) -> Reason:
        house, currency = self.house, command.currency
        if house.phase[currency] is Phase.CLOSED:
            return Reason.DAY_NOT_OPEN
        is_past = ORDER.index(command.phase) <= ORDER.index(house.phase[currency])
        if is_past or command.phase not in self.times[currency]:
            return Reason.CUTOFF_PASSED
        if not self._acts_for_operator(person):
            return Reason.PERSON_NOT_AUTHORISED
        if command.until <= house.now or command.until <= self.times[currency][command.phase]:
            return Reason.EXTENSION_NOT_LATER
        later = [
            time
            for phase, time in self.times[currency].items()
            if ORDER.index(phase) > ORDER.index(command.phase)
        ]
        later += [self.next_opens[currency]] if self.next_opens[currency] else []
        return Reason.EXTENSION_OVERLAPS if later and command.until > min(later) else Reason.NONE

    def _decide(self, command: ExtensionCommand, number: int) -> None:
        house, asked = self.house, self.waiting.get(command.target)
        reason = Reason.EXTENSION_NOT_WAITING if asked is None else self._check_decision(command, asked)
        is_no = reason is not Reason.NONE
        kind = RecordKind.REJECTED if is_no else RecordKind.EXTENSION_DECIDED
        status = Status.RJCT if is_no else Status.ACSC
        numbers = (number, number, -1, -1, command.target, command.person, int(command.kind))
        house.records.append(Record(kind, status, reason, Mechanism.NONE, -1, *numbers))
        if is_no or asked is None:
            return
        del self.waiting[asked.number]
        if command.kind is InstructionKind.EXTENSION_REFUSAL:
            self._record(asked, RecordKind.REJECTED, Status.RJCT, Reason.CHANGE_REFUSED, number)
            return
        self._record(asked, RecordKind.CUTOFF_EXTENDED, Status.ACSC, Reason.NONE, number)
        self.times[asked.command.currency][asked.command.phase] = asked.command.until

    def _check_decision(self, command: ExtensionCommand, asked: Asked) -> Reason:
        if command.kind is InstructionKind.EXTENSION_REFUSAL:
            is_one = self._acts_for_operator(command.person)
            return Reason.NONE if is_one else Reason.PERSON_NOT_AUTHORISED
        if command.person == asked.command.person:
            return Reason.SAME_PERSON
        return self._check(asked.command, command.person)

    def _record(self, asked: Asked, kind: RecordKind, status: Status, reason: Reason, cause: int) -> None:
        said = asked.command
        numbers = (asked.number, cause, -1, -1, int(said.phase), said.until, 0)
        self.house.records.append(Record(kind, status, reason, Mechanism.NONE, said.currency, *numbers))
