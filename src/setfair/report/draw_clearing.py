"""Section: clearing. Before and after as matrices, debt by component, debt discharged against liquidity."""

from __future__ import annotations

from collections.abc import Sequence

from setfair.report.clearing import Clearing, Component
from setfair.report.draw_curve import draw_curve
from setfair.report.draw_matrix import draw_matrix
from setfair.report.draw_parts import Column, legend, money, section, tabbed, table
from setfair.report.html import Child, Html, element, name
from setfair.report.svg import picture
from setfair.report.words import amount, count, counted, percent

KEY = "clearing"

_BAR_WIDTH, _BAR_HEIGHT, _BAR_LEAST = 300.0, 22.0, 1.5


def draw_clearing(clearings: Sequence[Clearing]) -> Html:
    """Return the section, a panel for each currency."""
    if not clearings:
        return section(KEY, "Clearing", "No cycle of set-off found anything due.")
    lead = (
        "What set-off cancelled, and where. Only debt on a closed loop cancels without money; the groups of "
        "firms that such loops connect are the components. The rest takes money, and a little of it goes "
        "a long way: whoever is paid pays on."
    )
    panels = [_panel(one) for one in clearings]
    return section(KEY, "Clearing", lead, tabbed(KEY, [one.currency for one in clearings], panels))


def _panel(clearing: Clearing) -> list[Child]:
    currency, decimals = clearing.currency, clearing.decimals
    words = [
        element("b", percent(clearing.cleared, clearing.gross)),
        " cancelled: ",
        money(clearing.cleared, decimals),
        f" of {amount(clearing.gross, decimals)} {currency} in ",
        f"{counted(clearing.obligations, 'obligation')}.",
        " Nothing could be cancelled: no loop was found." if not clearing.cleared else None,
    ]
    has_countries = len(clearing.countries.nodes) > 1
    return [
        element("h3", f"Clearing in {currency}", class_="print-only"),
        element("p", words),
        element(
            "p",
            "Rows owe, columns are owed. The stronger the colour, the more; both pictures have one scale. "
            "Grey: the smaller groups together, on a scale of their own.",
            class_="note",
        ),
        draw_matrix(clearing.countries, "country", currency, decimals) if has_countries else None,
        draw_matrix(clearing.places, clearing.places_word, currency, decimals),
        _components(clearing),
        draw_curve(clearing),
    ]


def _components(clearing: Clearing) -> Html:
    """Return the bars of debt by component, with their numbers beside them."""
    components, decimals = clearing.components, clearing.decimals
    all_rows: list[tuple[Child, Component]] = [
        (_called(place, clearing.names.get(one.around, "")), one)
        for place, one in enumerate(components.largest, 1)
    ]
    if components.rest is not None:
        all_rows.append((f"{counted(components.rest.components, 'smaller component')}", components.rest))
    if components.outside is not None:
        outside = "on no loop: can only be paid"
        if components.outside.cleared:
            outside = "on no loop in this currency alone"
        all_rows.append((outside, components.outside))
    largest = max(one.gross for _, one in all_rows)
    columns = [
        Column("component"),
        Column("debt"),
        Column("parties", True),
        Column("obligations", True),
        Column("before", True),
        Column("cancelled", True),
        Column("share", True),
    ]
    rows = [
        [
            called,
            _bar(one, largest, clearing),
            count(one.parties),
            count(one.obligations),
            money(one.gross, decimals),
            money(one.cleared, decimals),
            percent(one.cleared, one.gross),
        ]
        for called, one in all_rows
    ]
    title = (
        f"Debt by component: {counted(components.count, 'component')}" if components.count else "No component"
    )
    return element(
        "article",
        element("h3", title),
        legend([("set-off", "cancelled"), ("remaining", "remains")]),
        table(columns, rows),
        class_="components",
    )


def _called(place: int, around: str) -> Html:
    small = element("small", "around ", name(around, 40)) if around else None
    return element("span", f"Component {place}", small, class_="who")


def _bar(one: Component, largest: int, clearing: Clearing) -> Html:
    width = max(_BAR_WIDTH * one.gross / largest, _BAR_LEAST)
    cleared = width * one.cleared / one.gross
    tip = (
        f"{amount(one.cleared, clearing.decimals)} of {amount(one.gross, clearing.decimals)} "
        f"{clearing.currency} cancelled"
    )
    return picture(
        _BAR_WIDTH,
        _BAR_HEIGHT,
        element("rect", x=0.0, y=3.0, width=cleared, height=16.0, class_="fill set-off"),
        element("rect", x=cleared, y=3.0, width=width - cleared, height=16.0, class_="fill remaining"),
        description=tip,
        class_="component-bar",
        data_tip=tip,
        preserveAspectRatio="none",
    )
