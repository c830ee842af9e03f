"""From a decoded batch to acknowledged: decided, hashed, encoded and stored, as a house does it.

Ten million records go in, one page after the other, into books that have room for them, as those of a house
have that had such a day before. The values of a case are the rates of each million of
them, so that its spread shows what growth costs; latency is from handing in a batch until its page is
durable (docs/adr/0013). Then the same while the tables keep up (docs/adr/0040), and with steps left out;
beside it what the disk and SQLite alone do with the same bytes, and one payment at a time through `submit`.
"""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from functools import partial
from itertools import count
from pathlib import Path

import numpy as np
import pyarrow as pa

import setfair.journal_writer
from benchmarks.houses import make_house, open_day, payment_table, temporary_folder
from benchmarks.measure import Sample, Scale, Timer, rates
from benchmarks.projection import projector_of
from benchmarks.scenario import batches_of, books_of, texts_of, to_page
from setfair.domain.instruction import Batch
from setfair.engine.decide import decide
from setfair.engine.layout import Array
from setfair.formats.open_file import open_instructions
from setfair.house import House
from setfair.journal.page import Page, page_to_bytes
from setfair.journal.tree import Frontier
from setfair.journal_writer import JournalWriter
from setfair.store.follow import Follower, pages_after
from setfair.store.memory import MemoryStore
from setfair.store.protocol import Store, StoredPage
from setfair.store.sqlite import SqliteStore, connect

AIM_ROWS = 8_192
_SPLIT = 10
"""Parts of a run whose rates are shown."""
_ALIKE = 32
"""Batches that are made; each comes again with other identities."""
_SINGLE = 1_000
_SINGLE_BYTES = 2 * (24 + 65_536)
"""What SQLite writes to its log for one payment that is signed: a page of each of two tables."""


@dataclass(frozen=True, slots=True)
class Steps:
    """Which steps are done; what is left out takes no time."""

    deciding: bool = True
    hashing: bool = True
    encoding: bool = True
    storing: bool = True
    projecting: bool = False


@dataclass(slots=True)
class Passed:
    """What a run took."""

    seconds: list[float] = field(default_factory=list)
    """Of each part."""
    latency: list[float] = field(default_factory=list)
    """Of each page."""
    bytes: int = 0


