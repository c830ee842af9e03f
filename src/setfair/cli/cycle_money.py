"""What money did in cycles, as `setfair cycle` shows it."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from math import floor
from typing import Any

from rich.markup import escape

from setfair.cli.common import console, with_separators
from setfair.domain.money import format_amount

Row = dict[str, Any]

LIQUIDITY_HELP = (
    "Put in this money instead of all that is agreed, CSV: party (a participant), currency, amount, "
    "beneficiaries."
)

_RUNS = "SELECT * FROM cycle_money WHERE page_number > ? ORDER BY cycle_number"
_PARTS = {
    "funders": "SELECT * FROM cycle_funder WHERE page_number > ? ORDER BY record_number",
    "entries": "SELECT * FROM money_entry WHERE page_number > ? ORDER BY record_number",
}


def read_money(query: Callable[[str, tuple[object, ...]], list[Row]], page: int) -> dict[int, Row]:
    """Return by cycle after a page what its money came to, who put it in, and whom it went to."""
    runs = query(_RUNS, (page,))
    parts = {name: query(sql, (page,)) for name, sql in _PARTS.items()}
    for run in runs:
        run["each_unit_discharged"] = _each_unit(run)
        for name, rows in parts.items():
            run[name] = [row for row in rows if row["cycle_number"] == run["cycle_number"]]
    return {int(run["cycle_number"]): run for run in runs}


def _each_unit(run: Row) -> str | None:
    """Return the further debt that a unit of money discharged, rounded down to two decimals."""
    if not run["used_minor"]:
        return None
    more = int(run["cleared_minor"]) - int(run["cleared_without_minor"])
    return format_amount(floor(Fraction(100 * more, int(run["used_minor"]))), 2)


def show_money(run: Row) -> None:
    """Say what money a cycle used, whose it was, and what it discharged."""

    def write(minor: int) -> str:
        return with_separators(format_amount(int(minor), int(run["decimals"])))

    said = f"\n{run['currency']}: {write(run['used_minor'])} of money is put in; without it"
    console.print(f"{said} {write(run['cleared_without_minor'])} would be set off.", soft_wrap=True)
    if run["each_unit_discharged"] is not None:
        console.print(f"Each unit of it discharged {run['each_unit_discharged']} of further debt.")
    for row in run["funders"]:
        could = ""
        if row["could_give_minor"] < row["offered_minor"]:
            could = f"; it could give {write(row['could_give_minor'])}"
        put_in = f"{row['participant']} puts in {write(row['put_in_minor'])} of {write(row['offered_minor'])}"
        console.print(escape(f"{put_in} offered{could}"), soft_wrap=True)
