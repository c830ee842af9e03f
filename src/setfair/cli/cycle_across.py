"""What a cycle across currencies did, as `setfair cycle --fixing` shows it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rich.markup import escape

from setfair.cli.common import console, with_separators
from setfair.domain.money import format_amount

Row = dict[str, Any]

_RUNS = "SELECT * FROM across_cycle WHERE page_number > ? ORDER BY cycle_number"
_PARTS = {
    "rates": "SELECT * FROM fixing_rate WHERE page_number > ? ORDER BY currency",
    "exchanges": "SELECT * FROM exchange WHERE page_number > ? ORDER BY record_number",
    "entries": "SELECT * FROM rounding_entry WHERE page_number > ? ORDER BY record_number",
}


def read_across(query: Callable[[str, tuple[object, ...]], list[Row]], page: int) -> list[Row]:
    """Return the cycles across currencies after a page: totals, rates, exchanges and rounding entries."""
    runs = query(_RUNS, (page,))
    parts = {name: query(sql, (page,)) for name, sql in _PARTS.items()}
    for run in runs:
        for name, rows in parts.items():
            run[name] = [row for row in rows if row["page_number"] == run["page_number"]]
    return runs


def show_across(runs: list[Row]) -> None:
    """Say what each was worth, what rounding left, and at which rates."""
    for run in runs:
        unit, decimals = run["unit"], int(run["decimals"])
        cleared, gross, posted = (
            with_separators(format_amount(int(run[name]), decimals))
            for name in ("cleared_value_minor", "gross_value_minor", "rounding_posted_minor")
        )
        parties = len({row["party_number"] for row in run["exchanges"]})
        bound = max((int(row["bound_minor"]) for row in run["entries"]), default=0)
        console.print(f"\nWorth {cleared} {unit} of {gross} is set off across currencies.")
        console.print(f"{parties:,} parties gave up claims in one currency for debts in another.")
        console.print(
            f"Rounding account: {len(run['entries']):,} entries, {posted} {unit} in all; no party's rounding "
            f"is more than {format_amount(bound, decimals)}.",
            soft_wrap=True,
        )
        for rate in run["rates"]:
            console.print(escape(_rate_words(rate)), soft_wrap=True)


def _rate_words(rate: Row) -> str:
    quoted = f"{rate['currency']} for one {rate['unit']}"
    if rate["quoted"] == "unit_per_currency":
        quoted = f"{rate['unit']} for one {rate['currency']}"
    return f"Rate: {rate['rate']} {quoted}, {rate['source']}, {rate['time_utc']}"
