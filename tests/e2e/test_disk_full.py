"""`setfair submit` on a disk that fills up: stops before it acknowledges, says so, and completes later."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from setfair.house import open_house
from setfair.house_state import HouseState, replay
from setfair.journal.page import page_from_bytes
from tests.houses import (
    DAY,
    NOW,
    REMEMBER_FROM,
    csv_payment,
    funding,
    make_house,
    payments,
    ticking_clock,
    write_csv,
)
from tests.processes import python

ROWS = 4_000
FILES = 10

COMMAND = """
import resource, sys
from setfair.cli.main import run
limit = int(sys.argv[1])
if limit:
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
sys.argv[1:] = sys.argv[2:]
run()
"""


@pytest.fixture
def house(tmp_path: Path) -> Path:
    """A house with an open day and money."""
    folder = make_house(tmp_path)
    with open_house(folder, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        opened.clearing_house.submit(payments(funding(9_000_000, "KE01", 10_000_000)))
    return folder


def submit(house: Path, files: list[Path], file_bytes_max: int = 0) -> tuple[int, str, str]:
    """Run the command, with a limit on the size of any file; return exit code, output and errors."""
    with python(COMMAND, file_bytes_max, "submit", house, *files, "--json", "--now", NOW) as process:
        out, errors = process.communicate(timeout=120)
        return process.returncode, out, errors


def test_what_was_not_acknowledged_did_not_happen(house: Path, tmp_path: Path) -> None:
    """Some files are on record whole, the others not at all; submitting all of them again completes it."""
    files = [
        write_csv(
            tmp_path / f"{n}.csv",
            *(csv_payment(n * ROWS + row, "KE01", "UG01", "0.01") for row in range(1, ROWS + 1)),
        )
        for n in range(FILES)
    ]
    code, _, errors = submit(house, files, 1_700_000)
    assert code == 2
    assert "could not be written, and nothing of it was applied" in errors
    assert "Check the disk, then run the same command again" in errors
    with open_house(house, ticking_clock()) as opened:
        state, fresh = opened.clearing_house.state, HouseState()
        for _, body in opened.store.pages_after(0):
            replay(fresh, page_from_bytes(body))
        assert fresh.books.accounts.tobytes() == state.books.accounts.tobytes()
        known = opened.query("SELECT count(*) AS n FROM payment_row")[0]["n"] - 1
    assert 0 < known < FILES * ROWS
    assert known % ROWS == 0
    code, out, _ = submit(house, files)
    assert code == 0
    said = json.loads(out)
    assert sum(each["repeated"] for each in said) == known
    assert all(each["statuses"] == {"ACSC": ROWS} for each in said)
    with open_house(house, ticking_clock()) as opened:
        (row,) = opened.query(
            "SELECT balance_minor FROM account WHERE participant = 'UG01' AND currency = 'KES'"
        )
        assert row["balance_minor"] == FILES * ROWS
        assert opened.query("SELECT sum(balance_minor) AS s FROM account_row") == [{"s": 0}]


def test_a_file_that_cannot_be_put_aside(house: Path, tmp_path: Path) -> None:
    """A file of several batches needs room while it is read; without it nothing is applied."""
    lines = [csv_payment(row, "KE01", "UG01", "0.01") for row in range(1, 20_000)]
    before = submit(house, [write_csv(tmp_path / "one.csv", lines[0])])
    assert before[0] == 0
    code, out, errors = submit(house, [write_csv(tmp_path / "many.csv", *lines)], 1_000_000)
    assert (code, out) == (2, "")
    assert "cannot put a file aside" in errors
    with open_house(house, ticking_clock()) as opened:
        assert opened.query("SELECT count(*) AS n FROM payment_row") == [{"n": 2}]
