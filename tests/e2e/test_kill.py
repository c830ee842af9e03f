"""`setfair submit` is killed at fifty moments: the books equal a whole page, and submitting again completes.

The moments are spread over the whole life of a command, measured before, with a random place in each
fiftieth. Each of five tests has ten of them, over the whole stretch.
"""

from __future__ import annotations

import json
import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest

from setfair.domain.codes import Phase
from setfair.domain.instants import format_utc
from setfair.domain.instruction import BATCH_ROWS_MAX
from setfair.house import House, open_house
from setfair.house_state import HouseState, replay
from setfair.journal.page import page_from_bytes
from setfair.store.sqlite import DATABASE_NAME, connect
from tests.houses import (
    BANKS,
    DAY,
    NOW,
    REMEMBER_FROM,
    csv_payment,
    funding,
    make_house,
    payments,
    ticking_clock,
    usual_agreement,
    write_csv,
)
from tests.processes import environment, read_line

MOMENTS = 50
GROUPS = 5
SMALL = 200
FILE_ROWS = (*[SMALL] * 7, 2 * BATCH_ROWS_MAX, *[SMALL] * 7)
"""Rows of each file that the command is given: most of its life it is writing pages, two of one file."""
PAGE_ROWS = (*[SMALL] * 7, *[BATCH_ROWS_MAX] * 2, *[SMALL] * 7)
ROWS = sum(FILE_ROWS)
FINAL = "SELECT * FROM payment_row ORDER BY payment_number"
ACCOUNTS = "SELECT account_number, balance_minor FROM account_row ORDER BY account_number"


@dataclass(frozen=True, slots=True)
class Scene:
    """What the kills start from, and what must come of them."""

    server: subprocess.Popen[str]
    folder: Path
    house: Path
    """A funded house whose day is open; copied for each kill."""
    files: list[Path]
    """What is submitted, in one command."""
    seconds: float
    """How long a command takes that is left alone."""
    pages_before: int
    final: pa.Table
    """The payments after a command that was left alone."""
    accounts: pa.Table

    def submit(self, house: Path, kill_after: float | None = None) -> dict[str, Any]:
        """Submit the files in a process of its own; kill it after so many seconds."""
        argv = command_of(house, self.files)
        output = self.folder / "output.json"
        return ask(self.server, {"argv": argv, "kill_after": kill_after, "output": str(output)})

    def output(self) -> list[dict[str, Any]]:
        """Return what the last command that ended said of the files."""
        described: list[dict[str, Any]] = json.loads((self.folder / "output.json").read_text("utf-8"))
        return described


def command_of(house: Path, files: list[Path]) -> list[str]:
    """Return the arguments of the command."""
    return ["submit", str(house), *map(str, files), "--now", NOW, "--json"]


def ask(server: subprocess.Popen[str], request: dict[str, Any]) -> dict[str, Any]:
    """Send a request and wait for its answer."""
    assert server.stdin is not None
    server.stdin.write(json.dumps(request) + "\n")
    server.stdin.flush()
    answer: dict[str, Any] = json.loads(read_line(server))
    return answer


def write_payments(folder: Path) -> list[Path]:
    """Write payments of three banks of which most settle, some wait, some cancel out, and some are wrong."""
    chance = random.Random(5)
    lines = []
    for number in range(1, ROWS + 1):
        debtor, creditor = chance.sample(BANKS, 2)
        if chance.random() < 0.01:
            creditor = "NOBODY"
        amount = f"{chance.randint(1, 60_000)}.{chance.randint(0, 99):02d}"
        lines.append(csv_payment(number, debtor, creditor, amount, priority=chance.choice(("", "HIGH"))))
    ends = np.cumsum(FILE_ROWS).tolist()
    return [
        write_csv(folder / f"{end}.csv", *lines[end - count : end])
        for end, count in zip(ends, FILE_ROWS, strict=True)
    ]


def prepare(folder: Path) -> Path:
    """Make a house, open its day, fund its accounts and keep a checkpoint."""
    house = make_house(folder, usual_agreement(credit_line="500000"))
    with open_house(house, ticking_clock()) as opened:
        way_in = opened.clearing_house
        for currency in ("KES", "UGX"):
            way_in.open_day(currency, DAY, REMEMBER_FROM)
        way_in.submit(payments(*(funding(10**9 + n, bank, 10_000_000) for n, bank in enumerate(BANKS))))
        way_in.checkpoint()
    return house


