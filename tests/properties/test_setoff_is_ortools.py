"""Set-off against a general solver for minimum-cost flow: the same optimum, with a verified certificate."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pytest
from ortools.graph.python import min_cost_flow

from setfair.domain.money import find_currency
from setfair.domain.obligations import DUE_AT_ONCE, Obligations
from setfair.engine.setoff import SetOff, set_off, solve
from setfair.formats.certificate import (
    MOST_CLEARED,
    Certificate,
    CurrencyCertificate,
    Objective,
    content_digest,
)
from setfair.verify.set_off import verify_set_off
from tests.uncompiled import share

Ends = tuple[np.ndarray, np.ndarray]


def between(source: np.random.Generator, parties: int, count: int) -> Ends:
    """Return debtors and creditors, each obligation between any two parties."""
    debtor = source.integers(0, parties, count)
    return debtor, (debtor + source.integers(1, parties, count)) % parties


def dense(source: np.random.Generator) -> Ends:
    """Return each pair of few parties, both ways."""
    parties = int(source.integers(3, 8))
    debtor, creditor = np.divmod(np.arange(parties**2), parties)
    return debtor[debtor != creditor], creditor[debtor != creditor]


def sparse(source: np.random.Generator) -> Ends:
    """Return few obligations between many parties."""
    return between(source, 40, 45)


def star(source: np.random.Generator) -> Ends:
    """Return one party in the middle, that owes some and is owed by others, or both."""
    leaf = source.integers(1, 15, 30)
    owes = source.random(30) < 0.5
    return np.where(owes, 0, leaf), np.where(owes, leaf, 0)


def ring(source: np.random.Generator) -> Ends:
    """Return one ring, and a few chords over it."""
    parties = int(source.integers(3, 25))
    debtor, creditor = between(source, parties, int(source.integers(0, 4)))
    around = np.arange(parties)
    return np.concatenate((around, debtor)), np.concatenate(((around + 1) % parties, creditor))


def two_way(source: np.random.Generator) -> Ends:
    """Return pairs that owe each other."""
    debtor, creditor = between(source, 12, 18)
    return np.concatenate((debtor, creditor)), np.concatenate((creditor, debtor))


def parallel(source: np.random.Generator) -> Ends:
    """Return many obligations between few pairs."""
    return between(source, 4, 50)


def disconnected(source: np.random.Generator) -> Ends:
    """Return groups that owe nothing to each other."""
    debtor, creditor = between(source, 5, 50)
    group = 5 * source.integers(0, 6, 50)
    return debtor + group, creditor + group


def giant(source: np.random.Generator) -> Ends:
    """Return one large component."""
    debtor, creditor = between(source, 30, 90)
    around = np.arange(30)
    return np.concatenate((around, debtor)), np.concatenate(((around + 1) % 30, creditor))


SHAPES = (dense, sparse, star, ring, two_way, parallel, disconnected, giant)
AMOUNTS = (1, 5, 10_000, 10**15)
"""Largest amounts; with 1 and 10^15 half of all instances have this amount alone."""
EACH = 250
"""Instances of each shape: 2,000 in all."""


def draw(shape: int, number: int) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return debtors, creditors and amounts of an instance."""
    source = np.random.default_rng((shape, number))
    debtor, creditor = SHAPES[shape](source)
    largest = AMOUNTS[number % len(AMOUNTS)]
    least = largest if largest in (1, 10**15) and number % 8 < 4 else 1
    return debtor, creditor, source.integers(least, largest, len(debtor), endpoint=True)


def kept_by_solver(debtor: np.ndarray, creditor: np.ndarray, amount: np.ndarray) -> int:
    """Return the least total that carries every net position."""
    solver = min_cost_flow.SimpleMinCostFlow()
    solver.add_arcs_with_capacity_and_unit_cost(debtor, creditor, amount, np.ones_like(amount))
    net = np.zeros(int(max(debtor.max(), creditor.max())) + 1, np.int64)
    np.add.at(net, debtor, amount)
    np.subtract.at(net, creditor, amount)
    solver.set_nodes_supplies(np.arange(len(net)), net)
    assert solver.solve() == solver.OPTIMAL
    return int(solver.optimal_cost())


def is_proven(debtor: np.ndarray, creditor: np.ndarray, amount: np.ndarray, found: SetOff) -> bool:
    """Let the verifier judge, which has nothing of the solver."""
    currency = find_currency("JPY")
    assert currency is not None
    party, place = np.unique(np.concatenate((debtor, creditor)), return_inverse=True)
    owed = Obligations(
        currency,
        np.arange(1, len(amount) + 1),
        pa.chunked_array([[f"N{number}" for number in range(len(amount))]]),
        pa.array([f"{number:03d}" for number in party]),
        place[: len(amount)],
        place[len(amount) :],
        amount,
        np.full(len(amount), DUE_AT_ONCE),
    )
    part = CurrencyCertificate(
        "JPY",
        content_digest(owed),
        found.gross_minor,
        found.cleared_total_minor,
        found.net_debit_minor,
        (Objective(MOST_CLEARED, found.price),),
        owed.party_id,
        owed.row,
        found.cleared_minor,
    )
    return verify_set_off(Certificate(len(owed), 0, (part,)), (owed,), rows=len(owed), left_out=0).is_proven


@pytest.mark.parametrize("shape", range(len(SHAPES)), ids=lambda place: SHAPES[place].__name__)
def test_the_optimum_is_that_of_a_general_solver(shape: int) -> None:
    """On 2,000 instances of every shape, with amounts of 1 and of 10^15 among them."""
    cancels = 0
    for number in range(share(EACH)):
        rows = draw(shape, number)
        found = set_off(*rows, np.zeros(len(rows[0]), np.int64))
        assert found.remaining_total_minor == kept_by_solver(*rows)
        assert is_proven(*rows, found)
        cancels += found.cleared_total_minor > 0
    assert cancels > share(EACH) // 4


@pytest.mark.parametrize("shape", range(len(SHAPES)), ids=lambda place: SHAPES[place].__name__)
def test_single_ways_come_to_the_same_optimum(shape: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where labels would lie too far apart, what is left is mended by shortest ways: here, all that is."""
    monkeypatch.setattr(solve, "LABELS_MAX", 0)
    for number in range(share(EACH // 10)):
        rows = draw(shape, number)
        found = set_off(*rows, np.zeros(len(rows[0]), np.int64))
        assert found.remaining_total_minor == kept_by_solver(*rows)
        assert is_proven(*rows, found)


@pytest.mark.parametrize("labels_max", [2**8, solve.LABELS_MAX])
def test_chains_with_long_ways(labels_max: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Firms in a row that owe each other, the next one and the one after it."""
    monkeypatch.setattr(solve, "LABELS_MAX", labels_max)
    source = np.random.default_rng(7)
    for length in (50, 500, share(5_000)):
        firm = np.arange(length)
        debtor = np.concatenate((firm, firm, firm[1:]))
        creditor = np.concatenate(((firm + 1) % length, (firm + 2) % length, firm[:-1]))
        amount = np.rint(source.lognormal(8, 2, len(debtor))).astype(np.int64) + 1
        found = set_off(debtor, creditor, amount, np.zeros(len(debtor), np.int64))
        assert found.remaining_total_minor == kept_by_solver(debtor, creditor, amount)
        assert is_proven(debtor, creditor, amount, found)
