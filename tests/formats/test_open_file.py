"""The one door for files: told by content, refused with a sentence about what is read."""

from __future__ import annotations

import gzip
import io
import os
import socket
import zipfile
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from setfair.domain.instruction import Family
from setfair.errors import FileProblem, FileRefusedError
from setfair.formats.open_file import open_instructions
from tests.formats.invoices import CII_INVOICE, UBL_CREDIT_NOTE, UBL_INVOICE
from tests.formats.tables import GOOD_PAYMENT, PAYMENT_HEADER
from tests.shared import SHARED, needs_shared


def _refusal(path: Path) -> FileProblem:
    with pytest.raises(FileRefusedError) as caught:
        list(open_instructions(path))
    return caught.value.problems[0]


def _zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w") as archive:
        archive.writestr("sheet.xml", "<a/>")
    return buffer.getvalue()


def _parquet() -> bytes:
    buffer = io.BytesIO()
    names = PAYMENT_HEADER.split(",")
    pq.write_table(
        pa.table(dict(zip(names, ([text] for text in GOOD_PAYMENT.split(",")), strict=True))), buffer
    )
    return buffer.getvalue()


READ = {
    "UBL invoice": (UBL_INVOICE.encode(), Family.OBLIGATION),
    "UBL credit note": (UBL_CREDIT_NOTE.encode(), Family.OBLIGATION),
    "CII": (CII_INVOICE.encode(), Family.OBLIGATION),
    "CSV": (f"{PAYMENT_HEADER}\n{GOOD_PAYMENT}\n".encode(), Family.PAYMENT),
    "Parquet": (_parquet(), Family.PAYMENT),
}


@pytest.mark.parametrize("name", READ)
@pytest.mark.parametrize("suffix", ["", ".xml", ".csv", ".pdf"])
def test_the_name_of_a_file_says_nothing(tmp_path: Path, name: str, suffix: str) -> None:
    """Whatever it is called, it is read for what it is."""
    data, family = READ[name]
    path = tmp_path / f"file{suffix}"
    path.write_bytes(data)
    (batch,) = open_instructions(path)
    assert (batch.family, batch.rows.num_rows) == (family, 1)


@needs_shared
def test_iso_20022_messages_go_to_their_reader() -> None:
    """A published pacs.008 comes back as payments that name their message."""
    samples = (SHARED or Path()) / "iso20022" / "samples"
    path = next(
        path for path in sorted(samples.rglob("*.xml")) if b"xsd:pacs.008.001.08" in path.read_bytes()[:2000]
    )
    batches = list(open_instructions(path))
    assert {batch.family for batch in batches} == {Family.PAYMENT}
    assert "pacs.008.001.08" in batches[0].rows["message_name"].to_pylist()


REFUSED = {
    "empty": (b"", "the file is empty"),
    "PDF": (b"%PDF-1.7\n%\xe2\xe3", "looks like a PDF"),
    "zip": (_zip(), "a zip archive or a spreadsheet"),
    "gzip": (gzip.compress(b"a,b\n"), "compressed with gzip"),
    "PNG": (b"\x89PNG\r\n\x1a\n\0\0", "an image"),
    "UTF-16 text": ("a,b\n1,2\n".encode("utf-16"), "UTF-16"),
    "NUL": (b"\0" * 5000, "neither text"),
    "random": (bytes(range(255, 0, -1)) * 9, ""),
    "prose": (b"Dear Sir or Madam,\nplease pay.\n", "those of no table"),
    "HTML": (b"<html><body>Sign in</body></html>", "is not read"),
    "half a tag": (b"<Invo", "does not end: the file may have been cut off"),
    "a tag without end": (b"<Invo" + b"x" * 200_000, "does not end within 131072 bytes"),
    "only a declaration": (b'<?xml version="1.0"?>\n', "no XML element"),
    "undeclared prefix": (b"<x:Invoice><ID/></x:Invoice>", "x:Invoice is not declared"),
}


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_read_is_refused_for_what_it_is(tmp_path: Path, name: str) -> None:
    """The refusal says what the file looks like."""
    data, text = REFUSED[name]
    (tmp_path / "file").write_bytes(data)
    assert text in _refusal(tmp_path / "file").text


@pytest.mark.parametrize("name", ["PDF", "zip", "NUL", "HTML", "empty"])
def test_a_refusal_says_what_is_read(tmp_path: Path, name: str) -> None:
    """One sentence names every format and the columns of the tables."""
    (tmp_path / "file").write_bytes(REFUSED[name][0])
    text = _refusal(tmp_path / "file").text
    assert all(
        word in text for word in ("ISO 20022", "UBL", "CII", "CSV", "Arrow", "Parquet", "debtor_agent")
    )


def test_what_is_no_file_is_refused(tmp_path: Path) -> None:
    """A folder, a path that is not there, a pipe (which would be waited for) and a socket."""
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        expected = {
            "": "is a folder",
            "gone": "No such file",
            "pipe": "not a regular file",
            "socket": "not a regular file",
        }
        assert {
            name: text in _refusal(tmp_path / name).text for name, text in expected.items()
        } == dict.fromkeys(expected, True)


@pytest.mark.skipif(os.geteuid() == 0, reason="the superuser may read every file")
def test_a_file_that_may_not_be_read_is_refused(tmp_path: Path) -> None:
    """The refusal says that it is a matter of permission."""
    (tmp_path / "file").write_text("a,b\n")
    (tmp_path / "file").chmod(0)
    assert "Permission denied" in _refusal(tmp_path / "file").text


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_damage_is_read_or_refused_and_never_worse(tmp_path: Path, data: st.DataObject) -> None:
    """Bytes of good files are changed, cut and doubled: batches or a refusal, no other exception."""
    good = data.draw(st.sampled_from([content for content, _ in READ.values()]))
    begin = data.draw(st.integers(0, len(good)))
    end = data.draw(st.integers(begin, min(len(good), begin + 20)))
    damaged = good[:begin] + data.draw(st.binary(max_size=6) | st.just(good[begin:end] * 2)) + good[end:]
    (tmp_path / "file").write_bytes(damaged)
    try:
        batches = list(open_instructions(tmp_path / "file"))
    except FileRefusedError:
        return
    for batch in batches:
        batch.rows.validate(full=True)
