"""The study as it is run: its files, its page in the documentation, and the same again."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

import examples.study.__main__
from examples.study.curve import BASE, MIDDLE, RULES, SHARES, VARIANTS, Spread, set_off_firms
from examples.study.groups import AFRICAN, GROUP_BY_NAME, GROUPS
from examples.study.results import billions
from examples.study.show import spread_words
from examples.study.trade import read_figures, totals_of
from setfair.domain.money import format_amount
from setfair.report.words import percent
from tests.docs.markdown import DOCS, rows, sections

ROOT = Path(__file__).resolve().parents[2]
PAGE = DOCS / "study.md"
SVG = "{http://www.w3.org/2000/svg}"


def run(out: Path, *options: str, hash_seed: str = "0") -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "examples.study", "--out", str(out), *options]
    environment = {**os.environ, "PYTHONHASHSEED": hash_seed}
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, env=environment, check=False)


def run_here(monkeypatch: pytest.MonkeyPatch, out: Path, *options: str) -> None:
    """Run the study in the test's own process."""
    monkeypatch.setattr(sys, "argv", ["examples.study", "--out", str(out), *options])
    examples.study.__main__.main()


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the study writes with its defaults."""
    out = tmp_path_factory.mktemp("study") / "out"
    result = run(out)
    assert result.returncode == 0, result.stderr
    (out / "printed.txt").write_text(result.stdout, encoding="utf-8")
    return out


@pytest.fixture(scope="module")
def data(folder: Path) -> dict[str, Any]:
    """The outcomes with the defaults."""
    return json.loads((folder / "study.json").read_text(encoding="utf-8"))


def table(heading: str, first_cell: str) -> list[list[str]]:
    """Return the rows of the table under a heading of the page whose first row begins with a cell."""
    for piece in re.split(r"\n\n", sections(PAGE, "##")[heading]):
        found = rows(piece)
        if found and found[0][0] == first_cell:
            return found
    raise AssertionError(f"no table that begins with {first_cell} under {heading}")


def words(point: dict[str, Any]) -> str:
    return spread_words(Spread(**point["cleared_cents"]), point["gross_cents"])


def test_the_page_has_the_bounds(data: dict[str, Any]) -> None:
    """Every cell of the first table is what the study finds."""
    expected = []
    for name, found in data["follows_from_trade_statistics"].items():
        gross, other = found["gross_cents"], found["by_importers"]
        moves = [found[f"{kind}_moves_cents"] for kind in ("bilateral", "country_set_off", "multilateral")]
        left = other["gross_cents"] - other["multilateral_moves_cents"]
        due = percent(found["largest_creditor_due_cents"], moves[-1])
        expected.append(
            [
                name,
                billions(gross),
                *(percent(gross - cents, gross) for cents in moves),
                billions(moves[-1]),
                percent(left, other["gross_cents"]),
                f"{found['largest_creditor']} {due}",
            ]
        )
    shown = table("1. What follows from trade statistics alone", "AfCFTA")
    assert [[cell.replace("\N{NO-BREAK SPACE}", " ") for cell in row] for row in expected] == shown
    assert len(shown) == len(GROUPS)


def test_the_page_has_the_curves(data: dict[str, Any]) -> None:
    """Every cell of the other tables too, spread included."""
    layer = data["follows_from_an_assumption"]
    heading = "2. What follows from an assumption"
    curves = layer["curves"]["AfCFTA"]
    expected = [
        [f"{share} %", *(words(curves[rule.name][place]) for rule in RULES)]
        for place, share in enumerate(SHARES)
    ]
    assert table(heading, "0 %") == expected
    variants = [[name, *(words(layer["variants"][group][name]) for group in AFRICAN)] for name, _ in VARIANTS]
    assert table(heading, "as assumed") == variants


def test_the_words_of_the_page_agree_with_its_tables(data: dict[str, Any]) -> None:
    """Figures in sentences are those of the outcomes: pairs, origins, shares, parameters."""
    text = " ".join(PAGE.read_text(encoding="utf-8").split())
    origins = data["follows_from_trade_statistics"]["AfCFTA"]["gross_cents_by_origin"]
    of_africa = [percent(cents, sum(origins.values())) for cents in origins.values()]
    gulf = data["follows_from_trade_statistics"]["GCC"]["gross_cents_by_origin"]
    curves = data["follows_from_an_assumption"]["curves"]["AfCFTA"]
    middle = [words(curves[name][SHARES.index(MIDDLE)]).split(" (")[0] for name in ("apart", "largest")]
    for sentence in (
        f"The {len(read_figures()):,} pairs of countries",
        f"For Africa {of_africa[0]} of the gross total are exporters' reports, {of_africa[1]} importers', "
        f"and {of_africa[2]} estimates",
        f"for the Gulf {percent(gulf['estimate'], sum(gulf.values()))} are estimates",
        f"At {MIDDLE} % the rules give anything from {middle[0]} to {middle[1]}",
        f"Every country has {BASE.firms} firms that sell abroad and {BASE.firms} that buy",
        f"index {BASE.pareto_index}",
        f"{BASE.invoices_per_firm} for each firm",
        f"median of {len(data['follows_from_an_assumption']['seeds'])} seeds",
    ):
        assert sentence in text


def test_the_picture_of_the_page_is_the_study_s_own(folder: Path) -> None:
    """The committed picture is, byte for byte, what the defaults draw."""
    assert (DOCS / "images" / "study.svg").read_bytes() == (folder / "study.svg").read_bytes()


def test_the_picture_keeps_the_layers_apart(folder: Path) -> None:
    """Each card says on its own side where it comes from, and nothing is drawn outside the picture."""
    root = etree.parse(folder / "study.svg").getroot()
    assert root.find(f"{SVG}desc").text.startswith("Left, from trade statistics")
    width = float(root.get("viewBox").split()[2])
    texts = {"".join(each.itertext()): float(each.get("x")) for each in root.iter(f"{SVG}text")}
    assert texts["FOLLOWS FROM TRADE STATISTICS"] < width / 2 < texts["FOLLOWS FROM AN ASSUMPTION"]
    assert all(0 < x < width for x in texts.values())
    curves = [each for each in root.iter(f"{SVG}path") if each.get("class") == "curve"]
    assert len(curves) == len(RULES)
    for curve in curves:
        assert all(float(x) > width / 2 for x in re.findall(r"[ML]([\d.]+) ", curve.get("d")))


def test_the_layers_are_printed_apart(folder: Path) -> None:
    """The terminal shows statistics first, under their own heading, and no line is cut."""
    printed = (folder / "printed.txt").read_text(encoding="utf-8")
    first, second = printed.split("2  Follows from an assumption about firms, not from statistics")
    assert first.startswith("1  Follows from trade statistics alone")
    assert "two-way" not in first
    assert "multilateral" not in second
    assert "\N{HORIZONTAL ELLIPSIS}" not in printed


def test_the_invoices_clear_with_the_command(folder: Path, tmp_path: Path) -> None:
    """`setfair clear` reads the file and cancels what the study says of it; the totals are West Africa's."""
    totals = totals_of(GROUP_BY_NAME["ECOWAS"])
    setfair = Path(sys.executable).with_name("setfair")
    command = [
        setfair,
        "clear",
        folder / "invoices.csv",
        "--out",
        tmp_path / "cleared.csv",
        "--strict",
        "--json",
    ]
    found = subprocess.run(command, capture_output=True, text=True, check=False)
    assert found.returncode == 0, found.stderr
    (currency,) = json.loads(found.stdout)["currencies"]
    (expected,) = set_off_firms(totals, BASE, 1, [MIDDLE])
    assert currency["currency"] == "USD"
    assert currency["gross"] == format_amount(totals.gross_cents, 2)
    assert currency["cleared"] == format_amount(expected.cleared_total_minor, 2)
    assert currency["net_debit"] == format_amount(expected.net_debit_minor, 2)
    with (folder / "invoices.csv").open(encoding="utf-8", newline="") as file:
        pairs: dict[tuple[str, str], int] = {}
        for row in csv.DictReader(file):
            pair = (row["creditor"][:3], row["debtor"][:3])
            pairs[pair] = pairs.get(pair, 0) + int(row["amount"].replace(".", ""))
    members = totals.group.members
    ends = zip(totals.exporter.tolist(), totals.importer.tolist(), totals.cents.tolist(), strict=True)
    assert pairs == {(members[exporter], members[importer]): cents for exporter, importer, cents in ends}


