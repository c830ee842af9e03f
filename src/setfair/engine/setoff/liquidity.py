"""Liquidity: money put into a run of set-off, and how much debt each unit of it discharges.

Rules
-----
1. Money goes from whoever puts it in along obligations, discharging one after the other, and stays with
   parties that are owed more than they owe. Every party's net position changes by just the money that it
   put in or got.
2. A party's own money pays its own debts. A sponsor's pool is given to debtors: to anyone, or to its
   beneficiaries alone, each up to a limit.
3. The total discharged is the largest that the money allows, and no money is used that adds nothing.
4. The curve says for every amount of a pool that anyone may get how much debt is discharged, from nothing
   to the net internal debt, with which all debt is. It is concave, and its slopes are whole numbers: the
   number of obligations that one more unit discharges.

In the flow that is kept (see the package), money is a way round, from a debtor to a hub and from there to a
creditor, at no cost. The curve's lines come from letting that way cost 1, 2, 3 ... obligations: the
optimum at each cost is a line of this slope that touches the curve, so the curve is the least of them.

Source: T. Fleischman, P. Dini 2021 (liquidity as a node, net internal debt); Legendre duality for the curve.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.merge import Arcs, Int64Array, check_obligations, merge, net_positions, share_out
from setfair.engine.setoff.solve import Flow, least_flow

SLOPE_MAX = 4096
"""Obligations in a row that a unit of money may discharge before the curve gives up."""


@dataclass(frozen=True, slots=True)
class Offers:
    """The money that is put in; parties by their given numbers, amounts in minor units, not negative."""

    own_party: Int64Array
    own_minor: Int64Array
    """What each of these parties pays of its own."""
    pool_minor: int = 0
    """What a sponsor gives."""
    beneficiary: Int64Array | None = None
    """Who may get of the pool; None: anyone."""
    limit_minor: Int64Array | None = None
    """By beneficiary: the most that it may get; None: the whole pool."""


NO_OFFERS = Offers(np.empty(0, np.int64), np.empty(0, np.int64))


@dataclass(frozen=True, slots=True)
class Discharge:
    """What a run with liquidity discharged."""

    cleared_minor: Int64Array
    """By obligation, in input order: how much of it is discharged."""
    gross_minor: int
    discharged_minor: int
    """Sum of `cleared_minor`."""
    without_minor: int
    """What set-off cancels without any money."""
    party: Int64Array
    """The parties, ascending."""
    own_minor: Int64Array
    """By place in `party`: own money that it paid."""
    given_minor: Int64Array
    """By place in `party`: money of the pool that paid its debts."""
    received_minor: Int64Array
    """By place in `party`: money that it ended up with."""
    price: Int64Array
    """By place in `party`, then the pool, then the hub: prices that prove the optimum."""

    @property
    def used_minor(self) -> int:
        """Money that was used; it is never more than the net internal debt."""
        return int(self.received_minor.sum())


@dataclass(frozen=True, slots=True)
class Curve:
    """Debt discharged against liquidity: straight lines between these points."""

    liquidity_minor: tuple[int, ...]
    """Ascending, from 0 to the net internal debt."""
    discharged_minor: tuple[int, ...]
    """At each of them."""
    gross_minor: int

    def at(self, liquidity: int) -> int:
        """Return the debt that an amount of money discharges."""
        place = int(np.searchsorted(np.array(self.liquidity_minor, dtype=object), liquidity, "right")) - 1
        if place >= len(self.liquidity_minor) - 1:
            return self.discharged_minor[-1]
        more = self.liquidity_minor[place + 1] - self.liquidity_minor[place]
        slope = (self.discharged_minor[place + 1] - self.discharged_minor[place]) // more
        return self.discharged_minor[place] + slope * (liquidity - self.liquidity_minor[place])


def discharge(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
    offers: Offers,
) -> Discharge:
    """Discharge as much debt as set-off and the money of the offers allow.

    Parameters
    ----------
    debtor, creditor, amount_minor, due_day
        As for `set_off`.
    offers
        Whoever is in them and has no obligation is left out of account.

    Raises
    ------
    ValueError, OverflowError
        As for `set_off`; also if an amount of money is negative.
    """
    obligations = check_obligations(debtor, creditor, amount_minor, due_day)
    if obligations.gross == 0:
        nothing = np.empty(0, np.int64)
        return Discharge(nothing, 0, 0, 0, *(nothing,) * 5)
    arcs = merge(obligations)
    ways = _offered_ways(arcs, offers)
    flow = _solve(arcs, ways)
    kept, money = flow.flow[: len(arcs.amount)], flow.flow[len(arcs.amount) :]
    cleared = share_out(arcs, arcs.amount - kept, obligations.amount)
    before = arcs.amount - _solve(arcs, _offered_ways(arcs, NO_OFFERS)).flow[: len(arcs.amount)]
    parties = len(arcs.party)
    own, given, received = (np.zeros(parties, np.int64) for _ in range(3))
    np.add.at(own, ways.tail[ways.is_own], money[ways.is_own])
    np.add.at(given, ways.tail[ways.is_gift], money[ways.is_gift])
    np.add.at(received, ways.head[ways.is_receipt], money[ways.is_receipt])
    return Discharge(
        cleared_minor=cleared,
        gross_minor=obligations.gross,
        discharged_minor=int(cleared.sum()),
        without_minor=int(before.sum()),
        party=arcs.party,
        own_minor=own,
        given_minor=given,
        received_minor=received,
        price=flow.price - flow.price.min(),
    )


def discharge_curve(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
) -> Curve:
    """Return the debt discharged for every amount of liquidity, exactly: one optimum for each slope.

    Raises
    ------
    ValueError, OverflowError
        As for `set_off`; OverflowError too if a unit of money can discharge more than `SLOPE_MAX` debts.
    """
    obligations = check_obligations(debtor, creditor, amount_minor, due_day)
    if obligations.gross == 0:
        return Curve((0,), (0,), 0)
    arcs = merge(obligations)
    intercepts = [obligations.gross]
    for slope in range(1, SLOPE_MAX + 1):
        flow = _solve(arcs, _toll_ways(arcs, slope)).flow
        kept, used = int(flow[: len(arcs.amount)].sum()), int(flow[len(arcs.amount)])
        intercepts.append(obligations.gross - kept - slope * used)
        if used == 0:
            break
    else:
        raise OverflowError(f"a unit of liquidity discharges more than {SLOPE_MAX} obligations in a row")
    points = [(0, intercepts[-1])]
    for slope in range(len(intercepts) - 2, -1, -1):
        liquidity = intercepts[slope] - intercepts[slope + 1]
        if liquidity > points[-1][0]:
            points.append((liquidity, intercepts[slope] + slope * liquidity))
    liquidities, discharged = zip(*points, strict=True)
    return Curve(liquidities, discharged, obligations.gross)


@dataclass(frozen=True, slots=True)
class _Ways:
    """Arcs beside the obligations, from debtors over the pool and the hub to creditors."""

    nodes: int
    """Parties, pool, hub and what else there is."""
    tail: Int64Array
    head: Int64Array
    capacity: Int64Array
    cost: int
    """Of the first so many of them as `costly` says; the others cost nothing."""
    costly: int = 0
    is_own: npt.NDArray[np.bool_] | None = None
    is_gift: npt.NDArray[np.bool_] | None = None
    is_receipt: npt.NDArray[np.bool_] | None = None


def _sums(arcs: Arcs) -> tuple[Int64Array, Int64Array]:
    """Return by party what it owes and what it is owed."""
    owes, owed = np.zeros(len(arcs.party), np.int64), np.zeros(len(arcs.party), np.int64)
    np.add.at(owes, arcs.debtor, arcs.amount)
    np.add.at(owed, arcs.creditor, arcs.amount)
    return owes, owed


def _offered_ways(arcs: Arcs, offers: Offers) -> _Ways:
    """Return the ways of the money that is offered: own and given to the hub, from the hub to all."""
    parties = len(arcs.party)
    pool, hub = parties, parties + 1
    owes, owed = _sums(arcs)
    own_place, own = _places(arcs, offers.own_party, offers.own_minor)
    if offers.beneficiary is None:
        gift_place, limit = np.arange(parties), np.full(parties, offers.pool_minor, np.int64)
    else:
        limits = offers.limit_minor
        if limits is None:
            limits = np.full(len(offers.beneficiary), offers.pool_minor, np.int64)
        gift_place, limit = _places(arcs, offers.beneficiary, limits)
    if offers.pool_minor < 0 or (own < 0).any() or (limit < 0).any():
        raise ValueError("an amount of liquidity must not be negative")
    groups = [
        (own_place, np.full(len(own_place), hub), np.minimum(own, owes[own_place])),
        (gift_place, np.full(len(gift_place), pool), np.minimum(limit, owes[gift_place])),
        (np.array([pool]), np.array([hub]), np.array([min(offers.pool_minor, int(owes.sum()))])),
        (np.full(parties, hub), np.arange(parties), owed),
    ]
    tail, head, capacity = (np.concatenate(column) for column in zip(*groups, strict=True))
    group = np.repeat(np.arange(4), [len(each[0]) for each in groups])
    open_ways = capacity > 0
    tail, head, capacity, group = tail[open_ways], head[open_ways], capacity[open_ways], group[open_ways]
    return _Ways(parties + 2, tail, head, capacity, 0, 0, group == 0, group == 1, group == 3)


def _toll_ways(arcs: Arcs, toll: int) -> _Ways:
    """Return ways for everyone over a chain of as many arcs of cost 1 as the toll says."""
    parties = len(arcs.party)
    owes, owed = _sums(arcs)
    chain = parties + np.arange(toll + 1)
    most = int(owes.sum())
    groups = [
        (chain[:-1], chain[1:], np.full(toll, most, np.int64)),
        (np.flatnonzero(owes), np.full(int((owes > 0).sum()), chain[0]), owes[owes > 0]),
        (np.full(int((owed > 0).sum()), chain[-1]), np.flatnonzero(owed), owed[owed > 0]),
    ]
    tail, head, capacity = (np.concatenate(column) for column in zip(*groups, strict=True))
    return _Ways(parties + toll + 1, tail, head, capacity, 1, toll)


def _places(arcs: Arcs, party: Int64Array, amount: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Return the places of those parties that have obligations, and their amounts."""
    party, amount = np.asarray(party, np.int64), np.asarray(amount, np.int64)
    place = np.minimum(np.searchsorted(arcs.party, party), len(arcs.party) - 1)
    known = arcs.party[place] == party
    return place[known], amount[known]


def _solve(arcs: Arcs, ways: _Ways) -> Flow:
    """Return the least flow over obligations and ways: first the obligations' arcs, then the ways."""
    tail, head = np.concatenate((arcs.debtor, ways.tail)), np.concatenate((arcs.creditor, ways.head))
    capacity = np.concatenate((arcs.amount, ways.capacity))
    cost = np.zeros(len(tail), np.int8)
    cost[: len(arcs.amount) + ways.costly] = 1
    net = net_positions(arcs.debtor, arcs.creditor, arcs.amount, ways.nodes)
    order = np.argsort(tail, kind="stable")
    found = least_flow(
        tail[order].astype(np.int32), head[order].astype(np.int32), capacity[order], cost[order], net
    )
    flow = np.empty_like(found.flow)
    flow[order] = found.flow
    return Flow(flow, found.price)
