"""Turns pages into plain tables, in order, exactly once, with its position in the same transaction.

Rules
-----
1. Pages are projected in steps of at most `STEP_RECORDS`; a step is one transaction that ends with the
   new position, so a crash leaves whole steps.
2. `rebuild` drops every projected table and view and projects all pages again: the same rows. Where one is
   missing, all are made anew: whatever is projected can be dropped at any time.
3. Nothing here is read by the engine: a projection may lag, and may be deleted.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from importlib.resources import files
from typing import Any

import adbc_driver_manager
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.domain.codes import (
    REASONS,
    InstructionKind,
    Mechanism,
    Phase,
    Priority,
    QueueAction,
    RecordKind,
    Screening,
    Status,
    Term,
)
from setfair.domain.instants import format_utc
from setfair.domain.money import all_currencies
from setfair.errors import StoreError
from setfair.journal.page import Page
from setfair.store.agreement_rows import adopt
from setfair.store.day_rows import changes_day, project_day
from setfair.store.insert import Inserter, LaidRows
from setfair.store.leg_rows import leg_rows
from setfair.store.queue_rows import changes_queue, project_queue_change, times_rows
from setfair.store.sqlite import TRUTH, statements
from setfair.store.tables import (
    balance_updates,
    later_updates,
    obligation_rows,
    payment_rows,
    record_rows,
)
from setfair.store.term_rows import changes_terms, project_terms
from setfair.store.transaction import transaction

STEP_RECORDS = 131_072
"""Records that one step projects at most (a single page may have more): what a step costs whatever its size,
a balance for each account above all, is worth it."""


@dataclass(frozen=True, slots=True)
class LaidStep:
    """Pages of one step, and what their records make of the tables that grow with every payment."""

    step: Sequence[Page]
    rows: LaidRows
    updates: Sequence[pa.Table]
    """`later_updates` of the pages."""


class Projector:
    """Keeps the tables of one house behind its pages."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self._inserter = Inserter(connection)
        self.owners: NDArray[np.int64] = np.zeros(0, np.int64)
        """By account, the number of the participant whose it is."""
        self.position = 0
        if not has_all_tables(self._query(NAMES_QUERY)):
            self.reset()
        else:
            self._know_tables()
        self._load_owners()
        self.position = self._read_position()

    def _know_tables(self) -> None:
        try:
            with self._connection.cursor() as cursor:
                self._inserter.know_tables(cursor)
        except adbc_driver_manager.Error as error:
            raise _unreadable(error) from error

    def _query(self, sql: str) -> list[tuple[Any, ...]]:
        try:
            with self._connection.cursor() as cursor:
                cursor.execute(sql)
                return list(cursor.fetchall())
        except adbc_driver_manager.Error as error:
            raise _unreadable(error) from error

    def _read_position(self) -> int:
        return int(self._query("SELECT page_number FROM projection WHERE name = 'tables'")[0][0])

    def _load_owners(self) -> None:
        rows = self._query("SELECT participant_number FROM account_row ORDER BY account_number")
        self.owners = np.array([row[0] for row in rows], np.int64)

    def _in_transaction(self, work: Any, *arguments: Any) -> None:
        try:
            with transaction(self._connection) as cursor:
                work(cursor, *arguments)
        except (adbc_driver_manager.Error, OSError) as error:
            raise StoreError(
                f"the tables could not be brought up to date: {error}. The pages are safe; mend the disk "
                "and run `setfair rebuild`."
            ) from error

    def _make_anew(self, cursor: Any) -> None:
        """Drop and create in one transaction, so that no reader finds the house without tables."""
        self._drop(cursor)
        for statement in statements(_script()):
            cursor.execute(statement)
        cursor.adbc_ingest("code", _codes(), mode="append")
        cursor.adbc_ingest("currency", _currencies(), mode="append")

    def _drop(self, cursor: Any) -> None:
        cursor.execute(
            "SELECT type, name FROM sqlite_master WHERE type IN ('table', 'view') "
            "AND name NOT LIKE 'sqlite_%'"
        )
        found = [row for row in cursor.fetchall() if row[1] not in TRUTH]
        for kind, name in sorted(found, key=lambda row: row[0] != "view"):
            cursor.execute(f'DROP {kind} "{name}"')

    def reset(self) -> None:
        """Drop every projected table and view and make them anew, empty."""
        self._in_transaction(self._make_anew)
        self._know_tables()
        self.owners = np.zeros(0, np.int64)
        self.position = 0

    def project(self, pages: Iterable[Page]) -> None:
        """Project pages that follow the position, in order, in steps.

        Raises
        ------
        StoreError
            If the tables cannot be written, or a page does not follow the one before it: then the steps
            before stay.
        """
        step: list[Page] = []
        records = 0
        for page in pages:
            last = step[-1].number if step else self.position
            if step and (records >= STEP_RECORDS or _begins_a_step(page)):
                self._end_step(self._project_step, step)
                step, records = [], 0
            if page.number != last + 1:
                raise StoreError(
                    f"page {page.number} does not follow page {last}: the tables stay as they are"
                )
            step.append(page)
            records += len(page.records)
        if step:
            self._end_step(self._project_step, step)

    def lay(self, step: Sequence[Page]) -> LaidStep:
        """Make the rows that pages add to tables that grow, while something else may use the database.

        Parameters
        ----------
        step
            Pages that follow each other.

        Raises
        ------
        OSError
            If they cannot be put on disk.
        """
        updates = later_updates(step)
        rows = self._inserter.lay(self.settlement_rows(step, updates) | _other_rows(step))
        return LaidStep(step, rows, updates)

    def project_laid(self, laid: LaidStep) -> None:
        """Project a step that was laid; it follows the position, and all of it `is_plain`.

        Raises
        ------
        StoreError
            If the tables cannot be written: then they stay as they are.
        """
        self._end_step(self._project_laid, laid.step, laid)

    def _end_step(self, work: Callable[..., None], step: Sequence[Page], *more: LaidStep) -> None:
        try:
            self._in_transaction(work, *(more or (step,)))
        finally:
            self._inserter.let_go()
        self.position = step[-1].number

    def _project_step(self, cursor: Any, step: Sequence[Page]) -> None:
        for page in step:
            self._project_what_is_said(cursor, page)
        self._put(cursor, self.lay(step))

    def _project_laid(self, cursor: Any, laid: LaidStep) -> None:
        for page in laid.step:
            self._project_what_is_said(cursor, page)
        self._put(cursor, laid)

    def _project_what_is_said(self, cursor: Any, page: Page) -> None:
        self._project_documents(cursor, page)
        if changes_terms(page):
            project_terms(cursor, page)
        if changes_day(page):
            project_day(cursor, page)
        if changes_queue(page):
            project_queue_change(cursor, page)

    def _put(self, cursor: Any, laid: LaidStep) -> None:
        self._inserter.insert(cursor, laid.rows)
        self.update_settlement(cursor, laid.step, laid.updates)
        for update in laid.updates:
            _update(cursor, _OBLIGATION_UPDATE, update)
        last = laid.step[-1].number
        cursor.execute("UPDATE projection SET page_number = ? WHERE name = 'tables'", (last,))

    def settlement_rows(self, step: Sequence[Page], updates: Sequence[pa.Table]) -> dict[str, pa.Table]:
        """Return the rows that pages add to the two tables that grow with every payment.

        Parameters
        ----------
        step
            Pages that follow each other.
        updates
            `later_updates` of them.
        """
        return _joined(
            {
                "record_row": [record_rows(page) for page in step],
                "payment_row": [payment_rows(page, self.owners) for page in step],
            }
        )

    def update_settlement(self, cursor: Any, step: Sequence[Page], updates: Sequence[pa.Table]) -> None:
        """Bring payments of earlier pages, and balances, to what these pages make of them."""
        for update in updates:
            _update(cursor, _PAYMENT_UPDATE, update)
        balances = balance_updates(step)
        if len(balances):
            cursor.executemany(SET_BALANCE, balances)

    def _project_documents(self, cursor: Any, page: Page) -> None:
        documents = page.documents
        if "agreement" in documents:
            self.owners = adopt(cursor, page.number, documents["agreement"], documents["layout"])
        if "parties" in documents:
            _insert_parties(cursor, json.loads(documents["parties"]))
        if "lists" in documents:
            _insert_lists(cursor, page.number, json.loads(documents["lists"]))
        if "screening" in documents:
            list_set = json.loads(documents["screening"])["list_set"]
            cursor.execute("INSERT INTO screening_page VALUES (?, ?)", (page.number, list_set))
        if "fixing" in documents:
            _insert_rates(cursor, page.number, json.loads(documents["fixing"]))
        if "choice" in documents:
            _insert_choice(cursor, page.number, json.loads(documents["choice"]))
        if "list_change" in documents:
            _insert_list_change(cursor, page.number, json.loads(documents["list_change"]))
        for hit in json.loads(documents.get("hits", b"[]")):
            _insert_hit(cursor, page, hit)
        for passed in json.loads(documents.get("passed", b"[]")):
            number = page.first_instruction + passed["row"]
            cursor.execute("INSERT OR IGNORE INTO passed_by_pair VALUES (?, ?)", (number, passed["pair"]))
        if "pair" in documents:
            _insert_pair(cursor, json.loads(documents["pair"]))
        dispositions = json.loads(documents.get("dispositions", b"{}"))
        said_by = json.loads(documents.get("said_by", b"{}"))
        for row, text in json.loads(documents.get("notes", b"{}")).items():
            values = (
                page.first_instruction + int(row),
                text,
                dispositions.get(row, ""),
                said_by.get(row, ""),
            )
            cursor.execute("INSERT INTO note VALUES (?, ?, ?, ?)", values)


