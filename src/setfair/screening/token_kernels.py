"""Kernels over tokens: how far two are apart, and which listed ones are near.

Rules
-----
1. The distance counts letters that are changed, added, left out or swapped with their neighbour, `EDIT` each.
   What transliteration, hearing and character recognition confuse costs less: see `_SUBSTITUTIONS`.
2. Two tokens are near if their distance is at most `DISTANCE_MAX` at the length of the longer.
3. Listed tokens are found by their pieces: a token of n pieces that is changed in fewer than n places
   keeps one piece whole (Li, Deng, Wang and Feng, Pass-Join, 2011), so a table of pieces finds all that
   are within `_edits_max` changes of letters, and nearly all with one more: a piece is looked for where the
   changes before and behind it, and one more, can have moved it. Of two pieces, two letters swapped across
   their border change both: short tokens are looked up with these swapped back. Tokens with the same
   consonants are found as well, for vowels are what transliterations differ in. The table has at most five
   numbers for each listed token.

Compiled once and kept on disk: about 4 s at the first use after an installation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.by_reference import by_reference
from setfair.kernel import inlined, inner, kernel

Letters = NDArray[np.uint8]

EDIT = 10
"""The distance of one changed letter."""
LENGTH_MAX = 32
"""Letters of a token."""
NEAR_MAX = 512
"""Listed tokens that are near one token, at most; the first by number are kept."""
DISTANCE_MAX = np.array([0, 0, 0, 5, 10, 12, 15, 15, 20, 20, 22, *(24,) * (LENGTH_MAX - 10)], np.int32)
"""By length of the longer token: the distance at which tokens are still near."""
_CONSONANTS = 100
_WHOLE = 101
_VOWELS = "aeiou"
_SUBSTITUTIONS = (
    (5, "ae ai ei ou eo ao iu au eu io bp dt gk Cj"),
    (6, "zs vf ks jz hk mn jg sS CS Ck Cz jS iu vb Cs hg rl gj vu"),
    (3, "0o 1i 1l 5s 8b 3e 4a 6g 2z 7t 9g li"),
    (6, "ij"),
)
_DROPPED = {"a": 7, "e": 7, "i": 7, "o": 8, "u": 8, "h": 5}


@by_reference
class TokenIndex(NamedTuple):
    """Listed tokens in their one spelling, and the table of their pieces."""

    chars: NDArray[np.uint8]
    start: NDArray[np.int32]
    """By token: its first letter in `chars`; and one past the end."""
    keys: NDArray[np.uint64]
    """Hash table with open addressing: key of a piece, 0 for free."""
    first: NDArray[np.int32]
    """By place in `keys`: the first of its tokens in `members`."""
    size: NDArray[np.int32]
    """By place in `keys`: how many tokens it has."""
    members: NDArray[np.int32]
    """Tokens by piece."""
    letters: NDArray[np.uint64]
    """By token: a bit for each letter that is in it."""
    alike: NDArray[np.int32]
    """By token: the number of the line of `alike_names` that it stands in, or -1."""
    alike_start: NDArray[np.int32]
    """By line: its first token in `alike_tokens`; and one past the end."""
    alike_tokens: NDArray[np.int32]


@by_reference
class Scratch(NamedTuple):
    """Memory of one thread in which tokens are looked up."""

    seen: NDArray[np.int64]
    """By listed token: the look-up in which it was last seen."""
    stamp: NDArray[np.int64]
    """Shape (1,): the number of this look-up."""
    now: NDArray[np.uint64]
    """Shape (1,): the letters of the token that is looked up."""
    near: NDArray[np.int32]
    """Shape (NEAR_MAX,): listed tokens that are near."""
    apart: NDArray[np.int32]
    """Shape (NEAR_MAX,): their distances."""
    rows: NDArray[np.int32]
    skeleton: NDArray[np.uint8]
    places: NDArray[np.uint64]
    """Shape (128,): by letter, a bit for each place where the token has it."""


def make_scratch(tokens: int) -> Scratch:
    """Return the memory for look-ups among so many listed tokens."""
    return Scratch(
        np.zeros(tokens, np.int64),
        np.zeros(1, np.int64),
        np.zeros(1, np.uint64),
        np.zeros(NEAR_MAX, np.int32),
        np.zeros(NEAR_MAX, np.int32),
        np.zeros((3, LENGTH_MAX + 1), np.int32),
        np.zeros(LENGTH_MAX, np.uint8),
        np.zeros(128, np.uint64),
    )


def _substitution_table() -> NDArray[np.uint8]:
    table = np.full((128, 128), EDIT, np.uint8)
    for cost, pairs in _SUBSTITUTIONS:
        for first, second in map(tuple, pairs.split()):
            table[ord(first), ord(second)] = table[ord(second), ord(first)] = cost
    np.fill_diagonal(table, 0)
    return table


def _dropped_table() -> NDArray[np.uint8]:
    table = np.full(128, EDIT, np.uint8)
    for letter, cost in _DROPPED.items():
        table[ord(letter)] = cost
    return table


def _consonant_table() -> NDArray[np.uint8]:
    """Return what each letter is in a row of consonants: 0 for vowels and h, one for those alike."""
    table = np.arange(128, dtype=np.uint8)
    for letter in f"{_VOWELS}h":
        table[ord(letter)] = 0
    for letter, like in (("v", "b"), ("z", "s"), ("S", "s")):
        table[ord(letter)] = ord(like)
    return table


_SUBSTITUTED = _substitution_table()
_LEFT_OUT = _dropped_table()
_CONSONANT = _consonant_table()
_BIT = np.array([code % 31 if code > 64 else 31 + code % 32 for code in range(128)], np.uint64)


@inner
def distance(left: Letters, right: Letters, limit: int, rows: NDArray[np.int32]) -> int:
    """Return the distance of two tokens, or some number above `limit` if it is more.

    Parameters
    ----------
    left, right
        uint8, at most `LENGTH_MAX` letters each.
    limit
        Up to which the distance matters.
    rows
        int32, shape (3, LENGTH_MAX + 1): scratch.
    """
    before, row, following = 0, 1, 2
    rows[row, 0] = 0
    for j in range(len(right)):
        rows[row, j + 1] = rows[row, j] + _LEFT_OUT[right[j]]
    for i in range(len(left)):
        letter = left[i]
        rows[following, 0] = rows[row, 0] + _LEFT_OUT[letter]
        lowest = rows[following, 0]
        for j in range(len(right)):
            other = right[j]
            best = rows[row, j] + _SUBSTITUTED[letter, other]
            best = min(best, rows[row, j + 1] + _LEFT_OUT[letter], rows[following, j] + _LEFT_OUT[other])
            if i and j and letter == right[j - 1] and other == left[i - 1]:
                best = min(best, rows[before, j - 1] + EDIT)
            rows[following, j + 1] = best
            lowest = min(lowest, best)
        if lowest > limit + EDIT:
            return limit + 1
        before, row, following = row, following, before
    return int(rows[row, len(right)])


@inner
def edits(places: NDArray[np.uint64], length: int, other: Letters) -> int:
    """Return how many letters are changed, added, left out or swapped between two tokens.

    Parameters
    ----------
    places
        uint64, shape (128,): of the first token, by letter a bit for each place where it is.
    length
        Of the first token, 1 to `LENGTH_MAX`.
    other
        The second one.

    Notes
    -----
    Optimal string alignment, a column at once (Hyyrö, A bit-vector algorithm for computing Levenshtein and
    Damerau edit distances, 2003).
    """
    one, last = np.uint64(1), np.uint64(1) << np.uint64(length - 1)
    up, down, same, before = ~np.uint64(0), np.uint64(0), np.uint64(0), np.uint64(0)
    count = length
    for letter in other:
        here = places[letter]
        swapped = ((~same & here) << one) & before
        same = (((here & up) + up) ^ up) | here | down | swapped
        right, left = down | ~(same | up), same & up
        if right & last:
            count += 1
        if left & last:
            count -= 1
        right, left = (right << one) | one, left << one
        up, down, before = left | ~(same | right), right & same, here
    return count


@inlined
def _edits_max(length: int) -> int:
    if length <= 2:
        return 0
    return 1 if length <= 5 else 2


@inner
def _key(chars: Letters, label: int) -> np.uint64:
    value = np.uint64(14695981039346656037) ^ np.uint64(label)
    for letter in chars:
        value = (value * np.uint64(1099511628211)) ^ np.uint64(letter)
    value = value * np.uint64(0x9E3779B97F4A7C15)
    value ^= value >> np.uint64(29)
    return value if value else np.uint64(1)


@inner
def consonants_of(chars: Letters, out: Letters) -> int:
    """Write the consonants of a token, those alike as one and doubled ones once; return how many."""
    count = 0
    for place in range(len(chars)):
        letter = _CONSONANT[chars[place]]
        if letter and (count == 0 or out[count - 1] != letter):
            out[count] = letter
            count += 1
    return count


@inner
def letters_of(chars: Letters) -> np.uint64:
    """Return a bit for each letter of a token."""
    bits = np.uint64(0)
    for letter in chars:
        bits |= np.uint64(1) << _BIT[letter]
    return bits


@kernel
def letters_of_tokens(chars: Letters, start: NDArray[np.int32], letters: NDArray[np.uint64]) -> None:
    """Write a bit for each letter of each token."""
    for token in range(len(start) - 1):
        letters[token] = letters_of(chars[start[token] : start[token + 1]])


@inlined
def _bits_apart(left: np.uint64, right: np.uint64) -> int:
    bits = left ^ right
    bits = bits - ((bits >> np.uint64(1)) & np.uint64(0x5555555555555555))
    bits = (bits & np.uint64(0x3333333333333333)) + ((bits >> np.uint64(2)) & np.uint64(0x3333333333333333))
    bits = (bits + (bits >> np.uint64(4))) & np.uint64(0x0F0F0F0F0F0F0F0F)
    return int((bits * np.uint64(0x0101010101010101)) >> np.uint64(56))


@kernel
def piece_keys(
    chars: Letters, start: NDArray[np.int32], keys: NDArray[np.uint64], owners: NDArray[np.int32],
    skeleton: Letters,
) -> int:  # fmt: skip
    """Write the keys of all pieces of all tokens and whose they are; return how many."""
    count = 0
    for token in range(len(start) - 1):
        letters = chars[start[token] : start[token + 1]]
        length = len(letters)
        keys[count], owners[count] = _key(letters, _WHOLE), token
        count += 1
        consonants = consonants_of(letters, skeleton)
        if consonants >= 3:
            keys[count], owners[count] = _key(skeleton[:consonants], _CONSONANTS), token
            count += 1
        pieces = _edits_max(length) + 1
        if pieces > 1:
            for piece in range(pieces):
                begin, end = piece * length // pieces, (piece + 1) * length // pieces
                label = length * 4 + piece + 1000
                keys[count], owners[count] = _key(letters[begin:end], label), token
                count += 1
    return count


@kernel
def fill_table(
    ordered: NDArray[np.uint64], keys: NDArray[np.uint64], first: NDArray[np.int32], count: NDArray[np.int32]
) -> None:
    """Put the runs of equal keys of an ordered column into the hash table."""
    slots = np.uint64(len(keys) - 1)
    place = 0
    while place < len(ordered):
        end = place
        while end < len(ordered) and ordered[end] == ordered[place]:
            end += 1
        slot = ordered[place] & slots
        while keys[slot]:
            slot = (slot + np.uint64(1)) & slots
        keys[slot], first[slot], count[slot] = ordered[place], place, end - place
        place = end


@inner
def _slot(index: TokenIndex, key: np.uint64) -> int:
    slots = np.uint64(len(index.keys) - 1)
    slot = key & slots
    while index.keys[slot]:
        if index.keys[slot] == key:
            return np.int64(slot)  # type: ignore[return-value]
        slot = (slot + np.uint64(1)) & slots
    return -1


@inner
def find_whole(index: TokenIndex, token: Letters) -> int:
    """Return the listed token that is the same, or -1."""
    slot = _slot(index, _key(token, _WHOLE))
    if slot < 0:
        return -1
    for place in range(index.first[slot], index.first[slot] + index.size[slot]):
        listed = index.members[place]
        other = index.chars[index.start[listed] : index.start[listed + 1]]
        if len(other) == len(token):
            same = True
            for offset in range(len(token)):
                same = same and other[offset] == token[offset]
            if same:
                return int(listed)
    return -1


@inner
def _take(
    index: TokenIndex, key: np.uint64, token: Letters, work: Scratch, found: int, edits_max: int
) -> int:
    """Add the tokens under one key that are near and within so many edits; return how many there are now."""
    slot = _slot(index, key)
    if slot < 0:
        return found
    bits, stamp = work.now[0], work.stamp[0]
    for place in range(index.first[slot], index.first[slot] + index.size[slot]):
        listed = index.members[place]
        if work.seen[listed] == stamp:
            continue
        if _bits_apart(bits, index.letters[listed]) > max(0, 2 * edits_max - 2):
            continue
        work.seen[listed] = stamp
        other = index.chars[index.start[listed] : index.start[listed + 1]]
        if edits(work.places, len(token), other) > edits_max:
            continue
        limit = DISTANCE_MAX[max(len(token), len(other))]
        apart = distance(token, other, limit, work.rows)
        if apart <= limit and found < NEAR_MAX:
            work.near[found], work.apart[found] = listed, apart
            found += 1
    return found


@inner
def find_near(index: TokenIndex, token: Letters, work: Scratch) -> int:
    """Write the listed tokens that are near one token into `work`; return how many, in no order."""
    work.now[0] = letters_of(token)
    work.stamp[0] += 1
    for place in range(len(token)):
        work.places[token[place]] |= np.uint64(1) << np.uint64(place)
    found = _take(index, _key(token, _WHOLE), token, work, 0, 0)
    consonants = consonants_of(token, work.skeleton)
    if consonants >= 3:
        found = _take(index, _key(work.skeleton[:consonants], _CONSONANTS), token, work, found, 4)
    length = len(token)
    if _edits_max(length) == 1:
        swapped, middle = work.skeleton[:length], length // 2
        for place in range(length):
            swapped[place] = token[place]
        swapped[middle - 1], swapped[middle] = token[middle], token[middle - 1]
        found = _take(index, _key(swapped, _WHOLE), token, work, found, 2)
    for other in range(max(3, length - 2), min(LENGTH_MAX, length + 2) + 1):
        most, longer = _edits_max(other), length - other
        if abs(longer) > most:
            continue
        for piece in range(most + 1):
            begin, end = piece * other // (most + 1), (piece + 1) * other // (most + 1)
            size, before, behind = end - begin, piece + 1, most - piece + 1
            first = max(0, begin - min(before, behind - longer))
            last = min(length - size, begin + min(before, behind + longer))
            for at in range(first, last + 1):
                key = _key(token[at : at + size], other * 4 + piece + 1000)
                found = _take(index, key, token, work, found, most + 1)
    for letter in token:
        work.places[letter] = 0
    return found
