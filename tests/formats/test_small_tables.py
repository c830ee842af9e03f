"""Small tables beside the obligations: money, maxima, what is kept; certificates that do not fit together."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.fixing import Fixing, Rate
from setfair.domain.money import find_currency
from setfair.errors import FileRefusedError
from setfair.formats import small_table
from setfair.formats.across_certificate import (
    SCHEMA,
    SEAL,
    AcrossCertificate,
    across_certificate_parts,
    read_across_certificate,
)
from setfair.formats.kept_ids import KeptId, read_kept_ids
from setfair.formats.party_amounts import read_liquidity, read_party_amounts
from setfair.formats.sealed import sealed_parts, write_stream


def write(folder: Path, text: str) -> Path:
    """Write a table."""
    path = folder / "table.csv"
    path.write_text(text, "utf-8")
    return path


def test_money_is_read_in_the_decimals_of_its_currency(tmp_path: Path) -> None:
    """Own, for some and for anyone; in any order of columns, with a byte order mark and CR LF."""
    text = "\ufeffamount,party,beneficiaries,currency\r\n1.234,a,,TND\r\n5,F,b; c,JPY\r\n7,F,*,KES\r\n"
    rows = read_liquidity(write(tmp_path, text))
    assert [(row.line, row.party, row.amount_minor, row.beneficiaries) for row in rows] == [
        (2, "a", 1234, ()),
        (3, "F", 5, ("b", "c")),
        (4, "F", 700, ("*",)),
    ]


def test_what_is_kept_is_read(tmp_path: Path) -> None:
    """With and without the creditor."""
    rows = read_kept_ids(write(tmp_path, "obligation_id,creditor\nI1,\nI2,b\n"))
    assert rows == (KeptId(2, "I1", ""), KeptId(3, "I2", "b"))


WRONG = {
    "line 2, party: is empty": ",EUR,1,\n",
    "line 2, currency: 'XAU' is no currency with minor units": "a,XAU,1,\n",
    "line 2, amount: '1.5': the amount has more decimals": "a,JPY,1.5,\n",
    "at most 0 after the point in JPY": "a,JPY,x,\n",
    "line 3, party: 'a' has an amount in EUR in line 2 already": "a,EUR,1,\na,EUR,2,\n",
    "line 2, beneficiaries: \\* stands alone": "F,EUR,1,a;*\n",
    "line 2: 3 fields where the line of column names has 4": "a,EUR,1\n",
}


@pytest.mark.parametrize("words", WRONG)
def test_a_wrong_row_is_named(tmp_path: Path, words: str) -> None:
    """Line, column, and what is allowed."""
    with pytest.raises(FileRefusedError, match=words):
        read_liquidity(write(tmp_path, "party,currency,amount,beneficiaries\n" + WRONG[words]))


def test_wrong_columns_are_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Missing, not known, twice; a file that is too large; a number that is not there."""
    path = write(tmp_path, "party,currency,sum,sum\n")
    words = "column missing: 'amount'; column not known: 'sum'.*given twice: 'sum'; the columns are party"
    with pytest.raises(FileRefusedError, match=words):
        read_party_amounts(path)
    with pytest.raises(FileRefusedError, match="column not known: 'beneficiaries'"):
        read_party_amounts(write(tmp_path, "party,currency,amount,beneficiaries\n"))
    with pytest.raises(FileRefusedError, match="line 2, obligation_id: is empty"):
        read_kept_ids(write(tmp_path, "obligation_id,creditor\n,b\n"))
    monkeypatch.setattr(small_table, "BYTES_MAX", 5)
    with pytest.raises(FileRefusedError, match="at most 5"):
        read_kept_ids(path)


def claim() -> AcrossCertificate:
    """Return a certificate with columns that fit."""
    euro, yen = find_currency("EUR"), find_currency("JPY")
    assert euro is not None
    assert yen is not None
    column = np.array([5, 6])
    return AcrossCertificate(
        rows=3,
        left_out=1,
        fixing=Fixing(euro, (Rate(yen, "161.37", True, "An example", 0),)),
        content=(("EUR", bytes(32)), ("JPY", bytes(32))),
        party_id=pa.array(["a", "b"]),
        price=np.array([0, 1]),
        entry_minor=np.array([0, 0]),
        row=np.array([1, 3]),
        cancelled_fine=column,
        reduced_minor=column,
    )


UNFIT: dict[str, dict[str, object]] = {
    "differ in length": {"price": [0]},
    "row 4 of a table with 3": {"row_step": [1, 3]},
    "the parties are not ascending": {"party_id": ["b", "a"]},
    "a price is not 0 to": {"price": [0, -1]},
    "'1e3' is no rate": {"rate": ["1e3"]},
    "is out of bounds": {"rate": ["0"]},
    "'XAU' is no currency": {"unit": "XAU"},
    "the rate of '' follows": {"rate_currency": [""]},
}


@pytest.mark.parametrize("words", UNFIT)
def test_columns_that_do_not_fit_are_refused(tmp_path: Path, words: str) -> None:
    """By somebody who made a right digest of them."""
    raw = b"".join(bytes(part) for part in across_certificate_parts(claim()))
    (row,) = pa.ipc.open_stream(raw[32:-32]).read_all().to_pylist()
    path = tmp_path / "certificate"
    path.write_bytes(raw)
    assert read_across_certificate(path).row.tolist() == [1, 3]
    body = write_stream(SCHEMA, [pa.RecordBatch.from_pylist([row | UNFIT[words]], schema=SCHEMA)])
    path.write_bytes(b"".join(bytes(part) for part in sealed_parts(SEAL, 3, 1, body)))
    with pytest.raises(FileRefusedError, match=words):
        read_across_certificate(path)
