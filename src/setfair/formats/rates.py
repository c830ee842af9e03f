"""Conversion tables: the rates of a fixing, CSV.

    currency,unit,unit_per_currency,currency_per_unit,source,time
    KES,EUR,,150.2785,ECB euro reference rates,2026-01-05T14:15:00Z

Rules
-----
1. The file is CSV as all tables are (`table_csv`), of at most `BYTES_MAX` bytes. The header has each column
   at most once: ``currency``, ``unit``, ``source``, ``time``, and one or both of ``unit_per_currency`` and
   ``currency_per_unit``. Others are refused.
2. ``currency`` and ``unit`` are codes of ISO 4217 with minor units; each currency has one row, and all rows
   have the same unit of account. The unit itself needs no row; if it has one, its rate is 1.
3. Each row has exactly one rate, in the column that says its direction: ``unit_per_currency`` is units of
   account for one unit of the currency, ``currency_per_unit`` the other way round, as the ECB publishes.
4. A rate is plain decimal digits with at most one point, within the bounds of `domain.fixing`: never an
   exponent, a sign or a grouping, and never rounded.
5. ``source`` is given, in at most `SOURCE_CHARS_MAX` characters. ``time`` is ISO 8601 with its zone.

All problems of the rows are reported together, up to `PROBLEMS_MAX`; a table with one is refused as a whole.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from pathlib import Path

from setfair.domain.fixing import RATE_DIGITS_MAX, RATE_MAX, RATES_MAX, Fixing, Rate
from setfair.domain.instants import to_instant
from setfair.domain.money import Currency, find_currency
from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.iso20022.refusal import refusal
from setfair.formats.small_table import PROBLEMS_MAX, lines_of
from setfair.formats.table_csv import read_header

BYTES_MAX = 1 << 20
"""Largest conversion table."""
SOURCE_CHARS_MAX = 140
"""Longest name of a source."""

_DIRECTIONS = {"unit_per_currency": False, "currency_per_unit": True}
_REQUIRED = ("currency", "unit", "source", "time")
_DECIMAL = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+", re.ASCII)


class _ProblemError(Exception):
    """What is wrong with a field, on its way up."""

    def __init__(self, column: str, text: str) -> None:
        super().__init__(text)
        self.column = column


@dataclass(frozen=True, slots=True)
class _Row:
    """A row that can be read by itself."""

    line: int
    unit: Currency
    rate: Rate


def read_rates(path: Path) -> Fixing:
    """Read a conversion table whole or refuse it.

    Raises
    ------
    FileRefusedError
        With the line and column of each problem, and what is allowed.
    """
    size = path.stat().st_size
    if size > BYTES_MAX:
        raise refusal(path, f"has {size} bytes; a conversion table has at most {BYTES_MAX}")
    names = _check_header(path, read_header(path))
    rows: list[_Row] = []
    problems: list[FileProblem] = []
    for line, fields in lines_of(path, names):
        try:
            rows.append(_read_row(line, fields))
        except _ProblemError as error:
            problems.append(FileProblem(line, error.column, str(error)))
    problems = sorted([*problems, *_check_together(rows)], key=lambda problem: problem.line or 0)
    if problems:
        raise FileRefusedError(str(path), tuple(problems[:PROBLEMS_MAX]))
    if not 1 <= len(rows) <= RATES_MAX:
        raise refusal(path, f"has {len(rows)} rates; allowed are 1 to {RATES_MAX}")
    rates = sorted((row.rate for row in rows), key=lambda rate: rate.currency.code)
    return Fixing(rows[0].unit, tuple(rates))


def _check_header(path: Path, names: tuple[str, ...]) -> tuple[str, ...]:
    """Rule 1."""
    allowed = (*_REQUIRED, *_DIRECTIONS)
    missing = [name for name in _REQUIRED if name not in names]
    if not set(names) & set(_DIRECTIONS):
        missing.append(" or ".join(_DIRECTIONS))
    wrong = [f"{name!r} is missing" for name in missing]
    wrong += [f"{name!r} is not known" for name in names if name not in allowed]
    wrong += [f"{name!r} occurs twice" for name in sorted(set(names)) if names.count(name) > 1]
    if wrong:
        text = f"{'; '.join(wrong)}; the columns are {', '.join(_REQUIRED)}, and {' or '.join(_DIRECTIONS)}"
        raise refusal(path, text, line=1)
    return names


def _read_row(line: int, fields: dict[str, str]) -> _Row:
    currency, unit = _read_currency(fields, "currency"), _read_currency(fields, "unit")
    quoted, is_inverse = _read_rate(fields)
    if currency == unit and Fraction(quoted) != 1:
        raise _ProblemError("currency", f"{unit.code} is the unit of account: its rate is 1, not {quoted}")
    source = fields["source"]
    if not 1 <= len(source) <= SOURCE_CHARS_MAX:
        text = f"has {len(source)} characters; name who published the rate, in 1 to {SOURCE_CHARS_MAX}"
        raise _ProblemError("source", text)
    return _Row(line, unit, Rate(currency, quoted, is_inverse, source, _read_time(fields["time"])))


def _read_currency(fields: dict[str, str], column: str) -> Currency:
    """Rule 2, for one field."""
    found = find_currency(fields[column]) if re.fullmatch("[A-Z]{3}", fields[column]) else None
    if found is None:
        text = (
            f"{fields[column]!r} is no currency with minor units; write a code of ISO 4217, for example KES"
        )
        raise _ProblemError(column, text)
    return found


def _read_rate(fields: dict[str, str]) -> tuple[str, bool]:
    """Rules 3 and 4."""
    given = [name for name in _DIRECTIONS if fields.get(name)]
    if len(given) != 1:
        names = [name for name in _DIRECTIONS if name in fields]
        text = f"{len(given) or 'no'} rates are given; a row has exactly one" if given else "no rate is given"
        raise _ProblemError(" or ".join(names), text)
    column, text = given[0], fields[given[0]]
    if not _DECIMAL.fullmatch(text) or len(text) > RATE_DIGITS_MAX + 1:
        allowed = f"allowed are plain digits with at most one point, at most {RATE_DIGITS_MAX}"
        raise _ProblemError(column, f"{text[:40]!r} is no rate; {allowed}")
    rate = Fraction(text)
    if not Fraction(1, RATE_MAX) <= rate <= RATE_MAX:
        allowed = f"allowed is more than zero: from {1}/{RATE_MAX} to {RATE_MAX}"
        raise _ProblemError(column, f"{text} is out of bounds; {allowed}")
    return text, _DIRECTIONS[column]


def _read_time(text: str) -> int:
    """Rule 5."""
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        moment = None
    if moment is None or moment.tzinfo is None:
        raise _ProblemError(
            "time", f"{text!r} is no time with a zone; write for example 2026-01-05T14:15:00Z"
        )
    return to_instant(moment)


def _check_together(rows: list[_Row]) -> Iterator[FileProblem]:
    """Rule 2, for the rows together."""
    first: dict[str, int] = {}
    for row in rows:
        code = row.rate.currency.code
        if row.unit != rows[0].unit:
            text = f"{row.unit.code}, but line {rows[0].line} has {rows[0].unit.code}: one table, one unit"
            yield FileProblem(row.line, "unit", text)
        if first.setdefault(code, row.line) != row.line:
            text = f"{code} has a rate in line {first[code]} already; each currency has one"
            yield FileProblem(row.line, "currency", text)
