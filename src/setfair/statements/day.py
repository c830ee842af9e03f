"""Which pages belong to a business day, and what a day's messages are numbered and dated by.

Rules
-----
1. Bookings, and payments that have an account to debit, belong to the business day of their currency whose
   pages (view `business_day`) hold them: all pages after the close of the day before, up to the day's own.
   Nothing outlives its day, since what still waits is rejected at the cut-off: what is in a day is final.
2. Instructions that no currency's day can claim (payments without an account to debit, cancellations) belong
   to the date of the next close of any currency after them, or to the newest open day before there is one.
3. So every instruction is reported on one day, and a day that is closed never changes.
4. What came later than agreed in a currency's day is said in its statements, with the reason.
5. Message ids and times come from the house, the day, the receiver and the last page: the clock is not read,
   and writing a closed day again gives the same bytes.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from setfair.domain.money import Currency, find_currency
from setfair.errors import BrokenInvariantError, PhaseError

Query = Callable[[str, tuple[object, ...]], list[dict[str, Any]]]
"""Returns the rows of one query: `House.query` or `Tables.query`."""

_DAYS = "SELECT * FROM business_day WHERE business_date = ? ORDER BY currency"
_SEQUENCES = "SELECT currency, count(*) AS days FROM business_day WHERE business_date <= ? GROUP BY currency"
_SPANS = """
SELECT first_page, last_page FROM (
    SELECT coalesce(lag(g.page_number) OVER (ORDER BY g.page_number), 0) + 1 AS first_page,
           g.page_number AS last_page, date(w.debtor_after * 86400, 'unixepoch') AS business_date
    FROM page g JOIN record_row w ON w.record_number = g.first_record
    WHERE g.instruction_kind = 'PHASE_CHANGE' AND w.kind = 12 AND w.amount_minor = 0
) WHERE business_date = ? ORDER BY first_page
"""
_OPEN_SPAN = """
SELECT coalesce((
    SELECT max(g.page_number) FROM page g JOIN record_row w ON w.record_number = g.first_record
    WHERE g.instruction_kind = 'PHASE_CHANGE' AND w.kind = 12 AND w.amount_minor = 0), 0) + 1 AS first_page,
    max(last_page) AS last_page, max(business_date) AS business_date
FROM business_day WHERE phase <> 'CLOSED' HAVING count(*) > 0
"""
_PAGE = """
SELECT time_utc, first_record, first_record + record_count - 1 AS last_record FROM page WHERE page_number = ?
"""
_EXTENDED = """
SELECT e.phase, e.until_utc, t.agreed_utc, e.asked_reason
FROM extension e JOIN day_time t USING (currency, business_date, phase)
WHERE e.state = 'in force' AND e.currency = ? AND e.business_date = ? ORDER BY e.extension_number
"""


@dataclass(frozen=True, slots=True)
class Mark:
    """A page that something is dated by."""

    page: int
    utc: datetime


@dataclass(frozen=True, slots=True)
class CurrencyDay:
    """One business day of one currency."""

    currency: Currency
    first_page: int
    last_page: int
    last_record: int
    is_closed: bool
    sequence: int
    """Business days that the currency has had, this one included."""
    mark: Mark
    """Its last page."""
    remarks: str = ""
    """The phases that came later than agreed, and why."""


@dataclass(frozen=True, slots=True)
class Day:
    """One business day of the house."""

    business_date: date
    currencies: dict[int, CurrencyDay]
    """Those that had a business day on this date, by currency number."""
    spans: tuple[tuple[int, int], ...]
    """First and last pages of what belongs to no currency's day: rule 2."""
    first_record: int
    """No record of the day comes before this one."""
    last_record: int
    """No record of the day comes after this one."""
    mark: Mark
    """The last page of all."""

    def holds(self, currency_number: int, page: int) -> bool:
        """Tell whether a page belongs to this business day of a currency: rule 1."""
        day = self.currencies.get(currency_number)
        return day is not None and day.first_page <= page <= day.last_page

    def holds_otherwise(self, page: int) -> bool:
        """Tell whether what no currency's day can claim on a page belongs to this day: rule 2."""
        return any(first <= page <= last for first, last in self.spans)


@lru_cache(maxsize=1024)
def moment_of(time_utc: str) -> datetime:
    """Read the time of a page."""
    return datetime.fromisoformat(time_utc)


def message_id(house_id: str, business_date: date, kind: str, mark: Mark, *about: str) -> str:
    """Return an identification of at most 35 characters: the same for the same content, else another one.

    Parameters
    ----------
    house_id
        Local id of the house.
    business_date
        The day that the message is about.
    kind
        For example ``camt.053``.
    mark
        The last page that the message can speak of.
    about
        What else tells it from others: participant, currency, part.
    """
    told = "|".join((house_id, business_date.isoformat(), kind, str(mark.page), mark.utc.isoformat(), *about))
    digest = hashlib.sha256(told.encode()).hexdigest()[:16].upper()
    return f"{business_date:%Y%m%d}-{kind}-{digest}"


def find_day(query: Query, business_date: date) -> Day:
    """Return a business day of the house.

    Raises
    ------
    PhaseError
        If no currency had a business day on that date.
    """
    text = business_date.isoformat()
    found = query(_DAYS, (text,))
    if not found:
        raise PhaseError(f"{business_date} was no business day of this house: no currency was opened on it")
    sequences = {row["currency"]: row["days"] for row in query(_SEQUENCES, (text,))}
    days = [_currency_day(query, row, sequences[row["currency"]]) for row in found]
    spans = tuple((row["first_page"], row["last_page"]) for row in query(_SPANS, (text,)))
    spans += tuple(
        (row["first_page"], row["last_page"]) for row in query(_OPEN_SPAN, ()) if row["business_date"] == text
    )
    first_page = min([day.first_page for day in days] + [first for first, last in spans if first <= last])
    last = max(days, key=lambda day: day.last_page)
    return Day(
        business_date,
        {day.currency.number: day for day in days},
        spans,
        first_record=query(_PAGE, (first_page,))[0]["first_record"],
        last_record=last.last_record,
        mark=last.mark,
    )


def _currency_day(query: Query, row: dict[str, Any], sequence: int) -> CurrencyDay:
    currency = find_currency(row["currency"])
    if currency is None:
        raise BrokenInvariantError(
            f"the journal has a business day of {row['currency']}, which is no currency"
        )
    page = query(_PAGE, (row["last_page"],))[0]
    return CurrencyDay(
        currency,
        row["first_page"],
        row["last_page"],
        page["last_record"],
        is_closed=row["phase"] == "CLOSED",
        sequence=sequence,
        mark=Mark(row["last_page"], moment_of(page["time_utc"])),
        remarks="; ".join(map(_remark, query(_EXTENDED, (row["currency"], row["business_date"])))),
    )


def _remark(extended: dict[str, Any]) -> str:
    phase = extended["phase"].lower().replace("_", " ")
    return f"{phase} {extended['until_utc']}, agreed {extended['agreed_utc']}: {extended['asked_reason']}"
