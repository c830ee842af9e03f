"""Projecting: records a second from pages into the tables that people query."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from benchmarks.houses import temporary_folder
from benchmarks.measure import Sample, Scale, Timer, rates
from benchmarks.scenario import EURO, pages_of
from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.journal.page import Page
from setfair.store.projector import STEP_RECORDS, Projector
from setfair.store.sqlite import SqliteStore

ACCOUNTS = 10_000
AIM = 600e3

_MAKE_ACCOUNTS = (
    "WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i + 1 < {count}) "
    "INSERT INTO account_row SELECT i, i, {currency}, {nothing}, 1 FROM n"
)


def projector_of(connection: Any, accounts: int) -> Projector:
    """Return a projector for a new house whose tables have this many accounts."""
    Projector(connection)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM pragma_table_info('account_row')")
        nothing = ", ".join("0" * (int(cursor.fetchone()[0]) - 4))
        cursor.execute(_MAKE_ACCOUNTS.format(count=accounts, currency=EURO, nothing=nothing))
    return Projector(connection)


def run(scale: Scale) -> Iterator[Sample]:
    """Measure two steps after each other, in a house with 10,000 accounts."""
    rows = scale.of(BATCH_ROWS_MAX, 64)
    pages = pages_of(scale.of(2 * STEP_RECORDS // rows, 2), rows, scale.of(ACCOUNTS, 100))
    records = sum(len(page.records) for page in pages)
    with temporary_folder() as folder:
        store = SqliteStore(folder, create=True)
        projector = projector_of(store.connection, scale.of(ACCOUNTS, 100))

        def once(timer: Timer) -> None:
            following = _renumbered(pages, projector.position)
            with timer:
                projector.project(following)

        values = rates(records, once, scale.runs)
        store.close()
    yield Sample("projection", "a payment and a record each", "records/s", values, AIM)


def _renumbered(pages: list[Page], position: int) -> list[Page]:
    rows = len(pages[0].instructions)
    following = []
    for place, page in enumerate(pages):
        number = position + place + 1
        first = (number - 1) * rows + 1
        records = page.records.copy()
        records["subject"] += first - page.first_instruction
        records["cause"] = records["subject"]
        following.append(
            replace(page, number=number, first_instruction=first, first_record=first, records=records)
        )
    return following
