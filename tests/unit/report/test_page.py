"""The page: safe, alone, the same each time, and whole on every kind of day."""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest

from setfair.business_day import open_day, run_cycles
from setfair.errors import HouseError
from setfair.house import House
from setfair.report.write import write_report
from tests.unit.report.days import (
    EDGE_DAYS,
    SECTIONS,
    content,
    end_day,
    never_opened,
    no_cycle,
    nothing_happened,
    one_currency_one_account,
    owe,
    read_report,
    still_open,
)
from tests.unit.statements.days import BANKS, MONDAY, TUESDAY, Player, made_house

HOSTILE = (
    "</script><script>alert(1)</script>",
    '"><img src=http://example.org/x onerror=alert(1)>',
    "</style><style>@import url(//example.org/x);",
    "<svg onload=alert(1)>",
    "' onmouseover='alert(1)",
)


@pytest.fixture(scope="module")
def hostile_report(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Any]:
    """The report of a house in which every text that a stranger chooses is hostile."""
    folder = tmp_path_factory.mktemp("hostile")
    name = '"""</title><script>alert(1)</script>"""'
    with made_house(folder, name=f"'{name[3:-3]}'") as house:
        open_day(house.clearing_house, MONDAY)
        player = Player(house, 5)
        player.send([player.funding(bank, "EUR") for bank in BANKS])
        player.send(
            [
                player.payment(currency="EUR", debtor_name=one, creditor_name=one, remittance=one) | changes
                for one in HOSTILE
                for changes in (
                    {},
                    {"creditor_agent": "NOBODY"},
                    {"amount_minor": 0, "defect_text": one, "defect": 8},
                )
            ]
        )
        debts = [(a, b, 1000) for a in HOSTILE for b in HOSTILE if a != b]
        owe(
            house,
            [(f"F{HOSTILE.index(a)}", f"F{HOSTILE.index(b)}", c) for a, b, c in debts],
            names=_hostile_name,
        )
        run_cycles(house.clearing_house, (), MONDAY)
        end_day(house)
        return read_report(house, folder)


def _hostile_name(firm: str) -> str:
    return HOSTILE[int(firm[1:])]


def test_a_hostile_name_never_becomes_markup(hostile_report: tuple[str, Any]) -> None:
    """There is one script and one style, our own; no element and no attribute that the page never makes."""
    text, tree = hostile_report
    assert len(re.findall(r"<\s*/?\s*script", text, re.IGNORECASE)) == 2
    assert len(re.findall(r"<\s*/?\s*style", text, re.IGNORECASE)) == 2
    tags = {each.tag for each in tree.iter()}
    assert not tags & {"img", "iframe", "object", "embed", "form", "base", "audio", "video", "a"}
    attributes = {key for each in tree.iter() for key in each.attrib}
    assert not [key for key in attributes if key.startswith("on") or key in ("style", "src", "action")]
    for one in HOSTILE:
        assert one in content(tree.find(".//main"))
    assert "</title><script>alert(1)</script>" in tree.findtext("head/title")


def test_the_policy_allows_what_is_in_the_page_and_nothing_else(hostile_report: tuple[str, Any]) -> None:
    """The hashes of the policy are those of the one style and the one script."""
    text, tree = hostile_report
    policy = tree.find("head/meta[@http-equiv='Content-Security-Policy']").get("content")
    rules = dict(rule.split(" ", 1) for rule in policy.split("; "))
    assert rules["default-src"] == "'none'"
    for tag in ("style", "script"):
        (inside,) = re.findall(f"<{tag}>(.*?)</{tag}>", text, re.DOTALL)
        digest = base64.b64encode(hashlib.sha256(inside.encode()).digest()).decode()
        assert rules[f"{tag}-src"] == f"'sha256-{digest}'"
    assert rules.keys() == {"default-src", "style-src", "script-src", "img-src", "base-uri", "form-action"}
    order = [each.tag for each in tree.find("head")]
    assert order.index("meta") < order.index("style")


def test_nothing_is_loaded(tree: Any, house: House, tmp_path: Path) -> None:
    """No reference leads out of the file: none that loads, and no address at all."""
    text, _ = read_report(house, tmp_path)
    assert not re.search(r"https?:|//\w|@import|url\(", text)
    references = {each.get(key) for each in tree.iter() for key in ("src", "href") if each.get(key)}
    assert references == {"data:,"}


def test_the_same_journal_gives_the_same_bytes(house: House, tmp_path: Path) -> None:
    """Written twice; and a past day is another one."""
    first, again = (write_report(house.query, tmp_path / name, TUESDAY) for name in ("a.html", "b.html"))
    monday = write_report(house.query, tmp_path / "c.html", MONDAY)
    assert first.read_bytes() == again.read_bytes() != monday.read_bytes()


