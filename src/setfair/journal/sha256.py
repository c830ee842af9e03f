"""SHA-256 of rows of bytes, one by one with hashlib: for whoever only reads, and as oracle of the kernels.

Whoever writes pages hashes in bulk (`setfair.journal.tree_bulk`): the same digests in a tenth of the time.
Whoever reads needs a few hashes and no compiled kernel: nothing here imports Numba.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.uint8]

DIGEST_LENGTH = 32


def hash_rows(rows: Rows) -> Rows:
    """Return the digests of rows: uint8, shape (n, 32)."""
    digests = b"".join([hashlib.sha256(row).digest() for row in np.ascontiguousarray(rows)])
    return np.frombuffer(digests, np.uint8).reshape(len(rows), DIGEST_LENGTH)
