"""The ordered discipline: each account's chosen payments are a prefix of its queue, and the set is maximal.

Rules
-----
1. To begin with, all payments are chosen, except that an account's queue is cut before the first payment that
   would take from a room below zero.
2. As long as an account is short, or a limit of it is, the last chosen payment of its queue is cut. What is
   cut takes its amount from its creditor, which may become short by that.
3. With a leg of a link all of its legs are cut, and with each leg whatever stands behind it in its queue.
4. It ends when nobody is short. Every set that keeps queues' order is cut by the same payments: if an account
   is short although all others pay whatever they still may, its last payment is in no such set. So the result
   is the one largest set, and it contains every other. Each payment is cut at most once: linear.

Source: M. L. Bech, K. Soramaki, "Gridlock resolution in interbank payment systems", Bank of Finland
Discussion Papers 9/2001; with links and limits added.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from setfair.engine.offset.given import ROOM_MAX, BoolArray, Int64Array, Queue
from setfair.engine.offset.model import NONE, Rooms
from setfair.kernel import inlined, kernel


class _Lines(NamedTuple):
    """Queues of all accounts, one behind the other."""

    start: Int64Array
    """By account: its first place."""
    payment: Int64Array
    """By place: the payment."""
    place: Int64Array
    """By payment: the place."""
    next_leg: Int64Array
    """By payment: the next leg of its link, in a ring; itself if it has none."""


class _Sides(NamedTuple):
    """What a payment touches."""

    debtor: Int64Array
    creditor: Int64Array
    debtor_limit: Int64Array
    creditor_limit: Int64Array
    amount: Int64Array
    owner: Int64Array
    """By room: its account."""


class _State(NamedTuple):
    """What changes while payments are cut."""

    left: Int64Array
    """By room: what is left if all that is still chosen settles."""
    short: Int64Array
    """By account: rooms of it that are below zero."""
    end: Int64Array
    """By account: one past the last chosen place."""
    end_most: Int64Array
    """By account: what `end` has to come down to."""
    listed: Int64Array
    worklist: Int64Array
    """Accounts to look at, a stack."""


def choose_ordered(queue: Queue, rooms: Rooms, accounts: int) -> BoolArray:
    """Return by payment whether it is in the largest set that keeps the order of all queues.

    Parameters
    ----------
    queue, rooms
        As checked and found.
    accounts
        How many accounts there are.
    """
    lines = _make_lines(queue, accounts)
    sides = _Sides(
        queue.debtor, queue.creditor, rooms.debtor_limit, rooms.creditor_limit, queue.amount, rooms.owner
    )
    state = _begin(queue, rooms, lines, accounts)
    _cut(lines, sides, state)
    return lines.place < state.end[queue.debtor]


def _make_lines(queue: Queue, accounts: int) -> _Lines:
    payment = np.lexsort((queue.order, queue.priority, queue.debtor))
    place = np.empty_like(payment)
    place[payment] = np.arange(len(payment))
    start = np.searchsorted(queue.debtor[payment], np.arange(accounts + 1)).astype(np.int64)
    next_leg = np.arange(len(payment))
    linked = np.flatnonzero(queue.link >= 0)
    if len(linked):
        legs = linked[np.argsort(queue.link[linked], kind="stable")]
        is_first = np.concatenate(([True], queue.link[legs][1:] != queue.link[legs][:-1]))
        first = legs[np.flatnonzero(is_first)][np.cumsum(is_first) - 1]
        is_last = np.append(is_first[1:], True)
        next_leg[legs] = np.where(is_last, first, np.roll(legs, -1))
    return _Lines(start, payment, place, next_leg)


def _begin(queue: Queue, rooms: Rooms, lines: _Lines, accounts: int) -> _State:
    """Choose everything, and list who is short or has to cut: rule 1."""
    left = np.minimum(np.maximum(rooms.room, 0), ROOM_MAX)
    np.subtract.at(left, queue.debtor, queue.amount)
    np.add.at(left, queue.creditor, queue.amount)
    end_most = lines.start[1:].copy()
    is_shut = rooms.room[queue.debtor] < 0
    for limit, sign in ((rooms.debtor_limit, -1), (rooms.creditor_limit, 1)):
        there = np.flatnonzero(limit != NONE)
        np.add.at(left, limit[there], sign * queue.amount[there])
        if sign < 0:
            is_shut[there] |= rooms.room[limit[there]] < 0
    np.minimum.at(end_most, queue.debtor[is_shut], lines.place[is_shut])
    short = np.zeros(accounts, np.int64)
    np.add.at(short, rooms.owner[left < 0], 1)
    end = lines.start[1:].copy()
    listed = ((short > 0) | (end_most < end)).astype(np.int64)
    worklist = np.zeros(accounts + 1, np.int64)
    worklist[1 : 1 + int(listed.sum())] = np.flatnonzero(listed)
    worklist[0] = int(listed.sum())
    return _State(left, short, end, end_most, listed, worklist)


@inlined
def _list_account(state: _State, account: int) -> None:
    if state.listed[account] == 0:
        state.listed[account] = 1
        state.worklist[0] += 1
        state.worklist[state.worklist[0]] = account


@inlined
def _move(state: _State, sides: _Sides, room: int, by: int) -> None:
    """Change what is left of a room; list its account if it becomes short."""
    if room < 0:
        return
    before = state.left[room]
    state.left[room] = before + by
    account = sides.owner[room]
    if before >= 0 and before + by < 0:
        state.short[account] += 1
        _list_account(state, account)
    elif before < 0 and before + by >= 0:
        state.short[account] -= 1


@kernel
def _cut(lines: _Lines, sides: _Sides, state: _State) -> None:
    """Cut until nobody is short: rules 2 to 4. The first element of the worklist is its length."""
    while state.worklist[0] > 0:
        account = state.worklist[state.worklist[0]]
        state.worklist[0] -= 1
        state.listed[account] = 0
        while state.end[account] > lines.start[account]:
            if state.short[account] == 0 and state.end[account] <= state.end_most[account]:
                break
            state.end[account] -= 1
            payment = lines.payment[state.end[account]]
            amount = sides.amount[payment]
            _move(state, sides, account, amount)
            _move(state, sides, sides.debtor_limit[payment], amount)
            _move(state, sides, sides.creditor[payment], -amount)
            _move(state, sides, sides.creditor_limit[payment], -amount)
            leg = lines.next_leg[payment]
            while leg != payment:
                debtor = sides.debtor[leg]
                if lines.place[leg] < state.end_most[debtor]:
                    state.end_most[debtor] = lines.place[leg]
                    if state.end[debtor] > lines.place[leg]:
                        _list_account(state, debtor)
                leg = lines.next_leg[leg]
