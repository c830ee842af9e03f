"""Identities of instructions that have no UETR: the first 16 bytes of BLAKE2b over a domain word, who sent it
and its number. Nobody can make an identity that is somebody else's.
"""

from __future__ import annotations

import hashlib


def identity_of(*parts: str) -> tuple[int, int]:
    """Return the identity of a domain word, a sender and a number."""
    digest = hashlib.blake2b(
        b"".join(len(part.encode()).to_bytes(4, "little") + part.encode() for part in parts),
        digest_size=16,
    ).digest()
    return int.from_bytes(digest[:8], "big"), int.from_bytes(digest[8:], "big")
