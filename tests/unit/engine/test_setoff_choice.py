"""Set-off under a choice: against every way there is, against another solver, and its proofs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from ortools.graph.python import min_cost_flow

from setfair.engine.setoff import (
    Choice,
    ChosenSetOff,
    Objective,
    check_lexicographic,
    set_off,
    set_off_under,
)
from setfair.engine.setoff.age import age_classes
from setfair.engine.setoff.limits import ROUNDS_MAX
from tests.reference.setoff import (
    Row,
    allowed,
    best_value,
    by_age,
    circulations,
    every_limit,
    most_closed,
)
from tests.uncompiled import compiled_only, share


def columns(rows: list[Row]) -> np.ndarray:
    """Return debtor, creditor, amount and due day."""
    return np.array(rows, np.int64).reshape(-1, 4).T


def run(rows: list[Row], choice: Choice) -> ChosenSetOff:
    """Set off rows and check the proof as an outsider would."""
    debtor, creditor, amount, due = columns(rows)
    chosen = set_off_under(debtor, creditor, amount, due, choice=choice)
    unit = chosen.unit_minor
    check_lexicographic(debtor, creditor, amount // unit * unit, chosen.result.cleared_minor, chosen.proof)
    assert chosen.result.gross_minor == amount.sum()
    assert chosen.result.cleared_total_minor == chosen.result.cleared_minor.sum() <= chosen.value_max_minor
    assert chosen.closed == (chosen.result.cleared_minor == amount).sum()
    return chosen


def small() -> st.SearchStrategy[list[Row]]:
    """Draw up to nine obligations between six parties."""
    party = st.integers(0, 5)
    rows = st.tuples(party, party, st.integers(1, 4), st.integers(0, 3))
    return st.lists(rows.filter(lambda row: row[0] != row[1]), min_size=1, max_size=9)


def large() -> st.SearchStrategy[list[Row]]:
    """Draw up to eighty obligations between twelve parties, on more days than are told apart exactly."""
    party = st.integers(0, 11)
    rows = st.tuples(party, party, st.integers(1, 60), st.integers(0, 500))
    return st.lists(rows.filter(lambda row: row[0] != row[1]), min_size=1, max_size=80)


def draw(seed: int, parties: int, count: int, amount_max: int) -> list[Row]:
    """Draw obligations from a seed."""
    rng = np.random.default_rng(seed)
    debtor = rng.integers(0, parties, count)
    creditor = (debtor + rng.integers(1, parties, count)) % parties
    rows = zip(
        debtor, creditor, rng.integers(1, amount_max + 1, count), rng.integers(0, 400, count), strict=True
    )
    return [(int(a), int(b), int(c), int(d)) for a, b, c, d in rows]


@settings(max_examples=share(60), deadline=None)
@given(small(), st.integers(0, 2**9 - 1))
def test_value_under_exact_limits_is_that_of_all_ways(rows: list[Row], keep: int) -> None:
    """With obligations not to be touched and a most for each party, no way cancels more."""
    untouched = tuple(bool(keep >> place & 1) for place in range(len(rows)))
    ways = list(circulations(rows))
    for most in (None, 0, 1, 3, {rows[0][0]: 2}):
        chosen = run(rows, Choice(untouched=np.array(untouched), party_maximum_minor=most))
        kept = [way for way in ways if allowed(rows, way, untouched, 0, most)]
        assert tuple(chosen.result.cleared_minor.tolist()) in kept
        assert chosen.result.cleared_total_minor == best_value(kept) == chosen.value_max_minor
        assert chosen.costs == () or chosen.costs[0].without_minor == best_value(ways)


@settings(max_examples=share(60), deadline=None)
@given(small())
def test_oldest_first_is_that_of_all_ways(rows: list[Row]) -> None:
    """Day by day no way cancels more of the older without less of what is older still."""
    ways = list(circulations(rows))
    for most in (None, 3):
        kept = [way for way in ways if allowed(rows, way, (False,) * len(rows), 0, most)]
        chosen = run(rows, Choice(Objective.OLDEST, party_maximum_minor=most))
        got = tuple(chosen.result.cleared_minor.tolist())
        assert by_age(rows, got) == max(by_age(rows, way) for way in kept)
        assert tuple(age.cleared_minor for age in chosen.ages) == by_age(rows, got)
        assert (chosen.costs[-1].without_minor, chosen.costs[-1].with_minor) == (best_value(kept), sum(got))


@settings(max_examples=share(60), deadline=None)
@given(small())
def test_closed_keeps_the_value_and_its_bound_holds(rows: list[Row]) -> None:
    """It closes at least as many as the default, at most as many as can be, which the bound is not below."""
    ways = list(circulations(rows))
    for most in (None, 3):
        kept = [way for way in ways if allowed(rows, way, (False,) * len(rows), 0, most)]
        chosen = run(rows, Choice(Objective.CLOSED, party_maximum_minor=most))
        default = run(rows, Choice(party_maximum_minor=most))
        assert chosen.result.cleared_total_minor == best_value(kept)
        assert chosen.closed_max is not None
        assert default.closed <= chosen.closed <= most_closed(rows, kept) <= chosen.closed_max


@compiled_only
def test_closed_is_nearly_always_the_most_on_small_instances() -> None:
    """Of 200 seeded instances at least nine in ten close as many as any way does."""
    equal = 0
    for seed in range(200):
        rows = draw(seed, parties=4, count=9, amount_max=4)
        most = most_closed(rows, list(circulations(rows)))
        equal += run(rows, Choice(Objective.CLOSED)).closed == most
    assert equal >= 180


@compiled_only
def test_closed_closes_more_where_there_is_a_choice() -> None:
    """On a seeded network of 3,000 obligations clearly more are closed, at the same total."""
    rows = draw(1, parties=200, count=3000, amount_max=10_000)
    value, many = run(rows, Choice()), run(rows, Choice(Objective.CLOSED))
    assert many.result.cleared_total_minor == value.result.cleared_total_minor
    assert many.closed > value.closed
    assert many.closed_max is not None
    assert many.closed <= many.closed_max < len(rows)


@settings(max_examples=share(40), deadline=None)
@given(small(), st.sampled_from(list(Objective)))
def test_the_least_amount_is_kept_and_bounded(rows: list[Row], objective: Objective) -> None:
    """Nothing is cancelled by less than the least; no way that keeps the rule beats the bound."""
    ways = list(circulations(rows))
    for least, most in every_limit():
        chosen = run(rows, Choice(objective, minimum_minor=least, party_maximum_minor=most))
        kept = [way for way in ways if allowed(rows, way, (False,) * len(rows), least, most)]
        got = tuple(chosen.result.cleared_minor.tolist())
        assert got in kept
        assert best_value(kept) <= chosen.value_max_minor


def test_a_small_least_amount_is_kept_in_rounds() -> None:
    """Against amounts a hundred times as large it costs hardly anything, and the unit stays the minor one."""
    rows = draw(3, parties=60, count=900, amount_max=10_000)
    chosen = run(rows, Choice(minimum_minor=50))
    assert chosen.unit_minor == 1
    assert 1 < chosen.rounds <= ROUNDS_MAX + 1
    assert chosen.costs[-1].cost_minor * 1000 < chosen.value_max_minor


def test_a_large_least_amount_is_kept_in_whole_units() -> None:
    """With a least amount near the usual one the last run cancels in multiples, and cancels something."""
    rows = draw(3, parties=60, count=900, amount_max=100)
    chosen = run(rows, Choice(minimum_minor=70))
    assert chosen.unit_minor == 70
    cleared = chosen.result.cleared_minor
    assert (cleared % 70 == 0).all()
    assert cleared.sum() > 0
    assert "whole multiples of 70" in " ".join(chosen.words(str))


@settings(max_examples=share(60), deadline=None)
@given(large(), st.sampled_from(list(Objective)), st.integers(0, 400))
def test_every_choice_passes_its_proof(rows: list[Row], objective: Objective, as_of: int) -> None:
    """On larger networks, with bands of age and all limits at once, the proof holds and nothing is lost."""
    untouched = np.arange(len(rows)) % 7 == 3
    choice = Choice(objective, as_of, untouched, minimum_minor=5, party_maximum_minor={rows[0][0]: 40})
    chosen = run(rows, choice)
    cleared = chosen.result.cleared_minor
    assert not cleared[untouched].any()
    assert not ((cleared > 0) & (cleared < 5)).any()
    assert cleared[columns(rows)[0] == rows[0][0]].sum() <= 40
    assert [cost.what for cost in chosen.costs][-1] == "Least amount"


def test_nothing_chosen_is_set_off_itself() -> None:
    """Cancelled amounts, prices and counts are the same bytes."""
    rows = draw(7, parties=40, count=900, amount_max=1000)
    plain, chosen = set_off(*columns(rows)), run(rows, Choice()).result
    assert plain.cleared_minor.tobytes() == chosen.cleared_minor.tobytes()
    assert plain.price.tobytes() == chosen.price.tobytes()
    assert (plain.arcs, plain.components, plain.net_debit_minor) == (
        chosen.arcs,
        chosen.components,
        chosen.net_debit_minor,
    )


@pytest.mark.parametrize("seed", range(12))
def test_the_most_for_a_party_agrees_with_another_solver(seed: int) -> None:
    """The largest total under a most for every party is what OR-tools finds on split parties."""
    rows = draw(seed, parties=15, count=120, amount_max=1000)
    most = 200 * (seed + 1)
    solver = min_cost_flow.SimpleMinCostFlow()
    for debtor, creditor, amount, _ in rows:
        solver.add_arc_with_capacity_and_unit_cost(2 * debtor + 1, 2 * creditor, amount, -1)
    for party in range(15):
        solver.add_arc_with_capacity_and_unit_cost(2 * party, 2 * party + 1, most, 0)
    assert solver.solve() == solver.OPTIMAL
    assert run(rows, Choice(party_maximum_minor=most)).result.cleared_total_minor == -solver.optimal_cost()


@pytest.mark.parametrize("objective", list(Objective))
def test_a_proof_does_not_pass_for_less(objective: Objective) -> None:
    """A loop that is put back, another price, or what takes no part but cancels: the check refuses each."""
    rows = [(1, 2, 5, 0), (2, 1, 5, 1), (2, 3, 4, 0), (3, 2, 9, 2)]
    chosen = run(rows, Choice(objective))
    debtor, creditor, amount, _ = columns(rows)
    cleared = chosen.result.cleared_minor
    less = cleared.copy()
    less[:2] -= 1
    with pytest.raises(ValueError, match="has a gain and is not cancelled"):
        check_lexicographic(debtor, creditor, amount, less, chosen.proof)
    with pytest.raises(ValueError, match="another net position"):
        check_lexicographic(debtor, creditor, amount, cleared - np.array([1, 0, 0, 0]), chosen.proof)
    with pytest.raises(ValueError, match="too much"):
        check_lexicographic(debtor, creditor, amount, cleared + 9, chosen.proof)
    dear = replace(chosen.proof, price_as_debtor=chosen.proof.price_as_debtor + 9)
    with pytest.raises(ValueError, match="has a loss and is cancelled"):
        check_lexicographic(debtor, creditor, amount, cleared, dear)
    kept = replace(chosen.proof, stage=np.full(4, -1))
    with pytest.raises(ValueError, match="takes no part and is cancelled"):
        check_lexicographic(debtor, creditor, amount, cleared, kept)
    low = replace(chosen.proof, maximum=np.full(3, 2))
    with pytest.raises(ValueError, match="above its maximum"):
        check_lexicographic(debtor, creditor, amount, cleared, low)


def test_oldest_first_may_cost_value() -> None:
    """Worked by hand: the short old loop goes first and the longer young one has no room left."""
    rows = [(1, 2, 5, 0), (2, 1, 5, 0), (2, 3, 5, 9), (3, 1, 5, 9)]
    chosen = run(rows, Choice(Objective.OLDEST))
    assert chosen.result.cleared_minor.tolist() == [5, 5, 0, 0]
    assert (chosen.costs[0].what, chosen.costs[0].cost_minor) == ("Oldest first", 5)
    assert "Oldest first: 10 is cancelled, without it 15." in chosen.words(str)


def test_closed_gives_to_the_smallest_of_parallel_obligations() -> None:
    """Seven against 5, 3 and 3: the oldest first closes one, the smallest first two."""
    rows = [(1, 2, 5, 0), (1, 2, 3, 1), (1, 2, 3, 2), (2, 1, 7, 0)]
    assert run(rows, Choice()).result.cleared_minor.tolist() == [5, 2, 0, 7]
    assert run(rows, Choice(Objective.CLOSED)).closed == 3


def test_bands_of_age_have_fixed_bounds() -> None:
    """Of more than twelve days a band begins one day after its bound."""
    overdue = np.array([366, 365, 181, 180, 91, 61, 31, 15, 8, 7, 1, 0, -3])
    classes = age_classes(20_000 - overdue, 20_000)
    assert classes.number.tolist() == [0, 1, 1, 2, 2, 3, 4, 5, 6, 7, 7, 8, 8]
    assert classes.words[0] == "overdue by more than 365 days"
    assert classes.words[-1] == "due on the day or later"


def test_few_days_are_classes_by_themselves() -> None:
    """Up to twelve due days are told apart exactly, and named."""
    classes = age_classes(np.array([19_724, 19_723, 19_724]), None)
    assert classes.number.tolist() == [1, 0, 1]
    assert classes.words == ("due on 2024-01-01", "due on 2024-01-02")


def test_nothing_owed_gives_nothing_under_any_choice() -> None:
    """No obligations, or none that takes part: no result and no error."""
    for objective in Objective:
        assert run([], Choice(objective, minimum_minor=3, party_maximum_minor=4)).closed == 0
        rows = [(1, 2, 2, 0), (2, 1, 2, 0)]
        chosen = run(rows, Choice(objective, untouched=np.array([True, True])))
        assert (chosen.result.cleared_total_minor, chosen.costs[0].cost_minor) == (0, 4)
        assert chosen.result.net_debit_minor == 0


@pytest.mark.parametrize(
    ("choice", "message"),
    [
        (Choice(untouched=np.array([True])), "for each obligation"),
        (Choice(minimum_minor=-1), "least amount must not be below"),
        (Choice(party_maximum_minor=-1), "the most for a party must be"),
        (Choice(party_maximum_minor={1: 5, 7: 5}), "party 7 has a maximum and no obligation"),
    ],
)
def test_limits_that_are_not_valid_are_refused(choice: Choice, message: str) -> None:
    """A wrong limit is an error that says which."""
    with pytest.raises(ValueError, match=message):
        run([(1, 2, 2, 0), (2, 1, 2, 0)], choice)
