"""Obligations in the order of their pairs of debtor and creditor, and one arc for each pair.

Parties are numbered from 0, so nothing is compared: what a party owes or is owed is counted, which says where
it belongs, first by creditor, then by debtor. Either pass keeps what was before it within a party. A place
carries the other party of its obligation along, so that no pass reads what it has read before.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from setfair.kernel import forward, kernel

Int64Array = npt.NDArray[np.int64]


class Pairs(NamedTuple):
    """Places of obligations by pair, and the pairs."""

    debtor: Int64Array
    """By pair; ascending."""
    creditor: Int64Array
    """By pair; ascending within a debtor."""
    amount: Int64Array
    """By pair: the sum of its obligations."""
    first: Int64Array
    """By pair: its first place in `order`."""
    order: Int64Array
    """Obligations by pair, then in the order in which they were given."""
    pair_of: Int64Array
    """By place in `order`: the pair."""


def by_pair(
    places: Int64Array, debtor: Int64Array, creditor: Int64Array, amount: Int64Array, parties: int
) -> Pairs:
    """Order obligations by pair and add up.

    Parameters
    ----------
    places
        int64, shape (n,): every obligation once, in the order that they are to have within a pair.
    debtor, creditor, amount
        int64, shape (n,), by obligation; parties from 0 to `parties` - 1, amounts in minor units.
    parties
        How many.

    Raises
    ------
    OverflowError
        If a party and a place do not fit into 63 bits together.
    """
    count, bits = len(places), len(places).bit_length()
    if parties.bit_length() + bits > 63:
        raise OverflowError(f"{count} obligations among {parties} parties are too many for one run")
    order = np.empty(count, np.int64)
    owed_to, owed_by = np.zeros(parties + 1, np.int64), np.zeros(parties + 1, np.int64)
    _by_creditor(places, debtor, creditor, bits, (owed_to, owed_by), order)
    by_debtor = np.empty(count, np.int64)
    _by_debtor(order, bits, owed_to, owed_by, by_debtor)
    debtors, creditors, amounts, first = (np.empty(count, np.int64) for _ in range(4))
    # A place is read before the pair takes its room. What lies behind the last pair is no memory yet.
    pairs = Pairs(debtors, creditors, amounts, first, order, pair_of=by_debtor)
    found = _add_up(by_debtor, bits, owed_by, np.ascontiguousarray(amount), pairs)
    return pairs._replace(
        debtor=debtors[:found], creditor=creditors[:found], amount=amounts[:found], first=first[:found]
    )


@kernel
def _by_creditor(
    places: Int64Array,
    debtor: Int64Array,
    creditor: Int64Array,
    bits: int,
    begin: tuple[Int64Array, Int64Array],
    found: Int64Array,
) -> None:
    """Write debtor and place by creditor; `begin` comes to say where creditors end and debtors begin."""
    owed_to, owed_by = begin
    for place in range(places.shape[0]):
        owed_to[forward(creditor[place] + 1)] += 1
        owed_by[forward(debtor[place] + 1)] += 1
    for party in range(owed_to.shape[0] - 1):
        owed_to[party + 1] += owed_to[party]
        owed_by[party + 1] += owed_by[party]
    for at in range(places.shape[0]):
        place = forward(places[at])
        owed = forward(creditor[place])
        found[forward(owed_to[owed])] = debtor[place] << bits | places[at]
        owed_to[owed] += 1


@kernel
def _by_debtor(
    by_creditor: Int64Array, bits: int, owed_to: Int64Array, owed_by: Int64Array, found: Int64Array
) -> None:
    """Write creditor and place by debtor, then creditor; `owed_by` comes to be where each debtor ends."""
    creditor, mask = 0, (1 << bits) - 1
    for at in range(by_creditor.shape[0]):
        while at == owed_to[creditor]:
            creditor += 1
        key = by_creditor[at]
        debtor = key >> bits
        found[owed_by[debtor]] = creditor << bits | key & mask
        owed_by[debtor] += 1


@kernel
def _add_up(by_debtor: Int64Array, bits: int, owed_by: Int64Array, amount: Int64Array, pairs: Pairs) -> int:
    """Write the pairs and return how many there are."""
    debtor, creditor, mask, pair, total = 0, -1, (1 << bits) - 1, -1, 0
    for at in range(by_debtor.shape[0]):
        while at == owed_by[debtor]:
            debtor, creditor = debtor + 1, -1
        place = by_debtor[at] & mask
        if creditor != by_debtor[at] >> bits:
            creditor, pair, total = by_debtor[at] >> bits, pair + 1, 0
            begun = forward(pair)
            pairs.debtor[begun], pairs.creditor[begun], pairs.first[begun] = debtor, creditor, at
        total += amount[forward(place)]
        pairs.amount[forward(pair)] = total
        pairs.order[at], pairs.pair_of[at] = place, pair
    return pair + 1
