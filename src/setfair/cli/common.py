"""What all commands share: two consoles, JSON for machines, errors that a person can act on.

Exit codes: 0 done, 1 some payments were rejected and ``--strict`` was given, 2 refused. An operational error
(`SetfairError`) becomes a message on standard error and exit code 2; a broken invariant is not caught.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import NoReturn

import typer
from rich.console import Console

from setfair.errors import SetfairError

EXIT_REFUSED = 2
"""Exit code of a command that was refused."""

WIDTH_WITHOUT_TERMINAL = 120
"""Columns that are used where the output goes to a file or a pipe."""

console = Console(
    highlight=False, soft_wrap=False, width=None if sys.stdout.isatty() else WIDTH_WITHOUT_TERMINAL
)
"""Standard output, for people."""

error_console = Console(stderr=True, highlight=False, soft_wrap=True)
"""Standard error, for people."""


def fail(error: BaseException | str) -> NoReturn:
    """Print an error to standard error and end the command with exit code 2.

    Nothing in the text is taken as markup or as a terminal's control sequence: it may come from a file.
    """
    text = "".join(char if char.isprintable() or char == "\n" else ascii(char)[1:-1] for char in str(error))
    error_console.print("error:", style="bold red", end=" ")
    error_console.print(text, markup=False)
    raise typer.Exit(EXIT_REFUSED)


@contextmanager
def operational_errors() -> Iterator[None]:
    """End the command with a message where an operational error is raised; usable as a decorator too."""
    try:
        yield
    except SetfairError as error:
        fail(error)
    except OSError as error:
        fail(f"{error.filename}: {error.strerror}" if error.filename else str(error))


def print_json(data: object) -> None:
    """Print one JSON document to standard output, UTF-8, keys in the order given."""
    sys.stdout.write(json.dumps(data, ensure_ascii=False, indent=2) + "\n")


def print_plain(text: str) -> None:
    """Print text to standard output as it is: no markup, no wrapping."""
    console.print(text, markup=False, soft_wrap=True)


def read_bounded(path: Path, bytes_max: int) -> bytes:
    """Read a small file whole, refusing one that is larger than it can be.

    Raises
    ------
    SetfairError
        If the file is larger.
    OSError
        If it cannot be read.
    """
    with path.open("rb") as file:
        raw = file.read(bytes_max + 1)
    if len(raw) > bytes_max:
        raise SetfairError(f"{path}: larger than {bytes_max} bytes, which is the most that is read here")
    return raw


def with_separators(amount: str) -> str:
    """Put a comma between thousands of a decimal number."""
    whole, point, fraction = amount.partition(".")
    return f"{int(whole):,}{point}{fraction}" if whole not in ("-0",) else amount
