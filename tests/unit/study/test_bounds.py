"""Layer 1: the quoted figures are the published ones, and the bounds follow from them."""

from __future__ import annotations

import csv
import gzip
from decimal import Decimal
from fractions import Fraction
from itertools import product
from math import floor

import numpy as np
import pytest

from examples.study.bounds import Bounds, bilateral_net, bounds_of, net_positions
from examples.study.groups import AFRICAN, GROUP_BY_NAME, GROUPS, Group
from examples.study.trade import Report, Side, Totals, origins_of, read_figures, totals_of, without_freight
from tests.shared import SHARED, needs_shared

YEAR = "2019"


def totals(matrix: list[list[int]]) -> Totals:
    """Return the totals of a matrix of exporters and importers."""
    group = Group("T", "test", tuple("ABCDEFGH"[: len(matrix)]))
    pairs = [
        (place, other, matrix[place][other])
        for place, other in product(range(len(matrix)), repeat=2)
        if matrix[place][other]
    ]
    columns = np.array(pairs, np.int64).T
    return Totals(group, *(column.copy() for column in columns))


def shared_rows(name: str) -> list[dict[str, str]]:
    assert SHARED is not None
    path = SHARED / "trade" / name
    if not path.is_file():
        pytest.skip(f"needs {name} among the sample data")
    data = path.read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode()
    return list(csv.DictReader(text.splitlines()))


def dollars(millions: str) -> int | None:
    return int(Decimal(millions) * 10**6) if millions else None


@needs_shared
def test_the_quoted_table_has_the_figures_of_the_source() -> None:
    """Every pair inside a group, and no other, with both sides' figures to the dollar."""
    inside = {pair for group in GROUPS for pair in product(group.members, repeat=2)}
    expected = {
        (row["exporter"], row["importer"]): Report(
            dollars(row["x_fob_usd_mn"]),
            row["x_est"] == "1",
            dollars(row["m_cif_usd_mn"]),
            row["m_est"] == "1",
        )
        for row in shared_rows("imf_dots_2019_full_matrix.csv.gz")
        if (row["exporter"], row["importer"]) in inside
    }
    assert read_figures() == expected


@needs_shared
def test_the_groups_have_the_members_of_the_source() -> None:
    """The groups that the source has are made of the same countries."""
    found: dict[str, set[str]] = {}
    for row in shared_rows("regional_blocs_dots.csv.gz"):
        found.setdefault(row["group"], set()).update((row["exporter"], row["importer"]))
    ours = {group.name: set(group.members) for group in GROUPS if group.name in found}
    assert len(ours) == 7
    assert ours == {name: found[name] for name in ours}


@needs_shared
def test_the_published_bounds_are_reproduced() -> None:
    """Gross total and what moves agree to a hundred thousand dollars, the shares to a tenth of a percent."""
    published = {row["group"]: row for row in shared_rows("bloc_netting_bounds.csv") if row["year"] == YEAR}
    compared = 0
    for group in GROUPS:
        if (row := published.get(group.name)) is None:
            continue
        found = bounds_of(totals_of(group))
        assert found.pairs == int(row["pairs_pos"])
        for cents, name in (
            (found.gross, "gross"),
            (found.bilateral, "bilateral_net"),
            (found.multilateral, "multilateral_net"),
        ):
            assert round(Decimal(cents) / 10**8, 1) == Decimal(row[f"{name}_usd_mn"]), (group.name, name)
        for cents, name in ((found.bilateral, "bilateral"), (found.multilateral, "multilateral")):
            saving = round(100 - Decimal(100 * cents) / found.gross, 1)
            assert saving == Decimal(row[f"{name}_saving_pct"]), (group.name, name)
        compared += 1
    assert compared == 7


def test_africa_and_west_africa_as_in_the_documents() -> None:
    """75 % of USD 83 bn and 63 % of USD 11 bn need not move."""
    africa, west = (bounds_of(totals_of(GROUP_BY_NAME[name])) for name in ("AfCFTA", "ECOWAS"))
    assert (round(africa.gross / 10**11), round(africa.multilateral / 10**11)) == (83, 21)
    assert round(100 - 100 * africa.multilateral / africa.gross) == 75
    assert round(100 - 100 * west.multilateral / west.gross) == 63


