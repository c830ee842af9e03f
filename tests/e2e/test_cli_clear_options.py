"""`setfair clear` with objectives, limits, money, a fixing, loops and pictures; each certificate verified."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

from tests.e2e.test_cli_clear import run_command
from tests.set_off_cases import RING, random_rows, write_table

TWO_LOOPS = [
    "A,a,b,EUR,10,2026-01-01,,",
    "B,b,a,EUR,10,2026-03-01,,",
    "C,b,c,EUR,10,2026-02-01,,",
    "D,c,a,EUR,10,2026-02-01,,",
]
"""A is on a loop of two and on a loop of three obligations, and has enough for one of them."""
RATES = """currency,unit,currency_per_unit,source,time
JPY,EUR,150,An example,2026-01-05T14:15:00Z
TND,EUR,3.5,An example,2026-01-05T16:15:00+01:00
"""
MIXED = ["1,a,b,EUR,10.00,,,", "2,b,c,JPY,1501,,,", "3,c,a,TND,40.001,,,"]


@pytest.fixture
def table(tmp_path: Path) -> Path:
    """A file for obligations."""
    return tmp_path / "obligations.csv"


def run(table: Path, *options: str, code: int = 0) -> dict[str, Any]:
    """Clear a table and return the summary; options with a name in brackets are files beside the table."""
    found = run_command(table, "--out", str(table.with_name("cleared.csv")), *options, "--json")
    assert found.exit_code == code, found.output
    summary: dict[str, Any] = json.loads(found.stdout)
    return summary


def prove(table: Path, certificate: str, *options: str) -> None:
    """Verify a certificate with the result."""
    result = str(table.with_name("cleared.csv"))
    found = run_command(table, "--verify", certificate, "--result", result, *options)
    assert found.exit_code == 0, found.output


def cleared(table: Path) -> dict[str, str]:
    """Return by obligation what the result says."""
    with table.with_name("cleared.csv").open(encoding="utf-8", newline="") as file:
        return {row["obligation_id"]: row["cleared"] for row in csv.DictReader(file)}


def beside(table: Path, name: str, text: str) -> str:
    """Write a small file beside the table."""
    table.with_name(name).write_text(text, "utf-8")
    return str(table.with_name(name))


def test_oldest_first_takes_the_loop_of_the_older_debts(table: Path) -> None:
    """By value the longer loop cancels 30, and so it does by age here; with B older it is the shorter one."""
    write_table(table, TWO_LOOPS)
    (euro,) = run(table)["currencies"]
    assert euro["cleared"] == "30.00"
    write_table(table, [*TWO_LOOPS[:1], TWO_LOOPS[1].replace("03-01", "01-15"), *TWO_LOOPS[2:]])
    proof = str(table.with_name("proof"))
    (euro,) = run(table, "--objective", "oldest", "--certificate", proof)["currencies"]
    assert cleared(table) == {"A": "10.00", "B": "10.00", "C": "0.00", "D": "0.00"}
    assert [(age["class"], age["cleared"]) for age in euro["ages"]] == [
        ("due on 2026-01-01", "10.00"),
        ("due on 2026-01-15", "10.00"),
        ("due on 2026-02-01", "0.00"),
    ]
    assert euro["costs"] == [{"step": "Oldest first", "without": "30.00", "with": "20.00"}]
    prove(table, proof)


def test_days_overdue_are_counted_from_the_day_that_is_given(table: Path) -> None:
    """With many due days the classes are bands, and --as-of moves them."""
    write_table(table, [f"{n},a{n % 3},a{(n + 1) % 3},EUR,{n + 1},2026-01-{n + 1:02d},," for n in range(20)])
    (euro,) = run(table, "--objective", "oldest", "--as-of", "2026-02-10")["currencies"]
    assert [age["class"] for age in euro["ages"]] == [
        "overdue by more than 30 days",
        "overdue by more than 14 days",
    ]


def test_many_closed_of_the_same_total(table: Path) -> None:
    """The number of obligations that are closed comes with its bound, and the total is that of value."""
    write_table(table, random_rows(7, count=120))
    plain, proof = run(table), str(table.with_name("proof"))
    closed = run(table, "--objective", "closed", "--certificate", proof)
    for before, after in zip(plain["currencies"], closed["currencies"], strict=True):
        assert after["cleared"] == before["cleared"]
        assert 0 < after["closed"] <= after["closed_at_most"]
    prove(table, proof)


def test_what_is_kept_is_not_touched(table: Path) -> None:
    """By number alone every creditor's, with the creditor only that one's; an unknown one is refused."""
    write_table(table, [*RING, "I4,d,a,EUR,5,,,", "I2,a,d,EUR,5,,,"])
    proof = str(table.with_name("proof"))
    keep = beside(table, "keep.csv", "creditor,obligation_id\nc,I2\nb,I2\n")
    found = run_command(table, "--out", str(table.with_name("x")), "--keep", keep)
    assert found.exit_code == 2
    assert "line 3, obligation_id: 'I2' of creditor 'b' is not in the table" in found.stderr
    keep = beside(table, "keep.csv", "obligation_id,creditor\r\nI2,c\r\n")
    (euro,) = run(table, "--keep", keep, "--certificate", proof)["currencies"]
    assert euro["cleared"] == "10.00"
    prove(table, proof)
    keep = beside(table, "keep.csv", "obligation_id\nI2\n")
    (euro,) = run(table, "--keep", keep, "--certificate", proof)["currencies"]
    assert euro["cleared"] == "0.00"
    prove(table, proof)
    assert not table.with_name("x").exists()


def test_at_least_the_least_amount_or_nothing(table: Path) -> None:
    """A loop of 70.50 is not worth 71; of two loops the one that is large enough is cancelled."""
    write_table(table, RING)
    proof = str(table.with_name("proof"))
    (euro,) = run(table, "--minimum", "71", "--certificate", proof)["currencies"]
    assert (euro["cleared"], euro["cleared_at_most"], euro["too_little"]) == ("0.00", "211.50", 1)
    prove(table, proof)
    (euro,) = run(table, "--minimum", "70.50", "--certificate", proof)["currencies"]
    assert euro["cleared"] == "211.50"
    prove(table, proof)


def test_in_multiples_of_the_least_amount(table: Path) -> None:
    """Where rounds leave nothing, whole multiples cancel; the certificate says so and is verified."""
    # Both loops need A, and by value each of them gets some of it that is too little.
    rows = ["A,a,b,JPY,15,,,", "B,b,a,JPY,8,,,", "C,b,c,JPY,12,,,", "D,c,a,JPY,12,,,", "E,b,a,JPY,4,,,"]
    write_table(table, rows)
    proof = str(table.with_name("proof"))
    (yen,) = run(table, "--minimum", "5", "--certificate", proof)["currencies"]
    assert all(amount == "0" or int(amount) >= 5 for amount in cleared(table).values())
    assert int(yen["cleared"]) >= 30
    prove(table, proof)


def test_no_more_than_the_maximum_of_a_party(table: Path) -> None:
    """One amount for all, or by party; more of a party's debts is not cancelled."""
    write_table(table, RING)
    proof = str(table.with_name("proof"))
    (euro,) = run(table, "--party-maximum", "20.25", "--certificate", proof)["currencies"]
    assert euro["cleared"] == "60.75"
    prove(table, proof)
    maxima = beside(table, "maxima.csv", "party,currency,amount\nb,EUR,1.50\n")
    (euro,) = run(table, "--party-maxima", maxima, "--certificate", proof)["currencies"]
    assert euro["cleared"] == "4.50"
    prove(table, proof)
    for row, words in (("x,EUR,1", "'x' neither owes nor is owed"), ("b,KES,1", "nothing that takes part")):
        maxima = beside(table, "maxima.csv", f"party,currency,amount\n{row}\n")
        found = run_command(table, "--out", str(table.with_name("x")), "--party-maxima", maxima)
        assert (found.exit_code, words in found.stderr) == (2, True), found.stderr


