"""Set-off: against brute force, against the optimality condition, and its invariants."""

from __future__ import annotations

import subprocess
import sys
from itertools import product

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from setfair.engine.setoff import GROSS_MAX_MINOR, SetOff, set_off, solve
from setfair.engine.setoff.components import strong_components
from setfair.engine.setoff.network import Network
from tests.uncompiled import compiled_only, share

Obligation = tuple[int, int, int, int]
"""Debtor, creditor, amount, due day."""


def run(obligations: list[Obligation]) -> SetOff:
    """Set off rows."""
    columns = np.array(obligations, np.int64).reshape(-1, 4).T
    return set_off(*columns)


def obligations(parties: int, amount_max: int, count_max: int) -> st.SearchStrategy[list[Obligation]]:
    """Draw obligations between few parties."""
    party = st.integers(0, parties - 1)
    rows = st.tuples(party, party, st.integers(1, amount_max), st.integers(0, 3))
    return st.lists(rows.filter(lambda row: row[0] != row[1]), max_size=count_max)


def net_positions(rows: list[Obligation], amounts: list[int]) -> dict[int, int]:
    """What each party owes minus what it is owed."""
    net: dict[int, int] = {}
    for (debtor, creditor, _, _), amount in zip(rows, amounts, strict=True):
        net[debtor] = net.get(debtor, 0) + amount
        net[creditor] = net.get(creditor, 0) - amount
    return net


def best_by_brute_force(rows: list[Obligation]) -> int:
    """Try every way to reduce every obligation."""
    best = 0
    for cleared in product(*(range(amount + 1) for _, _, amount, _ in rows)):
        if sum(cleared) > best and not any(net_positions(rows, list(cleared)).values()):
            best = sum(cleared)
    return best


def has_loop(edges: set[tuple[int, int]]) -> bool:
    """Say whether a directed graph has a loop, by taking away what has no way out."""
    while edges:
        tails = {tail for tail, _ in edges}
        kept = {(tail, head) for tail, head in edges if head in tails}
        if kept == edges:
            return True
        edges = kept
    return False


def can_be_improved(rows: list[Obligation], result: SetOff) -> bool:
    """Look for a loop of negative cost in the residual graph (Bellman and Ford): none means optimal."""
    residual = []
    for (debtor, creditor, amount, _), cleared in zip(rows, result.cleared_minor.tolist(), strict=True):
        if cleared > 0:
            residual.append((debtor, creditor, 1))
        if cleared < amount:
            residual.append((creditor, debtor, -1))
    nodes = {row[0] for row in rows} | {row[1] for row in rows}
    distance = dict.fromkeys(nodes, 0)
    for _ in range(len(nodes) + 1):
        changed = False
        for tail, head, cost in residual:
            if distance[tail] + cost < distance[head]:
                distance[head] = distance[tail] + cost
                changed = True
        if not changed:
            return False
    return True


def check(rows: list[Obligation], result: SetOff) -> None:
    """Check all that must hold of any result."""
    amounts = [row[2] for row in rows]
    cleared = result.cleared_minor.tolist()
    assert all(0 <= part <= amount for part, amount in zip(cleared, amounts, strict=True))
    assert not any(net_positions(rows, cleared).values())
    left = [amount - part for amount, part in zip(amounts, cleared, strict=True)]
    assert not has_loop({(row[0], row[1]) for row, amount in zip(rows, left, strict=True) if amount})
    positions = net_positions(rows, amounts).values()
    assert result.net_debit_minor == sum(net for net in positions if net > 0)
    assert result.gross_minor == sum(amounts)
    assert result.cleared_total_minor == sum(cleared)
    assert result.remaining_total_minor == sum(left)
    assert result.remaining_total_minor >= result.net_debit_minor


@settings(max_examples=share(150), deadline=None)
@given(obligations(parties=4, amount_max=3, count_max=6))
def test_it_cancels_as_much_as_brute_force_finds(rows: list[Obligation]) -> None:
    """On small instances no other reduction cancels more."""
    result = run(rows)
    check(rows, result)
    assert result.cleared_total_minor == best_by_brute_force(rows)


@settings(max_examples=share(100), deadline=None)
@given(obligations(parties=12, amount_max=1000, count_max=60))
def test_it_is_optimal_by_the_condition_of_negative_loops(rows: list[Obligation]) -> None:
    """On larger instances no loop in the residual graph would cancel more."""
    result = run(rows)
    check(rows, result)
    assert not can_be_improved(rows, result)


