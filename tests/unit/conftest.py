"""What the tests of single rooms share: the screening lists, read once."""

from __future__ import annotations

import pytest

from setfair.screening.in_force import FileLists
from tests.houses import lists_in


@pytest.fixture(scope="session")
def lists(tmp_path_factory: pytest.TempPathFactory) -> FileLists:
    """The gate over a fresh UN list of invented names."""
    return lists_in(tmp_path_factory.mktemp("gate"))
