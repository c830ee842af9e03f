"""Tables and invoices of the example day: CSV, Parquet, UBL 2.1, UN/CEFACT CII."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import pyarrow as pa
import pyarrow.parquet as pq

from demo_day.cast import BY_CURRENCY, Firm
from demo_day.iso import decimal_text
from demo_day.payments import Payment
from demo_day.trade import Invoice
from setfair.domain.money import format_amount

PAYMENT_COLUMNS = (
    "uetr",
    "instruction_id",
    "debtor_agent",
    "creditor_agent",
    "currency",
    "amount",
    "priority",
    "debtor_name",
    "creditor_name",
    "value_date",
)
OBLIGATION_COLUMNS = (
    "obligation_id",
    "debtor",
    "creditor",
    "currency",
    "amount",
    "due_date",
    "debtor_name",
    "creditor_name",
)
UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
CII = "urn:un:unece:uncefact:data:standard:"


def payment_row(payment: Payment) -> dict[str, str]:
    """Return one payment as a row of a table."""
    return {
        "uetr": payment.uetr,
        "instruction_id": payment.instruction_id,
        "debtor_agent": payment.debtor_agent.reference,
        "creditor_agent": payment.creditor_agent.reference,
        "currency": payment.currency,
        "amount": decimal_text(payment),
        "priority": payment.priority,
        "debtor_name": payment.debtor_name,
        "creditor_name": payment.creditor_name,
        "value_date": payment.value_date.isoformat(),
    }


def invoice_row(invoice: Invoice) -> dict[str, str]:
    """Return one invoice as a row of a table."""
    return {
        "obligation_id": invoice.id,
        "debtor": invoice.debtor.id,
        "creditor": invoice.creditor.id,
        "currency": invoice.currency,
        "amount": amount_text(invoice),
        "due_date": invoice.due_date.isoformat(),
        "debtor_name": invoice.debtor.name,
        "creditor_name": invoice.creditor.name,
    }


def amount_text(invoice: Invoice) -> str:
    """Return the amount of an invoice as a decimal number."""
    return format_amount(invoice.amount_minor, BY_CURRENCY[invoice.currency].decimals)


def csv_text(columns: Sequence[str], rows: Iterable[dict[str, str]]) -> str:
    """Return a CSV file with a header."""
    out = io.StringIO()
    writer = csv.DictWriter(out, columns, lineterminator="\n")
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def write_parquet(path: Path, rows: Sequence[dict[str, str]]) -> None:
    """Write invoices as a Parquet file; amounts stay decimal text, so that nothing is rounded."""
    columns = {name: pa.array([row[name] for row in rows], pa.string()) for name in OBLIGATION_COLUMNS}
    pq.write_table(pa.table(columns), path, compression="zstd")


def ubl_invoice(invoice: Invoice) -> str:
    """Return a UBL 2.1 Invoice."""
    return _ubl("Invoice", invoice, invoice.id, invoice.amount_minor)


def ubl_credit_note(invoice: Invoice) -> str:
    """Return a UBL 2.1 CreditNote that takes a tenth off an invoice."""
    amount = max(1, invoice.amount_minor // 10)
    return _ubl("CreditNote", invoice, f"CN-{invoice.id}", amount)


def _ubl(root: str, invoice: Invoice, identity: str, minor: int) -> str:
    is_credit = root == "CreditNote"
    type_code = "381" if is_credit else "380"
    amount = format_amount(minor, BY_CURRENCY[invoice.currency].decimals)
    money = f'currencyID="{invoice.currency}">{amount}'
    quantity = "CreditedQuantity" if is_credit else "InvoicedQuantity"
    due = "" if is_credit else f"<cbc:DueDate>{invoice.due_date}</cbc:DueDate>"
    reference = (
        "<cac:BillingReference><cac:InvoiceDocumentReference>"
        f"<cbc:ID>{invoice.id}</cbc:ID></cac:InvoiceDocumentReference></cac:BillingReference>"
        if is_credit
        else ""
    )
    text = (
        f'<{root} xmlns="{UBL}{root}-2" xmlns:cac="{UBL}CommonAggregateComponents-2" '
        f'xmlns:cbc="{UBL}CommonBasicComponents-2">'
        "<cbc:UBLVersionID>2.1</cbc:UBLVersionID>"
        f"<cbc:ID>{identity}</cbc:ID><cbc:IssueDate>{invoice.issue_date}</cbc:IssueDate>{due}"
        f"<cbc:{root}TypeCode>{type_code}</cbc:{root}TypeCode>"
        f"<cbc:DocumentCurrencyCode>{invoice.currency}</cbc:DocumentCurrencyCode>{reference}"
        f"<cac:AccountingSupplierParty>{_ubl_party(invoice.creditor)}</cac:AccountingSupplierParty>"
        f"<cac:AccountingCustomerParty>{_ubl_party(invoice.debtor)}</cac:AccountingCustomerParty>"
        f"<cac:LegalMonetaryTotal><cbc:LineExtensionAmount {money}</cbc:LineExtensionAmount>"
        f"<cbc:PayableAmount {money}</cbc:PayableAmount></cac:LegalMonetaryTotal>"
        f'<cac:{root}Line><cbc:ID>1</cbc:ID><cbc:{quantity} unitCode="C62">1</cbc:{quantity}>'
        f"<cbc:LineExtensionAmount {money}</cbc:LineExtensionAmount>"
        f"<cac:Item><cbc:Name>Goods</cbc:Name></cac:Item></cac:{root}Line></{root}>"
    )
    return _pretty(text)


def _ubl_party(firm: Firm) -> str:
    scheme = ' schemeID="0199"' if len(firm.id) == 20 else ""
    return (
        f"<cac:Party><cac:PartyIdentification><cbc:ID{scheme}>{firm.id}</cbc:ID></cac:PartyIdentification>"
        f"<cac:PostalAddress><cac:Country><cbc:IdentificationCode>{firm.country}</cbc:IdentificationCode>"
        "</cac:Country></cac:PostalAddress>"
        f"<cac:PartyLegalEntity><cbc:RegistrationName>{escape(firm.name)}</cbc:RegistrationName>"
        "</cac:PartyLegalEntity></cac:Party>"
    )


def cii_invoice(invoice: Invoice) -> str:
    """Return a UN/CEFACT Cross Industry Invoice (D16B, as EN 16931 uses it)."""
    amount = amount_text(invoice)
    text = (
        f'<rsm:CrossIndustryInvoice xmlns:rsm="{CII}CrossIndustryInvoice:100" '
        f'xmlns:ram="{CII}ReusableAggregateBusinessInformationEntity:100" '
        f'xmlns:udt="{CII}UnqualifiedDataType:100"><rsm:ExchangedDocumentContext>'
        "<ram:GuidelineSpecifiedDocumentContextParameter><ram:ID>urn:cen.eu:en16931:2017</ram:ID>"
        "</ram:GuidelineSpecifiedDocumentContextParameter></rsm:ExchangedDocumentContext>"
        f"<rsm:ExchangedDocument><ram:ID>{invoice.id}</ram:ID><ram:TypeCode>380</ram:TypeCode>"
        f"<ram:IssueDateTime>{_cii_date(invoice.issue_date.strftime('%Y%m%d'))}</ram:IssueDateTime>"
        "</rsm:ExchangedDocument><rsm:SupplyChainTradeTransaction><ram:ApplicableHeaderTradeAgreement>"
        f"<ram:SellerTradeParty>{_cii_party(invoice.creditor)}</ram:SellerTradeParty>"
        f"<ram:BuyerTradeParty>{_cii_party(invoice.debtor)}</ram:BuyerTradeParty>"
        "</ram:ApplicableHeaderTradeAgreement><ram:ApplicableHeaderTradeDelivery/>"
        f"<ram:ApplicableHeaderTradeSettlement><ram:InvoiceCurrencyCode>{invoice.currency}"
        "</ram:InvoiceCurrencyCode><ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>"
        f"{_cii_date(invoice.due_date.strftime('%Y%m%d'))}</ram:DueDateDateTime>"
        "</ram:SpecifiedTradePaymentTerms><ram:SpecifiedTradeSettlementHeaderMonetarySummation>"
        f"<ram:LineTotalAmount>{amount}</ram:LineTotalAmount>"
        f"<ram:TaxBasisTotalAmount>{amount}</ram:TaxBasisTotalAmount>"
        f"<ram:GrandTotalAmount>{amount}</ram:GrandTotalAmount>"
        f"<ram:DuePayableAmount>{amount}</ram:DuePayableAmount>"
        "</ram:SpecifiedTradeSettlementHeaderMonetarySummation></ram:ApplicableHeaderTradeSettlement>"
        "</rsm:SupplyChainTradeTransaction></rsm:CrossIndustryInvoice>"
    )
    return _pretty(text)


def _cii_party(firm: Firm) -> str:
    if len(firm.id) == 20:
        identity = f'<ram:GlobalID schemeID="0199">{firm.id}</ram:GlobalID>'
    else:
        identity = f"<ram:ID>{firm.id}</ram:ID>"
    return (
        f"{identity}<ram:Name>{escape(firm.name)}</ram:Name><ram:PostalTradeAddress>"
        f"<ram:CountryID>{firm.country}</ram:CountryID></ram:PostalTradeAddress>"
    )


def _cii_date(text: str) -> str:
    return f'<udt:DateTimeString format="102">{text}</udt:DateTimeString>'


def _pretty(text: str) -> str:
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + text.replace("><", ">\n<") + "\n"
