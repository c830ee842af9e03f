"""What a user of the agreement says of limits, reservations and credit lines, as instructions.

The engine decides whether the person may say so (`engine.terms`); a name that is not in the agreement becomes
nobody here, and is rejected there.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from setfair.domain.codes import InstructionKind, Term
from setfair.domain.instants import days_of
from setfair.draft import Draft, notes, one_instruction
from setfair.engine.terms import NO_LIMIT
from setfair.intake.directory import Directory, currency_number


@dataclass(frozen=True, slots=True)
class Said:
    """Who says it, and why."""

    person: str
    """Id of a user of the agreement."""
    reason: str
    """In a few words; it goes on record."""


@dataclass(frozen=True, slots=True)
class TermChange:
    """What one person asks for; another one puts it into force."""

    term: Term
    participant: str
    """Whose account: BIC, LEI, member id or id."""
    currency: str
    """ISO 4217 code."""
    amount_minor: int | None
    """Minor units; None: no limit."""
    counterparty: str = ""
    """Towards whom a bilateral limit is."""
    day: date | None = None
    """The business day for which alone it is; None: until further notice."""


def ask_for(change: TermChange, directory: Directory, said: Said) -> Draft:
    """Return the instruction of one who asks for a change; HouseError where the reason is missing."""
    draft = _draft(InstructionKind.TERM_CHANGE, directory, said)
    instruction = draft.taken.instructions
    instruction["debtor"] = directory.find_account(change.participant, change.currency)
    if change.counterparty:
        instruction["creditor"] = directory.find_account(change.counterparty, change.currency)
    instruction["currency"] = currency_number(change.currency)
    instruction["amount"] = NO_LIMIT if change.amount_minor is None else change.amount_minor
    instruction["value_date"] = days_of(change.day) if change.day is not None else 0
    instruction["target"] = change.term
    return draft


def decide_on(number: int, directory: Directory, said: Said, *, approve: bool) -> Draft:
    """Return the instruction of one who approves or refuses a change; HouseError without a reason."""
    kind = InstructionKind.TERM_APPROVAL if approve else InstructionKind.TERM_REFUSAL
    draft = _draft(kind, directory, said)
    draft.taken.instructions["target"] = number
    return draft


def _draft(kind: InstructionKind, directory: Directory, said: Said) -> Draft:
    draft = Draft(one_instruction(), notes(said.reason, ""))
    draft.taken.instructions["kind"] = kind
    draft.taken.instructions["person"] = directory.find_user(said.person)
    return draft
