"""One house for all tests of proofs: they only read it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from setfair.tables import Tables, open_tables
from tests.proofs import proof_house


@pytest.fixture(scope="session")
def proven_house(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A house with payments and obligations; only read."""
    return proof_house(tmp_path_factory.mktemp("proven"))


@pytest.fixture
def tables(proven_house: Path) -> Iterator[Tables]:
    """Its tables."""
    with open_tables(proven_house) as opened:
        yield opened
