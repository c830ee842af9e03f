"""How Numba is made to compile faster in the processes of `setfair.prepare`.

1. Garbage is looked for seldom: compiling makes many objects that stay.
2. Numba looks up each operation by the options of the kernel too, and reads them all one by one for it: they
   are compared as they were given, where that is enough.
3. What only kernels call is compiled again with each kernel that calls it. So by itself it is only made ready
   for that: no machine code is made of it, and the optimizer goes over it once, lightly. It is kept on disk
   as bitcode, of which Numba makes machine code where it is read back.

The machine code of what Python calls is made with all that there is, as without this.
"""

from __future__ import annotations

import gc
from collections.abc import Callable
from typing import Any

from numba.core.codegen import JITCodeLibrary, JITCPUCodegen
from numba.core.targetconfig import TargetConfig

_OBJECTS_A_LOOK = 100_000
"""How many objects are made until garbage is looked for: at Python's 700 that is a tenth of compiling."""
_DOOR = "_ZN7cpython"
"""How the name begins of what Python calls."""


def compile_fast() -> None:
    """Compile faster in this process from here on."""
    gc.freeze()
    gc.set_threshold(_OBJECTS_A_LOOK)
    _compare_options_as_given()
    _leave_inner_kernels_unfinished()


def _compare_options_as_given() -> None:
    of_all_options: Callable[[TargetConfig, object], bool] = TargetConfig.__eq__

    def is_equal(one: TargetConfig, other: object) -> bool:
        alike = isinstance(other, TargetConfig) and one._values == other._values
        return alike or of_all_options(one, other)

    # There are few that differ: their hash may be one.
    for name, way in (("__eq__", is_equal), ("__hash__", lambda _: 0)):
        setattr(TargetConfig, name, way)


def _leave_inner_kernels_unfinished() -> None:
    """Let libraries of kernels without a door be made ready for those of their callers, and no more."""
    optimize: Callable[[Any], None] = JITCodeLibrary._optimize_final_module
    finish: Callable[[Any], None] = JITCodeLibrary._finalize_final_module
    keep: Callable[[Any], tuple[str, str, object]] = JITCodeLibrary.serialize_using_object_code
    set_env: Callable[[Any, str, Any], None] = JITCPUCodegen.set_env

    def optimize_once(library: Any) -> None:
        if _has_door(library):
            optimize(library)
        else:
            _optimize_lightly(library)

    def finish_if_called(library: Any) -> None:
        is_read_back_with_code = library._shared_module is not None
        if is_read_back_with_code or _has_door(library):
            finish(library)
        else:
            library._finalize_dynamic_globals()
            library._verify_declare_only_symbols()
            library._finalized = True

    def keep_what_is_there(library: Any) -> tuple[str, str, object]:
        return keep(library) if _has_door(library) else library.serialize_using_bitcode()

    def set_env_where_there_is_code(codegen: Any, name: str, env: Any) -> None:
        if codegen._engine.get_global_value_address(name):
            set_env(codegen, name, env)

    for owner, name, way in (
        (JITCodeLibrary, "_optimize_final_module", optimize_once),
        (JITCodeLibrary, "_finalize_final_module", finish_if_called),
        (JITCodeLibrary, "serialize_using_object_code", keep_what_is_there),
        (JITCPUCodegen, "set_env", set_env_where_there_is_code),
    ):
        setattr(owner, name, way)


def _has_door(library: Any) -> bool:
    """Say whether Python calls what a library holds."""
    functions = library._final_module.functions
    return any(each.name.startswith(_DOOR) and not each.is_declaration for each in functions)


def _optimize_lightly(library: Any) -> None:
    """Do what Numba does first of two, which is enough to be put into a caller that is optimized itself."""
    codegen = library._codegen
    manager, builder = codegen._module_pass_manager(
        loop_vectorize=codegen._loopvect, slp_vectorize=False, opt=codegen._opt_level, cost="cheap"
    )
    manager.run(library._final_module, builder)
