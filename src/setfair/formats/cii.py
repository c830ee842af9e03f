"""UN/CEFACT Cross Industry Invoice (Factur-X, ZUGFeRD 1 and 2, XRechnung) to an obligation or a credit note.

Rules
-----
1. The root is CrossIndustryInvoice (D16B to D22B share a namespace), or CrossIndustryDocument of ZUGFeRD 1.
2. There are an ID, a seller, a buyer, one amount that is due for payment, and an invoice currency; a currency
   that the amount itself states agrees with it.
3. Dates are CCYYMMDD (format 102). The due date is the one of the payment terms; of several the last, and
   none is due at once.
4. A document with the type code of a credit note (381) is one. One pro forma is refused.
5. Every name of a trade party, its contacts and the holders of accounts is screened.

What the values have to be is in `invoice`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from lxml import etree

from setfair.domain.instruction import Batch
from setfair.formats.invoice import Invoice, InvoiceParty, choose_identifier, tax_identifier, to_batch
from setfair.formats.invoice_xml import InvoiceDocument, parse_invoice, text_of


@dataclass(frozen=True, slots=True)
class _Edition:
    """Where an edition of the message keeps what another keeps elsewhere."""

    message_name: str
    namespaces: dict[str, str]
    header: str
    agreement: str
    settlement: str
    summation: str


_UNECE = "urn:un:unece:uncefact:data:standard:"
_CII_100, _FERD_1 = f"{_UNECE}CrossIndustryInvoice:100", "urn:ferd:CrossIndustryDocument:invoice:1p0"

_EDITIONS = {
    f"{{{_CII_100}}}CrossIndustryInvoice": _Edition(
        message_name="CII",
        namespaces={
            "rsm": _CII_100,
            "ram": f"{_UNECE}ReusableAggregateBusinessInformationEntity:100",
            "udt": f"{_UNECE}UnqualifiedDataType:100",
        },
        header="rsm:ExchangedDocument",
        agreement="rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeAgreement",
        settlement="rsm:SupplyChainTradeTransaction/ram:ApplicableHeaderTradeSettlement",
        summation="ram:SpecifiedTradeSettlementHeaderMonetarySummation",
    ),
    f"{{{_FERD_1}}}CrossIndustryDocument": _Edition(
        message_name="CII ZUGFeRD 1",
        namespaces={
            "rsm": _FERD_1,
            "ram": f"{_UNECE}ReusableAggregateBusinessInformationEntity:12",
            "udt": f"{_UNECE}UnqualifiedDataType:15",
        },
        header="rsm:HeaderExchangedDocument",
        agreement="rsm:SpecifiedSupplyChainTradeTransaction/ram:ApplicableSupplyChainTradeAgreement",
        settlement="rsm:SpecifiedSupplyChainTradeTransaction/ram:ApplicableSupplyChainTradeSettlement",
        summation="ram:SpecifiedTradeSettlementMonetarySummation",
    ),
}
ROOTS = tuple(_EDITIONS)
"""Root elements that are read."""

_NOTE_PATHS = (
    "ram:Content",
    "ram:Description",
    "ram:Information",
    "ram:SpecifiedTradeProduct/ram:Name",
    "ram:LineOne",
    "ram:LineTwo",
    "ram:LineThree",
)
_NAME_PATHS = (
    "ram:SpecifiedLegalOrganization/ram:TradingBusinessName",
    "ram:DefinedTradeContact/ram:PersonName",
    "ram:PayeePartyCreditorFinancialAccount/ram:AccountName",
)


def read_cii(path: Path, *, on_progress: Callable[[int], None] | None = None) -> Iterator[Batch]:
    """Read a Cross Industry Invoice into a batch of one row.

    Raises
    ------
    FileRefusedError
        If it is not well-formed, not such a document, or lacks what makes an obligation.
    """
    root = parse_invoice(path, on_progress)
    edition = _EDITIONS.get(str(root.tag))
    document = InvoiceDocument(path, root, edition.namespaces if edition else {})
    if edition is None:
        raise document.refuse("is not read; allowed: CrossIndustryInvoice 100, ZUGFeRD 1", root)
    yield to_batch(document, _read(document, edition))


def _read(document: InvoiceDocument, edition: _Edition) -> Invoice:
    header = document.required(edition.header)
    agreement, settlement = document.required(edition.agreement), document.required(edition.settlement)
    currency, payable = _payable(document, document.required(edition.summation, settlement), settlement)
    issued = document.required("ram:IssueDateTime/udt:DateTimeString", header)
    return Invoice(
        message_name=edition.message_name,
        is_credit=document.is_credit(document.one("ram:TypeCode", header)),
        number=text_of(document.required("ram:ID", header)),
        original_number=_original_number(document, settlement),
        supplier=_party(document, document.required("ram:SellerTradeParty", agreement)),
        customer=_party(document, document.required("ram:BuyerTradeParty", agreement)),
        currency=currency,
        payable=payable,
        issue_date=_date(document, issued),
        due_date=_due_date(document, settlement),
        names=tuple(_all_names(document)),
        notes=tuple(text_of(each) for path in _NOTE_PATHS for each in document.all(f".//{path}")),
    )


def _payable(
    document: InvoiceDocument, summation: etree._Element, settlement: etree._Element
) -> tuple[str, str]:
    """Return currency and text of the amount that is due."""
    element = document.required("ram:DuePayableAmount", summation)
    stated = document.required("ram:InvoiceCurrencyCode", settlement)
    currency = text_of(stated)
    if element.get("currencyID", currency) != currency:
        raise document.refuse(f"is {currency!r} but the amount is in {element.get('currencyID')!r}", stated)
    return currency, document.decimal(element)


def _original_number(document: InvoiceDocument, settlement: etree._Element) -> str:
    found = document.all("ram:InvoiceReferencedDocument/ram:IssuerAssignedID", settlement)
    return text_of(found[0]) if len(found) == 1 else ""


def _due_date(document: InvoiceDocument, settlement: etree._Element) -> date | None:
    """Rule 3."""
    found = document.all("ram:SpecifiedTradePaymentTerms/ram:DueDateDateTime/udt:DateTimeString", settlement)
    return max((_date(document, element) for element in found), default=None)


def _date(document: InvoiceDocument, element: etree._Element) -> date:
    text = text_of(element)
    if element.get("format") != "102" or len(text) != 8:
        raise document.refuse(f"is {text[:40]!r}; allowed: CCYYMMDD, with format 102", element, "DT01")
    return document.date(element, f"{text[:4]}-{text[4:6]}-{text[6:]}")


def _party(document: InvoiceDocument, party: etree._Element) -> InvoiceParty:
    identifiers = [
        (element.get("schemeID", ""), text_of(element))
        for path in (
            "ram:URIUniversalCommunication/ram:URIID",
            "ram:GlobalID",
            "ram:ID",
            "ram:SpecifiedLegalOrganization/ram:ID",
        )
        for element in document.all(path, party)
    ]
    for element in document.all("ram:SpecifiedTaxRegistration/ram:ID", party):
        identifiers.append(tax_identifier(element.get("schemeID", ""), text_of(element)))
    return InvoiceParty(
        identifier=choose_identifier(identifiers),
        name=document.text("ram:Name", party),
        country=document.text("ram:PostalTradeAddress/ram:CountryID", party),
    )


def _all_names(document: InvoiceDocument) -> Iterator[str]:
    """Yield every name of a party, contact or account holder, wherever it stands."""
    for element in document.root.iter(etree.Element):
        if str(element.tag).endswith("TradeParty"):
            yield from map(text_of, document.all("ram:Name", element))
    for path in _NAME_PATHS:
        yield from map(text_of, document.all(f".//{path}"))
