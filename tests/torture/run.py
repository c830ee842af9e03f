"""Runs of faults, each from its own number: the same number is the same day and the same fault."""

from __future__ import annotations

import shutil
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from tests.torture.backups import lost_house
from tests.torture.errors import broken_disk, disk_full, second_writer, wrong_clock
from tests.torture.outputs import killed_output
from tests.torture.played import DayOnDisk, play_day
from tests.torture.power import cut, cut_twice, lying_disk
from tests.torture.processes import killed_reader, killed_writer, signalled_writer
from tests.torture.rot import bad_page, closed_layout, flip, flipped_bit

RUNS_OF_A_DAY = 40
"""Runs that start from the same day."""

Fault = Callable[[DayOnDisk, Random], str]

FAULTS: dict[Fault, int] = {
    cut: 36,
    cut_twice: 14,
    lying_disk: 8,
    disk_full: 8,
    broken_disk: 8,
    wrong_clock: 3,
    second_writer: 3,
    killed_writer: 6,
    signalled_writer: 3,
    killed_reader: 2,
    killed_output: 1,
    lost_house: 2,
    bad_page: 3,
    flipped_bit: 3,
}
"""Kinds of faults, and how often each comes in a hundred runs."""


@dataclass(frozen=True, slots=True)
class Failure:
    """A run after which something was not as it must be."""

    run: int
    fault: str
    what: str
    kept: str
    """Where the house lies as the fault left it."""


@dataclass(slots=True)
class Report:
    """What was run, and what came of it."""

    first: int
    runs: int = 0
    days: int = 0
    steps: int = 0
    """Steps of the days that were played."""
    operations: int = 0
    """Operations on files in these days: the moments at which the power could be cut."""
    seconds: float = 0.0
    faults: Counter[str] = field(default_factory=Counter)
    endings: Counter[str] = field(default_factory=Counter)
    """By fault, how it ended."""
    failures: list[Failure] = field(default_factory=list)


def fault_of(random: Random) -> Fault:
    """Draw a kind of fault."""
    return random.choices(list(FAULTS), weights=list(FAULTS.values()))[0]


def run_faults(first: int, runs: int, seconds: float, evidence: Path | None = None) -> Iterator[Report]:
    """Run faults `first`, `first` + 1 and so on; yield the report after each.

    Parameters
    ----------
    first
        Number of the first run.
    runs
        How many at most.
    seconds
        How long at most.
    evidence
        Where houses are kept that are not as they must be; None: nowhere.
    """
    begin, report = time.monotonic(), Report(first)
    for seed in range(first // RUNS_OF_A_DAY, (first + runs - 1) // RUNS_OF_A_DAY + 1):
        numbers = range(max(first, seed * RUNS_OF_A_DAY), min(first + runs, (seed + 1) * RUNS_OF_A_DAY))
        if time.monotonic() - begin > seconds:
            break
        day = _play(report, seed, numbers[0])
        for number in numbers if day is not None else ():
            if time.monotonic() - begin > seconds:
                break
            _run_one(report, day, number, evidence)
            report.seconds = time.monotonic() - begin
            yield report
        if day is not None:
            day.throw_away()


def _play(report: Report, seed: int, number: int) -> DayOnDisk | None:
    """Play a day without a fault; None: the house and the reference do not agree, which is reported."""
    try:
        day = play_day(seed)
    except Exception as error:
        report.failures.append(
            Failure(number, "none", f"{type(error).__name__}: {error} {_place(error)}", "")
        )
        return None
    report.days += 1
    report.steps += day.steps
    report.operations += len(day.log)
    return day


def _run_one(report: Report, day: DayOnDisk, number: int, evidence: Path | None) -> None:
    random = Random(f"run {number}")
    fault = fault_of(random)
    name = fault.__name__
    report.runs += 1
    report.faults[name] += 1
    try:
        report.endings[f"{name}, {fault(day, random)}"] += 1
    except Exception as error:
        what = f"{type(error).__name__}: {error} {_place(error)}"
        report.failures.append(Failure(number, name, what, _keep(day, number, evidence)))


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "torture" not in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"({Path(last.filename).name}:{last.lineno})"


def _keep(day: DayOnDisk, number: int, evidence: Path | None) -> str:
    if evidence is None:
        return ""
    kept = evidence / f"run-{number}"
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(day.house, kept)
    return str(kept)


def flip_bits(seed: int, flips: int, seconds: float) -> Iterator[Counter[str]]:
    """Turn bits of the file of a closed day, one at a time; yield how they were seen so far.

    Raises
    ------
    WrongError
        If a bit that says something turned, and nobody saw it.
    """
    begin, random, counted = time.monotonic(), Random(f"flips {seed}"), Counter[str]()
    day = play_day(seed)
    layout = closed_layout(day)
    for _ in range(flips):
        if time.monotonic() - begin > seconds:
            break
        bit = random.randrange(8 * len(layout.raw))
        is_used = bool(layout.used[bit // 8])
        seen = flip(day, layout, bit)
        counted[f"{'a byte that says something' if is_used else 'unused space'}: {seen}"] += 1
        yield counted
    day.throw_away()
