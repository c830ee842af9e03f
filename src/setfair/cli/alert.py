"""`setfair alert`: what screening held, and the decisions of two people."""

from __future__ import annotations

from typing import Annotated

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.clock import command_clock
from setfair.cli.common import console, fail, operational_errors, print_json
from setfair.cli.options import AsJson, HouseFolder, Now
from setfair.domain.codes import Reason, Status
from setfair.house import open_house
from setfair.tables import open_tables

alert_app = typer.Typer(
    help="Show what screening held, and release or refuse it: two different people decide.",
    no_args_is_help=True,
)

Number = Annotated[
    int, typer.Argument(metavar="NUMBER", min=1, max=2**63 - 1, help="Number of the held instruction.")
]
By = Annotated[str, typer.Option("--by", metavar="PERSON", help="Who decides: an officer of the agreement.")]
Why = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why; it goes on record.")]

_OPEN = "SELECT * FROM alert WHERE status = 'PDNG' ORDER BY held_number, hit_number"
_ALL = "SELECT * FROM alert ORDER BY held_number, hit_number"
_DECISIONS = "SELECT * FROM disposition ORDER BY instruction_number"


@alert_app.command("list")
@operational_errors()
def list_(
    house: HouseFolder,
    every: Annotated[bool, typer.Option("--all", help="Also what is decided.")] = False,
    as_json: AsJson = False,
) -> None:
    """List what is held, with what screening found and who has decided so far."""
    with open_tables(house) as tables:
        alerts = tables.query(_ALL if every else _OPEN)
        decisions = tables.query(_DECISIONS)
    by_number: dict[int, list[str]] = {}
    for each in decisions:
        text = f"{each['person']}: {str(each['decision']).lower()} ({each['note']})"
        by_number.setdefault(int(each["held_number"]), []).append(text)
    if as_json:
        print_json([alert | {"decisions": by_number.get(int(alert["held_number"]), [])} for alert in alerts])
        return
    if not alerts:
        console.print("nothing is held")
        return
    names = ("number", "what", "status", "name", "list", "entry", "listed as", "decided")
    table = Table(*names, box=None, padding=(0, 2, 0, 0))
    for alert in alerts:
        decided = "; ".join(by_number.get(int(alert["held_number"]), []))
        table.add_row(
            str(alert["held_number"]),
            alert["subject"],
            alert["status"],
            *(escape(str(alert[name])) for name in ("name", "list_id", "entry_id", "matched_name")),
            escape(decided),
        )
    console.print(table)
    console.print("[dim]--json tells why each of them is a hit[/]")


@alert_app.command()
@operational_errors()
def release(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Decide to release a held instruction; it goes on when a second person decides the same."""
    _decide(house, number, by, reason, release=True, as_json=as_json, now=now)


@alert_app.command()
@operational_errors()
def refuse(
    house: HouseFolder, number: Number, by: By, reason: Why, as_json: AsJson = False, now: Now = None
) -> None:
    """Decide to refuse a held instruction; a second person's decision of either kind makes it final."""
    _decide(house, number, by, reason, release=False, as_json=as_json, now=now)


def _decide(
    house: HouseFolder, number: int, by: str, reason: str, *, release: bool, as_json: bool, now: Now
) -> None:
    with open_house(house, command_clock(now)) as opened:
        outcome = opened.clearing_house.decide_held(number, by, reason, release=release)
        alerts = opened.query("SELECT status FROM alert WHERE held_number = ? LIMIT 1", (number,))
    row = outcome.rows[0]
    if row["status"] != Status.ACSC:
        why = Reason(int(row["reason"]))
        fail(f"the decision does not count: {why.text} [{why.iso}]")
    status = str(alerts[0]["status"])
    if as_json:
        print_json({"number": number, "status": status})
    elif status == Status.PDNG.name:
        console.print(f"{number}: on record; another person decides now")
    else:
        console.print(f"{number}: decided, status {status}")
