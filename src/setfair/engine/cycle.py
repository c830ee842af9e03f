"""Set-off of what is due, and netting of what remains: docs/clearing-rules.md, "Cycle" and "Netting".

The optimum itself is `setoff`'s; netting is `net_cycle`'s, where the agreement has it.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import Phase, RecordKind
from setfair.engine.books import NETTING_RULE, Books
from setfair.engine.clear_due import choice_record, clear_due
from setfair.engine.cycle_records import Stamp, cycle_record, netting_record
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.layout import RECORD, Array
from setfair.engine.net_cycle import run_net_cycle
from setfair.engine.net_rounds import Choosing
from setfair.engine.reduce import due_obligations, reduce_obligations


def run_cycle(
    books: Books,
    day: int,
    stamp: Stamp,
    party_account: NDArray[np.int32] | None = None,
    choice: ChoiceTerms | None = None,
) -> Array:
    """Set off, and net as agreed, what is due in one currency; return the records, the cycle's own last.

    Parameters
    ----------
    books
        Obligations are reduced, and accounts booked, in place.
    day
        Business day, days since 1970-01-01.
    stamp
        Currency and number of the cycle, and the time.
    party_account
        By party, the account that it settles on in the currency, or -1; None: no party has one.
    choice
        Objective and limits; None: the most value.

    Returns
    -------
    Array
        RECORD: one SET_OFF for each obligation reduced, in order of the obligations; what netting
        adds (`net_cycle`); CHOICE_RUN with a choice; then CYCLE_RUN.
    """
    places = due_obligations(books, [stamp.currency], day)
    nets = bool(books.rules[NETTING_RULE])
    if nets and books.phases[stamp.currency] != Phase.CLOSED:
        return run_net_cycle(books, places, stamp, party_account, Choosing(choice, day))
    due = books.obligations[places]
    result, chosen = clear_due(due, choice, day)
    records = [reduce_obligations(books, places, result.cleared_minor, RecordKind.SET_OFF, stamp)]
    if nets:
        # No money moves on a closed day: set-off alone.
        records.append(netting_record(np.zeros(0, np.int64), 0, 0, 0, stamp))
    own = cycle_record(due, int(result.cleared_minor.sum()), result.net_debit_minor, stamp)
    return np.concatenate([*records, choice_record(chosen, stamp), own], dtype=RECORD)
