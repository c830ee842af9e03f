"""The certificate of a set-off run: what was cleared of each obligation, and the prices that prove that no
set-off can clear more (docs/certificate.md).

Rules
-----
1. The file is framed by `sealed`; the stream has one record batch of one row a currency (`SCHEMA`).
2. The same certificate gives the same bytes.
3. A file that is foreign, cut off, altered, of a later version, or whose columns do not fit together is
   refused, with what is wrong. Whether it proves anything is for `setfair.verify` to say.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.obligations import Obligations
from setfair.formats.money_claim import (
    MONEY_FIELDS,
    PRICE_MAX,
    MoneyClaim,
    check_money_columns,
    money_columns,
    read_money,
)
from setfair.formats.replace_file import replacing
from setfair.formats.sealed import (
    ROWS_MAX,
    Seal,
    one_list,
    read_stream,
    sealed_parts,
    unseal,
    write_stream,
)

SEAL = Seal(b"SFSETOFF", 3, "a set-off run")
MOST_CLEARED = "most cleared"
"""Name of an objective: the sum of what is cleared is the largest. A class of age has its words behind it."""
LEAST_MONEY = "least money"
"""Name of the last objective where money was put in."""
NO_PART, TOO_LITTLE = -1, -2
"""Stages of obligations that take no part: not to be touched, or too little of them would cancel."""

_CONTENT_TAG = b"setfair set-off obligations 1\0"

SCHEMA = pa.schema(
    [
        pa.field("currency", pa.string(), nullable=False),
        pa.field("content_sha256", pa.binary(32), nullable=False),
        pa.field("gross_minor", pa.int64(), nullable=False),
        pa.field("cleared_total_minor", pa.int64(), nullable=False),
        pa.field("net_debit_minor", pa.int64(), nullable=False),
        pa.field("objective", pa.list_(pa.field("item", pa.string(), nullable=False)), nullable=False),
        pa.field(
            "price", pa.list_(pa.large_list(pa.field("item", pa.int64(), nullable=False))), nullable=False
        ),
        pa.field("party_id", pa.large_list(pa.field("item", pa.string(), nullable=False)), nullable=False),
        pa.field("row_step", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False),
        pa.field(
            "cleared_minor", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False
        ),
        pa.field("unit_minor", pa.int64(), nullable=False),
        pa.field("minimum_minor", pa.int64(), nullable=False),
        pa.field("stage", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False),
        pa.field(
            "price_as_creditor",
            pa.list_(pa.large_list(pa.field("item", pa.int64(), nullable=False))),
            nullable=False,
        ),
        pa.field(
            "maximum_minor", pa.large_list(pa.field("item", pa.int64(), nullable=False)), nullable=False
        ),
        *MONEY_FIELDS,
    ]
)
"""Columns of the stream; one row a currency, in the order of their codes."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Objective:
    """What was made the largest, and the prices that prove it."""

    name: str
    price: Int64Array
    """By party, shape (p,): 0 to `PRICE_MAX`; as debtor, where it has another as creditor."""
    price_as_creditor: Int64Array | None = None
    """By party; None: the same. Parties with a maximum have two prices."""


@dataclass(frozen=True, slots=True)
class CurrencyCertificate:
    """The run of one currency; columns by obligation of shape (n,), by party of shape (p,)."""

    currency: str
    content_sha256: bytes
    """`content_digest` of the obligations that took part."""
    gross_minor: int
    cleared_total_minor: int
    net_debit_minor: int
    objectives: tuple[Objective, ...]
    """The first is the most important; each next one decides among the optima of those before it."""
    party_id: pa.Array
    """Text, ascending."""
    row: Int64Array
    """Rows of the table, ascending, from 1."""
    cleared_minor: Int64Array
    unit_minor: int = 1
    """The run was in whole multiples of it; amounts and maxima are rounded down to them."""
    minimum_minor: int = 0
    """Of an obligation at least so much is cleared or nothing."""
    stage: Int64Array | None = None
    """By obligation: which objective counts it, or `NO_PART`, `TOO_LITTLE`; None: the first counts all."""
    maximum_minor: Int64Array | None = None
    """By party: the most that is cleared of its debts; None: nobody has a maximum."""
    money: MoneyClaim | None = None
    """None: no money was put in."""


@dataclass(frozen=True, slots=True)
class Certificate:
    """A run over a table."""

    rows: int
    """Rows of the table."""
    left_out: int
    """Those of them that took no part."""
    currencies: tuple[CurrencyCertificate, ...]


