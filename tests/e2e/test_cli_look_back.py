"""`setfair screen HOUSE --since`: what settled, by the lists as they are now."""

from __future__ import annotations

import csv
from pathlib import Path

from tests.e2e.test_cli_house import NOW, ask, refused, run
from tests.houses import csv_payment, make_house, write_csv
from tests.unit.test_rescreening import LATER, NEW


def test_what_settled_before_it_was_listed(tmp_path: Path) -> None:
    """A settled payment and a set-off obligation are found, with where they stand; nothing changes."""
    house, out = make_house(tmp_path), tmp_path / "found.csv"
    assert run("day", "open", house, "--now", NOW).exit_code == 0
    lines = [
        csv_payment(1, "KE01", "UG01", "1.00", debtor_name=LATER),
        csv_payment(2, "KE01", "UG01", "1.00"),
    ]
    loop = f"O1,P1,P2,KES,5.00,{LATER},Firm P2\nO2,P2,P1,KES,5.00,Firm P2,{LATER}\n"
    header = "obligation_id,debtor,creditor,currency,amount,debtor_name,creditor_name\n"
    (tmp_path / "o.csv").write_text(header + loop, encoding="utf-8")
    assert (
        run(
            "submit", house, write_csv(tmp_path / "p.csv", *lines), tmp_path / "o.csv", "--now", NOW
        ).exit_code
        == 0
    )
    assert run("cycle", house, "--now", NOW).exit_code == 0
    nothing = ask("screen", house, "--since", "2026-01-05", "--out", out, "--now", NOW)
    assert (nothing["hits"], nothing["instructions_hit"]) == (0, 0)
    listed = house / "lists" / "un.xml"
    listed.write_text(listed.read_text(encoding="utf-8").replace("</INDIVIDUALS>", NEW.format(LATER, "")))
    before = ask("status", house)
    found = ask("screen", house, "--since", "2026-01-05", "--out", out, "--now", NOW)
    assert (found["instructions_hit"], found["known_before"]) == (3, 0)
    rows = list(csv.DictReader(out.read_text(encoding="utf-8").splitlines()))
    assert {(row["subject"], row["entry_id"], row["name"]) for row in rows} == {
        ("payment", "900009", LATER),
        ("obligation", "900009", LATER),
    }
    assert ask("status", house) == before
    assert ask("screen", house, "--since", "2026-01-06", "--out", out, "--now", NOW)["hits"] == 0
    assert "--lists is missing" in refused("screen", house, "--out", out)
