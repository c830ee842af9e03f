"""A house in which one cycle was run over obligations whose loops are known by hand."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from pathlib import Path

import pytest

from setfair.business_day import open_day, run_cycles
from setfair.house import House, open_house
from tests.houses import DAY, make_house, obligation, obligations, ticking_clock

OWED = {
    # Two loops over what ALPHA owes BRAVO: of 300 over CHARLIE, of 150 over DELTA and ECHO; 50 remain.
    "AB": ("ALPHA", "BRAVO", 500),
    "BC": ("BRAVO", "CHARLIE", 300),
    "CA": ("CHARLIE", "ALPHA", 400),
    "BD": ("BRAVO", "DELTA", 150),
    "DE": ("DELTA", "ECHO", 150),
    "EA": ("ECHO", "ALPHA", 150),
    # Nobody owes FOXTROT.
    "FA": ("FOXTROT", "ALPHA", 70),
    # The loop of three cancels more than that of two.
    "GH": ("GOLF", "HOTEL", 5),
    "HG": ("HOTEL", "GOLF", 5),
    "HI": ("HOTEL", "INDIA", 5),
    "IG": ("INDIA", "GOLF", 5),
}
"""By the creditor's number: debtor, creditor, amount in minor units."""
LATER = ("LATER", "ALPHA", "BRAVO", 90)
PARTIES = sorted({party for debtor, creditor, _ in OWED.values() for party in (debtor, creditor)})


@pytest.fixture(scope="session")
def cleared(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the house."""
    folder = make_house(tmp_path_factory.mktemp("explained"))
    with open_house(folder, ticking_clock()) as house:
        way_in = house.clearing_house
        open_day(way_in, DAY)
        rows = [obligation(number, *each) for number, each in OWED.items()]
        way_in.submit(obligations(*rows, obligation(*LATER, due_date=date(2026, 2, 1))))
        way_in.submit(obligations(obligation("WRONG", "ALPHA", "BRAVO", 0)))
        run_cycles(way_in, ("KES",), DAY)
    return folder


@pytest.fixture
def house(cleared: Path) -> Iterator[House]:
    """The house, open."""
    with open_house(cleared, ticking_clock()) as opened:
        yield opened
