"""Options and arguments that several commands share."""

from __future__ import annotations

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