def run(scale: Scale) -> Iterator[Sample]:
    """Measure sizes of page and numbers of accounts, with tables, the steps, the limits, and one payment."""
    records = scale.of(10_000_000, 20_480)
    for accounts in (10_000, 1_000_000):
        for rows in (1_024, AIM_ROWS, 65_536):
            size = scale.of(rows, rows // 64)
            passed = _pass(scale.of(accounts, 1_000), size, records, Steps())
            case = f"pages of {rows:,}, {accounts:,} accounts, {records:,} records"
            yield from _samples(case, passed, records, 1e6 if rows == AIM_ROWS else None)
    rows, accounts = scale.of(AIM_ROWS, AIM_ROWS // 64), scale.of(10_000, 1_000)
    passed = _pass(accounts, rows, records, Steps(projecting=True))
    case = f"pages of {rows:,}, {accounts:,} accounts, {records:,} records, and the tables keep up"
    yield from _samples(case, passed, records, 600e3)
    yield from _without(scale)
    yield from _limits(scale)
    yield from _single(scale)


def _samples(case: str, passed: Passed, records: int, aim: float | None) -> Iterator[Sample]:
    found = _rates(passed, records)
    growth = f"first part {found[0]:,.0f}, last {found[-1]:,.0f}"
    yield Sample(
        "durable",
        case,
        "records/s",
        found,
        aim,
        note=f"{passed.bytes / records:.0f} bytes a record; {growth}",
    )
    for percent in (50, 99):
        value = float(np.percentile(passed.latency, percent)) * 1e3
        yield Sample("durable", f"{case}: page, {percent} %", "ms", (value,), more_is_better=False)


def _without(scale: Scale) -> Iterator[Sample]:
    """Measure the same with one step left out, and with one alone."""
    records, rows = scale.of(2_000_000, 5_120), scale.of(AIM_ROWS, 128)
    none = Steps(deciding=False, hashing=False, encoding=False, storing=False)
    cases = {"all steps": Steps()}
    for step in ("deciding", "hashing", "encoding", "storing"):
        cases[f"without {step}"] = replace(Steps(), **{step: False})
    for step in ("deciding", "hashing", "encoding", "storing"):
        cases[f"{step} alone"] = replace(none, **{step: True})
    for name, steps in cases.items():
        passed = _pass(scale.of(10_000, 1_000), rows, records, steps)
        yield Sample("durable", f"pages of {rows:,}, {name}", "records/s", _rates(passed, records))


def _rates(passed: Passed, records: int) -> tuple[float, ...]:
    return tuple(records / _SPLIT / seconds for seconds in passed.seconds)


def _limits(scale: Scale) -> Iterator[Sample]:
    """Measure what appending the same bytes to a file, and to a table of SQLite, takes."""
    rows, pages = scale.of(AIM_ROWS, 128), scale.of(128, 2)
    batch = batches_of(1, rows, 10_000)[0]
    body = page_to_bytes(to_page(1, batch, decide(books_of(10_000), batch, 1).records, texts_of(rows, 1)))
    with temporary_folder() as folder:
        with connect(folder) as connection, connection.cursor() as cursor:
            cursor.execute("CREATE TABLE body (number INTEGER PRIMARY KEY, body BLOB NOT NULL)")
            numbers = count(1)

            def insert() -> None:
                cursor.execute("INSERT INTO body VALUES (?, ?)", (next(numbers), body))

            found = _repeat(insert, rows, pages, scale.runs)
            yield Sample("durable", f"limit: SQLite alone, pages of {rows:,}", "records/s", found)
        descriptor = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)

        def append() -> None:
            os.write(descriptor, body)
            os.fdatasync(descriptor)

        found = _repeat(append, rows, pages, scale.runs)
        os.close(descriptor)
        yield Sample("durable", f"limit: file and fdatasync, pages of {rows:,}", "records/s", found)


def _repeat(work: Callable[[], None], rows: int, pages: int, runs: int) -> tuple[float, ...]:
    def once(timer: Timer) -> None:
        with timer:
            for _ in range(pages):
                work()

    return rates(rows * pages, once, runs)


def _single(scale: Scale) -> Iterator[Sample]:
    """Measure one payment at a time, from its row to its outcome: screened, decided, durable, signed."""
    payments = scale.of(_SINGLE, 20)
    with temporary_folder() as folder, open_day(make_house(folder)) as house:
        seconds, processor, alone = _each_alone(house, folder, payments)
    for percent, aim in ((50, 3.0), (99, 10.0)):
        value, floor = (float(np.percentile(taken, percent)) * 1e3 for taken in (seconds, alone))
        case = f"one payment through submit, {percent} % of {payments:,}"
        note = f"appending {_SINGLE_BYTES:,} bytes in between {floor:.1f} ms"
        yield Sample("durable", case, "ms", (value,), aim, more_is_better=False, note=note)
        yield Sample("durable", f"{case}: to its sync", "times", (value / floor,), more_is_better=False)
    value = float(np.median(processor)) * 1e3
    yield Sample(
        "durable", "one payment through submit: processor time", "ms", (value,), more_is_better=False
    )


def _each_alone(house: House, folder: Path, payments: int) -> tuple[list[float], list[float], list[float]]:
    """Return seconds and processor time of each payment, and seconds of appending its bytes after it."""
    seconds, processor, alone = [], [], []
    descriptor = os.open(folder / "plain", os.O_CREAT | os.O_WRONLY | os.O_APPEND)
    for single in _one_by_one(folder, payments):
        begin, used = time.perf_counter(), time.thread_time()
        house.clearing_house.submit(single)
        middle, after = time.perf_counter(), time.thread_time()
        os.write(descriptor, bytes(_SINGLE_BYTES))
        os.fdatasync(descriptor)
        seconds.append(middle - begin)
        processor.append(after - used)
        alone.append(time.perf_counter() - middle)
    os.close(descriptor)
    return seconds, processor, alone


def _one_by_one(folder: Path, payments: int) -> Iterator[Batch]:
    path, table = folder / "payments.arrow", payment_table(payments)
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table)
    for batch in open_instructions(path):
        for row in range(batch.rows.num_rows):
            yield Batch(batch.family, batch.rows.slice(row, 1))


