"""SHA-256 of many short messages of one length: in lanes for whoever writes pages, one by one for who reads.

Rules
-----
1. Messages come as rows that are padded already (`padded_rows`): FIPS 180-4, section 5.1.1.
2. `RowHasher` is what both ways are: the same digests, bit for bit. `hash_one_by_one` is hashlib and the
   oracle of the other; `setfair.journal.sha256_lanes` is compiled and takes a fifth of the time.
3. Whoever only reads needs a few hashes and no compiled kernel: nothing here imports Numba.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint8]

RowHasher = Callable[[Rows, int], Rows]
"""Takes padded rows, uint8 of shape (n, 64 * k), and the length of the messages; returns digests, (n, 32)."""

DIGEST_LENGTH = 32
_BLOCK = 64


def padded_rows(count: int, length: int) -> Rows:
    """Return rows of zeros for messages of `length` bytes, with the padding of SHA-256 behind them."""
    width = -(-(length + 9) // _BLOCK) * _BLOCK
    rows = np.zeros((count, width), np.uint8)
    rows[:, length] = 0x80
    rows[:, -8:] = np.frombuffer((8 * length).to_bytes(8, "big"), np.uint8)
    return rows


def hash_one_by_one(rows: Rows, length: int) -> Rows:
    """Hash rows with hashlib."""
    count, width = rows.shape
    data: Any = np.ascontiguousarray(rows).data.cast("B") if count else b""
    sha256 = hashlib.sha256
    digests = b"".join(
        [sha256(data[place : place + length]).digest() for place in range(0, count * width, width)]
    )
    return np.frombuffer(digests, np.uint8).reshape(count, DIGEST_LENGTH)
