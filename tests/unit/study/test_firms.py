"""Layer 2: what holds whatever is drawn, and what the rule promises."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from examples.study.bounds import bounds_of
from examples.study.curve import BASE, RULES, SHARES, VARIANTS, Spread, run_case, set_off_firms
from examples.study.firms import Assumption, draw_firms, draw_invoices
from examples.study.groups import AFRICAN, GROUP_BY_NAME, Group
from examples.study.trade import Totals, totals_of

SMALL = replace(BASE, firms=12, invoices_per_firm=6)
ASSUMPTIONS = [
    *(replace(rule.assumption, firms=12, invoices_per_firm=6) for rule in RULES),
    replace(SMALL, firms=1, invoices_per_firm=1),
    replace(SMALL, firms=3, invoices_per_firm=40, pareto_index=0.3),
]


@pytest.mark.parametrize("name", AFRICAN)
@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=str)
@pytest.mark.parametrize("seed", [0, 5])
def test_the_real_totals_are_conserved_to_the_cent(name: str, assumption: Assumption, seed: int) -> None:
    """The invoices of each pair of countries sum to its total, and each is positive."""
    totals = totals_of(GROUP_BY_NAME[name])
    invoices = draw_invoices(totals, assumption, seed)
    sums = [0] * len(totals.cents)
    for pair, cents in zip(invoices.pair.tolist(), invoices.cents.tolist(), strict=True):
        assert cents > 0
        sums[pair] += cents
    assert sums == totals.cents.tolist()


@pytest.mark.parametrize("share", [0, 40, 100])
@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=str)
def test_parties_belong_to_the_countries_of_the_pair(assumption: Assumption, share: int) -> None:
    """The creditor is a seller of the exporting country, the debtor a firm of the importing one."""
    totals = totals_of(GROUP_BY_NAME["EAC"])
    invoices = draw_invoices(totals, assumption, 3)
    debtor, creditor = invoices.parties(share)
    assert (creditor // (2 * assumption.firms) == totals.exporter[invoices.pair]).all()
    assert (debtor // (2 * assumption.firms) == totals.importer[invoices.pair]).all()
    assert (creditor % (2 * assumption.firms) < assumption.firms).all()


def test_shares_are_whole_firms_and_only_grow() -> None:
    """At each share so many firms of a country sell and buy, and none of them is taken away by more."""
    totals = totals_of(GROUP_BY_NAME["ECOWAS"])
    invoices = draw_invoices(totals, replace(SMALL, invoices_per_firm=200), 1)
    both_before: set[int] = set()
    for share in SHARES:
        debtor, creditor = invoices.parties(share)
        both = set(debtor.tolist()) & set(creditor.tolist())
        firms_of_nigeria = [party for party in both if party // 24 == totals.group.members.index("NGA")]
        assert len(firms_of_nigeria) == (share * 12 + 50) // 100
        assert both_before <= both
        both_before = both
    assert len(both_before) > 12


@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=str)
def test_nothing_cancels_without_two_way_traders(assumption: Assumption) -> None:
    """A firm that only sells or only buys lies on no loop; countries have loops all the same."""
    totals = totals_of(GROUP_BY_NAME["ECOWAS"])
    (result,) = set_off_firms(totals, assumption, 1, [0])
    assert result.cleared_total_minor == 0
    assert result.net_debit_minor == result.gross_minor == totals.gross_cents
    found = bounds_of(totals)
    assert found.gross > found.loops


@pytest.mark.parametrize("name", AFRICAN)
@pytest.mark.parametrize("assumption", ASSUMPTIONS, ids=str)
def test_no_curve_passes_what_the_totals_allow(name: str, assumption: Assumption) -> None:
    """Firms cancel no more than countries could and owe no less; more two-way traders never hurt."""
    totals = totals_of(GROUP_BY_NAME[name])
    found = bounds_of(totals)
    cleared_before, net_debit_before = 0, found.gross
    for result in set_off_firms(totals, assumption, 2, SHARES):
        assert result.gross_minor == found.gross
        assert cleared_before <= result.cleared_total_minor <= found.gross - found.loops
        assert found.multilateral <= result.net_debit_minor <= net_debit_before
        assert result.net_debit_minor <= result.gross_minor - result.cleared_total_minor
        cleared_before, net_debit_before = result.cleared_total_minor, result.net_debit_minor


def test_one_firm_a_country_is_the_country() -> None:
    """If all trade of a country is one firm's, firms cancel what countries cancel: the ceiling is reached."""
    totals = totals_of(GROUP_BY_NAME["EAC"])
    (result,) = set_off_firms(totals, replace(SMALL, firms=1), 1, [100])
    found = bounds_of(totals)
    assert result.cleared_total_minor == found.gross - found.loops
    assert result.net_debit_minor == found.multilateral


def test_what_is_left_after_set_off_nets_to_the_same() -> None:
    """Set-off changes no country's net position: netting what remains moves the same money as netting all."""
    totals = totals_of(GROUP_BY_NAME["ECOWAS"])
    invoices = draw_invoices(totals, BASE, 1)
    (result,) = set_off_firms(totals, BASE, 1, [50])
    left = np.zeros(len(totals.cents), np.int64)
    np.add.at(left, invoices.pair, invoices.cents - result.cleared_minor)
    kept = left > 0
    remaining = Totals(totals.group, totals.exporter[kept], totals.importer[kept], left[kept])
    assert result.cleared_total_minor > 0
    assert bounds_of(remaining).multilateral == bounds_of(totals).multilateral


