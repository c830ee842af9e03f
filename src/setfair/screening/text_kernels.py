"""The kernels that find the texts worth reading: those with a token, or two, of a listed name.

Tokens are cut as `normalise` cuts ASCII: letters and digits make tokens, apostrophes are left out of them,
all else is space. A text with a character beyond ASCII, or with a dot between two single letters (which
`normalise` takes out), is always worth reading.

Two tokens beside each other are near a listed pair if one of them is listed as it is, and the other is not
listed but has what is left of a listed one when a letter is left out of either, or of both. `hash_token` is a
polynomial, so that the hash of a token without one letter is that of the token and one product more.
A change of one letter leaves the first letters or the last ones of a token as they are: whether any pair has
those is asked first, of bits that fit a cache.
What may follow on a hash (a pair that is not listed has the hash of one that is) is for the caller to see.
"""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, kernel

LETTERS_MIN = 5
"""Letters of a listed token, of which one may be misspelt."""
LETTERS_MAX = 63
"""Letters of a longer token are not looked at one by one."""
_BASIS = 0xCBF29CE484222325
_PRIME = 0xD1342543DE82EF95
_PAIR_PRIME = 0x9E3779B97F4A7C15
_MASK = (1 << 64) - 1
_BASIS_WORD, _PRIME_WORD, _SHIFT = np.uint64(_BASIS), np.uint64(_PRIME), np.uint64(32)
_PAIR_WORD, _NOTHING, _ONE = np.uint64(_PAIR_PRIME), np.uint64(0), np.uint64(1)
_POWERS = np.array([pow(_PRIME, power, 1 << 64) for power in range(LETTERS_MAX + 1)], np.uint64)
_DOT, _APOSTROPHE, _GRAVE, _SPACE = ord("."), ord("'"), ord("`"), ord(" ")


LONG_MIN = 8
"""Letters of a token of which three at an end are compared; two of a shorter one."""
_LETTER_BITS, _LAST_WORD = np.uint64(21), np.uint64(0xA0761D6478BD642F)
_WORD_BITS, _BIT_MASK = np.uint64(6), np.uint64(63)


class NearTables(NamedTuple):
    """What is asked for tokens that may be misspelt."""

    listed: NDArray[np.uint32]
    """Marks of every token that is looked for, alone or in a pair."""
    ends: NDArray[np.uint64]
    """Bits of pairs of a token and the first, or the last, letters of the one beside it."""
    pairs: NDArray[np.uint32]
    """Marks of pairs, whole and with a letter left out."""


def near_tables(tokens: int, pairs: int, marks: int) -> NearTables:
    """Return empty tables for so many tokens, pairs and marks of pairs."""
    bits = 1 << max(12, (32 * pairs).bit_length())
    return NearTables(slots_for(tokens), np.zeros(bits >> 6, np.uint64), slots_for(marks))


def hash_token(token: str) -> int:
    """Return what the kernels make of the characters of a token; never 0, which is a free slot."""
    digest = _BASIS
    for character in token:
        digest = (digest * _PRIME + ord(character)) & _MASK
    return digest or 1


def hash_pair(one: str, other: str) -> int:
    """Return what the kernel makes of two tokens beside each other, in either order."""
    first, second = hash_token(one), hash_token(other)
    return (((first ^ second) * _PAIR_PRIME + first + second) & _MASK) or 1


def slots_for(count: int) -> NDArray[np.uint32]:
    """Return free slots for so many marks (`fill_near`), at most half of them to be in use."""
    return np.zeros(1 << max(6, (2 * count).bit_length()), np.uint32)


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
def _pair_of(one: np.uint64, other: np.uint64) -> np.uint64:
    return _not_zero((one ^ other) * _PAIR_WORD + one + other)


@inlined
def _mixed(digest: np.uint64) -> np.uint64:
    return (digest ^ (digest >> _SHIFT)) * _PAIR_WORD


@inlined
def _slot_of(marks: NDArray[np.uint32], digest: np.uint64) -> np.int64:
    """Return the slot that has the mark of a hash, or the free one where it belongs."""
    mixed, mask = _mixed(digest), np.uint64(marks.shape[0] - 1)
    wanted = np.uint32(mixed >> _SHIFT) | np.uint32(1)
    slot = (mixed ^ (mixed >> _SHIFT)) & mask
    while marks[slot] != 0 and marks[slot] != wanted:
        slot = (slot + _ONE) & mask
    return np.int64(slot)


