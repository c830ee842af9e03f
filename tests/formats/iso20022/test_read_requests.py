"""Returns, liquidity transfers and cancellations: what they name and between whom they go."""

from __future__ import annotations

import uuid
from datetime import date
from pathlib import Path

from setfair.domain.codes import InstructionKind, Reason
from tests.formats.iso20022 import read_cases as cases
from tests.formats.iso20022.read_cases import agent, group_header, read_row

UETR = uuid.UUID(cases.UETR).bytes


def payment_return(inner: str, *, after: str = "", message: str = "pacs.004.001.09") -> str:
    """A pacs.004 with one transaction; `after` follows the amount."""
    transaction = (
        f"<TxInf><RtrId>R-1</RtrId>{inner}"
        f'<RtrdIntrBkSttlmAmt Ccy="EUR">5.00</RtrdIntrBkSttlmAmt>{after}</TxInf>'
    )
    return cases.document(message, group_header() + transaction)


def cancellation(inner: str, *, message: str = "camt.056.001.08") -> str:
    """A camt.056 with one underlying group."""
    return cases.document(
        message,
        "<Assgnmt><Id>A-1</Id><Assgnr><Agt><FinInstnId><BICFI>ALPHXX22</BICFI></FinInstnId></Agt></Assgnr>"
        "<Assgne><Agt><FinInstnId><BICFI>HOUSXX22</BICFI></FinInstnId></Agt></Assgne>"
        f"<CreDtTm>2030-01-15T08:00:00Z</CreDtTm></Assgnmt><Undrlyg>{inner}</Undrlyg>",
    )


def liquidity_transfer(inner: str, ids: str = "") -> str:
    """A camt.050."""
    return cases.document(
        "camt.050.001.05", f"<MsgHdr><MsgId>M-1</MsgId></MsgHdr><LqdtyCdtTrf>{ids}{inner}</LqdtyCdtTrf>"
    )


def test_return_names_its_original(tmp_path: Path) -> None:
    """A return has its own id, its original's ids, its reason and no UETR of its own."""
    original = (
        "<OrgnlInstrId>I-1</OrgnlInstrId><OrgnlEndToEndId>E-1</OrgnlEndToEndId>"
        f"<OrgnlUETR>{cases.UETR}</OrgnlUETR>"
    )
    after = (
        f"{agent('InstgAgt', 'BRAVXX22')}{agent('InstdAgt', 'ALPHXX22')}"
        "<RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn></RtrRsnInf><RtrRsnInf><Rsn><Cd>NARR</Cd></Rsn></RtrRsnInf>"
    )
    row = read_row(tmp_path, payment_return(original, after=after))
    assert row["kind"] == InstructionKind.PAYMENT_RETURN
    assert (row["instruction_id"], row["uetr"], row["original_uetr"]) == ("R-1", None, UETR)
    assert (row["original_instruction_id"], row["end_to_end_id"], row["reason_code"]) == (
        "I-1",
        "E-1",
        "AC04",
    )
    assert (row["debtor_agent"], row["creditor_agent"]) == ("BRAVXX22", "ALPHXX22")
    assert (row["amount_minor"], row["currency"], row["defect"]) == (500, "EUR", 0)


def test_return_goes_between_the_originals_agents_in_reverse(tmp_path: Path) -> None:
    """The return chain counts first, then the copy of the original, then who instructs whom."""
    agents = agent("InstgAgt", "CEDRXX22") + agent("InstdAgt", "DELTXX22")
    chain = (
        f"<RtrChain><Dbtr><Pty><Nm>Cobalt Foods</Nm></Pty></Dbtr>{agent('DbtrAgt', 'BRAVXX22')}"
        f"{agent('CdtrAgt', 'ALPHXX22')}<Cdtr><Pty><Nm>Amber Mills</Nm></Pty></Cdtr></RtrChain>"
    )
    copy = (
        "<OrgnlTxRef><Dbtr><Pty><Nm>Amber Mills</Nm></Pty></Dbtr>"
        f"{agent('DbtrAgt', 'ALPHXX22')}{agent('CdtrAgt', 'BRAVXX22')}"
        "<Cdtr><Pty><Nm>Cobalt Foods</Nm></Pty></Cdtr></OrgnlTxRef>"
    )
    original = "<OrgnlTxId>T-1</OrgnlTxId>"
    for after in (agents + chain, agents + copy):
        row = read_row(tmp_path, payment_return(original, after=after))
        assert (row["debtor_agent"], row["creditor_agent"]) == ("BRAVXX22", "ALPHXX22")
        assert (row["debtor_name"], row["creditor_name"]) == ("Cobalt Foods", "Amber Mills")
        assert row["original_instruction_id"] == "T-1"


def test_return_of_a_whole_group_is_a_defect(tmp_path: Path) -> None:
    """A return that names no payment is on record as rejected."""
    text = cases.document("pacs.004.001.09", group_header(7, extra="<GrpRtr>true</GrpRtr>"))
    row = read_row(tmp_path, text)
    assert (row["kind"], row["defect"]) == (InstructionKind.PAYMENT_RETURN, Reason.REJECTED_BY_READER)
    assert row["instruction_id"] == "M-1/1"


