"""Rows of the books, copied and compared as bytes."""

from __future__ import annotations

import numpy as np
import pytest

from setfair.engine.layout import IDENTITY, INSTRUCTION, PAYMENT, RECORD, are_same_rows


@pytest.mark.parametrize("dtype", [RECORD, INSTRUCTION, PAYMENT, IDENTITY])
def test_rows_are_compared_to_the_last_field(dtype: np.dtype[np.void]) -> None:
    """No byte of a row belongs to no field; any field that differs is seen, and so is a row too many."""
    names = dtype.names or ()
    assert sum(dtype[name].itemsize for name in names) == dtype.itemsize
    rows = np.zeros(6, dtype)
    assert are_same_rows(rows, rows.copy())
    assert are_same_rows(rows[::2], rows[:3])
    assert not are_same_rows(rows, rows[:5])
    for name in names:
        other = rows.copy()
        other[name][5] = 1
        assert not are_same_rows(rows, other), name
