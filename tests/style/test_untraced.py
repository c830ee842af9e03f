"""What coverage is told not to look at is there."""

from __future__ import annotations

from tests.style.source import ROOT, functions_of
from tests.untraced import UNTRACED


def test_what_is_untraced_is_there() -> None:
    """Every file, folder and test that is named as untraced exists."""
    tests = ROOT / "tests"
    there = {f"{path.relative_to(tests)} {node.name}" for path, node in functions_of("tests")}
    named = {f"{place} {name}" for place, names in UNTRACED.items() for name in names}
    assert sorted(named - there) == []
    assert [place for place in UNTRACED if not (tests / place).exists()] == []
