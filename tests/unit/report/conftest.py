"""The house of the tests of statements with its two days, and Tuesday read for the report."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from setfair.house import House
from setfair.report.day import ReportDay, find_day
from setfair.report.figures import read_cycles
from setfair.report.read import Reader
from tests.unit.report.days import read_report
from tests.unit.statements.days import TUESDAY, two_days


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An open house after Monday and Tuesday; tests only read it."""
    with two_days(tmp_path_factory.mktemp("reported"), seed=11) as player:
        yield player.house


@pytest.fixture(scope="session")
def day(house: House) -> ReportDay:
    """Tuesday, on which other currencies' books were not empty."""
    return find_day(house.query, TUESDAY)


@pytest.fixture(scope="session")
def reader(house: House, day: ReportDay) -> Reader:
    """Reads Tuesday, with what was due in its last cycles."""
    cycles = read_cycles(Reader(house.query, day.spans({})))
    return Reader(house.query, day.spans({number: runs[-1].page for number, runs in cycles.items()}))


@pytest.fixture(scope="session")
def tree(house: House, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """Tuesday's report."""
    return read_report(house, tmp_path_factory.mktemp("tuesday"))[1]
