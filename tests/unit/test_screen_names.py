"""Screening a table without a house: what is read, what is refused and where, and how facts weigh."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from setfair.errors import FileRefusedError, ScreeningUnavailableError
from setfair.screen_names import NameRow, read_lists, read_names, screen_rows, write_hits
from setfair.screening.derived import KEY_NAME, open_cache
from setfair.screening.lists.model import EntryKind
from setfair.screening.qualifiers import PartyFacts
from tests.screening import samples

ROWS = ("a1,Silverpond Mills,organisation,KE,", "a2,Abdulkareem Marrowfinch,person,Kenya,")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with a UN list and an operator's list."""
    lists = tmp_path / "lists"
    lists.mkdir()
    samples.write_un_xml(lists / "un.xml")
    samples.write_operator_csv(lists / "house.csv", ROWS)
    return lists


def write(tmp_path: Path, text: str) -> Path:
    path = tmp_path / "names.csv"
    path.write_text(text, encoding="utf-8")
    return path


def test_table_to_hits(tmp_path: Path, folder: Path) -> None:
    """Names become hits with their list, entry, score and explanation, in the order of the rows."""
    path = write(tmp_path, "id,name\n1,Zorvan Pelik Draumont\n2,Ordinary Customer\n3,Silverpond Mills Ltd\n")
    done: list[int] = []
    hits = screen_rows(read_names(path), read_lists(folder), 625, done.append)
    assert write_hits(tmp_path / "hits.csv", hits) == {"hits": 2, "names_hit": 2}
    with (tmp_path / "hits.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [(row["id"], row["list"], row["entry_id"]) for row in rows] == [
        ("1", "UN", "900001"),
        ("3", "HOUSE", "a1"),
    ]
    assert "'pelik' for 'pellik' (1 letter)" in rows[0]["explanation"]
    assert done == [3]


def test_facts_raise_and_lower(folder: Path) -> None:
    """The country of the list raises a score, a kind that cannot be lowers it, and both are said."""
    lists = read_lists(folder)
    name = "Abdulkarim Benno Zorvex Marowfinsh"
    facts = (PartyFacts(), PartyFacts(country="KE"), PartyFacts(EntryKind.VESSEL))
    rows = [NameRow(str(number), name, each) for number, each in enumerate(facts)]
    scores = {row.row_id: hit for row, hit in screen_rows(rows, lists, 500, lambda count: None)}
    assert scores["2"].score == scores["0"].score - 250
    assert scores["1"].score == scores["0"].score + 40
    assert scores["1"].explanation.endswith("country KE as listed (+40)")
    assert scores["2"].explanation.endswith("a vessel, listed is a person (-250)")


@pytest.mark.parametrize(
    ("text", "where"),
    [
        ("", "line 1, id"),
        ("name\nx\n", "line 1, id"),
        ("id,name,colour\n", "line 1, colour"),
        ("id,name\n1\n", "line 2, name"),
        ("id,name\n1,\n", "line 2, name: is empty"),
        ("id,name\n,x\n", "line 2, id: is empty"),
        ("id,name,kind\n1,x,ship\n", "line 2, kind"),
        ("id,name,country\n1,x,KEN\n", "line 2, country"),
        ("id,name,birth_date\n1,x,05/05/1960\n", "line 2, birth_date"),
        ('id,name\n1,"x"y\n', "line 2: not a CSV file"),
        ("id,name\n1,ok\n2," + "x" * 2_001 + "\n", "line 3, name"),
    ],
)
def test_wrong_row_is_named(tmp_path: Path, text: str, where: str) -> None:
    """A file that is wrong is refused with the line and the column."""
    with pytest.raises(FileRefusedError) as refused:
        read_names(write(tmp_path, text))
    assert where in str(refused.value.problems[0])


def test_not_utf8_is_refused(tmp_path: Path) -> None:
    """Another encoding is refused at its line."""
    path = tmp_path / "names.csv"
    path.write_bytes(b"id,name\n1,caf\xe9\n")
    with pytest.raises(FileRefusedError, match="line 2: not UTF-8"):
        read_names(path)


def test_folder_without_a_list(tmp_path: Path) -> None:
    """No list is no screening: refused, not clear."""
    with pytest.raises(ScreeningUnavailableError, match="no list is there; put"):
        read_lists(tmp_path)
    (tmp_path / "un").mkdir()
    with pytest.raises(ScreeningUnavailableError, match=r"only folders, .*: name one of un"):
        read_lists(tmp_path)
    (tmp_path / "un.xml.gz").touch()
    with pytest.raises(ScreeningUnavailableError, match=r"unpack un\.xml\.gz first"):
        read_lists(tmp_path)


def test_truncated_list_refuses_the_run(folder: Path) -> None:
    """A list that was cut is not half loaded."""
    path = folder / "un.xml"
    path.write_bytes(path.read_bytes()[:-100])
    with pytest.raises(FileRefusedError, match="truncated"):
        read_lists(folder)


def test_a_cache_gives_the_same_hits_and_is_read_back(
    tmp_path: Path, folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The second run builds no index, a changed list is built anew; all say what a run without it says."""
    rows = read_names(write(tmp_path, "id,name\n1,Zorvan Pelik Draumont\n2,Silverpond Mills\n"))
    cache = tmp_path / "cache"

    def hits() -> list[tuple[str, int]]:
        kept = open_cache(cache)
        found = screen_rows(rows, read_lists(folder, kept), 625, lambda count: None, cache=kept)
        return [(hit.entry_id, hit.score) for _, hit in found]

    plain = [
        (hit.entry_id, hit.score) for _, hit in screen_rows(rows, read_lists(folder), 625, lambda count: None)
    ]
    assert hits() == plain
    with monkeypatch.context() as patched:
        patched.setattr("setfair.screening.listed_names.build_listed_names", None)
        assert hits() == plain
    samples.write_operator_csv(folder / "house.csv", ROWS[1:])
    assert hits() == plain[:1]
    assert (cache / KEY_NAME).stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("which", ["folder", "key"])
def test_a_cache_that_others_may_write_is_refused(tmp_path: Path, which: str) -> None:
    """What somebody else could have put there is not believed."""
    cache = tmp_path / "cache"
    open_cache(cache)
    (cache if which == "folder" else cache / KEY_NAME).chmod(0o777)
    with pytest.raises(ScreeningUnavailableError, match="others may write"):
        open_cache(cache)
