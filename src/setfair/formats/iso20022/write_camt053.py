"""The end-of-day statement (camt.053), and the report of a day that is not over (camt.052).

Version .08: the one of the cross-border guidelines, and both independent clients that were tried read
it (AqBanking 6.5 through its camt.053 profile, bankstatementparser by element names).

Rules
-----
1. One `Stmt` or `Rpt` for each account; at least one in a message.
2. Opening (OPBD) and closing booked balance (CLBD), then totals, then the entries in journal order. A report
   has the interim booked balance (ITBD) in place of the closing one.
3. Opening + entries = closing exactly. What can be known before the first byte of a statement is checked
   then, the entries as they are written; the writer raises `BrokenInvariantError` and leaves the file
   without its end.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from typing import BinaryIO

from setfair.errors import SetfairError
from setfair.formats.iso20022.statement_types import (
    Account,
    MessageHeader,
    Statement,
    check_closing,
    checked_entries,
)
from setfair.formats.iso20022.write_entry import EntryWriter, account_element, summary_element
from setfair.formats.iso20022.write_xml import (
    Sink,
    amount_text,
    element,
    group_header,
    open_message,
    organisation_identification,
    required_element,
    utc_text,
)

CAMT053 = "camt.053.001.08"
CAMT052 = "camt.052.001.08"

REMARKS_LENGTH_MAX = 500


def _balance_element(code: str, balance_minor: int, account: Account, day: date) -> str:
    what = f"the {code} balance of account {account.account_id}"
    amount = amount_text(abs(balance_minor), account.currency.decimals, what)
    return (
        f"<Bal><Tp><CdOrPrtry><Cd>{code}</Cd></CdOrPrtry></Tp>"
        f'<Amt Ccy="{account.currency.code}">{amount}</Amt>'
        f"<CdtDbtInd>{'CRDT' if balance_minor >= 0 else 'DBIT'}</CdtDbtInd>"
        f"<Dt><Dt>{day.isoformat()}</Dt></Dt></Bal>\n"
    )


def _write_statement(
    sink: Sink, statement: Statement, header: MessageHeader, *, tag: str = "Stmt", last: str = "CLBD"
) -> int:
    account = statement.account
    check_closing(statement)
    opening = _balance_element("OPBD", statement.opening_minor, account, statement.business_date)
    closing = _balance_element(last, statement.closing_minor, account, statement.business_date)
    sink.write(
        f"<{tag}>{required_element('Id', statement.statement_id)}"
        f"<ElctrncSeqNb>{statement.sequence_number}</ElctrncSeqNb>"
        f"<CreDtTm>{utc_text(header.created_utc)}</CreDtTm>\n{account_element(account)}{opening}{closing}"
        f"{summary_element(statement.totals, account.currency.decimals)}"
    )
    writer = EntryWriter(statement)
    for booking in checked_entries(statement):
        sink.write(writer.entry(booking))
    remarks = element(f"Addtl{tag}Inf", statement.remarks, REMARKS_LENGTH_MAX)
    sink.write(f"{remarks}</{tag}>\n")
    return statement.totals.count


def write_camt053(
    out: BinaryIO, statements: Iterable[Statement], header: MessageHeader, *, envelope: bool = False
) -> int:
    """Write a camt.053 message and return the number of entries in it.

    Parameters
    ----------
    out
        Where the bytes go; see `write_xml` on what a failed message leaves there.
    statements
        At least one; taken one by one, as are their entries.
    header
        Identification, time and parties of the message.
    envelope
        Whether to add a business application header.

    Raises
    ------
    BrokenInvariantError
        If a statement does not add up.
    SetfairError
        If there is no statement, or a balance has more digits than a message can carry.
    """
    recipient = organisation_identification(header.receiver)
    entry_count = statement_count = 0
    with open_message(out, header, CAMT053, "BkToCstmrStmt", envelope) as sink:
        sink.write(group_header(header, f"<MsgRcpt>{recipient}</MsgRcpt>" if recipient else ""))
        for statement in statements:
            entry_count += _write_statement(sink, statement, header)
            statement_count += 1
        if not statement_count:
            raise SetfairError("a camt.053 needs at least one statement; write none for nobody")
    return entry_count


def write_camt052(
    out: BinaryIO, statements: Iterable[Statement], header: MessageHeader, *, envelope: bool = False
) -> int:
    """Write a camt.052 message and return the number of entries in it; as `write_camt053` does."""
    recipient = organisation_identification(header.receiver)
    entry_count = report_count = 0
    with open_message(out, header, CAMT052, "BkToCstmrAcctRpt", envelope) as sink:
        sink.write(group_header(header, f"<MsgRcpt>{recipient}</MsgRcpt>" if recipient else ""))
        for statement in statements:
            entry_count += _write_statement(sink, statement, header, tag="Rpt", last="ITBD")
            report_count += 1
        if not report_count:
            raise SetfairError("a camt.052 needs at least one report; write none for nobody")
    return entry_count
