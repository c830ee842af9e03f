"""How the kernels of screening are compiled; screening knows nothing of the engine, which has the same rules.

Kernels take arrays and integers, allocate nothing and raise nothing. So they are compiled without the
reference counts that Numba keeps for arrays (`_nrt=False`), release the interpreter lock and stay on disk.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from numba import njit

_Function = TypeVar("_Function", bound=Callable[..., object])


def _compile(function: _Function, **more: bool) -> _Function:
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, **more}
    return njit(**options)(function)


def kernel(function: _Function) -> _Function:
    """Compile a kernel that Python calls."""
    return _compile(function)


def inner(function: _Function) -> _Function:
    """Compile a rule that only kernels call, without what a call from Python needs."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: _Function) -> _Function:
    """Compile a small rule that only kernels call into its callers."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)
