"""What every test starts from: no rehearsal clock in the environment, and Hypothesis without a deadline."""

from __future__ import annotations

import pytest
from hypothesis import settings

settings.register_profile("setfair", deadline=None, database=None, print_blob=True)
settings.load_profile("setfair")


_LONG = ("e2e", "properties", "reference", "test_readme")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that two workers end at the same time."""
    items.sort(key=lambda item: item.path.parent.name not in _LONG and item.path.stem not in _LONG)


@pytest.fixture(autouse=True)
def _no_rehearsal_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away a clock that the caller's shell may have set."""
    monkeypatch.delenv("SETFAIR_NOW", raising=False)
