"""A real browser without a window: opens a file and returns the page and what its console said."""

from __future__ import annotations

import re
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from lxml import html

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
SECONDS_MAX = 60

needs_browser = pytest.mark.skipif(
    CHROMIUM is None, reason="there is no Chromium here: apt-get install chromium"
)

_FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    # Whatever tried to leave this machine would fail to find a way.
    "--proxy-server=127.0.0.1:9",
)


@dataclass(frozen=True, slots=True)
class Shown:
    """A page as the browser had it after its scripts."""

    page: Any
    console: list[str]
    """Every message, errors too."""


def show(file: Path, *, width: int = 1400, dark: bool = False) -> Shown:
    """Open a file and read it back."""
    scheme = ("--blink-settings=preferredColorScheme=0",) if dark else ()
    with TemporaryDirectory() as profile:
        command = [
            str(CHROMIUM),
            *_FLAGS,
            *scheme,
            f"--user-data-dir={profile}",
            f"--window-size={width},1000",
        ]
        found = subprocess.run(
            [*command, "--dump-dom", file.resolve().as_uri()],
            capture_output=True,
            text=True,
            timeout=SECONDS_MAX,
            check=True,
        )
    console = re.findall(r"CONSOLE[:(]\d+\)?\] (.*)", found.stderr)
    return Shown(html.document_fromstring(found.stdout), console)