def test_return_without_an_original_is_a_defect(tmp_path: Path) -> None:
    """A return has to say what it returns."""
    assert read_row(tmp_path, payment_return(""))["defect"] == Reason.IDENTIFIER_MISSING


def test_liquidity_transfer_goes_between_two_owners(tmp_path: Path) -> None:
    """A camt.050 moves liquidity from the debtor's account to the creditor's."""
    numbers = f"<InstrId>L-1</InstrId><EndToEndId>E-1</EndToEndId><UETR>{cases.UETR}</UETR>"
    ids = f"<LqdtyTrfId>{numbers}</LqdtyTrfId>"
    amount = '<TrfdAmt><AmtWthCcy Ccy="JPY">1000</AmtWthCcy></TrfdAmt>'
    text = liquidity_transfer(
        f"{agent('Cdtr', 'BRAVXX22')}{amount}{agent('Dbtr', 'AGNTXX22')}<SttlmDt>2030-01-15</SttlmDt>", ids
    )
    row = read_row(tmp_path, text)
    assert row["kind"] == InstructionKind.LIQUIDITY_TRANSFER
    assert (row["debtor_agent"], row["creditor_agent"]) == ("AGNTXX22", "BRAVXX22")
    assert (row["currency"], row["amount_minor"], row["value_date"]) == ("JPY", 1000, date(2030, 1, 15))
    assert (row["instruction_id"], row["uetr"], row["instructing_agent"]) == ("L-1", UETR, "AGNTXX22")


def test_liquidity_transfer_between_accounts(tmp_path: Path) -> None:
    """Without agents the accounts name the owners; without an id the message names the transfer."""
    accounts = (
        "<CdtrAcct><Id><Othr><Id>ACC-C</Id></Othr></Id></CdtrAcct>{}"
        "<DbtrAcct><Id><IBAN>XA12ABCDEF</IBAN></Id>{}</DbtrAcct>"
    )
    plain = "<TrfdAmt><AmtWthtCcy>10.5</AmtWthtCcy></TrfdAmt>"
    row = read_row(tmp_path, liquidity_transfer(accounts.format(plain, "<Ccy>EUR</Ccy>")))
    assert (row["debtor_agent"], row["creditor_agent"]) == ("XA12ABCDEF", "ACC-C")
    assert (row["currency"], row["amount_minor"], row["instruction_id"]) == ("EUR", 1050, "M-1/1")
    row = read_row(tmp_path, liquidity_transfer(accounts.format(plain, "")))
    assert (row["defect"], row["defect_text"]) == (Reason.UNKNOWN_CURRENCY, "the amount has no currency")


def test_cancellation_names_its_original(tmp_path: Path) -> None:
    """A camt.056 asks, for the assigner, to cancel one payment."""
    original = (
        f"<TxInf><CxlId>C-1</CxlId><OrgnlInstrId>I-1</OrgnlInstrId><OrgnlUETR>{cases.UETR}</OrgnlUETR>"
        '<OrgnlIntrBkSttlmAmt Ccy="EUR">12.50</OrgnlIntrBkSttlmAmt>{}'
        "<CxlRsnInf><Rsn><Cd>DUPL</Cd></Rsn></CxlRsnInf></TxInf>"
    )
    row = read_row(tmp_path, cancellation(original.format("")))
    assert row["kind"] == InstructionKind.CANCELLATION
    assert (row["instruction_id"], row["message_id"], row["uetr"]) == ("C-1", "A-1", None)
    assert (row["original_uetr"], row["original_instruction_id"]) == (UETR, "I-1")
    assert (row["instructing_agent"], row["reason_code"]) == ("ALPHXX22", "DUPL")
    assert (row["amount_minor"], row["currency"], row["defect"]) == (0, "EUR", 0)
    row = read_row(tmp_path, cancellation(original.format(agent("Assgnr", "OTHRXX22"))))
    assert row["instructing_agent"] == "OTHRXX22"


def test_cancellation_of_a_whole_group_is_a_defect(tmp_path: Path) -> None:
    """A request that names a message and no payment is on record as rejected."""
    group = (
        "<OrgnlGrpInfAndCxl><GrpCxlId>G-1</GrpCxlId><OrgnlMsgId>M-7</OrgnlMsgId>"
        "<OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId><GrpCxl>{}</GrpCxl></OrgnlGrpInfAndCxl>"
    )
    row = read_row(tmp_path, cancellation(group.format("true")))
    assert (row["defect"], row["instruction_id"]) == (Reason.REJECTED_BY_READER, "G-1")
    assert "M-7" in row["defect_text"]
    one = "<TxInf><OrgnlTxId>T-1</OrgnlTxId></TxInf>"
    text = cancellation(f"{group.format('false')}{one}</Undrlyg><Undrlyg>{one}{one}")
    assert [(row["defect"], row["instruction_id"]) for row in cases.read_rows(tmp_path, text)] == [
        (0, "A-1/1"),
        (0, "A-1/2"),
        (0, "A-1/3"),
    ]
