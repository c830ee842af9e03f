"""Codes: what kinds of instruction there are, what can become of them, and why not.

The integers are part of the journal's format and never change their meaning. Names that ISO 20022
has are ISO's; texts are what a person reads next to the code.
"""

from __future__ import annotations

from enum import IntEnum
from typing import NamedTuple


class InstructionKind(IntEnum):
    """What a sender asks for. Journal code, one byte."""

    CUSTOMER_PAYMENT = 1
    """Customer credit transfer (pacs.008)."""
    INSTITUTION_PAYMENT = 2
    """Financial institution credit transfer (pacs.009)."""
    PAYMENT_RETURN = 3
    """Return of a settled payment (pacs.004)."""
    LIQUIDITY_TRANSFER = 4
    """The settlement agent funds or defunds an account (camt.050)."""
    CANCELLATION = 5
    """Request to cancel a queued or held payment (camt.056)."""
    OBLIGATION = 6
    """What a debtor owes a creditor under an invoice."""
    CREDIT_NOTE = 7
    """Reduces an obligation that was entered before."""
    CONFIRMATION = 8
    """The debtor confirms an obligation."""
    RELEASE = 9
    """One person's decision to release what screening held."""
    REFUSAL = 10
    """One person's decision to refuse what screening held."""
    PHASE_CHANGE = 11
    """The business day moves to its next phase."""
    CYCLE = 12
    """Set-off, and netting where the agreement has it, of the obligations that are due."""
    ADOPTION = 13
    """A signed version of the agreement takes effect."""
    PARTY_REGISTRATION = 14
    """A firm is named, with its country and the participant that it banks with."""
    LIST_ADOPTION = 15
    """A version of the screening lists takes effect."""
    EXPIRY = 16
    """What has reached its latest time is rejected."""
    SCREENING_HOLD = 17
    """What waits is held, or held anew, since a list has changed."""
    ALERT_NOTE = 18
    """One person's word on what screening held, which decides nothing: a question, a good-guy pair."""
    OFFSETTING = 19
    """What waits is settled together, as much of it as can be found."""
    TERM_CHANGE = 30
    """One person asks for another limit, reservation or credit line."""
    TERM_APPROVAL = 31
    """Another person puts that into force."""
    TERM_REFUSAL = 32
    """Another person, or the one who asked, takes it back."""
    QUEUE_CHANGE = 33
    """A payer's user, or the operator's, changes how a payment waits."""
    EXTENSION = 40
    """One person asks for a later cut-off, or a later end of the day, of one currency."""
    EXTENSION_APPROVAL = 41
    """Another person puts that into force."""
    EXTENSION_REFUSAL = 42
    """Another person, or the one who asked, takes it back."""


class Status(IntEnum):
    """ISO 20022 transaction status. Journal code, one byte."""

    RCVD = 1
    """Received: no decision yet."""
    PDNG = 2
    """Pending: held by screening, a leg that waits for the others of its link, a cancellation that waits for
    the other parties of a link, or an obligation that waits for its debtor's confirmation."""
    ACSP = 3
    """Accepted, settlement in process: a payment in the queue, an obligation that is open."""
    ACSC = 4
    """Accepted, settlement completed: final and irrevocable."""
    RJCT = 5
    """Rejected, with a reason."""
    CANC = 6
    """Cancelled, with a reason."""


class Priority(IntEnum):
    """Settlement priority; a lower number goes first."""

    URGENT = 0
    HIGH = 1
    NORMAL = 2


class Screening(IntEnum):
    """What the screening gate said of an instruction before it reached the engine."""

    UNSCREENED = 0
    CLEAR = 1
    HIT = 2


class Mechanism(IntEnum):
    """By which rule a payment settled."""

    NONE = 0
    IMMEDIATE = 1
    """At entry, against available liquidity."""
    RELEASE = 2
    """From the queue, when a credit arrived."""
    BILATERAL_OFFSET = 3
    """Together with queued payments in the other direction, at entry."""
    NETTING = 4
    """Together with all payments of one netting, or of the money in a cycle: the subject is the cycle."""
    OFFSETTING = 5
    """From the queue, together with other queued payments."""
    SUB_ACCOUNT = 6
    """Set aside on a sub-account, or given back: no payment, the subject is the TERM_CHANGE."""


