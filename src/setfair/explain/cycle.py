"""The loops of one cycle, made again from its page.

Rules
-----
1. A cycle is one page, of one currency or across currencies. Its SET_OFF records are a circulation, across
   currencies by the value in fine units that each has; its loops are those that `engine.loops` finds in
   them, in the order of the records.
2. Of the loops through an obligation the largest comes first; of equal ones the shortest, then the first.
3. A party's neighbours in a loop are who owes it there and whom it owes there. It is told of them, and of a
   loop's length and amount; of the others in the loop it is told nothing.
4. The amount of a loop across currencies is what it is worth in the unit of account, rounded down.
5. In a cycle with money, what it discharged is a loop through the money: from a party that got some back to
   one whose debts were paid. Before the first obligation of such a loop stands the funder, after its last the
   money. Its length is that of its obligations.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property

import numpy as np
import numpy.typing as npt

from setfair.domain.codes import RecordKind
from setfair.domain.money import Currency, currency_of_number
from setfair.engine.cycle_terms import ChoiceTerms, FixingTerms
from setfair.engine.layout import RECORD, Array
from setfair.engine.loops import Loops, find_loops
from setfair.engine.setoff.fine_unit import choose_fine_unit
from setfair.errors import BrokenInvariantError, HouseError
from setfair.explain.choose import Query
from setfair.intake.cycle import cycle_terms_of
from setfair.intake.money import MONEY_DOCUMENT
from setfair.journal.page import page_from_bytes
from setfair.store.archived import PageBodies

Int64Array = npt.NDArray[np.int64]

MONEY = ("", "money put into the cycle")
"""Who stands after the last obligation of a loop through money: id and name."""

_PAGE = """
SELECT page_number, body FROM page
WHERE page_number = (SELECT page_number FROM cycle WHERE cycle_number = ? LIMIT 1)
"""


@dataclass(frozen=True, slots=True)
class InAccount:
    """What the loops of a cycle across currencies are counted in."""

    fixing: FixingTerms
    unit: Currency
    fine_per_minor: Fraction
    """Fine units in one minor unit of account."""


@dataclass(frozen=True, slots=True)
class Passage:
    """One loop on its way through one obligation."""

    loop: int
    """Number of the loop in its cycle, from 0."""
    amount_minor: int
    """What the loop cancels of each of its obligations; across currencies what it is worth: rule 4."""
    length: int
    """Obligations in the loop, which is its parties too."""
    before: int
    """Place of the obligation that its debtor is owed in this loop."""
    after: int
    """Place of the obligation that its creditor owes in this loop."""


@dataclass(frozen=True)
class CycleLoops:
    """One cycle: what it reduced and in which loops. A place is that of a SET_OFF record, from 0."""

    number: int
    """Number of the cycle's instruction."""
    day: int
    """Business day, days since 1970-01-01: what was due on it or before took part."""
    first_record: int
    """Number of the record at place 0."""
    set_offs: Array
    """RECORD: the SET_OFF records, in order of the obligations."""
    runs: Array
    """RECORD: the CYCLE_RUN records, one for each currency."""
    loops: Loops
    across: InAccount | None = None
    """None: the cycle was of one currency."""
    moved: Array = field(default_factory=lambda: np.zeros(0, RECORD))
    """RECORD: across currencies the EXCHANGED and ROUNDED records."""
    choice: ChoiceTerms | None = None
    """What the cycle was run for, and within which limits; None: the most value."""
    money: Array = field(default_factory=lambda: np.zeros(0, RECORD))
    """RECORD: of a cycle with money the GIVEN and RECEIVED records, at the places after the set-offs."""
    funders: Mapping[int, tuple[str, str]] = field(default_factory=dict)
    """By account of each of them, id and name of the participant."""
    has_money: bool = False
    """Whether money was offered to it."""
    left_out: Int64Array = field(default_factory=lambda: np.zeros(0, np.int64))
    """Accounts that could not settle their net positions."""

    @property
    def unit(self) -> Currency:
        """What the amounts of its loops are in."""
        if self.across is not None:
            return self.across.unit
        return currency_of_number(int(self.runs["currency"][0]))

    def minor(self, counted: int) -> int:
        """Return in minor units of `unit` what loops count: rule 4."""
        return counted if self.across is None else int(counted / self.across.fine_per_minor)

    @cached_property
    def _passages(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64], npt.NDArray[np.int64]]:
        """By place where its passages start, each passage's place in the loops, and each loop by number."""
        order = np.argsort(self.loops.obligation, kind="stable")
        starts = np.searchsorted(self.loops.obligation[order], np.arange(len(self.set_offs) + 1))
        loop_of = np.repeat(np.arange(self.loops.count), self.loops.length)
        return starts.astype(np.int64), order, loop_of

    def find(self, obligation_number: int) -> int:
        """Return the place of an obligation, or -1 if the cycle did not reduce it."""
        subjects = self.set_offs["subject"]
        place = int(np.searchsorted(subjects, obligation_number))
        return place if place < len(subjects) and subjects[place] == obligation_number else -1

    def through(self, place: int) -> list[Passage]:
        """Return the loops through an obligation: rule 2."""
        starts, order, loop_of = self._passages
        found = (self._passage(int(loop_of[at]), int(at)) for at in order[starts[place] : starts[place + 1]])
        return sorted(found, key=lambda each: (-each.amount_minor, each.length, each.loop))

    def _passage(self, loop: int, at: int) -> Passage:
        start, end = int(self.loops.start[loop]), int(self.loops.start[loop + 1])
        length, obligation = end - start, self.loops.obligation
        return Passage(
            loop,
            self.minor(int(self.loops.amount_minor[loop])),
            int(np.count_nonzero(obligation[start:end] < len(self.set_offs))),
            before=int(obligation[start + (at - start - 1) % length]),
            after=int(obligation[start + (at - start + 1) % length]),
        )

    def neighbour(self, passage: Passage, *, is_debtor: bool) -> int | tuple[str, str]:
        """Return who stands on the other side of an obligation's debtor, or creditor, in a loop.

        Returns
        -------
        int or tuple
            Number of the party that owes the debtor, or that the creditor owes; where it is money, id and
            name of the participant whose money pays the debtor's debt, or `MONEY` for what the creditor gets.
        """
        place = passage.before if is_debtor else passage.after
        if place < len(self.set_offs):
            return int(self.set_offs[place]["debtor" if is_debtor else "creditor"])
        if not is_debtor:
            return MONEY
        return self.funders[int(self.money[place - len(self.set_offs)]["debtor"])]

    def funder_of(self, passage: Passage) -> tuple[str, str] | None:
        """Return id and name of the participant whose money a loop goes through, or None."""
        start, end = self.loops.start[passage.loop], self.loops.start[passage.loop + 1]
        for place in self.loops.obligation[start:end].tolist():
            line = place - len(self.set_offs)
            if line >= 0 and self.money[line]["kind"] == RecordKind.GIVEN:
                return self.funders[int(self.money[line]["debtor"])]
        return None

    def around(self, passage: Passage, place: int) -> list[int]:
        """Return the places of a loop's obligations, that at `place` first: for who may see all of them.

        Of a loop through money the first of its obligations comes first.
        """
        start, end = self.loops.start[passage.loop], self.loops.start[passage.loop + 1]
        whole = self.loops.obligation[start:end]
        outside = np.flatnonzero(whole >= len(self.set_offs))
        if len(outside):
            # What comes after the money is the beginning.
            turned = np.roll(whole, -int(outside[-1]) - 1).tolist()
            return [each for each in turned if each < len(self.set_offs)]
        places = whole.tolist()
        first = places.index(place)
        return [*places[first:], *places[:first]]


