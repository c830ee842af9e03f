"""What every test starts from: no rehearsal clock in the environment, and Hypothesis without a deadline."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("setfair", deadline=None, database=None, print_blob=True)
settings.load_profile("setfair")


_LONGEST = frozenset(
    ("test_demo", "test_kill", "test_readme", "test_study", "test_netting_is_reference", "test_reference")
)
_LONG = ("e2e", "properties", "reference")


def _place(item: pytest.Item) -> int:
    return 0 if item.path.stem in _LONGEST else 1 if item.path.parent.name in _LONG else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that the workers end at the same time."""
    items.sort(key=_place)


@pytest.fixture(autouse=True)
def _no_rehearsal_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away a clock that the caller's shell may have set."""
    monkeypatch.delenv("SETFAIR_NOW", raising=False)
