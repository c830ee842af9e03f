"""Places of payments and legs, when those before them are forgotten."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from setfair.domain.codes import InstructionKind
from setfair.engine.layout import Array


def new_places(kept: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the place of each row among those that are kept, or -1."""
    return np.where(kept, np.cumsum(kept) - 1, -1)


def move_places(kept: Array, keep_from: int, leg_places: NDArray[np.int64]) -> None:
    """Let payments that are kept name their neighbours, originals and legs by their new places."""
    names_leg = kept["kind"] <= InstructionKind.INSTITUTION_PAYMENT
    is_leg = np.flatnonzero(names_leg & (kept["original"] >= 0))
    places_of_legs = kept["original"][is_leg]
    for name in ("original", "next", "previous"):
        kept[name] = np.where(kept[name] >= keep_from, kept[name] - keep_from, -1)
    kept["original"][is_leg] = leg_places[places_of_legs]
