"""Tables that follow the pages of a writer: any step, any failure, the same rows."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import pytest

from setfair.errors import StoreError
from setfair.house import House, open_house
from setfair.journal.page import Page
from setfair.store.follow import Follower, pages_after
from setfair.store.insert import ROW_FILE_NAMES
from tests.houses import DAY, REMEMBER_FROM, funding, make_house, payments, table_rows, ticking_clock
from tests.torture.played import DayOnDisk, play_day


@pytest.fixture(scope="module")
def made() -> Iterator[DayOnDisk]:
    """A random day in which links, limits, queues, agreements and cycles change; only copied."""
    day = play_day(7)
    yield day
    day.throw_away()


@pytest.fixture
def folder(made: DayOnDisk, tmp_path: Path) -> Path:
    """A copy of its house."""
    return Path(shutil.copytree(made.house, tmp_path / "house"))


@pytest.fixture
def opened(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[House]:
    """That house; all rows go through files."""
    monkeypatch.setattr("setfair.store.insert.MANY_ROWS", 1)
    with open_house(folder, ticking_clock()) as house:
        yield house


@pytest.fixture
def pages(opened: House) -> list[Page]:
    """All its pages."""
    return list(pages_after(opened.store, 0))


def follower_of(house: House) -> Follower:
    """Return one that begins with empty tables."""
    house.projector.reset()
    return Follower(house.projector, partial(pages_after, house.store))


@pytest.mark.parametrize("records", [1, 2, 5, 12, 10**6])
def test_steps_laid_ahead_give_the_same_rows(
    opened: House, pages: list[Page], records: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """However many pages a step has, agreements, limits and changes of queues among them."""
    monkeypatch.setattr("setfair.store.follow.STEP_RECORDS", records)
    before = table_rows(opened)
    follower = follower_of(opened)
    for page in pages:
        follower.note(page)
    follower.catch_up()
    assert opened.projector.position == pages[-1].number
    assert table_rows(opened) == before


def test_the_tables_lag_by_less_than_three_steps(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They follow without being asked: a step goes in when the next is full."""
    monkeypatch.setattr("setfair.store.follow.STEP_RECORDS", 4)
    with open_house(make_house(tmp_path), ticking_clock()) as house:
        house.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        house.catch_up()
        start, found = house.projector.position, []
        for turn in range(6):
            house.clearing_house.submit(payments(*(funding(2 * turn + n, "KE01", 5) for n in range(2))))
            found.append(house.projector.position - start)
    assert found == [0, 0, 0, 2, 2, 4]


def test_a_file_that_cannot_be_written(
    opened: House, pages: list[Page], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is said when the step is due; once there is room, what lacks is read from the pages."""
    monkeypatch.setattr("setfair.store.follow.STEP_RECORDS", 1)
    before = table_rows(opened)
    follower = follower_of(opened)
    for name in ROW_FILE_NAMES:
        (folder / name).mkdir()

    def note_all() -> None:
        for page in pages:
            follower.note(page)

    with pytest.raises(StoreError, match="could not be brought up to date"):
        note_all()
    for name in ROW_FILE_NAMES:
        (folder / name).rmdir()
    last = opened.projector.position
    assert last < pages[-1].number
    follower.forget()
    follower.note(pages[-1])
    follower.catch_up()
    assert table_rows(opened) == before


def test_a_step_that_cannot_be_put_takes_none_after_it(
    opened: House, pages: list[Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What was laid on top of it is let go of, and comes from the pages later."""
    monkeypatch.setattr("setfair.store.follow.STEP_RECORDS", 1)
    before = table_rows(opened)
    follower = follower_of(opened)
    plain = pages[1:]
    follower.note(pages[0])
    follower.catch_up()
    project = opened.projector.project_laid

    def fail(laid: object) -> None:
        raise StoreError("the tables could not be brought up to date: no room")

    monkeypatch.setattr(opened.projector, "project_laid", fail)
    failed = 0
    for page in plain:
        try:
            follower.note(page)
        except StoreError:
            failed += 1
            monkeypatch.setattr(opened.projector, "project_laid", project)
    follower.catch_up()
    assert failed == 1
    assert table_rows(opened) == before
