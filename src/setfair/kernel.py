"""How kernels are compiled: four decorators, so that the reasons stand in one place.

Kernels take arrays and integers, allocate nothing and raise nothing. So they are compiled without the
reference counts that Numba keeps for arrays (`_nrt=False`: measured, 5 times faster with ten arrays in
a tuple), and small rules on the hot path are inlined into their caller (`forceinline`: measured, twice
as fast again). A kernel that allocates does not compile under `_nrt=False`: the rule checks itself.
What only kernels call has no door for Python (measured, a fifth less to compile): to call it from Python
would crash, and `tests/style/test_kernels.py` sees to it that nobody does. A large rule that one kernel calls
may be put into that kernel before either is compiled (`spliced`): else all that it calls is compiled twice.

Numba compiles a kernel once for each constant that another kernel gives it, though the code is the same: here
the constants 4 and 5 are integers (measured, of 710 kernels that `setfair.prepare` compiled 531 are left).

Numba keeps compiled kernels on disk by the source file of each kernel alone: after editing a module that
kernels of another module call, remove the caches (`make clean-kernels`; `make test` does so). What another
version of Setfair left there is not even opened: it may name what is no longer there.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from numba import njit, types

import setfair.reference_type  # noqa: F401 - tells Numba of the marked tuples
from setfair import __version__

_Function = TypeVar("_Function", bound=Callable[..., object])

_type_of: Callable[[Any], Any] = types.unliteral
"""The type of a constant without its value."""


def _compile(function: _Function, **more: bool | str) -> _Function:
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, **more}
    compiled = njit(**options)(function)
    if hasattr(compiled, "get_call_template"):
        compiled.get_call_template = _of_any_value(compiled.get_call_template)
    kept = getattr(getattr(compiled, "_cache", None), "_cache_file", None)
    if kept is not None:
        kept._version = f"{kept._version} for Setfair {__version__}"
    return compiled


def _of_any_value(find: Callable[..., Any]) -> Callable[..., Any]:
    """Let a kernel be found by the types of what it is given, whatever the value of a constant."""

    def find_plain(given: tuple[Any, ...], named: dict[str, Any]) -> Any:
        return find(tuple(map(_type_of, given)), {name: _type_of(each) for name, each in named.items()})

    return find_plain


def kernel(function: _Function) -> _Function:
    """Compile a kernel that Python calls; it releases the interpreter lock and is kept on disk."""
    return _compile(function)


def inner(function: _Function) -> _Function:
    """Compile a rule that only kernels call, without what a call from Python needs."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True)


def inlined(function: _Function) -> _Function:
    """Compile a small rule that only kernels call into its callers."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, forceinline=True)


def spliced(function: _Function) -> _Function:
    """Put a large rule that one kernel calls into it, and compile nothing else of it."""
    return _compile(function, no_cpython_wrapper=True, no_cfunc_wrapper=True, inline="always")


@inlined
def forward(place: Any) -> Any:
    """Return a place of an array as one that is not below zero, as the caller knows.

    A place of a signed type may be counted from the end, and Numba reckons with it at every access.
    """
    return np.uint64(place)
