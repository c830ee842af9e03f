"""One run of set-off: from obligations to what cancels of each, and the prices that prove it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.components import strong_components
from setfair.engine.setoff.merge import Arcs, Int64Array, check_obligations, merge, net_positions, share_out
from setfair.engine.setoff.solve import Flow, least_flow

ALONE_ARCS = 20_000
"""A component of at least so many arcs is solved by itself, the smaller ones together."""
THREADS_MAX = 8
"""Parts that are solved at the same time; the result does not depend on it."""


@dataclass(frozen=True, slots=True)
class SetOff:
    """What a run of set-off cancelled, of what, and why no run can cancel more."""

    cleared_minor: Int64Array
    """By obligation, in input order: how much of it is cancelled."""
    gross_minor: int
    """Sum of all obligations before."""
    cleared_total_minor: int
    """Sum of `cleared_minor`."""
    net_debit_minor: int
    """Sum of the net positions of those who owe more than they are owed; the same before and after."""
    arcs: int
    """Pairs of debtor and creditor with at least one obligation."""
    component: Int64Array
    """By obligation: number of the strongly connected component that it lies in, -1 if in none."""
    components: int
    """Strongly connected components of two parties or more: groups in which something cancels."""
    component_parties_max: int
    """Parties of the largest of them; 0 if there is none."""
    party: Int64Array
    """The parties that owe or are owed something, ascending."""
    price: Int64Array
    """By place in `party`: its price, from 0. With gain = 1 - price of debtor + price of creditor, what
    has a gain above 0 is cancelled whole, and what has one below 0 not at all."""

    @property
    def parties(self) -> int:
        """Parties that owe or are owed something."""
        return len(self.party)

    @property
    def remaining_total_minor(self) -> int:
        """Sum of what is still owed."""
        return self.gross_minor - self.cleared_total_minor


def set_off(
    debtor: npt.NDArray[np.integer],
    creditor: npt.NDArray[np.integer],
    amount_minor: npt.NDArray[np.integer],
    due_day: npt.NDArray[np.integer],
) -> SetOff:
    """Cancel as much as can be cancelled without changing any net position.

    Parameters
    ----------
    debtor, creditor
        Parties of each obligation: any integers, shape (n,).
    amount_minor
        Positive amounts in minor units, shape (n,).
    due_day
        Days since 1970-01-01, shape (n,); a smaller number is older.

    Returns
    -------
    SetOff
        With `cleared_minor` of shape (n,).

    Raises
    ------
    ValueError
        If the shapes differ, an amount is not positive, or a debtor owes itself.
    OverflowError
        If the obligations sum to more than `GROSS_MAX_MINOR`.

    Notes
    -----
    Invariants: 0 <= cleared <= amount; net positions unchanged; no loop is left in what remains.
    Complexity: that of the solver (`solve`), near-linear on the networks of trade that were measured.
    """
    obligations = check_obligations(debtor, creditor, amount_minor, due_day)
    if obligations.gross == 0:
        nothing = np.empty(0, np.int64)
        return SetOff(nothing, 0, 0, 0, 0, nothing, 0, 0, nothing, nothing)
    arcs = merge(obligations)
    component_of_party = strong_components(arcs.row_start, arcs.creditor)
    inside = component_of_party[arcs.debtor] == component_of_party[arcs.creditor]
    kept, price = _solve_parts(arcs, component_of_party, inside)
    cleared = share_out(arcs, np.where(inside, arcs.amount - kept, 0), obligations.amount)
    return describe(arcs, component_of_party, cleared, stack_prices(price, component_of_party))


def describe(arcs: Arcs, component_of_party: Int64Array, cleared: Int64Array, price: Int64Array) -> SetOff:
    """Return the result of a run, given by obligation what was cancelled and by party its price."""
    inside = component_of_party[arcs.debtor] == component_of_party[arcs.creditor]
    component_of_arc = np.where(inside, component_of_party[arcs.debtor], -1)
    component = np.empty_like(cleared)
    component[arcs.order] = component_of_arc[arcs.arc_of]
    sizes = np.bincount(component_of_party)
    net = net_positions(arcs.debtor, arcs.creditor, arcs.amount, len(arcs.party))
    return SetOff(
        cleared_minor=cleared,
        gross_minor=int(arcs.amount.sum()),
        cleared_total_minor=int(cleared.sum()),
        net_debit_minor=int(net[net > 0].sum()),
        arcs=len(arcs.amount),
        component=component,
        components=int((sizes > 1).sum()),
        component_parties_max=int(sizes[sizes > 1].max(initial=0)),
        party=arcs.party,
        price=price,
    )


@dataclass(frozen=True, slots=True)
class _Part:
    """Arcs of one component, or of several small ones."""

    places: Int64Array
    """Places in the arcs of the run."""
    party: Int64Array
    """Numbers of its parties in the run, ascending."""


def _solve_parts(
    arcs: Arcs, component_of_party: Int64Array, inside: npt.NDArray[np.bool_]
) -> tuple[Int64Array, Int64Array]:
    """Return by arc what is kept of it, and by party its price; parts are solved side by side."""
    kept, price = np.zeros_like(arcs.amount), np.zeros(len(arcs.party), np.int64)
    parts = list(_parts(arcs, component_of_party, inside))
    if len(parts) < 2:
        flows = [_solve(arcs, part) for part in parts]
    else:
        with ThreadPoolExecutor(THREADS_MAX) as pool:
            flows = list(pool.map(lambda part: _solve(arcs, part), parts))
    for part, flow in zip(parts, flows, strict=True):
        kept[part.places] = flow.flow
        price[part.party] = flow.price
    return kept, price


def _parts(arcs: Arcs, component_of_party: Int64Array, inside: npt.NDArray[np.bool_]) -> Iterator[_Part]:
    """Return the large components one by one, largest first, then the small ones together."""
    component_of_arc = component_of_party[arcs.debtor]
    counts = np.bincount(component_of_arc[inside], minlength=int(component_of_party.max()) + 1)
    large = np.flatnonzero(counts >= ALONE_ARCS)
    chosen = [inside & (component_of_arc == number) for number in large[np.lexsort((large, -counts[large]))]]
    for mask in [*chosen, inside & (counts[component_of_arc] < ALONE_ARCS)]:
        places = np.flatnonzero(mask)
        if len(places):
            is_party = np.zeros(len(arcs.party), bool)
            is_party[arcs.debtor[places]] = True
            yield _Part(places, np.flatnonzero(is_party))


def _solve(arcs: Arcs, part: _Part) -> Flow:
    """Return the least flow that carries the net positions of a part."""
    number = np.full(len(arcs.party), -1, np.int32)
    number[part.party] = np.arange(len(part.party), dtype=np.int32)
    tail, head = number[arcs.debtor[part.places]], number[arcs.creditor[part.places]]
    amount = arcs.amount[part.places]
    net = net_positions(tail.astype(np.int64), head.astype(np.int64), amount, len(part.party))
    return least_flow(tail, head, amount, np.ones(len(amount), np.int8), net)


def stack_prices(price: Int64Array, component_of_party: Int64Array) -> Int64Array:
    """Shift the prices of each component above those of the components that it owes to.

    So an obligation between two components has a gain of at most 0, and the prices prove the whole run.
    """
    low = np.full(int(component_of_party.max()) + 1, np.iinfo(np.int64).max)
    np.minimum.at(low, component_of_party, price)
    relative = price - low[component_of_party]
    high = np.zeros_like(low)
    np.maximum.at(high, component_of_party, relative)
    below = np.cumsum(high + 1) - (high + 1)
    return relative + below[component_of_party]
