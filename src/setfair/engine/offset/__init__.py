"""Offsetting: settle queued payments together that could not settle one by one.

Rules (docs/offsetting.md)
-----
1. A set of queued payments may settle if afterwards every account has available >= 0, every limit holds, and
   each link is in it whole or not at all. An account or limit that is below zero before pays nothing.
2. `ordered`: each account's chosen payments are a prefix of its queue. The largest such set is unique; it is
   found by elimination (`ordered`).
3. `bypass`: any set. The most value is wanted; to find it is NP-hard. What is certain is decided first
   (`presolve`); the rest falls into parts (`part`), each with a start from the ordered set and from a
   relaxation (`relax`), chains of changes (`search`), a search across the border of what may settle
   (`oscillate`), an exact search (`branch`, over the relaxation of `linear` and what follows in `small`), and
   the same over one neighbourhood after the other (`neighbourhood`).
4. The value of a payment is its amount in minor units times the weight of its currency. Without weights, a
   minor unit of each currency counts the same; where no link joins currencies, each is maximised on its own
   anyway.
5. A run says its value and count, those of the ordered set, the work used, and a bound that no set exceeds:
   that of a relaxation, of prices (`price`), or the value itself where all sets were searched.
6. The result depends on what is given and on `work_max` alone: work is counted, never timed.

The creditor's largest balance, reservations by priority and the records of what settles are the caller's: it
gives what is available to the queue, and checks what it books.
"""

from setfair.engine.offset.given import ALL_OTHERS, GROSS_MAX, NO_LINK, Accounts, Limits, Queue
from setfair.engine.offset.run import Discipline, Offset, offset
from setfair.engine.offset.settling import find_short

__all__ = [
    "ALL_OTHERS",
    "GROSS_MAX",
    "NO_LINK",
    "Accounts",
    "Discipline",
    "Limits",
    "Offset",
    "Queue",
    "find_short",
    "offset",
]
