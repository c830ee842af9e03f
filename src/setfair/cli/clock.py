"""The clock of a command: the system's, or for rehearsals one that starts at a given time."""

from __future__ import annotations

import os
import time
from datetime import datetime

from setfair.domain.instants import Clock, system_clock, to_instant
from setfair.errors import SetfairError

VARIABLE = "SETFAIR_NOW"
"""Environment variable with the time at which a rehearsal takes place."""


def command_clock(text: str | None = None) -> Clock:
    """Return the clock: the system's, or one that starts at `text` or at SETFAIR_NOW and then runs on.

    A house does not go back in time: a clock behind its last page is refused, so a rehearsal clock cannot
    make a stale screening list look fresh in a house that is alive.
    """
    given = text or os.environ.get(VARIABLE)
    if not given:
        return system_clock
    try:
        moment = datetime.fromisoformat(given)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise SetfairError(
            f"{given!r} is no time with a time zone; write for example 2026-01-05T08:30:00+03:00"
        )
    begin, started = to_instant(moment), time.monotonic_ns()
    return lambda: begin + time.monotonic_ns() - started
