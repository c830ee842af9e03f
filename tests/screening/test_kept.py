"""Lists and index on disk: the same as read anew, never believed when touched, no way around the gate."""

from __future__ import annotations

import os
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path

import pytest

from setfair.domain.agreement import Agreement, load_agreement
from setfair.errors import ScreeningUnavailableError
from setfair.screening import lists as readers
from setfair.screening.derived import Derived
from setfair.screening.in_force import DERIVED, FileLists
from setfair.screening.lists import FILES, READERS
from setfair.screening.lists.kept import keeping_reader
from setfair.screening.lists.model import SanctionsList
from tests.houses import lists_in, usual_agreement
from tests.screening import samples
from tests.screening.more_samples import WRITERS

KEY = bytes(range(32))
NAMES = ["Zorvan Pelik Draumont", "Пеллик Зорван", "ZorvanPellikDraumont", "Ordinary Customer", "The Cobbler"]
TODAY = date(2026, 1, 5)


@pytest.fixture(scope="module")
def agreement() -> Agreement:
    """An agreement that asks for the UN list."""
    return load_agreement(usual_agreement())


@pytest.fixture
def house(tmp_path: Path, agreement: Agreement) -> Path:
    """A folder with a list that was read once."""
    lists_in(tmp_path)
    FileLists(tmp_path, KEY).screener(agreement, TODAY)
    return tmp_path


def forbid_reading(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(list_id: str, path: Path) -> SanctionsList:
        raise AssertionError(f"{list_id} was read anew from {path}")

    for name in READERS:
        monkeypatch.setitem(readers.READERS, name, refuse)


def flipped(data: bytes, place: int) -> bytes:
    return data[:place] + bytes((data[place] ^ 1,)) + data[place + 1 :]


def test_the_next_command_reads_back(
    house: Path, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No reader runs, and every hit and the version of the lists are those of lists read anew."""
    fresh = FileLists(house)
    expected = fresh.screener(agreement, TODAY)
    forbid_reading(monkeypatch)
    kept = FileLists(house, KEY)
    matcher = kept.screener(agreement, TODAY)
    assert matcher.match(NAMES) == expected.match(NAMES) != []
    assert (matcher.version, kept.description()) == (expected.version, fresh.description())


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: data[: len(data) // 2],
        lambda data: data[:-1],
        lambda data: b"",
        lambda data: data + b"\0",
        lambda data: flipped(data, 30),
        lambda data: flipped(data, len(data) // 3),
        lambda data: flipped(data, len(data) - 1),
    ],
    ids=["half", "cut", "empty", "longer", "seal", "middle", "end"],
)
def test_what_was_touched_is_made_anew(
    house: Path, agreement: Agreement, damage: Callable[[bytes], bytes]
) -> None:
    """Torn or changed data are as if they were not there, and are written over."""
    paths = [house / DERIVED / name for name in ("list-UN", "index")]
    whole = [path.read_bytes() for path in paths]
    for path, data in zip(paths, whole, strict=True):
        path.write_bytes(damage(data))
    hits = FileLists(house, KEY).screener(agreement, TODAY).match(NAMES)
    assert len({hit.name for hit in hits}) == 4
    assert [path.read_bytes() for path in paths] == whole


def test_another_key_or_name_or_fact_opens_nothing(tmp_path: Path) -> None:
    """Data of another house, moved to another place or computed from something else are not taken."""
    Derived(tmp_path, KEY).write("list-UN", "facts", (1, "two"))
    assert Derived(tmp_path, KEY).read("list-UN", "facts") == (1, "two")
    assert Derived(tmp_path, bytes(32)).read("list-UN", "facts") is None
    assert Derived(tmp_path, KEY).read("list-UN", "other facts") is None
    (tmp_path / "list-UN").rename(tmp_path / "list-US")
    assert Derived(tmp_path, KEY).read("list-US", "facts") is None
    with pytest.raises(ValueError, match="a key of 3 bytes"):
        Derived(tmp_path, b"key")


def test_a_kept_list_passes_the_gate_like_any_other(
    house: Path, agreement: Agreement, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Age and bounds are checked on what was kept; a list that was cut since is not replaced by it."""
    forbid_reading(monkeypatch)
    with pytest.raises(ScreeningUnavailableError, match="days before the business day"):
        FileLists(house, KEY).screener(agreement, TODAY + timedelta(days=60))
    with pytest.raises(ScreeningUnavailableError, match="after the business day"):
        FileLists(house, KEY).screener(agreement, TODAY - timedelta(days=60))
    wanted = agreement.screening.lists[0].model_copy(update={"entries_max": 599})
    screening = agreement.screening.model_copy(update={"lists": (wanted,)})
    with pytest.raises(ScreeningUnavailableError, match="600 entries, at most 599"):
        FileLists(house, KEY).screener(agreement.model_copy(update={"screening": screening}), TODAY)
    monkeypatch.undo()
    path = house / "lists" / "un.xml"
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(ScreeningUnavailableError, match="truncated"):
        FileLists(house, KEY).screener(agreement, TODAY)


def test_a_changed_list_is_read_anew(house: Path, agreement: Agreement) -> None:
    """A name that is new on the list hits at once."""
    path = house / "lists" / "un.xml"
    path.write_text(path.read_text().replace("PELLIK", "QUORRADINE"))
    matcher = FileLists(house, KEY).screener(agreement, TODAY)
    assert [hit.entry_id for hit in matcher.match(["Zorvan Quorradine Draumont"])] == ["900001"]


def test_where_nothing_can_be_written_nothing_stops(house: Path, agreement: Agreement) -> None:
    """A file where the folder should be: lists are read anew each time."""
    for each in (house / DERIVED).iterdir():
        each.unlink()
    (house / DERIVED).rmdir()
    (house / DERIVED).write_text("in the way")
    assert FileLists(house, KEY).screener(agreement, TODAY).match(NAMES)


@pytest.mark.parametrize("format_name", FILES)
def test_every_file_of_a_reader_is_known(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, format_name: str
) -> None:
    """A reader opens no file whose bytes are not compared, and the age in a note is one of them."""
    path = {
        "un_xml": samples.write_un_xml,
        "ofac_csv": lambda path: samples.write_ofac_csv(path.parent),
        "operator_csv": lambda path: samples.write_operator_csv(path, ["1,Silverpond Mills,,,"]),
        **{form: lambda path, write=write: write(path.parent) for form, write in WRITERS.items()},
    }[format_name](tmp_path / "list")
    opened: list[Path] = []
    really = Path.open

    def note(self: Path, *args: str, **more: str) -> object:
        opened.append(self)
        return really(self, *args, **more)  # type: ignore[call-overload]

    with monkeypatch.context() as patched:
        patched.setattr(Path, "open", note)
        first = READERS[format_name]("X", path)
    assert opened
    assert set(opened) <= set(FILES[format_name](path))
    read = keeping_reader(Derived(tmp_path / "derived", KEY))
    assert read(format_name, "X", path) == first == read(format_name, "X", path)
    if (
        path.with_name(f"{path.name}.published") in opened and format_name != "eu_csv"
    ):  # it has a date of its own
        note_file = path.with_name(f"{path.name}.published")
        note_file.write_text(note_file.read_text().replace("2026-03-02", "2026-03-03"))
        assert read(format_name, "X", path).published == date(2026, 3, 3)
    assert os.listdir(tmp_path / "derived") == ["list-X"]
