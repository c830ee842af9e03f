"""Other people's messages: valid ones are read, invalid ones refused, each for the right reason."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from setfair.errors import FileRefusedError
from setfair.formats.iso20022.grammar import load_grammar
from setfair.formats.iso20022.plans import PLANS
from setfair.formats.iso20022.read import read_iso20022, sniff_message
from setfair.formats.iso20022.read_request import read_request
from tests.shared import SHARED, needs_shared

NO_SETTLEMENT = ("ADV", "COVE")
"""Words in the refusal of a message that is valid but moves no money by itself."""


class Sample(NamedTuple):
    path: Path
    message: str
    verdict: str


def samples() -> list[Sample]:
    """Every sample message of a kind that is read."""
    if SHARED is None:
        return []
    folder = SHARED / "iso20022"
    found = []
    for line in (folder / "INDEX.tsv").read_text(encoding="utf-8").splitlines()[1:]:
        columns = line.split("\t")
        message = columns[1].split("+")[-1]
        if columns[2] == "sample" and message in load_grammar().messages:
            found.append(Sample(folder / columns[0], message, columns[-1]))
    return found


SAMPLES = samples()
VALID = [sample for sample in SAMPLES if sample.verdict == "valid" and sample.message[:8] in PLANS]
INVALID = [sample for sample in SAMPLES if sample.verdict != "valid" and sample.message[:8] in PLANS]
REQUESTS = [sample for sample in SAMPLES if sample.message[:8] in ("pacs.028", "camt.060")]


def ids(found: list[Sample]) -> list[str]:
    return [sample.path.stem[-50:] for sample in found]


@needs_shared
def test_there_are_samples() -> None:
    """The index of samples is understood."""
    assert len(VALID) > 150
    assert len(INVALID) > 20


@needs_shared
@pytest.mark.parametrize("sample", VALID, ids=ids(VALID))
def test_valid_sample_is_read(sample: Sample) -> None:
    """A valid message gives rows, unless it says of itself that it moves no money."""
    assert sniff_message(sample.path) == sample.message
    content = sample.path.read_text(encoding="utf-8")
    try:
        rows = [row for batch in read_iso20022(sample.path) for row in batch.rows.to_pylist()]
    except FileRefusedError as error:
        announced = f"MsgDefIdr>{sample.message[:8]}" in content
        problem = error.problems[0]
        assert ("MsgDefIdr" in problem.element and not announced) or any(
            word in problem.text and word.lower() in content.lower() for word in NO_SETTLEMENT
        )
        return
    assert rows
    for row in rows:
        assert row["message_name"] == sample.message
        assert row["message_id"]
        assert row["instruction_id"] or row["uetr"]
        assert row["instructing_agent"]
        agents_named = row["debtor_agent"] and row["creditor_agent"]
        assert agents_named or row["kind"] == 5 or "FinInstnId/>" in content
        assert not row["defect"] or "XAU" in row["defect_text"] or "no name" in row["defect_text"]


@needs_shared
@pytest.mark.parametrize("sample", INVALID, ids=ids(INVALID))
def test_invalid_sample_is_refused(sample: Sample) -> None:
    """An invalid message is refused where the official schema says that it is wrong."""
    with pytest.raises(FileRefusedError) as refusal:
        list(read_iso20022(sample.path))
    problem = refusal.value.problems[0]
    official = sample.verdict.split("'")[1].rpartition("}")[2]
    assert problem.element.endswith(official)
    assert problem.line is not None
    assert problem.reason == "FF01"


@needs_shared
@pytest.mark.parametrize("sample", [*VALID[::9], *INVALID[::5]], ids=ids([*VALID[::9], *INVALID[::5]]))
def test_official_schemas_give_the_same_verdict(sample: Sample) -> None:
    """With a folder of official schemas a file is validated against those as well, with the same outcome."""

    def outcome(xsd_dir: Path | None) -> object:
        try:
            return [batch.rows.to_pylist() for batch in read_iso20022(sample.path, xsd_dir=xsd_dir)]
        except FileRefusedError as error:
            return error.problems[0].line, error.problems[0].element

    if SHARED is not None:
        assert outcome(SHARED / "iso20022" / "xsd") == outcome(None)


@needs_shared
@pytest.mark.parametrize("sample", REQUESTS, ids=ids(REQUESTS))
def test_request_is_read_or_refused(sample: Sample) -> None:
    """A valid request asks for something; an invalid one is refused."""
    with pytest.raises(FileRefusedError, match="setfair answer"):
        list(read_iso20022(sample.path))
    if sample.verdict == "valid":
        request = read_request(sample.path)
        assert request.message_name == sample.message
        assert request.payments or request.reports
    else:
        with pytest.raises(FileRefusedError):
            read_request(sample.path)


@needs_shared
def test_an_instruction_is_no_request() -> None:
    """Who asks for an answer to a payment is told which command takes it in."""
    with pytest.raises(FileRefusedError, match="setfair submit"):
        read_request(VALID[0].path)
