"""The audit: good houses are good, and each way to change one is named by page and record."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import numpy as np
import pytest

from setfair.audit import journal
from setfair.audit.audit import Audit, fresh_audit, run_audit
from setfair.audit.finding import Finding
from setfair.audit.kept import read_kept, write_kept
from setfair.audit.table_rows import TableRows
from setfair.errors import SetfairError
from setfair.house import open_house
from setfair.journal.page import Page, page_from_bytes, page_to_bytes
from setfair.store.sqlite import TRUTH, connect
from setfair.tables import query
from tests.houses import funding, make_house, payment, payments, ticking_clock, usual_agreement
from tests.processes import plain_sql
from tests.proofs import SIGNATORIES, WITNESSES, morning, play


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house after a morning, its books saved; only copied."""
    house = make_house(
        tmp_path_factory.mktemp("made"), usual_agreement(signatories=SIGNATORIES, extra=WITNESSES)
    )
    play(house, lambda opened: morning(opened, 777, "Example Dyeworks"))
    play(house, lambda opened: opened.clearing_house.checkpoint())
    return house


@pytest.fixture
def house(made: Path, tmp_path: Path) -> Path:
    """A copy of that house."""
    return Path(shutil.copytree(made, tmp_path / "house"))


def audit(house: Path, begin: Audit | None = None) -> Audit:
    """Audit a house's database."""
    done = begin or fresh_audit()
    connection = connect(house, read_only=True)
    try:
        key = (house / "keys" / "house.pub").read_text()
        run_audit(done, connection, key, lambda page: None)
    finally:
        connection.close()
    return done


def kept_of(done: Audit) -> bytes:
    """Return what an auditor keeps."""
    file = BytesIO()
    write_kept(file, done.audited, done.keys)
    return file.getvalue()


def finding(house: Path) -> Finding:
    """Audit a house in which something was changed."""
    found = audit(house).finding
    assert found is not None
    return found


def change(house: Path, statement: str) -> None:
    """Change the database behind the house's back."""
    plain_sql(house / "setfair.db", statement, write=True)


def page_of(house: Path, number: int) -> Page:
    """Return a page as it is on record."""
    body = plain_sql(house / "setfair.db", f"SELECT body FROM page WHERE page_number = {number}")[0][0]
    return page_from_bytes(bytes.fromhex(body))


def put(house: Path, page: Page) -> None:
    """Put a page in the place of the one of its number, with a digest that fits."""
    body = page_to_bytes(page).hex()
    change(house, f"UPDATE page SET body = x'{body}' WHERE page_number = {page.number}")


def test_a_good_house(house: Path) -> None:
    """Everything is counted: pages, records, checkpoints, and the tables were compared."""
    done = audit(house)
    assert done.finding is None
    assert (done.pages, done.records, done.checkpoints) == (10, 620, 10)
    assert done.compared_tables
    with open_house(house, ticking_clock()) as opened:
        assert done.audited.tree == opened.clearing_house.journal.tree


def test_a_house_without_tables(house: Path) -> None:
    """An overseer's copy needs the pages alone; but if it has tables, it has all of them."""
    names = plain_sql(house / "setfair.db", "SELECT type, name FROM sqlite_master WHERE type <> 'index'")
    projected = sorted((kind, name) for kind, name in names if name not in TRUTH)[::-1]
    change(house, f"DROP {projected[0][0]} {projected[0][1]}")
    assert finding(house).what == "tables"
    for kind, name in projected[1:]:
        change(house, f"DROP {kind} {name}")
    done = audit(house)
    assert (done.finding, done.compared_tables, done.compared_rows) == (None, False, False)


def test_the_increment(house: Path) -> None:
    """From what an earlier audit kept, only what has come since is decided again; the result is the same."""
    kept = kept_of(audit(house))
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.submit(payments(funding(50, "KE01", 10), payment(51, "KE01", "UG01", 1)))
    more = audit(house, Audit(*read_kept(BytesIO(kept))))
    assert (more.finding, more.pages, more.records) == (None, 1, 2)
    assert more.audited.tree == audit(house).audited.tree
    change(house, "UPDATE page SET root = zeroblob(32) WHERE page_number = 10")
    found = audit(house, Audit(*read_kept(BytesIO(kept)))).finding
    assert found is not None
    assert (found.page, found.what) == (10, "root where the earlier audit ended")