def _pass(accounts: int, rows: int, records: int, steps: Steps) -> Passed:
    """Take records in, in pages of `rows`."""
    batches = batches_of(_ALIKE, rows, accounts)
    texts = [texts_of(rows, 1 + place * rows) for place in range(1 if rows > AIM_ROWS else 4)]
    books, passed, begun = books_of(accounts), Passed(), {}
    books.reserve_payments(records)
    decided = decide(books_of(accounts), batches[0].copy(), 1).records.copy()

    def is_durable(page: Page) -> None:
        passed.latency.append(time.perf_counter() - begun.pop(page.number))
        if follower is not None:
            follower.note(page)

    sample = page_to_bytes(to_page(1, batches[0], decided, texts[0]))
    with temporary_folder() as folder, _writer(folder, steps, passed, sample) as journal:
        follower = _follower(journal.store, accounts) if steps.projecting else None
        journal.on_page = is_durable
        number, part = 0, max(1, records // rows // _SPLIT)
        for place in range(_SPLIT):
            begin = time.perf_counter()
            for _ in range(part):
                batch = _anew(batches[number % _ALIKE], number // _ALIKE)
                number += 1
                begun[number] = time.perf_counter()
                made = decide(books, batch, number).records if steps.deciding else decided
                journal.begin(to_page(number, batch, made, texts[number % len(texts)]), None)
            if place == _SPLIT - 1:
                journal.finish()
                if follower is not None:
                    follower.catch_up()
            passed.seconds.append((time.perf_counter() - begin) * records / _SPLIT / (part * rows))
        passed.bytes = round(passed.bytes * records / (number * rows))
    return passed


def _anew(batch: Array, turn: int) -> Array:
    """Return a batch with identities that no other turn has."""
    again = batch.copy()
    again["identity_high"] ^= np.uint64(turn)
    return again


def _follower(store: Store, accounts: int) -> Follower:
    """Return what keeps the tables of a new house behind its pages."""
    assert isinstance(store, SqliteStore)
    return Follower(projector_of(store.connection, accounts), partial(pages_after, store))


class _Writer(JournalWriter):
    """A writer that may leave hashing out."""

    hashing = True

    @property
    def store(self) -> Store:
        """Where pages go."""
        return self._store

    def _extend(self, page: Page) -> tuple[Frontier, bytes]:
        return super()._extend(page) if self.hashing else (self._grown, b"")


class _Nowhere(MemoryStore):
    """A store that keeps nothing."""

    def append(self, *pages: StoredPage) -> None:
        """Forget pages."""


@contextmanager
def _writer(folder: Path, steps: Steps, passed: Passed, sample: bytes) -> Iterator[JournalWriter]:
    """Give a writer that does these steps and counts the bytes of pages; unencoded, each is the sample."""
    store = SqliteStore(folder, create=True) if steps.storing else _Nowhere()

    def to_bytes(page: Page) -> bytes:
        body = page_to_bytes(page) if steps.encoding else sample
        passed.bytes += len(body)
        return body

    journal = _Writer(store, None)
    journal.hashing = steps.hashing
    setfair.journal_writer.page_to_bytes = to_bytes
    try:
        yield journal
    finally:
        setfair.journal_writer.page_to_bytes = page_to_bytes
        store.close()
