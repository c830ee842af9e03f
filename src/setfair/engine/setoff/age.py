"""Classes of age, for cancelling the oldest first.

Rules
-----
1. With at most `EXACT_DAYS_MAX` different due days, every due day is a class.
2. With more, the classes are bands of days overdue, counted from a given day: over 365, 180, 90, 60, 30,
   14, 7 and 0 days, then what is due on that day or later. Bands are fixed, not quantiles, so that another
   obligation in the file moves none of the others into another class.
3. Classes are numbered from 0, oldest first; a class without obligations has no number.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from setfair.engine.setoff.merge import Int64Array

EXACT_DAYS_MAX = 12
"""Different due days up to which every day is a class."""
OVERDUE_DAYS = (365, 180, 90, 60, 30, 14, 7, 0)
"""Bands, oldest first: overdue by more than so many days."""


@dataclass(frozen=True, slots=True)
class AgeClasses:
    """Which class each obligation is in, and which there are."""

    number: Int64Array
    """By obligation: its class, from 0, oldest first."""
    words: tuple[str, ...]
    """By class: what is in it."""


def age_classes(due_day: Int64Array, as_of_day: int | None) -> AgeClasses:
    """Sort due days into classes.

    Parameters
    ----------
    due_day
        int64, shape (n,), days since 1970-01-01; at least one.
    as_of_day
        The day from which overdue days are counted; None means the latest due day.
    """
    days, number = np.unique(due_day, return_inverse=True)
    if len(days) <= EXACT_DAYS_MAX:
        return AgeClasses(
            number.astype(np.int64), tuple(f"due on {day}" for day in days.astype("datetime64[D]"))
        )
    as_of = int(days[-1]) if as_of_day is None else as_of_day
    # Ascending overdue days, so that the band is the number of bounds that are not passed.
    bounds = np.array(OVERDUE_DAYS[::-1], np.int64)
    band = len(bounds) - np.searchsorted(bounds, as_of - due_day, side="left")
    present, number = np.unique(band, return_inverse=True)
    return AgeClasses(number.astype(np.int64), tuple(_words(int(each)) for each in present))


def _words(band: int) -> str:
    if band == len(OVERDUE_DAYS):
        return "due on the day or later"
    return f"overdue by more than {OVERDUE_DAYS[band]} days"
