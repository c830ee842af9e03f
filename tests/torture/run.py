"""Runs of faults, each from its own number: the same number is the same day and the same fault."""

from __future__ import annotations

import os
import shutil
import time
import traceback
from collections.abc import Callable, Container, Iterator
from dataclasses import replace
from pathlib import Path
from random import Random

import numpy as np

from tests.torture.archives import bad_archive, killed_archive
from tests.torture.backups import lost_house, restored_to_a_page
from tests.torture.errors import broken_disk, disk_full, second_writer, wrong_clock
from tests.torture.outputs import killed_output
from tests.torture.played import DayOnDisk, play_day
from tests.torture.power import cut, cut_twice, lying_disk
from tests.torture.processes import killed_reader, killed_writer, signalled_writer
from tests.torture.report import Line, state_here
from tests.torture.rot import bad_page, closed_layout, flip, flipped_bit

RUNS_OF_A_DAY = 40
"""Runs that start from the same day."""
FLIPS_OF_A_DAY = 500
"""Flips in the file of the same day."""
AUDITED_FLIPS = 10
"""Of so many flips one is audited even where the layout of the file shows that its bit says nothing."""

Fault = Callable[[DayOnDisk, Random], str]

FAULTS: dict[Fault, int] = {
    cut: 34,
    cut_twice: 13,
    lying_disk: 8,
    disk_full: 8,
    broken_disk: 8,
    wrong_clock: 3,
    second_writer: 3,
    killed_writer: 6,
    signalled_writer: 3,
    killed_reader: 2,
    killed_output: 1,
    killed_archive: 2,
    bad_archive: 1,
    lost_house: 2,
    restored_to_a_page: 1,
    bad_page: 3,
    flipped_bit: 2,
}
"""Kinds of faults, and how often each comes in a hundred runs."""

NO_FAULT = "no fault"
"""The fault of a line about a day that house and reference do not agree on before anything breaks."""


def about_faults() -> dict[str, str]:
    """Return by name what each kind of fault does."""
    return {fault.__name__: (fault.__doc__ or "").splitlines()[0] for fault in FAULTS}


def fault_of(random: Random) -> Fault:
    """Draw a kind of fault."""
    return random.choices(list(FAULTS), weights=list(FAULTS.values()))[0]


class _Stopwatch:
    """Puts time and processor time since the last look on a line, and the state of the code."""

    def __init__(self, state: dict[str, str]) -> None:
        self._state = state
        self._time, self._cpu = time.monotonic(), self._spent()

    @staticmethod
    def _spent() -> float:
        spent = os.times()
        return spent.user + spent.system + spent.children_user + spent.children_system

    def put_on(self, line: Line) -> Line:
        """Return the line with both, and begin anew."""
        before = self._time, self._cpu
        self._time, self._cpu = time.monotonic(), self._spent()
        spent = round(self._time - before[0], 3), round(self._cpu - before[1], 3)
        return replace(line, **self._state, seconds=spent[0], cpu=spent[1])


def run_faults(
    first: int,
    runs: int,
    seconds: float,
    evidence: Path | None = None,
    skip: Container[int] = (),
) -> Iterator[Line]:
    """Run faults `first`, `first` + 1 and so on; yield what came of each.

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
    skip
        Numbers that are left out.
    """
    begin, watch = time.monotonic(), _Stopwatch(state_here())
    for seed in range(first // RUNS_OF_A_DAY, (first + runs - 1) // RUNS_OF_A_DAY + 1):
        both = range(max(first, seed * RUNS_OF_A_DAY), min(first + runs, (seed + 1) * RUNS_OF_A_DAY))
        numbers = [number for number in both if number not in skip]
        if time.monotonic() - begin > seconds:
            break
        if not numbers:
            continue
        day = _play(seed)
        if isinstance(day, str):
            yield watch.put_on(Line(numbers[0], NO_FAULT, failure=day, day=seed))
            continue
        for number in numbers:
            if time.monotonic() - begin > seconds:
                break
            line = _run_one(day, number, evidence)
            yield watch.put_on(replace(line, day=seed, steps=day.steps, operations=len(day.log)))
        day.throw_away()


def _play(seed: int) -> DayOnDisk | str:
    """Play a day without a fault; or say where the house and the reference do not agree."""
    try:
        return play_day(seed)
    except Exception as error:
        return f"{type(error).__name__}: {error} {_place(error)}"


def _run_one(day: DayOnDisk, number: int, evidence: Path | None) -> Line:
    random = Random(f"run {number}")
    fault = fault_of(random)
    name = fault.__name__
    try:
        return Line(number, name, fault(day, random))
    except Exception as error:
        what = f"{type(error).__name__}: {error} {_place(error)}"
        return Line(number, name, failure=what, kept=_keep(day, f"run-{number}", evidence))


def _place(error: Exception) -> str:
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if "torture" not in frame.filename]
    last = frames[-1] if frames else traceback.extract_tb(error.__traceback__)[-1]
    return f"({Path(last.filename).name}:{last.lineno})"


def _keep(day: DayOnDisk, name: str, evidence: Path | None) -> str:
    if evidence is None:
        return ""
    kept = evidence / name
    shutil.rmtree(kept, ignore_errors=True)
    shutil.copytree(day.house, kept)
    return str(kept)


def flip_bits(
    seed: int,
    flips: range,
    seconds: float,
    evidence: Path | None = None,
    skip: Container[int] = (),
    *,
    only_used: bool = False,
) -> Iterator[Line]:
    """Turn bits of the files of closed days, one at a time; yield how each was seen.

    Parameters
    ----------
    seed
        Of the first day; another one comes after every `FLIPS_OF_A_DAY`.
    flips
        Which flips.
    seconds, evidence, skip
        As of `run_faults`.
    only_used
        Whether bits are chosen of bytes that say something; most of a small file says nothing.
    """
    begin, watch = time.monotonic(), _Stopwatch(state_here())
    present: tuple[int, DayOnDisk] | None = None
    for number in flips:
        if time.monotonic() - begin > seconds:
            break
        if number in skip:
            continue
        of = seed + number // FLIPS_OF_A_DAY
        if present is None or present[0] != of:
            if present is not None:
                present[1].throw_away()
            present = of, play_day(of)
            layout = closed_layout(present[1])
            places = np.flatnonzero(layout.used)
        day = present[1]
        bit = Random(f"flip {seed} {number}").randrange(8 * len(layout.raw))
        if only_used:
            bit = 8 * int(places[bit // 8 % len(places)]) + bit % 8
        where = "a byte that says something" if layout.used[bit // 8] else "unused space"
        line = Line(number, where, day=of, steps=day.steps, operations=len(day.log), bit=bit)
        try:
            line = replace(line, ending=flip(day, layout, bit, audited=number % AUDITED_FLIPS == 0))
        except Exception as error:
            what = f"UNSEEN: {type(error).__name__}: {error} {_place(error)}"
            line = replace(line, failure=what, kept=_keep(day, f"flip-{seed}-{number}", evidence))
        yield watch.put_on(line)
    if present is not None:
        present[1].throw_away()
