"""Records as leaves: what the document says, salts that do not repeat, balances that can be left out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from functools import partial

import numpy as np
import pytest

from setfair.engine.layout import INSTRUCTION, RECORD
from setfair.journal.leaves import leaf_hashes, open_leaf, salts_of
from setfair.journal.page import Page, page_to_bytes
from setfair.journal.sha256 import Rows
from setfair.journal.tree_bulk import WAYS, leaves_in_bulk
from setfair.proof.tree import leaf_hash
from tests.docs.example_page import example_page
from tests.docs.page_decoder import decode_page
from tests.reference.leaves import leaf_data


def noisy_page(count: int) -> Page:
    """Return a page of random bytes, in which some records are about instructions of earlier pages."""
    random = np.random.default_rng(count)
    instructions = np.frombuffer(random.bytes(count * 80), INSTRUCTION)
    records = np.frombuffer(random.bytes(count * 64), RECORD).copy()
    records["subject"] = random.integers(90, 110 + count, count)
    return Page(3, 100, 1, 7, random.bytes(32), instructions, records)


@pytest.mark.parametrize("hashes_of", [leaf_hashes, *(partial(leaves_in_bulk, way=way) for way in WAYS)])
@pytest.mark.parametrize("page", [example_page(), *map(noisy_page, (1, 31, 32, 100))])
def test_leaves_are_what_the_document_says(hashes_of: Callable[[Page], Rows], page: Page) -> None:
    """In bulk, and one by one from the second decoder's reading of the page's bytes."""
    decoded = decode_page(page_to_bytes(page))
    expected = [leaf_hash(leaf_data(decoded, place)) for place in range(len(page.records))]
    assert [row.tobytes() for row in hashes_of(page)] == expected


def test_a_part_of_a_page() -> None:
    """Some records of a page have the leaves that they have among all."""
    page = noisy_page(100)
    whole = leaf_hashes(page)
    assert np.array_equal(leaf_hashes(page, 13, 90), whole[13:90])
    assert leaf_hashes(page, 5, 5).shape == (0, 32)


def test_an_opened_leaf() -> None:
    """Whatever is shown of the balances, the hash is the same; what is hidden is not in it."""
    page = noisy_page(40)
    hashes = leaf_hashes(page)
    for place in range(40):
        for debtor in (False, True):
            for creditor in (False, True):
                leaf = open_leaf(page, place, debtor_shown=debtor, creditor_shown=creditor)
                assert leaf.hash == hashes[place].tobytes()
                assert (leaf.debtor_after.value is None, leaf.creditor_after.value is None) == (
                    not debtor,
                    not creditor,
                )
        assert leaf.record.amount == page.records["amount"][place]
        assert leaf.record.time == page.records["time"][place]


def test_salts_do_not_repeat() -> None:
    """Of a page, of two pages: no salt twice."""
    page = noisy_page(50)
    other = replace(page, salt_key=bytes(32))
    salts = [salt.tobytes() for each in (page, other) for row in salts_of(each, 0, 50) for salt in row]
    assert len(set(salts)) == 2 * 50 * 3


def test_every_byte_counts() -> None:
    """Another bit anywhere in a record or in its subject's identity gives another leaf."""
    page = example_page()
    before = leaf_hashes(page)[0].tobytes()
    found = {before}
    for bit in range(64 * 8):
        raw = bytearray(page.records.tobytes())
        raw[bit // 8] ^= 1 << bit % 8
        records = np.frombuffer(bytes(raw), RECORD)
        found.add(leaf_hashes(replace(page, records=records))[0].tobytes())
    for name in ("identity_high", "identity_low"):
        instructions = page.instructions.copy()
        instructions[name][0] ^= np.uint64(1)
        found.add(leaf_hashes(replace(page, instructions=instructions))[0].tobytes())
    assert len(found) == 1 + 64 * 8 + 2
