"""Where public sample data lies, if it is there: beside the checkout, never in it."""

from __future__ import annotations

from pathlib import Path

import pytest

_CANDIDATE = Path(__file__).resolve().parents[2] / "shared"

SHARED: Path | None = _CANDIDATE if (_CANDIDATE / "iso20022").is_dir() else None
"""The folder of official schemas and other people's messages, or None."""

needs_shared = pytest.mark.skipif(
    SHARED is None, reason="needs the folder 'shared' with schemas and sample messages beside the checkout"
)
