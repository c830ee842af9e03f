"""Tokens that were looked up: each is looked up among the listed ones once, and remembered.

Rules
-----
1. A token has a number, its slot, under which it is remembered for as long as the lists are the same.
2. At most `SLOTS_MAX` tokens are remembered; then all are forgotten at once. The tokens of one call are there
   together, however many.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from setfair.screening.common_names import COMMON_NAMES
from setfair.screening.index import LETTER_WEIGHT, UNKNOWN_WEIGHT, FuzzyIndex, lines_of_alike
from setfair.screening.name_arrays import Slots
from setfair.screening.slot_kernel import look_up
from setfair.screening.spelling import fold_token
from setfair.screening.token_kernels import LENGTH_MAX, make_scratch

SLOTS_MAX = 1 << 17
STRICT = "="
"""Stands before a token of which only the very same is near."""
_NEAR_FIRST = 1 << 16
_COMMON = frozenset(map(fold_token, COMMON_NAMES))


class TokenMemory:
    """Slots of tokens, filled as tokens come."""

    def __init__(self, index: FuzzyIndex, slots_max: int = SLOTS_MAX) -> None:
        self._index = index
        self._slots_max = slots_max
        self._alike = lines_of_alike()
        self._scratch = make_scratch(len(index.names.weight))
        self._clear()

    def _clear(self) -> None:
        self._slot_of: dict[str, int] = {}
        self._folded: dict[tuple[str, bool], int] = {}
        self.slots = empty_slots(1 << 12, _NEAR_FIRST)
        self._count = 0
        self._used = 0

    @property
    def count(self) -> int:
        """How many tokens are remembered."""
        return self._count

    def slots_of(self, tokens: Iterable[str]) -> list[int]:
        """Return the slots of tokens, new ones looked up."""
        slot_of = self._slot_of
        tokens = list(tokens)
        new = [token for token in dict.fromkeys(tokens) if token not in slot_of]
        if new and slot_of and self._count + len(new) > self._slots_max:
            self._clear()
            return self.slots_of(tokens)
        if new:
            self._add(new)
        return [slot_of[token] for token in tokens]

    def _add(self, tokens: list[str]) -> None:
        fresh: list[tuple[str, bool]] = []
        for token in tokens:
            strict = token.startswith(STRICT)
            folded = fold_token(token.lstrip(STRICT))[:LENGTH_MAX]
            slot = self._folded.get((folded, strict))
            if slot is None:
                slot = self._folded[folded, strict] = self._count + len(fresh)
                fresh.append((folded, strict))
            self._slot_of[token] = slot
        if not fresh:
            return
        self._grow(self._count + len(fresh))
        first, self._count = self._count, self._count + len(fresh)
        self._write(first, fresh)
        while first < self._count:
            first, self._used = look_up(
                self.slots, first, self._count, self._used,
                self._index.tokens, self._index.names.weight, self._scratch, rest=self._index.names.rest,
                unknown_weight=UNKNOWN_WEIGHT, letter_weight=LETTER_WEIGHT,
            )  # fmt: skip
            if first < self._count:
                self._grow_near()

    def _write(self, first: int, fresh: list[tuple[str, bool]]) -> None:
        """Write what is known of new tokens before they are looked up: spelling and whether it is strict."""
        to = slice(first, first + len(fresh))
        letters = "".join([folded.ljust(LENGTH_MAX, "\0") for folded, _ in fresh]).encode("ascii")
        self.slots.chars[to] = np.frombuffer(letters, np.uint8).reshape(len(fresh), LENGTH_MAX)
        self.slots.length[to] = [len(folded) for folded, _ in fresh]
        self.slots.strict[to] = [strict for _, strict in fresh]
        self.slots.alike[to] = [self._alike.get(folded, -1) for folded, _ in fresh]
        self.slots.common[to] = [folded in _COMMON for folded, _ in fresh]

    def _grow(self, count: int) -> None:
        if count > len(self.slots.length):
            bigger = empty_slots(max(count, 2 * len(self.slots.length)), 0)
            for field in (
                "chars",
                "length",
                "strict",
                "alike",
                "near_start",
                "near_end",
                "part_end",
                "weight",
                "weight_most",
                "known",
                "marks",
                "common",
            ):
                old = getattr(self.slots, field)
                getattr(bigger, field)[: len(old)] = old
            self.slots = bigger._replace(near=self.slots.near, apart=self.slots.apart, gain=self.slots.gain)

    def _grow_near(self) -> None:
        near, apart = (
            np.concatenate((each, np.zeros_like(each))) for each in (self.slots.near, self.slots.apart)
        )
        gain = np.concatenate((self.slots.gain, np.zeros_like(self.slots.gain)))
        self.slots = self.slots._replace(near=near, apart=apart, gain=gain)


def empty_slots(slots: int, near: int) -> Slots:
    """Return memory for so many tokens and so many near ones."""
    return Slots(
        chars=np.zeros((slots, LENGTH_MAX), np.uint8),
        length=np.zeros(slots, np.int32),
        strict=np.zeros(slots, np.bool_),
        alike=np.full(slots, -1, np.int32),
        near_start=np.zeros(slots, np.int64),
        near_end=np.zeros(slots, np.int64),
        part_end=np.zeros(slots, np.int64),
        near=np.zeros(near, np.int32),
        apart=np.zeros(near, np.int32),
        gain=np.zeros(near, np.int64),
        weight=np.zeros(slots, np.int32),
        weight_most=np.zeros(slots, np.int32),
        known=np.zeros(slots, np.bool_),
        marks=np.zeros(slots, np.uint64),
        common=np.zeros(slots, np.bool_),
    )
