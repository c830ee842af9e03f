"""How a file is refused: one helper, so that every refusal says where, what and what is allowed."""

from __future__ import annotations

import re
from pathlib import Path

from lxml import etree

from setfair.errors import FileProblem, FileRefusedError

INVALID_FILE = "FF01"
"""ISO reason: the file is not in the format that it claims."""
NOT_SUPPORTED = "AG03"
"""ISO reason: a kind of message or transaction that is not settled here."""
WRONG_COUNT = "AM18"
"""ISO reason: the number of transactions is not the one that the file states."""
WRONG_SUM = "AM10"
"""ISO reason: the sum of the amounts is not the one that the file states."""


_WRAPPED = re.compile(r"^line \d+: b'(.*)'$")
"""How the incremental parser words what it found at the end of a file: the line is said already."""


def refusal(
    path: Path, text: str, *, line: int | None = None, element: str = "", reason: str = INVALID_FILE
) -> FileRefusedError:
    """Return the error that refuses a file for one problem."""
    return FileRefusedError(str(path), (FileProblem(line, element, text, reason),))


def not_well_formed(path: Path, error: etree.XMLSyntaxError) -> FileRefusedError:
    """Return the error that refuses a file for what the parser stumbled over."""
    # Not the error log: it also holds what a schema said, and what other files of this thread had.
    found = error.msg or "it ends too early"
    found = _WRAPPED.sub(r"\1", found)
    return refusal(path, f"not well-formed XML, or cut off: {found}", line=error.lineno or None)
