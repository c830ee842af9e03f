"""Parts that every section of the report uses: sections, charts with their data, tables, names."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from setfair.report.day import Stretch
from setfair.report.html import Child, Html, element, name, shortened
from setfair.report.words import amount

LABEL_MAX = 14
"""Characters of a label in a picture."""


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table."""

    title: Child
    is_number: bool = False


def section(key: str, title: str, lead: Child, *children: Child) -> Html:
    """Return one section of the report with its heading and what it shows in a sentence."""
    heading = element("h2", title, id=f"{key}-title")
    return element(
        "section",
        element("header", heading, element("p", lead, class_="lead")),
        *children,
        id=key,
        aria_labelledby=f"{key}-title",
    )


def tabbed(key: str, titles: Sequence[str], panels: Sequence[Child]) -> Html:
    """Return panels of which one is shown at a time, with a tab for each if there are several.

    `tab_styles` of the same key and number makes the choice work.
    """
    tabs = [
        element("input", type="radio", name=key, id=f"{key}-tab-{place}", checked=place == 0)
        for place in range(len(panels))
    ]
    labels = [element("label", title, for_=f"{key}-tab-{place}") for place, title in enumerate(titles)]
    choice = element("nav", labels, class_="tabs", aria_label="Currency") if len(panels) > 1 else None
    made = [
        element("div", panel, class_="panel", id=f"{key}-panel-{place}") for place, panel in enumerate(panels)
    ]
    return element("div", tabs, choice, made, class_="panels")


def tab_styles(key: str, panels: int) -> str:
    """Return the style that shows the chosen panel and marks its tab, for so many panels."""
    rules = [
        f"#{key}-tab-{place}:checked~#{key}-panel-{place}{{display:block}}"
        f"#{key}-tab-{place}:checked~nav label[for={key}-tab-{place}]"
        "{color:var(--ink);border-color:var(--m1)}"
        f"#{key}-tab-{place}:focus-visible~nav label[for={key}-tab-{place}]{{outline:2px solid var(--m1)}}"
        for place in range(panels)
    ]
    return "\n".join(rules)


def table(
    columns: Sequence[Column],
    rows: Iterable[Sequence[Child]],
    *,
    foot: Sequence[Child] = (),
    caption: str = "",
) -> Html:
    """Return a table that scrolls sideways where it is too wide."""
    head = [element("th", column.title, scope="col", class_=_class(column)) for column in columns]
    body = [element("tr", _cells(columns, row)) for row in rows]
    parts: list[Child] = [
        element("caption", caption) if caption else None,
        element("thead", element("tr", head)),
        element("tbody", body),
        element("tfoot", element("tr", _cells(columns, foot))) if foot else None,
    ]
    return element("div", element("table", parts), class_="scroll", tabindex=0, role="group")


def _cells(columns: Sequence[Column], row: Sequence[Child]) -> list[Html]:
    return [element("td", cell, class_=_class(column)) for column, cell in zip(columns, row, strict=True)]


def _class(column: Column) -> str | None:
    return "number" if column.is_number else None


def data(summary: str, content: Child) -> Html:
    """Return the numbers of a chart, folded away."""
    return element("details", element("summary", summary), content)


def legend(entries: Iterable[tuple[str, Child]]) -> Html:
    """Return what the colours of a chart mean: classes and words."""
    return element(
        "ul",
        [element("li", element("i", class_=f"swatch {class_}"), words) for class_, words in entries],
        class_="legend",
    )


def chart(key: str, title: Child, drawing: Html, *more: Child, note: Child = None) -> Html:
    """Return a figure: its title, the drawing, and what belongs to it."""
    caption = element("figcaption", element("h3", title), element("p", note, class_="note") if note else None)
    return element("figure", caption, drawing, *more, id=key)


def money(minor: int, decimals: int) -> Html:
    """Return an amount as one unbreakable text."""
    return element("span", amount(minor, decimals), class_="amount")


def amounts_of(values: Mapping[int, int], stretches: Sequence[Stretch]) -> Html:
    """Return amounts in several currencies, a line each."""
    return element(
        "span",
        [
            element("span", money(values[one.number], one.decimals), element("small", one.currency))
            for one in stretches
            if values.get(one.number)
        ],
        class_="amounts",
    )


def who(party: str, participant: str) -> Html:
    """Return a firm's name with the participant behind it."""
    short = element("small", shortened(participant, 40)) if participant else None
    return element("span", name(party, 80) if party else None, short, class_="who")
