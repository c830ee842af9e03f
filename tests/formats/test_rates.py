"""Conversion tables: both directions, exactly, and everything that is refused, with its line and column."""

from __future__ import annotations

import csv
import io
import lzma
from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from setfair.domain.fixing import Fixing
from setfair.domain.instants import format_utc
from setfair.domain.money import find_currency
from setfair.errors import FileRefusedError, SetfairError
from setfair.formats.rates import BYTES_MAX, read_rates
from setfair.formats.small_table import PROBLEMS_MAX
from tests.shared import SHARED, needs_shared

HEADER = "currency,unit,unit_per_currency,currency_per_unit,source,time"
KES = "KES,EUR,,150.2785,ECB,2026-01-05T14:15:00Z"


def read(tmp_path: Path, *rows: str, header: str = HEADER) -> Fixing:
    """Read a table with these rows."""
    path = tmp_path / "rates.csv"
    path.write_text("\n".join([header, *rows]) + "\n", "utf-8")
    return read_rates(path)


def refusal(tmp_path: Path, *rows: str, header: str = HEADER) -> list[str]:
    """Return the problems of a table that is refused."""
    with pytest.raises(FileRefusedError) as caught:
        read(tmp_path, *rows, header=header)
    return [str(problem) for problem in caught.value.problems]


def test_rates_are_exact_in_both_directions(tmp_path: Path) -> None:
    """What was published is kept as it was; values are fractions of minor units, in all decimals."""
    fixing = read(
        tmp_path,
        KES,
        "",
        "UGX,EUR,0.000231,,Bank of Uganda,2026-01-05T17:00:00+03:00",
        "TND,EUR,,3.3719,BCT,2026-01-05T14:15:00Z",
    )
    assert [rate.currency.code for rate in fixing.rates] == ["KES", "TND", "UGX"]
    assert fixing.minor_values(["KES", "UGX", "TND", "EUR"]) == [
        Fraction(10**4, 1502785),
        Fraction(231, 10**6) * 100,
        Fraction(10**4, 33719) / 10,
        Fraction(1),
    ]
    quoted = fixing.rates[2]
    assert (quoted.quoted, quoted.is_inverse, quoted.source) == ("0.000231", False, "Bank of Uganda")
    assert format_utc(quoted.time) == "2026-01-05T14:00:00.000000Z"


def test_one_column_of_rates_is_enough(tmp_path: Path) -> None:
    """A table in one direction needs no column for the other; the unit itself may have its row."""
    header = "time,source,currency_per_unit,unit,currency"
    fixing = read(
        tmp_path,
        "2026-01-05T14:15:00Z,ECB,1.000,EUR,EUR",
        "2026-01-05T14:15:00Z,ECB,.5,EUR,ZAR",
        header=header,
    )
    assert fixing.minor_values(["ZAR", "EUR"]) == [2, 1]


def test_missing_currencies_are_named(tmp_path: Path) -> None:
    """All of them at once, with what to do."""
    fixing = read(tmp_path, KES)
    with pytest.raises(
        SetfairError, match=r"no rate for TND, UGX; give each a row .* unit of account is EUR"
    ):
        fixing.minor_values(["UGX", "KES", "TND", "UGX"])


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("ABC,EUR,1,,ECB,2026-01-05T14:15:00Z", "line 2, currency: 'ABC' is no currency"),
        ("kes,EUR,1,,ECB,2026-01-05T14:15:00Z", "line 2, currency: 'kes' is no currency"),
        ("KES,XDR,1,,ECB,2026-01-05T14:15:00Z", "line 2, unit: 'XDR' is no currency with minor units"),
        ("KES,EUR,,,ECB,2026-01-05T14:15:00Z", "unit_per_currency or currency_per_unit: no rate is given"),
        ("KES,EUR,1,1,ECB,2026-01-05T14:15:00Z", "2 rates are given; a row has exactly one"),
        ("KES,EUR,0,,ECB,2026-01-05T14:15:00Z", "line 2, unit_per_currency: 0 is out of bounds; allowed"),
        ("KES,EUR,-1,,ECB,2026-01-05T14:15:00Z", "line 2, unit_per_currency: '-1' is no rate"),
        ("KES,EUR,1e3,,ECB,2026-01-05T14:15:00Z", "'1e3' is no rate; allowed are plain digits"),
        ("KES,EUR,,1.2.3,ECB,2026-01-05T14:15:00Z", "line 2, currency_per_unit: '1.2.3' is no rate"),
        ("KES,EUR,,١٢,ECB,2026-01-05T14:15:00Z", "'١٢' is no rate"),
        ("KES,EUR,NaN,,ECB,2026-01-05T14:15:00Z", "'NaN' is no rate"),
        ("KES,EUR,1000000000000.01,,ECB,2026-01-05T14:15:00Z", "out of bounds"),
        ("KES,EUR,,0.0000000000009,ECB,2026-01-05T14:15:00Z", "out of bounds"),
        ("KES,EUR,0.0000000000000000000000000000001,,ECB,2026-01-05T14:15:00Z", "at most 30"),
        ("EUR,EUR,1.01,,ECB,2026-01-05T14:15:00Z", "line 2, currency: EUR is the unit of account"),
        ("KES,EUR,1,,,2026-01-05T14:15:00Z", "line 2, source: has 0 characters; name who published"),
        (f"KES,EUR,1,,{'x' * 141},2026-01-05T14:15:00Z", "line 2, source: has 141 characters"),
        ("KES,EUR,1,,ECB,", "line 2, time: '' is no time with a zone"),
        ("KES,EUR,1,,ECB,2026-01-05T14:15:00", "line 2, time: '2026-01-05T14:15:00' is no time with a zone"),
        ("KES,EUR,1,,ECB,yesterday", "line 2, time: 'yesterday'"),
        (f"KES,EUR,1,,{'x' * 200_000},2026-01-05T14:15:00Z", "line 2: cannot be read: field larger than"),
        ('KES,EUR,1,,"E"CB,2026-01-05T14:15:00Z', "line 2: cannot be read: ',' expected after"),
        ("KES,EUR,1,,ECB", "line 2: 5 fields where the line of column names has 6"),
    ],
)
def test_bad_rows_are_refused(tmp_path: Path, row: str, problem: str) -> None:
    """Each with its line, its column, and what is allowed."""
    (found,) = refusal(tmp_path, row)
    assert problem in found