def test_a_chain_is_discharged_by_money(table: Path) -> None:
    """A unit of money pays every debt of a chain; the result says so, and who paid and got it."""
    write_table(table, ["1,a,b,EUR,100,,,", "2,b,c,EUR,80,,,", "3,c,d,EUR,80,,,", "4,a,e,EUR,9,,,"])
    money = beside(table, "money.csv", "party,currency,amount,beneficiaries\na,EUR,50,\nF,EUR,20,b;c\n")
    paid = table.with_name("paid.csv")
    (euro,) = run(table, "--liquidity", money, "--money", str(paid))["currencies"]
    assert (euro["cleared_without_money"], euro["money_used"], euro["cleared"]) == ("0.00", "70.00", "190.00")
    assert euro["each_unit_discharged"] == "2.71"
    assert cleared(table) == {"1": "50.00", "2": "70.00", "3": "70.00", "4": "0.00"}
    assert paid.read_text("utf-8").splitlines() == [
        "party,currency,own_paid,given,received",
        "a,EUR,50.00,0.00,0.00",
        "b,EUR,0.00,20.00,0.00",
        "d,EUR,0.00,0.00,70.00",
    ]
    anyone = beside(table, "money.csv", "party,currency,amount,beneficiaries\nF,EUR,1000,*\n")
    (euro,) = run(table, "--liquidity", anyone)["currencies"]
    assert (euro["remaining"], euro["money_used"]) == ("0.00", "109.00")
    assert euro["net_debit"] == euro["money_used"]


