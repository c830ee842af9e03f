"""The one way in to a set-off under a choice: objective and limits, and what each of them costs.

Rules
-----
1. The steps go in this order: what is not touched, the most for a party, the objective, the least amount.
   Each is compared with the step before it, and its cost is the difference of the totals.
2. Nobody can cancel more than `value_max_minor` under the first two, which are exact.
3. With nothing chosen the result is that of `set_off`, bit for bit.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from functools import partial

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.certificate import NO_PART, Proof
from setfair.engine.setoff.limits import BoolArray, maximum_by_party, solve_in_rounds
from setfair.engine.setoff.merge import Int64Array, check_obligations
from setfair.engine.setoff.model import NO_MAXIMUM
from setfair.engine.setoff.objective import Objective
from setfair.engine.setoff.run import SetOff
from setfair.engine.setoff.solved import Instance, Solved, solve


@dataclass(frozen=True, slots=True)
class Choice:
    """What a set-off is to achieve, and within what."""

    objective: Objective = Objective.VALUE
    as_of_day: int | None = None
    """With `OLDEST`: the day from which overdue days are counted; None means the latest due day."""
    untouched: BoolArray | None = field(default=None, compare=False)
    """By obligation: True if it is kept whole; None means none is."""
    minimum_minor: int = 0
    """An obligation is cancelled by at least so much, or not at all."""
    party_maximum_minor: int | Mapping[int, int] | None = None
    """Of a party's debts at most so much is cancelled: one amount for all, or by party; None: no limit."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one step of the choice costs."""

    what: str
    """In a few words."""
    without_minor: int
    """Cancelled in total without this step."""
    with_minor: int
    """Cancelled in total with it."""

    @property
    def cost_minor(self) -> int:
        """What it costs; below zero if the total is larger with it, which rounds and stages may give."""
        return self.without_minor - self.with_minor


@dataclass(frozen=True, slots=True)
class AgeTotal:
    """A class of age."""

    words: str
    gross_minor: int
    cleared_minor: int


@dataclass(frozen=True, slots=True)
class ChosenSetOff:
    """A set-off under a choice."""

    choice: Choice
    result: SetOff
    """For all obligations. `price` is empty where one price for a party cannot prove it: see `proof`."""
    proof: Proof
    """Proves that the result is optimal for what takes part."""
    value_max_minor: int
    """No set-off under what is not touched and the most for a party cancels a larger total."""
    closed: int
    """Obligations cancelled in full."""
    closed_max: int | None
    """With `CLOSED`: no other way to cancel the same total of what takes part closes more."""
    ages: tuple[AgeTotal, ...]
    """With `OLDEST`: the classes, oldest first; of what takes part."""
    left_out: int
    """Obligations that take no part because of the least amount."""
    rounds: int
    """Runs that the least amount took."""
    unit_minor: int
    """1, or the least amount where its multiples were the better way: then all that is cancelled is in whole
    multiples of it, and `proof` is for amounts rounded down to them."""
    costs: tuple[Cost, ...]
    """Of each step that was chosen, in order."""

    def words(self, write: Callable[[int], str]) -> tuple[str, ...]:
        """Say what was chosen, what is proven and what it costs, in sentences.

        Parameters
        ----------
        write
            Writes an amount in minor units.
        """
        objective = self.choice.objective
        said = [objective.words, objective.proven]
        if self.closed_max is not None:
            closed = "1 obligation is" if self.closed == 1 else f"{self.closed} obligations are"
            said.append(f"{closed} closed; the bound is {self.closed_max}.")
        if self.choice.minimum_minor > 1:
            scope = "The result is the best for the others."
            if self.unit_minor > 1:
                scope = f"The result is the best in whole multiples of {write(self.unit_minor)}."
            left_out, them = f"{self.left_out} obligations take", "them"
            if self.left_out == 1:
                left_out, them = "1 obligation takes", "it"
            said.append(
                f"{left_out} no part because too little of {them} would cancel. {scope} "
                f"It may not be the best of all that keep the least amount, but none cancels more than "
                f"{write(self.value_max_minor)}."
            )
        said.extend(
            f"{cost.what}: {write(cost.with_minor)} is cancelled, without it {write(cost.without_minor)}."
            for cost in self.costs
        )
        return tuple(said)


