"""The state of one house, made of arrays, and how it grows, is laid out anew, and is kept.

Rules
-----
1. Everything that decides is in `Books`; nothing else is remembered between batches.
2. Arrays have room for the next batch before it is decided: kernels never allocate.
3. `snapshot` and `restore` are exact: the same bytes give the same books on any machine.
4. Adopting an agreement lays the accounts out anew; balances and queues of an account that was there before
   are kept, and of its terms what the agreement says as before (`terms`).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import Status
from setfair.engine.identity import fill, forget, slots_for, slots_wanted
from setfair.engine.layout import (
    ACCOUNT,
    CURRENCY_NUMBERS,
    DAY_TIMES,
    EXTENSION,
    IDENTITY,
    LEG,
    LEG_COUNT,
    LINK,
    LINK_COUNT,
    NEXT_NUMBER,
    OBLIGATION,
    OBLIGATION_COUNT,
    PAYMENT,
    PAYMENT_COUNT,
    QUEUED_COUNT,
    SCHEDULE,
    STANDING,
    SUB_ACCOUNT,
    TERM_CHANGE,
    Array,
    IdentityMemory,
    Int64s,
    LinkBooks,
    ObligationBooks,
    PaymentBooks,
    at_line,
    clear_rows,
    cleared,
    copied,
    copy_rows,
)
from setfair.engine.ledger import ALL_OTHERS, limits_table
from setfair.engine.limit_table import entries, flags_of, table_of, with_limits
from setfair.engine.places import move_places, new_places
from setfair.engine.room import MEMORY, Room

BYPASS_RULE, NETTING_RULE, RERUN_RULE, OFFSET_TIME, OFFSET_LEFT = 0, 4, 5, 6, 7
QUEUE_RULE, WAREHOUSE_RULE = 8, 9
"""Places in `rules`."""

QUEUE_MAX = 4_000_000
"""Payments that may wait in one house, if its agreement says no less."""

GROWTH = 4
"""By how much payments and obligations get more room: they fill it in order, and what is not filled takes no
memory, only addresses."""


SLOTS_AHEAD = 1 << 22
"""For how many payments more than needed at most a full table of identities gets room, up to twice: it
is filled anew half as often. Measured: 56 to 59 ns a payment of books that grow instead of 61 to 68."""

PIECE_ROWS = 65_536
"""Payments that are moved at a time, so that what they are moved from need not be in memory with them."""


@dataclass(frozen=True, slots=True)
class AccountTerms:
    """What an agreement says of one settlement account; amounts in minor units."""

    participant: int
    """Place of the participant in the agreement."""
    currency: int
    """ISO 4217 number."""
    credit_line: int
    reserved_urgent: int
    reserved_high: int
    multilateral_limit: int | None
    is_agent: bool
    """True for the settlement agent's own account: it has no floor."""
    open: bool
    main: int = -1
    """Of a sub-account: the account that it is a part of. Two people's word opens it, not the agreement."""
    purpose: int = 0
    """Of a sub-account: Purpose."""
    counterparty: int = -1
    """Of a sub-account for a pair: the other participant."""


@dataclass(frozen=True, slots=True)
class LimitTerms:
    """A bilateral limit between two accounts, in minor units."""

    debtor: int
    creditor: int
    limit: int


