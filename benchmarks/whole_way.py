"""The whole way: from a file on disk to outcomes that are durable, and on into the tables.

Every run has a house of its own. The file is opened, read to its end and staged, submitted batch by batch;
each page is durable before the next is decided. Projection runs where it runs in service: behind every
65,536 records and at the end.
"""

from __future__ import annotations

import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet

import setfair.clearing_house
from benchmarks.generate_pacs008 import write_pacs008
from benchmarks.houses import make_house, open_day, payment_table, temporary_folder
from benchmarks.measure import Parts, Sample, Scale
from setfair.domain.codes import Status
from setfair.formats.open_file import open_instructions
from setfair.formats.staging import stage
from setfair.house import House

AIM = 200e3


@dataclass(frozen=True, slots=True)
class Run:
    """Seconds of one run."""

    durable: float
    projected: float
    parts: dict[str, float]


def run(scale: Scale) -> Iterator[Sample]:
    """Measure a CSV, Arrow, Parquet and pacs.008 file of the same number of payments."""
    rows = scale.of(200_000, 300)
    with temporary_folder() as folder:
        for name in ("CSV", "Arrow", "Parquet", "pacs.008"):
            path = folder / name
            _write(name, path, rows)
            runs = [_run(path, folder / f"{name}-{number}", rows) for number in range(scale.runs + 1)][1:]
            path.unlink()
            aim = None if name == "pacs.008" else AIM
            durable = tuple(rows / found.durable for found in runs)
            yield Sample("whole-way", f"{name} file to durable outcome", "payments/s", durable, aim)
            projected = tuple(rows / found.projected for found in runs)
            yield Sample("whole-way", f"{name} file to tables", "payments/s", projected, aim)
            for part in runs[0].parts:
                micros = tuple(found.parts[part] / rows * 1e6 for found in runs)
                yield Sample("whole-way", f"{name}, of which {part}", "µs/payment", micros)


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


def _run(path: Path, parent: Path, rows: int) -> Run:
    parent.mkdir()
    with open_day(make_house(parent)) as house:
        house.catch_up()
        parts = _watch(house)
        try:
            begin = time.perf_counter()
            settled = _submit(house, path, parts)
            house.catch_up()
            whole = time.perf_counter() - begin
        finally:
            parts.close()
        if settled != rows:
            raise RuntimeError(f"{settled} of {rows} payments settled: the bench measures something else")
    durable = whole - parts.seconds["projection"]
    rest = whole - sum(parts.seconds.values())
    return Run(durable, whole, {**parts.seconds, "the rest": rest})


def _watch(house: House) -> Parts:
    parts, room = Parts(), setfair.clearing_house
    parts.seconds["reading and staging"] = 0.0
    parts.watch("names to places", room, "take_payments")
    parts.watch("screening", room, "screen_batch")
    parts.watch("deciding", room, "decide")
    parts.watch("page to bytes", room, "page_to_bytes")
    parts.watch("store", house.store, "append")
    parts.watch("projection", house.projector, "project")
    return parts


def _submit(house: House, path: Path, parts: Parts) -> int:
    """Take a file in as the command line does; return how many payments settled."""
    begin = time.perf_counter()
    settled = 0
    with stage(open_instructions(path), house.staging) as staged:
        parts.seconds["reading and staging"] += time.perf_counter() - begin
        for batch in staged.batches():
            rows = house.clearing_house.submit(batch).rows
            settled += int((rows["status"] == Status.ACSC).sum())
    return settled
