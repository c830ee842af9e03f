"""A state machine over a house: any sequence of steps, under watch, with reloads anywhere.

    python -m tests.properties.machine --steps 200000

Each rule draws one step, hands it to the compiled engine and to its plain twin, compares every outcome and
record, and has both watched: sums are zero per currency, nobody is below its floor, links are whole, limits
and the order of queues are kept, no payment is lost or settles twice. A reload keeps the engine's books as a
checkpoint does and goes on with what is read back.
"""

from __future__ import annotations

import argparse
import time
from collections import Counter
from collections.abc import Sequence
from random import Random

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from setfair.engine.books import Books
from setfair.engine.invariants import check_books
from tests.reference.days import CLOCK_STEPS, DayBuilder
from tests.reference.engine import EngineHouse
from tests.reference.invariants import Watcher
from tests.reference.play import take_step
from tests.reference.settlement import ReferenceHouse
from tests.reference.specs import build_spec

STEPS_OF_RUN = 50
"""Rules that one run of the machine takes at most."""

STEPS_OF_PART, SEEDS_OF_PART = 10_000, 1000
"""How much the command runs before it says so, and how far apart the seeds of these parts are."""

taken: Counter[str] = Counter()
"""Steps by kind, and instructions, since the process began."""

KINDS = ("submit", "burst", "move", "expire", "clock", "offset", "term", "queue", "extend", "reload")
"""The kinds of steps that are drawn."""

_RANDOMS = st.randoms(use_true_random=False)


class StepDrawer(DayBuilder):
    """Draws one step at a time."""

    def open(self, currency: int) -> None:
        """Open the day of a closed currency."""
        self._move(currency)

    def take(self, kind: str) -> None:
        """Draw one step of a kind."""
        rng, house = self.rng, self.house
        if kind == "submit":
            self._submit([self._instruction() for _ in range(rng.choice((1, 1, 2, 4, 8)))])
        elif kind == "burst":
            self._submit(self._burst())
        elif kind == "move":
            self._move(rng.randrange(self.spec.currencies))
        elif kind == "expire":
            self._expire(house.now + rng.choice((0, 1, 1, 5)))
        elif kind == "clock":
            self._clock(house.now + rng.choice(CLOCK_STEPS))
        elif kind == "offset":
            self.steps.append(("offset",))
            house.offset()
        elif kind == "term":
            self._term()
        elif kind == "queue":
            self._queue_change()
        elif kind == "extend":
            self._extend()
        else:
            raise ValueError(kind)


class HouseMachine(RuleBasedStateMachine):
    """One house, twice: compiled and plain."""

    @initialize(rng=_RANDOMS)
    def build(self, rng: Random) -> None:
        """Draw a house, and open the day of its currencies."""
        spec = build_spec(rng)
        self.builder = StepDrawer(rng, spec)
        self.engine, self.twin, self.watcher = EngineHouse(spec), ReferenceHouse.of(spec), Watcher(spec)
        self.done = 0
        for currency in range(spec.currencies):
            self.builder.open(currency)
        self._play()

    @rule(rng=_RANDOMS, kind=st.sampled_from(("submit", "submit", "submit", *KINDS)))
    def take(self, rng: Random, kind: str) -> None:
        """Take one step of some kind, or read the books back from what a checkpoint keeps of them."""
        taken[kind] += 1
        if kind == "reload":
            self.engine.books = Books.restore(self.engine.books.snapshot())
            return
        self.builder.rng = rng
        self.builder.take(kind)
        self._play()

    def _play(self) -> None:
        for step in self.builder.steps[self.done :]:
            ours, theirs = take_step(self.twin, step), take_step(self.engine, step)
            self.watcher.after(step, *ours)
            assert theirs == ours
            taken["instructions"] += len(step[1]) if step[0] == "submit" else 1
        self.done = len(self.builder.steps)
        check_books(self.engine.books)


def steps_of(found: Counter[str]) -> int:
    """Return how many steps these are; instructions are counted beside them."""
    return sum(found.values()) - found["instructions"]


def run_machine(steps: int, *, number: int, shrink: bool = True) -> Counter[str]:
    """Run the machine until so many steps are taken; return the steps by kind, and the instructions.

    Parameters
    ----------
    steps
        How many, at least.
    number
        Seed of the sequences.
    shrink
        Whether to look for a shorter sequence where one breaks something.

    Raises
    ------
    AssertionError
        With the shortest sequence that hypothesis finds, if one breaks something.
    """
    taken.clear()
    while (left := steps - steps_of(taken)) > 0:
        told = settings(
            max_examples=max(1, min(400, left // STEPS_OF_RUN)),
            stateful_step_count=STEPS_OF_RUN,
            deadline=None,
            database=None,
            phases=(Phase.generate, Phase.shrink) if shrink else (Phase.generate,),
            suppress_health_check=list(HealthCheck),
        )
        machine = seed(number)(type("SeededMachine", (HouseMachine,), {}))
        run_state_machine_as_test(machine, settings=told)  # type: ignore[no-untyped-call]
        number += 1
    return taken


def main(arguments: Sequence[str] | None = None) -> int:
    """Run as many steps as asked for, and say after each part what was taken."""
    parser = argparse.ArgumentParser(prog="python -m tests.properties.machine", description=__doc__)
    parser.add_argument("--steps", type=int, default=200_000, help="how many steps, at least")
    parser.add_argument("--seed", type=int, default=0, help="where the random sequences begin")
    options = parser.parse_args(arguments)
    found: Counter[str] = Counter()
    number = options.seed
    while (left := options.steps - steps_of(found)) > 0:
        found += run_machine(min(left, STEPS_OF_PART), number=number)
        number += SEEDS_OF_PART
        seconds = time.process_time()
        print(
            f"{steps_of(found):,} steps, {found['instructions']:,} instructions, nothing broke; "
            f"{seconds:.0f} s of processor time",
            flush=True,
        )
    print(", ".join(f"{count:,} {kind}" for kind, count in found.most_common() if kind != "instructions"))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