@pytest.mark.parametrize("group", GROUPS, ids=lambda group: group.name)
@pytest.mark.parametrize("side", Side)
def test_the_bounds_are_in_their_order(group: Group, side: Side) -> None:
    """Set-off between countries saves at least what bilateral netting saves, netting among all the most."""
    found = bounds_of(totals_of(group, side))
    assert found.gross >= found.bilateral >= found.loops >= found.multilateral > 0
    assert found.largest_creditor_due <= found.multilateral


def test_parts_of_africa() -> None:
    """The other African groups are parts of the first."""
    assert all(set(GROUP_BY_NAME[name].members) <= set(GROUP_BY_NAME["AfCFTA"].members) for name in AFRICAN)


def test_bounds_of_a_chain_a_loop_and_both() -> None:
    """A chain nets and has no loop; a loop cancels whole; two countries net by twos."""
    chain = bounds_of(totals([[0, 10, 0], [0, 0, 10], [0, 0, 0]]))
    assert moves(chain) == (20, 20, 20, 10)
    loop = bounds_of(totals([[0, 10, 0], [0, 0, 10], [10, 0, 0]]))
    assert moves(loop) == (30, 30, 0, 0)
    two = bounds_of(totals([[0, 10], [4, 0]]))
    assert moves(two) == (14, 6, 6, 6)
    assert (two.largest_creditor, two.largest_creditor_due) == ("A", 6)


def moves(found: Bounds) -> tuple[int, int, int, int]:
    return found.gross, found.bilateral, found.loops, found.multilateral


def test_bilateral_and_multilateral_net_by_obvious_loops() -> None:
    """On the real African totals both agree with their definitions, written out."""
    africa = totals_of(GROUP_BY_NAME["AfCFTA"])
    cents = dict(
        zip(
            zip(africa.exporter.tolist(), africa.importer.tolist(), strict=True),
            africa.cents.tolist(),
            strict=True,
        )
    )
    number = len(africa.group.members)
    by_twos = sum(
        abs(cents.get((one, two), 0) - cents.get((two, one), 0))
        for one in range(number)
        for two in range(one)
    )
    net = [
        sum(cents.get((one, two), 0) - cents.get((two, one), 0) for two in range(number))
        for one in range(number)
    ]
    assert bilateral_net(africa) == by_twos
    assert net_positions(africa).tolist() == net
    assert bounds_of(africa).multilateral == -sum(balance for balance in net if balance < 0)


@pytest.mark.parametrize(
    ("report", "by_exporter", "by_importer", "origin"),
    [
        (Report(100, False, 212, False), 10_000, 20_000, "exporter"),
        (Report(100, True, None, False), 10_000, 10_000, "estimate"),
        (Report(None, False, 1, False), 94, 94, "importer"),
        (Report(None, False, 106, True), 10_000, 10_000, "estimate"),
        (Report(0, False, 106, False), 0, 10_000, "exporter"),
        (Report(None, False, None, False), 0, 0, "importer"),
    ],
)
def test_whose_report_counts(report: Report, by_exporter: int, by_importer: int, origin: str) -> None:
    """The exporter's where there is one, a zero included; the importer's without freight otherwise."""
    assert report.total_cents(Side.EXPORTER) == by_exporter
    assert report.total_cents(Side.IMPORTER) == by_importer
    assert report.origin == origin


def test_freight_is_taken_off_to_the_nearest_cent() -> None:
    """The division is that of whole numbers, exact where a float would not be."""
    assert [without_freight(cents) for cents in (0, 1, 52, 53, 54, 106)] == [0, 1, 49, 50, 51, 100]
    large = 10**17 + 7
    assert without_freight(large) == floor(Fraction(100 * large, 106) + Fraction(1, 2))


def test_origins_sum_to_the_gross_total() -> None:
    """Exporters' reports, importers' and estimates are all there is."""
    for group in GROUPS:
        assert sum(origins_of(group).values()) == totals_of(group).gross_cents
