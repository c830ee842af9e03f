"""Texts are safe in XML and participants are identified by the best that they have."""

from __future__ import annotations

from datetime import datetime, timedelta, timezone

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree

from setfair.formats.iso20022.statement_types import Party
from setfair.formats.iso20022.write_xml import (
    agent_identification,
    lines_of,
    organisation_identification,
    utc_text,
    xml_text,
    xml_texts,
)
from tests.formats.iso20022 import write_cases as cases


@settings(max_examples=200, deadline=None)
@given(cases.nasty_texts, st.integers(1, 150))
def test_text_survives_the_parser(value: str, length_max: int) -> None:
    """What a parser reads back has the length asked for and every character that XML allows."""
    read = etree.fromstring(f"<t>{xml_text(value, length_max)}</t>".encode()).text or ""
    assert len(read) <= length_max
    if value.isprintable():
        assert read == value.strip(" ")[:length_max]


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(cases.nasty_texts, st.integers(1, 150)), max_size=5))
def test_many_texts_are_as_each_alone(pairs: list[tuple[str, int]]) -> None:
    """The fast way gives what the plain way gives."""
    values, lengths = tuple(value for value, _ in pairs), tuple(length for _, length in pairs)
    assert xml_texts(values, lengths) == [xml_text(value, length) for value, length in pairs]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("a\r\nb\tc", "a  b c"),
        ("a\x00b\ufffe\ud800", "a\ufffdb\ufffd\ufffd"),
        (" \u200fشركة\u200f ", "\u200fشركة\u200f"),
        ("\u3000全角", "\u3000全角"),
        ("<a>&'\"", "&lt;a&gt;&amp;'\""),
        ("]]>", "]]&gt;"),
    ],
)
def test_what_becomes_of_odd_characters(value: str, expected: str) -> None:
    """Line ends become blanks, forbidden characters U+FFFD, all else is kept and escaped."""
    assert xml_text(value, 140) == expected


def test_cut_never_splits_an_escape() -> None:
    """A text is cut before it is escaped."""
    assert xml_text("&" * 9, 5) == "&amp;" * 5


def test_lines_stop_at_their_maximum() -> None:
    """A text that is too long for all its lines is cut at the last."""
    assert lines_of("L", "abcdefg", 2, 3) == "<L>ab</L><L>cd</L><L>ef</L>"
    assert lines_of("L", " ", 2, 3) == ""


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party("AURBXXAA", "529900EXAMPLE0BORE42", "M", "N"), "<BICFI>AURBXXAA</BICFI>"),
        (
            Party("aurb", "529900EXAMPLE0BORE42", "M", "N"),
            "<LEI>529900EXAMPLE0BORE42</LEI><Nm>N</Nm>",
        ),
        (Party("", "", "M&1", "N"), "<ClrSysMmbId><MmbId>M&amp;1</MmbId></ClrSysMmbId><Nm>N</Nm>"),
        (Party("aurb", "", "", "N"), "<Nm>N</Nm><Othr><Id>aurb</Id></Othr>"),
        (Party("", "", "", "N"), "<Nm>N</Nm><Othr><Id>NOTPROVIDED</Id></Othr>"),
    ],
)
def test_agent_is_identified_by_the_best_it_has(party: Party, expected: str) -> None:
    """BIC, else LEI, else member identification, else what there is."""
    assert agent_identification(party) == f"<FinInstnId>{expected}</FinInstnId>"


@pytest.mark.parametrize(
    ("party", "expected"),
    [
        (Party("AURBXXAA", "", "M", "N"), "<Nm>N</Nm><Id><OrgId><AnyBIC>AURBXXAA</AnyBIC></OrgId></Id>"),
        (Party("", "", "M", ""), "<Id><OrgId><Othr><Id>M</Id></Othr></OrgId></Id>"),
        (Party(), ""),
    ],
)
def test_owner_is_identified_with_its_name(party: Party, expected: str) -> None:
    """An owner has its name beside its identification; one without either is not written."""
    assert organisation_identification(party) == expected


def test_moment_of_another_zone_is_written_in_utc() -> None:
    """A moment of another zone is the same moment in UTC."""
    moment = datetime(2026, 1, 5, 3, 15, tzinfo=timezone(timedelta(hours=5, minutes=45)))
    assert utc_text(moment) == "2026-01-04T21:30:00.000+00:00"
