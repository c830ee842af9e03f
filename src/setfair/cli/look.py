"""`setfair status`, `sql`: what only looks, and starts without the engine."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Annotated, Any

import typer
from rich.cells import cell_len
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.options import AsJson, HouseFolder
from setfair.domain.money import format_amount
from setfair.tables import open_tables

_GAP = 2
"""Columns between two columns of a table."""

_ACCOUNTS = """
SELECT a.participant, a.currency, a.decimals, a.role, a.balance_minor, a.credit_line_minor,
       coalesce(q.waiting, 0) AS waiting, coalesce(q.waiting_minor, 0) AS waiting_minor
FROM account a LEFT JOIN (
    SELECT debtor_account, count(*) AS waiting, sum(amount_minor) AS waiting_minor
    FROM main.payment_row WHERE status = 3 GROUP BY debtor_account
) q ON q.debtor_account = a.account_number
ORDER BY a.currency, a.participant
"""
_PHASES = """
SELECT p.currency, p.phase, p.business_date FROM phase_change p JOIN (
    SELECT currency, max(record_number) AS last FROM phase_change GROUP BY currency
) l ON l.last = p.record_number ORDER BY p.currency
"""
_COUNTS = """
SELECT s.name AS status, n.payments FROM (
    SELECT status, count(*) AS payments FROM payment_row GROUP BY status
) n JOIN code s ON s.family = 'status' AND s.code = n.status ORDER BY s.name
"""


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
    texts = [{name: _text(value) for name, value in row.items()} for row in rows]
    if sum(_width(name, texts) + _GAP for name in _names(rows)) <= console.width:
        _print_table(rows, texts)
    else:
        _print_records(texts)
    console.print(f"[dim]{len(rows):,} row{'s' * (len(rows) != 1)}[/]")


def _width(name: str, texts: list[dict[str, str]]) -> int:
    return max(map(cell_len, (name, *(row[name] for row in texts))))


def _print_table(rows: list[dict[str, Any]], texts: list[dict[str, str]]) -> None:
    """Print a line a row, numbers to the right."""
    table = Table(box=None, padding=(0, _GAP, 0, 0))
    for name in _names(rows):
        is_number = all(isinstance(row[name], int | float | None) for row in rows)
        table.add_column(name, justify="right" if is_number else "left")
    for row in texts:
        table.add_row(*map(escape, row.values()))
    console.print(table)


def _print_records(texts: list[dict[str, str]]) -> None:
    """Print a line a column: the rows are wider than the screen."""
    width = max(map(len, _names(texts)))
    for number, row in enumerate(texts, 1):
        console.print(f"[dim]row {number:,}[/]")
        for name, text in row.items():
            console.print(f"  {name:{width}}  {escape(text)}", soft_wrap=True)


def _names(rows: Sequence[dict[str, Any]]) -> list[str]:
    return list(rows[0]) if rows else []


def _text(value: object) -> str:
    return "" if value is None else str(value)


def _shown(row: dict[str, Any]) -> dict[str, Any]:
    """Return a row with bytes (a UETR, a page) as hexadecimal text."""
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
