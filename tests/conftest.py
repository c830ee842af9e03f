"""What every test starts from: no rehearsal clock in the environment, and Hypothesis without a deadline.

And how the tests are run together: in which order, and which of them coverage looks at.
"""

from __future__ import annotations

import gc
from pathlib import Path

import pytest
from hypothesis import settings

from setfair.cli.without_pandas import leave_pandas_out
from tests.uncompiled import UNCOMPILED

settings.register_profile("setfair", deadline=None, database=None, print_blob=True)
settings.load_profile("setfair")


_TESTS = Path(__file__).parent
_LONGEST = frozenset(
    ("test_demo", "test_kill", "test_readme", "test_study", "test_netting_is_reference", "test_reference")
)
_LONG = ("e2e", "properties", "reference")
_UNTRACED = (
    "e2e/test_arrangements.py",
    "e2e/test_kill.py",
    "e2e/test_kill_cycle.py",
    "e2e/test_study.py",
    "formats/iso20022/test_read_alike.py",
    "formats/iso20022/test_read_large.py",
    "properties",
    "reference",
    "screening/test_published_lists.py",
    "torture",
    "unit/engine",
    "unit/journal",
)
"""What repeats days, or compares with plain twins, spends its time there: traced it takes up to twice as
long, and covers no more."""

leave_pandas_out()
# What collecting makes stays: to look through it for garbage again and again is a tenth of the time.
gc.disable()


def _place(item: pytest.Item) -> int:
    return 0 if item.path.stem in _LONGEST else 1 if item.path.parent.name in _LONG else 2


def _is_untraced(item: pytest.Item) -> bool:
    return any(item.path.is_relative_to(_TESTS / path) for path in _UNTRACED)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that the workers end at the same time."""
    items.sort(key=_place)
    for item in items:
        if _is_untraced(item) and not UNCOMPILED:
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, among what the tests make."""
    gc.freeze()
    gc.enable()


@pytest.fixture(autouse=True)
def _no_rehearsal_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away a clock that the caller's shell may have set."""
    monkeypatch.delenv("SETFAIR_NOW", raising=False)
