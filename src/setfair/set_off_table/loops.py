"""What was cleared of a table, taken apart into loops, as a file: CSV, or JSON where the name ends so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import pyarrow as pa

from setfair.engine.loops import find_loops
from setfair.explain.loops_table import CurrencyLoops, write_loops, write_loops_json
from setfair.formats.replace_file import replacing
from setfair.set_off_table.clear import Reduced

KINDS = (".csv", ".json")


def write_table_loops(path: Path, parts: Sequence[Reduced]) -> int:
    """Write the loops of all currencies and return how many there are.

    Parameters
    ----------
    path
        A name that ends in one of `KINDS`; it takes its place when it is complete.
    parts
        The obligations of each currency, and what was cleared of each.
    """
    return write_loops_file(path, _loops(parts))


def write_loops_file(path: Path, parts: Iterable[CurrencyLoops]) -> int:
    """Write loops and return how many there are; `path` as for `write_table_loops`."""
    write = write_loops_json if path.suffix.lower() == ".json" else write_loops
    with replacing(path) as out:
        return write(out, parts)


def _loops(parts: Sequence[Reduced]) -> Iterator[CurrencyLoops]:
    for owed, cleared in parts:
        loops = find_loops(owed.debtor, owed.creditor, cleared)
        debtors, creditors = (
            owed.party_id.take(pa.array(column)).to_pylist() for column in (owed.debtor, owed.creditor)
        )
        yield CurrencyLoops(owed.currency, loops, owed.obligation_id.to_pylist(), debtors, creditors)
