"""`setfair status`, `sql`, `report`, `statements`: what only reads, and starts without the engine."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.options import AsJson, Day, HouseFolder, date_given
from setfair.domain.money import format_amount
from setfair.errors import PhaseError
from setfair.report.write import write_report
from setfair.statements.write_day import write_day
from setfair.tables import Tables, open_tables

_ACCOUNTS = """
SELECT a.participant, a.currency, a.decimals, a.role, a.balance_minor, a.credit_line_minor,
       coalesce(q.waiting, 0) AS waiting, coalesce(q.waiting_minor, 0) AS waiting_minor
FROM account a LEFT JOIN (
    SELECT debtor_account, count(*) AS waiting, sum(amount_minor) AS waiting_minor
    FROM payment_row WHERE status = 3 GROUP BY debtor_account
) q ON q.debtor_account = a.account_number
ORDER BY a.currency, a.participant
"""
_PHASES = """
SELECT p.currency, p.phase, p.business_date FROM phase_change p JOIN (
    SELECT currency, max(record_number) AS last FROM phase_change GROUP BY currency
) l ON l.last = p.record_number ORDER BY p.currency
"""
_COUNTS = "SELECT status, count(*) AS payments FROM payment GROUP BY status ORDER BY status"


@operational_errors()
def status(house: HouseFolder, as_json: AsJson = False) -> None:
    """Show phases, balances and what waits."""
    with open_tables(house) as tables:
        accounts, phases = tables.query(_ACCOUNTS), tables.query(_PHASES)
        counts, page = tables.query(_COUNTS), tables.page_number
    if as_json:
        print_json({"page": page, "phases": phases, "payments": counts, "accounts": accounts})
        return
    for phase in phases:
        words = str(phase["phase"]).lower().replace("_", " ")
        console.print(f"[bold]{phase['currency']}[/]  {words}  {phase['business_date']}")
    console.print(", ".join(f"{row['payments']:,} {row['status']}" for row in counts) or "no payments yet")
    table = Table(box=None, padding=(0, 3, 0, 0))
    for name in ("account", "balance", "credit line", "waiting", "value waiting"):
        table.add_column(name, justify="left" if name == "account" else "right")
    for row in accounts:
        decimals, waiting = int(row["decimals"]), int(row["waiting"])
        is_agent = row["role"] == "settlement agent"
        table.add_row(
            f"{row['participant']} {row['currency']}",
            _amount(row, "balance", decimals),
            "settlement agent" if is_agent else _amount(row, "credit_line", decimals),
            f"{waiting:,}" if waiting else "",
            _amount(row, "waiting", decimals) if waiting else "",
        )
    console.print(table)


def _amount(row: dict[str, Any], name: str, decimals: int) -> str:
    return with_separators(format_amount(int(row[f"{name}_minor"]), decimals))


@operational_errors()
def sql(
    house: HouseFolder,
    statement: Annotated[str, typer.Argument(metavar="QUERY", help="One SELECT; see docs/schema.md.")],
    as_json: AsJson = False,
) -> None:
    """Run one query over the tables."""
    with open_tables(house) as tables:
        rows = [_shown(row) for row in tables.query(statement)]
    if as_json:
        print_json(rows)
        return
    table = Table(box=None, padding=(0, 2, 0, 0))
    for name in rows[0] if rows else []:
        table.add_column(name)
    for row in rows:
        table.add_row(*(escape(str(value)) for value in row.values()))
    console.print(table)
    console.print(f"[dim]{len(rows):,} rows[/]")


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with bytes (a UETR, a page) as hexadecimal text."""
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}


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
