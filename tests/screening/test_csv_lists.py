"""The comma separated lists: the US Treasury's and an operator's own."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from setfair.errors import FileRefusedError
from setfair.screening.lists import source
from setfair.screening.lists.model import EntryKind, Name, NameQuality
from setfair.screening.lists.ofac_csv import read_ofac_csv
from setfair.screening.lists.operator_csv import read_operator_csv
from tests.screening import samples


def edit(path: Path, old: str, new: str) -> None:
    text = path.read_bytes()
    assert old.encode() in text
    path.write_bytes(text.replace(old.encode(), new.encode(), 1))


def test_ofac_person(tmp_path: Path) -> None:
    """Strong aliases come from the alternates, weak ones from the remarks and what runs over."""
    found = read_ofac_csv("OFAC", samples.write_ofac_csv(tmp_path))
    person = found.entries[0]
    assert (person.entry_id, person.kind, person.programme) == ("1", EntryKind.PERSON, "EXAMPLE")
    assert person.countries == ("Ruritania",)
    assert person.names == (
        Name("VANTORREL, Ossip Maru", NameQuality.MAIN),
        Name("VANTORELL, Osip", NameQuality.ALIAS),
        Name("OLD OSSIP", NameQuality.LOW),
        Name("THE TREASURER OF EBB", NameQuality.LOW),
    )


def test_ofac_kinds_date_and_count(tmp_path: Path) -> None:
    """Kinds follow the type column, the date the note, the count the main file."""
    found = read_ofac_csv("OFAC", samples.write_ofac_csv(tmp_path, entries=30))
    assert [entry.kind for entry in found.entries[1:3]] == [EntryKind.VESSEL, EntryKind.ORGANISATION]
    assert len(found.entries) == 30
    assert found.published == samples.PUBLISHED


def test_ofac_hash_is_that_of_sha256sum(tmp_path: Path) -> None:
    """The hash covers every file and can be made again with sha256sum alone."""
    found = read_ofac_csv("OFAC", samples.write_ofac_csv(tmp_path))
    names = ("sdn.csv", "alt.csv", "add.csv", "sdn_comments.csv")
    lines = "".join(
        f"{hashlib.sha256((tmp_path / name).read_bytes()).hexdigest()}  {name}\n" for name in names
    )
    assert found.content_hash == hashlib.sha256(lines.encode()).hexdigest()


@pytest.mark.parametrize(
    ("file", "old", "new"),
    [
        ("sdn.csv", "Treasurer", "Bursar"),
        ("alt.csv", "VANTORELL", "VANTORELLI"),
        ("add.csv", "Strelsau", "Zenda"),
        ("sdn_comments.csv", "nationality Ruritania", "nationality Elbonia"),
    ],
)
def test_ofac_entry_hash_covers_every_file(tmp_path: Path, file: str, old: str, new: str) -> None:
    """A change in any file changes the hash of its entry, and of no other."""
    path = samples.write_ofac_csv(tmp_path)
    before = read_ofac_csv("OFAC", path).entries
    edit(tmp_path / file, old, new)
    after = read_ofac_csv("OFAC", path).entries
    assert [a.content_hash == b.content_hash for a, b in zip(after, before, strict=True)][:3] == [
        False,
        True,
        True,
    ]


def test_ofac_without_the_optional_files(tmp_path: Path) -> None:
    """Addresses and remarks that run over may be absent; alternates may not."""
    path = samples.write_ofac_csv(tmp_path)
    (tmp_path / "add.csv").unlink()
    (tmp_path / "sdn_comments.csv").unlink()
    assert len(read_ofac_csv("OFAC", path).entries) == 20
    (tmp_path / "alt.csv").unlink()
    with pytest.raises(FileRefusedError, match=r"alt\.csv.*\n.*No such file"):
        read_ofac_csv("OFAC", path)


@pytest.mark.parametrize(
    ("file", "old", "new", "reason"),
    [
        ("sdn.csv", "\x1a", "", r"truncated: the end mark"),
        ("alt.csv", "\x1a", "", r"truncated: the end mark"),
        ("add.csv", "\x1a", "", r"truncated: the end mark"),
        ("sdn_comments.csv", "\x1a", "", r"truncated: the end mark"),
        ("alt.csv", "\x1a", "\x1a\r\n1,2,3,4,5\r\n", r"line 4: there must be nothing after the end mark"),
        ("alt.csv", "2,11", "77,11", r"line 2: entry 77 is not in the main file"),
        ("sdn.csv", '"vessel"', '"barge"', r"line 2, SDN_Type: type 'barge' is not known"),
        ("sdn.csv", "\r\n2,", "\r\n1,", r"line 2: entry 1 is there twice"),
        ("sdn.csv", '"BRINE PETREL",', "", r"line 2: 11 columns where 12"),
        ("sdn.csv", '"BRINE PETREL"', "-0- ", r"line 2: entry 2 has no name"),
        ("sdn.csv", '"BRINE PETREL"', '"BRINE "PETREL"', r"line 2: not a CSV file"),
        ("sdn.csv.published", "2026-03-02", "2026-02-30", r"line 1: not a date"),
        ("sdn.csv.published", "2026-03-02", "yesterday", r"line 1: not 'YYYY-MM-DD"),
        ("sdn.csv.published", "2026-03-02", "2026-03-02 21", r"20 entries, but the note beside it says 21"),
    ],
)
def test_ofac_refusals(tmp_path: Path, file: str, old: str, new: str, reason: str) -> None:
    """Each defect refuses the set with the file, the line and the reason."""
    path = samples.write_ofac_csv(tmp_path)
    edit(tmp_path / file, old, new)
    with pytest.raises(FileRefusedError, match=reason):
        read_ofac_csv("OFAC", path)


def test_ofac_needs_its_published_names(tmp_path: Path) -> None:
    """A main file under another name is refused, since the others could not be found."""
    with pytest.raises(FileRefusedError, match="main file is named"):
        read_ofac_csv("OFAC", tmp_path / "list.csv")


def test_list_without_a_date_needs_its_note(tmp_path: Path) -> None:
    """Without the note the message says what to write where."""
    path = samples.write_ofac_csv(tmp_path)
    (tmp_path / "sdn.csv.published").unlink()
    with pytest.raises(FileRefusedError, match=r"write one line .* into .*sdn\.csv\.published"):
        read_ofac_csv("OFAC", path)


def test_operator_list(tmp_path: Path) -> None:
    """An operator's list may name kind, country and aliases, and a byte order mark does no harm."""
    path = samples.write_operator_csv(
        tmp_path / "own.csv", ["a1,Фирма Буря,organisation,RT,Burya Co; Boorya", "a2,Nobody,,,"]
    )
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    first, second = read_operator_csv("HOUSE", path).entries
    assert (first.entry_id, first.kind, first.countries) == ("a1", EntryKind.ORGANISATION, ("RT",))
    assert [name.text for name in first.names] == ["Фирма Буря", "Burya Co; Boorya", "Burya Co", "Boorya"]
    assert (second.kind, second.countries) == (EntryKind.UNKNOWN, ())


