"""Who owed whom before and after set-off, gathered into as many places as a picture can hold.

Rules
-----
1. What counts is what was due in the day's cycles of a currency, each obligation once (`figures`, rule 5).
2. A firm stands under the participant that it banks with, or for itself where it names none.
3. The largest places are shown; the others are put together country by country, and those of further
   countries in one place. Nothing is left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from setfair.report.read import Reader, Row
from setfair.report.words import country_name

NODES_MAX = 24
"""Places of one currency that are shown for themselves."""

COUNTRIES_MAX = 10
"""Countries of one currency whose smaller places are put together country by country."""

FIRMS_MAX = 10
"""Firms of one currency that are shown: those that owed and were owed most."""

OTHERS = "others"


@dataclass(frozen=True, slots=True)
class Node:
    """A participant, a firm, or several smaller ones together."""

    key: str
    label: str
    name: str
    country: str
    """ISO 3166 code, or empty for several countries."""


@dataclass(frozen=True, slots=True)
class Pair:
    """What the firms of one place owed the firms of another, minor units."""

    debtor: Node
    creditor: Node
    obligations: int
    before: int
    after: int


@dataclass(frozen=True, slots=True)
class FirmOwing:
    """What one firm owed and was owed, minor units."""

    party: str
    name: str
    country: str
    participant: str
    owes_before: int
    owes_after: int
    owed_before: int
    owed_after: int

    @property
    def net(self) -> int:
        """What it is owed less what it owes: set-off leaves it as it is."""
        return self.owed_after - self.owes_after


@dataclass(frozen=True, slots=True)
class Owing:
    """Who owed whom in one currency."""

    nodes: tuple[Node, ...]
    """Country by country; the countries with the most first, and in them who has the most."""
    node_count: int
    """Places before the smaller ones were put together."""
    pairs: tuple[Pair, ...]
    """The largest first."""
    firms: tuple[FirmOwing, ...]
    firm_count: int


def read_owing(reader: Reader) -> dict[int, Owing]:
    """Return who owed whom, by currency number."""
    nodes = reader.rows("owed_nodes", NODES_MAX)
    sizes: dict[str, float] = {}
    for row in nodes:
        sizes[str(row["country"])] = sizes.get(str(row["country"]), 0.0) + float(row["size"])
    countries = sorted(sizes, key=lambda code: (-sizes[code], code))[:COUNTRIES_MAX]
    chosen = [[row["currency_number"], row["node"]] for row in nodes]
    pairs = reader.rows("owed_pairs", chosen, countries)
    firms = reader.rows("owed_firms", FIRMS_MAX)
    return {
        number: _owing(
            [row for row in nodes if row["currency_number"] == number],
            [row for row in pairs if row["currency_number"] == number],
            [row for row in firms if row["currency_number"] == number],
        )
        for number in dict.fromkeys(int(row["currency_number"]) for row in nodes)
    }


def _owing(nodes: Sequence[Row], pairs: Sequence[Row], firms: Sequence[Row]) -> Owing:
    known = {str(row["node"]): _node(row) for row in nodes}
    for row in pairs:
        for side in ("debtor", "creditor"):
            key = str(row[side])
            known.setdefault(key, _others(key))
    made = tuple(
        Pair(
            known[str(row["debtor"])],
            known[str(row["creditor"])],
            int(row["obligations"]),
            int(row["before"]),
            int(row["after"]),
        )
        for row in sorted(pairs, key=lambda row: (-int(row["before"]), row["debtor"], row["creditor"]))
    )
    return Owing(
        _ordered(list(known.values()), made),
        int(nodes[0]["nodes"]),
        made,
        tuple(map(_firm, firms)),
        int(firms[0]["firms"]),
    )


def _ordered(nodes: Sequence[Node], pairs: Sequence[Pair]) -> tuple[Node, ...]:
    """Return the nodes country by country, the largest first, what is put together last."""
    own: dict[str, int] = {}
    whole: dict[str, int] = {}
    for pair in pairs:
        for node in (pair.debtor, pair.creditor):
            own[node.key] = own.get(node.key, 0) + pair.before
            whole[node.country] = whole.get(node.country, 0) + pair.before

    def rank(node: Node) -> tuple[bool, int, str, bool, int, str]:
        is_others = node.key.startswith(OTHERS)
        size = whole.get(node.country, 0)
        return not node.country, -size, node.country, is_others, -own.get(node.key, 0), node.key

    return tuple(sorted((node for node in nodes if node.key in own), key=rank))


def _node(row: Row) -> Node:
    return Node(str(row["node"]), str(row["label"]), str(row["name"]), str(row["country"]))


def _others(key: str) -> Node:
    country = key.removeprefix(OTHERS).strip()
    words = f"others in {country_name(country)}" if country else "others elsewhere"
    return Node(key, OTHERS, words, country)


def _firm(row: Row) -> FirmOwing:
    return FirmOwing(
        str(row["party"]),
        str(row["name"]),
        str(row["country"]),
        str(row["participant"]),
        int(row["owes_before"]),
        int(row["owes_after"]),
        int(row["owed_before"]),
        int(row["owed_after"]),
    )
