"""Archives: the pages of closed days leave the live file, and everything that reads pages goes on."""

from __future__ import annotations

import hashlib
import shutil
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from setfair import business_day
from setfair.audit.audit import fresh_audit, run_audit
from setfair.audit.finding import Finding
from setfair.backup import archive as archive_module
from setfair.backup.archive import Archived, archive_days
from setfair.backup.make import make_backup
from setfair.backup.restore import Until, restore_backup
from setfair.errors import HouseError, StoreError
from setfair.house import House, open_house
from setfair.monitor import Overview, watch
from setfair.prove.quittance import make_quittance
from setfair.statements.write_day import write_day
from setfair.store import seal
from setfair.store.sqlite import SqliteStore, connect
from setfair.tables import open_tables
from tests.houses import DAY, funding, make_house, payment, payments, ticking_clock, usual_agreement
from tests.processes import plain_sql
from tests.proofs import SETTLED, SIGNATORIES, WITNESSES, morning, play

NEXT_DAY = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with a day that is closed and another that is open; only copied."""
    house = make_house(
        tmp_path_factory.mktemp("made"), usual_agreement(signatories=SIGNATORIES, extra=WITNESSES)
    )
    play(house, lambda opened: morning(opened, 777, "Example Dyeworks"))
    play(house, lambda opened: business_day.close_day(opened.clearing_house))
    play(house, next_morning)
    return house


def next_morning(opened: House) -> None:
    """Open the next day and settle a payment."""
    business_day.open_day(opened.clearing_house, NEXT_DAY, ("KES", "UGX"))
    opened.clearing_house.submit(payments(funding(50, "KE01", 10), payment(51, "KE01", "UG01", 1)))


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    """A copy of that house."""
    return Path(shutil.copytree(made, tmp_path / "house"))


def archive(house: Path, until: date = DAY, to: Path | None = None) -> Archived:
    """Archive the closed days of a house."""
    return archive_days(house, until, to=to, clock=ticking_clock())


def audited(house: Path) -> Finding | None:
    """Audit everything; return what was found."""
    done, connection = fresh_audit(), connect(house, read_only=True)
    run_audit(done, connection, (house / "keys" / "house.pub").read_text(), lambda page: None)
    connection.close()
    return done.finding


def bodies(house: Path) -> list[int]:
    """Return by page how many bytes the live file has of it."""
    rows = plain_sql(house / "setfair.db", "SELECT length(body) FROM page ORDER BY page_number")
    return [int(row[0]) for row in rows]


def test_pages_leave_the_live_file(house: Path) -> None:
    """Those of the closed day do, those of the open one stay; the file is what it says, the audit green."""
    whole, size = bodies(house), (house / "setfair.db").stat().st_size
    done = archive(house)
    assert done.first_page == 1
    assert done.last_page < len(whole)
    assert bodies(house) == [0] * done.last_page + whole[done.last_page :]
    assert done.shrunk
    assert (house / "setfair.db").stat().st_size <= size
    table = pq.read_table(done.path)
    assert table["page_number"].to_pylist() == list(range(1, done.last_page + 1))
    assert [len(body.as_py()) for body in table["body"]] == whole[: done.last_page]
    assert audited(house) is None


def test_what_reads_pages_goes_on(house: Path, tmp_path: Path) -> None:
    """Proofs, the overseer's view, rebuilding, starting from pages and the next day: as without archive."""
    before = (seen(house), proof_of(house), rows_of(house), given_out(house, tmp_path / "before"))
    archive(house, to=tmp_path / "elsewhere")
    after = (seen(house), proof_of(house), rows_of(house), given_out(house, tmp_path / "after"))
    assert after == before
    with open_house(house, ticking_clock()) as opened:
        opened.rebuild()
    assert rows_of(house) == before[2]
    plain_sql(house / "setfair.db", "DELETE FROM books_checkpoint", write=True)
    with open_house(house, ticking_clock()) as opened:
        again = opened.clearing_house.submit(payments(payment(1001, "KE01", "UG01", 12_345)))
        assert again.rows["repeated"].tolist() == [1]
        business_day.close_day(opened.clearing_house)
    second = archive(house, NEXT_DAY)
    assert second.first_page == len(archived_pages(house)) + 1
    assert audited(house) is None


