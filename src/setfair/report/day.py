"""Which part of the journal is a business day.

Rules
-----
1. The day of a currency begins after the page in which its day before was closed and ends with the page in
   which it is closed itself, or as long as it is not closed with the last page.
2. A currency that did not open on the day belongs to it as far as the other currencies' day goes and no
   other day of its own has a claim.
3. A house that has never opened a day, for example one that only sets off, has one day: all its pages.
4. What names no currency of the house belongs to the day from its first to its last page.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import pairwise

from setfair.domain.codes import Phase
from setfair.domain.instants import date_of, days_of
from setfair.errors import PhaseError
from setfair.report.read import Query, Reader, Row

DAYS_SHOWN_MAX = 5
"""Business days that an error names."""


@dataclass(frozen=True, slots=True)
class PhaseMoment:
    """A currency entered a phase."""

    phase: Phase
    time: int
    """Microseconds since 1970-01-01 UTC."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """One currency's part of the journal on the day."""

    number: int
    """ISO 4217 number."""
    currency: str
    decimals: int
    first_page: int
    last_page: int
    phases: tuple[PhaseMoment, ...]
    """Empty if the currency did not open on this day."""

    @property
    def is_closed(self) -> bool:
        """Whether the day of this currency is over."""
        return bool(self.phases) and self.phases[-1].phase is Phase.CLOSED


@dataclass(frozen=True, slots=True)
class PageMark:
    """Where a page stands in the journal."""

    number: int
    time_utc: str
    time: int
    """Microseconds since 1970-01-01 UTC."""
    first_record: int
    last_record: int
    first_instruction: int
    last_instruction: int


@dataclass(frozen=True, slots=True)
class AgreementVersion:
    """One version of the agreement that was in force."""

    version: int
    agreement_id: str
    name: str
    effective_date: str
    sha256: str
    page_number: int


@dataclass(frozen=True, slots=True)
class Extended:
    """A later cut-off that somebody asked for."""

    currency: str
    phase: Phase
    until: int
    """Microseconds since 1970-01-01 UTC."""
    state: str
    """Waiting, in force or rejected, and why."""
    asked: str
    """By whom, and why."""
    decided: str
    """The same of the second person; empty."""


@dataclass(frozen=True, slots=True)
class ReportDay:
    """One business day of a house."""

    business_date: date | None
    """None for a house that has never opened a day."""
    house: str
    time_zone: str
    stretches: tuple[Stretch, ...]
    """In the order of the agreement."""
    first: PageMark
    last: PageMark
    agreements: tuple[AgreementVersion, ...]
    """In force on the day, the last one last."""
    marks: dict[int, PageMark]
    """By page number: the first and last page of every stretch."""
    extensions: tuple[Extended, ...] = ()
    """Later cut-offs that were asked for, in the order in which they were."""

    @property
    def decimals(self) -> dict[int, int]:
        """Decimals by currency number."""
        return {stretch.number: stretch.decimals for stretch in self.stretches}

    def spans(self, cuts: dict[int, PageMark]) -> list[list[int]]:
        """Return the rows of the definition `day` in `queries.sql`.

        Parameters
        ----------
        cuts
            By currency number, the page of the day's last cycle; without one the state at the end counts.

        """
        due_day = days_of(self.business_date or datetime.fromtimestamp(self.last.time / 1e6, UTC).date())
        return [_span(stretch, self.marks, cuts.get(stretch.number), due_day) for stretch in self.stretches]


def _span(stretch: Stretch, marks: dict[int, PageMark], cut: PageMark | None, due_day: int) -> list[int]:
    first, last = marks[stretch.first_page], marks[stretch.last_page]
    until = cut or last
    return [
        stretch.number,
        first.first_record,
        last.last_record,
        first.first_instruction,
        last.last_instruction,
        until.last_record,
        until.last_instruction,
        due_day,
    ]


def find_day(query: Query, business_date: date | None) -> ReportDay:
    """Find one business day in the journal.

    Parameters
    ----------
    query
        Reads the tables.
    business_date
        None: the last day that was opened.

    Raises
    ------
    PhaseError
        If the house has nothing on record, or did not open on that day.

    """
    reader = Reader(query)
    moves = reader.rows("business_days")
    day = _choose_day(moves, business_date)
    found = reader.rows("pages", [])
    if not found:
        raise PhaseError("there is nothing to report: the house has no pages yet")
    last_page = int(found[-1]["page_number"])
    agreements = reader.rows("agreements", last_page)
    document = json.loads(agreements[-1]["document"])
    codes = [str(rules["code"]) for rules in document["currencies"]]
    known = {row["currency"]: row for row in reader.rows("currencies")}
    stretches = _stretches([known[code] for code in codes], moves, day, last_page)
    ends = [page for stretch in stretches for page in (stretch.first_page, stretch.last_page)]
    marks = {mark.number: mark for mark in map(page_mark, reader.rows("pages", ends))}
    first, last = marks[min(ends)], marks[max(ends)]
    return ReportDay(
        date_of(day) if day is not None else None,
        str(agreements[-1]["name"]),
        str(document["agreement"]["time_zone"]),
        stretches,
        first,
        last,
        _in_force(agreements, first.number, last.number),
        marks,
        _extensions(reader, date_of(day)) if day is not None else (),
    )


