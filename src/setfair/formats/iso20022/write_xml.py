"""What all message writers share: text that is safe in XML, identifications, and the sink.

Rules
-----
1. Messages are UTF-8. Names keep their script. Tabs and line ends become one blank each, characters
   that XML 1.0 forbids become U+FFFD, and a text is cut to the length that its element allows.
2. A text that is empty is not written: ISO 20022 has no empty texts.
3. A participant is identified by its BIC, else its LEI, else its member identification, else by whatever
   it has under `Othr`. A name stands only beside an identification that is not a BIC.
4. Times are written in UTC with milliseconds and offset, as the cross-border guidelines ask.
5. ISO 20022 carries 18 digits; an amount with more is an error that names it, never a cut.
6. A message is written in pieces as it comes. One that failed lacks its end tag: write to a temporary
   file and move it when the writer has returned.

The files are deterministic: nothing here reads a clock or makes up an identification.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from functools import lru_cache
from typing import BinaryIO

from setfair.domain.money import format_amount
from setfair.errors import SetfairError
from setfair.formats.iso20022.statement_types import MessageHeader, Party

NAME_LENGTH_MAX = 140
ID_LENGTH_MAX = 35
ACCOUNT_ID_LENGTH_MAX = 34
REASON_LINE_LENGTH_MAX = 105
REASON_LINES_MAX = 4
REMITTANCE_LINES_MAX = 4
"""Lines of remittance information that a message repeats, of 140 characters each."""
DIGITS_MAX = 18

_HEAD_NAMESPACE = "urn:iso:std:iso:20022:tech:xsd:head.001.001.02"
_PARTS_MAX = 2048
"""Pieces that the sink collects before it writes."""

_LINE_ENDS = re.compile("[\t-\r\x85\u2028\u2029]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_BIC = re.compile(r"[A-Z0-9]{4}[A-Z]{2}[A-Z0-9]{2}(?:[A-Z0-9]{3})?")
_LEI = re.compile(r"[A-Z0-9]{18}[0-9]{2}")


def clean_text(value: str) -> str:
    """Return the text on one line, without characters that XML forbids and without blanks around it."""
    if value.isprintable():
        return value.strip(" ")
    return _FORBIDDEN.sub("\ufffd", _LINE_ENDS.sub(" ", value)).strip(" ")


def escape_text(text: str) -> str:
    """Escape clean text for the content of an element."""
    if "&" in text:
        text = text.replace("&", "&amp;")
    if "<" in text:
        text = text.replace("<", "&lt;")
    if ">" in text:
        text = text.replace(">", "&gt;")
    return text


def xml_text(value: str, length_max: int = ID_LENGTH_MAX) -> str:
    """Clean, cut and escape a text."""
    return escape_text(clean_text(value)[:length_max])


def xml_texts(values: tuple[str, ...], lengths_max: tuple[int, ...]) -> list[str]:
    """Do what `xml_text` does for several texts at once, which is faster if none needs escaping."""
    joined = "".join(values)
    if joined.isprintable() and "&" not in joined and "<" not in joined and ">" not in joined:
        return [value.strip(" ")[:length] for value, length in zip(values, lengths_max, strict=True)]
    return [xml_text(value, length) for value, length in zip(values, lengths_max, strict=True)]


def element(name: str, value: str, length_max: int = ID_LENGTH_MAX) -> str:
    """Write an element, or nothing if its text is empty."""
    text = xml_text(value, length_max) if value else ""
    return f"<{name}>{text}</{name}>" if text else ""


def required_element(name: str, value: str, length_max: int = ID_LENGTH_MAX) -> str:
    """Write an element that a message cannot do without.

    Raises
    ------
    SetfairError
        If its text is empty.
    """
    written = element(name, value, length_max)
    if not written:
        raise SetfairError(f"a message cannot be written without {name}: give it a text")
    return written


def lines_of(name: str, value: str, length_max: int, lines_max: int) -> str:
    """Write a long text as repeated elements, as far as `lines_max` of them hold it."""
    text = clean_text(value)
    if 0 < len(text) <= length_max:
        return f"<{name}>{escape_text(text)}</{name}>"
    starts = range(0, min(len(text), length_max * lines_max), length_max)
    return "".join(f"<{name}>{escape_text(text[at : at + length_max])}</{name}>" for at in starts)


@lru_cache(maxsize=4096)
def utc_text(moment: datetime) -> str:
    """Write a moment in UTC, for example ``2026-01-05T10:00:00.000+00:00``.

    Raises
    ------
    ValueError
        If the moment carries no time zone: that is a programming error.
    """
    if moment.tzinfo is not UTC:
        if moment.tzinfo is None:
            raise ValueError(f"{moment} carries no time zone")
        moment = moment.astimezone(UTC)
    return moment.isoformat(timespec="milliseconds")


def uetr_text(uetr: bytes | None) -> str:
    """Write a UETR; nothing for a UUID of another version than 4, which ISO 20022 does not accept."""
    if uetr is None or len(uetr) != 16 or uetr[6] >> 4 != 4 or uetr[8] >> 6 != 2:
        return ""
    text = uetr.hex()
    return f"{text[:8]}-{text[8:12]}-{text[12:16]}-{text[16:20]}-{text[20:]}"


def amount_text(amount_minor: int, decimals: int, what: str) -> str:
    """Write an amount that a message may carry; `what` names it in the error if it cannot."""
    if len(str(abs(amount_minor))) > DIGITS_MAX:
        raise SetfairError(
            f"{what} is {format_amount(amount_minor, decimals)}: ISO 20022 carries at most {DIGITS_MAX} "
            "digits, so no message can show it; use the CSV statement"
        )
    return format_amount(amount_minor, decimals)


@lru_cache(maxsize=4096)
def agent_identification(party: Party) -> str:
    """Write the `FinInstnId` of a participant."""
    if _BIC.fullmatch(party.bic):
        return f"<FinInstnId><BICFI>{party.bic}</BICFI></FinInstnId>"
    name = element("Nm", party.name, NAME_LENGTH_MAX)
    if _LEI.fullmatch(party.lei):
        return f"<FinInstnId><LEI>{party.lei}</LEI>{name}</FinInstnId>"
    member = element("MmbId", party.member_id)
    if member:
        return f"<FinInstnId><ClrSysMmbId>{member}</ClrSysMmbId>{name}</FinInstnId>"
    other = element("Id", party.bic) or element("Id", party.lei) or "<Id>NOTPROVIDED</Id>"
    return f"<FinInstnId>{name}<Othr>{other}</Othr></FinInstnId>"


@lru_cache(maxsize=4096)
def organisation_identification(party: Party) -> str:
    """Write the name and the `OrgId` of a party, as account owner or receiver of a message."""
    name = element("Nm", party.name, NAME_LENGTH_MAX)
    if _BIC.fullmatch(party.bic):
        identification = f"<AnyBIC>{party.bic}</AnyBIC>"
    elif _LEI.fullmatch(party.lei):
        identification = f"<LEI>{party.lei}</LEI>"
    else:
        other = element("Id", party.member_id) or element("Id", party.bic) or element("Id", party.lei)
        identification = f"<Othr>{other}</Othr>" if other else ""
    return name + (f"<Id><OrgId>{identification}</OrgId></Id>" if identification else "")


class Sink:
    """Collects pieces of text and writes them as UTF-8."""

    def __init__(self, out: BinaryIO) -> None:
        self._out = out
        self._parts: list[str] = []

    def write(self, part: str) -> None:
        """Take one piece."""
        self._parts.append(part)
        if len(self._parts) >= _PARTS_MAX:
            self.flush()

    def flush(self) -> None:
        """Hand on what was collected."""
        self._out.write("".join(self._parts).encode())
        self._parts.clear()


def _application_header(header: MessageHeader, definition: str) -> str:
    return (
        f'<AppHdr xmlns="{_HEAD_NAMESPACE}">\n'
        f"<Fr><FIId>{agent_identification(header.sender)}</FIId></Fr>\n"
        f"<To><FIId>{agent_identification(header.receiver)}</FIId></To>\n"
        f"{required_element('BizMsgIdr', header.message_id)}\n"
        f"<MsgDefIdr>{definition}</MsgDefIdr>\n"
        f"<CreDt>{utc_text(header.created_utc)}</CreDt>\n</AppHdr>\n"
    )


def group_header(header: MessageHeader, rest: str = "") -> str:
    """Write the `GrpHdr` that most messages start with."""
    return (
        f"<GrpHdr>{required_element('MsgId', header.message_id)}"
        f"<CreDtTm>{utc_text(header.created_utc)}</CreDtTm>{rest}</GrpHdr>\n"
    )


@contextmanager
def open_message(
    out: BinaryIO, header: MessageHeader, definition: str, root: str, envelope: bool
) -> Iterator[Sink]:
    """Open a message, give a sink for its content, and close it if that ended without an error.

    Parameters
    ----------
    out
        Where the bytes go.
    header
        Identification, time and parties of the message.
    definition
        Message definition, for example ``camt.053.001.08``.
    root
        Name of the element in the document.
    envelope
        Whether to put a business application header (head.001.001.02) and the document in an `Envelope`.
    """
    sink = Sink(out)
    sink.write('<?xml version="1.0" encoding="UTF-8"?>\n')
    if envelope:
        sink.write(f"<Envelope>\n{_application_header(header, definition)}")
    sink.write(f'<Document xmlns="urn:iso:std:iso:20022:tech:xsd:{definition}">\n<{root}>\n')
    yield sink
    sink.write(f"</{root}>\n</Document>\n")
    if envelope:
        sink.write("</Envelope>\n")
    sink.flush()
