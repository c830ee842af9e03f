"""The answer to a request for cancellation (camt.029, answering camt.056).

Version .09, the one of the cross-border guidelines.

Rules
-----
1. The message says CNCL if every payment in it was cancelled, RJCR if none was, PDCR if all wait, PECR
   otherwise; each payment says ACCR, RJCR or PDCR.
2. A refusal has a code of ISO's list of cancellation rejections; a reason that is not in it is given as
   NARR, with the rule in words.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import BinaryIO

from setfair.domain.codes import Status
from setfair.errors import SetfairError
from setfair.formats.iso20022.statement_types import CancellationAnswer, MessageHeader
from setfair.formats.iso20022.write_pacs002 import original_identification, reason_lines
from setfair.formats.iso20022.write_xml import (
    agent_identification,
    element,
    open_message,
    required_element,
    utc_text,
)

CAMT029 = "camt.029.001.09"

_OUTCOMES = {Status.ACSC: ("CNCL", "ACCR"), Status.RJCT: ("RJCR", "RJCR"), Status.PDNG: ("PDCR", "PDCR")}
"""What the message says if all payments have this status, and what each payment says."""

_REJECTION_CODES = frozenset({"AGNT", "AM04", "ARDT", "CUST", "LEGL", "NOAS", "NOOR", "PTNA", "RQDA"})
"""Those of ISO's cancellation rejection codes that a reason of this house can have."""


def _confirmation(answers: Sequence[CancellationAnswer]) -> str:
    said = {answer.status for answer in answers}
    unfit = said - _OUTCOMES.keys()
    if unfit or not said:
        names = ", ".join(sorted(status.name for status in unfit)) or "no answer"
        raise SetfairError(f"a camt.029 answers with ACSC, RJCT or PDNG, not with {names}")
    return _OUTCOMES[said.pop()][0] if len(said) == 1 else "PECR"


def _answer_element(answer: CancellationAnswer, creator: str) -> str:
    case = element("Id", answer.case_id)
    reason = ""
    if answer.status is Status.RJCT:
        iso = answer.reason.iso
        code = iso if iso in _REJECTION_CODES else "NARR"
        lines = reason_lines(answer.reason, answer.reason_text)
        reason = f"<CxlStsRsnInf><Rsn><Cd>{code}</Cd></Rsn>{lines}</CxlStsRsnInf>"
    return (
        f"<TxInfAndSts><CxlStsId>{answer.record_number}</CxlStsId>"
        + (f"<RslvdCase>{case}<Cretr>{creator}</Cretr></RslvdCase>" if case else "")
        + f"{original_identification(answer)}<TxCxlSts>{_OUTCOMES[answer.status][1]}</TxCxlSts>"
        f"{reason}</TxInfAndSts>\n"
    )


def write_camt029(
    out: BinaryIO, answers: Sequence[CancellationAnswer], header: MessageHeader, *, envelope: bool = False
) -> int:
    """Write a camt.029 message and return the number of answers in it.

    Parameters
    ----------
    out
        Where the bytes go; see `write_xml` on what a failed message leaves there.
    answers
        At least one; a sequence, since the message says first what they have in common.
    header
        Identification, time and parties of the message; the receiver is who asked.
    envelope
        Whether to add a business application header.

    Raises
    ------
    SetfairError
        If there is no answer, or one has a status that is no answer.
    """
    confirmation = _confirmation(answers)
    sender = f"<Agt>{agent_identification(header.sender)}</Agt>"
    receiver = f"<Agt>{agent_identification(header.receiver)}</Agt>"
    with open_message(out, header, CAMT029, "RsltnOfInvstgtn", envelope) as sink:
        sink.write(
            f"<Assgnmt>{required_element('Id', header.message_id)}<Assgnr>{sender}</Assgnr>"
            f"<Assgne>{receiver}</Assgne><CreDtTm>{utc_text(header.created_utc)}</CreDtTm></Assgnmt>\n"
            f"<Sts><Conf>{confirmation}</Conf></Sts>\n<CxlDtls>\n"
        )
        for answer in answers:
            sink.write(_answer_element(answer, receiver))
        sink.write("</CxlDtls>\n")
    return len(answers)
