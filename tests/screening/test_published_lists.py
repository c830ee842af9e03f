"""The lists as they are published: read whole, counted a second way, and screened against themselves."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from setfair.errors import FileRefusedError, ScreeningUnavailableError
from setfair.screening.gate import load_lists
from setfair.screening.lists.model import EntryKind, NameQuality, SanctionsList
from setfair.screening.lists.ofac_csv import read_ofac_csv
from setfair.screening.lists.un_xml import read_un_xml
from setfair.screening.match import ExactMatcher
from tests.screening import samples
from tests.shared import SHARED, needs_shared

pytestmark = needs_shared
UN_DATES = ("2025-04-19", "2026-02-27")


def lists_folder() -> Path:
    assert SHARED is not None
    return SHARED / "screening" / "lists"


def unpack_un(tmp_path: Path, published: str) -> Path:
    packed = lists_folder() / "un" / f"un_consolidated_{published}.xml.gz"
    path = tmp_path / f"un_{published}.xml"
    path.write_bytes(gzip.decompress(packed.read_bytes()))
    return path


def unpack_ofac(tmp_path: Path) -> Path:
    for name in ("sdn", "alt", "add"):
        packed = lists_folder() / "ofac" / f"{name}_2021-07.csv.gz"
        (tmp_path / f"{name}.csv").write_bytes(gzip.decompress(packed.read_bytes()))
    (tmp_path / "sdn.csv.published").write_text("2021-07-09\n")
    return tmp_path / "sdn.csv"


def check_self_screening(found: SanctionsList, matcher: ExactMatcher) -> None:
    for entry in found.entries:
        names = [name.text for name in entry.names]
        hits = {(hit.name, hit.list_id, hit.entry_id) for hit in matcher.match(names)}
        assert {(name, found.list_id, entry.entry_id) for name in names} <= hits, entry


@pytest.mark.parametrize("published", UN_DATES)
def test_un_list_counts(tmp_path: Path, published: str) -> None:
    """Entries, kinds, aliases and names in original script are as many as a second reading counts."""
    path = unpack_un(tmp_path, published)
    found = read_un_xml("UN", path)
    tree: Any = etree.parse(path)
    persons = sum(entry.kind is EntryKind.PERSON for entry in found.entries)
    assert found.published == date.fromisoformat(published)
    assert persons == tree.xpath("count(//INDIVIDUAL)")
    assert len(found.entries) - persons == tree.xpath("count(//ENTITY)")
    assert {entry.entry_id for entry in found.entries} == set(tree.xpath("//DATAID/text()"))
    references = {text.strip() for text in tree.xpath("//REFERENCE_NUMBER/text()")}
    assert {entry.reference for entry in found.entries} == references
    by_id = {entry.entry_id: {name.text for name in entry.names} for entry in found.entries}
    for element in tree.xpath("//ALIAS_NAME[normalize-space()]|//NAME_ORIGINAL_SCRIPT[normalize-space()]"):
        (number,) = element.xpath("ancestor::*/DATAID/text()")
        assert " ".join(element.text.split()).strip(" ,") in by_id[number]


def test_un_list_qualities_and_scripts(tmp_path: Path) -> None:
    """Low-quality aliases and original scripts of the list of 2026-02 are marked as such."""
    found = read_un_xml("UN", unpack_un(tmp_path, "2026-02-27"))
    names = [name for entry in found.entries for name in entry.names]
    assert len(found.entries) == 1003
    assert sum(name.original_script for name in names) >= 370
    assert sum(name.quality is NameQuality.LOW for name in names) >= 550
    assert sum(name.quality is NameQuality.MAIN for name in names) >= 1003


def test_un_delta_between_two_dates(tmp_path: Path) -> None:
    """Of the entries on both lists, exactly those whose content changed have another hash."""
    old, new = (read_un_xml("UN", unpack_un(tmp_path, published)) for published in UN_DATES)
    before = {entry.entry_id: entry.content_hash for entry in old.entries}
    after = {entry.entry_id: entry.content_hash for entry in new.entries}
    both = before.keys() & after.keys()
    assert (len(both), len(before) - len(both), len(after) - len(both)) == (867, 10, 136)
    assert sum(before[number] != after[number] for number in both) == 11


def test_ofac_counts(tmp_path: Path) -> None:
    """Entries, kinds and strong aliases are as many as a plain reading of the files counts."""
    path = unpack_ofac(tmp_path)
    found = read_ofac_csv("OFAC", path)
    main = [row for row in csv.reader(io.StringIO(path.read_text("ascii"))) if len(row) == 12]
    alternates = [
        row for row in csv.reader(io.StringIO((tmp_path / "alt.csv").read_text("ascii"))) if len(row) == 5
    ]
    assert len(found.entries) == len(main) == 8976
    assert sum(entry.kind is EntryKind.PERSON for entry in found.entries) == sum(
        r[2] == "individual" for r in main
    )
    assert sum(entry.kind is EntryKind.VESSEL for entry in found.entries) == sum(
        r[2] == "vessel" for r in main
    )
    by_id = {entry.entry_id: {name.text for name in entry.names} for entry in found.entries}
    assert all(" ".join(row[1].split()) in by_id[row[0]] for row in main)
    assert all(" ".join(row[3].split()) in by_id[row[0]] for row in alternates)
    weak = sum(name.quality is NameQuality.LOW for entry in found.entries for name in entry.names)
    assert weak >= 0.95 * sum(row[11].count("a.k.a. '") for row in main)


def test_ofac_consolidated_set(tmp_path: Path) -> None:
    """The list of non-SDN programmes has the same format under other file names."""
    for name in ("prim", "alt", "add", "comments"):
        (tmp_path / f"cons_{name}.csv").write_bytes(
            (lists_folder() / "ofac" / f"cons_{name}_2025-12.csv").read_bytes()
        )
    (tmp_path / "cons_prim.csv.published").write_text("2025-12-10\n")
    found = read_ofac_csv("OFAC-CONS", tmp_path / "cons_prim.csv")
    assert len(found.entries) == 442
    assert "SBERBANK INDIA" in {name.text for entry in found.entries for name in entry.names}


def test_ofac_files_of_two_dates_are_refused(tmp_path: Path) -> None:
    """Alternates that are newer than the main file name entries that it does not have."""
    path = unpack_ofac(tmp_path)
    packed = lists_folder() / "ofac" / "alt_2025-12.csv.gz"
    (tmp_path / "alt.csv").write_bytes(gzip.decompress(packed.read_bytes()))
    with pytest.raises(FileRefusedError, match="not of one date"):
        read_ofac_csv("OFAC", path)


def test_every_published_name_hits_itself(tmp_path: Path) -> None:
    """The lists in force hit every name that stands on them, in every script."""
    un = samples.un_requirement(unpack_un(tmp_path, "2026-02-27"))
    ofac = replace(
        un,
        list_id="OFAC",
        format="ofac_csv",
        path=unpack_ofac(tmp_path),
        max_age_days=9999,
        entries_max=99_999,
    )
    lists = load_lists([un, ofac], date(2026, 3, 1))
    matcher = ExactMatcher(lists)
    for each in lists.lists:
        check_self_screening(each, matcher)


def test_list_of_last_year_stops_settlement(tmp_path: Path) -> None:
    """The UN list of 2025-04 is whole and still not good in 2026."""
    un = samples.un_requirement(unpack_un(tmp_path, "2025-04-19"), max_age_days=31)
    with pytest.raises(
        ScreeningUnavailableError, match=r"published on 2025-04-19, 314 days before .* 2026-02-27"
    ):
        load_lists([un], date(2026, 2, 27))


def test_original_scripts_and_spellings_of_the_benchmark(tmp_path: Path) -> None:
    """Names as listed, but for case, punctuation and order, and names in original script, are found."""
    un = samples.un_requirement(unpack_un(tmp_path, "2026-02-27"))
    matcher = ExactMatcher(load_lists([un], date(2026, 3, 1)))
    assert SHARED is not None
    exact = {"01_exact_case_punct", "02_token_order", "06_heldout_alias", "07a_original_script_UN"}
    with (SHARED / "screening" / "bench" / "variants_un_sdn.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            row
            for row in csv.DictReader(file)
            if row["target_id"].startswith("un-") and row["category"] in exact
        ]
    missed = [row for row in rows if not matcher.match([row["query"]])]
    assert len(rows) > 100
    assert missed == []
