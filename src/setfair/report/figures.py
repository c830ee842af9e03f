"""The day in numbers, one currency at a time.

Rules
-----
1. A payment with the settlement agent's account on one side, and every liquidity transfer, moves liquidity in
   or out: it counts as funding and not as a payment. A request for cancellation is no payment either.
2. received = settled + rejected + cancelled + waiting + held, for number and value.
3. Liquidity used is the sum over the accounts of the largest debit position that payments made (`liquidity`).
4. Turnover is the value settled over the liquidity used.
5. What was due in the day's cycles counts each obligation once, however many cycles there were: due = set off
   + remaining. The net debit is what no set-off can save.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from setfair.domain.codes import Mechanism, Status
from setfair.report.day import PageMark, ReportDay, Stretch, page_mark
from setfair.report.read import Reader, Row
from setfair.report.words import MECHANISM_WORDS


@dataclass(frozen=True, slots=True)
class Tally:
    """How many, and how much together."""

    number: int = 0
    value: int = 0
    """Minor units."""

    def __add__(self, other: Tally) -> Tally:
        return Tally(self.number + other.number, self.value + other.value)


@dataclass(frozen=True, slots=True)
class CycleRun:
    """One run of set-off in one currency, as the journal has it."""

    number: int
    time: int
    """Microseconds since 1970-01-01 UTC."""
    obligations: int
    parties: int
    gross: int
    cleared: int
    net_debit: int
    page: PageMark


@dataclass(frozen=True, slots=True)
class DueFigures:
    """What was due, and what set-off left of it."""

    obligations: int = 0
    parties: int = 0
    gross: int = 0
    remaining: int = 0
    net_debit: int = 0

    @property
    def set_off(self) -> int:
        """What the day's cycles cancelled."""
        return self.gross - self.remaining


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """The day of one currency in numbers."""

    stretch: Stretch
    statuses: Mapping[Status, Tally]
    """Payments by what became of them."""
    mechanisms: Mapping[Mechanism, Tally]
    """Settled payments by how they settled."""
    funding: Tally
    """Settled transfers with the settlement agent."""
    liquidity_used: int
    due: DueFigures
    cycles: tuple[CycleRun, ...]

    @property
    def received(self) -> Tally:
        """Payments that came in."""
        return sum(self.statuses.values(), Tally())

    @property
    def settled(self) -> Tally:
        """Payments that settled."""
        return self.statuses[Status.ACSC]


@dataclass(frozen=True, slots=True)
class DayFigures:
    """The day in numbers."""

    currencies: tuple[CurrencyFigures, ...]
    other: int
    """Payments that name no currency of the house; all of them rejected."""

    def number(self, *statuses: Status) -> int:
        """Return how many payments have one of these statuses, in all currencies of the house."""
        return sum(one.statuses[status].number for one in self.currencies for status in statuses)


def read_cycles(reader: Reader) -> dict[int, tuple[CycleRun, ...]]:
    """Return the day's cycles by currency number."""
    found = reader.rows("cycles")
    marks = {row["page_number"]: row for row in reader.rows("pages", [row["page_number"] for row in found])}
    cycles: dict[int, tuple[CycleRun, ...]] = {}
    for row in found:
        page = marks[row["page_number"]]
        run = CycleRun(
            int(row["cycle_number"]),
            int(row["time"]),
            int(row["obligations"]),
            int(row["parties"]),
            int(row["gross"]),
            int(row["cleared"]),
            int(row["net_debit"]),
            page_mark(page),
        )
        number = int(row["currency_number"])
        cycles[number] = (*cycles.get(number, ()), run)
    return cycles


def read_figures(
    reader: Reader,
    day: ReportDay,
    cycles: Mapping[int, tuple[CycleRun, ...]],
    liquidity_used: Mapping[int, int],
) -> DayFigures:
    """Return the day in numbers.

    Parameters
    ----------
    reader
        Over the spans of the day.
    day
        The day.
    cycles
        By currency number, from `read_cycles`.
    liquidity_used
        By currency number, minor units.

    """
    payments = reader.rows("payments")
    due = {int(row["currency_number"]): row for row in reader.rows("owed_totals")}
    known = {stretch.number for stretch in day.stretches}
    currencies = tuple(
        _currency_figures(
            stretch,
            [row for row in payments if row["currency_number"] == stretch.number],
            liquidity_used.get(stretch.number, 0),
            _due_figures(due.get(stretch.number)),
            cycles.get(stretch.number, ()),
        )
        for stretch in day.stretches
    )
    strangers = [row for row in payments if row["currency_number"] not in known and not row["is_funding"]]
    return DayFigures(currencies, _tally(strangers).number)


def _currency_figures(
    stretch: Stretch,
    rows: Sequence[Row],
    liquidity_used: int,
    due: DueFigures,
    cycles: tuple[CycleRun, ...],
) -> CurrencyFigures:
    own = [row for row in rows if not row["is_funding"]]
    settled = [row for row in own if row["status"] == Status.ACSC]
    funding = [row for row in rows if row["is_funding"] and row["status"] == Status.ACSC]
    return CurrencyFigures(
        stretch,
        {status: _tally(row for row in own if row["status"] == status) for status in Status},
        {how: _tally(row for row in settled if row["mechanism"] == how) for how in MECHANISM_WORDS},
        _tally(funding),
        liquidity_used,
        due,
        cycles,
    )


def _tally(rows: Iterable[Row]) -> Tally:
    return sum((Tally(int(row["payments"]), int(row["value"])) for row in rows), Tally())


def _due_figures(row: Row | None) -> DueFigures:
    if row is None:
        return DueFigures()
    return DueFigures(
        int(row["obligations"]),
        int(row["parties"]),
        int(row["before"]),
        int(row["after"]),
        int(row["net_debit"]),
    )
