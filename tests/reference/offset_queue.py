"""Which queued payments of a reference house settle together: docs/settlement-rules.md.

Bilateral offsetting at entry is step 13. Of the whole queue ("Offsetting") the set is unique under `ordered`
and found here in plain words. Under `bypass` it is what the search finds; whether that is a good set is
tested elsewhere, so the search is asked; what it is given is made anew.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from setfair.domain.codes import Mechanism, Priority, Reason, Status
from setfair.domain.money import BALANCE_MAX_MINOR
from setfair.engine.offset import Accounts, Discipline, Limits, Queue, offset
from tests.reference.offset import Case, Payment, largest_ordered

if TYPE_CHECKING:
    from tests.reference.entry_checks import Entry
    from tests.reference.settlement import ReferenceHouse
    from tests.reference.words import Instruction

GROSS_MAX = 2**59 - 1
OFFSET_LOOK_MAX = 256
"""Queued payments of the creditor that bilateral offsetting looks at."""


def find_bilateral(house: ReferenceHouse, row: Instruction, blocked: bool) -> list[Entry]:
    """Step 13: return the first set of queued payments of the creditor that fits, or an empty list."""
    if house.discipline == "ordered" and blocked:
        return []
    chosen: list[Entry] = []
    # Reading: payments to others that `bypass` passes over have been looked at and count too.
    for number in house.queue[row.creditor][:OFFSET_LOOK_MAX]:
        entry = house.entries[number]
        if entry.instruction.creditor != row.debtor or entry.instruction.link:
            if house.discipline == "ordered":
                break
            continue
        chosen.append(entry)
        if house.books.offset_fits(row, [other.instruction for other in chosen]):
            return chosen
    return []


def settle_chosen(house: ReferenceHouse, cause: int) -> None:
    """Book what is chosen, in the order of its arrival, and let go what that lets go."""
    chosen = [house.entries[number] for number in choose_queued(house)]
    for entry in chosen:
        house.leave_queue(entry)
    for entry in chosen:
        house.settle(entry, Mechanism.OFFSETTING, cause)
    for entry in chosen:
        link = house.links.of_leg.get(entry.number)
        if link is not None and not link.over:
            house.links.finish(link, Status.RJCT, Reason.ORIGINAL_SETTLED, cause)
    rows = [entry.instruction for entry in chosen]
    for account in sorted({row.debtor for row in rows} | {row.creditor for row in rows}):
        house.cascade([account], cause)


def choose_queued(house: ReferenceHouse) -> list[int]:
    """Return the numbers of the payments that settle, in the order of their arrival."""
    numbers = [number for queue in house.queue for number in queue]
    case = _case(house, numbers)
    if not numbers or not _fits(house, case):
        return []
    if house.discipline == "ordered":
        return sorted(numbers[place] for place in largest_ordered(case))
    return sorted(numbers[place] for place in np.flatnonzero(_search(case)).tolist())


def _case(house: ReferenceHouse, numbers: list[int]) -> Case:
    rows = [house.entries[number].instruction for number in numbers]
    links: dict[int, int] = {}
    payments = tuple(
        Payment(
            row.debtor,
            row.creditor,
            row.amount,
            row.priority,
            order,
            links.setdefault(row.link, len(links)) if row.link else None,
        )
        for order, row in enumerate(rows)
    )
    limits = house.books.limits_left()
    lowest = [Priority.URGENT] * len(house.accounts)
    for row in rows:
        lowest[row.debtor] = max(lowest[row.debtor], row.priority)
    available = tuple(house.books.available(*each) for each in enumerate(lowest))
    return Case(available, tuple(spec.currency for spec in house.accounts), payments, limits)


def _fits(house: ReferenceHouse, case: Case) -> bool:
    """Say whether no sum of the run could leave 64 bits."""
    received = [0] * len(house.accounts)
    for payment in case.payments:
        received[payment.creditor] += payment.amount
    within = all(
        balance + more <= BALANCE_MAX_MINOR
        for balance, more in zip(house.books.balance, received, strict=True)
    )
    return within and sum(payment.amount for payment in case.payments) <= GROSS_MAX


def _search(case: Case) -> np.ndarray:
    def column(values: list[int]) -> np.ndarray:
        return np.array(values, np.int64)

    payments = case.payments
    queue = Queue(
        *(column([getattr(each, name) for each in payments]) for name in Queue.__slots__[:-1]),
        column([-1 if each.link is None else each.link for each in payments]),
    )
    enough = BALANCE_MAX_MINOR
    accounts = Accounts(
        column([min(each, enough) for each in case.available]),
        column(list(case.currency)),
        column([1] * len(case.available)),
    )
    limits = Limits(
        column([account for account, _ in case.limits]),
        column([-1 if other is None else other for _, other in case.limits]),
        column(list(case.limits.values())),
    )
    return offset(accounts, queue, Discipline.BYPASS, limits=limits).chosen
