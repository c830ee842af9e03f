"""Kernels over a name and a listed one: how their tokens are paired, and the score; see `name_kernels`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, inner, kernel
from setfair.screening.name_arrays import (
    ABOUT_LEGAL,
    CUT,
    ELSEWHERE,
    INITIAL,
    JOINED,
    OPEN,
    PAIRED,
    REST_WEIGHT,
    SAID_ABOUT,
    SCORE_MAX,
    TALLY_ACCOUNTED,
    TALLY_BEGINS,
    TALLY_CHANGED,
    TALLY_COMMON,
    TALLY_COMMON_LEFT,
    TALLY_CONSONANTS,
    TALLY_ELSEWHERE,
    TALLY_ENDS,
    TALLY_EXTRA,
    TALLY_GIVEN,
    TALLY_INITIALS,
    TALLY_KNOWN,
    TALLY_LEFT,
    TALLY_LIKE,
    TALLY_LISTED_INITIALS,
    TALLY_MATCHED,
    TALLY_MISSING,
    TALLY_NEAR_ELSEWHERE,
    TALLY_PAIRS,
    TALLY_SAME,
    TALLY_TURNED,
    TALLY_UNCOMMON,
    TALLY_WHOLE,
    NameIndex,
    NameScratch,
    Settings,
    Slots,
)
from setfair.screening.score_kernels import points_about, points_of
from setfair.screening.token_kernels import LENGTH_MAX, TokenIndex, consonants_of, distance


@inlined
def mark_of(token: int) -> np.uint64:
    """Return the bit of a listed token."""
    return np.uint64(1) << ((np.uint64(token) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58))


def _initial_table() -> NDArray[np.bool_]:
    table: NDArray[np.bool_] = np.eye(128, dtype=np.bool_)
    for letter, folded in _FOLDED_FIRST.items():
        table[ord(letter), [ord(each) for each in folded]] = True
    return table


_FOLDED_FIRST = {
    "c": "ksCS", "d": "j", "k": "h", "o": "u", "p": "f", "q": "k", "s": "S", "t": "Cz", "w": "v", "x": "ks",
    "y": "ie", "z": "j",
}  # fmt: skip
"""By the first letter of a name as it is written: how the one spelling of it may begin (`spelling`)."""
_BEGINS = _initial_table()
LIKE_DISTANCE = 35
"""The distance, for each ten letters of the longer, up to which one token resembles another."""
LIKE_LENGTH_MIN, BEGIN_LENGTH_MIN = 3, 4
"""Letters of the shorter of two tokens that resemble each other; and where it begins the longer."""


def _letter_bits(first: int) -> NDArray[np.uint64]:
    """Return a bit for each letter from one on, one for all digits, and the last for whatever else."""
    bits = np.full(128, np.uint64(1) << np.uint64(63), np.uint64)
    for place, letter in enumerate("abcdefghijklmnopqrstuvwxyzCS"):
        bits[ord(letter)] = np.uint64(1) << np.uint64(first + place)
    for digit in "0123456789":
        bits[ord(digit)] = np.uint64(1) << np.uint64(first + 28)
    return bits


_FIRST_BITS = _letter_bits(0)
"""By first letter of a longer token."""
_SINGLE_BITS = _letter_bits(29)
"""By token of one letter."""
_LONGER_BITS = np.array(
    [np.bitwise_or.reduce(_FIRST_BITS[row], initial=np.uint64(0)) for row in _BEGINS], np.uint64
)
"""By token of one letter: the first letters of which it is the initial."""
_INITIAL_BITS = np.array(
    [np.bitwise_or.reduce(_SINGLE_BITS[row], initial=np.uint64(0)) for row in _BEGINS.T], np.uint64
)
"""By first letter of a longer token: its initials."""


@inlined
def begin_of(letter: int, length: int) -> np.uint64:
    """Return the bit of how a listed token begins, or of the one letter that it is."""
    return _FIRST_BITS[letter] if length > 1 else _SINGLE_BITS[letter]


@inlined
def wanted_of(letter: int, length: int, is_last: bool) -> np.uint64:
    """Return the bits of which a listed name has one if a token may be an initial there, or what was cut."""
    wanted = _LONGER_BITS[letter] if length == 1 else _INITIAL_BITS[letter]
    return wanted | _FIRST_BITS[letter] if is_last else wanted


@inlined
def is_initial(letter: int, length: int, other: int, other_length: int) -> bool:
    """Return whether one of two tokens is a letter with which the other, by its first one, may begin."""
    if length == 1:
        return bool(other_length > 1 and _BEGINS[letter, other])
    return bool(other_length == 1 and _BEGINS[other, letter])


@inlined
def _distance_of(slots: Slots, slot: int, token: int) -> int:
    """Return the distance of a slot to a listed token, or -1 if it is not near."""
    if slots.marks[slot] & mark_of(token):
        for place in range(slots.near_start[slot], slots.near_end[slot]):
            if slots.near[place] == token:
                return int(slots.apart[place])
    return -1


@inner
def _pair(work: NameScratch, i: int, j: int, state: int) -> None:
    work.name_state[i] = state
    work.listed_state[j] = state
    work.partner[j] = i


@inlined
def _count(work: NameScratch, weight: int, apart: int, length: int) -> None:
    """Add one pair of this weight to the tally."""
    work.tally[TALLY_MATCHED] += weight
    work.tally[TALLY_CHANGED] += 100 * apart // max(1, length)
    if weight > SAID_ABOUT:
        work.tally[TALLY_PAIRS] += 1


@inner
def _same_consonants(slots: Slots, slot: int, letters: NDArray[np.uint8], work: NameScratch) -> bool:
    """Return whether two tokens differ in vowels only, or in consonants that are alike."""
    count = consonants_of(slots.chars[slot, : slots.length[slot]], work.text)
    same = consonants_of(letters, work.other) == count
    for place in range(count if same else 0):
        same = same and work.text[place] == work.other[place]
    return bool(same)


@inner
def _tally_pair(  # what is said of one pair of whole tokens
    slots: Slots, slot: int, names: NameIndex, token: int, index: TokenIndex, work: NameScratch, apart: int
) -> None:  # fmt: skip
    if slots.common[slot]:
        work.tally[TALLY_KNOWN] += apart > 0
        work.tally[TALLY_COMMON] += names.weight[token] > SAID_ABOUT
    else:
        work.tally[TALLY_UNCOMMON] += 1
    work.tally[TALLY_WHOLE] += 1
    work.tally[TALLY_SAME] += apart == 0
    if apart and not work.tally[TALLY_CONSONANTS]:
        letters = index.chars[index.start[token] : index.start[token + 1]]
        work.tally[TALLY_CONSONANTS] = not _same_consonants(slots, slot, letters, work)


@inner
def _pair_tokens(  # whole tokens, the heaviest pair first
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch,
) -> None:  # fmt: skip
    near = 0
    for i in range(len(mine)):
        for j in range(len(listed)):
            work.apart[i, j] = -1
            if work.name_state[i] == OPEN and work.listed_state[j] == OPEN:
                work.apart[i, j] = _distance_of(slots, mine[i], listed[j])
                near += work.apart[i, j] >= 0
    while near:
        best, best_i, best_j = -1, -1, -1
        for i in range(len(mine)):
            if work.name_state[i] != OPEN:
                continue
            for j in range(len(listed)):
                if work.listed_state[j] == OPEN and work.apart[i, j] >= 0:
                    gain = names.weight[listed[j]] * (1000 - work.apart[i, j] * 20) + 1000
                    if gain > best:
                        best, best_i, best_j = gain, i, j
        if best < 0:
            return
        _pair(work, best_i, best_j, PAIRED)
        token = listed[best_j]
        length = max(slots.length[mine[best_i]], index.start[token + 1] - index.start[token])
        _count(work, names.weight[token], work.apart[best_i, best_j], length)
        _tally_pair(slots, mine[best_i], names, token, index, work, work.apart[best_i, best_j])


@inner
def _pair_initials(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, name: int,
    index: TokenIndex, work: NameScratch, settings: Settings,
) -> None:  # fmt: skip
    """Pair letters with tokens that they begin; words of firms, and those like `and`, have no initials."""
    listed = names.tokens[names.start[name] : names.start[name + 1]]
    for i in range(len(mine)):
        if work.name_state[i] != OPEN:
            continue
        for j in range(len(listed)):
            at = index.start[listed[j]]
            length = index.start[listed[j] + 1] - at
            plain = names.rest[listed[j]] <= REST_WEIGHT and (length > 1 or names.legal[name])
            if plain or work.listed_state[j] != OPEN:
                continue
            mine_length, letter = slots.length[mine[i]], slots.chars[mine[i], 0]
            if is_initial(letter, mine_length, index.chars[at], length):
                _pair(work, i, j, INITIAL)
                work.tally[TALLY_MATCHED] += settings.initial_weight
                work.tally[TALLY_INITIALS if mine_length == 1 else TALLY_LISTED_INITIALS] += 1
                break


@inner
def append(text: NDArray[np.uint8], length: int, letters: NDArray[np.uint8]) -> int:
    """Write letters behind a text, doubled ones once; return its length."""
    for letter in letters:
        if length == 0 or text[length - 1] != letter:
            text[length] = letter
            length += 1
    return length


@inner
def _same_joined(work: NameScratch, length: int, other: NDArray[np.uint8]) -> int:
    """Return the distance of the text in `work` and a token, or -1 if it is far."""
    text = work.text
    if length < 5 or length > LENGTH_MAX or length > len(other) + 1:
        return -1
    if text[0] != other[0] and text[1] != other[0] and text[0] != other[1] and text[1] != other[1]:
        return -1
    size = append(work.other, 0, other)
    if abs(length - size) > 1:
        return -1
    apart = distance(work.text[:length], work.other[:size], 10, work.rows)
    return apart if apart <= 10 else -1


@inner
def _pair_joined(  # listed apart, written together in the name
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch,
) -> None:  # fmt: skip
    for i in range(len(mine)):
        slot = mine[i]
        if work.name_state[i] != OPEN or slots.length[slot] < 5:
            continue
        for j in range(len(listed) - 1):
            length, weight = 0, 0
            for end in range(j, min(j + 3, len(listed))):
                if work.listed_state[end] != OPEN:
                    break
                length = append(
                    work.text, length, index.chars[index.start[listed[end]] : index.start[listed[end] + 1]]
                )
                weight += names.weight[listed[end]]
                if end == j:
                    continue
                apart = _same_joined(work, length, slots.chars[slot, : slots.length[slot]])
                if apart >= 0:
                    for part in range(j, end + 1):
                        _pair(work, i, part, JOINED)
                    _count(work, weight, apart, length)
                    break
            if work.name_state[i] != OPEN:
                break


@inner
def _pair_apart(  # listed together, written apart in the name
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch,
) -> None:  # fmt: skip
    for j in range(len(listed)):
        if work.listed_state[j] != OPEN or index.start[listed[j] + 1] - index.start[listed[j]] < 5:
            continue
        for i in range(len(mine) - 1):
            length = 0
            for end in range(i, min(i + 3, len(mine))):
                if work.name_state[end] != OPEN:
                    break
                slot = mine[end]
                length = append(work.text, length, slots.chars[slot, : slots.length[slot]])
                if end == i:
                    continue
                apart = _same_joined(
                    work, length, index.chars[index.start[listed[j]] : index.start[listed[j] + 1]]
                )
                if apart >= 0:
                    for part in range(i, end + 1):
                        _pair(work, part, j, JOINED)
                    work.partner[j] = i
                    _count(work, names.weight[listed[j]], apart, length)
                    break
            if work.listed_state[j] != OPEN:
                break


@inner
def _pair_cut(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch, settings: Settings,
) -> None:  # fmt: skip
    """Pair the last token of the name with a listed one that it begins."""
    i = len(mine) - 1
    length = slots.length[mine[i]]
    if work.name_state[i] != OPEN or length < 2:
        return
    for j in range(len(listed)):
        letters = index.chars[index.start[listed[j]] : index.start[listed[j] + 1]]
        if work.listed_state[j] != OPEN or len(letters) <= length:
            continue
        same = True
        for place in range(length):
            same = same and letters[place] == slots.chars[mine[i], place]
        if same:
            _pair(work, i, j, CUT)
            weight = min(names.weight[listed[j]], settings.cut_letter_weight * length)
            work.tally[TALLY_MATCHED] += weight
            return


@inner
def _turned(names: NameIndex, listed: NDArray[np.int32], work: NameScratch, plain: bool) -> int:
    """Return how many listed tokens stand before the one after which they are listed.

    Words that say what a firm is count where `plain` is set: ``Orvek Plant`` is ``Zavod Orvek``.
    """
    turned, last = 0, -1
    for j in range(len(listed)):
        if work.listed_state[j] != OPEN and (plain or names.rest[listed[j]] > REST_WEIGHT):
            turned += work.partner[j] < last
            last = work.partner[j]
    return turned


@inlined
def _are_pair(work: NameScratch, i: int, j: int) -> bool:
    """Return whether two whole tokens are a pair."""
    return bool(work.listed_state[j] == PAIRED and work.partner[j] == i)


@inner
def _tally_rest(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32], work: NameScratch
) -> None:
    """Tally what is left over, how the order differs, and whether the name begins the listed one."""
    for i in range(len(mine)):
        if work.name_state[i] == OPEN:
            work.tally[TALLY_EXTRA] += slots.weight[mine[i]]
    begins, plain, left = len(mine) >= 2, True, 0
    for j in range(len(listed)):
        if work.listed_state[j] == OPEN:
            work.tally[TALLY_MISSING] += names.rest[listed[j]]
            left += names.rest[listed[j]] > SAID_ABOUT
        else:
            plain = plain and names.rest[listed[j]] <= REST_WEIGHT
        if j < len(mine) and (work.listed_state[j] in (OPEN, JOINED) or work.partner[j] != j):
            begins = False
    work.tally[TALLY_TURNED] = _turned(names, listed, work, plain)
    work.tally[TALLY_BEGINS] = begins and len(listed) >= len(mine)
    work.tally[TALLY_LEFT] = left >= 2
    work.tally[TALLY_ENDS] = _are_pair(work, 0, 0) and _are_pair(work, len(mine) - 1, len(listed) - 1)


@inner
def _tally_names(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, name: int, listed: NDArray[np.int32],
    work: NameScratch,
) -> None:  # fmt: skip
    """Tally whether other names of the entry have what is left, and whether all pairs are given names."""
    entry = names.entry[name]
    first, end = names.entry_start[entry], names.entry_start[entry + 1]
    left_mine, left_listed, given, accounted, same = False, False, True, True, False
    for i in range(len(mine)):
        if work.name_state[i] != OPEN:
            continue
        slot = mine[i]
        says = slots.weight[slot] > SAID_ABOUT
        left_mine |= says
        if not slots.marks[slot] & names.entry_marks[entry]:
            accounted = accounted and not says
            continue
        for place in range(slots.near_start[slot], slots.near_end[slot]):
            token = slots.near[place]
            at = first + np.searchsorted(names.entry_tokens[first:end], token)
            if at < end and names.entry_tokens[at] == token:
                work.name_state[i] = ELSEWHERE
                work.tally[TALLY_ELSEWHERE] = 1
                same |= slots.apart[place] == 0
                break
        accounted = accounted and (work.name_state[i] == ELSEWHERE or not says)
    for j in range(len(listed)):
        if work.listed_state[j] == OPEN:
            left_listed |= names.rest[listed[j]] > SAID_ABOUT
        else:
            given = given and names.given[listed[j]] and work.listed_state[j] != INITIAL
    work.tally[TALLY_GIVEN] = given and left_mine and left_listed
    work.tally[TALLY_ACCOUNTED] = accounted and work.tally[TALLY_ELSEWHERE]
    work.tally[TALLY_NEAR_ELSEWHERE] = work.tally[TALLY_ELSEWHERE] and not same
    for i in range(len(mine)):
        work.tally[TALLY_COMMON_LEFT] |= work.name_state[i] == OPEN and slots.common[mine[i]]


@inner
def _resembles(slots: Slots, slot: int, letters: NDArray[np.uint8], work: NameScratch) -> bool:
    """Return whether a third of the letters are changed at most, or one token begins the other."""
    length, other = slots.length[slot], len(letters)
    shorter, longer = min(length, other), max(length, other)
    if shorter < LIKE_LENGTH_MIN:
        return False
    same = 0
    while same < shorter and letters[same] == slots.chars[slot, same]:
        same += 1
    if same == shorter and same >= BEGIN_LENGTH_MIN:
        return True
    limit = LIKE_DISTANCE * longer // 10
    return bool(distance(slots.chars[slot, :length], letters, limit, work.rows) <= limit)


@inner
def _tally_like(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch,
) -> None:  # fmt: skip
    """Tally whether a token that is left over resembles one that is left over of the listed name."""
    for i in range(len(mine)):
        if work.name_state[i] != OPEN or slots.weight[mine[i]] <= SAID_ABOUT:
            continue
        for j in range(len(listed)):
            if work.listed_state[j] != OPEN or names.rest[listed[j]] <= SAID_ABOUT:
                continue
            letters = index.chars[index.start[listed[j]] : index.start[listed[j] + 1]]
            if _resembles(slots, mine[i], letters, work):
                work.tally[TALLY_LIKE] = 1
                return


@inner
def is_same(names: NameIndex, name: int, tokens: int, work: NameScratch) -> bool:
    """Return whether a name that was scored is the listed one, each token in another spelling at most."""
    length = names.start[name + 1] - names.start[name]
    same = length == tokens and work.tally[TALLY_CHANGED] == 0
    same = same and work.about[ABOUT_LEGAL] == names.legal[name]
    for j in range(length):
        same = same and work.listed_state[j] == PAIRED
    return bool(same)


@kernel
def score_name(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, name: int,
    index: TokenIndex, work: NameScratch, settings: Settings,
) -> int:  # fmt: skip
    """Return how well a listed name fits, 0 to `SCORE_MAX`; how its tokens are paired is left in `work`."""
    listed = names.tokens[names.start[name] : names.start[name + 1]]
    work.name_state[: len(mine)] = OPEN
    work.listed_state[: len(listed)] = OPEN
    work.tally[:] = 0
    for slot in mine:
        if slots.part_end[slot] > slots.near_end[slot]:
            _pair_joined(slots, mine, names, listed, index, work)
            break
    _pair_tokens(slots, mine, names, listed, index, work)
    open_mine, open_listed = 0, 0
    for i in range(len(mine)):
        open_mine += work.name_state[i] == OPEN
    for j in range(len(listed)):
        open_listed += work.listed_state[j] == OPEN
    if open_mine and open_listed:
        _pair_initials(slots, mine, names, name, index, work, settings)
        _pair_joined(slots, mine, names, listed, index, work)
        _pair_apart(slots, mine, names, listed, index, work)
        _pair_cut(slots, mine, names, listed, index, work, settings)
    _tally_rest(slots, mine, names, listed, work)
    _tally_names(slots, mine, names, name, listed, work)
    if not work.tally[TALLY_ELSEWHERE]:
        _tally_like(slots, mine, names, listed, index, work)
    if work.tally[TALLY_MATCHED] < settings.least_weight:
        return 0
    points = points_of(work.tally, settings) + points_about(work, names, name, settings)
    return max(0, min(SCORE_MAX - 1, points // 1000))
