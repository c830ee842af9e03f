"""Section: across currencies. What the day's cycles at a fixing were worth, the rates, and what moved."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.report.draw_parts import Column, money, section, table
from setfair.report.html import Child, Html, element, name
from setfair.report.read import Reader, Row
from setfair.report.words import counted, percent

Cycle = tuple[Row, list[Row], list[Row]]
"""A cycle across currencies, its rates, and what it exchanged in each currency."""


def read_across(reader: Reader, first_page: int, last_page: int) -> list[Cycle]:
    """Return the day's cycles across currencies."""
    found = []
    for run in reader.rows("across_runs", first_page, last_page):
        page = run["page_number"]
        found.append((run, reader.rows("across_rates", page), reader.rows("across_exchanged", page)))
    return found


def draw_across(cycles: Sequence[Cycle]) -> Html | None:
    """Return the section, or None where no cycle of the day was across currencies."""
    if not cycles:
        return None
    lead = (
        "Loops through several currencies, set off at a fixing. Each currency sums to zero over the parties; "
        "a party gives up claims in one and is rid of debts in another, worth the same at the rates below."
    )
    return section("across", "Across currencies", lead, [_cycle(*cycle) for cycle in cycles])


def _cycle(run: Row, rates: list[Row], exchanged: list[Row]) -> Html:
    unit, decimals = str(run["unit"]), int(run["decimals"])
    cleared, gross = int(run["cleared_value_minor"]), int(run["gross_value_minor"])
    words: list[Child] = [
        element("b", percent(cleared, gross)),
        f" of the value cancelled in cycle {run['cycle_number']}: {unit} ",
        money(cleared, decimals),
        " of ",
        money(gross, decimals),
        f" in {counted(int(run['obligations']), 'obligation')}. The rounding account has ",
        f"{counted(int(run['entries']), 'entry', 'entries')} of it, {unit} ",
        money(int(run["rounding_posted_minor"]), decimals),
        " in all.",
    ]
    moved = {str(row["currency"]): row for row in exchanged}
    columns = [
        Column("currency"),
        Column("rate", True),
        Column("source"),
        Column("of"),
        Column("parties", True),
        Column("exchanged", True),
    ]
    rows = [[*_rate(rate, unit), *_moved(moved.get(str(rate["currency"])))] for rate in rates]
    return element("article", element("p", words), table(columns, rows))


def _rate(rate: Row, unit: str) -> list[Child]:
    code = str(rate["currency"])
    per = f"{unit} for one {code}" if rate["quoted"] == "unit_per_currency" else f"{code} for one {unit}"
    return [code, f"{rate['rate']} {per}", name(rate["source"]), str(rate["time_utc"])]


def _moved(row: Row | None) -> list[Child]:
    if row is None:
        return ["-", "-"]
    return [str(row["parties"]), money(int(row["exchanged"]), int(row["decimals"]))]
