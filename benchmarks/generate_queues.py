"""Queues that wait for liquidity, drawn from a seed.

Participants differ in size as banks do (log-normal), and pay each other in proportion to their sizes. Amounts
are log-normal, and half of them are round. Of its net debit in each currency a participant has a share as
liquidity. A link is two payments that cross in two currencies, or, where there is one currency, two of
different participants.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from setfair.engine.offset import NO_LINK, Accounts, Queue

SIZES = (100, 300, 1_000, 3_000, 10_000, 20_000)
PARTICIPANTS = (10, 30, 80, 200)
LIQUIDITY_PERCENT = (0, 1, 5, 15, 30, 50)
LINKED_PERCENT = (0, 0, 10, 40)
CURRENCIES = (1, 1, 2, 3, 6)


@dataclass(frozen=True, slots=True)
class Shape:
    """What a queue looks like."""

    participants: int
    payments: int
    currencies: int
    liquidity_percent: int
    linked_percent: int
    """Share of the payments that are legs of links."""

    def __str__(self) -> str:
        return (
            f"{self.payments:,} of {self.participants}, {self.currencies} cur., "
            f"{self.liquidity_percent} % liq., {self.linked_percent} % linked"
        )


@dataclass(frozen=True, slots=True)
class Generated:
    """A queue and its accounts."""

    shape: Shape
    accounts: Accounts
    queue: Queue


def draw_shape(seed: int) -> Shape:
    """Draw a shape: each size equally often, the rest at random."""
    draw = np.random.default_rng([seed, 1])
    payments = SIZES[seed % len(SIZES)]
    participants = int(draw.choice([each for each in PARTICIPANTS if 2 * each <= payments]))
    return Shape(
        participants,
        payments,
        int(draw.choice(CURRENCIES)),
        int(draw.choice(LIQUIDITY_PERCENT)),
        int(draw.choice(LINKED_PERCENT)),
    )


def generate_queue(shape: Shape, seed: int) -> Generated:
    """Draw a queue of a shape."""
    draw = np.random.default_rng([seed, 2])
    size = draw.lognormal(0, 1, shape.participants)
    count = shape.payments
    debtor = draw.choice(shape.participants, count, p=size / size.sum())
    creditor = draw.choice(shape.participants, count, p=size / size.sum())
    same = debtor == creditor
    creditor[same] = (
        debtor[same] + draw.integers(1, shape.participants, int(same.sum()))
    ) % shape.participants
    currency = draw.integers(0, shape.currencies, count)
    link = np.full(count, NO_LINK, np.int64)
    pairs = count * shape.linked_percent // 200
    first, second = draw.permutation(count)[: 2 * pairs].reshape(2, pairs)
    link[first] = link[second] = np.arange(pairs)
    if shape.currencies > 1:
        debtor[second], creditor[second] = creditor[first], debtor[first]
        currency[second] = (currency[first] + draw.integers(1, shape.currencies, pairs)) % shape.currencies
    amount = _draw_amounts(draw, count)
    debtor_account = debtor * shape.currencies + currency
    creditor_account = creditor * shape.currencies + currency
    accounts = shape.participants * shape.currencies
    net = np.zeros(accounts, np.int64)
    np.add.at(net, debtor_account, amount)
    np.subtract.at(net, creditor_account, amount)
    return Generated(
        shape,
        Accounts(
            available=np.maximum(net, 0) * shape.liquidity_percent // 100,
            currency=np.tile(np.arange(shape.currencies), shape.participants),
            weight=np.ones(accounts, np.int64),
        ),
        Queue(
            debtor=debtor_account,
            creditor=creditor_account,
            amount=amount,
            priority=draw.choice(3, count, p=(0.05, 0.15, 0.8)),
            order=np.arange(count),
            link=link,
        ),
    )


def _draw_amounts(draw: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    """Return minor units: log-normal, half of them rounded to two digits."""
    exact = (draw.lognormal(11, 1.6, count) * 100).astype(np.int64) + 1
    unit = 10 ** np.maximum(np.floor(np.log10(exact)).astype(np.int64) - 1, 0)
    return np.where(draw.random(count) < 0.5, np.maximum(exact // unit, 1) * unit, exact)
