"""`make torture`: ten minutes of faults, or as many as asked for, with a report.

python -m tests.torture --minutes 10
python -m tests.torture --seed 123456 --runs 1        the same run again
python -m tests.torture --flips 10000                 bits of a closed day's file, one at a time
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections import Counter
from dataclasses import asdict
from pathlib import Path

from tests.torture.library import NoSymbolsError, addresses
from tests.torture.run import FAULTS, Failure, Report, flip_bits, run_faults

SHOWN_SECONDS = 15.0
EVIDENCE = Path("torture-evidence")


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.torture", description="Faults, from a seed.")
    parser.add_argument("--minutes", type=float, default=10.0, help="how long at most (10)")
    parser.add_argument("--runs", type=int, default=10**9, help="how many runs at most")
    parser.add_argument("--seed", type=int, default=None, help="number of the first run; else from the clock")
    parser.add_argument("--flips", type=int, default=0, help="turn so many bits of a closed day's file")
    parser.add_argument("--json", type=Path, default=None, help="write the report to this file too")
    return parser.parse_args()


def _show(report: Report) -> None:
    rate = report.runs / max(report.seconds, 0.001)
    print(
        f"{report.runs:,} fault runs in {report.seconds:.0f} s ({rate:.1f}/s), seeds {report.first} to "
        f"{report.first + report.runs - 1}: {report.days:,} days of {report.steps:,} steps and "
        f"{report.operations:,} operations on files; {len(report.failures)} failed"
    )


def _show_all(report: Report) -> None:
    _show(report)
    for fault in FAULTS:
        name = fault.__name__
        print(f"\n{report.faults[name]:>7,}  {name}: {(fault.__doc__ or '').splitlines()[0]}")
        endings = {key: count for key, count in report.endings.items() if key.startswith(f"{name}, ")}
        for key, count in sorted(endings.items(), key=lambda item: -item[1]):
            print(f"         {count:>7,}  {key.removeprefix(f'{name}, ')}")
    for failure in report.failures:
        _show_failure(failure)


def _show_failure(failure: Failure) -> None:
    print(f"\nFAILED  run {failure.run}, {failure.fault}: {failure.what}")
    print(f"        again: python -m tests.torture --seed {failure.run} --runs 1")
    if failure.kept:
        print(f"        the house as it was left: {failure.kept}", flush=True)


def _told(report: Report) -> dict[str, object]:
    return {
        "seeds": [report.first, report.first + report.runs - 1],
        "runs": report.runs,
        "days": report.days,
        "steps": report.steps,
        "operations": report.operations,
        "seconds": round(report.seconds, 1),
        "faults": dict(report.faults),
        "endings": dict(report.endings),
        "failures": [asdict(failure) for failure in report.failures],
    }


def _run_faults(given: argparse.Namespace) -> int:
    first = given.seed if given.seed is not None else int(time.time()) % 10**7 * 1_000
    report, shown, told = Report(first), time.monotonic(), 0
    for report in run_faults(first, given.runs, 60 * given.minutes, EVIDENCE):
        for failure in report.failures[told:]:
            _show_failure(failure)
        told = len(report.failures)
        if time.monotonic() - shown > SHOWN_SECONDS:
            shown = time.monotonic()
            _show(report)
            sys.stdout.flush()
    _show_all(report)
    if given.json is not None:
        given.json.write_text(json.dumps(_told(report), indent=2) + "\n", encoding="utf-8")
    return 1 if report.failures else 0


def _flip_bits(given: argparse.Namespace) -> int:
    seed, shown = given.seed if given.seed is not None else int(time.time()), time.monotonic()
    counted = Counter[str]()
    for counted in flip_bits(seed, given.flips, 60 * given.minutes):
        if time.monotonic() - shown > SHOWN_SECONDS:
            shown = time.monotonic()
            print(f"{counted.total():,} bits turned", flush=True)
    print(
        f"{counted.total():,} bits of the file of day {seed} turned, one at a time; none that says something "
        "went unseen"
    )
    for how, count in sorted(counted.items()):
        print(f"{count:>7,}  {how}")
    if given.json is not None:
        told = {"seed": seed, "flips": counted.total(), "seen": dict(counted)}
        given.json.write_text(json.dumps(told, indent=2) + "\n", encoding="utf-8")
    return 0


def main() -> int:
    """Run what was asked for; 0: all as it must be."""
    given = _arguments()
    try:
        addresses("sqlite3_vfs_find")
    except NoSymbolsError as error:
        print(f"torture needs to get under SQLite, and cannot here: {error}", file=sys.stderr)
        return 2
    return _flip_bits(given) if given.flips else _run_faults(given)


if __name__ == "__main__":
    sys.exit(main())