@dataclass(slots=True)
class Books:
    """Accounts, payments, links, obligations, identities, limits and phases of one house."""

    accounts: Array = field(default_factory=lambda: np.zeros(0, ACCOUNT))
    payments: Array = field(default_factory=lambda: cleared(1024, PAYMENT))
    identities: Array = field(default_factory=lambda: cleared(1024, IDENTITY))
    obligations: Array = field(default_factory=lambda: cleared(1024, OBLIGATION))
    obligation_identities: Array = field(default_factory=lambda: cleared(1024, IDENTITY))
    links: Array = field(default_factory=lambda: cleared(64, LINK))
    legs: Array = field(default_factory=lambda: cleared(64, LEG))
    link_identities: Array = field(default_factory=lambda: cleared(64, IDENTITY))
    limits: Array = field(default_factory=lambda: limits_table(0))
    phases: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(CURRENCY_NUMBERS, np.uint8))
    business_day: NDArray[np.int32] = field(default_factory=lambda: np.zeros(CURRENCY_NUMBERS, np.int32))
    agent_account: NDArray[np.int32] = field(default_factory=lambda: np.full(CURRENCY_NUMBERS, -1, np.int32))
    counters: Int64s = field(default_factory=lambda: np.array([0, 0, 0, 1, 0, 0], np.int64))
    standing: Array = field(default_factory=lambda: np.zeros(0, STANDING))
    """STANDING by account: what comes into force when a day opens."""
    agreed: Array = field(default_factory=lambda: np.zeros(0, STANDING))
    """STANDING by account as the agreement in force says."""
    standing_limits: Array = field(default_factory=lambda: limits_table(0))
    agreed_limits: Array = field(default_factory=lambda: limits_table(0))
    """Limits that come into force when a day opens, and those that the agreement in force says; no nets."""
    changes: Array = field(default_factory=lambda: np.zeros(0, TERM_CHANGE))
    """TERM_CHANGE: what waits for a second person, in the order of numbers."""
    schedule: Array = field(default_factory=lambda: np.zeros(0, SCHEDULE))
    """SCHEDULE: when payers want payments that wait to settle, in the order of numbers."""
    day_times: Array = field(default_factory=lambda: np.zeros(CURRENCY_NUMBERS, DAY_TIMES))
    """DAY_TIMES by currency number."""
    extensions: Array = field(default_factory=lambda: np.zeros(0, EXTENSION))
    """EXTENSION: later cut-offs that wait for a second person, in the order of numbers."""
    sub_accounts: Array = field(default_factory=lambda: np.zeros(0, SUB_ACCOUNT))
    """SUB_ACCOUNT, in the order of their accounts."""
    users: NDArray[np.int32] = field(default_factory=lambda: np.zeros(0, np.int32))
    """By user, the participant for which it acts; -1: the operator; -2: nobody any more."""
    rules: Int64s = field(default_factory=lambda: np.array([0, 2, 10, 1, 0, 0, 0, 0, QUEUE_MAX, 0], np.int64))
    """Bypass discipline (0, 1), number of officers, days of identity memory, automatic confirmation (0, 1),
    netting (0, 1), whether a cycle runs again without who cannot pay (0, 1); time of the last run of
    offsetting, or opening of a day, in nanoseconds, how many payments the run left waiting, how many may
    wait, and by how many days a value date may lie ahead."""

    _slots: NDArray[np.uint32] = field(default_factory=lambda: slots_for(512))
    _obligation_slots: NDArray[np.uint32] = field(default_factory=lambda: slots_for(512))
    _link_slots: NDArray[np.uint32] = field(default_factory=lambda: slots_for(64))
    """Where identities are found: made of them, and not part of a snapshot."""

    room: Room = MEMORY
    """Where payments and identities are, the two that grow with every payment of a day."""

    _worklist: NDArray[np.int32] = field(default_factory=lambda: np.zeros(1, np.int32))
    """Scratch of the release cascade, and which accounts are in it: all zero between batches."""
    _listed: NDArray[np.uint8] = field(default_factory=lambda: np.zeros(1, np.uint8))

    def __post_init__(self) -> None:
        """Let payments begin at a cache line: kernels write whole lines."""
        self.payments = at_line(self.payments)

    @property
    def payment_count(self) -> int:
        """Payments and cancellations that the books remember."""
        return int(self.counters[PAYMENT_COUNT])

    @property
    def obligation_count(self) -> int:
        """Obligations and credit notes that the books remember."""
        return int(self.counters[OBLIGATION_COUNT])

    @property
    def link_count(self) -> int:
        """Links that the books remember."""
        return int(self.counters[LINK_COUNT])

    @property
    def queued_count(self) -> int:
        """Payments that wait in queues."""
        return int(self.counters[QUEUED_COUNT])

    @property
    def leg_count(self) -> int:
        """Legs of these links, and those that have left them."""
        return int(self.counters[LEG_COUNT])

    @property
    def next_time(self) -> int:
        """When something is to be rejected or let in next, nanoseconds since 1970-01-01 UTC; 0: never."""
        if not self.link_count and not len(self.schedule):
            return 0
        links = self.links[: self.link_count]
        waits = (links["over"] == 0) & (links["present"] > 0) & (links["until"] > 0)
        times = [links["until"][waits], *(self.schedule[name] for name in ("earliest", "latest"))]
        return min((int(each[each > 0].min()) for each in times if (each > 0).any()), default=0)

    def is_time(self, now: int) -> bool:
        """Tell whether something is to be rejected or let in by now."""
        return 0 < self.next_time <= now

    @property
    def next_number(self) -> int:
        """Number that the next instruction gets."""
        return int(self.counters[NEXT_NUMBER])

    def lay_out_accounts(self, terms: Sequence[AccountTerms], limits: Iterable[LimitTerms]) -> None:
        """Set the accounts as agreed, keeping balances and queues of those that were there before.

        An account keeps its place: the caller gives the accounts of the last version first, in their
        order, and new ones after them.
        """
        if len(terms) < len(self.accounts):
            raise ValueError("an agreement version may close accounts, not remove them")
        accounts = cleared(len(terms), ACCOUNT)
        accounts["head"], accounts["tail"] = -1, -1
        accounts[: len(self.accounts)] = self.accounts
        self.agent_account[:] = -1
        for place, account in enumerate(terms):
            row = accounts[place]
            row["participant"], row["currency"] = account.participant, account.currency
            row["open"] = account.open and (account.main < 0 or row["open"] != 0)
            if account.is_agent:
                self.agent_account[account.currency] = place
        self.accounts = accounts
        self.sub_accounts = np.array(
            [(at, x.main, x.counterparty, x.purpose, [0] * 3) for at, x in enumerate(terms) if x.main >= 0],
            SUB_ACCOUNT,
        )
        self._lay_out_terms(terms)
        self._lay_out_limits(terms, limits)

    def _lay_out_terms(self, terms: Sequence[AccountTerms]) -> None:
        """Take over what this version says otherwise than the one before; reservations start anew."""
        agreed = np.array(
            [tuple(getattr(each, name) for name in STANDING.names or ()) for each in terms], STANDING
        )
        standing = agreed.copy()
        standing[: len(self.standing)] = self.standing
        for name in STANDING.names or ():
            is_new = np.ones(len(terms), np.bool_)
            is_new[: len(self.agreed)] = agreed[name][: len(self.agreed)] != self.agreed[name]
            standing[name][is_new] = agreed[name][is_new]
            changed = is_new if name == "credit_line" else np.ones_like(is_new)
            self.accounts[name][changed] = standing[name][changed]
        self.agreed, self.standing = agreed, standing

    def _lay_out_limits(self, terms: Sequence[AccountTerms], limits: Iterable[LimitTerms]) -> None:
        """Take over the limits that this version says otherwise than the one before; nets are kept."""
        said = {(limit.debtor, limit.creditor): limit.limit for limit in limits}
        for place, account in enumerate(terms):
            if account.multilateral_limit is not None:
                said[place, ALL_OTHERS] = account.multilateral_limit
        before = {
            (int(row["key"]) >> 32, int(row["key"]) & 0xFFFFFFFF): int(row["limit"])
            for row in entries(self.agreed_limits)
        }
        changed = {pair: said.get(pair) for pair in (*before, *said) if before.get(pair) != said.get(pair)}
        self.limits = with_limits(self.limits, changed)
        self.standing_limits = with_limits(self.standing_limits, changed)
        self.agreed_limits = with_limits(self.agreed_limits, changed)
        self.mark_limits()

    def mark_limits(self) -> None:
        """Note at each account which limits it has."""
        self.accounts["limits"] = flags_of(self.limits, len(self.accounts))

    def bring_limits_back(self, ours: NDArray[np.bool_]) -> None:
        """Bring the limits that stand into force for some accounts; nothing is paid yet under them."""
        present, standing = entries(self.limits), entries(self.standing_limits)
        others = present[~ours[present["key"] >> 32]]
        self.limits = table_of(np.concatenate([others, standing[ours[standing["key"] >> 32]]]))
        self.mark_limits()

    def reserve_payments(self, more: int) -> None:
        """Make room for `more` payments and their identities."""
        count, needed = self.payment_count, self.payment_count + more
        self.payments = _grown(self.payments, needed, self.room)
        self.identities = _grown(self.identities, needed, self.room)
        if not _is_room(self._slots, needed):
            self._slots = slots_for(0)  # let go before the larger ones are made
            more = min(needed, SLOTS_AHEAD) if count else 0
            self._slots = _filled_slots(self.identities[:count], needed + more, self.room)

    def reserve_links(self, more: int) -> None:
        """Make room for `more` legs, each of a link of its own."""
        if not more:
            return
        count, needed = self.link_count, self.link_count + more
        self.links = _grown(self.links, needed)
        self.legs = _grown(self.legs, self.leg_count + more)
        self.link_identities = _grown(self.link_identities, needed)
        self._link_slots = _grown_slots(self._link_slots, self.link_identities[:count], needed)

    def reserve_obligations(self, more: int) -> None:
        """Make room for `more` obligations and their identities."""
        count, needed = self.obligation_count, self.obligation_count + more
        self.obligations = _grown(self.obligations, needed)
        self.obligation_identities = _grown(self.obligation_identities, needed)
        self._obligation_slots = _grown_slots(
            self._obligation_slots, self.obligation_identities[:count], needed
        )

    def forget_payments_before(self, day: int) -> None:
        """Forget payments that arrived on business days before `day`, and their identities.

        Payments are in the order of arrival. No day is forgotten on which one arrived that still waits, for
        its value date; the caller sees to it that none is that is still open in some currency.
        """
        count = self.payment_count
        days = self.payments["day"][:count]
        keep_from = bisect_left(days, day)
        waiting = self._first_waiting(keep_from)
        if waiting < keep_from:
            keep_from = bisect_left(days, days[waiting])
        if keep_from == 0:
            return
        leg_places = self._forget_links(keep_from)
        for name in ("head", "tail"):
            places = self.accounts[name]
            self.accounts[name] = np.where(places >= 0, places - keep_from, -1)
        forget(IdentityMemory(self.identities, self._slots), keep_from, count)
        self._move_to_front(keep_from, leg_places)

    def _move_to_front(self, keep_from: int, leg_places: NDArray[np.int64]) -> None:
        """Let payments from a place on be the first. The next day comes into the room of the one before."""
        count, kept = self.payment_count, self.payment_count - keep_from
        payments, identities = self.room.target(self.payments, kept), self.room.target(self.identities, kept)
        for first in range(keep_from, count, PIECE_ROWS):
            after = min(first + PIECE_ROWS, count)
            piece = self.payments[first:after].copy()
            move_places(piece, keep_from, leg_places)
            copy_rows(piece, payments[first - keep_from :])
            copy_rows(self.identities[first:after], identities[first - keep_from :])
            self.room.let_go()
        clear_rows(identities[kept:count])
        self.payments, self.identities = payments, identities
        self._slots.fill(0)
        _fill_slots(self._slots, identities[:kept], self.room)
        self.counters[PAYMENT_COUNT] = kept

    def _first_waiting(self, before: int) -> int:
        """Return the place of the first payment before a place that still waits, or that place."""
        for first in range(0, before, PIECE_ROWS):
            status = self.payments["status"][first : min(first + PIECE_ROWS, before)]
            waits = np.isin(status, (Status.ACSP, Status.PDNG))
            if waits.any():
                return first + int(np.argmax(waits))
            self.room.let_go()
        return before

    def _forget_links(self, keep_from: int) -> NDArray[np.int64]:
        """Forget links with a leg before `keep_from`: they are over. Return by leg its new place, or -1.

        Legs that have left their link are forgotten too: nothing asks for them.
        """
        legs, links = self.legs[: self.leg_count], self.links[: self.link_count]
        forgotten = np.zeros(len(links), np.bool_)
        forgotten[legs["link"][(legs["payment"] < keep_from) & (legs["link"] >= 0)]] = True
        # A link that all legs have left waits for others to come, and keeps nothing of a day.
        forgotten |= links["present"] == 0
        keeps_leg = (legs["link"] >= 0) & ~forgotten[legs["link"]] if len(links) else np.zeros(0, np.bool_)
        leg_place, link_place = new_places(keeps_leg), new_places(~forgotten)
        legs, links = legs[keeps_leg].copy(), links[~forgotten].copy()
        legs["payment"] -= keep_from
        legs["link"] = link_place[legs["link"]]
        for column in (links["first"], legs["next"]):
            column[column >= 0] = leg_place[column[column >= 0]]
        # Only cancellations that are still unanswered are named, and those are of a day that is open.
        legs["request"][legs["request"] >= 0] -= keep_from
        identities = self.link_identities[: self.link_count][~forgotten].copy()
        self._link_slots = _filled_slots(identities, len(identities))
        self.legs, self.links = _grown(legs, len(legs) + 64), _grown(links, len(links) + 64)
        self.link_identities = _grown(identities, len(links) + 64)
        self.counters[LEG_COUNT], self.counters[LINK_COUNT] = len(legs), len(links)
        return leg_place

    def payment_books(self) -> PaymentBooks:
        """Return the arrays as the payment kernels take them."""
        if len(self._listed) < len(self.accounts):
            self._worklist = np.zeros(len(self.accounts), np.int32)
            self._listed = np.zeros(len(self.accounts), np.uint8)
        return PaymentBooks(
            self.accounts,
            self.payments,
            IdentityMemory(self.identities, self._slots),
            self.limits,
            self.phases,
            self.business_day,
            self.agent_account,
            self.counters,
            self._worklist,
            self._listed,
            LinkBooks(self.links, self.legs, IdentityMemory(self.link_identities, self._link_slots)),
        )

    def obligation_books(self) -> ObligationBooks:
        """Return the arrays as the obligation kernels take them."""
        return ObligationBooks(self.obligations, self.obligation_memory(), self.counters)

    def obligation_memory(self) -> IdentityMemory:
        """Return the identities of obligations, notes, confirmations and registrations."""
        return IdentityMemory(self.obligation_identities, self._obligation_slots)

    def snapshot(self) -> dict[str, NDArray[np.generic]]:
        """Return every array by name; of payments, obligations and identities what is in use."""
        return {
            "accounts": self.accounts,
            "payments": self.payments[: self.payment_count],
            "identities": self.identities[: self.payment_count],
            "obligations": self.obligations[: self.obligation_count],
            "obligation_identities": self.obligation_identities[: self.obligation_count],
            "links": self.links[: self.link_count],
            "legs": self.legs[: self.leg_count],
            "link_identities": self.link_identities[: self.link_count],
            "limits": self.limits,
            "phases": self.phases,
            "business_day": self.business_day,
            "agent_account": self.agent_account,
            "counters": self.counters,
            "standing": self.standing,
            "agreed": self.agreed,
            "standing_limits": self.standing_limits,
            "agreed_limits": self.agreed_limits,
            "changes": self.changes,
            "users": self.users,
            "schedule": self.schedule,
            "day_times": self.day_times,
            "extensions": self.extensions,
            "sub_accounts": self.sub_accounts,
            "rules": self.rules,
        }

    @classmethod
    def restore(cls, arrays: dict[str, Any], room: Room = MEMORY) -> Books:
        """Make books from a snapshot, whose arrays they take over: those of `restored_array`, or copies."""
        # Books that were kept before there was a rule have what holds without it.
        rules = cls().rules
        rules[: len(arrays["rules"])] = arrays["rules"]
        books = cls(**{**arrays, "rules": rules}, room=room)
        count = books.payment_count
        books._slots = _filled_slots(books.identities[:count], count, room)
        count = books.obligation_count
        books._obligation_slots = _filled_slots(books.obligation_identities[:count], count)
        count = books.link_count
        books._link_slots = _filled_slots(books.link_identities[:count], count)
        return books

    def copy(self) -> Books:
        """Return the same books, of which nothing is shared."""
        return Books.restore({name: copied(array) for name, array in self.snapshot().items()})


