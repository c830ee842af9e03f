"""Kernels over names: which listed names share enough with a name, and how well each fits.

Rules
-----
1. Only listed names that share a near token are compared, found from the rarest token on: when what is
   left of the name could not carry a hit alone, its tokens find nothing more.
2. Tokens are paired one to one, the pair that weighs most first. Then, of what is left: initials, tokens that
   are written together or apart, a last token that is cut off.
3. The score is what the pairs weigh as a share of that and of what is left over on both sides; see `Settings`
   for how much each counts. What is paired must also say enough by itself: names of common tokens only, or
   with many changed letters, lose points.

Compiled once and kept on disk: about 5 s at the first use after an installation.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from setfair.screening.kernel import inlined, kernel
from setfair.screening.token_kernels import LENGTH_MAX, TokenIndex, distance, find_whole

TOKENS_MAX = 32
"""Tokens of one name, or of one window of a long one."""
CANDIDATES_MAX = 20_000
"""Listed names that are compared with one name, at most."""
SCORE_MAX = 1000

# How a listed token is paired.
OPEN, PAIRED, INITIAL, JOINED, CUT = 0, 1, 2, 3, 4


class Settings(NamedTuple):
    """How a score is made; integers, in the units that are named."""

    unknown_weight: int = 83
    """Weight of a token that is near no listed one."""
    initial_weight: int = 24
    """Most that an initial weighs."""
    loss_permille: int = 694
    """How much a changed letter takes, by its share of the token."""
    missing_percent: int = 111
    """How much listed tokens without a partner count."""
    extra_percent: int = 29
    """How much a name's own tokens without a partner count."""
    evidence_slope_percent: int = 210
    """Points taken for each unit that is missing."""
    edit_weight: int = 49
    """What a changed letter takes off the evidence."""
    matchable_permille: int = 315
    """Share of a name's weight that must be near listed tokens."""
    fuzz_max: int = 32
    """Distances of all pairs together, at most."""
    legal_both: int = 50
    """What the pairs may weigh less where both names have a legal form."""
    legal_one: int = 13
    """What they must weigh more where one has."""
    known_percent: int = 149
    """How much more the distance of two tokens counts that are both listed."""


class NameIndex(NamedTuple):
    """Listed names as tokens, and by token."""

    start: NDArray[np.int32]
    """By name: its first token in `tokens`; and one past the end."""
    tokens: NDArray[np.int32]
    entry: NDArray[np.int32]
    """By name: its entry."""
    weight: NDArray[np.int32]
    """By token: how rare it is, in eighths of a bit."""
    post_start: NDArray[np.int32]
    """By token: the first name that has it in `posts`; and one past the end."""
    posts: NDArray[np.int32]
    marks: NDArray[np.uint64]
    """By name: a bit for each of its tokens, several tokens to a bit."""
    legal: NDArray[np.bool_]
    """By name: whether it has a legal form."""
    beginnings: NDArray[np.uint64]
    """By name: bits for how its tokens begin, see `beginning_of`."""


class Slots(NamedTuple):
    """Tokens that were looked up."""

    chars: NDArray[np.uint8]
    """Shape (slots, LENGTH_MAX)."""
    length: NDArray[np.int32]
    strict: NDArray[np.bool_]
    """By slot: whether only the very token is near."""
    near_start: NDArray[np.int64]
    near_end: NDArray[np.int64]
    """By slot: its near tokens are ``near[near_start:near_end]``, ascending."""
    part_end: NDArray[np.int64]
    """By slot: ``near[near_end:part_end]`` are listed tokens that it may be put together from."""
    near: NDArray[np.int32]
    apart: NDArray[np.int32]
    weight: NDArray[np.int32]
    """By slot: the weight of the nearest listed token, or of an unknown one."""
    weight_most: NDArray[np.int32]
    """By slot: the most that a near token weighs, 0 if none is near."""
    known: NDArray[np.bool_]
    """By slot: whether the very token is listed."""
    marks: NDArray[np.uint64]
    """By slot: the marks of its near tokens."""
    beginning: NDArray[np.uint64]


