"""CSV files as they come: what is read, and where and why the rest is refused."""

from __future__ import annotations

from pathlib import Path

import pytest

from setfair.formats.table import read_table
from setfair.formats.table_csv_problem import HEADER_BYTES_MAX, ROW_BYTES_MAX
from tests.formats.tables import GOOD_PAYMENT, PAYMENT_HEADER, payment_row, problem_of, rows_of, write_csv


def _write(folder: Path, data: bytes) -> Path:
    path = folder / "table.csv"
    path.write_bytes(data)
    return path


_LINES = f"{PAYMENT_HEADER}\n{GOOD_PAYMENT}\n".encode()


@pytest.mark.parametrize(
    "data",
    [
        _LINES,
        b"\xef\xbb\xbf" + _LINES,
        _LINES.replace(b"\n", b"\r\n"),
        _LINES + b"\n\n",
        _LINES.replace(b"Orin Mills", b'"Orin Mills"'),
        PAYMENT_HEADER.replace(",", " , ").encode() + _LINES[len(PAYMENT_HEADER) :],
    ],
    ids=["plain", "byte order mark", "CR LF", "empty lines", "quotes", "spaces in header"],
)
def test_the_usual_ways_to_write_csv_are_read(tmp_path: Path, data: bytes) -> None:
    """They all hold the same payment."""
    (row,) = rows_of(_write(tmp_path, data))
    assert (row["debtor_name"], row["amount_minor"], row["defect"]) == ("Orin Mills", 1250, 0)


def test_quoted_fields_may_hold_commas_and_quotes(tmp_path: Path) -> None:
    """A comma and a doubled quote inside quotes are part of the name."""
    (row,) = rows_of(write_csv(tmp_path, PAYMENT_HEADER, payment_row(debtor_name='"Orin ""B"", Mills"')))
    assert row["debtor_name"] == 'Orin "B", Mills'


def test_a_table_without_rows_is_read_as_nothing(tmp_path: Path) -> None:
    """A line of column names alone is no error."""
    assert list(read_table(write_csv(tmp_path, PAYMENT_HEADER))) == []


@pytest.mark.parametrize(
    ("header", "text"),
    [
        (PAYMENT_HEADER.replace(",", ";"), "not separated by commas"),
        (PAYMENT_HEADER.replace(",", "\t"), "not separated by commas"),
        (PAYMENT_HEADER + ",amount", "given twice: 'amount'"),
        (PAYMENT_HEADER + ",colour", "not known: 'colour'"),
        (PAYMENT_HEADER.replace("amount", "Amount"), "missing: 'amount'"),
        (PAYMENT_HEADER.replace("currency,", ""), "missing: 'currency'"),
        (PAYMENT_HEADER.replace("uetr,instruction_id,", ""), "one of uetr, instruction_id"),
        ("alpha,beta", "those of no table; allowed: payments: debtor_agent"),
        ('"uetr,instruction_id', "cannot be read"),
        ("", "those of no table"),
        ("a" * (HEADER_BYTES_MAX + 1), f"first {HEADER_BYTES_MAX} bytes"),
        (",".join(f"c{number}" for number in range(1_000_000)), f"first {HEADER_BYTES_MAX} bytes"),
    ],
)
def test_a_wrong_header_is_refused_with_what_is_allowed(tmp_path: Path, header: str, text: str) -> None:
    """The problem is on line 1 and says which column, or what a header may be."""
    problem = problem_of(write_csv(tmp_path, header, GOOD_PAYMENT))
    assert problem.line == 1
    assert text in problem.text


_GOOD = GOOD_PAYMENT.encode()


@pytest.mark.parametrize(
    ("row", "element", "text"),
    [
        (b"a,b,c", "", "3 fields where the line of column names has 10"),
        (_GOOD + b",more", "", "11 fields"),
        (_GOOD.replace(b"Orin", b"Or\xffin"), "", "not UTF-8"),
        (_GOOD.replace(b"Orin", b"Or\0in"), "", "is 00: control characters"),
        (_GOOD.replace(b"Orin", b"Or\x1bin"), "", "is 1B: control characters"),
        (_GOOD.replace(b"Orin", b"Or\xef\xbf\xbfin"), "", "is EF BF BF"),
        (_GOOD.replace(b"Orin Mills", b'"Orin\nMills"'), "column 8", "line end in it"),
        (_GOOD.replace(b"Orin Mills", b'"Orin Mills'), "", "unexpected end of data"),
        (_GOOD.replace(b"Orin Mills", b"x" * (10 << 20)), "", f"more than {ROW_BYTES_MAX} bytes"),
    ],
    ids=["few", "many", "utf-8", "nul", "escape", "U+FFFF", "line end", "open quote", "10 MB"],
)
def test_a_broken_row_refuses_the_file_and_names_its_line(
    tmp_path: Path, row: bytes, element: str, text: str
) -> None:
    """The row is the third line of the file, between good ones, and nothing after it is silently lost."""
    problem = problem_of(
        _write(tmp_path, b"\n".join([PAYMENT_HEADER.encode(), _GOOD, row, _GOOD, _GOOD, b""]))
    )
    assert (problem.line, problem.element) == (3, element)
    assert text in problem.text


def test_two_stray_quotes_do_not_swallow_the_rows_between_them(tmp_path: Path) -> None:
    """A parser that forgives them would read four payments as one of the right number of fields."""
    first, last = payment_row(value_date='"2026-03-02'), payment_row(uetr='x"')
    problem = problem_of(write_csv(tmp_path, PAYMENT_HEADER, first, GOOD_PAYMENT, GOOD_PAYMENT, last))
    assert problem.line == 2


def test_a_file_that_is_cut_off_in_its_last_line_is_refused(tmp_path: Path) -> None:
    """At no byte of its last row does a table lose its end without being noticed."""
    whole = (PAYMENT_HEADER + "\n" + GOOD_PAYMENT + "\n").encode()
    for end in range(len(PAYMENT_HEADER) + 2, len(whole)):
        assert "cut off" in problem_of(_write(tmp_path, whole[:end])).text


def test_progress_is_told_in_bytes_and_reaches_the_end(tmp_path: Path) -> None:
    """The numbers rise to the size of the file."""
    path = write_csv(tmp_path, PAYMENT_HEADER, *[GOOD_PAYMENT] * 20_000)
    seen: list[int] = []
    assert sum(batch.rows.num_rows for batch in read_table(path, on_progress=seen.append)) == 20_000
    assert len(seen) > 1
    assert seen == sorted(set(seen))
    assert seen[-1] == path.stat().st_size
