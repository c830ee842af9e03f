"""The decision cache: asks once, remembers both outcomes, stays within its bound."""

from __future__ import annotations

from collections.abc import Sequence

from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.screening.cache import LENGTH_MAX, CachedMatcher
from setfair.screening.match import Hit


class CountingMatcher:
    """Hits every name that starts with ``bad``, twice; notes what it was asked."""

    version = "v1"

    def __init__(self) -> None:
        self.asked: list[str] = []

    def match(self, names: Sequence[str]) -> list[Hit]:
        self.asked += names
        return [
            Hit(name, "UN", entry, name, 100, "", "") for name in names if name[:3] == "bad" for entry in "12"
        ]


def test_a_name_is_asked_once() -> None:
    """Clear names and hits are both remembered."""
    behind = CountingMatcher()
    cached = CachedMatcher(behind)
    first = cached.match(["a", "bad b", "a", "c"])
    second = cached.match(["c", "bad b", "a"])
    assert behind.asked == ["a", "bad b", "c"]
    assert [(hit.name, hit.entry_id) for hit in first] == [("bad b", "1"), ("bad b", "2")]
    assert second == first
    assert cached.version == "v1"


def test_spelling_is_part_of_the_key() -> None:
    """Another string is another decision, however alike."""
    behind = CountingMatcher()
    cached = CachedMatcher(behind)
    cached.match(["bad", "BAD", " bad"])
    assert behind.asked == ["bad", "BAD", " bad"]


def test_long_name_is_decided_but_not_remembered() -> None:
    """A name longer than any message allows gets its answer each time and takes no memory."""
    behind = CountingMatcher()
    cached = CachedMatcher(behind)
    for _ in range(2):
        assert len(cached.match(["bad" + "x" * LENGTH_MAX, "x" * LENGTH_MAX, "y" + "x" * LENGTH_MAX])) == 2
    assert len(cached) == 1
    assert len(behind.asked) == 5


def test_memory_is_bounded_and_keeps_what_is_used() -> None:
    """Never more than the maximum after a call; a name in steady use is not asked again."""
    behind = CountingMatcher()
    cached = CachedMatcher(behind, names_max=10)
    for number in range(100):
        assert len(cached.match(["regular", "bad regular", f"passing {number}"])) == 2
        assert len(cached) <= 10
    assert behind.asked.count("regular") == 1
    assert behind.asked.count("bad regular") == 1


@given(
    st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "bad a", "bad b", "bad c"]), max_size=6)),
    st.integers(1, 9),
)
@settings(max_examples=200, deadline=None)
def test_cached_answers_are_those_of_the_matcher(calls: list[list[str]], names_max: int) -> None:
    """Whatever was asked before and however small the memory, the answer is the same."""
    cached = CachedMatcher(CountingMatcher(), names_max)
    for names in calls:
        assert cached.match(names) == CountingMatcher().match(names)
