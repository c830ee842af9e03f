"""Arrow and Parquet tables: the same rows as from CSV, and damaged files refused."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.domain.codes import Reason
from setfair.errors import FileRefusedError
from setfair.formats import table_file
from setfair.formats.table import read_table
from tests.formats.tables import GOOD_PAYMENT, PAYMENT_HEADER, problem_of, rows_of, write_csv


def _table(rows: int = 3, **columns: pa.Array) -> pa.Table:
    """Return good payments with some columns replaced."""
    values = dict(zip(PAYMENT_HEADER.split(","), GOOD_PAYMENT.split(","), strict=True))
    return pa.table({name: columns.get(name, pa.array([text] * rows)) for name, text in values.items()})


def _write_file(table: pa.Table, path: Path) -> Path:
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return path


def _write_stream(table: pa.Table, path: Path) -> Path:
    with pa.ipc.new_stream(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=2)
    return path


def _write_parquet(table: pa.Table, path: Path) -> Path:
    pq.write_table(table, path, row_group_size=2)
    return path


Writer = Callable[[pa.Table, Path], Path]
every_format = pytest.mark.parametrize("write", [_write_file, _write_stream, _write_parquet])


@every_format
def test_every_format_holds_the_same_rows_as_csv(tmp_path: Path, write: Writer) -> None:
    """Only the name of the format differs."""
    got = rows_of(write(_table(), tmp_path / "table"))
    expected = rows_of(write_csv(tmp_path, PAYMENT_HEADER, *[GOOD_PAYMENT] * 3))
    assert {row.pop("message_name") for row in got} == {"parquet" if write is _write_parquet else "arrow"}
    assert {row.pop("message_name") for row in expected} == {"csv"}
    assert got == expected


@pytest.mark.parametrize(
    "amounts",
    [
        pa.array([Decimal("12.50"), Decimal("0.07"), None], pa.decimal128(18, 2)),
        pa.array([Decimal("12.5"), Decimal("0.07"), None], pa.decimal128(38, 10)),
        pa.array([Decimal("12.5"), Decimal("0.07"), None], pa.decimal256(60, 4)),
        pa.array(["12.5", "0.070", None], pa.large_string()),
        pa.array(["12.5", "0.070", None], pa.string_view()),
        pa.array(["12.5", "0.070", None]).dictionary_encode(),
    ],
)
def test_amounts_of_every_exact_type_are_read_exactly(tmp_path: Path, amounts: pa.Array) -> None:
    """Decimals and texts give the same minor units; null is no amount."""
    rows = rows_of(_write_file(_table(amount=amounts), tmp_path / "table"))
    assert [row["amount_minor"] for row in rows] == [1250, 7, 0]
    assert [row["defect"] for row in rows] == [0, 0, Reason.AMOUNT_MALFORMED]


def test_an_integer_amount_is_whole_units(tmp_path: Path) -> None:
    """100 is one hundred euros, as it is in text; a negative one is a defect."""
    table = _table(amount=pa.array([100, 0, -5], pa.int64()))
    rows = rows_of(_write_parquet(table, tmp_path / "table"))
    assert [row["amount_minor"] for row in rows] == [10_000, 0, 0]
    assert [row["defect"] for row in rows] == [0, 0, Reason.AMOUNT_NOT_POSITIVE]


def test_tiny_decimals_are_too_many_decimals_and_not_zero(tmp_path: Path) -> None:
    """A hundred-millionth has too many decimals; a zero of any scale is zero; large ones are too large."""
    amounts = pa.array([Decimal("0.00000001"), Decimal("0E-8"), Decimal(10) ** 29], pa.decimal128(38, 8))
    rows = rows_of(_write_file(_table(amount=amounts), tmp_path / "table"))
    assert [row["defect"] for row in rows] == [Reason.TOO_MANY_DECIMALS, 0, Reason.AMOUNT_TOO_LARGE]


def test_dates_may_be_dates_and_texts_dictionaries(tmp_path: Path) -> None:
    """Types that a data frame library writes by itself are read."""
    table = _table(
        value_date=pa.array([date(2026, 3, 2), None, date(1969, 12, 31)]),
        debtor_name=pa.array(["Orin", "Belu", "Orin"]).dictionary_encode(),
        priority=pa.nulls(3),
    )
    rows = rows_of(_write_parquet(table, tmp_path / "table"))
    assert [row["value_date"] for row in rows] == [date(2026, 3, 2), None, date(1969, 12, 31)]
    assert [row["debtor_name"] for row in rows] == ["Orin", "Belu", "Orin"]
    assert [row["defect"] for row in rows] == [0, 0, 0]


@pytest.mark.parametrize(
    ("name", "column", "text"),
    [
        ("amount", pa.array([12.5] * 3, pa.float64()), "cannot hold every amount exactly"),
        ("amount", pa.array([12.5] * 3, pa.float32()), "cannot hold every amount exactly"),
        ("amount", pa.array([True] * 3), "decimal, integer"),
        ("value_date", pa.array([0] * 3, pa.timestamp("s")), "text or a date"),
        ("debtor_name", pa.array([b"x"] * 3), "allowed: text"),
        ("debtor_name", pa.array([["x"]] * 3), "allowed: text"),
    ],
)
def test_other_types_are_refused_by_column(tmp_path: Path, name: str, column: pa.Array, text: str) -> None:
    """The refusal names the column and the types that are read."""
    problem = problem_of(_write_file(_table(**{name: column}), tmp_path / "table"))
    assert problem.element == name
    assert text in problem.text


@every_format
def test_control_characters_are_refused(tmp_path: Path, write: Writer) -> None:
    """A line end in a name could hide a second name from whoever reads line by line."""
    table = _table(debtor_name=pa.array(["Orin", "Be\nlu", "Orin"]))
    problem = problem_of(write(table, tmp_path / "table"))
    assert problem.element == "debtor_name"
    assert "control character" in problem.text


@every_format
def test_unknown_columns_are_refused(tmp_path: Path, write: Writer) -> None:
    """As in CSV, a column that nobody reads is not passed over."""
    table = _table().append_column("colour", pa.array(["red"] * 3))
    assert "not known: 'colour'" in problem_of(write(table, tmp_path / "table")).text


@every_format
def test_a_file_that_is_cut_off_anywhere_is_refused(tmp_path: Path, write: Writer) -> None:
    """No prefix of a file is taken for a whole one, not even one that ends between two batches."""
    whole = write(_table(8), tmp_path / "table").read_bytes()
    path = tmp_path / "part"
    for end in range(8, len(whole), 37):
        path.write_bytes(whole[:end])
        with pytest.raises(FileRefusedError):
            list(read_table(path))


def test_a_stream_that_goes_on_after_its_end_is_refused(tmp_path: Path) -> None:
    """Two streams in one file would otherwise lose the second."""
    data = _write_stream(_table(), tmp_path / "table").read_bytes()
    (tmp_path / "twice").write_bytes(data * 2)
    assert "ended before the end of the file" in problem_of(tmp_path / "twice").text


@settings(max_examples=150, deadline=None)
@given(data=st.data())
def test_damaged_files_are_read_or_refused_and_never_worse(
    tmp_path_factory: pytest.TempPathFactory, data: st.DataObject
) -> None:
    """Whatever bytes are changed, there are valid batches or a refusal; no crash, no other exception."""
    folder = tmp_path_factory.mktemp("damaged")
    write = data.draw(st.sampled_from([_write_file, _write_stream, _write_parquet]))
    whole = bytearray(write(_table(5), folder / "table").read_bytes())
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(8, len(whole) - 1))] = data.draw(st.integers(0, 255))
    (folder / "damaged").write_bytes(whole)
    try:
        batches = list(read_table(folder / "damaged"))
    except FileRefusedError:
        return
    for batch in batches:
        batch.rows.validate(full=True)


def test_invalid_utf8_in_arrow_is_refused(tmp_path: Path) -> None:
    """Arrow itself does not look at the bytes of a text column."""
    names = pa.array([b"ok", b"\xff\xfe", b"ok"]).view(pa.string())
    assert "UTF8" in problem_of(_write_file(_table(debtor_name=names), tmp_path / "table")).text.replace(
        "-", ""
    )


def test_a_piece_that_is_too_large_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One record batch of everything is not held in memory past the limit."""
    monkeypatch.setattr(table_file, "READ_BYTES_MAX", 1000)
    problem = problem_of(_write_file(_table(100), tmp_path / "table"))
    assert "largest that is read is 1000" in problem.text


@every_format
def test_progress_is_told_in_bytes_and_ends_at_the_end(tmp_path: Path, write: Writer) -> None:
    """A footer that is read first is not taken for the end of the work."""
    path = write(_table(500), tmp_path / "table")
    seen: list[int] = []
    assert sum(batch.rows.num_rows for batch in read_table(path, on_progress=seen.append)) == 500
    assert len(seen) > 2
    assert seen == sorted(set(seen))
    assert seen[-1] <= path.stat().st_size
