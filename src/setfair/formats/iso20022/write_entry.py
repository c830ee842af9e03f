"""One account and its entries in a camt.053 or camt.054, which share their parts.

Rules
-----
1. An entry is booked (BOOK) on the business day of its report; the moment of finality stands in
   `RltdDts/TxDtTm`.
2. `NtryRef` and `AcctSvcrRef` are the number of the journal record, `ClrSysRef` the number of the payment
   in the house: what a quittance shows, and what pacs.002 gives back.
3. Bank transaction codes are ISO's (`BANK_TRANSACTION_CODES`); beside them stands the kind of instruction
   as a proprietary code.
4. The text of an entry names the other side and the remittance in plain words, since many clients show
   nothing else.
"""

from __future__ import annotations

from setfair.domain.codes import InstructionKind
from setfair.domain.money import format_amount
from setfair.formats.iso20022.statement_types import (
    Account,
    Booking,
    Direction,
    EntryTotals,
    Notification,
    Statement,
)
from setfair.formats.iso20022.write_xml import (
    ACCOUNT_ID_LENGTH_MAX,
    DIGITS_MAX,
    ID_LENGTH_MAX,
    NAME_LENGTH_MAX,
    REMITTANCE_LINES_MAX,
    agent_identification,
    lines_of,
    organisation_identification,
    required_element,
    uetr_text,
    utc_text,
    xml_text,
    xml_texts,
)

BANK_TRANSACTION_CODES: dict[tuple[InstructionKind, Direction], tuple[str, str, str]] = {
    (InstructionKind.CUSTOMER_PAYMENT, Direction.CREDIT): ("PMNT", "RCDT", "XBCT"),
    (InstructionKind.CUSTOMER_PAYMENT, Direction.DEBIT): ("PMNT", "ICDT", "XBCT"),
    (InstructionKind.INSTITUTION_PAYMENT, Direction.CREDIT): ("PMNT", "RCDT", "FICT"),
    (InstructionKind.INSTITUTION_PAYMENT, Direction.DEBIT): ("PMNT", "ICDT", "FICT"),
    (InstructionKind.PAYMENT_RETURN, Direction.CREDIT): ("PMNT", "RCDT", "RRTN"),
    (InstructionKind.PAYMENT_RETURN, Direction.DEBIT): ("PMNT", "ICDT", "RRTN"),
    (InstructionKind.LIQUIDITY_TRANSFER, Direction.CREDIT): ("PMNT", "RCCN", "FIOA"),
    (InstructionKind.LIQUIDITY_TRANSFER, Direction.DEBIT): ("PMNT", "ICCN", "FIOA"),
    (InstructionKind.CYCLE, Direction.CREDIT): ("PMNT", "RCDT", "FICT"),
    (InstructionKind.CYCLE, Direction.DEBIT): ("PMNT", "ICDT", "FICT"),
    (InstructionKind.TERM_CHANGE, Direction.CREDIT): ("PMNT", "RCCN", "FIOA"),
    (InstructionKind.TERM_CHANGE, Direction.DEBIT): ("PMNT", "ICCN", "FIOA"),
}
"""Domain, family and sub-family of ISO's external bank transaction codes: received and issued credit
transfers (cross-border, between institutions, returned) and concentration of an institution's own funds."""

_WORDS = {
    InstructionKind.CUSTOMER_PAYMENT: "Customer payment",
    InstructionKind.INSTITUTION_PAYMENT: "Institution payment",
    InstructionKind.PAYMENT_RETURN: "Payment return",
    InstructionKind.LIQUIDITY_TRANSFER: "Liquidity transfer",
    InstructionKind.CYCLE: "Netting",
    InstructionKind.TERM_CHANGE: "Sub-account",
}


_LENGTHS_MAX = (
    *(ID_LENGTH_MAX,) * 4,
    *(NAME_LENGTH_MAX,) * 3,
)
"""Of the texts of a booking, in the order in which `_text_elements` takes them."""


def account_element(account: Account) -> str:
    """Write the `Acct` of a report."""
    owner = organisation_identification(account.owner)
    return (
        f"<Acct><Id><Othr>{required_element('Id', account.account_id, ACCOUNT_ID_LENGTH_MAX)}</Othr></Id>"
        f"<Ccy>{account.currency.code}</Ccy>"
        + (f"<Ownr>{owner}</Ownr>" if owner else "")
        + f"<Svcr>{agent_identification(account.servicer)}</Svcr></Acct>\n"
    )


def _sum_element(total_minor: int, decimals: int) -> str:
    if len(str(total_minor)) > DIGITS_MAX:
        return ""
    return f"<Sum>{format_amount(total_minor, decimals)}</Sum>"


def summary_element(totals: EntryTotals, decimals: int) -> str:
    """Write the `TxsSummry` of a report; sums of more than 18 digits are left out, counts never."""
    net_minor = totals.net_minor
    total = _sum_element(totals.credit_minor + totals.debit_minor, decimals)
    net = (
        f"<TtlNetNtry><Amt>{format_amount(abs(net_minor), decimals)}</Amt>"
        f"<CdtDbtInd>{'CRDT' if net_minor >= 0 else 'DBIT'}</CdtDbtInd></TtlNetNtry>"
        if total
        else ""
    )
    return (
        f"<TxsSummry><TtlNtries><NbOfNtries>{totals.count}</NbOfNtries>{total}{net}</TtlNtries>"
        f"<TtlCdtNtries><NbOfNtries>{totals.credit_count}</NbOfNtries>"
        f"{_sum_element(totals.credit_minor, decimals)}</TtlCdtNtries>"
        f"<TtlDbtNtries><NbOfNtries>{totals.debit_count}</NbOfNtries>"
        f"{_sum_element(totals.debit_minor, decimals)}</TtlDbtNtries></TxsSummry>\n"
    )


