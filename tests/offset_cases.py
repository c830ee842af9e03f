"""Queues for the tests of offsetting, small and drawn from a seed, and how the engine is given them."""

from __future__ import annotations

import hashlib
import random
from concurrent.futures import Future, ThreadPoolExecutor
from typing import Any

import numpy as np

from setfair.engine.offset import ALL_OTHERS, NO_LINK, Accounts, Discipline, Limits, Offset, Queue, offset
from setfair.engine.offset.given import BoolArray
from setfair.engine.offset.model import Core, find_rooms, make_core, number_items
from tests.reference.offset import Case, Payment
from tests.uncompiled import share


def draw_case(seed: int, payments_max: int = 16) -> Case:
    """Draw a queue: few accounts in one to three currencies, links within and across, limits, weights."""
    draw = random.Random(seed)
    currencies = draw.choice((1, 1, 2, 3))
    participants = draw.randint(2, 5)
    currency = tuple(number for number in range(currencies) for _ in range(participants))
    amount_max = draw.choice((3, 10, 1000))
    available = tuple(
        draw.choice((0, 0, draw.randint(0, amount_max), -1 if seed % 7 == 0 else 0)) for _ in currency
    )
    payments = []
    count = draw.randint(1, payments_max)
    with_links = draw.random() < 0.5
    for order in draw.sample(range(3 * count), count):
        base = participants * draw.randrange(currencies)
        debtor, creditor = draw.sample(range(participants), 2)
        link = draw.randint(0, count // 3) if with_links and draw.random() < 0.5 else None
        priority = draw.choice((0, 0, 1, 2))
        payments.append(
            Payment(base + debtor, base + creditor, draw.randint(1, amount_max), priority, order, link)
        )
    limits = {}
    if draw.random() < 0.3:
        for _ in range(draw.randint(1, 4)):
            base = participants * draw.randrange(currencies)
            account, other = draw.sample(range(participants), 2)
            key = (base + account, None if draw.random() < 0.4 else base + other)
            limits[key] = draw.randint(-1, amount_max)
    weight = {number: draw.randint(1, 9) for number in range(currencies)} if draw.random() < 0.5 else {}
    return Case(available, currency, tuple(payments), limits, weight)


def give(case: Case) -> tuple[Accounts, Queue, Limits]:
    """Return a case as the engine is given it."""

    def column(values: list[int]) -> np.ndarray:
        return np.array(values, np.int64)

    accounts = Accounts(
        column(list(case.available)),
        column(list(case.currency)),
        column([case.weight.get(currency, 1) for currency in case.currency]),
    )
    queue = Queue(
        column([each.debtor for each in case.payments]),
        column([each.creditor for each in case.payments]),
        column([each.amount for each in case.payments]),
        column([each.priority for each in case.payments]),
        column([each.order for each in case.payments]),
        column([NO_LINK if each.link is None else each.link for each in case.payments]),
    )
    limits = Limits(
        column([account for account, _ in case.limits]),
        column([ALL_OTHERS if other is None else other for _, other in case.limits]),
        column(list(case.limits.values())),
    )
    return accounts, queue, limits


def run_case(case: Case, discipline: Discipline, work_max: int = 1_000_000) -> Offset:
    """Run the engine on a case."""
    accounts, queue, limits = give(case)
    return offset(accounts, queue, discipline, limits=limits, work_max=work_max)


def places(mask: np.ndarray) -> set[int]:
    """Return the places where a mask is true."""
    return set(np.flatnonzero(mask).tolist())


def run_columns(accounts: Accounts, queue: Queue, limits: Limits) -> Offset:
    """Run the engine on columns."""
    return offset(accounts, queue, Discipline.BYPASS, limits=limits, work_max=1_000)


def digest() -> str:
    """Return a digest of the results of a few queues that are too large to be searched whole."""
    found = hashlib.sha256()
    for seed in range(share(5)):
        result = run_case(draw_case(seed, 200), Discipline.BYPASS, share(300_000))
        found.update(result.chosen.tobytes() + f"{result.bound} {result.work}".encode())
    return found.hexdigest()


def core_of(case: Case) -> tuple[Core, BoolArray]:
    """Return a case as items and rooms, and what is shut."""
    accounts, queue, limits = give(case)
    return make_core(accounts, queue, find_rooms(accounts, queue, limits), number_items(queue))


def sets_of(core: Core) -> tuple[BoolArray, BoolArray]:
    """Return all sets, a row each, and whether each of them may settle."""
    chosen = np.arange(1 << core.items)[:, None] >> np.arange(core.items) & 1 == 1
    by = np.zeros((core.items, len(core.room)), np.int64)
    for room in range(len(core.room)):
        places = slice(core.room_start[room], core.room_start[room + 1])
        by[core.near_item[places], room] = core.near_by[places]
    return chosen, np.asarray((core.room + chosen @ by >= 0).all(axis=1))


class InTurn(ThreadPoolExecutor):
    """A pool that does at once, in the caller's thread, what it is given."""

    done = 0

    def submit(self, function: Any, /, *given: Any, **more: Any) -> Future[Any]:
        """Do it now."""
        InTurn.done += 1
        future: Future[Any] = Future()
        future.set_result(function(*given, **more))
        return future


def dense_case(seed: int, payments: int, accounts: int) -> Case:
    """Draw a queue of few accounts with many payments each, and a third of what they lack."""
    draw = np.random.default_rng(seed)
    debtor = draw.integers(0, accounts, payments)
    creditor = (debtor + draw.integers(1, accounts, payments)) % accounts
    amount = draw.lognormal(9, 1.5, payments).astype(np.int64) + 1
    net = np.bincount(debtor, amount, accounts) - np.bincount(creditor, amount, accounts)
    links = np.where(draw.random(payments) < 0.2, draw.integers(0, payments // 20, payments), -1).tolist()
    drawn = zip(debtor.tolist(), creditor.tolist(), amount.tolist(), links, strict=True)
    return Case(
        tuple(int(max(each, 0)) // 3 for each in net),
        (0,) * accounts,
        tuple(
            Payment(one, other, much, 0, order, None if link < 0 else link)
            for order, (one, other, much, link) in enumerate(drawn)
        ),
        {},
        {},
    )
