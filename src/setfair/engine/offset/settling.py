"""Whether a set of queued payments may settle, by rule 1 of `engine.offset` and nothing else.

This is for sets that come from elsewhere: it uses no item, part or search.
"""

from __future__ import annotations

import numpy as np

from setfair.engine.offset.given import ROOM_MAX, Accounts, BoolArray, Limits, Queue
from setfair.engine.offset.model import NONE, find_rooms


def find_short(accounts: Accounts, queue: Queue, limits: Limits, chosen: BoolArray) -> str | None:
    """Return why a set may not settle; None: it may.

    Parameters
    ----------
    accounts, queue, limits
        What there is, what waits, and what limits it; as `given.check_given` takes them.
    chosen
        By payment: whether it is in the set.
    """
    rooms = find_rooms(accounts, queue, limits)
    taken, added = np.zeros(len(rooms.room), np.int64), np.zeros(len(rooms.room), np.int64)
    sides = (
        (taken, queue.debtor),
        (taken, rooms.debtor_limit),
        (added, queue.creditor),
        (added, rooms.creditor_limit),
    )
    for sums, room in sides:
        there = chosen & (room != NONE)
        np.add.at(sums, room[there], queue.amount[there])
    room = np.minimum(rooms.room, ROOM_MAX)
    # The sums are at most 2^59 each, so with a room that is cut down nothing leaves int64.
    short = (taken > 0) & ((room < 0) | (np.maximum(room, 0) + added < taken))
    if short.any():
        place = int(np.argmax(short))
        what = "account" if place < len(accounts.available) else "a limit of account"
        return f"{what} {int(rooms.owner[place])} would be short"
    of_link = queue.link[queue.link >= 0]
    whole, settles = np.bincount(of_link), np.bincount(queue.link[chosen & (queue.link >= 0)])
    settles = np.concatenate([settles, np.zeros(len(whole) - len(settles), np.int64)])
    broken = (settles > 0) & (settles < whole)
    return f"link {int(np.argmax(broken))} would settle in part" if broken.any() else None
