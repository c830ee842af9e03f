"""`setfair cycle --fixing` on a house: what is agreed and what not, and all that tells of the cycle."""

from __future__ import annotations

import json
from collections import Counter
from fractions import Fraction
from pathlib import Path
from random import Random
from typing import Any

import pytest

from setfair.business_day import open_day
from setfair.errors import BrokenInvariantError
from setfair.house import open_house
from setfair.house_state import HouseState, replay
from setfair.journal.page import page_from_bytes
from tests.e2e.test_cli_house import ask, refused, run
from tests.houses import DAY, NOW, make_house, obligation, obligations, ticking_clock, usual_agreement

CURRENCIES = ("KES", "UGX", "KWD")
ACROSS = '[clearing.across]\nunit = "UGX"\nsources = ["Example Central Bank"]\nmax_age_hours = 12\n'
HEADER = "currency,unit,unit_per_currency,currency_per_unit,source,time"
RATES = (
    "KES,UGX,28.8113,,Example Central Bank,2026-01-05T05:00:00Z",
    "KWD,UGX,,0.000083094,Example Central Bank,2026-01-05T05:00:00Z",
)
"""The unit of account is a currency of the house too, and needs no rate."""
LATER = "2026-01-05T10:00:00+03:00"


def write_rates(folder: Path, *rows: str) -> Path:
    """Write a conversion table."""
    path = folder / "rates.csv"
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    return path


def start(folder: Path, text: str) -> Path:
    """Return a house whose firms owe each other in three currencies."""
    house, chance, rows = make_house(folder, text), Random(4), []
    for number in range(160):
        debtor, creditor = chance.sample(range(12), 2)
        rows.append(
            obligation(
                f"I{number}",
                f"F{debtor}",
                f"F{creditor}",
                chance.randint(1, 10 ** chance.randint(1, 7)),
                currency=chance.choice(CURRENCIES),
            )
        )
    with open_house(house, ticking_clock()) as opened:
        open_day(opened.clearing_house, DAY)
        opened.clearing_house.submit(obligations(*rows))
    return house