def test_the_same_seeds_give_the_same_bytes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Another process with another hash seed writes and prints the same; another seed does not."""
    run_here(monkeypatch, tmp_path / "one", "--seeds", "1", "--json")
    one = capsys.readouterr().out
    two = run(tmp_path / "two", "--seeds", "1", "--json", hash_seed="7")
    run_here(monkeypatch, tmp_path / "other", "--seeds", "1", "--first-seed", "9", "--json")
    assert two.returncode == 0
    assert one == two.stdout == (tmp_path / "one" / "study.json").read_text(encoding="utf-8")
    assert digests(tmp_path / "one") == digests(tmp_path / "two")
    apart = [json.loads(printed) for printed in (one, capsys.readouterr().out)]
    assert apart[0]["follows_from_trade_statistics"] == apart[1]["follows_from_trade_statistics"]
    assert apart[0]["follows_from_an_assumption"] != apart[1]["follows_from_an_assumption"]


def digests(folder: Path) -> dict[str, str]:
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(folder.iterdir())}


@pytest.mark.parametrize("options", [("--seeds", "0"), ("--seeds", "1001"), ("--first-seed", "-1")])
def test_seeds_that_cannot_be_are_refused(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    options: tuple[str, str],
) -> None:
    """The command says what is allowed and writes nothing."""
    with pytest.raises(SystemExit) as refused:
        run_here(monkeypatch, tmp_path / "out", *options)
    assert refused.value.code == 2
    assert "1 to 1000 seeds" in capsys.readouterr().err
    assert not (tmp_path / "out").exists()
