"""A file under a bulk reader: how far it has been read, and how much may be asked of it at once."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from types import TracebackType

READ_BYTES_MAX = 1 << 28
"""Largest piece of a file that is read at once: an Arrow record batch, a page of a Parquet column."""


class PieceTooLargeError(Exception):
    """A reader asked for more of the file at once than is allowed."""


class TableFile:
    """A file that tells how far it has been read; for `pyarrow.PythonFile`."""

    def __init__(
        self, path: Path, on_progress: Callable[[int], None] | None = None, *, bytes_before: int = 0
    ) -> None:
        self._file = path.open("rb", buffering=0)
        self._on_progress = on_progress
        self._bytes_read = bytes_before
        self.size = path.stat().st_size

    def __enter__(self) -> TableFile:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @property
    def closed(self) -> bool:
        return self._file.closed

    def close(self) -> None:
        self._file.close()

    def tell(self) -> int:
        return self._file.tell()

    def seek(self, offset: int, whence: int = 0) -> int:
        return self._file.seek(offset, whence)

    def read(self, size: int = -1) -> bytes:
        """Read exactly `size` bytes, fewer only at the end of the file."""
        if size < 0:
            size = self.size - self.tell()
        if size > READ_BYTES_MAX:
            raise PieceTooLargeError(
                f"{size} bytes are one piece; the largest that is read is {READ_BYTES_MAX}"
            )
        data = self._file.read(size)
        while len(data) < size and (more := self._file.read(size - len(data))):
            data += more
        self._report(len(data))
        return data

    def _report(self, count: int) -> None:
        """Tell how much has been read; what is read twice, as a footer is, does not lead past the end."""
        before, self._bytes_read = self._bytes_read, min(self._bytes_read + count, self.size)
        if self._on_progress is not None and self._bytes_read > before:
            self._on_progress(self._bytes_read)
