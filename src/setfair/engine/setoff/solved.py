"""One run under an objective: of what takes part, with the proof, given back for all obligations.

Rules
-----
1. Most value without a maximum for a party is `set_off` itself, bit for bit.
2. Oldest first, and every run with a maximum for a party, goes by stages (`model`, `stages`).
3. Every result is checked against its proof before it leaves (`certificate`); a result that fails is a
   fault of the solver and raises ArithmeticError.
4. Obligations that take no part are kept whole. They count in what is owed before and after.
5. With a unit, amounts and maxima are rounded down to its multiples, and so is all that is cancelled.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.age import AgeClasses, age_classes
from setfair.engine.setoff.certificate import NO_PART, Proof, check_lexicographic
from setfair.engine.setoff.closed import Closed, close_many
from setfair.engine.setoff.components import strong_components
from setfair.engine.setoff.merge import Int64Array, Obligations, merge, net_positions, share_out
from setfair.engine.setoff.model import NO_MAXIMUM, make_model
from setfair.engine.setoff.objective import Objective
from setfair.engine.setoff.run import SetOff, describe, set_off
from setfair.engine.setoff.stages import solve_stages


@dataclass(frozen=True, slots=True)
class Instance:
    """What is the same in every run."""

    obligations: Obligations
    party: Int64Array
    """All parties, ascending."""
    maximum: Int64Array
    """By party: the most of its debts that may be cancelled."""
    as_of_day: int | None
    """The day from which overdue days are counted (`age_classes`)."""


@dataclass(frozen=True, slots=True)
class Solved:
    """A run, for all obligations and parties of the instance."""

    result: SetOff
    proof: Proof
    closed: Closed | None
    """With the objective `CLOSED`: how many are closed, and the bound."""
    ages: AgeClasses | None
    """With the objective `OLDEST`: the classes; for what takes part, in its order."""


def solve(
    instance: Instance, takes_part: npt.NDArray[np.bool_], objective: Objective, unit: int = 1
) -> Solved:
    """Set off what takes part, in whole multiples of a unit.

    Raises
    ------
    ArithmeticError
        If the result does not pass its own proof.
    """
    places = np.flatnonzero(takes_part)
    whole = instance.obligations
    amount = whole.amount[places] // unit * unit
    part = Obligations(
        whole.debtor[places], whole.creditor[places], amount, whole.due_day[places], int(amount.sum())
    )
    bounded = instance.maximum < NO_MAXIMUM
    maximum = np.where(bounded, instance.maximum // unit * unit, NO_MAXIMUM)
    instance = replace(instance, maximum=maximum)
    closed, ages = None, None
    if objective is Objective.OLDEST and len(places):
        ages = age_classes(part.due_day, instance.as_of_day)
    stage = ages.number if ages else np.zeros(len(places), np.int64)
    result, proof = _solve_part(instance, part, stage)
    _check(part, result.cleared_minor, proof)
    if objective is Objective.CLOSED:
        closed = close_many(part, result.cleared_minor, proof)
        _check(part, closed.cleared, proof)
        if int(closed.cleared.sum()) != result.cleared_total_minor:
            raise ArithmeticError("closing obligations changed the total that is cancelled")
        result = replace(result, cleared_minor=closed.cleared)
    return Solved(_widen(instance, places, result), _widen_proof(instance, places, proof), closed, ages)


def _check(part: Obligations, cleared: Int64Array, proof: Proof) -> None:
    try:
        check_lexicographic(part.debtor, part.creditor, part.amount, cleared, proof)
    except ValueError as error:
        raise ArithmeticError(f"the set-off does not pass its own proof: {error}") from error


def _solve_part(instance: Instance, part: Obligations, stage: Int64Array) -> tuple[SetOff, Proof]:
    """Return a run and its proof, both for what takes part alone."""
    limited = _binding(instance, part)
    stages = int(stage.max(initial=0)) + 1
    if stages == 1 and not limited:
        result = set_off(part.debtor, part.creditor, part.amount, part.due_day)
        price = result.price[np.newaxis]
        maximum = instance.maximum[np.searchsorted(instance.party, result.party)]
        return result, Proof(result.party, stage, price, price, maximum)
    arcs = merge(part)
    maximum = instance.maximum[np.searchsorted(instance.party, arcs.party)]
    model = make_model(arcs, part.amount, stage, maximum)
    staged = solve_stages(model, stages)
    cleared = share_out(model.arcs, staged.cancelled[model.place], part.amount)
    component = strong_components(arcs.row_start, arcs.creditor)
    # One price cannot prove stages or maxima: `Proof` has what does.
    result = describe(arcs, component, cleared, np.empty(0, np.int64))
    as_debtor, as_creditor = staged.price[:, model.leaves_from], staged.price[:, : len(arcs.party)]
    return result, Proof(arcs.party, stage, as_debtor, as_creditor, maximum)


def _binding(instance: Instance, part: Obligations) -> bool:
    """Say whether some maximum is smaller than what its party owes."""
    owes = np.zeros(len(instance.party), np.int64)
    np.add.at(owes, np.searchsorted(instance.party, part.debtor), part.amount)
    return bool((instance.maximum < owes).any())


def _widen(instance: Instance, places: Int64Array, result: SetOff) -> SetOff:
    """Return a result for all obligations and parties."""
    whole = instance.obligations
    if len(places) == len(whole.amount) and result.gross_minor == whole.gross:
        return result
    cleared = np.zeros(len(whole.amount), np.int64)
    component = np.full(len(whole.amount), -1, np.int64)
    cleared[places], component[places] = result.cleared_minor, result.component
    debtor, creditor = (np.searchsorted(instance.party, column) for column in (whole.debtor, whole.creditor))
    net = net_positions(debtor, creditor, whole.amount, len(instance.party))
    price = result.price
    if len(price):
        price = np.zeros(len(instance.party), np.int64)
        price[np.searchsorted(instance.party, result.party)] = result.price
    return replace(
        result,
        cleared_minor=cleared,
        gross_minor=whole.gross,
        net_debit_minor=int(net[net > 0].sum()),
        arcs=len(np.unique(debtor * np.int64(len(instance.party)) + creditor)),
        component=component,
        party=instance.party,
        price=price,
    )


def _widen_proof(instance: Instance, places: Int64Array, proof: Proof) -> Proof:
    """Return a proof for all obligations and parties; the new ones take no part and have a price of 0."""
    stage = np.full(len(instance.obligations.amount), NO_PART)
    stage[places] = proof.stage
    at = np.searchsorted(instance.party, proof.party)
    as_debtor = np.zeros((len(proof.price_as_debtor), len(instance.party)), np.int64)
    as_creditor = as_debtor.copy()
    as_debtor[:, at], as_creditor[:, at] = proof.price_as_debtor, proof.price_as_creditor
    return Proof(instance.party, stage, as_debtor, as_creditor, instance.maximum)
