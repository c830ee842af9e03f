"""The state machine over a house for a short while; `python -m tests.properties.machine` runs it for long."""

from __future__ import annotations

import pytest

from tests.properties import machine
from tests.reference.engine import EngineHouse
from tests.uncompiled import compiled_only


@compiled_only
def test_no_sequence_breaks_anything() -> None:
    """Steps of all kinds, and reloads between them."""
    found = machine.run_machine(1000, number=1)
    assert min(found[kind] for kind in machine.KINDS) > 0


@compiled_only
def test_a_broken_house_is_found_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A house that settles nothing when it is asked to offset what waits does not pass."""
    monkeypatch.setattr(EngineHouse, "offset", lambda self: self.expire(0))
    with pytest.raises(AssertionError):
        machine.run_machine(2000, number=1, shrink=False)