def content_digest(obligations: Obligations) -> bytes:
    """Return the SHA-256 of what the obligations say, in a form that does not depend on their file's."""
    digest = hashlib.sha256(_CONTENT_TAG)
    counts = (len(obligations), len(obligations.party_id))
    digest.update(struct.pack("<3sQQ", obligations.currency.code.encode(), *counts))
    _digest_texts(digest, obligations.obligation_id.chunks)
    _digest_texts(digest, [obligations.party_id])
    for column in (obligations.debtor, obligations.creditor, obligations.amount_minor, obligations.due_day):
        digest.update(np.ascontiguousarray(column, "<i8").data)
    return digest.digest()


def _digest_texts(digest: Any, chunks: list[pa.StringArray]) -> None:
    """Take in the length in bytes of every text, then all texts."""
    for chunk in chunks:
        digest.update(pc.binary_length(chunk).to_numpy().astype("<u4").data)
    for chunk in chunks:
        if len(chunk):
            offsets = np.frombuffer(chunk.buffers()[1], np.int32)[
                chunk.offset : chunk.offset + len(chunk) + 1
            ]
            data = chunk.buffers()[2]
            digest.update(memoryview(data)[offsets[0] : offsets[-1]] if data is not None else b"")


def write_certificate(path: Path, certificate: Certificate) -> None:
    """Write a certificate; it takes the place of a file of that name when it is complete."""
    with replacing(path) as file:
        for part in certificate_parts(certificate):
            file.write(part)


def certificate_parts(certificate: Certificate) -> Iterator[bytes | pa.Buffer]:
    """Return the bytes of a certificate."""
    body = write_stream(SCHEMA, [_to_batch(part) for part in certificate.currencies])
    return sealed_parts(SEAL, certificate.rows, certificate.left_out, body)


def _to_batch(part: CurrencyCertificate) -> pa.RecordBatch:
    as_creditor = [each.price_as_creditor for each in part.objectives if each.price_as_creditor is not None]
    columns = {
        "currency": pa.array([part.currency], pa.string()),
        "content_sha256": pa.array([part.content_sha256], pa.binary(32)),
        "gross_minor": pa.array([part.gross_minor], pa.int64()),
        "cleared_total_minor": pa.array([part.cleared_total_minor], pa.int64()),
        "net_debit_minor": pa.array([part.net_debit_minor], pa.int64()),
        "objective": one_list(
            SCHEMA, "objective", pa.array([each.name for each in part.objectives], pa.string())
        ),
        "price": one_list(SCHEMA, "price", _price_lists([each.price for each in part.objectives])),
        "party_id": one_list(SCHEMA, "party_id", part.party_id),
        "row_step": one_list(SCHEMA, "row_step", pa.array(np.diff(part.row, prepend=0))),
        "cleared_minor": one_list(SCHEMA, "cleared_minor", pa.array(part.cleared_minor)),
        "unit_minor": pa.array([part.unit_minor], pa.int64()),
        "minimum_minor": pa.array([part.minimum_minor], pa.int64()),
        "stage": one_list(SCHEMA, "stage", _optional(part.stage)),
        "price_as_creditor": one_list(SCHEMA, "price_as_creditor", _price_lists(as_creditor)),
        "maximum_minor": one_list(SCHEMA, "maximum_minor", _optional(part.maximum_minor)),
        **money_columns(part.money),
    }
    return pa.RecordBatch.from_arrays([columns[name] for name in SCHEMA.names], schema=SCHEMA)


def _price_lists(prices: list[Int64Array]) -> pa.Array:
    bounds = pa.array(np.cumsum([0, *map(len, prices)]))
    values = pa.array(np.concatenate(prices) if prices else np.empty(0, np.int64))
    return pa.LargeListArray.from_arrays(bounds, values, type=SCHEMA.field("price").type.value_type)


def _optional(column: Int64Array | None) -> pa.Array:
    """Return a column that may be absent: it is empty then."""
    return pa.array([], pa.int64()) if column is None else pa.array(column)


def read_certificate(path: Path) -> Certificate:
    """Read a certificate.

    Raises
    ------
    FileRefusedError
        If it is not one, or not whole, or of a version that is not read here.
    """
    return unseal(
        path,
        SEAL,
        lambda rows, left_out, body: Certificate(rows, left_out, tuple(_read_currencies(body, rows))),
    )


