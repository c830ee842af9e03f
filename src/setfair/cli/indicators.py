"""`setfair indicators`: how much settled, how soon, with how little, and by which mechanism."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import typer
from rich.table import Table

from setfair.cli.common import console, operational_errors, print_json, with_separators
from setfair.cli.options import AsJson, HouseFolder
from setfair.domain.codes import Reason
from setfair.domain.money import format_amount
from setfair.report.day import find_day
from setfair.report.figures import Tally
from setfair.report.indicators import (
    WAYS,
    CurrencyIndicators,
    Gridlock,
    as_document,
    read_indicators,
)
from setfair.report.read import Reader
from setfair.report.words import counted, percent, shares
from setfair.tables import open_tables


@operational_errors()
def indicators(
    house: HouseFolder,
    day: Annotated[
        datetime | None, typer.Option("--date", formats=["%Y-%m-%d"], help="Business day; else the last.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Show the indicators of a day: turnover, liquidity used, delay, mechanisms, gridlock, limits."""
    with open_tables(house) as tables:
        found = find_day(tables.query, day.date() if day else None)
        reader = Reader(tables.query, found.spans({}))
        read = read_indicators(reader, found)
    date = found.business_date.isoformat() if found.business_date else None
    if as_json:
        print_json({"business_date": date, "page": found.last.number, **as_document(read)})
        return
    console.print(f"{found.house}, {date or 'all days'}, up to page {found.last.number:,}")
    table = Table(box=None, padding=(0, 3, 0, 0))
    table.add_column("indicator", no_wrap=True)
    for one in read.currencies:
        table.add_column(one.currency, justify="right")
    for row in zip(*(_column(one) for one in read.currencies), strict=True):
        table.add_row(row[0][0], *(value for _, value in row))
    console.print(table)
    _show_gridlock(read.gridlock)


def _column(one: CurrencyIndicators) -> list[tuple[str, str]]:
    """Return the words and the values of one currency."""

    def money(minor: int) -> str:
        return with_separators(format_amount(minor, one.decimals))

    def tally(words: str, each: Tally) -> list[tuple[str, str]]:
        number, value = (f"{each.number:,}", money(each.value)) if each.number else ("-", "-")
        return [(words, number), (f"{' ' * (len(words) - len(words.lstrip()))}  value", value)]

    of_ways = dict(zip(WAYS, shares([one.ways[way].value for way in WAYS]), strict=True))
    return [
        *tally("settled", one.settled),
        *((f"  {words}", of_ways[way] if one.ways[way].value else "-") for way, words in WAYS.items()),
        ("turnover", _ratio(one.turnover)),
        ("liquidity used", money(one.liquidity_used)),
        ("  upper bound", money(one.liquidity_upper)),
        ("  lower bound", money(one.liquidity_lower)),
        ("liquidity usage", _ratio(one.liquidity_usage)),
        ("delay", _ratio(one.delay)),
        *tally("waited", one.queued),
        *tally("  at a limit", one.waits.get(Reason.LIMIT_REACHED, Tally())),
        *tally("longest queue", one.queue_peak),
    ]


def _ratio(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _show_gridlock(run: Gridlock) -> None:
    if not run.runs:
        console.print("no offsetting of the queues was run")
        return
    share = percent(run.value, run.bound)
    console.print(
        f"{counted(run.found, 'gridlock')} found in {counted(run.runs, 'run')} of offsetting: "
        f"{counted(run.settled, 'payment')} settled, {share} of the bound"
    )
