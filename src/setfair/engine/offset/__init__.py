"""Offsetting."""

from setfair.engine.offset.given import ALL_OTHERS, GROSS_MAX, NO_LINK, Accounts, Limits, Queue
from setfair.engine.offset.run import WORK_DEFAULT, Discipline, Offset, offset

__all__ = [
    "ALL_OTHERS",
    "GROSS_MAX",
    "NO_LINK",
    "WORK_DEFAULT",
    "Accounts",
    "Discipline",
    "Limits",
    "Offset",
    "Queue",
    "offset",
]
