"""Section: the indicators of the day, by currency."""

from __future__ import annotations

from collections.abc import Callable

from setfair.domain.codes import Reason
from setfair.report.draw_parts import Column, money, section, table
from setfair.report.figures import Tally
from setfair.report.html import Child, Html, element
from setfair.report.indicators import WAYS, CurrencyIndicators, Gridlock, Indicators
from setfair.report.svg import picture
from setfair.report.words import DASH, amount, count, counted, percent, shares

WAY_CLASSES = {
    "at_once": "at-once",
    "bilateral": "offset",
    "release": "released",
    "offset": "offset-queue",
    "link": "linked",
    "cycle": "netted",
}
"""Colours of the mechanisms."""

_BAR_WIDTH, _BAR_HEIGHT = 600.0, 14.0


def draw_indicators(indicators: Indicators) -> Html:
    """Return the section."""
    shown = [one for one in indicators.currencies if any(tally.number for tally in one.ways.values())]
    columns = [Column("indicator"), *(Column(one.currency, is_number=True) for one in shown)]
    rows = [[label, *(draw(one) for one in shown)] for label, draw in ROWS]
    bars = [_bar(one) for one in shown]
    return section(
        "indicators",
        "Indicators",
        _lead(indicators.gridlock),
        *bars,
        table(columns, rows) if shown else element("p", "Nothing settled.", class_="note"),
    )


def _lead(run: Gridlock) -> str:
    if not run.runs:
        return "How soon payments settled, with how little, and how. No offsetting of the queues was run."
    found = counted(run.found, "gridlock")
    return (
        f"How soon payments settled, with how little, and how. Of {counted(run.runs, 'run')} of offsetting "
        f"{found} was found and solved: {counted(run.settled, 'payment')} settled together, "
        f"{percent(run.value, run.bound)} of the most that could."
    )


def _bar(one: CurrencyIndicators) -> Html:
    """Return how the value settled, as a bar and in words."""
    whole = sum(tally.value for tally in one.ways.values())
    written = dict(zip(one.ways, shares([tally.value for tally in one.ways.values()]), strict=True))
    used = [(way, tally) for way, tally in one.ways.items() if tally.number]
    at, parts = 0.0, []
    for way, tally in used:
        width = _BAR_WIDTH * tally.value / whole
        class_ = f"fill {WAY_CLASSES[way]}"
        parts.append(element("rect", x=at, y=0.0, width=width, height=_BAR_HEIGHT, class_=class_))
        at += width
    items = [
        element(
            "li",
            element("i", class_=f"swatch {WAY_CLASSES[way]}"),
            element("b", written[way]),
            f" {WAYS[way]}",
            data_tip=f"{count(tally.number)}, {amount(tally.value, one.decimals)} {one.currency}",
        )
        for way, tally in used
    ]
    words = ", ".join(f"{written[way]} {WAYS[way]}" for way, _ in used)
    bar = picture(_BAR_WIDTH, _BAR_HEIGHT, parts, description=words, class_="bar", preserveAspectRatio="none")
    return element(
        "div", element("h3", one.currency), bar, element("ul", items, class_="legend"), class_="shares"
    )


def _decimal(value: float | None) -> str:
    return DASH if value is None else f"{value:.3f}"


def _tally(tally: Tally, decimals: int) -> Child:
    return element("span", count(tally.number), " / ", money(tally.value, decimals)) if tally.number else DASH


def _waited(*reasons: Reason) -> Callable[[CurrencyIndicators], Child]:
    return lambda one: _tally(
        sum((one.waits.get(reason, Tally()) for reason in reasons), Tally()), one.decimals
    )


ROWS: tuple[tuple[str, Callable[[CurrencyIndicators], Child]], ...] = (
    ("settled, payments / value", lambda one: _tally(one.settled, one.decimals)),
    ("turnover: value settled over liquidity used", lambda one: _decimal(one.turnover)),
    ("liquidity used", lambda one: money(one.liquidity_used, one.decimals)),
    ("upper bound: each at once", lambda one: money(one.liquidity_upper, one.decimals)),
    ("lower bound: net debit", lambda one: money(one.liquidity_lower, one.decimals)),
    ("liquidity usage, 0 lower to 1 upper bound", lambda one: _decimal(one.liquidity_usage)),
    ("delay, 0 at once to 1 at the end", lambda one: _decimal(one.delay)),
    ("waited, payments / value", lambda one: _tally(one.queued, one.decimals)),
    ("... for cover", _waited(Reason.INSUFFICIENT_FUNDS)),
    ("... behind others", _waited(Reason.BEHIND_IN_QUEUE)),
    ("... at a limit", _waited(Reason.LIMIT_REACHED)),
    ("longest queue, payments / value", lambda one: _tally(one.queue_peak, one.decimals)),
)
"""Words of an indicator, and what is written of a currency."""
