"""The picture of the study: two cards side by side that are not to be taken for each other.

The left card, in blue, holds what follows from trade statistics; the right card, in amber and with a broken
border, what follows from an assumption. The one thing that crosses over is the ceiling that the statistics
set to any set-off between firms: it stays blue.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from examples.study.bounds import Bounds, Finding
from examples.study.curve import RULES, Point, Study
from examples.study.groups import AFRICAN
from examples.study.results import billions
from examples.study.trade import YEAR
from setfair.report.html import Child, Html, element, number
from setfair.report.svg import picture
from setfair.report.words import percent

WIDTH, HEIGHT = 960.0, 532.0
CARD_WIDTH, CARD_TOP, CARD_HEIGHT = 464.0, 8.0, 516.0
LEFT_CARD, RIGHT_CARD = 8.0, 488.0
PADDING = 24.0
PLOT_LEFT, PLOT_RIGHT = RIGHT_CARD + 62.0, RIGHT_CARD + CARD_WIDTH - PADDING
PLOT_TOP, PLOT_BOTTOM = 112.0, 370.0
CURVE_GROUP = "AfCFTA"
CURVE_TOP_PERCENT = 80
"""What the upper end of the curves' axis stands for."""
GROUP_WORDS = {
    "AfCFTA": "Africa (AfCFTA)",
    "ECOWAS": "West Africa (ECOWAS)",
    "EAC": "East Africa (EAC)",
    "SADC": "Southern Africa (SADC)",
}
RULE_WORDS = {
    "largest": "the largest firms first",
    "any": "any firm, large or small",
    "apart": "any firm, and sales say nothing of purchases",
}
BADGE_PLACES = {"largest": 3, "any": 7, "apart": 9}
"""By rule: the point of its curve that carries its number."""

STYLE = """
svg { --paper: #faf8f4; --card: #ffffff; --ink: #1c2126; --soft: #5b646d; --line: #e3dfd6;
  --fact: #1d4f7c; --fact2: #74a9d4; --moves: #d9dde1; --guess: #b06a0c; --fill: #e09a36; }
@media (prefers-color-scheme: dark) {
  svg { --paper: #13161a; --card: #1a1e23; --ink: #e9e6df; --soft: #9aa3ac; --line: #2e343b;
    --fact: #4b8ecb; --fact2: #a9d0ee; --moves: #3a424a; --guess: #efae55; --fill: #efae55; }
}
text { font: 13px system-ui, -apple-system, "Segoe UI", Roboto, "Noto Sans", "Liberation Sans", Arial,
  sans-serif; fill: var(--ink); font-variant-numeric: tabular-nums lining-nums; }
.title { font: 600 19px ui-serif, "Iowan Old Style", Palatino, "URW Palladio L", P052, Georgia, serif; }
.kicker { font-weight: 700; font-size: 11.5px; letter-spacing: .07em; }
.soft, .tick { fill: var(--soft); } .tick { font-size: 12px; } .strong { font-weight: 600; }
.fact-words { fill: var(--fact); } .guess-words { fill: var(--guess); }
.card { fill: var(--card); stroke: var(--fact); stroke-width: 1.4; }
.card.guess { stroke: var(--guess); stroke-dasharray: 6 5; }
.paper { fill: var(--paper); }
.bilateral { fill: var(--fact); } .multilateral { fill: var(--fact2); } .moves { fill: var(--moves); }
.on-fact { fill: #ffffff; font-weight: 600; } .on-moves { fill: var(--ink); }
.other { stroke: var(--ink); stroke-width: 2; } .halo { stroke: var(--card); stroke-width: 5; }
.grid { stroke: var(--line); } .axis { stroke: var(--soft); stroke-width: .8; }
.ceiling { stroke: var(--fact); stroke-width: 1.6; stroke-dasharray: 2 3; }
.band { fill: var(--fill); fill-opacity: .2; }
.badge { fill: var(--guess); stroke: var(--card); stroke-width: 1.5; }
.badge-words { fill: var(--card); font-weight: 700; font-size: 12px; }
.curve { fill: none; stroke: var(--guess); stroke-width: 2.2; stroke-linejoin: round; }
@media (prefers-color-scheme: dark) { .on-fact { fill: #0e141a; } }
"""


