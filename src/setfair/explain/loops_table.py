"""Loops as a CSV table that people open in a spreadsheet: one row for each obligation of each loop.

Rules
-----
1. Loops are numbered from 1 through all currencies, in the order in which they were found.
2. Within a loop the creditor of one row is the debtor of the next, that of the last the debtor of the first.
3. Every name that the table of obligations has is in it: it is for who may see all of that table.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import count
from typing import BinaryIO

from setfair.domain.money import Currency, format_amount
from setfair.engine.loops import Loops
from setfair.formats.csv_text import csv_text, write_rows

LOOP_COLUMNS = ("loop", "currency", "amount", "length", "position", "obligation_id", "debtor", "creditor")


@dataclass(frozen=True, slots=True)
class CurrencyLoops:
    """The loops of one currency, and what its obligations are called."""

    currency: Currency
    loops: Loops
    obligation_ids: Sequence[str]
    """By place: the creditor's number of the document."""
    debtors: Sequence[str]
    creditors: Sequence[str]


def write_loops(out: BinaryIO, parts: Iterable[CurrencyLoops]) -> int:
    """Write the loops of a set-off as CSV and return how many there are.

    Parameters
    ----------
    out
        Where to; the caller makes it durable.
    parts
        One for each currency.
    """
    written = 0

    def rows() -> Iterator[tuple[str | int, ...]]:
        nonlocal written
        yield LOOP_COLUMNS
        numbers = count(1)
        for part in parts:
            yield from _rows(part, numbers)
            written += part.loops.count

    write_rows(out, rows())
    return written


def _rows(part: CurrencyLoops, numbers: Iterator[int]) -> Iterator[tuple[str | int, ...]]:
    starts = part.loops.start.tolist()
    for start, end, amount_minor in zip(
        starts[:-1], starts[1:], part.loops.amount_minor.tolist(), strict=True
    ):
        number = next(numbers)
        amount = format_amount(amount_minor, part.currency.decimals)
        for position, place in enumerate(part.loops.obligation[start:end].tolist(), 1):
            yield (
                number,
                part.currency.code,
                amount,
                end - start,
                position,
                csv_text(part.obligation_ids[place]),
                csv_text(part.debtors[place]),
                csv_text(part.creditors[place]),
            )
