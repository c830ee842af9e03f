"""Runs the benches, prints a table, writes JSON.

python -m benchmarks [--quick] [--only NAME] [--json PATH]
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.machine import describe_machine, load_average
from benchmarks.measure import Sample, Scale, shown
from benchmarks.registry import BENCHES
from setfair.cli.frugal import take_turns_often

RESULTS = Path(__file__).parent / "results"
WIDTH = 160
"""Columns of the table where it does not go to a terminal."""


def main(arguments: Sequence[str] | None = None) -> int:
    """Read the command line, run, print and write."""
    options = _parse(arguments)
    take_turns_often()  # as `setfair submit` does
    scale = Scale(quick=options.quick)
    console = Console()
    if not console.is_terminal:
        console = Console(width=WIDTH)
    report: dict[str, Any] = {
        "time_utc": datetime.now(UTC).isoformat(timespec="seconds"),
        "quick": options.quick,
        "machine": describe_machine(),
        "load_before": load_average(),
    }
    begin = time.perf_counter()
    samples: list[Sample] = []
    for name in options.only or BENCHES:
        with console.status(name):
            samples += BENCHES[name](scale)
    report |= {
        "load_after": load_average(),
        "seconds": round(time.perf_counter() - begin, 1),
        "samples": [sample.as_dict() for sample in samples],
    }
    _print(console, report, samples)
    path = options.json or RESULTS / f"{datetime.now(UTC):%Y-%m-%d-%H%M%S}.json"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(report, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    console.print(f"written to {path}", soft_wrap=True)
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description="Measure Setfair.")
    parser.add_argument("--quick", action="store_true", help="tiny sizes: shows that the benches run")
    parser.add_argument("--only", action="append", choices=BENCHES, help="run this bench; may be repeated")
    parser.add_argument("--json", type=Path, help="where the figures go (benchmarks/results/<date>.json)")
    return parser.parse_args(arguments)


def _print(console: Console, report: dict[str, Any], samples: Sequence[Sample]) -> None:
    machine = report["machine"]
    title = (
        f"{machine['cpu']}, {machine['cores']} cores, {machine['memory_gb']} GB, "
        f"Linux {machine['kernel']}, Python {machine['python']}, "
        f"load {report['load_before'][0]} before, {report['load_after'][0]} after, {report['seconds']} s"
    )
    table = Table(title=title)
    for heading in ("bench", "case", "unit", "median", "min", "max", "aim", "note"):
        right = heading in ("median", "min", "max", "aim")
        table.add_column(heading, justify="right" if right else "left", no_wrap=right)
    for sample in samples:
        aim = "" if sample.aim is None else f"{shown(sample.aim)} {'yes' if sample.reached else 'NO'}"
        figures = map(shown, (sample.median, min(sample.values), max(sample.values)))
        table.add_row(sample.bench, sample.case, sample.unit, *figures, aim, sample.note)
    console.print(table)


if __name__ == "__main__":
    raise SystemExit(main())
