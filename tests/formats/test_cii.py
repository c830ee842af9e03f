"""Cross Industry Invoices: what they become, and why some are refused."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from setfair.domain.codes import InstructionKind, Reason
from tests.formats.invoices import CII_INVOICE, read_row, refused

_DUE, _SUMMATION = "<ram:DuePayableAmount>", "SpecifiedTradeSettlementHeaderMonetarySummation"


def test_an_invoice_becomes_an_obligation_of_its_buyer(tmp_path: Path) -> None:
    """The seller is the creditor; the amount is in the three decimals of its currency."""
    row = read_row(tmp_path, CII_INVOICE)
    assert row == {
        "kind": InstructionKind.OBLIGATION,
        "obligation_id": "INV-2",
        "original_obligation_id": "",
        "debtor": "VAT:TN123",
        "creditor": "0088:4000001000005",
        "debtor_name": "Marut Tiles",
        "creditor_name": "Soral Glass Lda",
        "debtor_country": "",
        "creditor_country": "PT",
        "currency": "TND",
        "amount_minor": 1250125,
        "issue_date": date(2026, 2, 1),
        "due_date": date(2026, 3, 1),
        "other_names": "Bexa Factoring\nIlva Brann",
        "notes": "",
        "message_name": "CII",
        "defect": 0,
        "defect_text": "",
    }


def test_type_code_381_is_a_credit_note(tmp_path: Path) -> None:
    """It names the invoice that it reduces."""
    row = read_row(tmp_path, CII_INVOICE.replace(">380<", ">381<"))
    assert (row["kind"], row["original_obligation_id"]) == (InstructionKind.CREDIT_NOTE, "INV-0")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("1250.125", "1250.1255", Reason.TOO_MANY_DECIMALS),
        ("1250.125", "-1", Reason.AMOUNT_NEGATIVE_OR_NIL_DUE),
        (">TND<", ">TNX<", Reason.UNKNOWN_CURRENCY),
        ("Marut Tiles", " ", Reason.NAME_MISSING),
        ("TN 123", "", Reason.IDENTIFIER_MISSING),
    ],
)
def test_a_broken_rule_is_a_defect(tmp_path: Path, old: str, new: str, reason: Reason) -> None:
    """The rules of the values are those of every invoice."""
    assert read_row(tmp_path, CII_INVOICE.replace(old, new))["defect"] == reason


@pytest.mark.parametrize(
    ("old", "new", "element", "text"),
    [
        (_DUE + "1250.125</ram:DuePayableAmount>", "", _SUMMATION, "lacks ram:DuePayableAmount"),
        (_DUE, _DUE[:-1] + ' currencyID="EUR">', "InvoiceCurrencyCode", "but the amount is in 'EUR'"),
        ("20260301", "2026-03-01", "DateTimeString", "CCYYMMDD"),
        ('format="102">20260301', 'format="101">260301', "DateTimeString", "CCYYMMDD"),
        ("20260301", "20260230", "DateTimeString", "not a date"),
        ("1250.125", "a lot", "DuePayableAmount", "not a decimal number"),
        (">380<", ">325<", "TypeCode", "pro forma"),
        ("CrossIndustryInvoice:100", "CrossIndustryInvoice:99", "CrossIndustryInvoice", "is not read"),
    ],
)
def test_what_makes_no_obligation_is_refused(
    tmp_path: Path, old: str, new: str, element: str, text: str
) -> None:
    """The refusal names the element, its line and what is allowed."""
    problem = refused(tmp_path, CII_INVOICE.replace(old, new))
    assert problem.element.rpartition("/")[2] == element
    assert problem.line is not None
    assert text in problem.text


def test_no_payment_terms_are_due_at_once(tmp_path: Path) -> None:
    """A document without a due date has none."""
    terms = CII_INVOICE[
        CII_INVOICE.index("<ram:SpecifiedTradePaymentTerms>") : CII_INVOICE.index(
            "      <ram:SpecifiedTradeSettlementHeader"
        )
    ]
    assert read_row(tmp_path, CII_INVOICE.replace(terms, ""))["due_date"] is None


def test_an_invoice_of_zugferd_1_is_read(tmp_path: Path) -> None:
    """The older edition keeps the same in elements of other names."""
    text = CII_INVOICE
    for old, new in (
        (
            "urn:un:unece:uncefact:data:standard:CrossIndustryInvoice:100",
            "urn:ferd:CrossIndustryDocument:invoice:1p0",
        ),
        ("BusinessInformationEntity:100", "BusinessInformationEntity:12"),
        ("UnqualifiedDataType:100", "UnqualifiedDataType:15"),
        ("CrossIndustryInvoice", "CrossIndustryDocument"),
        ("rsm:ExchangedDocument", "rsm:HeaderExchangedDocument"),
        ("rsm:SupplyChainTradeTransaction", "rsm:SpecifiedSupplyChainTradeTransaction"),
        ("ApplicableHeaderTrade", "ApplicableSupplyChainTrade"),
        ("SettlementHeaderMonetary", "SettlementMonetary"),
    ):
        text = text.replace(old, new)
    row = read_row(tmp_path, text)
    assert (row["amount_minor"], row["message_name"], row["defect"]) == (1250125, "CII ZUGFeRD 1", 0)
