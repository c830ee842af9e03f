"""The times of a business day, and how two people make a cut-off later.

Rules (docs/settlement-rules.md, "Times of the day and their extension")
-----
1. A day opens with its times: the customer and the interbank cut-off, its end, and when the next day opens. A
   version of the agreement that is adopted meanwhile counts from the next opening.
2. One user of the operator asks for a later time of a phase that has not come (EXTENSION), another one puts
   it into force (EXTENSION_APPROVAL). One of them, or a third, can take it back before (EXTENSION_REFUSAL).
3. It is later than now and than the time in force, and no later than what follows on it: the phases of a day
   keep their order, and the day ends before the next one opens.
4. What still waits for a second person when its phase comes is rejected.
5. Where the agreement says so, the house passes its cut-offs by the clock, or closes and opens by it, too:
   `due_phase` says which comes, and the house gives itself that PHASE_CHANGE before anything else. Nothing
   here reads a clock. A PHASE_CHANGE that says that it is the clock's before the time in force, or where the
   operator moves the day, is refused; and so is the opening of a day whose interbank cut-off has passed.
"""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import InstructionKind, Phase, Reason, RecordKind, Status
from setfair.engine.books import Books
from setfair.engine.layout import EXTENSION, RECORD, Array, Row
from setfair.engine.queue import NONE
from setfair.engine.terms import OPERATOR, acting_for

EXTENSIONS_MAX = 1000
"""Later cut-offs that may wait for a second person in one house."""

BY_CLOCK, DAY_BY_CLOCK = 1, 2
"""Marks of a currency that passes its cut-offs by the clock, and of one that also closes and opens by it. The
first is also the mark of a PHASE_CHANGE that the house gives itself, 0 that of the operator's."""

TIME_OF = {
    Phase.CUSTOMER_CUTOFF: "customer_cutoff",
    Phase.INTERBANK_CUTOFF: "interbank_cutoff",
    Phase.CLOSED: "closes",
}
"""Where DAY_TIMES has the time of a phase, in the order of the day."""

_ORDER = {Phase.OPEN: 0, Phase.CUSTOMER_CUTOFF: 1, Phase.INTERBANK_CUTOFF: 2, Phase.CLOSED: 3}
_LATER = (*TIME_OF.values(), "next_opens")


def set_times(books: Books, currency: int, times: Array) -> None:
    """Note the times of a day that opens: rule 1.

    Parameters
    ----------
    books
        Changed in place.
    currency
        ISO 4217 number.
    times
        TIMES, two rows: the cut-offs, and the end of the day with the next opening. Nothing: none is said.
    """
    row = books.day_times[currency]
    for name in _LATER:
        row[name] = 0
    if len(times) == 2:
        row["customer_cutoff"], row["interbank_cutoff"] = times[0]["earliest"], times[0]["latest"]
        row["closes"], row["next_opens"] = times[1]["earliest"], times[1]["latest"]


def due_phase(books: Books, now: int) -> tuple[int, Phase] | None:
    """Return the currency that the clock moves to a cut-off or its close next, and to which; None: none."""
    times, phases = books.day_times, books.phases
    if not times["by_clock"].any():
        return None
    found: list[tuple[int, int, Phase]] = []
    for phase, before, mark in (
        (Phase.CUSTOMER_CUTOFF, Phase.OPEN, BY_CLOCK),
        (Phase.INTERBANK_CUTOFF, Phase.CUSTOMER_CUTOFF, BY_CLOCK),
        (Phase.CLOSED, Phase.INTERBANK_CUTOFF, DAY_BY_CLOCK),
    ):
        moment = times[TIME_OF[phase]]
        has_come = (times["by_clock"] >= mark) & (phases == before) & (moment > 0) & (moment <= now)
        found += [(int(moment[each]), int(each), phase) for each in np.flatnonzero(has_come)]
    return min(found)[1:] if found else None


def comes_by_clock(books: Books, currency: int, phase: Phase, now: int, opening: Array) -> bool:
    """Tell whether the clock may move a currency into this phase by now: its time has come.

    Parameters
    ----------
    books
        The state of the house.
    currency
        ISO 4217 number.
    phase
        Into which it is to move.
    now
        Nanoseconds since 1970-01-01 UTC.
    opening
        TIMES of the day that is to open, if it is to: its interbank cut-off is still to come.
    """
    times = books.day_times[currency]
    if phase is Phase.OPEN:
        is_time = 0 < times["next_opens"] <= now and len(opening) == 2 and now < opening[0]["latest"]
        return bool(times["by_clock"] == DAY_BY_CLOCK and is_time)
    mark = DAY_BY_CLOCK if phase is Phase.CLOSED else BY_CLOCK
    return bool(times["by_clock"] >= mark and 0 < times[TIME_OF[phase]] <= now)


