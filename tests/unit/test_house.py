"""A house on disk: made, opened, read beside a writer, rebuilt, and brought up to date after a crash."""

from __future__ import annotations

import json
import shutil
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from setfair.domain.codes import Phase
from setfair.domain.signing import read_private_key
from setfair.errors import (
    AgreementError,
    HouseError,
    LeaseHeldError,
    ScreeningUnavailableError,
    StoreError,
)
from setfair.house import House, adopt_version, init_house, open_house, read_signed_agreement
from setfair.store.sqlite import DATABASE_NAME, TRUTH
from setfair.tables import open_tables
from tests.houses import (
    DAY,
    REMEMBER_FROM,
    funding,
    make_house,
    obligation,
    obligations,
    payment,
    payments,
    table_rows,
    ticking_clock,
    usual_agreement,
    write_signed,
)
from tests.processes import plain_sql, python, read_line
from tests.screening.samples import invented_name, write_un_xml


def play(house: House) -> None:
    """Let something of everything happen, in several currencies and tables."""
    way_in = house.clearing_house
    for currency in ("KES", "UGX"):
        way_in.open_day(currency, DAY, REMEMBER_FROM)
    way_in.submit(payments(funding(1, "KE01", 100_000), payment(2, "KE01", "UG01", 70_000)))
    way_in.submit(payments(payment(3, "UG01", "TN01", 900_000), payment(4, "UG01", "NOBODY", 1)))
    held = way_in.submit(payments(payment(5, "UG01", "TN01", 7, creditor_name=invented_name(3))))
    way_in.decide_held(int(held.rows[0]["number"]), "bela", "known for years", release=True)
    rows = (("1", "A", "B", 9), ("2", "B", "Ç", 8), ("3", "Ç", "A", 7))
    way_in.submit(obligations(*(obligation(*row) for row in rows)))
    way_in.run_cycle("KES", DAY)
    way_in.change_phase("UGX", Phase.INTERBANK_CUTOFF)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house after a short day, closed; only copied."""
    house = make_house(tmp_path_factory.mktemp("made"))
    with open_house(house, ticking_clock()) as opened:
        play(opened)
    return house


@pytest.fixture
def folder(made: Path, tmp_path: Path) -> Path:
    """A copy of that house."""
    return Path(shutil.copytree(made, tmp_path / "house"))


def projected(folder: Path) -> list[tuple[str, str]]:
    """Return (type, name) of every projected table and view, as another program sees them."""
    rows = plain_sql(folder / DATABASE_NAME, "SELECT type, name FROM sqlite_master ORDER BY type DESC, name")
    kept = TRUTH
    return [(kind, name) for kind, name in rows if kind in ("table", "view") and name not in kept]


def all_rows(folder: Path) -> dict[str, list[dict[str, Any]]]:
    """Return all rows of all tables and views."""
    with open_house(folder, ticking_clock()) as opened:
        return table_rows(opened)


# Rebuilding.


def test_dropped_tables_come_back_row_for_row(folder: Path) -> None:
    """Another program drops every projected table and view; a rebuild gives the same rows of all of them."""
    before = all_rows(folder)
    assert len(before["payment_row"]) == 5
    assert len(before["set_off"]) == 3
    names = projected(folder)
    assert len(names) > 20
    plain_sql_many(folder, [f'DROP {kind.upper()} "{name}"' for kind, name in sorted(names, reverse=True)])
    assert projected(folder) == []
    with open_house(folder, ticking_clock()) as opened:
        opened.rebuild()
        assert table_rows(opened) == before


def plain_sql_many(folder: Path, statements: list[str]) -> None:
    """Run statements with Python's own sqlite3 in one other process."""
    code = "import json, sqlite3, sys\nc = sqlite3.connect(sys.argv[1])\n"
    code += "for s in json.loads(sys.argv[2]): c.execute(s)\nc.commit(); c.close(); print('done')"
    with python(code, folder / DATABASE_NAME, json.dumps(statements)) as process:
        assert read_line(process) == "done"


def test_changed_rows_are_put_right_by_a_rebuild(folder: Path) -> None:
    """Rows that another program changed, deleted or added are those of the pages again."""
    before = all_rows(folder)
    changes = [
        "UPDATE account_row SET balance_minor = balance_minor + 1",
        "DELETE FROM payment_row WHERE payment_number % 2",
        "INSERT INTO note VALUES (12345, 'not ours', '', '')",
    ]
    plain_sql_many(folder, changes)
    assert all_rows(folder) != before
    seen: list[int] = []
    with open_house(folder, ticking_clock()) as opened:
        opened.rebuild(seen.append)
        assert table_rows(opened) == before
        assert seen == list(range(1, opened.clearing_house.state.page_number + 1))


