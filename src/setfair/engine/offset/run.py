"""One run of offsetting: from queued payments to those that settle together, and what no set can exceed."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from setfair.engine.offset.given import (
    NO_LINK,
    Accounts,
    BoolArray,
    Int64Array,
    Limits,
    Queue,
    check_given,
    no_limits,
)
from setfair.engine.offset.model import NONE, Rooms, find_rooms, make_core, number_items
from setfair.engine.offset.ordered import choose_ordered
from setfair.engine.offset.part import Part, solve_part
from setfair.engine.offset.presolve import Reduced, reduce_problem
from setfair.engine.offset.relax import Legs, relax

WORK_MOST = 750_000_000
"""Work of a bypass run if none is given: a few seconds, in most of which two cores work."""
WORK_TIMES_PAYMENTS = 10**13
"""In long queues a unit of work takes longer, since less of them fits into a processor's caches: work that
is not given is at most this divided by the payments."""


class Discipline(StrEnum):
    """Which sets may settle."""

    ORDERED = "ordered"
    """Each account's payments are a prefix of its queue."""
    BYPASS = "bypass"
    """Any payments."""


@dataclass(frozen=True, slots=True)
class Offset:
    """What settles together, and what is known of every other set."""

    chosen: BoolArray
    """By payment: whether it settles."""
    ordered: BoolArray
    """By payment: whether it is in the largest set that keeps the order of all queues."""
    payment_value: Int64Array
    """By payment: amount times the weight of its currency."""
    bound: int
    """No set of the discipline has more value than this."""
    work: int
    """Work units that were used; `ordered` counts none."""

    @property
    def value(self) -> int:
        """Value of what settles."""
        return int(self.payment_value[self.chosen].sum())

    @property
    def count(self) -> int:
        """How many payments settle."""
        return int(np.count_nonzero(self.chosen))

    @property
    def ordered_value(self) -> int:
        """Value of the largest ordered set."""
        return int(self.payment_value[self.ordered].sum())

    @property
    def ordered_count(self) -> int:
        """Payments of the largest ordered set."""
        return int(np.count_nonzero(self.ordered))

    @property
    def gap(self) -> int:
        """How much more value a set could have at most; 0: this one is an optimum."""
        return self.bound - self.value


def offset(
    accounts: Accounts,
    queue: Queue,
    discipline: Discipline,
    *,
    limits: Limits | None = None,
    work_max: int | None = None,
) -> Offset:
    """Choose queued payments that settle together.

    Parameters
    ----------
    accounts, queue
        What there is, and what waits.
    discipline
        Which sets may settle.
    limits
        Limits; None: there are none.
    work_max
        Work units that `bypass` may use to improve what it has; None: `default_work`.

    Returns
    -------
    Offset
        Every account ends with available >= 0, limits hold, links are whole.

    Raises
    ------
    ValueError
        If what is given contradicts itself.
    OverflowError
        If the payments, or their values, sum to more than `GROSS_MAX`.

    Notes
    -----
    Complexity: `ordered` is linear but for sorting; `bypass` adds one minimum-cost flow and the work.
    """
    limits = no_limits() if limits is None else limits
    check_given(accounts, queue, limits)
    rooms = find_rooms(accounts, queue, limits)
    ordered = choose_ordered(queue, rooms, len(accounts.available))
    value = queue.amount * accounts.weight[queue.debtor]
    if discipline is Discipline.ORDERED:
        return Offset(ordered, ordered, value, int(value[ordered].sum()), 0)
    work_max = default_work(len(queue)) if work_max is None else work_max
    chosen, bound, work = _choose_any(accounts, queue, rooms, ordered, work_max)
    return Offset(chosen, ordered, value, bound, work)


