"""What every test starts from: no rehearsal clock in the environment, and Hypothesis without a deadline.

And how the tests are run together: in which order, and which of them coverage looks at.
"""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from hypothesis import settings

from setfair.cli.without_pandas import leave_pandas_out
from tests.uncompiled import UNCOMPILED
from tests.untraced import is_untraced

settings.register_profile("setfair", deadline=None, database=None, print_blob=True)
settings.load_profile("setfair")


_LONGEST = frozenset(
    (
        "test_demo",
        "test_engine_is_reference",
        "test_kill",
        "test_netting_is_reference",
        "test_readme",
        "test_reference",
        "test_study",
    )
)
_LONG = frozenset(
    ("e2e", "properties", "reference", "test_archive", "test_audit", "test_read_alike", "torture")
)

_OBJECTS_A_LOOK = 10_000
"""How many objects a test makes until garbage is looked for; at Python's 700 it takes twice the time."""

leave_pandas_out()
# What collecting makes stays: to look through it for garbage again and again is a tenth of the time.
gc.disable()


@pytest.hookimpl(tryfirst=True)
def pytest_sessionstart(session: pytest.Session) -> None:
    """Let coverage of a worker be only what it begins from here on.

    It has begun once already, as if there were no workers. What that sees is never written, and it takes up
    again whenever the other one pauses: so it would trace the tests that are not to be traced.
    """
    if _is_traced_worker(session):
        session.config.pluginmanager.getplugin("_cov").cov_controller.pause()


@pytest.hookimpl(wrapper=True)
def pytest_collection(session: pytest.Session) -> Iterator[None]:
    """Trace what is imported in one worker alone: it is the same in all."""
    if not _is_traced_worker(session) or session.config.workerinput["workerid"] == "gw0":
        return (yield)
    coverage = session.config.pluginmanager.getplugin("_cov").cov_controller
    coverage.pause()
    try:
        return (yield)
    finally:
        coverage.resume()


def _is_traced_worker(session: pytest.Session) -> bool:
    return hasattr(session.config, "workerinput") and session.config.pluginmanager.hasplugin("_cov")


def _place(item: pytest.Item) -> int:
    file = item.path
    return 0 if file.stem in _LONGEST else 1 if _LONG & {file.stem, file.parent.name} else 2


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the files that take long, so that the workers end at the same time."""
    items.sort(key=_place)
    for item in items:
        if not UNCOMPILED and is_untraced(item.path, getattr(item, "originalname", item.name)):
            item.add_marker(pytest.mark.no_cover)


def pytest_collection_finish() -> None:
    """Look for garbage from now on, among what the tests make."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_LOOK)
    gc.enable()


@pytest.fixture(autouse=True)
def _no_rehearsal_clock(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take away a clock that the caller's shell may have set."""
    monkeypatch.delenv("SETFAIR_NOW", raising=False)
