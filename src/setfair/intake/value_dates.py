"""Value dates of payments: days on which all currencies of a payment settle.

Rules
-----
1. Only where the agreement takes payments for later days: otherwise a value date is the present business day,
   and the engine says so.
2. The currencies of a payment are its own and, for a leg of a link that says what it is against, that one
   too: a cross-border payment settles on days that are open for both.
3. On any other day the value date is refused (WRONG_VALUE_DATE), or moved to the next day on which they all
   settle, as the agreement says. What the sender said stays in the digest of its content.
"""

from __future__ import annotations

from datetime import date

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from setfair.domain.agreement import Agreement
from setfair.domain.calendar import joint_business_days
from setfair.domain.codes import InstructionKind, Reason
from setfair.domain.instants import date_of, days_of
from setfair.engine.layout import Array


def check_value_dates(instructions: Array, rows: pa.RecordBatch, agreement: Agreement | None) -> None:
    """Refuse or move value dates on which not all currencies settle, in place.

    Parameters
    ----------
    instructions
        INSTRUCTION of the batch: `value_date` and `defect` are set.
    rows
        The batch, of the payment schema.
    agreement
        In force.
    """
    if agreement is None or not agreement.settlement.warehouse_days:
        return
    known = {rules.code for rules in agreement.currencies}
    dated = (instructions["value_date"] > 0) & (instructions["defect"] == 0)
    dated &= instructions["kind"] != InstructionKind.CANCELLATION
    places = np.flatnonzero(dated)
    chosen = rows.select(["currency", "against_currency", "link"]).take(pa.array(places))
    against = pc.if_else(pc.equal(chosen["link"], ""), "", chosen["against_currency"]).to_pylist()
    days = instructions["value_date"][places].tolist()
    said = list(zip(chosen["currency"].to_pylist(), against, days, strict=True))
    settles_on = {
        each: _first_day(agreement, [code for code in each[:2] if code in known], date_of(each[2]))
        for each in dict.fromkeys(said)
    }
    for place, each in zip(places.tolist(), said, strict=True):
        found = days_of(settles_on[each])
        if found != each[2] and (not found or agreement.settlement.value_dates == "refused"):
            instructions["defect"][place] = Reason.WRONG_VALUE_DATE
        else:
            instructions["value_date"][place] = found


def _first_day(agreement: Agreement, currencies: list[str], day: date) -> date | None:
    """Return the first day from this one on, within a year, on which all of these settle."""
    return next(joint_business_days(agreement, currencies, day), None)
