"""Offsetting in plain words: what may settle, the largest ordered set, and every set there is.

Written from the rules of docs/offsetting.md alone; the engine's rooms, items and prices are not used here.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True)
class Payment:
    """A queued payment; `link` is None or a number."""

    debtor: int
    creditor: int
    amount: int
    priority: int = 0
    order: int = 0
    link: int | None = None


@dataclass(frozen=True)
class Case:
    """Accounts, their queues, and limits."""

    available: tuple[int, ...]
    currency: tuple[int, ...]
    payments: tuple[Payment, ...]
    limits: dict[tuple[int, int | None], int] = field(default_factory=dict)
    """By account and counterparty, None: all others; how much more it may pay net."""
    weight: dict[int, int] = field(default_factory=dict)
    """By currency; 1 where it is not there."""

    def value(self, payment: Payment) -> int:
        """Return what a payment counts."""
        return payment.amount * self.weight.get(self.currency[payment.debtor], 1)

    def limit(self, account: int, counterparty: int) -> tuple[int, int | None] | None:
        """Return the limit that binds an account towards another, or None."""
        return next((key for key in ((account, counterparty), (account, None)) if key in self.limits), None)

    @cached_property
    def queues(self) -> list[list[int]]:
        """By account, the places of its payments in the order of its queue."""
        queues: list[list[int]] = [[] for _ in self.available]
        for place, each in sorted(enumerate(self.payments), key=lambda one: (one[1].priority, one[1].order)):
            queues[each.debtor].append(place)
        return queues


def problems(case: Case, chosen: set[int]) -> Iterator[str]:
    """Yield why a set may not settle."""
    payments = [case.payments[place] for place in sorted(chosen)]
    for account, available in enumerate(case.available):
        paid = sum(each.amount for each in payments if each.debtor == account)
        received = sum(each.amount for each in payments if each.creditor == account)
        if paid and (available < 0 or available + received - paid < 0):
            yield f"account {account}"
    for key, room in case.limits.items():
        paid = sum(each.amount for each in payments if case.limit(each.debtor, each.creditor) == key)
        received = sum(each.amount for each in payments if case.limit(each.creditor, each.debtor) == key)
        if paid and (room < 0 or room + received - paid < 0):
            yield f"limit {key}"
    for link in {each.link for each in payments if each.link is not None}:
        legs = {place for place, each in enumerate(case.payments) if each.link == link}
        if not legs <= chosen:
            yield f"link {link}"


def is_ordered(case: Case, chosen: set[int]) -> bool:
    """Tell whether each account's chosen payments are a prefix of its queue."""
    return all(chosen.issuperset(queue[: len(chosen.intersection(queue))]) for queue in case.queues)


def are_ordered(case: Case, sets: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """Tell of each set, shape (sets, payments), what `is_ordered` tells: none has a payment without the one
    before it in its queue.
    """
    kept = np.ones(len(sets), np.bool_)
    for queue in case.queues:
        for before, behind in pairwise(queue):
            kept &= sets[:, before] | ~sets[:, behind]
    return kept


def largest_ordered(case: Case) -> set[int]:
    """Take everything; as long as somebody is short, take away the last payment of its queue."""
    chosen = set(range(len(case.payments)))
    while True:
        wrong = list(problems(case, chosen))
        cut = {int(each.split()[1].strip("(,")) for each in wrong if not each.startswith("link")}
        for account in cut:
            chosen.discard([place for place in case.queues[account] if place in chosen][-1])
        for each in wrong:
            if each.startswith("link"):
                link = int(each.split()[1])
                chosen -= {place for place, payment in enumerate(case.payments) if payment.link == link}
        # What stands behind something that is cut is cut.
        for queue in case.queues:
            gap = next((number for number, place in enumerate(queue) if place not in chosen), len(queue))
            chosen -= set(queue[gap:])
        if not wrong:
            return chosen


def all_sets(case: Case) -> tuple[npt.NDArray[np.bool_], npt.NDArray[np.int64]]:
    """Return every set that may settle, shape (sets, payments), and its value.

    All sets of whole links are made and those that break a rule are taken out.
    """
    units: dict[object, list[int]] = {}
    for place, each in enumerate(case.payments):
        units.setdefault(("link", each.link) if each.link is not None else place, []).append(place)

    def total(amounts: list[int]) -> npt.NDArray[np.int64]:
        """Add up what each set has of these amounts: all sets without a unit, then the same sets with it."""
        found = np.zeros(1, np.int64)
        for places in units.values():
            found = np.concatenate((found, found + sum(amounts[place] for place in places)))
        return found

    may = np.ones(2 ** len(units), np.bool_)

    def keep(room: int, paying: Callable[[Payment], bool], receiving: Callable[[Payment], bool]) -> None:
        paid = total([each.amount * paying(each) for each in case.payments])
        received = total([each.amount * receiving(each) for each in case.payments])
        may[:] &= (paid == 0) | ((room >= 0) & (room + received - paid >= 0))

    for account, available in enumerate(case.available):
        keep(available, lambda each: each.debtor == account, lambda each: each.creditor == account)  # noqa: B023
    for key, room in case.limits.items():
        keep(
            room,
            lambda each: case.limit(each.debtor, each.creditor) == key,  # noqa: B023
            lambda each: case.limit(each.creditor, each.debtor) == key,  # noqa: B023
        )
    number = np.flatnonzero(may)
    sets = np.zeros((len(number), len(case.payments)), np.bool_)
    for bit, places in enumerate(units.values()):
        sets[:, places] = (number >> bit & 1 == 1)[:, None]
    return sets, total([case.value(each) for each in case.payments])[number]
