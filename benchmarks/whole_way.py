"""The whole way: from a file on disk to outcomes that are durable, and on into the tables.

Every run has a house of its own. The file is opened, read to its end and staged, submitted batch by batch;
a page is made durable while the next is decided. To outcomes that are durable is measured with the tables
left behind; to tables with projection where it runs in service: behind every 65,536 records and at the end.
The parts are of the latter; they overlap, so their sum is more than the whole.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import setfair.clearing_house
import setfair.journal_writer
from benchmarks.generate_pacs008 import write_pacs008
from benchmarks.houses import make_house, open_day, payment_table, temporary_folder
from benchmarks.measure import Parts, Sample, Scale
from setfair.domain.codes import Status
from setfair.formats.open_file import open_instructions
from setfair.formats.staging import stage
from setfair.house import House

AIM = 200e3
SHARE_AIM = 10.0
"""Percent of the whole way that screening may take where names were seen before."""
TO_TABLES = ("CSV", "pacs.008")
"""Formats that are measured on into the tables: from there on all are alike."""


def run(scale: Scale) -> Iterator[Sample]:
    """Measure a CSV, Arrow, Parquet and pacs.008 file of the same number of payments."""
    rows = scale.of(200_000, 300)
    with temporary_folder() as folder:
        for name in ("CSV", "Arrow", "Parquet", "pacs.008"):
            path = folder / name
            _write(name, path, rows)
            durable = _runs(path, folder, rows, scale.runs, tables=False)
            rates = tuple(rows / found.seconds["whole"] for found in durable)
            aim = None if name == "pacs.008" else AIM
            yield Sample("whole-way", f"{name} file to durable outcome", "payments/s", rates, aim)
            yield _screening_share(name, durable)
            if name in TO_TABLES:
                yield from _to_tables(name, rows, _runs(path, folder, rows, scale.runs, tables=True))
            path.unlink()


def _screening_share(name: str, runs: list[Parts]) -> Sample:
    """Return how much of the whole passes while names are screened; most names of a file come again in it."""
    shares = tuple(100 * found.seconds["screening"] / found.seconds["whole"] for found in runs)
    case = f"{name} file to durable outcome, screening's share"
    return Sample("whole-way", case, "%", shares, SHARE_AIM, more_is_better=False)


def _to_tables(name: str, rows: int, runs: list[Parts]) -> Iterator[Sample]:
    rates = tuple(rows / found.seconds["whole"] for found in runs)
    yield Sample("whole-way", f"{name} file to tables", "payments/s", rates)
    for part in runs[0].seconds:
        micros = tuple(found.seconds[part] / rows * 1e6 for found in runs)
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


def _runs(path: Path, folder: Path, rows: int, runs: int, *, tables: bool) -> list[Parts]:
    """Return the parts of each run and the whole; the first run warms up."""
    return [
        _run(path, folder / f"{path.name}-{tables}-{run}", rows, tables=tables) for run in range(runs + 1)
    ][1:]


def _run(path: Path, parent: Path, rows: int, *, tables: bool) -> Parts:
    parent.mkdir()
    with open_day(make_house(parent)) as house:
        house.catch_up()
        if not tables:
            house.clearing_house.journal.on_page = None
        parts = _watch(house)
        try:
            begin = time.perf_counter()
            settled = _submit(house, path, parts)
            if tables:
                house.catch_up()
            parts.seconds["whole"] = time.perf_counter() - begin
        finally:
            parts.close()
        if settled != rows:
            raise RuntimeError(f"{settled} of {rows} payments settled: the bench measures something else")
    return parts


def _watch(house: House) -> Parts:
    parts, room, journal = Parts(), setfair.clearing_house, setfair.journal_writer
    parts.seconds["reading and staging"] = 0.0
    parts.watch("names to places", room, "take_payments")
    parts.watch("screening", room, "screen_rows")
    parts.watch("deciding", room, "decide")
    parts.watch("leaves and tree", house.clearing_house.journal, "_extend")
    parts.watch("page to bytes", journal, "page_to_bytes")
    parts.watch("store", house.store, "append")
    parts.watch("projection", house.projector, "project")
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
