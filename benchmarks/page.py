"""Writes what benches measured as a page: `python -m benchmarks.page RESULTS.json... > docs/speed.md`."""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from benchmarks.measure import shown

_HEAD = """# How fast, and where the time goes

`make bench` measures all of this again, and `python -m benchmarks --only NAME` one part of it. Each
figure is a median; beside it stand the least and the greatest of the runs, or of the ten parts of one
long run. Where nothing stands there, it is of one run, or a ratio. Other work was stopped meanwhile.
**Compare figures of one table with each other, not with those of another machine**: on a shared host
the same code is a fifth faster or slower from hour to hour. Where there is an aim, it is said whether it
was reached.

"""
SECTIONS = {
    "decide": """## Deciding

The engine alone, in memory: payments in batches of 8,192, each with an identity that may be known.
`kernel` is the loop over the payments; `decide` is all of a batch, with the check of the books after
it.""",
    "append": """## A page becomes durable

Pages with the texts of a pacs.008 payment are made bytes, compressed and appended with a sync; beside
it what a plain file takes for the same bytes.""",
    "durable": """## From a decoded batch to acknowledged

Decided, hashed into the tree, encoded, stored and synced, ten million records in a row, into a database
file that grows; then the same while the tables that people query keep up
([0040](adr/0040-tables-follow-beside-the-writer.md)), the steps left out one by one, and what disk and
SQLite take for the same bytes alone. Time of a page is from handing it in until it is durable, several
pages being under way. One payment by itself is screened, decided, hashed, signed and synced.""",
    "projection": """## Tables

From pages into the tables and views of [schema.md](schema.md), one row of a payment and one of a record
each.""",
    "pacs008": """## Reading pacs.008

Read and checked, every rule that the schema states; memory is what is used beyond the interpreter's.""",
    "whole-way": """## From a file to its outcomes

The way of `setfair submit`: read, staged whole, names and accounts looked up, screened, decided,
hashed, durable; then into the tables too. The parts run beside each other, so they add up to more than
the whole.""",
    "tree": """## The tree

Leaves and nodes alone: several at a time in a kernel, and one by one with hashlib.""",
    "start-up": """## Opening a house

From the start of the process until the books of a house with so many records are there.""",
    "audit": """## Audit

`setfair audit`: everything decided and hashed again, and every row of the tables compared.""",
    "release": """## One credit releases a queue

So many payments wait for one account; one payment to it releases all of them.""",
    "set-off": """## Set-off

Obligations among firms, drawn evenly or scale-free; OR-tools' minimum-cost flow on the same data in the
same run. More in [clear.md](clear.md).""",
    "offset": """## Offsetting

100,000 queued payments of 1,000 participants. More in [offsetting.md](offsetting.md).""",
    "screening": """## Screening

Names against the lists of the UN and of OFAC. How well it finds stands in [screening.md](screening.md).""",
}


_COLUMNS = """| case | unit | median | least to greatest | aim |
|---|---|---|---|---|
"""


def main(arguments: list[str] | None = None) -> int:
    """Read the command line and print the page."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.page", description=__doc__)
    parser.add_argument("results", nargs="+", type=Path, help="what benches wrote with --json")
    reports = [json.loads(path.read_text(encoding="utf-8")) for path in parser.parse_args(arguments).results]
    print("".join(page(reports)).rstrip())
    return 0


def page(reports: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Yield the page in pieces: a section for each bench that was run, in the order of the sections."""
    yield _HEAD
    found: dict[str, list[dict[str, Any]]] = {}
    said: dict[str, str] = {}
    for report in reports:
        for sample in report["samples"]:
            found.setdefault(sample["bench"], []).append(sample)
            said[sample["bench"]] = _machine(report)
    for bench, text in SECTIONS.items():
        if bench in found:
            yield f"{text}\n\n{said[bench]}\n\n{_COLUMNS}"
            yield from map(_row, found[bench])
            yield "\n"


def _machine(report: dict[str, Any]) -> str:
    machine = report["machine"]
    return (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, Linux, "
        f"Python {machine['python']}; {report['time_utc'][:10]}."
    )


def _row(sample: dict[str, Any]) -> str:
    spread = f"{shown(sample['min'])} to {shown(sample['max'])}" if len(sample["values"]) > 1 else ""
    aim = (
        "" if sample["aim"] is None else f"{shown(sample['aim'])}: {'yes' if sample['reached'] else '**no**'}"
    )
    note = f" ({sample['note']})" if sample["note"] else ""
    return f"| {sample['case']}{note} | {sample['unit']} | {shown(sample['median'])} | {spread} | {aim} |\n"


if __name__ == "__main__":
    raise SystemExit(main())
