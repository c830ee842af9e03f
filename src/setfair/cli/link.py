"""`setfair link`: payments that settle all or none, what they need, and their latest times."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.domain.money import format_amount
from setfair.tables import open_tables

link_app = typer.Typer(
    help="Show links (payments that settle all or none), and what they need.", no_args_is_help=True
)

_LINKS = "SELECT * FROM link ORDER BY first_payment_number"
_LEGS = "SELECT * FROM leg ORDER BY payment_number"
_PAY_IN = "SELECT * FROM pay_in ORDER BY participant, currency"
_WAITING = ("pending", "matched")


@link_app.command("list")
@operational_errors()
def list_(
    house: HouseFolder,
    every: Annotated[bool, typer.Option("--all", help="Also what is settled or over.")] = False,
    as_json: AsJson = False,
) -> None:
    """List links that wait, with their legs: pending until all legs have come, then matched."""
    with open_tables(house) as tables:
        links, legs = tables.query(_LINKS), tables.query(_LEGS)
    shown = [link for link in links if every or link["state"] in _WAITING]
    for link in shown:
        link["payments"] = [leg for leg in legs if leg["link_key"] == link["link_key"]]
    if as_json:
        print_json(shown)
        return
    if not shown:
        console.print("no link waits")
        return
    names = ("link", "state", "legs", "until", "leg", "pays", "is paid", "amount", "status", "why")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for link in shown:
        state = f"{link['state']}, held" if link["held"] else link["state"]
        about = (escape(link["link"]), state, f"{link['present']} of {link['legs']}", link["until_utc"])
        for place, leg in enumerate(link["payments"]):
            table.add_row(*(about if place == 0 else ("",) * len(about)), *_leg(leg))
    console.print(table)


def _leg(leg: dict[str, Any]) -> tuple[str, ...]:
    amount = with_separators(format_amount(int(leg["amount_minor"]), int(leg["decimals"])))
    return (
        str(leg["payment_number"]),
        leg["debtor_participant"],
        leg["creditor_participant"],
        f"{amount} {leg['currency']}",
        leg["status"],
        escape(leg["reason_text"]),
    )


@link_app.command("pay-in")
@operational_errors()
def pay_in(house: HouseFolder, as_json: AsJson = False) -> None:
    """Show what each participant needs, net by currency, for all matched links to settle."""
    with open_tables(house) as tables:
        rows = tables.query(_PAY_IN)
    if as_json:
        print_json(rows)
        return
    if not rows:
        console.print("no matched link waits")
        return
    columns = ("owes", "owed", "pay_in", "pay_out", "available", "lacks")
    table = Table(box=None, padding=(0, 3, 0, 0))
    for name in ("account", *columns):
        table.add_column(name.replace("_", " "), justify="left" if name == "account" else "right")
    for row in rows:
        amounts = (format_amount(int(row[f"{name}_minor"]), int(row["decimals"])) for name in columns)
        table.add_row(f"{row['participant']} {row['currency']}", *map(with_separators, amounts))
    console.print(table)


@link_app.command()
@operational_errors()
def expire(house: HouseFolder, as_json: AsJson = False, now: Now = None) -> None:
    """Reject links and payments at their latest time, let in payments at their earliest; every other command
    that changes a house does it too.
    """
    with opened_house(house, now) as opened:
        outcome = opened.clearing_house.expire_due()
    ended = int(outcome.page.records[0]["amount"]) if outcome is not None and outcome.page is not None else 0
    if as_json:
        print_json({"expired": ended})
    else:
        console.print(f"{ended} expired" if ended else "nothing has expired")
