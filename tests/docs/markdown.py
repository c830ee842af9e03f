"""Just enough of Markdown to compare a document with the code: headings, tables and code blocks."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tests.style.source import ROOT, text_of

DOCS = ROOT / "docs"

_BLOCK = re.compile(r"^```(\w+)([^\n]*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """A fenced block of code."""

    language: str
    info: str
    """What stands after the language, for example `tested`."""
    text: str


def blocks(path: Path, language: str) -> Iterator[Block]:
    """Yield the code blocks of one language in a document."""
    for found in _BLOCK.finditer(text_of(path)):
        if found[1] == language:
            yield Block(found[1], found[2].strip(), found[3])


def sections(path: Path, marks: str = "###") -> dict[str, str]:
    """Return the text under each heading of one level, by heading, without its backticks."""
    pieces = re.split(rf"^{marks} (.+)$", text_of(path), flags=re.MULTILINE)
    texts = (re.split(r"^#", text, maxsplit=1, flags=re.MULTILINE)[0] for text in pieces[2::2])
    return dict(zip((heading.strip("` ") for heading in pieces[1::2]), texts, strict=True))


def rows(text: str) -> list[list[str]]:
    """Return the rows of the first table in a text, without its head and its backticks."""
    lines = [line for line in text.splitlines() if line.startswith("|")]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in lines[2:]]
