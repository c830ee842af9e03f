"""Set-off: cancel obligations around closed loops, the largest total that there is.

Rules
-----
1. An obligation is reduced by at least nothing and at most its amount.
2. No party's net position (what it owes minus what it is owed) changes.
3. The total cancelled is the largest possible. Equivalently: of all flows along the obligations that
   carry every net position, the least total is kept, and the rest cancels. That is a minimum-cost flow
   with unit costs and the obligations as capacities; it is integral, so no minor unit is split.
4. Parallel obligations (same debtor, same creditor) are one arc. What cancels of an arc goes to the
   oldest due date first, ties in input order.
5. Only arcs inside a strongly connected component lie on a loop, so the others are kept whole.

The result depends on the input and its order alone. Among several optima the solver's is taken; older
due dates go first within an arc, not across arcs. Self-obligations and amounts that are not positive are
the caller's to exclude: they are refused here. Currencies are apart: one call per currency.

Sources: T. Fleischman, P. Dini, "Mathematical foundations for balancing the payment system in the trade
credit market", J. Risk Financial Manag. 14(9), 2021. V. Simic, M. Milanovic, "Some remarks on the problem
of multilateral compensation", Publ. Elektroteh. Fak., Univ. Belgrade, Ser. Mat. 3, 1992.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from numba import njit
from ortools.graph.python import min_cost_flow

GROSS_MAX_MINOR = 2**62 - 1
"""The largest sum of obligations of one run: no sum inside the solver leaves int64."""

Int64Array = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class SetOff:
    """What a run of set-off cancelled, and of what."""

    cleared_minor: Int64Array
    """By obligation, in input order: how much of it is cancelled."""
    gross_minor: int
    """Sum of all obligations before."""
    cleared_total_minor: int
    """Sum of `cleared_minor`."""
    net_debit_minor: int
    """Sum of the net positions of those who owe more than they are owed; the same before and after."""
    parties: int
    """Parties that owe or are owed something."""
    arcs: int
    """Pairs of debtor and creditor with at least one obligation."""
    component: Int64Array
    """By obligation: number of the strongly connected component that it lies in, -1 if in none."""
    components: int
    """Strongly connected components of two parties or more: groups in which something cancels."""
    component_parties_max: int
    """Parties of the largest of them; 0 if there is none."""

    @property
    def remaining_total_minor(self) -> int:
        """Sum of what is still owed."""
        return self.gross_minor - self.cleared_total_minor


@dataclass(frozen=True, slots=True)
class _Arcs:
    """Merged obligations, ordered by debtor and creditor, and the way back from them."""

    debtor: Int64Array
    creditor: Int64Array
    amount: Int64Array
    first: Int64Array
    """By arc: its first place in `order`."""
    order: Int64Array
    """Obligations by arc, then due date, then input order."""
    arc_of: Int64Array
    """By place in `order`: the arc."""
    parties: int


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
    Complexity: that of the solver's cost scaling, about O(V^2 E log V) at worst, near-linear in practice.
    """
    columns = [np.asarray(column, dtype=np.int64) for column in (debtor, creditor, amount_minor, due_day)]
    gross = _check_obligations(columns)
    if gross == 0:
        nothing = np.empty(0, np.int64)
        return SetOff(nothing, 0, 0, 0, 0, 0, nothing.copy(), 0, 0)
    arcs = _merge(*columns)
    component_of_arc, sizes = _find_components(arcs)
    cleared = _share_out(arcs, _cancel_most(arcs, component_of_arc >= 0), columns[2])
    component = np.empty_like(cleared)
    component[arcs.order] = component_of_arc[arcs.arc_of]
    net = _net_positions(arcs.debtor, arcs.creditor, arcs.amount, arcs.parties)
    return SetOff(
        cleared_minor=cleared,
        gross_minor=gross,
        cleared_total_minor=int(cleared.sum()),
        net_debit_minor=int(net[net > 0].sum()),
        parties=arcs.parties,
        arcs=len(arcs.amount),
        component=component,
        components=len(sizes),
        component_parties_max=int(sizes.max(initial=0)),
    )


def _check_obligations(columns: list[Int64Array]) -> int:
    """Refuse what set-off has no rule for, and return the gross sum."""
    debtor, creditor, amount, _ = columns
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
    return gross


def _number(debtor: Int64Array, creditor: Int64Array) -> tuple[int, Int64Array, Int64Array]:
    """Number the parties from 0 in the order of their given numbers."""
    parties, party_of = np.unique(np.concatenate((debtor, creditor)), return_inverse=True)
    return len(parties), party_of[: len(debtor)], party_of[len(debtor) :]


def _merge(debtor: Int64Array, creditor: Int64Array, amount: Int64Array, due_day: Int64Array) -> _Arcs:
    """Number the parties and make parallel obligations one arc."""
    parties, debtor, creditor = _number(debtor, creditor)
    pair = debtor * np.int64(parties) + creditor
    order = np.lexsort((due_day, pair))
    sorted_pair = pair[order]
    is_first = np.concatenate(([True], sorted_pair[1:] != sorted_pair[:-1]))
    first = np.flatnonzero(is_first)
    return _Arcs(
        debtor=debtor[order[first]],
        creditor=creditor[order[first]],
        amount=np.add.reduceat(amount[order], first),
        first=first,
        order=order,
        arc_of=np.cumsum(is_first) - 1,
        parties=parties,
    )


