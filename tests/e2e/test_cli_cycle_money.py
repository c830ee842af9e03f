"""`setfair cycle --liquidity` on a house: what is agreed and what not, real money, and what tells of it."""

from __future__ import annotations

import json
import shutil
from collections import Counter
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from random import Random
from typing import Any

import pytest

from setfair.business_day import open_day
from setfair.domain.instruction import Family
from setfair.errors import BrokenInvariantError
from setfair.house import open_house
from setfair.house_state import HouseState, replay
from setfair.journal.page import page_from_bytes
from tests.e2e.test_cli_house import ask, refused, run
from tests.houses import (
    DAY,
    NOW,
    balances_of,
    batch_of,
    funding,
    make_house,
    obligation,
    obligations,
    payments,
    ticking_clock,
    usual_agreement,
)

AGREED = """
[[clearing.liquidity]]
funder = "KE01"
currency = "KES"
amount = "60000.00"
beneficiaries = ["*"]

[[clearing.liquidity]]
funder = "UG01"
currency = "KES"
amount = "25000"

[[clearing.liquidity]]
funder = "UG01"
currency = "UGX"
amount = "90"
beneficiaries = ["F1", "F2"]
"""
FIRMS = 12
HEADER = "party,currency,amount,beneficiaries"
LATER = "2026-01-05T10:00:00+03:00"


def start(folder: Path, text: str) -> Path:
    """Return a house whose firms owe each other; most bank with one of two participants that have money."""
    house, chance = make_house(folder, text), Random(4)
    rows = []
    for number in range(80):
        debtor, creditor = chance.sample(range(FIRMS), 2)
        amount = chance.randint(1, 10 ** chance.randint(3, 7))
        rows.append(obligation(f"I{number}", f"F{debtor}", f"F{creditor}", amount, currency="KES"))
    parties = [
        {"party_id": f"F{number}", "name": f"Firm {number}", "country": "KE", "participant": bank}
        for number, bank in enumerate(["KE01", "UG01"] * 5 + ["", "KE01"])
    ]
    with open_house(house, ticking_clock()) as opened:
        open_day(opened.clearing_house, DAY)
        opened.clearing_house.submit(payments(funding(1, "KE01", 9_000_000), funding(2, "UG01", 1_200_000)))
        opened.clearing_house.submit(batch_of(Family.PARTY, parties))
        opened.clearing_house.submit(obligations(*rows))
    return house


