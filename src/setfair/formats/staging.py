"""Batches of a file are put aside until the file has ended well, and only then given on: all of them or none.

Rules
-----
1. One batch stays in memory. More go to a temporary file that has no name: whatever happens, nothing is left
   behind.
2. They come back in order, as often as asked for, and memory holds one batch at a time.
3. A disk that is full or broken is a StoreError; what the file's reader raises goes through.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from itertools import chain
from pathlib import Path
from types import TracebackType
from typing import BinaryIO, TypeVar, cast

import pyarrow as pa

from setfair.domain.instruction import SCHEMAS, Batch, Family
from setfair.errors import StoreError

_T = TypeVar("_T")


class StagedFile:
    """The batches of a whole file; a context manager that removes them at its end."""

    def __init__(self, first: Batch | None = None, file: BinaryIO | None = None) -> None:
        self._first = first
        self._file = file
        self._families: list[Family] = []
        self._writer: pa.RecordBatchStreamWriter | None = None
        self.rows = 0 if first is None else first.rows.num_rows
        """How many rows the file has."""

    def __enter__(self) -> StagedFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Remove what was staged."""
        self._first, self._writer = None, None
        if self._file is not None:
            # What a full disk did not take would be written once more, in vain.
            with suppress(OSError):
                self._file.close()

    def batches(self) -> Iterator[Batch]:
        """Yield the batches in order; one reading at a time."""
        if self._first is not None:
            yield self._first
        if self._file is not None:
            self._file.seek(0)
            for family in self._families:
                # A stream of one family ends where the next begins.
                for rows in pa.ipc.open_stream(pa.PythonFile(self._file, "r")):
                    yield Batch(family, rows)

    def write(self, batch: Batch) -> None:
        """Put a batch behind the others in the temporary file."""
        if self._writer is None or self._families[-1] is not batch.family:
            self.finish()
            self._families.append(batch.family)
            self._writer = pa.ipc.new_stream(pa.PythonFile(self._file, "w"), SCHEMAS[batch.family])
        self._writer.write_batch(batch.rows)
        self.rows += batch.rows.num_rows

    def finish(self) -> None:
        """End the last stream and see that all of it is in the file."""
        if self._writer is not None:
            self._writer.close()
            self._writer = None
        if self._file is not None:
            self._file.flush()


def stage(batches: Iterable[Batch], folder: Path) -> StagedFile:
    """Read batches to their end and return them as a whole.

    Parameters
    ----------
    batches
        What a reader yields; its exceptions go through, and nothing is staged then.
    folder
        Where the temporary file goes: on the disk of the house, not in memory.

    Raises
    ------
    StoreError
        If the temporary file cannot be written.
    """
    remaining = iter(batches)
    first, second = next(remaining, None), next(remaining, None)
    if first is None or second is None:
        return StagedFile(first)
    staged = StagedFile(file=_guarded(folder, lambda: _temporary_file(folder)))
    try:
        for batch in chain((first, second), remaining):
            _guarded(folder, partial(staged.write, batch))
        _guarded(folder, staged.finish)
    except BaseException:
        staged.close()
        raise
    return staged


def _temporary_file(folder: Path) -> BinaryIO:
    """Open a file that has no name and goes when it is closed."""
    return cast(BinaryIO, tempfile.TemporaryFile(dir=folder))


def _guarded(folder: Path, write: Callable[[], _T]) -> _T:
    """Do something to the temporary file; turn what the disk says into a StoreError."""
    try:
        return write()
    except OSError as error:
        why = error.strerror or str(error)
        text = f"cannot put a file aside in {folder}: {why}; nothing was applied; make room and submit again"
        raise StoreError(text) from error
