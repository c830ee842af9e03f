"""What a cycle had before it, read back from the tables, and why no more of an obligation was cancelled.

Rules
-----
1. An obligation took part if it was open before the cycle (its last record says ACSP) and due on the cycle's
   business day or before; its amount is what that record says remained.
2. Count, gross and largest set-off must be those of the cycle's own record: else the tables are not the
   journal's, and nothing is explained from them.
3. Why no more: `CANCELLED_IN_FULL`, nothing is left; `NO_LOOP`, debtor and creditor lie in no common group
   (strongly connected component); `OTHER_LOOPS`, they do, and what would close a loop was cancelled in
   others; `USED_UP`, part of it was cancelled and no loop of what is left passes through the rest. In a cycle
   with an objective or limits also `KEPT`, `TOO_LITTLE`, and instead of the last two `AS_CHOSEN`; in a cycle
   with money the first, and `MONEY_USED`.
   Of a cycle that ran again without who could not pay: `LEFT_OUT`, a party of the obligation banks there.
4. Across currencies the obligations of all of them took part, and count for their values in fine units.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.domain.codes import Status
from setfair.engine.across_cycle import clear_due_across
from setfair.engine.clear_due import clear_due
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.layout import OBLIGATION, Array
from setfair.errors import HouseError
from setfair.explain.choose import Query
from setfair.explain.cycle import CycleLoops

SLICE_RECORDS = 65_536
"""Records that one query reads."""

_STANDS = """
SELECT w.subject_number, w.status, w.debtor, w.creditor, w.debtor_after, b.due_date,
       w.currency_number
FROM record_row w CROSS JOIN obligation_row b ON b.obligation_number = w.subject_number
WHERE w.record_number BETWEEN ? AND ? AND w.kind IN (7, 8, 9, 10)
      AND w.currency_number IN (SELECT value FROM json_each(?))
ORDER BY w.record_number
"""
_LEFT_OUT = """
SELECT p.party_number FROM party p
LEFT JOIN participant q ON q.participant = p.participant
JOIN account a ON a.participant IN (p.participant, q.through)
WHERE a.account_number IN (SELECT value FROM json_each(?))
"""
_OPEN = int(Status.ACSP)


class Why(Enum):
    """Why no more of an obligation was cancelled."""

    CANCELLED_IN_FULL = "nothing is left of it"
    NO_LOOP = (
        "no loop passes through it: no chain of debts that were due leads from its creditor back to its "
        "debtor"
    )
    OTHER_LOOPS = (
        "loops pass through it, but debts that they need were cancelled in other loops; the total cancelled "
        "is the largest possible, and cancelling some of this one would not make it larger"
    )
    USED_UP = (
        "no chain of what is still owed leads from its creditor back to its debtor, so that what is left of "
        "it lies on no loop; the total cancelled is the largest possible"
    )
    KEPT = "the cycle was run without touching it"
    TOO_LITTLE = "less than the least amount of the cycle would have been cancelled of it"
    MONEY_USED = (
        "neither a loop of debts that were due nor the money that was put in discharges more of it: the "
        "money was used up or was not for it, and the total discharged is the largest possible"
    )
    LEFT_OUT = (
        "a participant of its debtor or creditor could not settle its net position, and the cycle ran again "
        "without the obligations of its parties, as agreed"
    )
    AS_CHOSEN = (
        "loops pass through it, but the objective and the limits of the cycle have others cancelled, or no "
        "more of it"
    )


@dataclass(frozen=True, slots=True)
class Stand:
    """What a party owed and was owed in a cycle before it, in what its loops are counted in."""

    owed: int
    claimed: int

    @property
    def most(self) -> int:
        """Set-off cancels as much of a party's debts as of its claims: never more than the smaller sum."""
        return min(self.owed, self.claimed)


