"""Pages into tables: in order, exactly once, in steps."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from setfair.errors import StoreError
from setfair.house import House, open_house
from setfair.journal.page import Page
from setfair.store import projector
from setfair.store.follow import pages_after
from setfair.store.projector import has_all_tables
from tests.houses import DAY, REMEMBER_FROM, funding, make_house, payment, payments, table_rows, ticking_clock


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A house with a few pages."""
    house = make_house(tmp_path)
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        for number in range(1, 6):
            opened.clearing_house.submit(payments(*(funding(number * 10 + n, "KE01", 5) for n in range(4))))
    return house


def pages_of(house: House) -> list[Page]:
    return list(pages_after(house.store, 0))


@pytest.mark.parametrize("which", ["repeated", "gap"])
def test_a_page_out_of_order_is_refused(folder: Path, which: str) -> None:
    """Rows are neither doubled nor left out."""
    with open_house(folder, ticking_clock()) as opened:
        before, last = table_rows(opened), pages_of(opened)[-1]
        page = last if which == "repeated" else replace(last, number=last.number + 2)
        with pytest.raises(StoreError, match=f"page {page.number} does not follow page {last.number}"):
            opened.projector.project([page])
        assert table_rows(opened) == before


def test_a_step_that_fails_leaves_the_steps_before_it(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """With a page a step, the tables stand where the wrong page came, whole, and go on from there."""
    monkeypatch.setattr(projector, "STEP_RECORDS", 1)
    with open_house(folder, ticking_clock()) as opened:
        before, pages = table_rows(opened), pages_of(opened)
        opened.projector.reset()
        wrong = replace(pages[5], documents={**pages[5].documents, "parties": b'[[1, "X", "no"]]'})
        with pytest.raises(Exception, match=r"shorter|longer|length"):
            opened.projector.project([*pages[:5], wrong])
        assert opened.projector.position == 5
        assert opened.query("SELECT page_number FROM projection") == [{"page_number": 5}]
        assert opened.query("SELECT max(page_number) AS last FROM record_row") == [{"last": 5}]
        opened.projector.project(pages[5:])
        assert table_rows(opened) == before


def test_steps_of_any_size_give_the_same_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """How many pages go into one transaction does not show."""
    with open_house(folder, ticking_clock()) as opened:
        before = table_rows(opened)
        for size in (1, 6, 10**6):
            monkeypatch.setattr(projector, "STEP_RECORDS", size)
            opened.rebuild()
            assert table_rows(opened) == before


def test_rows_through_a_file_are_the_same_rows(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Which way rows go into the tables does not show."""
    with open_house(folder, ticking_clock()) as opened:
        before = table_rows(opened)
        monkeypatch.setattr("setfair.store.insert.MANY_ROWS", 1)
        opened.rebuild()
        assert table_rows(opened) == before


def test_a_missing_name_is_noticed() -> None:
    """All names of the script must be there; others do not matter."""
    assert not has_all_tables([])
    assert not has_all_tables([("projection",), ("payment_row",)])


def test_a_page_in_which_every_leg_is_repeated(folder: Path) -> None:
    """What is new in it gets its rows; the legs have theirs already."""
    leg = payment(90, "KE01", "UG01", 1, link="FX-1", link_legs=2)
    with open_house(folder, ticking_clock()) as opened:
        opened.clearing_house.submit(payments(leg))
        opened.clearing_house.submit(payments(leg, payment(91, "KE01", "UG01", 1)))
        assert opened.query("SELECT count(*) AS n FROM leg_row") == [{"n": 1}]
        assert opened.query("SELECT count(*) AS n FROM payment_row WHERE amount_minor = 1") == [{"n": 2}]
