"""Layer 2, the outcome: how much of the invoices set-off cancels, over the share of two-way traders.

Rules
-----
1. One **case** is a group, an assumption, a share of two-way traders; it is run with several seeds.
2. Of the seeds the median, the least and the largest are given. The median is one of the runs (the lower of
   the middle two where their number is even), so no amount is ever averaged.
3. These hold whatever is drawn, and the tests check them:
   without two-way traders nothing cancels, because no firm is on both sides and so there is no loop;
   more two-way traders never cancel less, with everything else the same;
   firms cancel no more than the countries' totals let cancel (`bounds`, rule 2);
   firms owe on balance no less than the countries do.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from statistics import median_low

import numpy as np

from examples.study.firms import Assumption, draw_invoices
from examples.study.groups import AFRICAN, GROUP_BY_NAME
from examples.study.trade import Totals, totals_of
from setfair.engine.setoff import SetOff, set_off

SHARES = tuple(range(0, 101, 10))
"""Two-way traders among the sellers of a country, in percent: the points of a curve."""
MIDDLE = 50
"""The share at which variants of the assumption are compared."""


@dataclass(frozen=True, slots=True)
class Rule:
    """Who the two-way traders are."""

    name: str
    words: str
    assumption: Assumption


BASE = Assumption()
RULES = (
    Rule(
        "largest",
        "the largest firms are the first two-way traders; each sells and buys in proportion to its size",
        replace(BASE, largest_first=True),
    ),
    Rule("any", "any firm may be a two-way trader; it sells and buys in proportion to its size", BASE),
    Rule(
        "apart",
        "any firm may be a two-way trader; what it sells says nothing about what it buys",
        replace(BASE, sizes_apart=True),
    ),
)
VARIANTS = (
    ("as assumed", BASE),
    ("4 invoices a firm", replace(BASE, invoices_per_firm=4)),
    ("64 invoices a firm", replace(BASE, invoices_per_firm=64)),
    ("10 firms a side", replace(BASE, firms=10)),
    ("160 firms a side", replace(BASE, firms=160)),
    ("Pareto index 2", replace(BASE, pareto_index=2.0)),
)
"""The rule `any` with one thing changed."""


@dataclass(frozen=True, slots=True)
class Spread:
    """The outcomes of several seeds, in cents."""

    least: int
    median: int
    most: int

    @classmethod
    def of(cls, outcomes: Sequence[int]) -> Spread:
        """Return the spread of at least one outcome."""
        return cls(min(outcomes), median_low(outcomes), max(outcomes))


@dataclass(frozen=True, slots=True)
class Point:
    """One case over all seeds."""

    share_percent: int
    invoices: int
    """With the first seed."""
    gross: int
    """In cents; the same with every seed, and the total of the statistics."""
    cleared: Spread
    """Cancelled by set-off between firms."""
    net_debit: Spread
    """What the firms that owe more than they are owed have to give on balance, set-off or not."""


@dataclass(slots=True)
class Study:
    """Layer 2 as far as it has been run."""

    seeds: tuple[int, ...]
    curves: dict[str, dict[str, list[Point]]] = field(default_factory=dict)
    """By group and rule: the points in the order of SHARES."""
    variants: dict[str, dict[str, Point]] = field(default_factory=dict)
    """By group and variant: the point at MIDDLE."""


def set_off_firms(
    totals: Totals, assumption: Assumption, seed: int, shares: Sequence[int]
) -> Iterator[SetOff]:
    """Yield what set-off cancels for each share of two-way traders, all with the same invoices."""
    invoices = draw_invoices(totals, assumption, seed)
    due_day = np.zeros_like(invoices.cents)
    for share in shares:
        yield set_off(*invoices.parties(share), invoices.cents, due_day)


def run_case(
    totals: Totals, assumption: Assumption, seeds: Sequence[int], shares: Sequence[int]
) -> list[Point]:
    """Return one point for each share."""
    by_seed = [list(set_off_firms(totals, assumption, seed, shares)) for seed in seeds]
    return [
        Point(
            share_percent=share,
            invoices=len(runs[0].cleared_minor),
            gross=runs[0].gross_minor,
            cleared=Spread.of([run.cleared_total_minor for run in runs]),
            net_debit=Spread.of([run.net_debit_minor for run in runs]),
        )
        for share, runs in zip(shares, zip(*by_seed, strict=True), strict=True)
    ]


def run_study(
    seeds: Sequence[int], on_progress: Callable[[int, int], None] = lambda done, all_: None
) -> Study:
    """Run all curves and variants of the African groups.

    Parameters
    ----------
    seeds
        At least one.
    on_progress
        Called with the cases done and all cases.
    """
    study = Study(tuple(seeds))
    cases = len(AFRICAN) * (len(RULES) + len(VARIANTS))
    done = 0
    for name in AFRICAN:
        totals = totals_of(GROUP_BY_NAME[name])
        study.curves[name], study.variants[name] = {}, {}
        for rule in RULES:
            study.curves[name][rule.name] = run_case(totals, rule.assumption, seeds, SHARES)
            done += 1
            on_progress(done, cases)
        for words, assumption in VARIANTS:
            study.variants[name][words] = run_case(totals, assumption, seeds, (MIDDLE,))[0]
            done += 1
            on_progress(done, cases)
    return study
