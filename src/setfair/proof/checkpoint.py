"""Checkpoints: what a house says of its journal at one moment, signed and cosigned (C2SP tlog-checkpoint).

Rules
-----
1. The text of a checkpoint is three lines: the origin, the number of records, base64 of the root.
2. The origin is `setfair/` and the id of the house; it is the name of the house's key as well. A cosigner's
   key is named origin, `/`, and its id in the agreement.
3. Two checkpoints of one size and two roots, both signed by the house, prove that it shows different journals
   to different people.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from setfair.errors import NotProvenError
from setfair.proof.note import Note, sign
from setfair.proof.tree import HASH_LENGTH, TREE_SIZE_MAX

_TEXT = re.compile(r"([^\s+]+)\n(0|[1-9][0-9]{0,18})\n([A-Za-z0-9+/=]+)\n((?:[^\n]+\n)*)")


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of a journal."""

    origin: str
    """Whose journal."""
    size: int
    """Records in it."""
    root: bytes
    """Root of the tree over them."""

    def to_text(self) -> str:
        """Return the text that is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin_of(house_id: str) -> str:
    """Return the origin of a house's checkpoints: rule 2."""
    return f"setfair/{house_id}"


def cosigner_name(origin: str, cosigner_id: str) -> str:
    """Return the name of a cosigner's key: rule 2."""
    return f"{origin}/{cosigner_id}"


def checkpoint_of(note: Note) -> Checkpoint:
    """Read the text of a checkpoint; NotProvenError where it is none."""
    found = _TEXT.fullmatch(note.text)
    try:
        root = base64.b64decode(found[3], validate=True) if found else b""
    except binascii.Error:
        root = b""
    if not found or len(root) != HASH_LENGTH or int(found[2]) > TREE_SIZE_MAX:
        raise NotProvenError("the checkpoint does not say its origin, a number of records, and a root")
    return Checkpoint(found[1], int(found[2]), root)


def sign_checkpoint(checkpoint: Checkpoint, key: Ed25519PrivateKey) -> str:
    """Sign a checkpoint as its house; return the note."""
    text = checkpoint.to_text()
    return Note(text, (sign(text, checkpoint.origin, key),)).to_text()
