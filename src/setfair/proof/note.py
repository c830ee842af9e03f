"""Signed notes: a text and the lines by which keys signed it (C2SP signed-note), with Ed25519.

Rules
-----
1. A note is its text, which ends with a newline, an empty line, and signature lines.
2. A signature line is an em dash, a space, the key's name, a space, and base64 of the key id (4 bytes) and
   the signature, in UTF-8.
3. The key id is the first 4 bytes of SHA-256(name || 0x0A || algorithm || public key): 0x01 for the house's
   own signature over the text, 0x04 for a cosignature with its time (C2SP tlog-cosignature).
4. A line of an unknown key says nothing. One that has a known key's name and id and does not verify spoils
   the note: somebody forged it.

Source: https://c2sp.org/signed-note and https://c2sp.org/tlog-cosignature.
"""

from __future__ import annotations

import base64
import binascii
import re
from dataclasses import dataclass
from functools import lru_cache
from hashlib import sha256

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from setfair.errors import NotProvenError, SetfairError

ED25519, COSIGNATURE = 1, 4
"""Algorithms of C2SP signed-note."""

NOTE_BYTES_MAX = 1 << 20
SIGNATURES_MAX = 10_000
"""Bounds on what is read."""

_KEY_ID_LENGTH, _KEY_LENGTH, _TIME_LENGTH, _SIGNATURE_LENGTH = 4, 32, 8, 64
_LINE = re.compile(r"— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})")
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f]")


@dataclass(frozen=True, slots=True)
class Key:
    """A public key under a name."""

    name: str
    algorithm: int
    public: bytes
    """32 bytes of Ed25519."""

    @property
    def id(self) -> bytes:
        """The 4 bytes by which signature lines refer to it."""
        return sha256(f"{self.name}\n".encode() + bytes([self.algorithm]) + self.public).digest()[:4]

    def to_text(self) -> str:
        """Return it as other tools take it: name+id+base64 of algorithm and key."""
        raw = bytes([self.algorithm]) + self.public
        return f"{self.name}+{self.id.hex()}+{base64.b64encode(raw).decode()}"

    def verify(self, signature: bytes, message: bytes) -> bool:
        """Tell whether this key signed this message."""
        try:
            Ed25519PublicKey.from_public_bytes(self.public).verify(signature, message)
        except InvalidSignature:
            return False
        return True


@dataclass(frozen=True, slots=True)
class Line:
    """One signature line."""

    name: str
    key_id: bytes
    signature: bytes

    def to_text(self) -> str:
        """Return the line without its newline."""
        return f"— {self.name} {base64.b64encode(self.key_id + self.signature).decode()}"


@dataclass(frozen=True, slots=True)
class Note:
    """A text and who signed it."""

    text: str
    lines: tuple[Line, ...]

    def to_text(self) -> str:
        """Return the note as it stands in a file."""
        return "".join([self.text, "\n", *(f"{line.to_text()}\n" for line in self.lines)])


def read_note(text: str) -> Note:
    """Read a note; who signed it is another question.

    Raises
    ------
    NotProvenError
        If it is none.
    """
    body, separator, signatures = text.rpartition("\n\n")
    if not separator or _CONTROL.search(text) or not signatures.endswith("\n"):
        raise NotProvenError("the checkpoint is no signed note: a text, an empty line, and signature lines")
    rows = signatures.splitlines()
    if len(rows) > SIGNATURES_MAX:
        raise NotProvenError(f"the checkpoint has more than {SIGNATURES_MAX} signatures")
    return Note(f"{body}\n", tuple(read_line(row) for row in rows))


def read_line(row: str) -> Line:
    """Read a signature line; NotProvenError where it is none."""
    found = _LINE.fullmatch(row)
    try:
        raw = base64.b64decode(found[2], validate=True) if found else b""
    except binascii.Error:
        raw = b""
    if not found or len(raw) <= _KEY_ID_LENGTH:
        raise NotProvenError(f"the checkpoint has a line that is no signature: {row[:80]!r}")
    return Line(found[1], raw[:_KEY_ID_LENGTH], raw[_KEY_ID_LENGTH:])


