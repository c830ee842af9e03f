"""Kernels over names: which listed names share enough with a name, and how well each fits.

Rules
-----
1. Only listed names that share a near token are compared, found from the token on that says most: when what
   is left of the name could not carry a hit, its tokens find nothing more.
2. What the near tokens of a listed name could make together, at the best, must reach the threshold.
3. Tokens are paired one to one, the pair that weighs most first. Then, of what is left: initials, tokens that
   are written together or apart, a last token that is cut off.
4. The score is the logarithm of odds, see `Settings`: the weight of the pairs speaks for it; changed letters,
   what is left over on both sides and another order against it.

Compiled once and kept on disk: about 5 s at the first use after an installation.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined, inner, kernel
from setfair.screening.name_arrays import (
    ABOUT_LEGAL,
    ABOUT_SYLLABIC,
    CANDIDATES_MAX,
    TALLY_ACCOUNTED,
    TALLY_BEGINS,
    TALLY_CHANGED,
    TALLY_ELSEWHERE,
    TALLY_ENDS,
    TALLY_EXTRA,
    TALLY_MATCHED,
    TALLY_MISSING,
    TALLY_PAIRS,
    TALLY_SAME,
    TALLY_UNCOMMON,
    TALLY_WHOLE,
    NameBatch,
    NameIndex,
    NameScratch,
    Settings,
    Slots,
)
from setfair.screening.pair_kernels import (
    append,
    begin_of,
    is_initial,
    is_same,
    mark_of,
    score_name,
    wanted_of,
)
from setfair.screening.score_kernels import points_about, points_of
from setfair.screening.token_kernels import LENGTH_MAX, TokenIndex, find_whole

STAMP_MAX = (1 << 31) - 1
"""Names that are compared in one scratch before it is cleared."""


@inlined
def gain_of(weight: int, changed: int) -> np.int64:
    """Return what a near token adds to a listed name: its weight, a count of one, and what is changed."""
    return (np.int64(weight) << np.int64(44)) | (np.int64(1) << np.int64(32)) | np.int64(changed)


@kernel
def mark_names(names: NameIndex, index: TokenIndex) -> None:
    """Fill `marks`, `begins`, `total` and `entry_marks`."""
    for name in range(len(names.start) - 1):
        for place in range(names.start[name], names.start[name + 1]):
            token = names.tokens[place]
            at = index.start[token]
            names.marks[name] |= mark_of(token)
            names.begins[name] |= begin_of(index.chars[at], index.start[token + 1] - at)
            names.total[name] += names.rest[token]
    for entry in range(len(names.entry_start) - 1):
        for place in range(names.entry_start[entry], names.entry_start[entry + 1]):
            names.entry_marks[entry] |= mark_of(names.entry_tokens[place])


@inner
def _begun(slots: Slots, slot: int, is_last: bool, listed: NDArray[np.int32], index: TokenIndex) -> int:
    """Return the listed token of which a token may be the initial or, as the last, what was left; or -1."""
    length = slots.length[slot]
    for token in listed:
        at = index.start[token]
        size = index.start[token + 1] - at
        if is_initial(slots.chars[slot, 0], length, index.chars[at], size):
            return int(token)
        if index.chars[at] != slots.chars[slot, 0]:
            continue
        same = is_last and size > length
        for place in range(1, length if same else 0):
            same = same and index.chars[at + place] == slots.chars[slot, place]
        if same:
            return int(token)
    return -1


@inlined
def _may_be_same(slots: Slots, slot: int) -> bool:
    """Return whether a listed token is the very same as that of a slot."""
    at = slots.near_start[slot]
    return bool(at < slots.near_end[slot] and slots.apart[at] == 0)


@inner
def _cannot_fit(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, name: int, index: TokenIndex,
    work: NameScratch, settings: Settings,
) -> bool:  # fmt: skip
    """Return whether a listed name is out of reach, from what touches it and how its tokens begin."""
    gathered, touched, bound = work.gathered[name, 0], work.gathered[name, 1], work.bound
    matched, pairs = gathered >> np.int64(44), (gathered >> np.int64(32)) & np.int64(4095)
    listed = names.tokens[names.start[name] : names.start[name + 1]]
    extra, begun, passed = 0, 0, work.asked[1]
    letters, near = 0, touched & np.int64(0xFFFFFFFF)
    bound[:] = 0
    for i in range(len(mine)):
        slot = mine[i]
        bit = np.int64(1) << np.int64(i)
        if touched & bit:
            continue
        if not passed & bit and slots.marks[slot] & names.marks[name]:
            matched, pairs, near = matched + slots.weight_most[slot], pairs + 1, near | bit
            continue
        token = -1
        if names.begins[name] & work.wanted[i]:
            token = _begun(slots, slot, i == len(mine) - 1, listed, index)
        if token < 0:
            extra += slots.weight[slot]
        else:
            pairs += 1
            matched += max(settings.initial_weight, settings.cut_letter_weight * slots.length[slot])
            begun += names.rest[token]
            letters += slots.length[slot] == 1
    bound[TALLY_MATCHED], bound[TALLY_PAIRS], bound[TALLY_EXTRA] = matched, pairs, extra
    uncommon = near & work.asked[4]
    bound[TALLY_UNCOMMON] = (uncommon != 0) + (uncommon & (uncommon - 1) != 0)
    bound[TALLY_SAME], bound[TALLY_WHOLE] = near & work.asked[5] != 0, work.asked[3]
    starts = slots.marks[mine[0]] & mark_of(listed[0]) != 0
    bound[TALLY_ENDS] = starts and slots.marks[mine[-1]] & mark_of(listed[-1]) != 0
    bound[TALLY_CHANGED] = gathered & np.int64(0xFFFFFFFF)
    bound[TALLY_ELSEWHERE] = bound[TALLY_ACCOUNTED] = extra > 0
    starts |= slots.length[mine[0]] == 1 or index.start[listed[0] + 1] - index.start[listed[0]] == 1
    bound[TALLY_BEGINS] = starts and extra == 0 and 1 < len(mine) <= len(listed)
    bound[TALLY_MISSING] = max(0, names.total[name] - matched - begun)
    if matched < settings.least_weight:
        return True
    points = points_of(bound, settings) + points_about(work, names, name, settings)
    points += settings.initials_all if letters >= 2 else 0
    return bool(points < 1000 * work.asked[0])


@inlined
def _add_posts(
    names: NameIndex, token: int, gain: np.int64, bit: np.int64, work: NameScratch, count: int
) -> int:
    """Let a token touch the listed names that have it; return how many candidates there are now."""
    for post in range(names.post_start[token], names.post_start[token + 1]):
        name = names.posts[post]
        touched = work.gathered[name, 1]
        if touched >> np.int64(32) != work.stamp[0]:
            if count < CANDIDATES_MAX:
                work.gathered[name, 0] = gain
                work.gathered[name, 1] = work.stamp[0] << np.int64(32) | bit
                work.candidates[count] = name
                count += 1
        elif touched & bit:
            # a nearer token of the same place came first
            work.gathered[name, 0] += gain & ~np.int64(0xFFFFFFFF)
        else:
            work.gathered[name, 0] += gain
            work.gathered[name, 1] = touched | bit
    return count


@inner
def _add_joined(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch
) -> int:
    """Let two neighbours that make a listed token together touch the names that have it."""
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
            bits = np.int64(3) << np.int64(i)
            count = _add_posts(names, token, gain_of(names.weight[token], 0), bits, work, count)
    return count


@inner
def _order(slots: Slots, mine: NDArray[np.int32], work: NameScratch) -> int:
    """Put the tokens in order, what says most first; return the most that all say together."""
    total = 0
    for i in range(len(mine)):
        place, weight = i, slots.weight_most[mine[i]]
        while place > 0 and slots.weight_most[mine[work.order[place - 1]]] < weight:
            work.order[place] = work.order[place - 1]
            place -= 1
        work.order[place] = i
        total += weight
    return total


@inner
def _rest_cannot_fit(
    slots: Slots, mine: NDArray[np.int32], work: NameScratch, settings: Settings, left: int, passed: int,
    place: int,
) -> bool:  # fmt: skip
    """Return whether no listed name is in reach that has only the tokens from a place in the order on."""
    bound, tokens, uncommon, same, letters = work.bound, len(mine) - place, 0, 0, 0
    for later in range(place, len(mine)):
        i = work.order[later]
        uncommon += work.asked[4] >> np.int64(i) & np.int64(1)
        same += work.asked[5] >> np.int64(i) & np.int64(1)
        letters += slots.length[mine[i]] == 1
    both = np.int64(1) | np.int64(1) << np.int64(len(mine) - 1)
    bound[:] = 0
    bound[TALLY_MATCHED], bound[TALLY_EXTRA] = left + 2 * settings.initial_weight, passed
    bound[TALLY_PAIRS], bound[TALLY_BEGINS] = tokens, passed == 0
    bound[TALLY_UNCOMMON], bound[TALLY_ENDS] = uncommon, work.asked[1] & both == 0
    bound[TALLY_SAME], bound[TALLY_WHOLE] = same, work.asked[3]
    bound[TALLY_ELSEWHERE] = bound[TALLY_ACCOUNTED] = passed > 0
    if bound[TALLY_MATCHED] < settings.least_weight:
        return True
    points = points_of(bound, settings) + max(0, settings.legal_one)
    points += settings.initials_all if letters >= 2 else 0
    if work.about[ABOUT_LEGAL]:
        points += max(0, settings.legal_both)
    return bool(points < 1000 * work.asked[0])


@inner
def _candidates(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch,
    settings: Settings,
) -> int:  # fmt: skip
    """Write the listed names that may fit; return how many."""
    count = _add_joined(slots, mine, names, index, work)
    left, passed = _order(slots, mine, work), 0
    work.asked[1], work.asked[3], work.asked[4], work.asked[5] = 0, count == 0, 0, 0
    for i in range(len(mine)):
        slot = mine[i]
        work.asked[3] &= slots.part_end[slot] == slots.near_end[slot]
        work.asked[4] |= np.int64(not slots.common[slot]) << np.int64(i)
        work.asked[5] |= np.int64(_may_be_same(slots, slot)) << np.int64(i)
    for place in range(len(mine)):
        i = work.order[place]
        slot = mine[i]
        if _rest_cannot_fit(slots, mine, work, settings, left, passed, place):
            break
        left -= slots.weight_most[slot]
        if slots.length[slot] > 1 and i < len(mine) - 1:
            passed += slots.weight[slot]
        bit = np.int64(1) << np.int64(i)
        work.asked[1] |= bit
        for near in range(slots.near_start[slot], slots.part_end[slot]):
            count = _add_posts(names, slots.near[near], slots.gain[near], bit, work, count)
    return count


@inner
def _best_of_entries(
    slots: Slots, mine: NDArray[np.int32], names: NameIndex, index: TokenIndex, work: NameScratch,
    settings: Settings, count: int,
) -> int:  # fmt: skip
    """Score the candidates and leave the entries that reach the threshold in their place; return how many."""
    entries, threshold = 0, work.asked[0]
    for i in range(len(mine)):
        slot = mine[i]
        work.wanted[i] = wanted_of(slots.chars[slot, 0], slots.length[slot], i == len(mine) - 1)
    for place in range(count):
        name = work.candidates[place]
        if _cannot_fit(slots, mine, names, name, index, work, settings):
            continue
        score = score_name(slots, mine, names, name, index, work, settings)
        if names.low[name] and not (len(mine) > 1 and is_same(names, name, len(mine), work)):
            score = min(score, work.asked[2])
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


@inlined
def _next(work: NameScratch) -> None:
    """Let the scratch be for the next name; nothing of the names before is left in it after `STAMP_MAX`."""
    if work.stamp[0] == STAMP_MAX:
        work.stamp[0] = 0
        work.gathered[:] = 0
        work.entry_seen[:] = 0
    work.stamp[0] += 1


@kernel
def match_names(
    slots: Slots, batch: NameBatch, names: NameIndex, index: TokenIndex, work: NameScratch,
    settings: Settings, *, threshold: int, low_max: int, out: NDArray[np.int32],
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
    low_max
        The most that a listed name of low quality has: so it hides no other name of its entry that has more.
    out
        int32, shape (hits, 3), filled here: name, listed name, score; for each name and entry the listed name
        that fits best.

    Returns
    -------
    int
        How many hits there are; more than fit into `out`: call again with a longer one.
    """
    work.asked[0], work.asked[2] = threshold, low_max
    found = 0
    for number in range(len(batch.start) - 1):
        mine = batch.slots[batch.start[number] : batch.start[number + 1]]
        if len(mine) == 0:
            continue
        _next(work)
        work.about[ABOUT_LEGAL], work.about[ABOUT_SYLLABIC] = batch.legal[number], batch.syllabic[number]
        count = _candidates(slots, mine, names, index, work, settings)
        entries = _best_of_entries(slots, mine, names, index, work, settings, count)
        for place in range(entries):
            entry = work.candidates[place]
            if found < len(out):
                out[found, 0], out[found, 1], out[found, 2] = (
                    number, work.entry_name[entry], work.entry_score[entry],
                )  # fmt: skip
            found += 1
    return found
