"""Quittances that go along in a pacs.002, as supplementary data, and what the message says beside them.

Rules
-----
1. A message with a document type declaration is refused: it could define entities.
2. A quittance is about the payment of the element in which it stands: the same UETR, or without one the same
   instruction id. Of a payment that has a UETR the message must say it.
3. The record that the message names (`StsId`) is in the quittance, and has the status that the message says.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NoReturn
from xml.parsers import expat

from setfair.domain.codes import Status
from setfair.errors import NotProvenError, SetfairError
from setfair.proof.quittance import Quittance

MESSAGE_BYTES_MAX = 256 << 20
"""Largest message that is read: 10,000 payments with their quittances are some 40 MB."""

NAMESPACE = "urn:setfair:quittance:1"

_TRANSACTION = "TxInfAndSts"
_WANTED = {"StsId": "record", "OrgnlUETR": "uetr", "OrgnlInstrId": "instruction_id", "TxSts": "status"}


@dataclass(slots=True)
class ToldStatus:
    """What a message says of one payment, and the quittance beside it."""

    record: str = ""
    uetr: str = ""
    instruction_id: str = ""
    status: str = ""
    quittance: str = ""


@dataclass(slots=True)
class _Reader:
    """Takes a message apart as it is parsed."""

    found: list[ToldStatus] = field(default_factory=list)
    path: list[str] = field(default_factory=list)
    text: list[str] = field(default_factory=list)

    def start(self, name: str, _: object) -> None:
        space, _, local = name.rpartition(" ")
        if local == _TRANSACTION:
            self.found.append(ToldStatus())
        self.path.append("quittance" if (space, local) == (NAMESPACE, "Quittance") else local)
        self.text = []

    def take_text(self, text: str) -> None:
        self.text.append(text)

    def end(self, _: str) -> None:
        name, inside = self.path.pop(), self.path[-1:]
        if not self.found:
            return
        if name == "quittance":
            self.found[-1].quittance = "".join(self.text)
        elif name in _WANTED and inside == [_TRANSACTION]:
            setattr(self.found[-1], _WANTED[name], "".join(self.text).strip())
        self.text = []


def _refuse(*_: object) -> NoReturn:
    raise SetfairError("the message has a document type declaration, which no message has")


def statuses_of(raw: bytes) -> Iterator[ToldStatus]:
    """Yield what a pacs.002 says of each payment that has a quittance.

    Raises
    ------
    SetfairError
        If it is no XML, has a document type declaration, or no quittance at all.
    """
    reader = _Reader()
    parser = expat.ParserCreate(namespace_separator=" ")
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = _refuse
    parser.StartElementHandler, parser.EndElementHandler = reader.start, reader.end
    parser.CharacterDataHandler = reader.take_text
    try:
        parser.Parse(raw, True)
    except expat.ExpatError as error:
        raise SetfairError(f"the message is not well-formed: {error}") from None
    told = [status for status in reader.found if status.quittance]
    if not told:
        raise SetfairError("the message has no quittance: its receiver did not ask for any")
    yield from told


def check_status(told: ToldStatus, quittance: Quittance) -> str:
    """Check rules 2 and 3; return what holds.

    Raises
    ------
    NotProvenError
        If the message says anything else than the quittance proves.
    """
    instruction = quittance.instruction
    words = instruction.get("identified_by")
    own = instruction.get("uetr") or (words[-1] if isinstance(words, list) and words else "")
    said = told.uetr if "uetr" in instruction else told.instruction_id
    if not said or str(own).lower() != said.lower():
        raise NotProvenError(f"the quittance beside payment {said or told.instruction_id} is about {own}")
    for record in quittance.records:
        if str(record.number) == told.record:
            status = Status(record.leaf.record.status).name
            if status != told.status:
                raise NotProvenError(
                    f"the message says {told.status} of {said}, record {told.record} says {status}"
                )
            return f"the message says the same of it: {status}, by record {told.record}"
    raise NotProvenError(f"the message names record {told.record} for {said}, which is not in its quittance")
