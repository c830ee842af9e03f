"""The outcomes as tables on a terminal, each layer under its own heading."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

from examples.study.bounds import Finding
from examples.study.curve import MIDDLE, RULES, SHARES, Point, Spread, Study
from examples.study.results import billions
from examples.study.trade import YEAR
from setfair.report.words import count, percent


def show(console: Console, findings: list[Finding], study: Study) -> None:
    """Print both layers."""
    _show_bounds(console, findings)
    console.print()
    console.rule("2  Follows from an assumption about firms, not from statistics", align="left")
    seeds = f"median of {len(study.seeds)} seeds (least to most)"
    console.print(f"Cancelled by set-off between firms, share of the gross total: {seeds}.")
    for rule in RULES:
        console.print(f"  {rule.name}: {rule.words}")
    for group, curves in study.curves.items():
        _show_curves(console, group, curves)
    _show_variants(console, study)


def _show_bounds(console: Console, findings: list[Finding]) -> None:
    console.rule("1  Follows from trade statistics alone", align="left")
    console.print(
        f"Goods trade inside each group in {YEAR}, IMF. What need not move as money between countries:"
    )
    table = _table("", "gross, USD", "bilateral", "set-off", "multilateral", "moves, USD", "by importers")
    for finding in findings:
        found, other = finding.bounds, finding.by_importers
        saved = (
            percent(found.gross - moves, found.gross)
            for moves in (found.bilateral, found.loops, found.multilateral)
        )
        by_importers = percent(other.gross - other.multilateral, other.gross)
        table.add_row(
            found.group.name,
            billions(found.gross),
            *saved,
            billions(found.multilateral),
            by_importers,
        )
    console.print(table)


def _show_curves(console: Console, group: str, curves: dict[str, list[Point]]) -> None:
    table = _table("two-way traders", *(rule.name for rule in RULES))
    for place, share in enumerate(SHARES):
        points = [curves[rule.name][place] for rule in RULES]
        table.add_row(f"{share} %", *(spread_words(point.cleared, point.gross) for point in points))
    console.print(f"\n{group}, {count(curves[RULES[0].name][0].invoices)} invoices")
    console.print(table)


def _show_variants(console: Console, study: Study) -> None:
    console.print(f"\nRule any at {MIDDLE} % two-way traders, with one thing changed")
    table = _table("", *study.variants)
    for words in next(iter(study.variants.values())):
        points = [variants[words] for variants in study.variants.values()]
        table.add_row(words, *(spread_words(point.cleared, point.gross) for point in points))
    console.print(table)


def spread_words(spread: Spread, gross: int) -> str:
    """Write a spread as shares of the gross total."""
    median, least, most = (percent(cents, gross) for cents in (spread.median, spread.least, spread.most))
    return f"{median} ({least.removesuffix(' %')} to {most.removesuffix(' %')})"


def _table(*titles: str) -> Table:
    table = Table(box=None, padding=(0, 3, 0, 0))
    for title in titles:
        table.add_column(title, justify="right" if title != titles[0] else "left", no_wrap=True)
    return table
