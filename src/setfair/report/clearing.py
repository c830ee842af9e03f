"""What set-off did in one currency, from arrays: debt by group, loops, debt against liquidity.

Rules
-----
1. The same code serves the report of a day and a page of its own: obligations come in as arrays, and what
   goes out is bounded by groups, components and corners of the curve, not by obligations.
2. Sums are exact integers, also where they leave 64 bits.
3. Only what lies inside a strongly connected component lies on a loop and can cancel without money.
4. The curve takes one optimum for each of its slopes: above `CURVE_OBLIGATIONS_MAX` obligations it is left
   out, and the page says so.
5. Groups are countries and participants, or parties where there are none. No party has a sector on record,
   so there is no picture by sector.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import isqrt

import numpy as np
import numpy.typing as npt

from setfair.engine.setoff.components import strong_components
from setfair.engine.setoff.curve import Curve, discharge_curve
from setfair.report.owed import OTHERS, Node, Pair
from setfair.report.words import country_name

Int64Array = npt.NDArray[np.int64]

GROUPS_MAX = 24
"""Rows of one matrix; smaller groups are put together."""
CELLS_MAX = 3000
"""Cells of all matrices of a page on one side: bounds the size of the file."""
COMPONENTS_MAX = 12
"""Components of one currency that are shown one by one: the largest."""
CURVE_OBLIGATIONS_MAX = 200_000
"""Obligations up to which the curve is worked out for a report."""

_HALF = 32
_LOW = (1 << _HALF) - 1


@dataclass(frozen=True, slots=True)
class Debts:
    """Obligations of one currency, int64 columns of one length."""

    debtor: Int64Array
    creditor: Int64Array
    amount_minor: Int64Array
    """Positive."""
    cleared_minor: Int64Array
    """What was cancelled of each: from nothing to the amount."""
    due_day: Int64Array


@dataclass(frozen=True, slots=True)
class Component:
    """One strongly connected component, or several obligations together."""

    around: int
    """The party with the largest turnover in it; of several with as much the one with the smallest number."""
    components: int
    """How many components it stands for; 0 for what lies in none."""
    parties: int
    obligations: int
    gross: int
    cleared: int


@dataclass(frozen=True, slots=True)
class Components:
    """All debt of one currency, component by component."""

    largest: tuple[Component, ...]
    """By gross, the largest first."""
    rest: Component | None
    """All other components together."""
    outside: Component | None
    """What lies in no component: on no loop."""
    count: int


@dataclass(frozen=True, slots=True)
class Matrix:
    """What groups owe groups."""

    nodes: tuple[Node, ...]
    """Country by country, the largest first; what is put together last."""
    node_count: int
    """Groups before the smaller ones were put together."""
    pairs: tuple[Pair, ...]


@dataclass(frozen=True, slots=True)
class Clearing:
    """What set-off did in one currency."""

    currency: str
    decimals: int
    obligations: int
    gross: int
    cleared: int
    countries: Matrix
    places: Matrix
    places_word: str
    """What the groups of `places` are: "participant" or "party"."""
    components: Components
    names: Mapping[int, str]
    """Of the parties that components are called by."""
    curve: Curve | None
    curve_missing: str = ""
    """Why there is no curve."""


def groups_max(currencies: int) -> int:
    """Return how many rows a matrix may have on a page of so many currencies, two matrices each."""
    return max(min(GROUPS_MAX, isqrt(CELLS_MAX // (2 * max(currencies, 1)))), 6)


def exact_sums(values: Int64Array, group: Int64Array, groups: int) -> list[int]:
    """Return the sum of values that are not negative by group, exactly.

    Parameters
    ----------
    values
        int64, shape (n,).
    group
        int64, shape (n,): from 0.
    groups
        How many there are.
    """
    high, low = np.zeros(groups, np.int64), np.zeros(groups, np.int64)
    np.add.at(high, group, values >> _HALF)
    np.add.at(low, group, values & _LOW)
    return [(int(a) << _HALF) + int(b) for a, b in zip(high, low, strict=True)]


def exact_sum(values: Int64Array) -> int:
    """Return the sum of values that are not negative, exactly."""
    return (int((values >> _HALF).sum()) << _HALF) + int((values & _LOW).sum())


def components_of(debtor: Int64Array, creditor: Int64Array) -> Int64Array:
    """Return by obligation the number of the component that it lies in, -1 if in none."""
    party, place = np.unique(np.concatenate([debtor, creditor]), return_inverse=True)
    tail, head = place[: len(debtor)].astype(np.int64), place[len(debtor) :].astype(np.int64)
    starts = np.zeros(len(party) + 1, np.int64)
    np.cumsum(np.bincount(tail, minlength=len(party)), out=starts[1:])
    component = strong_components(starts, head[np.argsort(tail, kind="stable")])
    return np.where(component[tail] == component[head], component[tail], -1)


def find_components(debts: Debts, limit: int = COMPONENTS_MAX) -> Components:
    """Return debt by component: the largest one by one, the others and what is on no loop together."""
    component = components_of(debts.debtor, debts.creditor)
    inside = np.flatnonzero(component >= 0)
    numbers, code = np.unique(component[inside], return_inverse=True)
    gross = exact_sums(debts.amount_minor[inside], code, len(numbers))
    order = sorted(range(len(numbers)), key=lambda place: (-gross[place], place))
    rank = np.empty(len(numbers), np.int64)
    rank[order] = np.arange(len(numbers))
    shown = min(limit, len(numbers))
    # Places 0 to shown - 1 are the largest, then the rest, then what lies in none.
    group = np.full(len(component), shown + 1, np.int64)
    group[inside] = np.minimum(rank[code], shown)
    by_group = np.argsort(group, kind="stable")
    bounds = np.searchsorted(group[by_group], np.arange(shown + 3))
    rows = [by_group[bounds[place] : bounds[place + 1]] for place in range(shown + 2)]
    many = [*[1] * shown, len(numbers) - shown, 0]
    made = [_component(debts, *each) if len(each[0]) else None for each in zip(rows, many, strict=True)]
    return Components(
        tuple(one for one in made[:shown] if one is not None), made[shown], made[shown + 1], len(numbers)
    )


def _component(debts: Debts, rows: Int64Array, components: int) -> Component:
    debtor, creditor, amount = debts.debtor[rows], debts.creditor[rows], debts.amount_minor[rows]
    party, place = np.unique(np.concatenate([debtor, creditor]), return_inverse=True)
    # Turnover only chooses by whom a component is called, so it may be rounded.
    turnover = np.bincount(place, np.concatenate([amount, amount]).astype(np.float64))
    return Component(
        around=int(party[np.argmax(turnover)]),
        components=components,
        parties=len(party),
        obligations=len(rows),
        gross=exact_sum(amount),
        cleared=exact_sum(debts.cleared_minor[rows]),
    )


def find_matrix(debts: Debts, group_of_party: Int64Array, nodes: Sequence[Node], limit: int) -> Matrix:
    """Return what groups owe groups: the largest one by one, the others together.

    Parameters
    ----------
    debts
        With parties that are places in `group_of_party`.
    group_of_party
        int64, shape (parties,): place in `nodes`.
    nodes
        The groups.
    limit
        Rows of the matrix at most, what is put together included.
    """
    debtor, creditor = group_of_party[debts.debtor], group_of_party[debts.creditor]
    both = np.concatenate([debtor, creditor])
    turnover = np.bincount(
        both, np.concatenate([debts.amount_minor] * 2).astype(np.float64), minlength=len(nodes)
    )
    present = np.flatnonzero(turnover)
    ranked = present[np.lexsort((present, -turnover[present]))]
    kept = ranked if len(ranked) <= limit else ranked[: limit - 1]
    size = {nodes[place]: float(turnover[place]) for place in kept}
    blocks = {node: at for at, node in enumerate(in_blocks(size))}
    kept = np.array(sorted(kept.tolist(), key=lambda place: blocks[nodes[place]]), np.int64)
    place_of_group = np.full(len(nodes), len(kept), np.int64)
    place_of_group[kept] = np.arange(len(kept))
    shown = [nodes[place] for place in kept]
    if len(kept) < len(ranked):
        shown.append(others_node(len(ranked) - len(kept)))
    pair = place_of_group[debtor] * len(shown) + place_of_group[creditor]
    found, code = np.unique(pair, return_inverse=True)
    counts = np.bincount(code, minlength=len(found))
    before = exact_sums(debts.amount_minor, code, len(found))
    after = exact_sums(debts.amount_minor - debts.cleared_minor, code, len(found))
    pairs = [
        Pair(shown[key // len(shown)], shown[key % len(shown)], int(number), *sums)
        for key, number, *sums in zip(found.tolist(), counts, before, after, strict=True)
    ]
    return Matrix(tuple(shown), len(ranked), ranked_pairs(pairs))


def gather(pairs: Sequence[Pair], node_count: int, limit: int) -> Matrix:
    """Return a matrix of pairs that are few already, with the smaller groups put together."""
    size: dict[Node, int] = {}
    for pair in pairs:
        for node in (pair.debtor, pair.creditor):
            size[node] = size.get(node, 0) + pair.before
    order = sorted(size, key=lambda node: (node.key.startswith(OTHERS), -size[node], node.key))
    kept = order if len(order) <= limit else order[: limit - 1]
    kept_set = set(kept)
    blocks = in_blocks({node: size[node] for node in kept})
    left = node_count - sum(not node.key.startswith(OTHERS) for node in kept)
    names = {node: node for node in kept} | {
        node: others_node(left) for node in order if node not in kept_set
    }
    shown = tuple(dict.fromkeys(names[node] for node in (*blocks, *order)))
    return Matrix(shown, node_count, renamed(pairs, names))


def in_blocks(size: Mapping[Node, float]) -> list[Node]:
    """Return groups country by country, the largest first, what is put together last: blocks can be seen."""
    country: dict[str, float] = {}
    for node, value in size.items():
        country[node.country] = country.get(node.country, 0) + value

    def rank(node: Node) -> tuple[bool, float, str, float, str]:
        is_others = node.key.startswith(OTHERS)
        return is_others, -country[node.country], node.country, -size[node], node.key

    return sorted(size, key=rank)


def by_country(pairs: Sequence[Pair], limit: int) -> Matrix:
    """Return the matrix of the countries of pairs of groups."""
    names = {}
    for pair in pairs:
        for node in (pair.debtor, pair.creditor):
            names[node] = country_node(node.country)
    return gather(renamed(pairs, names), len(set(names.values())), limit)


def renamed(pairs: Sequence[Pair], names: Mapping[Node, Node]) -> tuple[Pair, ...]:
    """Return pairs between groups of groups, the largest first."""
    sums: dict[tuple[Node, Node], list[int]] = {}
    for pair in pairs:
        into = sums.setdefault((names[pair.debtor], names[pair.creditor]), [0, 0, 0])
        for place, value in enumerate((pair.obligations, pair.before, pair.after)):
            into[place] += value
    return ranked_pairs([Pair(*key, *values) for key, values in sums.items()])


def ranked_pairs(pairs: Sequence[Pair]) -> tuple[Pair, ...]:
    """Return pairs, the largest first."""
    return tuple(sorted(pairs, key=lambda pair: (-pair.before, pair.debtor.key, pair.creditor.key)))


def country_node(code: str) -> Node:
    """Return the group of a country; of no country where there is none on record."""
    return Node(f"country {code}", code or "none", country_name(code), code)


def others_node(groups: int) -> Node:
    """Return what the smaller groups are put together in."""
    return Node(OTHERS, OTHERS, f"{groups:,} others", "")


def find_curve(debts: Debts) -> tuple[Curve | None, str]:
    """Return the curve, or None and why there is none."""
    if len(debts.debtor) > CURVE_OBLIGATIONS_MAX:
        return None, (
            f"The curve of debt against liquidity is left out: it is worked out for up to "
            f"{CURVE_OBLIGATIONS_MAX:,} obligations."
        )
    try:
        return discharge_curve(debts.debtor, debts.creditor, debts.amount_minor, debts.due_day), ""
    except OverflowError as error:
        return None, f"The curve of debt against liquidity is left out: {error}."