@pytest.mark.parametrize("cut", [0, 5, 40, 1000, -1])
def test_what_was_kept_and_damaged(house: Path, cut: int) -> None:
    """It is refused, and not taken for a beginning."""
    done = audit(house)
    with pytest.raises(SetfairError, match="audit --keep"):
        read_kept(BytesIO(kept_of(done)[:cut]))


def raise_amount(page: Page) -> Page:
    """Return a page in which an instruction has another amount."""
    instructions = page.instructions.copy()
    instructions["amount"][1] += 1
    return replace(page, instructions=instructions)


def raise_balance(page: Page) -> Page:
    """Return a page in which a record has another balance."""
    records = page.records.copy()
    records["debtor_after"][2] += 1
    return replace(page, records=records)


def test_an_altered_record(house: Path) -> None:
    """A record that was altered with a digest that fits: page, record, field, expected and found."""
    page = page_of(house, 6)
    put(house, raise_balance(page))
    found = finding(house)
    before = int(page.records["debtor_after"][2])
    assert (found.page, found.record) == (6, page.first_record + 2)
    assert (found.what, found.expected) == ("debtor_after", f"debtor_after {before}")
    assert found.found == f"debtor_after {before + 1}"
    assert str(found).startswith(f"page 6, record {page.first_record + 2}: debtor_after: expected")


def test_an_altered_instruction(house: Path) -> None:
    """Decided again, it gives another record than the one on record."""
    page = page_of(house, 6)
    put(house, raise_amount(page))
    found = finding(house)
    assert (found.page, found.record) == (6, page.first_record + 1)
    assert "amount" in found.what


def test_both_altered_alike(house: Path) -> None:
    """A page that was rewritten whole, records and instructions: its root is another than was signed."""
    page = page_of(house, 6)
    both = raise_amount(page)
    records = page.records.copy()
    for name in ("amount", "creditor_after"):
        records[name][1] += 1
    records["debtor_after"][1] -= 1
    put(house, replace(both, records=records))
    found = finding(house)
    assert found.page == 6


def test_other_salts(house: Path) -> None:
    """Another salt key changes no record, and the root."""
    put(house, replace(page_of(house, 6), salt_key=bytes([1] * 32)))
    found = finding(house)
    assert (found.page, found.what) == (6, "root of the tree")


def test_records_that_were_added_or_taken_out(house: Path) -> None:
    """Of a page that lost its last record the number is named."""
    page = page_of(house, 6)
    put(house, replace(page, records=page.records[:-1]))
    assert finding(house).page == 6
    assert "record_count" in finding(house).what


