"""The UN list: what is read from it."""

from __future__ import annotations

import hashlib
from datetime import date
from pathlib import Path

import pytest

from setfair.errors import FileRefusedError
from setfair.screening.lists.model import EntryKind, Name, NameQuality, SanctionsList
from setfair.screening.lists.un_xml import read_un_xml
from tests.screening import samples


def read(tmp_path: Path, text: str | bytes) -> SanctionsList:
    path = tmp_path / "un.xml"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return read_un_xml("UN", path)


def test_person_with_every_kind_of_name(tmp_path: Path) -> None:
    """Name parts are joined, aliases keep their quality, the original script is marked."""
    person = read(tmp_path, samples.un_xml()).entries[0]
    assert person.entry_id == "900001"
    assert person.kind is EntryKind.PERSON
    assert person.reference == "EXi.001"
    assert person.programme == "Example"
    assert person.countries == ("Freedonia", "Ruritania")
    assert person.names == (
        Name("ZORVAN PELLIK DRAUMONT", NameQuality.MAIN),
        Name("Sorwan Pelik; Zorwan Pelik", NameQuality.ALIAS),
        Name("Sorwan Pelik", NameQuality.ALIAS),
        Name("Zorwan Pelik", NameQuality.ALIAS),
        Name("The Cobbler", NameQuality.LOW),
        Name("Зорван Пеллик", NameQuality.ALIAS, original_script=True),
    )


def test_organisation_with_parentheses(tmp_path: Path) -> None:
    """A remark in parentheses may be left out; another script is a name, and three letters say little."""
    organisation = read(tmp_path, samples.un_xml()).entries[1]
    assert organisation.kind is EntryKind.ORGANISATION
    assert [(name.text, name.quality) for name in organisation.names] == [
        ("GLIMMERFEN TRADING (GFT)", NameQuality.MAIN),
        ("GLIMMERFEN TRADING", NameQuality.MAIN),
        ("GFT", NameQuality.LOW),
        ("Morrowfen Trading (شركة الفجر)", NameQuality.ALIAS),
        ("Morrowfen Trading", NameQuality.ALIAS),
        ("شركة الفجر", NameQuality.ALIAS),
    ]


def test_date_and_hash(tmp_path: Path) -> None:
    """The list carries the date it was generated on and the hash of its bytes."""
    text = samples.un_xml(published=date(2026, 2, 27))
    found = read(tmp_path, text)
    assert found.published == date(2026, 2, 27)
    assert found.content_hash == hashlib.sha256(text.encode()).hexdigest()


def test_other_encoding_is_read_as_declared(tmp_path: Path) -> None:
    """UTF-16 gives the same entries as UTF-8."""
    text = samples.un_xml()
    wide = text.replace("UTF-8", "UTF-16").encode("utf-16")
    assert read(tmp_path, wide).entries == read(tmp_path, text).entries


def test_comment_inside_a_name_does_not_cut_it(tmp_path: Path) -> None:
    """Comments and processing instructions do not split a text."""
    person = samples.PERSON.replace("ZORVAN", "ZOR<!-- x -->V<?y z?>AN")
    found = read(tmp_path, samples.un_xml(person))
    assert found.entries[0].names[0].text == "ZORVAN PELLIK DRAUMONT"


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ("Ruritania", "Elbonia", True),
        ("<QUALITY>Good", "<QUALITY>Low", True),
        ("The Cobbler", "The Tanner", True),
        ("<VERSIONNUM>1", "<VERSIONNUM>2", True),
        ("<SORT_KEY/>", "<SORT_KEY>9</SORT_KEY>", False),
        ("\n<SECOND_NAME>", "\n\n  <SECOND_NAME>", False),
    ],
)
def test_entry_hash_follows_what_the_list_says(tmp_path: Path, old: str, new: str, changes: bool) -> None:
    """Whatever the list says of an entry changes its hash; how the file is laid out does not."""
    before = read(tmp_path, samples.un_xml()).entries[0]
    assert old in samples.PERSON
    after = read(tmp_path, samples.un_xml(samples.PERSON.replace(old, new))).entries[0]
    assert (after.content_hash != before.content_hash) is changes


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        (samples.un_xml().replace("900002", "900001"), "entry 900001 is there twice"),
        (samples.un_xml().replace("<DATAID>900001</DATAID>", ""), "no identification"),
        (samples.un_xml(entities="<ENTITY><DATAID>1</DATAID></ENTITY>"), "entry 1 has no name"),
        (samples.un_xml(entities="<VESSEL><DATAID>1</DATAID></VESSEL>"), "VESSEL is not known"),
        (samples.un_xml().replace("<ENTITIES>", "<SHIPS/><ENTITIES>"), "SHIPS is not known"),
        (
            samples.un_xml().replace("<ENTITIES>", "<INDIVIDUALS/><ENTITIES>"),
            "INDIVIDUALS is not known or there twice",
        ),
        (samples.un_xml().replace("ENTITIES>", "INDIVIDUALS>"), "INDIVIDUALS is not known or there twice"),
        (samples.un_xml().replace(f"<ENTITIES>{samples.ORGANISATION}</ENTITIES>", ""), "ENTITIES is missing"),
        (samples.un_xml().replace("2026-03-02T", "soon"), "not a date and time"),
        (samples.un_xml().replace("dateGenerated", "date"), "not a date and time"),
        (samples.un_xml(samples.PERSON.replace("ZORVAN", "Z" * 3000)), "a name has at most"),
        (
            samples.un_xml(
                samples.PERSON.replace(
                    "<SORT_KEY/>",
                    "".join(
                        f"<INDIVIDUAL_ALIAS><ALIAS_NAME>N{n}</ALIAS_NAME></INDIVIDUAL_ALIAS>"
                        for n in range(2001)
                    ),
                )
            ),
            "an entry has at most",
        ),
    ],
)
def test_what_is_not_this_list_is_refused(tmp_path: Path, text: str, reason: str) -> None:
    """A section, an entry or a date that is not understood refuses the whole list with its reason."""
    with pytest.raises(FileRefusedError, match=reason):
        read(tmp_path, text)


def test_many_entries_are_read_in_pieces(tmp_path: Path) -> None:
    """Entries that span the borders of pieces are all there, in order."""
    found = read_un_xml("UN", samples.write_un_xml(tmp_path / "un.xml", 3000))
    assert len(found.entries) == 3000
    assert [entry.entry_id for entry in found.entries[1:4]] == ["0", "1", "2"]
    assert len({entry.names[0].text for entry in found.entries}) == 3000