def draw_study(findings: Sequence[Finding], study: Study) -> str:
    """Return the picture as an SVG document."""
    by_name = {finding.bounds.group.name: finding for finding in findings}
    shown = [by_name[name] for name in AFRICAN]
    ceiling = by_name[CURVE_GROUP].bounds
    drawing = picture(
        WIDTH,
        HEIGHT,
        element("style", Html(STYLE)),
        element("rect", width=WIDTH, height=HEIGHT, rx=12, class_="paper"),
        _card(
            LEFT_CARD,
            "fact",
            "FOLLOWS FROM TRADE STATISTICS",
            "What need not cross borders as money",
            f"Goods traded inside each group in {YEAR}, in US dollars (IMF)",
        ),
        [_bar(finding, 114.0 + 76.0 * place) for place, finding in enumerate(shown)],
        _bar_legend(),
        _card(
            RIGHT_CARD,
            "guess",
            "FOLLOWS FROM AN ASSUMPTION",
            "What set-off between firms cancels",
            "Share of Africa\N{RIGHT SINGLE QUOTATION MARK}s total, divided among invented firms",
        ),
        _curves(ceiling, study.curves[CURVE_GROUP]),
        _curve_legend(len(study.seeds)),
        description=_description(shown, ceiling, study),
        xmlns="http://www.w3.org/2000/svg",
    )
    return f"{drawing}\n"


def _description(shown: Sequence[Finding], ceiling: Bounds, study: Study) -> str:
    """Say in words what the picture shows."""
    bounds = "; ".join(
        f"{found.group.name} {percent(found.gross - found.multilateral, found.gross)} of {_usd(found.gross)}"
        for found in (finding.bounds for finding in shown)
    )
    ends = "; ".join(
        f"rule {rule.name}: {percent(points[0].cleared.median, points[0].gross)} without two-way traders, "
        f"{percent(points[-1].cleared.median, points[-1].gross)} if all sellers are buyers"
        for rule in RULES
        for points in [study.curves[CURVE_GROUP][rule.name]]
    )
    return (
        f"Left, from trade statistics: what multilateral netting between countries saves: {bounds}. "
        f"Right, from an assumption about firms: what set-off cancels in Africa: {ends}; no set-off between "
        f"firms can pass {percent(ceiling.gross - ceiling.loops, ceiling.gross)}."
    )


def _usd(cents: int) -> str:
    return f"USD {billions(cents)}"


def _words(text: Child, x: float, y: float, style: str = "", anchor: str | None = None) -> Html:
    return element("text", text, x=x, y=y, class_=style or None, text_anchor=anchor)


def _card(left: float, kind: str, kicker: str, title: str, lead: str) -> Html:
    x = left + PADDING
    return element(
        "g",
        element(
            "rect",
            x=left,
            y=CARD_TOP,
            width=CARD_WIDTH,
            height=CARD_HEIGHT,
            rx=10,
            class_=f"card {kind}",
        ),
        _words(kicker, x, 38, f"kicker {kind}-words"),
        _words(title, x, 65, "title"),
        _words(lead, x, 87, "soft"),
    )


def _bar(finding: Finding, top: float) -> Html:
    """Return one group: its gross total as a bar, cut into what is netted and what moves."""
    found, other = finding.bounds, finding.by_importers
    left, width = LEFT_CARD + PADDING, CARD_WIDTH - 2 * PADDING
    by_twos, among_all = found.gross - found.bilateral, found.gross - found.multilateral
    places = [left + width * end / found.gross for end in (0, by_twos, among_all, found.gross)]
    parts: list[Child] = [
        _words(GROUP_WORDS[found.group.name], left, top + 13, "strong"),
        _words(
            f"{percent(among_all, found.gross)} of {_usd(found.gross)}",
            left + width,
            top + 13,
            "strong",
            "end",
        ),
    ]
    for style, (begin, end) in zip(("bilateral", "multilateral", "moves"), pairwise(places), strict=True):
        parts.append(element("rect", x=begin, y=top + 22, width=end - begin, height=30, class_=style))
    parts.append(_words(percent(by_twos, found.gross), left + 10, top + 42, "on-fact"))
    parts.append(_words(billions(found.multilateral), left + width - 10, top + 42, "on-moves", "end"))
    parts.append(_mark(left + width * (other.gross - other.multilateral) / other.gross, top + 18, top + 56))
    return element("g", parts)