def test_money_is_proven_under_limits_with_loops_and_report(table: Path) -> None:
    """The certificate covers the money and the limits, and every unit discharged is in a loop."""
    write_table(table, [*RING, "I4,b,a,EUR,500,2026-01-01,,"])
    money = beside(table, "money.csv", "party,currency,amount,beneficiaries\nF,EUR,20,b\nb,EUR,5.5,\n")
    keep = beside(table, "keep.csv", "obligation_id\nI2\n")
    proof, loops, page = (str(table.with_name(name)) for name in ("proof", "loops.csv", "page.html"))
    limits = ("--objective", "oldest", "--keep", keep, "--party-maximum", "110")
    written = ("--certificate", proof, "--loops", loops, "--report", page)
    (euro,) = run(table, "--liquidity", money, *limits, *written)["currencies"]
    assert (euro["cleared_without_money"], euro["money_used"], euro["cleared"]) == (
        "200.00",
        "10.00",
        "210.00",
    )
    prove(table, proof)
    found = run_command(table, "--verify", proof, "--liquidity", money)
    assert found.exit_code == 0, found.stderr
    other = beside(table, "other.csv", "party,currency,amount,beneficiaries\nF,EUR,20,*\nb,EUR,5.5,\n")
    found = run_command(table, "--verify", proof, "--liquidity", other)
    assert (found.exit_code, "by the table of money 20.00 for anyone" in found.stderr) == (1, True)
    rows = [
        row for row in csv.DictReader(Path(loops).read_text("utf-8").splitlines()) if row["obligation_id"]
    ]
    sums: dict[str, Decimal] = {}
    for row in rows:
        sums[row["obligation_id"]] = sums.get(row["obligation_id"], Decimal(0)) + Decimal(row["amount"])
    assert sums == {name: Decimal(minor) for name, minor in cleared(table).items() if Decimal(minor)}
    assert "210.00" in Path(page).read_text("utf-8")


