"""What may be on a disk after the power was cut, given what was done to it until then.

Rules
-----
1. What was written to a file before its last sync is on the disk. What came later may be there or not, in any
   order, and a write may be torn: sectors of it are there, others not.
2. A file that was deleted may be there again, until something is synced under its name.
3. A sector that was not written whole may hold anything, but only within the bytes of that write.

Source: T. S. Pillai et al., All File Systems Are Not Created Equal (OSDI 2014), with which SQLite's own
assumptions agree (https://www.sqlite.org/atomiccommit.html, section 2).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from random import Random

from tests.torture.disk import Operation

SECTOR = 512

Files = dict[str, bytearray]


class Platter:
    """What is surely on the disk, and what may be."""

    def __init__(self, files: Mapping[str, bytes]) -> None:
        self.files: Files = {name: bytearray(data) for name, data in files.items()}
        self.pending: list[Operation] = []

    def do(self, operations: Sequence[Operation]) -> None:
        """Take operations; a sync makes durable what came before it in its file."""
        for operation in operations:
            if operation.kind == "sync":
                self.settle(operation.file)
            elif operation.kind != "open":
                self.pending.append(operation)

    def settle(self, name: str) -> None:
        """Make durable what is pending of a file."""
        for operation in self.pending:
            if operation.file == name:
                apply(self.files, operation)
        self.pending = [operation for operation in self.pending if operation.file != name]


def apply(files: Files, operation: Operation) -> None:
    """Do an operation to files."""
    if operation.kind == "delete":
        files.pop(operation.file, None)
        return
    data = files.setdefault(operation.file, bytearray())
    if operation.kind == "truncate":
        del data[operation.offset :]
        data.extend(bytes(operation.offset - len(data)))
        return
    end = operation.offset + len(operation.data)
    data.extend(bytes(max(0, operation.offset - len(data))))
    data[operation.offset : end] = operation.data


def everything(platter: Platter, random: Random) -> None:
    """The system lived on: all that was written is there."""
    for operation in platter.pending:
        apply(platter.files, operation)


def nothing(platter: Platter, random: Random) -> None:
    """Nothing that was not synced is there."""


def torn(platter: Platter, random: Random) -> None:
    """What was not synced is there up to a place within a write."""
    if not platter.pending:
        return
    whole = random.randrange(len(platter.pending))
    for operation in platter.pending[:whole]:
        apply(platter.files, operation)
    last = platter.pending[whole]
    if last.kind == "write":
        length = len(last.data)
        cut = (
            random.randrange(length + 1)
            if random.random() < 0.3
            else SECTOR * random.randint(0, length // SECTOR)
        )
        apply(platter.files, Operation("write", last.file, last.offset, last.data[:cut]))


def reordered(platter: Platter, random: Random) -> None:
    """Some of the operations that were not synced are there, others not."""
    share = random.choice((0.1, 0.5, 0.9))
    for operation in platter.pending:
        if random.random() < share:
            apply(platter.files, operation)


def shredded(platter: Platter, random: Random) -> None:
    """Some sectors of what was not synced are there; of the others, now and then, neither old nor new."""
    share, spoiled = random.choice((0.1, 0.5, 0.9)), random.choice((0.0, 0.0, 0.2))
    for operation in platter.pending:
        if operation.kind != "write":
            if random.random() < share:
                apply(platter.files, operation)
            continue
        for at in range(0, len(operation.data), SECTOR):
            data = operation.data[at : at + SECTOR]
            if random.random() < spoiled:
                data = random.randbytes(len(data))
            elif random.random() >= share:
                continue
            apply(platter.files, Operation("write", operation.file, operation.offset + at, data))


WAYS: dict[str, Callable[[Platter, Random], None]] = {
    "all written": everything,
    "unsynced lost": nothing,
    "torn": torn,
    "reordered": reordered,
    "shredded": shredded,
}
"""What becomes of what was not synced."""


def put(files: Mapping[str, bytes | bytearray], folder: Path) -> None:
    """Make these the database's files in a folder."""
    for found in folder.glob("setfair.db*"):
        found.unlink()
    for name, data in files.items():
        (folder / name).write_bytes(data)


def taken(folder: Path) -> dict[str, bytes]:
    """Return the database's files in a folder, without the memory that readers share."""
    return {
        found.name: found.read_bytes()
        for found in folder.glob("setfair.db*")
        if not found.name.endswith("-shm")
    }
