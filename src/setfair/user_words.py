"""What a user of the agreement says of limits, credit lines, cut-offs and queues, as instructions.

The engine decides whether the person may say so (`engine.terms`); a name that is not in the agreement becomes
nobody here, and is rejected there. The word that was given goes on record beside it.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import date

from setfair.domain.codes import InstructionKind, Phase, Priority, QueueAction, Reason, Term
from setfair.domain.instants import days_of
from setfair.domain.instruction import Batch, BatchBuilder, Family
from setfair.draft import Draft, notes, one_instruction
from setfair.engine.terms import NO_LIMIT, may_change
from setfair.errors import HouseError
from setfair.house_state import HouseState
from setfair.intake.directory import Directory, currency_number

WORD_MAX = 140
"""Characters of the name of a person whom the agreement does not know."""


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
    sub_account: str = ""
    """Name of a sub-account, if it is about one."""


def ask_for(change: TermChange, directory: Directory, said: Said) -> Draft:
    """Return the instruction of one who asks for a change; HouseError where the reason is missing."""
    draft = _draft(InstructionKind.TERM_CHANGE, directory, said)
    instruction = draft.taken.instructions
    instruction["debtor"] = directory.find_account(change.participant, change.currency)
    if change.sub_account:
        whose = change.participant, change.currency, change.sub_account
        instruction["debtor"] = directory.find_sub_account(*whose)
    if change.counterparty:
        instruction["creditor"] = directory.find_account(change.counterparty, change.currency)
    instruction["currency"] = currency_number(change.currency)
    instruction["amount"] = NO_LIMIT if change.amount_minor is None else change.amount_minor
    instruction["value_date"] = days_of(change.day) if change.day is not None else 0
    instruction["target"] = change.term
    return draft


def decide_on(number: int, directory: Directory, said: Said, kind: InstructionKind) -> Draft:
    """Return the instruction of one who approves or refuses what another asked for.

    Parameters
    ----------
    number
        Of the instruction that asked.
    directory
        Who the person is.
    said
        Who says so, and why.
    kind
        TERM_APPROVAL, TERM_REFUSAL, EXTENSION_APPROVAL or EXTENSION_REFUSAL.

    Raises
    ------
    HouseError
        If the reason is missing.
    """
    draft = _draft(kind, directory, said)
    draft.taken.instructions["target"] = number
    return draft


@dataclass(frozen=True, slots=True)
class Extension:
    """A later cut-off, or a later end of the day, that one person asks for."""

    currency: str
    """ISO 4217 code."""
    phase: Phase
    """Which is to come later: a cut-off, or CLOSED."""
    until_ns: int
    """Nanoseconds since 1970-01-01 UTC."""


def ask_for_extension(extension: Extension, directory: Directory, said: Said) -> Draft:
    """Return the instruction of one who asks for a later cut-off.

    Raises
    ------
    HouseError
        If the currency is not part of the agreement, or the reason is missing.
    """
    number = currency_number(extension.currency)
    if not number or not directory.has_currency(number):
        raise HouseError(f"{extension.currency} is not a currency of the agreement")
    draft = _draft(InstructionKind.EXTENSION, directory, said)
    instruction = draft.taken.instructions
    instruction["currency"], instruction["target"] = number, extension.phase
    instruction["original_high"] = extension.until_ns
    return draft


@dataclass(frozen=True, slots=True)
class QueueChange:
    """How a payment is to wait from now on."""

    action: QueueAction
    number: int
    """Of the payment."""
    priority: Priority = Priority.NORMAL
    """Of PRIORITY."""
    earliest_ns: int = 0
    """Of TIMES: nanoseconds since 1970-01-01 UTC; 0: at once."""
    latest_ns: int = 0
    """Of TIMES; 0: the cut-off."""


def change_queue(change: QueueChange, directory: Directory, said: Said) -> Draft:
    """Return the instruction of one who changes how a payment waits; HouseError without a reason."""
    draft = _draft(InstructionKind.QUEUE_CHANGE, directory, said)
    instruction = draft.taken.instructions
    instruction["target"], instruction["amount"] = change.number, change.action
    instruction["priority"] = change.priority
    instruction["original_high"], instruction["original_low"] = change.earliest_ns, change.latest_ns
    return draft


def cancellation(state: HouseState, place: int, said: Said, reference: str) -> Batch:
    """Return the request to cancel the payment at a place of the books, as its payer's camt.056 would be.

    Raises
    ------
    HouseError
        If the person acts neither for the payer's participant nor for the operator, or gives no reason.
    """
    notes(said.reason, "")
    books, directory = state.books, state.directory
    debtor = int(books.payments["debtor"][place])
    if debtor < 0 or not may_change(books, directory.find_user(said.person), debtor):
        raise HouseError(f"{said.person}: {Reason.PERSON_NOT_AUTHORISED.text}")
    high, low = (int(books.identities[name][place]) for name in ("high", "low"))
    builder = BatchBuilder(Family.PAYMENT)
    builder.add(
        kind=int(InstructionKind.CANCELLATION),
        instruction_id=reference,
        message_name="setfair queue cancel",
        instructing_agent=directory.accounts[debtor][0],
        currency=directory.accounts[debtor][1],
        original_uetr=(high << 64 | low).to_bytes(16, "big"),
        reason_code="CUST",
        remittance=f"{said.person}: {said.reason}",
    )
    batch = builder.flush()
    if batch is None:
        raise ValueError("a batch has at least one row")
    return batch


def _draft(kind: InstructionKind, directory: Directory, said: Said) -> Draft:
    draft = Draft(one_instruction(), notes(said.reason, ""))
    draft.taken.instructions["kind"] = kind
    number = directory.find_user(said.person)
    draft.taken.instructions["person"] = number
    if number < 0:
        if len(said.person) > WORD_MAX:
            raise HouseError(f"--by: at most {WORD_MAX} characters")
        draft.documents["said_by"] = json.dumps({"0": said.person}, ensure_ascii=False).encode()
    return draft
