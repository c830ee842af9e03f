"""Set-off: seconds of our kernel and of a general solver on the same obligations, and of the whole command.

The kernel is `set_off`: arrays in, arrays out, with prices that prove the optimum. The general solver is
OR-tools' minimum-cost flow on the same merged arcs; its optimum must be the same. The whole command is
`setfair clear` in a process of its own: CSV in, CSV and certificate out.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import numpy as np
from ortools.graph.python import min_cost_flow

from benchmarks.generate_obligations import Obligations, scale_free, uniform, write_csv
from benchmarks.houses import temporary_folder
from benchmarks.measure import Sample, Scale, Timer
from setfair.engine.setoff import SetOff, set_off
from setfair.engine.setoff.merge import check_obligations, merge, net_positions

SHAPES: dict[str, Callable[[int, int, int], Obligations]] = {"uniform": uniform, "scale-free": scale_free}
Result = TypeVar("Result")
SEED = 1
GENERAL_MAX = 1_000_000
"""Obligations above which the general solver is left out: it takes minutes."""
ONCE_FROM = 10_000_000
"""Obligations from which a case runs once."""


def run(scale: Scale) -> Iterator[Sample]:
    """Measure from 10,000 to 10,000,000 obligations, ten for each party."""
    _kernel(uniform(50, 500, SEED))
    for shape, generate in SHAPES.items():
        for obligations in (500, 1_000) if scale.quick else (10_000, 100_000, 1_000_000, 10_000_000):
            data = generate(obligations // 10, obligations, SEED)
            yield from _measure(scale, shape, data, obligations)


def _measure(scale: Scale, shape: str, data: Obligations, obligations: int) -> Iterator[Sample]:
    runs = 1 if obligations >= ONCE_FROM else scale.runs
    case = f"{shape}, {obligations:,} of {obligations // 10:,}"
    own = [_timed(_kernel, data) for _ in range(runs)]
    aim = 5.0 if obligations == 1_000_000 else None
    seconds = tuple(each for each, _ in own)
    result = own[0][1]
    share = 100 * result.cleared_total_minor / result.gross_minor
    note = f"{share:.1f} % cancelled, {result.component_parties_max:,} parties in the largest component"
    yield Sample("set-off", f"kernel, {case}", "s", seconds, aim, more_is_better=False, note=note)
    if obligations <= GENERAL_MAX:
        general = [_timed(_general, data) for _ in range(min(3, runs))]
        if any(cleared != result.cleared_total_minor for _, cleared in general):
            raise ValueError(f"{case}: the general solver has another optimum")
        times = tuple(each for each, _ in general)
        yield Sample("set-off", f"OR-tools, {case}", "s", times, more_is_better=False)
        ratio = float(np.median(times) / np.median(seconds))
        aim = 5.0 if obligations == 1_000_000 else None
        yield Sample("set-off", f"OR-tools / kernel, {case}", "times", (ratio,), aim)
    yield from _whole_command(case, data, obligations, runs)


def _timed(work: Callable[[Obligations], Result], data: Obligations) -> tuple[float, Result]:
    timer = Timer()
    with timer:
        result = work(data)
    return timer.seconds, result


def _kernel(data: Obligations) -> SetOff:
    return set_off(data.debtor, data.creditor, data.amount_minor, data.due_day)


def _general(data: Obligations) -> int:
    """Return what the general solver cancels."""
    obligations = check_obligations(data.debtor, data.creditor, data.amount_minor, data.due_day)
    arcs = merge(obligations)
    solver = min_cost_flow.SimpleMinCostFlow()
    ones = np.ones(len(arcs.amount), np.int64)
    solver.add_arcs_with_capacity_and_unit_cost(arcs.debtor, arcs.creditor, arcs.amount, ones)
    supplies = net_positions(arcs.debtor, arcs.creditor, arcs.amount, len(arcs.party))
    solver.set_nodes_supplies(np.arange(len(arcs.party)), supplies)
    if solver.solve() != solver.OPTIMAL:
        raise ArithmeticError("the general solver did not find the optimum")
    return obligations.gross - int(solver.optimal_cost())


def _whole_command(case: str, data: Obligations, obligations: int, runs: int) -> Iterator[Sample]:
    """Measure `setfair clear` with a certificate, and its peak memory."""
    with temporary_folder() as folder:
        write_csv(folder / "obligations.csv", data)
        found = [_clear(folder) for _ in range(runs)]
    limits = {1_000_000: (12.0, 2.0), 10_000_000: (90.0, 12.0)}
    seconds, gigabytes = limits.get(obligations, (None, None))
    times, peaks = tuple(each for each, _ in found), tuple(each for _, each in found)
    yield Sample("set-off", f"whole command, {case}", "s", times, seconds, more_is_better=False)
    yield Sample("set-off", f"peak memory, {case}", "GB", peaks, gigabytes, more_is_better=False)


_COMMAND = """
import atexit, shutil
from setfair.cli.main import run
atexit.register(shutil.copyfile, "/proc/self/status", "status")
run()
"""
"""The command says itself how much memory it had: what its parent learns counts what the parent had, too."""


def _clear(folder: Path) -> tuple[float, float]:
    """Return the seconds and the gigabytes of one command."""
    files = ("obligations.csv", "--out", "cleared.csv", "--certificate", "proof.setfair")
    command = [sys.executable, "-c", _COMMAND, "clear", *files]
    timer = Timer()
    with timer:
        subprocess.run(command, cwd=folder, stdout=subprocess.DEVNULL, check=True)
    status = (folder / "status").read_text()
    return timer.seconds, int(status.split("VmHWM:")[1].split()[0]) / 1e6