def test_single_ways_end_in_the_same_total(monkeypatch: pytest.MonkeyPatch) -> None:
    """Where labels may not lie apart, what the first scale leaves is mended: the total is the same."""
    source = np.random.default_rng(3)
    for _ in range(share(200)):
        debtor, step = source.integers(0, 24, 150), source.integers(1, 24, 150)
        columns = (debtor, (debtor + step) % 24, source.integers(1, 10**6, 150), np.zeros(150, np.int64))
        scaled = set_off(*columns)
        with monkeypatch.context() as patch:
            patch.setattr(solve, "LABELS_MAX", 0)
            mended = set_off(*columns)
        check(list(zip(*(column.tolist() for column in columns), strict=True)), mended)
        assert mended.cleared_total_minor == scaled.cleared_total_minor


def test_a_straight_start_ends_in_the_same_total(monkeypatch: pytest.MonkeyPatch) -> None:
    """What flows straight to where it is wanted before anything is routed does not change the total."""
    source = np.random.default_rng(5)
    for _ in range(share(200)):
        debtor, step = source.integers(0, 24, 150), source.integers(1, 24, 150)
        columns = (debtor, (debtor + step) % 24, source.integers(1, 10**6, 150), np.zeros(150, np.int64))
        with monkeypatch.context() as patch:
            patch.setattr(solve, "is_concentrated", lambda *_: True)
            straight = set_off(*columns)
            patch.setattr(solve, "is_concentrated", lambda *_: False)
            routed = set_off(*columns)
        check(list(zip(*(column.tolist() for column in columns), strict=True)), straight)
        assert straight.cleared_total_minor == routed.cleared_total_minor


@settings(max_examples=share(60), deadline=None)
@given(obligations(parties=8, amount_max=10**17, count_max=40))
def test_large_amounts_stay_exact(rows: list[Obligation]) -> None:
    """Amounts near the largest are cancelled to the minor unit."""
    result = run(rows)
    check(rows, result)
    assert not can_be_improved(rows, result)


@settings(max_examples=share(60), deadline=None)
@given(obligations(parties=5, amount_max=9, count_max=30))
def test_the_oldest_of_parallel_obligations_go_first(rows: list[Obligation]) -> None:
    """Between one debtor and one creditor nothing younger is reduced before what is older is gone."""
    cleared = run(rows).cleared_minor.tolist()
    for i, (debtor, creditor, amount, due) in enumerate(rows):
        for j, other in enumerate(rows):
            later = (other[3], j) > (due, i)
            if (debtor, creditor) == other[:2] and later and cleared[j] > 0:
                assert cleared[i] == amount


def test_a_loop_cancels_by_its_smallest_obligation() -> None:
    """Three firms in a ring, worked by hand."""
    result = run([(1, 2, 10, 0), (2, 3, 7, 0), (3, 1, 8, 0)])
    assert result.cleared_minor.tolist() == [7, 7, 7]
    assert (result.gross_minor, result.cleared_total_minor, result.net_debit_minor) == (25, 21, 3)
    assert result.remaining_total_minor == 4


def test_the_longer_loop_is_taken_where_it_cancels_more() -> None:
    """Of two loops over one obligation the longer one is cancelled."""
    result = run([(1, 2, 5, 0), (2, 1, 5, 0), (2, 3, 5, 0), (3, 1, 5, 0)])
    assert result.cleared_minor.tolist() == [5, 0, 5, 5]


def test_components_are_reported() -> None:
    """Two rings and a bridge: two components, and the bridge lies in none."""
    result = run([(7, 9, 1, 0), (9, 7, 1, 0), (9, -4, 5, 0), (-4, 30, 2, 0), (30, 8, 2, 0), (8, -4, 2, 0)])
    assert (result.components, result.component_parties_max) == (2, 3)
    assert (result.parties, result.arcs) == (5, 6)
    component = result.component.tolist()
    assert component[2] == -1
    assert component[0] == component[1] != component[3] == component[4] == component[5]
    assert result.cleared_minor.tolist() == [1, 1, 0, 2, 2, 2]


def test_nothing_owed_gives_nothing() -> None:
    """No obligations, no result, no error."""
    result = run([])
    assert result.cleared_minor.tolist() == []
    assert (result.gross_minor, result.components, result.component_parties_max) == (0, 0, 0)


