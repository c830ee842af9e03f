"""The outcomes as data: two layers, two keys, and nothing that mixes them. Amounts are whole US cents."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from examples.study.bounds import Bounds, Finding
from examples.study.curve import MIDDLE, RULES, VARIANTS, Point, Study
from examples.study.trade import YEAR

SOURCE = "International Monetary Fund, Direction of Trade Statistics"


def billions(cents: int) -> str:
    """Write an amount in billions of dollars with one decimal, rounded half up."""
    tenths = (cents + 5 * 10**9) // 10**10
    return f"{tenths // 10}.{tenths % 10}\N{NO-BREAK SPACE}bn"


def saved_percent(moves: int, gross: int) -> float:
    """Return the share of the gross total that need not move, in percent."""
    return round(100 * (gross - moves) / gross, 2)


def as_data(findings: list[Finding], study: Study) -> dict[str, Any]:
    """Return everything that was found, ready for JSON."""
    return {
        "source": f"{SOURCE}, {YEAR}; goods, US dollars",
        "follows_from_trade_statistics": {
            finding.bounds.group.name: _layer_1(finding) for finding in findings
        },
        "follows_from_an_assumption": {
            "seeds": list(study.seeds),
            "rules": {rule.name: {"words": rule.words, **asdict(rule.assumption)} for rule in RULES},
            "curves": {
                group: {rule: [_layer_2(point) for point in points] for rule, points in curves.items()}
                for group, curves in study.curves.items()
            },
            "variants_share_percent": MIDDLE,
            "variants": {
                group: {
                    words: {**asdict(assumption), **_layer_2(points[words])} for words, assumption in VARIANTS
                }
                for group, points in study.variants.items()
            },
        },
    }


def _layer_1(finding: Finding) -> dict[str, Any]:
    by_exporters, by_importers = finding.bounds, finding.by_importers
    return {
        "title": by_exporters.group.title,
        "members": list(by_exporters.group.members),
        "pairs": by_exporters.pairs,
        **_moves(by_exporters),
        "gross_cents_by_origin": finding.origins,
        "largest_creditor": by_exporters.largest_creditor,
        "largest_creditor_due_cents": by_exporters.largest_creditor_due,
        "by_importers": _moves(by_importers),
    }


def _moves(bounds: Bounds) -> dict[str, Any]:
    moving = {
        "bilateral": bounds.bilateral,
        "country_set_off": bounds.loops,
        "multilateral": bounds.multilateral,
    }
    return {
        "gross_cents": bounds.gross,
        **{f"{name}_moves_cents": cents for name, cents in moving.items()},
        **{f"{name}_saves_percent": saved_percent(cents, bounds.gross) for name, cents in moving.items()},
    }


def _layer_2(point: Point) -> dict[str, Any]:
    return {
        "share_percent": point.share_percent,
        "invoices": point.invoices,
        "gross_cents": point.gross,
        "cleared_cents": asdict(point.cleared),
        "cleared_percent": round(100 * point.cleared.median / point.gross, 2),
        "net_debit_cents": asdict(point.net_debit),
    }
