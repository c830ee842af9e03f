"""Bypass offsetting against a greedy set and OR-tools' CP-SAT on queues drawn from seeds.

python -m benchmarks.compare_offset run FILE [--first SEED] [--last SEED] [--payments-max COUNT]
    [--seconds SECONDS] [--long SECONDS] [--only own | solver]
python -m benchmarks.compare_offset table FILE [--each]

Rules
-----
1. `run` appends a line to FILE for each side of each queue when it is done, and leaves out what is there: so
   it may be stopped, and goes on where it was. `--only own` measures our side again; `--only solver` does the
   other side of the queues of which FILE has ours, and may run beside it.
2. The solver is run only where it can say something. Where our value equals our own bound, which no set
   exceeds, nothing is to be found: such a queue counts as closed, and its optimum is ours. Where our gap
   is at most 1 %, the solver has the short time alone: whatever it closed, we would be within 1 % of it.
   Where it came near, and FILE says that it had less than the long time, it is run again: so a first round
   may have the short time alone (`--long` no more than `--seconds`), and a second one the long.
3. `table` prints a Markdown table of what FILE has of both sides: how near to the best known bound each
   comes, how many queues our own bound has proven, and each queue where we have less. A solver that was not
   run stands in it with our value, so that no mean gains by it.
"""

from __future__ import annotations

import argparse
import json
import time
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from benchmarks.cp_sat_offset import Found, Limits, solve_by_cp_sat, value_of_greedy
from benchmarks.generate_queues import Generated, Shape, draw_shape, generate_queue
from benchmarks.measure import Timer
from setfair.engine.offset import Discipline, offset

QUEUES = 300
NEAR = 0.99
"""Where the solver closes, this share of the optimum is aimed at."""
OWN, SOLVER = "own", "solver"


@dataclass(frozen=True, slots=True)
class Own:
    """What `bypass` found."""

    ordered: int
    """Value of the ordered set."""
    value: int
    bound: int
    seconds: float

    @property
    def is_proven(self) -> bool:
        """Whether no set has more."""
        return self.value == self.bound

    @property
    def is_near(self) -> bool:
        """Whether no set has more than 1 % more."""
        return self.value >= NEAR * self.bound


@dataclass(frozen=True, slots=True)
class Compared:
    """One queue, from both sides."""

    seed: int
    shape: Shape
    own: Own
    found: Found
    """What the solver found; where it was not run, our optimum: rule 3."""

    @property
    def bound(self) -> int:
        """The best known bound."""
        return max(1, min(self.own.bound, self.found.bound))

    @property
    def loses(self) -> bool:
        """Whether the solver found more in the short time."""
        return self.own.value < self.found.value

    @property
    def near(self) -> bool:
        """Whether it is within 1 % of the optimum that the solver proved."""
        return self.own.value >= NEAR * self.found.value_long

    def shares(self) -> list[str]:
        """Return ordered, greedy, solver, own and own bound as shares of the best known bound."""
        values = (self.own.ordered, self.found.greedy, self.found.value, self.own.value, self.own.bound)
        return [f"{each / self.bound:.4f}" for each in values]


def run_own(given: Generated) -> Own:
    """Run `bypass` as a house does that gives it no work."""
    timer = Timer()
    with timer:
        result = offset(given.accounts, given.queue, Discipline.BYPASS)
    return Own(result.ordered_value, result.value, result.bound, round(timer.seconds, 2))


def run_solver(given: Generated, own: Own, limits: Limits) -> Found:
    """Run the general solver, from the ordered set on, or let it be: rule 2."""
    ordered = offset(given.accounts, given.queue, Discipline.ORDERED).ordered
    if own.is_proven:
        greedy = value_of_greedy(given.accounts, given.queue, ordered)
        return Found(greedy, own.value, own.value, own.bound, closed=True, seconds=0)
    if own.is_near:
        limits = replace(limits, long=limits.short)
    return solve_by_cp_sat(given.accounts, given.queue, ordered, limits)


def read_lines(path: Path) -> dict[tuple[int, str], dict[str, Any]]:
    """Return what is on file by seed and side; of several lines the last one counts."""
    if not path.exists():
        return {}
    lines = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    return {(line["seed"], line["side"]): line["result"] for line in lines}


def run(path: Path, seeds: Iterable[int], limits: Limits, only: str | None) -> None:
    """Run what is not on file, and append it: rules 1 and 2."""
    for seed in seeds:
        if only == SOLVER:
            _wait_for_own(path, seed)
        lines = read_lines(path)
        given = generate_queue(draw_shape(seed), seed)
        if only == OWN or (only is None and (seed, OWN) not in lines):
            lines[seed, OWN] = _note(path, seed, OWN, run_own(given))
        own = Own(**lines[seed, OWN])
        if only != OWN and _is_to_do(own, lines.get((seed, SOLVER)), limits):
            _note(path, seed, SOLVER, run_solver(given, own, limits))