def default_work(payments: int) -> int:
    """Return the work units of a bypass run over so many payments, where none are given."""
    return min(WORK_MOST, WORK_TIMES_PAYMENTS // max(1, payments))


def _choose_any(
    accounts: Accounts, queue: Queue, rooms: Rooms, ordered: BoolArray, work_max: int
) -> tuple[BoolArray, int, int]:
    """Return by payment whether it settles, the bound, and the work used."""
    item = number_items(queue)
    core, shut = make_core(accounts, queue, rooms, item)
    reduced = reduce_problem(core, shut)
    inside = reduced.settles.copy()
    bound, work = int(core.value[inside].sum()), 0
    if len(reduced.item):
        in_order = np.zeros(core.items, np.bool_)
        in_order[item[ordered]] = True
        for part in _make_parts(accounts, queue, rooms, item, reduced, in_order[reduced.item]):
            share = work_max * part.core.items // reduced.core.items
            solved = solve_part(part, share)
            inside[part.item[solved.inside]] = True
            bound += solved.bound
            work += solved.work
    return inside[item], bound, work


def _make_parts(
    accounts: Accounts, queue: Queue, rooms: Rooms, item: Int64Array, reduced: Reduced, ordered: BoolArray
) -> list[Part]:
    """Solve the relaxation for all that is open at once, and divide it."""
    place = np.full(len(reduced.settles), NONE, np.int64)
    place[reduced.item] = np.arange(len(reduced.item))
    open_payment = np.flatnonzero(place[item] != NONE)
    legs = _find_legs(accounts, queue, rooms, reduced, open_payment, place[item[open_payment]])
    parent = np.full(len(rooms.owner) + 1, NONE, np.int64)
    parent[reduced.room] = np.arange(len(reduced.room))
    of_limit = reduced.room >= len(accounts.available)
    above = np.where(of_limit, parent[rooms.owner[reduced.room]], NONE)
    part_of_room = _part_of(reduced.first_room)
    above[part_of_room[above] != part_of_room[:-1]] = NONE
    relaxed = relax(legs, reduced.core.room, above)
    flow_bound = np.zeros(len(reduced.item), np.int64)
    np.add.at(flow_bound, legs.item, relaxed.settles)
    rounded = np.ones(len(reduced.item), np.bool_)
    rounded[legs.item[2 * relaxed.settles < legs.value]] = False
    is_link = np.zeros(len(reduced.item), np.bool_)
    is_link[legs.item[queue.link[open_payment] != NO_LINK]] = True
    parts = []
    for number in range(len(reduced.first_item) - 1):
        items = slice(reduced.first_item[number], reduced.first_item[number + 1])
        of_rooms = slice(reduced.first_room[number], reduced.first_room[number + 1])
        parts.append(
            Part(
                core=reduced.part(number),
                item=reduced.item[items],
                ordered=ordered[items],
                rounded=rounded[items],
                price=relaxed.price[of_rooms],
                bound=int(flow_bound[items].sum()),
                has_links=bool(is_link[items].any()),
            )
        )
    return parts


def _part_of(first: Int64Array) -> Int64Array:
    """Return by item or room its part, from where parts begin; the last is NONE, the part of what is none."""
    return np.append(np.repeat(np.arange(len(first) - 1), np.diff(first)), NONE)


def _find_legs(
    accounts: Accounts,
    queue: Queue,
    rooms: Rooms,
    reduced: Reduced,
    payment: Int64Array,
    item: Int64Array,
) -> Legs:
    """Return the payments that are open, between the rooms that bind.

    What a link does to a room of another part adds up to nothing. Its legs leave that room out, so that the
    flow, as the items do, divides into parts, and the flow of each is a bound of its own.
    """
    part_of_item, part_of_room = _part_of(reduced.first_item)[item], _part_of(reduced.first_room)
    number = np.full(len(rooms.owner) + 1, NONE, np.int64)
    number[reduced.room] = np.arange(len(reduced.room))
    sides = []
    for account, limit in ((queue.debtor, rooms.debtor_limit), (queue.creditor, rooms.creditor_limit)):
        of_limit, of_account = number[limit[payment]], number[account[payment]]
        room = np.where(of_limit != NONE, of_limit, of_account)
        sides.append(np.where(part_of_room[room] == part_of_item, room, NONE))
    value = queue.amount[payment] * accounts.weight[queue.debtor[payment]]
    return Legs(item, value, *sides)
