"""What `setfair clear` says: totals of each currency, what was left out, and what a verification found."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from rich.console import Console
from rich.markup import escape
from rich.table import Table

from setfair.cli.common import console, error_console
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
_HEADINGS_ACROSS = {
    "currency": "currency",
    "obligations": "obligations",
    "gross": "gross",
    "cleared": "cleared",
    "cleared_alone": "cleared alone",
    "remaining": "remaining",
}
"""The same for a run across currencies."""


def summarize(table: ObligationTable, seconds: float) -> dict[str, object]:
    """Return how many rows there were and what was left out, for machines."""
    return {
        "obligations": len(table.rows),
        "left_out": table.left_out,
        "left_out_rows": [_left_out(each) for each in table.list_left_out(LEFT_OUT_LISTED_MAX)],
        "seconds": round(seconds, 3),
    }


def _left_out(left_out: LeftOut) -> dict[str, object]:
    return {
        "row": left_out.row,
        "line": left_out.line,
        "obligation_id": left_out.obligation_id,
        "reason": left_out.reason.name,
        "iso": left_out.reason.iso,
        "text": left_out.text,
    }


def show_cleared(summary: Mapping[str, Any]) -> None:
    """Print the summary for people, and what was left out to standard error."""
    across = summary.get("across")
    headings = _HEADINGS if across is None else _HEADINGS_ACROSS
    grid = Table(box=None, pad_edge=False)
    for name, heading in headings.items():
        grid.add_column(heading, justify="left" if name == "currency" else "right", no_wrap=True)
    for row in summary["currencies"]:
        grid.add_row(*(str(row[name]) for name in headings))
    wide = Console(file=console.file, width=max(console.width, 120), highlight=False)
    wide.print(grid)
    for words in [*_across_words(across), *_words(summary["currencies"])]:
        console.print(escape(words), soft_wrap=True)
    for row in summary["left_out_rows"][:LEFT_OUT_SHOWN_MAX]:
        where = f"line {row['line']}" if row["line"] is not None else f"row {row['row']}"
        said = f"{where}, {row['obligation_id']!r}: {row['text']} [{row['iso']} {row['reason']}]"
        error_console.print(f"[yellow]left out[/yellow] {escape(said)}")
    if int(summary["left_out"]) > LEFT_OUT_SHOWN_MAX:
        error_console.print(f"{summary['left_out']} rows were left out; --json lists them")
    for place in summary["written"].values():
        console.print(escape(f"{place}: written"), soft_wrap=True)
    console.print(f"{summary['seconds']} s in all")


def _words(currencies: list[dict[str, Any]]) -> Iterator[str]:
    """Yield what was chosen, what money did, and what is proven, currency by currency."""
    # The first two sentences are about the objective, and the same for all currencies.
    common = [each for row in currencies[:1] for each in row.get("words", ())[:2]]
    yield from common
    for row in currencies:
        code = row["currency"]
        yield from (f"{code}: {words}" for words in row.get("words", ()) if words not in common)
        for age in row.get("ages", ()):
            yield f"{code}, {age['class']}: {age['cleared']} of {age['gross']} is cancelled."
        if "money_used" in row:
            yield (
                f"{code}: {row['money_used']} of {row['money_offered']} put in is used; without money"
                f" {row['cleared_without_money']} cancels."
            )
            yield from (
                f"{code}: {each['funder']} puts in {each['put_in']} of {each['offered']}."
                for each in row["funders"][:LEFT_OUT_SHOWN_MAX]
            )
            if row["each_unit_discharged"] is not None:
                yield f"{code}: each unit of money discharged {row['each_unit_discharged']} of further debt."


def _across_words(across: Mapping[str, Any] | None) -> Iterator[str]:
    """Yield what the fixing was worth, what rounding left, and at which rates."""
    if across is None:
        return
    unit = across["unit"]
    yield from across["words"]
    yield (
        f"Worth {across['cleared_value']} {unit} of {across['gross_value']} is cleared; each currency alone:"
        f" {across['cleared_alone_value']}; the fixing cancels {across['more_than_alone_value']} more."
    )
    rounding = across["rounding"]
    yield (
        f"Rounding account: {rounding['entries']} entries, {rounding['posted']} {unit} in all, the largest"
        f" {rounding['largest_entry']}; no party's rounding is more than {rounding['largest_bound']}."
    )
    for rate in across["fixing"]:
        quoted = f"{rate['currency']} for one {unit}"
        if rate["quoted"] == "unit_per_currency":
            quoted = f"{unit} for one {rate['currency']}"
        yield f"Rate: {rate['rate']} {quoted}, {rate['source']}, {rate['time_utc']}"


def show_verdict(verdict: Verdict, summary: Mapping[str, object]) -> None:
    """Print what holds, and to standard error what does not."""
    for words in verdict.checked:
        console.print(f"[green]holds[/green] {escape(words)}", soft_wrap=True)
    if verdict.refusal is not None:
        error_console.print(f"[bold red]refused[/bold red] {escape(verdict.refusal)}")
        return
    console.print(f"proven in {summary['seconds']} s")
