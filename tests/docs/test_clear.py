"""docs/clear.md: every command of the page runs, and every file that it shows is what comes out."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from tests.cli import invoke
from tests.docs.markdown import DOCS
from tests.style.source import text_of

BLOCK = re.compile(r"^```(csv|sh) ([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def test_the_page_is_what_the_commands_do(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Tables that are given are written, commands run in their order, tables that come out are compared."""
    monkeypatch.chdir(tmp_path)
    commands = compared = 0
    for kind, info, text in BLOCK.findall(text_of(DOCS / "clear.md")):
        name, _, written = info.partition(", ")
        if kind == "sh":
            for line in text.splitlines():
                program, command, *arguments = shlex.split(line)
                assert (program, command) == ("setfair", "clear")
                found = invoke("clear", *arguments)
                assert found.exit_code == 0, found.output
                commands += 1
        elif written:
            assert Path(name).read_bytes().decode().replace("\r\n", "\n") == text
            compared += 1
        else:
            Path(name).write_text(text, "utf-8")
    assert (commands, compared) == (13, 10)
    assert {"report.html", "curve.svg", "set-off.certificate"} < {path.name for path in tmp_path.iterdir()}
