"""The status report says of each payment what became of it and why."""

from __future__ import annotations

from dataclasses import replace

import pytest
from lxml import etree

from setfair.domain.codes import Reason, Status
from setfair.formats.iso20022.statement_types import PaymentStatus
from setfair.formats.iso20022.write_pacs002 import write_pacs002
from tests.formats.iso20022 import write_cases as cases

SETTLED = PaymentStatus(
    payment_number=7,
    record_number=70,
    status=Status.ACSC,
    reason=Reason.NONE,
    currency=cases.currency("TND"),
    amount_minor=1234,
    settled_utc=cases.NOON,
    settlement_date=cases.DAY,
    message_id="IN-1",
    message_name="pacs.008.001.08",
    instruction_id="INSTR-7",
    end_to_end_id="E2E-7",
    transaction_id="TX-7",
    uetr=bytes.fromhex("00112233445546678899aabbccddeeff"),
)


def written(*statuses: PaymentStatus) -> etree._Element:
    """The message, parsed."""
    return etree.fromstring(cases.bytes_of(lambda out: write_pacs002(out, statuses, cases.HEADER)))


def test_settled_payment_word_by_word() -> None:
    """A settled payment has exactly these elements in this order."""
    message = cases.bytes_of(lambda out: write_pacs002(out, [SETTLED], cases.HEADER)).decode()
    assert message.split("\n")[4] == (
        "<TxInfAndSts><StsId>70</StsId><OrgnlGrpInf><OrgnlMsgId>IN-1</OrgnlMsgId>"
        "<OrgnlMsgNmId>pacs.008.001.08</OrgnlMsgNmId></OrgnlGrpInf><OrgnlInstrId>INSTR-7</OrgnlInstrId>"
        "<OrgnlEndToEndId>E2E-7</OrgnlEndToEndId><OrgnlTxId>TX-7</OrgnlTxId>"
        "<OrgnlUETR>00112233-4455-4667-8899-aabbccddeeff</OrgnlUETR><TxSts>ACSC</TxSts>"
        "<FctvIntrBkSttlmDt><DtTm>2026-01-05T12:00:00.000+00:00</DtTm></FctvIntrBkSttlmDt>"
        '<ClrSysRef>7</ClrSysRef><OrgnlTxRef><IntrBkSttlmAmt Ccy="TND">1.234</IntrBkSttlmAmt>'
        "<IntrBkSttlmDt>2026-01-05</IntrBkSttlmDt></OrgnlTxRef></TxInfAndSts>"
    )


@pytest.mark.parametrize("reason", [reason for reason in Reason if reason is not Reason.NONE])
def test_every_reason_is_said_in_code_and_words(reason: Reason) -> None:
    """Each reason of the house is its ISO code and, in lines of at most 105 characters, its words."""
    status = replace(SETTLED, status=Status.RJCT, reason=reason, settled_utc=None, reason_text="line 4")
    document = written(status)
    assert cases.texts(document, "StsRsnInf", "Rsn", "Cd") == [reason.iso]
    lines = [line or "" for line in cases.texts(document, "StsRsnInf", "AddtlInf")]
    assert "".join(lines) == f"{reason.text}; line 4"
    assert max(map(len, lines)) <= 105
    assert cases.texts(document, "FctvIntrBkSttlmDt") == []


def test_unknown_currency_and_amount_are_left_out() -> None:
    """A payment whose currency and amount could not be read is reported without them."""
    status = replace(SETTLED, status=Status.RJCT, reason=Reason.UNKNOWN_CURRENCY, currency=None)
    assert cases.texts(written(status), "IntrBkSttlmAmt") == []
    assert cases.texts(written(replace(SETTLED, amount_minor=0)), "IntrBkSttlmAmt") == []


def test_message_without_name_says_not_provided() -> None:
    """The name of the original message is mandatory beside its identification."""
    assert cases.texts(written(replace(SETTLED, message_name="")), "OrgnlMsgNmId") == ["NOTPROVIDED"]
    assert cases.texts(written(replace(SETTLED, message_id="")), "OrgnlGrpInf") == []


def test_uuid_of_another_version_is_left_out() -> None:
    """ISO 20022 takes only version 4 as UETR; the instruction is identified by its other ids."""
    document = written(replace(SETTLED, uetr=bytes.fromhex("00112233445516678899aabbccddeeff")))
    assert cases.texts(document, "OrgnlUETR") == []
    assert cases.texts(document, "OrgnlInstrId") == ["INSTR-7"]


def test_count_is_returned() -> None:
    """The writer says how many payments it wrote."""
    counts: list[int] = []
    cases.bytes_of(lambda out: counts.append(write_pacs002(out, [SETTLED] * 3, cases.HEADER)))
    assert counts == [3]
