"""How the bytes of a list come in: once, counted, hashed; and how a list without a date in it is dated.

Rules
-----
1. A file is read once, from start to end; what is parsed is what was hashed.
2. A file has at most `FILE_BYTES_MAX` bytes and a line at most `LINE_BYTES_MAX`.
3. A format that carries no date needs a note beside the file, ``<file>.published``: one line with the date of
   publication and, after a space, the number of entries. A file's own time stamp proves nothing, since a copy
   renews it. The number is optional where the format marks its end, required where it does not.
4. Whatever is wrong with a list is a `FileRefusedError`: nothing of it is in force.
"""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from setfair.errors import FileProblem, FileRefusedError
from setfair.screening.lists.model import (
    ENTRIES_MAX,
    NAME_LENGTH_MAX,
    NAMES_PER_ENTRY_MAX,
    Entry,
    Name,
    NameQuality,
)
from setfair.screening.lists.names import collapse, names_in

FILE_BYTES_MAX = 512 * 1024 * 1024
"""Bytes of one list file; the largest that is published has some 120 MB."""
LINE_BYTES_MAX = 1024 * 1024
"""Bytes of one line of a CSV file."""
_CHUNK_BYTES = 64 * 1024
_NOTE = re.compile(r"(\d{4}-\d{2}-\d{2})(?:\s+(\d{1,9}))?", re.ASCII)
_END_MARK = b"\x1a"


def refused(path: Path, text: str, line: int | None = None, element: str = "") -> FileRefusedError:
    """Return the error that refuses a list for one reason."""
    return FileRefusedError(str(path), (FileProblem(line, element, text),))


class ListFile:
    """One file of a list, read once and hashed while it is read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._digest = hashlib.sha256()
        self._size = 0

    @property
    def sha256(self) -> str:
        """SHA-256, hexadecimal, of what was read."""
        return self._digest.hexdigest()

    def chunks(self) -> Iterator[bytes]:
        """Yield the bytes of the file in pieces."""
        try:
            with self.path.open("rb") as file:
                while chunk := file.read(_CHUNK_BYTES):
                    yield self._count(chunk)
        except OSError as error:
            raise refused(self.path, f"cannot be read ({error.strerror})") from error

    def lines(self) -> Iterator[bytes]:
        """Yield the lines of the file, each with its end."""
        try:
            with self.path.open("rb") as file:
                while line := file.readline(LINE_BYTES_MAX + 1):
                    if len(line) > LINE_BYTES_MAX:
                        raise refused(self.path, f"a line has at most {LINE_BYTES_MAX} bytes")
                    yield self._count(line)
        except OSError as error:
            raise refused(self.path, f"cannot be read ({error.strerror})") from error

    def _count(self, data: bytes) -> bytes:
        self._size += len(data)
        if self._size > FILE_BYTES_MAX:
            raise refused(self.path, f"a list file has at most {FILE_BYTES_MAX} bytes")
        self._digest.update(data)
        return data


def csv_rows(file: ListFile, *, end_mark: bool, delimiter: str = ",") -> Iterator[tuple[int, list[str]]]:
    """Yield the rows of a CSV file in UTF-8 with the number of the line on which each ends.

    Parameters
    ----------
    file
        The file, not yet read.
    end_mark
        Whether the file must end with a line that holds nothing but Ctrl-Z, as the US Treasury's do. A file
        without that must end with the end of a line.
    delimiter
        What stands between the columns.
    """
    reader = csv.reader(_decoded(file, end_mark=end_mark), delimiter=delimiter, strict=True)
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise refused(file.path, f"not a CSV file: {error}", reader.line_num) from error
        yield reader.line_num, row


def named_rows(
    file: ListFile, required: Sequence[str], what: str, *, delimiter: str = ","
) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield the rows of a CSV file with a header by column, white space collapsed, with their line.

    Parameters
    ----------
    file
        The file, not yet read.
    required
        Columns without which it is not this list.
    what
        What it should be, for the message.
    delimiter
        What stands between the columns.
    """
    header: list[str] = []
    for line, values in csv_rows(file, end_mark=False, delimiter=delimiter):
        if not header:
            header = [value.strip() for value in values]
            missing = [name for name in required if name not in header]
            if missing:
                raise refused(file.path, f"column {missing[0]} is missing: not {what}", line)
            continue
        if len(values) != len(header):
            raise refused(file.path, f"{len(values)} columns where the header has {len(header)}", line)
        yield line, dict(zip(header, map(collapse, values), strict=True))


