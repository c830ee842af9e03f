"""Objectives and limits of a house's cycles: what is agreed, what is chosen, and what it came to."""

from __future__ import annotations

import shutil
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import numpy as np
import pytest

from setfair.business_day import open_day
from setfair.domain.instants import days_of
from setfair.engine.setoff import Choice, Objective, set_off_under
from setfair.house import open_house
from tests.e2e.test_cli_house import ask, refused, run
from tests.houses import DAY, NOW, make_house, obligation, obligations, ticking_clock, usual_agreement

FIRMS, OBLIGATIONS = 9, 90
CLEARING = """
[clearing]
objectives = ["oldest", "value", "closed"]
limits = ["keep", "minimum", "party_maximum"]
netting = "none"
"""
ACROSS = """
[clearing.across]
unit = "UGX"
sources = ["Example Central Bank"]
"""
RATES = (
    "currency,unit,unit_per_currency,source,time\nKES,UGX,28.8113,Example Central Bank,2026-01-05T05:00:00Z\n"
)


def rows() -> list[tuple[str, str, int, date, str]]:
    """Return debtor, creditor, amount, due date and currency of random obligations."""
    chance, found = Random(8), []
    for number in range(OBLIGATIONS):
        debtor, creditor = chance.sample(range(FIRMS), 2)
        due = DAY - timedelta(days=chance.choice((0, 3, 40, 200)))
        amount = chance.choice((chance.randint(1, 500), chance.randint(1, 50_000)))
        found.append((f"F{debtor}", f"F{creditor}", amount, due, "KES" if number % 4 else "UGX"))
    return found


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with obligations; copied by what runs a cycle."""
    folder = tmp_path_factory.mktemp("choice")
    house = make_house(folder, usual_agreement(extra=CLEARING + ACROSS))
    with open_house(house, ticking_clock()) as opened:
        open_day(opened.clearing_house, DAY)
        opened.clearing_house.submit(
            obligations(
                *(
                    obligation(f"I{number}", debtor, creditor, amount, due_date=due, currency=currency)
                    for number, (debtor, creditor, amount, due, currency) in enumerate(rows())
                )
            )
        )
    return house


def copy_of(made: Path, folder: Path) -> Path:
    """Return a copy of the house."""
    return Path(shutil.copytree(made, folder / "house"))


def cancelled(house: Path) -> list[int]:
    """Return what was cancelled of each obligation in KES, in order."""
    with open_house(house, ticking_clock()) as opened:
        found = opened.query(
            "SELECT cleared_minor FROM obligation WHERE currency = 'KES' ORDER BY obligation_number"
        )
    return [int(row["cleared_minor"]) for row in found]


def expected(house: Path, choice: Choice) -> list[int]:
    """Return what the engine cancels of the same obligations under a choice."""
    with open_house(house, ticking_clock()) as opened:
        found = opened.query(
            "SELECT debtor, creditor, amount_minor, due_date FROM obligation_row JOIN currency "
            "USING (currency_number) WHERE currency = 'KES' ORDER BY obligation_number"
        )
    columns = np.array([tuple(row.values()) for row in found], np.int64).T
    return [int(part) for part in set_off_under(*columns, choice=choice).result.cleared_minor]


KEPT = np.array([number % 4 != 0 and number in (5, 9) for number in range(OBLIGATIONS) if number % 4])
CASES: dict[str, tuple[list[str], dict[str, Any]]] = {
    "as agreed": ([], {"objective": Objective.OLDEST}),
    "value": (["--objective", "value"], {}),
    "closed": (["--objective", "closed"], {"objective": Objective.CLOSED}),
    "minimum": (["--objective", "value", "--minimum", "5"], {"minimum_minor": 500}),
    "party": (["--objective", "value", "--party-maximum", "90.5"], {"party_maximum_minor": 9050}),
    "keep": (
        ["--objective", "closed", "--keep", "keep.csv"],
        {"objective": Objective.CLOSED, "untouched": KEPT},
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_a_cycle_under_a_choice(
    made: Path, tmp_path: Path, case: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is cancelled is what the choice gives; audited again; the tables say what it came to."""
    options, choice = CASES[case]
    monkeypatch.chdir(tmp_path)
    (tmp_path / "keep.csv").write_text("obligation_id\nI5\nI9\n")
    house = copy_of(made, tmp_path)
    (said,) = ask("cycle", house, "--currency", "KES", *options, "--now", NOW)
    assert cancelled(house) == expected(house, Choice(as_of_day=days_of(DAY), **choice))
    assert run("audit", house).exit_code == 0
    if case == "value":
        assert said["choice"] is None
        return
    chosen = said["choice"]
    assert chosen["objective"] == choice.get("objective", Objective.VALUE).value
    assert said["cleared_minor"] <= chosen["cleared_max_minor"] <= chosen["cleared_without_minor"]
    assert chosen["closed"] == sum(
        part == row[2]
        for part, row in zip(cancelled(house), (r for r in rows() if r[4] == "KES"), strict=True)
    )
    told = {number: ask("explain", house, f"I{number}")["cycles"][0] for number in (5, 9)}
    if case == "keep":
        assert {each["why_no_more"] for each in told.values()} == {"KEPT"}
    assert all("why_no_more" in each for each in told.values())


def test_across_currencies(made: Path, tmp_path: Path) -> None:
    """Objectives go with a fixing, amounts as limits do not."""
    house = copy_of(made, tmp_path)
    rates = tmp_path / "rates.csv"
    rates.write_text(RATES)
    with_amount = ("cycle", house, "--fixing", rates, "--minimum", "5", "--now", NOW)
    assert "leave out --fixing" in refused(*with_amount)
    said = ask("cycle", house, "--fixing", rates, "--objective", "closed", "--now", NOW)
    assert {row["choice"]["objective"] for row in said["cycles"]} == {"closed"}
    assert run("audit", house).exit_code == 0
    assert ask("explain", house, "I5")["cycles"][0]["across_currencies"] is True


def test_what_is_not_agreed(tmp_path: Path) -> None:
    """A house whose agreement says nothing runs cycles for the most value alone."""
    house = make_house(tmp_path, usual_agreement())
    assert "agreed are value" in refused("cycle", house, "--objective", "oldest", "--now", NOW)
    assert "'minimum'" in refused("cycle", house, "--currency", "KES", "--minimum", "5", "--now", NOW)
    keep = tmp_path / "keep.csv"
    keep.write_text("obligation_id\nNONE\n")
    assert "'NONE' is no obligation that is open here" in refused(
        "cycle", house, "--keep", keep, "--now", NOW
    )


def test_an_agreement_that_repeats_itself(tmp_path: Path) -> None:
    """Objectives stand once, and there is one at least."""
    for wrong in ('objectives = ["value", "value"]', "objectives = []", 'limits = ["some"]'):
        file = tmp_path / "a.toml"
        file.write_text(usual_agreement(extra=f"[clearing]\n{wrong}\n"))
        assert "clearing." in refused("agreement", "check", file)
