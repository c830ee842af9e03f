"""Everything about the listed names that comparing needs and that takes time to compute: built, or read back.

Rules
-----
1. Each spelling of an entry is there once, as a name of full and of low quality.
2. What is kept on disk (`derived`) is bound to the version of the lists; it has all or it is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import numpy as np

from setfair.screening.derived import Derived
from setfair.screening.index import FuzzyIndex, build_index
from setfair.screening.lists.model import NameQuality
from setfair.screening.match import ExactIndex, Target, build_exact
from setfair.screening.name_arrays import NameIndex
from setfair.screening.normalise import normalise_name
from setfair.screening.spelling import Spelling, spell
from setfair.screening.token_kernels import TokenIndex

COMPACT_LENGTH_MIN = 7
"""Letters of a name that is recognised when it is written together."""
_NAME = "index"


@dataclass(frozen=True, slots=True)
class ListedNames:
    """The listed names, as they are compared."""

    exact: ExactIndex
    compact: dict[str, tuple[int, ...]]
    """By core tokens, or all tokens, written together: places of names."""
    targets: tuple[int, ...]
    """By place of a name: the number of its target, in the order of the lists."""
    index: FuzzyIndex
    """Names by place."""

    @property
    def entries(self) -> int:
        """How many entries there are."""
        entry = self.index.names.entry
        return int(entry.max()) + 1 if len(entry) else 0


def listed_names(targets: Sequence[Target], version: str, derived: Derived | None = None) -> ListedNames:
    """Return the listed names, read back if they were kept.

    Parameters
    ----------
    targets
        What is listed, in the order of the lists.
    version
        Of the lists.
    derived
        Where they are kept; None: nowhere.
    """
    if derived is None:
        return build_listed_names(targets)
    kept = derived.read(_NAME, version)
    if kept is not None:
        return _listed(kept)
    built = build_listed_names(targets)
    derived.write(_NAME, version, _plain(built))
    return built


def build_listed_names(targets: Sequence[Target]) -> ListedNames:
    """Return the names of all targets."""
    normalised = [normalise_name(target.name.text) for target in targets]
    numbers: dict[tuple[str, str], int] = {}
    seen: set[tuple[int, tuple[str, ...], bool]] = set()
    kept: list[int] = []
    names: list[tuple[int, Spelling]] = []
    compact: dict[str, tuple[int, ...]] = {}
    for place, (target, text) in enumerate(zip(targets, normalised, strict=True)):
        spelling = spell(text)
        if not spelling.core:
            continue
        entry = numbers.setdefault((target.list_id, target.entry.entry_id), len(numbers))
        low = target.name.quality is NameQuality.LOW
        if (entry, spelling.core, low) in seen:
            continue
        seen.add((entry, spelling.core, low))
        for written in () if low else dict.fromkeys((spelling.compact, spelling.together)):
            if len(written) >= COMPACT_LENGTH_MIN:
                compact[written] = (*compact.get(written, ()), len(kept))
        kept.append(place)
        names.append((entry, spelling))
    return ListedNames(build_exact(targets, normalised), compact, tuple(kept), build_index(names))


def _plain(listed: ListedNames) -> tuple[Any, ...]:
    return (
        (listed.exact.by_name, listed.exact.by_tokens, listed.compact, listed.targets),
        _plain_arrays(listed.index.tokens),
        _plain_arrays(listed.index.names),
    )


def _listed(kept: tuple[Any, ...]) -> ListedNames:
    (by_name, by_tokens, compact, targets), tokens, names = kept
    index = FuzzyIndex(TokenIndex(*map(_array, tokens)), NameIndex(*map(_array, names)))
    return ListedNames(ExactIndex(by_name, by_tokens), compact, targets, index)


def _plain_arrays(arrays: NamedTuple) -> tuple[Any, ...]:
    return tuple((array.dtype.str, array.shape, array.tobytes()) for array in arrays)


def _array(plain: tuple[str, tuple[int, ...], bytes]) -> np.ndarray[Any, Any]:
    """Return an array of its own: what lies in bytes cannot be written to, which kernels are compiled for."""
    dtype, shape, data = plain
    return np.frombuffer(data, dtype).reshape(shape).copy()
