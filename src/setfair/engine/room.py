"""Where the arrays are that grow with history: in memory, unless who makes the books says otherwise."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext
from typing import Any, Protocol

import numpy as np

from setfair.engine.layout import cleared


class Room(Protocol):
    """Gives rows, and may keep those that were not used for a while out of memory."""

    def cleared(self, count: int, dtype: np.dtype[Any]) -> Any:
        """Return rows of zeros that begin at a cache line."""

    def target(self, rows: Any, count: int) -> Any:
        """Return where `count` of the rows are to go, in order and to the front: these, or others."""

    def expect(self, rows: Any, used: int, more: int) -> None:
        """Say how many rows are in use, and how many may be written behind them next."""

    def let_go(self) -> None:
        """Take what was read or written so far out of memory, where it can be had again."""

    def in_order(self) -> AbstractContextManager[None]:
        """Say that all rows will be read in order within the block."""


class _Memory:
    """Rows in memory: they stay."""

    def cleared(self, count: int, dtype: np.dtype[Any]) -> Any:
        return cleared(count, dtype)

    def target(self, rows: Any, count: int) -> Any:
        """Return the same rows: what comes next finds memory that is there."""
        return rows

    def expect(self, rows: Any, used: int, more: int) -> None:
        """Leave it to the system."""

    def let_go(self) -> None:
        """Keep all."""

    def in_order(self) -> AbstractContextManager[None]:
        return nullcontext()


MEMORY: Room = _Memory()