def test_the_curve_has_the_published_shape(table: Path) -> None:
    """With no money only loops cancel, with the net internal debt everything is; monotone and concave."""
    write_table(table, random_rows(9, count=150))
    place = table.with_name("curve.csv")
    summary = run(table, "--curve", str(place))
    curves: dict[str, list[tuple[Decimal, Decimal, int]]] = defaultdict(list)
    with place.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            point = (Decimal(row["liquidity"]), Decimal(row["discharged"]))
            curves[row["currency"]].append((*point, int(row["each_unit_discharges"])))
    for totals, listed in zip(summary["currencies"], summary["curves"], strict=True):
        points = curves[totals["currency"]]
        assert points[0][:2] == (0, Decimal(totals["cleared"]))
        assert points[-1][:2] == (Decimal(totals["net_debit"]), Decimal(totals["gross"]))
        slopes = [slope for _, _, slope in points[1:]]
        assert len(slopes) > 1
        assert slopes == sorted(set(slopes), reverse=True)
        assert slopes[-1] >= 1
        for (x, y, _), (to, up, slope) in pairwise(points):
            assert up - y == slope * (to - x)
        corners = [(Decimal(each["liquidity"]), Decimal(each["discharged"])) for each in listed["corners"]]
        assert corners == [point[:2] for point in points]


def test_the_curve_and_the_report_as_pictures(table: Path) -> None:
    """An SVG that is one by itself, and pages that load nothing; each has every currency."""
    write_table(table, random_rows(3, count=100))
    svg, page, report = (table.with_name(name) for name in ("curve.svg", "curve.html", "report.html"))
    run(table, "--curve", str(svg))
    picture = ElementTree.fromstring(svg.read_text("utf-8"))
    assert picture.tag == "{http://www.w3.org/2000/svg}svg"
    run(table, "--curve", str(page), "--report", str(report))
    for text in (svg.read_text("utf-8"), page.read_text("utf-8"), report.read_text("utf-8")):
        assert all(code in text for code in ("EUR", "JPY", "TND"))
        assert "https://" not in text
        assert "Debt discharged against liquidity" in text or "debt discharged against liquidity" in text
    run(table, "--minimum", "1", "--report", str(report))
    assert "it is for the most value, without limits" in report.read_text("utf-8")


def test_loops_sum_to_what_is_cleared(table: Path) -> None:
    """As CSV and as JSON: the same loops, and the amounts through an obligation are what it is reduced by."""
    write_table(table, random_rows(11, count=100))
    as_csv, as_json = table.with_name("loops.csv"), table.with_name("loops.json")
    run(table, "--loops", str(as_csv))
    run(table, "--loops", str(as_json))
    loops = json.loads(as_json.read_text("utf-8"))
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for loop in loops:
        names = [(each["debtor"], each["creditor"]) for each in loop["obligations"]]
        assert [creditor for _, creditor in names] == [debtor for debtor, _ in (*names[1:], names[0])]
        for each in loop["obligations"]:
            sums[each["obligation_id"]] += Decimal(loop["amount"])
    assert sums == {name: Decimal(amount) for name, amount in cleared(table).items() if Decimal(amount)}
    with as_csv.open(encoding="utf-8", newline="") as file:
        rows = [(int(row["loop"]), row["amount"], row["obligation_id"]) for row in csv.DictReader(file)]
    assert rows == [
        (loop["loop"], loop["amount"], each["obligation_id"])
        for loop in loops
        for each in loop["obligations"]
    ]