@dataclass(frozen=True, slots=True)
class Due:
    """What took part in a cycle."""

    number: npt.NDArray[np.int64]
    """Obligation numbers, ascending."""
    debtor: npt.NDArray[np.int64]
    creditor: npt.NDArray[np.int64]
    amount_minor: npt.NDArray[np.int64]
    """What was open before the cycle, in minor units of each obligation's currency."""
    counted: npt.NDArray[np.int64]
    """The same in what loops are counted in: minor units, or fine units across currencies."""
    component: npt.NDArray[np.int64]
    """The group within which loops can close, or -1: none passes."""
    left_out: npt.NDArray[np.bool_]
    """Whether the cycle ran again without it."""
    kept: npt.NDArray[np.bool_]
    """Whether it was not to be touched."""
    choice: ChoiceTerms | None
    has_money: bool = False
    """Whether money was put in."""

    def find(self, obligation_number: int) -> int:
        """Return the place of an obligation, or -1 if it did not take part."""
        place = int(np.searchsorted(self.number, obligation_number))
        return place if place < len(self.number) and self.number[place] == obligation_number else -1

    def stand(self, party: int) -> Stand:
        """Return what a party owed and was owed."""
        owed = int(self.counted[self.debtor == party].sum())
        return Stand(owed, int(self.counted[self.creditor == party].sum()))

    def why(self, place: int, cleared_minor: int) -> Why:
        """Return why no more than `cleared_minor` of the obligation at a place was cancelled: rule 3."""
        if cleared_minor == self.amount_minor[place]:
            return Why.CANCELLED_IN_FULL
        if self.left_out[place]:
            return Why.LEFT_OUT
        if self.has_money:
            return Why.MONEY_USED
        if self.kept[place]:
            return Why.KEPT
        if self.component[place] < 0:
            return Why.NO_LOOP if self.choice is None or not self.choice.minimum_minor else Why.TOO_LITTLE
        if self.choice is not None:
            return Why.AS_CHOSEN
        return Why.USED_UP if cleared_minor else Why.OTHER_LOOPS


def read_due(query: Query, cycle: CycleLoops) -> Due:
    """Read what took part in a cycle.

    Raises
    ------
    HouseError
        If the tables do not show what the cycle's record says: rule 2.
    """
    last: dict[int, tuple[int, ...]] = {}
    currencies, end = json.dumps(cycle.runs["currency"].tolist()), cycle.first_record
    for first in range(1, end, SLICE_RECORDS):
        until = min(first + SLICE_RECORDS, end) - 1
        for row in query(_STANDS, (first, until, currencies)):
            last[row["subject_number"]] = tuple(row.values())
    rows = [row for _, row in sorted(last.items()) if row[1] == _OPEN and row[5] <= cycle.day]
    number, _, debtor, creditor, amount, due_day, currency = np.array(rows, np.int64).reshape(-1, 7).T
    due = np.zeros(len(number), OBLIGATION)
    columns = {
        "number": number,
        "debtor": debtor,
        "creditor": creditor,
        "remaining": amount,
        "due": due_day,
        "currency": currency,
    }
    for name, values in columns.items():
        due[name] = values
    again = _clear_again(query, cycle, due)
    for run in cycle.runs:
        own = currency == int(run["currency"])
        shown = (int(own.sum()), int(amount[own].sum()), int(again.reduced[own].sum()))
        if shown != (int(run["debtor"]), int(run["debtor_after"]), int(run["amount"])):
            raise HouseError(
                f"the tables do not show what took part in cycle {cycle.number}: make them again with "
                "`setfair rebuild`"
            )
    kept = np.isin(number, () if cycle.choice is None else cycle.choice.keep)
    found = again.counted, again.component, again.left_out, kept
    return Due(number, debtor, creditor, amount, *found, cycle.choice, cycle.has_money)


class _Again(NamedTuple):
    """A set-off made again, by obligation that was due."""

    counted: npt.NDArray[np.int64]
    reduced: npt.NDArray[np.int64]
    component: npt.NDArray[np.int64]
    left_out: npt.NDArray[np.bool_]


def _clear_again(query: Query, cycle: CycleLoops, due: Array) -> _Again:
    """Set off again what was due."""
    nothing_out = np.zeros(len(due), bool)
    if cycle.across is not None:
        found = clear_due_across(due, cycle.across.fixing, cycle.choice, cycle.day)
        return _Again(found.value_fine, found.reduced_minor, found.set_off.component, nothing_out)
    # With money the set-off alone says in which groups anything cancels; what was reduced is on record.
    result, _ = clear_due(due, None if cycle.has_money else cycle.choice, cycle.day)
    ran_again = result.cleared_total_minor != cycle.set_offs["amount"].sum()
    if cycle.has_money or not (len(cycle.left_out) and ran_again):
        reduced = _on_record(cycle, due) if cycle.has_money else result.cleared_minor
        return _Again(due["remaining"], reduced, result.component, nothing_out)
    rows = query(_LEFT_OUT, (json.dumps(cycle.left_out.tolist()),))
    parties = [row["party_number"] for row in rows]
    left_out = np.isin(due["debtor"], parties) | np.isin(due["creditor"], parties)
    component = np.full(len(due), -1, np.int64)
    component[~left_out] = clear_due(due[~left_out], cycle.choice, cycle.day)[0].component
    return _Again(due["remaining"], _on_record(cycle, due), component, left_out)


def _on_record(cycle: CycleLoops, due: Array) -> npt.NDArray[np.int64]:
    """Return by obligation what the cycle's records say that it was reduced by."""
    reduced = np.zeros(len(due), np.int64)
    at = np.searchsorted(due["number"], cycle.set_offs["subject"])
    reduced[np.minimum(at, len(due) - 1)] = cycle.set_offs["amount"]
    return reduced
