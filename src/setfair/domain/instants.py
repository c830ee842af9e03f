"""Instants: nanoseconds since 1970-01-01 UTC, and how they are written."""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

EPOCH = date(1970, 1, 1)
NANOSECONDS = 10**9

Clock = Callable[[], int]
"""Returns the present instant."""

system_clock: Clock = time.time_ns
"""The clock of the machine. It is handed in from outside: what decides never asks it."""


def format_utc(instant_ns: int) -> str:
    """Write an instant as ISO 8601 with microseconds, for example ``2026-01-05T06:30:00.000000Z``."""
    seconds, rest = divmod(instant_ns, NANOSECONDS)
    moment = datetime.fromtimestamp(seconds, UTC)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{rest // 1000:06d}Z"


def to_instant(moment: datetime) -> int:
    """Return the instant of a datetime that has a time zone, exact to the microsecond."""
    since = moment.astimezone(UTC) - datetime(1970, 1, 1, tzinfo=UTC)
    return (since // timedelta(microseconds=1)) * 1000


def local_date(instant_ns: int, time_zone: str) -> date:
    """Return the date of an instant in a time zone."""
    return datetime.fromtimestamp(instant_ns // NANOSECONDS, ZoneInfo(time_zone)).date()


def days_of(day: date | None) -> int:
    """Return days since 1970-01-01; 0 for None."""
    return (day - EPOCH).days if day is not None else 0


def date_of(days: int) -> date:
    """Return the date of days since 1970-01-01."""
    return EPOCH + timedelta(days=days)
