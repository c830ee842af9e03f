"""The certificate of a set-off across currencies (docs/certificate.md): fixing, reductions, prices, rounding.

Rules
-----
1. The file is framed by `sealed`; the stream has one record batch of one row (`SCHEMA`).
2. The rates are those of the currencies that occur, as they were published, with source and time.
3. Columns that do not fit together, and rates that are none, are refused. Whether it proves anything is for
   `setfair.verify` to say.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.fixing import RATE_DIGITS_MAX, RATE_MAX, Fixing, Rate
from setfair.domain.money import Currency, find_currency
from setfair.formats.certificate import rows_of
from setfair.formats.money_claim import PRICE_MAX
from setfair.formats.replace_file import replacing
from setfair.formats.sealed import Seal, one_list, read_stream, sealed_parts, unseal, write_stream

SEAL = Seal(b"SFACROSS", 1, "a set-off across currencies")


def _list_of(kind: pa.DataType) -> pa.DataType:
    return pa.large_list(pa.field("item", kind, nullable=False))


SCHEMA = pa.schema(
    [
        pa.field("unit", pa.string(), nullable=False),
        pa.field("currency", _list_of(pa.string()), nullable=False),
        pa.field("content_sha256", _list_of(pa.binary(32)), nullable=False),
        pa.field("rate_currency", _list_of(pa.string()), nullable=False),
        pa.field("rate", _list_of(pa.string()), nullable=False),
        pa.field("is_inverse", _list_of(pa.bool_()), nullable=False),
        pa.field("source", _list_of(pa.string()), nullable=False),
        pa.field("time_ns", _list_of(pa.int64()), nullable=False),
        pa.field("party_id", _list_of(pa.string()), nullable=False),
        pa.field("price", _list_of(pa.int64()), nullable=False),
        pa.field("entry_minor", _list_of(pa.int64()), nullable=False),
        pa.field("row_step", _list_of(pa.int64()), nullable=False),
        pa.field("cancelled_fine", _list_of(pa.int64()), nullable=False),
        pa.field("reduced_minor", _list_of(pa.int64()), nullable=False),
    ]
)
"""Columns of the stream, which has one row."""

_RATE = re.compile(r"[0-9]+(\.[0-9]+)?|\.[0-9]+", re.ASCII)

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class AcrossCertificate:
    """A run over a table; columns by obligation of shape (n,), by party of shape (p,)."""

    rows: int
    left_out: int
    fixing: Fixing
    """With the rates of the currencies that occur, the unit of account apart where it has none."""
    content: tuple[tuple[str, bytes], ...]
    """By currency that occurs, in the order of their codes: `certificate.content_digest`."""
    party_id: pa.Array
    """Text, ascending."""
    price: Int64Array
    """By party, 0 to `PRICE_MAX`."""
    entry_minor: Int64Array
    """By party: what it owes the rounding account, in minor units of account."""
    row: Int64Array
    """Rows of the table, ascending, from 1."""
    cancelled_fine: Int64Array
    """By obligation: the value that is cancelled, in fine units."""
    reduced_minor: Int64Array
    """By obligation: what it is reduced by, in minor units of its currency."""


def write_across_certificate(path: Path, certificate: AcrossCertificate) -> None:
    """Write a certificate; it takes the place of a file of that name when it is complete."""
    with replacing(path) as file:
        for part in across_certificate_parts(certificate):
            file.write(part)


def across_certificate_parts(certificate: AcrossCertificate) -> Iterator[bytes | pa.Buffer]:
    """Return the bytes of a certificate."""
    body = write_stream(SCHEMA, [_to_batch(certificate)])
    return sealed_parts(SEAL, certificate.rows, certificate.left_out, body)


def _to_batch(claim: AcrossCertificate) -> pa.RecordBatch:
    rates = claim.fixing.rates
    lists = {
        "currency": pa.array([code for code, _ in claim.content], pa.string()),
        "content_sha256": pa.array([digest for _, digest in claim.content], pa.binary(32)),
        "rate_currency": pa.array([rate.currency.code for rate in rates], pa.string()),
        "rate": pa.array([rate.quoted for rate in rates], pa.string()),
        "is_inverse": pa.array([rate.is_inverse for rate in rates], pa.bool_()),
        "source": pa.array([rate.source for rate in rates], pa.string()),
        "time_ns": pa.array([rate.time for rate in rates], pa.int64()),
        "party_id": claim.party_id,
        "price": pa.array(claim.price),
        "entry_minor": pa.array(claim.entry_minor),
        "row_step": pa.array(np.diff(claim.row, prepend=0)),
        "cancelled_fine": pa.array(claim.cancelled_fine),
        "reduced_minor": pa.array(claim.reduced_minor),
    }
    columns = [pa.array([claim.fixing.unit.code], pa.string())]
    columns += [one_list(SCHEMA, name, lists[name]) for name in SCHEMA.names[1:]]
    return pa.RecordBatch.from_arrays(columns, schema=SCHEMA)


def read_across_certificate(path: Path) -> AcrossCertificate:
    """Read a certificate.

    Raises
    ------
    FileRefusedError
        If it is not one, or not whole, or of a version that is not read here.
    """
    return unseal(path, SEAL, _read)


def _read(rows: int, left_out: int, body: pa.Buffer) -> AcrossCertificate:
    batches = list(read_stream(SCHEMA, body))
    if len(batches) != 1:
        raise ValueError(f"there are {len(batches)} record batches, not one")
    (batch,) = batches
    lists = {name: batch.column(name).flatten() for name in SCHEMA.names[1:]}
    claim = AcrossCertificate(
        rows=rows,
        left_out=left_out,
        fixing=Fixing(_currency(batch.column("unit")[0].as_py()), tuple(_rates(lists))),
        content=tuple(zip(lists["currency"].to_pylist(), lists["content_sha256"].to_pylist(), strict=True)),
        party_id=lists["party_id"],
        price=lists["price"].to_numpy(),
        entry_minor=lists["entry_minor"].to_numpy(),
        row=rows_of(lists["row_step"].to_numpy()),
        cancelled_fine=lists["cancelled_fine"].to_numpy(),
        reduced_minor=lists["reduced_minor"].to_numpy(),
    )
    _check_columns(claim)
    return claim


def _rates(lists: dict[str, Any]) -> Iterator[Rate]:
    names = ("rate_currency", "rate", "is_inverse", "source", "time_ns")
    before = ""
    for code, rate, is_inverse, source, time in zip(
        *(lists[name].to_pylist() for name in names), strict=True
    ):
        if code <= before:
            raise ValueError(f"the rate of {code!r} follows that of {before!r}: currencies are ascending")
        before = code
        if len(rate) > RATE_DIGITS_MAX + 1 or not _RATE.fullmatch(rate):
            raise ValueError(f"{code}: {rate[:40]!r} is no rate")
        if not Fraction(1, RATE_MAX) <= Fraction(rate) <= RATE_MAX:
            raise ValueError(f"{code}: {rate} is out of bounds")
        yield Rate(_currency(code), rate, is_inverse, source, time)


def _currency(code: str) -> Currency:
    found = find_currency(code)
    if found is None:
        raise ValueError(f"{code!r} is no currency with minor units")
    return found


def _check_columns(claim: AcrossCertificate) -> None:
    """Refuse columns that differ in length, rows past the end, parties out of order, prices out of bounds."""
    by_row = {len(claim.row), len(claim.cancelled_fine), len(claim.reduced_minor)}
    by_party = {len(claim.party_id), len(claim.price), len(claim.entry_minor)}
    if len(by_row) > 1 or len(by_party) > 1:
        raise ValueError("columns of obligations or of parties differ in length")
    if len(claim.row) and claim.row[-1] > claim.rows:
        raise ValueError(f"row {claim.row[-1]} of a table with {claim.rows} rows")
    parties = claim.party_id
    if len(parties) > 1 and not pc.all(pc.less(parties[:-1], parties[1:])).as_py():
        raise ValueError("the parties are not ascending")
    if ((claim.price < 0) | (claim.price > PRICE_MAX)).any():
        raise ValueError(f"a price is not 0 to {PRICE_MAX}")
