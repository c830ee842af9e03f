"""Options and arguments that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from setfair.errors import HouseError

if TYPE_CHECKING:
    from setfair.intake.directory import Directory

HouseFolder = Annotated[Path, typer.Argument(metavar="HOUSE", help="Folder of the house.")]
AsJson = Annotated[bool, typer.Option("--json", help="Print JSON for machines.")]
Now = Annotated[
    str | None,
    typer.Option(
        "--now",
        metavar="TIME",
        help="Rehearsals: the time to use instead of the clock's, with its zone. Also SETFAIR_NOW.",
    ),
]
Currencies = Annotated[
    list[str] | None,
    typer.Option("--currency", metavar="CODE", help="Only this currency; may be given again."),
]

By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who says so: a user of the agreement.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it goes on record.")]

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Business day; without it today."),
]


def date_given(given: datetime | None) -> date | None:
    """Return the date of the option, or None."""
    return given.date() if given is not None else None


def participant_asked(directory: Directory, given: str | None) -> str | None:
    """Return the id of the participant that an option names, or None without one.

    Raises
    ------
    HouseError
        If the house has none of this name.
    """
    if given is None:
        return None
    found = directory.participant_named(given)
    if not found:
        raise HouseError(f"{given} is no participant of this house")
    return found
