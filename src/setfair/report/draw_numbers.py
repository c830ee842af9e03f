"""Section: the day in numbers."""

from __future__ import annotations

from setfair.domain.codes import Status
from setfair.report.draw_parts import money, section
from setfair.report.figures import CurrencyFigures, DayFigures, Tally
from setfair.report.html import Child, Html, element
from setfair.report.svg import picture
from setfair.report.words import (
    DASH,
    MECHANISM_WORDS,
    STATUS_WORDS,
    amount,
    count,
    counted,
    percent,
    shares,
    times,
)

MECHANISM_CLASSES = ("at-once", "released", "offset", "offset-queue")
"""Colours of the mechanisms, in the order of MECHANISM_WORDS."""

PAIRED_AMOUNT_MAX = 16
"""Characters of an amount up to which a card has room for two tables side by side."""

_BAR_WIDTH, _BAR_HEIGHT = 600.0, 14.0


def draw_numbers(figures: DayFigures) -> Html:
    """Return the section."""
    cards = [_card(one) for one in figures.currencies]
    longest = max(len(_longest_amount(one)) for one in figures.currencies)
    class_ = "cards paired" if longest <= PAIRED_AMOUNT_MAX else "cards"
    return section("numbers", "The day in numbers", _lead(figures), element("div", cards, class_=class_))


def _longest_amount(figures: CurrencyFigures) -> str:
    largest = max(figures.received.value, figures.due.gross, figures.funding.value)
    return amount(largest, figures.stretch.decimals)


def _lead(figures: DayFigures) -> list[Child]:
    settled = figures.number(Status.ACSC)
    received = figures.number(*Status) + figures.other
    words: list[Child] = [
        f"Of {counted(received, 'payment')}, {count(settled)} settled ({percent(settled, received)}). ",
        "Transfers with the settlement agents count as funding.",
    ]
    if figures.other:
        them = counted(figures.other, "payment names", "payments name")
        words.append(f" {them} no currency of the house and can be found below.")
    return words


def _card(figures: CurrencyFigures) -> Html:
    stretch = figures.stretch
    title = element(
        "h3",
        stretch.currency,
        element("small", "settled value"),
        element("b", money(figures.settled.value, stretch.decimals)),
    )
    return element(
        "article",
        title,
        _mechanisms(figures),
        element(
            "div",
            element("table", _payments(figures)),
            element("table", _liquidity(figures), _obligations(figures)),
            class_="facts",
        ),
        class_="card",
    )


def _mechanisms(figures: CurrencyFigures) -> Html:
    """Return the bar of how the value settled, and the same in words."""
    tallies = list(figures.mechanisms.values())
    whole = sum(tally.value for tally in tallies)
    if not whole:
        return element("p", "Nothing settled.", class_="note")
    written = shares([tally.value for tally in tallies])
    all_ways = zip(written, MECHANISM_WORDS.values(), MECHANISM_CLASSES, tallies, strict=True)
    used = [way for way in all_ways if way[-1].number]
    at, bars = 0.0, []
    for _, _, class_, tally in used:
        width = _BAR_WIDTH * tally.value / whole
        bars.append(element("rect", x=at, y=0.0, width=width, height=_BAR_HEIGHT, class_=f"fill {class_}"))
        at += width
    words = [f"{share} {how}" for share, how, _, _ in used]
    decimals, currency = figures.stretch.decimals, figures.stretch.currency
    items = [
        element(
            "li",
            element("i", class_=f"swatch {class_}"),
            element("b", share),
            f" {how}",
            data_tip=f"{how}: {counted(tally.number, 'payment')}, {amount(tally.value, decimals)} {currency}",
        )
        for share, how, class_, tally in used
    ]
    bar = picture(
        _BAR_WIDTH, _BAR_HEIGHT, bars, description=", ".join(words), class_="bar", preserveAspectRatio="none"
    )
    return element("div", bar, element("ul", items, class_="legend"), class_="shares")


def _facts(title: str, rows: list[tuple[str, Child, Child]]) -> Html:
    """Return one group of rows; groups of one table share their columns."""
    body = [
        element(
            "tr",
            element("th", label, scope="row"),
            element("td", number, class_="number"),
            element("td", value, class_="number"),
        )
        for label, number, value in rows
    ]
    head = element("tr", element("th", title, scope="rowgroup", colspan=3), class_="group")
    return element("tbody", head, body)


def _payments(figures: CurrencyFigures) -> Html:
    decimals = figures.stretch.decimals

    def row(label: str, tally: Tally) -> tuple[str, Child, Child]:
        return label, count(tally.number), money(tally.value, decimals)

    rows = [row("received", figures.received)]
    for status in (Status.ACSC, Status.RJCT, Status.CANC, Status.ACSP, Status.PDNG):
        words = "still waiting" if status is Status.ACSP else STATUS_WORDS[status]
        rows.append(row(words, figures.statuses[status]))
    return _facts("Payments", rows)


def _liquidity(figures: CurrencyFigures) -> Html:
    decimals = figures.stretch.decimals
    turnover = times(figures.settled.value, figures.liquidity_used)
    return _facts(
        "Liquidity",
        [
            ("used", "", money(figures.liquidity_used, decimals)),
            ("turnover", "", element("span", turnover, title="settled value over liquidity used")),
            ("funding", count(figures.funding.number), money(figures.funding.value, decimals)),
        ],
    )


def _obligations(figures: CurrencyFigures) -> Html:
    due, decimals = figures.due, figures.stretch.decimals
    if not figures.cycles:
        rows: list[tuple[str, Child, Child]] = [
            ("due", count(due.obligations), money(due.gross, decimals)),
            ("set off", "", "no cycle was run" if due.obligations else DASH),
        ]
        return _facts("Obligations", rows)
    return _facts(
        "Obligations",
        [
            ("due, gross", count(due.obligations), money(due.gross, decimals)),
            ("set off", percent(due.set_off, due.gross), money(due.set_off, decimals)),
            ("remaining", "", money(due.remaining, decimals)),
            ("net debit", "", money(due.net_debit, decimals)),
        ],
    )
