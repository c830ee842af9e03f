"""The columns of a batch against a matcher.

Rules
-----
1. A row hits if any of its names hits; otherwise it is clear. There is no third outcome: what cannot be
   decided raises, and nothing of the batch goes on.
2. `MULTIPLE_NAME_COLUMNS` hold several names, one a line; in every other column a line break is white space,
   so that nobody hides a name by breaking it.
3. An empty or missing name is clear here; that names are there is checked where they are read.
4. Each distinct name is decided once per column, whatever number of rows carries it; what a `CachedMatcher`
   knows to be clear is passed over by value, a whole column at once.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.codes import Screening
from setfair.screening.cache import CachedMatcher
from setfair.screening.match import Hit, Matcher

MULTIPLE_NAME_COLUMNS = frozenset(("other_names",))
"""Columns that hold several names, one a line."""


@dataclass(frozen=True, slots=True)
class ColumnScreening:
    """What a matcher says of one column."""

    hit_mask: npt.NDArray[np.bool_]
    """Shape (rows,): whether a name of the row hits."""
    hits: list[tuple[int, Hit]]
    """Row and hit, in the order of rows."""


@dataclass(frozen=True, slots=True)
class ScreeningResult:
    """What a matcher says of a batch."""

    outcome: npt.NDArray[np.uint8]
    """Shape (rows,): `Screening.CLEAR` or `Screening.HIT`."""
    hits: list[tuple[int, Hit]]
    """Row and hit, in the order of rows and, within a row, of columns; each once."""
    list_version: str
    """The lists and settings by which it was decided."""
    passed: tuple[tuple[int, int], ...] = ()
    """Row and number of each good-guy pair that passed a hit."""


def screen_batch(rows: pa.RecordBatch, name_columns: Sequence[str], matcher: Matcher) -> ScreeningResult:
    """Screen every name of a batch.

    Parameters
    ----------
    rows
        Any number of rows.
    name_columns
        Columns of text to screen; those of `MULTIPLE_NAME_COLUMNS` hold several names.
    matcher
        The lists in force; pass a `CachedMatcher` where names come again.
    """
    mask = np.zeros(rows.num_rows, np.bool_)
    found: dict[tuple[int, Hit], None] = {}
    for column in name_columns:
        screened = screen_names(rows.column(column), matcher, several=column in MULTIPLE_NAME_COLUMNS)
        mask |= screened.hit_mask
        found |= dict.fromkeys(screened.hits)
    outcome = np.where(mask, np.uint8(Screening.HIT), np.uint8(Screening.CLEAR))
    return ScreeningResult(outcome, sorted(found, key=lambda pair: pair[0]), matcher.version)


def screen_names(
    column: pa.Array | pa.ChunkedArray, matcher: Matcher, *, several: bool = False
) -> ColumnScreening:
    """Screen the names of one column.

    Parameters
    ----------
    column
        Text, plain or dictionary encoded; null is no name.
    matcher
        The lists in force.
    several
        Whether a value holds several names, one a line.
    """
    if not isinstance(matcher, CachedMatcher):
        return _screen_column(column, matcher, several)
    texts = _plain(column)
    rows = matcher.rows_to_ask(texts, several=several)
    hit_mask = np.zeros(len(texts), np.bool_)
    if not len(rows):
        return ColumnScreening(hit_mask, [])
    asked = _screen_column(texts.take(pa.array(rows)), matcher, several)
    hit_mask[rows[asked.hit_mask]] = True
    if several:
        matcher.keep_clear_lines(texts, rows[~asked.hit_mask])
    return ColumnScreening(hit_mask, [(int(rows[place]), hit) for place, hit in asked.hits])


def _plain(column: pa.Array | pa.ChunkedArray) -> pa.StringArray:
    """Return a column as text without nulls, which are no names as empty texts are."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    if column.type != pa.string():
        column = column.cast(pa.string())
    return column.fill_null("") if column.null_count else column


def _screen_column(column: pa.Array | pa.ChunkedArray, matcher: Matcher, several: bool) -> ColumnScreening:
    values, indices = distinct_values(column)
    by_value = _hits_of_values(values, matcher, several)
    if not by_value:
        return ColumnScreening(np.zeros(len(indices), np.bool_), [])
    value_mask = np.zeros(len(values) + 1, np.bool_)
    value_mask[list(by_value)] = True
    hit_mask: npt.NDArray[np.bool_] = value_mask[indices]
    hits = [(int(row), hit) for row in np.flatnonzero(hit_mask) for hit in by_value[int(indices[row])]]
    return ColumnScreening(hit_mask, hits)


def distinct_values(column: pa.Array | pa.ChunkedArray) -> tuple[pa.Array, npt.NDArray[np.int64]]:
    """Return the distinct values and the index of each row's value; null has the index after the last."""
    if isinstance(column, pa.ChunkedArray):
        column = column.combine_chunks()
    encoded = column if pa.types.is_dictionary(column.type) else column.dictionary_encode()
    indices = encoded.indices
    if indices.null_count:
        indices = indices.fill_null(len(encoded.dictionary))
    return encoded.dictionary, indices.to_numpy(zero_copy_only=False)


def _hits_of_values(values: pa.Array, matcher: Matcher, several: bool) -> dict[int, list[Hit]]:
    """Return the hits by index of the value; a value without hits is not in it."""
    parents: npt.NDArray[np.int64] | None = None
    if several:
        lines = pc.split_pattern(values, "\n")
        parents = pc.list_parent_indices(lines).to_numpy(zero_copy_only=False)
        values = pc.list_flatten(lines)
    names: list[str] = ["" if name is None else name for name in values.to_pylist()]
    hits_of_name: dict[str, list[Hit]] = {}
    for hit in dict.fromkeys(matcher.match(names)):
        hits_of_name.setdefault(hit.name, []).append(hit)
    by_value: dict[int, list[Hit]] = {}
    if hits_of_name:
        for position, name in enumerate(names):
            if name in hits_of_name:
                index = position if parents is None else int(parents[position])
                by_value.setdefault(index, []).extend(hits_of_name[name])
    return by_value
