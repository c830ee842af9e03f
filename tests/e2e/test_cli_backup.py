"""`setfair backup` and `setfair restore` from the command line."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.e2e.test_cli_proof import done, run
from tests.houses import make_house
from tests.proofs import morning, play


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a house after a morning, `house`, and its backup, `b.tar`."""
    folder = tmp_path_factory.mktemp("backup")
    play(make_house(folder), lambda opened: morning(opened, 777, "Example Dyeworks"))
    said = done("backup", folder / "house", folder / "b.tar")
    assert "backup of HOUSE: 10 pages with 620 records" in said
    return folder


def test_a_house_of_a_backup(folder: Path, tmp_path: Path) -> None:
    """In words and as JSON; the audit of what was restored is good, and the house can go on with its key."""
    told = json.loads(done("backup", folder / "house", tmp_path / "again.tar", "--json"))
    assert (told["pages"], told["records"]) == (10, 620)
    said = done("restore", tmp_path / "again.tar", tmp_path / "new")
    assert "10 pages with 620 records, audited, are in" in said
    assert "it can be read, not written" in said
    key = folder / "house" / "keys" / "house.key"
    told = json.loads(done("restore", folder / "b.tar", tmp_path / "whole", "--key", key, "--json"))
    assert (told["pages"], told["left_out_pages"]) == (10, 0)
    assert (tmp_path / "whole" / "keys" / "house.key").stat().st_mode & 0o777 == 0o600


def test_a_time(folder: Path, tmp_path: Path) -> None:
    """Up to a page or a time: what is left out is said, and what it means."""
    said = done("restore", folder / "b.tar", tmp_path / "page", "--page", "4")
    assert "4 pages" in said
    assert "6 later pages are left out: whoever has a checkpoint of them" in said
    assert run("restore", folder / "b.tar", tmp_path / "none", "--time", "2026-01-05").exit_code == 2
    result = run("restore", folder / "b.tar", tmp_path / "none", "--time", "2026-01-04T00:00:00+03:00")
    assert result.exit_code == 2
    assert not (tmp_path / "none").exists()
    done("restore", folder / "b.tar", tmp_path / "time", "--time", "2026-01-06T00:00:00+03:00")
