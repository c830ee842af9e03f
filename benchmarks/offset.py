"""Offsetting: seconds for a long queue under both disciplines, and how near to the bound `bypass` comes."""

from __future__ import annotations

from collections.abc import Iterator

from benchmarks.generate_queues import Shape, generate_queue
from benchmarks.measure import Sample, Scale, Timer
from setfair.engine.offset import Discipline, Offset, offset

SEED = 1
LIQUIDITY_PERCENT = (1, 30)
RUNS_MAX = 2
AIMS = {Discipline.ORDERED: 1.0, Discipline.BYPASS: 5.0}
"""Seconds for 100,000 queued payments of 1,000 participants."""


def run(scale: Scale) -> Iterator[Sample]:
    """Measure 100,000 payments of 1,000 participants in one currency, and in three with links."""
    payments, participants = scale.of(100_000, 300), scale.of(1_000, 20)
    small = generate_queue(Shape(10, 100, 2, 10, 10), SEED)
    for discipline, aim in AIMS.items():
        # Compiles what is not compiled yet.
        offset(small.accounts, small.queue, discipline)
        for liquidity in LIQUIDITY_PERCENT:
            for currencies, linked in ((1, 0), (3, 20)):
                shape = Shape(participants, payments, currencies, liquidity, linked)
                yield _measure(scale, discipline, shape, aim)


def _measure(scale: Scale, discipline: Discipline, shape: Shape, aim: float) -> Sample:
    given = generate_queue(shape, SEED)
    seconds = []
    for _ in range(min(scale.runs, RUNS_MAX)):
        timer = Timer()
        with timer:
            result = offset(given.accounts, given.queue, discipline)
        seconds.append(timer.seconds)
    return Sample(
        "offset",
        f"{discipline.value}, {shape}",
        "s",
        tuple(seconds),
        None if scale.quick else aim,
        more_is_better=False,
        note=_note(result),
    )


def _note(result: Offset) -> str:
    share = 100 * result.value / result.bound if result.bound else 100.0
    return f"{result.count:,} settle, {share:.2f} % of the bound"
