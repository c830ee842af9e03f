"""The benches by name, in the order in which they run."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks import (
    append,
    audit,
    decide,
    durable,
    offset,
    pacs008,
    projection,
    release,
    screening,
    set_off,
    start_up,
    tree,
    whole_way,
)
from benchmarks.measure import Sample, Scale

BENCHES: dict[str, Callable[[Scale], Iterator[Sample]]] = {
    "decide": decide.run,
    "release": release.run,
    "append": append.run,
    "durable": durable.run,
    "tree": tree.run,
    "projection": projection.run,
    "pacs008": pacs008.run,
    "whole-way": whole_way.run,
    "start-up": start_up.run,
    "audit": audit.run,
    "set-off": set_off.run,
    "offset": offset.run,
    "screening": screening.run,
}
