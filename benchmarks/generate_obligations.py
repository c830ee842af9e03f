"""Writes a large table of obligations for measuring: seeded, a column at a time.

Every firm is invented. The same arguments give the same arrays and the same bytes.

    python benchmarks/generate_obligations.py OUT.csv --obligations 1000000 --parties 100000

Two shapes: in `uniform` every firm is as likely as any other; in `scale_free` a firm's share of the
invoices follows a Pareto law, so that a few firms have very many, as in real trade credit. Amounts are
lognormal: most invoices are small and few are large.
"""

from __future__ import annotations

import argparse
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

HEADER = b"obligation_id,debtor,creditor,currency,amount,due_date,debtor_name,creditor_name\n"
FIRST_DUE_DAY = 20_454
"""Days from 1970-01-01 to 2026-01-01."""
DUE_DAYS = 90
AMOUNT_MEDIAN_MINOR = 100_000
AMOUNT_SPREAD = 1.5
"""Standard deviation of the amounts' logarithms: the mean is three times the median."""
PARETO_EXPONENT = 1.2
"""Tail of the firms' shares; the smaller, the more the largest firms have."""
_ROWS_WRITTEN = 1 << 18

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Obligations:
    """Columns of shape (n,), int64."""

    debtor: Int64Array
    """Number of the firm that owes."""
    creditor: Int64Array
    """Number of the firm that is owed; never the debtor."""
    amount_minor: Int64Array
    """More than zero."""
    due_day: Int64Array
    """Days since 1970-01-01."""


def uniform(parties: int, obligations: int, seed: int) -> Obligations:
    """Return obligations between firms that are all alike."""
    source = np.random.default_rng(seed)
    return _fill(source, parties, source.integers(0, parties, (2, obligations)))


def scale_free(parties: int, obligations: int, seed: int) -> Obligations:
    """Return obligations between firms whose numbers of invoices follow a Pareto law.

    A firm's weights as debtor and as creditor are drawn apart from each other.
    """
    source = np.random.default_rng(seed)
    ends = np.empty((2, obligations), np.int64)
    for side in range(2):
        bounds = np.cumsum(source.pareto(PARETO_EXPONENT, parties) + 1)
        ends[side] = np.searchsorted(bounds, source.random(obligations) * bounds[-1], side="right")
    return _fill(source, parties, np.minimum(ends, parties - 1))


def _fill(source: np.random.Generator, parties: int, ends: Int64Array) -> Obligations:
    """Draw amounts and due dates; who would owe itself owes the next firm."""
    if parties < 2:
        raise ValueError("at least two firms are needed: nobody owes itself")
    debtor, creditor = ends
    count = len(debtor)
    creditor = np.where(creditor == debtor, (creditor + 1) % parties, creditor)
    drawn = source.lognormal(np.log(AMOUNT_MEDIAN_MINOR), AMOUNT_SPREAD, count)
    amount = np.maximum(1, np.rint(drawn)).astype(np.int64)
    return Obligations(debtor, creditor, amount, FIRST_DUE_DAY + source.integers(0, DUE_DAYS, count))


def write_csv(path: Path, obligations: Obligations, *, currency: str = "EUR", decimals: int = 2) -> None:
    """Write a table that `setfair clear` and `setfair submit` read; every column is built at once."""
    with path.open("wb") as file:
        file.write(HEADER)
        for begin in range(0, len(obligations.debtor), _ROWS_WRITTEN):
            file.write(_lines(obligations, slice(begin, begin + _ROWS_WRITTEN), currency, decimals))


def _lines(obligations: Obligations, rows: slice, currency: str, decimals: int) -> pa.Buffer:
    debtor, creditor = obligations.debtor[rows], obligations.creditor[rows]
    number = np.arange(rows.start, rows.start + len(debtor))
    units, minor = np.divmod(obligations.amount_minor[rows], 10**decimals)
    amount = _digits(units) if decimals == 0 else _join(".", _digits(units), _digits(minor, decimals))
    due = pa.array(obligations.due_day[rows].astype(np.int32)).cast(pa.date32()).cast(pa.string())
    names = [_join("", "Firm ", _digits(end)) for end in (debtor, creditor)]
    firms = [_join("", "F", _digits(end, 7)) for end in (debtor, creditor)]
    line = _join(",", _join("", "INV-", _digits(number, 8)), *firms, currency, amount, due, *names)
    return _join("\n", line, "").buffers()[2]


def _digits(numbers: Int64Array, width: int = 1) -> pa.Array:
    return pc.utf8_lpad(pa.array(numbers).cast(pa.string()), width, "0")


def _join(separator: str, *parts: pa.Array | str) -> pa.Array:
    return pc.binary_join_element_wise(*parts, separator)


SHAPES = {"uniform": uniform, "scale-free": scale_free}


def main() -> None:
    """Read the command line and write the file."""
    parser = argparse.ArgumentParser(description="Write a large table of obligations for measuring.")
    parser.add_argument("out", type=Path)
    parser.add_argument("--obligations", type=int, default=1_000_000)
    parser.add_argument("--parties", type=int, default=100_000)
    parser.add_argument("--shape", choices=tuple(SHAPES), default="uniform")
    parser.add_argument("--currency", default="EUR")
    parser.add_argument("--decimals", type=int, default=2)
    parser.add_argument("--seed", type=int, default=20_260_105)
    given = parser.parse_args()
    obligations = SHAPES[given.shape](given.parties, given.obligations, given.seed)
    write_csv(given.out, obligations, currency=given.currency, decimals=given.decimals)


if __name__ == "__main__":
    main()
