"""The audit, from the first page to the last: `journal`, `signatures`, `tables`, `again`, `file`.

Needs the database alone: an overseer runs it on a copy, which is not written to. What is checked is what the
pages give, from nothing or from what the auditor kept of an earlier audit; no saved state of the house is
believed.

There are three verdicts, and each ends at its own first difference: of the journal, which is the truth; of
what was made of it, the tables and the saved books, which can be made again; and of the database file. A
journal that differs ends the comparison of what is made of it, too.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from setfair.audit.again import SMALL_CACHE, TablesAgain
from setfair.audit.archives import check_archives, check_sealed
from setfair.audit.file import FileCheck
from setfair.audit.finding import DifferenceFound, Finding, check_same, differ
from setfair.audit.journal import Audited, audit_pages
from setfair.audit.kept import Keys
from setfair.audit.room import DiskRoom
from setfair.audit.signatures import audit_cosignatures, audit_notes
from setfair.audit.tables import check_queue, check_saved, check_tables, page_of_saved_books, position_of
from setfair.domain.codes import Status
from setfair.domain.instants import NANOSECONDS
from setfair.engine.books import Books
from setfair.engine.invariants import check_books
from setfair.errors import HouseError
from setfair.explain.choose import Query
from setfair.house_state import HouseState
from setfair.journal.page import Page
from setfair.journal.tree import Frontier
from setfair.tables import query as read

PARTS = JOURNAL, TABLES, FILE = "journal", "tables", "file"
"""What is judged for itself."""

RECORDS_IN_MEMORY = 8_192
"""Records after which the payments so far are taken out of memory, to their place on disk: a few of them are
looked at when another comes, and for each the system reads 64 KB."""

_INSTRUCTIONS = "SELECT coalesce(max(first_instruction + instruction_count), 1) - 1 AS last FROM page"


class NoHouseError(HouseError):
    """There is nothing to audit."""


@dataclass(slots=True)
class Audit:
    """How far an audit has come, and what it counted."""

    audited: Audited
    keys: Keys
    records: int = 0
    """Records that were checked."""
    pages: int = 0
    checkpoints: int = 0
    cosignatures: int = 0
    signed_time: int = 0
    """Time of the last page that has a signed checkpoint; of an increment the time where it begins."""
    compared_tables: bool = False
    """Whether the tables were there and had come as far as the pages: balances and queue were compared."""
    compared_rows: bool = False
    """Whether each row of the tables was compared."""
    checked_file: bool = False
    """Whether the database file was checked to its end."""
    findings: dict[str, Finding] = field(default_factory=dict)
    """The first difference of each of `PARTS` that has one."""

    @property
    def finding(self) -> Finding | None:
        """The first difference, that of the journal before others; None: everything is as it must be."""
        return next((self.findings[part] for part in PARTS if part in self.findings), None)


def fresh_audit() -> Audit:
    """Return an audit from the first page on."""
    return Audit(Audited(HouseState(Books(room=DiskRoom())), Frontier()), {})


def run_audit(
    audit: Audit,
    connection: Any,
    key_text: str,
    on_page: Callable[[int], None],
    *,
    journal_only: bool = False,
) -> None:
    """Check everything after what was audited; each verdict ends at its first difference.

    Parameters
    ----------
    audit
        Fresh, or from what was kept of an earlier audit: then the tables' rows are not compared, for that
        takes all pages.
    connection
        To the database; nothing is written.
    key_text
        The house's public key.
    on_page
        Called with the number of each page that was checked.
    journal_only
        Whether the rows of the tables, and the database file, are left out.
    """

    def query(sql: str, parameters: tuple[object, ...]) -> list[dict[str, Any]]:
        return read(connection, sql, parameters)

    before, audit.signed_time = audit.audited.state.page_number, audit.audited.state.last_time
    is_whole = not journal_only and not before
    room = audit.audited.state.books.room
    with ExitStack() as opened:
        again: TablesAgain | None = None
        file: FileCheck | None = None
        with _verdict(audit, JOURNAL):
            _check_start(audit, query)
            folder = _folder_of(query)
            query(f"PRAGMA {SMALL_CACHE}", ())
            if not journal_only:
                file = opened.enter_context(FileCheck(folder, rows_are_compared=is_whole))
        with _verdict(audit, TABLES):
            position = position_of(query)
            if is_whole and position and not audit.findings:
                check_sealed(query)
                last = int(query(_INSTRUCTIONS, ())[0]["last"])
                _expect_payments(audit.audited.state.books, last)
                again = opened.enter_context(TablesAgain(folder, position, last, room))
        if JOURNAL not in audit.findings:
            with _verdict(audit, JOURNAL):
                _pages(audit, query, on_page, again, texts=not journal_only)
                check_archives(query)
                _signatures(audit, query, key_text, before)
        if not audit.findings:
            with _verdict(audit, TABLES), room.in_order():
                _compare_tables(audit, connection, query, again)
        if file is not None:
            with _verdict(audit, FILE):
                file.finish(rows_were_compared=_are_rows_told(audit, again))
                audit.checked_file = True


def _are_rows_told(audit: Audit, again: TablesAgain | None) -> bool:
    """Tell whether each row of the two large tables was the same as it lies in the file."""
    return again is not None and audit.compared_rows and again.settlement.are_told_whole


def _expect_payments(books: Books, count: int) -> None:
    """Give fresh books room for all payments that will come: nothing need move as they grow."""
    books.payments = books.room.cleared(count, books.payments.dtype)
    books.identities = books.room.cleared(count, books.identities.dtype)
    books.reserve_payments(count)


def _compare_tables(audit: Audit, connection: Any, query: Query, again: TablesAgain | None) -> None:
    state = audit.audited.state
    audit.compared_tables = check_tables(query, state)
    if again is not None:
        again.compare(connection)
        audit.compared_rows = True
    if audit.compared_tables:
        queued = None if again is None else again.settlement.waiting(int(Status.ACSP))
        check_queue(query, state, state.books.room, queued)


@contextmanager
def _verdict(audit: Audit, part: str) -> Iterator[None]:
    """Keep the first difference of a part."""
    try:
        with _readable():
            yield
    except DifferenceFound as found:
        audit.findings.setdefault(part, found.finding)


@contextmanager
def _readable() -> Iterator[None]:
    """What cannot be read where every house has something is a finding."""
    try:
        yield
    except NoHouseError:
        raise
    except HouseError as error:
        differ(0, "database file", "a file that SQLite can read", error)
    except (ValueError, TypeError, AttributeError, LookupError, OverflowError) as error:
        differ(0, "database file", "rows that a house can have", f"{type(error).__name__}: {error}")


def _folder_of(query: Query) -> Path:
    """Return the folder of the database that is read."""
    return Path(str(query("SELECT file FROM pragma_database_list WHERE name = 'main'", ())[0]["file"])).parent


def _check_start(audit: Audit, query: Query) -> None:
    """Check that the page after which an earlier audit ended is still the same."""
    number = audit.audited.state.page_number
    if number:
        rows = query("SELECT root FROM page WHERE page_number = ?", (number,))
        found = rows[0]["root"] if rows else "no such page"
        check_same(number, "root where the earlier audit ended", audit.audited.tree.root, found)


def _pages(
    audit: Audit, query: Query, on_page: Callable[[int], None], again: TablesAgain | None, *, texts: bool
) -> None:
    saved, state, kept = 0, audit.audited.state, 0
    with _verdict(audit, TABLES):
        saved = page_of_saved_books(query)
    for page in audit_pages(query, audit.audited, texts=texts and again is not None):
        audit.pages += 1
        audit.records += len(page.records)
        _note_keys(audit, page)
        _check_noted(audit, page)
        with _verdict(audit, TABLES):
            if saved == page.number:
                with state.books.room.in_order():
                    check_saved(query, state)
            if again is not None and TABLES not in audit.findings:
                again.take(page)
        kept += len(page.records)
        if kept >= RECORDS_IN_MEMORY:
            state.books.room.let_go()
            kept = 0
        on_page(page.number)
    if not state.page_number:
        raise NoHouseError("there is no page: this is no house yet")
    with _verdict(audit, TABLES):
        if saved > state.page_number:
            check_same(saved, "page of the saved books", "a page that is there", "no such page")
    check_books(state.books)


def _check_noted(audit: Audit, page: Page) -> None:
    """Check that a page after which a checkpoint was due has one."""
    agreement = audit.audited.state.directory.agreement
    if audit.audited.is_noted:
        audit.signed_time = page.time_ns
    elif agreement is not None:
        due = audit.signed_time + agreement.journal.checkpoint_seconds * NANOSECONDS
        if page.time_ns >= due:
            differ(page.number, "signed checkpoint", "one, as the agreement says", "none")


def _note_keys(audit: Audit, page: Page) -> None:
    if "agreement" in page.documents:
        agreement = audit.audited.state.directory.agreement
        audit.keys |= dict.fromkeys(agreement.cosigners().items() if agreement is not None else ())


def _signatures(audit: Audit, query: Query, key_text: str, before: int) -> None:
    agreement = audit.audited.state.directory.agreement
    house_id = agreement.agreement.id if agreement is not None else ""
    audit.checkpoints = audit_notes(query, house_id, key_text, before)
    # Cosignatures come later than their page: those of pages that were audited before are looked at again.
    audit.cosignatures = audit_cosignatures(query, house_id, audit.keys, 0)
