"""The report of fault runs and flips: a line of JSON each in a file that goes on, and the sum of them."""

from __future__ import annotations

import json
import os
import subprocess
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Line:
    """What came of one run, or of one flip."""

    seed: int
    """Number of the run; of a flip its place after the first."""
    fault: str
    ending: str = ""
    """How it ended; empty where something was not as it must be."""
    failure: str = ""
    """What was not as it must be."""
    kept: str = ""
    """Where the house lies as the fault left it."""
    day: int = 0
    """Seed of the day."""
    steps: int = 0
    """Steps of that day."""
    operations: int = 0
    """Operations on files in that day: the moments at which the power could be cut."""
    bit: int = -1
    """Which bit of the file was turned."""
    seconds: float = 0.0
    """How long it took."""
    cpu: float = 0.0
    """Processor seconds of this process and of those that it started."""
    commit: str = ""
    """State of the repository."""
    source: str = ""
    """State of what was tried, `src`: the same for commits that change something else alone."""


def read_lines(path: Path | None) -> list[Line]:
    """Return the lines of a report; what a kill left of a last line is none."""
    if path is None or not path.exists():
        return []
    names = {field.name for field in fields(Line)}
    lines = []
    for text in path.read_text(encoding="utf-8").splitlines():
        try:
            said = json.loads(text)
        except ValueError:
            continue
        lines.append(Line(**{name: value for name, value in said.items() if name in names}))
    return lines


def append_line(path: Path | None, line: Line) -> None:
    """Put a line at the end of a report, on a line of its own."""
    if path is None:
        return
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, os.SEEK_END)
            if file.read() != b"\n":
                file.write(b"\n")  # a kill left half a line
        file.write(json.dumps(asdict(line), ensure_ascii=False).encode() + b"\n")


def latest(lines: Iterable[Line]) -> list[Line]:
    """Return the last line of each seed, in order: a run that failed is run again once its cause is gone."""
    return [line for _, line in sorted({line.seed: line for line in lines}.items())]


def done_seeds(lines: Iterable[Line]) -> frozenset[int]:
    """Return the seeds that need not be run again: those that did not fail."""
    return frozenset(line.seed for line in latest(lines) if not line.failure)


def state_here() -> dict[str, str]:
    """Return `commit` and `source` of this code, each with a plus sign if it was changed since."""
    here = Path(__file__).resolve().parents[2]
    try:
        found = {
            name: _git(here, "rev-parse", "--short=12", what)
            + ("+" if _git(here, "status", "--porcelain", "--", *where) else "")
            for name, what, where in (("commit", "HEAD", ("src", "tests")), ("source", "HEAD:src", ("src",)))
        }
    except (OSError, subprocess.CalledProcessError):
        return {"commit": "unknown", "source": "unknown"}
    return found


def _git(folder: Path, *words: str) -> str:
    told = subprocess.run(["git", *words], cwd=folder, capture_output=True, text=True, check=True)
    return told.stdout.strip()


def ranges(seeds: Iterable[int]) -> str:
    """Return seeds in words, neighbours together."""
    found: list[list[int]] = []
    for seed in sorted(seeds):
        if found and found[-1][1] == seed - 1:
            found[-1][1] = seed
        else:
            found.append([seed, seed])
    return ", ".join(str(first) if first == last else f"{first} to {last}" for first, last in found)


def summary(lines: list[Line], what: str, about: dict[str, str]) -> Iterator[str]:
    """Yield the sum of a report, line by line.

    Parameters
    ----------
    lines
        All of the report.
    what
        What was run: "fault runs" or "flips".
    about
        What is done in each kind of fault, in the order in which they are told.
    """
    last = latest(lines)
    days = {line.day: line for line in last}
    failed = [line for line in last if line.failure]
    again = {line.seed for line in lines if line.failure} - {line.seed for line in failed}
    cpu = sum(line.cpu for line in last)
    yield (
        f"{len(last):,} {what}, seeds {ranges(line.seed for line in last) or 'none'}; {len(days):,} days of "
        f"{sum(line.steps for line in days.values()):,} steps and "
        f"{sum(line.operations for line in days.values()):,} operations on files; "
        f"{cpu:,.0f} s of processor; {len(failed):,} failed"
    )
    for name in ("source", "commit"):
        counted = Counter(getattr(line, name) for line in last).most_common()
        yield f"{name} " + ", ".join(f"{state} ({count:,})" for state, count in counted)
    if again:
        yield f"failed at first, and not when they were run again: {ranges(again)}"
    for fault in dict.fromkeys([*about, *(line.fault for line in last)]):
        own = [line for line in last if line.fault == fault]
        if not own:
            continue
        yield f"\n{len(own):>7,}  {fault}: {about.get(fault, '')}"
        endings = Counter(line.ending or "FAILED" for line in own)
        yield from (f"         {count:>7,}  {ending}" for ending, count in endings.most_common())
    for line in failed:
        yield from told(line)


def told(line: Line) -> Iterator[str]:
    """Yield what a failure says, and how it is had again."""
    yield f"\nFAILED  {line.seed}, {line.fault}: {line.failure}"
    yield f"        again: python -m tests.torture {'--from' if line.bit >= 0 else '--seed'} {line.seed} ..."
    if line.kept:
        yield f"        the house as it was left: {line.kept}"
