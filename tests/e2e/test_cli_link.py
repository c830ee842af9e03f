"""`setfair link`: two banks send their legs in files of their own, and see what waits and what it needs."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from typer.testing import CliRunner

from setfair.cli.main import make_app
from tests.houses import HEADER, NOW, csv_payment, make_house, write_csv

LEGS = f"{HEADER},link,link_legs,against_currency,against_amount,until"
LATER = "2026-01-05T15:00:00+03:00"


def ask(*words: object, as_json: bool = True) -> Any:
    """Run `setfair` and return what it printed."""
    given = [str(word) for word in words] + (["--json"] if as_json else [])
    result = CliRunner().invoke(make_app(), given)
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout) if as_json else result.stdout


def test_two_files_become_one_link(tmp_path: Path) -> None:
    """A link is pending, matched, shown with its pay-in, and expires at its time."""
    house = make_house(tmp_path)
    ask("day", "open", house, "--now", NOW)
    ours = csv_payment(1, "KE01", "UG01", "1500.00") + f",FX-1,2,UGX,900,{LATER}"
    theirs = csv_payment(2, "UG01", "KE01", "900", currency="UGX") + f",FX-1,,KES,1500.00,{LATER}"
    ask("submit", house, write_csv(tmp_path / "ours.csv", ours, header=LEGS), "--now", NOW)
    (link,) = ask("link", "list", house)
    assert (link["link"], link["state"], link["present"], link["until_utc"]) == (
        "FX-1",
        "pending",
        1,
        "2026-01-05T12:00:00Z",
    )
    assert ask("link", "pay-in", house) == []
    ask("submit", house, write_csv(tmp_path / "theirs.csv", theirs, header=LEGS), "--now", NOW)
    shown = ask("link", "list", house, as_json=False)
    assert "matched" in shown
    assert "2 of 2" in shown
    needs = {
        (row["participant"], row["currency"]): row["lacks_minor"] for row in ask("link", "pay-in", house)
    }
    assert needs["KE01", "KES"] == 50_000
    assert "lacks" in ask("link", "pay-in", house, as_json=False)
    assert ask("link", "expire", house, "--now", NOW) == {"expired": 0}
    assert ask("link", "expire", house, "--now", LATER) == {"expired": 1}
    assert ask("link", "list", house) == []
    assert [link["state"] for link in ask("link", "list", house, "--all")] == ["expired"]
