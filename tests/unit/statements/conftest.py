"""Two days in three currencies, played once a worker, and what was given out about them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from setfair.house import House
from setfair.statements.write_day import write_day
from tests.unit.statements.days import MONDAY, TUESDAY, Player, two_days


@pytest.fixture(scope="session")
def lively(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Player]:
    """Who played Monday and Tuesday in a house that is still open; tests only read it."""
    with two_days(tmp_path_factory.mktemp("lively"), seed=7) as player:
        yield player


@pytest.fixture(scope="session")
def lively_house(lively: Player) -> House:
    """The house."""
    return lively.house


@pytest.fixture(scope="session")
def given_out(lively_house: House, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of both days."""
    out = tmp_path_factory.mktemp("given")
    for day in (MONDAY, TUESDAY):
        write_day(lively_house.query, out, day)
    return out
