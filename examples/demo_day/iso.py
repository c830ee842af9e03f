"""ISO 20022 messages of the example day: pacs.008, pacs.009, pacs.004, camt.050, camt.056.

Bare documents, and documents in a business envelope with a head.001 header. Everything written here is valid
against the official schema of its version.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from xml.sax.saxutils import escape

from demo_day.cast import BY_CURRENCY, HOUSE_BIC, Bank
from demo_day.payments import Payment
from setfair.domain.money import format_amount

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
PRIORITY_CODES = {"URGENT": "URGT", "HIGH": "HIGH", "NORMAL": "NORM"}
SETTLEMENT = "<SttlmInf><SttlmMtd>CLRG</SttlmMtd></SttlmInf>"


@dataclass(frozen=True, slots=True)
class Message:
    """A message about to be written."""

    name: str
    """Message and version, e.g. pacs.008.001.08."""
    message_id: str
    sender: Bank
    day: date
    enveloped: str = ""
    """Version of the head.001 header, or nothing for a bare document."""

    @property
    def created(self) -> str:
        """Time of creation: early on the day, so that the same day gives the same bytes."""
        return f"{self.day.isoformat()}T06:00:00Z"


def agent(bank: Bank) -> str:
    """Return how a message identifies a bank."""
    if bank.bic:
        inner = f"<BICFI>{bank.bic}</BICFI>"
    elif bank.member_id:
        inner = f"<ClrSysMmbId><MmbId>{bank.member_id}</MmbId></ClrSysMmbId>"
    else:
        inner = f"<LEI>{bank.lei}</LEI>"
    return f"<FinInstnId>{inner}</FinInstnId>"


def decimal_text(payment: Payment) -> str:
    """Return the amount of a payment as a decimal number."""
    return format_amount(payment.amount_minor, BY_CURRENCY[payment.currency].decimals)


def document(message: Message, root: str, body: str) -> str:
    """Return the whole file: the document, in its envelope if it has one."""
    inner = f'<Document xmlns="{NAMESPACE}{message.name}"><{root}>{body}</{root}></Document>'
    if message.enveloped:
        inner = f"<BusinessMessage>{_header(message)}{inner}</BusinessMessage>"
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + inner.replace("><", ">\n<") + "\n"


def customer_transfers(
    message: Message, payments: Sequence[Payment], amounts: dict[str, str] | None = None
) -> str:
    """Return a pacs.008; `amounts` replaces the amount of payments by UETR, for mistakes."""
    rows = [_customer(payment, (amounts or {}).get(payment.uetr)) for payment in payments]
    return document(
        message, "FIToFICstmrCdtTrf", _transfer_head(message, rows) + "".join(text for _, text in rows)
    )


def institution_transfers(message: Message, payments: Sequence[Payment]) -> str:
    """Return a pacs.009."""
    rows = [_institution(payment) for payment in payments]
    return document(message, "FICdtTrf", _transfer_head(message, rows) + "".join(text for _, text in rows))


def liquidity_transfer(message: Message, payment: Payment) -> str:
    """Return a camt.050: money between the settlement agent's account and a bank's."""
    currency = payment.currency
    account = "<Id><Othr><Id>{}-{}</Id></Othr></Id>"
    return document(
        message,
        "LqdtyCdtTrf",
        f"<MsgHdr><MsgId>{message.message_id}</MsgId><CreDtTm>{message.created}</CreDtTm></MsgHdr>"
        f"<LqdtyCdtTrf><LqdtyTrfId><InstrId>{payment.instruction_id}</InstrId>"
        f"<EndToEndId>{payment.instruction_id}</EndToEndId><UETR>{payment.uetr}</UETR></LqdtyTrfId>"
        f"<Cdtr>{agent(payment.creditor_agent)}</Cdtr>"
        f"<CdtrAcct>{account.format(payment.creditor_agent.id, currency)}</CdtrAcct>"
        f'<TrfdAmt><AmtWthCcy Ccy="{currency}">{decimal_text(payment)}</AmtWthCcy></TrfdAmt>'
        f"<Dbtr>{agent(payment.debtor_agent)}</Dbtr>"
        f"<DbtrAcct>{account.format(payment.debtor_agent.id, currency)}</DbtrAcct>"
        f"<SttlmDt>{payment.value_date}</SttlmDt></LqdtyCdtTrf>",
    )


def cancellations(message: Message, originals: Sequence[Payment]) -> str:
    """Return a camt.056 that asks to cancel payments of one bank."""
    rows = "".join(
        f"<TxInf><CxlId>CXL-{original.instruction_id}</CxlId>{_original(original)}"
        f'<OrgnlIntrBkSttlmAmt Ccy="{original.currency}">{decimal_text(original)}</OrgnlIntrBkSttlmAmt>'
        f"<OrgnlIntrBkSttlmDt>{original.value_date}</OrgnlIntrBkSttlmDt>"
        "<CxlRsnInf><Rsn><Cd>CUST</Cd></Rsn></CxlRsnInf></TxInf>"
        for original in originals
    )
    return document(
        message,
        "FIToFIPmtCxlReq",
        f"<Assgnmt><Id>{message.message_id}</Id><Assgnr><Agt>{agent(message.sender)}</Agt></Assgnr>"
        f"<Assgne><Agt><FinInstnId><BICFI>{HOUSE_BIC}</BICFI></FinInstnId></Agt></Assgne>"
        f"<CreDtTm>{message.created}</CreDtTm></Assgnmt>"
        f"<CtrlData><NbOfTxs>{len(originals)}</NbOfTxs></CtrlData><Undrlyg>{rows}</Undrlyg>",
    )


def returns(message: Message, originals: Sequence[Payment]) -> str:
    """Return a pacs.004 that sends payments back in full, from the creditor's bank to the debtor's."""
    rows = []
    for original in originals:
        amount = f'Ccy="{original.currency}">{decimal_text(original)}<'
        rows.append(
            (
                decimal_text(original),
                f"<TxInf><RtrId>RTR-{original.instruction_id}</RtrId>{_original(original)}"
                f"<OrgnlIntrBkSttlmAmt {amount}/OrgnlIntrBkSttlmAmt>"
                f"<OrgnlIntrBkSttlmDt>{original.value_date}</OrgnlIntrBkSttlmDt>"
                f"<RtrdIntrBkSttlmAmt {amount}/RtrdIntrBkSttlmAmt>"
                f"<IntrBkSttlmDt>{message.day}</IntrBkSttlmDt><SttlmPrty>URGT</SttlmPrty>"
                f"<InstgAgt>{agent(original.creditor_agent)}</InstgAgt>"
                f"<InstdAgt>{agent(original.debtor_agent)}</InstdAgt>"
                f"<RtrChain><Dbtr>{_return_party(original.creditor_name)}</Dbtr>"
                f"<DbtrAgt>{agent(original.creditor_agent)}</DbtrAgt>"
                f"<CdtrAgt>{agent(original.debtor_agent)}</CdtrAgt>"
                f"<Cdtr>{_return_party(original.debtor_name)}</Cdtr></RtrChain>"
                "<RtrRsnInf><Rsn><Cd>AC03</Cd></Rsn></RtrRsnInf></TxInf>",
            )
        )
    return document(message, "PmtRtr", _transfer_head(message, rows) + "".join(text for _, text in rows))


def _return_party(name: str) -> str:
    return f"<Pty><Nm>{escape(name)}</Nm></Pty>"


def _header(message: Message) -> str:
    def side(bic: str) -> str:
        return f"<FIId><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></FIId>"

    return (
        f'<AppHdr xmlns="{NAMESPACE}head.001.001.{message.enveloped}">'
        f"<Fr>{side(message.sender.bic)}</Fr><To>{side(HOUSE_BIC)}</To>"
        f"<BizMsgIdr>{message.message_id}</BizMsgIdr><MsgDefIdr>{message.name}</MsgDefIdr>"
        f"<CreDt>{message.created}</CreDt></AppHdr>"
    )


def _transfer_head(message: Message, rows: Sequence[tuple[str, str]]) -> str:
    total = sum((Decimal(amount) for amount, _ in rows), Decimal(0))
    return (
        f"<GrpHdr><MsgId>{message.message_id}</MsgId><CreDtTm>{message.created}</CreDtTm>"
        f"<NbOfTxs>{len(rows)}</NbOfTxs><CtrlSum>{total}</CtrlSum>{SETTLEMENT}"
        f"<InstgAgt>{agent(message.sender)}</InstgAgt>"
        f"<InstdAgt><FinInstnId><BICFI>{HOUSE_BIC}</BICFI></FinInstnId></InstdAgt></GrpHdr>"
    )


def _transfer_start(payment: Payment, amount: str) -> str:
    return (
        f"<CdtTrfTxInf><PmtId><InstrId>{payment.instruction_id}</InstrId>"
        f"<EndToEndId>E2E-{payment.instruction_id}</EndToEndId><TxId>TX-{payment.instruction_id}</TxId>"
        f"<UETR>{payment.uetr}</UETR></PmtId>"
        f'<IntrBkSttlmAmt Ccy="{payment.currency}">{amount}</IntrBkSttlmAmt>'
        f"<IntrBkSttlmDt>{payment.value_date}</IntrBkSttlmDt>"
        f"<SttlmPrty>{PRIORITY_CODES[payment.priority]}</SttlmPrty>"
    )


def _customer(payment: Payment, amount: str | None) -> tuple[str, str]:
    amount = amount or decimal_text(payment)
    return amount, (
        f"{_transfer_start(payment, amount)}<ChrgBr>SHAR</ChrgBr>"
        f"<Dbtr><Nm>{escape(payment.debtor_name)}</Nm></Dbtr>"
        f"<DbtrAcct>{_account(payment.debtor_agent, payment.instruction_id, '1')}</DbtrAcct>"
        f"<DbtrAgt>{agent(payment.debtor_agent)}</DbtrAgt><CdtrAgt>{agent(payment.creditor_agent)}</CdtrAgt>"
        f"<Cdtr><Nm>{escape(payment.creditor_name)}</Nm></Cdtr>"
        f"<CdtrAcct>{_account(payment.creditor_agent, payment.instruction_id, '2')}</CdtrAcct>"
        f"<RmtInf><Ustrd>Goods delivered, order {payment.instruction_id[-5:]}</Ustrd></RmtInf></CdtTrfTxInf>"
    )


def _institution(payment: Payment) -> tuple[str, str]:
    amount = decimal_text(payment)
    return amount, (
        f"{_transfer_start(payment, amount)}<Dbtr>{agent(payment.debtor_agent)}</Dbtr>"
        f"<Cdtr>{agent(payment.creditor_agent)}</Cdtr></CdtTrfTxInf>"
    )


def _account(bank: Bank, instruction_id: str, side: str) -> str:
    """Return a customer's account: Tunisia has IBANs, the other three countries have none."""
    number = f"{side}{instruction_id[-5:]}"
    if bank.country != "TN":
        return f"<Id><Othr><Id>{bank.id}-{number}</Id></Othr></Id>"
    account = number.zfill(20)
    check = 98 - int(account + "292300") % 97
    return f"<Id><IBAN>TN{check:02d}{account}</IBAN></Id>"


def _original(payment: Payment) -> str:
    return (
        f"<OrgnlInstrId>{payment.instruction_id}</OrgnlInstrId>"
        f"<OrgnlEndToEndId>E2E-{payment.instruction_id}</OrgnlEndToEndId>"
        f"<OrgnlTxId>TX-{payment.instruction_id}</OrgnlTxId><OrgnlUETR>{payment.uetr}</OrgnlUETR>"
    )
