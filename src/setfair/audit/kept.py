"""What an auditor keeps of an audit, so that the next one checks only what has come since.

Layout: magic "SFAU", length of the keys and of the frontier (4 bytes each), the keys of cosigners so far as
JSON, the frontier, the state of the house (`setfair.journal.state`). The auditor's own file: it is worth as
much as the place where it lies.
"""

from __future__ import annotations

import json
import struct

from setfair.audit.journal import Audited
from setfair.errors import SetfairError
from setfair.house_state import restore_state, state_bytes
from setfair.journal.tree import Frontier

MAGIC = b"SFAU"
_HEAD = struct.Struct("<4sII")

Keys = dict[tuple[str, str], None]
"""Id and public key of everybody who could cosign so far, in the order in which agreements named them."""


def kept_bytes(audited: Audited, keys: Keys) -> bytes:
    """Write the state after an audit."""
    peaks = audited.tree.to_bytes()
    told = json.dumps(list(keys)).encode()
    return _HEAD.pack(MAGIC, len(told), len(peaks)) + told + peaks + state_bytes(audited.state)


def read_kept(raw: bytes) -> tuple[Audited, Keys]:
    """Read the state after an earlier audit.

    Raises
    ------
    SetfairError
        If it is none, or damaged.
    """
    try:
        magic, told, length = _HEAD.unpack_from(raw)
        if magic != MAGIC:
            raise ValueError("it does not begin with SFAU")
        rows = json.loads(raw[_HEAD.size : _HEAD.size + told])
        keys: Keys = dict.fromkeys((str(who), str(key)) for who, key in rows)
        peaks = raw[_HEAD.size + told : _HEAD.size + told + length]
        state = restore_state((0, raw[_HEAD.size + told + length :]))
        if not state.page_number:
            raise ValueError("its books are damaged")
        return Audited(state, Frontier.from_bytes(state.record_count, peaks)), keys
    except (ValueError, TypeError, struct.error) as error:
        raise SetfairError(f"the file is nothing that `setfair audit --keep` wrote: {error}") from None
