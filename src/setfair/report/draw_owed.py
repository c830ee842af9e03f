"""Section: who owed whom, before and after set-off."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from setfair.report.chord import Ring, arc_path, make_ring, point, ribbon_path
from setfair.report.draw_firms import draw_firms
from setfair.report.draw_parts import LABEL_MAX, Column, data, money, section, tabbed, table
from setfair.report.figures import CurrencyFigures, DayFigures
from setfair.report.html import Child, Html, element, number, shortened
from setfair.report.owed import Node, Owing, Pair
from setfair.report.svg import picture
from setfair.report.words import DASH, amount, count, counted, country_name, percent

COLOURS = 9
"""Colours for countries; further countries are grey."""

RIBBONS_MAX = 2400
"""Ribbons of all rings of one side together: bounds the size of the file."""

_RADIUS, _INNER, _OUTER, _LABEL = 176.0, 181.0, 197.0, 204.0
_CHARACTER = 7.6
_HALF_TURN = 180.0


def draw_owed(figures: DayFigures, owing: Mapping[int, Owing]) -> Html:
    """Return the section."""
    lead = (
        "Every ribbon runs from firms that owe to firms that are owed, gathered by the participants that "
        "they bank with; it has the colour of the debtor's country. On the ring, the full part is what a "
        "participant's firms owe, the light part what they are owed. Both rings have one scale: what is "
        "missing on the right was set off, and no firm's net position changed."
    )
    shown = [one for one in figures.currencies if one.stretch.number in owing]
    if not shown:
        return section("owed", "Who owed whom", "No obligations were due.")
    colours = _colours([owing[one.stretch.number] for one in shown])
    ribbons = max(RIBBONS_MAX // len(shown), 40)
    panels = [_panel(one, owing[one.stretch.number], colours, ribbons) for one in shown]
    return section(
        "owed", "Who owed whom", lead, tabbed("owed", [one.stretch.currency for one in shown], panels)
    )


def _colours(all_owing: Sequence[Owing]) -> dict[str, str]:
    """Return a class for each country: those with the most ribbons first, others grey."""
    seen: dict[str, int] = {}
    for owing in all_owing:
        for node in owing.nodes:
            seen[node.country] = seen.get(node.country, 0) + 1
    ranked = sorted((code for code in seen if code), key=lambda code: (-seen[code], code))
    classes = {code: f"c{place}" for place, code in enumerate(ranked[:COLOURS])}
    return {code: classes.get(code, "cx") for code in seen}


def _panel(figures: CurrencyFigures, owing: Owing, colours: Mapping[str, str], ribbons: int) -> list[Child]:
    stretch, due = figures.stretch, figures.due
    ring = make_ring(owing.nodes, owing.pairs)
    before = f"{amount(due.gross, stretch.decimals)} {stretch.currency}"
    after = f"{amount(due.remaining, stretch.decimals)} {stretch.currency}"
    rings = element(
        "div",
        _figure("Before", before, _draw_ring(ring, colours, figures, ribbons, after=False)),
        _figure("After", after, _draw_ring(ring, colours, figures, ribbons, after=True)),
        class_="rings",
    )
    countries = list(dict.fromkeys(node.country for node in owing.nodes))
    key = element(
        "ul",
        [
            element("li", element("i", class_=f"swatch {colours[code]}"), country_name(code))
            for code in countries
        ],
        class_="legend",
    )
    return [
        element("h3", f"Who owed whom in {stretch.currency}", class_="print-only"),
        _balance(figures),
        key,
        rings,
        _left_out(owing, ribbons),
        _countries_data(figures, owing, countries),
        _nodes_data(figures, owing),
        draw_firms(figures, owing),
    ]


def _figure(title: str, value: str, drawing: Html) -> Html:
    caption = element("figcaption", element("h4", title), element("b", value, class_="amount"))
    return element("figure", caption, drawing, class_="ring")


def _balance(figures: CurrencyFigures) -> Html:
    """Return the bar of what was set off, what must remain, and what remains besides."""
    due, stretch = figures.due, figures.stretch
    width, height = 1120.0, 26.0
    cleared = width * due.set_off / due.gross
    must = width * due.net_debit / due.gross
    bar = picture(
        width,
        height,
        element("rect", x=0.0, y=4.0, width=cleared, height=18.0, class_="fill set-off"),
        element("rect", x=cleared, y=4.0, width=width - cleared, height=18.0, class_="fill remaining"),
        element("path", d=f"M{number(width - must)} 0V26", class_="edge limit"),
        description=f"{percent(due.set_off, due.gross)} of what was due was set off",
        class_="bar",
        preserveAspectRatio="none",
    )
    cycles = counted(len(figures.cycles), "cycle") if figures.cycles else "no cycle was run"
    words = [
        element("b", percent(due.set_off, due.gross)),
        " set off: ",
        money(due.set_off, stretch.decimals),
        f" of {amount(due.gross, stretch.decimals)} {stretch.currency} in "
        f"{counted(due.obligations, 'obligation')} among {counted(due.parties, 'firm')} ({cycles}). ",
        f"{amount(due.remaining, stretch.decimals)} remain; the line marks the net debit of "
        f"{amount(due.net_debit, stretch.decimals)}, below which nothing can go.",
    ]
    return element("div", element("p", words), bar, class_="balance")


def _draw_ring(
    ring: Ring, colours: Mapping[str, str], figures: CurrencyFigures, ribbons: int, *, after: bool
) -> Html:
    drawn = [
        element(
            "path",
            d=ribbon_path(ribbon, _RADIUS, _share(ribbon.pair) if after else 1.0),
            class_=colours[ribbon.pair.debtor.country],
            data_tip=_ribbon_tip(ribbon.pair, figures),
        )
        for ribbon in ring.ribbons[:ribbons]
        if not after or ribbon.pair.after
    ]
    due, words = figures.due, "after set-off" if after else "before set-off"
    total = due.remaining if after else due.gross
    longest = max(len(shortened(arc.node.label, LABEL_MAX)) for arc in ring.arcs)
    half = _LABEL + _CHARACTER * max(longest, 4)
    return picture(
        2 * half,
        2 * half,
        element(
            "g",
            element("g", drawn, class_="ribbons"),
            _arcs(ring, colours, after=after),
            _labels(ring),
            transform=f"translate({number(half)} {number(half)})",
        ),
        description=f"Who owed whom {words}: {amount(total, figures.stretch.decimals)} "
        f"{figures.stretch.currency} between {counted(len(ring.arcs), 'place')}",
    )


def _share(pair: Pair) -> float:
    return pair.after / pair.before


def _ribbon_tip(pair: Pair, figures: CurrencyFigures) -> str:
    decimals = figures.stretch.decimals
    return (
        f"{pair.debtor.name} \N{RIGHTWARDS ARROW} {pair.creditor.name}: "
        f"{amount(pair.before, decimals)} before, {amount(pair.after, decimals)} after, "
        f"{counted(pair.obligations, 'obligation')}"
    )


def _arcs(ring: Ring, colours: Mapping[str, str], *, after: bool) -> Html:
    """Return the ring: full where a place owes, light where it is owed; after set-off what remains."""
    parts = []
    left = {arc.node.key: [0, 0, 0, 0] for arc in ring.arcs}
    for ribbon in ring.ribbons:
        pair = ribbon.pair
        for key, at in ((pair.debtor.key, 0), (pair.creditor.key, 2)):
            left[key][at] += pair.before
            left[key][at + 1] += pair.after
    for arc in ring.arcs:
        colour = colours[arc.node.country]
        if after:
            parts.append(element("path", d=arc_path(arc.whole, _INNER, _OUTER), class_="track"))
        owes_before, owes_after, owed_before, owed_after = left[arc.node.key]
        for part, whole, remains, tone in (
            (arc.owes, owes_before, owes_after, "owes"),
            (arc.owed, owed_before, owed_after, "owed"),
        ):
            if whole and (remains or not after):
                kept = part.shrunk(remains / whole if after else 1.0)
                parts.append(element("path", d=arc_path(kept, _INNER, _OUTER), class_=f"{colour} {tone}"))
    return element("g", parts, class_="arcs")


def _labels(ring: Ring) -> Html:
    parts = []
    for arc in ring.arcs:
        turns = arc.whole.middle % 1.0
        degrees = turns * 2 * _HALF_TURN - 90.0
        is_left = turns > 0.5
        x, y = point(turns, _LABEL).split(" ")
        turned = degrees + _HALF_TURN if is_left else degrees
        parts.append(
            element(
                "text",
                shortened(arc.node.label, LABEL_MAX),
                transform=f"translate({x} {y}) rotate({number(turned)})",
                text_anchor="end" if is_left else "start",
                dy="0.35em",
                data_tip=f"{arc.node.name}, {country_name(arc.node.country)}",
            )
        )
    return element("g", parts, class_="labels")


def _left_out(owing: Owing, ribbons: int) -> Html | None:
    notes = []
    together = owing.node_count - sum(not node.key.startswith("others") for node in owing.nodes)
    if together > 0:
        notes.append(f"The smallest {counted(together, 'place')} are put together by country.")
    hidden = owing.pairs[ribbons:]
    if hidden:
        share = percent(sum(pair.before for pair in hidden), sum(pair.before for pair in owing.pairs))
        notes.append(f"The thinnest {counted(len(hidden), 'ribbon')}, together {share}, are not drawn.")
    return element("p", " ".join(notes), class_="note") if notes else None


def _countries_data(figures: CurrencyFigures, owing: Owing, countries: Sequence[str]) -> Html:
    """Return the matrix of countries: debtors in rows, creditors in columns, before over after."""
    decimals = figures.stretch.decimals
    sums: dict[tuple[str, str], tuple[int, int]] = {}
    for pair in owing.pairs:
        key = pair.debtor.country, pair.creditor.country
        before, after = sums.get(key, (0, 0))
        sums[key] = before + pair.before, after + pair.after

    def cell(debtor: str, creditor: str) -> Html:
        before, after = sums.get((debtor, creditor), (0, 0))
        if not before:
            return element("span", DASH)
        return element("span", money(before, decimals), money(after, decimals), class_="amounts")

    rows = [
        [country_name(debtor), *(cell(debtor, creditor) for creditor in countries)] for debtor in countries
    ]
    columns = [Column("owes, before over after"), *(Column(f"to {country_name(c)}", True) for c in countries)]
    return data(f"By country, {figures.stretch.currency}", table(columns, rows))


def _nodes_data(figures: CurrencyFigures, owing: Owing) -> Html:
    decimals = figures.stretch.decimals

    def sums(node: Node) -> list[int]:
        owes = [pair for pair in owing.pairs if pair.debtor == node]
        owed = [pair for pair in owing.pairs if pair.creditor == node]
        return [
            sum(pair.before for pair in owes),
            sum(pair.after for pair in owes),
            sum(pair.before for pair in owed),
            sum(pair.after for pair in owed),
        ]

    rows = [
        [
            shortened(node.label, 40),
            shortened(node.name, 80),
            *(money(value, decimals) for value in sums(node)),
        ]
        for node in owing.nodes
    ]
    titles = ("owe before", "owe after", "are owed before", "are owed after")
    columns = [Column("firms of"), Column("name"), *(Column(title, True) for title in titles)]
    title = f"By participant, {figures.stretch.currency} ({count(len(rows))})"
    return data(title, table(columns, rows))
