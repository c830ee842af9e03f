"""`setfair day`: the business day."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from itertools import islice
from typing import Annotated, Any

import typer
from rich.table import Table

from setfair import business_day
from setfair.cli.clock import command_clock
from setfair.cli.common import console, operational_errors, print_json
from setfair.cli.day_extend import extend_app
from setfair.cli.open_house import give_out_closed, opened_house
from setfair.cli.options import AsJson, Currencies, Day, HouseFolder, Now, date_given
from setfair.domain.agreement import Agreement
from setfair.domain.calendar import DayTime, day_time_utc, is_cycle_day, joint_business_days
from setfair.domain.instants import local_date
from setfair.errors import HouseError
from setfair.statements.write_day import write_day
from setfair.tables import open_tables

day_app = typer.Typer(help="Open, cut off, extend and close the business day.", no_args_is_help=True)
day_app.add_typer(extend_app)


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
    with opened_house(house, now) as opened:
        moved = business_day.open_day(opened.clearing_house, date_given(day), currency or ())
    _show(moved, as_json)


@day_app.command()
@operational_errors()
def cutoff(house: HouseFolder, currency: Currencies = None, as_json: AsJson = False, now: Now = None) -> None:
    """Move to the next cut-off: first customers', then institutions', where what still waits is rejected."""
    with opened_house(house, now) as opened:
        moved = business_day.cut_off(opened.clearing_house, currency or ())
    _show(moved, as_json)


@day_app.command()
@operational_errors()
def clock(house: HouseFolder, as_json: AsJson = False, now: Now = None) -> None:
    """Do what time asks for, as every command does first: cut-offs, closings and openings by the clock, and
    the times of payments and links. For a timer.
    """
    with opened_house(house, now) as opened:
        clearing_house = opened.clearing_house
        codes = business_day.currencies_of(clearing_house, ())
        before = {code: business_day.phase_of(clearing_house, code) for code in codes}
        clearing_house.expire_due()
        phases = [(code, business_day.phase_of(clearing_house, code)) for code in codes]
        moved = [(code, phase) for code, phase in phases if phase is not before[code]]
        written = give_out_closed(opened)
    _show(moved, as_json, files=written)


@day_app.command()
@operational_errors()
def close(house: HouseFolder, currency: Currencies = None, as_json: AsJson = False, now: Now = None) -> None:
    """Close the day and write every participant's messages and statements to HOUSE/out."""
    with opened_house(house, now) as opened:
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


_AGREEMENT = "SELECT document FROM agreement ORDER BY version DESC LIMIT 1"


@day_app.command()
@operational_errors()
def calendar(
    house: HouseFolder,
    day: Annotated[
        datetime | None,
        typer.Option("--date", formats=["%Y-%m-%d"], help="First day; else today."),
    ] = None,
    currency: Currencies = None,
    days: Annotated[int, typer.Option("--days", min=1, max=366, help="How many days to show.")] = 5,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Show the next business days that currencies have in common, and when each opens and cuts off, in UTC.

    A link, or a payment against another currency, can settle on these days alone.
    """
    with open_tables(house) as tables:
        found = tables.query(_AGREEMENT)
    if not found:
        raise HouseError("no agreement is in force yet: adopt one first")
    agreement = Agreement.model_validate_json(found[0]["document"])
    known = [rules.code for rules in agreement.currencies]
    chosen = [code for code in known if not currency or code in currency]
    if unknown := set(currency or ()) - set(known):
        raise HouseError(f"{', '.join(sorted(unknown))}: the agreement has {', '.join(known)}")
    first = date_given(day) or local_date(command_clock(now)(), agreement.agreement.time_zone)
    common = islice(joint_business_days(agreement, chosen, first), days)
    shown = [_times(agreement, chosen, each) for each in common]
    if as_json:
        print_json(shown)
        return
    names = ("day", "currency", "opens", "customer cut-off", "interbank cut-off", "closes", "cycles")
    table = Table(*names, box=None)
    for each in shown:
        for code in chosen:
            said = each["times"][code]
            times = [said.get(which.value, "").replace("T", " ")[:16] for which in DayTime]
            table.add_row(each["business_date"], code, *times, ", ".join(each["cycles"]))
    console.print(table)


def _closes(agreement: Agreement, currency: str) -> bool:
    rules = agreement.find_currency_rules(currency)
    return rules is not None and rules.closes is not None


def _times(agreement: Agreement, currencies: Sequence[str], day: date) -> dict[str, Any]:
    """Return what happens on a business day, and when."""
    return {
        "business_date": day.isoformat(),
        "times": {
            code: {
                which.value: day_time_utc(agreement, code, day, which).isoformat()
                for which in DayTime
                if which is not DayTime.CLOSES or _closes(agreement, code)
            }
            for code in currencies
        },
        "cycles": [cycle.name for cycle in agreement.clearing.cycles if is_cycle_day(agreement, cycle, day)],
    }
