"""The loops of one cycle, made again from its page.

Rules
-----
1. A cycle is one page and one currency. Its SET_OFF records are a circulation, and its loops are those that
   `engine.loops` finds in them, in the order of the records.
2. Of the loops through an obligation the largest comes first; of equal ones the shortest, then the first.
3. A party's neighbours in a loop are who owes it there and whom it owes there. It is told of them, and of a
   loop's length and amount; of the others in the loop it is told nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from setfair.domain.codes import RecordKind
from setfair.engine.layout import Array
from setfair.engine.loops import Loops, find_loops
from setfair.errors import BrokenInvariantError, HouseError
from setfair.explain.choose import Query
from setfair.journal.page import page_from_bytes

_PAGE = """
SELECT body FROM page WHERE page_number = (SELECT page_number FROM cycle WHERE cycle_number = ?)
"""


@dataclass(frozen=True, slots=True)
class Passage:
    """One loop on its way through one obligation."""

    loop: int
    """Number of the loop in its cycle, from 0."""
    amount_minor: int
    """What the loop cancels of each of its obligations."""
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
    run: Array
    """RECORD, shape (1,): the CYCLE_RUN record."""
    loops: Loops

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
            int(self.loops.amount_minor[loop]),
            length,
            before=int(obligation[start + (at - start - 1) % length]),
            after=int(obligation[start + (at - start + 1) % length]),
        )

    def around(self, passage: Passage, place: int) -> list[int]:
        """Return the places of a loop's obligations, that at `place` first: for who may see all of them."""
        start, end = self.loops.start[passage.loop], self.loops.start[passage.loop + 1]
        places = self.loops.obligation[start:end].tolist()
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
    page = page_from_bytes(found[0]["body"])
    is_set_off = page.records["kind"] == RecordKind.SET_OFF
    set_offs = page.records[is_set_off]
    first = int(np.argmax(is_set_off)) if len(set_offs) else 0
    try:
        loops = find_loops(set_offs["debtor"], set_offs["creditor"], set_offs["amount"])
    except ValueError as error:
        raise BrokenInvariantError(f"cycle {number}: {error}") from error
    return CycleLoops(
        number,
        int(page.instructions["value_date"][0]),
        page.first_record + first,
        set_offs,
        page.records[page.records["kind"] == RecordKind.CYCLE_RUN],
        loops,
    )
