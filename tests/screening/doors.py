"""Every door into a house, as files in which a name stands at a place: for the test that walks them all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import count
from pathlib import Path
from uuid import UUID
from xml.sax.saxutils import escape

import pyarrow as pa
from pyarrow import ipc, parquet

from tests.agreements import invented_bic
from tests.formats.invoices import CII_INVOICE, UBL_INVOICE
from tests.formats.iso20022.read_cases import agent, customer_transfer, document, group_header, pacs008

Door = Callable[[Path, str, Sequence[str]], list[Path]]
"""Folder, place, and the texts that stand at that place, one an instruction: the files."""

_numbers = count(1)
DEBTOR, CREDITOR = invented_bic("KE01"), invented_bic("UG01")


def fresh_uetr() -> str:
    """Return a UETR that was not used before."""
    return str(UUID(int=(4 << 76) | (2 << 62) | (7 << 80) | next(_numbers)))


def _write(folder: Path, text: str, suffix: str) -> Path:
    path = folder / f"door{next(_numbers)}{suffix}"
    path.write_text(text, encoding="utf-8")
    return path


def _pacs008_places(name: str) -> dict[str, dict[str, str]]:
    said = escape(name)
    named = f"<Nm>{said}</Nm>"
    return {
        "debtor": {"debtor": named},
        "creditor": {"creditor": named},
        "ultimate debtor": {"before_debtor": f"<UltmtDbtr>{named}</UltmtDbtr>"},
        "ultimate creditor": {"after_creditor": f"<UltmtCdtr>{named}</UltmtCdtr>"},
        "initiating party": {"before_debtor": f"<InitgPty>{named}</InitgPty>"},
        "agent": {
            "debtor_agent": f"<DbtrAgt><FinInstnId><BICFI>{DEBTOR}</BICFI>{named}</FinInstnId></DbtrAgt>"
        },
        "address": {
            "debtor": f"<Nm>Amber Mills</Nm><PstlAdr><Ctry>KE</Ctry><AdrLine>c/o {said}</AdrLine></PstlAdr>"
        },
        "instruction": {
            "after_creditor": f"<InstrForCdtrAgt><InstrInf>pay on to {said}</InstrInf></InstrForCdtrAgt>"
        },
        "remittance": {"remittance": f"<RmtInf><Ustrd>for {said}, invoice 7</Ustrd></RmtInf>"},
    }


def pacs008_door(folder: Path, place: str, texts: Sequence[str]) -> list[Path]:
    """Customer payments, one a text."""
    usual = {
        "date": "",
        "debtor_agent": agent("DbtrAgt", DEBTOR),
        "creditor_agent": agent("CdtrAgt", CREDITOR),
        "amount": '<IntrBkSttlmAmt Ccy="KES">1.00</IntrBkSttlmAmt>',
    }
    transactions = [
        customer_transfer(
            **usual | _pacs008_places(text)[place],
            ids=f"<InstrId>D{next(_numbers)}</InstrId><EndToEndId>E</EndToEndId><UETR>{fresh_uetr()}</UETR>",
        )
        for text in texts
    ]
    dated = pacs008(*transactions, extra="<IntrBkSttlmDt>2026-01-05</IntrBkSttlmDt>")
    return [_write(folder, dated, ".xml")]


def _institution(tag: str, bic: str, name: str = "") -> str:
    named = f"<Nm>{escape(name)}</Nm>" if name else ""
    return f"<{tag}><FinInstnId><BICFI>{bic}</BICFI>{named}</FinInstnId></{tag}>"


def pacs009_door(folder: Path, place: str, texts: Sequence[str]) -> list[Path]:
    """Institutions' payments, one a text."""
    transactions = []
    for text in texts:
        remittance = f"<RmtInf><Ustrd>{escape(text)}</Ustrd></RmtInf>" if place == "remittance" else ""
        transactions.append(
            f"<CdtTrfTxInf><PmtId><InstrId>D{next(_numbers)}</InstrId><EndToEndId>E</EndToEndId>"
            f'<UETR>{fresh_uetr()}</UETR></PmtId><IntrBkSttlmAmt Ccy="KES">1.00</IntrBkSttlmAmt>'
            "<IntrBkSttlmDt>2026-01-05</IntrBkSttlmDt>"
            + _institution("Dbtr", DEBTOR, text if place == "debtor" else "")
            + _institution("Cdtr", CREDITOR, text if place == "creditor" else "")
            + f"{remittance}</CdtTrfTxInf>"
        )
    body = group_header(len(transactions)) + "".join(transactions)
    return [_write(folder, document("pacs.009.001.08", body), ".xml")]


def return_of(folder: Path, uetr: str, place: str, text: str) -> Path:
    """Return one settled payment, from its creditor to its debtor."""
    said = escape(text)
    name = f"<Nm>{said}</Nm>" if place == "returning party" else "<Nm>Cobalt Foods</Nm>"
    note = f"<AddtlInf>{said}</AddtlInf>" if place == "reason" else ""
    body = (
        f"{group_header()}<TxInf><RtrId>R{next(_numbers)}</RtrId><OrgnlUETR>{uetr}</OrgnlUETR>"
        '<RtrdIntrBkSttlmAmt Ccy="KES">1.00</RtrdIntrBkSttlmAmt><IntrBkSttlmDt>2026-01-05</IntrBkSttlmDt>'
        f"<RtrChain><Dbtr><Pty>{name}</Pty></Dbtr>{agent('DbtrAgt', CREDITOR)}{agent('CdtrAgt', DEBTOR)}"
        "<Cdtr><Pty><Nm>Amber Mills</Nm></Pty></Cdtr></RtrChain>"
        f"<RtrRsnInf><Rsn><Cd>AC04</Cd></Rsn>{note}</RtrRsnInf></TxInf>"
    )
    return _write(folder, document("pacs.004.001.10", body), ".xml")