def test_the_seed_decides_everything() -> None:
    """The same seed gives the same invoices; another seed and another group give others."""
    totals = totals_of(GROUP_BY_NAME["EAC"])
    one, same, other = (draw_invoices(totals, SMALL, seed) for seed in (1, 1, 2))
    for field in ("pair", "seller", "buyer", "cents", "joined"):
        assert getattr(one, field).tolist() == getattr(same, field).tolist()
    assert one.cents.tolist() != other.cents.tolist()
    renamed = replace(totals, group=Group("Other", "", totals.group.members))
    assert draw_invoices(renamed, SMALL, 1).cents.tolist() != one.cents.tolist()


def test_only_what_is_named_changes() -> None:
    """The three rules have the same invoices; they differ in who is on both sides."""
    totals = totals_of(GROUP_BY_NAME["EAC"])
    largest, any_firm, apart = (draw_invoices(totals, rule.assumption, 1) for rule in RULES)
    for other in (largest, apart):
        assert other.cents.tolist() == any_firm.cents.tolist()
        assert other.seller.tolist() == any_firm.seller.tolist()
    assert largest.buyer.tolist() == any_firm.buyer.tolist()
    assert apart.buyer.tolist() != any_firm.buyer.tolist()
    assert largest.joined.tolist() != any_firm.joined.tolist()


def test_the_largest_firms_come_first() -> None:
    """With `largest_first` the firms that join early have drawn more of the invoices."""
    invoices = draw_invoices(totals_of(GROUP_BY_NAME["ECOWAS"]), RULES[0].assumption, 1)
    home = invoices.totals.exporter[invoices.pair]
    place = invoices.joined[home, invoices.seller]
    drawn = np.bincount(place, minlength=BASE.firms)
    assert drawn[0] > 2 * drawn[BASE.firms // 2] > 0
    assert drawn[:4].sum() > drawn[20:].sum()


def test_firms_are_drawn_in_proportion_to_size() -> None:
    """Of sizes 1 and 3 the first is drawn a quarter of the time, in the country that was asked for."""
    sizes = np.array([[1, 3], [5, 5]], np.int64)
    country = np.repeat(np.array([0, 1], np.int64), 8000)
    firm = draw_firms(np.random.default_rng(1), sizes, country)
    assert 1800 < np.count_nonzero(firm[:8000] == 0) < 2200
    assert 3800 < np.count_nonzero(firm[8000:] == 0) < 4200
    assert set(firm.tolist()) == {0, 1}


def test_pairs_get_invoices_by_their_value() -> None:
    """About as many invoices as assumed in all, at least one for a pair, and more for a larger one."""
    totals = totals_of(GROUP_BY_NAME["SADC"])
    invoices = draw_invoices(totals, BASE, 1)
    number = np.bincount(invoices.pair)
    wanted = len(totals.group.members) * BASE.firms * BASE.invoices_per_firm
    assert wanted <= len(invoices.cents) + len(totals.cents)
    assert len(invoices.cents) <= wanted + len(totals.cents)
    assert number.min() == 1
    assert number[np.argmax(totals.cents)] == number.max()


def test_totals_of_a_few_cents_are_not_cut_finer_than_cents() -> None:
    """A pair of one cent has one invoice, whatever is wanted."""
    one, two = np.array([0, 1]), np.array([1, 0])
    totals = Totals(Group("T", "", ("A", "B")), one, two, np.array([1, 3]))
    invoices = draw_invoices(totals, Assumption(firms=5, invoices_per_firm=100), 1)
    assert invoices.pair.tolist().count(0) == 1
    assert invoices.cents[invoices.pair == 1].sum() == 3


@pytest.mark.parametrize("assumption", [Assumption(firms=0), Assumption(invoices_per_firm=0)])
def test_an_assumption_without_firms_or_invoices_is_refused(assumption: Assumption) -> None:
    """There must be somebody to trade, and something."""
    with pytest.raises(ValueError, match="at least one"):
        draw_invoices(totals_of(GROUP_BY_NAME["EAC"]), assumption, 1)


def test_more_invoices_than_the_arithmetic_holds_are_refused() -> None:
    """The product of invoices and cents must fit into 64 bits."""
    with pytest.raises(OverflowError, match="too many"):
        draw_invoices(totals_of(GROUP_BY_NAME["AfCFTA"]), Assumption(invoices_per_firm=10**6), 1)


def test_the_median_is_one_of_the_runs() -> None:
    """No amount is averaged, with an even number of seeds either."""
    assert Spread.of([5, 1, 30]) == Spread(1, 5, 30)
    assert Spread.of([7, 1, 30, 5]) == Spread(1, 5, 30)
    (point,) = run_case(totals_of(GROUP_BY_NAME["EAC"]), SMALL, [1, 2], [100])
    runs = [next(set_off_firms(totals_of(GROUP_BY_NAME["EAC"]), SMALL, seed, [100])) for seed in (1, 2)]
    assert {point.cleared.least, point.cleared.most} == {run.cleared_total_minor for run in runs}


def test_variants_change_one_thing() -> None:
    """Each variant but the first differs from the assumption in exactly one field."""
    changed = [
        sum(getattr(assumption, name) != getattr(BASE, name) for name in Assumption.__slots__)
        for _, assumption in VARIANTS
    ]
    assert changed == [0, 1, 1, 1, 1, 1]
