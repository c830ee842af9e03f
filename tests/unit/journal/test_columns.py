"""Arrays and texts as bytes and back, exactly."""

from __future__ import annotations

import struct
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from setfair.engine.layout import RECORD
from setfair.journal.columns import (
    SECTION_LENGTH_MAX,
    Column,
    Encoding,
    Section,
    columns_of,
    decode,
    encode,
    encode_texts,
    join_text,
    one_text_to_bytes,
    section_to_bytes,
    sections_from_bytes,
    split_text,
)

DTYPES = ("<u1", "<u2", "<u4", "<u8", "<i4", "<i8")
columns = st.sampled_from(DTYPES).flatmap(
    lambda dtype: arrays.arrays(dtype, st.integers(0, 90), elements=arrays.from_dtype(np.dtype(dtype)))
)
LOW, HIGH = -(2**63), 2**63 - 1


def through_bytes(section: Section) -> Section:
    """Write a section and read it again."""
    body = b"".join(bytes(part) for part in section_to_bytes(section))
    (again,) = sections_from_bytes(body, 0, 1)
    return again


def assert_same(column: Column) -> Section:
    """Encode, write, read and decode a column; return its section."""
    section = encode("name", column)
    decoded = decode(through_bytes(section))
    assert decoded.dtype == column.dtype
    assert decoded.tolist() == column.tolist()
    return section


@given(columns)
def test_any_column_comes_back(column: Column) -> None:
    """Every type, any values, none, one and many."""
    assert_same(column)


@given(st.sampled_from(DTYPES), st.integers(0, 2**64 - 1), st.integers(-(2**64), 2**64), st.integers(2, 70))
def test_any_row_of_steps_comes_back(dtype: str, start: int, step: int, count: int) -> None:
    """Steps of every size, where they wrap around too."""
    mask = (1 << (8 * np.dtype(dtype).itemsize)) - 1
    words = [(start + step * place) & mask for place in range(count)]
    assert_same(np.array(words, f"<u{np.dtype(dtype).itemsize}").view(dtype))


@pytest.mark.parametrize(
    ("values", "dtype", "encoding"),
    [
        ([7] * 100, "<u1", Encoding.CONSTANT),
        (list(range(64)) * 4, "<u1", Encoding.ZSTD),
        (list(np.random.default_rng(1).bytes(64)), "<u1", Encoding.RAW),
        ([5, 5], "<i8", Encoding.CONSTANT),
        ([5], "<i8", Encoding.RAW),
        ([], "<i8", Encoding.RAW),
        ([10, 8, 6], "<i8", Encoding.RANGE),
        ([0, 2**63 - 1], "<i8", Encoding.RANGE),
        ([LOW, HIGH], "<i8", Encoding.RAW),
        ([HIGH, LOW], "<i8", Encoding.RAW),
        ([-5, 250, 0], "<i8", Encoding.NARROW),
        ([0, 2**32 - 1, 5], "<i8", Encoding.NARROW),
        ([0, 2**32, 5], "<i8", Encoding.RAW),
        ([2**64 - 1, 0, 3], "<u8", Encoding.RAW),
        ([0, 2**16, 3], "<i4", Encoding.RAW),
    ],
)
def test_the_encoding_is_the_first_that_fits(values: list[int], dtype: str, encoding: Encoding) -> None:
    """Each encoding at the bounds of what it can hold."""
    assert assert_same(np.array(values, dtype)).encoding is encoding


@pytest.mark.parametrize(
    ("texts", "encoding"),
    [
        ([f"N{number:07d}" for number in range(64)], Encoding.PLANES),
        (["AB", "BA"] * 16, Encoding.PLANES),
        (["AB"] * 31, Encoding.RAW),
        (["AB"] * 32, Encoding.ZSTD),
        (["AB", "C"] * 32, Encoding.ZSTD),
        (["A", "B"] * 32, Encoding.ZSTD),
        (["A"] * 64, Encoding.CONSTANT),
        ([""] * 64, Encoding.RAW),
        (["x" * 65_536, "y" * 65_536], Encoding.ZSTD),
        (["x" * 65_535, "y" * 65_535], Encoding.PLANES),
        ([], Encoding.RAW),
    ],
)
def test_the_encoding_of_texts_is_the_first_that_fits(texts: list[str], encoding: Encoding) -> None:
    """Equally long texts by place, others one after the other; all come back."""
    lengths, data = split_text(pa.array(texts, pa.string()))
    section = encode_texts("n", lengths, data)
    assert section.encoding is encoding
    assert join_text(lengths, decode(section)).to_pylist() == texts


