"""What set-off cancelled, from arrays and from a house, against plain sums; and the page of its own."""

from __future__ import annotations

from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from lxml import etree

from setfair.business_day import open_day, run_cycles
from setfair.domain.instruction import OBLIGATION_SCHEMA
from setfair.engine.setoff import set_off
from setfair.engine.setoff.curve import discharge_curve
from setfair.errors import HouseError
from setfair.house import House
from setfair.report.clearing import (
    CURVE_OBLIGATIONS_MAX,
    Debts,
    exact_sum,
    find_components,
    find_curve,
    find_matrix,
    groups_max,
)
from setfair.report.clearing_day import read_clearing, read_debts
from setfair.report.clearing_file import ClearedCurrency, write_clearing_report
from setfair.report.day import ReportDay
from setfair.report.draw_curve import slopes
from setfair.report.figures import read_cycles, read_figures
from setfair.report.owed import OTHERS, Node, read_owing
from setfair.report.read import Reader
from tests.unit.report.days import content, end_day, owe, read_report
from tests.unit.statements.days import MONDAY, made_house


def made_debts(debts: list[tuple[int, int, int]]) -> Debts:
    """Set off debts (debtor, creditor, minor units) and return them as arrays."""
    debtor, creditor, amount = (np.array(column, np.int64) for column in zip(*debts, strict=True))
    due = np.zeros(len(debts), np.int64)
    return Debts(debtor, creditor, amount, set_off(debtor, creditor, amount, due).cleared_minor, due)


def random_debts(seed: int, parties: int, obligations: int) -> Debts:
    """Set off debts between parties drawn at random."""
    random = np.random.default_rng(seed)
    debtor = random.integers(0, parties, obligations)
    creditor = (debtor + random.integers(1, parties, obligations)) % parties
    amount = random.integers(1, 10**6, obligations)
    return made_debts(list(zip(debtor.tolist(), creditor.tolist(), amount.tolist(), strict=True)))


def made_table(debts: Debts, name: str = "Firm", countries: tuple[str, ...] = ("KE", "TN", "")) -> pa.Table:
    """Return debts as a table of obligations; party n has the id Pn."""
    columns: dict[str, Any] = {
        "amount_minor": debts.amount_minor,
        "due_date": pa.nulls(len(debts.debtor), pa.date32()),
    }
    for side, party in (("debtor", debts.debtor), ("creditor", debts.creditor)):
        columns[side] = [f"P{number}" for number in party]
        columns[f"{side}_name"] = [f"{name} {number}" for number in party]
        columns[f"{side}_country"] = [countries[number % len(countries)] for number in party]
    return pa.table(
        {key: pa.array(value, OBLIGATION_SCHEMA.field(key).type) for key, value in columns.items()}
    )


def write_page(path: Path, debts: Debts, *, curve: bool = True, name: str = "Firm") -> Any:
    """Write the page of one currency and return its tree."""
    found = find_curve(debts) if curve else (None, "The curve was not asked for.")
    part = ClearedCurrency("EUR", 2, np.arange(len(debts.debtor)), debts.cleared_minor, *found)
    write_clearing_report(path, f"{name}.csv", made_table(debts, name), [part])
    return etree.fromstring(path.read_text(encoding="utf-8").partition("\n")[2].encode())


@pytest.mark.parametrize("seed", range(4))
def test_components_against_a_plain_graph(seed: int) -> None:
    """Parties, obligations, gross and cancelled of each component, and nothing is lost."""
    debts = random_debts(seed, 60, 75)
    reaches = np.eye(60, dtype=bool)
    reaches[debts.debtor, debts.creditor] = True
    for middle in range(60):
        reaches |= reaches[:, middle, None] & reaches[None, middle, :]
    mutual = reaches & reaches.T
    groups = {tuple(np.flatnonzero(row).tolist()) for row in mutual if row.sum() > 1}
    expected = []
    for group in groups:
        inside = np.isin(debts.debtor, list(group)) & np.isin(debts.creditor, list(group))
        sums = (int(debts.amount_minor[inside].sum()), int(debts.cleared_minor[inside].sum()))
        expected.append((sums[0], sums[1], len(group), int(inside.sum())))
    found = find_components(debts, 100)
    shown = [(one.gross, one.cleared, one.parties, one.obligations) for one in found.largest]
    assert shown == sorted(expected, reverse=True)
    assert found.rest is None
    assert found.outside is not None
    assert found.outside.cleared == 0
    assert found.outside.gross + sum(one.gross for one in found.largest) == debts.amount_minor.sum()


