"""What is set off under limits, as one network: arcs by stage, and parties that are split in two.

Rules
-----
1. An obligation that takes no part is not in the network: it is kept whole.
2. Obligations of one debtor, creditor and stage are one arc. Stages go by due day, so within a pair the
   arcs of the stages lie one behind the other in the order of `merge`, oldest first.
3. A party with a maximum that could bind is two nodes: what it is owed arrives at the first, what it owes
   leaves from the second, and one arc of no cost leads from the first to the second. Whatever is cancelled
   of its debts runs through that arc, so the arc's capacity is the maximum: exact, and still a flow.
4. A maximum of nothing is no arc at all. A maximum that cannot bind (what a party owes or is owed in the
   network is not more) is left out.

Source: L. R. Ford, D. R. Fulkerson, "Flows in networks", 1962 (capacities of nodes).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Arcs, Int64Array
from setfair.engine.setoff.network import Int32Array

NO_STAGE = -1
"""Stage of the arc inside a party: it counts for nothing."""
NO_MAXIMUM = np.iinfo(np.int64).max
"""Maximum of a party that has none."""


@dataclass(frozen=True, slots=True)
class Model:
    """Nodes and arcs, ordered by tail, through which circulates what is cancelled."""

    tail: Int32Array
    head: Int32Array
    capacity: Int64Array
    stage: Int64Array
    """By arc: the stage that counts it, `NO_STAGE` for the arc inside a party."""
    spared: npt.NDArray[np.bool_]
    """By arc: its stage makes what goes through it the least, not the most."""
    nodes: int
    place: Int64Array
    """By arc of obligations, in the order of `arcs`: its place in this network."""
    arcs: Arcs
    """The arcs of obligations, one for each debtor, creditor and stage."""
    leaves_from: Int64Array
    """By party: the node from which what it owes leaves; what it is owed arrives at its own number."""


def make_model(
    arcs: Arcs, amount: Int64Array, stage: Int64Array, maximum: Int64Array, *, with_money: bool = False
) -> Model:
    """Lay out merged obligations as a network.

    Parameters
    ----------
    arcs
        Obligations merged by debtor and creditor.
    amount
        int64, by obligation, in minor units.
    stage
        int64, by obligation, from 0; not falling with the due day.
    maximum
        int64, by party: the most of its debts that may be cancelled, or `NO_MAXIMUM`.
    with_money
        Whether money may pay debts (`money`): then more of them than a party is owed may be cancelled.
    """
    arcs, stage_of_arc = _split_by_stage(arcs, amount, stage)
    if with_money:
        most, _ = owes_and_owed(arcs.debtor, arcs.creditor, arcs.amount, len(arcs.party))
    else:
        most = most_through(arcs.debtor, arcs.creditor, arcs.amount, len(arcs.party))
    split = np.flatnonzero(maximum < most)
    leaves_from = np.arange(len(arcs.party))
    leaves_from[split] = len(arcs.party) + np.arange(len(split))
    inner = split[maximum[split] > 0]
    tail = np.concatenate((leaves_from[arcs.debtor], inner))
    head = np.concatenate((arcs.creditor, leaves_from[inner]))
    order = np.argsort(tail, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    return Model(
        tail=tail[order].astype(np.int32),
        head=head[order].astype(np.int32),
        capacity=np.concatenate((arcs.amount, maximum[inner]))[order],
        stage=np.concatenate((stage_of_arc, np.full(len(inner), NO_STAGE)))[order],
        spared=np.zeros(len(order), np.bool_),
        nodes=len(arcs.party) + len(split),
        place=place[: len(arcs.debtor)],
        arcs=arcs,
        leaves_from=leaves_from,
    )


def most_through(debtor: Int64Array, creditor: Int64Array, amount: Int64Array, parties: int) -> Int64Array:
    """Return by party the most that can be cancelled of its debts: what it owes or is owed, the lesser."""
    return np.minimum(*owes_and_owed(debtor, creditor, amount, parties))


def owes_and_owed(
    debtor: Int64Array, creditor: Int64Array, amount: Int64Array, parties: int
) -> tuple[Int64Array, Int64Array]:
    """Return by party what it owes and what it is owed."""
    owes, owed = np.zeros(parties, np.int64), np.zeros(parties, np.int64)
    np.add.at(owes, debtor, amount)
    np.add.at(owed, creditor, amount)
    return owes, owed


def _split_by_stage(arcs: Arcs, amount: Int64Array, stage: Int64Array) -> tuple[Arcs, Int64Array]:
    """Cut every arc where the stage of its obligations changes; return the arcs and the stage of each."""
    in_order = stage[arcs.order]
    changes = (arcs.arc_of[1:] != arcs.arc_of[:-1]) | (in_order[1:] != in_order[:-1])
    is_first: npt.NDArray[np.bool_] = np.concatenate(([True], changes))
    first = np.flatnonzero(is_first)
    pair = arcs.arc_of[first]
    finer = Arcs(
        party=arcs.party,
        debtor=arcs.debtor[pair],
        creditor=arcs.creditor[pair],
        amount=np.add.reduceat(amount[arcs.order], first),
        first=first,
        order=arcs.order,
        arc_of=np.cumsum(is_first) - 1,
    )
    return finer, in_order[first]
