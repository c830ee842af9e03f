"""Options and arguments that several commands share."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

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

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Business day; without it today at the house."),
]


def date_given(given: datetime | None) -> date | None:
    """Return the date of the option, or None."""
    return given.date() if given is not None else None