class Term(IntEnum):
    """What a TERM_CHANGE is about."""

    BILATERAL_LIMIT = 1
    """Most that an account may have paid another net in a day."""
    MULTILATERAL_LIMIT = 2
    """The same towards all for whom there is no bilateral limit."""
    RESERVED_URGENT = 3
    """Set aside for urgent payments."""
    RESERVED_HIGH = 4
    """Set aside for urgent and high payments."""
    CREDIT_LINE = 5
    """How far below zero the balance may go; the operator's to change."""
    SUB_ACCOUNT = 6
    """Whether a sub-account is open: 1, or closed: 0."""
    SET_ASIDE = 7
    """Money of the account that goes to its sub-account."""
    GIVE_BACK = 8
    """Money of a sub-account that goes back to the account."""


class Purpose(IntEnum):
    """What a sub-account is for."""

    NONE = 0
    """Nothing any more: the agreement in force does not have it."""
    CYCLES = 1
    """What the netting of a cycle has its participant pay, and pays it."""
    LINKS = 2
    """Legs of links that its participant pays or is paid."""
    PAIR = 3
    """What its participant pays one other, and is paid by it."""


class QueueAction(IntEnum):
    """What a QUEUE_CHANGE does with a payment that waits."""

    TOP = 1
    """To the top of its priority."""
    BOTTOM = 2
    """To the bottom of its priority."""
    PRIORITY = 3
    """To the bottom of another priority."""
    TIMES = 4
    """Another earliest and latest time."""
    HOLD = 5
    """Out of the queue until it is reactivated."""
    REACTIVATE = 6
    """Into the queue again, at the bottom of its priority, or settled."""


class Phase(IntEnum):
    """Phase of the business day of one currency."""

    CLOSED = 0
    OPEN = 1
    CUSTOMER_CUTOFF = 2
    """No new customer payments; institutions' payments go on."""
    INTERBANK_CUTOFF = 3
    """No new payments at all; the queue was rejected with TM01; obligations still clear."""


PHASE_MOVES: dict[Phase, tuple[Phase, ...]] = {
    Phase.CLOSED: (Phase.OPEN,),
    Phase.OPEN: (Phase.CUSTOMER_CUTOFF, Phase.INTERBANK_CUTOFF),
    Phase.CUSTOMER_CUTOFF: (Phase.INTERBANK_CUTOFF,),
    Phase.INTERBANK_CUTOFF: (Phase.CLOSED,),
}
"""The allowed moves between phases; code, docs and tests read this table."""


class RecordKind(IntEnum):
    """What happened. Journal code, one byte."""

    SETTLED = 1
    """Debtor's account debited, creditor's credited: final."""
    QUEUED = 2
    """Accepted, waits for cover."""
    REJECTED = 3
    HELD = 4
    """Screening found a possible match; two people decide."""
    CANCELLED = 5
    """A queued or held payment was cancelled at its sender's request."""
    CANCELLATION_ANSWERED = 6
    """The outcome of a cancellation request (ACSC: cancelled; RJCT: not, with the reason)."""
    OBLIGATION_OPENED = 7
    """An obligation is confirmed and open for clearing."""
    OBLIGATION_PENDING = 8
    """An obligation waits for its debtor's confirmation."""
    CREDIT_NOTE_APPLIED = 9
    """An obligation was reduced by a credit note."""
    SET_OFF = 10
    """An obligation was reduced by set-off in a cycle."""
    CYCLE_RUN = 11
    """Totals of one cycle in one currency."""
    PHASE_CHANGED = 12
    AGREEMENT_ADOPTED = 13
    LISTS_ADOPTED = 14
    PARTY_REGISTERED = 15
    DISPOSITION = 16
    """The first of two people's decisions on a held instruction."""
    NET_POSITION = 17
    """What an account's parties owe and are owed in one round of netting."""
    LEFT_OUT = 18
    """An account that could not pay was left out of netting."""
    LEFT_DUE = 19
    """What stays due between the parties of an account left out and those of another."""
    NETTED = 20
    """What remained of an obligation was settled by netting in a cycle."""
    NETTING_RUN = 21
    """Totals of netting in one cycle in one currency."""
    LINK_PENDING = 22
    """A leg waits for the other legs of its link."""
    LINK_MATCHED = 23
    """All legs of a link are there, and their terms agree."""
    EXPIRY_RUN = 24
    """What had reached its latest time was rejected."""
    OFFSETTING_RUN = 25
    """Totals of one run of offsetting over all that waits."""
    EXCHANGED = 26
    """A party's net position in one currency changed in a cycle across currencies."""
    ROUNDED = 27
    """What rounding in a cycle across currencies left with a party: its entry to the rounding account."""
    ACROSS_RUN = 28
    """Totals of a cycle across currencies, in the unit of account."""
    CHOICE_RUN = 29
    """What the objective and the limits of a cycle came to."""
    FUNDED = 30
    """What a participant put into a cycle, of what it offered."""
    GIVEN = 31
    """Money of a participant paid debts of a party in a cycle."""
    RECEIVED = 32
    """Money that was put into a cycle ended up with a party."""
    MONEY_RUN = 33
    """What the money of a cycle came to."""
    TERM_PROPOSED = 40
    """A change of a limit, a reservation or a credit line waits for a second person."""
    TERM_DECIDED = 41
    """That person's decision."""
    TERM_CHANGED = 42
    """A limit, a reservation or a credit line is another from here on."""
    QUEUE_CHANGED = 43
    """Somebody changed how a payment waits."""
    PARKED = 44
    """A payment waits outside the queue, as its payer wants it: on hold, or for its earliest time."""
    EXTENSION_PROPOSED = 50
    """A later cut-off waits for a second person."""
    EXTENSION_DECIDED = 51
    """That person's decision."""
    CUTOFF_EXTENDED = 52
    """A cut-off, or the end of the day, is later from here on."""


