"""An obligation explained: by hand-made loops, in the overseer's view and in a party's."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from setfair.business_day import run_cycles
from setfair.errors import HouseError
from setfair.explain.choose import choose
from setfair.explain.cycle import read_cycle
from setfair.explain.due import Why, read_due
from setfair.explain.obligation import explain
from setfair.house import House, open_house
from tests.houses import DAY, make_house, obligation, obligations, ticking_clock
from tests.unit.explain.conftest import OWED, PARTIES


def told(house: House, reference: str, party: str | None = None) -> Any:
    """Explain, as JSON has it."""
    return json.loads(json.dumps(explain(house.query, choose(house.query, reference, party))))


def the_cycle(house: House, reference: str, party: str | None = None) -> Any:
    """What is told of the only cycle."""
    (cycle,) = told(house, reference, party)["cycles"]
    return cycle


def test_the_overseer_sees_every_loop_whole(house: House) -> None:
    """Amounts, loops with all names from the obligation on and around, and what bounds it."""
    cycle = the_cycle(house, "AB")
    assert (cycle["before"], cycle["cleared"], cycle["remaining"]) == ("5.00", "4.50", "0.50")
    assert (cycle["date"], cycle["loop_count"], cycle["why_no_more"]) == ("2026-01-05", 2, "USED_UP")
    assert [(loop["amount"], loop["length"]) for loop in cycle["loops"]] == [("3.00", 3), ("1.50", 4)]
    ways = [[each["obligation_id"] for each in loop["obligations"]] for loop in cycle["loops"]]
    assert ways == [["AB", "BC", "CA"], ["AB", "BD", "DE", "EA"]]
    assert cycle["loops"][0]["obligations"][1]["creditor"] == {"party_id": "CHARLIE", "name": "Firm CHARLIE"}
    assert cycle["debtor_stood"] == {"owed": "5.00", "claimed": "6.20", "most": "5.00"}
    assert cycle["creditor_stood"] == {"owed": "4.50", "claimed": "5.00", "most": "4.50"}


def test_a_party_sees_its_own_neighbours(house: House) -> None:
    """The debtor is told who owes it in each loop, the creditor whom it owes; each of its own sums."""
    as_debtor, as_creditor = the_cycle(house, "AB", "ALPHA"), the_cycle(house, "AB", "BRAVO")
    assert [loop["owes_you"]["party_id"] for loop in as_debtor["loops"]] == ["CHARLIE", "ECHO"]
    assert {loop["you_owe"]["party_id"] for loop in as_debtor["loops"]} == {"BRAVO"}
    assert [loop["you_owe"]["party_id"] for loop in as_creditor["loops"]] == ["CHARLIE", "DELTA"]
    assert {loop["owes_you"]["party_id"] for loop in as_creditor["loops"]} == {"ALPHA"}
    assert "creditor_stood" not in as_debtor
    assert "debtor_stood" not in as_creditor
    assert [loop["length"] for loop in as_creditor["loops"]] == [3, 4]


@pytest.mark.parametrize("party", PARTIES)
def test_no_third_party_is_in_what_a_party_is_told(house: House, party: str) -> None:
    """Of all its obligations, no id, name or document of anyone but itself and who it trades with."""
    own = {number: each for number, each in OWED.items() if party in each[:2]}
    known = {each[side] for each in own.values() for side in (0, 1)}
    text = json.dumps([told(house, number, party) for number in own])
    assert all(f'"{number}"' in text for number in own)
    assert [other for other in PARTIES if other not in known and other in text] == []
    assert [number for number in OWED if number not in own and f'"{number}"' in text] == []


@pytest.mark.parametrize(
    ("reference", "amount", "why"),
    [
        ("BC", "3.00", Why.CANCELLED_IN_FULL),
        ("CA", "3.00", Why.USED_UP),
        ("FA", "0.00", Why.NO_LOOP),
        ("HG", "0.00", Why.OTHER_LOOPS),
    ],
)
def test_why_no_more(house: House, reference: str, amount: str, why: Why) -> None:
    """Each answer occurs, in its words."""
    cycle = the_cycle(house, reference)
    assert (cycle["cleared"], cycle["why_no_more"], cycle["text"]) == (amount, why.name, why.value)
    assert cycle["loop_count"] == len(cycle["loops"]) == (1 if amount != "0.00" else 0)


@pytest.mark.parametrize(("reference", "text"), [("LATER", "it was not due"), ("WRONG", "it was rejected")])
def test_what_no_cycle_took_says_so(house: House, reference: str, text: str) -> None:
    """An obligation that is not due yet, and one that was rejected."""
    answer = told(house, reference)
    assert answer["cycles"] == []
    assert text in answer["text"]


def test_what_is_not_there_is_refused(house: House) -> None:
    """Strangers' obligations read like ones that are not there; unknown parties are named."""
    for reference in ("BC", "NONE"):
        with pytest.raises(
            HouseError, match=f"^there is no obligation {reference} of ALPHA: give its number"
        ):
            choose(house.query, reference, "ALPHA")
    with pytest.raises(HouseError, match="NOBODY is no party"):
        choose(house.query, "AB", "NOBODY")
    with pytest.raises(HouseError, match="9 is no cycle"):
        read_cycle(house.query, 9_999_999)


def test_numbers_and_ids_that_are_not_one(tmp_path: Path) -> None:
    """Two creditors may use one number: then the house's own is asked for, and it does."""
    with open_house(make_house(tmp_path), ticking_clock()) as house:
        house.clearing_house.submit(
            obligations(
                obligation("7", "A", "B", 5), obligation("7", "B", "C", 5), obligation("8", "C", "A", 5)
            )
        )
        with pytest.raises(HouseError, match=r"2 obligations are called 7; give a number: \d+ \(A to B\), "):
            choose(house.query, "7", None)
        number = choose(house.query, "7", "A").number
        assert choose(house.query, str(number), None).number == number


def test_a_second_cycle_explains_what_remained(tmp_path: Path) -> None:
    """Both cycles are told, the second of what the first left; why no more is told of the last alone."""
    with open_house(make_house(tmp_path), ticking_clock()) as house:
        way_in = house.clearing_house
        way_in.submit(obligations(obligation("1", "A", "B", 10), obligation("2", "B", "A", 4)))
        run_cycles(way_in, ("KES",), DAY)
        way_in.submit(obligations(obligation("3", "B", "A", 5)))
        run_cycles(way_in, ("KES",), DAY)
        cycles = told(house, "1", "A")["cycles"]
        assert [(each["before"], each["cleared"], each["remaining"]) for each in cycles] == [
            ("0.10", "0.04", "0.06"),
            ("0.06", "0.05", "0.01"),
        ]
        assert ["why_no_more" in each for each in cycles] == [False, True]


def test_tables_that_are_not_the_journals_explain_nothing(tmp_path: Path) -> None:
    """A record altered in the tables is noticed, and what to do is said."""
    with open_house(make_house(tmp_path), ticking_clock()) as house:
        way_in = house.clearing_house
        way_in.submit(obligations(obligation("1", "A", "B", 10), obligation("2", "B", "A", 4)))
        run_cycles(way_in, ("KES",), DAY)
        number = int(house.query("SELECT max(cycle_number) AS n FROM cycle WHERE currency = 'KES'")[0]["n"])
        read_due(house.query, read_cycle(house.query, number))
        with house.store.connection.cursor() as cursor:
            cursor.execute("UPDATE record_row SET debtor_after = 11 WHERE kind = 7 AND debtor_after = 10")
        with pytest.raises(HouseError, match="setfair rebuild"):
            read_due(house.query, read_cycle(house.query, number))
