"""The certificate as a file: the same bytes for the same run, and nothing that was altered is read."""

from __future__ import annotations

import hashlib
import random
import struct
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

from setfair.errors import FileRefusedError
from setfair.formats import sealed as certificate_frame
from setfair.formats.certificate import (
    SCHEMA,
    Certificate,
    CurrencyCertificate,
    Objective,
    certificate_parts,
    read_certificate,
    write_certificate,
)
from setfair.formats.money_claim import MONEY_FIELDS, MoneyClaim

PART = CurrencyCertificate(
    currency="EUR",
    content_sha256=bytes(range(32)),
    gross_minor=25_075,
    cleared_total_minor=21_150,
    net_debit_minor=2_950,
    objectives=(Objective("most cleared", np.array([0, 1, 0])),),
    party_id=pa.array(["a", "b", "ç"]),
    row=np.array([1, 2, 7]),
    cleared_minor=np.array([7_050, 7_050, 7_050]),
)
CLAIM = Certificate(9, 6, (PART,))


def bytes_of(claim: Certificate) -> bytes:
    """Return a certificate's bytes."""
    return b"".join(bytes(part) for part in certificate_parts(claim))


def sealed(content: bytes) -> bytes:
    """Return content with its digest behind it."""
    return content + hashlib.sha256(content).digest()


def read_bytes(folder: Path, raw: bytes) -> Certificate:
    """Read a certificate of these bytes."""
    path = folder / "certificate"
    path.write_bytes(raw)
    return read_certificate(path)


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """Every field, in every number of currencies and objectives."""
    more = replace(
        PART,
        currency="KES",
        objectives=(*PART.objectives, Objective("fewest firms", np.array([5, 0, 2**60]))),
    )
    limited = replace(
        PART,
        currency="UGX",
        objectives=(Objective("most cleared", np.array([0, 1, 0]), np.array([0, 2, 0])),),
        unit_minor=50,
        minimum_minor=50,
        stage=np.array([0, -1, -2]),
        maximum_minor=np.array([7_050, 0, 2**62]),
    )
    money = MoneyClaim(
        funder=pa.array(["F", "a"]),
        funder_minor=np.array([10, 2**62]),
        funds_anyone=np.array([True, False]),
        beneficiary_funder=np.array([1, 1]),
        beneficiary_party=np.array([0, 2]),
        gift_funder=np.array([0]),
        gift_party=np.array([1]),
        gift_minor=np.array([10]),
        received_minor=np.array([0, 0, 10]),
        price_of_hub=np.array([0]),
        price_of_funder=np.array([1, 2**60]),
    )
    empty = Certificate(0, 0, ())
    funded = replace(PART, currency="ZAR", money=money)
    for claim in (
        CLAIM,
        empty,
        Certificate(9, 3, (PART, more, replace(PART, currency="TND", objectives=()), limited, funded)),
    ):
        write_certificate(tmp_path / "certificate", claim)
        found = read_certificate(tmp_path / "certificate")
        assert bytes_of(found) == bytes_of(claim)
        assert (found.rows, found.left_out) == (claim.rows, claim.left_out)
        assert [part.currency for part in found.currencies] == [part.currency for part in claim.currencies]
        assert [[each.name for each in part.objectives] for part in found.currencies] == [
            [each.name for each in part.objectives] for part in claim.currencies
        ]
        for part in found.currencies:
            assert part.row.tolist() == [1, 2, 7]
            assert part.cleared_minor.tolist() == [7_050] * 3
            assert part.party_id.to_pylist() == ["a", "b", "ç"]
            assert part.content_sha256 == bytes(range(32))