def _row_starts(arcs: _Arcs) -> Int64Array:
    """By party: its first arc as debtor, and one past the end."""
    return np.searchsorted(arcs.debtor, np.arange(arcs.parties + 1)).astype(np.int64)


def _find_components(arcs: _Arcs) -> tuple[Int64Array, Int64Array]:
    """Return by arc the component that it lies in, -1 if in none, and the sizes of those of two or more."""
    component_of_party = strong_components(_row_starts(arcs), arcs.creditor)
    inside = component_of_party[arcs.debtor] == component_of_party[arcs.creditor]
    sizes = np.bincount(component_of_party)
    return np.where(inside, component_of_party[arcs.debtor], -1), sizes[sizes > 1]


def _cancel_most(arcs: _Arcs, inside: npt.NDArray[np.bool_]) -> Int64Array:
    """Return by arc how much of it cancels; nothing of those that lie in no component."""
    cleared = np.zeros_like(arcs.amount)
    cleared[inside] = arcs.amount[inside] - _keep_least(arcs, inside)
    return cleared


def _net_positions(debtor: Int64Array, creditor: Int64Array, amount: Int64Array, parties: int) -> Int64Array:
    """Return what each party owes minus what it is owed."""
    net = np.zeros(parties, np.int64)
    np.add.at(net, debtor, amount)
    np.subtract.at(net, creditor, amount)
    return net


def _keep_least(arcs: _Arcs, inside: npt.NDArray[np.bool_]) -> Int64Array:
    """Return, for the arcs inside a component, the least flow that carries all their net positions."""
    debtor, creditor, amount = arcs.debtor[inside], arcs.creditor[inside], arcs.amount[inside]
    if not len(amount):
        return amount
    parties, debtor, creditor = _number(debtor, creditor)
    solver = min_cost_flow.SimpleMinCostFlow()
    added = solver.add_arcs_with_capacity_and_unit_cost(
        debtor, creditor, amount, np.ones(len(amount), np.int64)
    )
    supplies = _net_positions(debtor, creditor, amount, parties)
    solver.set_nodes_supplies(np.arange(parties), supplies)
    status = solver.solve()
    if status != solver.OPTIMAL:
        raise ArithmeticError(f"the min-cost flow solver did not find the optimum: {status.name}")
    return np.asarray(solver.flows(added), dtype=np.int64)


def _share_out(arcs: _Arcs, cleared_of_arc: Int64Array, amount: Int64Array) -> Int64Array:
    """Give what cancels of each arc to its obligations, oldest due date first."""
    in_order = amount[arcs.order]
    before = np.cumsum(in_order) - in_order
    before -= before[arcs.first][arcs.arc_of]
    cleared = np.empty_like(amount)
    cleared[arcs.order] = np.clip(cleared_of_arc[arcs.arc_of] - before, 0, in_order)
    return cleared


@njit(cache=True)
def strong_components(row_start, head):  # type: ignore[no-untyped-def]
    """Number the strongly connected components of a directed graph (Tarjan's algorithm, no recursion).

    Parameters
    ----------
    row_start
        int64, shape (nodes + 1,): the arcs of node v are row_start[v] to row_start[v + 1] - 1.
    head
        int64, shape (arcs,): the node that each arc goes to.

    Returns
    -------
    ndarray
        int64, shape (nodes,): component of each node, numbered from 0.
    """
    nodes = row_start.shape[0] - 1
    component = np.full(nodes, -1, np.int64)
    index = np.full(nodes, -1, np.int64)
    low = np.zeros(nodes, np.int64)
    next_arc = row_start[:-1].copy()
    path = np.empty(nodes, np.int64)
    open_nodes = np.empty(nodes, np.int64)
    open_count, next_index, components = 0, 0, 0
    for root in range(nodes):
        if index[root] >= 0:
            continue
        path[0], depth = root, 1
        index[root] = low[root] = next_index
        next_index += 1
        open_nodes[open_count] = root
        open_count += 1
        while depth > 0:
            node = path[depth - 1]
            if next_arc[node] < row_start[node + 1]:
                other = head[next_arc[node]]
                next_arc[node] += 1
                if index[other] < 0:
                    index[other] = low[other] = next_index
                    next_index += 1
                    open_nodes[open_count] = other
                    open_count += 1
                    path[depth] = other
                    depth += 1
                elif component[other] < 0:
                    low[node] = min(low[node], index[other])
                continue
            depth -= 1
            if depth > 0:
                low[path[depth - 1]] = min(low[path[depth - 1]], low[node])
            if low[node] == index[node]:
                while True:
                    open_count -= 1
                    component[open_nodes[open_count]] = components
                    if open_nodes[open_count] == node:
                        break
                components += 1
    return component
