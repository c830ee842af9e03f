"""Obligations become arcs: parties are numbered, parallel obligations are one arc, and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

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
    pair = debtor * np.int64(len(party)) + creditor
    order, sorted_pair = _sort(pair, obligations.due_day)
    is_first = np.concatenate(([True], sorted_pair[1:] != sorted_pair[:-1]))
    first = np.flatnonzero(is_first)
    return Arcs(
        party=party,
        debtor=debtor[order[first]],
        creditor=creditor[order[first]],
        amount=np.add.reduceat(obligations.amount[order], first),
        first=first,
        order=order,
        arc_of=np.cumsum(is_first) - 1,
    )


def _sort(pair: Int64Array, due_day: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Order by pair, then due date, then input; return the places in this order, and their pairs."""
    by_due = None
    if (due_day[1:] < due_day[:-1]).any():
        by_due = _sort_days(due_day)
        pair = pair[by_due]
    bits = len(pair).bit_length()
    if int(pair.max()).bit_length() + bits < 64:
        # Pair and place in one number: sorting numbers is several times faster than sorting places by them.
        keys = np.sort(pair << bits | np.arange(len(pair)))
        order, pair = keys & ((1 << bits) - 1), keys >> bits
    else:
        order = np.argsort(pair, kind="stable")
        pair = pair[order]
    return order if by_due is None else by_due[order], pair


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
    in_order = amount[arcs.order]
    before = np.cumsum(in_order) - in_order
    before -= before[arcs.first][arcs.arc_of]
    cleared = np.empty_like(amount)
    cleared[arcs.order] = np.clip(cleared_of_arc[arcs.arc_of] - before, 0, in_order)
    return cleared


def net_positions(debtor: Int64Array, creditor: Int64Array, amount: Int64Array, parties: int) -> Int64Array:
    """Return what each party owes minus what it is owed."""
    net = np.zeros(parties, np.int64)
    np.add.at(net, debtor, amount)
    np.subtract.at(net, creditor, amount)
    return net
