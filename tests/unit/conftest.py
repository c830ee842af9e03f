"""What the tests of single rooms share: the screening lists, read once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from setfair.screening.in_force import FileLists


@pytest.fixture(scope="session")
def lists(tmp_path_factory: pytest.TempPathFactory) -> FileLists:
    """The gate over a fresh UN list of invented names."""
    # The process that hands out tests reads this file too, while the others wait for it.
    from tests.houses import lists_in

    return lists_in(tmp_path_factory.mktemp("gate"))