def test_small_components_are_put_together() -> None:
    """What is beyond the limit is one bar that says how many it stands for."""
    debts = made_debts(
        [each for n in range(5) for each in ((2 * n, 2 * n + 1, 9 - n), (2 * n + 1, 2 * n, 9))]
    )
    found = find_components(debts, 3)
    assert [one.gross for one in found.largest] == [18, 17, 16]
    assert found.rest is not None
    assert (found.rest.components, found.rest.gross, found.rest.parties) == (2, 15 + 14, 4)
    assert (found.outside, found.count) == (None, 5)


def test_sums_leave_64_bits() -> None:
    """No sum wraps around."""
    assert exact_sum(np.full(5, 2**63 - 1)) == 5 * (2**63 - 1)


@pytest.mark.parametrize("limit", [6, 24, 100])
def test_a_matrix_against_plain_sums(limit: int) -> None:
    """Each pair of groups has its sums; the smaller groups are together, and nothing is lost."""
    debts = random_debts(7, 40, 300)
    nodes = [Node(f"g{n}", f"g{n}", f"Group {n}", "") for n in range(20)]
    group = np.arange(40) % 20
    matrix = find_matrix(debts, group, nodes, limit)
    shown = {node.key for node in matrix.nodes}
    assert (len(shown), matrix.node_count) == (min(limit, 20), 20)
    expected: dict[tuple[str, str], list[int]] = defaultdict(lambda: [0, 0, 0])
    columns = (debts.debtor, debts.creditor, debts.amount_minor, debts.cleared_minor)
    for debtor, creditor, amount, cleared in zip(*(each.tolist() for each in columns), strict=True):
        keys = (f"g{group[debtor]}", f"g{group[creditor]}")
        first, second = (key if key in shown else OTHERS for key in keys)
        for place, value in enumerate((1, amount, amount - cleared)):
            expected[first, second][place] += value
    found = {
        (pair.debtor.key, pair.creditor.key): [pair.obligations, pair.before, pair.after]
        for pair in matrix.pairs
    }
    assert found == expected


def test_the_day_of_a_house(reader: Reader, day: ReportDay) -> None:
    """Obligations, matrices and components of each currency sum to what the day's numbers say."""
    figures = read_figures(reader, day, read_cycles(reader), {})
    found = read_clearing(reader, figures, read_owing(reader))
    assert len(found) > 1
    for one, own in zip(found, (one for one in figures.currencies if one.cycles), strict=True):
        debts, due = read_debts(reader, own.stretch.number), own.due
        assert (len(debts.debtor), debts.amount_minor.sum(), debts.cleared_minor.sum()) == (
            due.obligations,
            due.gross,
            due.set_off,
        )
        for matrix in (one.countries, one.places):
            assert sum(pair.before for pair in matrix.pairs) == due.gross
            assert sum(pair.after for pair in matrix.pairs) == due.remaining
        parts = [*one.components.largest, one.components.rest, one.components.outside]
        assert sum(part.cleared for part in parts if part) == due.set_off
        assert one.components.outside is None or one.components.outside.cleared == 0
        assert one.curve is not None
        assert one.curve.discharged_minor[-1] == due.gross
        assert set(one.names) == {part.around for part in one.components.largest}


def test_the_section_of_a_day(tmp_path: Path) -> None:
    """Two matrices, the component with its numbers, and the curve in words."""
    with made_house(tmp_path) as house:
        open_day(house.clearing_house, MONDAY)
        owe(house, [("A", "B", 100), ("B", "C", 60), ("C", "A", 70), ("C", "D", 500)])
        run_cycles(house.clearing_house, (), MONDAY)
        end_day(house)
        tree = section_of(house, tmp_path)
    text = " ".join(content(tree).split())
    assert "24.7 % cancelled: 1.80 of 7.30 EUR in 4 obligations." in text
    rows = [
        [content(cell) for cell in row] for row in tree.findall(".//article[@class='components']//tbody/tr")
    ]
    assert [row[2:] for row in rows] == [
        ["3", "3", "2.30", "1.80", "78.3 %"],
        ["2", "1", "5.00", "0.00", "0.0 %"],
    ]
    assert "on no loop: can only be paid" in text
    assert "Without money 1.80 EUR cancel in one run." in text


