"""Offsetting: against every set there is, its invariants, and the published cases."""

from __future__ import annotations

import json

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from setfair.engine.offset import GROSS_MAX, Discipline, Limits
from setfair.engine.offset.given import no_limits
from tests.offset_cases import draw_case, give, places, run_case, run_columns
from tests.processes import run_python
from tests.reference.offset import Case, Payment, all_sets, are_ordered, is_ordered, largest_ordered, problems
from tests.shared import SHARED, needs_shared
from tests.uncompiled import share

SMALL_CASES = 5_000
WORK = share(20_000)
"""Work of runs whose value is not looked at."""


@pytest.mark.parametrize("hundred", range(share(SMALL_CASES // 100)))
def test_small_queues_have_the_best_of_all_sets(hundred: int) -> None:
    """Of up to 16 payments, with links, limits and weights, both find what trying every set finds."""
    for seed in range(100 * hundred, 100 * hundred + share(100)):
        case = draw_case(seed)
        sets, values = all_sets(case)
        free = run_case(case, Discipline.BYPASS)
        assert list(problems(case, places(free.chosen))) == [], seed
        assert (free.value, free.bound) == (values.max(), values.max()), seed
        found = run_case(case, Discipline.ORDERED).chosen
        in_order, ordered = sets[are_ordered(case, sets)], places(found)
        assert (in_order == found).all(axis=1).any(), seed
        assert not (in_order & ~found).any(), seed
        assert is_ordered(case, ordered), seed
        assert ordered == largest_ordered(case) == places(free.ordered), seed


@settings(max_examples=share(150), deadline=None)
@given(seed=st.integers(0, 2**32), size=st.integers(20, 150))
def test_what_is_chosen_may_settle(seed: int, size: int) -> None:
    """Nobody is short, limits and links hold, queues keep their order, and nothing more would fit."""
    case = draw_case(seed, size)
    ordered, free = run_case(case, Discipline.ORDERED), run_case(case, Discipline.BYPASS, WORK)
    for result in (ordered, free):
        assert list(problems(case, places(result.chosen))) == []
        assert result.value == sum(case.value(case.payments[place]) for place in places(result.chosen))
    assert is_ordered(case, places(ordered.chosen))
    assert places(ordered.chosen) == largest_ordered(case)
    assert ordered.value == free.ordered_value <= free.value <= free.bound
    for link in {each.link for each in case.payments} - {None}:
        unit = {place for place, each in enumerate(case.payments) if each.link == link}
        assert unit <= places(free.chosen) or list(problems(case, places(free.chosen) | unit)) != []
    for place, each in enumerate(case.payments):
        if each.link is None and place not in places(free.chosen):
            assert list(problems(case, places(free.chosen) | {place})) != []


@settings(max_examples=share(100), deadline=None)
@given(seed=st.integers(0, 2**32))
@example(seed=3221496554).via("a link whose legs add up to nothing in two rooms of another part")
def test_more_work_does_no_harm(seed: int) -> None:
    """Bypass without work is a set that may settle, and the bound holds for what more work finds."""
    case = draw_case(seed, 60)
    none, some = run_case(case, Discipline.BYPASS, 0), run_case(case, Discipline.BYPASS, share(200_000))
    assert none.ordered_value <= none.value <= some.bound
    assert some.value <= none.bound
    assert list(problems(case, places(none.chosen))) == []


def gridlock(amount: int) -> Case:
    """Three accounts with nothing, in a ring."""
    ring = [Payment(each, (each + 1) % 3, amount, order=each) for each in range(3)]
    return Case((0, 0, 0), (0, 0, 0), tuple(ring))


def test_a_ring_settles_without_liquidity() -> None:
    """Nobody can pay first, and all can pay together; the largest amount stays exact."""
    for amount in (1, GROSS_MAX // 3):
        for discipline in Discipline:
            result = run_case(gridlock(amount), discipline)
            assert result.chosen.all()
            assert (result.value, result.bound, result.gap) == (3 * amount, 3 * amount, 0)


def test_a_link_of_two_currencies_settles_in_both_or_not_at_all() -> None:
    """A leg has no cover: the leg in the other currency waits too, and in order what stands behind it."""
    payments = (
        Payment(0, 1, 10, order=0, link=7),
        Payment(3, 2, 20, order=1, link=7),
        Payment(0, 1, 1, order=2),
    )
    short = Case((50, 0, 0, 19), (0, 0, 1, 1), payments)
    covered = Case((50, 0, 0, 20), (0, 0, 1, 1), payments)
    assert places(run_case(short, Discipline.ORDERED).chosen) == set()
    assert places(run_case(short, Discipline.BYPASS).chosen) == {2}
    for discipline in Discipline:
        assert places(run_case(covered, discipline).chosen) == {0, 1, 2}


def test_the_bilateral_limit_goes_before_the_multilateral_one() -> None:
    """The second account has a limit of its own; the third falls under the one towards all others."""
    payments = tuple(Payment(0, each % 2 + 1, 10, order=each) for each in range(4))
    case = Case((100, 0, 0), (0, 0, 0), payments, {(0, 1): 20, (0, None): 10})
    assert places(run_case(case, Discipline.BYPASS).chosen) in ({0, 1, 2}, {0, 2, 3})
    assert places(run_case(case, Discipline.ORDERED).chosen) == {0, 1, 2}


def test_value_is_weighted() -> None:
    """A link and a payment want the same liquidity; which counts more depends on the weights."""
    payments = (
        Payment(0, 1, 10, order=0),
        Payment(0, 1, 9, order=1, link=0),
        Payment(2, 3, 5, order=2, link=0),
    )
    for weights, best in (({0: 1, 1: 1}, {1, 2}), ({0: 100, 1: 1}, {0})):
        case = Case((10, 0, 5, 0), (0, 0, 1, 1), payments, weight=weights)
        assert places(run_case(case, Discipline.BYPASS).chosen) == best


def test_nothing_waits() -> None:
    """An empty queue has an empty result."""
    for discipline in Discipline:
        result = run_case(Case((5,), (0,), ()), discipline)
        assert (result.value, result.count, result.bound, result.gap) == (0, 0, 0, 0)


WRONG = {
    "the amount must be greater than zero": ("amount", 0),
    "debtor and creditor are the same account": ("creditor", 0),
    "there is an account that is not given": ("creditor", 9),
    "two payments have the same order": ("order", 1),
    "the number of a link is below zero": ("link", -2),
}


@pytest.mark.parametrize("text", WRONG)
def test_contradictions_are_refused(text: str) -> None:
    """What offsetting has no rule for is an error that says which payment."""
    accounts, queue, limits = give(gridlock(5))
    column, value = WRONG[text]
    getattr(queue, column)[0] = value
    with pytest.raises(ValueError, match=text):
        run_columns(accounts, queue, limits)


def test_accounts_of_two_currencies_or_weights_are_refused() -> None:
    """A payment is in one currency; a limit occurs once; a weight counts something."""
    accounts, queue, _ = give(gridlock(5))
    accounts.currency[0] = 1
    with pytest.raises(ValueError, match="currencies differ"):
        run_columns(accounts, queue, no_limits())
    accounts.currency[0], accounts.weight[0] = 0, 2
    with pytest.raises(ValueError, match="weights differ"):
        run_columns(accounts, queue, no_limits())
    accounts.weight[:] = 0
    with pytest.raises(ValueError, match="greater than zero"):
        run_columns(accounts, queue, no_limits())
    accounts.weight[:] = 1
    twice = Limits(np.array([0, 0]), np.array([1, 1]), np.array([5, 6]))
    with pytest.raises(ValueError, match="two limits"):
        run_columns(accounts, queue, twice)


def test_sums_that_are_too_large_are_refused() -> None:
    """Neither amounts nor values leave int64."""
    with pytest.raises(OverflowError, match="minor units"):
        run_case(gridlock(GROSS_MAX // 3 + 1), Discipline.BYPASS)
    ring = gridlock(GROSS_MAX // 3)
    with pytest.raises(OverflowError, match="use smaller weights"):
        run_case(Case(ring.available, ring.currency, ring.payments, weight={0: 2}), Discipline.BYPASS)


DIGEST = """
from tests.offset_cases import digest
print(digest())
"""


def test_two_processes_choose_the_same() -> None:
    """The same queue and work give the same set, bound and work, whatever the hash seed is."""
    assert run_python(DIGEST) == run_python(DIGEST)


@needs_shared
def test_the_published_cases() -> None:
    """Project Ubin, phase 2 (MAS and ABS, 2017): in order 625 in 79 payments, at best 702 in 88, proven."""
    assert SHARED is not None
    given_cases = json.loads((SHARED / "lsm" / "ubin_phase2_cases.json").read_text(encoding="utf-8"))
    in_order, free = [], []
    for given_case in given_cases:
        names = list(given_case["balances"])
        payments = tuple(
            Payment(names.index(each["debtor"]), names.index(each["creditor"]), each["amount"], order=order)
            for order, each in enumerate(given_case["payments"])
        )
        case = Case(tuple(given_case["balances"].values()), (0,) * len(names), payments)
        in_order.append(run_case(case, Discipline.ORDERED))
        free.append(run_case(case, Discipline.BYPASS))
        assert free[-1].value == free[-1].bound == all_sets(case)[1].max(), given_case["id"]
    assert len(free) == 24
    assert (sum(each.value for each in in_order), sum(each.count for each in in_order)) == (625, 79)
    assert (sum(each.value for each in free), sum(each.count for each in free)) == (702, 88)
