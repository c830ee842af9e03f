"""`setfair cycle`: set-off and netting of what is due; `setfair positions`: who is on which side of it.

With `--fixing` the currencies are set off together (`cycle_across` shows it).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from setfair import business_day
from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.cycle_across import read_across, show_across
from setfair.cli.cycle_choice import (
    CycleObjective,
    Keep,
    Minimum,
    PartyMaximum,
    Wanted,
    chooser,
    read_choices,
    show_choices,
)
from setfair.cli.cycle_money import LIQUIDITY_HELP, read_money, show_money
from setfair.cli.open_house import opened_house
from setfair.cli.options import AsJson, Currencies, Day, HouseFolder, Now, date_given
from setfair.domain.codes import Reason
from setfair.domain.money import format_amount
from setfair.domain.party_amount import PartyAmount
from setfair.errors import SetfairError
from setfair.formats.party_amounts import read_liquidity
from setfair.formats.rates import read_rates
from setfair.tables import open_tables

Row = dict[str, Any]

_CYCLES = "SELECT * FROM cycle WHERE page_number > ? ORDER BY cycle_number"
_PARTS = {
    "net_positions": "SELECT * FROM net_position WHERE page_number > ? ORDER BY record_number",
    "left_due": "SELECT * FROM left_due WHERE page_number > ? ORDER BY record_number",
    "legs": "SELECT * FROM netting_leg WHERE page_number > ? ORDER BY record_number",
}
"""What a netting adds to its cycle, by name."""
_POSITIONS = "SELECT * FROM structural_position ORDER BY currency, account_number"
_HISTORY = """
SELECT p.account_number, p.cycle_number, p.time_utc, p.net_minor, p.balance_after_minor, p.swing_used_minor,
       p.outcome, p.rule
FROM net_position p JOIN (
    SELECT cycle_number, row_number() OVER (PARTITION BY currency ORDER BY cycle_number DESC) AS age
    FROM netting WHERE rounds > 0) r USING (cycle_number)
