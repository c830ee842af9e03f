"""Files that are cut, empty, of another kind or made to harm: each is refused, nothing is half loaded."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pytest

from setfair.errors import FileRefusedError, ScreeningUnavailableError
from setfair.screening.gate import load_lists
from setfair.screening.lists import READERS
from setfair.screening.lists.un_xml import read_un_xml
from tests.screening import samples

BOMB = "".join(f'<!ENTITY e{n} "{f"&e{n - 1};" * 10}">' for n in range(1, 12))


def un_file(folder: Path) -> Path:
    return samples.write_un_xml(folder / "un.xml", 40)


def operator_file(folder: Path) -> Path:
    rows = [f"{n},{samples.invented_name(n)},person,RT,Alias {n}" for n in range(40)]
    return samples.write_operator_csv(folder / "own.csv", rows)


@pytest.mark.parametrize(
    ("format_name", "write", "cut_name"),
    [
        ("un_xml", un_file, "un.xml"),
        ("ofac_csv", samples.write_ofac_csv, "sdn.csv"),
        ("ofac_csv", samples.write_ofac_csv, "alt.csv"),
        ("ofac_csv", samples.write_ofac_csv, "add.csv"),
        ("ofac_csv", samples.write_ofac_csv, "sdn_comments.csv"),
        ("operator_csv", operator_file, "own.csv"),
    ],
)
def test_file_cut_anywhere_is_refused(
    tmp_path: Path, format_name: str, write: Callable[[Path], Path], cut_name: str
) -> None:
    """A download that ended early, at any of 150 random bytes or at the end of any line, is refused."""
    path = write(tmp_path)
    cut = tmp_path / cut_name
    whole = cut.read_bytes()
    READERS[format_name]("X", path)
    last = len(whole.rstrip())
    offsets = {random.Random(7).randrange(last) for _ in range(150)}
    offsets |= {0, last - 1, *(place + 1 for place, byte in enumerate(whole[: last - 1]) if byte == 10)}
    for offset in sorted(offsets):
        cut.write_bytes(whole[:offset])
        with pytest.raises(FileRefusedError):
            READERS[format_name]("X", path)


def test_half_downloaded_file_filled_with_zeros_is_refused(tmp_path: Path) -> None:
    """A file of the right length whose second half never came is refused in every format."""
    for format_name, write in (
        ("un_xml", un_file),
        ("ofac_csv", samples.write_ofac_csv),
        ("operator_csv", operator_file),
    ):
        path = write(tmp_path)
        whole = path.read_bytes()
        path.write_bytes(whole[: len(whole) // 2].ljust(len(whole), b"\0"))
        with pytest.raises(FileRefusedError):
            READERS[format_name]("X", path)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "the file is empty"),
        (b"   \n", "truncated or not well-formed"),
        (b"<html><body>Service unavailable</body></html>", "it is a web page"),
        (b"\n<!DOCTYPE html><HTML><body>Sign in</body></HTML>", "it is a web page"),
        (b'{"error": "too many requests"}', "it is JSON and no XML"),
        (b"PK\x03\x04rest of an archive", "it is compressed: unpack it first"),
        (b"<Document/>", "root element is Document"),
        (b'<x:CONSOLIDATED_LIST xmlns:x="urn:x"/>', "root element is {urn:x}CONSOLIDATED_LIST"),
        (b'<CONSOLIDATED_LIST xmlns="urn:x"/>', "root element is {urn:x}CONSOLIDATED_LIST"),
        (b"\x1f\x8b\x08\x00rest of a compressed file", "it is compressed: unpack it first"),
        (b"%PDF-1.7", "truncated or not well-formed"),
        (samples.un_xml().encode() + b"<more/>", "truncated or not well-formed"),
        (samples.un_xml().encode() * 2, "truncated or not well-formed"),
        (
            samples.un_xml().encode("utf-8").replace("Зорван".encode(), b"\xff\xfe"),
            "truncated or not well-formed",
        ),
        (samples.un_xml().replace("UTF-8", "EBCDIC-NOWHERE").encode(), "truncated or not well-formed"),
        (samples.un_xml().replace("ZORVAN", "&undefined;").encode(), "truncated or not well-formed"),
        (b"<a>" * 100_000, "truncated or not well-formed"),
        (b"<!--" + b"x" * 70_000 + b"--><!DOCTYPE a><CONSOLIDATED_LIST/>", "DOCTYPE"),
        (
            samples.un_xml("<INDIVIDUAL>" + "<a>" * 5000 + "</a>" * 5000 + "</INDIVIDUAL>").encode(),
            "truncated or not well-formed",
        ),
    ],
)
def test_file_that_is_no_un_list_is_refused(tmp_path: Path, content: bytes, reason: str) -> None:
    """Error pages, other messages, archives and broken XML are refused with what they are."""
    path = tmp_path / "un.xml"
    path.write_bytes(content)
    with pytest.raises(FileRefusedError, match=reason):
        read_un_xml("UN", path)


@pytest.mark.parametrize(
    "declaration",
    [
        "<!DOCTYPE CONSOLIDATED_LIST>",
        '<!DOCTYPE CONSOLIDATED_LIST SYSTEM "http://example.invalid/list.dtd">',
        '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY e0 "x">]>',
        f'<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY e0 "x">{BOMB}]>',
        '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY e11 SYSTEM "file:///etc/hostname">]>',
        '<!DOCTYPE CONSOLIDATED_LIST [<!ENTITY % p SYSTEM "file:///etc/hostname"> %p;]>',
    ],
)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_document_type_is_refused_before_anything_expands(
    tmp_path: Path, declaration: str, encoding: str
) -> None:
    """No entity is expanded or fetched, in the content, in an attribute or in the declaration itself."""
    text = samples.un_xml().replace("\n", f"\n{declaration}\n", 1).replace("UTF-8", encoding.upper())
    for place, entity in (("ZORVAN", "&e11;"), ("2026-03-02T", "&e11;"), ("ZORVAN", "plain")):
        (tmp_path / "un.xml").write_bytes(text.replace(place, entity).encode(encoding))
        with pytest.raises(FileRefusedError, match="DOCTYPE"):
            read_un_xml("UN", tmp_path / "un.xml")


@pytest.mark.parametrize("kind", ["missing", "folder"])
def test_what_is_not_a_file_is_refused(tmp_path: Path, kind: str) -> None:
    """A missing file and a folder in its place are refused with the system's reason."""
    path = tmp_path / "un.xml"
    if kind == "folder":
        path.mkdir()
    with pytest.raises(FileRefusedError, match=r"cannot be read \((No such file|Is a directory)"):
        read_un_xml("UN", path)


def test_every_refusal_stops_settlement(tmp_path: Path) -> None:
    """The gate turns a refused file into the error that stops settlement, with file and reason."""
    path = samples.write_un_xml(tmp_path / "un.xml")
    path.write_bytes(path.read_bytes()[:-30])
    with pytest.raises(
        ScreeningUnavailableError, match=r"list UN: .*un\.xml .* truncated .*newly downloaded"
    ):
        load_lists([samples.un_requirement(path)], samples.TODAY)
