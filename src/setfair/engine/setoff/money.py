"""Money in the network of a set-off: a hub, and a node for each funder, with arcs to and from parties.

Rules
-----
1. What is cancelled circulates (`model`): an arc for each obligation, from debtor to creditor. Money closes
   what the obligations leave open: from a party that is owed more than it owes to the hub, which is money
   that it gets; from the hub to a funder, which is money that the funder puts in; from there to a party whose
   debts it pays.
2. A funder puts in at most its amount. It gives to its beneficiaries alone, or to anyone.
3. Nobody gets more than it is owed, or is given more than it owes: more would only go around.
4. Money counts in no stage but its own, the last: there the least is used. So no money is used that adds
   nothing to the stages before.

Source: T. Fleischman, P. Dini 2021, section 5 (liquidity as a node with arcs).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Int64Array
from setfair.engine.setoff.model import NO_STAGE, Model, owes_and_owed

_CAPACITY_MAX = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Offers:
    """The money that may be put in; parties by their given numbers, amounts in minor units."""

    amount_minor: Int64Array
    """By funder: the most that it puts in, from 0."""
    anyone: npt.NDArray[np.bool_]
    """By funder: whether it gives to anyone."""
    funder: Int64Array
    """By pair of a funder and one of its beneficiaries: the funder's place."""
    beneficiary: Int64Array
    """By pair: the party."""
    receiver: Int64Array | None = None
    """The parties that money may end with; None: all."""

    @property
    def total_minor(self) -> int:
        """What all put in at most."""
        return sum(self.amount_minor.tolist())


_NOBODY = np.empty(0, np.int64)
NO_OFFERS = Offers(_NOBODY, np.empty(0, np.bool_), _NOBODY, _NOBODY)


@dataclass(frozen=True, slots=True)
class Ways:
    """Arcs of money; parties by their place."""

    gift_funder: Int64Array
    gift_party: Int64Array
    gift_minor: Int64Array
    """By gift: the most that it may be."""
    fund_minor: Int64Array
    """By funder: the most that it puts in."""
    receiver: Int64Array
    receipt_minor: Int64Array
    """By receiver: the most that it may get."""


def find_ways(party: Int64Array, model: Model, offers: Offers) -> Ways:
    """Return the ways of the money that is offered, for parties with obligations that take part.

    Raises
    ------
    ValueError
        If an amount is below zero, or a funder is not there.
    OverflowError
        If the offers sum to 2^62 or more.
    """
    amount = np.asarray(offers.amount_minor, np.int64)
    if (amount < 0).any():
        raise ValueError("an amount of liquidity must not be negative")
    if offers.total_minor >= 2**62:
        raise OverflowError("the money that is offered sums to 2^62 minor units or more")
    arcs = model.arcs
    owes, owed = owes_and_owed(arcs.debtor, arcs.creditor, arcs.amount, len(party))
    funder, place = _pairs(party, offers)
    gift = np.minimum(amount[funder], owes[place])
    open_gifts = gift > 0
    funder, place, gift = funder[open_gifts], place[open_gifts], gift[open_gifts]
    of_funder = np.zeros(len(amount), object)
    np.add.at(of_funder, funder, gift.astype(object))
    fund = np.minimum(amount.astype(object), of_funder).astype(np.int64)
    receiver = np.flatnonzero(owed)
    if offers.receiver is not None:
        receiver = receiver[np.isin(party[receiver], offers.receiver)]
    receipt = np.minimum(owed[receiver], int(fund.sum()))
    return Ways(funder, place, gift, fund, receiver[receipt > 0], receipt[receipt > 0])


def _pairs(party: Int64Array, offers: Offers) -> tuple[Int64Array, Int64Array]:
    """Return funder and place of each party that a funder gives to, in this order."""
    named, known = np.asarray(offers.beneficiary, np.int64), np.zeros(len(offers.beneficiary), np.bool_)
    at = np.minimum(np.searchsorted(party, named), len(party) - 1)
    known = party[at] == named
    all_of = np.flatnonzero(offers.anyone)
    funder = np.concatenate((np.asarray(offers.funder, np.int64)[known], np.repeat(all_of, len(party))))
    place = np.concatenate((at[known], np.tile(np.arange(len(party)), len(all_of))))
    pair = np.unique(funder * np.int64(len(party)) + place)
    return pair // len(party), pair % len(party)


def add_ways(model: Model, ways: Ways, stage: int) -> tuple[Model, Int64Array]:
    """Return the network with the ways of money in it, and the place of each of its arcs there.

    Parameters
    ----------
    model
        Obligations and what is inside parties.
    ways
        Gifts, funders and receipts; their arcs come in this order.
    stage
        In which the least money is used.

    Raises
    ------
    OverflowError
        If all capacities sum to more than the solver takes.
    """
    hub = model.nodes
    funders = np.flatnonzero(ways.fund_minor)
    gifts, receipts = len(ways.gift_minor), len(ways.receipt_minor)
    added: list[tuple[Int64Array, ...]] = [
        (hub + 1 + ways.gift_funder, ways.gift_party, ways.gift_minor),
        (np.full(len(funders), hub), hub + 1 + funders, ways.fund_minor[funders]),
        (ways.receiver, np.full(receipts, hub), ways.receipt_minor),
    ]
    tail, head, capacity = (np.concatenate(column) for column in zip(*added, strict=True))
    total = sum(int(column.sum(dtype=object)) for column in (model.capacity, capacity) if len(column))
    if total > _CAPACITY_MAX:
        raise OverflowError(f"obligations and money sum to {total} minor units, more than one run takes")
    of_money = np.full(len(tail), NO_STAGE)
    of_money[gifts : gifts + len(funders)] = stage
    tail = np.concatenate((model.tail, tail))
    order = np.argsort(tail, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    wide = replace(
        model,
        tail=tail[order].astype(np.int32),
        head=np.concatenate((model.head, head))[order].astype(np.int32),
        capacity=np.concatenate((model.capacity, capacity))[order],
        stage=np.concatenate((model.stage, of_money))[order],
        spared=np.concatenate((model.spared, of_money == stage))[order],
        nodes=hub + 1 + len(ways.fund_minor),
        place=place[model.place],
    )
    return wide, place[len(model.tail) :]
