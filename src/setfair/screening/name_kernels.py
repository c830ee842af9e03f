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

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, inner, kernel
from setfair.screening.name_arrays import (
    ASKED_BASE,
    ASKED_COUNT,
    ASKED_LEGAL,
    ASKED_SCORE,
    ASKED_WEIGHT,
    CANDIDATES_MAX,
    JOINED,
    OPEN,
    PAIRED,
    SCORE_MAX,
    NameBatch,
    NameIndex,
    NameScratch,
    Settings,
    Slots,
)
from setfair.screening.pair_kernels import append, score_name
from setfair.screening.token_kernels import LENGTH_MAX, TokenIndex, find_whole


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


@inner
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
    short = work.asked[ASKED_WEIGHT] - most
    return short > 0 and SCORE_MAX - short * settings.evidence_slope_percent // 100 < threshold


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


@inner
def _add_joined(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch
) -> int:
    """Take listed tokens that two neighbours make as candidates, and mark the neighbours `JOINED`."""
    count = 0
    for i in range(len(mine) - 1):
        left, right = mine[i], mine[i + 1]
        if slots.known[left] and slots.known[right]:
            continue
        length = append(work.text, 0, slots.chars[left, : slots.length[left]])
        length = append(work.text, length, slots.chars[right, : slots.length[right]])
        if length > LENGTH_MAX:
            continue
        token = find_whole(index, work.text[:length])
        if token >= 0:
            count = _add_posts(names, token, work, count)
            work.name_state[i] = work.name_state[i + 1] = JOINED
    return count


@inner
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


@inner
def _best_of_entries(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch,
    settings: Settings,
) -> int:  # fmt: skip
    """Score the candidates and leave the entries that reach the threshold in their place; return how many."""
    legal, threshold = work.asked[ASKED_LEGAL] == 1, work.asked[ASKED_SCORE]
    entries = 0
    for place in range(work.asked[ASKED_COUNT]):
        name = work.candidates[place]
        work.asked[ASKED_WEIGHT] = work.asked[ASKED_BASE]
        if legal != names.legal[name]:
            work.asked[ASKED_WEIGHT] += settings.legal_one
        elif legal:
            work.asked[ASKED_WEIGHT] -= settings.legal_both
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
    return entries


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
        work.asked[ASKED_BASE], work.asked[ASKED_LEGAL] = batch.demand[number], batch.legal[number]
        work.asked[ASKED_SCORE], work.asked[ASKED_COUNT] = threshold, count
        entries = _best_of_entries(slots, mine, names, index, work, settings)
        for place in range(entries):
            entry = work.candidates[place]
            if found < len(out):
                out[found, 0], out[found, 1], out[found, 2] = (
                    number, work.entry_name[entry], work.entry_score[entry],
                )  # fmt: skip
            found += 1
    return found
