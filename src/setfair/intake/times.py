"""Earliest and latest times of single payments: what their senders say becomes what the engine reads.

Rules
-----
1. A payment that is no leg of a link may have an earliest and a latest time; those of a leg are its link's.
2. Cancellations have none: theirs are passed over.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind
from setfair.engine.layout import TIMES, Array
from setfair.intake.digest import mix_words


def timed_rows(rows: pa.RecordBatch) -> NDArray[np.int64]:
    """Return which rows of a batch of the payment schema, that are no legs, say when they may settle."""
    earliest, latest = rows["earliest_ns"].to_numpy(), rows["until_ns"].to_numpy()
    said = (earliest != 0) | (latest != 0)
    if not said.any():
        return np.zeros(0, np.int64)
    links = np.asarray(pa.compute.equal(rows["link"], ""))
    return np.flatnonzero(said & links & (rows["kind"].to_numpy() != InstructionKind.CANCELLATION))


def mix_times(digests: NDArray[np.uint64], rows: pa.RecordBatch, timed: NDArray[np.int64]) -> None:
    """Mix times into the digests of content of their rows, in place."""
    own = digests[timed]
    for name in ("earliest_ns", "until_ns"):
        mix_words(own, rows[name].to_numpy()[timed].astype(np.uint64))
    digests[timed] = own


def take_times(instructions: Array, rows: pa.RecordBatch, timed: NDArray[np.int64]) -> Array:
    """Return TIMES of these rows; their instructions name the places of them, below zero."""
    times = np.zeros(len(timed), TIMES)
    times["earliest"] = rows["earliest_ns"].to_numpy()[timed]
    times["latest"] = rows["until_ns"].to_numpy()[timed]
    instructions["target"][timed] = -np.arange(1, len(timed) + 1)
    return times
