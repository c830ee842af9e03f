"""Geometry of the ring of who owes whom.

Each place has an arc: first what it owes, then what it is owed. From each debtor's part a ribbon runs to the
creditor's, as wide as what is owed. The ring after set-off keeps every ribbon's middle where it was before
and makes it thinner, so that the two pictures compare by eye.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import cos, pi, sin

from setfair.report.html import number
from setfair.report.owed import Node, Pair

GAP_NODES = 0.018
"""Turns of empty ring between countries; between places of one country a fourth of it."""

GAP_TOTAL_MAX = 0.25
"""Turns of empty ring altogether."""


@dataclass(frozen=True, slots=True)
class Arc:
    """A part of the ring, in turns clockwise from the top."""

    begin: float
    end: float

    @property
    def middle(self) -> float:
        """Its middle."""
        return (self.begin + self.end) / 2

    def shrunk(self, share: float) -> Arc:
        """Return the part around the middle with this share of the length."""
        half = (self.end - self.begin) * share / 2
        return Arc(self.middle - half, self.middle + half)


@dataclass(frozen=True, slots=True)
class NodeArc:
    """The arc of one place."""

    node: Node
    owes: Arc
    owed: Arc

    @property
    def whole(self) -> Arc:
        """Both parts."""
        return Arc(self.owes.begin, self.owed.end)


@dataclass(frozen=True, slots=True)
class Ribbon:
    """What one place owes another, between two parts of the ring."""

    pair: Pair
    begin: Arc
    """At the debtor."""
    end: Arc
    """At the creditor."""


@dataclass(frozen=True, slots=True)
class Ring:
    """The whole picture, before set-off."""

    arcs: tuple[NodeArc, ...]
    ribbons: tuple[Ribbon, ...]
    """In the order of the pairs."""


def make_ring(nodes: Sequence[Node], pairs: Sequence[Pair]) -> Ring:
    """Return the ring of these pairs; only shares matter, so floats are exact enough."""
    gaps = _gaps(nodes)
    total = sum(pair.before for pair in pairs)
    scale = (1 - sum(gaps)) / (2 * total) if total else 0.0
    arcs: list[NodeArc] = []
    at = 0.0
    for node, gap in zip(nodes, gaps, strict=True):
        owes = scale * sum(pair.before for pair in pairs if pair.debtor == node)
        owed = scale * sum(pair.before for pair in pairs if pair.creditor == node)
        arcs.append(NodeArc(node, Arc(at, at + owes), Arc(at + owes, at + owes + owed)))
        at += owes + owed + gap
    return Ring(tuple(arcs), _ribbons(arcs, pairs, scale))


def _gaps(nodes: Sequence[Node]) -> list[float]:
    """Return the empty ring after each place."""
    following = [*nodes[1:], *nodes[:1]]
    if len(nodes) < 2:
        return [0.0 for _ in nodes]
    gaps = [
        GAP_NODES if node.country != after.country else GAP_NODES / 4
        for node, after in zip(nodes, following, strict=True)
    ]
    return [gap * min(1.0, GAP_TOTAL_MAX / sum(gaps)) for gap in gaps]


def _ribbons(arcs: Sequence[NodeArc], pairs: Sequence[Pair], scale: float) -> tuple[Ribbon, ...]:
    """Give each pair its part of both arcs, in the order in which ribbons cross least."""
    middle = {arc.node.key: arc.whole.middle for arc in arcs}
    begins: dict[tuple[str, str], Arc] = {}
    ends: dict[tuple[str, str], Arc] = {}
    for arc in arcs:
        own = arc.node.key
        leaving = [(middle[pair.creditor.key], pair) for pair in pairs if pair.debtor.key == own]
        arriving = [(middle[pair.debtor.key], pair) for pair in pairs if pair.creditor.key == own]
        begins |= _deal(arc.owes, arc.whole.middle, leaving)
        ends |= _deal(arc.owed, arc.whole.middle, arriving)
    keys = [(pair.debtor.key, pair.creditor.key) for pair in pairs]
    return tuple(Ribbon(pair, begins[key], ends[key]) for pair, key in zip(pairs, keys, strict=True))


def _deal(whole: Arc, own: float, sides: Sequence[tuple[float, Pair]]) -> dict[tuple[str, str], Arc]:
    """Deal a part of the ring out to pairs, each given with the middle of its other end.

    What lies next clockwise comes last, so that ribbons leave an arc without crossing.
    """
    total = sum(pair.before for _, pair in sides)
    slots = {}
    at = whole.begin
    for _, pair in sorted(sides, key=lambda side: (-((side[0] - own) % 1.0), side[1].before)):
        width = (whole.end - whole.begin) * pair.before / total if total else 0.0
        slots[pair.debtor.key, pair.creditor.key] = Arc(at, at + width)
        at += width
    return slots


def point(turns: float, radius: float) -> str:
    """Return a point of a circle around the origin."""
    angle = 2 * pi * turns
    return f"{number(radius * sin(angle))} {number(-radius * cos(angle))}"


def arc_path(arc: Arc, inner: float, outer: float) -> str:
    """Return the path of a piece of a ring."""
    large = int(arc.end - arc.begin > 0.5)
    return (
        f"M{point(arc.begin, outer)}A{number(outer)} {number(outer)} 0 {large} 1 {point(arc.end, outer)}"
        f"L{point(arc.end, inner)}A{number(inner)} {number(inner)} 0 {large} 0 {point(arc.begin, inner)}Z"
    )


def ribbon_path(ribbon: Ribbon, radius: float, share: float = 1.0) -> str:
    """Return the path of a ribbon that has `share` of its width."""
    begin, end = ribbon.begin.shrunk(share), ribbon.end.shrunk(share)
    control = _control(ribbon, radius)
    size = number(radius)
    return (
        f"M{point(begin.begin, radius)}A{size} {size} 0 0 1 {point(begin.end, radius)}"
        f"Q{control} {point(end.begin, radius)}"
        f"A{size} {size} 0 0 1 {point(end.end, radius)}Q{control} {point(begin.begin, radius)}Z"
    )


def _control(ribbon: Ribbon, radius: float) -> str:
    """Return the point that bends a ribbon: the nearer its ends, the nearer to the ring."""
    first, second = ribbon.begin.middle, ribbon.end.middle
    apart = abs(first - second) % 1.0
    near = min(apart, 1.0 - apart)
    middle = (first + second) / 2 + (0.5 if apart > 0.5 else 0.0)
    return point(middle, radius * 0.72 * (1 - 2 * near) ** 1.6)
