"""Answers to requests: a status request gets a pacs.002, an account report request a camt.052 or camt.053.

Rules
-----
1. Only participants are answered, and only about what is their own: payments that they sent or receive (for
   those whom they settle too), and their own accounts. What is somebody else's is answered as what is not on
   record.
2. A payment that is not on record is answered with NOOR and without a status.
3. A camt.060 that asks for camt.053 gets one for each closed day that it names, and where a day is not over a
   camt.052 with what is booked so far; one that asks for camt.052 always gets that. Without a period the last
   day is meant.
4. Nothing is changed and nothing recorded: the tables are read, beside a writer.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from setfair.domain.codes import Reason, Status
from setfair.domain.money import currency_of_number
from setfair.domain.progress import silent
from setfair.errors import HouseError
from setfair.formats.iso20022.read_request import AskedPayment, AskedReport, Request
from setfair.formats.iso20022.statement_types import MessageHeader, PaymentStatus
from setfair.formats.iso20022.write_camt053 import write_camt052, write_camt053
from setfair.formats.iso20022.write_pacs002 import write_pacs002
from setfair.statements.day import Day, Query, find_day, message_id, moment_of
from setfair.statements.files import Outbox, Written
from setfair.statements.gather import gather
from setfair.statements.members import Member, MemberAccount, Members, find_members
from setfair.statements.messages import STATUSES_MAX, Issue, account_statement
from setfair.statements.spool import Spool

DAYS_MAX = 31
"""Days that one report request may span."""

# Identifications have no index: one pass over the payments finds all that are asked for.
_PAYMENTS = """
SELECT y.payment_number, y.status, y.reason, y.currency_number, y.amount_minor, y.defect_text,
       y.message_id, y.message_name, y.instruction_id, y.end_to_end_id, y.transaction_id, y.uetr,
       g.time_utc, b.business_date,
       (SELECT max(w.record_number) FROM record_row w
        WHERE w.page_number = y.decided_page AND w.subject_number = y.payment_number) AS record_number
FROM payment_row y JOIN page g ON g.page_number = y.decided_page
LEFT JOIN currency c ON c.currency_number = y.currency_number
LEFT JOIN business_day b ON b.currency = c.currency AND y.decided_page BETWEEN b.first_page AND b.last_page
WHERE y.kind <> 5
  AND (y.sender = ?1 OR y.debtor_account IN (SELECT value FROM json_each(?2))
       OR y.creditor_account IN (SELECT value FROM json_each(?2)))
  AND (lower(hex(y.uetr)) IN (SELECT value FROM json_each(?3))
       OR y.instruction_id IN (SELECT value FROM json_each(?4))
       OR y.transaction_id IN (SELECT value FROM json_each(?5))
       OR y.message_id IN (SELECT value FROM json_each(?6)))
ORDER BY y.payment_number LIMIT ?7
"""
_OWN_ACCOUNTS = """
SELECT json_group_array(account_number) AS own FROM account_row WHERE participant_number = ?
"""
_DAYS = (
    "SELECT DISTINCT business_date AS day FROM business_day WHERE business_date BETWEEN ? AND ? ORDER BY 1"
)
_LAST_DAY = "SELECT max(business_date) AS day FROM business_day"


def answer_request(query: Query, out: Path, request: Request, *, envelope: bool = False) -> list[Written]:
    """Write the answer to a request, and return what was written.

    Parameters
    ----------
    query
        Reads the tables.
    out
        The folder that the answer is written into.
    request
        From `read_request`.
    envelope
        Whether messages get a business application header.

    Raises
    ------
    HouseError
        If who asks takes no part, or asks for an account or days that it cannot have.
    """
    day = find_day(query, _last_day(query))
    members = find_members(query, day)
    asker = _find_asker(members, request)
    outbox = Outbox(out, asker.id)
    if request.reports:
        for number, asked in enumerate(request.reports, 1):
            _answer_report(query, outbox, asker, asked, envelope=envelope, number=number)
    else:
        _answer_status(query, outbox, day, members, asker, request, envelope=envelope)
    return outbox.written


def _last_day(query: Query) -> date:
    text = query(_LAST_DAY, ())[0]["day"]
    if text is None:
        raise HouseError("no business day has been opened yet: there is nothing to answer with")
    return date.fromisoformat(text)


def _find_asker(members: Members, request: Request) -> Member:
    owners = {asked.owner for asked in request.reports}
    reference = request.sender or (owners.pop() if len(owners) == 1 else "")
    number = members.find_direct(reference)
    if number < 0:
        raise HouseError(
            f"{reference or 'who asks'} takes no part in this house: only participants are answered"
        )
    return members.by_number[number]


def _answer_status(
    query: Query,
    outbox: Outbox,
    day: Day,
    members: Members,
    asker: Member,
    request: Request,
    *,
    envelope: bool,
) -> None:
    """Answer a pacs.028: rules 1 and 2."""
    rows = _find_payments(query, asker.number, request.payments)
    found = [status for asked in request.payments for status in _statuses(rows, asked)]
    if len(found) > STATUSES_MAX:
        raise HouseError(f"more than {STATUSES_MAX:,} payments are asked for: divide the request")
    about = (asker.id, "to", request.message_id)
    identification = message_id(members.house_id, day.business_date, "pacs.002", day.mark, *about)
    header = MessageHeader(identification, day.mark.utc, members.house, asker.party)
    outbox.write(
        "pacs.002.xml", "pacs.002", lambda file: write_pacs002(file, found, header, envelope=envelope)
    )


def _find_payments(query: Query, asker: int, asked: Sequence[AskedPayment]) -> list[dict[str, Any]]:
    """Return the asker's own payments that may be meant."""
    own = str(query(_OWN_ACCOUNTS, (asker,))[0]["own"])
    keys = (
        [each.uetr.hex() for each in asked if each.uetr],
        [each.instruction_id for each in asked if each.instruction_id],
        [each.transaction_id for each in asked if each.transaction_id],
        [each.message_id for each in asked if each.is_group],
    )
    return query(_PAYMENTS, (asker, own, *map(json.dumps, keys), STATUSES_MAX + 1))


