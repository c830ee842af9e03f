"""The SQLite store: readers of other processes, full disks, files that are no database."""

from __future__ import annotations

import json
import resource
from pathlib import Path

import pytest

from setfair.errors import StoreError
from setfair.store.sqlite import DATABASE_NAME, SqliteStore, check_house, connect, statements
from tests.processes import plain_sql, python, read_line, run_python
from tests.stores.kinds import append, body_of, meta_of, pages_of

READER = """
import json, sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=30)
looks, last, wrong = 0, 0, []
print("reading", flush=True)
while last < 150:
    numbers = [row[0] for row in connection.execute("SELECT page_number FROM page ORDER BY page_number")]
    if numbers != list(range(1, len(numbers) + 1)) or len(numbers) < last:
        wrong.append(numbers)
    looks, last = looks + 1, len(numbers)
print(json.dumps({"looks": looks, "wrong": wrong}), flush=True)
"""


def set_room(store: SqliteStore, pages: int) -> None:
    """Let the database have at most this many of SQLite's own pages more than it has."""
    with store.connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (present,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {present + pages}")
        cursor.fetchall()


def test_a_plain_reader_of_another_process_reads_while_pages_are_written(tmp_path: Path) -> None:
    """It sees a growing row of whole pages, and neither waits for the other's end."""
    store = SqliteStore(tmp_path, create=True)
    append(store, 1)
    with python(READER, tmp_path / DATABASE_NAME) as reader:
        assert read_line(reader) == "reading"
        append(store, *range(2, 151))
        found = json.loads(read_line(reader))
    store.close()
    assert found["wrong"] == []
    assert found["looks"] > 1


def test_a_full_disk_is_an_error_and_nothing_of_the_page_is_there(tmp_path: Path) -> None:
    """The page is refused with what to do, the pages before stay, and it fits once there is room."""
    store = SqliteStore(tmp_path, create=True)
    append(store, 1)
    set_room(store, 4)
    with pytest.raises(StoreError, match=r"page 2 could not be written, and nothing of it .*full"):
        append(store, 2, padding=2_000_000)
    with pytest.raises(StoreError, match="the checkpoint after page 1 was not written"):
        store.write_checkpoint(1, [b"head", bytes(2_000_000)])
    assert pages_of(store) == [(1, body_of(1))]
    assert store.read_checkpoint() is None
    set_room(store, 1_000)
    append(store, 2, padding=2_000_000)
    store.close()
    again = SqliteStore(tmp_path)
    assert pages_of(again) == [(1, body_of(1)), (2, body_of(2, 2_000_000))]
    again.close()


LIMITED = """
import resource, sys
from pathlib import Path
from setfair.errors import StoreError
from setfair.store.sqlite import SqliteStore
from tests.stores.kinds import append
resource.setrlimit(resource.RLIMIT_FSIZE, (3_000_000, 3_000_000))
store = SqliteStore(Path(sys.argv[1]), create=True)
done = 0
try:
    while True:
        append(store, done + 1, padding=300_000)
        done += 1
except StoreError as error:
    print(done, flush=True)
    print(str(error).splitlines()[0])
"""


@pytest.mark.skipif(not hasattr(resource, "RLIMIT_FSIZE"), reason="needs a limit on the size of files")
def test_a_disk_that_fills_up_while_pages_are_written(tmp_path: Path) -> None:
    """Where the system writes no more, what was acknowledged is there afterwards, and no more."""
    done, said = run_python(LIMITED, tmp_path).splitlines()
    assert int(done) >= 2
    assert said.startswith(f"page {int(done) + 1} could not be written")
    store = SqliteStore(tmp_path)
    expected = [(number, body_of(number, 300_000)) for number in range(1, int(done) + 1)]
    assert pages_of(store) == expected
    append(store, int(done) + 1)
    store.close()


def test_a_folder_that_is_no_house(tmp_path: Path) -> None:
    """The error says how to make one, and nothing is left behind."""
    with pytest.raises(StoreError, match="make a house with `setfair init` first"):
        check_house(tmp_path)
    with pytest.raises(StoreError, match="setfair init"):
        SqliteStore(tmp_path)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("read_only", [False, True])
def test_a_file_that_is_no_database(tmp_path: Path, read_only: bool) -> None:
    """The error names the file; the lease is free again."""
    (tmp_path / DATABASE_NAME).write_bytes(b"this is no database" * 400)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"setfair\.db cannot be opened: .*not a database"):
            connect(tmp_path, read_only=True) if read_only else SqliteStore(tmp_path)


def test_a_database_of_something_else(tmp_path: Path) -> None:
    """A table `page` that is not ours is an error of ours."""
    (tmp_path / DATABASE_NAME).touch()
    plain_sql(tmp_path / DATABASE_NAME, "CREATE TABLE page (title TEXT)", write=True)
    for _ in range(2):
        with pytest.raises(StoreError, match=r"cannot be read: .*no such column"):
            SqliteStore(tmp_path)


def test_a_place_where_nothing_can_be_made(tmp_path: Path) -> None:
    """A database that is a folder cannot be opened."""
    (tmp_path / DATABASE_NAME).mkdir()
    with pytest.raises(StoreError, match=r"setfair\.db cannot be opened"):
        SqliteStore(tmp_path)


def test_a_reader_cannot_write(tmp_path: Path) -> None:
    """The connection that readers get refuses every change."""
    store = SqliteStore(tmp_path, create=True)
    append(store, 1)
    store.close()
    connection = connect(tmp_path, read_only=True)
    with connection.cursor() as cursor, pytest.raises(Exception, match="readonly"):
        cursor.execute("DELETE FROM page")
    connection.close()
    assert plain_sql(tmp_path / DATABASE_NAME, "SELECT count(*) FROM page") == [[1]]


def test_what_is_kept_beside_a_page(tmp_path: Path) -> None:
    """The columns of the table `page` are what `PageMeta` says."""
    store = SqliteStore(tmp_path, create=True)
    append(store, 1, 2)
    store.close()
    row = plain_sql(tmp_path / DATABASE_NAME, "SELECT * FROM page WHERE page_number = 2")[0]
    meta = meta_of(2)
    assert row == [
        meta.number,
        meta.time_utc,
        meta.instruction_kind,
        meta.first_instruction,
        meta.instruction_count,
        meta.first_record,
        meta.record_count,
        meta.root.hex(),
        meta.peaks.hex(),
        body_of(2).hex(),
    ]


def test_scripts_are_split_into_statements() -> None:
    """Comments and empty lines go; a statement ends with a semicolon at the end of a line."""
    assert list(statements("-- about\nA;\n\nB\n  C; -- no end\nD;\n")) == ["A;", "B\n  C; -- no end\nD;"]