def _unreadable(error: Exception) -> StoreError:
    return StoreError(
        f"the tables cannot be read: {error}. The pages are safe; mend the disk, then try again."
    )


def is_plain(page: Page) -> bool:
    """Tell whether the rows of a page can be laid before what it says is in the tables, in any step."""
    return not _begins_a_step(page) and "layout" not in page.documents


def _begins_a_step(page: Page) -> bool:
    return changes_terms(page) or changes_queue(page)


SET_BALANCE = "UPDATE account_row SET balance_minor = ? WHERE account_number = ?"


def _other_rows(step: Sequence[Page]) -> dict[str, pa.Table]:
    """Return the rows that these pages add to the other tables that grow with what comes in."""
    rows = {
        "leg_row": [leg_rows(page) for page in step],
        "times_row": [times_rows(page) for page in step],
        "obligation_row": [obligation_rows(page) for page in step],
    }
    return _joined(rows)


def _joined(rows: Mapping[str, Sequence[pa.Table | None]]) -> dict[str, pa.Table]:
    found = {name: [part for part in parts if part is not None] for name, parts in rows.items()}
    return {name: pa.concat_tables(parts) for name, parts in found.items() if parts}


_PAYMENT_UPDATE = (
    "UPDATE payment_row SET status = ?, reason = ?, mechanism = ?, decided_page = ? WHERE payment_number = ?",
    ("status", "reason", "mechanism", "decided_page", "number"),
)
_OBLIGATION_UPDATE = (
    "UPDATE obligation_row SET status = ?, reason = ?, remaining_minor = ?, "
    "cleared_minor = cleared_minor + ?, netted_minor = netted_minor + ?, "
    "credited_minor = credited_minor + ?, decided_page = ? WHERE obligation_number = ?",
    ("status", "reason", "remaining", "cleared", "netted", "credited", "decided_page", "number"),
)