def set_off_under(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
    *,
    choice: Choice,
) -> ChosenSetOff:
    """Cancel under an objective and limits, changing no net position.

    Parameters
    ----------
    debtor, creditor, amount_minor, due_day
        As for `set_off`, shape (n,).
    choice
        Objective and limits.

    Raises
    ------
    ValueError
        If a column or a limit is not valid.
    OverflowError
        If the obligations sum to more than `GROSS_MAX_MINOR`.

    Notes
    -----
    Complexity: a run of the solver for each step that is chosen, for each class of age, and for each round.
    """
    obligations = check_obligations(debtor, creditor, amount_minor, due_day)
    takes_part = _takes_part(choice, len(obligations.amount))
    party = np.unique(np.concatenate((obligations.debtor, obligations.creditor)))
    maximum = maximum_by_party(party, choice.party_maximum_minor)
    if choice.minimum_minor < 0:
        raise ValueError("the least amount must not be below zero")
    limited = Instance(obligations, party, maximum, choice.as_of_day)
    names, runs = zip(*_exact_steps(choice, limited, takes_part), strict=True)
    solved = [run() for run in runs]
    rounds, unit = 1, 1
    if choice.minimum_minor > 1:
        last, rounds, unit = solve_in_rounds(
            lambda part, unit: solve(limited, part, choice.objective, unit),
            obligations.amount,
            takes_part,
            choice.minimum_minor,
        )
        names, solved = (*names, "Least amount"), [*solved, last]
    totals = [each.result.cleared_total_minor for each in solved]
    costs = tuple(Cost(*step) for step in zip(names[1:], totals, totals[1:], strict=False))
    value_max = totals[names.index(_OLDEST) - 1] if _OLDEST in names else totals[len(runs) - 1]
    return _describe(
        choice, solved[-1], obligations.amount, Outcome(takes_part, value_max, rounds, unit, costs)
    )


_OLDEST = "Oldest first"


def _takes_part(choice: Choice, count: int) -> BoolArray:
    """Return by obligation whether it may be touched."""
    if choice.untouched is None:
        return np.ones(count, bool)
    untouched = np.asarray(choice.untouched, bool)
    if untouched.shape != (count,):
        raise ValueError("what is not to be touched must be said for each obligation")
    return ~untouched


def _exact_steps(
    choice: Choice, limited: Instance, takes_part: BoolArray
) -> list[tuple[str, Callable[[], Solved]]]:
    """Return the runs before the least amount, each with one more step of the choice than the one before."""
    everything = np.ones(len(takes_part), bool)
    free = replace(limited, maximum=np.full_like(limited.maximum, NO_MAXIMUM))
    steps = [("", free, everything)]
    if not takes_part.all():
        steps.append(("Obligations not to be touched", free, takes_part))
    if choice.party_maximum_minor is not None:
        steps.append(("Most for a party", limited, takes_part))
    objectives = [Objective.VALUE] * len(steps)
    if choice.objective is Objective.OLDEST:
        steps.append((_OLDEST, limited, takes_part))
        objectives.append(Objective.OLDEST)
    elif choice.minimum_minor <= 1:
        # Closing many costs no value, so the last run can do it at once.
        objectives[-1] = choice.objective
    return [
        (name, partial(solve, instance, part, objective))
        for (name, instance, part), objective in zip(steps, objectives, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of the steps beside the last result."""

    may_take_part: BoolArray
    """By obligation: it is not among those not to be touched."""
    value_max_minor: int
    rounds: int
    unit_minor: int
    costs: tuple[Cost, ...]


def _describe(choice: Choice, last: Solved, amount: Int64Array, outcome: Outcome) -> ChosenSetOff:
    """Return the result with its counts."""
    cleared = last.result.cleared_minor
    takes_part = last.proof.stage != NO_PART
    ages: tuple[AgeTotal, ...] = ()
    if last.ages is not None:
        # The classes are the stages of the proof.
        classes = [last.proof.stage == number for number in range(len(last.ages.words))]
        ages = tuple(
            AgeTotal(words, int(amount[inside].sum()), int(cleared[inside].sum()))
            for words, inside in zip(last.ages.words, classes, strict=True)
        )
    return ChosenSetOff(
        choice=choice,
        result=last.result,
        proof=last.proof,
        value_max_minor=outcome.value_max_minor,
        closed=int((cleared == amount).sum()),
        closed_max=last.closed.count_max if last.closed else None,
        ages=ages,
        left_out=int((outcome.may_take_part & ~takes_part).sum()),
        rounds=outcome.rounds,
        unit_minor=outcome.unit_minor,
        costs=outcome.costs,
    )
