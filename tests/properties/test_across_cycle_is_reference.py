"""Cycles across currencies on the books of a house, against the plain twin, on random days."""

from __future__ import annotations

from fractions import Fraction
from math import ceil, floor
from random import Random

import numpy as np
import pytest

from setfair.domain.codes import InstructionKind, RecordKind, Screening, Status
from setfair.engine.books import Books
from setfair.engine.cycle_terms import CycleTerms, FixingTerms
from setfair.engine.decide import decide
from setfair.engine.layout import INSTRUCTION, Array
from setfair.engine.loops import find_loops
from setfair.engine.setoff import set_off
from tests.reference import across as twin
from tests.reference.across import Owed
from tests.uncompiled import share

NUMBERS = (404, 788, 800)
"""KES, TND, UGX, as the books number them."""
UNIT = 978
RATES = (
    (Fraction(66, 100), Fraction(3, 100), Fraction(29, 1000)),
    (Fraction(10**6, 1502785), Fraction(100, 3374), Fraction(231, 10**4)),
    (Fraction(1, 1000), Fraction(1000), Fraction(7, 3)),
)
TODAY = 20_000
DAYS = share(120)


class House:
    """Books with obligations, and the twin's view of them."""

    def __init__(self, chance: Random) -> None:
        self.books, self.owed, self.remaining = Books(), [], []  # type: ignore[var-annotated]
        self.chance, self.parties = chance, chance.randint(2, 7)

    def owe(self) -> None:
        """Enter random obligations; some are of one minor unit, some due later."""
        rows = np.zeros(self.chance.randint(1, 14), INSTRUCTION)
        rows["kind"], rows["screening"], rows["person"] = InstructionKind.OBLIGATION, Screening.CLEAR, -1
        for row in rows:
            one = Owed(
                *self.chance.sample(range(self.parties), 2),
                self.chance.choice((1, self.chance.randint(1, 50), self.chance.randint(1, 10**9))),
                self.chance.choice((0, TODAY - 3, TODAY, TODAY + 1)),
                self.chance.randrange(3),
            )
            row["debtor"], row["creditor"], row["amount"] = one.debtor, one.creditor, one.amount
            row["value_date"], row["currency"] = one.due, NUMBERS[one.currency]
            self.owed.append(one)
            self.remaining.append(one.amount)
        decide(self.books, rows, 1)

    def run_cycle(self, worth: tuple[Fraction, ...]) -> None:
        """Run a cycle across currencies and work out by hand what its records have to be."""
        places = [i for i, one in enumerate(self.owed) if self.remaining[i] and one.due <= TODAY]
        rows = [
            Owed(one.debtor, one.creditor, self.remaining[i], one.due, one.currency)
            for i, one in ((i, self.owed[i]) for i in places)
        ]
        cycle = np.zeros(1, INSTRUCTION)
        cycle["kind"], cycle["value_date"], cycle["person"] = InstructionKind.CYCLE, TODAY, -1
        terms = CycleTerms(FixingTerms(UNIT, dict(zip(NUMBERS, worth, strict=True))))
        records = decide(self.books, cycle, 2, cycle_terms=terms).records
        check_records(rows, worth, records)
        numbers = np.sort(self.books.obligations["number"][: len(self.owed)])
        by_number = {int(number): i for i, number in enumerate(numbers)}
        for record in records[records["kind"] == RecordKind.SET_OFF]:
            place = by_number[int(record["subject"])]
            self.remaining[place] -= int(record["amount"])
            assert record["debtor_after"] == self.remaining[place]
            assert record["status"] == (Status.ACSP if self.remaining[place] else Status.ACSC)
        assert self.books.obligations["remaining"][: len(self.owed)].tolist() == self.remaining


