"""The memory of identities: what is forgotten, and with whom."""

from __future__ import annotations

import numpy as np

from setfair.engine.identity import ABSENT, CONFLICT, rehash, remember, table_for
from setfair.engine.kernel import kernel
from setfair.engine.layout import Array

HIGH, LOW = np.uint64(0x1234), np.uint64(0x5678)
FIRST, OTHER = np.uint64(11), np.uint64(22)


@kernel
def _remember(table: Array, high: int, low: int, content: int, index: int) -> int:
    return remember(table, high, low, content, index)


def test_a_conflict_is_forgotten_with_the_first_instruction() -> None:
    """After the first is forgotten, its identity is free, and the conflicting content is new again."""
    table = table_for(8)
    assert _remember(table, HIGH, LOW, FIRST, 0) == ABSENT
    assert _remember(table, HIGH, LOW, OTHER, 5) == CONFLICT
    younger = table_for(8)
    rehash(table, younger, 3)
    assert _remember(younger, HIGH, LOW, FIRST, 6) == ABSENT
    assert _remember(younger, HIGH, LOW, OTHER, 7) == CONFLICT


def test_a_conflict_is_kept_with_the_first_instruction() -> None:
    """While the first is remembered, repeating the conflict answers with its index, lowered like all."""
    table = table_for(8)
    _remember(table, HIGH, LOW, FIRST, 3)
    _remember(table, HIGH, LOW, OTHER, 5)
    younger = table_for(8)
    rehash(table, younger, 3)
    assert _remember(younger, HIGH, LOW, FIRST, 9) == 0
    assert _remember(younger, HIGH, LOW, OTHER, 9) == 2
