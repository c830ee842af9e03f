"""A cycle with netting: the books are changed, and records written, as `net_rounds` found.

Records, in this order: SET_OFF; of each round NET_POSITION and LEFT_OUT; LEFT_DUE; the legs, SETTLED; NETTED;
what the legs release from the queues, SETTLED; NETTING_RUN; CHOICE_RUN with a choice; CYCLE_RUN. Positions
are written of all accounts in the first and in the last round, in the rounds between of the account that was
then left out.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import RecordKind, Status
from setfair.engine.books import RERUN_RULE, Books
from setfair.engine.clear_due import choice_record
from setfair.engine.cycle_records import (
    Stamp,
    cycle_record,
    left_due_records,
    left_out_record,
    netting_record,
    position_records,
)
from setfair.engine.layout import RECORD, Array, Int64s
from setfair.engine.net_rounds import Choosing, Clearing, clear_and_net, find_sides
from setfair.engine.netting import release_creditors, settle_legs
from setfair.engine.reduce import reduce_obligations


def run_net_cycle(
    books: Books,
    places: NDArray[np.int64],
    stamp: Stamp,
    party_account: NDArray[np.int32] | None,
    choosing: Choosing,
) -> Array:
    """Set off and net what is due in one currency and return the records, the cycle's own last.

    Parameters
    ----------
    books
        Obligations are reduced and accounts booked in place.
    places
        Places of the obligations that are due.
    stamp
        Currency and number of the cycle, and the time.
    party_account
        By party, the account that it settles on, or -1.
    choosing
        What set-off is to achieve, and within what.
    """
    due = books.obligations[places]
    rerun = bool(books.rules[RERUN_RULE])
    sides = find_sides(books, due, party_account)
    clearing = clear_and_net(books, due, sides, choosing, rerun=rerun)
    set_offs = reduce_obligations(books, places, clearing.cleared, RecordKind.SET_OFF, stamp)
    turns = _turn_records(books, clearing, stamp)
    left = due["remaining"] - clearing.cleared - clearing.netted
    left_due = _left_due(clearing, sides, left, stamp, rerun=rerun)
    legs = settle_legs(books, clearing.legs, *stamp)
    netted = reduce_obligations(books, places, clearing.netted, RecordKind.NETTED, stamp)
    released = release_creditors(books, clearing.legs, stamp.number, stamp.now)
    last = clearing.turns[-1].positions
    totals = netting_record(
        clearing.netted[clearing.netted > 0],
        int(clearing.legs.amount.sum()),
        len(last.places),
        len(clearing.turns),
        stamp,
    )
    own = cycle_record(due, int(clearing.cleared.sum()), clearing.net_debit, stamp)
    chosen = choice_record(clearing.chosen, stamp)
    parts = (set_offs, *turns, left_due, legs, netted, released, totals, chosen, own)
    return np.concatenate(parts, dtype=RECORD)


def _turn_records(books: Books, clearing: Clearing, stamp: Stamp) -> list[Array]:
    """Return the records of the rounds."""
    balances = books.accounts["balance"].copy()
    records = []
    for turn, found in enumerate(clearing.turns, 1):
        positions, unable = found.positions, found.unable
        if unable is None:
            after = balances + positions.net
            records.append(position_records(positions.places, positions, after, turn, stamp))
            continue
        places = positions.places if turn == 1 else np.array([unable.account])
        own = position_records(places, positions, balances, turn, stamp)
        is_left_out = own["debtor"] == unable.account
        own["status"] = np.where(is_left_out, Status.RJCT, Status.CANC)
        own["reason"] = np.where(is_left_out, unable.reason, 0)
        records += [own, left_out_record(unable, turn, stamp)]
    return records


def _left_due(
    clearing: Clearing, sides: tuple[Int64s, Int64s], left: Int64s, stamp: Stamp, *, rerun: bool
) -> Array:
    """Return what stays due between the parties of accounts left out and those of others, pair by pair.

    A pair of two accounts that were both left out belongs to the one that was left out first. Parties without
    an account are concerned only where the set-off ran without the account left out.
    """
    out = [turn.unable.account for turn in clearing.turns if turn.unable is not None]
    if not out:
        return np.zeros(0, RECORD)
    # One element more than accounts, so that -1, no account, has a rank too.
    rank = np.full(len(clearing.turns[0].positions.owes) + 1, len(out), np.int64)
    rank[out] = np.arange(len(out))
    debtor, creditor = sides
    concerned = (np.minimum(rank[debtor], rank[creditor]) < len(out)) & (left > 0)
    if not rerun:
        concerned &= (debtor >= 0) & (creditor >= 0)
    debtor, creditor, left = debtor[concerned], creditor[concerned], left[concerned]
    owes = rank[debtor] <= rank[creditor]
    first, other = np.where(owes, debtor, creditor), np.where(owes, creditor, debtor)
    width = np.int64(len(rank) + 1)
    pair, place = np.unique(rank[first] * width + other + 1, return_inverse=True)
    sums = np.zeros((3, len(pair)), np.int64)
    for line, amounts in enumerate((np.where(owes, left, 0), np.where(owes, 0, left), np.ones_like(left))):
        np.add.at(sums[line], place, amounts)
    accounts = (np.array(out, np.int64)[pair // width], pair % width - 1)
    return left_due_records(accounts, (sums[0], sums[1]), sums[2], stamp)