def test_anyone_reads_it_with_an_arrow_reader() -> None:
    """A head of 32 bytes, an Arrow stream, 32 bytes of SHA-256: as the document says."""
    raw = bytes_of(CLAIM)
    assert struct.unpack("<8sH6xQQ", raw[:32]) == (b"SFSETOFF", 3, 9, 6)
    assert hashlib.sha256(raw[:-32]).digest() == raw[-32:]
    (row,) = pa.ipc.open_stream(raw[32:-32]).read_all().to_pylist()
    assert row == {
        "currency": "EUR",
        "content_sha256": bytes(range(32)),
        "gross_minor": 25_075,
        "cleared_total_minor": 21_150,
        "net_debit_minor": 2_950,
        "objective": ["most cleared"],
        "price": [[0, 1, 0]],
        "party_id": ["a", "b", "ç"],
        "row_step": [1, 1, 5],
        "cleared_minor": [7_050, 7_050, 7_050],
        "unit_minor": 1,
        "minimum_minor": 0,
        "stage": [],
        "price_as_creditor": [],
        "maximum_minor": [],
        **{field.name: [] for field in MONEY_FIELDS},
    }


def test_two_processes_write_the_same_bytes() -> None:
    """Whatever Python's hash seed is."""
    program = (
        "import hashlib; from tests.formats.test_certificate import CLAIM, bytes_of;"
        "print(hashlib.sha256(bytes_of(CLAIM)).hexdigest())"
    )
    digests = {
        subprocess.run(
            [sys.executable, "-c", program],
            check=True,
            capture_output=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)},
        ).stdout
        for seed in ("1", "2")
    }
    assert digests == {hashlib.sha256(bytes_of(CLAIM)).hexdigest().encode() + b"\n"}


def test_no_altered_byte_is_read(tmp_path: Path) -> None:
    """Four hundred changes anywhere: a bit, a piece gone, a piece more, the end gone."""
    raw = bytes_of(CLAIM)
    source = random.Random(1)
    for number in range(400):
        at = source.randrange(len(raw))
        length = source.randint(1, 40)
        changed = (
            raw[:at] + bytes([raw[at] ^ (1 << source.randrange(8))]) + raw[at + 1 :],
            raw[:at] + raw[at + length :],
            raw[:at] + source.randbytes(length) + raw[at:],
            raw[:at],
        )[number % 4]
        with pytest.raises(FileRefusedError):
            read_bytes(tmp_path, changed)


def stream_of(*batches: pa.RecordBatch, schema: pa.Schema = SCHEMA) -> bytes:
    """Return record batches as a stream."""
    sink = pa.BufferOutputStream()
    with pa.ipc.new_stream(sink, schema) as stream:
        for batch in batches:
            stream.write_batch(batch)
    return sink.getvalue().to_pybytes()


def changed_stream(**changes: object) -> bytes:
    """Return the stream of one currency with some of its columns changed."""
    (row,) = pa.ipc.open_stream(bytes_of(CLAIM)[32:-32]).read_all().to_pylist()
    return stream_of(pa.RecordBatch.from_pylist([row | changes], schema=SCHEMA))


HEAD = bytes_of(CLAIM)[:32]
STREAM = bytes_of(CLAIM)[32:-32]
BATCH = pa.ipc.open_stream(STREAM).read_next_batch()
WIDER = SCHEMA.append(pa.field("conversion", pa.string()))

