"""The lists of the EU, the UK, Canada and OpenSanctions: read whole with all that they say, or refused."""

from __future__ import annotations

import gzip
import random
from datetime import date
from pathlib import Path

import pytest

from setfair.errors import FileRefusedError
from setfair.screening.lists import READERS
from setfair.screening.lists.model import EntryKind, NameQuality
from setfair.screening.lists.sniff import sniff_list
from tests.screening.more_samples import WRITERS
from tests.screening.ofac_samples import ENTRIES
from tests.shared import SHARED, needs_shared

FORMATS = tuple(WRITERS)
LATIN, CYRILLIC = "Zorvan Pellik", "Зорван Пеллик"


@pytest.mark.parametrize("form", FORMATS)
def test_what_a_list_says(tmp_path: Path, form: str) -> None:
    """Date, number, kinds, names with quality, years of birth, identifiers come out of every format."""
    path = WRITERS[form](tmp_path)
    found = READERS[form]("X", path)
    assert (found.published, len(found.entries)) == (date(2026, 3, 2), ENTRIES)
    person = found.entries[0]
    assert (person.kind, person.names[0].text, person.names[0].quality) == (
        EntryKind.PERSON,
        LATIN,
        NameQuality.MAIN,
    )
    assert person.birth_years == (1961,)
    texts = {name.text: name.quality for name in person.names}
    if form == "canada_xml":
        assert {"Sorwan Pelik", "Zorwan Pelik"} <= texts.keys()
    else:
        assert texts[CYRILLIC] is NameQuality.ALIAS
        assert [each.partition(" ")[2] for each in person.identifiers] == ["X1234567"]
    if form in ("ofac_xml", "eu_xml", "eu_csv", "uk_xml", "ftm_json"):
        assert texts["The Cobbler"] is NameQuality.LOW
    if not form.startswith("eu"):
        ship = next(entry for entry in found.entries if entry.names[0].text == "Brine Petrel")
        assert ship.kind is EntryKind.VESSEL
        assert ship.identifiers[0].endswith("9999991")
    assert len({entry.content_hash for entry in found.entries}) == ENTRIES
    assert sniff_list(path) == form


def test_what_ofac_says_elsewhere_belongs_to_the_entry(tmp_path: Path) -> None:
    """Programme, country of a place, order of the parts of a name; what changes there changes the entry."""
    path = WRITERS["ofac_xml"](tmp_path)
    person = READERS["ofac_xml"]("OFAC", path).entries[0]
    assert (person.programme, person.countries) == ("EXAMPLE", ("Ruritania",))
    assert [name.text for name in person.names] == [LATIN, CYRILLIC, "The Cobbler"]
    for old, new in (
        ("Ruritania", "Graustark"),
        ('To-ProfileID="2"', 'To-ProfileID="3"'),
        ("<Comment>EXAMPLE", "<Comment>OTHER"),
    ):
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace(old, new, 1), encoding="utf-8")
        assert READERS["ofac_xml"]("OFAC", path).entries[0].content_hash != person.content_hash
        path.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ('ProfileID="6"', 'ProfileID="66"', "ProfileID 66 is of no party"),
        ('From-ProfileID="1"', 'From-ProfileID="9"', "From-ProfileID 9 is of no party"),
        ('LocationID="7"', 'LocationID="8"', "place 8 is not among the locations"),
        ('FixedRef="2"', 'FixedRef="1"', "entry 1 is there twice"),
        ('FixedRef="2"', "", "no identification"),
        ("<Month>3</Month>", "<Month>13</Month>", "DateOfIssue is '2026-13-2'"),
        ("Locations>", "Places>", "Places is not known or there twice"),
        (
            "<ProfileRelationships>",
            "<Locations/><ProfileRelationships>",
            "Locations is not known or there twice",
        ),
        ("SanctionsEntries>", "SanctionsEntryLinks>", "section SanctionsEntries is missing"),
        ("Brine Petrel", "", "entry 2 has no name"),
    ],
)
def test_ofac_refusals(tmp_path: Path, old: str, new: str, reason: str) -> None:
    """What does not belong together, is there twice or is missing refuses the whole list."""
    path = WRITERS["ofac_xml"](tmp_path)
    text = path.read_text(encoding="utf-8")
    count = 2 if old.endswith(">") and not old.startswith("<") else 1
    path.write_text(text.replace(old, new, count), encoding="utf-8")
    with pytest.raises(FileRefusedError, match=reason):
        READERS["ofac_xml"]("OFAC", path)


