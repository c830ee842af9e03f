"""Tables of limits: found by a pair of accounts in the hot path, changed one limit at a time outside it.

Rules
-----
1. A table is a power of two of slots, at most half of them used; `ledger` finds a pair's slot.
2. A table is filled anew when limits are set or end: a limit that ends leaves no mark, so that no search gets
   longer. A million limits take some tens of milliseconds.
3. Three tables hold limits of the same form: those in force today, with what was paid net under each; those
   that apply from every day on; and those that the agreement says (`terms`).
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from setfair.engine.layout import LIMIT, Array
from setfair.engine.ledger import (
    ALL_OTHERS,
    HAS_BILATERAL,
    HAS_MULTILATERAL,
    find_limit_slot,
    limit_slot,
    limits_table,
)
from setfair.kernel import kernel


def entries(table: Array) -> Array:
    """Return the limits of a table in the order of account and counterparty."""
    used = table[table["key"] != -1]
    return used[np.argsort(used["key"])]


def find_limit(table: Array, debtor: int, creditor: int) -> int | None:
    """Return the limit of a pair in minor units, or None."""
    row = table[find_limit_slot(table, debtor, creditor)]
    return int(row["limit"]) if row["key"] != -1 else None


def table_of(rows: Array) -> Array:
    """Make a table of these limits."""
    table = limits_table(len(rows))
    _fill(rows, table)
    return table


@kernel
def _fill(rows: Array, table: Array) -> None:
    for i in range(rows.shape[0]):
        slot = limit_slot(table, rows[i]["key"] >> 32, rows[i]["key"] & 0xFFFFFFFF)
        table[slot]["key"] = rows[i]["key"]
        table[slot]["limit"] = rows[i]["limit"]
        table[slot]["net"] = rows[i]["net"]


def with_limits(table: Array, changes: Mapping[tuple[int, int], int | None]) -> Array:
    """Return a table with some limits set or, with None, ended; what was paid net under the others stays.

    Parameters
    ----------
    table
        Not changed.
    changes
        By debtor and creditor account (or ALL_OTHERS) minor units.
    """
    rows = table[table["key"] != -1]
    if not changes:
        return table
    keys = np.array([debtor << 32 | creditor for debtor, creditor in changes], np.int64)
    amounts = np.array([-1 if amount is None else amount for amount in changes.values()], np.int64)
    merged = np.zeros(len(keys), LIMIT)
    merged["key"], merged["limit"] = keys, amounts
    order = np.argsort(keys)
    place = order[np.minimum(np.searchsorted(keys[order], rows["key"]), len(keys) - 1)]
    is_changed = keys[place] == rows["key"]
    merged["net"][place[is_changed]] = rows["net"][is_changed]
    return table_of(np.concatenate([rows[~is_changed], merged[amounts >= 0]]))


def flags_of(table: Array, accounts: int) -> NDArray[np.uint8]:
    """Return by account which limits it has: HAS_BILATERAL, HAS_MULTILATERAL."""
    keys = table["key"][table["key"] != -1]
    flags = np.zeros(accounts, np.uint8)
    is_shared = (keys & 0xFFFFFFFF) == ALL_OTHERS
    flags[keys[is_shared] >> 32] |= HAS_MULTILATERAL
    flags[keys[~is_shared] >> 32] |= HAS_BILATERAL
    return flags
