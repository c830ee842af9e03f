"""Kernels over the buffers of a text column: the bytes of all rows one after another, and where each begins.

Each kernel decides what it can read and marks the rest; what it marks is judged row by row in plain Python
(`setfair.formats.columns`), which also finds the words for it. So a kernel need not know why a text is wrong.
"""

from __future__ import annotations

import numpy as np
from numba import njit
from numpy.typing import NDArray

Bytes = NDArray[np.uint8]
Offsets = NDArray[np.int32]

UETR_ABSENT = 0
UETR_READ = 1
UETR_WRONG = 2

_PAIR_OFFSETS = np.array([0, 2, 4, 6, 9, 11, 14, 16, 19, 21, 24, 26, 28, 30, 32, 34])
"""Where each byte's two digits are in the 36 characters of a UUID."""

_NIBBLES = np.full(256, 255, np.uint8)
"""Value of each hexadecimal digit, 255 for what is none."""
_NIBBLES[48:58] = np.arange(10)
_NIBBLES[65:71] = _NIBBLES[97:103] = np.arange(10, 16)

_TENTH_OF_LIMIT = 10**17  # One more digit after this many makes more than 18.


@njit(cache=True)
def parse_amounts(
    data: Bytes, offsets: Offsets, decimals: NDArray[np.int8], amounts_minor: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """Read decimal texts into minor units.

    Parameters
    ----------
    data, offsets
        Text of row i is ``data[offsets[i]:offsets[i + 1]]``.
    decimals
        int8, shape (rows,): digits after the point of each row's currency; negative: not known.
    amounts_minor
        int64, shape (rows,), filled here: minor units, 0 where the text was not read.

    Returns
    -------
    bool, shape (rows,)
        Where the text was read: it is digits with at most one point and a plus sign in front, spaces around
        it, surplus decimals only zeros, at most 18 digits of minor units. The rest is for
        `money.parse_amount`.
    """
    rows = len(offsets) - 1
    read = np.zeros(rows, np.bool_)
    for row in range(rows):
        begin, end = offsets[row], offsets[row + 1]
        while begin < end and (data[begin] == 32 or 9 <= data[begin] <= 13):
            begin += 1
        while begin < end and (data[end - 1] == 32 or 9 <= data[end - 1] <= 13):
            end -= 1
        if begin < end and data[begin] == 43:
            begin += 1
        value = _parse_digits(data, begin, end, decimals[row])
        read[row] = value >= 0
        amounts_minor[row] = max(value, 0)
    return read


@njit(cache=True)
def _parse_digits(data: Bytes, begin: int, end: int, decimals: int) -> int:
    """Return the minor units of unsigned digits with at most one point, or -1."""
    if decimals < 0:
        return -1
    value = 0
    digits = 0
    decimals_left = -1  # Until the point is met.
    for position in range(begin, end):
        byte = int(data[position])
        if byte == 46 and decimals_left < 0:
            decimals_left = decimals
            continue
        if byte < 48 or byte > 57:
            return -1
        digits += 1
        if decimals_left == 0:
            if byte != 48:
                return -1
            continue
        if value >= _TENTH_OF_LIMIT:
            return -1
        value = value * 10 + (byte - 48)
        if decimals_left > 0:
            decimals_left -= 1
    if digits == 0:
        return -1
    for _ in range(decimals if decimals_left < 0 else decimals_left):
        if value >= _TENTH_OF_LIMIT:
            return -1
        value *= 10
    return value


@njit(cache=True)
def parse_uetrs(
    data: Bytes, offsets: Offsets, uetrs: NDArray[np.uint8], states: NDArray[np.uint8]
) -> NDArray[np.bool_]:
    """Read UETRs: UUIDs of version 4 as 8-4-4-4-12 hexadecimal digits, small or capital.

    Parameters
    ----------
    data, offsets
        Text of row i is ``data[offsets[i]:offsets[i + 1]]``.
    uetrs
        uint8, shape (rows, 16), filled here: the UUID's bytes; meaningless where the row was not read.
    states
        uint8, shape (rows,), filled here: UETR_ABSENT (an empty text), UETR_READ or UETR_WRONG.

    Returns
    -------
    bool, shape (rows,)
        Where the text was read.
    """
    rows = len(offsets) - 1
    for row in range(rows):
        begin, length = offsets[row], offsets[row + 1] - offsets[row]
        if length == 0:
            states[row] = UETR_ABSENT
        elif length == 36 and _parse_uuid4(data, begin, uetrs[row]):
            states[row] = UETR_READ
        else:
            states[row] = UETR_WRONG
    return states == UETR_READ


@njit(cache=True)
def _parse_uuid4(data: Bytes, begin: int, uuid: NDArray[np.uint8]) -> bool:
    """Fill the 16 bytes from 36 characters; False where they are not a UUID of version 4."""
    wrong = np.uint8(0)
    for index in range(16):
        at = begin + _PAIR_OFFSETS[index]
        high, low = _NIBBLES[data[at]], _NIBBLES[data[at + 1]]
        wrong |= high | low
        uuid[index] = (high << 4) | low
    hyphens = (
        data[begin + 8] == 45 and data[begin + 13] == 45 and data[begin + 18] == 45 and data[begin + 23] == 45
    )
    return bool(hyphens and wrong < 16 and uuid[6] >> 4 == 4 and uuid[8] >> 6 == 2)


@njit(cache=True)
def hash_texts(data: Bytes, offsets: Offsets, seeds: NDArray[np.int64]) -> NDArray[np.uint64]:
    """Return 64 bits for each text and its seed: the same for the same, and seldom the same for others.

    Parameters
    ----------
    data, offsets
        Text of row i is ``data[offsets[i]:offsets[i + 1]]``.
    seeds
        int64, shape (rows,): what else tells rows apart.

    Source
    ------
    FNV-1a over the bytes, then the finalizer of SplitMix64 (G. Steele, D. Lea, C. Flood, "Fast splittable
    pseudorandom number generators", 2014).
    """
    rows = len(offsets) - 1
    hashes = np.empty(rows, np.uint64)
    for row in range(rows):
        value = _mix(np.uint64(seeds[row]) ^ np.uint64(0xCBF29CE484222325))
        for position in range(offsets[row], offsets[row + 1]):
            value = (value ^ np.uint64(data[position])) * np.uint64(0x100000001B3)
        hashes[row] = _mix(value)
    return hashes


@njit(cache=True)
def _mix(value: np.uint64) -> np.uint64:
    """Spread every bit over all bits."""
    value = (value ^ (value >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    value = (value ^ (value >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return value ^ (value >> np.uint64(31))


@njit(cache=True)
def has_padding(data: Bytes, offsets: Offsets) -> bool:
    """Say whether any text begins or ends with an ASCII space or control character."""
    for row in range(len(offsets) - 1):
        begin, end = offsets[row], offsets[row + 1]
        if begin < end and (data[begin] <= 32 or data[end - 1] <= 32):
            return True
    return False


@njit(cache=True)
def mark_worded(data: Bytes, offsets: Offsets) -> NDArray[np.bool_]:
    """Mark the texts that have an ASCII letter or digit; the others may have one of another script."""
    rows = len(offsets) - 1
    worded = np.zeros(rows, np.bool_)
    for row in range(rows):
        for position in range(offsets[row], offsets[row + 1]):
            byte = data[position]
            if 48 <= byte <= 57 or 65 <= byte <= 90 or 97 <= byte <= 122:
                worded[row] = True
                break
    return worded