def test_both_files_of_the_eu_say_the_same(tmp_path: Path) -> None:
    """XML and CSV give the same entries, hashes aside."""
    xml, csv = (READERS[form]("EU", WRITERS[form](tmp_path)) for form in ("eu_xml", "eu_csv"))
    for one, other in zip(xml.entries, csv.entries, strict=True):
        assert (one.entry_id, one.kind, one.names, one.reference) == (
            other.entry_id,
            other.kind,
            other.names,
            other.reference,
        )
        assert (one.birth_years, one.identifiers, one.countries) == (
            other.birth_years,
            other.identifiers,
            other.countries,
        )


@pytest.mark.parametrize("form", FORMATS)
def test_cut_anywhere_is_refused(tmp_path: Path, form: str) -> None:
    """A download that ended early, at a random byte or the end of any line, is refused; so are zeros."""
    path = WRITERS[form](tmp_path)
    whole = path.read_bytes()
    last = len(whole.rstrip())
    offsets = {random.Random(5).randrange(last) for _ in range(40)} | {0, last - 1}
    offsets |= {place + 1 for place, byte in enumerate(whole[: last - 1]) if byte == 10}
    for content in (*(whole[:offset] for offset in sorted(offsets)), whole[: last // 2].ljust(last, b"\0")):
        path.write_bytes(content)
        with pytest.raises(FileRefusedError):
            READERS[form]("X", path)


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("other", [*FORMATS, "html"])
def test_another_list_is_refused(tmp_path: Path, form: str, other: str) -> None:
    """A file of another publisher, or a page that says that the service is down, is refused."""
    if form == other:
        return
    path = WRITERS[form](tmp_path)
    content = b"<html><body>Service unavailable</body></html>\n"
    if other != "html":
        (tmp_path / "other").mkdir()
        content = WRITERS[other](tmp_path / "other").read_bytes()
    path.write_bytes(content)
    with pytest.raises(FileRefusedError):
        READERS[form]("X", path)


@pytest.mark.parametrize("form", ["ofac_xml", "eu_xml", "uk_xml", "canada_xml"])
def test_entities_do_not_expand(tmp_path: Path, form: str) -> None:
    """A document type, with entities that would expand or name a file, refuses the list at once."""
    path = WRITERS[form](tmp_path)
    text = path.read_text(encoding="utf-8")
    for doctype in (
        '<!DOCTYPE x [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;">]>',
        '<!DOCTYPE x SYSTEM "file:///etc/hosts">',
    ):
        for padding in ("", f"<!--{'x' * 70_000}-->"):
            path.write_text(text.replace("?>", f"?>{padding}{doctype}", 1), encoding="utf-8")
            with pytest.raises(FileRefusedError, match="DOCTYPE"):
                READERS[form]("X", path)


def test_a_change_of_anything_changes_the_hash(tmp_path: Path) -> None:
    """An entry's hash covers what is not kept as well, and no other entry's changes."""
    for form in FORMATS:
        path = WRITERS[form](tmp_path)
        before = [entry.content_hash for entry in READERS[form]("X", path).entries]
        text = path.read_text(encoding="utf-8")
        path.write_text(text.replace("1961", "1962"), encoding="utf-8")
        after = [entry.content_hash for entry in READERS[form]("X", path).entries]
        assert [one == other for one, other in zip(before, after, strict=True)] == [False] + [True] * (
            ENTRIES - 1
        )


@needs_shared
def test_published_lists(tmp_path: Path) -> None:
    """The Canadian list of May 2025 whole, and the published samples of the EU and the UK."""
    lists = SHARED / "screening" / "lists"
    canada = tmp_path / "canada.xml"
    canada.write_bytes(gzip.decompress((lists / "other" / "canada_sema_2025-05.xml.gz").read_bytes()))
    canada.with_name("canada.xml.published").write_text("2025-05-01 4759\n")
    found = READERS["canada_xml"]("CA", canada)
    assert sum(entry.kind is EntryKind.VESSEL for entry in found.entries) == 109
    eu = READERS["eu_xml"]("EU", lists / "eu" / "fsf_1_1_format_sample_2026-08-05.xml")
    assert next(entry.names[0].text for entry in eu.entries) == "Abdul Manan Agha"
    uk = READERS["uk_xml"]("UK", lists / "uk" / "uk_sanctions_list_format_sample_2026-09-07.xml")
    assert [entry.names[0].text for entry in uk.entries][1] == "MOHAMMAD HASSAN AKHUND"
    assert (uk.published, uk.entries[1].birth_years) == (date(2026, 9, 7), (1945, 1946))
