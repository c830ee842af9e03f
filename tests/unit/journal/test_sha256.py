"""SHA-256 in lanes is SHA-256."""

from __future__ import annotations

from hashlib import sha256

import numpy as np
import pytest

from setfair.journal import sha256_lanes
from setfair.journal.sha256 import RowHasher, hash_one_by_one, padded_rows
from setfair.journal.sha256_lanes import LANES, hash_in_lanes

COUNTS = (0, 1, 2, LANES - 1, LANES, LANES + 1, 3 * LANES + 7)


@pytest.fixture(autouse=True)
def _all_in_lanes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hash in lanes however few there are."""
    monkeypatch.setattr(sha256_lanes, "ONE_BY_ONE_BELOW", 0)


@pytest.mark.parametrize("hasher", [hash_one_by_one, hash_in_lanes])
@pytest.mark.parametrize("length", [0, 1, 24, 55, 56, 63, 64, 65, 119, 120, 145, 300])
def test_digests(hasher: RowHasher, length: int) -> None:
    """Any number of messages of any length around the block's: what hashlib says of each."""
    random = np.random.default_rng(length)
    for count in COUNTS:
        rows = padded_rows(count, length)
        rows[:, :length] = random.integers(0, 256, (count, length))
        expected = [sha256(row[:length].tobytes()).digest() for row in rows]
        assert [digest.tobytes() for digest in hasher(rows, length)] == expected


def test_extreme_messages() -> None:
    """All bits 0 and all bits 1: sums that run over 32 bits."""
    rows = padded_rows(2, 145)
    rows[1, :145] = 255
    assert hash_in_lanes(rows, 145).tobytes() == hash_one_by_one(rows, 145).tobytes()


def test_the_known_digest() -> None:
    """FIPS 180's example: the digest of "abc"."""
    rows = padded_rows(1, 3)
    rows[0, :3] = list(b"abc")
    expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert hash_in_lanes(rows, 3).tobytes().hex() == expected