@pytest.mark.parametrize(
    "statement", ["DROP TABLE projection", "DROP TABLE account_row", "DROP VIEW payment", "DROP TABLE page_x"]
)
def test_any_one_table_may_be_missing(folder: Path, statement: str) -> None:
    """Whoever opens the house next, a reader too, finds all tables whole; a table of somebody else goes."""
    before = all_rows(folder)
    plain_sql_many(folder, ["CREATE TABLE page_x (a)", statement])
    with open_tables(folder) as tables:
        assert tables.query("SELECT * FROM payment ORDER BY 1, 2") == before["payment"]
        assert tables.page_number == before["projection"][0]["page_number"]
    with open_house(folder, ticking_clock()) as opened:
        opened.rebuild()
        assert table_rows(opened) == before


def test_a_checkpoint_may_be_deleted(folder: Path) -> None:
    """It only saves time."""
    with open_house(folder, ticking_clock()) as opened:
        opened.clearing_house.checkpoint()
        before = table_rows(opened)
        balances = opened.clearing_house.state.books.accounts["balance"].tolist()
    plain_sql_many(folder, ["DELETE FROM books_checkpoint"])
    with open_house(folder, ticking_clock()) as opened:
        assert opened.clearing_house.state.books.accounts["balance"].tolist() == balances
        assert table_rows(opened) == before | {"books_checkpoint": []}


# Crashes.

CRASH = """
import os, sys
from pathlib import Path
from setfair.house import open_house
from tests.houses import payment, payments, ticking_clock
manager = open_house(Path(sys.argv[1]), ticking_clock())
house = manager.__enter__()
house.clearing_house.submit(payments(payment(50, "KE01", "TN01", 11), payment(51, "TN01", "KE01", 4)))
os.kill(os.getpid(), 9)
"""


@pytest.mark.parametrize("reader_first", [True, False])
def test_a_crash_before_the_tables_were_written_is_made_good(folder: Path, reader_first: bool) -> None:
    """The page is durable, the tables are behind; whoever opens the house next brings them up to date."""
    with python(CRASH, folder) as process:
        process.wait(timeout=120)
        assert process.returncode == -9
    behind = plain_sql(
        folder / DATABASE_NAME, "SELECT max(page_number) - (SELECT page_number FROM projection) FROM page"
    )
    assert behind == [[1]]
    found = "SELECT instruction_id, status FROM payment WHERE instruction_id IN ('P50', 'P51') ORDER BY 1"
    expected = [
        {"instruction_id": "P50", "status": "ACSC"},
        {"instruction_id": "P51", "status": "ACSC"},
    ]
    if reader_first:
        with open_tables(folder) as tables:
            assert tables.query(found) == expected
    with open_house(folder, ticking_clock()) as opened:
        assert opened.query(found) == expected
        outcome = opened.clearing_house.submit(payments(payment(50, "KE01", "TN01", 11)))
        assert outcome.page is None
        rows = table_rows(opened)
        opened.rebuild()
        assert table_rows(opened) == rows


def test_pages_that_the_tables_lack_are_read_from_the_store(folder: Path) -> None:
    """Where the tables have not heard of a page, those that follow do not leave a gap."""
    with open_house(folder, ticking_clock()) as opened:
        way_in = opened.clearing_house
        way_in.submit(payments(payment(60, "KE01", "TN01", 11)))
        opened.catch_up()
        way_in.on_page = None
        way_in.submit(payments(payment(61, "KE01", "TN01", 12)))
        way_in.on_page = opened.note_page
        way_in.submit(payments(payment(62, "KE01", "TN01", 13)))
        numbers = opened.query("SELECT instruction_id FROM payment WHERE amount_minor BETWEEN 11 AND 13")
        assert [row["instruction_id"] for row in numbers] == ["P60", "P61", "P62"]
        rows = table_rows(opened)
        opened.rebuild()
        assert table_rows(opened) == rows


def set_limit(house: House, more: int) -> None:
    """Let the database have at most so many of SQLite's own pages more than it has."""
    with house.store.connection.cursor() as cursor:
        cursor.execute("PRAGMA page_count")
        (present,) = cursor.fetchone()
        cursor.execute(f"PRAGMA max_page_count = {present + more}")
        cursor.fetchall()


