"""Run the study: tables to the terminal, `study.json`, `study.svg` and a file of invoices into a folder.

    python -m examples.study --out DIR [--seeds 11] [--first-seed 1] [--json]

The same seeds give the same bytes.
"""

from __future__ import annotations

import argparse
import json
import sys
from pathlib import Path

from rich.console import Console
from rich.progress import Progress

from examples.study.bounds import find_bounds
from examples.study.curve import run_study
from examples.study.draw import draw_study
from examples.study.results import as_data
from examples.study.sample import write_sample
from examples.study.show import show
from setfair.cli.without_pandas import leave_pandas_out

SEEDS = 11
SEEDS_MAX = 1000
WIDTH = 140
"""Columns of the tables where they do not go to a terminal."""


def main() -> None:
    """Read the command line, run, write and print."""
    parser = argparse.ArgumentParser(prog="python -m examples.study", description="A study on real trade.")
    parser.add_argument("--out", type=Path, required=True, help="folder to write into")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how many seeds each case is run with")
    parser.add_argument("--first-seed", type=int, default=1, help="they are numbered from here")
    parser.add_argument("--json", action="store_true", help="print the outcomes as JSON instead of tables")
    given = parser.parse_args()
    if not 1 <= given.seeds <= SEEDS_MAX or given.first_seed < 0:
        parser.error(f"1 to {SEEDS_MAX} seeds, numbered from 0 or more")
    leave_pandas_out()
    progress_console = Console(stderr=True)
    findings = find_bounds()
    with Progress(
        console=progress_console, transient=True, disable=not progress_console.is_terminal
    ) as progress:
        task = progress.add_task("firms and invoices", total=None)
        study = run_study(
            range(given.first_seed, given.first_seed + given.seeds),
            lambda done, cases: progress.update(task, completed=done, total=cases),
        )
    data = json.dumps(as_data(findings, study), ensure_ascii=False, indent=1) + "\n"
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / "study.json").write_text(data, encoding="utf-8")
    (given.out / "study.svg").write_text(draw_study(findings, study), encoding="utf-8")
    write_sample(given.out / "invoices.csv", given.first_seed)
    if given.json:
        sys.stdout.write(data)
        return
    console = Console(highlight=False, width=None if sys.stdout.isatty() else WIDTH)
    show(console, findings, study)
    console.print(f"\nwritten to {given.out}: study.json, study.svg, invoices.csv", soft_wrap=True)


if __name__ == "__main__":
    main()
