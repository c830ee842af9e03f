"""Kernels that were compiled as `setfair.prepare` compiles them, read back by processes that do not."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.processes import run_python
from tests.uncompiled import UNCOMPILED

RULES = """
from setfair.kernel import inner


@inner
def third(number):
    return number // 3
"""
CALLER = """
from setfair.kernel import kernel
from rules import third


@kernel
def two_thirds(number):
    return third(2 * number)
"""
RUN = """
import sys
sys.path.insert(0, sys.argv[1])
from setfair.compiler import compile_fast
for name in sys.argv[2:]:
    if name == "fast":
        compile_fast()
    else:
        print(__import__(name).two_thirds(30))
"""


@pytest.mark.skipif(UNCOMPILED, reason="nothing is compiled")
def test_rules_without_code_are_called_by_kernels_compiled_later(tmp_path: Path) -> None:
    """What was kept without machine code goes into a kernel in any process; kernels that have it are read."""
    for name, source in (("rules", RULES), ("first", CALLER), ("second", CALLER), ("third", CALLER)):
        (tmp_path / f"{name}.py").write_text(source, encoding="utf-8")
    assert run_python(RUN, tmp_path, "fast", "first").split() == ["20"]
    assert run_python(RUN, tmp_path, "first", "second").split() == ["20", "20"]
    assert run_python(RUN, tmp_path, "fast", "second", "third").split() == ["20", "20"]
