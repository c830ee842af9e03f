"""The disk under the house's own SQLite: it notes every operation, and fails where it is told to.

A VFS of SQLite (https://www.sqlite.org/vfs.html) that is a copy of the usual one but for what changes files:
write, truncate, sync, delete, and read. Locks and the shared memory of readers stay what they are.
"""

from __future__ import annotations

import ctypes
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from tests.torture.library import addresses

Kind = Literal["open", "write", "truncate", "sync", "delete", "read"]

OK, FULL = 0, 13
READ_ERROR, WRITE_ERROR, SYNC_ERROR, TRUNCATE_ERROR, DELETE_ERROR = 266, 778, 1034, 1546, 2570

_int, _pointer, _text, _long = ctypes.c_int, ctypes.c_void_p, ctypes.c_char_p, ctypes.c_longlong
# A path stays the address that SQLite gave: it keeps it, and looks at what lies behind the text.
_Open = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _pointer, _int, _pointer)
_Delete = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int)
_Close = ctypes.CFUNCTYPE(_int, _pointer)
_Transfer = ctypes.CFUNCTYPE(_int, _pointer, _pointer, _int, _long)
_Truncate = ctypes.CFUNCTYPE(_int, _pointer, _long)
_Sync = ctypes.CFUNCTYPE(_int, _pointer, _int)


class _Vfs(ctypes.Structure):
    _fields_ = [
        ("version", _int),
        ("file_size", _int),
        ("path_max", _int),
        ("next", _pointer),
        ("name", _text),
        ("data", _pointer),
        ("open", _Open),
        ("delete", _Delete),
        ("others", _pointer * 14),
    ]


class _Methods(ctypes.Structure):
    _fields_ = [
        ("version", _int),
        ("close", _Close),
        ("read", _Transfer),
        ("write", _Transfer),
        ("truncate", _Truncate),
        ("sync", _Sync),
        ("others", _pointer * 13),
    ]


@dataclass(frozen=True, slots=True)
class Operation:
    """What SQLite did to a file, or a note of what the house had done by then."""

    kind: Kind
    file: str
    """Name of the file, without its folder."""
    offset: int = 0
    """Of a write; of a truncation the size."""
    data: bytes = field(default=b"", repr=False)


@dataclass(slots=True)
class Disk:
    """What was done, and what goes wrong."""

    folder: Path
    """What is not in this folder is on another disk, which is sound."""
    log: list[Operation] = field(default_factory=list)
    is_noting: bool = True
    """Whether operations are kept in `log`."""
    before: Callable[[Operation], int] | None = None
    """Called before each operation; what it returns, if not OK, is what SQLite gets instead."""
    after: Callable[[Operation], None] | None = None
    """Called after each operation."""

    def do(self, operation: Operation, really: Callable[[], int]) -> int:
        """Let an operation happen, or fail."""
        code = self.before(operation) if self.before is not None else OK
        if code != OK:
            return code
        code = really()
        if code == OK and self.is_noting and operation.kind != "read":
            self.log.append(operation)
        if self.after is not None:
            self.after(operation)
        return code


