"""One participant's messages and statements of a day.

Rules
-----
1. pacs.002: what became of every payment that the participant sent, in the order in which they were decided,
   at most `STATUSES_MAX` in a message; further ones are in ``pacs.002_2.xml``, ``pacs.002_3.xml`` ...
2. camt.054: every booking of the day, one notification for each account that had any.
3. camt.053 and the same as CSV: one file for each account, also if nothing was booked, once its currency has
   closed. A sub-account, or an account that the agreement no longer has, gets one only while it holds or
   moves money.
4. camt.029: one message for each message that asked for cancellations; the case is the request's own
   identification.
5. ISO 20022 carries 18 digits: an account with a longer balance gets the CSV alone.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import groupby, islice
from typing import BinaryIO

from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.domain.money import currency_of_number
from setfair.formats.iso20022.statement_types import (
    Booking,
    CancellationAnswer,
    Direction,
    EntryTotals,
    MessageHeader,
    Notification,
    Party,
    PaymentStatus,
    Statement,
)
from setfair.formats.iso20022.write_camt029 import write_camt029
from setfair.formats.iso20022.write_camt053 import write_camt053
from setfair.formats.iso20022.write_camt054 import write_camt054
from setfair.formats.iso20022.write_pacs002 import write_pacs002
from setfair.formats.iso20022.write_xml import DIGITS_MAX
from setfair.formats.statement_csv import write_csv_statement
from setfair.statements.day import Day, Mark, message_id, moment_of
from setfair.statements.files import Outbox
from setfair.statements.gather import ANSWER, BOOKING, STATUS, Gathered
from setfair.statements.members import Member, MemberAccount, Members
from setfair.statements.spool import Row

STATUSES_MAX = 10_000
"""Payments in one pacs.002, and answers in one camt.029."""

KEPT_MAX = 16_384
"""Entries of an account that are kept in memory while its files are written; more are read again for each."""

QuittanceOf = Callable[[str, int], str]
"""Takes the id of a participant and the number of a payment that it sent; returns the quittance as JSON, or
an empty text where it asks for none."""

_NO_ENTRIES = EntryTotals(0, 0, 0, 0)
_KINDS = {int(kind): kind for kind in InstructionKind}
_REASONS = {int(reason): reason for reason in Reason}
_STATUSES = {int(status): status for status in Status}


@dataclass(frozen=True, slots=True)
class Issue:
    """Everything that a day's messages are made of."""

    day: Day
    members: Members
    gathered: Gathered
    envelope: bool
    """Whether messages get a business application header."""
    quittances: QuittanceOf | None = None
    """Makes what goes along with the status of a payment; None: nothing does."""

    def header(self, kind: str, mark: Mark, receiver: Party, *about: str) -> MessageHeader:
        """Return the header of a message; `about` tells it from the day's others of its kind."""
        identification = message_id(self.members.house_id, self.day.business_date, kind, mark, *about)
        return MessageHeader(identification, mark.utc, self.members.house, receiver)

    def receivers(self) -> set[int]:
        """Return the numbers of the participants that have an account or sent something."""
        spool = self.gathered.spool
        owners = {account.owner.number for account in self.members.accounts.values()}
        senders = {number for kind in (STATUS, ANSWER) for number in spool.keys(kind) if number >= 0}
        return owners | senders


class _Entries:
    """The entries of one account, as often as they are asked for."""

    def __init__(self, issue: Issue, account: MemberAccount) -> None:
        self._issue, self._account = issue, account

    def __iter__(self) -> Iterator[Booking]:
        members, business_date = self._issue.members, self._issue.day.business_date
        accounts = members.accounts
        for row in self._issue.gathered.spool.rows((BOOKING, self._account.number)):
            record, payment, kind, is_credit, amount_minor, other, time_utc, uetr, *texts = row
            yield Booking(
                record,
                payment,
                _KINDS[kind],
                Direction.CREDIT if is_credit else Direction.DEBIT,
                amount_minor,
                accounts[other].owner.party,
                moment_of(time_utc),
                business_date,
                uetr or None,
                *texts,
            )


def write_member(outbox: Outbox, issue: Issue, member: Member) -> None:
    """Write all messages and statements of one participant."""
    write_statuses(outbox, issue, member.number, member.party)
    _write_notifications(outbox, issue, member)
    for account in issue.members.accounts_of(member.number):
        if issue.day.currencies[account.currency_number].is_closed:
            _write_statement(outbox, issue, account)
    write_answers(outbox, issue, member.number, member.party)


def _part_name(name: str, part: int) -> str:
    return f"{name}.xml" if part == 1 else f"{name}_{part}.xml"