def test_a_loop_through_three_currencies(table: Path) -> None:
    """Cleared at the fixing, with its certificate, rounding and exchanges; rates are compared if wanted."""
    write_table(table, MIXED)
    rates, proof = beside(table, "rates.csv", RATES), str(table.with_name("proof"))
    rounding, exchange = table.with_name("rounding.csv"), table.with_name("exchange.csv")
    places = ("--rounding", str(rounding), "--exchange", str(exchange), "--certificate", proof)
    summary = run(table, "--fixing", rates, *places)
    across = summary["across"]
    assert cleared(table) == {"1": "10.00", "2": "1500", "3": "35.000"}
    assert (across["unit"], across["cleared_value"], across["cleared_alone_value"]) == (
        "EUR",
        "30.00",
        "0.00",
    )
    assert [rate["source"] for rate in across["fixing"]] == ["An example"] * 2
    assert exchange.read_text("utf-8").splitlines()[:3] == [
        "party,currency,change",
        "a,EUR,10.00",
        "a,TND,-35.000",
    ]
    assert len(across["exchanges"]) == 6
    assert rounding.read_text("utf-8").splitlines() == ["party,unit,entry"]
    prove(table, proof)
    prove(table, proof, "--fixing", rates)
    other = beside(table, "other.csv", RATES.replace("150,", "151,"))
    found = run_command(table, "--verify", proof, "--fixing", other)
    assert found.exit_code == 1
    assert "JPY: the rate of the certificate, 150 of An example, 2026-01-05T14:15" in found.stderr
    write_table(table, [*MIXED, "4,a,b,KES,1,,,"])
    found = run_command(table, "--out", str(table.with_name("x")), "--fixing", rates)
    assert "the fixing has no rate for KES" in found.stderr


def test_loops_report_and_objectives_across_currencies(table: Path) -> None:
    """The loop is worth the same in each of its currencies; what is kept closes none; the proof holds."""
    write_table(table, MIXED)
    rates, loops = beside(table, "rates.csv", RATES), table.with_name("loops.json")
    report, proof = table.with_name("report.html"), str(table.with_name("proof"))
    places = ("--loops", str(loops), "--report", str(report), "--certificate", proof)
    summary = run(table, "--fixing", rates, "--objective", "closed", *places)
    (loop,) = json.loads(loops.read_text("utf-8"))
    assert (loop["currency"], loop["amount"], loop["length"]) == ("EUR", "10.00", 3)
    assert {each["obligation_id"] for each in loop["obligations"]} == {"1", "2", "3"}
    assert "it is for one currency" in report.read_text("utf-8")
    assert any("closed; the bound is" in words for words in summary["across"]["words"])
    prove(table, proof)
    keep = beside(table, "keep.csv", "obligation_id\n2\n")
    kept = run(table, "--fixing", rates, "--keep", keep, "--objective", "oldest")
    assert kept["across"]["cleared_value"] == "0.00"
    assert not any(Decimal(amount) for amount in cleared(table).values())


def test_rates_beside_a_certificate_without_rates_are_refused(table: Path) -> None:
    """A set-off of each currency on its own has no fixing to compare."""
    write_table(table, RING)
    proof = str(table.with_name("proof"))
    run(table, "--certificate", proof)
    found = run_command(table, "--verify", proof, "--fixing", beside(table, "rates.csv", RATES))
    assert (found.exit_code, "leave out --fixing" in found.stderr) == (2, True)