class _Layer:
    """The VFS, with everything that must stay in memory while SQLite knows its address."""

    def __init__(self) -> None:
        find, register, unregister = addresses(
            "sqlite3_vfs_find", "sqlite3_vfs_register", "sqlite3_vfs_unregister"
        )
        self._find = ctypes.CFUNCTYPE(ctypes.POINTER(_Vfs), _text)(find)
        self._register = ctypes.CFUNCTYPE(_int, ctypes.POINTER(_Vfs), _int)(register)
        self._unregister = ctypes.CFUNCTYPE(_int, ctypes.POINTER(_Vfs))(unregister)
        self._usual = self._find(None)
        self.disk: Disk | None = None
        self._names: dict[int, str] = {}
        self._methods: dict[int, tuple[_Methods, _Methods]] = {}
        self._vfs = _Vfs()
        ctypes.pointer(self._vfs)[0] = self._usual.contents
        self._usual_open, self._usual_delete = self._usual.contents.open, self._usual.contents.delete
        self._vfs.name = b"failing"
        self._vfs.open, self._vfs.delete = _Open(self._open), _Delete(self._delete)

    def put_under(self) -> None:
        """Let every database that is opened from now on be opened through this layer."""
        self._register(ctypes.byref(self._vfs), 1)

    def take_away(self) -> None:
        """Let databases be opened as usual again."""
        self._unregister(ctypes.byref(self._vfs))

    def _do(self, operation: Operation, really: Callable[[], int]) -> int:
        return really() if self.disk is None else self.disk.do(operation, really)

    def _open(self, vfs: int, path: int | None, file: int, flags: int, out: int) -> int:
        if not path or not self._is_here(path):
            return int(self._usual_open(vfs, path, file, flags, out))
        name = _name_at(path)

        def really() -> int:
            code = int(self._usual_open(vfs, path, file, flags, out))
            if code == OK:
                self._names[file] = name
                place = ctypes.cast(file, ctypes.POINTER(_pointer))
                place[0] = ctypes.addressof(self._methods_for(int(place[0] or 0)))
            return code

        return self._do(Operation("open", name), really)

    def _methods_for(self, address: int) -> _Methods:
        for ours, _ in self._methods.values():
            if ctypes.addressof(ours) == address:
                return ours
        if address not in self._methods:
            usual = _Methods.from_address(address)
            ours = _Methods.from_buffer_copy(usual)
            ours.close = _Close(lambda file: self._close(usual, file))
            ours.read = _Transfer(lambda *told: self._read(usual, *told))
            ours.write = _Transfer(lambda *told: self._write(usual, *told))
            ours.truncate = _Truncate(lambda *told: self._truncate(usual, *told))
            ours.sync = _Sync(lambda *told: self._sync(usual, *told))
            self._methods[address] = ours, usual
        return self._methods[address][0]

    def _close(self, usual: Any, file: int) -> int:
        self._names.pop(file, None)
        return int(usual.close(file))

    def _read(self, usual: Any, file: int, data: int, count: int, offset: int) -> int:
        operation = Operation("read", self._names[file], offset)
        return self._do(operation, lambda: int(usual.read(file, data, count, offset)))

    def _write(self, usual: Any, file: int, data: int, count: int, offset: int) -> int:
        operation = Operation("write", self._names[file], offset, ctypes.string_at(data, count))
        return self._do(operation, lambda: int(usual.write(file, data, count, offset)))

    def _truncate(self, usual: Any, file: int, size: int) -> int:
        operation = Operation("truncate", self._names[file], size)
        return self._do(operation, lambda: int(usual.truncate(file, size)))

    def _sync(self, usual: Any, file: int, flags: int) -> int:
        return self._do(Operation("sync", self._names[file]), lambda: int(usual.sync(file, flags)))

    def _is_here(self, path: int) -> bool:
        return self.disk is not None and Path(ctypes.string_at(path).decode()).parent == self.disk.folder

    def _delete(self, vfs: int, path: int, sync_folder: int) -> int:
        if not self._is_here(path):
            return int(self._usual_delete(vfs, path, sync_folder))
        operation = Operation("delete", _name_at(path))
        return self._do(operation, lambda: int(self._usual_delete(vfs, path, sync_folder)))


def _name_at(path: int) -> str:
    return Path(ctypes.string_at(path).decode()).name


_layers: list[_Layer] = []


def _layer() -> _Layer:
    if not _layers:
        _layers.append(_Layer())
    return _layers[0]


@contextmanager
def failing_disk(disk: Disk) -> Iterator[Disk]:
    """Put a disk under every database that is opened within the block; all are to be closed in it."""
    layer = _layer()
    layer.disk = disk
    layer.put_under()
    try:
        yield disk
    finally:
        layer.take_away()
        layer.disk = None
