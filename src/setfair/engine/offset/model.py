"""Offsetting as one problem without currencies: items that take from and add to rooms.

Rules
-----
1. A room is what an account has available, or what is left of a limit. A payment takes its amount from its
   debtor's account and from the limit that binds the debtor towards the creditor, and adds it to the
   creditor's account and to the limit that binds the creditor towards the debtor. A set may settle if no room
   is below zero after it.
2. The limit that binds an account towards another is the bilateral one, or else the multilateral one.
3. An item is a payment by itself, or all payments of a link. What it does to one room is one sum.
4. Amounts and rooms are multiplied by the weight of their currency, so all are values and can be compared.
   A room of more than all that can be taken from it is cut down to that: it binds as little.
5. From a room that is below zero to begin with, nothing may be taken in this run: the items that would are
   shut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import ALL_OTHERS, Accounts, BoolArray, Int64Array, Limits, Queue

NONE = -1


@dataclass(frozen=True, slots=True)
class Rooms:
    """Accounts first, then limits."""

    owner: Int64Array
    """By room: the account that it belongs to."""
    room: Int64Array
    """By room: minor units."""
    debtor_limit: Int64Array
    """By payment: the room of the limit that it takes from, or -1."""
    creditor_limit: Int64Array
    """By payment: the room of the limit that it adds to, or -1."""


class Core(NamedTuple):
    """Items and rooms, from both sides; amounts in value. Kernels take it as it is."""

    value: Int64Array
    """By item."""
    item_start: Int64Array
    """By item: its first touch, and one past the end."""
    touch_room: Int64Array
    """By touch: the room, ascending within an item."""
    touch_by: Int64Array
    """By touch: what is added, below zero what is taken; never zero."""
    room_start: Int64Array
    """By room: its first place in `near_item`, and one past the end."""
    near_item: Int64Array
    """Items that touch a room, by what they add or take, smallest first; ties in the order of items."""
    near_by: Int64Array
    """What these add; below zero what they take."""
    room: Int64Array
    """By room: what there is before anything settles."""

    @property
    def items(self) -> int:
        """How many items there are."""
        return len(self.value)


def find_rooms(accounts: Accounts, queue: Queue, limits: Limits) -> Rooms:
    """Return the rooms, and the limits that bind each payment: rules 1 and 2."""
    size = len(accounts.available)
    return Rooms(
        owner=np.concatenate((np.arange(size), limits.account)),
        room=np.concatenate((accounts.available, limits.room)),
        debtor_limit=_binding(limits, queue.debtor, queue.creditor, size),
        creditor_limit=_binding(limits, queue.creditor, queue.debtor, size),
    )


def _binding(limits: Limits, account: Int64Array, counterparty: Int64Array, size: int) -> Int64Array:
    if not len(limits.account):
        return np.full(len(account), NONE, np.int64)
    pair = limits.account * np.int64(size + 1) + limits.counterparty + 1
    order = np.argsort(pair, kind="stable")
    found = np.full(len(account), NONE, np.int64)
    # The bilateral limit comes last, so it stands where there are both.
    for other in (np.full_like(account, ALL_OTHERS), counterparty):
        wanted = account * np.int64(size + 1) + other + 1
        place = np.minimum(np.searchsorted(pair[order], wanted), len(pair) - 1)
        is_there = pair[order][place] == wanted
        found[is_there] = size + order[place[is_there]]
    return found


def number_items(queue: Queue) -> Int64Array:
    """Return by payment its item, numbered by the first payment: rule 3."""
    first = np.arange(len(queue))
    linked = np.flatnonzero(queue.link >= 0)
    _, leader, group = np.unique(queue.link[linked], return_index=True, return_inverse=True)
    first[linked] = linked[leader][group]
    is_first = first == np.arange(len(queue))
    return (np.cumsum(is_first) - 1)[first]


def make_core(accounts: Accounts, queue: Queue, rooms: Rooms, item: Int64Array) -> tuple[Core, BoolArray]:
    """Return the problem in values, and by item whether it is shut: rules 3 to 5."""
    value = queue.amount * accounts.weight[queue.debtor]
    payment = np.arange(len(queue))
    sides = (
        (queue.debtor, -value),
        (rooms.debtor_limit, -value),
        (queue.creditor, value),
        (rooms.creditor_limit, value),
    )
    there = [np.flatnonzero(room != NONE) for room, _ in sides]
    touch_item = item[np.concatenate([payment[each] for each in there])]
    touch_room = np.concatenate([room[each] for (room, _), each in zip(sides, there, strict=True)])
    touch_by = np.concatenate([by[each] for (_, by), each in zip(sides, there, strict=True)])
    items = int(item.max(initial=-1)) + 1
    by_item = np.zeros(items, np.int64)
    np.add.at(by_item, item, value)
    shut = np.zeros(items, np.bool_)
    takes = touch_by < 0
    shut[touch_item[takes & (rooms.room[touch_room] < 0)]] = True
    room = np.minimum(np.maximum(rooms.room, 0), _needed(accounts, queue, rooms))
    room *= accounts.weight[rooms.owner]
    return assemble(by_item, touch_item, touch_room, touch_by, room), shut


def _needed(accounts: Accounts, queue: Queue, rooms: Rooms) -> Int64Array:
    """Return by room all that can be taken from it, in minor units."""
    needed = np.zeros(len(rooms.room), np.int64)
    np.add.at(needed, queue.debtor, queue.amount)
    limited = rooms.debtor_limit != NONE
    np.add.at(needed, rooms.debtor_limit[limited], queue.amount[limited])
    return needed


def assemble(
    value: Int64Array, touch_item: Int64Array, touch_room: Int64Array, touch_by: Int64Array, room: Int64Array
) -> Core:
    """Put touches in order, several of one item and room together, and index them from both sides."""
    key = touch_item * np.int64(max(1, len(room))) + touch_room
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = (
        np.flatnonzero(np.concatenate(([True], key[1:] != key[:-1]))) if len(key) else np.zeros(0, np.int64)
    )
    by = np.add.reduceat(touch_by[order], first) if len(key) else np.zeros(0, np.int64)
    moved = by != 0
    by, first = by[moved], first[moved]
    item_of, room_of = touch_item[order][first], touch_room[order][first]
    near = np.lexsort((item_of, np.abs(by), room_of))
    return Core(
        value=value,
        item_start=np.searchsorted(item_of, np.arange(len(value) + 1)).astype(np.int64),
        touch_room=room_of,
        touch_by=by,
        room_start=np.searchsorted(room_of[near], np.arange(len(room) + 1)).astype(np.int64),
        near_item=item_of[near],
        near_by=by[near],
        room=room,
    )


def item_of_touch(core: Core) -> Int64Array:
    """Return by touch the item."""
    return np.repeat(np.arange(core.items), np.diff(core.item_start))


def rooms_after(core: Core, chosen: BoolArray) -> Int64Array:
    """Return by room what is left if the chosen items settle."""
    left = core.room.copy()
    settles = chosen[item_of_touch(core)]
    np.add.at(left, core.touch_room[settles], core.touch_by[settles])
    return left
