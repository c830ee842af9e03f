"""What every store keeps to: `setfair.store.protocol`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from setfair.errors import StoreError
from setfair.store.protocol import Store, StoredPage
from tests.stores.kinds import DURABLE, KINDS, Kind, append, body_of, meta_of, pages_of


@pytest.fixture(params=KINDS, ids=lambda kind: kind.name)
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Store]:
    """An empty store of each kind."""
    opened = request.param.open(tmp_path)
    yield opened
    opened.close()


durable = pytest.mark.parametrize("kind", DURABLE, ids=lambda kind: kind.name)


def test_an_empty_store_has_nothing(store: Store) -> None:
    """No page, no checkpoint."""
    assert store.last_page() is None
    assert store.read_checkpoint() is None
    assert pages_of(store) == []


def test_pages_come_back_in_order_byte_for_byte(store: Store) -> None:
    """More pages than a reader takes at once, each as it was given."""
    append(store, *range(1, 41))
    assert pages_of(store) == [(number, body_of(number)) for number in range(1, 41)]
    assert store.last_page() == meta_of(40)


@pytest.mark.parametrize(
    ("after", "expected"), [(0, [1, 2, 3, 4, 5]), (2, [3, 4, 5]), (4, [5]), (5, []), (99, [])]
)
def test_pages_after_a_page(store: Store, after: int, expected: list[int]) -> None:
    """The pages that follow one, the last and one that is not there."""
    append(store, 1, 2, 3, 4, 5)
    assert [number for number, _ in pages_of(store, after)] == expected


@pytest.mark.parametrize(
    ("instructions", "expected"),
    [([1], [1]), ([2, 9], [1, 5]), ([3, 4, 5], [2, 3]), ([], []), ([11], []), ([10, 11], [5])],
)
def test_pages_with_instructions(store: Store, instructions: list[int], expected: list[int]) -> None:
    """The pages in which some instructions came in, each once, byte for byte, and no other."""
    append(store, 1, 2, 3, 4, 5)
    assert list(store.pages_with(instructions)) == [(number, body_of(number)) for number in expected]


@pytest.mark.parametrize("number", [1, 3, 0, -1, 5])
def test_a_page_that_does_not_follow_is_refused(store: Store, number: int) -> None:
    """A repeated page, a gap and a number that is none leave the store as it was."""
    append(store, 1, 2, 3)
    with pytest.raises(StoreError, match=f"page {number} does not follow page 3"):
        store.append(StoredPage(meta_of(number), b"other"))
    assert pages_of(store) == [(n, body_of(n)) for n in (1, 2, 3)]
    append(store, 4)
    assert store.last_page() == meta_of(4)


def test_the_first_page_is_number_one(store: Store) -> None:
    """A journal does not begin in the middle."""
    with pytest.raises(StoreError, match="page 2 does not follow page 0"):
        append(store, 2)
    assert store.last_page() is None


def test_a_large_page(store: Store) -> None:
    """Three megabytes that do not compress come back as they are."""
    append(store, 1, padding=3_000_000)
    assert pages_of(store) == [(1, body_of(1, 3_000_000))]


def kept(store: Store) -> tuple[int, list[bytes]] | None:
    """Return a store's checkpoint with its pieces in a list."""
    found = store.read_checkpoint()
    return (found[0], list(found[1])) if found is not None else None


def test_the_newest_checkpoint_counts(store: Store) -> None:
    """A later checkpoint takes the place of the one before, the same page's too, with all its pieces."""
    append(store, 1, 2)
    assert kept(store) is None
    for number, pieces in ((1, [b"1", b"a", b"b", b"c"]), (2, [b"2", b"a", b"B"]), (2, [b"3"])):
        store.write_checkpoint(number, iter(pieces))
        assert kept(store) == (number, pieces)


def test_pages_appended_while_reading(store: Store) -> None:
    """A reader of the journal that is overtaken sees whole pages, in order, without gaps."""
    append(store, 1, 2, 3)
    seen = []
    for number, body in store.pages_after(0):
        seen.append((number, body))
        if number < 30:
            append(store, store.last_page().number + 1)  # type: ignore[union-attr]
    assert seen == [(number, body_of(number)) for number in range(1, len(seen) + 1)]
    assert len(seen) >= 3


@durable
def test_pages_and_checkpoint_are_there_after_reopening(kind: Kind, tmp_path: Path) -> None:
    """Close and open: the same pages, the same checkpoint, and the next page follows."""
    store = kind.open(tmp_path)
    append(store, 1, 2)
    store.write_checkpoint(2, [b"books", b"more"])
    store.close()
    again = kind.open(tmp_path)
    assert pages_of(again) == [(1, body_of(1)), (2, body_of(2))]
    assert kept(again) == (2, [b"books", b"more"])
    with pytest.raises(StoreError, match="page 2 does not follow page 2"):
        append(again, 2)
    append(again, 3)
    again.close()


def test_pages_together_are_all_there_or_none_is(store: Store) -> None:
    """Several pages go in at once; where one of them does not follow, none of them is there."""
    append(store, 1)
    store.append(*(StoredPage(meta_of(number), body_of(number)) for number in (2, 3, 4)))
    for numbers in ((5, 6, 8), (5, 5), (4, 5), (5, 4)):
        with pytest.raises(StoreError, match=f"page {numbers[-1] if numbers[0] == 5 else 4} does not follow"):
            store.append(*(StoredPage(meta_of(number), body_of(number)) for number in numbers))
        assert store.last_page() == meta_of(4)
    append(store, 5)
    assert pages_of(store) == [(number, body_of(number)) for number in range(1, 6)]


def test_nodes_and_notes_come_with_their_pages(store: Store) -> None:
    """Nodes stand in the order of the pages, the newest note counts, and a refused page brings none."""
    assert (store.nodes(), store.last_note()) == (b"", None)
    store.append(StoredPage(meta_of(1), body_of(1), nodes=b"a" * 32, note="first"))
    store.append(
        StoredPage(meta_of(2), body_of(2)),
        StoredPage(meta_of(3), body_of(3), nodes=b"b" * 64),
    )
    with pytest.raises(StoreError):
        store.append(StoredPage(meta_of(5), body_of(5), nodes=b"c" * 32, note="lost"))
    assert store.nodes() == b"a" * 32 + b"b" * 64
    assert store.last_note() == (1, "first")
    store.write_note(3, "third")
    assert store.last_note() == (3, "third")
