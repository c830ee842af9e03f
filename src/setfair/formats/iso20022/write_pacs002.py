"""The status report: what became of each payment of a participant (pacs.002).

Version .10: the one of the cross-border and high-value guidelines, and the one that most of the sample
messages of other systems have.

Rules
-----
1. One `TxInfAndSts` for each payment, each with the message that brought it: a participant's day comes
   from many messages, so a group status would be wrong for most of them.
2. `StsId` is the number of the journal record, `ClrSysRef` the number of the payment in the house.
3. A reason is ISO's external code; the rule that said so follows in words.
4. The answer to a request for the status of a payment that is not on record has a reason, and neither status
   nor numbers.
5. The moment of settlement is given only for what settled; an amount that could not be read is left out.
6. A quittance goes along as supplementary data, whose envelope takes any element: `QUITTANCE_NAMESPACE`.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import BinaryIO

from setfair.domain.codes import Reason
from setfair.domain.money import AMOUNT_MAX_MINOR, format_amount
from setfair.formats.iso20022.statement_types import CancellationAnswer, MessageHeader, PaymentStatus
from setfair.formats.iso20022.write_xml import (
    REASON_LINE_LENGTH_MAX,
    REASON_LINES_MAX,
    agent_identification,
    element,
    escape_text,
    group_header,
    lines_of,
    open_message,
    uetr_text,
    utc_text,
)

PACS002 = "pacs.002.001.10"
QUITTANCE_NAMESPACE = "urn:setfair:quittance:1"


def original_identification(original: PaymentStatus | CancellationAnswer) -> str:
    """Write which message and payment is meant: `OrgnlGrpInf` to `OrgnlUETR`, where they are known."""
    message = element("OrgnlMsgId", original.message_id)
    if message:
        name = element("OrgnlMsgNmId", original.message_name) or "<OrgnlMsgNmId>NOTPROVIDED</OrgnlMsgNmId>"
        message = f"<OrgnlGrpInf>{message}{name}</OrgnlGrpInf>"
    uetr = uetr_text(original.uetr)
    return (
        f"{message}{element('OrgnlInstrId', original.instruction_id)}"
        f"{element('OrgnlEndToEndId', original.end_to_end_id)}"
        f"{element('OrgnlTxId', original.transaction_id)}"
        + (f"<OrgnlUETR>{uetr}</OrgnlUETR>" if uetr else "")
    )


def reason_lines(reason: Reason, further_text: str) -> str:
    """Write the rule in words, and what was found, as `AddtlInf`."""
    text = "; ".join(part for part in (reason.text, further_text) if part)
    return lines_of("AddtlInf", text, REASON_LINE_LENGTH_MAX, REASON_LINES_MAX)


def _status_element(status: PaymentStatus) -> str:
    code = f"<Rsn><Cd>{status.reason.iso}</Cd></Rsn>" if status.reason.iso else ""
    reason = code + reason_lines(status.reason, status.reason_text)
    settled = status.settled_utc
    day = status.settlement_date
    amount = ""
    currency = status.currency
    if currency and 0 < status.amount_minor <= AMOUNT_MAX_MINOR:
        amount = (
            f'<IntrBkSttlmAmt Ccy="{currency.code}">'
            f"{format_amount(status.amount_minor, currency.decimals)}</IntrBkSttlmAmt>"
        )
    return (
        "<TxInfAndSts>"
        + (f"<StsId>{status.record_number}</StsId>" if status.record_number else "")
        + original_identification(status)
        + (f"<TxSts>{status.status.name}</TxSts>" if status.status is not None else "")
        + (f"<StsRsnInf>{reason}</StsRsnInf>" if reason else "")
        + (f"<FctvIntrBkSttlmDt><DtTm>{utc_text(settled)}</DtTm></FctvIntrBkSttlmDt>" if settled else "")
        + (f"<ClrSysRef>{status.payment_number}</ClrSysRef>" if status.payment_number else "")
        + f"<OrgnlTxRef>{amount}"
        + (f"<IntrBkSttlmDt>{day.isoformat()}</IntrBkSttlmDt>" if day else "")
        + f"</OrgnlTxRef>{_supplement(status.quittance)}</TxInfAndSts>\n"
    )


def _supplement(quittance: str) -> str:
    """Write a quittance as supplementary data: rule 6."""
    if not quittance:
        return ""
    return (
        f'<SplmtryData><Envlp><Quittance xmlns="{QUITTANCE_NAMESPACE}">{escape_text(quittance)}</Quittance>'
        "</Envlp></SplmtryData>"
    )


def write_pacs002(
    out: BinaryIO, statuses: Iterable[PaymentStatus], header: MessageHeader, *, envelope: bool = False
) -> int:
    """Write a pacs.002 message and return the number of payments in it, which may be none.

    Parameters
    ----------
    out
        Where the bytes go; see `write_xml` on what a failed message leaves there.
    statuses
        One for each payment; taken one by one.
    header
        Identification, time and parties of the message.
    envelope
        Whether to add a business application header.
    """
    agents = (
        f"<InstgAgt>{agent_identification(header.sender)}</InstgAgt>"
        f"<InstdAgt>{agent_identification(header.receiver)}</InstdAgt>"
    )
    count = 0
    with open_message(out, header, PACS002, "FIToFIPmtStsRpt", envelope) as sink:
        sink.write(group_header(header, agents))
        for status in statuses:
            sink.write(_status_element(status))
            count += 1
    return count
