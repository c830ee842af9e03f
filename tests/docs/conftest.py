"""The house that the examples of the documentation run on, made once a worker."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from setfair.house import House
from tests.docs.house import small_house


@pytest.fixture(scope="session")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    """An open house after a short day; tests only read it."""
    with small_house(tmp_path_factory.mktemp("documented")) as opened:
        yield opened
