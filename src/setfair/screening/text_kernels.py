"""The kernel that finds the texts worth reading: those with a token, or two, of a listed name.

Tokens are cut as `normalise` cuts ASCII: letters and digits make tokens, apostrophes are left out of them,
all else is space. A text with a character beyond ASCII, or with a dot between two single letters (which
`normalise` takes out), is always worth reading.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel

_BASIS = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_PAIR_PRIME = 0x9E3779B97F4A7C15
_BASIS_WORD, _PRIME_WORD, _SHIFT = np.uint64(_BASIS), np.uint64(_PRIME), np.uint64(32)
_PAIR_WORD, _NOTHING, _ONE = np.uint64(_PAIR_PRIME), np.uint64(0), np.uint64(1)
_MASK = (1 << 64) - 1
_DOT, _APOSTROPHE, _GRAVE = ord("."), ord("'"), ord("`")


def hash_token(token: str) -> int:
    """Return what the kernel makes of the bytes of a token; never 0, which is a free slot."""
    digest = _BASIS
    for byte in token.encode():
        digest = ((digest ^ byte) * _PRIME) & _MASK
    return digest or 1


def hash_pair(one: str, other: str) -> int:
    """Return what the kernel makes of two tokens beside each other, in either order."""
    first, second = hash_token(one), hash_token(other)
    return (((first ^ second) * _PAIR_PRIME + first + second) & _MASK) or 1


def hash_table(digests: set[int]) -> NDArray[np.uint64]:
    """Return hashes in a power of two of slots, at most a quarter of them in use."""
    size = 1 << max(6, (4 * len(digests)).bit_length())
    table = np.zeros(size, np.uint64)
    for digest in sorted(digests):
        slot = (digest ^ (digest >> 32)) & (size - 1)
        while table[slot]:
            slot = (slot + 1) & (size - 1)
        table[slot] = digest
    return table


@inlined
def _not_zero(digest: np.uint64) -> np.uint64:
    return digest if digest != _NOTHING else _ONE


@inlined
def _is_in(table: NDArray[np.uint64], wanted: np.uint64) -> bool:
    mask = np.uint64(table.shape[0] - 1)
    slot = (wanted ^ (wanted >> _SHIFT)) & mask
    while table[slot] != _NOTHING:
        if table[slot] == wanted:
            return True
        slot = (slot + _ONE) & mask
    return False


@inlined
def _is_letter_or_digit(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122


@inlined
def _is_listed(table: NDArray[np.uint64], before: np.uint64, digest: np.uint64) -> bool:
    """Tell whether a token is listed by itself, or together with the one before it (0: none)."""
    if _is_in(table, digest):
        return True
    if before == _NOTHING:
        return False
    return _is_in(table, _not_zero((before ^ digest) * _PAIR_WORD + before + digest))


@inlined
def _is_worth_reading(data: NDArray[np.uint8], first: int, end: int, table: NDArray[np.uint64]) -> bool:
    digest, length, before = _BASIS_WORD, 0, _NOTHING
    for place in range(first, end):
        byte = data[place]
        if byte >= 128:
            return True
        if _is_letter_or_digit(byte):
            lower = byte + 32 if 65 <= byte <= 90 else byte
            digest = (digest ^ np.uint64(lower)) * _PRIME_WORD
            length += 1
        elif byte != _APOSTROPHE and byte != _GRAVE:
            if byte == _DOT and length == 1 and place + 1 < end and _is_letter_or_digit(data[place + 1]):
                return True
            if length > 0:
                digest = _not_zero(digest)
                if _is_listed(table, before, digest):
                    return True
                before = digest
            digest, length = _BASIS_WORD, 0
    return length > 0 and _is_listed(table, before, _not_zero(digest))


@kernel
def mark_texts(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], table: NDArray[np.uint64], marks: NDArray[np.bool_]
) -> None:
    """Mark the texts that are worth reading.

    Parameters
    ----------
    data
        Bytes of all texts.
    offsets
        Shape (n + 1,): where each text begins in `data`.
    table
        Of `hash_table`: hashes of tokens and of pairs.
    marks
        Shape (n,), written.

    Notes
    -----
    Complexity: linear in the bytes.
    """
    for row in range(marks.shape[0]):
        marks[row] = _is_worth_reading(data, offsets[row], offsets[row + 1], table)
