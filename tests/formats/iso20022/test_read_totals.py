"""The numbers that a message states of itself must be right, to the last digit."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.formats.iso20022 import read_cases as cases
from tests.formats.iso20022.read_cases import customer_transfer, pacs008


def amounts(*texts: str, currency: str = "EUR") -> list[str]:
    """Transactions with these amounts."""
    return [
        customer_transfer(amount=f'<IntrBkSttlmAmt Ccy="{currency}">{text}</IntrBkSttlmAmt>')
        for text in texts
    ]


@pytest.mark.parametrize("stated", [1, 3, 0, 999_999_999_999_999])
def test_wrong_number_of_transactions_refuses_the_file(tmp_path: Path, stated: int) -> None:
    """More or fewer transactions than stated: something was lost or put together wrongly."""
    text = pacs008(*amounts("1", "2")).replace("<NbOfTxs>2<", f"<NbOfTxs>{stated}<")
    problem = cases.refused(tmp_path, text)
    assert (problem.element, problem.reason) == ("NbOfTxs", "AM18")
    assert str(stated) in problem.text
    assert "holds 2" in problem.text


@pytest.mark.parametrize(
    ("texts", "stated"),
    [
        (["0.10", "0.20"], "0.3"),
        (["0.10", "0.20"], "0.30000"),
        (["999999999999.99999"] * 3, "2999999999999.99997"),
        (["1.00", "2.505"], "3.505"),
    ],
)
def test_right_control_sum_is_exact(tmp_path: Path, texts: list[str], stated: str) -> None:
    """The control sum adds up what is written, without binary fractions and with all digits."""
    text = pacs008(*amounts(*texts), extra=f"<CtrlSum>{stated}</CtrlSum>")
    assert len(cases.read_rows(tmp_path, text)) == len(texts)


@pytest.mark.parametrize("stated", ["0.31", "0.30000000000000004", "0", "-0.3"])
def test_wrong_control_sum_refuses_the_file(tmp_path: Path, stated: str) -> None:
    """A control sum that is off by anything refuses the file."""
    text = pacs008(*amounts("0.10", "0.20"), extra=f"<CtrlSum>{stated}</CtrlSum>")
    problem = cases.refused(tmp_path, text)
    assert (problem.element, problem.reason) == ("CtrlSum", "AM10")
    assert "0.30" in problem.text


def test_total_is_compared_in_its_currency(tmp_path: Path) -> None:
    """The total amount needs the sum and the currency of all transactions."""
    total = '<TtlIntrBkSttlmAmt Ccy="{}">{}</TtlIntrBkSttlmAmt>'
    assert cases.read_rows(tmp_path, pacs008(*amounts("1", "2"), extra=total.format("EUR", "3.00")))
    wrong = cases.refused(tmp_path, pacs008(*amounts("1", "2"), extra=total.format("EUR", "4")))
    assert wrong.reason == "AM10"
    other = pacs008(*amounts("1"), *amounts("2", currency="USD"), extra=total.format("EUR", "3"))
    assert "amounts in USD" in cases.refused(tmp_path, other).text


def test_control_data_of_a_cancellation_counts(tmp_path: Path) -> None:
    """A cancellation request that states a number has to hold as many."""
    request = (
        "<Assgnmt><Id>A-1</Id><Assgnr><Agt><FinInstnId/></Agt></Assgnr><Assgne><Agt><FinInstnId/></Agt></Assgne>"
        "<CreDtTm>2030-01-15T08:00:00Z</CreDtTm></Assgnmt><CtrlData><NbOfTxs>{}</NbOfTxs><CtrlSum>{}</CtrlSum>"
        "</CtrlData><Undrlyg><TxInf><OrgnlTxId>T-1</OrgnlTxId>"
        '<OrgnlIntrBkSttlmAmt Ccy="EUR">5</OrgnlIntrBkSttlmAmt>'
        "</TxInf></Undrlyg>"
    )
    assert cases.read_row(tmp_path, cases.document("camt.056.001.08", request.format(1, 5)))
    for number, total, element in ((2, 5, "NbOfTxs"), (1, 6, "CtrlSum")):
        text = cases.document("camt.056.001.08", request.format(number, total))
        assert cases.refused(tmp_path, text).element == element
