"""Why a queued payment waits, from the books: what it lacks, what is ahead of it, and what would release it.

Rules
-----
1. Ahead of a payment is what stands before it in the queue of its debtor account; of a leg, what stands
   before the last leg of its link in that queue, the legs of the link left out.
2. What is needed is the amount, or what the link takes from the account net. What is available, and how much
   the limit that binds the payment leaves, is as the engine has it now; the difference is what is lacked.
3. A credit to the account releases the payment if it covers what is lacked and what is ahead: that is paid
   first. It is said as of now; what comes meanwhile changes it.
4. Counter-payments are queued payments of the creditor account to the debtor account, incoming ones all
   queued payments to the debtor account: offsetting settles them together where that covers everybody.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from setfair.domain.codes import InstructionKind, Priority, Reason, Status
from setfair.domain.instants import date_of, format_utc
from setfair.engine.books import Books
from setfair.engine.layout import Int64s
from setfair.engine.ledger import ALL_OTHERS, HAS_BILATERAL, HAS_MULTILATERAL, find_limit_slot
from setfair.engine.offset_queue import links_of, queued_payments


@dataclass(frozen=True, slots=True)
class Sum:
    """Some queued payments."""

    numbers: tuple[int, ...]
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Leg:
    """One leg of the link of a payment."""

    number: int
    account: int
    status: Status
    reason: Reason
    times: dict[str, object]
    """As `schedule_of` gives them."""


@dataclass(frozen=True, slots=True)
class Queued:
    """What a queued payment waits for; amounts in minor units."""

    needed_minor: int
    available_minor: int
    lacks_minor: int
    limit_left_minor: int | None
    """How much more may be paid net under the limit that binds it; None: there is none."""
    ahead: Sum
    counter_payments: Sum
    incoming: Sum
    legs: tuple[Leg, ...]
    """The other legs of its link."""

    @property
    def releasing_credit_minor(self) -> int:
        """A credit of this to the account covers it and what is ahead: rule 3."""
        return max(0, self.needed_minor + self.ahead.amount_minor - self.available_minor)


def explain_queued(books: Books, place: int) -> Queued:
    """Explain the queued payment at a place of the books."""
    places = queued_payments(books)
    links = links_of(books, places)
    payments = books.payments
    own = payments[place]
    debtor, creditor = int(own["debtor"]), int(own["creditor"])
    link = int(links[places == place][0])
    group = places[links == link] if link >= 0 else np.array([place])
    ours = payments["debtor"][places] == debtor
    needed = _net_taken(books, group, debtor)
    available = _available(books, debtor, int(payments["priority"][group[_pays(books, group, debtor)]].max()))
    to_us = payments["creditor"][places] == debtor
    theirs = to_us & (payments["debtor"][places] == creditor) & (links < 0)
    return Queued(
        needed_minor=needed,
        available_minor=available,
        lacks_minor=max(0, needed - available),
        limit_left_minor=_limit_left(books, debtor, creditor),
        ahead=_sum(books, _ahead(places[ours], group)),
        counter_payments=_sum(books, places[theirs]),
        incoming=_sum(books, places[to_us & ~np.isin(places, group)]),
        legs=tuple(_leg(books, int(each)) for each in np.sort(group) if each != place),
    )


def schedule_of(books: Books, place: int) -> dict[str, object]:
    """Return when a payment may settle, and whether its payer holds it; a leg no later than its link."""
    payment = books.payments[place]
    row = books.schedule[books.schedule["number"] == payment["number"]]
    earliest, latest = (int(row[name][0]) if len(row) else 0 for name in ("earliest", "latest"))
    link = _link_of(books, place)
    until = int(books.links["until"][link]) if link >= 0 else 0
    latest = min(each or 1 << 63 for each in (latest, until)) if latest or until else 0
    value_date = int(payment["value_date"])
    return {
        "value_date": date_of(value_date).isoformat() if value_date else "",
        "on_hold": bool(len(row) and row["on_hold"][0]),
        "earliest_utc": format_utc(earliest) if earliest else "",
        "latest_utc": format_utc(latest) if latest else "",
    }


def _link_of(books: Books, place: int) -> int:
    """Return the link that the payment at a place is a leg of, or -1."""
    payment = books.payments[place]
    is_leg = payment["kind"] <= InstructionKind.INSTITUTION_PAYMENT and payment["original"] >= 0
    return int(books.legs["link"][payment["original"]]) if is_leg else -1


def _pays(books: Books, group: Int64s, account: int) -> Int64s:
    return np.flatnonzero(books.payments["debtor"][group] == account)


def _net_taken(books: Books, group: Int64s, account: int) -> int:
    payments = books.payments[group]
    paid = int(payments["amount"][payments["debtor"] == account].sum())
    return paid - int(payments["amount"][payments["creditor"] == account].sum())


def _ahead(queue: Int64s, group: Int64s) -> Int64s:
    """Return what stands before the last of the group in a queue, the group left out."""
    last = int(np.flatnonzero(np.isin(queue, group)).max())
    return queue[:last][~np.isin(queue[:last], group)]


def _available(books: Books, account: int, priority: int) -> int:
    row = books.accounts[account]
    reserved = int(row["reserved_urgent"]) if priority > Priority.URGENT else 0
    reserved += int(row["reserved_high"]) if priority > Priority.HIGH else 0
    return int(row["balance"]) + int(row["credit_line"]) - reserved


def _limit_left(books: Books, debtor: int, creditor: int) -> int | None:
    flags = int(books.accounts[debtor]["limits"])
    for flag, counterparty in ((HAS_BILATERAL, creditor), (HAS_MULTILATERAL, ALL_OTHERS)):
        row = books.limits[find_limit_slot(books.limits, debtor, counterparty)]
        if flags & flag and row["key"] != -1:
            return int(row["limit"]) - int(row["net"])
    return None


def _sum(books: Books, places: Int64s) -> Sum:
    rows = books.payments[places]
    return Sum(tuple(rows["number"].tolist()), sum(rows["amount"].tolist()))


def _leg(books: Books, place: int) -> Leg:
    row = books.payments[place]
    status, reason = Status(int(row["status"])), Reason(int(row["reason"]))
    return Leg(int(row["number"]), int(row["debtor"]), status, reason, schedule_of(books, place))
