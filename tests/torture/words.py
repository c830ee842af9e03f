"""The words of a real house for what the reference says in numbers: names, dates, moments, rows, lists."""

from __future__ import annotations

import tempfile
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any
from uuid import UUID

from setfair.domain.codes import InstructionKind
from setfair.domain.fixing import Fixing, fixing_of
from setfair.domain.instants import to_instant
from setfair.screening.in_force import FileLists
from tests.houses import DAY, lists_in, obligation, payment
from tests.reference.days import FIRST_DATE
from tests.reference.words import Instruction
from tests.screening.samples import invented_name
from tests.torture.plan import ListState, Plan, Step

SECOND = 10**9
WINDOW = 1200 * SECOND
"""How long one unit of the reference's time takes: the clock jumps within it."""
MORNING = to_instant(datetime(2026, 1, 5, 4, 0, tzinfo=UTC))
LISTED = "Zorvan Pellik Draumont"
"""A name that is always on the list."""
NAMES = tuple(invented_name(10_000 + number) for number in range(8))
"""Names of those who pay; the first two are on the list at times."""
CHANGING = NAMES[:2]
NOBODY = "NOBODY"
PEOPLE = {0: "amara", 1: "bela"}
UNIT, SOURCE = "EUR", "torture"
"""Of the rates of cycles across currencies."""
NO_INSTRUCTION = 10**9
NO_LIMIT = -1
_ENTRY = (
    "<INDIVIDUAL><DATAID>{}</DATAID><FIRST_NAME>{}</FIRST_NAME><UN_LIST_TYPE>Example</UN_LIST_TYPE>"
    "</INDIVIDUAL>"
)


def business_date(number: int) -> date:
    """Return the business day of a day of the reference: those after the first are Mondays to Fridays."""
    weeks, days = divmod(number - FIRST_DATE, 5)
    return DAY + timedelta(days=7 * weeks + days)


def moment(time: int) -> int:
    """Return the instant at which a time of the reference begins; 0 is no time."""
    return MORNING + time * WINDOW if time else 0


def name_of(row: Instruction, *, is_hit: bool) -> str:
    """Return whom a row names: the same for the same row whenever it comes."""
    if row.kind is InstructionKind.CANCELLATION:
        return NAMES[-1]
    return LISTED if is_hit else NAMES[_number(row.identity) % len(NAMES)]


def is_listed(name: str, lists: ListState) -> bool:
    """Tell whether a name hits while the list says this."""
    return name == LISTED or any(name == CHANGING[place] for place in lists.named)


def is_news(name: str, before: ListState, after: ListState) -> bool:
    """Tell whether a name hits an entry that is new or says something else."""
    if name == LISTED:
        return before.is_other is not after.is_other
    return any(name == CHANGING[place] for place in after.named - before.named)


@lru_cache
def lists_for(state: ListState) -> FileLists:
    """Return the lists of every house here while they say this: they are read once."""
    folder = Path(tempfile.mkdtemp(prefix="torture-lists-"))
    lists = lists_in(folder)
    file = folder / "lists" / "un.xml"
    text = file.read_text(encoding="utf-8")
    if state.is_other:
        text = text.replace("The Cobbler", "The Chandler")
    entries = "".join(_ENTRY.format(800_000 + place, CHANGING[place]) for place in sorted(state.named))
    file.write_text(text.replace("</INDIVIDUALS>", entries + "</INDIVIDUALS>"), encoding="utf-8")
    return lists


def fixing(plan: Plan, worth: tuple[str, ...]) -> Fixing:
    """Return the rates of a cycle across currencies."""
    rates = [
        {"currency": code, "rate": rate, "quoted": "unit_per_currency", "source": SOURCE, "time_ns": MORNING}
        for code, rate in zip(plan.codes, worth, strict=True)
    ]
    return fixing_of({"unit": UNIT, "rates": rates})


def remember_from(plan: Plan, number: int) -> date:
    """Return from which day on identities are remembered when a day opens."""
    if plan.spec.identity_days is None:
        return date(1970, 1, 1)
    return business_date(number - plan.spec.identity_days)


def user(number: int) -> str:
    """Return the id of a user; of one that there is not, a name that nobody has."""
    return f"user{number}" if number >= 0 else NOBODY


def party_rows(plan: Plan) -> list[dict[str, object]]:
    """Return the rows that register the parties."""
    return [
        {"party_id": f"F{number}", "name": f"Firm F{number}", "participant": bank}
        for number, bank in enumerate(plan.banks)
    ]


def obligation_rows(plan: Plan, step: Step) -> list[dict[str, object]]:
    """Return the rows of obligations that come together."""
    return [
        obligation(
            f"I-{step.batch}-{place}",
            f"F{one.debtor}",
            f"F{one.creditor}",
            one.amount,
            currency=plan.codes[one.currency],
            due_date=business_date(one.due) if one.due else None,
        )
        for place, one in enumerate(step.owed)
    ]


def payment_row(plan: Plan, row: Instruction, name: str) -> dict[str, object]:
    """Return a row of the reference as a row of a batch."""
    debtor, creditor = (_agent(plan, account) for account in (row.debtor, row.creditor))
    known = [account for account in (row.debtor, row.creditor) if account >= 0]
    changes: dict[str, Any] = {
        "kind": row.kind,
        "uetr": _uetr(row.identity),
        "instruction_id": f"P{_number(row.identity)}",
        "currency": plan.accounts[known[0]][1] if known else plan.codes[0],
        "priority": row.priority,
        "defect": int(row.defect),
        "defect_text": "as the reader says" if row.defect else "",
        "debtor_name": name,
        "remittance": str(row.content),
        "value_date": business_date(row.value_date) if row.value_date else None,
        "link": f"L{row.link}" if row.link else "",
        "link_legs": row.legs,
        "until_ns": moment(row.until),
        "earliest_ns": moment(row.earliest),
        "against_currency": plan.codes[row.against_currency] if row.against_currency >= 0 else "",
        "against_amount_minor": row.against_amount,
        "original_uetr": _uetr(row.original) if row.original is not None else None,
    }
    return payment(0, debtor, creditor, row.amount, **changes)


def _agent(plan: Plan, account: int) -> str:
    return plan.accounts[account][0] if account >= 0 else NOBODY


def _number(identity: object) -> int:
    return int.from_bytes(identity, "big") if isinstance(identity, bytes) else int(str(identity))


def _uetr(identity: object) -> bytes:
    return UUID(int=_number(identity)).bytes
