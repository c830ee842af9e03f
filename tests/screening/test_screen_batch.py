"""Columns against a matcher: every row is clear or hits."""

from __future__ import annotations

import random
from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.codes import Screening
from setfair.screening.cache import CachedMatcher
from setfair.screening.gate import ListSet
from setfair.screening.match import ExactMatcher, Hit
from setfair.screening.screen_batch import screen_batch, screen_names
from tests.screening import samples

COLUMNS = ("debtor_name", "creditor_name", "other_names")


@pytest.fixture(scope="module")
def lists(tmp_path_factory: pytest.TempPathFactory) -> ListSet:
    """The example UN list."""
    return samples.load_example(tmp_path_factory.mktemp("lists"))


@pytest.fixture(scope="module")
def matcher(lists: ListSet) -> ExactMatcher:
    """The matcher over the example list."""
    return ExactMatcher(lists)


def batch(*rows: tuple[str, str, str]) -> pa.RecordBatch:
    columns = list(zip(*rows, strict=True)) if rows else [(), (), ()]
    return pa.RecordBatch.from_arrays(
        [pa.array(column, pa.string()) for column in columns], names=list(COLUMNS)
    )


def test_outcome_of_each_row(matcher: ExactMatcher) -> None:
    """A hit in any column holds its row, and only its row."""
    rows = batch(
        ("Fair Trader", "Good Buyer", ""),
        ("The Cobbler", "Good Buyer", ""),
        ("Fair Trader", "Glimmerfen Trading", ""),
        ("Fair Trader", "Good Buyer", "An Agent\r\nPelik Sorwan\nAnother"),
        ("", "", ""),
        ("The Cobbler", "The Cobbler", "Glimmerfen Trading\nThe Cobbler"),
    )
    result = screen_batch(rows, COLUMNS, matcher)
    clear, hit = int(Screening.CLEAR), int(Screening.HIT)
    assert result.outcome.dtype == np.uint8
    assert result.outcome.tolist() == [clear, hit, hit, hit, clear, hit]
    assert [(row, each.name, each.entry_id) for row, each in result.hits] == [
        (1, "The Cobbler", "900001"),
        (2, "Glimmerfen Trading", "900002"),
        (3, "Pelik Sorwan", "900001"),
        (5, "The Cobbler", "900001"),
        (5, "Glimmerfen Trading", "900002"),
    ]
    assert result.list_version == matcher.version


def test_line_break_does_not_hide_a_name(matcher: ExactMatcher) -> None:
    """In a column of one name a line break is white space."""
    result = screen_batch(batch(("The\nCobbler", "", "")), COLUMNS, matcher)
    assert result.outcome.tolist() == [int(Screening.HIT)]


def test_only_the_columns_named_are_screened(matcher: ExactMatcher) -> None:
    """A column that is not named has no say; one that is not there is an error, not a pass."""
    rows = batch(("Fair Trader", "The Cobbler", ""))
    assert screen_batch(rows, ("debtor_name",), matcher).hits == []
    with pytest.raises(KeyError):
        screen_batch(rows, ("ultimate_debtor_name",), matcher)


def test_empty_batch(matcher: ExactMatcher) -> None:
    """No rows, no outcomes."""
    result = screen_batch(batch(), COLUMNS, matcher)
    assert result.outcome.shape == (0,)
    assert result.hits == []


@pytest.mark.parametrize(
    "column",
    [
        pa.array(["x", None, "The Cobbler", "x", "The Cobbler"]),
        pa.array(["x", None, "The Cobbler", "x", "The Cobbler"], pa.large_string()),
        pa.array(["x", None, "The Cobbler", "x", "The Cobbler"]).dictionary_encode(),
        pa.DictionaryArray.from_arrays(
            [0, 1, 2, 0, 3], ["x", None, "The Cobbler", "The Cobbler", "Pelik Sorwan"]
        ),
        pa.array(["cut", "x", None, "The Cobbler", "x", "The Cobbler"]).slice(1),
        pa.chunked_array([["x"], [], [None, "The Cobbler"], ["x", "The Cobbler"]]),
        pa.chunked_array(
            [
                pa.array(["x", None]).dictionary_encode(),
                pa.array(["The Cobbler", "x", "The Cobbler"]).dictionary_encode(),
            ]
        ),
    ],
)
@pytest.mark.parametrize("several", [False, True])
def test_every_layout_of_a_column(matcher: ExactMatcher, column: pa.Array, several: bool) -> None:
    """Plain, large, dictionary encoded, sliced and chunked columns with nulls give the same answer."""
    screened = screen_names(column, matcher, several=several)
    assert screened.hit_mask.tolist() == [False, False, True, False, True]
    assert [row for row, _ in screened.hits] == [2, 4]


def test_column_without_chunks(matcher: ExactMatcher) -> None:
    """A chunked column may have no chunk at all."""
    screened = screen_names(pa.chunked_array([], pa.string()), matcher)
    assert screened.hit_mask.shape == (0,)


def test_a_distinct_name_is_decided_once(matcher: ExactMatcher) -> None:
    """However many rows carry a name, the matcher sees it once per column."""

    class Noting:
        version = "v"

        def __init__(self) -> None:
            self.asked: list[str] = []

        def match(self, names: Sequence[str]) -> list[Hit]:
            self.asked += names
            return matcher.match(names)

    noting = Noting()
    screen_names(pa.array(["a", "b", "a", "a", "b"]), noting)
    assert sorted(noting.asked) == ["a", "b"]


def test_random_batches_agree_with_obvious_loops(lists: ListSet, matcher: ExactMatcher) -> None:
    """Thousands of rows, with and without the cache, agree with one name at a time."""
    rng = random.Random(11)
    listed = [name.text for entry in lists.lists[0].entries[:40] for name in entry.names]
    pool = [*listed, *(f"Customer {number}" for number in range(300)), "", " ", "★"]
    cached = CachedMatcher(matcher, names_max=100)
    for _ in range(10):
        rows = [
            (rng.choice(pool), rng.choice(pool), "\n".join(rng.choices(pool, k=rng.randrange(4))))
            for _ in range(300)
        ]
        expected = [
            int(Screening.HIT if matcher.match([debtor, creditor, *others.split("\n")]) else Screening.CLEAR)
            for debtor, creditor, others in rows
        ]
        plain, remembered = (screen_batch(batch(*rows), COLUMNS, each) for each in (matcher, cached))
        assert plain.outcome.tolist() == expected
        assert remembered.outcome.tolist() == expected
        assert remembered.hits == plain.hits
        assert {row for row, _ in plain.hits} == {
            row for row, code in enumerate(expected) if code == Screening.HIT
        }