def _statuses(rows: Sequence[dict[str, Any]], asked: AskedPayment) -> list[PaymentStatus]:
    """Return what became of a payment that is asked for; the first identification that is given counts."""
    for name, value in (
        ("uetr", asked.uetr),
        ("instruction_id", asked.instruction_id),
        ("transaction_id", asked.transaction_id),
        ("message_id", asked.message_id),
    ):
        if value:
            found = [row for row in rows if row[name] == value]
            found = [row for row in found if asked.message_id in ("", row["message_id"])]
            if found:
                return [_status(row) for row in found]
            break
    return [
        PaymentStatus(
            0,
            0,
            None,
            Reason.ORIGINAL_UNKNOWN,
            None,
            0,
            message_id=asked.message_id,
            instruction_id=asked.instruction_id,
            end_to_end_id=asked.end_to_end_id,
            transaction_id=asked.transaction_id,
            uetr=asked.uetr,
        )
    ]


def _status(row: dict[str, Any]) -> PaymentStatus:
    status = Status(row["status"])
    is_settled = status is Status.ACSC
    day = row["business_date"]
    return PaymentStatus(
        row["payment_number"],
        row["record_number"],
        status,
        Reason(row["reason"]),
        currency_of_number(row["currency_number"]) if row["currency_number"] else None,
        row["amount_minor"],
        row["defect_text"],
        moment_of(row["time_utc"]) if is_settled else None,
        date.fromisoformat(day) if is_settled and day else None,
        row["message_id"],
        row["message_name"],
        row["instruction_id"],
        row["end_to_end_id"],
        row["transaction_id"],
        row["uetr"] or None,
    )


def _answer_report(
    query: Query, outbox: Outbox, asker: Member, asked: AskedReport, *, envelope: bool, number: int
) -> None:
    """Answer one report request of a camt.060: rule 3."""
    if asked.message not in ("camt.052", "camt.053"):
        raise HouseError(f"{asked.message} is asked for; given are camt.052 and camt.053")
    first = asked.from_date or _last_day(query)
    last = asked.to_date or first
    if not timedelta(0) <= last - first < timedelta(days=DAYS_MAX):
        raise HouseError(f"{first} to {last} is asked for; a request spans 1 to {DAYS_MAX} days, in order")
    opened = query(_DAYS, (first.isoformat(), last.isoformat()))
    if not opened:
        raise HouseError(f"no business day was opened from {first} to {last}")
    for row in opened:
        day = find_day(query, date.fromisoformat(row["day"]))
        members = find_members(query, day)
        accounts = _asked_accounts(members, asker, asked)
        outbox.folder.mkdir(parents=True, exist_ok=True)
        with Spool(outbox.folder) as spool:
            issue = Issue(day, members, gather(query, day, members, spool, silent), envelope)
            for account in accounts:
                _write_report(outbox, issue, account, asked, number)


def _asked_accounts(members: Members, asker: Member, asked: AskedReport) -> list[MemberAccount]:
    own = members.accounts_of(asker.number)
    found = [
        account
        for account in own
        if (not asked.account or account.account.account_id == asked.account)
        and (not asked.currency or account.account.currency.code == asked.currency)
    ]
    if members.find_direct(asked.owner) != asker.number or not found:
        what = asked.account or asked.currency or "account"
        raise HouseError(f"{asker.id} has no {what} here; it has {_named(own)}")
    return found


def _named(accounts: list[MemberAccount]) -> str:
    return ", ".join(account.account.account_id for account in accounts) or "none"


def _write_report(
    outbox: Outbox, issue: Issue, account: MemberAccount, asked: AskedReport, number: int
) -> None:
    currency_day = issue.day.currencies[account.currency_number]
    is_statement = asked.message == "camt.053" and currency_day.is_closed
    kind = "camt.053" if is_statement else "camt.052"
    write: Callable[..., int] = write_camt053 if is_statement else write_camt052
    code, owner = currency_day.currency.code, account.owner
    code = "_".join(filter(None, (code, account.sub_account)))
    about = (owner.id, code, "to", asked.request_id, str(number))
    header = issue.header(kind, currency_day.mark, owner.party, *about)
    statement = account_statement(issue, account, header)
    name = f"{number}_{kind}_{code}_{issue.day.business_date}.xml"
    outbox.write(name, kind, lambda file: write(file, [statement], header, envelope=issue.envelope))
