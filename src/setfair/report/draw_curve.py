"""The curve of debt discharged against liquidity, exact at every corner."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import Protocol

from setfair.engine.setoff.curve import Curve
from setfair.report.draw_parts import Column, data, money, table
from setfair.report.html import Child, Html, element, number
from setfair.report.svg import picture, quantity_ticks
from setfair.report.words import DASH, amount, count, counted, percent, rough

LINES_LISTED_MAX = 200
"""Lines of the curve that the table lists: the steepest."""

WIDTH, HEIGHT = 720.0, 340.0
_LEFT, _RIGHT, _TOP, _BOTTOM = 58.0, 696.0, 40.0, 284.0


class CurveView(Protocol):
    """What is drawn: the curve of one currency, and what was cancelled in it."""

    @property
    def currency(self) -> str:
        """Its code."""

    @property
    def decimals(self) -> int:
        """Digits after its point."""

    @property
    def cleared(self) -> int:
        """What was cancelled, in minor units."""

    @property
    def curve(self) -> Curve | None:
        """None where there is none."""

    @property
    def curve_missing(self) -> str:
        """Why there is none."""


def draw_curve(clearing: CurveView) -> Html:
    """Return the curve with its words and its numbers, or why there is none."""
    curve = clearing.curve
    if curve is None or not curve.gross_minor:
        return element("p", clearing.curve_missing, class_="note")
    return element(
        "article",
        element("h3", "Debt discharged against liquidity"),
        element("p", _words(curve, clearing), class_="curve-words"),
        draw_picture(curve, clearing),
        _numbers(curve, clearing),
        class_="curve",
    )


def slopes(curve: Curve) -> list[tuple[int, int, int, int]]:
    """Return the straight lines: liquidity from and to, obligations per unit, debt discharged at the end."""
    points = list(zip(curve.liquidity_minor, curve.discharged_minor, strict=True))
    return [(x, to, (up - y) // (to - x), up) for (x, y), (to, up) in pairwise(points)]


def _words(curve: Curve, clearing: CurveView) -> list[Child]:
    unit, decimals = clearing.currency, clearing.decimals
    lines = slopes(curve)
    start = curve.discharged_minor[0]
    words: list[Child] = [f"Without money {amount(start, decimals)} {unit} cancel in one run. "]
    if start != clearing.cleared:
        words.append(f"What was cancelled is {amount(clearing.cleared, decimals)}: not in one run. ")
    if not lines:
        words.append("No money is needed for the rest: all debt is on loops that cancel whole.")
        return words
    first, last = lines[0], lines[-1]
    if len(lines) == 1:
        words.append(f"Every unit of liquidity discharges {_in_a_row(first[2])}. ")
    else:
        words.append(
            f"The first unit of liquidity discharges {_in_a_row(first[2])}, and so does every unit up to "
            f"{amount(first[1], decimals)}; the last one discharges {_in_a_row(last[2])}. "
        )
    words.append(
        f"With {amount(last[1], decimals)}, the net internal debt, all {amount(curve.gross_minor, decimals)} "
        f"{unit} are discharged."
    )
    return words


def _in_a_row(number_: int) -> str:
    return f"{counted(number_, 'obligation')}{' in a row' if number_ > 1 else ''}"


@dataclass(frozen=True, slots=True)
class _Scale:
    """What a width and a height of the drawing stand for."""

    liquidity: int
    debt: int

    def x(self, liquidity: float) -> float:
        """Return where an amount of liquidity lies."""
        return _LEFT + (_RIGHT - _LEFT) * (liquidity / self.liquidity if self.liquidity else 0.0)

    def y(self, debt: float) -> float:
        """Return where an amount of debt lies."""
        return _BOTTOM - (_BOTTOM - _TOP) * debt / self.debt


def draw_picture(curve: Curve, clearing: CurveView) -> Html:
    """Return the curve as a drawing of `WIDTH` by `HEIGHT`."""
    decimals, unit = clearing.decimals, clearing.currency
    scale = _Scale(curve.liquidity_minor[-1], curve.gross_minor)
    points = zip(curve.liquidity_minor, curve.discharged_minor, strict=True)
    line = "M" + "L".join(f"{number(scale.x(money_))} {number(scale.y(debt))}" for money_, debt in points)
    nothing, everything = curve.discharged_minor[0], curve.discharged_minor[-1]
    end_x, start_y = scale.x(scale.liquidity), scale.y(nothing)
    marks: list[Child] = [
        element("circle", cx=_LEFT, cy=start_y, r=4.5, class_="fill lowest"),
        element("text", f"no liquidity: {percent(nothing, curve.gross_minor)}", x=_LEFT + 12, y=start_y + 18)
        if scale.liquidity
        else None,
        element("circle", cx=end_x, cy=scale.y(everything), r=4.5, class_="fill lowest"),
        element(
            "text",
            f"all debt, with {amount(scale.liquidity, decimals)}",
            x=end_x if scale.liquidity else end_x + 10,
            y=_TOP - 10,
            text_anchor="end" if scale.liquidity else "start",
        ),
    ]
    return picture(
        WIDTH,
        HEIGHT,
        _axes(scale, clearing),
        element("path", d=f"{line}V{number(_BOTTOM)}H{number(_LEFT)}Z", class_="fill curve-area"),
        element("path", d=line, class_="edge curve-line"),
        element("g", marks),
        description=f"Debt discharged against liquidity: {amount(nothing, decimals)} {unit} with none, "
        f"{amount(everything, decimals)} with {amount(scale.liquidity, decimals)}",
    )


def _axes(scale: _Scale, clearing: CurveView) -> Html:
    unit = float(10**clearing.decimals)
    parts: list[Child] = []
    for tick in quantity_ticks(scale.debt / unit):
        y = scale.y(tick * unit)
        parts.append(element("line", x1=_LEFT, x2=_RIGHT, y1=y, y2=y, class_="grid"))
        label = rough(tick * unit, clearing.decimals)
        parts.append(element("text", label, x=_LEFT - 8, y=y + 4, text_anchor="end", class_="tick"))
    for tick in [0.0, *quantity_ticks(scale.liquidity / unit)]:
        x = scale.x(tick * unit)
        parts.append(element("line", x1=x, x2=x, y1=_BOTTOM, y2=_BOTTOM + 4, class_="axis"))
        label = rough(tick * unit, clearing.decimals)
        parts.append(element("text", label, x=x, y=_BOTTOM + 19, text_anchor="middle", class_="tick"))
    parts.append(element("line", x1=_LEFT, x2=_RIGHT, y1=_BOTTOM, y2=_BOTTOM, class_="axis"))
    across = f"liquidity, {clearing.currency}"
    parts.append(element("text", across, x=_RIGHT, y=HEIGHT - 4, text_anchor="end", class_="tick"))
    parts.append(element("text", f"debt discharged, {clearing.currency}", x=0.0, y=_TOP - 10, class_="tick"))
    return element("g", parts)


def _numbers(curve: Curve, clearing: CurveView) -> Html:
    decimals = clearing.decimals
    columns = [
        Column("liquidity from", True),
        Column("to", True),
        Column("each unit discharges", True),
        Column("debt discharged then", True),
        Column("of all", True),
    ]
    start = curve.discharged_minor[0]
    lines = slopes(curve)
    rows = [
        ["none", DASH, DASH, money(start, decimals), percent(start, curve.gross_minor)],
        *(
            [
                money(begin, decimals),
                money(end, decimals),
                counted(slope, "obligation"),
                money(debt, decimals),
                percent(debt, curve.gross_minor),
            ]
            for begin, end, slope, debt in lines[:LINES_LISTED_MAX]
        ),
    ]
    left = len(lines) - LINES_LISTED_MAX
    more = f"; the steepest {LINES_LISTED_MAX} of {count(len(lines))} lines" if left > 0 else ""
    return data(f"The curve in numbers, {clearing.currency}{more}", table(columns, rows))