@pytest.fixture(scope="module")
def before(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with obligations that are due; only copied."""
    return start(tmp_path_factory.mktemp("money"), usual_agreement(extra=AGREED))


@pytest.fixture(scope="module")
def cleared(before: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, Any]]:
    """The same after a cycle with the money that is agreed, and what the command said; only read."""
    house = Path(shutil.copytree(before, tmp_path_factory.mktemp("cleared") / "house"))
    (row,) = ask("cycle", house, "--currency", "KES", "--now", NOW)
    return house, row


def write_money(folder: Path, *rows: str) -> Path:
    """Write a table of money."""
    path = folder / "money.csv"
    path.write_text("\n".join((HEADER, *rows, "")), encoding="utf-8")
    return path


def moved(before: Path, after: Path) -> Counter[str]:
    """Return by participant by how much its balance in KES rose."""
    balances = []
    for house in (before, after):
        with open_house(house, ticking_clock()) as opened:
            balances.append(balances_of(opened.clearing_house))
    return Counter(
        {
            bank: balances[1][bank, code] - minor
            for (bank, code), minor in balances[0].items()
            if code == "KES"
        }
    )


def test_the_money_is_real(before: Path, cleared: tuple[Path, dict[str, Any]]) -> None:
    """Funders are debited, the banks of those who get it are credited, and nothing is made or lost."""
    house, row = cleared
    money = row["money"]
    put_in = {one["participant"]: one["put_in_minor"] for one in money["funders"]}
    assert put_in.keys() == {"KE01", "UG01"}
    assert 0 < put_in["UG01"] <= 2_500_000
    assert money["used_minor"] == sum(put_in.values()) > 0
    change = Counter({bank: -minor for bank, minor in put_in.items()})
    for one in money["entries"]:
        if one["entry"] == "RECEIVED":
            change[one["participant"]] += one["amount_minor"]
            assert one["party"] != "F10", "it banks with nobody, and can get no money"
    assert {bank: minor for bank, minor in moved(before, house).items() if minor} == {
        bank: minor for bank, minor in change.items() if minor
    }
    given = [one for one in money["entries"] if one["entry"] == "GIVEN"]
    own = {f"F{number}" for number in range(1, 10, 2)}
    assert {one["party"] for one in given if one["participant"] == "UG01"} <= own
    assert sum(leg["amount_minor"] for leg in row["legs"]) == sum(m for m in change.values() if m > 0)
    more = row["cleared_minor"] - money["cleared_without_minor"]
    assert Decimal(money["each_unit_discharged"]) == Decimal(100 * more // money["used_minor"]) / 100
    assert more >= money["used_minor"]


def test_it_is_one_page_and_told_everywhere(cleared: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """The audit replays it, the tables can be made again; notices and explanations tell of the money."""
    house, row = cleared
    assert run("audit", house).exit_code == 0
    assert run("report", house, "--out", tmp_path / "report.html").exit_code == 0
    page = (tmp_path / "report.html").read_text(encoding="utf-8")
    assert f"Each unit discharged {row['money']['each_unit_discharged']}</b>" in page
    for one in row["money"]["funders"]:
        put_in, offered = (Decimal(one[name]) / 100 for name in ("put_in_minor", "offered_minor"))
        assert f"{put_in:,.2f} of {offered:,.2f} KES put in" in page
    assert run("statements", house).exit_code == 0
    notices = [
        notice
        for file in house.rglob("set_off_notices.json")
        for notice in json.loads(file.read_text(encoding="utf-8"))
    ]
    gets = {
        one["party"]: one["amount_minor"] for one in row["money"]["entries"] if one["entry"] == "RECEIVED"
    }
    told = {
        notice["party"]["party_id"]: int(Decimal(notice["money"]["you_get"]) * 100)
        for notice in notices
        if "money" in notice and Decimal(notice["money"]["you_get"])
    }
    assert told == gets
    paid = [one for notice in notices for one in notice.get("money", {}).get("paid_for_you", [])]
    assert sum(int(Decimal(one["amount"]) * 100) for one in paid) == row["money"]["used_minor"]
    neighbours = {
        loop["owes_you"]["party_id"]
        for notice in notices
        for line in notice["set_offs"]
        if line["side"] == "DEBTOR"
        for loop in line["loops"]
    }
    assert neighbours & {"KE01", "UG01"}
    with open_house(house, ticking_clock()) as opened:
        page = opened.query("SELECT page_number FROM cycle")
    assert len(page) == 1
    ids = {line["obligation_id"] for notice in notices for line in notice["set_offs"]}
    paid_debts = [
        line["obligation_id"]
        for notice in notices
        for line in notice["set_offs"]
        if line["side"] == "DEBTOR"
        and {"KE01", "UG01"} & {each["owes_you"]["party_id"] for each in line["loops"]}
    ]
    asked = [*sorted(ids)[:4], *paid_debts[:6]]
    through = []
    for obligation_id in asked:
        (said,) = ask("explain", house, obligation_id)["cycles"]
        assert sum(Decimal(loop["amount"]) for loop in said["loops"]) == Decimal(said["cleared"])
        through += [loop["paid_with_money_of"] for loop in said["loops"] if loop["paid_with_money_of"]]
    assert through
    texts = [run("explain", house, each).stdout for each in asked]
    assert any("with money of" in text for text in texts)
    assert not any("can cancel" in text for text in texts)
    payer = next(notice for notice in notices if notice.get("money", {}).get("paid_for_you"))
    debt = next(
        line
        for line in payer["set_offs"]
        if line["side"] == "DEBTOR"
        and {"KE01", "UG01"} & {loop["owes_you"]["party_id"] for loop in line["loops"]}
    )
    own = run("explain", house, debt["obligation_id"], "--as", payer["party"]["party_id"]).stdout
    assert "pays your debt" in own


def test_rebuilt_tables_are_the_same(cleared: tuple[Path, dict[str, Any]], tmp_path: Path) -> None:
    """`setfair rebuild` makes the tables of the money again from the page."""
    copied = Path(shutil.copytree(cleared[0], tmp_path / "house"))
    queries = [
        f"SELECT * FROM {name}" for name in ("cycle_money", "cycle_funder", "money_entry", "netting_leg")
    ]
    with open_house(copied, ticking_clock()) as opened:
        shown = [opened.query(sql) for sql in queries]
    assert run("rebuild", copied).exit_code == 0
    with open_house(copied, ticking_clock()) as opened:
        assert [opened.query(sql) for sql in queries] == shown
    assert all(shown)


def test_a_table_takes_the_place_of_what_is_agreed(before: Path, tmp_path: Path) -> None:
    """Less money, for one firm; a table without rows puts in nothing."""
    house = Path(shutil.copytree(before, tmp_path / "house"))
    table = write_money(tmp_path, "KE01,KES,100,F3")
    (row,) = ask("cycle", house, "--currency", "KES", "--liquidity", table, "--now", NOW)
    (funder,) = row["money"]["funders"]
    assert (funder["participant"], funder["offered_minor"]) == ("KE01", 10_000)
    assert {one["party"] for one in row["money"]["entries"] if one["entry"] == "GIVEN"} == {"F3"}
    (row,) = ask("cycle", house, "--currency", "KES", "--liquidity", write_money(tmp_path), "--now", LATER)
    assert row["money"] is None


REFUSED = {
    "KE01 puts in at most 60000.00 KES": ("KE01,KES,60000.01,*",),
    "has no [[clearing.liquidity]] of KE01 in UGX": ("KE01,UGX,5,",),
    "UG01 gives to the parties that bank with it": ("UG01,KES,5,F1",),
    "UG01 gives to F1, F2, as agreed": ("UG01,UGX,5,F1;F3",),
    "'XX99' is no participant": ("XX99,KES,5,",),
    "'nobody' is no party": ("KE01,KES,5,nobody",),
    "line 3, party: 'KE01' has an amount in KES in line 2": ("KE01,KES,5,*", "KE01,KES,6,*"),
}


@pytest.mark.parametrize("words", REFUSED)
def test_what_is_not_agreed_is_refused(before: Path, tmp_path: Path, words: str) -> None:
    """The command says what is; nothing happened."""
    house = Path(shutil.copytree(before, tmp_path / "house"))
    table = write_money(tmp_path, *REFUSED[words])
    said = refused("cycle", house, "--liquidity", table, "--now", NOW)
    assert words in said.replace("\n", " ")
    with open_house(house, ticking_clock()) as opened:
        assert not opened.query("SELECT * FROM cycle WHERE currency = 'UGX'")


def test_money_goes_with_the_most_value_alone(before: Path, tmp_path: Path) -> None:
    """Beside an objective, limits or a fixing it is refused before the house is opened."""
    table = write_money(tmp_path, "KE01,KES,5,*")
    for options in (("--objective", "value"), ("--minimum", "5"), ("--fixing", table)):
        said = refused("cycle", before, "--liquidity", table, *options)
        assert (
            "--liquidity goes with cycles of one currency" in said or "conversion" in said or "column" in said
        )


def test_where_the_house_nets_a_cycle_follows(tmp_path: Path) -> None:
    """The money's page first, then one that nets what remains."""
    house = start(tmp_path, usual_agreement(extra='[clearing]\nnetting = "net"\n' + AGREED))
    rows = ask("cycle", house, "--currency", "KES", "--now", NOW)
    assert [row["money"] is not None for row in rows] == [True, False]
    assert [row["rounds"] for row in rows] == [0, 1]
    assert rows[0]["remaining_minor"] == rows[1]["gross_minor"]
    assert run("audit", house).exit_code == 0


def test_on_a_closed_day_no_money_moves(before: Path, tmp_path: Path) -> None:
    """What is agreed is left out; a table is refused."""
    house = Path(shutil.copytree(before, tmp_path / "house"))
    assert run("day", "close", house, "--now", NOW).exit_code == 0
    table = write_money(tmp_path, "KE01,KES,5,*")
    assert "KES is closed, and no money moves" in refused(
        "cycle", house, "--liquidity", table, "--now", LATER
    )
    rows = ask("cycle", house, "--currency", "KES", "--now", LATER)
    assert [row["money"] for row in rows] == [None]


def test_a_page_with_other_money_is_not_replayed(cleared: tuple[Path, dict[str, Any]]) -> None:
    """Who alters the money of a page in the store is found out: it is not what was agreed, or not decided."""
    with open_house(cleared[0], ticking_clock()) as opened:
        bodies = [row["body"] for row in opened.query("SELECT body FROM page ORDER BY page_number")]
    pages = [page_from_bytes(body) for body in bodies]
    place = next(number for number, page in enumerate(pages) if "money" in page.documents)
    for change, words in (
        ({"amount_minor": 6_000_001}, "at most 60000.00"),
        ({"amount_minor": 1}, "other records"),
    ):
        state = HouseState()
        for page in pages[:place]:
            replay(state, page)
        said = json.loads(pages[place].documents["money"])
        said["funders"][0] |= change
        documents = dict(pages[place].documents) | {"money": json.dumps(said).encode()}
        altered = replace(pages[place], documents=documents)
        with pytest.raises(BrokenInvariantError, match=words):
            replay(state, altered)
