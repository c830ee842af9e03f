"""The ring of who owes whom: everything has its part, and nothing overlaps."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from setfair.report.chord import GAP_TOTAL_MAX, Arc, Ring, arc_path, make_ring, point, ribbon_path
from setfair.report.owed import Node, Pair

COUNTRIES = ("KE", "UG", "TN")


def node(number: int) -> Node:
    return Node(f"bank {number}", f"B{number}", f"Bank {number}", COUNTRIES[number % 3])


@st.composite
def debts(draw: st.DrawFn) -> tuple[list[Node], list[Pair]]:
    """Draw places and what they owe each other, themselves too."""
    count = draw(st.integers(1, 12))
    nodes = [node(number) for number in range(count)]
    drawn = draw(
        st.dictionaries(
            st.tuples(st.integers(0, count - 1), st.integers(0, count - 1)),
            st.integers(1, 10**15),
            min_size=1,
            max_size=30,
        )
    )
    pairs = [Pair(nodes[a], nodes[b], 1, size, size // 2) for (a, b), size in sorted(drawn.items())]
    return nodes, pairs


@given(debts())
def test_arcs_follow_each_other_around_the_ring(drawn: tuple[list[Node], list[Pair]]) -> None:
    """In the order of the places, without overlap; together with the gaps they are one turn."""
    nodes, pairs = drawn
    ring = make_ring(nodes, pairs)
    at = 0.0
    length = 0.0
    for arc, own in zip(ring.arcs, nodes, strict=True):
        assert arc.node == own
        assert arc.owes.begin >= at - 1e-9
        assert arc.owes.end == pytest.approx(arc.owed.begin, abs=1e-12)
        at = arc.owed.end
        length += arc.whole.end - arc.whole.begin
    assert at <= 1 + 1e-9
    assert 1 - GAP_TOTAL_MAX - 1e-9 <= length <= 1 + 1e-9


@given(debts())
def test_ribbons_fill_the_arcs(drawn: tuple[list[Node], list[Pair]]) -> None:
    """At both ends each ribbon is as wide as its share of all debts, and they lie side by side."""
    nodes, pairs = drawn
    ring = make_ring(nodes, pairs)
    total = sum(pair.before for pair in pairs)
    scale = sum(arc.owes.end - arc.owes.begin for arc in ring.arcs)
    for arc in ring.arcs:
        for part, ends in ((arc.owes, _ends(ring, arc.node, 0)), (arc.owed, _ends(ring, arc.node, 1))):
            at = part.begin
            for end, pair in sorted(ends, key=lambda one: one[0].begin):
                assert end.begin == pytest.approx(at, abs=1e-9)
                assert end.end - end.begin == pytest.approx(scale * pair.before / total, abs=1e-9)
                at = end.end
            assert at == pytest.approx(part.end, abs=1e-9)
    assert [ribbon.pair for ribbon in ring.ribbons] == pairs


def _ends(ring: Ring, own: Node, side: int) -> list[tuple[Arc, Pair]]:
    return [
        ((ribbon.begin, ribbon.end)[side], ribbon.pair)
        for ribbon in ring.ribbons
        if (ribbon.pair.debtor, ribbon.pair.creditor)[side] == own
    ]


def test_what_is_left_keeps_its_middle() -> None:
    """A part that shrinks to a half has the same middle and half the length."""
    half = Arc(0.2, 0.6).shrunk(0.5)
    assert (half.begin, half.end, half.middle) == pytest.approx((0.3, 0.5, 0.4))
    assert Arc(0.2, 0.6).shrunk(0).begin == pytest.approx(0.4)


def test_points_go_clockwise_from_the_top() -> None:
    """A quarter turn is on the right."""
    assert [point(turns, 10.0) for turns in (0, 0.25, 0.5, 0.75)] == ["0 -10", "10 0", "0 10", "-10 0"]


def test_no_debts_make_a_ring_without_length() -> None:
    """And no division by nothing."""
    ring = make_ring([node(0), node(1)], [])
    assert ring.ribbons == ()
    assert [arc.whole.end - arc.whole.begin for arc in ring.arcs] == [0.0, 0.0]


@given(debts(), st.floats(0.0, 1.0))
def test_paths_have_numbers_only(drawn: tuple[list[Node], list[Pair]], share: float) -> None:
    """Whatever is drawn is a closed path of finite coordinates."""
    ring = make_ring(*drawn)
    paths = [ribbon_path(ribbon, 176.0, share) for ribbon in ring.ribbons]
    paths += [arc_path(arc.whole, 181.0, 197.0) for arc in ring.arcs]
    assert all(re.fullmatch(r"M[-\d. ALQ]+Z", path) for path in paths)