@inlined
def _is_marked(marks: NDArray[np.uint32], digest: np.uint64) -> bool:
    return marks[_slot_of(marks, digest)] != 0


@inlined
def _mark(marks: NDArray[np.uint32], digest: np.uint64) -> None:
    marks[_slot_of(marks, digest)] = np.uint32(_mixed(digest) >> _SHIFT) | np.uint32(1)


@inlined
def _is_letter_or_digit(code: int) -> bool:
    return 48 <= code <= 57 or 65 <= code <= 90 or 97 <= code <= 122 or code >= 128


@inlined
def _lower(code: int) -> np.uint64:
    return np.uint64(code + 32 if 65 <= code <= 90 else code)


@inlined
def _has_bit(bits: NDArray[np.uint64], digest: np.uint64) -> bool:
    place = (_mixed(digest) >> _SHIFT) & np.uint64(64 * bits.shape[0] - 1)
    return (bits[place >> _WORD_BITS] >> (place & _BIT_MASK)) & _ONE != _NOTHING


@inlined
def _set_bit(bits: NDArray[np.uint64], digest: np.uint64) -> None:
    place = (_mixed(digest) >> _SHIFT) & np.uint64(64 * bits.shape[0] - 1)
    bits[place >> _WORD_BITS] |= _ONE << (place & _BIT_MASK)


@inlined
def _packed(codes: NDArray[np.generic], place: int, step: int, letters: int) -> np.uint64:
    """Return some letters as one number, from a place on, forwards or backwards."""
    packed, left = _ONE if step > 0 else _LAST_WORD, letters
    while left > 0:
        if _is_letter_or_digit(codes[place]):
            packed = (packed << _LETTER_BITS) ^ _lower(codes[place])
            left -= 1
        place += step
    return packed * _PRIME_WORD if step > 0 else packed * _LAST_WORD


@inlined
def _is_near(
    codes: NDArray[np.generic], first: int, end: int, length: int, digest: np.uint64, beside: np.uint64,
    near: NearTables,
) -> bool:  # fmt: skip
    """Tell whether a token may be a listed one with one letter changed that is listed beside another."""
    if length < LETTERS_MIN - 1 or length > LETTERS_MAX or 48 <= codes[first] <= 57:
        return False
    letters = 3 if length >= LONG_MIN else 2
    if not _has_bit(near.ends, _pair_of(beside, _packed(codes, first, 1, letters))) and not _has_bit(
        near.ends, _pair_of(beside, _packed(codes, end - 1, -1, letters))
    ):
        return False
    if _is_marked(near.pairs, _pair_of(beside, digest)):
        return True
    before, left, place = _BASIS_WORD, length - 1, first
    while left >= 0:
        if _is_letter_or_digit(codes[place]):
            grown = before * _PRIME_WORD + _lower(codes[place])
            without = digest + (before - grown) * _POWERS[left]
            if _is_marked(near.pairs, _pair_of(beside, _not_zero(without))):
                return True
            before, left = grown, left - 1
        place += 1
    return False


@inlined
def _is_worth_reading(
    data: NDArray[np.uint8], first: int, end: int, table: NDArray[np.uint64], near: NearTables
) -> bool:  # fmt: skip
    digest, length, begin = _BASIS_WORD, 0, first
    before, before_length, before_begin, before_end, before_listed = _NOTHING, 0, first, first, False
    for place in range(first, end + 1):
        code: Any = data[place] if place < end else np.uint8(_SPACE)
        if code >= 128:
            return True
        if _is_letter_or_digit(code):
            begin = place if length == 0 else begin
            digest = digest * _PRIME_WORD + _lower(code)
            length += 1
        elif code != _APOSTROPHE and code != _GRAVE:
            if code == _DOT and length == 1 and place + 1 < end and _is_letter_or_digit(data[place + 1]):
                return True
            if length > 0:
                digest = _not_zero(digest)
                is_listed = _is_marked(near.listed, digest)
                if is_listed and _is_in(table, digest):
                    return True
                if is_listed and before_listed:
                    if _is_in(table, _pair_of(before, digest)):
                        return True
                elif before_listed:
                    if _is_near(data, begin, place, length, digest, before, near):
                        return True
                elif (
                    is_listed
                    and before_length > 0
                    and _is_near(data, before_begin, before_end, before_length, before, digest, near)
                ):
                    return True
                before, before_length, before_begin, before_end = digest, length, begin, place
                before_listed = is_listed
            digest, length = _BASIS_WORD, 0
    return False


