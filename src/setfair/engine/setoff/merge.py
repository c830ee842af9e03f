"""Obligations become arcs: parties are numbered, parallel obligations are one arc, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.pairs import by_pair
from setfair.kernel import forward, kernel

Int64Array = npt.NDArray[np.int64]

GROSS_MAX_MINOR = 2**62 - 1
"""The largest sum of obligations of one run: no sum inside the solver leaves int64."""


@dataclass(frozen=True, slots=True)
class Obligations:
    """What is set off, checked: int64 columns of one length."""

    debtor: Int64Array
    creditor: Int64Array
    amount: Int64Array
    due_day: Int64Array
    gross: int
    """Sum of the amounts."""


@dataclass(frozen=True, slots=True)
class Arcs:
    """Merged obligations, ordered by debtor and creditor, and the way back from them."""

    party: Int64Array
    """By number from 0: the party's given number; ascending."""
    debtor: Int64Array
    creditor: Int64Array
    amount: Int64Array
    first: Int64Array
    """By arc: its first place in `order`."""
    order: Int64Array
    """Obligations by arc, then due date, then input order."""
    arc_of: Int64Array
    """By place in `order`: the arc."""

    @property
    def row_start(self) -> Int64Array:
        """By party: its first arc as debtor, and one past the end."""
        return np.searchsorted(self.debtor, np.arange(len(self.party) + 1)).astype(np.int64)


def check_obligations(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
) -> Obligations:
    """Refuse what set-off has no rule for, and add up.

    Raises
    ------
    ValueError
        If the shapes differ, an amount is not positive, or a debtor owes itself.
    OverflowError
        If the obligations sum to more than `GROSS_MAX_MINOR`.
    """
    columns = [np.asarray(column, dtype=np.int64) for column in (debtor, creditor, amount_minor, due_day)]
    debtor, creditor, amount, due_day = columns
    if any(column.shape != (len(amount),) for column in columns):
        raise ValueError("the columns of the obligations must be one-dimensional and of one length")
    if (amount <= 0).any():
        raise ValueError(f"obligation {int(np.argmax(amount <= 0))}: the amount must be greater than zero")
    if (debtor == creditor).any():
        raise ValueError(f"obligation {int(np.argmax(debtor == creditor))}: debtor and creditor are the same")
    # Two halves, so that the check itself cannot overflow.
    gross = (int((amount >> 32).sum()) << 32) + int((amount & 0xFFFFFFFF).sum())
    if gross > GROSS_MAX_MINOR:
        raise OverflowError(
            f"the obligations sum to {gross} minor units; one run of set-off takes at most {GROSS_MAX_MINOR}"
        )
    return Obligations(debtor, creditor, amount, due_day, gross)


def merge(obligations: Obligations) -> Arcs:
    """Number the parties and make parallel obligations one arc."""
    party, debtor, creditor = _number(obligations.debtor, obligations.creditor)
    due_day = obligations.due_day
    in_order = not (due_day[1:] < due_day[:-1]).any()
    places = np.arange(len(due_day)) if in_order else _sort_days(due_day)
    pairs = by_pair(places, debtor, creditor, obligations.amount, len(party))
    return Arcs(
        party=party,
        debtor=pairs.debtor,
        creditor=pairs.creditor,
        amount=pairs.amount,
        first=pairs.first,
        order=pairs.order,
        arc_of=pairs.pair_of,
    )


def _sort_days(due_day: Int64Array) -> Int64Array:
    """Return the places by due date, then input; days that fit into 16 bits, the usual case, sort fastest."""
    first = int(due_day.min())
    if int(due_day.max()) - first < 2**16:
        return np.argsort((due_day - first).astype(np.uint16), kind="stable")
    return np.argsort(due_day, kind="stable")


def _number(debtor: Int64Array, creditor: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Number the parties from 0 in the order of their given numbers; return these, and both columns anew."""
    low = min(int(debtor.min()), int(creditor.min()))
    high = max(int(debtor.max()), int(creditor.max()))
    if high - low > 4 * len(debtor) + 1024:
        party, number = np.unique(np.concatenate((debtor, creditor)), return_inverse=True)
        return party, number[: len(debtor)], number[len(debtor) :]
    # Dense numbers, the usual case, need no sort.
    present = np.zeros(high - low + 1, bool)
    present[debtor - low] = True
    present[creditor - low] = True
    number = np.cumsum(present) - 1
    return np.flatnonzero(present) + low, number[debtor - low], number[creditor - low]


def share_out(arcs: Arcs, cleared_of_arc: Int64Array, amount: Int64Array) -> Int64Array:
    """Give what cancels of each arc to its obligations, oldest due date first."""
    cleared = np.empty(len(amount), np.int64)
    _share_out(arcs.order, arcs.arc_of, cleared_of_arc, np.ascontiguousarray(amount), cleared)
    return cleared


@kernel
def _share_out(
    order: Int64Array, arc_of: Int64Array, cleared_of_arc: Int64Array, amount: Int64Array, cleared: Int64Array
) -> None:
    arc, left = -1, 0
    for at in range(order.shape[0]):
        if arc_of[at] != arc:
            arc = arc_of[at]
            left = cleared_of_arc[arc]
        place = forward(order[at])
        given = min(left, amount[place])
        cleared[place] = given
        left -= given


def net_positions(debtor: Int64Array, creditor: Int64Array, amount: Int64Array, parties: int) -> Int64Array:
    """Return what each party owes minus what it is owed."""
    net = np.zeros(parties, np.int64)
    np.add.at(net, debtor, amount)
    np.subtract.at(net, creditor, amount)
    return net
