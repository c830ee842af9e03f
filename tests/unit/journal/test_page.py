"""Pages as bytes and back, and bytes that are no page."""

from __future__ import annotations

import hashlib
import struct
from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.errors import PageDamagedError, StoreError
from setfair.journal.page import Page, page_from_bytes, page_to_bytes
from tests.docs.example_page import example_page

HEADER_LENGTH = 80
BODY = page_to_bytes(example_page())


def assert_same(page: Page, other: Page) -> None:
    """Compare two pages field by field."""
    for name in ("number", "first_instruction", "first_record", "time_ns", "salt_key"):
        assert getattr(page, name) == getattr(other, name)
    assert page.instructions.tobytes() == other.instructions.tobytes()
    assert page.records.tobytes() == other.records.tobytes()
    assert {name: texts.to_pylist() for name, texts in page.texts.items()} == {
        name: texts.to_pylist() for name, texts in other.texts.items()
    }
    assert dict(page.documents) == dict(other.documents)


def signed(body: bytes) -> bytes:
    """Give damaged bytes a digest that fits them."""
    return body[:-32] + hashlib.sha256(body[:-32]).digest()


@st.composite
def pages(draw: st.DrawFn) -> Page:
    """Pages with any bytes in their arrays, texts in any script, documents of any length."""
    count, records = draw(st.integers(0, 9)), draw(st.integers(0, 9))
    raw = draw(st.binary(min_size=count * 80, max_size=count * 80))
    raw_records = draw(st.binary(min_size=records * 64, max_size=records * 64))
    words = st.lists(st.text(max_size=9), min_size=count, max_size=count)
    names = st.text("abcdefghij_", min_size=1, max_size=9)
    big = st.integers(0, 2**63 - 1)
    return Page(
        number=draw(big),
        first_instruction=draw(big),
        first_record=draw(big),
        time_ns=draw(st.integers(-(2**63), 2**63 - 1)),
        salt_key=draw(st.binary(min_size=32, max_size=32)),
        instructions=np.frombuffer(raw, INSTRUCTION),
        records=np.frombuffer(raw_records, RECORD),
        texts={name: pa.array(draw(words), pa.string()) for name in draw(st.sets(names, max_size=3))},
        documents=draw(st.dictionaries(names, st.binary(max_size=200), max_size=3)),
    )


@given(pages())
def test_any_page_comes_back(page: Page) -> None:
    """Every field, byte for byte; the same page gives the same bytes."""
    body = page_to_bytes(page)
    again = page_from_bytes(body)
    assert_same(page, again)
    assert page_to_bytes(again) == body


def test_texts_and_documents_in_another_order_give_the_same_bytes() -> None:
    """The order in which a page was put together does not show."""
    page = example_page()
    texts = dict(reversed(page.texts.items()))
    documents = {"b": b"2", "a": b"1"}
    one = replace(page, texts=texts, documents=documents)
    other = replace(page, documents=dict(reversed(documents.items())))
    assert page_to_bytes(one) == page_to_bytes(other)


@pytest.mark.parametrize("length", [0, 1, 3, 4, HEADER_LENGTH - 1, HEADER_LENGTH, HEADER_LENGTH + 31])
def test_bytes_shorter_than_any_page(length: int) -> None:
    """What has no room for header and digest is no page."""
    with pytest.raises(PageDamagedError, match="not a page of a Setfair journal"):
        page_from_bytes(BODY[:length])


@pytest.mark.parametrize("length", [HEADER_LENGTH + 32, HEADER_LENGTH + 40, len(BODY) // 2, len(BODY) - 1])
def test_a_truncated_page_is_refused_with_its_number(length: int) -> None:
    """Cut within a section's header, in the middle, within the digest."""
    with pytest.raises(PageDamagedError, match="page 7 was altered: its digest does not fit"):
        page_from_bytes(BODY[:length])


def test_bytes_after_the_page_are_refused() -> None:
    """A page ends with its digest."""
    with pytest.raises(PageDamagedError, match="page 7 was altered"):
        page_from_bytes(BODY + b"\0")


@pytest.mark.parametrize("magic", [b"SFST", b"sfpg", b"\0\0\0\0"])
def test_another_magic_is_no_page(magic: bytes) -> None:
    """A checkpoint of the books is not taken for a page."""
    with pytest.raises(PageDamagedError, match="not a page of a Setfair journal"):
        page_from_bytes(signed(magic + BODY[4:]))


def test_another_version_is_refused_by_its_number() -> None:
    """The message says which format it has and which one is read."""
    with pytest.raises(PageDamagedError, match="page 7 has format 9; this version reads 1"):
        page_from_bytes(signed(BODY[:4] + struct.pack("<H", 9) + BODY[6:]))


@given(st.integers(4, len(BODY) - 1), st.integers(1, 255))
def test_any_flipped_byte_is_noticed(place: int, flip: int) -> None:
    """Each byte counts, the digest's too."""
    damaged = bytearray(BODY)
    damaged[place] ^= flip
    with pytest.raises(PageDamagedError, match=r"page \d+ was altered"):
        page_from_bytes(bytes(damaged))


@given(st.integers(HEADER_LENGTH, len(BODY) - 33), st.integers(1, 255))
def test_a_forged_digest_does_not_break_the_reader(place: int, flip: int) -> None:
    """Bytes that were altered together with their digest give a page or the named error, nothing else."""
    damaged = bytearray(BODY)
    damaged[place] ^= flip
    try:
        said = f"page {page_from_bytes(signed(bytes(damaged))).number} cannot be read"
    except PageDamagedError as error:
        said = str(error)
    assert said.startswith("page 7 cannot be read")


@pytest.mark.parametrize("count", [0, 1, 40, 60_000])
def test_a_header_with_another_number_of_sections(count: int) -> None:
    """Sections that are missing, or that the bytes do not hold, are a damaged page."""
    with pytest.raises(PageDamagedError, match="page 7 cannot be read"):
        page_from_bytes(signed(BODY[:6] + struct.pack("<H", count) + BODY[8:]))


def test_a_damaged_page_is_a_failure_of_the_store() -> None:
    """Who handles a store that fails handles this too."""
    assert issubclass(PageDamagedError, StoreError)