def test_a_folder_gets_the_report_by_date(house: House, tmp_path: Path) -> None:
    """And what cannot be written is an error that says where."""
    assert write_report(house.query, tmp_path) == tmp_path / str(TUESDAY) / "report.html"
    (tmp_path / "file").write_text("")
    with pytest.raises(HouseError, match="could not be written"):
        write_report(house.query, tmp_path / "file" / "report.html")


Making = Callable[[Path], AbstractContextManager[House]]


@pytest.mark.parametrize("made", EDGE_DAYS, ids=lambda made: made.__name__)
def test_the_report_is_whole_on_every_kind_of_day(made: Making, tmp_path: Path) -> None:
    """All sections in order, each with a heading that names it; ids are used once, labels lead somewhere."""
    with made(tmp_path) as house:
        text, tree = read_report(house, tmp_path)
    present = [each.get("id") for each in tree.iterfind(".//main/section")]
    assert [key for key in present if key in SECTIONS] == SECTIONS
    ids = [each.get("id") for each in tree.iter() if each.get("id")]
    assert len(set(ids)) == len(ids)
    for each in tree.iter():
        for key in ("aria-labelledby", "for"):
            assert each.get(key) is None or each.get(key) in ids
    assert not re.search(r"\b(nan|inf|None)\b", content(tree.find(".//main")) + " ".join(drawn(tree)))
    assert "Traceback" not in text


def drawn(tree: Any) -> list[str]:
    """Return all coordinates of all drawings."""
    return [
        value
        for each in tree.iter()
        for key, value in each.items()
        if key in ("d", "x", "y", "width", "points")
    ]


def words(made: Making, folder: Path) -> str:
    """Return the text of a report in one line."""
    with made(folder) as house:
        return " ".join(content(read_report(house, folder)[1].find("body")).split())


def test_a_day_on_which_nothing_happened(tmp_path: Path) -> None:
    """Every section says so in words."""
    text = words(nothing_happened, tmp_path)
    for sentence in (
        "Nothing settled.",
        "No obligations were due.",
        "nothing waited",
        "No account paid anything.",
    ):
        assert sentence in text
    assert "Everything went through." in text
    assert "Monday, 5 January 2026" in text


def test_a_house_that_never_opened(tmp_path: Path) -> None:
    """All its pages are the day, and there is no date."""
    text = words(never_opened, tmp_path)
    assert "All days so far" in text
    assert "did not open" in text


def test_a_house_of_one_account(tmp_path: Path) -> None:
    """Funding is no payment, and the two accounts of the currency cancel out."""
    with one_currency_one_account(tmp_path) as house:
        _, tree = read_report(house, tmp_path)
        (row,) = house.query("SELECT balance_minor FROM account WHERE participant = 'KE01'")
    (card,) = tree.findall(".//article[@class='card']")
    facts = {
        content(line.find("th")): content(line.findall("td")[-1])
        for line in card.iter("tr")
        if line.find("td") is not None
    }
    assert (facts["received"], facts["funding"]) == ("0", f"{row['balance_minor']:,}")
    (foot,) = tree.findall(".//section[@id='accounts']//tfoot/tr")
    assert [content(cell) for cell in foot][2:6] == ["0", facts["funding"], facts["funding"], "0"]


def test_a_day_without_a_cycle(tmp_path: Path) -> None:
    """What is due is shown before and after alike, and the words say why."""
    text = words(no_cycle, tmp_path)
    assert "no cycle was run" in text
    assert "0.0 % set off: 0.00 of 1.60 EUR in 2 obligations among 2 firms" in text


def test_an_open_day(tmp_path: Path) -> None:
    """It says which currencies are not closed, and what waits."""
    text = words(still_open, tmp_path)
    assert "Not closed yet: JPY, EUR, TND" in text
    assert "waiting payments" in text


def test_tabs_are_as_many_as_currencies_with_debts(tree: Any) -> None:
    """The first is chosen; each has its panel and its style."""
    inputs = tree.findall(".//section[@id='owed']//input")
    assert [each.get("checked") for each in inputs] == ["", None, None]
    labels = [content(each) for each in tree.findall(".//section[@id='owed']//nav/label")]
    assert labels == ["JPY", "EUR", "TND"]
    style = tree.findtext("head/style")
    for place in range(3):
        assert tree.find(f".//div[@id='owed-panel-{place}']") is not None
        assert f"#owed-tab-{place}:checked~#owed-panel-{place}" in style
