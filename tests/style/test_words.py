"""What the repository does not speak of: unfinished work, how it came about, and where it was written."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.style.source import ROOT, place, text_files, text_of

FORBIDDEN = {
    "unfinished work": r"\b(TODO|FIXME|HACK)\b",
    "a number in a tracker": r"(?i)\b(issue|ticket|bug|pull request|PR)s? (no\. )?#?\d+",
    "how it was written": r"(?i)\b(this|last|next|previous|earlier|another) session\b|\bprompt(ed)? by\b",
    "a path of one machine": r"(?<![\w.])/(work|root|home/\w+|tmp|opt/\w+|Users/\w+)/\w",
    "a registry of packages": r"(?i)pypi\.org|pythonhosted|index-url|find-links|conda-forge",
}
"""What must not occur, and the pattern that finds it."""

ALLOWED = {
    ("a registry of packages", "Makefile"): "names the options that keep hosts out of the lock file",
}
"""(what, file): why it may be there."""


@pytest.mark.parametrize("what", FORBIDDEN)
def test_words_that_do_not_occur(what: str) -> None:
    """No file of the repository has them."""
    pattern = re.compile(FORBIDDEN[what])
    found = [
        place(path, number)
        for path in text_files()
        if path != Path(__file__).resolve() and (what, path.name) not in ALLOWED
        for number, line in enumerate(text_of(path).splitlines(), 1)
        if pattern.search(line)
    ]
    assert found == []


def test_exceptions_are_needed() -> None:
    """An exception that nothing needs any more is taken out."""
    unused = [
        key
        for key in ALLOWED
        if not re.search(FORBIDDEN[key[0]], (ROOT / key[1]).read_text(encoding="utf-8"))
    ]
    assert unused == []


def test_the_lock_file_has_versions_and_hashes_only() -> None:
    """Every line of the lock file is a pinned version or a SHA-256: it names no host."""
    line = re.compile(
        r"[A-Za-z0-9._-]+(\[[a-z,]+\])?==[^\s;]+( ; [^\\/]+)? \\|    --hash=sha256:[0-9a-f]{64}( \\)?"
    )
    lines = (ROOT / "requirements.lock").read_text(encoding="utf-8").splitlines()
    assert [each for each in lines if not line.fullmatch(each)] == []
    assert len(lines) > 50
