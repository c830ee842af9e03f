"""Everything about the listed names that comparing needs and that takes time to compute: built, or read back.

Rules
-----
1. Each spelling of an entry is there once, as a name of full and of low quality, with and without a legal
   form.
2. What is kept on disk (`derived`) is bound to the version of the lists; it has all or it is not there.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

import numpy as np

from setfair.screening.acronyms import abbreviated
from setfair.screening.derived import Derived
from setfair.screening.index import FuzzyIndex, build_index
from setfair.screening.lists.model import NameQuality
from setfair.screening.match import ExactIndex, Target, build_exact
from setfair.screening.name_arrays import TOKENS_MAX, NameIndex
from setfair.screening.normalise import normalise_name
from setfair.screening.spelling import COMPACT_LENGTH_MIN, Spelling, spell
from setfair.screening.token_kernels import TokenIndex

_NAME = "index"


@dataclass(frozen=True, slots=True)
class ListedNames:
    """The listed names, as they are compared."""

    exact: ExactIndex
    compact: dict[str, tuple[int, ...]]
    """By core tokens, or all tokens, written together: places of names."""
    targets: tuple[int, ...]
    """By place of a name: the number of its target, in the order of the lists."""
    second: int
    """The place from which on names stand in their second reading."""
    third: int
    """The place from which on names stand in their third one, with words of firms abbreviated."""
    index: FuzzyIndex
    """Names by place."""

    @property
    def entries(self) -> int:
        """How many entries there are."""
        entry = self.index.names.entry
        return int(entry.max()) + 1 if len(entry) else 0

    def tokens_of(self, place: int, normalised: str) -> tuple[str, ...]:
        """Return the tokens of a normalised name in the reading in which it is at this place."""
        if place >= self.third:
            return abbreviated(normalised)[:TOKENS_MAX]
        spelling = spell(normalised)
        return (spelling.core if place < self.second else spelling.other)[:TOKENS_MAX]


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
    """Return the names of all targets: as they stand, then those that have another reading, in it."""
    normalised = [normalise_name(target.name.text) for target in targets]
    spelt = [spell(text) for text in normalised]
    build = _Build(targets)
    for place, spelling in enumerate(spelt):
        build.add(place, spelling)
    second = len(build.kept)
    for place, spelling in enumerate(spelt):
        build.add(place, replace(spelling, core=spelling.other))
    third = len(build.kept)
    for place, (spelling, text) in enumerate(zip(spelt, normalised, strict=True)):
        build.add(place, replace(spelling, core=abbreviated(text)))
    return ListedNames(
        build_exact(targets, normalised), build.compact, tuple(build.kept), second, third,
        build_index(build.names, build.low),
    )  # fmt: skip


class _Build:
    """Names as they are added."""

    def __init__(self, targets: Sequence[Target]) -> None:
        self._targets = targets
        self._numbers: dict[tuple[str, str], int] = {}
        self._place_of: dict[tuple[int, tuple[str, ...], bool, bool], int] = {}
        self.kept: list[int] = []
        self.names: list[tuple[int, Spelling]] = []
        self.low: list[bool] = []
        self.compact: dict[str, tuple[int, ...]] = {}

    def add(self, number: int, spelling: Spelling) -> None:
        """Add the name of a target, unless its entry has the same already."""
        if not spelling.core:
            return
        target = self._targets[number]
        low = target.name.quality is NameQuality.LOW
        entry = self._numbers.setdefault((target.list_id, target.entry.entry_id), len(self._numbers))
        place = self._place_of.setdefault((entry, spelling.core, low, spelling.legal), len(self.kept))
        if place == len(self.kept):
            self.kept.append(number)
            self.names.append((entry, spelling))
            self.low.append(low)
        whole = [each for each in (spelling.compact, spelling.together) if len(each) >= COMPACT_LENGTH_MIN]
        for written in () if low else dict.fromkeys([*whole, *filter(None, (spelling.firm,))]):
            known = self.compact.get(written, ())
            if place not in known:
                self.compact[written] = (*known, place)


def _plain(listed: ListedNames) -> tuple[Any, ...]:
    exact, readings = listed.exact, (listed.second, listed.third)
    return (
        (exact.by_name, exact.by_tokens, listed.compact, listed.targets, *readings),
        _plain_arrays(listed.index.tokens),
        _plain_arrays(listed.index.names),
    )


def _listed(kept: tuple[Any, ...]) -> ListedNames:
    (by_name, by_tokens, compact, targets, second, third), tokens, names = kept
    index = FuzzyIndex(TokenIndex(*map(_array, tokens)), NameIndex(*map(_array, names)))
    return ListedNames(ExactIndex(by_name, by_tokens), compact, targets, second, third, index)


def _plain_arrays(arrays: NamedTuple) -> tuple[Any, ...]:
    return tuple((array.dtype.str, array.shape, array.tobytes()) for array in arrays)


def _array(plain: tuple[str, tuple[int, ...], bytes]) -> np.ndarray[Any, Any]:
    """Return an array of its own: what lies in bytes cannot be written to, which kernels are compiled for."""
    dtype, shape, data = plain
    return np.frombuffer(data, dtype).reshape(shape).copy()
