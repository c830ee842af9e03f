"""Small invented messages for the tests of the readers, and how to read them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.iso20022.read import read_iso20022

NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:"
UETR = "7f3c1a52-9d0e-4b6f-8a21-5c4d3e2f1a0b"
UETR_2 = "0a1b2c3d-4e5f-4a6b-9c7d-8e9f0a1b2c3d"
HEADER = """<AppHdr xmlns="urn:iso:std:iso:20022:tech:xsd:head.001.001.02">
<Fr><FIId><FinInstnId><BICFI>SENDXX22</BICFI></FinInstnId></FIId></Fr>
<To><FIId><FinInstnId><BICFI>HOUSXX22</BICFI></FinInstnId></FIId></To>
<BizMsgIdr>B-1</BizMsgIdr><MsgDefIdr>{message}</MsgDefIdr><BizSvc>{service}</BizSvc>
<CreDt>2030-01-15T08:00:00Z</CreDt></AppHdr>"""


def agent(tag: str, bic: str) -> str:
    """An agent named by its BIC."""
    return f"<{tag}><FinInstnId><BICFI>{bic}</BICFI></FinInstnId></{tag}>"


def customer_transfer(**given: str) -> str:
    """One transaction of a pacs.008; `given` replaces parts of it."""
    parts = {
        "ids": f"<InstrId>I-1</InstrId><EndToEndId>E-1</EndToEndId><TxId>T-1</TxId><UETR>{UETR}</UETR>",
        "type": "",
        "amount": '<IntrBkSttlmAmt Ccy="EUR">12.50</IntrBkSttlmAmt>',
        "date": "<IntrBkSttlmDt>2030-01-15</IntrBkSttlmDt>",
        "priority": "",
        "agents": "",
        "before_debtor": "",
        "debtor": "<Nm>Amber Mills</Nm>",
        "debtor_agent": agent("DbtrAgt", "ALPHXX22"),
        "creditor_agent": agent("CdtrAgt", "BRAVXX22"),
        "creditor": "<Nm>Cobalt Foods</Nm>",
        "after_creditor": "",
        "remittance": "",
    }
    parts |= given
    return (
        f"<CdtTrfTxInf><PmtId>{parts['ids']}</PmtId>{parts['type']}{parts['amount']}{parts['date']}"
        f"{parts['priority']}<ChrgBr>SHAR</ChrgBr>{parts['agents']}{parts['before_debtor']}"
        f"<Dbtr>{parts['debtor']}</Dbtr>{parts['debtor_agent']}{parts['creditor_agent']}"
        f"<Cdtr>{parts['creditor']}</Cdtr>{parts['after_creditor']}{parts['remittance']}</CdtTrfTxInf>"
    )


def group_header(count: int = 1, *, extra: str = "", after: str = "", method: str = "CLRG") -> str:
    """The group header of a pacs message; `extra` comes after the count, `after` at the end."""
    return (
        f"<GrpHdr><MsgId>M-1</MsgId><CreDtTm>2030-01-15T08:00:00Z</CreDtTm><NbOfTxs>{count}</NbOfTxs>{extra}"
        f"<SttlmInf><SttlmMtd>{method}</SttlmMtd></SttlmInf>{after}</GrpHdr>"
    )


def document(message: str, body: str) -> str:
    """A bare Document of one message."""
    element = {
        "pacs.008": "FIToFICstmrCdtTrf",
        "pacs.009": "FICdtTrf",
        "pacs.004": "PmtRtr",
        "camt.050": "LqdtyCdtTrf",
        "camt.056": "FIToFIPmtCxlReq",
        "pacs.028": "FIToFIPmtStsReq",
        "camt.060": "AcctRptgReq",
    }[message[:8]]
    return f'<Document xmlns="{NAMESPACE}{message}"><{element}>{body}</{element}></Document>'


def pacs008(*transactions: str, message: str = "pacs.008.001.08", **header: Any) -> str:
    """A bare pacs.008; without transactions, one ordinary one."""
    transactions = transactions or (customer_transfer(),)
    return document(message, group_header(len(transactions), **header) + "".join(transactions))


def envelope(
    inner: str, *, message: str = "pacs.008.001.08", service: str = "house.payments", root: str = "Env"
) -> str:
    """A message in an envelope with a header."""
    return f"<{root}>{HEADER.format(message=message, service=service)}{inner}</{root}>"


def write(folder: Path, text: str | bytes, name: str = "in.xml") -> Path:
    """Write a file."""
    path = folder / name
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def read_rows(folder: Path, text: str | bytes) -> list[dict[str, Any]]:
    """Write and read a file; return its rows."""
    path = write(folder, text)
    return [row for batch in read_iso20022(path) for row in batch.rows.to_pylist()]


def read_row(folder: Path, text: str | bytes) -> dict[str, Any]:
    """Write and read a file with one instruction; return its row."""
    (row,) = read_rows(folder, text)
    return row


def refused(folder: Path, text: str | bytes) -> FileProblem:
    """Write and read a file that must be refused; return why."""
    try:
        read_rows(folder, text)
    except FileRefusedError as error:
        return error.problems[0]
    raise AssertionError("the file was read")
