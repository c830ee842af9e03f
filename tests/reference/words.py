"""The words of the reference model: what goes into a house and what comes out of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, NamedTuple, TypeAlias

from setfair.domain.codes import (
    InstructionKind,
    Mechanism,
    Phase,
    Priority,
    Purpose,
    QueueAction,
    Reason,
    RecordKind,
    Screening,
    Status,
    Term,
)

Discipline: TypeAlias = Literal["ordered", "bypass"]
Identity: TypeAlias = bytes | int

PAYMENT_KINDS = frozenset(
    {
        InstructionKind.CUSTOMER_PAYMENT,
        InstructionKind.INSTITUTION_PAYMENT,
        InstructionKind.PAYMENT_RETURN,
        InstructionKind.LIQUIDITY_TRANSFER,
    }
)
DECISION_KINDS = frozenset({InstructionKind.RELEASE, InstructionKind.REFUSAL, InstructionKind.SCREENING_HOLD})

CURRENCY_NUMBERS = (978, 392, 788, 404)
"""ISO numbers of the reference's currencies 0, 1, 2 ..."""

ENGINE_REASONS = frozenset(
    {
        Reason.DUPLICATE,
        Reason.AMOUNT_NOT_POSITIVE,
        Reason.AMOUNT_TOO_LARGE,
        Reason.SAME_ACCOUNT,
        Reason.ACCOUNT_CLOSED,
        Reason.DAY_NOT_OPEN,
        Reason.AFTER_CUTOFF,
        Reason.WRONG_VALUE_DATE,
        Reason.NOT_SCREENED,
        Reason.NOT_SETTLEMENT_AGENT,
        Reason.ORIGINAL_UNKNOWN,
        Reason.ORIGINAL_NOT_SETTLED,
        Reason.RETURN_NOT_MATCHING,
        Reason.RETURN_EXCEEDS_ORIGINAL,
        Reason.SCREENING_HIT,
        Reason.BEHIND_IN_QUEUE,
        Reason.INSUFFICIENT_FUNDS,
        Reason.LIMIT_REACHED,
        Reason.QUEUE_FULL,
        Reason.BALANCE_OVERFLOW,
        Reason.NOT_YOUR_PAYMENT,
        Reason.ORIGINAL_SETTLED,
        Reason.ORIGINAL_REJECTED,
        Reason.CANCELLED_BY_SENDER,
        Reason.PERSON_NOT_AUTHORISED,
        Reason.NOT_HELD,
        Reason.SAME_PERSON,
        Reason.SCREENING_REFUSED,
        Reason.QUEUED_AT_CUTOFF,
        Reason.LINK_CLOSED,
        Reason.LINK_TERMS_DIFFER,
        Reason.LINK_INCOMPLETE,
        Reason.LINK_BROKEN,
        Reason.LINK_SHARED,
        Reason.EXPIRED,
        Reason.CHANGE_NOT_WAITING,
        Reason.CREDIT_LINE_IN_USE,
        Reason.NO_CREDIT_LINE,
        Reason.CHANGE_REFUSED,
        Reason.ON_HOLD,
        Reason.BEFORE_EARLIEST,
        Reason.NOT_QUEUED,
        Reason.NOT_ON_HOLD,
        Reason.EXTENSION_NOT_WAITING,
        Reason.CUTOFF_PASSED,
        Reason.EXTENSION_NOT_LATER,
        Reason.EXTENSION_OVERLAPS,
        Reason.BEFORE_VALUE_DATE,
        Reason.DATE_INVALID,
        Reason.PRIORITY_INVALID,
        Reason.NO_SUB_ACCOUNT,
        Reason.NOT_FOR_PURPOSE,
        Reason.SUB_ACCOUNT_IN_USE,
    }
)
"""The reasons that the rules give by themselves; a reader's defects come on top."""


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """A settlement account as the agreement has it."""

    currency: int
    """Index of the currency."""
    credit_line: int = 0
    reserved_urgent: int = 0
    reserved_high: int = 0
    is_agent: bool = False
    """The settlement agent's account: it has no floor."""
    is_closed: bool = False
    participant: int = -1
    """Whose account it is; -1: of a participant that has no other."""
    main: int = -1
    """Of a sub-account: the account that it is a part of."""
    purpose: Purpose = Purpose.NONE
    """Of a sub-account."""
    counterparty: int = -1
    """Of a sub-account for a pair: the other participant."""