def test_a_disk_that_is_too_full_for_the_tables(folder: Path) -> None:
    """The error says that the pages are safe; once there is room everything is there, once."""
    with open_house(folder, ticking_clock()) as opened:
        long = "x" * 140
        rows = [payment(n, "KE01", "TN01", 1, remittance=long, creditor_name=long) for n in range(1000, 9000)]
        opened.catch_up()
        opened.clearing_house.submit(payments(*rows))
        set_limit(opened, more=4)
        with pytest.raises(StoreError, match=r"The pages are safe; mend the disk and run `setfair rebuild`"):
            opened.catch_up()
        set_limit(opened, more=10_000)
        opened.clearing_house.submit(payments(payment(61, "KE01", "TN01", 12)))
        assert opened.query("SELECT count(*) AS n FROM payment_row WHERE creditor_name = ?", (long,)) == [
            {"n": 8000}
        ]
        assert opened.query("SELECT count(*) AS n FROM payment_row WHERE amount_minor = 12") == [{"n": 1}]


# Readers.

READER = """
import json, sqlite3, sys
connection = sqlite3.connect(f"file:{sys.argv[1]}?mode=ro", uri=True, timeout=30)
wrong, looks, first = [], 0, None
print("reading", flush=True)
while True:
    connection.execute("BEGIN")
    (position,) = connection.execute("SELECT page_number FROM projection").fetchone()
    (total,) = connection.execute("SELECT sum(balance_minor) FROM account_row").fetchone()
    (last,) = connection.execute("SELECT max(page_number) FROM record_row").fetchone()
    (done,) = connection.execute("SELECT count(*) FROM payment_row WHERE instruction_id = 'LAST'").fetchone()
    connection.execute("COMMIT")
    if total != 0 or last != position:
        wrong.append([total, last, position])
    looks += 1
    first = first or position
    if done:
        print(json.dumps({"wrong": wrong, "looks": looks, "steps": position - first}), flush=True)
        break
"""


def test_a_plain_reader_sees_whole_pages_while_the_writer_is_at_work(folder: Path) -> None:
    """At every look balances sum to zero and the tables stand at the page that they say."""
    with open_house(folder, ticking_clock()) as opened, python(READER, folder / DATABASE_NAME) as reader:
        assert read_line(reader) == "reading"
        for number in range(1_000, 1_040):
            opened.clearing_house.submit(payments(payment(number, "KE01", "UG01", 3)))
            opened.catch_up()
        opened.clearing_house.submit(payments(payment(2_000, "KE01", "UG01", 3, instruction_id="LAST")))
        opened.catch_up()
        found = json.loads(read_line(reader))
    assert found["wrong"] == []
    assert found["looks"] > 1
    assert found["steps"] > 0


def test_our_own_reader_reads_beside_the_writer(folder: Path) -> None:
    """What the writer has not projected yet is not there yet, and nobody waits for long."""
    with open_house(folder, ticking_clock()) as opened:
        before = opened.clearing_house.state.page_number
        opened.clearing_house.submit(payments(payment(70, "KE01", "TN01", 11)))
        with open_tables(folder) as tables:
            assert tables.page_number == before
        opened.catch_up()
        with open_tables(folder) as tables:
            assert tables.page_number == before + 1


@pytest.mark.parametrize(
    "sql",
    ["DELETE FROM payment_row", "DROP TABLE page", "SELECT nothing FROM nowhere", "", "SELEC"],
)
def test_a_reader_writes_nothing_and_a_wrong_query_is_an_error(folder: Path, sql: str) -> None:
    """Each is an error of ours, and the tables are as they were."""
    before = all_rows(folder)
    with open_tables(folder) as tables, pytest.raises(HouseError, match=r"^the query failed: "):
        tables.query(sql)
    assert all_rows(folder) == before


def test_a_column_of_more_than_one_type_is_an_error(folder: Path) -> None:
    """Not a traceback: SQLite lets a column change its type on the way, a table of ours does not."""
    sql = "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 3000) "
    with open_tables(folder) as tables, pytest.raises(HouseError, match="Type mismatch"):
        tables.query(sql + "SELECT CASE WHEN i > 2000 THEN 'x' ELSE i END AS a FROM n")


# Making a house.


def test_a_new_house_has_its_parts(folder: Path) -> None:
    """Folders, lists, a private key that only its owner reads, and its public half."""
    names = {"keys", "lists", "staging", "out", DATABASE_NAME, "writer.lease"}
    assert names <= {path.name for path in folder.iterdir()}
    assert (folder / "lists" / "un.xml").exists()
    key = folder / "keys" / "house.key"
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
    assert read_private_key(key.read_bytes()) is not None