def propose_extension(books: Books, command: Row, number: int, now: int) -> Array:
    """Put on record that one person asks for a later time; it waits for another one."""
    asked = np.zeros(1, EXTENSION)
    asked["number"], asked["until"], asked["person"] = number, command["original_high"], command["person"]
    asked["currency"], asked["phase"] = command["currency"], command["target"]
    reason = _check(books, asked[0], int(command["person"]), now)
    if reason is Reason.NONE and len(books.extensions) >= EXTENSIONS_MAX:
        reason = Reason.QUEUE_FULL
    if reason is not Reason.NONE:
        return _record(asked[0], RecordKind.REJECTED, Status.RJCT, reason, number, now)
    books.extensions = np.append(books.extensions, asked)
    return _record(asked[0], RecordKind.EXTENSION_PROPOSED, Status.PDNG, Reason.NONE, number, now)


def _check(books: Books, asked: Row, person: int, now: int) -> Reason:
    """Return why this person cannot have this time put into force now, or NONE."""
    present, phase = Phase(int(books.phases[asked["currency"]])), Phase(int(asked["phase"]))
    if present is Phase.CLOSED:
        return Reason.DAY_NOT_OPEN
    times = books.day_times[asked["currency"]]
    if _ORDER[phase] <= _ORDER[present] or times[TIME_OF[phase]] == 0:
        return Reason.CUTOFF_PASSED
    if acting_for(books, person) != OPERATOR:
        return Reason.PERSON_NOT_AUTHORISED
    if asked["until"] <= max(now, int(times[TIME_OF[phase]])):
        return Reason.EXTENSION_NOT_LATER
    following = [int(times[name]) for name in _LATER[_ORDER[phase] :] if times[name] > 0]
    return Reason.EXTENSION_OVERLAPS if any(asked["until"] > each for each in following) else Reason.NONE


def decide_extension(books: Books, command: Row, number: int, now: int) -> Array:
    """Put a second person's decision on record, and the later time into force that it approves."""
    own = np.zeros(1, RECORD)
    own["kind"], own["status"] = RecordKind.EXTENSION_DECIDED, Status.ACSC
    own["debtor"] = own["creditor"] = NONE
    own["amount"], own["subject"], own["cause"], own["time"] = command["target"], number, number, now
    own["debtor_after"], own["creditor_after"] = command["person"], command["kind"]
    found = np.flatnonzero(books.extensions["number"] == command["target"])
    reason = Reason.EXTENSION_NOT_WAITING
    if len(found):
        reason = _check_decision(books, books.extensions[found[0]], command, now)
    if reason is not Reason.NONE:
        own["kind"], own["status"], own["reason"] = RecordKind.REJECTED, Status.RJCT, reason
        return own
    asked = books.extensions[found[0]].copy()
    books.extensions = np.delete(books.extensions, found[0])
    if command["kind"] == InstructionKind.EXTENSION_REFUSAL:
        return np.concatenate([own, _rejection(asked, Reason.CHANGE_REFUSED, number, now)])
    done = _record(asked, RecordKind.CUTOFF_EXTENDED, Status.ACSC, Reason.NONE, number, now)
    books.day_times[TIME_OF[Phase(int(asked["phase"]))]][asked["currency"]] = asked["until"]
    return np.concatenate([own, done])


def _check_decision(books: Books, asked: Row, command: Row, now: int) -> Reason:
    person = int(command["person"])
    if command["kind"] == InstructionKind.EXTENSION_REFUSAL:
        return Reason.NONE if acting_for(books, person) == OPERATOR else Reason.PERSON_NOT_AUTHORISED
    if person == asked["person"]:
        return Reason.SAME_PERSON
    return _check(books, asked, person, now)


def reject_extensions(books: Books, currency: int, phase: Phase, cause: int, now: int) -> Array:
    """Reject what waits for a time of a phase that has come, in the order in which it came: rule 4."""
    waiting = books.extensions
    has_come = np.array([_ORDER[Phase(int(each))] <= _ORDER[phase] for each in waiting["phase"]], np.bool_)
    over = (waiting["currency"] == currency) & has_come
    books.extensions = waiting[~over]
    records = [_rejection(asked, Reason.EXPIRED, cause, now) for asked in waiting[over]]
    return np.concatenate([np.zeros(0, RECORD), *records])


def _rejection(asked: Row, reason: Reason, cause: int, now: int) -> Array:
    return _record(asked, RecordKind.REJECTED, Status.RJCT, reason, cause, now)


def _record(asked: Row, kind: RecordKind, status: Status, reason: Reason, cause: int, now: int) -> Array:
    record = np.zeros(1, RECORD)
    record["kind"], record["status"], record["reason"] = kind, status, reason
    record["debtor"] = record["creditor"] = NONE
    record["currency"], record["amount"] = asked["currency"], asked["phase"]
    record["subject"], record["cause"], record["time"] = asked["number"], cause, now
    record["debtor_after"] = asked["until"]
    return record
