"""Appending: records a second that are durable, from arrays to a page in the store.

As in a house, a page is encoded while the one before it is stored (docs/adr/0013). Beside it what the disk
allows: the same bytes appended to a file, each followed by fdatasync.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import count
from pathlib import Path

from benchmarks.houses import temporary_folder
from benchmarks.measure import Sample, Scale, Timer, rates
from benchmarks.scenario import batches_of, books_of, pages_of, texts_of, to_page
from setfair.engine.decide import decide
from setfair.journal.page import Page, page_to_bytes
from setfair.journal_writer import JournalWriter
from setfair.store.protocol import PageMeta, StoredPage
from setfair.store.sqlite import SqliteStore

ACCOUNTS = 10_000
AIM_ROWS = 8192
"""The size of page for which the aims are."""


def run(scale: Scale) -> Iterator[Sample]:
    """Measure pages of three sizes, and deciding and appending together."""
    for rows in (1024, AIM_ROWS, 65_536):
        pages = pages_of(scale.of(max(4, 262_144 // rows), 1), scale.of(rows, rows // 64), ACCOUNTS)
        with temporary_folder() as folder:
            yield from _of_size(pages, rows, folder, scale)
    yield _decide_and_append(scale)


def _of_size(pages: list[Page], rows: int, folder: Path, scale: Scale) -> Iterator[Sample]:
    records = sum(len(page.records) for page in pages)
    bodies = [page_to_bytes(page) for page in pages]
    bytes_each = sum(map(len, bodies)) / records

    def encode(timer: Timer) -> None:
        with timer:
            for page in pages:
                page_to_bytes(page)

    def sync(timer: Timer) -> None:
        descriptor = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
        with timer:
            for body in bodies:
                os.write(descriptor, body)
                os.fdatasync(descriptor)
        os.close(descriptor)

    store, numbers = SqliteStore(folder, create=True), count(1)

    def append(timer: Timer) -> None:
        with timer, ThreadPoolExecutor(1) as encoding:
            bodies = encoding.map(page_to_bytes, pages)
            for page, body in zip(pages, bodies, strict=True):
                store.append(StoredPage(_meta(page, next(numbers)), body))

    size, aim = f"pages of {rows:,}", 1.5e6 if rows == AIM_ROWS else None
    note = f"{bytes_each:.0f} bytes a record"
    yield _sample(f"page durable, {size}", rates(records, append, scale.runs), aim, note)
    yield _sample(f"of which to bytes, {size}", rates(records, encode, scale.runs))
    yield _sample(f"limit: file and fdatasync, {size}", rates(records, sync, scale.runs))
    store.close()


def _decide_and_append(scale: Scale) -> Sample:
    """Measure what a house does with a batch whose names are places: decided, hashed, durable."""
    rows = scale.of(AIM_ROWS, 128)
    batches = batches_of(scale.of(32, 2), rows, ACCOUNTS)
    texts = [texts_of(rows, number * rows + 1) for number in range(len(batches))]
    with temporary_folder() as folder:
        store, numbers = SqliteStore(folder, create=True), count(1)
        journal = JournalWriter(store, None)

        def once(timer: Timer) -> None:
            books = books_of(ACCOUNTS)
            with timer:
                for batch, columns in zip(batches, texts, strict=True):
                    number = next(numbers)
                    records = decide(books, batch, number).records
                    journal.begin(to_page(number, batch, records, columns), None)
                journal.finish()

        values = rates(rows * len(batches), once, scale.runs)
        store.close()
    return _sample(f"decided, hashed and durable, pages of {AIM_ROWS:,}", values, 1e6)


def _sample(case: str, values: tuple[float, ...], aim: float | None = None, note: str = "") -> Sample:
    return Sample("append", case, "records/s", values, aim, note=note)


def _meta(page: Page, number: int) -> PageMeta:
    rows, records = len(page.instructions), len(page.records)
    return PageMeta(number, "2030-01-15T08:00:00Z", "CUSTOMER_PAYMENT", 1, rows, 1, records, bytes(32), b"")