OUT = ("--out", "{folder}/x.csv")
WRONG: dict[str, tuple[str, ...]] = {
    "--liquidity does not go with --objective closed: which obligations close": (
        *OUT,
        *("--liquidity", "{money}", "--objective", "closed"),
    ),
    "--liquidity does not go with --minimum, --fixing: money flows in single units of one": (
        *OUT,
        *("--liquidity", "{money}", "--minimum", "1", "--fixing", "{rates}"),
    ),
    "--fixing does not go with --party-maximum": (*OUT, "--fixing", "{rates}", "--party-maximum", "5"),
    "--fixing does not go with --curve": (*OUT, "--fixing", "{rates}", "--curve", "{folder}/c.csv"),
    "--certificate across currencies proves the most value": (
        *("--certificate", "{folder}/p", "--fixing", "{rates}"),
        *("--objective", "oldest"),
    ),
    "--curve does not go with --minimum: the curve is that of all": (
        "--curve",
        "{folder}/c.csv",
        "--minimum",
        "1",
    ),
    "--party-maximum does not go with --party-maxima": (
        *OUT,
        *("--party-maximum", "1", "--party-maxima", "{money}"),
    ),
    "--as-of says from when": (*OUT, "--as-of", "2026-01-01"),
    "--money says who paid and got money: it goes with --liquidity": (*OUT, "--money", "{folder}/m.csv"),
    "--rounding is what rounding leaves": (*OUT, "--rounding", "{folder}/m.csv"),
    "--exchange is what parties exchange": (*OUT, "--exchange", "{folder}/m.csv"),
    "name a file that ends in .csv or .svg or .html with --curve": (*OUT, "--curve", "{folder}/c.png"),
    "name a file that ends in .csv or .json with --loops": (*OUT, "--loops", "{folder}/l"),
    "name a file that ends in .html with --report": (*OUT, "--report", "{folder}/r.pdf"),
    "is the input; name another file with --report": (*OUT, "--keep", "{page}", "--report", "{page}"),
    "is named with --curve and --loops": ("--curve", "{folder}/c.csv", "--loops", "{folder}/c.csv"),
    "--verify writes and chooses nothing: leave out --keep, --loops": (
        *("--verify", "{money}", "--keep", "{money}", "--loops", "{folder}/l.csv"),
    ),
    "--minimum '0' in EUR: it is nothing; allowed are plain digits, more than zero, at most 2": (
        *(*OUT, "--minimum", "0"),
    ),
    "--minimum '0.001' in EUR": (*OUT, "--minimum", "0.001"),
    "--party-maximum '-1' in EUR": (*OUT, "--party-maximum=-1"),
    "no.csv": (*OUT, "--keep", "{folder}/no.csv"),
    "'q' neither owes nor is owed anything in EUR": (*OUT, "--liquidity", "{money}"),
}


@pytest.mark.parametrize("words", WRONG)
def test_what_makes_no_sense_is_refused_before_anything_is_written(table: Path, words: str) -> None:
    """Exit code 2, words that say what to do, and no file more than before."""
    write_table(table, RING)
    names = {
        "folder": str(table.parent),
        "money": beside(table, "money.csv", "party,currency,amount\nq,EUR,5\n"),
        "rates": beside(table, "rates.csv", RATES),
        "page": beside(table, "page.html", "obligation_id\nI1\n"),
    }
    before = sorted(table.parent.iterdir())
    found = run_command(table, *(option.format(**names) for option in WRONG[words]))
    assert found.exit_code == 2, found.output
    assert words in found.stderr
    assert sorted(table.parent.iterdir()) == before


def test_all_figures_are_in_the_words_for_people(table: Path) -> None:
    """Without --json the same is said in sentences, what is common to all currencies once."""
    write_table(table, [*RING, "J1,a,b,JPY,100,,,", "J2,b,a,JPY,60,,,"])
    money = beside(table, "money.csv", "party,currency,amount\na,EUR,5\n")
    found = run_command(table, "--out", str(table.with_name("x")), "--liquidity", money)
    assert "EUR: 5.00 of 5.00 put in is used; without money 211.50 cancels." in found.output
    found = run_command(table, "--out", str(table.with_name("x")), "--objective", "closed")
    assert found.output.count("Most value, then many closed") == 1
    assert "EUR: 1 obligation is closed" in found.output
    rates = beside(table, "rates.csv", RATES)
    found = run_command(table, "--out", str(table.with_name("x")), "--fixing", rates)
    assert "Rate: 150 JPY for one EUR, An example, 2026-01-05T14:15:00" in found.output


def test_the_same_run_gives_the_same_bytes(table: Path) -> None:
    """Every file of two runs is equal."""
    write_table(table, random_rows(5, count=80))
    kinds = {"--certificate": "proof", "--loops": "l.json", "--report": "r.html", "--curve": "c.svg"}
    options = [part for option, name in kinds.items() for part in (option, str(table.with_name(name)))]
    run(table, *options)
    first = {name: table.with_name(name).read_bytes() for name in (*kinds.values(), "cleared.csv")}
    run(table, *options)
    assert {name: table.with_name(name).read_bytes() for name in first} == first