def _code_element(kind: InstructionKind, direction: Direction) -> str:
    domain, family, sub_family = BANK_TRANSACTION_CODES[kind, direction]
    return (
        f"<BkTxCd><Domn><Cd>{domain}</Cd><Fmly><Cd>{family}</Cd><SubFmlyCd>{sub_family}</SubFmlyCd></Fmly>"
        f"</Domn><Prtry><Cd>{kind.name}</Cd><Issr>Setfair</Issr></Prtry></BkTxCd>"
    )


def _code_elements(wanted: Direction) -> dict[InstructionKind, str]:
    return {
        kind: _code_element(kind, direction)
        for kind, direction in BANK_TRANSACTION_CODES
        if direction is wanted
    }


_CREDIT_CODES = _code_elements(Direction.CREDIT)
_DEBIT_CODES = _code_elements(Direction.DEBIT)


class EntryWriter:
    """Writes the entries of one account; what is the same in all of them is made once."""

    def __init__(self, report: Statement | Notification) -> None:
        currency = report.account.currency
        self._decimals = currency.decimals
        self._amount = f'<Amt Ccy="{currency.code}">'
        self._booked = (
            f"<Sts><Cd>BOOK</Cd></Sts><BookgDt><Dt>{report.business_date.isoformat()}</Dt></BookgDt>"
        )
        self._owner = agent_identification(report.account.owner)

    def entry(self, booking: Booking) -> str:
        """Write one `Ntry`."""
        record_number = booking.record_number
        amount = f"{self._amount}{format_amount(booking.amount_minor, self._decimals)}</Amt>"
        payer, payee = self._owner, agent_identification(booking.counterparty)
        if booking.direction is Direction.CREDIT:
            payer, payee = payee, payer
            side, code = "<CdtDbtInd>CRDT</CdtDbtInd>", _CREDIT_CODES[booking.kind]
        else:
            side, code = "<CdtDbtInd>DBIT</CdtDbtInd>", _DEBIT_CODES[booking.kind]
        message, references, parties, remittance, words = _text_elements(booking)
        return (
            f"<Ntry><NtryRef>{record_number}</NtryRef>{amount}{side}{self._booked}"
            f"<ValDt><Dt>{booking.value_date.isoformat()}</Dt></ValDt>"
            f"<AcctSvcrRef>{record_number}</AcctSvcrRef>{code}{message}"
            f"<NtryDtls><TxDtls><Refs><AcctSvcrRef>{record_number}</AcctSvcrRef>{references}"
            f"<ClrSysRef>{booking.payment_number}</ClrSysRef></Refs>{amount}{side}{parties}"
            f"<RltdAgts><DbtrAgt>{payer}</DbtrAgt><CdtrAgt>{payee}</CdtrAgt></RltdAgts>{remittance}"
            f"<RltdDts><TxDtTm>{utc_text(booking.booked_utc)}</TxDtTm></RltdDts></TxDtls></NtryDtls>"
            f"{words}</Ntry>\n"
        )


def _text_elements(booking: Booking) -> tuple[str, str, str, str, str]:
    """Write `AddtlInfInd`, the content of `Refs`, `RltdPties`, `RmtInf` and `AddtlNtryInf`."""
    instruction, end_to_end, transaction, message, debtor, creditor, remittance = xml_texts(
        (
            booking.instruction_id,
            booking.end_to_end_id,
            booking.transaction_id,
            booking.message_name,
            booking.debtor_name,
            booking.creditor_name,
            booking.remittance,
        ),
        _LENGTHS_MAX,
    )
    uetr = uetr_text(booking.uetr)
    references = (
        (f"<InstrId>{instruction}</InstrId>" if instruction else "")
        + (f"<EndToEndId>{end_to_end}</EndToEndId>" if end_to_end else "")
        + (f"<UETR>{uetr}</UETR>" if uetr else "")
        + (f"<TxId>{transaction}</TxId>" if transaction else "")
    )
    parties = (f"<Dbtr><Pty><Nm>{debtor}</Nm></Pty></Dbtr>" if debtor else "") + (
        f"<Cdtr><Pty><Nm>{creditor}</Nm></Pty></Cdtr>" if creditor else ""
    )
    words = _plain_words(booking, debtor, creditor)
    return (
        f"<AddtlInfInd><MsgNmId>{message}</MsgNmId></AddtlInfInd>" if message else "",
        references,
        f"<RltdPties>{parties}</RltdPties>" if parties else "",
        _remittance_element(booking.remittance, remittance),
        f"<AddtlNtryInf>{words}: {remittance}</AddtlNtryInf>"
        if remittance
        else f"<AddtlNtryInf>{words}</AddtlNtryInf>",
    )


def _remittance_element(remittance: str, first_line: str) -> str:
    if not first_line:
        return ""
    if len(remittance) <= NAME_LENGTH_MAX:
        return f"<RmtInf><Ustrd>{first_line}</Ustrd></RmtInf>"
    lines = lines_of("Ustrd", remittance, NAME_LENGTH_MAX, REMITTANCE_LINES_MAX)
    return f"<RmtInf>{lines}</RmtInf>"


def _plain_words(booking: Booking, debtor: str, creditor: str) -> str:
    """Say what the entry is; with the remittance it stays under the 500 characters allowed."""
    if booking.direction is Direction.CREDIT:
        preposition, name = "from", debtor
    else:
        preposition, name = "to", creditor
    if not name:
        other = booking.counterparty
        name = xml_text(other.name or other.bic or other.lei or other.member_id, NAME_LENGTH_MAX)
    words = _WORDS[booking.kind]
    return f"{words} {preposition} {name}" if name else words
