"""`setfair day`: the business day."""

from __future__ import annotations

import typer

from setfair import business_day
from setfair.cli.clock import command_clock
from setfair.cli.common import console, operational_errors, print_json
from setfair.cli.options import AsJson, Currencies, Day, HouseFolder, Now, date_given
from setfair.house import open_house
from setfair.statements.write_day import write_day

day_app = typer.Typer(help="Open, cut off and close the business day.", no_args_is_help=True)


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