def read_cycle(query: Query, number: int) -> CycleLoops:
    """Read a cycle from its page and take what it cancelled apart into loops.

    Parameters
    ----------
    query
        Returns the rows of one query over the tables: `House.query` or `Tables.query`.
    number
        Number of the cycle's instruction.

    Raises
    ------
    HouseError
        If there is no such cycle.
    BrokenInvariantError
        If its records are no circulation.
    """
    found = query(_PAGE, (number,))
    if not found:
        raise HouseError(f"{number} is no cycle of this house: see the view `cycle`")
    page = page_from_bytes(PageBodies(query).or_archived(found[0]["page_number"], found[0]["body"]))
    is_set_off = page.records["kind"] == RecordKind.SET_OFF
    set_offs, runs = page.records[is_set_off], page.records[page.records["kind"] == RecordKind.CYCLE_RUN]
    first = int(np.argmax(is_set_off)) if len(set_offs) else 0
    across = _in_account(page.documents, runs)
    counted = set_offs["amount" if across is None else "creditor_after"]
    money = page.records[np.isin(page.records["kind"], (RecordKind.GIVEN, RecordKind.RECEIVED))]
    try:
        loops = find_loops(*_circulation(set_offs, counted, money))
    except ValueError as error:
        raise BrokenInvariantError(f"cycle {number}: {error}") from error
    return CycleLoops(
        number,
        int(page.instructions["value_date"][0]),
        page.first_record + first,
        set_offs,
        runs,
        loops,
        across,
        page.records[np.isin(page.records["kind"], (RecordKind.EXCHANGED, RecordKind.ROUNDED))],
        cycle_terms_of(page.documents).choice,
        money,
        _funders(query) if len(money) else {},
        MONEY_DOCUMENT in page.documents,
        page.records["debtor"][page.records["kind"] == RecordKind.LEFT_OUT].astype(np.int64),
    )


def _circulation(set_offs: Array, counted: Int64Array, money: Array) -> tuple[Int64Array, ...]:
    """Return debtors, creditors and amounts of set-offs and money: money is a party of its own."""
    ends = [set_offs[name].astype(np.int64) for name in ("debtor", "creditor")]
    itself = int(max((end.max(initial=-1) for end in ends), default=-1)) + 1
    given = money["kind"] == RecordKind.GIVEN
    party = money["creditor"].astype(np.int64)
    columns = ((ends[0], np.where(given, itself, party)), (ends[1], np.where(given, party, itself)))
    amounts = np.concatenate((counted, money["amount"]))
    return *(np.concatenate(column) for column in columns), amounts


def _funders(query: Query) -> dict[int, tuple[str, str]]:
    rows = query("SELECT account_number, participant, name FROM account", ())
    return {row["account_number"]: (row["participant"], row["name"]) for row in rows}


def _in_account(documents: Mapping[str, bytes], runs: Array) -> InAccount | None:
    """Return what a cycle counted in: its fixing and what was due in each currency determine it."""
    fixing = cycle_terms_of(documents).fixing
    if fixing is None:
        return None
    numbers = runs["currency"].tolist()
    gross = dict(enumerate(runs["debtor_after"].tolist()))
    fine = choose_fine_unit(gross, [fixing.minor_value[number] for number in numbers])
    return InAccount(fixing, currency_of_number(fixing.unit), fine)