def test_a_folder_with_something_in_it_is_left_alone(tmp_path: Path) -> None:
    """A house is not made over a house, nor among other files."""
    file = write_signed(tmp_path, usual_agreement())
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter").write_text("mine")
    with pytest.raises(HouseError, match="mine is not empty: choose a new folder"):
        init_house(tmp_path / "mine", file, ticking_clock())
    init_house(tmp_path / "house", file, ticking_clock())
    with pytest.raises(HouseError, match="house is a house already"):
        init_house(tmp_path / "house", file, ticking_clock())
    assert (tmp_path / "mine" / "letter").read_text() == "mine"


@pytest.mark.parametrize("is_there", [False, True])
def test_a_folder_that_was_there_stays(tmp_path: Path, is_there: bool) -> None:
    """Where a house cannot be made, a folder that was there stays, empty; another one is not left behind."""
    file = write_signed(tmp_path, usual_agreement())
    (tmp_path / "lists" / "un.xml").unlink()
    if is_there:
        (tmp_path / "house").mkdir()
    with pytest.raises(ScreeningUnavailableError):
        init_house(tmp_path / "house", file, ticking_clock())
    assert (tmp_path / "house").exists() == is_there
    assert not is_there or not any((tmp_path / "house").iterdir())


def unsigned(folder: Path) -> None:
    (folder / "agreement.toml.signatures.json").unlink()


def huge(folder: Path) -> None:
    (folder / "agreement.toml").write_bytes(b"#" * (16 * 2**20 + 1))


def huge_signatures(folder: Path) -> None:
    (folder / "agreement.toml.signatures.json").write_bytes(b" " * (8 * 2**20 + 1))


def without_list(folder: Path) -> None:
    (folder / "lists" / "un.xml").unlink()


def short_list(folder: Path) -> None:
    write_un_xml(folder / "lists" / "un.xml", entries=10, published=DAY)


@pytest.mark.parametrize(
    ("spoil", "error", "match"),
    [
        (unsigned, AgreementError, "not all have signed: AGENT"),
        (huge, AgreementError, "is too large"),
        (huge_signatures, AgreementError, "is too large"),
        (without_list, ScreeningUnavailableError, "nothing settles:\n  list UN: "),
        (short_list, ScreeningUnavailableError, "10 entries, at least 500 are expected"),
    ],
)
def test_a_house_that_cannot_be_made_leaves_nothing(
    tmp_path: Path, spoil: Any, error: type[Exception], match: str
) -> None:
    """The folder is not there afterwards, and once the fault is mended it can be made."""
    file = write_signed(tmp_path, usual_agreement())
    spoil(tmp_path)
    with pytest.raises(error, match=match):
        init_house(tmp_path / "house", file, ticking_clock())
    assert not (tmp_path / "house").exists()
    write_signed(tmp_path, usual_agreement())
    init_house(tmp_path / "house", file, ticking_clock())


def test_an_agreement_is_read_with_its_signatures(tmp_path: Path) -> None:
    """Those beside it, or none."""
    file = write_signed(tmp_path, usual_agreement())
    assert [one.signatory for one in read_signed_agreement(file)[1]] == ["AGENT"]
    unsigned(tmp_path)
    assert read_signed_agreement(file)[1] == ()


def test_a_later_version_reaches_the_tables(folder: Path, tmp_path: Path) -> None:
    """Participants and officers of both versions, accounts as the later one says."""
    file = write_signed(
        tmp_path, usual_agreement(version="2", banks=("KE01", "UG01", "TN01", "RW01")), "v2.toml"
    )
    with open_house(folder, ticking_clock()) as opened:
        assert adopt_version(opened, file).agreement.version == 2
        versions = opened.query("SELECT version FROM agreement ORDER BY 1")
        assert [row["version"] for row in versions] == [1, 2]
        assert len(opened.query("SELECT * FROM account WHERE participant = 'RW01'")) == 2
        rows = table_rows(opened)
        opened.rebuild()
        assert table_rows(opened) == rows


@pytest.fixture
def empty(tmp_path: Path) -> Iterator[Path]:
    """A folder without a house."""
    (tmp_path / "empty").mkdir()
    yield tmp_path / "empty"
    assert list((tmp_path / "empty").iterdir()) == []


def test_a_folder_without_a_house(empty: Path) -> None:
    """Neither a reader nor a writer makes one by accident."""
    with pytest.raises(StoreError, match="make a house with `setfair init` first"), open_tables(empty):
        pass
    with pytest.raises(StoreError, match="setfair init"), open_house(empty):
        pass


def test_a_second_writer_is_refused_and_a_reader_is_not(folder: Path) -> None:
    """The lease is for writing."""
    with open_house(folder, ticking_clock()):
        with pytest.raises(LeaseHeldError, match="another writer holds this house"), open_house(folder):
            pass
        with open_tables(folder) as tables:
            assert tables.query("SELECT count(*) AS n FROM agreement") == [{"n": 1}]