def _read_currencies(body: pa.Buffer, rows: int) -> Iterator[CurrencyCertificate]:
    """Yield the currencies; ValueError where the columns do not fit together."""
    before = ""
    for batch in read_stream(SCHEMA, body):
        part = _from_batch(batch)
        if part.currency <= before:
            raise ValueError(f"{part.currency!r} follows {before!r}: currencies are ascending")
        _check_columns(part, rows)
        before = part.currency
        yield part


def _from_batch(batch: pa.RecordBatch) -> CurrencyCertificate:
    names = batch.column("objective").flatten().to_pylist()
    prices, as_creditor = (_prices_of(batch, name) for name in ("price", "price_as_creditor"))
    if len(names) != len(prices) or len(as_creditor) not in (0, len(names)):
        raise ValueError(f"{len(names)} objectives, {len(prices)} and {len(as_creditor)} lists of prices")
    both = zip(names, prices, [*as_creditor, *[None] * (len(names) - len(as_creditor))], strict=True)
    single = (*SCHEMA.names[:5], "unit_minor", "minimum_minor")
    stage, maximum = (batch.column(name).flatten().to_numpy() for name in ("stage", "maximum_minor"))
    return CurrencyCertificate(
        **{name: batch.column(name)[0].as_py() for name in single},
        objectives=tuple(Objective(*each) for each in both),
        party_id=batch.column("party_id").flatten(),
        row=rows_of(batch.column("row_step").flatten().to_numpy()),
        cleared_minor=batch.column("cleared_minor").flatten().to_numpy(),
        stage=stage if len(stage) else None,
        maximum_minor=maximum if len(maximum) else None,
        money=read_money(batch),
    )


def _prices_of(batch: pa.RecordBatch, column: str) -> list[Int64Array]:
    lists = batch.column(column).flatten()
    return [lists[place].values.to_numpy() for place in range(len(lists))]


def rows_of(step: Int64Array) -> Int64Array:
    """Return the rows whose differences are given."""
    if len(step) > ROWS_MAX or ((step < 1) | (step > ROWS_MAX)).any():
        raise ValueError(f"a step between rows is not 1 to {ROWS_MAX}")
    return np.cumsum(step)


def _check_columns(part: CurrencyCertificate, rows: int) -> None:
    """Refuse columns that differ in length, rows past the end, parties out of order, prices out of bounds."""
    code, parties = part.currency, part.party_id
    if len(part.row) != len(part.cleared_minor):
        raise ValueError(f"{code}: {len(part.row)} rows and {len(part.cleared_minor)} cleared amounts")
    if len(part.row) and part.row[-1] > rows:
        raise ValueError(f"{code}: row {part.row[-1]} of a table with {rows} rows")
    if len(parties) > 1 and not pc.all(pc.less(parties[:-1], parties[1:])).as_py():
        raise ValueError(f"{code}: the parties are not ascending")
    for objective in part.objectives:
        for price in (objective.price, objective.price_as_creditor):
            if price is not None and len(price) != len(parties):
                raise ValueError(f"{code}: {len(parties)} parties and {len(price)} prices")
            if price is not None and ((price < 0) | (price > PRICE_MAX)).any():
                raise ValueError(f"{code}: a price is not 0 to {PRICE_MAX}")
    _check_limits(part)


def _check_limits(part: CurrencyCertificate) -> None:
    """Refuse columns of limits that do not fit, and numbers that no limit has."""
    code, stage, maximum = part.currency, part.stage, part.maximum_minor
    if part.unit_minor < 1 or part.minimum_minor < 0:
        raise ValueError(f"{code}: unit {part.unit_minor}, least amount {part.minimum_minor}")
    if stage is not None and len(stage) != len(part.row):
        raise ValueError(f"{code}: {len(part.row)} rows and {len(stage)} stages")
    if stage is not None and ((stage < TOO_LITTLE) | (stage >= len(part.objectives))).any():
        raise ValueError(f"{code}: a stage is not {TOO_LITTLE} to {len(part.objectives) - 1}")
    if part.money is not None:
        try:
            check_money_columns(part.money, len(part.party_id), len(part.objectives))
        except ValueError as error:
            raise ValueError(f"{code}: {error}") from error
    if maximum is not None and (len(maximum) != len(part.party_id) or (maximum < 0).any()):
        raise ValueError(f"{code}: the maxima are not those of {len(part.party_id)} parties, from 0")
