"""`setfair day calendar`: the days that currencies have in common, and their times."""

from __future__ import annotations

import json
from pathlib import Path

from tests.cli import invoke
from tests.unit.statements.days import made_house

CYCLE = '[[clearing.cycles]]\nname = "noon"\ntime = 12:00:00\ncurrencies = ["EUR"]\n'
HOLIDAY = "[calendar]\nholidays = [2026-01-07]\n"


def _calendar(folder: Path, *options: str) -> tuple[int, str]:
    result = invoke("day", "calendar", str(folder), *options)
    return result.exit_code, result.output


def test_the_calendar_of_a_house(tmp_path: Path) -> None:
    """Holidays and weekends are left out; times are in UTC; cycles stand on their days; beside the writer."""
    with made_house(tmp_path, CYCLE + HOLIDAY) as house:
        code, output = _calendar(house.folder, "--date", "2026-01-06", "--days", "3", "--json")
        assert code == 0, output
        days = json.loads(output)
        assert [each["business_date"] for each in days] == ["2026-01-06", "2026-01-08", "2026-01-09"]
        assert days[0]["times"]["JPY"]["opens"] == "2026-01-06T05:00:00+00:00"
        assert days[0]["cycles"] == ["noon"]
        code, output = _calendar(house.folder, "--date", "2026-01-06", "--currency", "EUR", "--days", "1")
        assert (code, "2026-01-06 13:00" in output) == (0, True)
        code, output = _calendar(house.folder, "--currency", "XXX")
        assert (code, "the agreement has JPY, EUR, TND" in output) == (2, True)
