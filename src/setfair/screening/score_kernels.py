"""Kernels that make points of what was tallied of two names; see `Settings`."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.kernel import inlined
from setfair.screening.name_arrays import (
    ABOUT_LEGAL,
    ABOUT_SYLLABIC,
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
)


@inlined
def points_about(work: NameScratch, names: NameIndex, name: int, settings: Settings) -> int:
    """Return the points for what is known of two names whatever their tokens are."""
    points = settings.syllabic if work.about[ABOUT_SYLLABIC] else 0
    if work.about[ABOUT_LEGAL] and names.legal[name]:
        points += settings.legal_both
    elif work.about[ABOUT_LEGAL] or names.legal[name]:
        points += settings.legal_one
    return points


@inlined
def points_of(tally: NDArray[np.int64], settings: Settings) -> int:
    """Return thousandths of points: of the odds that such an agreement is no chance, see `Settings`."""
    matched = tally[TALLY_MATCHED]
    points = settings.base
    points += settings.matched_first * min(matched, settings.first)
    points += settings.matched_second * max(0, min(matched, settings.second) - settings.first)
    points += settings.changed * tally[TALLY_CHANGED] + settings.known * tally[TALLY_KNOWN]
    points += settings.missing * min(tally[TALLY_MISSING], settings.left_over_max)
    points += settings.extra * min(tally[TALLY_EXTRA], settings.left_over_max)
    points += settings.initials * tally[TALLY_INITIALS]
    points += settings.listed_initials * tally[TALLY_LISTED_INITIALS]
    points += settings.elsewhere * tally[TALLY_ELSEWHERE]
    points += settings.accounted * tally[TALLY_ACCOUNTED]
    points += settings.given * tally[TALLY_GIVEN] + settings.like * tally[TALLY_LIKE]
    points += settings.begins * tally[TALLY_BEGINS]
    points += settings.turned * min(tally[TALLY_TURNED], 3)
    points += settings.uncommon * min(tally[TALLY_UNCOMMON], 2) + settings.ends * tally[TALLY_ENDS]
    points += settings.consonants * tally[TALLY_CONSONANTS] + settings.left * tally[TALLY_LEFT]
    points += settings.common_left * tally[TALLY_COMMON_LEFT]
    points += settings.near_elsewhere * tally[TALLY_NEAR_ELSEWHERE]
    if tally[TALLY_WHOLE] and not tally[TALLY_SAME]:
        points += settings.none_same
    points += settings.covered * matched // max(1, matched + tally[TALLY_MISSING] + tally[TALLY_EXTRA])
    pairs = tally[TALLY_PAIRS]
    if pairs and tally[TALLY_INITIALS] >= 2 and tally[TALLY_MISSING] + tally[TALLY_EXTRA] == 0:
        points += settings.initials_all
    if pairs >= 2:
        points += settings.second_pair
    elif pairs == 1:
        points += settings.one_changed if tally[TALLY_CHANGED] else 0
        points += settings.same_too if tally[TALLY_SAME] >= 2 else 0
    if pairs and tally[TALLY_COMMON] == pairs:
        points += settings.all_common
    return int(points)