def _update(cursor: Any, update: tuple[str, tuple[str, ...]], table: pa.Table) -> None:
    sql, columns = update
    cursor.executemany(sql, table.select(list(columns)))


def _script() -> str:
    return files("setfair.store").joinpath("projection.sql").read_text(encoding="utf-8")


NAMES_QUERY = "SELECT name FROM sqlite_master WHERE type IN ('table', 'view')"
"""The names that `has_all_tables` looks at."""


def has_all_tables(found: Iterable[Sequence[str]]) -> bool:
    """Tell from the rows of `NAMES_QUERY` whether every projected table and view is there."""
    expected = re.findall(r"^CREATE (?:TABLE|VIEW) (\w+)", _script(), re.MULTILINE)
    return set(expected) <= {name for (name,) in found}


def _codes() -> pa.Table:
    """Return the rows of the code table: every code of the journal with its name."""
    families = {
        "instruction": InstructionKind,
        "record": RecordKind,
        "status": Status,
        "mechanism": Mechanism,
        "priority": Priority,
        "phase": Phase,
        "screening": Screening,
        "term": Term,
        "queue action": QueueAction,
    }
    rows = [
        (family, int(member), member.name, "", "")
        for family, members in families.items()
        for member in members
    ]
    rows += [("reason", int(reason), reason.name, info.iso, info.text) for reason, info in REASONS.items()]
    columns = list(zip(*rows, strict=True))
    return pa.table(dict(zip(("family", "code", "name", "iso", "text"), map(list, columns), strict=True)))


