"""Results written by columns have the bytes of results written cell by cell."""

from __future__ import annotations

import io
import random

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.domain.money import format_amount
from setfair.formats import cleared_csv
from setfair.formats.cleared_csv import Cleared, write_cleared
from setfair.formats.csv_text import csv_cells, csv_text, csv_texts, write_rows

STRANGE = (
    "=1+1",
    "+4",
    "-x",
    "@a",
    " a ",
    "a,b",
    'say "y"',
    "ç",
    "a\tb",
    "\x85x",
    "\u2028",
    " =1",
    "a;b",
    "'q",
    "-",
)


def slowly(cleared: Cleared) -> bytes:
    """Write the table a cell at a time."""
    out = io.BytesIO()
    rows: list[tuple[str, ...]] = [("obligation_id", "amount", "cleared", "remaining")]
    numbers = (cleared.decimals, cleared.amount_minor, cleared.cleared_minor)
    columns = (cleared.obligation_id.to_pylist(), *(column.tolist() for column in numbers))
    for text, decimals, amount, reduced in zip(*columns, strict=True):
        amounts = (format_amount(minor, decimals) for minor in (amount, reduced, amount - reduced))
        rows.append((csv_text(text), *amounts))
    write_rows(out, rows)
    return out.getvalue()


def random_cleared(seed: int, decimals: tuple[int, ...], count: int = 2000) -> Cleared:
    """Return results with amounts of every size and now and then a strange identification."""
    source = random.Random(seed)
    amounts = [source.randint(1, 10 ** source.randint(1, 18)) for _ in range(count)]
    amounts[:3] = [1, 10**18 - 1, 10**17]
    ids = [source.choice(STRANGE) if source.random() < 0.1 else f"INV-{n}" for n in range(count)]
    return Cleared(
        pa.chunked_array([ids[:700], ids[700:700], ids[700:]], pa.string()),
        np.array([source.choice(decimals) for _ in range(count)], np.int8),
        np.array(amounts, np.int64),
        np.array([source.choice((0, amount, source.randint(0, amount))) for amount in amounts], np.int64),
    )


@pytest.mark.parametrize("decimals", [(0,), (2,), (3,), (4,), (0, 2, 3)])
def test_columns_and_cells_give_the_same_bytes(
    decimals: tuple[int, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Up to 18 digits, currencies of different decimals mixed, several pieces written."""
    monkeypatch.setattr(cleared_csv, "_ROWS_MAX", 512)
    cleared = random_cleared(sum(decimals), decimals)
    out = io.BytesIO()
    write_cleared(out, cleared)
    assert out.getvalue() == slowly(cleared)


@given(st.lists(st.text(st.characters(exclude_categories=("Cs",))), min_size=1))
def test_a_column_of_texts_is_as_safe_as_each(texts: list[str]) -> None:
    """Any text is made safe and quoted as the cell by itself is."""
    out = io.BytesIO()
    write_rows(out, [(csv_text(text), 1) for text in texts])
    column = pa.array(texts, pa.string())
    assert "".join(f"{cell},1\r\n" for cell in csv_cells(column).to_pylist()).encode() == out.getvalue()
    assert csv_texts(column).to_pylist() == [csv_text(text) for text in texts]
