"""Set-off of what is due in one currency, under what the cycle came with; nothing is changed in the books."""

from __future__ import annotations

import numpy as np

from setfair.domain.codes import RecordKind
from setfair.engine.cycle_records import Stamp, new_records
from setfair.engine.cycle_terms import ChoiceTerms
from setfair.engine.layout import Array
from setfair.engine.setoff import Choice, ChosenSetOff, SetOff, set_off, set_off_under


def clear_due(due: Array, terms: ChoiceTerms | None, day: int) -> tuple[SetOff, ChosenSetOff | None]:
    """Set off what is due; with a choice return what came of that, too.

    Parameters
    ----------
    due
        OBLIGATION, in one currency.
    terms
        Objective and limits; None: the most value.
    day
        Business day, from which overdue days are counted.
    """
    columns = (due["debtor"], due["creditor"], due["remaining"], due["due"])
    if terms is None or not len(due):
        return set_off(*columns), None
    chosen = set_off_under(*columns, choice=choice_of(due, terms, day))
    return chosen.result, chosen


def choice_of(due: Array, terms: ChoiceTerms, day: int) -> Choice:
    """Return the choice for rows that are due."""
    return Choice(
        objective=terms.objective,
        as_of_day=day,
        untouched=np.isin(due["number"], np.array(terms.keep, np.int64)) if terms.keep else None,
        minimum_minor=terms.minimum_minor,
        party_maximum_minor=terms.party_maximum_minor,
    )


def choice_record(chosen: ChosenSetOff | None, stamp: Stamp) -> Array:
    """Return the CHOICE_RUN record of a cycle under a choice; none without one."""
    if chosen is None:
        return new_records(0, RecordKind.CHOICE_RUN, stamp)
    record = new_records(1, RecordKind.CHOICE_RUN, stamp)
    cleared = chosen.result.cleared_total_minor
    record["debtor"], record["creditor"] = chosen.closed, chosen.left_out
    record["amount"] = chosen.value_max_minor
    record["debtor_after"] = chosen.costs[0].without_minor if chosen.costs else cleared
    record["creditor_after"] = -1 if chosen.closed_max is None else chosen.closed_max
    return record
