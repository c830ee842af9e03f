"""`setfair day`: the business day, and `setfair statements`."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated

import typer

from setfair import business_day
from setfair.cli.clock import command_clock
from setfair.cli.common import console, operational_errors, print_json
from setfair.cli.options import AsJson, Currencies, HouseFolder, Now
from setfair.errors import PhaseError
from setfair.house import Tables, open_house, open_tables
from setfair.statements.write_day import write_day

day_app = typer.Typer(help="Open, cut off and close the business day.", no_args_is_help=True)

Day = Annotated[
    datetime | None,
    typer.Option("--date", formats=["%Y-%m-%d"], help="Business day; without it today at the house."),
]


def date_given(given: datetime | None) -> date | None:
    """Return the date of the option, or None."""
    return given.date() if given is not None else None


def _show(moved: business_day.Moved, as_json: bool, **more: object) -> None:
    if as_json:
        print_json({"phases": {code: phase.name for code, phase in moved}, **more})
        return
    for code, phase in moved:
        console.print(f"{code}  {phase.name.lower().replace('_', ' ')}")


@day_app.command("open")
@operational_errors()
def open_(
    house: HouseFolder, day: Day = None, currency: Currencies = None, as_json: AsJson = False, now: Now = None
) -> None:
    """Open the business day, for every currency that settles on it."""
    with open_house(house, command_clock(now)) as opened:
        moved = business_day.open_day(opened.clearing_house, date_given(day), currency or ())
    _show(moved, as_json)


@day_app.command()
@operational_errors()
def cutoff(house: HouseFolder, currency: Currencies = None, as_json: AsJson = False, now: Now = None) -> None:
    """Move to the next cut-off: first customers', then institutions', where what still waits is rejected."""
    with open_house(house, command_clock(now)) as opened:
        moved = business_day.cut_off(opened.clearing_house, currency or ())
    _show(moved, as_json)


@day_app.command()
@operational_errors()
def close(house: HouseFolder, currency: Currencies = None, as_json: AsJson = False, now: Now = None) -> None:
    """Close the day and write every participant's messages and statements to HOUSE/out."""
    with open_house(house, command_clock(now)) as opened:
        days = {
            business_day.business_date_of(opened.clearing_house, code)
            for code in business_day.currencies_of(opened.clearing_house, currency or ())
        }
        moved = business_day.close_day(opened.clearing_house, currency or ())
        opened.clearing_house.checkpoint()
        written = sum(len(write_day(opened.query, opened.out, day)) for day in sorted(filter(None, days)))
    _show(moved, as_json, files=written, out=str(house / "out"))
    if not as_json:
        console.print(f"{written:,} files for participants in {house / 'out'}")


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


def with_separators(amount: str) -> str:
    """Put a comma between thousands of a decimal number."""
    whole, point, fraction = amount.partition(".")
    return f"{int(whole):,}{point}{fraction}" if whole not in ("-0",) else amount