@pytest.fixture(scope="module")
def cleared(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """A house after a cycle across currencies, and what the command said; only read."""
    folder = tmp_path_factory.mktemp("across")
    house = start(folder, usual_agreement(currencies=CURRENCIES, extra=ACROSS))
    return house, ask("cycle", house, "--fixing", write_rates(folder, *RATES), "--now", NOW)


def test_what_the_command_says(cleared: tuple[Path, dict[str, Any]]) -> None:
    """Totals of each currency, values at the rates given, exchanges and entries that sum to nothing."""
    _, said = cleared
    (across,) = said["across"]
    assert [row["currency"] for row in said["cycles"]] == sorted(CURRENCIES)
    assert {row["unit"] for row in said["cycles"]} == {"UGX"}
    worth = {"KES": Fraction("0.288113"), "UGX": 1, "KWD": 1 / Fraction("0.000083094") / 1000}
    value = sum(row["cleared_minor"] * worth[row["currency"]] for row in said["cycles"])
    assert across["cleared_value_minor"] == value // 1
    assert [rate["source"] for rate in across["rates"]] == ["Example Central Bank"] * 2
    moved: Counter[str] = Counter()
    for row in across["exchanges"]:
        moved[row["currency"]] += row["change_minor"]
    assert set(moved) == set(CURRENCIES)
    assert not any(moved.values())
    assert across["entries"]
    assert sum(row["entry_minor"] for row in across["entries"]) == 0
    assert all(abs(row["entry_minor"]) <= row["bound_minor"] + 1 for row in across["entries"])


def test_it_cancels_more_than_each_currency_alone(
    cleared: tuple[Path, dict[str, Any]], tmp_path: Path
) -> None:
    """The same obligations, one currency at a time."""
    _, said = cleared
    alone = ask("cycle", start(tmp_path, usual_agreement(currencies=CURRENCIES)), "--now", NOW)
    sums = [{row["currency"]: row["cleared_minor"] for row in rows} for rows in (said["cycles"], alone)]
    assert all(sums[0][code] > sums[1][code] for code in CURRENCIES)


def test_the_house_tells_of_it(cleared: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """The audit replays it; notices, explanations and the report show it; the rounding account is a view."""
    house, said = cleared
    assert run("audit", house).exit_code == 0
    assert run("report", house, "--out", tmp_path / "report.html").exit_code == 0
    assert "Across currencies" in (tmp_path / "report.html").read_text(encoding="utf-8")
    assert run("statements", house).exit_code == 0
    (file,) = house.rglob("set_off_notices.json")
    notices = json.loads(file.read_text(encoding="utf-8"))
    entries = {row["party"]: row["entry_minor"] for row in said["across"][0]["entries"]}
    for notice in notices:
        owes = int(notice["across_currencies"]["owes_rounding_account"])
        assert owes == entries.get(notice["party"]["party_id"], 0)
        loops = [loop for line in notice["set_offs"] for loop in line["loops"]]
        assert {loop["currency"] for loop in loops} == {"UGX"}
    with open_house(house, ticking_clock()) as opened:
        account = opened.query("SELECT party, balance_minor FROM rounding_account")
    assert {row["party"]: row["balance_minor"] for row in account} == entries
    some = notices[0]["set_offs"][0]
    told = ask("explain", house, str(some["obligation_id"]))["cycles"][0]
    assert (told["across_currencies"], told["unit"], told["cleared"]) == (True, "UGX", some["cleared"])
    assert len({loop["length"] for loop in told["loops"]}) >= 1
    assert "worth UGX" in run("explain", house, str(some["obligation_id"])).stdout


@pytest.mark.parametrize(
    ("rates", "said"),
    [
        (RATES[:1], "no rate for KWD"),
        ((RATES[0], RATES[1].replace("Example Central Bank", "Somebody")), "agreed are Example Central Bank"),
        ((RATES[0], RATES[1].replace("-05T", "-04T")), "rates of the last 12 hours"),
        ((RATES[0], RATES[1].replace("T05", "T23")), "rates of the last 12 hours"),
        ([row.replace(",UGX,", ",USD,") for row in RATES], "the unit of account agreed is UGX"),
    ],
)
def test_rates_that_are_not_agreed(
    cleared: tuple[Path, dict[str, Any]], tmp_path: Path, rates: tuple[str, ...], said: str
) -> None:
    """The rate that is missing, its source, its age and the unit are named, and nothing happens."""
    house, _ = cleared
    assert said in refused("cycle", house, "--fixing", write_rates(tmp_path, *rates), "--now", LATER)


def test_a_house_that_has_not_agreed(tmp_path: Path) -> None:
    """Without [clearing.across] there is none; and one currency is not enough."""
    house = make_house(tmp_path, usual_agreement(currencies=CURRENCIES))
    rates = write_rates(tmp_path, *RATES)
    assert "[clearing.across]" in refused("cycle", house, "--fixing", rates, "--now", NOW)
    (tmp_path / "agreed").mkdir()
    agreed = make_house(tmp_path / "agreed", usual_agreement(currencies=CURRENCIES, extra=ACROSS))
    one = refused("cycle", agreed, "--fixing", rates, "--currency", "KES", "--now", NOW)
    assert "two currencies at least" in one


def test_a_page_with_rates_that_are_not_agreed_is_refused(cleared: tuple[Path, dict[str, Any]]) -> None:
    """Who writes other rates into the page of a cycle is found by whoever decides it again."""
    house, _ = cleared
    with open_house(house, ticking_clock()) as opened:
        bodies = opened.query("SELECT body FROM page ORDER BY page_number")
    pages = [page_from_bytes(row["body"]) for row in bodies]
    state = HouseState()
    for page in pages:
        if "fixing" in page.documents:
            page.documents["fixing"] = page.documents["fixing"].replace(b"Example Central", b"Another")
            with pytest.raises(BrokenInvariantError, match="agreed are"):
                replay(state, page)
            return
        replay(state, page)
    pytest.fail("no page has rates")
