"""The offsetting of a table: the run, its figures by currency, and the table of what settles.

Rules
-----
1. Without rates one minor unit of each currency counts as one. With rates, amounts count at what they are
   worth: the weights of the currencies are whole numbers in proportion to their rates, as exact as one run
   can carry.
2. The table has the payments in the order of the queue, each with true or false.
"""

from __future__ import annotations

import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path

import numpy as np

from setfair.domain.fixing import Fixing
from setfair.domain.money import format_amount
from setfair.engine.offset import GROSS_MAX, Accounts, Discipline, Offset, offset
from setfair.engine.offset.given import Int64Array
from setfair.errors import SetfairError
from setfair.formats.csv_text import csv_text, write_rows
from setfair.formats.replace_file import replacing
from setfair.offset_table.read import OffsetTable

WEIGHT_BITS = 20
"""Bits of the smallest weight, where there is room for them: a rate is kept to a millionth."""


@dataclass(frozen=True, slots=True)
class OffsetResult:
    """A run, and how long it took."""

    discipline: Discipline
    result: Offset
    seconds: float


def offset_table(
    table: OffsetTable, discipline: Discipline, *, fixing: Fixing | None, work_max: int | None = None
) -> OffsetResult:
    """Run offsetting over what was read.

    Raises
    ------
    SetfairError
        If a currency has no rate, or the amounts sum to more than one run takes.
    """
    weight = find_weights(table, fixing)
    accounts = Accounts(table.available, table.account_currency, weight[table.account_currency])
    started = time.perf_counter()
    try:
        result = offset(accounts, table.queue, discipline, work_max=work_max)
    except OverflowError as error:
        raise SetfairError(f"{error}; divide the queue") from error
    return OffsetResult(discipline, result, time.perf_counter() - started)


def find_weights(table: OffsetTable, fixing: Fixing | None) -> Int64Array:
    """Return by currency what one minor unit counts: rule 1."""
    if fixing is None or not table.currencies:
        return np.ones(len(table.currencies), np.int64)
    worth = fixing.minor_values([each.code for each in table.currencies])
    of_payment = table.account_currency[table.queue.debtor]
    gross = [
        sum(map(int, table.queue.amount[of_payment == number])) for number in range(len(table.currencies))
    ]
    total = sum((each * sum_ for each, sum_ in zip(worth, gross, strict=True)), Fraction(0))
    most = Fraction(2**WEIGHT_BITS) / min(worth)
    # Half of what a run takes: rounding up and a weight of at least one find room in the other half.
    scale = min(most, Fraction(GROSS_MAX, 2) / total) if total else most
    return np.array([max(1, round(each * scale)) for each in worth], np.int64)


def summarize(table: OffsetTable, run: OffsetResult) -> dict[str, object]:
    """Return the figures of a run: values are whole numbers, amounts decimals of their currency."""
    result = run.result
    gap_percent = round(100 * result.gap / result.bound, 4) if result.bound else 0.0
    return {
        "discipline": run.discipline.value,
        "payments": len(table.queue),
        "settled": result.count,
        "ordered_settled": result.ordered_count,
        "value": result.value,
        "ordered_value": result.ordered_value,
        "bound": result.bound,
        "gap": result.gap,
        "gap_percent": gap_percent,
        "is_optimum": result.gap == 0,
        "work": result.work,
        "currencies": [_currency(table, result, number) for number in range(len(table.currencies))],
        "seconds": round(run.seconds, 3),
    }


def _currency(table: OffsetTable, result: Offset, number: int) -> dict[str, object]:
    currency = table.currencies[number]
    inside = table.account_currency[table.queue.debtor] == number
    totals = {
        "queued": inside,
        "settled": inside & result.chosen,
        "ordered": inside & result.ordered,
    }
    return {
        "currency": currency.code,
        "payments": int(np.count_nonzero(inside)),
        "payments_settled": int(np.count_nonzero(totals["settled"])),
        **{
            name: format_amount(int(table.queue.amount[mask].sum()), currency.decimals)
            for name, mask in totals.items()
        },
    }


def write_settled(path: Path, table: OffsetTable, run: OffsetResult) -> None:
    """Write which payments settle, CSV; it replaces a file of that name when it is complete."""
    texts = ("false", "true")
    with replacing(path) as file:
        write_rows(file, [("payment_id", "settled")])
        rows = zip(table.payment_id, run.result.chosen.tolist(), strict=True)
        write_rows(file, ((csv_text(payment_id), texts[settles]) for payment_id, settles in rows))
