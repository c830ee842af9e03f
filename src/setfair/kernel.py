"""How kernels are compiled: three decorators, so that the reasons stand in one place.

Kernels take arrays and integers, allocate nothing and raise nothing. So they are compiled without the
reference counts that Numba keeps for arrays (`_nrt=False`: measured, 5 times faster with ten arrays in
a tuple), and small rules on the hot path are inlined into their caller (`forceinline`: measured, twice
as fast again). A kernel that allocates does not compile under `_nrt=False`: the rule checks itself.
What only kernels call has no door for Python (measured, a fifth less to compile): to call it from Python
would crash, and `tests/style/test_kernels.py` sees to it that nobody does.

Numba keeps compiled kernels on disk by the source file of each kernel alone: after editing a module that
kernels of another module call, remove the caches (`make clean-kernels`; `make test` does so).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from llvmlite import ir
from numba import config, njit, types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.arrayobj import make_array

import setfair.reference_type  # noqa: F401 - tells Numba of the marked tuples

_tools: Any = cgutils
_make_array: Any = make_array
_is_interpreted = bool(getattr(config, "DISABLE_JIT", False))
_Function = TypeVar("_Function", bound=Callable[..., object])


def _compile(function: _Function, **more: bool) -> _Function:
    options: dict[str, Any] = {"cache": True, "nogil": True, "_nrt": False, **more}
    return njit(**options)(function)


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


def _prefetch(typing_context: Any, array: Any, place: Any) -> Any:
    """Ask for the line of memory of ``array[place]``, inside the array; nothing is read or changed."""

    def generate(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
        kind = signature.args[0]
        wide = context.cast(builder, arguments[1], signature.args[1], types.intp)
        values = _make_array(kind)(context, builder, arguments[0])
        pointer = _tools.get_item_pointer(context, builder, kind, values, [wide], wraparound=False)
        number = ir.IntType(32)
        asked = ir.FunctionType(ir.VoidType(), [_tools.voidptr_t, number, number, number])
        ask = _tools.get_or_insert_function(builder.module, asked, "llvm.prefetch.p0")
        # To be read, to be kept in all caches, data.
        builder.call(ask, [builder.bitcast(pointer, _tools.voidptr_t), number(0), number(3), number(1)])
        return context.get_dummy_value()

    return types.none(array, place), generate


prefetch: Any = (lambda array, place: None) if _is_interpreted else intrinsic(_prefetch)
"""For kernels: ask for the line of memory of an array's place some steps before it is needed. A walk in an
order that no processor foresees waits for memory at every step; what is asked for ahead comes meanwhile."""
