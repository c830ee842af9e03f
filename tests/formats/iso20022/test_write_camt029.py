"""The answer to a cancellation request says what was done and why not."""

from __future__ import annotations

import io

import pytest
from lxml import etree

from setfair.domain.codes import Reason, Status
from setfair.errors import SetfairError
from setfair.formats.iso20022.statement_types import CancellationAnswer
from setfair.formats.iso20022.write_camt029 import write_camt029
from tests.formats.iso20022 import write_cases as cases


def answer(status: Status, reason: Reason = Reason.NONE) -> CancellationAnswer:
    """An answer about one payment."""
    return CancellationAnswer(71, status, reason, case_id="CASE-1", message_id="IN-1", instruction_id="I-7")


def written(*answers: CancellationAnswer) -> etree._Element:
    """The message, parsed."""
    return etree.fromstring(cases.bytes_of(lambda out: write_camt029(out, answers, cases.HEADER)))


@pytest.mark.parametrize(
    ("statuses", "expected"),
    [
        ((Status.ACSC,), "CNCL"),
        ((Status.ACSC, Status.ACSC), "CNCL"),
        ((Status.RJCT,), "RJCR"),
        ((Status.PDNG,), "PDCR"),
        ((Status.ACSC, Status.RJCT), "PECR"),
    ],
)
def test_message_says_what_the_answers_have_in_common(statuses: tuple[Status, ...], expected: str) -> None:
    """The status of the message follows from those of its payments."""
    assert cases.texts(written(*map(answer, statuses)), "Sts", "Conf") == [expected]


@pytest.mark.parametrize(
    ("reason", "expected"),
    [
        (Reason.ORIGINAL_SETTLED, "ARDT"),
        (Reason.ORIGINAL_UNKNOWN, "NOOR"),
        (Reason.ORIGINAL_REJECTED, "NOOR"),
        (Reason.NOT_YOUR_PAYMENT, "NARR"),
        (Reason.DAY_NOT_OPEN, "NARR"),
    ],
)
def test_refusal_has_a_code_of_the_right_list(reason: Reason, expected: str) -> None:
    """A reason that is no cancellation rejection code of ISO is told as a narrative."""
    document = written(answer(Status.RJCT, reason))
    assert cases.texts(document, "CxlStsRsnInf", "Rsn", "Cd") == [expected]
    assert cases.texts(document, "CxlStsRsnInf", "AddtlInf") == [reason.text]


def test_done_cancellation_has_no_reason() -> None:
    """What was cancelled as asked needs no reason."""
    document = written(answer(Status.ACSC, Reason.CANCELLED_BY_SENDER))
    assert cases.texts(document, "CxlStsRsnInf") == []
    assert cases.texts(document, "RslvdCase", "Id") == ["CASE-1"]


@pytest.mark.parametrize("answers", [(), (answer(Status.ACSP),)])
def test_what_is_no_answer_is_refused(answers: tuple[CancellationAnswer, ...]) -> None:
    """No answers, or a status that answers nothing, cannot be written."""
    with pytest.raises(SetfairError, match="ACSC, RJCT or PDNG"):
        write_camt029(io.BytesIO(), answers, cases.HEADER)