class NameBatch(NamedTuple):
    """Names to compare."""

    start: NDArray[np.int32]
    slots: NDArray[np.int32]
    """The slots of name i are ``slots[start[i]:start[i + 1]]``, at most `TOKENS_MAX`."""
    legal: NDArray[np.bool_]
    """By name: whether it has a legal form."""
    demand: NDArray[np.int32]
    """By name: what its pairs must weigh at least."""


class NameScratch(NamedTuple):
    """Memory of one thread in which names are compared."""

    stamp: NDArray[np.int64]
    """Shape (1,): the number of this name."""
    name_seen: NDArray[np.int64]
    entry_seen: NDArray[np.int64]
    entry_score: NDArray[np.int32]
    entry_name: NDArray[np.int32]
    candidates: NDArray[np.int32]
    apart: NDArray[np.int32]
    """Shape (TOKENS_MAX, TOKENS_MAX): distances by place in both names; negative: none."""
    name_state: NDArray[np.int32]
    """By place in the name: `OPEN` or how it is paired."""
    listed_state: NDArray[np.int32]
    partner: NDArray[np.int32]
    """By place in the listed name: the place in the name that it is paired with."""
    demand: NDArray[np.int32]
    """Shape (1,): what the pairs must weigh at least."""
    tally: NDArray[np.int64]
    """Shape (4,): matched, lost, evidence, distance."""
    rows: NDArray[np.int32]
    text: NDArray[np.uint8]
    other: NDArray[np.uint8]


def make_name_scratch(names: int, entries: int) -> NameScratch:
    """Return the memory for comparing with so many listed names of so many entries."""
    return NameScratch(
        stamp=np.zeros(1, np.int64),
        name_seen=np.zeros(names, np.int64),
        entry_seen=np.zeros(entries, np.int64),
        entry_score=np.zeros(entries, np.int32),
        entry_name=np.zeros(entries, np.int32),
        candidates=np.zeros(CANDIDATES_MAX, np.int32),
        apart=np.zeros((TOKENS_MAX, TOKENS_MAX), np.int32),
        name_state=np.zeros(TOKENS_MAX, np.int32),
        listed_state=np.zeros(TOKENS_MAX, np.int32),
        partner=np.zeros(TOKENS_MAX, np.int32),
        demand=np.zeros(1, np.int32),
        tally=np.zeros(4, np.int64),
        rows=np.zeros((3, LENGTH_MAX + 1), np.int32),
        text=np.zeros(3 * LENGTH_MAX, np.uint8),
        other=np.zeros(3 * LENGTH_MAX, np.uint8),
    )


@inlined
def mark_of(token: int) -> np.uint64:
    """Return the bit of a listed token."""
    return np.uint64(1) << ((np.uint64(token) * np.uint64(0x9E3779B97F4A7C15)) >> np.uint64(58))


@inlined
def listed_beginning(letters: NDArray[np.uint8]) -> np.uint64:
    """Return bits for the first letter, for a single letter, and for the first two letters."""
    first = np.uint64(letters[0] & 15)
    bits = np.uint64(1) << first
    if len(letters) == 1:
        return bits | np.uint64(1) << (first + np.uint64(16))
    pair = np.uint64((letters[0] * 7 + letters[1]) & 31)
    return bits | np.uint64(1) << (pair + np.uint64(32))


@inlined
def beginning_of(letters: NDArray[np.uint8]) -> np.uint64:
    """Return the bits of which a listed name has one if it could pair a token by how that begins."""
    first = np.uint64(letters[0] & 15)
    if len(letters) == 1:
        return np.uint64(1) << first
    pair = np.uint64((letters[0] * 7 + letters[1]) & 31)
    return (np.uint64(1) << (first + np.uint64(16))) | (np.uint64(1) << (pair + np.uint64(32)))


