"""When a house signs its checkpoints, and that tree and page are durable together."""

from __future__ import annotations

from pathlib import Path

import pytest

from setfair.clearing_house import ClearingHouse
from setfair.errors import PageDamagedError, StoreError
from setfair.house import House, open_house
from setfair.journal.leaves import leaf_hashes
from setfair.journal.page import page_from_bytes
from setfair.journal.tree import Frontier, parents
from setfair.proof.checkpoint import checkpoint_of
from setfair.proof.note import read_note
from setfair.screening.in_force import FileLists
from tests.houses import (
    DAY,
    REMEMBER_FROM,
    funding,
    make_house,
    open_clearing_house,
    payments,
    ticking_clock,
    usual_agreement,
)
from tests.processes import plain_sql


def play(folder: Path, seconds: int) -> list[tuple[int, str]]:
    """Play six pages, a second and more apart, in a house that signs so often; return what it signed."""
    house = make_house(folder, usual_agreement(extra=f"[journal]\ncheckpoint_seconds = {seconds}\n"))
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        for number in range(1, 6):
            opened.clearing_house.submit(payments(funding(number, "KE01", 10)))
    rows = plain_sql(
        house / "setfair.db", "SELECT page_number, note FROM signed_checkpoint ORDER BY page_number"
    )
    return [(int(number), str(note)) for number, note in rows]


def test_every_page_is_signed(tmp_path: Path) -> None:
    """Without another agreement each page has a checkpoint, of ever more records."""
    signed = play(tmp_path, 0)
    assert [number for number, _ in signed] == list(range(1, 9))
    sizes = [checkpoint_of(read_note(note)).size for _, note in signed]
    assert sizes == sorted(set(sizes))


def test_signed_now_and_then_and_at_the_end(tmp_path: Path) -> None:
    """A page within the time agreed is not signed, the last of a command is."""
    numbers = [number for number, _ in play(tmp_path, 86_400)]
    assert numbers[-1] == 8
    assert len(numbers) < 8


def test_the_tree_is_that_of_the_records(tmp_path: Path) -> None:
    """Each page's root is that of all records so far, hashed again from the pages with hashlib."""
    house = make_house(tmp_path)
    with open_house(house, ticking_clock()) as opened:
        play_day(opened)
        bodies = [body for _, body in opened.store.pages_after(0)]
        nodes = opened.store.nodes()
    roots = plain_sql(house / "setfair.db", "SELECT root, peaks FROM page ORDER BY page_number")
    tree, stored = Frontier(), b""
    for body, (root, peaks) in zip(bodies, roots, strict=True):
        tree, more = tree.extend(leaf_hashes(page_from_bytes(body)), parents)
        stored += more
        assert (tree.root.hex(), tree.to_bytes().hex()) == (root, peaks)
    assert stored == nodes
    assert len(nodes) == 2 * 32


def play_day(opened: House) -> None:
    """More than two tiles of records, in three pages."""
    way_in = opened.clearing_house
    way_in.open_day("KES", DAY, REMEMBER_FROM)
    for first in (1, 201, 401):
        way_in.submit(payments(*[funding(first + each, "KE01", 10) for each in range(200)]))


def test_the_tree_goes_on_after_a_restart(tmp_path: Path) -> None:
    """Opened again, the house appends to the same tree, with the saved books and without."""
    house = make_house(tmp_path)
    with open_house(house, ticking_clock()) as opened:
        play_day(opened)
        tree = opened.clearing_house.journal.tree
    with open_house(house, ticking_clock()) as opened:
        assert opened.clearing_house.journal.tree == tree
        opened.clearing_house.checkpoint()
    with open_house(house, ticking_clock()) as opened:
        assert opened.clearing_house.journal.tree == tree


@pytest.mark.parametrize(
    ("statement", "said"),
    [
        (
            "UPDATE page SET peaks = zeroblob(length(peaks))",
            "the frontier of the tree does not give its root",
        ),
        ("UPDATE page SET peaks = zeroblob(5)", "has . peaks, not 5 bytes"),
    ],
)
def test_a_damaged_frontier_stops_the_house(tmp_path: Path, statement: str, said: str) -> None:
    """No page is appended to a tree that is not that of the records."""
    house = make_house(tmp_path)
    plain_sql(house / "setfair.db", statement, write=True)
    with pytest.raises(PageDamagedError, match=said), open_house(house, ticking_clock()):
        pass


def test_a_page_that_is_not_durable_leaves_the_tree(lists: FileLists) -> None:
    """If the store fails, the tree is that of before, and the page comes again."""
    house = open_clearing_house(lists)
    before = house.journal.tree
    append = house._store.append

    def fail(*_: object, **__: object) -> None:
        raise StoreError("no room")

    house._store.append = fail  # type: ignore[method-assign]
    with pytest.raises(StoreError):
        house.submit(payments(funding(1, "KE01", 10)))
    assert house.journal.tree == before
    house._store.append = append  # type: ignore[method-assign]
    house.submit(payments(funding(1, "KE01", 10)))
    assert house.journal.tree.size == before.size + 1


def test_a_house_in_memory_signs_nothing(lists: FileLists) -> None:
    """A simulated house has no key, and the same tree."""
    house: ClearingHouse = open_clearing_house(lists)
    house.sign_last_page()
    assert house._store.last_note() is None
    assert house.journal.tree.size == house.state.record_count
