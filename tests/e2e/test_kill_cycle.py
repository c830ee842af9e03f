"""`setfair cycle` is killed at many moments: the cycle is done as a whole or not at all."""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from setfair.domain.instruction import Family
from setfair.house import open_house
from tests.e2e.test_kill import ask, check_whole, read_table
from tests.houses import (
    DAY,
    NOW,
    REMEMBER_FROM,
    batch_of,
    funding,
    make_house,
    obligation,
    obligations,
    payments,
    ticking_clock,
    usual_agreement,
)
from tests.processes import environment, read_line

MOMENTS, MORE_MOMENTS = 12, 12
FIRMS = 400
OBLIGATIONS = 8_000
REMAINING = "SELECT obligation_number, remaining_minor FROM obligation ORDER BY obligation_number"
CYCLES = "SELECT cycle_number FROM cycle WHERE currency = 'KES'"
AGREEMENT = usual_agreement(
    extra='[clearing.across]\nunit = "UGX"\nsources = ["Example Central Bank"]\nmax_age_hours = 24\n'
    '[[clearing.liquidity]]\nfunder = "KE01"\ncurrency = "KES"\namount = "900000000"\nbeneficiaries = ["*"]\n'
)
BALANCES = "SELECT account_number, balance_minor FROM account ORDER BY account_number"
MONEY = "party,currency,amount,beneficiaries\nKE01,KES,700000000,*\n"
RATES = (
    "currency,unit,unit_per_currency,source,time\nKES,UGX,28.8113,Example Central Bank,2026-01-05T05:00:00Z\n"
)


@dataclass(frozen=True, slots=True)
class Scene:
    """What the kills start from, and what must come of them."""

    server: subprocess.Popen[str]
    folder: Path
    house: Path
    """A house with obligations that are due; copied for each kill."""
    before: pa.Table
    """What remains of each obligation before the cycle."""

    def cycle(self, house: Path, options: list[str], kill_after: float | None = None) -> dict[str, Any]:
        """Run the cycle in a process of its own; kill it after so many seconds."""
        argv, output = command_of(house, options), str(self.folder / "output.json")
        return ask(self.server, {"argv": argv, "kill_after": kill_after, "output": output})


def command_of(house: Path, options: list[str]) -> list[str]:
    """Return the arguments of the command."""
    return ["cycle", str(house), "--now", NOW, "--json", *options]


def prepare(folder: Path) -> Path:
    """Make a house, open its day, and let firms owe each other at random."""
    chance = random.Random(11)
    rows = []
    for number in range(OBLIGATIONS):
        debtor, creditor = chance.sample(range(FIRMS), 2)
        changes = {"currency": chance.choice(("KES", "KES", "UGX"))}
        rows.append(
            obligation(f"I{number}", f"F{debtor}", f"F{creditor}", chance.randint(1, 10**9), **changes)
        )
    house = make_house(folder, AGREEMENT)
    (folder / "rates.csv").write_text(RATES, encoding="utf-8")
    (folder / "money.csv").write_text(MONEY, encoding="utf-8")
    (folder / "none.csv").write_text(MONEY.splitlines()[0] + "\n", encoding="utf-8")
    parties = [
        {"party_id": f"F{number}", "name": f"Firm F{number}", "country": "KE", "participant": bank}
        for number, bank in enumerate(["UG01", "KE01", "TN01", "UG01"] * (FIRMS // 4))
    ]
    with open_house(house, ticking_clock()) as opened:
        opened.clearing_house.open_day("KES", DAY, REMEMBER_FROM)
        opened.clearing_house.submit(payments(funding(1, "KE01", 60_000_000_000)))
        opened.clearing_house.submit(batch_of(Family.PARTY, parties))
        opened.clearing_house.submit(obligations(*rows))
        opened.clearing_house.checkpoint()
    return house


@pytest.fixture(scope="module")
def scene(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Scene]:
    """A server of commands and a house whose obligations are due."""
    folder = tmp_path_factory.mktemp("kill-cycle")
    house = prepare(folder)
    warm_up = shutil.copytree(house, folder / "warm-up")
    command = [sys.executable, "-m", "tests.e2e.fork_server", *command_of(warm_up, [])]
    pipes: dict[str, Any] = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with subprocess.Popen(command, env=environment(), text=True, **pipes) as server:
        while read_line(server) != "ready":
            pass
        yield Scene(server, folder, house, read_table(house, REMAINING))
        server.kill()


def _moments(seconds: float, found: set[int]) -> Iterator[float]:
    """Return moments over the time of a whole run; then later ones while no run has come to its end, or
    earlier ones while all have: how fast the machine is changes from run to run.
    """
    chance = random.Random(3)
    for place in range(MOMENTS):
        yield (place + chance.random()) / MOMENTS * seconds * 1.02
    for more in range(MORE_MOMENTS):
        if len(found) == 1:
            yield seconds * (1.2 ** (more + 1) if found == {0} else 0.8 ** (more + 1))


@pytest.mark.parametrize("kind", ["KES", "across", "money"])
def test_a_cycle_is_done_or_not_done(scene: Scene, kind: str) -> None:
    """Each time the page of the cycle is there as a whole or not at all, money with it, and another run
    completes it.
    """
    options = {
        "KES": ["--currency", "KES", "--liquidity", str(scene.folder / "none.csv")],
        "across": ["--fixing", str(scene.folder / "rates.csv")],
        "money": ["--currency", "KES", "--liquidity", str(scene.folder / "money.csv")],
    }[kind]
    left_alone = shutil.copytree(scene.house, scene.folder / f"left-alone-{kind}")
    whole = scene.cycle(left_alone, options)
    assert whole["code"] == 0
    after, balances = read_table(left_alone, REMAINING), read_table(left_alone, BALANCES)
    assert balances.equals(read_table(scene.house, BALANCES)) == (kind != "money")
    assert sum(after["remaining_minor"].to_pylist()) < sum(scene.before["remaining_minor"].to_pylist())
    found: set[int] = set()
    for moment in _moments(whole["seconds"], found):
        house = shutil.copytree(scene.house, scene.folder / "killed")
        assert scene.cycle(house, options, kill_after=moment)["code"] in (-9, 0)
        with open_house(house, ticking_clock()) as opened:
            check_whole(opened)
        done = len(read_table(house, CYCLES))
        assert read_table(house, REMAINING).equals(after if done else scene.before)
        assert read_table(house, BALANCES).equals(balances if done else read_table(scene.house, BALANCES))
        if not done:
            assert scene.cycle(house, options)["code"] == 0
            assert read_table(house, REMAINING).equals(after)
            assert read_table(house, BALANCES).equals(balances)
        found.add(done)
        shutil.rmtree(house)
    assert found == {0, 1}, "all kills came on one side of the page"