def _extensions(reader: Reader, day: date) -> tuple[Extended, ...]:
    return tuple(
        Extended(
            str(row["currency"]),
            Phase[str(row["phase"])],
            microseconds(str(row["until_utc"])),
            ": ".join(filter(None, (str(row["state"]), str(row["reason_text"])))),
            f"{row['asked_by']}: {row['asked_reason']}",
            f"{row['decided_by']}: {row['decided_reason']}" if row["decided_by"] else "",
        )
        for row in reader.rows("extensions", day.isoformat())
    )


def _choose_day(moves: Sequence[Row], business_date: date | None) -> int | None:
    opened = sorted({int(move["business_day"]) for move in moves if move["phase"] == Phase.OPEN})
    if business_date is None:
        return opened[-1] if opened else None
    if days_of(business_date) not in opened:
        shown = ", ".join(str(date_of(day)) for day in opened[-DAYS_SHOWN_MAX:])
        raise PhaseError(
            f"{business_date} was not opened in this house; its last days are: {shown or 'none'}"
        )
    return days_of(business_date)


def _stretches(
    currencies: Sequence[Row], moves: Sequence[Row], day: int | None, last_page: int
) -> tuple[Stretch, ...]:
    opened: dict[int, tuple[int, int]] = {}
    for row in currencies:
        number = int(row["currency_number"])
        found = _pages_of([move for move in moves if move["currency_number"] == number], day, last_page)
        if found is not None:
            opened[number] = found
    house = (
        (min(first for first, _ in opened.values()), max(last for _, last in opened.values()))
        if opened
        else (1, last_page)
    )
    made = []
    for row in currencies:
        number = int(row["currency_number"])
        own = [move for move in moves if move["currency_number"] == number]
        first, last = opened.get(number) or _unclaimed(own, house)
        phases = tuple(
            PhaseMoment(Phase(int(move["phase"])), microseconds(str(move["time_utc"])))
            for move in own
            if move["business_day"] == day
        )
        made.append(Stretch(number, str(row["currency"]), int(row["decimals"]), first, last, phases))
    return tuple(made)


def _pages_of(moves: Sequence[Row], day: int | None, last_page: int) -> tuple[int, int] | None:
    """Return the first and last page of a currency's day, or None if it did not open on it."""
    before, after = 0, last_page
    seen = False
    for move in moves:
        closed, page = move["phase"] == Phase.CLOSED, int(move["page_number"])
        if move["business_day"] == day:
            seen = True
            after = page if closed else last_page
        elif closed and not seen:
            before = page
    return (before + 1, after) if seen else None


def _unclaimed(moves: Sequence[Row], house: tuple[int, int]) -> tuple[int, int]:
    """Return the part of the house's day that lies outside of all days of a currency's own."""
    first, last = house
    for before, move in pairwise([None, *moves]):
        page = int(move["page_number"]) if move else 0
        if move and move["phase"] == Phase.CLOSED and page < last:
            first = max(first, page + 1)
        is_opening = move and move["phase"] == Phase.OPEN
        if is_opening and (before is None or before["phase"] == Phase.CLOSED) and page > first:
            last = min(last, page - 1)
    return first, max(first, last)


def _in_force(rows: Sequence[Row], first_page: int, last_page: int) -> tuple[AgreementVersion, ...]:
    """Return the version that was in force when the day began, and those that came on it."""
    until = [row for row in rows if row["page_number"] <= last_page]
    before = [row for row in until if row["page_number"] <= first_page]
    chosen = before[-1:] + [row for row in until if row["page_number"] > first_page]
    return tuple(
        AgreementVersion(
            int(row["version"]),
            str(row["agreement_id"]),
            str(row["name"]),
            str(row["effective_date"]),
            str(row["sha256"]),
            int(row["page_number"]),
        )
        for row in chosen
    )


def page_mark(row: Row) -> PageMark:
    """Return the mark of one row of the query `pages`."""
    return PageMark(
        int(row["page_number"]),
        str(row["time_utc"]),
        microseconds(str(row["time_utc"])),
        int(row["first_record"]),
        int(row["last_record"]),
        int(row["first_instruction"]),
        int(row["last_instruction"]),
    )


def microseconds(time_utc: str) -> int:
    """Return microseconds since 1970-01-01 of an instant as the tables write it."""
    since = datetime.fromisoformat(time_utc) - datetime.fromtimestamp(0, UTC)
    return (since.days * 86400 + since.seconds) * 10**6 + since.microseconds
