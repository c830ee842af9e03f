"""Loops as a CSV table that people open in a spreadsheet, one row for each obligation of each; or as JSON.

Rules
-----
1. Loops are numbered from 1 through all currencies, in the order in which they were found.
2. Within a loop the creditor of one row is the debtor of the next, that of the last the debtor of the first.
3. The JSON is an array with one object for each loop, a loop a line; names stand in it as they are.
4. Every name that the table of obligations has is in it: it is for who may see all of that table.
"""

from __future__ import annotations

import json
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
    for amount, places in _loops(part):
        number = next(numbers)
        for position, place in enumerate(places, 1):
            yield (
                number,
                part.currency.code,
                amount,
                len(places),
                position,
                csv_text(part.obligation_ids[place]),
                csv_text(part.debtors[place]),
                csv_text(part.creditors[place]),
            )


def write_loops_json(out: BinaryIO, parts: Iterable[CurrencyLoops]) -> int:
    """Write the loops of a set-off as JSON and return how many there are; parameters as for `write_loops`."""
    written = 0
    out.write(b"[")
    for part in parts:
        for amount, places in _loops(part):
            obligations = [
                {
                    "obligation_id": part.obligation_ids[place],
                    "debtor": part.debtors[place],
                    "creditor": part.creditors[place],
                }
                for place in places
            ]
            loop = {
                "loop": written + 1,
                "currency": part.currency.code,
                "amount": amount,
                "length": len(places),
                "obligations": obligations,
            }
            out.write(b",\n" if written else b"\n")
            out.write(json.dumps(loop, ensure_ascii=False).encode())
            written += 1
    out.write(b"\n]\n")
    return written


def _loops(part: CurrencyLoops) -> Iterator[tuple[str, list[int]]]:
    """Yield the amount of each loop as text, and the places of its obligations."""
    starts = part.loops.start.tolist()
    amounts = part.loops.amount_minor.tolist()
    for start, end, amount_minor in zip(starts[:-1], starts[1:], amounts, strict=True):
        amount = format_amount(amount_minor, part.currency.decimals)
        yield amount, part.loops.obligation[start:end].tolist()
