"""Identities and content digests, in bulk over Arrow text columns.

Rules
-----
1. An identity is 128 bits: the UETR, or what `setfair.domain.identity` makes of who sent it and its number.
2. A content digest is 64 bits over everything that the sender said. It tells a repetition from a conflict
   under one identity; a sender who finds a collision deceives nobody but itself.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numba import njit
from numpy.typing import NDArray

Words = NDArray[np.uint64]

_PRIME = np.uint64(0x9E3779B97F4A7C15)
_PRIME_2 = np.uint64(0xC2B2AE3D27D4EB4F)
_SHIFT = np.uint64(31)
_EIGHT = np.uint64(8)


@njit(cache=True, nogil=True)
def mix_words(digests: Words, words: Words) -> None:
    """Mix one 64-bit word a row into the digests, in place."""
    for i in range(digests.shape[0]):
        digests[i] = _mix(digests[i], words[i])


@njit(cache=True, nogil=True)
def _mix(digest: np.uint64, word: np.uint64) -> np.uint64:
    mixed = (digest ^ word) * _PRIME
    return (mixed ^ (mixed >> _SHIFT)) * _PRIME_2


@njit(cache=True, nogil=True)
def mix_bytes(digests: Words, offsets: NDArray[np.int32], data: NDArray[np.uint8]) -> None:
    """Mix one text a row into the digests, in place: its bytes eight at a time, then its length."""
    for i in range(digests.shape[0]):
        digest = digests[i]
        word = np.uint64(0)
        filled = 0
        for place in range(offsets[i], offsets[i + 1]):
            word = (word << _EIGHT) | np.uint64(data[place])
            filled += 1
            if filled == 8:
                digest = _mix(digest, word)
                word, filled = np.uint64(0), 0
        digest = _mix(digest, word)
        digests[i] = _mix(digest, np.uint64(offsets[i + 1] - offsets[i]))


def mix_text(digests: Words, texts: pa.Array) -> None:
    """Mix a text column into the digests, in place."""
    if not len(texts):
        return
    _, offsets_buffer, data_buffer = texts.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32)[texts.offset : texts.offset + len(texts) + 1]
    data = np.frombuffer(data_buffer, np.uint8) if data_buffer is not None else np.zeros(0, np.uint8)
    mix_bytes(digests, offsets, data)


def identities_of_uetrs(uetrs: pa.Array) -> tuple[Words, Words]:
    """Return the two halves of each UETR, zero where there is none.

    Parameters
    ----------
    uetrs
        Fixed-size binary of 16 bytes, nullable, shape (n,).
    """
    count = len(uetrs)
    if uetrs.null_count == count:
        return np.zeros(count, np.uint64), np.zeros(count, np.uint64)
    filled = uetrs.fill_null(bytes(16)) if uetrs.null_count else uetrs
    buffer = filled.buffers()[1]
    halves = np.frombuffer(buffer, ">u8").reshape(-1, 2)[filled.offset : filled.offset + count]
    return halves[:, 0].astype(np.uint64), halves[:, 1].astype(np.uint64)
