"""Kernels over a name and a listed one: how their tokens are paired, and the score; see `name_kernels`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, inner, kernel
from setfair.screening.name_arrays import (
    ASKED_WEIGHT,
    CUT,
    INITIAL,
    JOINED,
    OPEN,
    PAIRED,
    SCORE_MAX,
    NameIndex,
    NameScratch,
    Settings,
    Slots,
)
from setfair.screening.token_kernels import LENGTH_MAX, TokenIndex, distance


@inlined
def _distance_of(slots: Slots, slot: int, token: int) -> int:
    """Return the distance of a slot to a listed token, or -1 if it is not near."""
    low, high = slots.near_start[slot], slots.near_end[slot]
    while low < high:
        middle = (low + high) // 2
        found = slots.near[middle]
        if found == token:
            return int(slots.apart[middle])
        if found < token:
            low = middle + 1
        else:
            high = middle
    return -1


@inner
def _pair(work: NameScratch, i: int, j: int, state: int) -> None:
    work.name_state[i] = state
    work.listed_state[j] = state
    work.partner[j] = i


@inner
def _count(work: NameScratch, settings: Settings, weight: int, apart: int, length: int) -> None:
    """Add one pair of this weight to the tally."""
    lost = weight * apart * settings.loss_permille // (10_000 * max(1, length))
    work.tally[0] += weight - lost
    work.tally[1] += lost
    work.tally[2] += weight - apart * settings.edit_weight // 10
    work.tally[3] += apart


@inner
def _pair_tokens(  # whole tokens, the heaviest pair first
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    work: NameScratch, settings: Settings,
) -> None:  # fmt: skip
    for i in range(len(mine)):
        for j in range(len(listed)):
            apart = _distance_of(slots, mine[i], listed[j])
            if apart > 0 and slots.known[mine[i]]:
                apart = apart * settings.known_percent // 100
            work.apart[i, j] = apart
    while True:
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
        _count(
            work,
            settings,
            names.weight[listed[best_j]],
            work.apart[best_i, best_j],
            slots.length[mine[best_i]],
        )


@inner
def _pair_initials(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch, settings: Settings,
) -> None:  # fmt: skip
    for i in range(len(mine)):
        if work.name_state[i] != OPEN:
            continue
        for j in range(len(listed)):
            if work.listed_state[j] != OPEN:
                continue
            at = index.start[listed[j]]
            length = index.start[listed[j] + 1] - at
            if (slots.length[mine[i]] == 1) != (length == 1) and index.chars[at] == slots.chars[mine[i], 0]:
                _pair(work, i, j, INITIAL)
                weight = min(names.weight[listed[j]], settings.initial_weight)
                work.tally[0] += weight
                work.tally[2] += weight
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
    size = append(work.other, 0, other)
    if length < 5 or length > LENGTH_MAX or abs(length - size) > 1:
        return -1
    apart = distance(work.text[:length], work.other[:size], 10, work.rows)
    return apart if apart <= 10 else -1


@inner
def _pair_joined(  # listed apart, written together in the name
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch, settings: Settings,
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
                    _count(work, settings, weight, apart, length)
                    break
            if work.name_state[i] != OPEN:
                break


@inner
def _pair_apart(  # listed together, written apart in the name
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, listed: NDArray[np.int32],
    index: TokenIndex, work: NameScratch, settings: Settings,
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
                    _count(work, settings, names.weight[listed[j]], apart, length)
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
            weight = names.weight[listed[j]]
            share = weight * min(length, 6) // 8
            work.tally[0] += share
            work.tally[2] += share
            work.tally[1] += (weight - share) // 4
            return


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
            _pair_joined(slots, mine, names, listed, index, work, settings)
            break
    _pair_tokens(slots, mine, names, listed, work, settings)
    open_mine, open_listed = 0, 0
    for i in range(len(mine)):
        open_mine += work.name_state[i] == OPEN
    for j in range(len(listed)):
        open_listed += work.listed_state[j] == OPEN
    if open_mine and open_listed:
        _pair_initials(slots, mine, names, listed, index, work, settings)
        _pair_joined(slots, mine, names, listed, index, work, settings)
        _pair_apart(slots, mine, names, listed, index, work, settings)
        _pair_cut(slots, mine, names, listed, index, work, settings)
    extra, missing = 0, 0
    for i in range(len(mine)):
        if work.name_state[i] == OPEN:
            extra += slots.weight[mine[i]]
    for j in range(len(listed)):
        if work.listed_state[j] == OPEN:
            missing += names.weight[listed[j]]
    return _score(work, extra, missing, settings)


@inner
def _score(work: NameScratch, extra: int, missing: int, settings: Settings) -> int:
    matched, lost, evidence, apart = work.tally[0], work.tally[1], work.tally[2], work.tally[3]
    if matched <= 0 or apart > settings.fuzz_max:
        return 0
    against = 100 * lost + missing * settings.missing_percent + extra * settings.extra_percent
    score = 100 * SCORE_MAX * matched // (100 * matched + against)
    if evidence < work.asked[ASKED_WEIGHT]:
        score -= (work.asked[ASKED_WEIGHT] - evidence) * settings.evidence_slope_percent // 100
    return max(0, int(score))