@kernel
def mark_texts(
    data: NDArray[np.uint8], offsets: NDArray[np.int32], table: NDArray[np.uint64], near: NearTables,
    marks: NDArray[np.bool_],
) -> None:  # fmt: skip
    """Mark the texts that are worth reading.

    Parameters
    ----------
    data
        Bytes of all texts.
    offsets
        Shape (n + 1,): where each text begins in `data`.
    table
        Of `hash_table`: hashes of tokens and of pairs.
    near
        Of `fill_near`; its tokens are those in `table`, alone or in a pair.
    marks
        Shape (n,), written.

    Notes
    -----
    Complexity: linear in the bytes.
    """
    for row in range(marks.shape[0]):
        marks[row] = _is_worth_reading(data, offsets[row], offsets[row + 1], table, near)


@kernel
def mark_near(
    codes: NDArray[np.uint32], start: NDArray[np.int32], near: NearTables, marks: NDArray[np.bool_]
) -> None:
    """Mark the tokens of one text that are, with the one before them, near a listed pair.

    Parameters
    ----------
    codes
        Characters of the normalised tokens, one after the other.
    start
        Shape (n + 1,): where each token begins in `codes`.
    near
        As `mark_texts` takes it.
    marks
        Shape (n,), written.
    """
    before, before_listed = _NOTHING, False
    for token in range(marks.shape[0]):
        digest = _hash_of(codes, start[token], start[token + 1])
        is_listed = _is_marked(near.listed, digest)
        marks[token] = False
        if before_listed and not is_listed:
            first, end = start[token], start[token + 1]
            marks[token] = _is_near(codes, first, end, end - first, digest, before, near)
        elif is_listed and not before_listed and token > 0:
            first, end = start[token - 1], start[token]
            marks[token] = _is_near(codes, first, end, end - first, before, digest, near)
        before, before_listed = digest, is_listed


@inlined
def _hash_of(codes: NDArray[np.uint32], first: int, end: int) -> np.uint64:
    digest = _BASIS_WORD
    for place in range(first, end):
        digest = digest * _PRIME_WORD + np.uint64(codes[place])
    return _not_zero(digest)


@inlined
def _mark_ends(codes: NDArray[np.uint32], first: int, end: int, beside: np.uint64, near: NearTables) -> None:
    """Set the bits for what a token can be as it is written: one letter longer or shorter than listed."""
    for letters in range(2, 4):
        is_so_long = end - first <= LONG_MIN if letters == 2 else end - first >= LONG_MIN - 1
        if is_so_long:
            _set_bit(near.ends, _pair_of(beside, _packed(codes, first, 1, letters)))
            _set_bit(near.ends, _pair_of(beside, _packed(codes, end - 1, -1, letters)))


@kernel
def fill_near(
    codes: NDArray[np.uint32], start: NDArray[np.int32], pairs: NDArray[np.int32],
    soft: NDArray[np.bool_], near: NearTables,
) -> None:  # fmt: skip
    """Mark every token, and every pair with what is left of it when a letter is left out.

    Parameters
    ----------
    codes, start
        Tokens, as `mark_near` takes them.
    pairs
        Shape (n, 2): numbers of two tokens.
    soft
        By token: whether one of its letters may be misspelt; none is longer than `LETTERS_MAX`.
    near
        Of `near_tables`, written.

    Notes
    -----
    Complexity: linear in the letters of all pairs.
    """
    for token in range(start.shape[0] - 1):
        _mark(near.listed, _hash_of(codes, start[token], start[token + 1]))
    for row in range(pairs.shape[0]):
        for side in range(2):
            token, other = pairs[row, side], pairs[row, 1 - side]
            if soft[token]:
                first, end = start[token], start[token + 1]
                beside = _hash_of(codes, start[other], start[other + 1])
                digest = _hash_of(codes, first, end)
                _mark_ends(codes, first, end, beside, near)
                _mark(near.pairs, _pair_of(beside, digest))
                before = _BASIS_WORD
                for place in range(first, end):
                    grown = before * _PRIME_WORD + np.uint64(codes[place])
                    without = digest + (before - grown) * _POWERS[end - 1 - place]
                    _mark(near.pairs, _pair_of(beside, _not_zero(without)))
                    before = grown