def _currencies() -> pa.Table:
    """Return the rows of the currency table: every currency of ISO 4217 that has minor units."""
    known = sorted(all_currencies(), key=lambda currency: currency.number)
    return pa.table(
        {
            "currency_number": [currency.number for currency in known],
            "currency": [currency.code for currency in known],
            "decimals": [currency.decimals for currency in known],
        }
    )


def _insert_parties(cursor: Any, parties: Sequence[Sequence[Any]]) -> None:
    columns = list(zip(*parties, strict=True))
    names = ("party_number", "party", "name", "country", "participant")
    table = pa.table(dict(zip(names, map(list, columns), strict=True)))
    cursor.executemany("INSERT OR REPLACE INTO party VALUES (?, ?, ?, ?, ?)", table)


def _insert_lists(cursor: Any, page_number: int, lists: dict[str, Any]) -> None:
    for source in lists["sources"]:
        cursor.execute(
            "INSERT OR IGNORE INTO list_version VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                page_number,
                lists["list_set"],
                source["list_id"],
                source["source"],
                source["published"],
                source["content_hash"],
                source["entries"],
            ),
        )


def _insert_rates(cursor: Any, page_number: int, fixing: dict[str, Any]) -> None:
    for rate in fixing["rates"]:
        said = (rate["rate"], rate["quoted"], rate["source"], format_utc(rate["time_ns"]))
        values = (page_number, rate["currency"], fixing["unit"], *said)
        cursor.execute("INSERT INTO fixing_rate VALUES (?, ?, ?, ?, ?, ?, ?)", values)


def _insert_choice(cursor: Any, page_number: int, choice: dict[str, Any]) -> None:
    limits = (len(choice["keep"]), choice["minimum_minor"], choice["party_maximum_minor"])
    values = (page_number, choice["objective"], *limits)
    cursor.execute("INSERT INTO choice_row VALUES (?, ?, ?, ?, ?)", values)


def _insert_list_change(cursor: Any, page_number: int, change: dict[str, Any]) -> None:
    for list_id, said in change.items():
        counts = (len(said["set"]) - said["changed"], said["changed"], len(said["removed"]))
        cursor.execute("INSERT INTO list_change VALUES (?, ?, ?, ?, ?)", (page_number, list_id, *counts))


_PAIR_COLUMNS = (
    "number", "name", "identity", "list_id", "entry_id", "entry_hash", "expires", "proposed_by",
    "confirmed_by",
)  # fmt: skip


def _insert_pair(cursor: Any, pair: dict[str, Any]) -> None:
    values = tuple(pair[name] for name in _PAIR_COLUMNS)
    cursor.execute("INSERT OR REPLACE INTO good_guy_pair VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)


_HELD_AGAIN = 1_000_000
"""Hits by which an instruction was held again are numbered from its hold's page times this."""


def _insert_hit(cursor: Any, page: Page, hit: dict[str, Any]) -> None:
    """Insert one hit; that of a hold is about what it holds."""
    own = page.instructions[hit["row"]]
    number, place = page.first_instruction + hit["row"], hit["place"]
    if own["kind"] == InstructionKind.SCREENING_HOLD:
        number, place = int(own["target"]), page.number * _HELD_AGAIN + place
    cursor.execute(
        "INSERT INTO hit VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            number,
            place,
            page.number,
            hit["name"],
            hit["list_id"],
            hit["entry_id"],
            hit["matched_name"],
            hit["score"],
            hit["explanation"],
        ),
    )
