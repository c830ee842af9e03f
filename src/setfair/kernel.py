"""How kernels are compiled: three decorators, so that the reasons stand in one place.

Kernels take arrays and integers, allocate nothing and raise nothing. So they are compiled without the
reference counts that Numba keeps for arrays (`_nrt=False`: measured, 5 times faster with ten arrays in
a tuple), and small rules on the hot path are inlined into their caller (`forceinline`: measured, twice
as fast again). A kernel that allocates does not compile under `_nrt=False`: the rule checks itself.
What only kernels call has no door for Python (measured, a fifth less to compile): to call it from Python
would crash, and `tests/style/test_kernels.py` sees to it that nobody does.

Numba keeps compiled kernels on disk by the source file of each kernel alone: after editing a module that
kernels of another module call, remove the caches (`make clean-kernels`; `make test` does so). What another
version of Setfair left there is not even opened: it may name what is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit

import setfair.reference_type  # noqa: F401 - tells Numba of the marked tuples
from setfair import __version__

_Function = TypeVar("_Function", bound=Callable[..., object])


def _compile(function: _Function, **more: bool) -> _Function:
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, **more}
    compiled = njit(**options)(function)
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is not None:
        kept._version = f"{kept._version} for Setfair {__version__}"
    return compiled


def kernel(function: _Function) -> _Function:
    """Compile a kernel that Python calls; it releases the interpreter lock and is kept on disk."""
    return _compile(function)


def inner(function: _Function) -> _Function:
    """Compile a rule that only kernels call, without what a call from Python needs."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: _Function) -> _Function:
    """Compile a small rule that only kernels call into its callers."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)


@inlined
def forward(place: Any) -> Any:
    """Return a place of an array as one that is not below zero, as the caller knows.

    A place of a signed type may be counted from the end, and Numba reckons with it at every access.
    """
    return np.uint64(place)