def section_of(house: House, folder: Path) -> Any:
    """Return the section of a house's report."""
    return read_report(house, folder)[1].find(".//section[@id='clearing']")


def test_the_lines_of_the_curve() -> None:
    """A chain of three debts: a unit discharges all three in a row, and the words say so."""
    debts = made_debts([(0, 1, 50), (1, 2, 50), (2, 3, 50)])
    curve = discharge_curve(debts.debtor, debts.creditor, debts.amount_minor, debts.due_day)
    assert slopes(curve) == [(0, 50, 3, 150)]


def test_pages_of_few_debts(tmp_path: Path) -> None:
    """A chain, where nothing cancels; a single debt; a pair that cancels whole."""
    chain = content(
        write_page(tmp_path / "a.html", made_debts([(0, 1, 50), (1, 2, 50), (2, 3, 50)])).find("body")
    )
    assert "Nothing could be cancelled: no loop was found." in chain
    assert "Every unit of liquidity discharges 3 obligations in a row." in chain
    single = content(write_page(tmp_path / "b.html", made_debts([(0, 1, 5)])).find("body"))
    assert "Every unit of liquidity discharges 1 obligation. " in single
    whole = content(write_page(tmp_path / "c.html", made_debts([(0, 1, 5), (1, 0, 5)])).find("body"))
    assert "No money is needed" in whole
    assert "on no loop" not in whole


def test_a_hostile_name_stays_text(tmp_path: Path) -> None:
    """Names and the name of the source are escaped; there is one script and one style."""
    hostile = "</script><img src=x onerror=alert(1)>"
    tree = write_page(tmp_path / "a.html", made_debts([(0, 1, 5), (1, 2, 5), (2, 0, 4)]), name=hostile)
    tags = [each.tag for each in tree.iter()]
    assert (tags.count("script"), tags.count("style"), tags.count("img")) == (1, 1, 0)
    assert hostile in content(tree.find(".//main"))
    policy = tree.find("head/meta[@http-equiv='Content-Security-Policy']").get("content")
    assert policy.startswith("default-src 'none'; ")


def test_many_obligations_make_a_small_page(tmp_path: Path) -> None:
    """200,000 obligations of 20,000 parties stay below 1 MB, the same bytes each time, at most 24 groups."""
    random = np.random.default_rng(3)
    debtor = random.integers(0, 20_000, 200_000)
    creditor = (debtor + random.integers(1, 20_000, 200_000)) % 20_000
    amount = random.integers(1, 10**9, 200_000)
    debts = Debts(debtor, creditor, amount, amount // 3, np.zeros(200_000, np.int64))
    tree = write_page(tmp_path / "a.html", debts, curve=False)
    write_page(tmp_path / "b.html", debts, curve=False)
    assert (tmp_path / "a.html").stat().st_size < 10**6
    assert (tmp_path / "a.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert "The curve was not asked for." in content(tree)
    assert len(tree.findall(".//g[@class='cells']//rect")) <= 2 * (24**2 + 3**2)


def test_the_curve_of_too_many_obligations_is_left_out() -> None:
    """And the page says why."""
    many = np.ones(CURVE_OBLIGATIONS_MAX + 1, np.int64)
    curve, missing = find_curve(Debts(many, many + 1, many, many * 0, many))
    assert curve is None
    assert "up to 200,000 obligations" in missing


def test_rows_of_matrices_are_bounded_by_the_page() -> None:
    """More currencies, fewer rows; never fewer than six."""
    assert [groups_max(number) for number in (1, 4, 20, 150)] == [24, 19, 8, 6]


def test_a_page_that_cannot_be_written(tmp_path: Path) -> None:
    """It is an error that says where."""
    (tmp_path / "file").write_text("")
    with pytest.raises(HouseError, match="could not be written"):
        write_page(tmp_path / "file" / "a.html", made_debts([(0, 1, 5)]))
