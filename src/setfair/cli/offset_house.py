"""`setfair offset HOUSE`: what waits in a house settles together."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from setfair.cli.common import console, print_json
from setfair.cli.open_house import opened_house
from setfair.domain.codes import Mechanism, Reason, Status
from setfair.engine.layout import Array
from setfair.errors import HouseError


def offset_house(folder: Path, work: int, now: str | None, *, as_json: bool) -> None:
    """Offset what waits in a house, and show the totals of the run."""
    with opened_house(folder, now) as house:
        page = house.clearing_house.offset_queue(work).page
        agreement = house.clearing_house.state.directory.agreement
    if page is None or agreement is None:
        raise HouseError("the run left no page")
    summary = {"discipline": agreement.offsetting.discipline, **_totals(page.records)}
    if as_json:
        print_json(summary)
        return
    console.print(
        f"{summary['settled']:,} of {summary['payments']:,} queued payments settled together, "
        f"and {summary['released']:,} after them"
    )
    if summary["is_optimum"]:
        console.print("no set of this discipline has more value")
    else:
        console.print(f"value {summary['value']:,}, and no set has more than {summary['bound']:,}")


def _totals(records: Array) -> dict[str, int | bool]:
    """Return the totals of a run from its page."""
    run = records[0]
    if run["status"] != Status.ACSC:
        why = Reason(int(run["reason"]))
        raise HouseError(f"nothing was offset: {why.text} [{why.iso}]")
    value, bound = int(run["amount"]), int(run["creditor_after"])
    return {
        "payments": int(run["debtor"]),
        "settled": int(run["creditor"]),
        "value": value,
        "ordered_value": int(run["debtor_after"]),
        "bound": bound,
        "gap": bound - value,
        "is_optimum": bound == value,
        "released": int(np.count_nonzero(records["mechanism"] == Mechanism.RELEASE)),
    }