def write_statuses(outbox: Outbox, issue: Issue, sender: int, receiver: Party) -> None:
    """Write what became of every payment of one sender: rule 1."""
    spool, key = issue.gathered.spool, (STATUS, sender)
    statuses = _statuses(issue, outbox.participant, spool.rows(key))
    for part in range(1, -(-spool.count(key) // STATUSES_MAX) + 1):
        header = issue.header("pacs.002", issue.day.mark, receiver, outbox.participant, str(part))

        def write(out: BinaryIO, header: MessageHeader = header) -> int:
            return write_pacs002(out, islice(statuses, STATUSES_MAX), header, envelope=issue.envelope)

        outbox.write(_part_name("pacs.002", part), "pacs.002", write)


def _statuses(issue: Issue, sender: str, rows: Iterator[Row]) -> Iterator[PaymentStatus]:
    for row in rows:
        payment, record, status, reason, currency, amount_minor, text, settled, *texts, uetr = row
        message, name, instruction, end_to_end, transaction = texts
        yield PaymentStatus(
            payment,
            record,
            _STATUSES[status],
            _REASONS[reason],
            currency_of_number(currency) if currency else None,
            amount_minor,
            text,
            moment_of(settled) if settled else None,
            issue.day.business_date if settled else None,
            message,
            name,
            instruction,
            end_to_end,
            transaction,
            uetr or None,
            issue.quittances(sender, payment) if issue.quittances is not None else "",
        )


def _write_notifications(outbox: Outbox, issue: Issue, member: Member) -> None:
    turnover, day = issue.gathered.turnover, issue.day
    moved = [account for account in issue.members.accounts_of(member.number) if account.number in turnover]
    if not moved:
        return
    notifications = (
        Notification(
            issue.header("camt.054", day.mark, member.party, account.account.account_id).message_id,
            account.account,
            day.business_date,
            turnover[account.number].totals,
            _Entries(issue, account),
        )
        for account in moved
    )
    header = issue.header("camt.054", day.mark, member.party, member.id)
    outbox.write(
        "camt.054.xml",
        "camt.054",
        lambda out: write_camt054(out, notifications, header, envelope=issue.envelope),
    )


def _write_statement(outbox: Outbox, issue: Issue, account: MemberAccount) -> None:
    """Write the statement of one account as camt.053 and as CSV: rules 3 and 5."""
    moved = issue.gathered.turnover.get(account.number)
    is_kept = account.is_agreed and not account.sub_account
    if moved is None and not is_kept and not account.closing_minor:
        return
    currency_day = issue.day.currencies[account.currency_number]
    code, owner = currency_day.currency.code, account.owner
    name = (account.sub_account,) if account.sub_account else ()
    header = issue.header("camt.053", currency_day.mark, owner.party, owner.id, code, *name)
    code = "_".join((code, *name))
    statement = account_statement(issue, account, header)
    largest_minor = max(abs(statement.opening_minor), abs(statement.closing_minor))
    if len(str(largest_minor)) <= DIGITS_MAX:
        outbox.write(
            f"camt.053_{code}.xml",
            "camt.053",
            lambda out: write_camt053(out, [statement], header, envelope=issue.envelope),
        )
    outbox.write(f"statement_{code}.csv", "statement", lambda out: write_csv_statement(out, statement))


def account_statement(issue: Issue, account: MemberAccount, header: MessageHeader) -> Statement:
    """Return the statement of one account on the day: what was booked on it, as long as it is open so far."""
    moved = issue.gathered.turnover.get(account.number)
    totals = moved.totals if moved is not None else _NO_ENTRIES
    entries = _Entries(issue, account)
    return Statement(
        header.message_id,
        issue.day.currencies[account.currency_number].sequence,
        account.account,
        issue.day.business_date,
        moved.opening_minor if moved is not None else account.closing_minor,
        account.closing_minor,
        totals,
        list(entries) if totals.count <= KEPT_MAX else entries,
        issue.day.currencies[account.currency_number].remarks,
    )


def write_answers(outbox: Outbox, issue: Issue, sender: int, receiver: Party) -> None:
    """Write the answers to the requests for cancellation of one sender: rule 4."""
    rows = issue.gathered.spool.rows((ANSWER, sender))
    for part, answers in enumerate(_answered_messages(rows), 1):
        header = issue.header("camt.029", issue.day.mark, receiver, outbox.participant, str(part))

        def write(
            out: BinaryIO, answers: list[CancellationAnswer] = answers, header: MessageHeader = header
        ) -> int:
            return write_camt029(out, answers, header, envelope=issue.envelope)

        outbox.write(_part_name("camt.029", part), "camt.029", write)


def _answered_messages(rows: Iterator[Row]) -> Iterator[list[CancellationAnswer]]:
    """Yield the answers to one message after the other: rule 4."""
    for _, group in groupby(rows, key=lambda row: row[4]):
        while answers := [_answer(row) for row in islice(group, STATUSES_MAX)]:
            yield answers


def _answer(row: Row) -> CancellationAnswer:
    record, status, reason, text, _, request, instruction, end_to_end, transaction, uetr = row
    return CancellationAnswer(
        record,
        _STATUSES[status],
        _REASONS[reason],
        text,
        case_id=request,
        instruction_id=instruction,
        end_to_end_id=end_to_end,
        transaction_id=transaction,
        uetr=uetr or None,
    )
