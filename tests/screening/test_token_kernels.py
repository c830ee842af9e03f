"""Kernels over tokens against plain ones: how many letters differ, and what is found near a token."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from setfair.screening.index import token_index
from setfair.screening.name_arrays import Slots
from setfair.screening.slot_kernel import look_up
from setfair.screening.slots import empty_slots
from setfair.screening.token_kernels import EDIT, LENGTH_MAX, edits, make_scratch

TOKENS = st.text("abci", min_size=1, max_size=LENGTH_MAX)


def letters_of(token: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(token.encode("ascii"), np.uint8).copy()


def places_of(token: str) -> np.ndarray[tuple[int], np.dtype[np.uint64]]:
    places = np.zeros(128, np.uint64)
    for place, letter in enumerate(token.encode("ascii")):
        places[letter] |= np.uint64(1 << place)
    return places


@given(TOKENS, TOKENS)
@settings(max_examples=300, deadline=None)
def test_edits_are_those_of_a_plain_table(left: str, right: str) -> None:
    """The column at once counts what optimal string alignment counts."""
    assert edits(places_of(left), len(left), letters_of(right)) == OSA.distance(left, right)


def near_of(slots: Slots, slot: int) -> list[tuple[int, int]]:
    begin, end = int(slots.near_start[slot]), int(slots.near_end[slot])
    return list(zip(slots.near[begin:end].tolist(), slots.apart[begin:end].tolist(), strict=True))


@given(
    st.lists(st.text("abcdort", min_size=3, max_size=9), min_size=1, max_size=30, unique=True),
    st.text("abcdort", min_size=3, max_size=9),
)
@settings(max_examples=100, deadline=None)
def test_near_tokens_are_found(listed: list[str], token: str) -> None:
    """The token itself and every listed one a letter away are found, the nearest first, none twice."""
    listed = sorted(listed)
    index = token_index(listed)
    slots = empty_slots(1, 1 << 12)
    slots.length[0] = len(token)
    slots.chars[0, : len(token)] = letters_of(token)
    weight = np.full(len(listed), 50, np.int32)
    done, used = look_up(
        slots, 0, 1, 0, index, weight, make_scratch(len(listed)), unknown_weight=90, letter_weight=18
    )
    near = near_of(slots, 0)
    assert (done, used) == (1, int(slots.part_end[0]))
    assert near == sorted(near, key=lambda pair: (pair[1], pair[0]))
    assert len({number for number, _ in near}) == len(near)
    found = {listed[number]: apart for number, apart in near}
    assert (found.get(token) == 0) == (token in listed)
    close = [each for each in listed if OSA.distance(each, token) == 1 and min(len(each), len(token)) >= 4]
    assert all(0 < found[each] <= EDIT for each in close)
