"""`setfair status`, `sql`: what only looks, and starts without the engine."""

from __future__ import annotations

from typing import Annotated, Any

import typer
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.options import AsJson, HouseFolder
from setfair.domain.money import format_amount
from setfair.tables import open_tables

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
