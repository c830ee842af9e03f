"""docs/cli.md is what the commands say of themselves."""

from __future__ import annotations

import runpy

from tests.docs.markdown import DOCS
from tests.style.source import text_of


def test_the_document_is_up_to_date() -> None:
    """Every command, argument and option stands in it; `python docs/generate_cli.py` writes it anew."""
    written = runpy.run_path(str(DOCS / "generate_cli.py"))["document"]()
    assert text_of(DOCS / "cli.md") == written


def test_every_option_is_explained() -> None:
    """No argument or option is without words."""
    lines = [line for line in text_of(DOCS / "cli.md").splitlines() if line.startswith("| `")]
    assert lines
    assert [line for line in lines if line.rstrip(" |").endswith("`")] == []
