"""Files that are broken, cut off or made to do harm are refused, and the message says where and what."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from setfair.errors import FileRefusedError
from setfair.formats.iso20022.parse import PART_BYTES_MAX
from setfair.formats.iso20022.read import read_iso20022, sniff_message
from tests.formats.iso20022 import read_cases as cases

LAUGHS = (
    '<!DOCTYPE Document [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">'
    '<!ENTITY c "&b;&b;&b;&b;&b;&b;">]>'
)


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "the file is empty"),
        (b"   \n ", "no XML element starts"),
        (b"PK\x03\x04 not xml", "not a text file|not XML"),
        (b"uetr,amount\n1,2\n", "not XML"),
        (b"<", "not XML|no XML element"),
        (b"\0\0\0\0", "not a text file"),
        (b"<!-- never ends", "no XML element starts"),
        (b"<?xml version='1.0' encoding='UTF-7'?><Document/>", "encoding UTF-7 is not read"),
        (b"<?xml version='1.0' encoding='no-such'?><Document/>", "encoding no-such is not read"),
        (b"<?xml version='1.0' encoding='UTF-16'?><Document/>", "no byte order mark"),
        (b"\xef\xbb\xbf<?xml version='1.0' encoding='ISO-8859-1'?><Document/>", "byte order mark says utf-8"),
        ("\ufeff<Document/>".encode("utf-32-le"), "encoding utf-32 is not read"),
        ("<Document/>".encode("utf-16-le"), "without a byte order mark"),
        (b"<Document>", "not well-formed|holds no ISO 20022|is not read here"),
        (b"<html><body/></html>", "holds no ISO 20022 Document"),
        (b"<Document/>", "without a namespace is not read here"),
    ],
)
def test_what_is_no_message_is_refused(tmp_path: Path, content: bytes, text: str) -> None:
    """A file that is no message at all is refused in words."""
    problem = cases.refused(tmp_path, content)
    assert any(option in problem.text for option in text.split("|")), problem.text
    assert problem.reason in ("FF01", "AG03")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "iso-8859-1"])
@pytest.mark.parametrize("before", ["", "<!-- c -->", "<?xml-stylesheet href='x'?>\n  "])
def test_doctype_is_refused_in_every_encoding(tmp_path: Path, encoding: str, before: str) -> None:
    """A document type declaration never reaches the parser, wherever it hides in the prolog."""
    declared = encoding.removesuffix("-sig")
    text = f'<?xml version="1.0" encoding="{declared}"?>{before}{LAUGHS}' + cases.pacs008().replace(
        "Amber", "&c;"
    )
    problem = cases.refused(tmp_path, text.encode(encoding))
    assert "DOCTYPE" in problem.text
    assert problem.line is not None


def test_entity_without_doctype_is_refused(tmp_path: Path) -> None:
    """An entity that nothing defines is not well-formed."""
    assert "not well-formed" in cases.refused(tmp_path, cases.pacs008().replace("Amber", "&who;")).text


def test_file_cut_off_anywhere_is_refused(tmp_path: Path) -> None:
    """However a file is cut off, it never ends cleanly."""
    whole = cases.envelope(cases.pacs008(*[cases.customer_transfer()] * 3)).encode()
    source = random.Random(7)
    for length in (*source.sample(range(len(whole)), 150), len(whole) - 1):
        path = cases.write(tmp_path, whole[:length])
        with pytest.raises(FileRefusedError):
            list(read_iso20022(path))


def test_file_cut_off_after_batches_still_fails(tmp_path: Path) -> None:
    """Rows may come out of a file that is cut off, but the iterator never ends without an error."""
    whole = cases.pacs008(*[cases.customer_transfer()] * 9000).encode()
    path = cases.write(tmp_path, whole[: len(whole) - 30])
    batches = read_iso20022(path)
    assert next(batches).rows.num_rows == 8192
    with pytest.raises(FileRefusedError, match="cut off"):
        list(batches)


def test_a_cut_is_told_in_words(tmp_path: Path) -> None:
    """What the parser found at the end of the file is said once, and as text."""
    whole = cases.pacs008()
    cut = cases.refused(tmp_path, whole[: whole.index("</CdtTrfTxInf>")])
    assert cut.text.startswith("not well-formed XML, or cut off: Premature end of data in tag ")


@pytest.mark.parametrize("after", ["garbage", "<More/>", "\0", "</Document>", "&amp;"])
def test_anything_after_the_end_is_refused(tmp_path: Path, after: str) -> None:
    """Nothing may follow the closing tag of the root element."""
    assert cases.refused(tmp_path, cases.pacs008() + after).reason == "FF01"


@pytest.mark.parametrize(
    "change",
    [
        ("Amber Mills", "Amber\0Mills"),
        ("Amber Mills", b"\xff\xfe\xfd"),
        ("Amber Mills", "&#0;"),
        ("<ChrgBr>SHAR</ChrgBr>", "<ChrgBr>SHAR</ChrgBar>"),
        ('Ccy="EUR"', 'Ccy="EUR" Ccy="USD"'),
    ],
)
def test_bytes_that_are_no_xml_are_refused_with_a_line(
    tmp_path: Path, change: tuple[str, str | bytes]
) -> None:
    """What is not well-formed is refused, and the line is named."""
    old, new = change
    content = cases.pacs008().replace("<Dbtr>", "\n<Dbtr>").encode()
    problem = cases.refused(
        tmp_path, content.replace(old.encode(), new if isinstance(new, bytes) else new.encode())
    )
    assert problem.text.startswith("not well-formed")
    assert problem.line in (1, 2)


def test_deep_nesting_is_refused(tmp_path: Path) -> None:
    """A tower of elements does not bring the reader down."""
    tower = "<a>" * 5000 + "</a>" * 5000
    text = cases.envelope(cases.pacs008()).replace("<AppHdr", tower + "<AppHdr")
    assert "not well-formed" in cases.refused(tmp_path, text).text


def test_endless_part_is_refused(tmp_path: Path) -> None:
    """No single transaction may fill the memory."""
    lines = "<RmtInf>" + f"<Ustrd>{'x' * 140}</Ustrd>" * (2 * PART_BYTES_MAX // 140) + "</RmtInf>"
    text = cases.pacs008(cases.customer_transfer(remittance=lines))
    assert f"longer than {PART_BYTES_MAX} bytes" in cases.refused(tmp_path, text).text


def test_endless_envelope_is_refused(tmp_path: Path) -> None:
    """Nor may what an envelope has after the message, or before it."""
    junk = "<Junk>x</Junk>" * (2 * PART_BYTES_MAX // 14)
    text = cases.envelope(cases.pacs008() + junk)
    assert "longer than" in cases.refused(tmp_path, text).text
    assert "no ISO 20022 Document" in cases.refused(tmp_path, f"<Env>{junk}{cases.pacs008()}</Env>").text


def test_text_is_not_cut_by_a_comment(tmp_path: Path) -> None:
    """A comment, an instruction or a CDATA section in a name hides none of it from screening."""
    name = "<Nm>Am<!-- -->ber<?x y?> <![CDATA[M]]>ills</Nm>"
    row = cases.read_row(tmp_path, cases.pacs008(cases.customer_transfer(debtor=name)))
    assert row["debtor_name"] == "Amber Mills"


@pytest.mark.parametrize("place", ["supplement", "signature"])
def test_transaction_in_a_place_without_rules_is_not_read(tmp_path: Path, place: str) -> None:
    """Where any content is allowed, something that looks like a transaction is none."""
    space = f"xmlns='{cases.NAMESPACE}pacs.008.001.08'"
    fake = f"<FIToFICstmrCdtTrf {space}>{cases.customer_transfer()}</FIToFICstmrCdtTrf>"
    if place == "supplement":
        real = cases.customer_transfer(remittance=f"<SplmtryData><Envlp>{fake}</Envlp></SplmtryData>")
        text = cases.envelope(cases.pacs008(real))
    else:
        signature = f"<Sgntr><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>{fake}</Signature></Sgntr>"
        text = cases.envelope(cases.pacs008()).replace("</AppHdr>", f"{signature}</AppHdr>")
    assert len(cases.read_rows(tmp_path, text)) == 1


def test_document_inside_the_header_is_refused(tmp_path: Path) -> None:
    """A header signs a message, it does not carry one."""
    signature = (
        f"<Sgntr><Signature xmlns='http://www.w3.org/2000/09/xmldsig#'>{cases.pacs008()}</Signature></Sgntr>"
    )
    text = cases.envelope("").replace("</AppHdr>", f"{signature}</AppHdr>")
    assert "inside the header" in cases.refused(tmp_path, text).text


@pytest.mark.parametrize("where", ["side by side", "inside"])
def test_second_document_is_refused(tmp_path: Path, where: str) -> None:
    """A file holds one message, also where any content is allowed."""
    if where == "side by side":
        text = cases.envelope(cases.pacs008() * 2)
    else:
        inner = f"<SplmtryData><Envlp>{cases.pacs008()}</Envlp></SplmtryData>"
        text = cases.pacs008(cases.customer_transfer(remittance=inner))
    assert "more than one Document" in cases.refused(tmp_path, text).text


def test_second_or_late_header_is_refused(tmp_path: Path) -> None:
    """At most one header, and before the message."""
    header = cases.HEADER.format(message="pacs.008.001.08", service="x")
    for inner in (header + header + cases.pacs008(), cases.pacs008() + header):
        assert "at most one AppHdr" in cases.refused(tmp_path, f"<Env>{inner}</Env>").text


@pytest.mark.parametrize(
    "message", ["pacs.008.001.07", "pacs.008.001.14", "pain.001.001.09", "camt.053.001.08"]
)
def test_other_messages_are_refused_with_what_is_allowed(tmp_path: Path, message: str) -> None:
    """A message that is not read is named, with those that are."""
    text = f'<Document xmlns="{cases.NAMESPACE}{message}"/>'
    problem = cases.refused(tmp_path, text)
    assert problem.reason == "AG03"
    assert message in problem.text
    assert "pacs.008.001.08" in problem.text
    assert sniff_message(cases.write(tmp_path, text)) == message


def test_unknown_header_version_is_refused(tmp_path: Path) -> None:
    """A header of another version is named, with those that are read."""
    problem = cases.refused(
        tmp_path, cases.envelope(cases.pacs008()).replace("head.001.001.02", "head.001.001.09")
    )
    assert "head.001.001.09 is not read here; allowed: head.001.001.01" in problem.text


def test_invalid_element_is_named_with_line_and_path(tmp_path: Path) -> None:
    """A value that breaks its type is refused with its line, its path and what is allowed."""
    good = cases.customer_transfer().replace("<Dbtr>", "\n<Dbtr>")
    bad = good.replace("ALPHXX22", "alphxx22")
    problem = cases.refused(tmp_path, cases.pacs008(*[good] * 200, bad, good))
    assert problem.line == 202
    assert problem.element == "Document/FIToFICstmrCdtTrf/CdtTrfTxInf/DbtrAgt/FinInstnId/BICFI"
    assert "[A-Z0-9]{4}" in problem.text


def test_first_of_two_mistakes_is_named(tmp_path: Path) -> None:
    """Where a file is first invalid and then not even well-formed, the first is named."""
    problem = cases.refused(tmp_path, cases.pacs008().replace("<Dbtr><Nm>", "\n<Dbtr><Nm><Nm>"))
    assert (problem.line, problem.element) == (2, "Document/FIToFICstmrCdtTrf/CdtTrfTxInf/Dbtr/Nm/Nm")


def test_attribute_of_the_root_is_checked(tmp_path: Path) -> None:
    """Nothing is allowed on the Document that the standard does not know; schema hints are."""
    problem = cases.refused(tmp_path, cases.pacs008().replace("<Document", "<Document lang='xa'"))
    assert (problem.line, problem.element) == (1, "Document")
    hint = "xmlns:xsi='http://www.w3.org/2001/XMLSchema-instance' xsi:schemaLocation='a b'"
    assert cases.read_rows(tmp_path, cases.pacs008().replace("<Document", f"<Document {hint}"))


def test_sniffing_never_fails(tmp_path: Path) -> None:
    """The name of the message is found from the first bytes; anything else gives None."""
    assert sniff_message(cases.write(tmp_path, cases.pacs008())) == "pacs.008.001.08"
    assert sniff_message(cases.write(tmp_path, cases.envelope(cases.pacs008())[:-500])) == "pacs.008.001.08"
    assert (
        sniff_message(cases.write(tmp_path, cases.pacs008().replace("</Dbtr>", "</Db>"))) == "pacs.008.001.08"
    )
    for content in (b"", b"a,b", b"<Document/>", b"<a><b></a>", b"\0\1", LAUGHS.encode()):
        assert sniff_message(cases.write(tmp_path, content)) is None


def test_missing_or_broken_official_schema_refuses_the_file(tmp_path: Path) -> None:
    """A folder of official schemas that lacks the message's, or has a broken one, lets nothing through."""
    path = cases.write(tmp_path, cases.pacs008())
    with pytest.raises(FileRefusedError, match=r"there is no schema .*pacs\.008\.001\.08\.xsd"):
        list(read_iso20022(path, xsd_dir=tmp_path))
    for content in (
        "<xs:schema xmlns:xs='http://www.w3.org/2001/XMLSchema'><xs:nonsense/></xs:schema>",
        "no XML",
    ):
        cases.write(tmp_path, content, "pacs.008.001.08.xsd")
        with pytest.raises(FileRefusedError, match="is broken"):
            list(read_iso20022(path, xsd_dir=tmp_path))


def test_prefix_that_nothing_declares_is_refused(tmp_path: Path) -> None:
    """An element with a prefix that no declaration explains is an element that is not expected."""
    text = cases.pacs008(cases.customer_transfer(before_debtor="<p:X/>"))
    problem = cases.refused(tmp_path, text)
    assert "This element is not expected" in problem.text
    assert (problem.line, problem.element[-3:]) == (1, "p:X")
