"""The EU's CSV file is read by the names of its columns, wherever they stand."""

from __future__ import annotations

from pathlib import Path

import pytest

from setfair.errors import FileRefusedError
from setfair.screening.lists.eu import REQUIRED, read_eu_csv
from tests.screening.more_samples import write_eu_csv


def _table(path: Path) -> list[list[str]]:
    return [line.split(";") for line in path.read_text(encoding="utf-8-sig").splitlines()]


def _rewrite(path: Path, rows: list[list[str]]) -> None:
    path.write_text("".join(";".join(row) + "\n" for row in rows), encoding="utf-8")


def test_columns_in_another_order_and_further_ones(tmp_path: Path) -> None:
    """The order of the columns, and further ones as the published file has them, change no name."""
    path = write_eu_csv(tmp_path)
    expected = [(each.entry_id, each.names, each.identifiers) for each in read_eu_csv("EU", path).entries]
    rows = [[*reversed(row), "" if number else "NameAlias_Gender"] for number, row in enumerate(_table(path))]
    _rewrite(path, rows)
    assert [
        (each.entry_id, each.names, each.identifiers) for each in read_eu_csv("EU", path).entries
    ] == expected


@pytest.mark.parametrize("column", REQUIRED)
def test_a_missing_column_is_named(tmp_path: Path, column: str) -> None:
    """A file without a column that is read is refused, with the column's name."""
    path = write_eu_csv(tmp_path)
    rows = _table(path)
    at = rows[0].index(column)
    _rewrite(path, [row[:at] + row[at + 1 :] for row in rows])
    with pytest.raises(FileRefusedError, match=f"column {column} is missing"):
        read_eu_csv("EU", path)
