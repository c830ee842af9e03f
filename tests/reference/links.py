"""Links in the reference model: "Links" of docs/settlement-rules.md in obvious loops."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from setfair.domain.codes import Mechanism, Reason, RecordKind, Screening, Status
from setfair.domain.money import BALANCE_MAX_MINOR
from tests.reference.words import Instruction

if TYPE_CHECKING:
    from tests.reference.settlement import Entry, ReferenceHouse


@dataclass(slots=True)
class Link:
    """Legs that have joined, by their numbers, in order."""

    wanted: int
    until: int = 0
    legs: list[int] = field(default_factory=list)
    over: bool = False
    requests: dict[int, int] = field(default_factory=dict)
    """By leg, the cancellation that waits for the other payers."""

    @property
    def is_complete(self) -> bool:
        return len(self.legs) == self.wanted


class Links:
    """The links of a house."""

    def __init__(self, house: ReferenceHouse) -> None:
        self.house = house
        self.by_reference: dict[int, Link] = {}
        self.of_leg: dict[int, Link] = {}
        """By number, as long as the leg has not left an incomplete link."""

    def rows(self, link: Link) -> list[Instruction]:
        """Return the instructions of the legs."""
        return [self.house.entries[number].instruction for number in link.legs]

    def forget(self, oldest: int) -> None:
        """Forget links with a leg of a day before `oldest`."""
        for reference, link in list(self.by_reference.items()):
            if any(self.house.entries[number].business_day < oldest for number in link.legs):
                del self.by_reference[reference]

    # Entry

    def enter(self, entry: Entry) -> None:
        """Take a leg that has passed steps 2 to 8."""
        row, house = entry.instruction, self.house
        link = self.by_reference.get(row.link)
        reason = self._check(row, link)
        if reason is Reason.NONE:
            if link is None:
                link = self.by_reference[row.link] = Link(row.legs)
            link.legs.append(entry.number)
            if link.is_complete and not self._terms_agree(link):
                link.legs.remove(entry.number)
                reason = Reason.LINK_TERMS_DIFFER
        if reason is not Reason.NONE or link is None:
            house.reject(entry, reason, entry.number)
            return
        link.until = row.until
        self.of_leg[entry.number] = link
        if link.is_complete:
            house.record(entry, RecordKind.LINK_MATCHED, Status.RCVD, Reason.NONE, entry.number)
        if row.screening is Screening.HIT:
            house.record(entry, RecordKind.HELD, Status.PDNG, Reason.SCREENING_HIT, entry.number)
        else:
            self.go_on(entry, entry.number)

    def _check(self, row: Instruction, link: Link | None) -> Reason:
        if row.until and row.until <= self.house.now:
            return Reason.EXPIRED
        if link is None:
            return Reason.NONE
        if link.over or link.is_complete:
            return Reason.LINK_CLOSED
        if link.legs and link.until != row.until:
            return Reason.LINK_TERMS_DIFFER
        total = sum(other.amount for other in self.rows(link)) + row.amount
        return Reason.AMOUNT_TOO_LARGE if total > BALANCE_MAX_MINOR else Reason.NONE

    def _terms_agree(self, link: Link) -> bool:
        for row in self.rows(link):
            payer = self.house.participant_of(row.debtor)
            received = sum(
                other.amount
                for other in self.rows(link)
                if self.house.participant_of(other.creditor) == payer
                and self.house.accounts[other.creditor].currency == row.against_currency
            )
            if row.against_amount and received != row.against_amount:
                return False
        return True

    def go_on(self, entry: Entry, cause: int) -> None:
        """Accept the link if this leg was all that it waited for; otherwise the leg waits."""
        link = self.of_leg[entry.number]
        others = [self.house.entries[number] for number in link.legs if number != entry.number]
        early = self.house.is_early(entry.instruction)
        if not early and self.house.schedule.keeps_back(entry, cause):
            return
        is_ready = link.is_complete and not any(other.is_held for other in others) and not early
        if not is_ready or not self._accept(link, cause):
            reason = Reason.BEFORE_VALUE_DATE if early else Reason.LINK_INCOMPLETE
            self.house.record(entry, RecordKind.LINK_PENDING, Status.PDNG, reason, cause)

    def take_up(self, entry: Entry, cause: int) -> None:
        """Go on with the link of a leg whose value date has come."""
        is_due = entry.reason is Reason.BEFORE_VALUE_DATE
        if is_due and self.house.schedule.keeps_back(entry, cause):
            return
        link = self.of_leg[entry.number]
        if link.is_complete and not any(self.house.entries[number].is_held for number in link.legs):
            self._accept(link, cause)

    def keep_back(self, entry: Entry, cause: int) -> None:
        """Take a link out of the queues for a leg that its payer keeps back, or go on with the leg."""
        house, link = self.house, self.of_leg[entry.number]
        if entry.status is Status.ACSP and house.schedule.is_kept(entry):
            for number in link.legs:
                house.leave_queue(house.entries[number])
            house.schedule.keeps_back(entry, cause)
            self._let_others_wait(link, entry, cause)
        elif entry.status is Status.PDNG and entry.reason in (Reason.ON_HOLD, Reason.BEFORE_EARLIEST):
            self.go_on(entry, cause)
        elif entry.status is Status.PDNG and entry.reason is Reason.LINK_INCOMPLETE:
            house.schedule.keeps_back(entry, cause)

    def _accept(self, link: Link, cause: int) -> bool:
        """Settle, queue or end a matched link; say False if a leg is early or its payer keeps it back."""
        house = self.house
        if self._is_expired(link):
            self.end(link, Reason.EXPIRED, cause)
            return True
        waits = False
        for number in link.legs:
            row = house.entries[number].instruction
            waits = waits or house.schedule.is_kept(house.entries[number])
            reason = house.check_timing(row)
            if reason and house.is_early(row):
                waits = True
            elif reason is not Reason.NONE:
                self.end(link, reason, cause, first=number)
                return True
        if waits:
            return False
        if any(house.is_blocked(row) for row in self.rows(link)) or not self.can_settle(link):
            self._queue(link, cause)
            return True
        self.settle(link, Mechanism.IMMEDIATE, cause)
        for row in self.rows(link):
            house.cascade([row.creditor], cause)
        return True

    def _queue(self, link: Link, cause: int) -> None:
        house = self.house
        if not self._has_room(link):
            self.end(link, Reason.BALANCE_OVERFLOW, cause)
            return
        if house.queue_length() + link.wanted > house.queue_max:
            self.end(link, Reason.QUEUE_FULL, cause)
            return
        reasons = [self._why_waiting(link, row) for row in self.rows(link)]
        for number, reason in zip(link.legs, reasons, strict=True):
            house.put_in_queue(house.entries[number], reason, cause)

    def _why_waiting(self, link: Link, row: Instruction) -> Reason:
        if self.house.is_blocked(row):
            return Reason.BEHIND_IN_QUEUE
        if not self._has_cover(link, row.debtor):
            return Reason.INSUFFICIENT_FUNDS
        return Reason.LINK_INCOMPLETE if self._holds_limit(link, row) else Reason.LIMIT_REACHED

    # Settling

    def net(self, link: Link, account: int) -> int:
        """Return what the link adds to an account."""
        rows = self.rows(link)
        return sum(row.amount for row in rows if row.creditor == account) - sum(
            row.amount for row in rows if row.debtor == account
        )

    def _has_cover(self, link: Link, account: int) -> bool:
        lowest = max(row.priority for row in self.rows(link) if row.debtor == account)
        return self.house.books.has_cover(account, lowest, -self.net(link, account))

    def _holds_limit(self, link: Link, row: Instruction) -> bool:
        """Say whether the limit that binds one leg holds for what all legs move."""
        books = self.house.books
        key = books.limit_key(row.debtor, row.creditor)
        more = 0
        for other in self.rows(link):
            if books.limit_key(other.debtor, other.creditor) == key:
                more += other.amount
            if books.limit_key(other.creditor, other.debtor) == key:
                more -= other.amount
        return books.within_limits(row.debtor, row.creditor, more)

    def _has_room(self, link: Link) -> bool:
        balance = self.house.books.balance
        return all(
            self.net(link, row.creditor) <= 0
            or balance[row.creditor] + self.net(link, row.creditor) <= BALANCE_MAX_MINOR
            for row in self.rows(link)
        )

    def can_settle(self, link: Link) -> bool:
        """Say whether all legs can settle together."""
        rows = self.rows(link)
        return (
            all(self._has_cover(link, row.debtor) for row in rows)
            and all(self._holds_limit(link, row) for row in rows)
            and self._has_room(link)
        )

    def can_release(self, link: Link) -> bool:
        """Say whether nothing is ahead of any leg but legs of the link, and it can settle."""
        for number in link.legs:
            queue = self.house.queue[self.house.entries[number].instruction.debtor]
            if any(other not in link.legs for other in queue[: queue.index(number)]):
                return False
        return not self._is_expired(link) and self.can_settle(link)

    def settle(self, link: Link, mechanism: Mechanism, cause: int) -> None:
        """Book all legs."""
        for number in link.legs:
            self.house.leave_queue(self.house.entries[number])
        for number in link.legs:
            self.house.settle(self.house.entries[number], mechanism, cause)
        self.finish(link, Status.RJCT, Reason.ORIGINAL_SETTLED, cause)

    # Ends

    def _is_expired(self, link: Link) -> bool:
        return link.until != 0 and link.until <= self.house.now

    def finish(self, link: Link, status: Status, reason: Reason, cause: int) -> None:
        """Close the link, and answer who waits for its cancellation, in the order of the legs."""
        link.over = True
        for number in link.legs:
            request = link.requests.pop(number, None)
            if request is not None:
                entry = self.house.entries[request]
                self.house.record(entry, RecordKind.CANCELLATION_ANSWERED, status, reason, cause)

    def end(self, link: Link, reason: Reason, cause: int, first: int = 0) -> None:
        """Reject all legs: `first` for the reason and the others since it was, or all for the reason."""
        if first:
            self.house.reject(self.house.entries[first], reason, cause)
        for number in link.legs:
            if number != first:
                self.house.reject(self.house.entries[number], Reason.LINK_BROKEN if first else reason, cause)
        self.finish(link, Status.RJCT, Reason.ORIGINAL_REJECTED, cause)

    def reject_leg(self, entry: Entry, reason: Reason, cause: int) -> bool:
        """Reject one leg that waits, and a complete link with it; say whether it was complete."""
        link = self.of_leg[entry.number]
        if link.is_complete:
            self.end(link, reason, cause, first=entry.number)
            return True
        self._leave(entry)
        self.house.reject(entry, reason, cause)
        return False

    def _leave(self, entry: Entry) -> None:
        self.of_leg.pop(entry.number).legs.remove(entry.number)

    def readmit(self, entry: Entry, cause: int) -> None:
        """Go on with a leg that two people released."""
        reason = self.house.check_timing(entry.instruction)
        if reason and self.house.may_wait(entry.instruction):
            reason = Reason.NONE
        if reason is Reason.NONE and self._is_expired(self.of_leg[entry.number]):
            reason = Reason.EXPIRED
        if reason is not Reason.NONE:
            self.reject_leg(entry, reason, cause)
        else:
            self.go_on(entry, cause)

    def hold(self, entry: Entry, cause: int) -> None:
        """Hold a leg that waits; a link that was queued waits for it."""
        house, link = self.house, self.of_leg[entry.number]
        was_queued = entry.status is Status.ACSP
        if was_queued:
            for number in link.legs:
                house.leave_queue(house.entries[number])
        house.record(entry, RecordKind.HELD, Status.PDNG, Reason.SCREENING_HIT, cause)
        if was_queued:
            self._let_others_wait(link, entry, cause)

    def _let_others_wait(self, link: Link, entry: Entry, cause: int) -> None:
        house = self.house
        for number in link.legs:
            if number != entry.number:
                leg = house.entries[number]
                house.record(leg, RecordKind.LINK_PENDING, Status.PDNG, Reason.LINK_INCOMPLETE, cause)
        for row in self.rows(link):
            house.cascade([row.debtor], cause)

    def cancel(self, request: Entry, entry: Entry) -> None:
        """Answer the request to cancel a leg that waits."""
        house, link, cause = self.house, self.of_leg[entry.number], request.number
        if not link.is_complete:
            self._leave(entry)
            house.record(entry, RecordKind.CANCELLED, Status.CANC, Reason.CANCELLED_BY_SENDER, cause)
            house.record(request, RecordKind.CANCELLATION_ANSWERED, Status.ACSC, Reason.NONE, cause)
            return
        if entry.number in link.requests:
            house.record(request, RecordKind.CANCELLATION_ANSWERED, Status.RJCT, Reason.LINK_SHARED, cause)
            return
        link.requests[entry.number] = cause
        payers = {house.participant_of(row.debtor) for row in self.rows(link)}
        asked = {house.participant_of(house.entries[n].instruction.debtor) for n in link.requests}
        if asked != payers:
            house.record(request, RecordKind.CANCELLATION_ANSWERED, Status.PDNG, Reason.LINK_SHARED, cause)
            return
        for number in link.legs:
            leg = house.entries[number]
            house.leave_queue(leg)
            house.record(leg, RecordKind.CANCELLED, Status.CANC, Reason.CANCELLED_BY_SENDER, cause)
        self.finish(link, Status.ACSC, Reason.NONE, cause)
        for row in self.rows(link):
            house.cascade([row.debtor], cause)

    def expire_leg(self, entry: Entry, cause: int) -> None:
        """Reject a leg whose own latest time has come, and a complete link with it."""
        link = self.of_leg[entry.number]
        if self.reject_leg(entry, Reason.EXPIRED, cause):
            for row in self.rows(link):
                self.house.cascade([row.debtor], cause)

    def expire(self, cause: int) -> None:
        """End the links whose latest time has passed, in the order of their first legs."""
        for link in self.by_reference.values():
            if not link.over and link.legs and self._is_expired(link):
                self.end(link, Reason.EXPIRED, cause)
                for row in self.rows(link):
                    self.house.cascade([row.debtor], cause)
