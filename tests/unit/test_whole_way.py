"""The bench of the whole way times parts that exist, and puts them back."""

from __future__ import annotations

from pathlib import Path

from benchmarks.houses import make_house, open_day
from benchmarks.whole_way import _watch

import setfair.clearing_house


def test_every_part_is_there(tmp_path: Path) -> None:
    """Every function that is timed is found, and is itself again afterwards."""
    original = setfair.clearing_house.decide
    with open_day(make_house(tmp_path)) as house:
        parts = _watch(house)
        assert setfair.clearing_house.decide is not original
        parts.close()
    assert setfair.clearing_house.decide is original
