"""Classes of named tuples that kernels take by their address; what that is stands in `reference_type`.

This module loads no compiler: whoever only reads books or their layout needs none.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

_Class = TypeVar("_Class", bound=type)

_marked: list[type] = []
_takers: list[Callable[[type], None]] = []


def by_reference(cls: _Class) -> _Class:
    """Let kernels take the tuples of a class of named tuples by their address."""
    _marked.append(cls)
    for take in _takers:
        take(cls)
    return cls


def for_each_marked(take: Callable[[type], None]) -> None:
    """Call `take` with each marked class, also with those that are marked later."""
    _takers.append(take)
    for cls in _marked:
        take(cls)