@kernel
def mark_names(names: NameIndex, index: TokenIndex) -> None:
    """Fill `marks` and `beginnings`."""
    for name in range(len(names.start) - 1):
        marks, beginnings = np.uint64(0), np.uint64(0)
        for place in range(names.start[name], names.start[name + 1]):
            token = names.tokens[place]
            marks |= mark_of(token)
            beginnings |= listed_beginning(index.chars[index.start[token] : index.start[token + 1]])
        names.marks[name], names.beginnings[name] = marks, beginnings


@kernel
def _cannot_fit(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, name: int,
    work: NameScratch, settings: Settings, threshold: int,
) -> bool:  # fmt: skip
    """Return whether a listed name is out of reach whatever its tokens are, from their marks alone."""
    marks, beginnings = names.marks[name], names.beginnings[name]
    most, extra, open_before = 0, 0, False
    for slot in mine:
        if slots.marks[slot] & marks:
            most += slots.weight_most[slot]
            open_before = False
        elif open_before or slots.beginning[slot] & beginnings:
            most += settings.unknown_weight
            open_before = not open_before
        else:
            extra += slots.weight[slot]
    if 100 * SCORE_MAX * most < threshold * (100 * most + extra * settings.extra_percent):
        return True
    short = work.demand[0] - most
    return short > 0 and SCORE_MAX - short * settings.evidence_slope_percent // 100 < threshold


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


@kernel
def _pair(work: NameScratch, i: int, j: int, state: int) -> None:
    work.name_state[i] = state
    work.listed_state[j] = state
    work.partner[j] = i


@kernel
def _count(work: NameScratch, settings: Settings, weight: int, apart: int, length: int) -> None:
    """Add one pair of this weight to the tally."""
    lost = weight * apart * settings.loss_permille // (10_000 * max(1, length))
    work.tally[0] += weight - lost
    work.tally[1] += lost
    work.tally[2] += weight - apart * settings.edit_weight // 10
    work.tally[3] += apart


@kernel
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


@kernel
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


@kernel
def _append(text: NDArray[np.uint8], length: int, letters: NDArray[np.uint8]) -> int:
    for letter in letters:
        if length == 0 or text[length - 1] != letter:
            text[length] = letter
            length += 1
    return length


@kernel
def _same_joined(work: NameScratch, length: int, other: NDArray[np.uint8]) -> int:
    """Return the distance of the text in `work` and a token, or -1 if it is far."""
    size = _append(work.other, 0, other)
    if length < 5 or length > LENGTH_MAX or abs(length - size) > 1:
        return -1
    apart = distance(work.text[:length], work.other[:size], 10, work.rows)
    return apart if apart <= 10 else -1


