"""Bypass offsetting against a greedy set and OR-tools' CP-SAT on queues drawn from seeds; prints a table.

python -m benchmarks.compare_offset [--first SEED] [--last SEED] [--seconds 10 | 60] [--payments-max COUNT]
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from rich.console import Console
from rich.table import Table

from benchmarks.cp_sat_offset import Found, solve_by_cp_sat
from benchmarks.generate_queues import Shape, draw_shape, generate_queue
from benchmarks.measure import Timer
from setfair.engine.offset import Discipline, Offset, offset

WIDTH = 160
NEAR = 0.99
"""Where the solver closes, this share of the optimum is aimed at."""


@dataclass(frozen=True, slots=True)
class Compared:
    """One queue."""

    seed: int
    shape: Shape
    own: Offset
    seconds: float
    found: Found

    @property
    def bound(self) -> int:
        """The best known bound."""
        return max(1, min(self.own.bound, self.found.bound))

    @property
    def loses(self) -> bool:
        """Whether the solver found more."""
        return self.own.value < self.found.value

    def row(self) -> list[str]:
        """Return shares of the best known bound."""
        values = (self.own.ordered_value, self.found.greedy, self.found.value, self.own.value, self.own.bound)
        return [
            str(self.seed),
            str(self.shape),
            *(f"{each / self.bound:.4f}" for each in values),
            f"{self.seconds:.1f}",
            ("closed" if self.found.closed else "") + (" LESS" if self.loses else ""),
        ]


def compare(seeds: Sequence[int], seconds: float) -> Iterator[Compared]:
    """Run both on each queue."""
    for seed in seeds:
        given = generate_queue(draw_shape(seed), seed)
        timer = Timer()
        with timer:
            own = offset(given.accounts, given.queue, Discipline.BYPASS)
        found = solve_by_cp_sat(given.accounts, given.queue, own.ordered, seconds)
        yield Compared(seed, given.shape, own, timer.seconds, found)


def main() -> None:
    """Read the command line, run, print."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.compare_offset")
    parser.add_argument("--first", type=int, default=1)
    parser.add_argument("--last", type=int, default=12)
    parser.add_argument("--seconds", type=int, choices=(1, 10, 60), default=10)
    parser.add_argument("--payments-max", type=int, default=20_000, help="leave out longer queues")
    options = parser.parse_args()
    table = Table(box=None)
    for heading in ("seed", "queue", "ordered", "greedy", "CP-SAT", "bypass", "bound", "s", ""):
        table.add_column(heading, justify="left" if heading in ("queue", "") else "right", no_wrap=True)
    seeds = range(options.first, options.last + 1)
    chosen = [seed for seed in seeds if draw_shape(seed).payments <= options.payments_max]
    done = list(compare(chosen, options.seconds))
    for each in done:
        table.add_row(*each.row())
    console = Console(width=WIDTH)
    console.print(table)
    closed = [each for each in done if each.found.closed]
    near = [each for each in closed if each.own.value >= NEAR * each.found.value]
    console.print(f"{len(near)} of {len(closed)} queues that CP-SAT closed are within 1 % of the optimum")
    console.print(f"{sum(each.loses for each in done)} of {len(done)} queues have less than CP-SAT found")


if __name__ == "__main__":
    main()
