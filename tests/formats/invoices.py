"""Invoices that tests write, with invented firms."""

from __future__ import annotations

from pathlib import Path

import pytest

from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.open_file import open_instructions

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
LEI = "5299000J2N45DDNE4Y28"

UBL_INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<Invoice xmlns="{_UBL}Invoice-2" xmlns:cac="{_UBL}CommonAggregateComponents-2"
 xmlns:cbc="{_UBL}CommonBasicComponents-2">
  <cbc:UBLVersionID>2.1</cbc:UBLVersionID>
  <cbc:ID>INV-1</cbc:ID>
  <cbc:IssueDate>2026-02-01</cbc:IssueDate>
  <cbc:DueDate>2026-03-01</cbc:DueDate>
  <cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>
  <cbc:DocumentCurrencyCode>EUR</cbc:DocumentCurrencyCode>
  <cac:AccountingSupplierParty><cac:Party>
    <cbc:EndpointID schemeID="0088">4000001000005</cbc:EndpointID>
    <cac:PartyName><cbc:Name>Soral</cbc:Name></cac:PartyName>
    <cac:PostalAddress>
      <cac:Country><cbc:IdentificationCode>PT</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>
    <cac:PartyTaxScheme><cbc:CompanyID>PT 501 442 600</cbc:CompanyID>
      <cac:TaxScheme><cbc:ID>VAT</cbc:ID></cac:TaxScheme></cac:PartyTaxScheme>
    <cac:PartyLegalEntity><cbc:RegistrationName>Soral Glass Lda</cbc:RegistrationName></cac:PartyLegalEntity>
    <cac:Contact><cbc:Name>Ilva Brann</cbc:Name></cac:Contact>
  </cac:Party></cac:AccountingSupplierParty>
  <cac:AccountingCustomerParty><cac:Party>
    <cac:PartyIdentification><cbc:ID>F7</cbc:ID></cac:PartyIdentification>
    <cac:PartyName><cbc:Name>Marut Tiles</cbc:Name></cac:PartyName>
    <cac:PostalAddress>
      <cac:Country><cbc:IdentificationCode>TN</cbc:IdentificationCode></cac:Country>
    </cac:PostalAddress>
  </cac:Party></cac:AccountingCustomerParty>
  <cac:PayeeParty>
    <cac:PartyName><cbc:Name>Bexa Factoring</cbc:Name></cac:PartyName>
  </cac:PayeeParty>
  <cac:TaxRepresentativeParty>
    <cac:PartyName><cbc:Name>Olin Taxes</cbc:Name></cac:PartyName>
  </cac:TaxRepresentativeParty>
  <cac:LegalMonetaryTotal>
    <cbc:PayableAmount currencyID="EUR">1250.50</cbc:PayableAmount>
  </cac:LegalMonetaryTotal>
</Invoice>
"""
"""A UBL invoice on many lines; `cbc:PayableAmount` stands on line 35."""

UBL_CREDIT_NOTE = (
    UBL_INVOICE.replace("Invoice-2", "CreditNote-2")
    .replace("<Invoice ", "<CreditNote ")
    .replace("</Invoice>", "</CreditNote>")
    .replace("<cbc:InvoiceTypeCode>380</cbc:InvoiceTypeCode>", "")
    .replace("  <cbc:DueDate>2026-03-01</cbc:DueDate>\n", "")
    .replace(
        "  <cac:AccountingSupplierParty>",
        "  <cac:BillingReference><cac:InvoiceDocumentReference><cbc:ID>INV-0</cbc:ID>"
        "</cac:InvoiceDocumentReference></cac:BillingReference>\n  <cac:AccountingSupplierParty>",
    )
)

_UNECE = "urn:un:unece:uncefact:data:standard:"

CII_INVOICE = f"""<?xml version="1.0" encoding="UTF-8"?>
<rsm:CrossIndustryInvoice xmlns:rsm="{_UNECE}CrossIndustryInvoice:100"
 xmlns:ram="{_UNECE}ReusableAggregateBusinessInformationEntity:100"
 xmlns:udt="{_UNECE}UnqualifiedDataType:100">
  <rsm:ExchangedDocument>
    <ram:ID>INV-2</ram:ID><ram:TypeCode>380</ram:TypeCode>
    <ram:IssueDateTime><udt:DateTimeString format="102">20260201</udt:DateTimeString></ram:IssueDateTime>
  </rsm:ExchangedDocument>
  <rsm:SupplyChainTradeTransaction>
    <ram:ApplicableHeaderTradeAgreement>
      <ram:SellerTradeParty><ram:ID>F1</ram:ID><ram:GlobalID schemeID="0088">4000001000005</ram:GlobalID>
        <ram:Name>Soral Glass Lda</ram:Name>
        <ram:DefinedTradeContact><ram:PersonName>Ilva Brann</ram:PersonName></ram:DefinedTradeContact>
        <ram:PostalTradeAddress><ram:CountryID>PT</ram:CountryID></ram:PostalTradeAddress></ram:SellerTradeParty>
      <ram:BuyerTradeParty><ram:Name>Marut Tiles</ram:Name>
        <ram:SpecifiedTaxRegistration><ram:ID schemeID="VA">TN 123</ram:ID></ram:SpecifiedTaxRegistration>
      </ram:BuyerTradeParty>
    </ram:ApplicableHeaderTradeAgreement>
    <ram:ApplicableHeaderTradeSettlement>
      <ram:InvoiceCurrencyCode>TND</ram:InvoiceCurrencyCode>
      <ram:PayeeTradeParty><ram:Name>Bexa Factoring</ram:Name></ram:PayeeTradeParty>
      <ram:SpecifiedTradePaymentTerms><ram:DueDateDateTime>
        <udt:DateTimeString format="102">20260301</udt:DateTimeString>
      </ram:DueDateDateTime></ram:SpecifiedTradePaymentTerms>
      <ram:SpecifiedTradeSettlementHeaderMonetarySummation>
        <ram:DuePayableAmount>1250.125</ram:DuePayableAmount>
      </ram:SpecifiedTradeSettlementHeaderMonetarySummation>
      <ram:InvoiceReferencedDocument><ram:IssuerAssignedID>INV-0</ram:IssuerAssignedID></ram:InvoiceReferencedDocument>
    </ram:ApplicableHeaderTradeSettlement>
  </rsm:SupplyChainTradeTransaction>
</rsm:CrossIndustryInvoice>
"""


def read_row(folder: Path, text: str | bytes) -> dict[str, object]:
    """Return the one row that a document becomes."""
    (batch,) = open_instructions(_write(folder, text))
    (row,) = batch.rows.to_pylist()
    return row


def refused(folder: Path, text: str | bytes) -> FileProblem:
    """Return the one problem for which a document is refused."""
    with pytest.raises(FileRefusedError) as caught:
        list(open_instructions(_write(folder, text)))
    (problem,) = caught.value.problems
    return problem


def _write(folder: Path, text: str | bytes) -> Path:
    path = folder / "invoice"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path
