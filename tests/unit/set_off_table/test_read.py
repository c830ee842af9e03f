"""What takes part of a table, told by columns as it would be told row by row."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest
from benchmarks.generate_obligations import SHAPES, write_csv

from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instruction import OBLIGATION_SCHEMA
from setfair.domain.obligations import DUE_AT_ONCE
from setfair.errors import FileRefusedError
from setfair.formats.open_file import open_instructions
from setfair.set_off_table import read
from setfair.set_off_table.read import COLUMNS, read_obligations, sort_out
from tests.set_off_cases import random_rows, write_table


def table_of(rows: list[dict[str, object]], chunk_rows: int) -> pa.Table:
    """Return rows as a table in chunks of so many rows."""
    schema = pa.schema([OBLIGATION_SCHEMA.field(name) for name in COLUMNS])
    chunks = [rows[begin : begin + chunk_rows] for begin in range(0, len(rows), chunk_rows)]
    return pa.Table.from_batches(
        [pa.RecordBatch.from_pylist(chunk, schema=schema) for chunk in chunks], schema
    )


def random_table(seed: int, count: int = 400) -> list[dict[str, object]]:
    """Return rows with everything in them that leaves a row out."""
    source = random.Random(seed)
    parties = ["é", "a", "Z", "a b", "10", "9", "zz"]
    return [
        {
            "kind": source.choice([InstructionKind.OBLIGATION] * 20 + [InstructionKind.CREDIT_NOTE]),
            "obligation_id": str(source.randrange(150)),
            "debtor": source.choice(parties),
            "creditor": source.choice(parties),
            "currency": source.choice(("EUR", "EUR", "KES", "XAU", "")),
            "amount_minor": source.choice((0, 1, 5, 10**18 - 1)),
            "due_date": None,
            "defect": source.choice([0] * 20 + [Reason.NAME_MISSING, Reason.DATE_INVALID]),
            "defect_text": "",
        }
        for _ in range(count)
    ]


def slow_reason(row: dict[str, object], seen: set[tuple[object, object]]) -> int:
    """Return why a row is left out, 0 if it takes part."""
    if row["defect"] not in (0, Reason.NAME_MISSING):
        return int(str(int(row["defect"])))  # type: ignore[call-overload]
    if row["kind"] != InstructionKind.OBLIGATION:
        return Reason.REJECTED_BY_READER
    if row["currency"] not in ("EUR", "KES"):
        return Reason.UNKNOWN_CURRENCY
    if row["amount_minor"] == 0:
        return Reason.AMOUNT_NOT_POSITIVE
    if row["debtor"] == row["creditor"]:
        return Reason.SAME_PARTY
    identity = (row["creditor"], row["obligation_id"])
    if identity in seen:
        return Reason.DUPLICATE
    seen.add(identity)
    return 0


@pytest.mark.parametrize("chunk_rows", [7, 400])
def test_columns_and_rows_say_the_same(chunk_rows: int) -> None:
    """Reasons, and what takes part of each currency, in chunks and whole."""
    rows = random_table(chunk_rows)
    found = sort_out(table_of(rows, chunk_rows))
    seen: set[tuple[object, object]] = set()
    reasons = [slow_reason(row, seen) for row in rows]
    assert found.reasons.tolist() == reasons
    assert found.left_out == sum(reason != 0 for reason in reasons)
    assert [owed.currency.code for owed in found.currencies] == ["EUR", "KES"]
    for owed in found.currencies:
        expected = [
            (number, row["obligation_id"], row["debtor"], row["creditor"], row["amount_minor"])
            for number, (row, reason) in enumerate(zip(rows, reasons, strict=True), 1)
            if reason == 0 and row["currency"] == owed.currency.code
        ]
        names = owed.party_id.to_pylist()
        columns = (
            owed.row.tolist(),
            owed.obligation_id.to_pylist(),
            [names[party] for party in owed.debtor],
            [names[party] for party in owed.creditor],
            owed.amount_minor.tolist(),
        )
        assert list(zip(*columns, strict=True)) == expected
        assert names == sorted({name for row in expected for name in row[2:4]}, key=str.encode)
        assert set(owed.due_day.tolist()) == {DUE_AT_ONCE}


def test_texts_of_the_same_hash_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    """If every row had the same hash, the same rows would be repeats."""
    table = table_of(random_table(3), 50)
    expected = sort_out(table).reasons.tolist()
    assert Reason.DUPLICATE in expected
    monkeypatch.setattr(read, "hash_texts", lambda data, offsets, seeds: np.zeros(len(seeds), np.uint64))
    assert sort_out(table).reasons.tolist() == expected


def test_what_is_left_out_is_described(tmp_path: Path) -> None:
    """Row, identification, reason and words, the first ones only."""
    write_table(tmp_path / "table.csv", random_rows(1, count=3))
    table = read_obligations(tmp_path / "table.csv")
    (first,) = table.list_left_out(1)
    assert (first.row, first.obligation_id, first.reason) == (4, "S", Reason.SAME_PARTY)
    assert [each.reason for each in table.list_left_out(9)] == [Reason.SAME_PARTY, Reason.UNKNOWN_CURRENCY]


@pytest.mark.parametrize("shape", SHAPES)
def test_the_generator_writes_what_is_read(tmp_path: Path, shape: str) -> None:
    """Every row takes part, with the amounts, dates and firms that were drawn; twice the same."""
    drawn = SHAPES[shape](300, 5000, 7)
    write_csv(tmp_path / "table.csv", drawn)
    table = read_obligations(tmp_path / "table.csv")
    assert table.left_out == 0
    (owed,) = table.currencies
    assert owed.amount_minor.tolist() == drawn.amount_minor.tolist()
    assert owed.due_day.tolist() == drawn.due_day.tolist()
    names = owed.party_id.to_pylist()
    assert [names[party] for party in owed.debtor] == [f"F{party:07d}" for party in drawn.debtor]
    assert [names[party] for party in owed.creditor] == [f"F{party:07d}" for party in drawn.creditor]
    write_csv(tmp_path / "again.csv", SHAPES[shape](300, 5000, 7))
    assert (tmp_path / "again.csv").read_bytes() == (tmp_path / "table.csv").read_bytes()


def test_names_may_be_missing_where_nobody_is_screened(tmp_path: Path) -> None:
    """Without their columns, or empty, the id stands for the name; a house asks for the columns."""
    path = tmp_path / "nameless.csv"
    write_table(path, ["1,a,b,EUR,5", "2,b,c,EUR,5"], "obligation_id,debtor,creditor,currency,amount")
    table = read_obligations(path, also=("debtor_name", "creditor_name"))
    assert table.left_out == 0
    assert table.rows["debtor_name"].to_pylist() == ["a", "b"]
    assert table.rows["creditor_name"].to_pylist() == ["b", "c"]
    with pytest.raises(FileRefusedError, match="column missing: 'debtor_name', 'creditor_name'"):
        list(open_instructions(path))
    write_table(path, ["1,a,b,EUR,5,,Example Ropes,"])
    table = read_obligations(path, also=("debtor_name", "creditor_name"))
    assert [table.rows[name][0].as_py() for name in ("debtor_name", "creditor_name")] == [
        "Example Ropes",
        "b",
    ]
