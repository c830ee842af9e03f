"""The curves of debt against liquidity as a file of their own: CSV, a picture (SVG) or a page (HTML).

Rules
-----
1. CSV has a row for each corner of each currency's curve, exactly: between two corners the curve is straight.
2. The picture needs no other file: its styles are in it.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from setfair.domain.money import format_amount
from setfair.engine.setoff.curve import Curve
from setfair.formats.csv_text import write_rows
from setfair.formats.replace_file import replacing
from setfair.report.draw_curve import HEIGHT, WIDTH, draw_curve, draw_picture, slopes
from setfair.report.html import Html, element, name
from setfair.report.page import draw_document, draw_tiles
from setfair.report.words import counted, percent

CURVE_COLUMNS = ("currency", "liquidity", "discharged", "each_unit_discharges")
KINDS = (".csv", ".svg", ".html")
"""Ends of names, and what is written for each."""

_MARGIN, _HEAD = 24.0, 34.0
_STYLE = """
svg { background: #ffffff; }
text {
  font-family: system-ui, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial, sans-serif;
  font-size: 12px; fill: #1c2126;
}
.title { font-size: 15px; font-weight: 600; }
.tick { fill: #5b646d; font-size: 11px; }
.axis { stroke: #5b646d; stroke-width: .8; }
.grid { stroke: #e3dfd6; stroke-width: 1; }
.edge { fill: none; }
.curve-area { fill: #1d4f7c; fill-opacity: .12; }
.curve-line { stroke: #1d4f7c; stroke-width: 2; stroke-linejoin: round; }
.lowest { fill: #1d4f7c; }
"""


@dataclass(frozen=True, slots=True)
class CurrencyCurve:
    """The curve of one currency."""

    currency: str
    decimals: int
    cleared: int
    """What was cancelled in this currency, in minor units."""
    curve: Curve | None
    curve_missing: str = ""
    """Why there is no curve."""


def write_curves(path: Path, source: str, curves: Sequence[CurrencyCurve]) -> None:
    """Write curves as the end of the name says; the file takes its place when it is complete.

    Parameters
    ----------
    path
        A name that ends in one of `KINDS`, in capitals or not.
    source
        What the page is called by, for example the name of the file of obligations.
    curves
        One for each currency, in their order.
    """
    kind = path.suffix.lower()
    with replacing(path) as out:
        if kind == ".csv":
            write_rows(out, _rows(curves))
        else:
            draw = _draw_svg if kind == ".svg" else _draw_page
            out.write(draw(source, curves).encode())


def _rows(curves: Sequence[CurrencyCurve]) -> Iterator[tuple[str | int, ...]]:
    yield CURVE_COLUMNS
    for part in curves:
        if part.curve is None:
            continue
        # Before its first corner nothing is discharged by a unit: set-off cancels it without money.
        each = [0, *(slope for _, _, slope, _ in slopes(part.curve))]
        points = zip(part.curve.liquidity_minor, part.curve.discharged_minor, each, strict=True)
        for liquidity, discharged, slope in points:
            amounts = (format_amount(minor, part.decimals) for minor in (liquidity, discharged))
            yield (part.currency, *amounts, slope)


def _draw_svg(source: str, curves: Sequence[CurrencyCurve]) -> str:
    drawn = [(part, part.curve) for part in curves if part.curve is not None and part.curve.gross_minor]
    each = _HEAD + HEIGHT + _MARGIN
    parts = []
    for place, (part, curve) in enumerate(drawn):
        top = _MARGIN + place * each
        title = f"{part.currency}: debt discharged against liquidity"
        parts.append(element("text", title, x=_MARGIN, y=top + 14, class_="title"))
        inner = draw_picture(curve, part)
        parts.append(element("svg", inner, x=_MARGIN, y=top + _HEAD, width=WIDTH, height=HEIGHT))
    width, height = WIDTH + 2 * _MARGIN, _MARGIN + each * max(len(drawn), 1)
    if not drawn:
        parts.append(element("text", "Nothing is owed.", x=_MARGIN, y=_MARGIN + 14))
    picture = element(
        "svg",
        element("title", f"Debt discharged against liquidity: {source}"),
        element("style", Html(_STYLE)),
        element("rect", width="100%", height="100%", fill="#ffffff"),
        parts,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
    )
    return f"{picture}\n"


def _draw_page(source: str, curves: Sequence[CurrencyCurve]) -> str:
    tiles = [
        (
            percent(part.curve.discharged_minor[0], part.curve.gross_minor),
            f"of {part.currency} without money",
            "",
        )
        for part in curves[:3]
        if part.curve is not None and part.curve.gross_minor
    ]
    masthead = element(
        "header",
        element("p", "Debt discharged against liquidity", class_="house"),
        element("h1", name(source, 80)),
        draw_tiles(tiles),
        class_="masthead",
    )
    sections = [
        element("section", element("h2", part.currency), draw_curve(part), class_="currency-curve")
        for part in curves
    ]
    foot = f"Setfair liquidity curve, {counted(len(curves), 'currency', 'currencies')}."
    return draw_document(f"Liquidity curve of {source}", masthead, sections, foot, {})
