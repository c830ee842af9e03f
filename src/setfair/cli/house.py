"""`setfair init`, `adopt` and `rebuild`: a house, its agreement and its tables."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer
from rich.markup import escape
from rich.progress import Progress

from setfair.cli.clock import command_clock
from setfair.cli.common import console, error_console, operational_errors, print_json
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.house import adopt_version, init_house

AgreementFile = Annotated[
    Path, typer.Option("--agreement", metavar="FILE", help="The signed agreement, a TOML file.")
]


@operational_errors()
def init(house: HouseFolder, agreement: AgreementFile, as_json: AsJson = False, now: Now = None) -> None:
    """Make a house: a folder with its database, its keys and its screening lists."""
    adopted, public_key = init_house(house, agreement, command_clock(now))
    header = adopted.agreement
    if as_json:
        print_json(
            {"house": str(house), "agreement": header.id, "version": header.version, "key": public_key}
        )
        return
    console.print(f"[bold]{escape(header.name)}[/] is ready in {house}")
    console.print(f"agreement {header.id} version {header.version} is in force; public key {public_key}")


@operational_errors()
def adopt(house: HouseFolder, agreement: AgreementFile, now: Now = None) -> None:
    """Put a new signed version of the agreement into force."""
    with opened_house(house, now) as opened:
        header = adopt_version(opened, agreement).agreement
    console.print(f"agreement {header.id} version {header.version} is in force")


@operational_errors()
def rebuild(house: HouseFolder, as_json: AsJson = False, now: Now = None) -> None:
    """Delete every projected table and make it again from the pages."""
    with opened_house(house, now) as opened:
        pages = opened.clearing_house.state.page_number
        progress = Progress(console=error_console, transient=True, disable=not error_console.is_terminal)
        with progress:
            task = progress.add_task("rebuilding", total=pages)
            opened.rebuild(lambda page: progress.update(task, completed=page))
        records = opened.clearing_house.state.record_count
    if as_json:
        print_json({"pages": pages, "records": records})
    else:
        console.print(f"rebuilt the tables from {pages:,} pages with {records:,} records")