REFUSED: dict[str, Callable[[], bytes]] = {
    "does not begin with SFSETOFF": lambda: b"obligation_id,amount\n",
    "is cut off: a certificate has more than 40 bytes": lambda: bytes_of(CLAIM)[:40],
    "was altered or cut off": lambda: bytes_of(CLAIM)[:-1],
    "has format 4; read is format 3": lambda: sealed(HEAD[:8] + b"\4" + HEAD[9:] + STREAM),
    "its columns are": lambda: sealed(
        HEAD + stream_of(BATCH.append_column("conversion", pa.array(["x"])), schema=WIDER)
    ),
    "its digest fits, but its content does not hold together": lambda: sealed(
        HEAD + STREAM[: len(STREAM) // 2]
    ),
    "bytes behind the end": lambda: sealed(HEAD + STREAM + bytes(8)),
    "has 2 rows, not one": lambda: sealed(
        HEAD + stream_of(pa.Table.from_batches([BATCH, BATCH]).combine_chunks().to_batches()[0])
    ),
    "'EUR' follows 'EUR'": lambda: sealed(HEAD + stream_of(BATCH, BATCH)),
    "EUR: 2 rows and 3 cleared": lambda: sealed(HEAD + changed_stream(row_step=[1, 1])),
    "EUR: row 10 of a table with 9 rows": lambda: sealed(HEAD + changed_stream(row_step=[1, 1, 8])),
    "a step between rows": lambda: sealed(HEAD + changed_stream(row_step=[1, 0, 5])),
    "a step between rows is not": lambda: sealed(HEAD + changed_stream(row_step=[1, 2**62, 5])),
    "EUR: the parties are not ascending": lambda: sealed(HEAD + changed_stream(party_id=["b", "a", "c"])),
    "are not ascending": lambda: sealed(HEAD + changed_stream(party_id=["a", "a", "c"])),
    "EUR: 3 parties and 2 prices": lambda: sealed(HEAD + changed_stream(price=[[0, 1]])),
    "EUR: a price is not 0 to": lambda: sealed(HEAD + changed_stream(price=[[0, -1, 0]])),
    "a price is not 0 to": lambda: sealed(HEAD + changed_stream(price=[[0, 2**60 + 1, 0]])),
    "2 objectives, 1 and 0 lists of prices": lambda: sealed(HEAD + changed_stream(objective=["a", "b"])),
    "1 objectives, 1 and 2 lists": lambda: sealed(HEAD + changed_stream(price_as_creditor=[[0], [0]])),
    "3 parties and 1 prices": lambda: sealed(HEAD + changed_stream(price_as_creditor=[[0]])),
    "EUR: unit 0, least amount 0": lambda: sealed(HEAD + changed_stream(unit_minor=0)),
    "EUR: unit 1, least amount -1": lambda: sealed(HEAD + changed_stream(minimum_minor=-1)),
    "EUR: 3 rows and 2 stages": lambda: sealed(HEAD + changed_stream(stage=[0, 0])),
    "EUR: a stage is not -2 to 0": lambda: sealed(HEAD + changed_stream(stage=[0, 0, 1])),
    "a stage is not -2 to": lambda: sealed(HEAD + changed_stream(stage=[0, 0, -3])),
    "EUR: the maxima are not those of 3 parties": lambda: sealed(HEAD + changed_stream(maximum_minor=[1])),
    "the maxima are not those": lambda: sealed(HEAD + changed_stream(maximum_minor=[1, -1, 1])),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_no_certificate_says_why(tmp_path: Path, words: str) -> None:
    """Foreign, cut off, altered, of a later version, or made by somebody who got it wrong."""
    with pytest.raises(FileRefusedError, match=words):
        read_bytes(tmp_path, REFUSED[words]())


def test_a_file_larger_than_the_largest_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is refused by its size."""
    monkeypatch.setattr(certificate_frame, "CERTIFICATE_BYTES_MAX", 100)
    with pytest.raises(FileRefusedError, match="larger than 100 bytes"):
        read_bytes(tmp_path, bytes_of(CLAIM))


def test_garbled_streams_with_a_right_digest_end_in_a_refusal(tmp_path: Path) -> None:
    """Whatever stands behind a right digest is read or refused, and nothing else happens."""
    source = random.Random(2)
    refused = 0
    for _ in range(300):
        at = source.randrange(len(STREAM))
        garbled = STREAM[:at] + bytes([source.randrange(256)]) + STREAM[at + 1 :]
        try:
            read_bytes(tmp_path, sealed(HEAD + garbled))
        except FileRefusedError:
            refused += 1
    assert refused > 100
