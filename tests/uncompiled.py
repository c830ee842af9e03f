"""How much of a repeated test runs while kernels are not compiled.

Uncompiled kernels show which lines are reached. They have other arithmetic and prove nothing more, so a part
of the days and examples is enough there; compiled, all of them run.
"""

from __future__ import annotations

import os

import pytest

UNCOMPILED = os.environ.get("NUMBA_DISABLE_JIT") == "1"


def share(count: int) -> int:
    """Return the whole count where kernels are compiled, a tenth of it where they are not."""
    return max(1, count // 10) if UNCOMPILED else count


compiled_only = pytest.mark.skipif(UNCOMPILED, reason="takes long, and reaches no line that others do not")
