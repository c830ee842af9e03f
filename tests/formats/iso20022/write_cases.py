"""Statements, statuses and names for the tests of the writers; invented parties only."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from pathlib import Path
from typing import BinaryIO

import pytest
from hypothesis import strategies as st
from lxml import etree

from setfair.domain.codes import InstructionKind, Reason, Status
from setfair.domain.money import Currency, find_currency
from setfair.formats.iso20022.statement_types import (
    Account,
    Booking,
    CancellationAnswer,
    Direction,
    EntryTotals,
    MessageHeader,
    Notification,
    Party,
    PaymentStatus,
    Statement,
)
from tests.shared import SHARED

NOON = datetime(2026, 1, 5, 12, 0, tzinfo=UTC)
DAY = date(2026, 1, 5)
HOUSE = Party(bic="CLRHXXAAXXX", name="Example Clearing House")
AURORA = Party(bic="AURBXXAAXXX", name="Aurora Bank")
BOREAL = Party(lei="529900EXAMPLE0BORE42", name="Boreal & Søn <Bank>")
HEADER = MessageHeader("MSG-1", NOON, HOUSE, AURORA)
KINDS = tuple(InstructionKind(code) for code in (1, 2, 3, 4, 12, 30))

_NASTY = (
    "شركة النخيل للتجارة",
    "北辰贸易有限公司",
    "Käse & Söhne <GmbH> \"x\" 'y'",
    "]]>&amp;<!-- \x00\x01\x08\x0b\x1f\x7f\x85\ufffe\uffff\ud800",
    "line one\r\nline two\ttab",
    "😀 family 👨‍👩‍👧 flag 🇳🇴",
    "x" * 300,
    "&" * 300,
    "   ",
    "",
    "=1+1",
    "\u202eoverride",
    "\u3000全角　空白",
)
nasty_texts = st.one_of(
    st.sampled_from(_NASTY), st.text(st.characters(exclude_categories=()), max_size=400), st.text("<&>\"' a")
)
uetrs = st.one_of(
    st.none(), st.uuids().map(lambda value: value.bytes), st.uuids(version=4).map(lambda value: value.bytes)
)
identifications = st.sampled_from(
    ("", "AURBXXAAXXX", "AURBXXAA", "aurb", "AURBXXAAXX", "529900EXAMPLE0BORE42", "529900", "A&B", "M" * 50)
)
parties = st.builds(
    Party, bic=identifications, lei=identifications, member_id=identifications, name=nasty_texts
)
moments = st.datetimes(
    datetime(2000, 1, 1),
    datetime(2099, 1, 1),
    timezones=st.sampled_from((UTC, timezone(timedelta(hours=5, minutes=45)))),
)
days = st.dates(date(2000, 1, 1), date(2099, 1, 1))
amounts = st.one_of(st.integers(0, 10**6), st.integers(0, 10**15))


def currency(code: str) -> Currency:
    """Return a currency that the tests know exists."""
    found = find_currency(code)
    if found is None:
        raise LookupError(code)
    return found


currencies = st.sampled_from(("JPY", "EUR", "TND", "KWD", "CLF")).map(currency)
bookings = st.builds(
    Booking,
    record_number=st.integers(0, 2**63 - 1),
    payment_number=st.integers(0, 2**63 - 1),
    kind=st.sampled_from(KINDS),
    direction=st.sampled_from(Direction),
    amount_minor=amounts,
    counterparty=parties,
    booked_utc=moments,
    value_date=days,
    uetr=uetrs,
    instruction_id=nasty_texts,
    end_to_end_id=nasty_texts,
    transaction_id=nasty_texts,
    message_name=nasty_texts,
    debtor_name=nasty_texts,
    creditor_name=nasty_texts,
    remittance=nasty_texts,
)
accounts = st.builds(
    Account,
    account_id=st.text("ABC-0123 &<", min_size=1, max_size=60).map(lambda text: "A" + text),
    currency=currencies,
    owner=parties,
    servicer=parties,
)
headers = st.builds(
    MessageHeader,
    message_id=st.sampled_from(("M1", "M" * 50, "A&B<C>")),
    created_utc=moments,
    sender=parties,
    receiver=parties,
)


@st.composite
def statements(draw: Callable[..., object]) -> Statement:
    """A statement that adds up, with none to five entries."""
    entries = draw(st.lists(bookings, max_size=5))
    totals = EntryTotals.of(entries)  # type: ignore[arg-type]
    opening_minor = draw(st.integers(-(10**15), 10**15))
    return Statement(
        statement_id="S-1",
        sequence_number=5,
        account=draw(accounts),  # type: ignore[arg-type]
        business_date=draw(days),  # type: ignore[arg-type]
        opening_minor=opening_minor,  # type: ignore[arg-type]
        closing_minor=opening_minor + totals.net_minor,  # type: ignore[operator]
        totals=totals,
        entries=entries,  # type: ignore[arg-type]
    )


def notification_of(statement: Statement) -> Notification:
    """The same entries as a notification."""
    return Notification(
        "N-1", statement.account, statement.business_date, statement.totals, statement.entries
    )


payment_statuses = st.builds(
    PaymentStatus,
    payment_number=st.integers(0, 2**63 - 1),
    record_number=st.integers(0, 2**63 - 1),
    status=st.sampled_from(Status),
    reason=st.sampled_from(Reason),
    currency=st.one_of(st.none(), currencies),
    amount_minor=st.one_of(amounts, st.just(0), st.just(10**18 - 1)),
    reason_text=nasty_texts,
    settled_utc=st.one_of(st.none(), moments),
    settlement_date=st.one_of(st.none(), days),
    message_id=nasty_texts,
    message_name=nasty_texts,
    instruction_id=nasty_texts,
    end_to_end_id=nasty_texts,
    transaction_id=nasty_texts,
    uetr=uetrs,
)
cancellation_answers = st.builds(
    CancellationAnswer,
    record_number=st.integers(0, 2**63 - 1),
    status=st.sampled_from((Status.ACSC, Status.RJCT, Status.PDNG)),
    reason=st.sampled_from(Reason),
    reason_text=nasty_texts,
    case_id=nasty_texts,
    message_id=nasty_texts,
    message_name=nasty_texts,
    instruction_id=nasty_texts,
    end_to_end_id=nasty_texts,
    transaction_id=nasty_texts,
    uetr=uetrs,
)


def a_booking(number: int, direction: Direction, amount_minor: int, **changes: object) -> Booking:
    """One entry with every field set."""
    booking = Booking(
        record_number=number,
        payment_number=number + 1000,
        kind=InstructionKind.CUSTOMER_PAYMENT,
        direction=direction,
        amount_minor=amount_minor,
        counterparty=BOREAL,
        booked_utc=NOON + timedelta(milliseconds=number),
        value_date=DAY,
        uetr=uuid.UUID(int=number, version=4).bytes,
        instruction_id=f"INSTR-{number}",
        end_to_end_id=f"E2E-{number}",
        transaction_id=f"TX-{number}",
        message_name="pacs.008.001.08",
        debtor_name=f"شركة النخيل {number}",
        creditor_name=f"Fjell & Sjø <{number}>",
        remittance=f"Invoice 2026-{number}",
    )
    return replace(booking, **changes)  # type: ignore[arg-type]


def a_statement(code: str, opening_minor: int, amounts_minor: tuple[int, ...]) -> Statement:
    """A statement with these entries: positive amounts are credits, negative ones debits."""
    entries = [
        a_booking(number, Direction.CREDIT if amount_minor >= 0 else Direction.DEBIT, abs(amount_minor))
        for number, amount_minor in enumerate(amounts_minor, 1)
    ]
    return Statement(
        statement_id=f"AURORA-{code}-20260105",
        sequence_number=5,
        account=Account(f"AURBXXAA-{code}", currency(code), AURORA, HOUSE),
        business_date=DAY,
        opening_minor=opening_minor,
        closing_minor=opening_minor + sum(amounts_minor),
        totals=EntryTotals.of(entries),
        entries=entries,
    )


def bytes_of(write: Callable[[BinaryIO], object]) -> bytes:
    """What a writer writes."""
    out = io.BytesIO()
    write(out)
    return out.getvalue()


def schema_path(definition: str) -> Path:
    """Where the official schema lies; skips the test where it does not."""
    if SHARED is None:
        pytest.skip("needs the folder 'shared' with the official schemas beside the checkout")
    return SHARED / "iso20022" / "xsd" / f"{definition}.xsd"


@cache
def schema(definition: str) -> etree.XMLSchema:
    """The official schema of a message."""
    return etree.XMLSchema(etree.parse(schema_path(definition)))


def check_valid(message: bytes, definition: str, *, envelope: bool = False) -> etree._Element:
    """Check a message against the official schema and return its document."""
    root = etree.fromstring(message)
    if envelope:
        header, document = root
        schema("head.001.001.02").assertValid(header)
    else:
        document = root
    schema(definition).assertValid(document)
    return document


def texts(element: etree._Element, *names: str) -> list[str | None]:
    """Texts of the elements at the end of a path of local names."""
    path = "/".join(f"{{*}}{name}" for name in names)
    return [found.text for found in element.iterfind(f".//{path}")]