WHERE p.outcome <> 'computed again' AND r.age <= ? ORDER BY p.account_number, p.record_number
"""


@operational_errors()
def cycle(
    house: HouseFolder,
    *,
    day: Day = None,
    currency: Currencies = None,
    fixing: Annotated[
        Path | None,
        typer.Option("--fixing", metavar="FILE", help="Set off all currencies together at these rates, CSV."),
    ] = None,
    liquidity: Annotated[
        Path | None,
        typer.Option("--liquidity", metavar="FILE", help=LIQUIDITY_HELP),
    ] = None,
    objective: CycleObjective = None,
    keep: Keep = None,
    minimum: Minimum = None,
    party_maximum: PartyMaximum = None,
    as_json: AsJson = False,
    now: Now = None,
) -> None:
    """Set off the obligations that are due, currency by currency; net what remains where that is agreed."""
    rates = read_rates(fixing) if fixing is not None else None
    wanted = Wanted(objective, keep, minimum, party_maximum)
    money = _read_money_table(liquidity, is_plain=rates is None and wanted == Wanted())
    with opened_house(house, now) as opened:
        before = opened.clearing_house.state.page_number
        agreed = business_day.agreement_of(opened.clearing_house).clearing.objectives[0]
        chosen = (currency or (), date_given(day), chooser(wanted, opened.query, agreed))
        if rates is None:
            business_day.run_cycles(opened.clearing_house, *chosen, money)
        else:
            business_day.run_across_cycle(opened.clearing_house, rates, *chosen)
        cycles = opened.query(_CYCLES, (before,))
        parts = {name: opened.query(sql, (before,)) for name, sql in _PARTS.items()}
        across = read_across(opened.query, before)
        choices = read_choices(opened.query, before)
        funded = read_money(opened.query, before)
    for row in cycles:
        row["choice"] = next((one for one in choices if one["cycle_number"] == row["cycle_number"]), None)
        row["money"] = funded.get(int(row["cycle_number"]))
        for name, rows in parts.items():
            row[name] = [part for part in rows if part["cycle_number"] == row["cycle_number"]]
    if as_json:
        print_json(cycles if rates is None else {"cycles": cycles, "across": across})
        return
    _show_cycles(cycles)
    show_choices([] if rates is not None else choices)
    show_across(across)
    for row in cycles:
        if row["money"] is not None:
            show_money(row["money"])
        _show_netting(row)


def _read_money_table(path: Path | None, *, is_plain: bool) -> tuple[PartyAmount, ...] | None:
    """Read a table of money; SetfairError beside what it does not go with."""
    if path is None:
        return None
    if not is_plain:
        raise SetfairError(
            "--liquidity goes with cycles of one currency for the most value: leave out --fixing, objective "
            "and limits, or the money"
        )
    return read_liquidity(path)


def _amounts(row: Row, *names: str) -> list[str]:
    """Return amounts as people read them."""
    return [with_separators(format_amount(int(row[name]), int(row["decimals"]))) for name in names]


def _table(left: Sequence[str], right: Iterable[str]) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0))
    for name in left:
        table.add_column(name)
    for name in right:
        table.add_column(name, justify="right")
    return table


def _show_cycles(cycles: list[Row]) -> None:
    """Show what set-off did, one line a currency."""
    names = ("obligations", "parties", "gross", "set off", "remaining", "net debit", "share")
    table = _table(["currency"], names)
    for row in cycles:
        gross, cleared = int(row["gross_minor"]), int(row["cleared_minor"])
        left = with_separators(format_amount(gross - cleared, int(row["decimals"])))
        table.add_row(
            str(row["currency"]),
            f"{row['obligations']:,}",
            f"{row['parties']:,}",
            *_amounts(row, "gross_minor", "cleared_minor"),
            left,
            *_amounts(row, "net_debit_minor"),
            f"{100 * cleared / gross:.1f} %" if gross else "-",
        )
    console.print(table)


def _show_netting(cycle_row: Row) -> None:
    """Show the net positions of one cycle, and who was left out and whom that concerns."""
    if not cycle_row["net_positions"]:
        return
    netted, paid, stays = _amounts(cycle_row, "netted_minor", "paid_minor", "remaining_minor")
    rounds = "1 round" if cycle_row["rounds"] == 1 else f"{cycle_row['rounds']} rounds"
    said = f"{netted} netted by {len(cycle_row['legs'])} payments of {paid}, {stays} stays due; {rounds}"
    console.print(f"\n{cycle_row['currency']}: {said}")
    table = _table(["participant", "round"], ["is owed", "owes", "net", "balance after", "lacked", ""])
    for row in cycle_row["net_positions"]:
        if row["outcome"] == "computed again":
            continue
        cells = _amounts(row, "owed_minor", "owes_minor", "net_minor", "balance_after_minor")
        lacked = _amounts(row, "lacked_minor") if row["outcome"] == "left out" else [""]
        table.add_row(row["participant"], str(row["round"]), *cells, *lacked, row["outcome"])
    console.print(table)
    for row in cycle_row["net_positions"]:
        if row["outcome"] == "left out":
            _show_left_out(row, cycle_row["left_due"])


def _show_left_out(position: Row, left_due: list[Row]) -> None:
    reason = Reason[position["rule"]]
    said = (
        f"{position['participant']} was left out in round {position['round']}: {reason.name} ({reason.text})"
    )
    console.print(f"[yellow]{escape(said)}[/yellow]")
    for row in left_due:
        if row["left_out_account"] == position["account_number"]:
            owes, owed = _amounts(row, "owes_minor", "owed_minor")
            whom = row["affected_participant"] or "parties without an account"
            stay = (
                "1 obligation stays"
                if row["obligations"] == 1
                else f"{row['obligations']:,} obligations stay"
            )
            console.print(escape(f"  {whom}: {stay} due: {owes} to it, {owed} from it"))


@operational_errors()
def positions(
    house: HouseFolder,
    cycles: Annotated[int, typer.Option("--cycles", min=1, help="How many cycles back.")] = 5,
    as_json: AsJson = False,
) -> None:
    """Show net positions over the last cycles, structural debtors and creditors, and use of credit lines."""
    with open_tables(house) as tables:
        rows = tables.query(_POSITIONS)
        history = tables.query(_HISTORY, (cycles,))
    for row in rows:
        row["last"] = [one for one in history if one["account_number"] == row["account_number"]]
    if as_json:
        print_json(rows)
        return
    _show_positions([row for row in rows if row["cycles"] or row["swing_used_minor"]])


def _show_positions(rows: list[Row]) -> None:
    """Show accounts that had a position or use their credit line, the newest net positions last."""
    if not rows:
        console.print("no account has had a net position yet, and none uses its credit line")
        return
    names = ["debtor", "creditor", "left out", "of", "credit line", "used", "net positions"]
    table = _table(["participant", "currency"], names)
    table.add_column("", no_wrap=True)
    for row in rows:
        nets = [with_separators(format_amount(one["net_minor"], row["decimals"])) for one in row["last"]]
        table.add_row(
            row["participant"],
            row["currency"],
            *(str(row[name]) for name in ("debtor_cycles", "creditor_cycles", "left_out_cycles", "cycles")),
            *_amounts(row, "credit_line_minor"),
            f"{row['swing_percent']} %",
            "  ".join(nets),
            ", ".join(word for word in (row["structure"], row["asked_for"]) if word),
        )
    console.print(table)
