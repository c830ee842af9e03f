"""Texts that were seen: found by value, never by their hash alone, in two bounded generations."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.screening.seen_kernels import LENGTH_MAX, SEEN, UNSEEN, SeenTable, add_seen, find_seen
from setfair.screening.seen_texts import SeenTexts

TEXTS = st.lists(
    st.text(max_size=20) | st.sampled_from(["", "a", "ab", "Harbour1", "Harbour12", "Harbour Works 7", "\0"])
)


def texts_of(texts: list[str]) -> pa.StringArray:
    return pa.array(["before", *texts, "behind"], pa.string())[1:-1]


@given(st.lists(TEXTS, max_size=8))
@settings(max_examples=150, deadline=None)
def test_is_a_set_of_texts(calls: list[list[str]]) -> None:
    """A text is seen if it was added, byte for byte, wherever it stands in a column."""
    seen, plain = SeenTexts(), set[str]()
    for texts in calls:
        column = texts_of(texts)
        unseen = [place for place, text in enumerate(texts) if text not in plain]
        assert seen.unseen(column).tolist() == unseen
        seen.add(column, np.array(unseen[::2], np.int64))
        plain |= {texts[place] for place in unseen[::2]}
        assert len(seen) == len(plain)


def test_thousands_of_texts_are_told_apart() -> None:
    """The table grows without losing or inventing a text."""
    added = pa.array([f"Harbour Ceramics {number:06d}" for number in range(30_000)])
    others = pa.array([f"Harbour Ceramics {number:06d}" for number in range(30_000, 60_000)])
    seen = SeenTexts()
    seen.add(added)
    assert len(seen.unseen(added)) == 0
    assert len(seen.unseen(others)) == 30_000
    assert len(seen) == 30_000


@pytest.mark.parametrize(("text", "other"), [("Harbour Works", "Marbour Works"), ("abc", "abd")])
def test_an_equal_hash_is_not_an_equal_text(text: str, other: str) -> None:
    """What is there under the same hash, but with another byte, is another text."""
    data, offsets = np.frombuffer(text.encode(), np.uint8), np.array([0, len(text)], np.int32)
    offsets.flags.writeable = False
    table = SeenTable(
        np.zeros(16, np.uint64), np.zeros(8, np.uint64), np.zeros(9, np.int64), np.zeros(64, np.uint8),
        np.zeros(1, np.int64), np.array([7], np.uint64),
    )  # fmt: skip
    add_seen(data, offsets, np.zeros(1, np.int64), table)
    state = np.zeros(1, np.uint8)
    assert find_seen(data, offsets, table, table, state) == (0, 0)
    assert state[0] == SEEN
    table.data[: len(other)] = np.frombuffer(other.encode(), np.uint8)
    assert find_seen(data, offsets, table, table, state) == (1, 0)
    assert state[0] == UNSEEN


def test_what_is_used_outlives_what_is_not() -> None:
    """A text that is seen again moves to the young generation; others are forgotten with the old one."""
    seen = SeenTexts(generation_max=10)
    regular = pa.array(["regular"])
    seen.add(regular)
    for number in range(100):
        seen.add(pa.array([f"passing {number}"]))
        assert len(seen.unseen(regular)) == 0
        assert len(seen) <= 20
    assert len(seen.unseen(pa.array(["passing 3"]))) == 1


def test_a_long_text_takes_no_memory() -> None:
    """A text that is longer than any name in a message is asked about each time."""
    seen = SeenTexts()
    column = pa.array(["x" * LENGTH_MAX, "x" * (LENGTH_MAX + 1)])
    seen.add(column)
    assert seen.unseen(column).tolist() == [1]
    assert len(seen) == 1
