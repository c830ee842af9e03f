"""The kernel that finds the texts worth reading: those in which a token is the rarest one of a listed name.

Tokens are cut as `normalise` cuts ASCII: letters and digits make tokens, apostrophes are left out of them, all
else is space. A text with a character beyond ASCII, or with a dot between two single letters (which `normalise`
takes out), is always worth reading.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel

_BASIS = 0xCBF29CE484222325
_PRIME = 0x100000001B3
_BASIS_WORD, _PRIME_WORD, _SHIFT = np.uint64(_BASIS), np.uint64(_PRIME), np.uint64(32)
_MASK = (1 << 64) - 1
_DOT, _APOSTROPHE, _GRAVE = ord("."), ord("'"), ord("`")


def hash_token(token: str) -> int:
    """Return what the kernel makes of the bytes of a token; never 0, which is a free slot."""
    digest = _BASIS
    for byte in token.encode():
        digest = ((digest ^ byte) * _PRIME) & _MASK
    return digest or 1


def token_table(tokens: set[str]) -> NDArray[np.uint64]:
    """Return the hashes of tokens in a power of two of slots, at most a quarter of them in use."""
    size = 1 << max(6, (4 * len(tokens)).bit_length())
    table = np.zeros(size, np.uint64)
    for digest in sorted({hash_token(token) for token in tokens}):
        slot = (digest ^ (digest >> 32)) & (size - 1)
        while table[slot]:
            slot = (slot + 1) & (size - 1)
        table[slot] = digest
    return table


@inlined
def _is_in(table: NDArray[np.uint64], digest: np.uint64) -> bool:
    wanted = digest if digest != np.uint64(0) else np.uint64(1)
    mask = np.uint64(table.shape[0] - 1)
    slot = (wanted ^ (wanted >> _SHIFT)) & mask
    while table[slot] != np.uint64(0):
        if table[slot] == wanted:
            return True
        slot = (slot + np.uint64(1)) & mask
    return False


@inlined
def _is_letter_or_digit(byte: int) -> bool:
    return 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122


@inlined
def _is_worth_reading(data: NDArray[np.uint8], first: int, end: int, table: NDArray[np.uint64]) -> bool:
    digest, length = _BASIS_WORD, 0
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
            if length > 0 and _is_in(table, digest):
                return True
            digest, length = _BASIS_WORD, 0
    return length > 0 and _is_in(table, digest)


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
        Of `token_table`.
    marks
        Shape (n,), written.

    Notes
    -----
    Complexity: linear in the bytes.
    """
    for row in range(marks.shape[0]):
        marks[row] = _is_worth_reading(data, offsets[row], offsets[row + 1], table)