@given(
    st.integers(2, 9).flatmap(lambda width: st.lists(st.binary(min_size=width, max_size=width), min_size=2))
)
def test_any_equally_long_texts_come_back(rows: list[bytes]) -> None:
    """Bytes laid out by place are put together again."""
    data = np.frombuffer(b"".join(rows), np.uint8)
    section = encode_texts("n", np.full(len(rows), len(rows[0]), np.int32), data)
    assert decode(section).tobytes() == data.tobytes()


DAMAGED = {
    "texts without width": Section("n", np.dtype("<u1"), 64, Encoding.PLANES, struct.pack("<H", 0)),
    "half a text": Section("n", np.dtype("<u1"), 65, Encoding.PLANES, struct.pack("<H", 2)),
    "too few raw items": Section("n", np.dtype("<i8"), 3, Encoding.RAW, bytes(16)),
    "half an item": Section("n", np.dtype("<i8"), 2, Encoding.RAW, bytes(15)),
    "no constant": Section("n", np.dtype("<i8"), 2, Encoding.CONSTANT, b""),
    "too few offsets": Section("n", np.dtype("<i8"), 3, Encoding.NARROW, struct.pack("<qB", 0, 1) + b"ab"),
    "odd width": Section("n", np.dtype("<i8"), 1, Encoding.NARROW, struct.pack("<qB", 0, 3) + b"abc"),
    "too many items": Section("n", np.dtype("<i8"), SECTION_LENGTH_MAX, Encoding.CONSTANT, bytes(8)),
}


@pytest.mark.parametrize("what", DAMAGED)
def test_a_payload_of_another_length_is_refused(what: str) -> None:
    """A section whose header and payload contradict each other is an error, never other values."""
    with pytest.raises(ValueError, match=r"section n|buffer|size"):
        decode(DAMAGED[what])


def test_a_range_without_its_step_is_refused() -> None:
    """Start and step are sixteen bytes."""
    section = encode("n", np.arange(9, dtype=np.int64))
    with pytest.raises(struct.error):
        decode(replace(section, payload=bytes(section.payload)[:8]))


def test_compressed_bytes_that_are_none_are_refused() -> None:
    """What the compressor cannot read is an error."""
    section = encode("n", np.zeros(100, np.uint8) + np.arange(100, dtype=np.uint8) // 50)
    assert section.encoding is Encoding.ZSTD
    with pytest.raises(OSError, match="ZSTD"):
        decode(replace(section, payload=b"no frame of it"))


@given(st.lists(st.text(max_size=12), max_size=20), st.integers(0, 5), st.integers(0, 5))
def test_texts_come_back_from_any_slice(texts: list[str], left: int, right: int) -> None:
    """Lengths are of bytes, in any script; a slice of a longer column is only the slice."""
    column = pa.array(texts, pa.string())
    part = column.slice(left, max(0, len(texts) - left - right))
    lengths, data = split_text(part)
    assert join_text(lengths, data).to_pylist() == part.to_pylist()


def test_lengths_that_do_not_fit_the_bytes_are_refused() -> None:
    """A text column is as long as its lengths say."""
    with pytest.raises(ValueError, match="text lengths sum to 3, but there are 2 bytes"):
        join_text(np.array([1, 2], np.int32), np.zeros(2, np.uint8))


@given(
    st.one_of(
        st.text(max_size=70), st.sampled_from(["", "a", "aa", "ab", "aaaa", "abcd", "x" * 63, "y" * 200])
    )
)
def test_one_text_is_written_as_any_column_is(text: str) -> None:
    """Both sections, byte for byte, wherever the text lies in its buffers."""
    for texts in (pa.array([text]), pa.array(["before", text, "after"]).slice(1, 1)):
        lengths, data = split_text(texts)
        sections = (encode("text.t.length", lengths), encode_texts("text.t.bytes", lengths, data))
        expected = b"".join(bytes(part) for section in sections for part in section_to_bytes(section))
        assert one_text_to_bytes("t", texts) == expected


@pytest.mark.parametrize("rows", [2, 3, 63, 64, 65, 128, 200])
def test_one_item_that_differs_is_seen_wherever_it_is(rows: int) -> None:
    """A column is constant if all items are equal, and of rows of any number none is overlooked."""
    table = np.zeros(rows, RECORD)
    table["amount"], table["kind"], table["currency"] = 2**63 - 1, 255, 978
    assert all(column.strides == (0,) for _, column in columns_of(table))
    for place in range(rows):
        for name, value in (("kind", 254), ("time", -1), ("amount", 0)):
            changed = table.copy()
            changed[name][place] = value
            found = dict(columns_of(changed))
            assert [each for each in found if found[each].strides != (0,)] == [name]
            assert all((found[each] == changed[each]).all() for each in found)
