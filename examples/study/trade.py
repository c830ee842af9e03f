"""The quoted figures, and the total of each pair of countries that the study uses.

Rules
-----
1. A total is what the exporter reports (free on board). Where it reports nothing, it is what the importer
   reports, divided by 1.06 for freight and insurance. A reported zero is a figure.
2. `Side.IMPORTER` turns the rule around, to show how much hangs on who is asked: the importer's report
   divided by 1.06, and the exporter's where there is none.
3. Totals are whole US cents. The division is rounded half up, once.
"""

from __future__ import annotations

import csv
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from pathlib import Path

import numpy as np
import numpy.typing as npt

from examples.study.groups import Group

FIGURES = Path(__file__).with_name("trade_2019.csv")
YEAR = 2019
CENTS = 100
FREIGHT_PERCENT = 6
"""What freight and insurance add to the value of imports, by the convention of trade statistics."""

Int64Array = npt.NDArray[np.int64]


class Side(StrEnum):
    """Whose report counts first."""

    EXPORTER = "exporter"
    IMPORTER = "importer"


@dataclass(frozen=True, slots=True)
class Report:
    """What both sides report of one country's exports to another, in whole US dollars."""

    x_fob_usd: int | None
    x_estimated: bool
    m_cif_usd: int | None
    m_estimated: bool

    def total_cents(self, side: Side) -> int:
        """Return the pair's total by the rule, 0 if nobody reports anything."""
        exports = None if self.x_fob_usd is None else self.x_fob_usd * CENTS
        imports = None if self.m_cif_usd is None else without_freight(self.m_cif_usd * CENTS)
        first, second = (exports, imports) if side is Side.EXPORTER else (imports, exports)
        return next((total for total in (first, second) if total is not None), 0)

    @property
    def origin(self) -> str:
        """Where the total of `Side.EXPORTER` comes from: exporter, importer, or an estimate of the IMF."""
        by_exporter = self.x_fob_usd is not None
        if self.x_estimated if by_exporter else self.m_estimated:
            return "estimate"
        return "exporter" if by_exporter else "importer"


@dataclass(frozen=True, slots=True)
class Totals:
    """The positive totals between the members of a group, ordered by exporter and importer."""

    group: Group
    exporter: Int64Array
    """By pair: place of the exporter in `group.members`."""
    importer: Int64Array
    cents: Int64Array

    @property
    def gross_cents(self) -> int:
        """Sum of all totals."""
        return int(self.cents.sum())

    @property
    def pair(self) -> Int64Array:
        """By pair: one number for exporter and importer."""
        return self.exporter * np.int64(len(self.group.members)) + self.importer


def without_freight(cents: int) -> int:
    """Return the value free on board of imports that include freight, rounded half up."""
    divisor = 100 + FREIGHT_PERCENT
    return (2 * 100 * cents + divisor) // (2 * divisor)


@cache
def read_figures() -> Mapping[tuple[str, str], Report]:
    """Return the quoted figures by exporter and importer."""
    with FIGURES.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(line for line in file if not line.startswith("#"))
        return {
            (row["exporter"], row["importer"]): Report(
                int(row["x_fob_usd"]) if row["x_fob_usd"] else None,
                row["x_est"] == "1",
                int(row["m_cif_usd"]) if row["m_cif_usd"] else None,
                row["m_est"] == "1",
            )
            for row in rows
        }


def totals_of(group: Group, side: Side = Side.EXPORTER) -> Totals:
    """Return the totals between the members of a group."""
    figures = read_figures()
    found = [
        (place, other, report.total_cents(side))
        for place, exporter in enumerate(group.members)
        for other, importer in enumerate(group.members)
        if (report := figures.get((exporter, importer))) is not None and report.total_cents(side)
    ]
    columns = np.array(found, dtype=np.int64).reshape(-1, 3).T
    return Totals(group, columns[0].copy(), columns[1].copy(), columns[2].copy())


def origins_of(group: Group) -> dict[str, int]:
    """Return how much of a group's gross total comes from which source, in cents."""
    cents = {"exporter": 0, "importer": 0, "estimate": 0}
    members = set(group.members)
    for (exporter, importer), report in read_figures().items():
        if exporter in members and importer in members:
            cents[report.origin] += report.total_cents(Side.EXPORTER)
    return cents
