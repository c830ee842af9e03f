"""The tree: records a second that become leaves and nodes, in bulk and one by one."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from benchmarks.measure import Sample, Scale, Timer, rates
from benchmarks.scenario import pages_of
from setfair.journal.leaves import leaf_hashes
from setfair.journal.page import Page
from setfair.journal.sha256 import Rows
from setfair.journal.tree import Frontier, Parents, parents
from setfair.journal.tree_bulk import leaves_in_bulk, parents_in_bulk

ACCOUNTS = 10_000
AIM_ROWS = 8192

Hashing = tuple[Callable[[Page], Rows], Parents]
IN_BULK: Hashing = (leaves_in_bulk, parents_in_bulk)
BY_HASHLIB: Hashing = (leaf_hashes, parents)


def run(scale: Scale) -> Iterator[Sample]:
    """Measure pages of three sizes, and with hashlib what readers pay."""
    for rows in (1024, AIM_ROWS, 65_536):
        pages = pages_of(scale.of(max(4, 262_144 // rows), 1), scale.of(rows, rows // 64), ACCOUNTS)
        aim = 1e6 if rows == AIM_ROWS else None
        yield _sample(f"leaves and nodes, pages of {rows:,}", pages, IN_BULK, scale, aim)
    pages = pages_of(scale.of(8, 1), scale.of(AIM_ROWS, 128), ACCOUNTS)
    yield _sample("the same with hashlib", pages, BY_HASHLIB, scale, None)


def _sample(case: str, pages: list[Page], how: Hashing, scale: Scale, aim: float | None) -> Sample:
    leaves_of, parents_of = how

    def grow(timer: Timer) -> None:
        tree = Frontier()
        with timer:
            for page in pages:
                tree, _ = tree.extend(leaves_of(page), parents_of)

    records = sum(len(page.records) for page in pages)
    return Sample("tree", case, "records/s", rates(records, grow, scale.runs), aim)
