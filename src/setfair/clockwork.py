"""What the clock brings about in a house: the times of its days, and what comes before all else.

Rules
-----
1. A day opens with the times of the agreement in force (`times_of_day`), as instants.
2. Every way in begins with what time has brought: cut-offs and closings that come by the clock, in the order
   of their times, then openings, then what has reached its latest or its earliest time. A cut-off is first:
   what came too late does not settle since nobody looked.
3. By the clock a currency opens on the business day that it is where it is, from its opening time on and
   before its interbank cut-off. A day on which nobody looked in that time is passed over, unless the operator
   opens it. The lists as they are then count, and without them no day opens.
4. The house gives itself these as instructions like all others; the engine decides them and reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from setfair.domain.agreement import Agreement
from setfair.domain.agreement_parts import CurrencyRules
from setfair.domain.calendar import DayTime, day_time_utc, is_business_day, next_business_day
from setfair.domain.codes import InstructionKind, Phase
from setfair.domain.instants import date_of, days_of, local_date, to_instant
from setfair.engine.books import Books
from setfair.engine.extensions import BY_CLOCK, DAY_BY_CLOCK, due_phase
from setfair.engine.layout import TIMES, Array, Row
from setfair.errors import AgreementError, ScreeningUnavailableError
from setfair.house_state import HouseState
from setfair.intake.directory import currency_number

_TIMELESS = (InstructionKind.EXPIRY, InstructionKind.ALERT_NOTE, InstructionKind.ADOPTION)
"""What is decided without a look at whether some time has come."""


def times_of_day(agreement: Agreement, currency: str, day: date) -> Array:
    """Return TIMES of a day: its two cut-offs; its end, or 0, with the next opening, or 0."""

    def moment(on: date, which: DayTime) -> int:
        return to_instant(day_time_utc(agreement, currency, on, which))

    rules = agreement.find_currency_rules(currency)
    closes = moment(day, DayTime.CLOSES) if rules is not None and rules.closes is not None else 0
    try:
        next_opens = moment(next_business_day(agreement, currency, day), DayTime.OPENS)
    except AgreementError:
        next_opens = 0  # the calendar ends
    cutoffs = moment(day, DayTime.CUSTOMER_CUTOFF), moment(day, DayTime.INTERBANK_CUTOFF)
    return np.array([cutoffs, (closes, next_opens)], TIMES)


def is_by_clock(agreement: Agreement, currency: str) -> int:
    """Return the mark of a currency of which the house moves the day by itself, all of it or its cut-offs."""
    rules = agreement.find_currency_rules(currency)
    if rules is None or rules.cutoffs != "clock":
        return 0
    return DAY_BY_CLOCK if rules.day == "clock" else BY_CLOCK


def opening_fields(agreement: Agreement, currency: str, day: date, remember_from: date) -> dict[str, int]:
    """Return what the PHASE_CHANGE that opens a day says of it, and of what it lets the house forget."""
    return {
        "value_date": days_of(day),
        "amount": days_of(remember_from),
        "priority": is_by_clock(agreement, currency),
    }


@dataclass(frozen=True, slots=True)
class Move:
    """A PHASE_CHANGE that the house gives itself."""

    fields: dict[str, int]
    """Of its instruction."""
    times: Array | None = None
    """TIMES of the day, of one that opens."""


def pass_clock(
    find: Callable[[], Move | None], give: Callable[[Move], object], put_lists_in_force: Callable[[], object]
) -> None:
    """Give a house the moves that its clock asks for, one after the other.

    Parameters
    ----------
    find
        Returns the next one, as `next_move` does.
    give
        Takes it, and gives it to the house.
    put_lists_in_force
        Called before a day opens: rule 3. What it does may itself let moves come.
    """
    while (move := find()) is not None:
        if move.times is not None:
            try:
                put_lists_in_force()
            except ScreeningUnavailableError:
                return
            again = find()
            if again is None or again.fields != move.fields:
                continue
        give(move)


def next_move(state: HouseState, clock: Callable[[], int]) -> Move | None:
    """Return what the clock asks for by now, or None; it is asked where a day goes by it."""
    agreement, books = state.directory.agreement, state.books
    if agreement is None or not np.any(books.day_times["by_clock"]):
        return None
    now = clock()
    found = due_phase(books, now)
    if found is not None:
        return Move({"currency": found[0], "target": int(found[1]), "amount": BY_CLOCK})
    times, is_closed = books.day_times, books.phases == Phase.CLOSED
    may_open = is_closed & (times["by_clock"] == DAY_BY_CLOCK)
    may_open &= (times["next_opens"] > 0) & (times["next_opens"] <= now)
    for number in np.flatnonzero(may_open).tolist():
        move = _opening(agreement, books, number, now)
        if move is not None:
            return move
    return None


def _opening(agreement: Agreement, books: Books, number: int, now: int) -> Move | None:
    """Return the opening of a closed currency whose next day was to open by now: rule 3."""
    rules = next((each for each in agreement.currencies if currency_number(each.code) == number), None)
    if rules is None or rules.day != "clock":
        return None
    day = next_day_of(agreement, rules, date_of(int(books.business_day[number])), now)
    opens = to_instant(day_time_utc(agreement, rules.code, day, DayTime.OPENS))
    times = times_of_day(agreement, rules.code, day)
    if not opens <= now < int(times[0]["latest"]):
        return None
    remember_from = first_remembered_day(agreement, rules.code, day)
    fields = {"currency": number, "target": int(Phase.OPEN), "original_low": BY_CLOCK}
    return Move({**fields, **opening_fields(agreement, rules.code, day, remember_from)}, times)


def first_remembered_day(agreement: Agreement, currency: str, day: date) -> date:
    """Return the oldest business day whose instructions are still recognised on `day`."""
    left = agreement.agreement.identity_memory_days
    candidate = day
    while left > 0 and day - candidate < timedelta(days=366):
        candidate -= timedelta(days=1)
        left -= is_business_day(agreement, currency, candidate)
    return candidate


def next_day_of(agreement: Agreement, rules: CurrencyRules, last: date, now: int) -> date:
    """Return the business day that a closed currency opens next: today where it is, or the first after.

    Parameters
    ----------
    agreement
        In force.
    rules
        Of the currency.
    last
        Its last business day.
    now
        Nanoseconds since 1970-01-01 UTC.
    """
    today = local_date(now, rules.time_zone or agreement.agreement.time_zone)
    day = max(today, last + timedelta(days=1))
    if is_business_day(agreement, rules.code, day):
        return day
    return next_business_day(agreement, rules.code, day)


def is_overdue(books: Books, instruction: Row, now: int) -> bool:
    """Tell whether time has brought something that comes before this instruction: rule 2."""
    if instruction["kind"] in _TIMELESS or _is_of_clock(instruction):
        return False
    return books.is_time(now) or due_phase(books, now) is not None


def _is_of_clock(instruction: Row) -> bool:
    if instruction["kind"] != InstructionKind.PHASE_CHANGE:
        return False
    mark = "original_low" if instruction["target"] == Phase.OPEN else "amount"
    return bool(instruction[mark] == BY_CLOCK)
