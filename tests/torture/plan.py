"""What is asked of a house of the harness, step by step, and what must be there after each."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

from setfair.domain.codes import Phase
from tests.reference.netting import ClearingSpec, Obligation
from tests.reference.words import HouseSpec, Instruction, QueueCommand, TermCommand

Entries = dict[int, tuple[int, int, int]]
"""Status, reason and mechanism by the reference's number."""
Limits = frozenset[tuple[int, int, int, int]]
"""Debtor, creditor (-1: all others), limit and what counts against it."""


@dataclass(frozen=True, slots=True)
class ListState:
    """What the screening list says besides what it always says."""

    named: frozenset[int] = frozenset()
    """Which of `words.CHANGING` it names."""
    is_other: bool = False
    """Whether the entry that is always there says something else."""


@dataclass(frozen=True, slots=True)
class Step:
    """One thing that is asked of the house: it is acknowledged whole."""

    kind: str
    """open, phase, rows, decision, note, obligations, parties, cycle, across, time, offset, term, queue or
    lists."""
    currency: int = 0
    date: int = 0
    phase: Phase = Phase.OPEN
    rows: tuple[Instruction, ...] = ()
    names: tuple[str, ...] = ()
    """Whom the rows name, one each."""
    owed: tuple[Obligation, ...] = ()
    batch: int = 0
    """Number of the obligations that come together."""
    command: TermCommand | QueueCommand | None = None
    lists: ListState = ListState()
    """What the list says from this step on."""
    worth: tuple[str, ...] = ()
    """Of a cycle across currencies: the rate of each currency, as published."""
    now: int = 0
    """The reference's time."""
    skipped: int = 0
    """Numbers that the generator gave before this step to what nobody asks of a house."""


@dataclass(frozen=True, slots=True)
class Expected:
    """What the reference says after a step."""

    entries: Entries
    balances: tuple[int, ...]
    remaining: tuple[int, ...] = ()
    """Of each obligation."""
    lines: tuple[int | None, ...] = ()
    """Credit line of each account; None of a settlement agent's."""
    limits: Limits = frozenset()
    opened: frozenset[int] = frozenset()
    """Accounts whose currency has had a business day: before it nothing is said of lines and limits."""
    last_number: int = 0
    """The last number that the reference gave."""


@dataclass(slots=True)
class Plan:
    """A house and all that is asked of it, with what must come of it."""

    text: str
    """The agreement, TOML."""
    spec: HouseSpec
    clearing: ClearingSpec
    accounts: list[tuple[str, str]]
    """Participant and currency of each account."""
    codes: list[str]
    """Currencies."""
    banks: list[str]
    """Participant with which each party banks, or nothing."""
    steps: list[Step]
    expected: list[Expected] = field(default_factory=list)
    """After each step; one more at the beginning, before the first."""
    numbers: dict[int, int] = field(default_factory=dict)
    """Instruction numbers of the house by those of the reference; filled when it is played."""
    outcomes: list[list[int]] = field(default_factory=list)
    """By step, the reference's numbers of its rows, or of its command."""

    def lists_before(self, step: int) -> ListState:
        """Return what the list says when a step begins."""
        return self.steps[step - 1].lists if 0 < step <= len(self.steps) else ListState()


def worth_of(worth: tuple[str, ...], decimals: tuple[int, ...]) -> tuple[Fraction, ...]:
    """Return what one minor unit of each currency is worth, in cents of the unit of account."""
    return tuple(Fraction(rate) * 100 / 10**each for rate, each in zip(worth, decimals, strict=True))