def test_operator_list_of_two_columns(tmp_path: Path) -> None:
    """Only id and name are required."""
    path = tmp_path / "own.csv"
    path.write_text("name,id\nSilverpond Mills,7\n")
    (tmp_path / "own.csv.published").write_text("2026-03-02 1\n")
    assert read_operator_csv("HOUSE", path).entries[0].entry_id == "7"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (b"", "the file is empty"),
        (b"\n", "header"),
        (b"id,title\n1,X\n", "the header is 'id,title'; allowed is id,name"),
        (b"id,name,name\n1,X,Y\n", "each once"),
        (b"id,name\n1,X,Y\n", "line 2: 3 columns where the header has 2"),
        (b"id,name\n1,X", "truncated: the last line has no end"),
        (b"id,name\n1,X\n", "1 entries, but the note beside it says 2"),
        (b"id,name\n1,\xff\xfe\n2,Y\n", "line 2: not UTF-8"),
        (b'id,name\n1,"X\n2,Y\n', "not a CSV file: unexpected end of data"),
        (b"id,name,kind\n1,X,ghost\n", "line 2, kind: 'ghost' is none of person"),
        (b"id,name\n1,---\n2,X\n", "entry 1 has no name"),
        (b"id,name\n,X\n2,Y\n", "no identification"),
    ],
)
def test_operator_refusals(tmp_path: Path, text: bytes, reason: str) -> None:
    """Each defect refuses the list with the line and the reason."""
    path = tmp_path / "own.csv"
    path.write_bytes(text)
    (tmp_path / "own.csv.published").write_text("2026-03-02 2\n")
    with pytest.raises(FileRefusedError, match=reason):
        read_operator_csv("HOUSE", path)


def test_operator_note_needs_the_count(tmp_path: Path) -> None:
    """A format without an end mark is not accepted on the date alone."""
    path = samples.write_operator_csv(tmp_path / "own.csv", ["1,X,,,"])
    (tmp_path / "own.csv.published").write_text("2026-03-02\n")
    with pytest.raises(FileRefusedError, match="not 'YYYY-MM-DD ENTRIES'"):
        read_operator_csv("HOUSE", path)


def test_sizes_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line, a file and a list that are too large are refused before they fill the memory."""
    path = samples.write_operator_csv(tmp_path / "own.csv", ["1,X,,,", "2,Y,,,"])
    for limit, value, reason in (
        ("LINE_BYTES_MAX", 20, "a line has at most 20 bytes"),
        ("FILE_BYTES_MAX", 30, "a list file has at most 30 bytes"),
        ("ENTRIES_MAX", 1, "a list has at most 1 entries"),
    ):
        with monkeypatch.context() as patch:
            patch.setattr(source, limit, value)
            with pytest.raises(FileRefusedError, match=reason):
                read_operator_csv("HOUSE", path)
