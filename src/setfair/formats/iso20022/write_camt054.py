"""Notifications of debits and credits as they are booked (camt.054).

Version .08, the same entry as in camt.053 .08. One `Ntfctn` for each account, at least one in a message.
The totals come first and are checked against the entries as they are written.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from setfair.errors import SetfairError
from setfair.formats.iso20022.statement_types import MessageHeader, Notification, checked_entries
from setfair.formats.iso20022.write_entry import EntryWriter, account_element, summary_element
from setfair.formats.iso20022.write_xml import (
    Sink,
    group_header,
    open_message,
    organisation_identification,
    required_element,
    utc_text,
)

CAMT054 = "camt.054.001.08"


def _write_notification(sink: Sink, notification: Notification, header: MessageHeader) -> int:
    account = notification.account
    sink.write(
        f"<Ntfctn>{required_element('Id', notification.notification_id)}"
        f"<CreDtTm>{utc_text(header.created_utc)}</CreDtTm>\n{account_element(account)}"
        f"{summary_element(notification.totals, account.currency.decimals)}"
    )
    writer = EntryWriter(notification)
    for booking in checked_entries(notification):
        sink.write(writer.entry(booking))
    sink.write("</Ntfctn>\n")
    return notification.totals.count


def write_camt054(
    out: BinaryIO, notifications: Iterable[Notification], header: MessageHeader, *, envelope: bool = False
) -> int:
    """Write a camt.054 message and return the number of entries in it.

    Parameters
    ----------
    out
        Where the bytes go; see `write_xml` on what a failed message leaves there.
    notifications
        At least one; taken one by one, as are their entries.
    header
        Identification, time and parties of the message.
    envelope
        Whether to add a business application header.

    Raises
    ------
    BrokenInvariantError
        If the entries are not what the totals say.
    SetfairError
        If there is no notification.
    """
    recipient = organisation_identification(header.receiver)
    entry_count = notification_count = 0
    with open_message(out, header, CAMT054, "BkToCstmrDbtCdtNtfctn", envelope) as sink:
        sink.write(group_header(header, f"<MsgRcpt>{recipient}</MsgRcpt>" if recipient else ""))
        for notification in notifications:
            entry_count += _write_notification(sink, notification, header)
            notification_count += 1
        if not notification_count:
            raise SetfairError("a camt.054 needs at least one notification; write none for nobody")
    return entry_count
