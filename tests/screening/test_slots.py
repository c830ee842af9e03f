"""Tokens that were looked up: remembered, and forgotten when there are too many."""

from __future__ import annotations

from setfair.screening.index import build_index
from setfair.screening.slots import TokenMemory
from setfair.screening.spelling import spell

LISTED = ["zorvan pellik", "orvek draumont", "brine petrel"]


def near_of(memory: TokenMemory, token: str) -> list[int]:
    (slot,) = memory.slots_of([token])
    return memory.slots.near[int(memory.slots.near_start[slot]) : int(memory.slots.near_end[slot])].tolist()


def test_what_is_forgotten_is_looked_up_again() -> None:
    """A stream of ever new tokens keeps to its bound, and what is near a token never changes."""
    index = build_index(list(enumerate(map(spell, LISTED))))
    memory, large = TokenMemory(index, slots_max=8), TokenMemory(index)
    for number in range(60):
        for token in ("pelik", f"orvec{number}", "draumond"):
            assert near_of(memory, token) == near_of(large, token)
        assert memory.count <= 8
    assert large.count == 62


def test_the_tokens_of_one_call_are_there_together() -> None:
    """More tokens at once than are remembered: all have their slots, each its own."""
    memory = TokenMemory(build_index(list(enumerate(map(spell, LISTED)))), slots_max=4)
    memory.slots_of(["pellik"])
    slots = memory.slots_of([f"zorvan{number}" for number in range(20)])
    assert len(set(slots)) == 20
    assert memory.count == 20
