"""docs/schema.md says what is in the database, and its queries run."""

from __future__ import annotations

import pytest

from setfair.house import House
from tests.docs.markdown import DOCS, blocks, rows, sections

SCHEMA = DOCS / "schema.md"
QUERIES = [block.text for block in blocks(SCHEMA, "sql")]


def test_every_table_and_view_is_described(house: House) -> None:
    """The document names each table and view of the database, and no other."""
    found = house.query("SELECT name FROM sqlite_master WHERE type IN ('table', 'view')")
    assert sorted(sections(SCHEMA)) == sorted(str(row["name"]) for row in found)


@pytest.mark.parametrize("table", sections(SCHEMA))
def test_every_column_is_described(house: House, table: str) -> None:
    """Each column has one line, in the order of the database, and says something."""
    described = rows(sections(SCHEMA)[table])
    columns = house.query("SELECT name FROM pragma_table_info(?)", (table,))
    assert [row[0] for row in described] == [str(column["name"]) for column in columns]
    assert all(row[1] for row in described)


def test_there_are_five_queries() -> None:
    """The document promises five queries."""
    assert len(QUERIES) == 5


@pytest.mark.parametrize("number", range(5))
def test_queries_run(house: House, number: int) -> None:
    """Each query runs as it stands and finds something in a small house."""
    assert house.query(QUERIES[number].strip().rstrip(";"))


def test_sums_are_zero(house: House) -> None:
    """The first query shows a sum of zero for each currency of the house, with money in the accounts."""
    sums = house.query(QUERIES[0].strip().rstrip(";"))
    assert sums == [{"currency": "KES", "sum_minor": 0}, {"currency": "UGX", "sum_minor": 0}]
    assert house.query("SELECT max(balance_minor) AS most FROM account")[0]["most"] > 0
