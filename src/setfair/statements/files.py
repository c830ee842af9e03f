"""Files that are whole or not there: written beside their place, made durable, then moved to it.

A file that is there already is replaced, so that writing a day again leaves the same files.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, slots=True)
class Written:
    """One file that was written."""

    path: Path
    participant: str
    """Id of the participant that it is for; empty for files that are for no participant."""
    message: str
    """What it is: ``pacs.002``, ``camt.053``, ``statement`` ..."""
    count: int
    """Payments, entries, answers, notices or rows in it."""


@dataclass(frozen=True, slots=True)
class Outbox:
    """The folder of one participant, and what was written to it."""

    folder: Path
    participant: str
    written: list[Written] = field(default_factory=list)

    def write(self, name: str, message: str, write: Callable[[BinaryIO], int]) -> None:
        """Write one file; `write` returns how much it wrote. If it fails, an older file stays as it is."""
        self.folder.mkdir(parents=True, exist_ok=True)
        path = self.folder / name
        partial = path.with_name(f".{name}.{os.getpid()}.partial")
        try:
            with partial.open("wb") as out:
                count = write(out)
                out.flush()
                os.fsync(out.fileno())
            partial.replace(path)
        except BaseException:
            partial.unlink(missing_ok=True)
            raise
        self.written.append(Written(path, self.participant, message, count))
