"""The audit: records a second of a house, of the journal alone and of everything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from benchmarks.houses import temporary_folder
from benchmarks.large_house import make_large_house
from benchmarks.measure import Sample, Scale, Timer
from setfair.audit.audit import fresh_audit, run_audit
from setfair.store.sqlite import connect


def run(scale: Scale) -> Iterator[Sample]:
    """Measure a house of a million records, its tables up to date, and the journal of ten millions."""
    records = scale.of(1_000_000, 500)
    with temporary_folder() as parent:
        folder = make_large_house(parent, records, tables=True)
        _audit(folder, journal_only=True)  # loads kernels
        for what, journal_only in (("journal only", True), ("journal, tables and file", False)):
            rates = tuple(_audit(folder, journal_only=journal_only) for _ in range(scale.runs))
            yield Sample("audit", f"{what}, {records:,} records", "records/s", rates)
    many = 10 * records
    with temporary_folder() as parent:
        rates = (_audit(make_large_house(parent, many, tables=False), journal_only=True),)
        yield Sample("audit", f"journal only, {many:,} records", "records/s", rates, 1e6)


def _audit(folder: Path, *, journal_only: bool) -> float:
    """Audit a house; return the records a second."""
    done, connection = fresh_audit(), connect(folder, read_only=True)
    key = (folder / "keys" / "house.pub").read_text(encoding="utf-8")
    timer = Timer()
    with timer:
        run_audit(done, connection, key, lambda page: None, journal_only=journal_only)
    connection.close()
    if done.finding is not None:
        raise RuntimeError(f"the house that is measured is not sound: {done.finding}")
    return done.records / timer.seconds
