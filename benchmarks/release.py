"""Release: many payments wait for one credit, which comes, and all of them settle.

The work is linear in what is released if ten times as many settle at the same rate.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from benchmarks.measure import Sample, Scale, Timer, rates
from benchmarks.scenario import books_of
from setfair.domain.codes import InstructionKind, Priority, Screening
from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.engine.books import Books
from setfair.engine.decide import decide
from setfair.engine.layout import INSTRUCTION, LEG_TERMS, Array
from setfair.errors import BrokenInvariantError

RICH, FIRST = 0, 1
"""The account that has money, and the one that it pays."""
AMOUNT = 100


class Waiting(NamedTuple):
    """Payments that wait."""

    accounts: int
    payments: Array
    """INSTRUCTION."""
    terms: Array
    """LEG_TERMS, in the places that the payments name."""
    credit: int
    """What has to come to the first account for all of them to settle."""


def one_queue(count: int) -> Waiting:
    """All wait in one queue."""
    payments = _payments(np.full(count, FIRST), 2 + np.arange(count) % 999)
    return Waiting(1001, payments, np.zeros(0, LEG_TERMS), AMOUNT * count)


def chain(count: int) -> Waiting:
    """Each waits for the one before it."""
    payments = _payments(FIRST + np.arange(count), FIRST + 1 + np.arange(count))
    return Waiting(count + 2, payments, np.zeros(0, LEG_TERMS), AMOUNT)


def rounds(count: int) -> Waiting:
    """The first account pays, and has to be paid around two others before it can pay again."""
    turns = count // 3
    near, far = 2 + 2 * np.arange(turns), 3 + 2 * np.arange(turns)
    hub = np.full(turns, FIRST)
    debtor, creditor = np.stack((hub, near, far), 1).ravel(), np.stack((near, far, hub), 1).ravel()
    return Waiting(2 + 2 * turns, _payments(debtor, creditor), np.zeros(0, LEG_TERMS), AMOUNT)


def links(count: int) -> Waiting:
    """All are legs: of each link one leg waits in the first account's queue, one in the other's."""
    pairs = count // 2
    hub, other = np.full(pairs, FIRST), 2 + np.arange(pairs)
    debtor, creditor = np.stack((hub, other), 1).ravel(), np.stack((other, hub), 1).ravel()
    payments = _payments(debtor, creditor)
    payments["amount"][1::2] = AMOUNT // 2
    payments["target"] = np.arange(1, len(payments) + 1)
    terms = np.zeros(len(payments), LEG_TERMS)
    terms["link_high"] = terms["link_low"] = np.repeat(1 + np.arange(pairs), 2)
    terms["legs"] = 2
    return Waiting(2 + pairs, payments, terms, AMOUNT // 2 * pairs)


SHAPES: dict[str, Callable[[int], Waiting]] = {
    "one queue": one_queue,
    "a chain": chain,
    "rounds of three": rounds,
    "links": links,
}


def _payments(debtor: Array, creditor: Array) -> Array:
    batch = np.zeros(len(debtor), INSTRUCTION)
    batch["kind"], batch["priority"] = InstructionKind.CUSTOMER_PAYMENT, Priority.NORMAL
    batch["screening"], batch["currency"], batch["person"] = Screening.CLEAR, 978, -1
    batch["debtor"], batch["creditor"], batch["amount"] = debtor, creditor, AMOUNT
    return batch


def queue_up(waiting: Waiting) -> Books:
    """Return books in which the payments wait."""
    books = books_of(waiting.accounts)
    books.accounts["credit_line"][FIRST:] = 0
    for first in range(0, len(waiting.payments), BATCH_ROWS_MAX):
        batch = waiting.payments[first : first + BATCH_ROWS_MAX].copy()
        terms = waiting.terms[first : first + BATCH_ROWS_MAX]
        if len(terms):
            batch["target"] -= first
        decide(books, batch, now=1, leg_terms=terms)
    if books.queued_count != len(waiting.payments):
        raise BrokenInvariantError(f"{books.queued_count} of {len(waiting.payments)} payments wait")
    return books


def credit_of(waiting: Waiting) -> Array:
    """Return the payment that releases all of them."""
    batch = _payments(np.array([RICH]), np.array([FIRST]))
    batch["amount"] = waiting.credit
    return batch


def run(scale: Scale) -> Iterator[Sample]:
    """Measure each shape at two lengths."""
    for name, shape in SHAPES.items():
        for count in (scale.of(10_000, 30), scale.of(100_000, 60)):
            yield _measure(scale, f"{name}, {count:,} wait", shape(count))


def _measure(scale: Scale, case: str, waiting: Waiting) -> Sample:
    books, credit = queue_up(waiting), credit_of(waiting)

    def once(timer: Timer) -> None:
        fresh = books.copy()
        with timer:
            decide(fresh, credit, now=2)
        if fresh.queued_count:
            raise BrokenInvariantError(f"{fresh.queued_count} payments wait still")

    return Sample("release", case, "payments/s", rates(len(waiting.payments), once, scale.runs))
