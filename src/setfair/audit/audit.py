"""The audit, from the first page to the last: `journal`, `signatures`, `tables`, `again`, `file`.

Needs the database alone: an overseer runs it on a copy, which is not written to. What is checked is what the
pages give, from nothing or from what the auditor kept of an earlier audit; no saved state of the house is
believed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from setfair.audit.again import SMALL_CACHE, TablesAgain
from setfair.audit.archives import check_archives
from setfair.audit.file import FileCheck
from setfair.audit.finding import DifferenceFound, Finding, check_same, differ
from setfair.audit.journal import Audited, audit_pages
from setfair.audit.kept import Keys
from setfair.audit.signatures import audit_cosignatures, audit_notes
from setfair.audit.tables import check_saved, check_tables, position_of, saved_books
from setfair.domain.agreement import Agreement
from setfair.domain.instants import NANOSECONDS
from setfair.engine.invariants import check_books
from setfair.errors import HouseError
from setfair.explain.choose import Query
from setfair.house_state import HouseState
from setfair.journal.page import Page
from setfair.journal.tree import Frontier
from setfair.tables import query as read

_NOTED = "SELECT page_number FROM signed_checkpoint WHERE page_number = ?"


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
    finding: Finding | None = None
    """The first difference; None: everything is as it must be."""


def fresh_audit() -> Audit:
    """Return an audit from the first page on."""
    return Audit(Audited(HouseState(), Frontier()), {})


def run_audit(
    audit: Audit,
    connection: Any,
    key_text: str,
    on_page: Callable[[int], None],
    *,
    journal_only: bool = False,
) -> None:
    """Check everything after what was audited; the first difference ends it, and is its finding.

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
    try:
        with _readable():
            _check_start(audit, query)
            position = position_of(query)
            folder = _folder_of(query)
            query(f"PRAGMA {SMALL_CACHE}", ())
            with (
                nullcontext() if journal_only else FileCheck(folder) as file,
                TablesAgain(position) if is_whole and position else nullcontext() as again,
            ):
                _pages(audit, query, on_page, again, texts=not journal_only)
                check_archives(query)
                _signatures(audit, query, key_text, before)
                audit.compared_tables = check_tables(query, audit.audited.state)
                if again is not None:
                    again.compare(connection, folder)
                    audit.compared_rows = True
                if file is not None:
                    file.finish()
    except DifferenceFound as found:
        audit.finding = found.finding


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
    saved = saved_books(query)
    for page in audit_pages(query, audit.audited, texts=texts):
        audit.pages += 1
        audit.records += len(page.records)
        _note_keys(audit, page)
        _check_noted(audit, query, page)
        if saved is not None and saved[0] == page.number:
            check_saved(audit.audited.state, saved[1])
        if again is not None:
            again.take(page)
        on_page(page.number)
    if not audit.audited.state.page_number:
        raise NoHouseError("there is no page: this is no house yet")
    if saved is not None and saved[0] > audit.audited.state.page_number:
        check_same(saved[0], "page of the saved books", "a page that is there", "no such page")
    check_books(audit.audited.state.books)


def _check_noted(audit: Audit, query: Query, page: Page) -> None:
    """Check that a page after which a checkpoint was due has one."""
    agreement = audit.audited.state.directory.agreement
    if query(_NOTED, (page.number,)):
        audit.signed_time = page.time_ns
    elif agreement is not None:
        due = audit.signed_time + agreement.journal.checkpoint_seconds * NANOSECONDS
        if page.time_ns >= due:
            differ(page.number, "signed checkpoint", "one, as the agreement says", "none")


def _note_keys(audit: Audit, page: Page) -> None:
    if "agreement" in page.documents:
        agreement = Agreement.model_validate_json(page.documents["agreement"])
        audit.keys |= dict.fromkeys(agreement.cosigners().items())


def _signatures(audit: Audit, query: Query, key_text: str, before: int) -> None:
    agreement = audit.audited.state.directory.agreement
    house_id = agreement.agreement.id if agreement is not None else ""
    audit.checkpoints = audit_notes(query, house_id, key_text, before)
    # Cosignatures come later than their page: those of pages that were audited before are looked at again.
    audit.cosignatures = audit_cosignatures(query, house_id, audit.keys, 0)