def _payment_table(place: str, texts: Sequence[str]) -> pa.Table:
    rows = []
    for text in texts:
        row = {
            "uetr": fresh_uetr(),
            "debtor_agent": "KE01",
            "creditor_agent": "UG01",
            "currency": "KES",
            "amount": "1.00",
            "debtor_name": "Amber Mills",
            "creditor_name": "Cobalt Foods",
            "ultimate_debtor_name": "",
            "ultimate_creditor_name": "",
            "vessel_name": "",
            "remittance": "",
        }
        rows.append(row | {place: f"invoice 7, {text}" if place == "remittance" else text})
    return pa.Table.from_pylist(rows)


def _obligation_table(place: str, texts: Sequence[str]) -> pa.Table:
    rows = []
    for text in texts:
        number = next(_numbers)
        row = {
            "obligation_id": f"O{number}",
            "debtor": f"D{number}",
            "creditor": f"C{number}",
            "currency": "KES",
            "amount": "1.00",
            "debtor_name": "Amber Mills",
            "creditor_name": "Cobalt Foods",
        }
        rows.append(row | {place: text})
    return pa.Table.from_pylist(rows)


def _party_table(place: str, texts: Sequence[str]) -> pa.Table:
    rows = [{"party_id": f"N{next(_numbers)}", "name": "Amber Mills"} | {place: text} for text in texts]
    return pa.Table.from_pylist(rows)


def _save(folder: Path, table: pa.Table, form: str) -> list[Path]:
    if form == "csv":
        lines = [",".join(table.column_names)]
        lines += [",".join(f'"{value}"' for value in row.values()) for row in table.to_pylist()]
        return [_write(folder, "".join(f"{line}\n" for line in lines), ".csv")]
    path = folder / f"door{next(_numbers)}.{form}"
    if form == "parquet":
        parquet.write_table(table, path)
    else:
        with ipc.new_file(path, table.schema) as writer:
            writer.write_table(table)
    return [path]


def _tables(make: Callable[[str, Sequence[str]], pa.Table], form: str) -> Door:
    return lambda folder, place, texts: _save(folder, make(place, texts), form)


def _ubl_door(folder: Path, place: str, texts: Sequence[str]) -> list[Path]:
    paths = []
    for text in texts:
        said, number = escape(text), next(_numbers)
        invoice = UBL_INVOICE.replace("INV-1", f"INV-{number}").replace("EUR", "KES")
        if place == "note":
            invoice = invoice.replace(
                "<cbc:DocumentCurrencyCode>",
                f"<cbc:Note>goods of {said}</cbc:Note><cbc:DocumentCurrencyCode>",
            )
        else:
            invoice = invoice.replace({"supplier": "Soral Glass Lda", "payee": "Bexa Factoring"}[place], said)
            invoice = invoice.replace("4000001000005", f"S{number}")
        paths.append(_write(folder, invoice, ".xml"))
    return paths


def _cii_door(folder: Path, place: str, texts: Sequence[str]) -> list[Path]:
    paths = []
    for text in texts:
        said, number = escape(text), next(_numbers)
        invoice = (
            CII_INVOICE.replace("INV-2", f"INV-{number}").replace("TND", "KES").replace("1250.125", "1.25")
        )
        if place == "note":
            note = f"<ram:IncludedNote><ram:Content>{said}</ram:Content></ram:IncludedNote>"
            invoice = invoice.replace("</rsm:ExchangedDocument>", f"{note}</rsm:ExchangedDocument>")
        else:
            invoice = invoice.replace("Marut Tiles", said).replace("TN 123", f"TN {number}")
        paths.append(_write(folder, invoice, ".xml"))
    return paths


_FORMS = ("csv", "arrow", "parquet")
_PAYMENT_PLACES = (
    "debtor_name",
    "creditor_name",
    "ultimate_debtor_name",
    "ultimate_creditor_name",
    "vessel_name",
    "remittance",
)
DOORS: list[tuple[str, str, Door]] = [
    *(("pacs.008", place, pacs008_door) for place in _pacs008_places("")),
    *(("pacs.009", place, pacs009_door) for place in ("debtor", "creditor", "remittance")),
    *(
        (f"payments {form}", place, _tables(_payment_table, form))
        for form in _FORMS
        for place in _PAYMENT_PLACES
    ),
    *(
        (f"obligations {form}", place, _tables(_obligation_table, form))
        for form in _FORMS
        for place in ("debtor_name", "creditor_name")
    ),
    *((f"parties {form}", "name", _tables(_party_table, form)) for form in _FORMS),
    *(("UBL", place, _ubl_door) for place in ("supplier", "payee", "note")),
    *(("CII", place, _cii_door) for place in ("buyer", "note")),
]
"""Every door: what comes through it, where the text stands in it, and how the files are written."""
