"""A house as a command opens it: what the clock closes meanwhile is given out, as if the operator had."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import typer

from setfair.cli.clock import command_clock
from setfair.errors import SetfairError
from setfair.house import House, open_house
from setfair.statements.write_day import write_day


@contextmanager
def opened_house(folder: Path, now: str | None) -> Iterator[House]:
    """Open a house for writing; write messages and statements of each day that closes by the clock."""
    with open_house(folder, command_clock(now)) as house:
        try:
            yield house
        except (SetfairError, typer.Exit):
            give_out_closed(house)
            raise
        give_out_closed(house)


def give_out_closed(house: House) -> int:
    """Write the messages and statements of what has closed by the clock; return how many files."""
    days = sorted(house.closed_by_clock)
    house.closed_by_clock.clear()
    return sum(len(write_day(house.query, house.out, day)) for day in days)
