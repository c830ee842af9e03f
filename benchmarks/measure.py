"""How a figure is measured: at least five runs, the median, and the spread beside it.

Rules
-----
1. One run before the others is thrown away: it compiles kernels and warms what stays warm in service.
2. What a run needs is made before its clock starts.
3. A rate is the work of a whole run divided by its time, so growth and pauses inside a run count.
"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

RUNS = 5


@dataclass(frozen=True, slots=True)
class Scale:
    """How much work a bench does."""

    quick: bool = False
    """Tiny sizes: shows that the bench runs, measures nothing."""
    runs: int = RUNS

    def of(self, full: int, quick: int) -> int:
        """Return the size for this scale."""
        return quick if self.quick else full


@dataclass(frozen=True, slots=True)
class Sample:
    """What several runs of one case gave."""

    bench: str
    case: str
    unit: str
    values: tuple[float, ...]
    """One value a run."""
    aim: float | None = None
    """What the house wants to reach; a rate of at least this, or an amount of at most this."""
    more_is_better: bool = True
    note: str = ""

    @property
    def median(self) -> float:
        return statistics.median(self.values)

    @property
    def reached(self) -> bool | None:
        """Whether the median reaches the aim; None without one."""
        if self.aim is None:
            return None
        return self.median >= self.aim if self.more_is_better else self.median <= self.aim

    def as_dict(self) -> dict[str, Any]:
        return {
            "bench": self.bench,
            "case": self.case,
            "unit": self.unit,
            "median": self.median,
            "min": min(self.values),
            "max": max(self.values),
            "values": list(self.values),
            "aim": self.aim,
            "reached": self.reached,
            "note": self.note,
        }


class Timer:
    """Adds up the seconds spent inside `with` blocks."""

    def __init__(self) -> None:
        self.seconds = 0.0
        self._begin = 0.0

    def __enter__(self) -> Timer:
        self._begin = time.perf_counter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.seconds += time.perf_counter() - self._begin


def rates(work: int, run: Callable[[Timer], None], runs: int) -> tuple[float, ...]:
    """Return units of work a second, one value a run; `run` starts and stops the timer that it gets."""
    found = []
    for number in range(runs + 1):
        timer = Timer()
        run(timer)
        if number:
            found.append(work / timer.seconds)
    return tuple(found)


@dataclass(slots=True)
class Parts:
    """Seconds by part of the work: functions are replaced by timed ones for as long as it is open."""

    seconds: dict[str, float] = field(default_factory=dict)
    _undo: list[tuple[object, str, Any]] = field(default_factory=list)

    def watch(self, part: str, owner: object, name: str) -> None:
        """Time every call of `owner.name` as this part."""
        original: Callable[..., Any] = getattr(owner, name)
        self.seconds.setdefault(part, 0.0)

        def timed(*arguments: Any, **more: Any) -> Any:
            begin = time.perf_counter()
            try:
                return original(*arguments, **more)
            finally:
                self.seconds[part] += time.perf_counter() - begin

        self._undo.append((owner, name, original))
        setattr(owner, name, timed)

    def close(self) -> None:
        """Put the functions back."""
        for owner, name, original in reversed(self._undo):
            setattr(owner, name, original)
        self._undo.clear()


def shown(value: float) -> str:
    """Return a figure as people read it."""
    if value >= 1e6:
        return f"{value / 1e6:.2f} M"
    if value >= 1e3:
        return f"{value / 1e3:.1f} k"
    return f"{value:.2f}"
