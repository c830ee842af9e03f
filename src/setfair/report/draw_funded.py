"""Section: money in the cycles. What each funder gave, and the debt that each unit of it discharged."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.report.draw_parts import Column, legend, money, section, table
from setfair.report.html import Child, Html, element, name
from setfair.report.read import Reader, Row
from setfair.report.svg import picture
from setfair.report.words import amount, counted

Cycle = tuple[Row, list[Row]]
"""A cycle with money, and its funders."""

_WIDTH, _HEIGHT, _LEAST = 300.0, 22.0, 1.5


def read_funded(reader: Reader, first_page: int, last_page: int) -> list[Cycle]:
    """Return the day's cycles with money."""
    runs = reader.rows("funded_cycles", first_page, last_page)
    return [(run, reader.rows("funders_of_cycle", run["cycle_number"])) for run in runs]


def draw_funded(cycles: Sequence[Cycle]) -> Html | None:
    """Return the section, or None where no cycle of the day had money put in."""
    if not cycles:
        return None
    lead = (
        "Money that participants put into set-off. Whoever is paid pays on, so a unit discharges more debt "
        "than its own worth; without it only closed loops cancel."
    )
    return section(
        "money", "Money in the cycles", lead, [part for cycle in cycles for part in _cycle(*cycle)]
    )


def _cycle(run: Row, funders: list[Row]) -> list[Html]:
    """Return what the cycle's money came to, and who gave it."""
    currency, decimals = str(run["currency"]), int(run["decimals"])
    used, cleared, without = (
        int(run[column]) for column in ("used_minor", "cleared_minor", "cleared_without_minor")
    )
    words: list[Child] = [
        element("b", f"Each unit discharged {_each(cleared - without, used)}"),
        f" in cycle {run['cycle_number']}: with {currency} ",
        money(used, decimals),
        f" for {counted(int(run['parties_paid']), 'party', 'parties')} ",
        money(cleared, decimals),
        " was discharged, without it ",
        money(without, decimals),
        ".",
    ]
    discharged = element(
        "article",
        element("h3", f"Discharged in {currency}, cycle {run['cycle_number']}"),
        element("p", words),
        legend([("set-off", "without money"), ("at-once", "by money")]),
        _bar(
            ((without, "set-off"), (cleared - without, "at-once")),
            cleared,
            f"{amount(without, decimals)} {currency} without money, "
            f"{amount(cleared - without, decimals)} more with {amount(used, decimals)}",
        ),
        class_="components",
    )
    given = element(
        "article",
        element("h3", "What each funder gave"),
        legend([("at-once", "put in"), ("funded", "not needed"), ("absent", "offered, and not there")]),
        _funders(funders, currency, decimals),
        class_="components",
    )
    return [discharged, given]


def _each(more: int, used: int) -> str:
    """Return the debt that a unit discharged, cut to two decimals."""
    hundredths = 100 * more // used if used else 0
    return f"{hundredths // 100}.{hundredths % 100:02}"


def _funders(funders: list[Row], currency: str, decimals: int) -> Html:
    largest = max((int(row["offered_minor"]) for row in funders), default=0)
    columns = [
        Column("funder"),
        Column("of what it offered"),
        Column("offered", True),
        Column("could give", True),
        Column("put in", True),
    ]
    rows = []
    for row in funders:
        offered, could_give, put_in = (
            int(row[column]) for column in ("offered_minor", "could_give_minor", "put_in_minor")
        )
        tip = f"{amount(put_in, decimals)} of {amount(offered, decimals)} {currency} put in"
        spare, absent = could_give - put_in, offered - could_give
        bar = _bar(((put_in, "at-once"), (spare, "funded"), (absent, "absent")), largest, tip)
        cells: list[Child] = [name(row["participant"]), bar]
        rows.append([*cells, *(money(minor, decimals) for minor in (offered, could_give, put_in))])
    return table(columns, rows)


def _bar(parts: Sequence[tuple[int, str]], whole: int, tip: str) -> Html:
    """Return a bar of parts, `whole` of which fill its width."""
    drawn, x = [], 0.0
    for minor, colour in parts:
        width = max(_WIDTH * minor / whole, _LEAST) if minor else 0.0
        drawn.append(element("rect", x=x, y=3.0, width=width, height=16.0, class_=f"fill {colour}"))
        x += width
    return picture(
        _WIDTH,
        _HEIGHT,
        *drawn,
        description=tip,
        class_="component-bar",
        data_tip=tip,
        preserveAspectRatio="none",
    )
