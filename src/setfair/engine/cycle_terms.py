"""What one cycle is decided by beside the books; it comes with the instruction."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from setfair.engine.setoff.objective import Objective


@dataclass(frozen=True, slots=True)
class FixingTerms:
    """A fixing as the engine takes it."""

    unit: int
    """ISO 4217 number of the unit of account."""
    minor_value: Mapping[int, Fraction]
    """By ISO 4217 number of each currency that takes part: what one minor unit of it is worth, in minor units
    of account."""


@dataclass(frozen=True, slots=True)
class ChoiceTerms:
    """What a cycle is to achieve, and within what."""

    objective: Objective = Objective.VALUE
    keep: tuple[int, ...] = ()
    """Numbers of obligations that are not to be touched."""
    minimum_minor: int = 0
    """An obligation is cancelled by at least so much, or not at all."""
    party_maximum_minor: int | None = None
    """Of a party's debts at most so much is cancelled."""


@dataclass(frozen=True, slots=True)
class Funder:
    """Who offers money to a cycle."""

    account: int
    """The settlement account that pays."""
    amount_minor: int
    """The most that it puts in."""
    beneficiaries: tuple[int, ...] | None
    """Parties whose debts it pays; None: anyone's; none: those that settle on its account."""


@dataclass(frozen=True, slots=True)
class MoneyTerms:
    """The money that is offered to a cycle in one currency."""

    funders: tuple[Funder, ...]
    """Each with an account of its own."""


@dataclass(frozen=True, slots=True)
class CycleTerms:
    """What a cycle comes with; nothing of it: the most value, one currency."""

    fixing: FixingTerms | None = None
    """With a cycle across currencies."""
    choice: ChoiceTerms | None = None
    """None: the most value, without limits."""
    money: MoneyTerms | None = None
    """With a cycle into which money is put."""


AS_EVER = CycleTerms()
"""The most value in one currency."""