@lru_cache(maxsize=16)
def key_of(name: str, algorithm: int, private: Ed25519PrivateKey) -> Key:
    """Return the public half of a signing key under a name."""
    return Key(name, algorithm, private.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw))


def read_key(text: str, name: str, algorithm: int) -> Key:
    """Read a public key: base64 of 32 bytes as in `house.pub`, or name+id+base64 as other tools write it.

    Raises
    ------
    SetfairError
        If it is none.
    NotProvenError
        If it is a key under another name.
    """
    stripped = text.strip()
    parts = stripped.split("+", 2)
    is_named = len(parts) == 3 and re.fullmatch(r"[0-9a-f]{8}", parts[1]) is not None
    try:
        raw = base64.b64decode(parts[2] if is_named else stripped, validate=True)
    except binascii.Error:
        raw = b""
    if is_named and raw[:1] in (bytes([ED25519]), bytes([COSIGNATURE])):
        given = Key(parts[0], raw[0], raw[1:])
        if len(given.public) == _KEY_LENGTH and given.id.hex() == parts[1]:
            if given.name != name:
                raise NotProvenError(f"the key is that of {given.name}, not of {name}")
            return Key(name, algorithm, given.public)
    if is_named or len(raw) != _KEY_LENGTH:
        raise SetfairError("this is no public key: base64 of 32 bytes, or name+id+base64")
    return Key(name, algorithm, raw)


def sign(text: str, name: str, private: Ed25519PrivateKey) -> Line:
    """Sign a text under a name."""
    return Line(name, key_of(name, ED25519, private).id, private.sign(text.encode()))


def cosign(text: str, name: str, private: Ed25519PrivateKey, time_s: int) -> Line:
    """Cosign a text at a time, seconds since 1970-01-01 UTC."""
    signature = private.sign(_cosigned(text, time_s))
    stamp = time_s.to_bytes(_TIME_LENGTH, "big")
    return Line(name, key_of(name, COSIGNATURE, private).id, stamp + signature)


def _cosigned(text: str, time_s: int) -> bytes:
    return f"cosignature/v1\ntime {time_s}\n{text}".encode()


def check_signed(note: Note, key: Key) -> None:
    """Check that a key signed a note.

    Raises
    ------
    NotProvenError
        If it did not, or a signature that claims to be its own is not.
    """
    lines = _lines_of(note, key)
    if not lines:
        raise NotProvenError(f"the checkpoint is not signed with the key of {key.name} that you gave")
    if not all(key.verify(line.signature, note.text.encode()) for line in lines):
        raise NotProvenError(
            f"the signature of {key.name} does not fit the checkpoint: one of them was altered"
        )


def check_cosigned(note: Note, key: Key) -> int:
    """Check that a key cosigned a note; return the latest time at which it did, seconds since 1970-01-01 UTC.

    Raises
    ------
    NotProvenError
        If it did not, or a cosignature that claims to be its own is not.
    """
    lines = _lines_of(note, key)
    if not lines:
        raise NotProvenError(f"{key.name} did not cosign this checkpoint with the key that you gave")
    times = []
    for line in lines:
        time_s = int.from_bytes(line.signature[:_TIME_LENGTH], "big")
        signature = line.signature[_TIME_LENGTH:]
        if len(signature) != _SIGNATURE_LENGTH or not key.verify(signature, _cosigned(note.text, time_s)):
            raise NotProvenError(f"the cosignature of {key.name} does not fit the checkpoint: it was altered")
        times.append(time_s)
    return max(times)


def _lines_of(note: Note, key: Key) -> list[Line]:
    return [line for line in note.lines if line.name == key.name and line.key_id == key.id]