class ReasonInfo(NamedTuple):
    """One reason: its journal code, ISO external code and what it means here."""

    code: int
    iso: str
    text: str


class Reason(IntEnum):
    """Why an instruction was rejected, queued, held or cancelled. Journal code, two bytes.

    The member's name is the rule that said no; `iso` is the ISO 20022 external reason code that goes
    into messages (several rules may share one).
    """

    NONE = 0
    UNKNOWN_DEBTOR_AGENT = 1
    UNKNOWN_CREDITOR_AGENT = 2
    NO_ACCOUNT_IN_CURRENCY = 3
    ACCOUNT_CLOSED = 4
    UNKNOWN_CURRENCY = 5
    AMOUNT_NOT_POSITIVE = 6
    AMOUNT_TOO_LARGE = 7
    TOO_MANY_DECIMALS = 8
    AMOUNT_MALFORMED = 9
    DUPLICATE = 10
    AFTER_CUTOFF = 11
    DAY_NOT_OPEN = 12
    NOT_SCREENED = 13
    WRONG_VALUE_DATE = 14
    SAME_ACCOUNT = 15
    NOT_SETTLEMENT_AGENT = 16
    INSUFFICIENT_FUNDS = 17
    LIMIT_REACHED = 18
    BEHIND_IN_QUEUE = 19
    QUEUED_AT_CUTOFF = 20
    SCREENING_HIT = 21
    SCREENING_REFUSED = 22
    CANCELLED_BY_SENDER = 23
    ORIGINAL_UNKNOWN = 24
    ORIGINAL_SETTLED = 25
    ORIGINAL_REJECTED = 26
    ORIGINAL_NOT_SETTLED = 27
    RETURN_EXCEEDS_ORIGINAL = 28
    RETURN_NOT_MATCHING = 29
    NOT_YOUR_PAYMENT = 30
    BALANCE_OVERFLOW = 31
    IDENTIFIER_MISSING = 32
    IDENTIFIER_INVALID = 33
    NAME_MISSING = 34
    DATE_INVALID = 35
    SAME_PARTY = 36
    CREDIT_EXCEEDS_OBLIGATION = 37
    AMOUNT_NEGATIVE_OR_NIL_DUE = 38
    SAME_PERSON = 39
    NOT_HELD = 40
    PERSON_NOT_AUTHORISED = 41
    NOT_PENDING = 42
    CURRENCY_NOT_IN_AGREEMENT = 43
    CANCELLED_BY_CREDIT_NOTE = 44
    COUNTRY_INVALID = 45
    QUEUE_FULL = 46
    PARTY_CHANGED = 47
    AGENT_UNSUITABLE = 48
    REJECTED_BY_READER = 49
    PRIORITY_INVALID = 50
    LINK_INVALID = 51
    LINK_CLOSED = 52
    LINK_TERMS_DIFFER = 53
    LINK_INCOMPLETE = 54
    LINK_BROKEN = 55
    LINK_SHARED = 56
    EXPIRED = 57
    CHANGE_NOT_WAITING = 70
    CREDIT_LINE_IN_USE = 71
    NO_CREDIT_LINE = 72
    CHANGE_REFUSED = 73
    ON_HOLD = 74
    BEFORE_EARLIEST = 75
    NOT_QUEUED = 76
    NOT_ON_HOLD = 77
    EXTENSION_NOT_WAITING = 90
    CUTOFF_PASSED = 91
    EXTENSION_NOT_LATER = 92
    EXTENSION_OVERLAPS = 93
    BEFORE_VALUE_DATE = 94
    NO_SUB_ACCOUNT = 95
    NOT_FOR_PURPOSE = 96
    SUB_ACCOUNT_IN_USE = 97

    @property
    def iso(self) -> str:
        """ISO 20022 external reason code."""
        return REASONS[self].iso

    @property
    def text(self) -> str:
        """What it means here, in words."""
        return REASONS[self].text


