"""The report in a real browser: no error, all sections, tabs and hints that work, and a policy that holds."""

from __future__ import annotations

import base64
import hashlib
import json
from pathlib import Path
from typing import Any

import pytest

from setfair.report.write import write_report
from tests.e2e.browser import needs_browser, show
from tests.unit.report.days import SECTIONS, content
from tests.unit.statements.days import two_days

pytestmark = needs_browser

PROBE = """
const seen = {tabs: []};
const visible = (one) => getComputedStyle(one).display !== "none";
for (const label of document.querySelectorAll("#owed nav label")) {
  label.click();
  const panels = [...document.querySelectorAll("#owed .panel")].filter(visible).map((one) => one.id);
  seen.tabs.push([label.textContent, panels]);
}
const about = document.querySelector("#liquidity [data-tip]");
const tip = document.getElementById("tip");
seen.tipBefore = visible(tip);
about.dispatchEvent(new PointerEvent("pointerover", {bubbles: true, clientX: 50, clientY: 50}));
seen.tip = [visible(tip), tip.textContent === about.dataset.tip, tip.textContent.length > 10];
seen.overflow = document.documentElement.scrollWidth - document.documentElement.clientWidth;
seen.width = document.documentElement.clientWidth;
const drawn = [...document.querySelectorAll("main svg")].filter((one) => one.closest("details") === null);
seen.empty = drawn.filter((one) => visible(one) && one.getBoundingClientRect().width < 1
  && one.closest(".panel") === null).length;
seen.clipped = [...document.querySelectorAll("main .scroll")].filter((one) => one.closest("details") === null
  && one.scrollWidth > one.clientWidth).map((one) => one.closest("section").id);
seen.paper = getComputedStyle(document.body).backgroundColor;
seen.ink = getComputedStyle(document.body).color;
const digits = getComputedStyle(document.querySelector("td.number"));
seen.numbers = [digits.textAlign, digits.fontVariantNumeric];
document.body.dataset.seen = JSON.stringify(seen);
"""


@pytest.fixture(scope="module")
def report(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The report of a lively day."""
    folder = tmp_path_factory.mktemp("browser")
    with two_days(folder, seed=11) as player:
        return write_report(player.house.query, folder / "report.html")


def with_script(report: Path, script: str, file: Path, *, allowed: bool) -> Path:
    """Write a copy with one more script, which the policy of the copy allows or does not know."""
    text = report.read_text(encoding="utf-8")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    # Quotes are written as they stand in the attribute.
    rule = "script-src &#x27;"
    assert text.count(rule) == 1
    if allowed:
        text = text.replace(rule, f"script-src &#x27;sha256-{digest}&#x27; &#x27;")
    file.write_text(text.replace("</body>", f"<script>{script}</script></body>"), encoding="utf-8")
    return file


def probe(report: Path, folder: Path, **how: Any) -> dict[str, Any]:
    """Let a script look around in the page; return what it saw."""
    shown = show(with_script(report, PROBE, folder / "probed.html", allowed=True), **how)
    assert shown.console == []
    return json.loads(shown.page.find("body").get("data-seen"))


def test_the_report_opens_without_an_error(report: Path) -> None:
    """Nothing on the console, all sections and drawings there, and the page as it was written."""
    shown = show(report)
    assert shown.console == []
    sections = [each.get("id") for each in shown.page.iterfind(".//main/section")]
    assert [key for key in sections if key in SECTIONS] == SECTIONS
    assert len(shown.page.findall(".//svg")) > 30
    written = report.read_text(encoding="utf-8")
    assert content(shown.page.find(".//h1")) in written
    assert len(shown.page.findall(".//script")) == written.count("<script>") == 1


def test_tabs_and_hints_work(report: Path, tmp_path: Path) -> None:
    """A tab shows its own panel alone; a pointer over a drawing shows what it says, and not before.

    On a wide screen every table shows whole.
    """
    seen = probe(report, tmp_path)
    assert seen["tabs"] == [
        [code, [f"owed-panel-{place}"]] for place, code in enumerate(("JPY", "EUR", "TND"))
    ]
    assert seen["tipBefore"] is False
    assert seen["tip"] == [True, True, True]
    assert seen["empty"] == 0
    assert seen["clipped"] == []
    assert seen["numbers"][0] == "right"
    assert "tabular-nums" in seen["numbers"][1]


def test_nothing_is_cut_off_on_a_narrow_screen(report: Path, tmp_path: Path) -> None:
    """Wide tables scroll by themselves; the page does not."""
    seen = probe(report, tmp_path, width=500)
    assert seen["width"] <= 500
    assert seen["overflow"] == 0


def test_dark_is_dark(report: Path, tmp_path: Path) -> None:
    """Whoever prefers a dark screen gets light letters on dark paper, with a contrast of at least 7."""
    light, dark = (probe(report, tmp_path, dark=dark) for dark in (False, True))
    for seen in (light, dark):
        levels = sorted(luminance(seen[key]) for key in ("paper", "ink"))
        assert (levels[1] + 0.05) / (levels[0] + 0.05) >= 7
    assert luminance(dark["paper"]) < luminance(dark["ink"])
    assert luminance(light["paper"]) > luminance(light["ink"])


def luminance(colour: str) -> float:
    """Return the relative luminance of rgb(...) as WCAG 2.2 defines it."""
    parts = [int(part) / 255 for part in colour.removeprefix("rgb(").removesuffix(")").split(",")]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def test_a_script_that_slipped_in_does_not_run(report: Path, tmp_path: Path) -> None:
    """The policy stops it and says so on the console; the same script runs where the policy knows it."""
    script = "document.body.dataset.ran = 'yes';"
    stopped = show(with_script(report, script, tmp_path / "stopped.html", allowed=False))
    assert stopped.page.find("body").get("data-ran") is None
    assert any("Content Security Policy" in message for message in stopped.console)
    ran = show(with_script(report, script, tmp_path / "ran.html", allowed=True))
    assert ran.page.find("body").get("data-ran") == "yes"