def _is_to_do(own: Own, done: dict[str, Any] | None, limits: Limits) -> bool:
    """Tell whether the solver has something to do on a queue: rule 2."""
    if done is None:
        return True
    found = Found(**done)
    is_open = not (found.closed or own.is_near or own.is_proven)
    return is_open and found.seconds < limits.long and found.value >= (1 - limits.near) * found.bound


def _wait_for_own(path: Path, seed: int) -> None:
    """Wait until our side of a queue is on file."""
    while (seed, OWN) not in read_lines(path):
        time.sleep(1)


def _note(path: Path, seed: int, side: str, result: Own | Found) -> dict[str, Any]:
    fields = asdict(result)
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps({"seed": seed, "side": side, "result": fields}) + "\n")
    return fields


def compare(path: Path, seeds: Iterable[int]) -> Iterator[Compared]:
    """Yield the queues of which both sides are on file, by seed."""
    lines = read_lines(path)
    for seed in seeds:
        if (seed, OWN) in lines and (seed, SOLVER) in lines:
            one = Compared(seed, draw_shape(seed), Own(**lines[seed, OWN]), Found(**lines[seed, SOLVER]))
            if one.own.is_proven or one.found.seconds > 0:
                yield one


GROUPS = {
    "payments": "{:,} payments",
    "liquidity_percent": "{} % liquidity",
    "linked_percent": "{} % linked",
    "currencies": "currencies: {}",
    "participants": "{} participants",
}
"""By field of the shape: what a group of queues is called."""


def table(compared: list[Compared], *, each: bool) -> Iterator[str]:
    """Yield the lines of the tables: rule 2."""
    yield (
        "| queues | | ordered | greedy | CP-SAT | bypass | proven by our bound | less than CP-SAT "
        "| closed, within 1 % | worst |"
    )
    yield "|---|---|---|---|---|---|---|---|---|---|"
    yield _group("all", compared)
    for field, words in GROUPS.items():
        for size in sorted({getattr(one.shape, field) for one in compared}):
            group = [one for one in compared if getattr(one.shape, field) == size]
            yield _group(words.format(size), group)
    yield ""
    yield "| seed | queue | ordered | greedy | CP-SAT | bypass | own bound | solver |"
    yield "|---|---|---|---|---|---|---|---|"
    for one in compared:
        if each or one.loses or (one.found.closed and not one.near):
            closed = f"closed, optimum {one.found.value_long / one.bound:.4f}" if one.found.closed else "open"
            yield f"| {one.seed} | {one.shape} | {' | '.join(one.shares())} | {closed} |"


def _group(name: str, compared: list[Compared]) -> str:
    """Return one line: the means of the shares, and how often each aim is missed."""
    sums = [sum(float(one.shares()[place]) for one in compared) / len(compared) for place in range(4)]
    closed = [one for one in compared if one.found.closed]
    near = sum(one.near for one in closed)
    worst = min(
        (one.own.value / one.found.value_long for one in compared if one.found.value_long), default=1.0
    )
    less = sum(one.loses for one in compared)
    shares = " | ".join(f"{each:.3f}" for each in sums)
    proven = sum(one.own.is_proven for one in compared)
    return (
        f"| {name} | {len(compared)} | {shares} | {proven} | {less} | {near} of {len(closed)} | {worst:.4f} |"
    )


def main() -> None:
    """Read the command line, and run or print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_offset")
    parser.add_argument("verb", choices=("run", "table"))
    parser.add_argument("file", type=Path, help="JSON lines, one for each side of each queue")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=QUEUES)
    parser.add_argument("--payments-max", type=int, default=20_000, help="leave out longer queues")
    parser.add_argument("--seconds", type=int, default=Limits().short, help="for the solver")
    parser.add_argument("--long", type=int, default=Limits().long, help="for the solver where it comes near")
    parser.add_argument("--only", choices=(OWN, SOLVER), help="this side, whether it is on file or not")
    parser.add_argument("--each", action="store_true", help="print every queue")
    options = parser.parse_args()
    seeds = range(options.first, options.last + 1)
    if options.verb == "table":
        print("\n".join(table(list(compare(options.file, seeds)), each=options.each)))
        return
    chosen = [seed for seed in seeds if draw_shape(seed).payments <= options.payments_max]
    run(options.file, chosen, Limits(options.seconds, options.long), options.only)


if __name__ == "__main__":
    main()