def _table(*rows: tuple[Reason, str, str]) -> dict[Reason, ReasonInfo]:
    return {reason: ReasonInfo(int(reason), iso, text) for reason, iso, text in rows}


REASONS: dict[Reason, ReasonInfo] = _table(
    (Reason.NONE, "", ""),
    (Reason.UNKNOWN_DEBTOR_AGENT, "RC03", "the debtor agent is no participant of this house"),
    (Reason.UNKNOWN_CREDITOR_AGENT, "RC04", "the creditor agent is no participant of this house"),
    (Reason.NO_ACCOUNT_IN_CURRENCY, "AC01", "the participant has no settlement account in this currency"),
    (Reason.ACCOUNT_CLOSED, "AC04", "the settlement account is closed"),
    (Reason.UNKNOWN_CURRENCY, "AM11", "the currency is not an ISO 4217 code"),
    (Reason.AMOUNT_NOT_POSITIVE, "AM01", "the amount must be greater than zero"),
    (Reason.AMOUNT_TOO_LARGE, "AM02", "the amount is larger than the largest that is allowed"),
    (Reason.TOO_MANY_DECIMALS, "AM09", "the amount has more decimals than the currency has"),
    (Reason.AMOUNT_MALFORMED, "AM12", "the amount is not a decimal number"),
    (Reason.DUPLICATE, "AM05", "the same identification was used before with other content"),
    (Reason.AFTER_CUTOFF, "TM01", "received after the cut-off"),
    (Reason.DAY_NOT_OPEN, "TM01", "the business day of this currency is not open"),
    (Reason.NOT_SCREENED, "RR04", "not screened: nothing settles unscreened"),
    (Reason.WRONG_VALUE_DATE, "DT01", "the value date is not the current business day"),
    (Reason.SAME_ACCOUNT, "AG01", "debtor and creditor account are the same"),
    (Reason.NOT_SETTLEMENT_AGENT, "AG01", "only the settlement agent of the currency may fund and defund"),
    (Reason.INSUFFICIENT_FUNDS, "AM04", "waits for cover"),
    (Reason.LIMIT_REACHED, "AM21", "waits for a limit towards the counterparty"),
    (Reason.BEHIND_IN_QUEUE, "AM04", "waits behind queued payments of the same or a higher priority"),
    (Reason.QUEUED_AT_CUTOFF, "TM01", "still queued at the cut-off"),
    (Reason.SCREENING_HIT, "RR04", "held by screening until two people decide"),
    (Reason.SCREENING_REFUSED, "RR04", "refused by two people after a screening hit"),
    (Reason.CANCELLED_BY_SENDER, "CUST", "cancelled at the sender's request"),
    (Reason.ORIGINAL_UNKNOWN, "NOOR", "the original payment is not known"),
    (Reason.ORIGINAL_SETTLED, "ARDT", "the original payment is settled: final"),
    (Reason.ORIGINAL_REJECTED, "NOOR", "the original payment was rejected or cancelled"),
    (Reason.ORIGINAL_NOT_SETTLED, "AG01", "the original payment is not settled: cancel it instead"),
    (Reason.RETURN_EXCEEDS_ORIGINAL, "AM02", "more is returned than was paid"),
    (Reason.RETURN_NOT_MATCHING, "AM03", "a return goes back between the same accounts in the same currency"),
    (Reason.NOT_YOUR_PAYMENT, "AG01", "only the sender of a payment may cancel it"),
    (Reason.BALANCE_OVERFLOW, "AM02", "the balance would exceed the largest that is kept"),
    (Reason.IDENTIFIER_MISSING, "CH21", "a required identification is missing"),
    (Reason.IDENTIFIER_INVALID, "CH16", "an identification is malformed"),
    (Reason.NAME_MISSING, "BE22", "a required name is missing: there is no anonymous party"),
    (Reason.DATE_INVALID, "DT01", "a date is missing or malformed"),
    (Reason.SAME_PARTY, "AG01", "debtor and creditor are the same party"),
    (Reason.CREDIT_EXCEEDS_OBLIGATION, "AM02", "the credit note exceeds what remains of its obligation"),
    (Reason.AMOUNT_NEGATIVE_OR_NIL_DUE, "AM01", "nothing is due: the payable amount is zero or negative"),
    (Reason.SAME_PERSON, "AG01", "the second decision must be another person's"),
    (Reason.NOT_HELD, "NOOR", "nothing is held under this number"),
    (Reason.PERSON_NOT_AUTHORISED, "AG01", "the agreement does not let this person decide on it"),
    (Reason.NOT_PENDING, "NOOR", "no obligation of this debtor waits for confirmation under this id"),
    (Reason.CURRENCY_NOT_IN_AGREEMENT, "AM03", "the currency is not part of the agreement"),
    (Reason.CANCELLED_BY_CREDIT_NOTE, "CUST", "reduced to nothing by a credit note"),
    (Reason.COUNTRY_INVALID, "BE09", "the country is not an ISO 3166 code"),
    (Reason.QUEUE_FULL, "AM04", "the queue is at its maximum"),
    (Reason.PARTY_CHANGED, "AM05", "the party was registered before with other data"),
    (Reason.AGENT_UNSUITABLE, "AGNT", "the agent cannot be reached through this house"),
    (Reason.REJECTED_BY_READER, "NARR", "the instruction breaks a rule of its message"),
    (Reason.PRIORITY_INVALID, "CH16", "the priority is none of URGENT, HIGH, NORMAL"),
    (Reason.LINK_INVALID, "CH16", "what is said of the link is malformed, or the instruction can be no leg"),
    (Reason.LINK_CLOSED, "AM05", "the link of this reference has all its legs, or is over"),
    (Reason.LINK_TERMS_DIFFER, "NARR", "the terms differ from those of the other legs of the link"),
    (Reason.LINK_INCOMPLETE, "NARR", "waits for the other legs of its link"),
    (Reason.LINK_BROKEN, "NARR", "another leg of its link was rejected"),
    (Reason.LINK_SHARED, "NARR", "a matched link is cancelled when all its payers have asked for it"),
    (Reason.EXPIRED, "TM01", "its latest time has passed"),
    (Reason.CHANGE_NOT_WAITING, "NOOR", "no change of a term waits under this number"),
    (Reason.CREDIT_LINE_IN_USE, "AM04", "more of the credit line is drawn on than would be left"),
    (Reason.NO_CREDIT_LINE, "AG01", "the settlement agent's account has no credit line to change"),
    (Reason.CHANGE_REFUSED, "CUST", "taken back, or refused by a second person"),
    (Reason.ON_HOLD, "NARR", "its payer holds it until it is reactivated"),
    (Reason.BEFORE_EARLIEST, "NARR", "waits for its earliest time"),
    (Reason.NOT_QUEUED, "NOOR", "the payment does not wait in a queue"),
    (Reason.NOT_ON_HOLD, "NOOR", "the payment is not on hold"),
    (Reason.EXTENSION_NOT_WAITING, "NOOR", "no later cut-off waits under this number"),
    (Reason.CUTOFF_PASSED, "TM01", "the currency has passed this, or the agreement says no time of it"),
    (Reason.EXTENSION_NOT_LATER, "DT01", "it is later neither than now nor than the time in force"),
    (Reason.BEFORE_VALUE_DATE, "NARR", "waits for its value date"),
    (Reason.EXTENSION_OVERLAPS, "DT01", "it is later than what follows on it in the business day"),
    (Reason.NO_SUB_ACCOUNT, "AG01", "this goes with sub-accounts alone, or not with sub-accounts"),
    (Reason.NOT_FOR_PURPOSE, "AG01", "the sub-account is for another purpose"),
    (Reason.SUB_ACCOUNT_IN_USE, "AG01", "money is set aside on the sub-account, or payments wait on it"),
)
"""Every reason, once. A test fails when a member has no row, no decision-table case or no docs line."""
