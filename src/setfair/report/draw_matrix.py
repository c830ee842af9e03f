"""Pictures of what groups owe groups: debtors down, creditors across, before and after side by side."""

from __future__ import annotations

from dataclasses import dataclass

from setfair.report.clearing import Matrix
from setfair.report.draw_parts import LABEL_MAX, Column, data, money, table
from setfair.report.html import Html, element, name, number, shortened
from setfair.report.owed import OTHERS, Pair
from setfair.report.svg import picture
from setfair.report.words import amount, count, counted, percent, rough

PAIRS_LISTED_MAX = 30
"""Pairs that the table under a matrix lists: the largest."""

_SIDE, _CELL_MIN, _CELL_MAX, _TEXT_MIN = 440.0, 18.0, 76.0, 50.0
_CHARACTER, _GAP = 6.9, 2.0
_FAINTEST = 0.1
_DARK = 0.7


def draw_matrix(matrix: Matrix, word: str, currency: str, decimals: int) -> Html:
    """Return the pair of pictures with its numbers.

    Parameters
    ----------
    matrix
        What groups owe groups.
    word
        What a group is, for example "country".
    currency, decimals
        Of the amounts.
    """
    sides = [
        element(
            "figure",
            element("figcaption", element("h4", title), element("b", amount(total, decimals))),
            _picture(matrix, currency, decimals, after=after),
            class_="matrix",
        )
        for title, total, after in (
            ("Before", sum(pair.before for pair in matrix.pairs), False),
            ("After", sum(pair.after for pair in matrix.pairs), True),
        )
    ]
    return element(
        "article",
        element("h3", f"By {word}"),
        element("div", sides, class_="rings"),
        _numbers(matrix, word, currency, decimals),
        class_="by-group",
    )


@dataclass(frozen=True, slots=True)
class _Grid:
    """Where the cells of a matrix lie."""

    left: float
    top: float
    cell: float
    largest: int
    largest_gathered: int
    decimals: int
    has_words: bool


def _picture(matrix: Matrix, currency: str, decimals: int, *, after: bool) -> Html:
    groups = len(matrix.nodes)
    cell = max(min(_SIDE / groups, _CELL_MAX), _CELL_MIN)
    labels = [shortened(node.label, LABEL_MAX) for node in matrix.nodes]
    longest = max(map(len, labels)) * _CHARACTER
    grid = _Grid(
        left=longest + 12,
        top=longest + 12 if longest > cell - 4 else 24.0,
        cell=cell,
        largest=_strongest(matrix, gathered=False),
        largest_gathered=_strongest(matrix, gathered=True),
        decimals=decimals,
        has_words=cell >= _TEXT_MIN,
    )
    place = {node.key: at for at, node in enumerate(matrix.nodes)}
    cells = [
        _cell(
            grid,
            pair,
            (place[pair.debtor.key], place[pair.creditor.key]),
            pair.after if after else pair.before,
        )
        for pair in matrix.pairs
    ]
    side = cell * groups
    width, words = grid.left + side + 4, "after" if after else "before"
    return picture(
        width,
        grid.top + side + 2,
        element("rect", x=grid.left, y=grid.top, width=side, height=side, class_="matrix-ground"),
        element("g", cells, class_="cells"),
        _labels(grid, labels),
        description=f"What {counted(groups, 'group')} owe each other {words} set-off, {currency}; "
        "debtors down, creditors across",
        width_=width,
    )


def _is_gathered(pair: Pair) -> bool:
    return pair.debtor.key.startswith(OTHERS) or pair.creditor.key.startswith(OTHERS)


def _strongest(matrix: Matrix, *, gathered: bool) -> int:
    """Return the amount of the strongest colour.

    Many small groups together may owe more than all others, so they have a scale of their own.
    """
    return max((pair.before for pair in matrix.pairs if _is_gathered(pair) == gathered), default=1)


def _cell(grid: _Grid, pair: Pair, at: tuple[int, int], value: int) -> Html | None:
    """Return one cell, shaded by the root of its value so that small ones are seen; none for nothing."""
    if not value:
        return None
    row, column = at
    largest = grid.largest_gathered if _is_gathered(pair) else grid.largest
    x, y, side = grid.left + grid.cell * column, grid.top + grid.cell * row, grid.cell - _GAP
    shade = _FAINTEST + (1.0 - _FAINTEST) * (value / largest) ** 0.5
    square = element(
        "rect",
        x=x + _GAP / 2,
        y=y + _GAP / 2,
        width=side,
        height=side,
        fill_opacity=shade,
        class_="gathered" if _is_gathered(pair) else None,
        data_tip=f"{pair.debtor.name} \N{RIGHTWARDS ARROW} {pair.creditor.name}: "
        f"{amount(pair.before, grid.decimals)} before, {amount(pair.after, grid.decimals)} after, "
        f"{counted(pair.obligations, 'obligation')}",
    )
    if not grid.has_words:
        return square
    words = element(
        "text",
        rough(value, grid.decimals),
        x=x + grid.cell / 2,
        y=y + grid.cell / 2 + 4,
        text_anchor="middle",
        class_="on-dark" if shade > _DARK else None,
    )
    return element("g", square, words)


def _labels(grid: _Grid, labels: list[str]) -> Html:
    parts = []
    for place, label in enumerate(labels):
        middle = grid.cell * (place + 0.5)
        parts.append(element("text", label, x=grid.left - 7, y=grid.top + middle + 4, text_anchor="end"))
        x, y = grid.left + middle, grid.top - 8
        is_turned = grid.top > 24.0
        where: dict[str, object] = (
            {"transform": f"translate({number(x + 4)} {number(y)}) rotate(-90)"}
            if is_turned
            else {"x": x, "y": y, "text_anchor": "middle"}
        )
        parts.append(element("text", label, **where))
    return element("g", parts, class_="matrix-labels")


def _numbers(matrix: Matrix, word: str, currency: str, decimals: int) -> Html:
    columns = [
        Column("owed by"),
        Column("owed to"),
        Column("obligations", True),
        Column("before", True),
        Column("cancelled", True),
        Column("share", True),
        Column("after", True),
    ]
    rows = [
        [
            name(pair.debtor.name, 60),
            name(pair.creditor.name, 60),
            count(pair.obligations),
            money(pair.before, decimals),
            money(pair.before - pair.after, decimals),
            percent(pair.before - pair.after, pair.before),
            money(pair.after, decimals),
        ]
        for pair in matrix.pairs[:PAIRS_LISTED_MAX]
    ]
    left = len(matrix.pairs) - len(rows)
    more = f"; the largest {len(rows)} of {counted(len(matrix.pairs), 'pair')}" if left else ""
    return data(f"By {word}, {currency}, in numbers{more}", table(columns, rows))
