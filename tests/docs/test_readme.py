"""The tour in README.md runs as it stands, and links lead somewhere."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.docs.markdown import DOCS, blocks
from tests.docs.tour_server import client_of
from tests.processes import environment
from tests.style.source import ROOT, text_of

DOCUMENTS = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", ROOT / "CHANGELOG.md", *sorted(DOCS.rglob("*.md"))]


def anchor_of(heading: str) -> str:
    """Return the anchor that a heading gets."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).strip().replace(" ", "-")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_links_lead_somewhere(document: Path) -> None:
    """Each link to a file or heading of the repository finds it."""
    dead = []
    for target in re.findall(r"\]\(([^)\s]+)\)", text_of(document)):
        if target.startswith("https://"):
            continue
        name, _, anchor = target.partition("#")
        file = (document.parent / name) if name else document
        headings = re.findall(r"^#+ (.+)$", text_of(file), re.MULTILINE) if anchor and file.exists() else []
        if not file.exists() or (anchor and anchor not in map(anchor_of, headings)):
            dead.append(target)
    assert dead == []


@pytest.fixture
def programs(tmp_path: Path) -> Iterator[Path]:
    """A folder with a `setfair` whose commands begin with all libraries loaded."""
    folder, path = tmp_path / "bin", tmp_path / "socket"
    folder.mkdir()
    (folder / "setfair").write_text(client_of(path), encoding="utf-8")
    (folder / "setfair").chmod(0o755)
    command = [sys.executable, "-m", "tests.docs.tour_server", str(path)]
    with subprocess.Popen(command, env=environment(), stdout=subprocess.PIPE, text=True) as server:
        assert server.stdout is not None
        assert server.stdout.readline() == "ready\n"
        yield folder
        server.kill()


def test_the_tour_runs(tmp_path: Path, programs: Path) -> None:
    """All commands of the tour succeed in their order, and money moved exactly once."""
    (tmp_path / "examples").symlink_to(ROOT / "examples")
    script = "\n".join(block.text for block in blocks(ROOT / "README.md", "sh") if block.info == "tested")
    path = os.pathsep.join([str(programs), str(Path(sys.executable).parent), os.environ["PATH"]])
    found = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=tmp_path,
        env={**os.environ, "PATH": path, "COLUMNS": "160"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert found.returncode == 0, found.stderr
    assert "1,267 were on record before" in found.stdout
    assert "report.html" in found.stdout
    assert re.findall(r"^([A-Z]{3}) +(-?\d+) *$", found.stdout, re.MULTILINE) == [
        (currency, "0") for currency in ("KES", "TND", "UGX", "ZAR")
    ]
