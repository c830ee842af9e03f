"""UBL 2 Invoice and CreditNote to an obligation or a credit note.

Rules
-----
1. The root is Invoice or CreditNote of UBL 2 (2.0 to 2.3 share a namespace); other documents ask for no
   payment.
2. There are an ID, a supplier, a customer and one payable amount with a currency; a document currency that is
   given agrees with it.
3. Dates are YYYY-MM-DD. The due date is the document's, else the one of its payment means, else the one of
   its payment terms; of several, for instalments, the last: nothing is set off before it is due.
4. A credit note, or an invoice with the type code of one (381), is a credit note. One pro forma is refused.
5. The name is the one of the legal registration, else the party's, else the one of the tax registration, else
   the person's. Every other name in the document (payee, tax representative, contacts, persons, holders of
   accounts) is screened too.

What the values have to be is in `invoice`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path

from lxml import etree

from setfair.domain.instruction import Batch
from setfair.formats.invoice import Invoice, InvoiceParty, choose_identifier, tax_identifier, to_batch
from setfair.formats.invoice_xml import InvoiceDocument, parse_invoice, text_of

_UBL = "urn:oasis:names:specification:ubl:schema:xsd:"
_CAC, _CBC = f"{_UBL}CommonAggregateComponents-2", f"{_UBL}CommonBasicComponents-2"
ROOTS = (f"{{{_UBL}Invoice-2}}Invoice", f"{{{_UBL}CreditNote-2}}CreditNote")
"""Root elements that are read."""

_DUE_DATES = ("cbc:DueDate", "cac:PaymentMeans/cbc:PaymentDueDate", "cac:PaymentTerms/cbc:PaymentDueDate")
_PARTY_NAME_PATHS = (
    "cac:PartyLegalEntity/cbc:RegistrationName",
    "cac:PartyName/cbc:Name",
    "cac:PartyTaxScheme/cbc:RegistrationName",
)
_NAME_PATHS = (*_PARTY_NAME_PATHS, "cac:Contact/cbc:Name", "cac:PayeeFinancialAccount/cbc:Name")
_NOTE_PATHS = (
    "cbc:Note",
    "cbc:Description",
    "cbc:InstructionNote",
    "cbc:PaymentNote",
    "cbc:SpecialTerms",
    "cbc:VesselName",
    "cac:Item/cbc:Name",
    "cbc:BuildingName",
    "cbc:StreetName",
    "cbc:AdditionalStreetName",
    "cac:AddressLine/cbc:Line",
)
_PERSON_PATHS = ("cbc:FirstName", "cbc:MiddleName", "cbc:FamilyName")


def read_ubl(path: Path, *, on_progress: Callable[[int], None] | None = None) -> Iterator[Batch]:
    """Read a UBL invoice or credit note into a batch of one row.

    Raises
    ------
    FileRefusedError
        If it is not well-formed, not such a document, or lacks what makes an obligation.
    """
    root = parse_invoice(path, on_progress)
    document = InvoiceDocument(path, root, {"cac": _CAC, "cbc": _CBC})
    if root.tag not in ROOTS:
        raise document.refuse("is not read; allowed: Invoice and CreditNote of UBL 2", root)
    yield to_batch(document, _read(document))


def _read(document: InvoiceDocument) -> Invoice:
    name = etree.QName(document.root).localname
    version = document.text("cbc:UBLVersionID")
    type_code = document.one(f"cbc:{name}TypeCode")
    currency, payable = _payable(document)
    return Invoice(
        message_name=f"UBL {name} {version}".rstrip(),
        is_credit=document.is_credit(type_code) or name == "CreditNote",
        number=text_of(document.required("cbc:ID")),
        original_number=_original_number(document),
        supplier=_party(document, document.required("cac:AccountingSupplierParty/cac:Party")),
        customer=_party(document, document.required("cac:AccountingCustomerParty/cac:Party")),
        currency=currency,
        payable=payable,
        issue_date=document.date(document.required("cbc:IssueDate")),
        due_date=_due_date(document),
        names=tuple(_all_names(document)),
        notes=tuple(text_of(each) for path in _NOTE_PATHS for each in document.all(f".//{path}")),
    )


def _payable(document: InvoiceDocument) -> tuple[str, str]:
    """Return currency and text of the payable amount."""
    element = document.required("cac:LegalMonetaryTotal/cbc:PayableAmount")
    currency = element.get("currencyID", "")
    if not currency:
        raise document.refuse("has no currencyID; an amount without a currency is not read", element)
    stated = document.one("cbc:DocumentCurrencyCode")
    if stated is not None and text_of(stated) != currency:
        raise document.refuse(f"is {text_of(stated)!r} but the payable amount is in {currency!r}", stated)
    return currency, document.decimal(element)


def _original_number(document: InvoiceDocument) -> str:
    found = document.all("cac:BillingReference/cac:InvoiceDocumentReference/cbc:ID")
    return text_of(found[0]) if len(found) == 1 else ""


def _due_date(document: InvoiceDocument) -> date | None:
    """Rule 3."""
    for path in _DUE_DATES:
        found = [document.date(element) for element in document.all(path)]
        if found:
            return max(found)
    return None


def _party(document: InvoiceDocument, party: etree._Element) -> InvoiceParty:
    names = [text_of(element) for path in _PARTY_NAME_PATHS for element in document.all(path, party)]
    names += [_person_name(document, person) for person in document.all("cac:Person", party)]
    identifiers = [
        (element.get("schemeID", ""), text_of(element))
        for path in ("cbc:EndpointID", "cac:PartyIdentification/cbc:ID", "cac:PartyLegalEntity/cbc:CompanyID")
        for element in document.all(path, party)
    ]
    for registration in document.all("cac:PartyTaxScheme", party):
        scheme = document.text("cac:TaxScheme/cbc:ID", registration)
        identifiers.append(tax_identifier(scheme, document.text("cbc:CompanyID", registration)))
    return InvoiceParty(
        identifier=choose_identifier(identifiers),
        name=next(filter(None, names), ""),
        country=document.text("cac:PostalAddress/cac:Country/cbc:IdentificationCode", party),
    )


def _all_names(document: InvoiceDocument) -> Iterator[str]:
    """Yield every name of a party, person or account holder, wherever it stands."""
    for path in _NAME_PATHS:
        yield from map(text_of, document.all(f".//{path}"))
    for person in document.all(".//cac:Person"):
        yield _person_name(document, person)


def _person_name(document: InvoiceDocument, person: etree._Element) -> str:
    return " ".join(filter(None, (document.text(path, person) for path in _PERSON_PATHS)))