def read_table(folder: Path, sql: str) -> pa.Table:
    """Return a query's rows as a table."""
    connection = connect(folder, read_only=True)
    with connection.cursor() as cursor:
        cursor.execute(sql)
        table = cursor.fetch_arrow_table()
    connection.close()
    return table


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A server of commands, a house, a file, and what a command that is left alone makes of them."""
    folder = tmp_path_factory.mktemp("kill")
    house, files = prepare(folder), write_payments(folder)
    warm_up = shutil.copytree(house, folder / "warm-up")
    command = [sys.executable, "-m", "tests.e2e.fork_server", *command_of(warm_up, files)]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(), text=True, **pipes) as server:
        while read_line(server) != "ready":
            pass
        before = len(read_table(house, "SELECT page_number FROM page"))
        left_alone = folder / "left-alone"
        nothing = pa.table({})
        scene = Scene(server, folder, house, files, 0.0, before, nothing, nothing)
        took = []
        for _ in range(3):
            shutil.rmtree(left_alone, ignore_errors=True)
            answer = scene.submit(shutil.copytree(house, left_alone))
            assert answer["code"] == 0
            took.append(float(answer["seconds"]))
        final, accounts = read_table(left_alone, FINAL), read_table(left_alone, ACCOUNTS)
        yield Scene(server, folder, house, files, sorted(took)[1], before, final, accounts)
        server.kill()


def moments(group: int, seconds: float) -> Iterator[float]:
    """Return the moments of one group: a random place in each of its fiftieths of the stretch."""
    chance = random.Random(group)
    for place in range(group, MOMENTS, GROUPS):
        yield (place + chance.random()) / MOMENTS * seconds * 1.02


@pytest.mark.parametrize("group", range(GROUPS))
def test_killed_at_ten_moments(scene: Scene, group: int) -> None:
    """Each time the books are those of whole pages, and the same files complete them."""
    found: set[int] = set()
    for place, moment in enumerate(moments(group, scene.seconds)):
        house = shutil.copytree(scene.house, scene.folder / f"killed-{group}-{place}")
        killed = scene.submit(house, kill_after=moment)
        assert killed["code"] in (-9, 0)
        with open_house(house, ticking_clock()) as opened:
            pages = check_whole(opened) - scene.pages_before
            known = opened.clearing_house.state.books.payment_count - len(BANKS)
        found.add(pages)
        assert known == sum(PAGE_ROWS[:pages])
        check_completes(scene, house, known)
        shutil.rmtree(house)
    assert found - {0, len(PAGE_ROWS)}, f"no kill came while pages were written: {found}"


def check_whole(house: House) -> int:
    """Compare the books with a fresh replay of all pages and with the tables; return how many there are."""
    state, fresh = house.clearing_house.state, HouseState()
    for _, body in house.store.pages_after(0):
        replay(fresh, page_from_bytes(body))
    assert state.page_number == fresh.page_number
    assert format_utc(state.last_time) == format_utc(fresh.last_time)
    assert_same_books(state, fresh)
    table = house.query(ACCOUNTS)
    assert [row["balance_minor"] for row in table] == state.books.accounts["balance"].tolist()
    sums = house.query("SELECT currency, sum(balance_minor) AS sum_minor FROM account GROUP BY 1 ORDER BY 1")
    assert sums == [{"currency": "KES", "sum_minor": 0}, {"currency": "UGX", "sum_minor": 0}]
    (once,) = house.query("SELECT count(*) AS rows, count(DISTINCT uetr) AS uetrs FROM payment_row")
    assert once["rows"] == once["uetrs"] == state.books.payment_count
    statuses = "SELECT status, count(*) AS n FROM payment_row GROUP BY status ORDER BY status"
    codes, counts = np.unique(state.books.payments["status"][: state.books.payment_count], return_counts=True)
    assert [(row["status"], row["n"]) for row in house.query(statuses)] == list(
        zip(codes.tolist(), counts.tolist(), strict=True)
    )
    assert state.books.phases[404] == Phase.OPEN
    return fresh.page_number


def assert_same_books(state: HouseState, fresh: HouseState) -> None:
    """Compare every array of the books, and what is known of names."""
    ours, theirs = state.books.snapshot(), fresh.books.snapshot()
    for name, array in ours.items():
        assert np.array_equal(array, theirs[name]), name
    assert state.directory.accounts == fresh.directory.accounts
    assert state.list_set == fresh.list_set
    assert state.record_count == fresh.record_count


def check_completes(scene: Scene, house: Path, known: int) -> None:
    """Submit the files again and compare with the command that was left alone."""
    assert scene.submit(house)["code"] == 0
    said = scene.output()
    assert [each["rows"] for each in said] == list(FILE_ROWS)
    assert sum(each["repeated"] for each in said) == known
    assert read_table(house, FINAL).equals(scene.final)
    assert read_table(house, ACCOUNTS).equals(scene.accounts)
    assert sorted(path.name for path in (house / "staging").iterdir()) == []
    assert (house / DATABASE_NAME).exists()
