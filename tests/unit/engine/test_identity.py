"""The memory of identities: what is forgotten, and with whom."""

from __future__ import annotations

import numpy as np

from setfair.engine.identity import ABSENT, CONFLICT, fill, find_index, forget, hash_of, remember, slots_for
from setfair.engine.layout import IDENTITY, IdentityMemory, cleared
from setfair.kernel import kernel

HIGH, LOW = np.uint64(0x1234), np.uint64(0x5678)
FIRST, OTHER = np.uint64(11), np.uint64(22)


@kernel
def _remember(memory: IdentityMemory, high: int, low: int, content: int, place: int) -> int:
    return remember(memory, high, low, content, place)


@kernel
def _find_index(memory: IdentityMemory, high: int, low: int) -> int:
    return find_index(memory, high, low)


@kernel
def _hash_of(high: int, low: int) -> int:
    return hash_of(high, low)


def _memory() -> IdentityMemory:
    return IdentityMemory(cleared(16, IDENTITY), slots_for(16))


def _without(memory: IdentityMemory, count: int, first: int) -> IdentityMemory:
    """Forget rows before `first` as the books do."""
    forget(memory, first, count)
    rows = cleared(16, IDENTITY)
    rows[: count - first] = memory.rows[first:count]
    younger = IdentityMemory(rows, slots_for(16))
    fill(younger, 0, len(rows))
    return younger


def test_a_conflict_is_forgotten_with_the_first_instruction() -> None:
    """After the first is forgotten, its identity is free, and the conflicting content is new again."""
    memory = _memory()
    assert _remember(memory, HIGH, LOW, FIRST, 0) == ABSENT
    assert _remember(memory, HIGH, LOW, OTHER, 5) == CONFLICT
    younger = _without(memory, 6, 3)
    assert _find_index(younger, HIGH, LOW) == ABSENT
    assert _remember(younger, HIGH, LOW, FIRST, 6) == ABSENT
    assert _remember(younger, HIGH, LOW, OTHER, 7) == CONFLICT


def test_a_conflict_is_kept_with_the_first_instruction() -> None:
    """While the first is remembered, repeating the conflict answers with its place, lowered like all."""
    memory = _memory()
    _remember(memory, HIGH, LOW, FIRST, 3)
    _remember(memory, HIGH, LOW, OTHER, 5)
    younger = _without(memory, 6, 3)
    assert _remember(younger, HIGH, LOW, FIRST, 9) == 0
    assert _remember(younger, HIGH, LOW, OTHER, 9) == 2


def test_a_table_made_of_the_rows_knows_what_the_old_one_knew() -> None:
    """Firsts, conflicts and rows without identity: every answer is the same, and a new identity is new."""
    memory = _memory()
    for place, content in ((0, FIRST), (2, OTHER), (3, np.uint64(33))):
        _remember(memory, HIGH, LOW, content, place)
    _remember(memory, LOW, HIGH, FIRST, 4)
    again = IdentityMemory(memory.rows.copy(), slots_for(16))
    fill(again, 0, len(again.rows))
    for one in (memory, again):
        answers = [_remember(one, HIGH, LOW, np.uint64(content), 9) for content in (11, 22, 33)]
        assert answers == [0, 2, 3]
        assert _remember(one, LOW, HIGH, FIRST, 9) == 4
        assert _find_index(one, HIGH, LOW) == 0
        assert _remember(one, LOW, LOW, FIRST, 9) == ABSENT


def test_identities_with_one_hash_are_told_apart() -> None:
    """Two identities whose hashes are equal in all 64 bits share no row."""
    # The hash depends on high ^ low * MIX alone, so a low of zero leaves a high that collides.
    mix = 0x9E3779B97F4A7C15
    collides = np.uint64(int(HIGH) ^ (int(LOW) * mix % 2**64))
    assert _hash_of(collides, np.uint64(0)) == _hash_of(HIGH, LOW)
    memory = _memory()
    assert _remember(memory, HIGH, LOW, FIRST, 0) == ABSENT
    assert _remember(memory, collides, np.uint64(0), OTHER, 1) == ABSENT
    assert _find_index(memory, HIGH, LOW) == 0
    assert _find_index(memory, collides, np.uint64(0)) == 1
    assert _remember(memory, collides, np.uint64(0), FIRST, 2) == CONFLICT
    assert _remember(memory, HIGH, LOW, FIRST, 3) == 0