@dataclass(frozen=True, slots=True)
class LimitSpec:
    """What `account` may have paid net on one business day."""

    account: int
    counterparty: int
    """The other account, or -1 for all accounts without a bilateral limit."""
    amount: int


@dataclass(frozen=True, slots=True)
class HouseSpec:
    """Everything that a house is built from."""

    accounts: tuple[AccountSpec, ...]
    limits: tuple[LimitSpec, ...] = ()
    discipline: Discipline = "ordered"
    queue_max: int = 1_000_000
    officers: int = 3
    """Screening officers; persons 0 to officers - 1 are authorised."""
    users: tuple[int, ...] = ()
    """By user, the participant for which it acts; -1: the operator; -2: nobody any more."""
    currencies: int = 1
    day: tuple[int, int, int, int] = (0, 0, 0, 0)
    """How long after its opening a day has its cut-offs, its end, and the next opening; 0: not said."""
    by_clock: int = 0
    """1: cut-offs pass by the clock; 2: days also close and open by it."""
    warehouse_days: int = 0
    """By how many days a value date may lie ahead."""
    identity_days: int | None = None
    """Identities of business days older than this many calendar days are forgotten; None: never."""


@dataclass(frozen=True, slots=True)
class Instruction:
    """One row of input."""

    kind: InstructionKind
    identity: Identity | None = None
    """None for a decision: decisions have no identity."""
    content: int = 0
    debtor: int = -1
    """Account index; of a cancellation the asking participant's account; -1 unknown."""
    creditor: int = -1
    amount: int = 0
    priority: Priority = Priority.NORMAL
    screening: Screening = Screening.CLEAR
    defect: Reason = Reason.NONE
    value_date: int = 0
    """Days; 0 where none is given."""
    original: Identity | None = None
    target: int = 0
    """Of a decision: the number of the held instruction."""
    person: int = -1
    link: int = 0
    """Of a leg: its link; 0 for what is none."""
    legs: int = 0
    until: int = 0
    """Latest time; 0: none."""
    earliest: int = 0
    """Of what is no leg: earliest time; 0: at once."""
    against_currency: int = -1
    against_amount: int = 0
    """What the payer says that it is to receive in the link; 0: nothing is said."""


@dataclass(frozen=True, slots=True)
class TermCommand:
    """A user's word on a limit, reservation or credit line: TERM_CHANGE, TERM_APPROVAL, TERM_REFUSAL."""

    kind: InstructionKind
    person: int
    term: Term = Term.BILATERAL_LIMIT
    account: int = -1
    counterparty: int = -1
    """Of a bilateral limit; -1."""
    amount: int = 0
    """-1: no limit."""
    day: int = 0
    """The business day for which alone it is; 0: until further notice."""
    target: int = 0
    """Of a decision: the number of the change."""


@dataclass(frozen=True, slots=True)
class ExtensionCommand:
    """A word on a later cut-off: EXTENSION, EXTENSION_APPROVAL, EXTENSION_REFUSAL."""

    kind: InstructionKind
    person: int
    currency: int = 0
    phase: Phase = Phase.CUSTOMER_CUTOFF
    """Which is to come later."""
    until: int = 0
    target: int = 0
    """Of a decision: the number of what was asked for."""


@dataclass(frozen=True, slots=True)
class QueueCommand:
    """A user's word on how a payment waits."""

    action: QueueAction
    person: int
    target: int
    """Number of the payment."""
    priority: int = 0
    earliest: int = 0
    latest: int = 0


class Record(NamedTuple):
    """What happened. Accounts, amount and currency are those of the subject instruction."""

    kind: RecordKind
    status: Status
    reason: Reason
    mechanism: Mechanism
    currency: int
    """-1 where the subject names no account."""
    subject_number: int
    cause_number: int
    """The instruction that made it happen."""
    debtor: int
    creditor: int
    amount: int
    debtor_balance_after: int
    """0 in all records but SETTLED."""
    creditor_balance_after: int


class Outcome(NamedTuple):
    """What has become of an input row at the end of its batch."""

    number: int
    status: Status
    reason: Reason
    mechanism: Mechanism
    repeated: bool