@kernel
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
                length = _append(
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


@kernel
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
                length = _append(work.text, length, slots.chars[slot, : slots.length[slot]])
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


@kernel
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


@kernel
def _score(work: NameScratch, extra: int, missing: int, settings: Settings) -> int:
    matched, lost, evidence, apart = work.tally[0], work.tally[1], work.tally[2], work.tally[3]
    if matched <= 0 or apart > settings.fuzz_max:
        return 0
    against = 100 * lost + missing * settings.missing_percent + extra * settings.extra_percent
    score = 100 * SCORE_MAX * matched // (100 * matched + against)
    if evidence < work.demand[0]:
        score -= (work.demand[0] - evidence) * settings.evidence_slope_percent // 100
    return max(0, int(score))


@inlined
def _add_posts(names: NameIndex, token: int, work: NameScratch, count: int) -> int:
    """Add the listed names that have a token to the candidates; return how many there are now."""
    for post in range(names.post_start[token], names.post_start[token + 1]):
        name = names.posts[post]
        if work.name_seen[name] != work.stamp[0] and count < CANDIDATES_MAX:
            work.name_seen[name] = work.stamp[0]
            work.candidates[count] = name
            count += 1
    return count


@kernel
def _add_joined(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch
) -> int:
    """Take listed tokens that two neighbours make as candidates, and mark the neighbours `JOINED`."""
    count = 0
    for i in range(len(mine) - 1):
        left, right = mine[i], mine[i + 1]
        if slots.known[left] and slots.known[right]:
            continue
        length = _append(work.text, 0, slots.chars[left, : slots.length[left]])
        length = _append(work.text, length, slots.chars[right, : slots.length[right]])
        if length > LENGTH_MAX:
            continue
        token = find_whole(index, work.text[:length])
        if token >= 0:
            count = _add_posts(names, token, work, count)
            work.name_state[i] = work.name_state[i + 1] = JOINED
    return count


@kernel
def _candidates(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch,
    settings: Settings,
) -> int:  # fmt: skip
    """Write the listed names that may fit; return how many."""
    work.name_state[: len(mine)] = OPEN
    count = _add_joined(slots, mine, names, index, work)
    total, matchable = 0, 0
    for i in range(len(mine)):
        weight = slots.weight[mine[i]]
        total += weight
        if work.name_state[i] == JOINED or slots.part_end[mine[i]] > slots.near_start[mine[i]]:
            matchable += weight
    if matchable * 1000 < total * settings.matchable_permille:
        return 0
    left = matchable
    while left * 1000 >= total * settings.matchable_permille:
        best, best_i = -1, -1
        for i in range(len(mine)):
            weight = slots.weight[mine[i]]
            near = slots.part_end[mine[i]] > slots.near_start[mine[i]]
            if work.name_state[i] != PAIRED and near and weight > best:
                best, best_i = weight, i
        if best_i < 0:
            break
        work.name_state[best_i] = PAIRED
        left -= best
        for place in range(slots.near_start[mine[best_i]], slots.part_end[mine[best_i]]):
            count = _add_posts(names, slots.near[place], work, count)
    return count


@kernel
def match_names(
    slots: Slots, batch: NameBatch, names: NameIndex, index: TokenIndex, work: NameScratch,
    settings: Settings, *, threshold: int, out: NDArray[np.int32],
) -> int:  # fmt: skip
    """Compare names with the list.

    Parameters
    ----------
    slots
        Tokens that were looked up.
    batch
        The names.
    names, index
        What is listed.
    work
        Scratch, of this thread alone.
    settings, threshold
        How a score is made, and from which on it is a hit.
    out
        int32, shape (hits, 3), filled here: name, listed name, score; for each name and entry the listed name
        that fits best.

    Returns
    -------
    int
        How many hits there are; more than fit into `out`: call again with a longer one.
    """
    found = 0
    for number in range(len(batch.start) - 1):
        mine = batch.slots[batch.start[number] : batch.start[number + 1]]
        if len(mine) == 0:
            continue
        work.stamp[0] += 1
        count = _candidates(slots, mine, names, index, work, settings)
        entries = 0
        for place in range(count):
            name = work.candidates[place]
            work.demand[0] = batch.demand[number]
            if batch.legal[number] != names.legal[name]:
                work.demand[0] += settings.legal_one
            elif batch.legal[number]:
                work.demand[0] -= settings.legal_both
            if _cannot_fit(slots, mine, names, name, work, settings, threshold):
                continue
            score = score_name(slots, mine, names, name, index, work, settings)
            if score < threshold:
                continue
            entry = names.entry[name]
            if work.entry_seen[entry] != work.stamp[0]:
                work.entry_seen[entry] = work.stamp[0]
                work.entry_score[entry] = -1
                work.candidates[entries] = entry
                entries += 1
            better = score > work.entry_score[entry]
            if better or (score == work.entry_score[entry] and name < work.entry_name[entry]):
                work.entry_score[entry], work.entry_name[entry] = score, name
        for place in range(entries):
            entry = work.candidates[place]
            if found < len(out):
                out[found, 0], out[found, 1], out[found, 2] = (
                    number, work.entry_name[entry], work.entry_score[entry],
                )  # fmt: skip
            found += 1
    return found
