"""The whole way: from a file on disk to outcomes that are durable, and on into the tables.

Every run has a house of its own. The file is opened, read to its end and staged, submitted batch by batch;
a page is made durable while the next is decided. To outcomes that are durable is measured with the tables
left behind; to tables with projection as in service: step by step behind the pages, the rest at the end.
The parts are of the latter; they overlap, so their sum is more than the whole. CPU time, of all threads, is
what can be compared between hours in which other programs run.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import setfair.clearing_house
import setfair.journal_writer
from benchmarks.generate_pacs008 import write_pacs008
from benchmarks.houses import make_house, open_day, payment_table, temporary_folder
from benchmarks.measure import Parts, Sample, Scale
from benchmarks.scenario import SEED
from setfair.domain.codes import Status
from setfair.formats.open_file import open_instructions
from setfair.formats.staging import stage
from setfair.house import House

AIM = 200e3
SHARE_AIM = 10.0
"""Percent that screening may add to the whole way where names were seen before."""
ROWS = {"CSV": 200_000, "Arrow": 131_072, "Parquet": 131_072, "pacs.008": 32_768}
"""Payments of a file: each format takes about as long, and fills four pages at least."""
TO_TABLES = ("CSV", "pacs.008")
"""Formats that are measured on into the tables: from there on all are alike."""


@dataclass(frozen=True, slots=True)
class Passed:
    """What one run took."""

    parts: Parts
    seconds: float
    """From the file to the last outcome."""
    cpu_seconds: float
    """Of all threads, meanwhile."""


def run(scale: Scale) -> Iterator[Sample]:
    """Measure a CSV, Arrow, Parquet and pacs.008 file."""
    with temporary_folder() as folder:
        make_house(folder, "unused")
        for name, size in ROWS.items():
            rows, path = scale.of(size, 300), folder / name
            _write(name, path, rows)
            yield from _to_durable(name, rows, _runs(path, rows, scale.runs, tables=False))
            if name in TO_TABLES:
                yield from _to_tables(name, rows, _runs(path, rows, scale.runs, tables=True))
            path.unlink()
        yield from _screening_share(folder, scale.of(ROWS["Arrow"], 300), scale.runs)


def _screening_share(folder: Path, rows: int, runs: int) -> Iterator[Sample]:
    """Measure how much longer files take because they are screened: new parties, then the same again.

    Without means: what screening found in the same file is handed over again. With and without take turns,
    each with a house of its own.
    """
    files = [folder / f"of the same parties {number}" for number in range(2)]
    for number, path in enumerate(files):
        pa.csv.write_csv(payment_table(rows, SEED + number), path)
    seconds: dict[tuple[int, bool], list[float]] = {}
    for turn in range(2 * (runs + 1)):
        with _fresh_house(folder) as house:
            house.clearing_house.journal.on_page = None
            for number, path in enumerate(files):
                taken = _seconds(house, path, rows, screened=bool(turn % 2))
                if turn > 1:  # the first two warm up
                    seconds.setdefault((number, bool(turn % 2)), []).append(taken)
    for number, case in enumerate(("not seen before", "seen before")):
        pairs = zip(seconds[number, True], seconds[number, False], strict=True)
        yield Sample(
            "whole-way", f"screening adds, parties {case}", "%",
            tuple(100 * (taken / without - 1) for taken, without in pairs),
            SHARE_AIM if number else None, more_is_better=False,
            note="to a CSV file's way to durable outcomes",
        )  # fmt: skip


def _seconds(house: House, path: Path, rows: int, *, screened: bool) -> float:
    """Return how long a file takes, screened meanwhile or before."""
    room, parts = setfair.clearing_house, Parts()
    screen = room.screen_rows
    found = [house.clearing_house._screen(batch) for batch in open_instructions(path)] if not screened else []
    handed_over = iter(found)
    if not screened:
        room.screen_rows = lambda *_: next(handed_over)
    parts.seconds["reading and staging"] = 0.0
    begin = time.perf_counter()
    try:
        settled = _submit(house, path, parts)
    finally:
        room.screen_rows = screen
    taken = time.perf_counter() - begin
    if settled != rows:
        raise RuntimeError(f"{settled} of {rows} payments settled: the bench measures something else")
    return taken


def _to_durable(name: str, rows: int, runs: list[Passed]) -> Iterator[Sample]:
    rates = tuple(rows / found.seconds for found in runs)
    micros = tuple(found.cpu_seconds / rows * 1e6 for found in runs)
    aim, case = None if name == "pacs.008" else AIM, f"{name} file to durable outcome"
    yield Sample("whole-way", case, "payments/s", rates, aim, note=f"{rows:,} payments")
    yield Sample("whole-way", f"{case}, CPU time", "µs/payment", micros, more_is_better=False)


def _to_tables(name: str, rows: int, runs: list[Passed]) -> Iterator[Sample]:
    rates = tuple(rows / found.seconds for found in runs)
    yield Sample("whole-way", f"{name} file to tables", "payments/s", rates)
    for part in runs[0].parts.seconds:
        micros = tuple(found.parts.seconds[part] / rows * 1e6 for found in runs)
        yield Sample("whole-way", f"{name} to tables, of which {part}", "µs/payment", micros)


def _write(name: str, path: Path, rows: int) -> None:
    if name == "pacs.008":
        write_pacs008(path, rows)
        return
    table = payment_table(rows)
    if name == "CSV":
        pa.csv.write_csv(table, path)
    elif name == "Parquet":
        pa.parquet.write_table(table, path)
    else:
        with pa.ipc.new_file(path, table.schema) as writer:
            writer.write_table(table, max_chunksize=65_536)


def _runs(path: Path, rows: int, runs: int, *, tables: bool) -> list[Passed]:
    """Return what each run took; the first one warms up."""
    return [_run(path, rows, tables=tables) for _ in range(runs + 1)][1:]


def _run(path: Path, rows: int, *, tables: bool) -> Passed:
    with _fresh_house(path.parent) as house:
        house.catch_up()
        if not tables:
            house.clearing_house.journal.on_page = None
        parts = _watch(house)
        try:
            begin, cpu = time.perf_counter(), time.process_time()
            settled = _submit(house, path, parts)
            if tables:
                house.catch_up()
            passed = Passed(parts, time.perf_counter() - begin, time.process_time() - cpu)
        finally:
            parts.close()
        if settled != rows:
            raise RuntimeError(f"{settled} of {rows} payments settled: the bench measures something else")
    return passed


@contextmanager
def _fresh_house(folder: Path) -> Iterator[House]:
    """Open a copy of the house that nothing came into yet, and remove it afterwards."""
    copy = Path(shutil.copytree(folder / "unused", folder / "house"))
    try:
        with open_day(copy) as house:
            yield house
    finally:
        shutil.rmtree(copy)


def _watch(house: House) -> Parts:
    parts, room, journal = Parts(), setfair.clearing_house, setfair.journal_writer
    parts.seconds["reading and staging"] = 0.0
    parts.watch("names to places", room, "take_payments")
    parts.watch("screening", room, "screen_rows")
    parts.watch("deciding", room, "decide")
    parts.watch("leaves and tree", house.clearing_house.journal, "_extend")
    parts.watch("page to bytes", journal, "page_to_bytes")
    parts.watch("store", house.store, "append")
    parts.watch("rows of tables", house.projector, "lay")
    parts.watch("into tables", house.projector, "_put")
    return parts


def _submit(house: House, path: Path, parts: Parts) -> int:
    """Take a file in as the command line does; return how many payments settled."""
    begin = time.perf_counter()
    settled = 0
    with stage(open_instructions(path), house.staging) as staged:
        parts.seconds["reading and staging"] += time.perf_counter() - begin
        for _, outcome in house.clearing_house.submit_each(staged.batches()):
            settled += int((outcome.rows["status"] == Status.ACSC).sum())
    return settled
