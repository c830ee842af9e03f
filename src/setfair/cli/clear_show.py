"""What `setfair clear` says: totals of each currency, what was left out, and what a verification found."""

from __future__ import annotations

from collections.abc import Sequence

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, error_console
from setfair.set_off_table.clear import CurrencyResult
from setfair.set_off_table.read import LeftOut, ObligationTable
from setfair.verify.verdict import Verdict

LEFT_OUT_SHOWN_MAX = 20
"""Rows left out that are listed for people; JSON lists up to `LEFT_OUT_LISTED_MAX`."""
LEFT_OUT_LISTED_MAX = 10_000

_HEADINGS = {
    "currency": "currency",
    "obligations": "obligations",
    "parties": "parties",
    "gross": "gross",
    "cleared": "cleared",
    "cleared_percent": "%",
    "remaining": "remaining",
    "net_debit": "net debit",
    "seconds": "s",
}
"""Columns of the totals, and what stands above them."""


def summarize(table: ObligationTable, results: Sequence[CurrencyResult], seconds: float) -> dict[str, object]:
    """Return what became of a table, for machines."""
    return {
        "obligations": len(table.rows),
        "left_out": table.left_out,
        "left_out_rows": [_left_out(each) for each in table.list_left_out(LEFT_OUT_LISTED_MAX)],
        "currencies": [part.summary() for part in results],
        "seconds": round(seconds, 3),
    }


def _left_out(left_out: LeftOut) -> dict[str, object]:
    return {
        "row": left_out.row,
        "obligation_id": left_out.obligation_id,
        "reason": left_out.reason.name,
        "iso": left_out.reason.iso,
        "text": left_out.text,
    }


def show_cleared(summary: dict[str, object]) -> None:
    """Print the summary for people, and what was left out to standard error."""
    currencies: list[dict[str, object]] = summary["currencies"]  # type: ignore[assignment]
    left_out: list[dict[str, object]] = summary["left_out_rows"]  # type: ignore[assignment]
    grid = Table(box=None, pad_edge=False)
    for name, heading in _HEADINGS.items():
        grid.add_column(heading, justify="left" if name == "currency" else "right", no_wrap=True)
    for row in currencies:
        grid.add_row(*(str(row[name]) for name in _HEADINGS))
    wide = Console(file=console.file, width=max(console.width, 120), highlight=False)
    wide.print(grid)
    for row in left_out[:LEFT_OUT_SHOWN_MAX]:
        said = f"row {row['row']}, {row['obligation_id']!r}: {row['text']} [{row['iso']} {row['reason']}]"
        error_console.print(f"[yellow]left out[/yellow] {escape(said)}")
    if int(str(summary["left_out"])) > LEFT_OUT_SHOWN_MAX:
        error_console.print(f"{summary['left_out']} rows were left out; --json lists them")
    for name in ("certificate", "out"):
        if name in summary:
            console.print(escape(f"{summary[name]}: written"), soft_wrap=True)
    console.print(f"{summary['seconds']} s in all")


def show_verdict(verdict: Verdict, summary: dict[str, object]) -> None:
    """Print what holds, and to standard error what does not."""
    for words in verdict.checked:
        console.print(f"[green]holds[/green] {escape(words)}", soft_wrap=True)
    if verdict.refusal is not None:
        error_console.print(f"[bold red]refused[/bold red] {escape(verdict.refusal)}")
        return
    console.print(f"proven in {summary['seconds']} s")
