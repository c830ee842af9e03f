"""Loops as CSV: one row for each obligation of each loop."""

from __future__ import annotations

import csv
import io

import numpy as np

from setfair.domain.money import Currency, find_currency
from setfair.engine.loops import find_loops
from setfair.explain.loops_table import LOOP_COLUMNS, CurrencyLoops, write_loops


def currency(code: str) -> Currency:
    """A currency that exists."""
    found = find_currency(code)
    if found is None:
        raise ValueError(code)
    return found


def part(code: str, *rows: tuple[str, str, str, int]) -> CurrencyLoops:
    """The loops of rows: number, debtor, creditor, what is cancelled."""
    ids, debtors, creditors, amounts = zip(*rows, strict=True)
    names = sorted({*debtors, *creditors})
    parties = [np.array([names.index(name) for name in column]) for column in (debtors, creditors)]
    loops = find_loops(*parties, np.array(amounts))
    return CurrencyLoops(currency(code), loops, ids, debtors, creditors)


def test_rows_go_around_each_loop() -> None:
    """Numbers run through currencies, amounts are in units, and a name is never a formula."""
    euro = part(
        "EUR", ("1", "A", "=B", 250), ("2", "=B", "A", 200), ("3", "=B", "C", 50), ("4", "C", "A", 50)
    )
    yen = part("JPY", ("9", "A", "C", 7), ("8", "C", "A", 7))
    out = io.BytesIO()
    assert write_loops(out, [euro, yen]) == 3
    rows = list(csv.reader(io.StringIO(out.getvalue().decode(), newline="")))
    assert tuple(rows[0]) == LOOP_COLUMNS
    assert [",".join(row) for row in rows[1:]] == [
        "1,EUR,2.00,2,1,2,'=B,A",
        "1,EUR,2.00,2,2,1,A,'=B",
        "2,EUR,0.50,3,1,3,'=B,C",
        "2,EUR,0.50,3,2,4,C,A",
        "2,EUR,0.50,3,3,1,A,'=B",
        "3,JPY,7,2,1,9,A,C",
        "3,JPY,7,2,2,8,C,A",
    ]


def test_no_loops_are_a_table_without_rows() -> None:
    """The head alone."""
    out = io.BytesIO()
    assert write_loops(out, []) == 0
    assert out.getvalue().decode().strip() == ",".join(LOOP_COLUMNS)
