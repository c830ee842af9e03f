"""UBL invoices and credit notes: what they become, and why some are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from setfair.domain.codes import InstructionKind, Reason
from tests.formats.invoices import LEI, UBL_CREDIT_NOTE, UBL_INVOICE, read_row, refused

_PAYABLE = '<cbc:PayableAmount currencyID="EUR">1250.50</cbc:PayableAmount>'
_SUPPLIER_ID = '<cbc:EndpointID schemeID="0088">4000001000005</cbc:EndpointID>'
_LOCAL_ID = "<cac:PartyIdentification><cbc:ID>F1</cbc:ID></cac:PartyIdentification>"
_LEI_ID = f'<cac:PartyIdentification><cbc:ID schemeID="LEI">{LEI}</cbc:ID></cac:PartyIdentification>'
_NAME_END = "Lda</cbc:RegistrationName>"
_CUSTOMER_ID = "<cac:PartyIdentification><cbc:ID>F7</cbc:ID></cac:PartyIdentification>"


def test_an_invoice_becomes_an_obligation_of_its_customer(tmp_path: Path) -> None:
    """The supplier is the creditor; every name but the two main ones is there to be screened."""
    assert read_row(tmp_path, UBL_INVOICE) == {
        "kind": InstructionKind.OBLIGATION,
        "obligation_id": "INV-1",
        "original_obligation_id": "",
        "debtor": "F7",
        "creditor": "0088:4000001000005",
        "debtor_name": "Marut Tiles",
        "creditor_name": "Soral Glass Lda",
        "debtor_country": "TN",
        "creditor_country": "PT",
        "currency": "EUR",
        "amount_minor": 125050,
        "issue_date": date(2026, 2, 1),
        "due_date": date(2026, 3, 1),
        "other_names": "Soral\nBexa Factoring\nOlin Taxes\nIlva Brann",
        "notes": "",
        "message_name": "UBL Invoice 2.1",
        "defect": 0,
        "defect_text": "",
    }


def test_a_credit_note_names_the_invoice_that_it_reduces(tmp_path: Path) -> None:
    """Its amount is positive, its kind says the direction."""
    row = read_row(tmp_path, UBL_CREDIT_NOTE)
    got = (row["kind"], row["original_obligation_id"], row["amount_minor"], row["due_date"], row["defect"])
    assert got == (InstructionKind.CREDIT_NOTE, "INV-0", 125050, None, 0)


def test_a_credit_note_for_two_invoices_names_neither(tmp_path: Path) -> None:
    """Which of two it reduces cannot be told."""
    reference = UBL_CREDIT_NOTE.split("  <cac:BillingReference>")[1].split("</cac:BillingReference>")[0]
    twice = f"<cac:BillingReference>{reference}</cac:BillingReference>" * 2
    text = UBL_CREDIT_NOTE.replace(f"<cac:BillingReference>{reference}</cac:BillingReference>", twice)
    assert read_row(tmp_path, text)["original_obligation_id"] == ""


@pytest.mark.parametrize(
    ("code", "kind"), [("381", "CREDIT_NOTE"), ("384", "OBLIGATION"), ("sale", "OBLIGATION")]
)
def test_the_type_code_of_an_invoice_may_make_it_a_credit_note(tmp_path: Path, code: str, kind: str) -> None:
    """381 is one; a corrected invoice and a code that nobody knows are not."""
    row = read_row(tmp_path, UBL_INVOICE.replace(">380<", f">{code}<"))
    assert row["kind"] == InstructionKind[kind]


@pytest.mark.parametrize(
    ("old", "new", "creditor"),
    [
        (_SUPPLIER_ID, f'<cbc:EndpointID schemeID="0199">{LEI}</cbc:EndpointID>', LEI),
        (_SUPPLIER_ID, _SUPPLIER_ID + _LEI_ID, LEI),
        (_SUPPLIER_ID, _SUPPLIER_ID + _LOCAL_ID, "0088:4000001000005"),
        (_SUPPLIER_ID, _LOCAL_ID, "F1"),
        (_SUPPLIER_ID, "", "VAT:PT501442600"),
        (_NAME_END, _NAME_END + "<cbc:CompanyID>77</cbc:CompanyID>", "0088:4000001000005"),
    ],
)
def test_a_party_is_known_by_its_best_identifier(tmp_path: Path, old: str, new: str, creditor: str) -> None:
    """An LEI first, wherever it stands; then address, identification, registration, tax number."""
    assert read_row(tmp_path, UBL_INVOICE.replace(old, new))["creditor"] == creditor


def _replaced(*pairs: tuple[str, str]) -> str:
    text = UBL_INVOICE
    for old, new in pairs:
        assert old in text
        text = text.replace(old, new)
    return text


DEFECTS = [
    ([(">INV-1<", "><")], Reason.IDENTIFIER_MISSING, "invoice number"),
    ([(">INV-1<", f">{'9' * 141}<")], Reason.IDENTIFIER_INVALID, "more than 140"),
    ([(_CUSTOMER_ID, "")], Reason.IDENTIFIER_MISSING, "identifier of the customer"),
    ([(_SUPPLIER_ID, _LEI_ID.replace(LEI, LEI[:-1] + "9"))], Reason.IDENTIFIER_INVALID, "no LEI"),
    ([("EUR", "EUX")], Reason.UNKNOWN_CURRENCY, "EUX"),
    ([("1250.50", "1250.505")], Reason.TOO_MANY_DECIMALS, "1250.505 EUR"),
    ([("1250.50", "9" * 18)], Reason.AMOUNT_TOO_LARGE, "larger than"),
    ([("1250.50", "-1250.50")], Reason.AMOUNT_NEGATIVE_OR_NIL_DUE, "-1250.50: nothing is due"),
    ([("1250.50", "0.00")], Reason.AMOUNT_NEGATIVE_OR_NIL_DUE, "0.00: nothing is due"),
    ([("Marut Tiles", "")], Reason.NAME_MISSING, "customer has no name"),
    ([("Marut Tiles", "M" * 141)], Reason.REJECTED_BY_READER, "more than 140"),
    ([(">TN<", ">TX<")], Reason.COUNTRY_INVALID, "'TX'"),
]


@pytest.mark.parametrize(("changes", "reason", "text"), DEFECTS)
def test_a_broken_rule_is_a_defect(
    tmp_path: Path, changes: list[tuple[str, str]], reason: Reason, text: str
) -> None:
    """The row says why, and never holds an amount that was not read."""
    row = read_row(tmp_path, _replaced(*changes))
    assert row["defect"] == reason
    assert text in str(row["defect_text"])
    assert row["amount_minor"] in (0, 125050)


REFUSALS = [
    (_PAYABLE, "", 34, "LegalMonetaryTotal", "lacks cbc:PayableAmount"),
    (_PAYABLE, _PAYABLE * 2, 35, "PayableAmount", "more than once"),
    (' currencyID="EUR"', "", 35, "PayableAmount", "no currencyID"),
    ("1250.50", "1.250,50", 35, "PayableAmount", "not a decimal number"),
    ("1250.50", "1E3", 35, "PayableAmount", "not a decimal number"),
    ("1250.50", "", 35, "PayableAmount", "not a decimal number"),
    (
        'currencyID="EUR"',
        'currencyID="USD"',
        9,
        "DocumentCurrencyCode",
        "'EUR' but the payable amount is in 'USD'",
    ),
    ("2026-03-01", "01.03.2026", 7, "DueDate", "not a date YYYY-MM-DD"),
    ("2026-03-01", "2026-02-30", 7, "DueDate", "not a date YYYY-MM-DD"),
    ("<cbc:ID>INV-1</cbc:ID>", "", 3, "Invoice", "lacks cbc:ID"),
    ("<cbc:IssueDate>2026-02-01</cbc:IssueDate>", "", 3, "Invoice", "lacks cbc:IssueDate"),
    (">380<", ">325<", 8, "InvoiceTypeCode", "pro forma"),
    ("AccountingSupplierParty", "SellerSupplierParty", 3, "Invoice", "lacks cac:AccountingSupplierParty"),
    ("Marut Tiles", "M" * 70_000, 3, "Invoice", "names in it have more than"),
]


@pytest.mark.parametrize(("old", "new", "line", "element", "text"), REFUSALS)
def test_what_makes_no_obligation_is_refused(
    tmp_path: Path, old: str, new: str, line: int, element: str, text: str
) -> None:
    """The refusal names line, element and what is allowed."""
    problem = refused(tmp_path, _replaced((old, new)))
    assert (problem.line, problem.element.rpartition("/")[2]) == (line, element)
    assert text in problem.text


def test_instalments_are_due_when_the_last_one_is(tmp_path: Path) -> None:
    """Without a due date of the document, the last of its payment means' dates counts."""
    means = "".join(
        f"<cac:PaymentMeans><cbc:PaymentDueDate>2026-0{month}-01</cbc:PaymentDueDate></cac:PaymentMeans>"
        for month in (4, 6, 5)
    )
    text = _replaced(
        ("<cbc:DueDate>2026-03-01</cbc:DueDate>", ""),
        ("<cac:LegalMonetaryTotal>", f"{means}<cac:LegalMonetaryTotal>"),
    )
    assert read_row(tmp_path, text)["due_date"] == date(2026, 6, 1)


