"""The day over time: what had settled and what waited at each moment, page by page.

Of each slice of time the queries return the states that matter (the last, and the fullest), so that a day of
many pages stays small; every state returned is one that the house was in.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from setfair.domain.codes import Mechanism
from setfair.report.day import ReportDay
from setfair.report.read import Reader
from setfair.report.words import MECHANISM_WORDS, clock_time

TICKS_MAX = 8
"""Marks on the time axis."""

SLICES_PER_TICK = 60
"""Slices of time between two marks in the charts over time: marks and strips end where a slice ends."""

STRIPS_PER_TICK = 6
"""Strips between two marks that say on touch what holds at their end."""

_SECONDS = 10**6
_MINUTES = 60 * _SECONDS
_STEPS = (
    *(seconds * _SECONDS for seconds in (1, 2, 5, 10, 15, 30)),
    *(minutes * _MINUTES for minutes in (1, 2, 5, 10, 15, 30, 60, 120, 180, 360, 720, 1440, 2880, 10080)),
)
"""Distances between marks on the time axis, microseconds; the last one is doubled until it is enough."""


@dataclass(frozen=True, slots=True)
class Window:
    """The time that the charts show."""

    begin: int
    """Microseconds since 1970-01-01 UTC."""
    end: int
    time_zone: str

    @property
    def span(self) -> int:
        """Its length in microseconds, at least one."""
        return max(self.end - self.begin, 1)

    @property
    def base(self) -> int:
        """The midnight before it begins, where marks count from."""
        begin = datetime.fromtimestamp(self.begin // _SECONDS, ZoneInfo(self.time_zone))
        return int(begin.replace(hour=0, minute=0, second=0).timestamp()) * _SECONDS

    @property
    def step(self) -> int:
        """Microseconds between two marks."""
        longest = _STEPS[-1]
        while self.span > longest * (TICKS_MAX - 1):
            longest *= 2
        return next((step for step in _STEPS if self.span <= step * (TICKS_MAX - 1)), longest)

    def moments(self, parts: int = 1) -> list[int]:
        """Return round local times within the window: `parts` of them between mark and mark."""
        step = self.step // parts
        first = self.base + -(-(self.begin - self.base) // step) * step
        return list(range(first, self.end + 1, step))

    def label(self, moment: int) -> str:
        """Write a moment as local time, as exactly as the window needs it."""
        return clock_time(moment, self.time_zone, seconds=self.step < _MINUTES)


@dataclass(frozen=True, slots=True)
class SettledState:
    """What had settled at a moment since the day began, by mechanism."""

    time: int
    values: tuple[int, ...]
    """In the order of MECHANISM_WORDS, minor units."""
    payments: int


@dataclass(frozen=True, slots=True)
class QueueState:
    """What waited at a moment."""

    time: int
    payments: int
    value: int


@dataclass(frozen=True, slots=True)
class DaySeries:
    """The day over time, by currency number."""

    window: Window
    settled: Mapping[int, tuple[SettledState, ...]]
    queue: Mapping[int, tuple[QueueState, ...]]


def window_of(day: ReportDay) -> Window:
    """Return the time from the day's first phase, or page, to its last page."""
    moments = [phase.time for stretch in day.stretches for phase in stretch.phases]
    begin = min(moments, default=day.first.time)
    return Window(begin, max(day.last.time, begin + 1), day.time_zone)


def read_series(reader: Reader, day: ReportDay) -> DaySeries:
    """Return the day over time."""
    window = window_of(day)
    slices = (window.base, window.step // SLICES_PER_TICK)
    return DaySeries(window, _settled(reader, slices), _queue(reader, slices))


def _settled(reader: Reader, slices: tuple[int, int]) -> dict[int, tuple[SettledState, ...]]:
    states: dict[int, list[SettledState]] = {}
    places = {int(how): place for place, how in enumerate(MECHANISM_WORDS)}
    for row in reader.rows("settled_over_time", *slices):
        own = states.setdefault(int(row["currency_number"]), [])
        values = list(own[-1].values) if own else [0] * len(places)
        values[places[Mechanism(int(row["mechanism"]))]] += int(row["value"])
        payments = (own[-1].payments if own else 0) + int(row["payments"])
        state = SettledState(int(row["time"]), tuple(values), payments)
        if own and own[-1].time == state.time:
            own[-1] = state
        else:
            own.append(state)
    return {number: tuple(own) for number, own in states.items()}


def _queue(reader: Reader, slices: tuple[int, int]) -> dict[int, tuple[QueueState, ...]]:
    states: dict[int, list[QueueState]] = {}
    for row in reader.rows("queue_over_time", *slices):
        state = QueueState(int(row["time"]), int(row["payments"]), int(row["value"]))
        states.setdefault(int(row["currency_number"]), []).append(state)
    return {number: tuple(own) for number, own in states.items()}
