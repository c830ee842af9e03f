"""What the house tells a participant, as plain types: the input of the message and file writers.

Rules
-----
1. An amount is a non-negative integer of minor units; its direction says whether it is a credit or a
   debit of the account. Balances are signed.
2. Entries come as an iterable and are read once, so that memory does not grow with a statement. The
   totals that stand in front of the entries in a file come with it (`EntryTotals.of` is that first pass).
3. Opening balance + credits - debits = closing balance, and totals = entries. `checked_entries` proves
   both; a statement for which they do not hold is a `BrokenInvariantError`.
4. A missing text is ``""``.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from enum import Enum

from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.domain.money import AMOUNT_MAX_MINOR, Currency
from setfair.errors import BrokenInvariantError


@dataclass(frozen=True, slots=True)
class Party:
    """A participant, the house, or a firm, by whatever identifications it has."""

    bic: str = ""
    """ISO 9362 business identifier code; used first."""
    lei: str = ""
    """ISO 17442 legal entity identifier; used where there is no BIC."""
    member_id: str = ""
    """Member identification in the house; used where there is neither."""
    name: str = ""


@dataclass(frozen=True, slots=True)
class MessageHeader:
    """What every message starts with."""

    message_id: str
    """Unique for the sender; at most 35 characters."""
    created_utc: datetime
    """When the message was made; carries its time zone."""
    sender: Party
    """The house."""
    receiver: Party
    """The participant."""


class Direction(Enum):
    """Side of an entry, as ISO 20022 spells it."""

    CREDIT = "CRDT"
    DEBIT = "DBIT"


@dataclass(frozen=True, slots=True)
class Account:
    """One settlement account."""

    account_id: str
    """At most 34 characters."""
    currency: Currency
    owner: Party
    servicer: Party
    """The house."""


@dataclass(frozen=True, slots=True)
class Booking:
    """One entry on one account."""

    record_number: int
    """Number of the journal record that settled it."""
    payment_number: int
    """Number of the instruction in the house."""
    kind: InstructionKind
    direction: Direction
    amount_minor: int
    """Minor units of the account's currency; never negative."""
    counterparty: Party
    """The participant on the other side."""
    booked_utc: datetime
    """When it became final; carries its time zone."""
    value_date: date
    uetr: bytes | None = None
    """The 16 bytes of the UUID."""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    message_name: str = ""
    """The message that brought it, for example ``pacs.008.001.08``."""
    debtor_name: str = ""
    creditor_name: str = ""
    remittance: str = ""


@dataclass(frozen=True, slots=True)
class EntryTotals:
    """Count and sum of the entries of one account."""

    credit_count: int
    credit_minor: int
    debit_count: int
    debit_minor: int

    @classmethod
    def of(cls, entries: Iterable[Booking]) -> EntryTotals:
        """Add up entries."""
        count = {Direction.CREDIT: 0, Direction.DEBIT: 0}
        total_minor = {Direction.CREDIT: 0, Direction.DEBIT: 0}
        for entry in entries:
            count[entry.direction] += 1
            total_minor[entry.direction] += entry.amount_minor
        return cls(
            count[Direction.CREDIT],
            total_minor[Direction.CREDIT],
            count[Direction.DEBIT],
            total_minor[Direction.DEBIT],
        )

    @property
    def count(self) -> int:
        """Number of entries."""
        return self.credit_count + self.debit_count

    @property
    def net_minor(self) -> int:
        """Credits minus debits."""
        return self.credit_minor - self.debit_minor


@dataclass(frozen=True, slots=True)
class Notification:
    """Entries of one account that its owner is told of (camt.054)."""

    notification_id: str
    account: Account
    business_date: date
    totals: EntryTotals
    entries: Iterable[Booking]


@dataclass(frozen=True, slots=True)
class Statement:
    """One account on one business day (camt.053)."""

    statement_id: str
    sequence_number: int
    """Electronic sequence number: counts the statements of the account."""
    account: Account
    business_date: date
    opening_minor: int
    closing_minor: int
    totals: EntryTotals
    entries: Iterable[Booking]
    remarks: str = ""
    """What else is to be known of the day, for example a later cut-off; at most 500 characters."""


@dataclass(frozen=True, slots=True)
class PaymentStatus:
    """What became of one payment (pacs.002)."""

    payment_number: int
    """Number of the instruction in the house; 0: it is not on record."""
    record_number: int
    """Number of the journal record that says so; 0: there is none."""
    status: Status | None
    """None: it is not on record."""
    reason: Reason
    currency: Currency | None
    """None if what the payment named is no currency."""
    amount_minor: int
    """0 if the amount could not be read."""
    reason_text: str = ""
    """Further words on the reason, for example what the reader found."""
    settled_utc: datetime | None = None
    """When it became final; None if it did not."""
    settlement_date: date | None = None
    """Business day of the settlement; None if it did not settle."""
    message_id: str = ""
    """Of the message that brought it."""
    message_name: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    uetr: bytes | None = None
    quittance: str = ""
    """The quittance of the payment, JSON; empty: none goes along."""


@dataclass(frozen=True, slots=True)
class CancellationAnswer:
    """What became of one request to cancel a payment (camt.029)."""

    record_number: int
    """Number of the journal record that says so."""
    status: Status
    """ACSC: cancelled; RJCT: not; PDNG: not decided yet."""
    reason: Reason
    """Why not; not written for a cancellation that was done."""
    reason_text: str = ""
    case_id: str = ""
    """Case of the request, which the receiver of the answer opened."""
    message_id: str = ""
    """Of the message that brought the payment."""
    message_name: str = ""
    instruction_id: str = ""
    end_to_end_id: str = ""
    transaction_id: str = ""
    uetr: bytes | None = None


def check_closing(statement: Statement) -> None:
    """Stop if the opening balance and the totals do not give the closing balance."""
    reached_minor = statement.opening_minor + statement.totals.net_minor
    if reached_minor != statement.closing_minor:
        raise BrokenInvariantError(
            f"statement {statement.statement_id} of account {statement.account.account_id}: opening "
            f"{statement.opening_minor} and entries {statement.totals.net_minor} give {reached_minor}, "
            f"not the closing {statement.closing_minor} (minor units)"
        )


def checked_entries(report: Statement | Notification) -> Iterator[Booking]:
    """Yield the entries; stop if one has no lawful amount or if they are not what the totals say.

    Raises
    ------
    BrokenInvariantError
        At the entry concerned, or after the last one.
    """
    credit_count = credit_minor = debit_count = debit_minor = 0
    for entry in report.entries:
        amount_minor = entry.amount_minor
        if not 0 <= amount_minor <= AMOUNT_MAX_MINOR:
            raise BrokenInvariantError(
                f"record {entry.record_number} on account {report.account.account_id}: "
                f"an entry of {amount_minor} minor units"
            )
        if entry.direction is Direction.CREDIT:
            credit_count += 1
            credit_minor += amount_minor
        else:
            debit_count += 1
            debit_minor += amount_minor
        yield entry
    found = EntryTotals(credit_count, credit_minor, debit_count, debit_minor)
    if found != report.totals:
        raise BrokenInvariantError(
            f"account {report.account.account_id} on {report.business_date}: the entries are {found}, "
            f"not {report.totals}"
        )
