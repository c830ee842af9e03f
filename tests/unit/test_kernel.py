"""Kernels that another version left on disk."""

from __future__ import annotations

import importlib.util
import pickle
from pathlib import Path
from types import ModuleType

import pytest

from tests.uncompiled import UNCOMPILED

SOURCE = """
from setfair.kernel import kernel


@kernel
def double(number):
    return 2 * number
"""


def _load(path: Path) -> ModuleType:
    spec = importlib.util.spec_from_file_location("kept", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.skipif(UNCOMPILED, reason="nothing is compiled, so nothing is kept")
def test_what_another_version_left_is_not_opened(tmp_path: Path) -> None:
    """Its index may name what is no longer there: it is not read beyond its version, and written anew."""
    path = tmp_path / "kept.py"
    path.write_text(SOURCE, encoding="utf-8")
    assert _load(path).double(21) == 42
    (index,) = tmp_path.rglob("*.nbi")
    present = index.read_bytes()
    index.write_bytes(pickle.dumps("0.0.1") + b"what cannot be read")
    assert _load(path).double(21) == 42
    assert index.read_bytes() == present
