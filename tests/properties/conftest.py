"""Uncompiled, the search for a good set to offset is short: its kernels take a thousand times as long."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.uncompiled import UNCOMPILED


@pytest.fixture(scope="session", autouse=True)
def _short_searches() -> Iterator[None]:
    """The days and their plain twin ask the same search, so both take what it finds."""
    # The process that hands out tests reads this file too, while the others wait for it.
    from setfair.engine.offset import part

    with pytest.MonkeyPatch.context() as patch:
        if UNCOMPILED:
            patch.setattr(part, "CHAIN_LOOKS", part.CHAIN_LOOKS // 100)
            patch.setattr(part, "FIRST_LOOKS", part.FIRST_LOOKS // 100)
        yield