def check_records(rows: list[Owed], worth: tuple[Fraction, ...], records: Array) -> None:
    """Compare every record of a cycle with what the twin makes of the values that it cancelled."""
    of = {kind: records[records["kind"] == kind] for kind in RecordKind}
    fine = twin.fine_units(rows, worth)
    assert fine is not None
    cancelled = cancelled_values(rows, of[RecordKind.SET_OFF], twin.values(rows, worth, fine))
    reduced = twin.reductions(rows, worth, fine, cancelled)
    assert of[RecordKind.SET_OFF]["amount"].tolist() == [
        r for r, y in zip(reduced, cancelled, strict=True) if y
    ]
    exchanged = of[RecordKind.EXCHANGED]
    moved = zip(exchanged["debtor"], exchanged["currency"], exchanged["amount"], strict=True)
    expected = [(party, NUMBERS[c], part) for (party, c), part in twin.changes(rows, reduced).items()]
    assert [tuple(map(int, each)) for each in moved] == expected
    entries = twin.entries(twin.gains(rows, worth, reduced))
    bounds = twin.bounds(rows, worth, fine, cancelled)
    rounded = of[RecordKind.ROUNDED]
    posted = zip(
        rounded["debtor"], rounded["currency"], rounded["amount"], rounded["debtor_after"], strict=True
    )
    wanted = [(party, UNIT, entry, ceil(bounds[party])) for party, entry in entries.items() if entry]
    assert [tuple(map(int, each)) for each in posted] == wanted
    check_totals(rows, reduced, of[RecordKind.CYCLE_RUN])
    (run,) = of[RecordKind.ACROSS_RUN]
    value = floor(sum(r * worth[row.currency] for row, r in zip(rows, reduced, strict=True)))
    gross = floor(sum(row.amount * worth[row.currency] for row in rows))
    parties = {party for row in rows for party in (row.debtor, row.creditor)}
    told = [int(run[name]) for name in ("currency", "debtor", "creditor", "amount", "debtor_after")]
    assert told == [UNIT, len(rows), len(parties), value, gross]
    assert int(run["creditor_after"]) == sum(entry for entry in entries.values() if entry > 0)


def cancelled_values(rows: list[Owed], set_offs: Array, values: list[int]) -> list[int]:
    """Return by obligation the value that is cancelled: a circulation that is as large as any, in loops."""
    columns = np.array([(row.debtor, row.creditor, row.due) for row in rows], np.int64).reshape(-1, 3).T
    best = set_off(columns[0], columns[1], np.array(values, np.int64), columns[2])
    fine = set_offs["creditor_after"]
    assert fine.sum() == best.cleared_total_minor
    loops = find_loops(set_offs["debtor"], set_offs["creditor"], fine)
    assert (loops.amount_minor * loops.length).sum() == fine.sum()
    return list(best.cleared_minor.tolist())


def check_totals(rows: list[Owed], reduced: list[int], runs: Array) -> None:
    """Compare the CYCLE_RUN record of each currency that occurs."""
    assert [int(run["currency"]) for run in runs] == [NUMBERS[c] for c in sorted({r.currency for r in rows})]
    for run in runs:
        own = [
            (row, r) for row, r in zip(rows, reduced, strict=True) if NUMBERS[row.currency] == run["currency"]
        ]
        net: dict[int, int] = {}
        for row, r in own:
            net[row.debtor] = net.get(row.debtor, 0) + row.amount - r
            net[row.creditor] = net.get(row.creditor, 0) - row.amount + r
        assert run["amount"] == sum(r for _, r in own)
        assert run["debtor_after"] == sum(row.amount for row, _ in own)
        assert run["creditor_after"] == sum(part for part in net.values() if part > 0)


@pytest.mark.parametrize("worth", RATES)
def test_random_days(worth: tuple[Fraction, ...]) -> None:
    """Obligations come in, cycles follow each other, and every record is the twin's."""
    for seed in range(DAYS):
        chance = Random(seed)
        house = House(chance)
        for _ in range(chance.randint(1, 3)):
            house.owe()
            house.run_cycle(worth)


def test_nothing_due() -> None:
    """A cycle that finds nothing is on record with totals of nothing."""
    cycle = np.zeros(1, INSTRUCTION)
    cycle["kind"], cycle["value_date"] = InstructionKind.CYCLE, TODAY
    terms = CycleTerms(FixingTerms(UNIT, dict(zip(NUMBERS, RATES[0], strict=True))))
    (record,) = decide(Books(), cycle, 2, cycle_terms=terms).records
    assert (record["kind"], record["amount"], record["debtor_after"]) == (RecordKind.ACROSS_RUN, 0, 0)