def test_the_bounds_themselves_are_taken(tmp_path: Path) -> None:
    """A rate of 10^12, and its inverse."""
    row = "{},EUR,{},,ECB,2026-01-05T14:15:00Z"
    fixing = read(tmp_path, row.format("KES", 10**12), row.format("UGX", "0.000000000001"))
    assert fixing.minor_values(["KES", "UGX"]) == [10**12, Fraction(100, 10**12)]


def test_rows_are_compared(tmp_path: Path) -> None:
    """A second rate for a currency and a second unit are refused, with both lines; empty lines count."""
    found = refusal(tmp_path, KES, "", KES, "UGX,USD,1,,ECB,2026-01-05T14:15:00Z")
    assert found == [
        "line 4, currency: KES has a rate in line 2 already; each currency has one [FF01]",
        "line 5, unit: USD, but line 2 has EUR: one table, one unit [FF01]",
    ]


def test_all_problems_are_told_together(tmp_path: Path) -> None:
    """In the order of the lines, up to a maximum."""
    bad = "KES,EUR,0,,ECB,2026-01-05T14:15:00Z"
    found = refusal(tmp_path, KES, KES, *[bad] * 30)
    assert [text.split(",")[0] for text in found] == [f"line {line}" for line in range(3, 3 + PROBLEMS_MAX)]


@pytest.mark.parametrize(
    ("header", "problem"),
    [
        ("currency,unit,source,time", "line 1: 'unit_per_currency or currency_per_unit' is missing"),
        ("currency,unit,unit_per_currency,time", "'source' is missing"),
        (f"{HEADER},rate", "'rate' is not known; the columns are currency, unit, source, time"),
        (f"{HEADER},unit", "'unit' occurs twice"),
    ],
)
def test_bad_headers_are_refused(tmp_path: Path, header: str, problem: str) -> None:
    """Columns that are missing, unknown or there twice."""
    (found,) = refusal(tmp_path, KES, header=header)
    assert problem in found


def test_no_rates_and_too_many_bytes_are_refused(tmp_path: Path) -> None:
    """A table has at least one rate, and is small."""
    assert refusal(tmp_path) == ["file: has 0 rates; allowed are 1 to 400 [FF01]"]
    assert f"at most {BYTES_MAX}" in refusal(tmp_path, "x" * BYTES_MAX)[0]


def test_a_table_that_was_cut_off_is_refused(tmp_path: Path) -> None:
    """A rate without its last digits is not taken for a rate."""
    path = tmp_path / "rates.csv"
    path.write_text(f"{HEADER}\n{KES}", "utf-8")
    with pytest.raises(FileRefusedError, match="the last line has no line end"):
        read_rates(path)


@needs_shared
def test_published_reference_rates_are_read(tmp_path: Path) -> None:
    """A day of the ECB's reference rates, as published: every rate comes back exactly."""
    file = (SHARED or Path()) / "fx" / "ecb_eurofxref_daily_1999_2026.csv.xz"
    names, day, *_ = csv.reader(io.StringIO(lzma.decompress(file.read_bytes()).decode()))
    published = {
        code: text for code, text in zip(names[1:], day[1:], strict=True) if text and find_currency(code)
    }
    time = datetime.fromisoformat(day[0]).replace(hour=15, tzinfo=UTC).isoformat()
    fixing = read(tmp_path, *(f"{code},EUR,,{text},ECB,{time}" for code, text in published.items()))
    assert {rate.currency.code: rate.quoted for rate in fixing.rates} == published
    assert len(published) >= 29
    assert all(rate.value * Fraction(published[rate.currency.code]) == 1 for rate in fixing.rates)