def _decoded(file: ListFile, *, end_mark: bool) -> Iterator[str]:
    number, raw, marked = 0, b"", False
    for number, raw in enumerate(file.lines(), 1):
        if marked:
            raise refused(file.path, "there must be nothing after the end mark (Ctrl-Z)", number)
        if end_mark and raw.strip() == _END_MARK:
            marked = True
            continue
        try:
            yield raw.decode("utf-8-sig" if number == 1 else "utf-8")
        except UnicodeDecodeError as error:
            raise refused(file.path, f"not UTF-8 ({error.reason} at byte {error.start})", number) from error
    if not number:
        raise refused(file.path, "the file is empty")
    if end_mark and not marked:
        raise refused(file.path, "truncated: the end mark (a last line with Ctrl-Z) is missing", number)
    if not end_mark and not raw.endswith((b"\n", b"\r")):
        raise refused(file.path, "truncated: the last line has no end", number)


@dataclass(frozen=True, slots=True)
class PublishedNote:
    """What stands in the note beside a list file."""

    published: date
    entries: int | None
    """Number of entries, or None if the note does not say."""


def note_beside(path: Path) -> Path:
    """Return where the note beside a list file is."""
    return path.with_name(f"{path.name}.published")


def read_published_note(path: Path, *, count_required: bool) -> PublishedNote:
    """Read the note ``<file>.published`` beside a list file whose format carries no date."""
    note = note_beside(path)
    form = "YYYY-MM-DD ENTRIES" if count_required else "YYYY-MM-DD or YYYY-MM-DD ENTRIES"
    need = f"its format carries no date: write one line '{form}' into {note}"
    try:
        with note.open("rb") as file:
            text = file.read(200).decode("ascii", "replace").strip()
    except OSError as error:
        raise refused(path, f"the date of publication is not known ({error.strerror}); {need}") from error
    match = _NOTE.fullmatch(text)
    if match is None or (count_required and match[2] is None):
        raise refused(note, f"not '{form}'; {need}", 1)
    try:
        return PublishedNote(date.fromisoformat(match[1]), int(match[2]) if match[2] else None)
    except ValueError as error:
        raise refused(note, f"not a date; {need}", 1) from error


def check_count(path: Path, note: PublishedNote, count: int) -> None:
    """Refuse a list that has another number of entries than the note beside it says."""
    if note.entries is not None and note.entries != count:
        raise refused(
            path, f"truncated or changed: {count} entries, but the note beside it says {note.entries}"
        )


class EntryCollector:
    """Takes the entries of one list and refuses what no list can hold."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, Entry] = {}

    def add(self, entry: Entry, line: int | None) -> None:
        """Take one entry, found at a line."""
        if not entry.entry_id:
            raise refused(self._path, "an entry has no identification", line)
        if entry.entry_id in self._entries:
            raise refused(self._path, f"entry {entry.entry_id} is there twice", line)
        if not entry.names or entry.names[0].quality is not NameQuality.MAIN:
            raise refused(self._path, f"entry {entry.entry_id} has no name with a letter or digit", line)
        if len(entry.names) > NAMES_PER_ENTRY_MAX:
            raise refused(self._path, f"an entry has at most {NAMES_PER_ENTRY_MAX} names", line)
        if len(self._entries) >= ENTRIES_MAX:
            raise refused(self._path, f"a list has at most {ENTRIES_MAX} entries", line)
        self._entries[entry.entry_id] = entry

    def entries(self) -> tuple[Entry, ...]:
        """Return what was taken, in the order of the file."""
        return tuple(self._entries.values())


class NameCollector:
    """Takes the name fields of one entry; each name once, with the best quality that any field gives it."""

    def __init__(self, path: Path, line: int | None) -> None:
        self._path, self._line = path, line
        self._names: dict[str, Name] = {}

    def add(self, text: str, quality: NameQuality, *, original_script: bool = False) -> None:
        """Take one field, which may list several names."""
        if len(text) > NAME_LENGTH_MAX:
            raise refused(self._path, f"a name has at most {NAME_LENGTH_MAX} characters", self._line)
        for name in names_in(text):
            given = NameQuality.LOW if name.is_short else quality
            known = self._names.get(name.text)
            if known is None or (known.quality is NameQuality.LOW and given is not NameQuality.LOW):
                self._names[name.text] = Name(name.text, given, original_script)

    def names(self) -> tuple[Name, ...]:
        """Return what was taken, the main name first."""
        return tuple(self._names.values())