def seen(house: Path) -> Overview:
    """Return the overseer's view."""
    return watch(house, lambda done, whole: None)


def given_out(house: Path, out: Path) -> dict[str, bytes]:
    """Return the messages and statements of the closed day by name."""
    with open_tables(house) as tables:
        write_day(tables.query, out, DAY)
    return {
        str(path.relative_to(out)): path.read_bytes() for path in sorted(out.rglob("*")) if path.is_file()
    }


def archived_pages(house: Path) -> list[int]:
    """Return the pages of the first file of the archive."""
    first, last = plain_sql(house / "setfair.db", "SELECT first_page, last_page FROM archived ORDER BY 1")[0]
    return list(range(int(first), int(last) + 1))


def proof_of(house: Path) -> object:
    """Return the quittance of a payment of the closed day."""
    with open_tables(house) as tables:
        return make_quittance(tables.query, SETTLED, None)


def rows_of(house: Path) -> list[dict[str, object]]:
    """Return every row of the projected tables."""
    with open_tables(house) as tables:
        views = tables.query("SELECT name FROM main.sqlite_master WHERE type = 'view' ORDER BY name")
        return [row for view in views for row in sorted_rows(tables.query(f"SELECT * FROM {view['name']}"))]


def sorted_rows(rows: list[dict[str, object]]) -> list[dict[str, object]]:
    """Return rows in an order that does not depend on where they lie."""
    return sorted(rows, key=repr)


def test_nothing_to_archive(house: Path) -> None:
    """A day that is open has to be closed first; what is in an archive is not put there again."""
    with pytest.raises(HouseError, match="nothing to archive"):
        archive(house, DAY - timedelta(days=1))
    archive(house)
    with pytest.raises(HouseError, match="nothing to archive"):
        archive(house, NEXT_DAY)


