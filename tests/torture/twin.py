"""The reference model of everything that the harness asks of a house.

Payments, queues, terms and links are `ReferenceHouse`, obligations and netting `NettingHouse`, cycles across
currencies `tests.reference.across`; a list that changes holds what waits, as `held` has it. What the
generator of days does not know of gets no number here, so that its numbers stay what they were.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from copy import copy
from fractions import Fraction

import numpy as np

from setfair.domain.codes import InstructionKind, Status
from setfair.engine.setoff import set_off
from tests.reference.across import Owed, fine_units, reductions, values
from tests.reference.entry_checks import Entry
from tests.reference.held import hold_again
from tests.reference.netting import NettingHouse, Obligation
from tests.reference.words import DECISION_KINDS, PAYMENT_KINDS, Instruction
from tests.torture.plan import Entries, Expected, Limits


class Twin(NettingHouse):
    """A reference house that clears, and whose lists change."""

    holds = 0
    """Holds so far: they count down from nothing, out of the way of the others' numbers."""

    @contextmanager
    def _aside(self) -> Iterator[None]:
        """Give back the numbers that are given within."""
        last = self.last_number
        try:
            yield
        finally:
            self.last_number = last

    def take_obligations(self, obligations: Sequence[Obligation]) -> None:
        """Enter obligations."""
        with self._aside():
            self.owe([copy(one) for one in obligations])

    def clear(self, currency: int, day: int) -> None:
        """Run a cycle in one currency."""
        with self._aside():
            self.run_cycle(currency, day)

    def clear_across(self, worth: Sequence[Fraction], day: int) -> None:
        """Run a cycle across all currencies."""
        due = [one for one in self.obligations if one.remaining and one.due <= day]
        rows = [Owed(one.debtor, one.creditor, one.remaining, one.due, one.currency) for one in due]
        fine = fine_units(rows, worth)
        if not rows or fine is None:
            return
        columns = np.array([(row.debtor, row.creditor, row.due) for row in rows], np.int64).T
        valued = np.array(values(rows, worth, fine), np.int64)
        # Which of several largest circulations is taken is the solver's choice, as in one currency.
        cancelled = set_off(columns[0], columns[1], valued, columns[2]).cleared_minor.tolist()
        for one, part in zip(due, reductions(rows, worth, fine, cancelled), strict=True):
            one.remaining -= part

    def change_lists(self, is_named: Callable[[int], bool]) -> None:
        """Hold what waits and is named by what changed, given the numbers of what waits."""
        waiting = [
            number
            for number, entry in sorted(self.entries.items())
            if entry.status in (Status.ACSP, Status.PDNG) and entry.instruction.kind in PAYMENT_KINDS
        ]
        for number in filter(is_named, waiting):
            self.holds -= 1
            hold_again(self, Entry(self.holds, Instruction(InstructionKind.SCREENING_HOLD, target=number)))

    def seen(self) -> Expected:
        """Return what anybody can see now."""
        entries: Entries = {
            number: (int(entry.status), int(entry.reason), int(entry.mechanism))
            for number, entry in self.entries.items()
            if entry.instruction.kind not in DECISION_KINDS
        }
        opened = frozenset(
            place for place, account in enumerate(self.accounts) if self.date[account.currency] > 0
        )
        lines = tuple(
            None if account.is_agent else line
            for account, line in zip(self.accounts, self.books.credit_line, strict=True)
        )
        return Expected(
            entries,
            tuple(self.books.balance),
            tuple(one.remaining for one in self.obligations),
            lines,
            self._limits(opened),
            opened,
            self.last_number,
        )

    def _limits(self, opened: frozenset[int]) -> Limits:
        books = self.books
        bilateral = [
            (debtor, creditor, limit, books.net_bilateral[debtor, creditor])
            for (debtor, creditor), limit in books.bilateral.items()
        ]
        others = [
            (debtor, -1, limit, books.net_multilateral[debtor])
            for debtor, limit in books.multilateral.items()
        ]
        return frozenset(row for row in (*bilateral, *others) if row[0] in opened)