def restored_array(name: str, rows: int, dtype: np.dtype[Any], room: Room = MEMORY) -> Any:
    """Return an array for the rows of a snapshot, with room for what comes where much will come."""
    if name in ("payments", "identities"):
        return room.cleared(GROWTH * max(rows, 256), dtype)
    return cleared(rows, dtype)


def _grown(array: Array, needed: int, room: Room = MEMORY) -> Array:
    if needed <= len(array):
        return array
    size = max(1024, len(array))
    while size < needed:
        size *= GROWTH
    grown = room.cleared(size, array.dtype)
    for first in range(0, len(array), PIECE_ROWS):
        copy_rows(array[first : first + PIECE_ROWS], grown[first:])
        room.let_go()
    return grown


def _filled_slots(identities: Array, needed: int, room: Room = MEMORY) -> NDArray[np.uint32]:
    slots = slots_for(needed)
    _fill_slots(slots, identities, room)
    return slots


def _fill_slots(slots: NDArray[np.uint32], identities: Array, room: Room) -> None:
    for first in range(0, len(identities), PIECE_ROWS):
        fill(IdentityMemory(identities, slots), first, min(first + PIECE_ROWS, len(identities)))
        room.let_go()


def _grown_slots(slots: NDArray[np.uint32], identities: Array, needed: int) -> NDArray[np.uint32]:
    return slots if _is_room(slots, needed) else _filled_slots(identities, needed)


def _is_room(slots: NDArray[np.uint32], needed: int) -> bool:
    return len(slots) >= slots_wanted(needed)