def test_without_loops_nothing_cancels() -> None:
    """A chain stays whole and has no component."""
    result = run([(1, 2, 5, 0), (2, 3, 5, 0), (1, 3, 4, 0)])
    assert result.cleared_minor.tolist() == [0, 0, 0]
    assert (result.components, result.component_parties_max) == (0, 0)
    assert result.component.tolist() == [-1, -1, -1]


@pytest.mark.parametrize(
    ("rows", "error", "message"),
    [
        ([(1, 2, 5, 0), (1, 2, 0, 0)], ValueError, "obligation 1: the amount must be greater"),
        ([(1, 2, -5, 0)], ValueError, "obligation 0: the amount must be greater"),
        ([(1, 2, 5, 0), (3, 3, 5, 0)], ValueError, "obligation 1: debtor and creditor are the same"),
        ([(1, 2, 2**62, 0)], OverflowError, "sum to 4611686018427387904"),
        ([(1, 2, 2**62, 0), (2, 1, 2**62, 0), (1, 2, 2**62, 0)], OverflowError, "at most"),
    ],
)
def test_what_it_has_no_rule_for_is_refused(
    rows: list[Obligation], error: type[Exception], message: str
) -> None:
    """Bad rows and sums too large are errors that say where and what."""
    with pytest.raises(error, match=message):
        run(rows)


def test_columns_of_different_length_are_refused() -> None:
    """A missing due day is not filled in."""
    one, two = np.array([1]), np.array([2])
    with pytest.raises(ValueError, match="of one length"):
        set_off(one, two, one, np.array([], np.int64))


def test_the_largest_sum_is_taken() -> None:
    """At the bound itself nothing overflows."""
    half = GROSS_MAX_MINOR // 2
    result = run([(1, 2, half, 0), (2, 1, half + 1, 0)])
    assert result.cleared_minor.tolist() == [half, half]
    assert result.gross_minor == GROSS_MAX_MINOR


def test_two_processes_give_the_same_bytes() -> None:
    """The result does not depend on the process or its hash seed."""
    program = (
        "import numpy as np; from setfair.engine.setoff import set_off;"
        "r = np.random.default_rng(5); d = r.integers(0, 40, 900); c = (d + r.integers(1, 40, 900)) % 40;"
        "s = set_off(d, c, r.integers(1, 50, 900), r.integers(0, 9, 900));"
        "print(s.cleared_minor.tobytes().hex(), s.cleared_total_minor)"
    )
    outputs = [
        subprocess.run(
            [sys.executable, "-c", program], capture_output=True, check=True, env={"PYTHONHASHSEED": seed}
        )
        for seed in ("1", "2")
    ]
    assert outputs[0].stdout == outputs[1].stdout
    assert len(outputs[0].stdout) > 900


@settings(max_examples=share(60), deadline=None)
@given(st.lists(st.tuples(st.integers(0, 7), st.integers(0, 7)), max_size=20))
def test_components_are_who_can_reach_each_other(edges: list[tuple[int, int]]) -> None:
    """Two nodes share a component when each can be reached from the other."""
    reach = {(node, node) for node in range(8)} | set(edges)
    for middle, start, end in product(range(8), repeat=3):
        if (start, middle) in reach and (middle, end) in reach:
            reach.add((start, end))
    ordered = sorted(edges)
    starts = np.array([sum(tail < node for tail, _ in ordered) for node in range(9)], np.int64)
    component = strong_components(starts, np.array([head for _, head in ordered], np.int64))
    for one, other in product(range(8), repeat=2):
        mutual = (one, other) in reach and (other, one) in reach
        assert (component[one] == component[other]) == mutual


@compiled_only
@pytest.mark.parametrize("amount", [1, 10**14])
def test_a_long_ring_has_wide_labels(amount: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where debts go round thousands of parties, labels outgrow the narrow type, and the optimum is found."""
    types: list[np.dtype[np.signedinteger]] = []
    route = solve.route

    def watched(network: Network, *more: object) -> int:
        types.append(network.label.dtype)
        return route(network, *more)  # type: ignore[arg-type]

    monkeypatch.setattr(solve, "route", watched)
    parties = 6000
    rows = [(party, (party + 1) % parties, 3 * amount, 0) for party in range(parties)]
    rows[0] = (0, 1, 2 * amount, 0)
    rows.append((7, 9, amount, 0))
    result = run(rows)
    assert types[0] == np.int64
    assert result.cleared_minor.tolist() == [2 * amount] * parties + [0]
    assert result.cleared_total_minor == 2 * amount * parties