@pytest.mark.parametrize("damage", ["gone", "bit", "cut"])
def test_a_file_that_is_lost_or_damaged(house: Path, damage: str) -> None:
    """The audit names it and its first page; what stayed in the house can still be read."""
    done = archive(house)
    raw = bytearray(done.path.read_bytes())
    raw[len(raw) // 2] ^= 1
    if damage == "gone":
        done.path.unlink()
    else:
        done.path.write_bytes(bytes(raw) if damage == "bit" else bytes(raw[:-9]))
    found = audited(house)
    assert found is not None
    assert 1 <= found.page <= done.last_page
    assert len(rows_of(house)) > 0


STEPS = (
    ("_write", archive_module),
    ("sync_folder", archive_module),
    ("_check", archive_module),
    ("archive", SqliteStore),
    ("seal_rows", archive_module),
    ("_fill", seal),
    ("_sync", seal),
    ("_write", seal),
    ("_note", seal),
    ("shrink", SqliteStore),
)


@pytest.mark.parametrize(("step", "owner"), STEPS, ids=[name for name, _ in STEPS])
@pytest.mark.parametrize("after", [False, True])
def test_a_crash_at_any_step(
    house: Path, monkeypatch: pytest.MonkeyPatch, step: str, owner: object, after: bool
) -> None:
    """The pages are in the live file or the archive, the audit is green, the command can be repeated."""
    whole, shown = bodies(house), rows_of(house)
    with monkeypatch.context() as patched:
        patched.setattr(owner, step, _crashing(getattr(owner, step), after=after))
        with pytest.raises(KeyboardInterrupt):
            archive(house)
    left = bodies(house)
    assert left == whole or left[0] == 0
    assert audited(house) is None
    assert rows_of(house) == shown
    if left == whole:
        archive(house)
    else:
        with pytest.raises(HouseError, match="nothing to archive"):
            archive(house)
    assert bodies(house)[0] == 0
    assert len(sealed(house)) == 1
    assert not list((house / "archive").glob(".*"))
    assert audited(house) is None
    assert rows_of(house) == shown


def _crashing(work: Callable[..., object], *, after: bool) -> Callable[..., object]:
    def crash(*given: object, **named: object) -> object:
        if after:
            work(*given, **named)
        raise KeyboardInterrupt

    return crash


def test_what_was_not_written_well_is_not_let_go(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A file that reads back differently from what the house has is refused, and nothing changes."""
    whole = bodies(house)

    def write_other(out: object, opened: House, pages: tuple[int, int], on_progress: object) -> None:
        rows = [archive_module._row(opened, number) for number in range(pages[0], pages[1] + 1)]
        rows[3]["body"] = rows[2]["body"]
        pq.write_table(archive_module.pa.Table.from_pylist(rows, archive_module.SCHEMA), out)

    monkeypatch.setattr(archive_module, "_write", write_other)
    with pytest.raises(StoreError, match="page 4 is not as it was written"):
        archive(house)
    assert bodies(house) == whole


def test_a_backup_has_the_archive_in_it(house: Path, tmp_path: Path) -> None:
    """The house that is made of it has all pages in its live file, and needs no archive."""
    whole = bodies(house)
    archive(house, to=tmp_path / "elsewhere")
    make_backup(house, tmp_path / "backup.tar", 1_767_600_000_000_000_000)
    shutil.rmtree(tmp_path / "elsewhere")
    restore_backup(tmp_path / "backup.tar", tmp_path / "again", until=Until())
    assert bodies(tmp_path / "again") == whole
    assert audited(tmp_path / "again") is None


def test_a_body_that_is_another_nothing(house: Path) -> None:
    """Where an archive has a page's bytes, the live file has none, which is not the number 0."""
    archive(house)
    number = archived_pages(house)[3]
    plain_sql(house / "setfair.db", f"UPDATE page SET body = 0 WHERE page_number = {number}", write=True)
    found = audited(house)
    assert found is not None
    assert (found.page, found.what, found.found) == (number, "bytes", "0")


def sealed(house: Path) -> list[Path]:
    """Return the files that have rows of closed days."""
    rows = plain_sql(house / "setfair.db", "SELECT path FROM sealed ORDER BY first_page")
    return [house / str(path) for (path,) in rows]


def numbers(house: Path, table: str, key: str) -> list[int]:
    """Return the numbers of the rows that a table of a database file has."""
    return [int(number) for (number,) in plain_sql(house, f"SELECT {key} FROM {table} ORDER BY 1")]


def test_rows_leave_the_live_file(house: Path) -> None:
    """Final payments of closed days and what became of them do; every view shows what it showed."""
    live = house / "setfair.db"
    before, shown = numbers(live, "payment_row", "payment_number"), rows_of(house)
    done = archive(house)
    assert done.rows is not None
    assert sealed(house) == [done.rows.path]
    gone = numbers(done.rows.path, "payment_row", "payment_number")
    assert gone
    assert sorted([*gone, *numbers(live, "payment_row", "payment_number")]) == before
    statuses = plain_sql(done.rows.path, "SELECT DISTINCT status FROM payment_row")
    assert {int(status) for (status,) in statuses} <= {4, 5, 6}
    kinds = plain_sql(live, "SELECT DISTINCT instruction_kind FROM page JOIN record_row USING (page_number) "
                            f"WHERE page_number <= {done.last_page}")  # fmt: skip
    assert not {str(kind) for (kind,) in kinds} & {"CUSTOMER_PAYMENT", "LIQUIDITY_TRANSFER", "OBLIGATION"}
    assert "PHASE_CHANGE" in {str(kind) for (kind,) in kinds}
    assert rows_of(house) == shown
    assert audited(house) is None


def test_a_reader_that_was_there_sees_all(house: Path) -> None:
    """Rows that move while a reader reads are where it looks for them."""
    count = "SELECT count(*) AS n FROM payment"
    with open_tables(house) as tables:
        before = tables.query(count)
        done = archive(house)
        assert done.rows is not None
        assert tables.query(count) == before
    with open_tables(house) as tables:
        assert tables.query(count) == before


@pytest.mark.parametrize("damage", ["gone", "cut", "bit", "row"])
def test_sealed_rows_that_are_lost_or_damaged(house: Path, damage: str) -> None:
    """A reader is told which file, the audit says what differs in the tables; a rebuild makes all well."""
    shown, done = rows_of(house), archive(house)
    assert done.rows is not None
    path = done.rows.path
    raw = bytearray(path.read_bytes())
    if damage == "gone":
        path.unlink()
    elif damage == "cut":
        path.write_bytes(raw[:-65_536])
    elif damage == "bit":
        raw[len(raw) - 1] ^= 1
        path.write_bytes(raw)
    else:
        plain_sql(path, "UPDATE payment_row SET amount_minor = amount_minor + 1", write=True)
        plain_sql(
            house / "setfair.db",
            f"UPDATE sealed SET sha256 = '{hashlib.sha256(path.read_bytes()).hexdigest()}', "
            f"bytes = {path.stat().st_size}",
            write=True,
        )
    found = audited(house)
    assert found is not None
    assert (path.name in found.what) if damage != "row" else "payment_row" in found.what
    if damage in {"gone", "cut"}:
        with pytest.raises(StoreError, match=path.name), open_tables(house):
            pass
    with open_house(house, ticking_clock()) as opened:
        opened.rebuild()
    assert audited(house) is None
    assert rows_of(house) == shown


@pytest.mark.parametrize("crash", [False, True])
def test_neighbours_become_one_file(house: Path, monkeypatch: pytest.MonkeyPatch, crash: bool) -> None:
    """There are never more files than a reader can attach, whatever happens while two become one."""
    monkeypatch.setattr(seal, "FILES_MAX", 2)
    for day in range(3):
        play(house, lambda opened: business_day.close_day(opened.clearing_house))
        shown = rows_of(house)
        if crash and day == 2:
            with monkeypatch.context() as patched:
                patched.setattr(seal, "_merge_smallest", _crashing(seal._merge_smallest, after=False))
                with pytest.raises(KeyboardInterrupt):
                    archive(house, DAY + timedelta(days=day + 1))
            assert len(sealed(house)) == 3
        else:
            archive(house, DAY + timedelta(days=day + 1))
            assert len(sealed(house)) == min(day + 1, 2)
        assert rows_of(house) == shown
        assert audited(house) is None
        play(house, lambda opened, day=day: one_more_day(opened, day))
    assert sorted((house / "archive").glob("rows-*.db")) == sealed(house)


def one_more_day(opened: House, day: int) -> None:
    """Open a day after the first two and settle a payment."""
    clearing_house = opened.clearing_house
    business_day.open_day(clearing_house, DAY + timedelta(days=day + 2), ("KES", "UGX"))
    clearing_house.submit(payments(payment(60 + day, "KE01", "UG01", 1)))


def test_another_house_in_the_same_folder(house: Path, tmp_path: Path) -> None:
    """No file of another house is written over."""
    archive(house, to=tmp_path / "both")
    (tmp_path / "other").mkdir()
    other = make_house(tmp_path / "other", usual_agreement(signatories=SIGNATORIES, extra=WITNESSES))
    play(other, lambda opened: morning(opened, 778, "Example Dyeworks"))
    play(other, lambda opened: business_day.close_day(opened.clearing_house))
    play(other, next_morning)
    with pytest.raises(HouseError, match="of another house"):
        archive(other, to=tmp_path / "both")
    assert audited(house) is None
    assert audited(other) is None
