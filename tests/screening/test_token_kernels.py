"""The look-up of tokens against a plain comparison with every listed one."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rapidfuzz.distance import OSA

from setfair.screening.index import token_index
from setfair.screening.name_arrays import Slots
from setfair.screening.slot_kernel import look_up
from setfair.screening.slots import empty_slots
from setfair.screening.token_kernels import EDIT, make_scratch


def letters_of(token: str) -> np.ndarray[tuple[int], np.dtype[np.uint8]]:
    return np.frombuffer(token.encode("ascii"), np.uint8).copy()


def changed(chance: Random, token: str, count: int) -> str:
    for _ in range(count):
        place = chance.randrange(len(token))
        letter = chance.choice(("", "a", "r", "to"))
        token = token[:place] + letter + token[place + 1 :] or token
    return token


def near_of(slots: Slots, slot: int) -> list[tuple[int, int]]:
    begin, end = int(slots.near_start[slot]), int(slots.near_end[slot])
    return list(zip(slots.near[begin:end].tolist(), slots.apart[begin:end].tolist(), strict=True))


@pytest.mark.parametrize("token", ["arzh", "mosul", "abcdef", "abcdefg", "abcdefgh", "abcdefghij"])
def test_neighbours_that_are_swapped_are_found(token: str) -> None:
    """Wherever in a token of four letters or more."""
    for place in range(len(token) - 1):
        listed = token[:place] + token[place + 1] + token[place] + token[place + 2 :]
        slots = empty_slots(1, 1 << 12)
        slots.length[0] = len(token)
        slots.chars[0, : len(token)] = letters_of(token)
        weight = np.full(1, 50, np.int32)
        words = {"rest": weight, "unknown_weight": 90, "letter_weight": 18}
        look_up(slots, 0, 1, 0, token_index([listed]), weight, make_scratch(1), **words)
        assert [number for number, _ in near_of(slots, 0)] == [0], listed


@given(
    st.lists(st.text("abcdort", min_size=3, max_size=11), min_size=1, max_size=30, unique=True),
    st.text("abcdort", min_size=3, max_size=11),
    st.randoms(use_true_random=False),
)
@settings(max_examples=100, deadline=None)
def test_near_tokens_are_found(listed: list[str], token: str, chance: Random) -> None:
    """Every listed token a letter away is found, two if it is long; the nearest first, none twice."""
    listed = sorted({*listed, *(changed(chance, token, count) for count in (0, 1, 1, 2, 2, 3))})
    index = token_index(listed)
    slots = empty_slots(1, 1 << 12)
    slots.length[0] = len(token)
    slots.chars[0, : len(token)] = letters_of(token)
    weight = np.full(len(listed), 50, np.int32)
    done, used = look_up(
        slots,
        0,
        1,
        0,
        index,
        weight,
        make_scratch(len(listed)),
        rest=weight,
        unknown_weight=90,
        letter_weight=18,
    )
    near = near_of(slots, 0)
    assert (done, used) == (1, int(slots.part_end[0]))
    assert near == sorted(near, key=lambda pair: (pair[1], pair[0]))
    assert len({number for number, _ in near}) == len(near)
    found = {listed[number]: apart for number, apart in near}
    assert (found.get(token) == 0) == (token in listed)
    for each in listed:
        shorter, far = min(len(each), len(token)), OSA.distance(each, token)
        if far == 0 or (far == 1 and shorter >= 4) or (far == 2 and shorter >= 8):
            assert found[each] <= EDIT * far
