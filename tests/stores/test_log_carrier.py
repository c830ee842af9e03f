"""The log is carried over beside the writer: it stays short, and nothing depends on it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from setfair.errors import StoreError
from setfair.store import log_carrier
from setfair.store.sqlite import DATABASE_NAME, DATABASE_PAGE_BYTES, SqliteStore, connect
from tests.processes import plain_sql
from tests.stores.kinds import append, body_of, pages_of

PADDING = 3 * DATABASE_PAGE_BYTES
PAGES = 60
LOG = DATABASE_NAME + "-wal"


@pytest.fixture(autouse=True)
def _soon(monkeypatch: pytest.MonkeyPatch) -> None:
    """A few pages are many."""
    monkeypatch.setattr(log_carrier, "LONG_PAGES", 8)
    monkeypatch.setattr(log_carrier, "FEW_PAGES", 4)


@pytest.fixture
def store(tmp_path: Path) -> Iterator[SqliteStore]:
    """An empty store; SQLite by itself would carry nothing over before it is closed."""
    opened = SqliteStore(tmp_path, create=True)
    yield opened
    opened.close()


def wait_for(store: SqliteStore) -> None:
    """Wait until nothing is carried over."""
    if store._log._turn is not None:
        store._log._turn.result(30)


def write(store: SqliteStore, first: int, last: int) -> None:
    """Append pages, waiting after each for what is carried over meanwhile."""
    for number in range(first, last + 1):
        append(store, number, padding=PADDING)
        wait_for(store)


def test_the_log_begins_anew(store: SqliteStore, tmp_path: Path) -> None:
    """However much is written, the log has the pages of a few turns; the others are in the database."""
    write(store, 1, PAGES)
    assert (tmp_path / DATABASE_NAME).stat().st_size > PAGES * PADDING * 0.8
    assert (tmp_path / LOG).stat().st_size < 30 * DATABASE_PAGE_BYTES
    assert pages_of(store) == [(n, body_of(n, PADDING)) for n in range(1, PAGES + 1)]


def test_without_it_the_log_would_grow(
    store: SqliteStore, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the other tests look at is of its making."""
    monkeypatch.setattr(log_carrier, "LONG_PAGES", 10**9)
    write(store, 1, PAGES)
    assert (tmp_path / LOG).stat().st_size > PAGES * PADDING


def test_a_reader_that_stays_sees_its_state(store: SqliteStore, tmp_path: Path) -> None:
    """It keeps the log from beginning anew, and nothing else; when it has gone, all is carried over."""
    write(store, 1, 3)
    reader = connect(tmp_path, read_only=True)
    with reader.cursor() as cursor:
        cursor.execute("BEGIN")
        cursor.execute("SELECT max(page_number) FROM page")
        assert cursor.fetchone() == (3,)
        write(store, 4, 20)
        cursor.execute("SELECT max(page_number) FROM page")
        assert cursor.fetchone() == (3,)
        cursor.execute("ROLLBACK")
    reader.close()
    write(store, 21, 40)
    assert (tmp_path / LOG).stat().st_size < 40 * PADDING
    assert pages_of(store) == [(n, body_of(n, PADDING)) for n in range(1, 41)]


def test_where_no_other_connection_can_be_had(store: SqliteStore, monkeypatch: pytest.MonkeyPatch) -> None:
    """The writer goes on, and carries over by itself after so many turns."""

    def fail() -> object:
        raise StoreError("no more files can be opened")

    monkeypatch.setattr(store._log, "_connect", fail)
    for number in range(1, PAGES + 1):
        append(store, number, padding=PADDING)
    assert pages_of(store) == [(n, body_of(n, PADDING)) for n in range(1, PAGES + 1)]


def test_all_is_in_the_database_when_it_is_closed(tmp_path: Path) -> None:
    """The last connection carries over what is left: no log stays behind."""
    store = SqliteStore(tmp_path, create=True)
    for number in range(1, 21):
        append(store, number, padding=PADDING)
    store.close()
    assert not (tmp_path / LOG).exists()
    assert plain_sql(tmp_path / DATABASE_NAME, "SELECT count(*) FROM page") == [[20]]
