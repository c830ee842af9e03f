"""What was cleared of a table, taken apart into loops, as a file: CSV, or JSON where the name ends so."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa

from setfair.engine.loops import find_loops
from setfair.explain.loops_table import CurrencyLoops, write_loops, write_loops_json
from setfair.formats.replace_file import replacing
from setfair.set_off_table.clear import Reduced
from setfair.set_off_table.fund import FundedResult

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


def write_funded_loops(path: Path, parts: Sequence[FundedResult]) -> int:
    """Write the loops of a run with money, and return how many there are; `path` as for `write_table_loops`.

    What money discharged is a loop through the funder: without an obligation_id, one row says who got the
    money, and one whose money paid the debts of whom.
    """
    return write_loops_file(path, (_funded_loops(part) for part in parts))


def _funded_loops(part: FundedResult) -> CurrencyLoops:
    owed, found = part.obligations, part.result
    receivers = np.flatnonzero(found.received_minor)
    money = len(owed.party_id)
    loops = find_loops(
        np.concatenate((owed.debtor, receivers, np.full(len(found.gift_minor), money))),
        np.concatenate((owed.creditor, np.full(len(receivers), money), found.gift_party)),
        np.concatenate((found.cleared_minor, found.received_minor[receivers], found.gift_minor)),
    )
    names = owed.party_id
    debtors, creditors = (names.take(pa.array(column)).to_pylist() for column in (owed.debtor, owed.creditor))
    funders = [part.funders.names[place] for place in found.gift_funder.tolist()]
    return CurrencyLoops(
        owed.currency,
        loops,
        [*owed.obligation_id.to_pylist(), *[""] * (len(receivers) + len(funders))],
        [*debtors, *names.take(pa.array(receivers)).to_pylist(), *funders],
        [*creditors, *[""] * len(receivers), *names.take(pa.array(found.gift_party)).to_pylist()],
    )


def _loops(parts: Sequence[Reduced]) -> Iterator[CurrencyLoops]:
    for owed, cleared in parts:
        loops = find_loops(owed.debtor, owed.creditor, cleared)
        debtors, creditors = (
            owed.party_id.take(pa.array(column)).to_pylist() for column in (owed.debtor, owed.creditor)
        )
        yield CurrencyLoops(owed.currency, loops, owed.obligation_id.to_pylist(), debtors, creditors)