LIES = """
a byte | 4 | bytes | UPDATE page SET body = CAST(substr(body, 1, 99) || x'ff' || substr(body, 101) AS BLOB) @4
text | 4 | bytes | UPDATE page SET body = 'no page' @4
text that is none | 4 | row of the page | UPDATE page SET body = substr(body, 1, 99) || x'ff' @4
a cut page | 4 | bytes | UPDATE page SET body = substr(body, 1, 300) @4
no page at all | 4 | bytes | UPDATE page SET body = x'00' @4
a page that is gone | 5 | page that follows | DELETE FROM page @5
another's body | 4 | page number | UPDATE page SET body = (SELECT body FROM page @3) @4
its time | 4 | column time_utc | UPDATE page SET time_utc = '2026-01-05T00:00:00.000000Z' @4
its kind | 4 | column instruction_kind | UPDATE page SET instruction_kind = 'CYCLE' @4
its count | 4 | column record_count | UPDATE page SET record_count = 3 @4
its root | 4 | root of the tree | UPDATE page SET root = zeroblob(32) @4
its frontier | 4 | frontier of the tree | UPDATE page SET peaks = zeroblob(length(peaks)) @4
a node | 6 | nodes of the tree | UPDATE tree_node SET hashes = zeroblob(length(hashes))
no node | 6 | nodes of the tree | DELETE FROM tree_node
saved books | 10 | saved books | UPDATE books_checkpoint SET body = substr(body, 1, 500)
a piece of them | 10 | saved books | UPDATE books_piece SET body = substr(body, 1, 50) WHERE piece_number = 2
its digest | 10 | saved books | UPDATE books_piece SET sha256 = zeroblob(32) WHERE piece_number = 2
a piece more | 10 | saved books | INSERT INTO books_piece SELECT 999, sha256, body FROM books_piece LIMIT 1
a piece less | 10 | saved books | DELETE FROM books_piece WHERE piece_number = 2
an early save | 9 | page of the saved books | UPDATE books_checkpoint SET page_number = 9
the last page | 10 | signed checkpoint | DELETE FROM page @10
a balance | 0 | balance of account 2 in the tables | UPDATE account_row SET balance_minor = 1 WHERE rowid = 2
a queue | 0 | table payment_row, row with payment_number 20 | UPDATE payment_row SET status=3 WHERE rowid=20
a signature | 3 | signed checkpoint | UPDATE signed_checkpoint SET note = substr(note, 1, length(note) - 9) @3
another origin | 3 | signed checkpoint | UPDATE signed_checkpoint SET note = replace(note, 'set', 'un') @3
a stranger | 1 | cosignature | INSERT INTO cosignature VALUES (1, 'x', '— x AAAAAAAAAAAA')
"""
"""What is changed, the page that the audit names, what it says is different, and the statement; @n stands for
"where the page is n"."""

_CASES = [line.split(" | ") for line in LIES.strip().splitlines()]


@pytest.mark.parametrize(
    ("page", "what", "statement"), [case[1:] for case in _CASES], ids=[case[0] for case in _CASES]
)
def test_what_was_changed_behind_its_back(house: Path, page: str, what: str, statement: str) -> None:
    """Each change is named by the page where it is and what it is."""
    change(house, re.sub(r"@(\d+)", r"WHERE page_number = \1", statement))
    found = finding(house)
    assert (found.page, found.what) == (int(page), what)


def test_saved_books_that_are_others(house: Path) -> None:
    """Books with a digest that fits, and another balance in them."""
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.state.books.accounts["balance"][1] += 1
        opened.clearing_house.checkpoint()
    found = finding(house)
    assert (found.page, found.what) == (10, "saved books, accounts")


@pytest.mark.parametrize("table", ["record_row", "payment_row"])
def test_every_column_of_a_row_counts(house: Path, table: str) -> None:
    """Of the tables that grow with every payment each column of a random row is compared, and named."""
    columns = plain_sql(house / "setfair.db", f"SELECT name, type FROM pragma_table_info('{table}')")
    key = columns[0][0]
    numbers = [row[0] for row in plain_sql(house / "setfair.db", f"SELECT {key} FROM {table}")]
    random = np.random.default_rng(20260106)
    for name, kind in columns[1:]:
        number = int(random.choice(numbers))
        where = f"WHERE {key} = {number}"
        before = plain_sql(house / "setfair.db", f"SELECT {name} FROM {table} {where}")[0][0]
        other = f"{name} + 1" if kind == "INTEGER" else "x'07'" if kind == "BLOB" else f"{name} || 'x'"
        change(house, f"UPDATE {table} SET {name} = {other} {where}")
        assert finding(house).what == f"table {table}, row with {key} {number}"
        assert name in finding(house).expected
        old = before if kind == "INTEGER" else f"x'{before}'" if kind == "BLOB" else f"'{before}'"
        change(house, f"UPDATE {table} SET {name} = {old} {where}")
    assert audit(house).finding is None


def test_rows_that_are_gone_or_added(house: Path) -> None:
    """A row that is not there is named, and so is one that is there besides, whatever is in it."""
    change(house, "DELETE FROM record_row WHERE record_number = 7")
    assert (finding(house).what, finding(house).found) == (
        "table record_row, row with record_number 7",
        "no such row",
    )
    change(house, "INSERT INTO record_row SELECT 7, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9")
    assert finding(house).what == "table record_row, row with record_number 7"


