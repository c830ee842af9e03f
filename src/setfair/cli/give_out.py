"""`setfair report`, `statements`: what is given out of a business day, written from the tables."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from setfair.cli.common import console, operational_errors, print_json
from setfair.cli.options import AsJson, Day, HouseFolder, date_given
from setfair.errors import PhaseError
from setfair.statements.write_day import write_day
from setfair.tables import Tables, open_tables


@operational_errors()
def report(
    house: HouseFolder,
    out: Annotated[
        Path | None, typer.Option("--out", metavar="FILE", help="Where to; else HOUSE/out/DATE/report.html.")
    ] = None,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Business day; else the last.")
    ] = None,
) -> None:
    """Write the day's report: one HTML file that needs no network."""
    from setfair.report.write import write_report  # draws curves of set-off, so it waits for the engine

    with open_tables(house) as tables:
        path = write_report(tables.query, out or house / "out", day.date() if day else None)
    console.print(f"report: {path}")


@operational_errors()
def statements(house: HouseFolder, day: Day = None, as_json: AsJson = False) -> None:
    """Write the messages and statements of a business day again; the same day gives the same bytes."""
    with open_tables(house) as tables:
        chosen = date_given(day) or _last_day(tables)
        written = len(write_day(tables.query, house / "out", chosen))
    if as_json:
        print_json({"business_date": chosen.isoformat(), "files": written, "out": str(house / "out")})
    else:
        console.print(f"{written:,} files for {chosen} in {house / 'out' / chosen.isoformat()}")


def _last_day(tables: Tables) -> date:
    found = str(tables.query("SELECT coalesce(max(business_date), '') AS day FROM phase_change")[0]["day"])
    if not found:
        raise PhaseError("no business day has been opened yet")
    return date.fromisoformat(found)
