"""Set-off notices say the same to both sides and add up."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given, settings

from setfair.errors import BrokenInvariantError
from setfair.formats.notice import (
    LOOPS_LISTED_MAX,
    Firm,
    LoopSeen,
    Notice,
    SetOff,
    write_notice_csv,
    write_notice_json,
)
from tests.formats.iso20022 import write_cases as cases

NORD = Firm("NORD-1", "Nord Timber")
PALM = Firm("PALM-1", "شركة النخيل <&>")
CORAL = Firm("CORAL-1", "=Coral Trading")
TND = cases.currency("TND")
DAY = date(2026, 1, 5)
LOOP = (
    SetOff(11, "INV-1", NORD, PALM, TND, 5000, 3000, 2000, DAY),
    SetOff(12, "INV-2", PALM, CORAL, TND, 3000, 3000, 0),
    SetOff(13, "INV-3", CORAL, NORD, TND, 4000, 3000, 1000),
)


def notice_for(party: Firm, *set_offs: SetOff) -> Notice:
    """A notice of the first cycle of a day."""
    return Notice("Example Clearing House", party, 1, DAY, set_offs)


SEEN = LoopSeen(3000, 3, CORAL)
"""The loop as Nord Timber is told of it in the line of what it owes."""
NORD_NOTICE = notice_for(NORD, replace(LOOP[0], loops=(SEEN,)), LOOP[2])


def csv_rows(notice: Notice) -> list[dict[str, str]]:
    """The CSV notice, read back."""
    text = cases.bytes_of(lambda out: write_notice_csv(out, notice)).decode()
    return list(csv.DictReader(io.StringIO(text, newline="")))


def json_notice(notice: Notice) -> dict[str, object]:
    """The JSON notice, read back."""
    found: dict[str, object] = json.loads(cases.bytes_of(lambda out: write_notice_json(out, notice)))
    return found


def test_csv_says_both_sides() -> None:
    """The notice of a firm holds what it owed and what it was owed, with exact decimals."""
    assert [",".join(row.values()) for row in csv_rows(NORD_NOTICE)] == [
        "1,2026-01-05,DEBTOR,INV-1,PALM-1,شركة النخيل <&>,TND,5.000,3.000,2.000,2026-01-05,11,1,3,CORAL-1",
        "1,2026-01-05,CREDITOR,INV-3,CORAL-1,'=Coral Trading,TND,4.000,3.000,1.000,,13,0,,",
    ]


def test_json_says_the_same_with_totals() -> None:
    """The JSON notice has the same lines and the totals of each currency."""
    notice = json_notice(NORD_NOTICE)
    assert {name: notice[name] for name in ("house", "party", "cycle", "date", "totals")} == {
        "house": "Example Clearing House",
        "party": {"party_id": "NORD-1", "name": "Nord Timber"},
        "cycle": 1,
        "date": "2026-01-05",
        "totals": [
            {
                "currency": "TND",
                "owed": "5.000",
                "owed_cleared": "3.000",
                "claimed": "4.000",
                "claimed_cleared": "3.000",
            }
        ],
    }
    lines = notice["set_offs"]
    assert isinstance(lines, list)
    assert [(line["side"], line["cleared"], line["record"]) for line in lines] == [
        ("DEBTOR", "3.000", 11),
        ("CREDITOR", "3.000", 13),
    ]


def test_both_sides_read_the_same_obligation() -> None:
    """The debtor's and the creditor's line of one obligation differ in side and counterparty only."""
    palm = csv_rows(notice_for(PALM, LOOP[0], LOOP[1]))[0]
    nord = csv_rows(NORD_NOTICE)[0]
    differing = {name for name in nord if nord[name] != palm[name] and not name.startswith("loop")}
    assert differing == {"side", "counterparty", "counterparty_name"}


def test_json_lists_loops_with_the_neighbour_on_the_other_side() -> None:
    """A debt says who owes the party in each loop, a claim whom it owes; the amounts are decimals in text."""
    claim = replace(LOOP[2], loops=(LoopSeen(2000, 3, PALM), LoopSeen(1000, 5, PALM)))
    lines: Any = json_notice(notice_for(NORD, replace(LOOP[0], loops=(SEEN,)), claim))["set_offs"]
    coral = {"party_id": "CORAL-1", "name": "=Coral Trading"}
    assert (lines[0]["loop_count"], lines[1]["loop_count"]) == (1, 2)
    assert lines[0]["loops"] == [
        {"amount": "3.000", "currency": LOOP[0].currency.code, "length": 3, "owes_you": coral}
    ]
    assert [(loop["amount"], loop["length"]) for loop in lines[1]["loops"]] == [("2.000", 3), ("1.000", 5)]
    assert {loop["you_owe"]["party_id"] for loop in lines[1]["loops"]} == {"PALM-1"}


def test_a_thousand_loops_fit_a_cell_and_a_line() -> None:
    """The count is exact; lengths say how many loops have them; neighbours and listed loops are bounded."""
    seen = tuple(LoopSeen(1, 2 + number % 2, Firm(f"N-{number}", "")) for number in range(3000))
    notice = notice_for(NORD, replace(LOOP[0], loops=seen), LOOP[2])
    row = csv_rows(notice)[0]
    assert (row["loops"], row["loop_lengths"]) == ("3000", "2 (1500); 3 (1500)")
    assert row["loop_neighbours"].endswith("; N-19; and 2980 more")
    line: Any = json_notice(notice)["set_offs"]
    assert (line[0]["loop_count"], len(line[0]["loops"])) == (3000, LOOPS_LISTED_MAX)


def test_empty_notice_is_whole() -> None:
    """A party for which a cycle did nothing gets a notice without lines."""
    assert csv_rows(notice_for(NORD)) == []
    assert json_notice(notice_for(NORD))["set_offs"] == []


@settings(max_examples=60, deadline=None)
@given(cases.nasty_texts, cases.nasty_texts)
def test_any_name_can_be_written(name: str, obligation_id: str) -> None:
    """Names and ids of any characters make readable CSV and JSON."""
    changed = [replace(item, obligation_id=obligation_id, debtor=NORD) for item in LOOP[:1]]
    back = replace(LOOP[2], debtor=Firm("X", name))
    notice = notice_for(NORD, *changed, back)
    assert len(csv_rows(notice)) == 2
    assert len(json_notice(notice)["set_offs"]) == 2  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("set_offs", "message"),
    [
        ((replace(LOOP[0], remaining_minor=2001), LOOP[2]), "5000 - 3000 = 2001 is no set-off"),
        ((replace(LOOP[0], cleared_minor=6000, remaining_minor=-1000), LOOP[2]), "is no set-off"),
        ((LOOP[1],), "record 12 is not between NORD-1 and another party"),
        ((replace(LOOP[0], creditor=NORD),), "record 11 is not between NORD-1"),
        (
            (replace(LOOP[0], loops=(replace(SEEN, amount_minor=2999),)), LOOP[2]),
            "record 11: its loops do not sum to 3000",
        ),
        ((LOOP[0],), "moved the net position of NORD-1 by 3000 minor units of TND"),
    ],
)
def test_notice_that_does_not_add_up_stops_the_writers(set_offs: tuple[SetOff, ...], message: str) -> None:
    """A wrong remainder, a stranger's obligation or a moved net position is a broken invariant."""
    for write in (write_notice_csv, write_notice_json):
        with pytest.raises(BrokenInvariantError, match=message):
            write(io.BytesIO(), notice_for(NORD, *set_offs))
