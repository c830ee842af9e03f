"""`make torture`: ten minutes of faults, or as many as asked for, with a report.

python -m tests.torture --minutes 10
python -m tests.torture --seed 123456 --runs 1                       the same run again
python -m tests.torture --seed 0 --runs 10000 --report faults.jsonl  goes on where the report ends
python -m tests.torture --seed 3 --flips 10000 --report flips.jsonl  bits of closed days' files, one at a time
python -m tests.torture --seed 3 --flips 10000 --used                the same of bytes that say something
"""

from __future__ import annotations

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from tests.torture.library import NoSymbolsError, addresses
from tests.torture.played import MEMORY
from tests.torture.report import Line, append_line, done_seeds, read_lines, summary, told
from tests.torture.run import about_faults, flip_bits, run_faults

SHOWN_SECONDS = 15.0
EVIDENCE = Path("torture-evidence")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Faults, from a seed.")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long at most (10)")
    parser.add_argument("--runs", type=int, default=10**9, help="how many runs at most")
    parser.add_argument("--seed", type=int, default=None, help="number of the first run; else from the clock")
    parser.add_argument("--flips", type=int, default=0, help="turn so many bits of closed days' files")
    parser.add_argument("--used", action="store_true", help="only bits of bytes that say something")
    parser.add_argument("--from", type=int, default=0, dest="begin", help="number of the first flip (0)")
    parser.add_argument(
        "--report", type=Path, default=None, help="a line of JSON for each; what is in it is not run again"
    )
    return parser.parse_args()


def _lines(given: argparse.Namespace, before: list[Line]) -> Iterator[Line]:
    seconds, skip = 60 * given.minutes, done_seeds(before)
    if given.flips:
        seed = given.seed if given.seed is not None else int(time.time())
        flips = range(given.begin, given.begin + given.flips)
        return flip_bits(seed, flips, seconds, EVIDENCE, skip, only_used=given.used)
    first = given.seed if given.seed is not None else int(time.time()) % 10**7 * 1_000
    return run_faults(first, given.runs, seconds, EVIDENCE, skip)


def main() -> int:
    """Run what was asked for; 0: all as it must be."""
    given = _arguments()
    try:
        addresses("sqlite3_vfs_find")
    except NoSymbolsError as error:
        print(f"torture needs to get under SQLite, and cannot here: {error}", file=sys.stderr)
        return 2
    if os.access(MEMORY, os.W_OK):
        tempfile.tempdir = str(MEMORY)
    lines = read_lines(given.report)
    begin, shown, count, failed = time.monotonic(), time.monotonic(), 0, 0
    for line in _lines(given, lines):
        append_line(given.report, line)
        lines.append(line)
        count, failed = count + 1, failed + bool(line.failure)
        if line.failure:
            print("\n".join(told(line)), flush=True)
        if time.monotonic() - shown > SHOWN_SECONDS:
            shown = time.monotonic()
            rate = count / (shown - begin)
            print(f"{count:,} in {shown - begin:.0f} s ({rate:.1f}/s); {failed} failed", flush=True)
    what = "flips" if given.flips else "fault runs"
    print("\n".join(summary(lines, what, {} if given.flips else about_faults())))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
