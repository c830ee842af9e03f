"""What an auditor keeps of an audit, so that the next one checks only what has come since.

Layout: magic "SFAU", length of the keys and of the frontier (4 bytes each), the keys of cosigners so far as
JSON, the frontier, the pieces of the state of the house (`setfair.journal.state`), each behind its length (8
bytes). The auditor's own file: it is worth as
much as the place where it lies.
"""

from __future__ import annotations

import json
import struct
from collections.abc import Iterator
from typing import BinaryIO

from setfair.audit.journal import Audited
from setfair.audit.room import DiskRoom
from setfair.engine.room import Room
from setfair.errors import SetfairError
from setfair.house_state import restore_state, state_pieces
from setfair.journal.tree import Frontier

MAGIC = b"SFAU"
_HEAD = struct.Struct("<4sII")
_LENGTH = struct.Struct("<Q")

Keys = dict[tuple[str, str], None]
"""Id and public key of everybody who could cosign so far, in the order in which agreements named them."""


def write_kept(file: BinaryIO, audited: Audited, keys: Keys) -> None:
    """Write the state after an audit."""
    peaks, told = audited.tree.to_bytes(), json.dumps(list(keys)).encode()
    file.write(_HEAD.pack(MAGIC, len(told), len(peaks)) + told + peaks)
    for piece in state_pieces(audited.state):
        file.write(_LENGTH.pack(len(piece)))
        file.write(piece)
        audited.state.books.room.let_go()


def read_kept(file: BinaryIO) -> tuple[Audited, Keys]:
    """Read the state after an earlier audit; its payments stay on disk, in a place of their own.

    Raises
    ------
    SetfairError
        If it is none, or damaged.
    """
    try:
        magic, told, length = _HEAD.unpack(file.read(_HEAD.size))
        if magic != MAGIC:
            raise ValueError("it does not begin with SFAU")
        rows = json.loads(file.read(told))
        keys: Keys = dict.fromkeys((str(who), str(key)) for who, key in rows)
        peaks = file.read(length)
        room = DiskRoom()
        state = restore_state((0, _pieces(file, room)), room)
        if not state.page_number:
            raise ValueError("its books are damaged")
        return Audited(state, Frontier.from_bytes(state.record_count, peaks)), keys
    except (ValueError, TypeError, struct.error) as error:
        raise SetfairError(f"the file is nothing that `setfair audit --keep` wrote: {error}") from None


def _pieces(file: BinaryIO, room: Room) -> Iterator[bytes]:
    while length := file.read(_LENGTH.size):
        yield file.read(*_LENGTH.unpack(length))
        room.let_go()
