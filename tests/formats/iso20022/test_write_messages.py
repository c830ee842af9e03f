"""Every message that is written is valid under the official schema, whatever the texts in it."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setfair.domain.codes import Reason, Status
from setfair.formats.iso20022.statement_types import (
    CancellationAnswer,
    MessageHeader,
    PaymentStatus,
    Statement,
)
from setfair.formats.iso20022.write_camt029 import write_camt029
from setfair.formats.iso20022.write_camt053 import write_camt053
from setfair.formats.iso20022.write_camt054 import write_camt054
from setfair.formats.iso20022.write_pacs002 import write_pacs002
from tests.formats.iso20022 import write_cases as cases
from tests.shared import needs_shared

many = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])

A_STATUS = PaymentStatus(
    payment_number=7,
    record_number=70,
    status=Status.RJCT,
    reason=Reason.INSUFFICIENT_FUNDS,
    currency=cases.currency("TND"),
    amount_minor=1234,
    message_id="IN-1",
    message_name="pacs.008.001.08",
    instruction_id="INSTR-7",
    end_to_end_id="E2E-7",
    transaction_id="TX-7",
    uetr=bytes.fromhex("00112233445546678899aabbccddeeff"),
)
AN_ANSWER = CancellationAnswer(
    record_number=71,
    status=Status.RJCT,
    reason=Reason.ORIGINAL_SETTLED,
    case_id="CASE-1",
    message_id="IN-1",
    message_name="pacs.008.001.08",
    instruction_id="INSTR-7",
)
PLAIN: dict[str, Callable[[BinaryIO, bool], int]] = {
    "camt.053.001.08": lambda out, envelope: write_camt053(
        out, [cases.a_statement("JPY", -5, (3, -2))], cases.HEADER, envelope=envelope
    ),
    "camt.054.001.08": lambda out, envelope: write_camt054(
        out,
        [cases.notification_of(cases.a_statement("KWD", 0, (3, -2)))],
        cases.HEADER,
        envelope=envelope,
    ),
    "pacs.002.001.10": lambda out, envelope: write_pacs002(out, [A_STATUS], cases.HEADER, envelope=envelope),
    "camt.029.001.09": lambda out, envelope: write_camt029(out, [AN_ANSWER], cases.HEADER, envelope=envelope),
}


@needs_shared
@many
@given(st.lists(cases.statements(), min_size=1, max_size=3), cases.headers, st.booleans())
def test_any_statement_is_valid(statements: list[Statement], header: MessageHeader, envelope: bool) -> None:
    """A camt.053 of any statements is valid and holds every entry with its amount."""
    message = cases.bytes_of(lambda out: write_camt053(out, statements, header, envelope=envelope))
    document = cases.check_valid(message, "camt.053.001.08", envelope=envelope)
    found = cases.texts(document, "Ntry", "NtryRef")
    assert found == [str(entry.record_number) for item in statements for entry in item.entries]


@needs_shared
@many
@given(cases.statements(), cases.headers, st.booleans())
def test_any_notification_is_valid(statement: Statement, header: MessageHeader, envelope: bool) -> None:
    """A camt.054 of any entries is valid and its counts are those of the entries."""
    notification = cases.notification_of(statement)
    message = cases.bytes_of(lambda out: write_camt054(out, [notification], header, envelope=envelope))
    document = cases.check_valid(message, "camt.054.001.08", envelope=envelope)
    assert cases.texts(document, "TtlNtries", "NbOfNtries") == [str(len(list(statement.entries)))]


@needs_shared
@many
@given(st.lists(cases.payment_statuses, max_size=5), cases.headers, st.booleans())
def test_any_status_report_is_valid(
    statuses: list[PaymentStatus], header: MessageHeader, envelope: bool
) -> None:
    """A pacs.002 of any payments, even of none, is valid and says each one's status."""
    message = cases.bytes_of(lambda out: write_pacs002(out, statuses, header, envelope=envelope))
    document = cases.check_valid(message, "pacs.002.001.10", envelope=envelope)
    assert cases.texts(document, "TxSts") == [item.status.name for item in statuses]


@needs_shared
@many
@given(st.lists(cases.cancellation_answers, min_size=1, max_size=5), cases.headers, st.booleans())
def test_any_answer_is_valid(
    answers: list[CancellationAnswer], header: MessageHeader, envelope: bool
) -> None:
    """A camt.029 of any answers is valid and says each one's outcome."""
    message = cases.bytes_of(lambda out: write_camt029(out, answers, header, envelope=envelope))
    document = cases.check_valid(message, "camt.029.001.09", envelope=envelope)
    said = {Status.ACSC: "ACCR", Status.RJCT: "RJCR", Status.PDNG: "PDCR"}
    assert cases.texts(document, "TxCxlSts") == [said[item.status] for item in answers]


@needs_shared
@pytest.mark.skipif(shutil.which("xmllint") is None, reason="needs xmllint (package libxml2-utils)")
@pytest.mark.parametrize("definition", PLAIN)
def test_xmllint_agrees(definition: str, tmp_path: Path) -> None:
    """A second validator, xmllint, accepts each message too."""
    path = tmp_path / "message.xml"
    path.write_bytes(cases.bytes_of(partial(_plain, definition, False)))
    command = ["xmllint", "--noout", "--nonet", "--schema", str(cases.schema_path(definition)), str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=60)
    assert (done.returncode, done.stderr.strip()) == (0, f"{path} validates")


@pytest.mark.parametrize("definition", PLAIN)
@pytest.mark.parametrize("envelope", [False, True])
def test_the_same_input_gives_the_same_bytes(definition: str, envelope: bool) -> None:
    """Two runs write the same bytes, since no clock and no random source is read."""
    assert cases.bytes_of(partial(_plain, definition, envelope)) == cases.bytes_of(
        partial(_plain, definition, envelope)
    )


@pytest.mark.parametrize("definition", PLAIN)
def test_the_envelope_names_message_and_parties(definition: str) -> None:
    """The business application header says who sends what to whom."""
    message = cases.bytes_of(partial(_plain, definition, True)).decode()
    head = message[: message.index("</AppHdr>")]
    assert "<Fr><FIId><FinInstnId><BICFI>CLRHXXAAXXX</BICFI></FinInstnId></FIId></Fr>" in head
    assert "<To><FIId><FinInstnId><BICFI>AURBXXAAXXX</BICFI></FinInstnId></FIId></To>" in head
    assert f"<BizMsgIdr>MSG-1</BizMsgIdr>\n<MsgDefIdr>{definition}</MsgDefIdr>" in head
    assert "<CreDt>2026-01-05T12:00:00.000+00:00</CreDt>" in head


def _plain(definition: str, envelope: bool, out: BinaryIO) -> int:
    return PLAIN[definition](out, envelope)
