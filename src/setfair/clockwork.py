"""What the clock brings about in a house: the times of its days, and what comes before all else.

Rules
-----
1. A day opens with the times of the agreement in force (`times_of_day`), as instants.
2. Every way in begins with what time has brought: cut-offs that pass by the clock, then what has reached its
   latest or its earliest time. A cut-off is first: what came too late does not settle since nobody looked.
3. The house gives itself these as instructions like all others; the engine decides them and reads no clock.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

import numpy as np

from setfair.domain.agreement import Agreement
from setfair.domain.calendar import DayTime, day_time_utc, next_business_day
from setfair.domain.codes import InstructionKind, Phase
from setfair.domain.instants import to_instant
from setfair.engine.books import Books
from setfair.engine.extensions import BY_CLOCK, due_phase
from setfair.engine.layout import TIMES, Array, Row
from setfair.errors import AgreementError

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
    """Return 1 if the house passes the cut-offs of a currency by itself, else 0."""
    rules = agreement.find_currency_rules(currency)
    return BY_CLOCK if rules is not None and rules.cutoffs == "clock" else 0


def phase_fields(books: Books, clock: Callable[[], int]) -> dict[str, int] | None:
    """Return the PHASE_CHANGE that the clock asks for by now, or None; it is asked where a day goes by it."""
    if not np.any(books.day_times["by_clock"] == BY_CLOCK):
        return None
    found = due_phase(books, clock())
    if found is None:
        return None
    currency, phase = found
    return {"currency": currency, "target": int(phase), "amount": BY_CLOCK}


def is_overdue(books: Books, instruction: Row, now: int) -> bool:
    """Tell whether time has brought something that comes before this instruction: rule 2."""
    if instruction["kind"] in _TIMELESS or _is_of_clock(instruction):
        return False
    return books.is_time(now) or due_phase(books, now) is not None


def _is_of_clock(instruction: Row) -> bool:
    is_move = instruction["kind"] == InstructionKind.PHASE_CHANGE and instruction["target"] != Phase.OPEN
    return bool(is_move and instruction["amount"] == BY_CLOCK)
