"""`setfair report`, `statements`: what is given out of a business day, written from the tables."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from pathlib import Path
from typing import Annotated

import typer

from setfair.cli.common import console, operational_errors, print_json
from setfair.cli.options import AsJson, Day, HouseFolder, date_given
from setfair.errors import HouseError, PhaseError
from setfair.statements.messages import QuittanceOf
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
def statements(
    house: HouseFolder,
    day: Day = None,
    quittances_for: Annotated[
        list[str] | None,
        typer.Option(
            "--quittances-for", metavar="ID", help="Attach quittances to its pacs.002; may be given again."
        ),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Write the messages and statements of a business day again; the same day gives the same bytes.
    `setfair verify` checks the quittances in a pacs.002.
    """
    with open_tables(house) as tables:
        chosen = date_given(day) or _last_day(tables)
        quittances = _quittances(tables, quittances_for) if quittances_for else None
        written = len(write_day(tables.query, house / "out", chosen, quittances=quittances))
    if as_json:
        print_json({"business_date": chosen.isoformat(), "files": written, "out": str(house / "out")})
    else:
        console.print(f"{written:,} files for {chosen} in {house / 'out' / chosen.isoformat()}")


def _quittances(tables: Tables, asking: Sequence[str]) -> QuittanceOf:
    """Return what makes quittances for these participants, and for nobody else."""
    from setfair.prove.quittance import Quittances  # reads pages, which the other messages do not

    known = {row["participant"] for row in tables.query("SELECT participant FROM participant")}
    unknown = sorted(set(asking) - known)
    if unknown:
        raise HouseError(f"{', '.join(unknown)}: no participant of this house has that id")
    made = Quittances(tables.query)

    def quittance_of(sender: str, number: int) -> str:
        found = made.of_payment(sender, number) if sender in asking else None
        return found.to_json().decode() if found is not None else ""

    return quittance_of


def _last_day(tables: Tables) -> date:
    found = str(tables.query("SELECT coalesce(max(business_date), '') AS day FROM phase_change")[0]["day"])
    if not found:
        raise PhaseError("no business day has been opened yet")
    return date.fromisoformat(found)
