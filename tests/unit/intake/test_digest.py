"""Identities and digests: the same for the same, different for the different."""

from __future__ import annotations

import hashlib
from uuid import UUID

import numpy as np
import pyarrow as pa
from hypothesis import given
from hypothesis import strategies as st

from setfair.domain.identity import identity_of
from setfair.intake.digest import identities_of_uetrs, mix_text, mix_words

texts = st.lists(st.text(max_size=20), min_size=1, max_size=8)


def digests_of(*columns: pa.Array) -> list[int]:
    """Return the digest of each row of some text columns."""
    digests = np.zeros(len(columns[0]), np.uint64)
    for column in columns:
        mix_text(digests, column)
    return digests.tolist()


def test_an_identity_is_sixteen_bytes_of_a_hash() -> None:
    """BLAKE2b over every part with its length before it."""
    raw = b"".join(len(part).to_bytes(4, "little") + part for part in (b"payment", "Ké".encode(), b"7"))
    digest = hashlib.blake2b(raw, digest_size=16).digest()
    high, low = identity_of("payment", "Ké", "7")
    assert (high << 64 | low) == int.from_bytes(digest, "big")


@given(st.lists(st.text(max_size=5), max_size=4), st.lists(st.text(max_size=5), max_size=4))
def test_only_the_same_parts_have_the_same_identity(one: list[str], other: list[str]) -> None:
    """Moving a character from one part to its neighbour makes another identity."""
    assert (identity_of(*one) == identity_of(*other)) == (one == other)


@given(texts, texts)
def test_digests_tell_texts_apart(one: list[str], other: list[str]) -> None:
    """Equal rows have equal digests, and rows that differ in anything have others."""
    count = min(len(one), len(other))
    first, second = digests_of(pa.array(one[:count])), digests_of(pa.array(other[:count]))
    for row in range(count):
        assert (first[row] == second[row]) == (one[row] == other[row])


@given(texts, st.integers(0, 3))
def test_a_row_has_its_digest_wherever_it_stands(words: list[str], skipped: int) -> None:
    """A slice of a column gives the digests of that slice."""
    column = pa.array(words, pa.string())
    assert digests_of(column.slice(skipped)) == digests_of(column)[skipped:]


def test_characters_do_not_move_between_columns() -> None:
    """The end of a text counts, and so do the empty one and the order of the columns."""
    rows = [("ab", ""), ("a", "b"), ("", "ab"), ("", ""), ("\0", "")]
    digests = digests_of(*(pa.array(column) for column in zip(*rows, strict=True)))
    assert len(set(digests)) == len(rows)


@given(st.lists(st.integers(0, 2**64 - 1), min_size=2, max_size=2, unique=True))
def test_words_are_told_apart(words: list[int]) -> None:
    """Every bit of a number counts."""
    digests = np.zeros(2, np.uint64)
    mix_words(digests, np.array(words, np.uint64))
    assert digests[0] != digests[1]


def test_no_rows_are_no_work() -> None:
    """An empty column is mixed into no digest."""
    assert digests_of(pa.array([], pa.string())) == []


@given(st.lists(st.one_of(st.none(), st.uuids()), max_size=9), st.integers(0, 4))
def test_a_uetr_is_its_own_identity(uetrs: list[UUID | None], skipped: int) -> None:
    """Two halves, high first; nothing is zero; a slice is only the slice."""
    column = pa.array([uetr and uetr.bytes for uetr in uetrs], pa.binary(16)).slice(skipped)
    high, low = identities_of_uetrs(column)
    expected = [uetr.int if uetr else 0 for uetr in uetrs[skipped:]]
    assert [(int(h) << 64) | int(lo) for h, lo in zip(high, low, strict=True)] == expected
