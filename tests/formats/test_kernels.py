"""The kernels over text columns do what their plain twins do, for any text."""

from __future__ import annotations

import uuid

import numpy as np
import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.domain.codes import Reason
from setfair.domain.money import AMOUNT_MAX_MINOR
from setfair.formats import columns, kernels
from tests.reference import text_kernels as twin

_NEARLY_AMOUNTS = st.text(alphabet="0123456789.+- \t\u00a0eE,\u0663", max_size=24)
_PLAIN_AMOUNTS = st.from_regex(r"\A\+?0{0,3}[0-9]{0,20}(\.[0-9]{0,6}0{0,4})?\Z")
_AMOUNTS = _PLAIN_AMOUNTS | _NEARLY_AMOUNTS | st.text(max_size=5)
_UUIDS = st.uuids(version=4).map(str) | st.uuids().map(str)
_NEARLY_UUIDS = st.tuples(_UUIDS, st.integers(0, 35), st.sampled_from("0gG-Ff\u00e9 ")).map(
    lambda parts: parts[0][: parts[1]] + parts[2] + parts[0][parts[1] + 1 :]
)


def _column(texts: list[str]) -> pa.StringArray:
    """Return the texts as a slice of a longer column, as readers get them."""
    return pa.array(["before", *texts, "after"], pa.string()).slice(1, len(texts))


@settings(deadline=None)
@given(st.lists(st.tuples(_AMOUNTS, st.integers(-1, 4)), max_size=20))
def test_amounts_are_read_as_the_money_module_reads_them(rows: list[tuple[str, int]]) -> None:
    """Minor units and reasons equal those of `parse_amount`, text by text."""
    texts, decimals = [text for text, _ in rows], np.array([digits for _, digits in rows], np.int8)
    amounts, reasons = columns.read_amounts(_column(texts), decimals)
    expected = [twin.read_amount(text, digits) for text, digits in rows]
    got = [
        Reason(reason) if reason else amount
        for amount, reason in zip(amounts.tolist(), reasons.tolist(), strict=True)
    ]
    assert got == expected


@settings(deadline=None)
@given(st.integers(0, 10**19), st.integers(0, 4))
def test_amounts_around_the_largest_are_exact(minor: int, decimals: int) -> None:
    """Up to 18 digits come back digit by digit; one more is too large."""
    digits = str(minor).rjust(decimals + 1, "0")
    text = f"{digits[:-decimals]}.{digits[-decimals:]}" if decimals else digits
    amounts, reasons = columns.read_amounts(_column([text]), np.array([decimals], np.int8))
    expected = (minor, 0) if minor <= AMOUNT_MAX_MINOR else (0, Reason.AMOUNT_TOO_LARGE)
    assert (amounts[0], reasons[0]) == expected


def test_plain_amounts_never_need_the_slow_way() -> None:
    """The kernel itself reads every amount that is well written."""
    texts = ["0", "1", "12.5", "12.50", "12.500", "+7", " 8 ", "007", ".5", "5.", "9999999999999999.99"]
    buffers = columns.buffers_of(_column(texts))
    amounts = np.zeros(len(texts), np.int64)
    read = kernels.parse_amounts(buffers.data, buffers.offsets, np.full(len(texts), 2, np.int8), amounts)
    assert read.all()
    assert amounts.tolist() == [0, 100, 1250, 1250, 1250, 700, 800, 700, 50, 500, 999999999999999999]


@settings(deadline=None)
@given(
    st.lists(_UUIDS | _NEARLY_UUIDS | _UUIDS.map(str.upper) | st.just("") | st.text(max_size=40), max_size=20)
)
def test_uetrs_are_read_as_uuids_of_version_4(texts: list[str]) -> None:
    """Bytes, absence and refusal equal those of the twin."""
    column, states = columns.read_uetrs(_column(texts))
    column.validate(full=True)
    expected = [twin.read_uetr(text) for text in texts]
    assert column.to_pylist() == expected
    wrong = [bool(text) and value is None for text, value in zip(texts, expected, strict=True)]
    assert (states == kernels.UETR_WRONG).tolist() == wrong


def test_uetr_bytes_are_those_of_the_uuid() -> None:
    """The 16 bytes are the UUID's own, most significant first."""
    given_uuid = uuid.UUID("01234567-89ab-4def-8123-456789abcdef")
    assert columns.read_uetrs(_column([str(given_uuid).upper()]))[0].to_pylist() == [given_uuid.bytes]


@settings(deadline=None)
@given(st.lists(st.tuples(st.text(max_size=8), st.integers(-(2**63), 2**63 - 1)), max_size=10))
def test_texts_are_hashed_with_their_seeds(rows: list[tuple[str, int]]) -> None:
    """All 64 bits equal those of the twin."""
    buffers = columns.buffers_of(_column([text for text, _ in rows]))
    hashes = kernels.hash_texts(buffers.data, buffers.offsets, np.array([seed for _, seed in rows], np.int64))
    assert hashes.tolist() == [twin.hash_text(text, seed) for text, seed in rows]


@settings(deadline=None)
@given(st.lists(st.text(max_size=8), max_size=10))
def test_worded_and_padded_texts_are_found(texts: list[str]) -> None:
    """Marks equal those of the twins."""
    buffers = columns.buffers_of(_column(texts))
    assert kernels.mark_worded(buffers.data, buffers.offsets).tolist() == [
        twin.is_worded(text) for text in texts
    ]
    assert kernels.has_padding(buffers.data, buffers.offsets) == twin.has_padding(texts)


@settings(deadline=None)
@given(
    st.lists(st.dates().map(str) | st.text(alphabet="0123456789-", max_size=11) | st.just(""), max_size=10)
)
def test_dates_come_back_or_are_told_apart(texts: list[str]) -> None:
    """A date is itself again; everything else is empty or wrong, and null in the column."""
    numbers = columns.read_dates(_column(texts))
    for text, number, value in zip(
        texts, numbers.tolist(), columns.date_column(numbers).to_pylist(), strict=True
    ):
        assert (number == columns.NO_DATE) == (text == "")
        assert value is None if number in (columns.NO_DATE, columns.WRONG_DATE) else str(value) == text


def test_names_of_any_script_count_and_signs_do_not() -> None:
    """A letter or digit of any script makes a name; blanks, dashes and invisible characters do not."""
    names = ["Orin", "7", "\u4e2d\u56fd", "\u0645", "", " ", "--", "\u200b", "\u3000", "\u00e9", "\U0001f600"]
    expected = [False, False, False, False, True, True, True, True, True, False, True]
    assert columns.mark_nameless(_column(names)).tolist() == expected


def test_length_counts_characters_and_not_bytes() -> None:
    """A text of 140 characters in 420 bytes is not too long; 141 are."""
    texts = ["\u4e2d" * 140, "\u4e2d" * 141, "a" * 140, "a" * 141]
    assert columns.mark_longer(_column(texts), 140).tolist() == [False, True, False, True]