@pytest.mark.parametrize(("table", "number"), [("record_row", 0), ("record_row", 700), ("payment_row", 1)])
def test_a_row_besides(house: Path, table: str, number: int) -> None:
    """A row with a number that no page gives is found, before, between and behind the others."""
    columns = plain_sql(house / "setfair.db", f"SELECT name FROM pragma_table_info('{table}')")
    change(house, f"INSERT INTO {table} VALUES ({number}, {', '.join('0' for _ in columns[1:])})")
    assert finding(house).what == f"table {table}, number of rows"


def test_rows_are_compared_in_the_file(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """SQLite is asked for no row of a good house whose file is all that a reader sees."""
    monkeypatch.delattr(TableRows, "_is_as_expected")
    assert audit(house).finding is None


def test_rows_that_wait_in_the_log(house: Path) -> None:
    """A row whose newest value is not in the file yet is compared as a reader sees it."""
    reader = connect(house, read_only=True)
    try:
        change(house, "UPDATE payment_row SET amount_minor = amount_minor + 1 WHERE payment_number = 20")
        assert (house / "setfair.db-wal").stat().st_size > 0
        assert finding(house).what == "table payment_row, row with payment_number 20"
        change(house, "UPDATE payment_row SET amount_minor = amount_minor - 1 WHERE payment_number = 20")
        assert audit(house).finding is None
    finally:
        reader.close()


def test_three_verdicts(house: Path) -> None:
    """Journal, tables and file are judged each for itself; a journal that differs ends what is made of it."""
    assert audit(house).findings == {}
    change(house, "UPDATE payment_row SET amount_minor = amount_minor + 1 WHERE payment_number = 20")
    change(house, "INSERT INTO tree_node VALUES (999999, zeroblob(32))")
    done = audit(house)
    assert list(done.findings) == ["tables", "file"]
    assert (done.pages, done.finding) == (10, done.findings["tables"])
    assert done.findings["file"].what == "nodes that belong to no page"
    change(house, "UPDATE page SET root = zeroblob(32) WHERE page_number = 2")
    assert set(audit(house).findings) == {"journal", "file"}


def test_the_key_of_another_house(house: Path) -> None:
    """No checkpoint is valid under it."""
    (house / "keys" / "house.pub").write_text("A" * 43 + "=\n")
    assert finding(house).what == "signed checkpoint"


def test_it_reads_a_few_pages_ahead(house: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Memory is bounded: no more pages are prepared than those that are said."""
    prepared: list[int] = []
    monkeypatch.setattr(journal, "_prepare", _noting(journal._prepare, prepared))
    done = fresh_audit()
    connection = connect(house, read_only=True)
    pages = journal.audit_pages(lambda sql, given: query(connection, sql, given), done.audited, texts=True)
    for number, page in enumerate(pages, 1):
        assert page.number == number
        assert len(prepared) <= number + journal.AHEAD + 1
    connection.close()
    assert prepared == list(range(1, 11))


def _noting(prepare: Callable[..., journal.Prepared], prepared: list[int]) -> Callable[..., journal.Prepared]:
    def noting(row: dict[str, int], *, texts: bool) -> journal.Prepared:
        prepared.append(int(row["page_number"]))
        return prepare(row, texts=texts)

    return noting


def test_every_bit_of_a_page_counts(house: Path) -> None:
    """Random single bits of random pages: each is found, at its page."""
    random = np.random.default_rng(20260105)
    bodies = {
        number: bytes.fromhex(body)
        for number, body in plain_sql(house / "setfair.db", "SELECT page_number, body FROM page")
    }
    for _ in range(12):
        number = int(random.integers(1, 11))
        raw = bytearray(bodies[number])
        bit = int(random.integers(0, 8 * len(raw)))
        raw[bit // 8] ^= 1 << bit % 8
        change(house, f"UPDATE page SET body = x'{raw.hex()}' WHERE page_number = {number}")
        assert finding(house).page == number
        change(house, f"UPDATE page SET body = x'{bodies[number].hex()}' WHERE page_number = {number}")
    assert audit(house).finding is None
