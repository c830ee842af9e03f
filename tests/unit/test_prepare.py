"""What is compiled before a house is used: every kernel that a day needs."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from setfair.journal.sha256_fours import HAS_INSTRUCTIONS

_LIST_UNCOMPILED = """
import importlib, pkgutil, setfair
import setfair.prepare
setfair.prepare.load()
rooms = tuple(f"setfair.{room}." for room in ("engine", "formats", "intake", "journal", "screening", "store"))
for found in pkgutil.walk_packages(setfair.__path__, "setfair."):
    if found.name.startswith(rooms):
        for name, kernel in vars(importlib.import_module(found.name)).items():
            if getattr(kernel, "__module__", "") == found.name and hasattr(kernel, "targetoptions"):
                if not kernel.signatures and not kernel.targetoptions.get("no_cpython_wrapper"):
                    print(found.name, name)
"""
_OTHER_WAY = "tree_lanes" if HAS_INSTRUCTIONS else "tree_fours"
_RARE = {
    f"setfair.journal.{_OTHER_WAY} hash_leaves",  # for other processors
    f"setfair.journal.{_OTHER_WAY} hash_parents",
    "setfair.engine.setoff.closing close_in_order",  # `setfair clear` with another objective
}
_CALLED_BY_KERNELS = {
    "setfair.engine.offset.halves choose",
    "setfair.engine.queue enqueue",
    "setfair.formats.kernels _mix",
    "setfair.formats.kernels _parse_digits",
    "setfair.formats.kernels _parse_uuid4",
    "setfair.intake.digest _mix",
}
"""Compiled with what calls them: only what Python calls shows a signature when it comes from disk."""


@pytest.mark.skipif(os.environ.get("NUMBA_DISABLE_JIT") == "1", reason="nothing is compiled in this run")
def test_every_kernel_of_a_day_is_compiled():
    """After `prepare` only kernels that few houses ever need are left to be compiled when they are called."""
    found = subprocess.run(
        [sys.executable, "-c", _LIST_UNCOMPILED], check=True, capture_output=True, text=True
    )
    assert set(found.stdout.splitlines()) == _RARE | _CALLED_BY_KERNELS