def test_a_date_may_carry_a_time_zone_and_a_value_a_comment(tmp_path: Path) -> None:
    """Both are plain XML Schema and XML."""
    text = _replaced(("2026-03-01", "2026-03-01+01:00"), ("1250.50", "12<!-- thousand -->50.50"))
    row = read_row(tmp_path, text)
    assert (row["due_date"], row["amount_minor"]) == (date(2026, 3, 1), 125050)


def test_the_amount_is_read_in_the_decimals_of_its_currency(tmp_path: Path) -> None:
    """Yen have none: surplus zeros are nothing, half a yen is a defect."""
    yen = UBL_INVOICE.replace("EUR", "JPY")
    assert read_row(tmp_path, yen.replace("1250.50", "1250.00"))["amount_minor"] == 1250
    assert read_row(tmp_path, yen)["defect"] == Reason.TOO_MANY_DECIMALS


def test_a_document_in_utf_16_is_read(tmp_path: Path) -> None:
    """With a byte order mark the encoding is known."""
    text = UBL_INVOICE.replace('encoding="UTF-8"', 'encoding="UTF-16"')
    assert read_row(tmp_path, text.encode("utf-16"))["amount_minor"] == 125050


HOSTILE = {
    "doctype": UBL_INVOICE.replace("<Invoice", '<!DOCTYPE Invoice [<!ENTITY a "b">]>\n<Invoice', 1),
    "external entity": UBL_INVOICE.replace(
        "<Invoice", '<!DOCTYPE Invoice [<!ENTITY a SYSTEM "file:///etc/hostname">]>\n<Invoice', 1
    ).replace("Marut Tiles", "&a;"),
    "undefined entity": UBL_INVOICE.replace("Marut Tiles", "&marut;"),
    "two roots": UBL_INVOICE + "<a/>",
    "wrong bytes": UBL_INVOICE.encode().replace(b"Marut", b"\xff\xfe\xfd"),
    "NUL": UBL_INVOICE.encode().replace(b"Marut", b"\0"),
    "deep": UBL_INVOICE.replace("Marut Tiles", "<a>" * 5000 + "</a>" * 5000),
    "11 MB text": UBL_INVOICE.replace("Marut Tiles", "M" * (11 << 20)),
    "34 MB": UBL_INVOICE + "\n" * (34 << 20),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_documents_are_refused(tmp_path: Path, name: str) -> None:
    """Each with a refusal that says something; nothing is expanded or fetched."""
    assert len(refused(tmp_path, HOSTILE[name]).text) > 20


def test_a_document_that_is_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    """No prefix of an invoice is an invoice."""
    whole = UBL_INVOICE.rstrip().encode()
    for end in range(1, len(whole), 61):
        refused(tmp_path, whole[:end])


def test_an_element_of_another_namespace_is_not_the_element(tmp_path: Path) -> None:
    """An amount that only looks like the payable amount is none."""
    text = _replaced((_PAYABLE, '<x:PayableAmount xmlns:x="urn:x" currencyID="EUR">1</x:PayableAmount>'))
    assert "lacks cbc:PayableAmount" in refused(tmp_path, text).text


@pytest.mark.parametrize("root", ["Order", "Waybill", "FreightInvoice", "DebitNote"])
def test_other_ubl_documents_are_refused_with_what_is_read(tmp_path: Path, root: str) -> None:
    """They ask for no payment, or by rules that are not read."""
    text = (
        UBL_INVOICE.replace("Invoice-2", f"{root}-2")
        .replace("<Invoice ", f"<{root} ")
        .replace("</Invoice>", f"</{root}>")
    )
    problem = refused(tmp_path, text)
    assert (problem.element, problem.reason) == (root, "AG03")
    assert "UBL 2 and CII invoices" in problem.text