def _mark(x: float, top: float, bottom: float) -> list[Html]:
    return [element("line", x1=x, x2=x, y1=top, y2=bottom, class_=style) for style in ("halo", "other")]


def _bar_legend() -> Html:
    left, top = LEFT_CARD + PADDING, 437.0
    entries = (
        ("bilateral", "netted two by two"),
        ("multilateral", "netted among all, on top of that"),
        ("moves", "left to move"),
    )
    parts: list[Child] = []
    for place, (style, words) in enumerate(entries):
        y = top + 22 * place
        parts.append(element("rect", x=left, y=y - 10, width=12, height=12, rx=2, class_=style))
        parts.append(_words(words, left + 22, y, "soft"))
    words = "netted in all, by the importers\N{RIGHT SINGLE QUOTATION MARK} reports"
    parts.append([*_mark(left + 6, top + 54, top + 70), _words(words, left + 22, top + 66, "soft")])
    return element("g", parts)


def _x(share_percent: float) -> float:
    return PLOT_LEFT + share_percent / 100 * (PLOT_RIGHT - PLOT_LEFT)


def _y(cents: int, gross: int) -> float:
    return PLOT_BOTTOM - cents / gross * 100 / CURVE_TOP_PERCENT * (PLOT_BOTTOM - PLOT_TOP)


def _curves(ceiling: Bounds, curves: dict[str, list[Point]]) -> Html:
    bands, lines = [], []
    for place, rule in enumerate(RULES, 1):
        points = curves[rule.name]
        least, median, most = (
            [(_x(point.share_percent), _y(getattr(point.cleared, which), point.gross)) for point in points]
            for which in ("least", "median", "most")
        )
        bands.append(element("path", d=f"{_path([*most, *reversed(least)])}Z", class_="band"))
        lines.append(element("path", d=_path(median), class_="curve"))
        lines.append(_badge(place, *median[BADGE_PLACES[rule.name]]))
    top = _y(ceiling.gross - ceiling.loops, ceiling.gross)
    bound = percent(ceiling.gross - ceiling.loops, ceiling.gross)
    limit = element("line", x1=PLOT_LEFT, x2=PLOT_RIGHT, y1=top, y2=top, class_="ceiling")
    words = f"the totals allow no more than {bound}"
    return element(
        "g", _axes(), bands, limit, _words(words, PLOT_LEFT + 4, top - 8, "fact-words strong"), lines
    )


def _badge(figure: int, x: float, y: float) -> Html:
    """Return a curve's number in a disc."""
    disc = element("circle", cx=x, cy=y, r=9.0, class_="badge")
    return element("g", disc, _words(str(figure), x, y + 4.3, "badge-words", "middle"))


def _curve_legend(seeds: int) -> Html:
    left, top = RIGHT_CARD + PADDING, 437.0
    parts: list[Child] = []
    for place, rule in enumerate(RULES):
        y = top + 22 * place
        parts.append(_badge(place + 1, left + 9, y - 4))
        parts.append(_words(RULE_WORDS[rule.name], left + 26, y, "soft"))
    note = f"Lines: median of {seeds} draws; bands: least to most."
    parts.append(_words(note, left + 26, top + 66, "tick"))
    return element("g", parts)


def _path(points: Sequence[tuple[float, float]]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points)


def _axes() -> Html:
    parts: list[Child] = []
    for tick in range(0, CURVE_TOP_PERCENT + 1, 20):
        y = _y(tick, 100)
        style = "grid" if tick else "axis"
        parts.append(element("line", x1=PLOT_LEFT, x2=PLOT_RIGHT, y1=y, y2=y, class_=style))
        parts.append(_words(f"{tick} %", PLOT_LEFT - 8, y + 4, "tick", "end"))
    for share in range(0, 101, 25):
        anchor = "start" if not share else "end" if share == 100 else "middle"
        parts.append(_words(f"{share} %", _x(share), PLOT_BOTTOM + 18, "tick", anchor))
    middle = (PLOT_LEFT + PLOT_RIGHT) / 2
    words = "sellers that are also buyers (assumed)"
    parts.append(_words(words, middle, PLOT_BOTTOM + 37, "soft", "middle"))
    return element("g", parts)
