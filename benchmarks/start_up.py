"""Starting: seconds until a house is open, from its pages alone and from a checkpoint of its books."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa

from benchmarks.houses import clock, make_house, open_day, payment_table, temporary_folder
from benchmarks.measure import Sample, Scale, Timer
from setfair.formats.open_file import open_instructions
from setfair.house import open_house
from setfair.store.sqlite import connect


def run(scale: Scale) -> Iterator[Sample]:
    """Measure a house of a million records, its tables up to date."""
    records = scale.of(1_000_000, 500)
    with temporary_folder() as parent:
        folder = make_house(parent)
        fill(folder, parent / "payments.arrow", records)
        size = f"{records:,} records"
        replayed = tuple(_open(folder, checkpoint=False) for _ in range(scale.runs))
        yield Sample("start-up", f"pages only, {size}", "s", replayed, more_is_better=False)
        restored = tuple(_open(folder, checkpoint=True) for _ in range(scale.runs))
        yield Sample("start-up", f"with checkpoint, {size}", "s", restored, more_is_better=False)


def fill(folder: Path, path: Path, records: int) -> None:
    """Have a house decide so many payments, which are written to `path` first."""
    table = payment_table(records)
    with pa.ipc.new_file(path, table.schema) as writer:
        writer.write_table(table, max_chunksize=65_536)
    with open_day(folder) as house:
        for batch in open_instructions(path):
            house.clearing_house.submit(batch)


def _open(folder: Path, *, checkpoint: bool) -> float:
    """Return the seconds that opening takes; the checkpoint is there or deleted as asked."""
    if checkpoint:
        with open_house(folder, clock()) as house:
            house.clearing_house.checkpoint()
    else:
        connection = connect(folder)
        with connection.cursor() as cursor:
            cursor.execute("DELETE FROM books_checkpoint")
        connection.close()
    timer = Timer()
    opening = open_house(folder, clock())
    with timer:
        opening.__enter__()
    opening.__exit__(None, None, None)
    return timer.seconds
